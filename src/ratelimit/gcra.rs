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

use super::policy::{Decision, LONGEST_NS, PAUSE_NS};
use super::table::Table;
use crate::code::Code;
use crate::fault::Fault;

/// The parameters of one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gcra {
    quota: Quota,
    t: u64,
    burst: NonZeroU32,
    /// How far a TAT that was written by this rule can lie ahead.
    farthest: u64,
}

impl Gcra {
    /// `window` in nanoseconds, not 0. `varies`: other limits write to the same bucket too.
    ///
    /// # Errors
    /// `ERR_HAUBERK_OPTION_INVALID` for a bucket that takes over 36 years to fill.
    pub fn new(limit: NonZeroU32, window: u64, burst: NonZeroU32, varies: bool) -> Result<Gcra, Fault> {
        let t = window.div_ceil(u64::from(limit.get()));
        let tau = t
            .checked_mul(u64::from(burst.get()))
            .filter(|ns| *ns <= LONGEST_NS)
            .ok_or_else(|| {
                Fault::new(
                    Code::OptionInvalid,
                    "ratelimit.burst would take over 36 years to fill again",
                )
            })?;
        let quota = Quota::with_period(Duration::from_nanos(t))
            .ok_or_else(Fault::internal)?
            .allow_burst(burst);
        let farthest = PAUSE_NS + if varies { LONGEST_NS } else { tau };
        Ok(Gcra {
            quota,
            t,
            burst,
            farthest,
        })
    }

    fn tau(&self) -> u64 {
        self.t * u64::from(self.burst.get())
    }

    /// What a bucket with this TAT is like for a request of `cost`, without charging it.
    pub fn peek(&self, tat: Option<u64>, now: u64, cost: NonZeroU32) -> Decision {
        let debt = self.debt(tat, now);
        let after = self.t.saturating_mul(u64::from(cost.get())).saturating_add(debt);
        let retry = after.saturating_sub(self.tau());
        self.decision(debt, retry)
    }

    /// Charges a request of `cost` units at `now` (nanoseconds). A cost above the burst never passes.
    pub fn charge(&self, table: &Table, fingerprint: u64, now: u64, cost: NonZeroU32) -> Decision {
        if cost > self.burst {
            // Before governor sees it: its product of T and cost could overflow.
            return self.peek(table.set(fingerprint).get(fingerprint), now, cost);
        }
        let (tat, held) = (Cell::new(now), Cell::new(now));
        let store = Store {
            policy: self,
            table,
            now,
            tat: &tat,
            held: &held,
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
            Ok(Ok(())) => self.decision(self.debt(Some(tat.get()), now), 0),
            Ok(Err(until)) => {
                let retry = until.wait_time_from(Nanos::from(now)).as_nanos() as u64;
                if held.get().saturating_sub(now) > self.farthest {
                    self.heal(table, fingerprint, held.get(), now);
                }
                self.decision(self.debt(Some(tat.get()), now), retry)
            }
            // Unreachable: the cost was compared with the burst above.
            Err(_) => self.peek(None, now, cost),
        }
    }

    /// How far the bucket is from full, in nanoseconds. A TAT that this policy cannot have written counts
    /// as an empty bucket.
    fn debt(&self, tat: Option<u64>, now: u64) -> u64 {
        tat.unwrap_or(now).saturating_sub(now).min(self.tau())
    }

    /// A TAT that no charge can have written (a broken file, a clock that began anew) would refuse for
    /// ever, because a refusal changes nothing: it is cut to an empty bucket.
    fn heal(&self, table: &Table, fingerprint: u64, held: u64, now: u64) {
        let cut = |tat: Option<u64>| match tat {
            Some(tat) if tat == held => Ok(((), now + self.tau())),
            _ => Err(()),
        };
        let _ = table.set(fingerprint).update(fingerprint, now, table.lost(), cut);
    }

    /// Takes back a charge of `cost` units made at `then`. What has come back since by itself is not given
    /// twice: that is at most the time since then.
    pub fn refund(&self, table: &Table, fingerprint: u64, cost: NonZeroU32, then: u64, now: u64) {
        let charged = self.t * u64::from(cost.get());
        let owed = charged.saturating_sub(now.saturating_sub(then));
        let give = |tat: Option<u64>| match tat {
            Some(tat) => Ok(((), tat.saturating_sub(owed))),
            None => Err(()),
        };
        let _ = table
            .set(fingerprint)
            .update(fingerprint, now, table.lost(), give);
    }

    fn decision(&self, debt: u64, retry: u64) -> Decision {
        Decision {
            remaining: (self.tau() - debt) / self.t,
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

/// The table as governor sees it; `tat` tells the TAT that the decision left, `held` what stood there.
struct Store<'a> {
    policy: &'a Gcra,
    table: &'a Table,
    now: u64,
    tat: &'a Cell<u64>,
    held: &'a Cell<u64>,
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
            self.held.set(tat.unwrap_or(self.now));
            let tat = tat.map(|tat| tat.min(self.now + self.policy.tau()));
            self.tat.set(tat.unwrap_or(self.now));
            let (answer, next) = decide(tat.map(Nanos::from))?;
            self.tat.set(next.as_u64());
            Ok((answer, next.as_u64()))
        })
    }
}
