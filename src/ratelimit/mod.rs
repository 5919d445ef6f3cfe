//! `ratelimit`: may this key go on?
//!
//! 1. [`policy`] is the rule of one bucket: [`gcra`], through the crate `governor`, or the fixed [`window`]. It
//!    decides with one number per bucket and the time now, and keeps nothing itself.
//! 2. [`slots`] holds the numbers: sets of four 16-byte slots, each changed by one 128-bit compare-and-swap.
//!    No lock, no pointer, no allocation: the code does not care where the memory lives.
//! 3. [`memory`] is that memory: a header and the sets, of a fixed size; [`share`] is the file that several
//!    processes map.
//! 4. [`table`] joins the two with the secret that turns keys into fingerprints.
//! 5. [`registry`] gives every thread of the process the table of the same name.
//! 6. [`limiter`] is one or several policies over one table; [`bans`] keeps who is shut out in such a table.
//! 7. [`desk`] is how a decision crosses the boundary.

pub mod bans;
pub mod desk;
pub mod gcra;
pub mod limiter;
pub mod memory;
pub mod native;
pub mod policy;
pub mod registry;
pub mod share;
pub mod slots;
pub mod table;
pub mod window;

#[cfg(test)]
mod tests;

#[cfg(test)]
mod window_tests;

#[cfg(all(test, unix))]
mod share_tests;
