//! The memory of a table: a header and the sets, in one piece that starts zeroed.
//!
//! `unsafe` here: atomics are laid over memory that the system gave, and that several processes may map.

#![allow(unsafe_code)]

use std::mem::size_of;
use std::ptr::NonNull;

use portable_atomic::{AtomicU64, Ordering};
use siphasher::sip::SipHasher13;

use super::slots::Set;
use crate::code::Code;
use crate::core::map::Map;
use crate::fault::Fault;
use crate::random;

/// The version of the layout; another layout gets another number.
pub const VERSION: u8 = 2;

/// `haubrl` and the version.
const MAGIC: u64 = u64::from_be_bytes(*b"haubrl\x00\x00") | VERSION as u64;

/// What stands before the sets. Only atomics: all-zero memory is a valid, not yet filled header.
#[repr(C, align(64))]
pub struct Header {
    /// [`MAGIC`] once the rest of the header is written.
    magic: AtomicU64,
    /// The number of sets.
    sets: AtomicU64,
    /// The secret of the fingerprints.
    key: [AtomicU64; 2],
    /// The system start that the times count from.
    boot: [AtomicU64; 2],
    /// A checksum of all before it.
    check: AtomicU64,
    /// Buckets that had to go although they were not full.
    pub lost: AtomicU64,
}

const LINE: usize = 64;
const _: () = assert!(size_of::<Header>() == LINE);

/// What a header says about the memory behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Never filled, or only half.
    Empty,
    Ready,
    /// Filled before the system started anew: the times in it mean nothing now.
    Old,
    /// Not what this version wrote.
    Broken,
}

impl Header {
    fn sum(&self) -> u64 {
        let all = [
            &self.magic,
            &self.sets,
            &self.key[0],
            &self.key[1],
            &self.boot[0],
            &self.boot[1],
        ];
        let bytes = all.map(|word| word.load(Ordering::Relaxed).to_le_bytes());
        SipHasher13::new().hash(bytes.as_flattened())
    }

    fn state(&self, sets: usize, boot: u128) -> State {
        match self.magic.load(Ordering::Acquire) {
            0 => return State::Empty,
            MAGIC => {}
            _ => return State::Broken,
        }
        if self.sets.load(Ordering::Relaxed) != sets as u64
            || self.check.load(Ordering::Relaxed) != self.sum()
        {
            return State::Broken;
        }
        let held = [&self.boot[0], &self.boot[1]].map(|half| u128::from(half.load(Ordering::Relaxed)));
        if held[0] | held[1] << 64 == boot {
            State::Ready
        } else {
            State::Old
        }
    }

    /// The magic number comes last: memory whose maker died on the way stays [`State::Empty`].
    fn fill(&self, sets: usize, boot: u128) -> Result<(), Fault> {
        let secret = u128::from_le_bytes(random::bytes::<16>()?);
        for (words, value) in [(&self.key, secret), (&self.boot, boot)] {
            words[0].store(value as u64, Ordering::Relaxed);
            words[1].store((value >> 64) as u64, Ordering::Relaxed);
        }
        self.sets.store(sets as u64, Ordering::Relaxed);
        self.lost.store(0, Ordering::Relaxed);
        // The checksum is over the finished header.
        self.magic.store(MAGIC, Ordering::Relaxed);
        let sum = self.sum();
        self.magic.store(0, Ordering::Relaxed);
        self.check.store(sum, Ordering::Release);
        self.magic.store(MAGIC, Ordering::Release);
        Ok(())
    }

    /// The secret of the fingerprints, in two words.
    pub fn key(&self) -> (u64, u64) {
        let [low, high] = &self.key;
        (low.load(Ordering::Relaxed), high.load(Ordering::Relaxed))
    }
}

/// A header and its sets.
pub struct Region {
    #[cfg_attr(not(test), expect(dead_code, reason = "it is held for its end"))]
    memory: Map,
    header: NonNull<Header>,
    sets: usize,
}

// SAFETY: the memory behind the pointers is owned by the region, lives as long as it does, and is reached
// only as shared references to atomics.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

/// How many bytes hold `sets` sets and their header; `None` where no address space does.
pub fn size_for(sets: usize) -> Option<usize> {
    sets.checked_mul(size_of::<Set>())?
        .checked_add(size_of::<Header>())
}

/// The fault where there is no memory.
pub fn no_memory() -> Fault {
    Fault::new(
        Code::RatelimitTable,
        "there is no memory for a table of this many slots",
    )
}

impl Region {
    /// Memory of this process alone.
    ///
    /// # Errors
    /// `ERR_HAUBERK_RATELIMIT_TABLE` where the system gives no such memory.
    pub fn private(sets: usize) -> Result<Region, Fault> {
        let size = size_for(sets).and_then(|size| size.checked_add(LINE));
        let map = size.and_then(Map::private).ok_or_else(no_memory)?;
        let region = Region::over(map, sets).ok_or_else(no_memory)?;
        region.header().fill(sets, 0)?;
        Ok(region)
    }

    /// Lays a table of `sets` sets over memory; `None` where it is too small.
    pub fn over(memory: Map, sets: usize) -> Option<Region> {
        let start = memory.start();
        let skip = start.align_offset(LINE);
        if size_for(sets)?.checked_add(skip)? > memory.size() {
            return None;
        }
        // SAFETY: `skip` is less than the memory's size, as was just seen.
        let header = unsafe { start.add(skip) }.cast();
        Some(Region { memory, header, sets })
    }

    /// What is in memory that another process may have filled.
    pub fn state(&self, boot: u128) -> State {
        self.header().state(self.sets, boot)
    }

    /// Empties every slot and fills the header anew. Only while nobody else uses the memory.
    ///
    /// # Errors
    /// `ERR_HAUBERK_INTERNAL` where the operating system gives no random bytes.
    pub fn prepare(&self, boot: u128) -> Result<(), Fault> {
        self.header().magic.store(0, Ordering::Release);
        self.sets().iter().for_each(Set::clear);
        self.header().fill(self.sets, boot)
    }

    /// Whether the caller is the one who may fill an empty header; the others wait for it.
    #[cfg(windows)]
    pub fn claim(&self) -> bool {
        // Any number but 0 and the magic one; where its taker dies, the mapping is broken until all let go.
        let magic = &self.header().magic;
        magic
            .compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Fills the header of memory that was claimed.
    ///
    /// # Errors
    /// As [`Region::prepare`].
    #[cfg(windows)]
    pub fn fill(&self, boot: u128) -> Result<(), Fault> {
        self.header().fill(self.sets, boot)
    }

    /// The header.
    pub fn header(&self) -> &Header {
        // SAFETY: aligned and in bounds by construction; any bits are valid atomics; shared from now on.
        unsafe { self.header.as_ref() }
    }

    /// The sets.
    pub fn sets(&self) -> &[Set] {
        // SAFETY: the sets follow the header, whose size is a multiple of their alignment; that there is
        // room for `sets` of them was seen in `over`; any bits are valid atomics; nobody has a `&mut`.
        unsafe { std::slice::from_raw_parts(self.header.add(1).cast().as_ptr(), self.sets) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_zeroed_apart_and_in_bounds() {
        for sets in [1, 3, 1024] {
            let region = Region::private(sets).unwrap();
            let (header, all) = (std::ptr::from_ref(region.header()) as usize, region.sets());
            let first = all.as_ptr() as usize;
            assert_eq!((header % 64, first % 64, all.len()), (0, 0, sets));
            let start = region.memory.start().as_ptr() as usize;
            assert!(header >= start && first == header + size_of::<Header>());
            let end = start + region.memory.size();
            assert!(first + std::mem::size_of_val(all) <= end);
            assert_eq!(region.header().lost.load(Ordering::Relaxed), 0);
            // Every set can be written; the header is not touched by it.
            let none = AtomicU64::new(0);
            for set in all {
                assert_eq!(set.get(7), None);
                let done: Result<(), ()> = set.update(7, 0, &none, |_| Ok(((), u64::MAX)));
                assert_eq!((done, set.get(7)), (Ok(()), Some(u64::MAX)));
            }
            assert_eq!(region.state(0), State::Ready);
        }
    }

    #[test]
    fn what_no_machine_has_is_a_fault() {
        for sets in [usize::MAX, usize::MAX / 64, isize::MAX as usize / 64] {
            assert!(Region::private(sets).is_err_and(|fault| fault.code == Code::RatelimitTable));
        }
    }

    #[test]
    fn every_changed_word_of_the_header_is_seen() {
        let region = Region::private(4).unwrap();
        region.prepare(77).unwrap();
        assert_eq!((region.state(77), region.state(78)), (State::Ready, State::Old));
        let header = region.header();
        let words = [
            &header.magic,
            &header.sets,
            &header.key[0],
            &header.key[1],
            &header.boot[0],
            &header.boot[1],
            &header.check,
        ];
        for word in words {
            let held = word.fetch_xor(1 << 20, Ordering::Relaxed);
            assert_eq!(region.state(77), State::Broken);
            word.store(held, Ordering::Relaxed);
        }
        assert_eq!(region.state(77), State::Ready);
        header.magic.store(0, Ordering::Relaxed);
        assert_eq!(region.state(77), State::Empty);
    }

    #[test]
    fn preparing_empties_the_slots_and_changes_the_secret() {
        let region = Region::private(4).unwrap();
        let before = region.header().key();
        let none = AtomicU64::new(0);
        let _: Result<(), ()> = region.sets()[3].update(7, 0, &none, |_| Ok(((), 5)));
        region.prepare(1).unwrap();
        assert_eq!(region.sets()[3].get(7), None);
        assert_ne!(region.header().key(), before);
    }
}
