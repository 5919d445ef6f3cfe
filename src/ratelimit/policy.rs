//! GCRA, through the crate `governor`.
//!
//! T = window / limit, rounded up to the nanosecond so that a window never admits more than the limit over
//! time; tau = burst x T; a request of cost n at `now` makes TAT' = max(now, TAT) + n x T and goes on iff
//! TAT' - now <= tau.

#![forbid(unsafe_code)]

use std::cell::Cell;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};

use super::table::Table;
use crate::code::Code;
use crate::fault::Fault;

/// The time a bucket may take to fill, in nanoseconds: about 36 years. Sums with it stay far below 2^64.
const LONGEST_NS: u64 = 1 << 60;

/// The parameters of one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    quota: Quota,
    t: u64,
    burst: NonZeroU32,
}

/// What a decision tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allowed: bool,
    /// Units that are left now.
    pub remaining: u32,
    /// Nanoseconds until the bucket is full.
    pub reset: u64,
    /// Nanoseconds until the same request would pass; 0 where it passed.
    pub retry: u64,
}

impl Policy {
    /// # Errors
    /// `ERR_HAUBERK_OPTION_INVALID` for a zero, and for a bucket that takes over 36 years to fill.
    pub fn new(limit: u32, window_ms: u64, burst: u32) -> Result<Policy, Fault> {
        let invalid = |what| Fault::new(Code::OptionInvalid, what);
        let window = window_ms
            .checked_mul(1_000_000)
            .filter(|ns| (1..=LONGEST_NS).contains(ns))
            .ok_or_else(|| invalid("ratelimit.windowMs is zero or too long"))?;
        if limit == 0 {
            return Err(invalid("ratelimit.limit must be at least 1"));
        }
        let burst = NonZeroU32::new(burst).ok_or_else(|| invalid("ratelimit.burst must be at least 1"))?;
        let t = window.div_ceil(u64::from(limit));
        t.checked_mul(u64::from(burst.get()))
            .filter(|ns| *ns <= LONGEST_NS)
            .ok_or_else(|| invalid("ratelimit.burst would take over 36 years to fill again"))?;
        let quota = Quota::with_period(Duration::from_nanos(t))
            .ok_or_else(Fault::internal)?
            .allow_burst(burst);
        Ok(Policy { quota, t, burst })
    }

    fn tau(&self) -> u64 {
        self.t * u64::from(self.burst.get())
    }

    /// What a bucket with this TAT is like for a request of `cost`, without charging it.
    pub fn peek(&self, tat: Option<u64>, now: u64, cost: u32) -> Decision {
        let debt = self.debt(tat, now);
        let after = self.t.saturating_mul(u64::from(cost)).saturating_add(debt);
        let retry = after.saturating_sub(self.tau());
        self.decision(retry == 0, debt, retry)
    }

    /// Charges a request of `cost` units at `now` (nanoseconds). A cost above the burst never passes.
    pub fn charge(&self, table: &Table, fingerprint: u64, now: u64, cost: NonZeroU32) -> Decision {
        if cost > self.burst {
            // Before governor sees it: its product of T and cost could overflow.
            return self.peek(table.set(fingerprint).get(fingerprint), now, cost.get());
        }
        let tat = Cell::new(now);
        let store = Store {
            policy: self,
            table,
            now,
            tat: &tat,
        };
        // Built per call: governor counts from its clock's first reading, and 0 makes its times ours. It
        // is a few numbers on the stack.
        let clock = Reading {
            next: Cell::new(0),
            now,
        };
        let limiter: RateLimiter<u64, _, _, NoOpMiddleware<Nanos>> =
            RateLimiter::new(self.quota, store, clock);
        match limiter.check_key_n(&fingerprint, cost) {
            Ok(Ok(())) => self.decision(true, self.debt(Some(tat.get()), now), 0),
            Ok(Err(until)) => {
                let retry = until.wait_time_from(Nanos::from(now)).as_nanos() as u64;
                self.decision(false, self.debt(Some(tat.get()), now), retry)
            }
            // Unreachable: the cost was compared with the burst above.
            Err(_) => self.peek(None, now, cost.get()),
        }
    }

    /// How far the bucket is from full, in nanoseconds. A TAT that this policy cannot have written counts
    /// as an empty bucket.
    fn debt(&self, tat: Option<u64>, now: u64) -> u64 {
        tat.unwrap_or(now).saturating_sub(now).min(self.tau())
    }

    fn decision(&self, allowed: bool, debt: u64, retry: u64) -> Decision {
        Decision {
            allowed,
            remaining: ((self.tau() - debt) / self.t) as u32,
            reset: debt,
            retry,
        }
    }
}

/// A clock that gives 0 first, then the time of this decision.
struct Reading {
    next: Cell<u64>,
    now: u64,
}

impl Clock for Reading {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.next.replace(self.now))
    }
}

/// The table as governor sees it; `tat` tells the TAT that the decision left.
struct Store<'a> {
    policy: &'a Policy,
    table: &'a Table,
    now: u64,
    tat: &'a Cell<u64>,
}

impl StateStore for Store<'_> {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, fingerprint: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let set = self.table.set(*fingerprint);
        set.update(*fingerprint, self.now, self.table.lost(), |tat| {
            // Clamped, so that no number found in memory can make governor's sums overflow.
            let tat = tat.map(|tat| tat.min(self.now + self.policy.tau()));
            self.tat.set(tat.unwrap_or(self.now));
            let (answer, next) = decide(tat.map(Nanos::from))?;
            self.tat.set(next.as_u64());
            Ok((answer, next.as_u64()))
        })
    }
}
