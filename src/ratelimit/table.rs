//! One table: sets, their number, and the secret that turns keys into fingerprints.

#![forbid(unsafe_code)]

use portable_atomic::{AtomicU64, Ordering};
use siphasher::sip::SipHasher13;

use super::memory::{MAGIC, Region};
use super::slots::{Set, WAYS};
use crate::fault::Fault;
use crate::random;

/// Fixed size from the first moment to the last.
pub struct Table {
    region: Region,
    mask: usize,
}

impl Table {
    /// A table of at least `slots` slots: the next power of two.
    ///
    /// # Errors
    /// `ERR_HAUBERK_RATELIMIT_TABLE` where there is no memory, `ERR_HAUBERK_INTERNAL` where the operating
    /// system gives no random bytes.
    pub fn new(slots: usize) -> Result<Table, Fault> {
        let sets = sets_for(slots);
        let region = Region::zeroed(sets)?;
        let secret = u128::from_le_bytes(random::bytes::<16>()?);
        let header = region.header();
        header.key[0].store(secret as u64, Ordering::Relaxed);
        header.key[1].store((secret >> 64) as u64, Ordering::Relaxed);
        header.sets.store(sets as u64, Ordering::Relaxed);
        header.magic.store(MAGIC, Ordering::Release);
        Ok(Table {
            region,
            mask: sets - 1,
        })
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        (self.mask + 1) * WAYS
    }

    /// Buckets that had to go although they were not full, since the table was made.
    pub fn lost(&self) -> &AtomicU64 {
        &self.region.header().lost
    }

    /// The set where a fingerprint belongs.
    pub fn set(&self, fingerprint: u64) -> &Set {
        &self.region.sets()[fingerprint as usize & self.mask]
    }

    /// The hasher of one policy: SipHash-1-3 under a key of its own, derived from the table's secret and
    /// the policy's parameters, so that equal keys under different policies never share a bucket.
    pub fn hasher(&self, policy: &[u8]) -> SipHasher13 {
        let key = &self.region.header().key;
        let (k0, k1) = (key[0].load(Ordering::Relaxed), key[1].load(Ordering::Relaxed));
        let low = SipHasher13::new_with_keys(k0, k1).hash(policy);
        let high = SipHasher13::new_with_keys(k1, k0).hash(policy);
        SipHasher13::new_with_keys(low, high)
    }
}

/// How many sets hold at least `slots` slots; a power of two, so that a mask picks one.
pub fn sets_for(slots: usize) -> usize {
    slots.div_ceil(WAYS).next_power_of_two()
}
