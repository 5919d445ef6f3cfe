//! Fixed windows, for those who must count so: at most `limit` units in each window, all of them again in
//! the next. Around the edge of two windows up to twice the limit passes; GCRA does not have that.
//!
//! 1. Windows are as long as the policy's and follow each other without a gap; where they begin differs
//!    from key to key, so that not all clients come back in the same moment.
//! 2. The value of a slot is the end of the window plus the units used. A window is at least 1000 ns per
//!    unit, so the two never mix, and the order of values is the order in which buckets matter.
//! 3. Where the limit varies, what is counted is the units, whatever the limit of each request: a request goes
//!    on where the units of its window and its own do not exceed the limit that it came with.

#![forbid(unsafe_code)]

use std::num::NonZeroU32;

use super::policy::{Decision, PAUSE_NS};
use super::table::Table;

/// The parameters of one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    limit: u64,
    /// ns, more than `most`.
    length: u64,
    /// The most units that a window can hold: `limit`, or more where other limits count in it too.
    most: u64,
}

/// A window has at least so many nanoseconds per unit.
const UNIT_NS: u64 = 1000;

impl Window {
    /// `None` where a window has fewer nanoseconds than units, or where the limit varies fewer than 1000 per
    /// unit. `varies`: other limits count in the same window too.
    pub fn new(limit: NonZeroU32, length: u64, varies: bool) -> Option<Window> {
        let limit = u64::from(limit.get());
        let most = if varies { length / UNIT_NS } else { limit };
        (limit <= most && most < length).then_some(Window { limit, length, most })
    }

    /// The end of the key's window that holds `now`.
    fn end(&self, fingerprint: u64, now: u64) -> u64 {
        let phase = fingerprint % self.length;
        let number = (now + phase) / self.length + 1;
        number * self.length - phase
    }

    fn used(&self, value: Option<u64>, end: u64) -> u64 {
        // Another window's value is less than this one's end, or more than it can hold.
        value
            .and_then(|value| value.checked_sub(end))
            .filter(|used| *used <= self.most)
            .unwrap_or(0)
    }

    fn decide(&self, used: u64, cost: NonZeroU32, end: u64, now: u64) -> Decision {
        let cost = u64::from(cost.get());
        // Under a higher limit more may have been used than this one has.
        let (left, reset) = (self.limit.saturating_sub(used), end - now);
        let retry = match () {
            () if cost <= left => 0,
            () if cost <= self.limit => reset,
            // It never passes; what a later window would say is the nearest that a time can tell.
            () => reset.saturating_mul(2),
        };
        Decision {
            remaining: left,
            reset: if used == 0 { 0 } else { reset },
            retry,
        }
    }

    pub fn peek(&self, value: Option<u64>, fingerprint: u64, now: u64, cost: NonZeroU32) -> Decision {
        let end = self.counting(value, fingerprint, self.end(fingerprint, now));
        self.decide(self.used(value, end), cost, end, now)
    }

    pub fn charge(&self, table: &Table, fingerprint: u64, now: u64, cost: NonZeroU32) -> Decision {
        let end = self.end(fingerprint, now);
        let charged = table
            .set(fingerprint)
            .update(fingerprint, now, table.lost(), |value| {
                let at = self.counting(value, fingerprint, end);
                let used = self.used(value, at);
                let met = self.decide(used, cost, at, now);
                if met.retry > 0 {
                    return Err(met);
                }
                let after = used + u64::from(cost.get());
                Ok((self.told(after, at, now), at + after))
            });
        charged.unwrap_or_else(|refused| refused)
    }

    /// The end of the window that counts: a thread that looked at the clock long ago must not begin a
    /// window anew that others have left.
    fn counting(&self, value: Option<u64>, fingerprint: u64, end: u64) -> u64 {
        match value {
            Some(value) if value > end + self.most && value - end < PAUSE_NS + self.length => {
                self.end(fingerprint, value - 1) - self.length
            }
            _ => end,
        }
    }

    fn told(&self, used: u64, end: u64, now: u64) -> Decision {
        Decision {
            remaining: self.limit - used,
            reset: end - now,
            retry: 0,
        }
    }

    /// Takes back a charge of `cost` units made at `then`, if its window still runs.
    pub fn refund(&self, table: &Table, fingerprint: u64, cost: NonZeroU32, then: u64, now: u64) {
        let end = self.end(fingerprint, then);
        let give = |value: Option<u64>| match self.used(value, end) {
            0 => Err(()),
            used => Ok(((), end + used.saturating_sub(u64::from(cost.get())))),
        };
        let _ = table
            .set(fingerprint)
            .update(fingerprint, now, table.lost(), give);
    }
}
