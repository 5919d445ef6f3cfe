//! The memory of a table: a header and the sets, in one zeroed piece.
//!
//! `unsafe` here: atomics are laid over memory that the allocator gave, as they will be laid over memory
//! that several processes map.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::mem::size_of;
use std::ptr::NonNull;

use portable_atomic::AtomicU64;

use super::slots::Set;
use crate::code::Code;
use crate::fault::Fault;

/// `haubrl` and the version of the layout; another layout gets another number.
pub const MAGIC: u64 = u64::from_be_bytes(*b"haubrl\x00\x01");

/// What stands before the sets. Only atomics: all-zero memory is a valid, not yet filled header.
#[repr(C, align(64))]
pub struct Header {
    /// [`MAGIC`] once the rest of the header is written.
    pub magic: AtomicU64,
    /// The number of sets.
    pub sets: AtomicU64,
    /// The secret of the fingerprints.
    pub key: [AtomicU64; 2],
    /// Buckets that had to go although they were not full.
    pub lost: AtomicU64,
}

/// Private memory of this process.
///
/// The allocator is asked for the alignment that it gives anyway, because beyond it Rust's allocator
/// zeroes by writing: a table of 16 MiB would be resident from the start.
pub struct Region {
    start: NonNull<u8>,
    layout: Layout,
    header: NonNull<Header>,
    sets: usize,
}

// SAFETY: the memory behind the pointers is owned by the region, lives as long as it does, and is reached
// only as shared references to atomics.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

impl Region {
    /// Zeroed memory for `sets` sets.
    ///
    /// # Errors
    /// `ERR_HAUBERK_RATELIMIT_TABLE` where the system gives no such memory.
    pub fn zeroed(sets: usize) -> Result<Region, Fault> {
        const LINE: usize = 64;
        let none = || {
            Fault::new(
                Code::RatelimitTable,
                "there is no memory for a table of this many slots",
            )
        };
        let size = sets
            .checked_mul(size_of::<Set>())
            .and_then(|size| size.checked_add(size_of::<Header>() + LINE))
            .ok_or_else(none)?;
        let layout = Layout::from_size_align(size, 16).map_err(|_| none())?;
        // SAFETY: the size is not zero.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or_else(none)?;
        // SAFETY: at most LINE - 1 bytes further, and LINE were added for this.
        let header = unsafe { start.add(start.align_offset(LINE)) }.cast();
        Ok(Region {
            start,
            layout,
            header,
            sets,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        // SAFETY: aligned and in bounds by construction; zeroed atomics are valid; shared from now on.
        unsafe { self.header.as_ref() }
    }

    /// The sets.
    pub fn sets(&self) -> &[Set] {
        // SAFETY: the sets follow the header, whose size is a multiple of their alignment; room for `sets`
        // of them was asked for; zeroed atomics are valid; nobody has a `&mut` to them.
        unsafe { std::slice::from_raw_parts(self.header.add(1).cast().as_ptr(), self.sets) }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: `start` came from `alloc_zeroed` with this layout.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_zeroed_apart_and_in_bounds() {
        for sets in [1, 3, 1024] {
            let region = Region::zeroed(sets).unwrap();
            let (header, all) = (std::ptr::from_ref(region.header()) as usize, region.sets());
            let first = all.as_ptr() as usize;
            assert_eq!((header % 64, first % 64, all.len()), (0, 0, sets));
            assert!(header >= region.start.as_ptr() as usize && first == header + size_of::<Header>());
            let end = region.start.as_ptr() as usize + region.layout.size();
            assert!(first + std::mem::size_of_val(all) <= end);
            assert_eq!(region.header().lost.load(portable_atomic::Ordering::Relaxed), 0);
            // Every set can be written; the header is not touched by it.
            let none = AtomicU64::new(0);
            for set in all {
                assert_eq!(set.get(7), None);
                let done: Result<(), ()> = set.update(7, 0, &none, |_| Ok(((), u64::MAX)));
                assert_eq!((done, set.get(7)), (Ok(()), Some(u64::MAX)));
            }
            assert_eq!(region.header().magic.load(portable_atomic::Ordering::Relaxed), 0);
        }
    }

    #[test]
    fn what_no_machine_has_is_a_fault() {
        for sets in [usize::MAX, usize::MAX / 64, isize::MAX as usize / 64] {
            assert!(Region::zeroed(sets).is_err_and(|fault| fault.code == Code::RatelimitTable));
        }
    }
}
