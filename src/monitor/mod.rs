//! `monitor`: who behaves like an attacker?
//!
//! 1. [`track`] counts one kind of thing one client does over a sliding window, in 24 bytes.
//! 2. [`watch`] keeps the tracks of many clients in a table of fixed size, and says when a count reaches its
//!    threshold. A new client takes the place of the one that is furthest from every threshold.
//! 3. [`registry`] gives every thread of the process the watch of the same name.
//! 4. [`needles`] finds words in a text; [`tools`] are the words that scanners call themselves, [`probes`] the
//!    paths they ask every server for.

pub mod native;
pub mod needles;
pub mod probes;
pub mod registry;
pub mod tools;
pub mod track;
pub mod watch;

#[cfg(test)]
mod tests;
