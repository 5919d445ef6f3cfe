//! One table: sets, their number, and the secret that turns keys into fingerprints.

#![forbid(unsafe_code)]

use std::path::Path;

use portable_atomic::AtomicU64;
use siphasher::sip::SipHasher13;

use super::memory::Region;
use super::share;
use super::slots::{Set, WAYS};
use crate::fault::Fault;

/// Sets that tell how full a table is: 1 MiB, a fraction of a millisecond.
const SAMPLE: usize = 1 << 14;

/// Fixed size from the first moment to the last.
pub struct Table {
    region: Region,
    sets: u64,
}

impl Table {
    /// A table of this process, of at least `slots` slots.
    ///
    /// # Errors
    /// `ERR_HAUBERK_RATELIMIT_TABLE` where there is no memory, `ERR_HAUBERK_INTERNAL` where the operating
    /// system gives no random bytes.
    pub fn new(slots: usize) -> Result<Table, Fault> {
        Region::private(sets_for(slots)).map(Table::over)
    }

    /// The table of that name on this machine, in `directory` or where the system keeps such files.
    ///
    /// # Errors
    /// As [`share::open`].
    pub fn shared(name: &str, slots: usize, directory: Option<&Path>) -> Result<Table, Fault> {
        share::open(name, sets_for(slots), directory).map(Table::over)
    }

    fn over(region: Region) -> Table {
        let sets = region.sets().len() as u64;
        Table { region, sets }
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.sets as usize * WAYS
    }

    /// Buckets that had to go although they were not full, since the table was made.
    pub fn lost(&self) -> &AtomicU64 {
        &self.region.header().lost
    }

    /// The set where a fingerprint belongs: its upper half, scaled to the number of sets.
    pub fn set(&self, fingerprint: u64) -> &Set {
        &self.region.sets()[(((fingerprint >> 32) * self.sets) >> 32) as usize]
    }

    /// The hasher of one policy: SipHash-1-3 under a key of its own, derived from the table's secret and
    /// the policy's parameters, so that equal keys under different policies never share a bucket.
    pub fn hasher(&self, policy: &[u8]) -> SipHasher13 {
        let (k0, k1) = self.region.header().key();
        let low = SipHasher13::new_with_keys(k0, k1).hash(policy);
        let high = SipHasher13::new_with_keys(k1, k0).hash(policy);
        SipHasher13::new_with_keys(low, high)
    }

    /// About how many slots hold a value above `now`: buckets that are not full. Fingerprints spread evenly over the
    /// sets, so a large table is judged by the first of them.
    pub fn used(&self, now: u64) -> f64 {
        let sets = self.region.sets();
        let looked = sets.len().min(SAMPLE);
        let entries = sets.iter().take(looked).flat_map(Set::entries);
        let used = entries.filter(|(_, value)| *value > now).count();
        used as f64 * (sets.len() as f64 / looked as f64)
    }

    /// Every slot that is in use, as fingerprint and value.
    pub fn entries(&self) -> impl Iterator<Item = (u64, u64)> {
        self.region.sets().iter().flat_map(Set::entries)
    }
}

/// So many that half a fingerprint can pick one.
const MOST_SETS: usize = if usize::BITS > 32 {
    (1u64 << 32) as usize
} else {
    usize::MAX
};

/// How many sets hold at least `slots` slots.
pub fn sets_for(slots: usize) -> usize {
    slots.div_ceil(WAYS).clamp(1, MOST_SETS)
}
