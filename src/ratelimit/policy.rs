//! What one bucket admits: by GCRA ([`Gcra`]) or in fixed windows ([`Window`]).

#![forbid(unsafe_code)]

use std::num::NonZeroU32;

use super::gcra::Gcra;
use super::table::Table;
use super::window::Window;
use crate::code::Code;
use crate::fault::Fault;

/// The time a bucket may take to fill, in nanoseconds: about 36 years. Sums with it stay far below 2^64.
pub const LONGEST_NS: u64 = 1 << 60;

/// How long a thread may stand between its look at the clock and its look at a bucket: one hour. A value
/// that lies farther ahead than that allows was not written by a decision.
pub const PAUSE_NS: u64 = 3_600_000_000_000;

/// What a decision tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    // Fields of one size: read back as they were written, while a narrower pair would be joined and wait.
    /// Units that are left now.
    pub remaining: u64,
    /// Nanoseconds until the bucket is full.
    pub reset: u64,
    /// Nanoseconds until the same request would pass; 0 where it passed.
    pub retry: u64,
}

impl Decision {
    pub fn allowed(&self) -> bool {
        self.retry == 0
    }
}

/// The way of counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Gcra,
    FixedWindow,
}

/// What the developer says of one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub algorithm: Algorithm,
    pub limit: u32,
    pub window_ms: u64,
    pub burst: u32,
    /// Whether `limit` is only the first of many over the same bucket.
    pub varies: bool,
}

/// What decides on one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Gcra(Gcra),
    Window(Window),
}

impl Policy {
    /// `burst` is not asked for where windows are fixed.
    ///
    /// # Errors
    /// `ERR_HAUBERK_OPTION_INVALID` for a zero, for a bucket that takes over 36 years to fill, and for a
    /// fixed window with more units than nanoseconds.
    pub fn new(rule: &Rule) -> Result<Policy, Fault> {
        let &Rule {
            algorithm,
            limit,
            window_ms,
            burst,
            varies,
        } = rule;
        let invalid = |what| Fault::new(Code::OptionInvalid, what);
        let window = window_ms
            .checked_mul(1_000_000)
            .filter(|ns| (1..=LONGEST_NS).contains(ns))
            .ok_or_else(|| invalid("ratelimit.windowMs is zero or too long"))?;
        let limit = NonZeroU32::new(limit).ok_or_else(|| invalid("ratelimit.limit must be at least 1"))?;
        if algorithm == Algorithm::FixedWindow {
            return Window::new(limit, window, varies)
                .map(Policy::Window)
                .ok_or_else(|| invalid("ratelimit.limit is too high for its window"));
        }
        let burst = NonZeroU32::new(burst).ok_or_else(|| invalid("ratelimit.burst must be at least 1"))?;
        Gcra::new(limit, window, burst, varies).map(Policy::Gcra)
    }

    /// Charges a request of `cost` units at `now` (nanoseconds).
    pub fn charge(&self, table: &Table, fingerprint: u64, now: u64, cost: NonZeroU32) -> Decision {
        match self {
            Policy::Gcra(gcra) => gcra.charge(table, fingerprint, now, cost),
            Policy::Window(window) => window.charge(table, fingerprint, now, cost),
        }
    }

    /// What a request of `cost` units would meet, without charging it.
    pub fn peek(&self, table: &Table, fingerprint: u64, now: u64, cost: NonZeroU32) -> Decision {
        let value = table.set(fingerprint).get(fingerprint);
        match self {
            Policy::Gcra(gcra) => gcra.peek(value, now, cost),
            Policy::Window(window) => window.peek(value, fingerprint, now, cost),
        }
    }

    /// Takes back a charge that was made at `then`. Never more than is still owed.
    pub fn refund(&self, table: &Table, fingerprint: u64, cost: NonZeroU32, then: u64, now: u64) {
        match self {
            Policy::Gcra(gcra) => gcra.refund(table, fingerprint, cost, then, now),
            Policy::Window(window) => window.refund(table, fingerprint, cost, then, now),
        }
    }
}
