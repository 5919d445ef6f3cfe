//! Who is shut out, until when, and why: one number per key in a table like the limiters'.
//!
//! The number is the end in ms, then 16 bits for the reason, so that the order of numbers is the order in
//! which bans end: where a set is full, the ban that ends first gives way.

#![forbid(unsafe_code)]

use std::sync::Arc;

use portable_atomic::Ordering;
use siphasher::sip::SipHasher13;

use super::limiter::Scope;
use super::registry;
use super::table::Table;
use crate::fault::Fault;

const REASON_BITS: u32 = 16;

/// The last ms that can be written.
const LAST_MS: u64 = u64::MAX >> REASON_BITS;

/// A handle; many may share a table.
pub struct Bans {
    table: Arc<Table>,
    hasher: SipHasher13,
}

/// A ban that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ban {
    /// How much longer, in ms; at least 1.
    pub left_ms: u64,
    pub reason: u16,
}

impl Bans {
    /// # Errors
    /// As [`registry::open`].
    pub fn open(name: &str, scope: Scope<'_>, slots: usize) -> Result<Bans, Fault> {
        registry::open(name, scope, slots).map(|table| Bans::over(table, name))
    }

    pub fn over(table: Arc<Table>, name: &str) -> Bans {
        let hasher = table.hasher(format!("bans\0{name}").as_bytes());
        Bans { table, hasher }
    }

    fn fingerprint(&self, key: &[u8]) -> u64 {
        self.hasher.hash(key).max(1)
    }

    /// Bans a key for `ms` from `now` (both ms). A longer ban that already holds stays.
    pub fn ban(&self, key: &[u8], now: u64, ms: u64, reason: u16) -> Ban {
        let until = now.saturating_add(ms).min(LAST_MS);
        let new = until << REASON_BITS | u64::from(reason);
        let print = self.fingerprint(key);
        let keep = |held: Option<u64>| match held {
            Some(held) if held >> REASON_BITS >= until => Err(held),
            _ => Ok((new, new)),
        };
        let set = self.table.set(print);
        let value = match set.update(print, now << REASON_BITS, self.table.lost(), keep) {
            Ok(value) | Err(value) => value,
        };
        ban_of(value, now).unwrap_or(Ban { left_ms: 1, reason })
    }

    /// Ends a ban.
    pub fn unban(&self, key: &[u8]) {
        let print = self.fingerprint(key);
        self.table.set(print).remove(print);
    }

    /// The ban of a key that holds at `now` (ms).
    pub fn check(&self, key: &[u8], now: u64) -> Option<Ban> {
        let print = self.fingerprint(key);
        ban_of(self.table.set(print).get(print)?, now)
    }

    /// How many bans hold at `now` (ms). Looks at the whole table.
    pub fn count(&self, now: u64) -> usize {
        let all = self.table.entries();
        all.filter(|(_, value)| ban_of(*value, now).is_some()).count()
    }

    /// Bans that had to go although they held.
    pub fn lost(&self) -> u64 {
        self.table.lost().load(Ordering::Relaxed)
    }
}

fn ban_of(value: u64, now: u64) -> Option<Ban> {
    let left_ms = (value >> REASON_BITS).checked_sub(now).filter(|left| *left > 0)?;
    Some(Ban {
        left_ms,
        reason: value as u16,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bans(slots: usize) -> Bans {
        Bans::over(Arc::new(Table::new(slots).unwrap()), "test")
    }

    #[test]
    fn holds_until_its_end_and_no_longer() {
        let bans = bans(64);
        assert_eq!(bans.check(b"a", 1000), None);
        bans.ban(b"a", 1000, 500, 3);
        let left = |now| bans.check(b"a", now).map(|ban| (ban.left_ms, ban.reason));
        assert_eq!(left(1000), Some((500, 3)));
        assert_eq!(left(1499), Some((1, 3)));
        assert_eq!(left(1500), None);
        assert_eq!(bans.check(b"b", 1000), None);
    }

    #[test]
    fn a_longer_ban_stays_and_a_shorter_one_is_made_longer() {
        let bans = bans(64);
        bans.ban(b"a", 0, 100, 1);
        assert_eq!(
            bans.ban(b"a", 0, 50, 2),
            Ban {
                left_ms: 100,
                reason: 1
            }
        );
        assert_eq!(
            bans.ban(b"a", 0, 200, 2),
            Ban {
                left_ms: 200,
                reason: 2
            }
        );
        bans.unban(b"a");
        assert_eq!(bans.check(b"a", 0), None);
    }

    #[test]
    fn a_full_set_gives_up_the_ban_that_ends_first() {
        let bans = bans(4);
        for (i, ms) in [400u64, 100, 300, 200].into_iter().enumerate() {
            bans.ban(&[i as u8], 10, ms, 0);
        }
        assert_eq!((bans.count(10), bans.lost()), (4, 0));
        bans.ban(b"new", 10, 500, 0);
        assert_eq!((bans.count(10), bans.lost()), (4, 1));
        assert_eq!(bans.check(&[1], 10), None);
        // One that is over costs nobody anything.
        bans.ban(b"next", 250, 500, 0);
        assert_eq!(bans.lost(), 1);
    }

    #[test]
    fn the_longest_ban_does_not_overflow() {
        let bans = bans(64);
        assert!(bans.ban(b"a", 5, u64::MAX, u16::MAX).left_ms > 1 << 47);
        assert_eq!(bans.check(b"a", 5).map(|ban| ban.reason), Some(u16::MAX));
    }
}
