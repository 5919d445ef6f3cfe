//! One policy over one table.

#![forbid(unsafe_code)]

use std::num::NonZeroU32;
use std::sync::Arc;

use portable_atomic::Ordering;
use siphasher::sip::SipHasher13;

use super::policy::{Decision, Policy};
use super::registry;
use super::table::Table;
use crate::fault::Fault;

/// A handle; many may share a table.
pub struct Limiter {
    table: Arc<Table>,
    policy: Policy,
    hasher: SipHasher13,
}

/// What a limiter is made of.
pub struct Parameters<'a> {
    /// The table that threads share.
    pub name: &'a str,
    pub limit: u32,
    pub window_ms: u64,
    pub burst: u32,
    pub slots: usize,
}

impl Limiter {
    /// # Errors
    /// As [`Policy::new`] and [`registry::open`].
    pub fn open(of: &Parameters<'_>) -> Result<Limiter, Fault> {
        let policy = Policy::new(of.limit, of.window_ms, of.burst)?;
        Ok(Limiter::over(registry::open(of.name, of.slots)?, policy, of))
    }

    /// A limiter over a table that is already there.
    pub fn over(table: Arc<Table>, policy: Policy, of: &Parameters<'_>) -> Limiter {
        let label = format!("{}\0{}\0{}\0{}", of.limit, of.window_ms, of.burst, of.name);
        let hasher = table.hasher(label.as_bytes());
        Limiter {
            table,
            policy,
            hasher,
        }
    }

    /// Fingerprint 0 marks an empty slot.
    fn fingerprint(&self, key: &[u8]) -> u64 {
        self.hasher.hash(key).max(1)
    }

    /// Charges `cost` units at `now` (nanoseconds).
    pub fn charge(&self, key: &[u8], cost: NonZeroU32, now: u64) -> Decision {
        self.policy.charge(&self.table, self.fingerprint(key), now, cost)
    }

    /// What a request of cost 1 would meet, without charging it.
    pub fn peek(&self, key: &[u8], now: u64) -> Decision {
        let fingerprint = self.fingerprint(key);
        self.policy
            .peek(self.table.set(fingerprint).get(fingerprint), now, 1)
    }

    /// Makes the key's bucket full.
    pub fn reset(&self, key: &[u8]) {
        let fingerprint = self.fingerprint(key);
        self.table.set(fingerprint).remove(fingerprint);
    }

    /// Buckets that the table had to give up although they were not full.
    pub fn lost(&self) -> u64 {
        self.table.lost().load(Ordering::Relaxed)
    }

    /// How many slots the table has.
    pub fn slots(&self) -> usize {
        self.table.slots()
    }
}
