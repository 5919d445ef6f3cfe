//! One or several policies over one table.
//!
//! Several are charged in their order, each by its own compare-and-swap; where one refuses, those before it
//! get their charge back. So no policy ever admits more than its limit, and who dies on the way has cost
//! the key at most one charge per policy.

#![forbid(unsafe_code)]

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use portable_atomic::Ordering;
use siphasher::sip::SipHasher13;

use super::policy::{Decision, Policy, Rule};
use super::registry;
use super::table::Table;
use crate::code::Code;
use crate::fault::Fault;

/// Policies that one limiter can have.
pub const MOST_POLICIES: usize = 8;

/// A handle; many may share a table.
pub struct Limiter {
    table: Arc<Table>,
    first: Bound,
    more: Vec<Bound>,
}

/// A policy with the hasher of its keys.
struct Bound {
    rule: Rule,
    policy: Policy,
    hasher: SipHasher13,
}

/// Where a limiter's table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    Process,
    /// In a directory, or where the system keeps such files.
    Machine(Option<&'a Path>),
}

/// What a limiter is made of.
pub struct Parameters<'a> {
    /// The table that threads, or processes, share.
    pub name: &'a str,
    pub scope: Scope<'a>,
    pub slots: usize,
    /// The policies, each with the name that sets it apart from others with the same numbers.
    pub rules: &'a [(String, Rule)],
}

/// What several policies decide: each one's decision, and which of them counts.
pub struct Several {
    pub each: [Decision; MOST_POLICIES],
    pub count: usize,
    /// The refusing one with the longest wait, or the admitting one with the least left.
    pub decided: usize,
}

impl Several {
    fn none() -> Several {
        let nothing = Decision {
            remaining: 0,
            reset: 0,
            retry: 0,
        };
        Several {
            each: [nothing; MOST_POLICIES],
            count: 0,
            decided: 0,
        }
    }

    pub fn decision(&self) -> &Decision {
        &self.each[self.decided]
    }
}

impl Bound {
    fn new(table: &Table, (name, rule): &(String, Rule), table_name: &str) -> Result<Bound, Fault> {
        // Where the limit varies, it is no part of what tells buckets apart.
        let limit = if rule.varies { 0 } else { rule.limit };
        let burst = if rule.varies { 0 } else { rule.burst };
        let (window, way) = (rule.window_ms, rule.algorithm);
        let label = format!("{limit}\0{window}\0{burst}\0{way:?}\0{name}\0{table_name}");
        Ok(Bound {
            rule: *rule,
            policy: Policy::new(rule)?,
            hasher: table.hasher(label.as_bytes()),
        })
    }

    /// Fingerprint 0 marks an empty slot.
    fn fingerprint(&self, key: &[u8]) -> u64 {
        self.hasher.hash(key).max(1)
    }

    /// The policy with the limit and the burst of this request, where they are given (not 0).
    fn with(&self, limit: u32, burst: u32) -> Result<Policy, Fault> {
        if limit == 0 {
            return Ok(self.policy);
        }
        let burst = if burst == 0 { limit } else { burst };
        Policy::new(&Rule {
            limit,
            burst,
            ..self.rule
        })
    }
}

impl Limiter {
    /// # Errors
    /// As [`Policy::new`] and [`registry::open`].
    pub fn open(of: &Parameters<'_>) -> Result<Limiter, Fault> {
        let table = registry::open(of.name, of.scope, of.slots)?;
        Limiter::over(table, of)
    }

    /// A limiter over a table that is already there.
    ///
    /// # Errors
    /// As [`Policy::new`].
    pub fn over(table: Arc<Table>, of: &Parameters<'_>) -> Result<Limiter, Fault> {
        let mut all = of.rules.iter().map(|rule| Bound::new(&table, rule, of.name));
        let (Some(first), true) = (all.next(), of.rules.len() <= MOST_POLICIES) else {
            return Err(Fault::new(
                Code::OptionInvalid,
                "a limiter has one to eight policies",
            ));
        };
        let (first, more) = (first?, all.collect::<Result<_, _>>()?);
        Ok(Limiter { table, first, more })
    }

    fn all(&self) -> impl Iterator<Item = &Bound> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// Whether there is more than one policy.
    pub fn is_several(&self) -> bool {
        !self.more.is_empty()
    }

    /// Where the key stands under the first policy.
    #[inline]
    pub fn fingerprint(&self, key: &[u8]) -> u64 {
        self.first.fingerprint(key)
    }

    /// Charges `cost` units at `now` (nanoseconds) to a fingerprint of the first policy.
    #[inline]
    pub fn charge_print(&self, fingerprint: u64, cost: NonZeroU32, now: u64) -> Decision {
        self.first.policy.charge(&self.table, fingerprint, now, cost)
    }

    /// The same under a limit and a burst of this request's own; a burst of 0 is the limit.
    ///
    /// # Errors
    /// As [`Policy::new`].
    pub fn charge_varied(
        &self,
        fingerprint: u64,
        cost: NonZeroU32,
        now: u64,
        (limit, burst): (u32, u32),
    ) -> Result<Decision, Fault> {
        let policy = self.first.with(limit, burst)?;
        Ok(policy.charge(&self.table, fingerprint, now, cost))
    }

    /// Charges a key under the first policy.
    pub fn charge(&self, key: &[u8], cost: NonZeroU32, now: u64) -> Decision {
        self.charge_print(self.fingerprint(key), cost, now)
    }

    /// Charges a key under every policy, or under none. `clock` is asked again before charges go back.
    pub fn charge_all(&self, key: &[u8], cost: NonZeroU32, clock: impl Fn() -> u64) -> Several {
        let mut prints = [0; MOST_POLICIES];
        let mut several = Several::none();
        let now = clock();
        let mut refused = None;
        for (i, bound) in self.all().enumerate() {
            prints[i] = bound.fingerprint(key);
            several.count = i + 1;
            several.each[i] = match refused {
                None => bound.policy.charge(&self.table, prints[i], now, cost),
                Some(_) => bound.policy.peek(&self.table, prints[i], now, cost),
            };
            if refused.is_none() && !several.each[i].allowed() {
                refused = Some(i);
            }
        }
        if let Some(refused) = refused {
            for (i, bound) in self.all().enumerate().take(refused) {
                bound.policy.refund(&self.table, prints[i], cost, now, clock());
                let after = bound.policy.peek(&self.table, prints[i], now, cost);
                several.each[i] = after;
            }
        }
        several.decided = decided(&several.each[..several.count]);
        several
    }

    /// What a request of cost 1 would meet, without charging it; as in [`Limiter::charge_varied`].
    ///
    /// # Errors
    /// As [`Policy::new`].
    pub fn peek_all(&self, key: &[u8], now: u64, (limit, burst): (u32, u32)) -> Result<Several, Fault> {
        let mut several = Several::none();
        for (i, bound) in self.all().enumerate() {
            let (print, policy) = (bound.fingerprint(key), bound.with(limit, burst)?);
            several.each[i] = policy.peek(&self.table, print, now, NonZeroU32::MIN);
            several.count = i + 1;
        }
        several.decided = decided(&several.each[..several.count]);
        Ok(several)
    }

    /// Makes the key's buckets full.
    pub fn reset(&self, key: &[u8]) {
        for bound in self.all() {
            let fingerprint = bound.fingerprint(key);
            self.table.set(fingerprint).remove(fingerprint);
        }
    }

    /// Buckets that the table had to give up although they were not full.
    pub fn lost(&self) -> u64 {
        self.table.lost().load(Ordering::Relaxed)
    }

    /// About how many buckets of the table are not full at `now` (nanoseconds).
    pub fn used(&self, now: u64) -> f64 {
        self.table.used(now)
    }

    /// How many slots the table has.
    pub fn slots(&self) -> usize {
        self.table.slots()
    }
}

/// The longest wait, then the least left, then the first.
fn decided(each: &[Decision]) -> usize {
    let worse = |one: &Decision, other: &Decision| {
        (std::cmp::Reverse(one.retry), one.remaining) < (std::cmp::Reverse(other.retry), other.remaining)
    };
    (1..each.len()).fold(0, |at, i| if worse(&each[i], &each[at]) { i } else { at })
}
