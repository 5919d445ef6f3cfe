//! What the pool counts, and what `stats()` tells.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows, changed from any thread.
#[derive(Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds `more`.
    pub fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts since the process started.
#[derive(Default)]
pub struct Counts {
    /// Finished, by kind of work.
    pub done: [Count; 2],
    pub busy: Count,
    pub expired: Count,
    pub aborted: Count,
}

/// What `stats()` tells; in the order of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    pub threads: usize,
    pub alive: usize,
    pub running: usize,
    pub waiting: [usize; 2],
    /// Bytes held, at most so far, budget.
    pub memory: [usize; 3],
    pub done: [u64; 2],
    pub busy: u64,
    pub expired: u64,
    pub aborted: u64,
}
