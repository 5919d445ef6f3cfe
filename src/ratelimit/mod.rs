//! `ratelimit`: may this key go on?
//!
//! 1. [`policy`] is GCRA through the crate `governor`: it decides with the bucket's theoretical arrival
//!    time (TAT) and the time now, and keeps nothing itself.
//! 2. [`slots`] holds the TATs: sets of four 16-byte slots, each changed by one 128-bit compare-and-swap.
//!    No lock, no pointer, no allocation: the code does not care where the memory lives.
//! 3. [`memory`] is that memory: a fixed size, zeroed, resident only where it was touched.
//! 4. [`table`] joins the two with the secret that turns keys into fingerprints.
//! 5. [`registry`] gives every thread of the process the table of the same name.
//! 6. [`limiter`] is one policy over one table.

pub mod limiter;
pub mod memory;
pub mod native;
pub mod policy;
pub mod registry;
pub mod slots;
pub mod table;

#[cfg(test)]
mod tests;
