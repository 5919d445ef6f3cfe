//! The memory of a table: a header and the sets, in one zeroed piece.
//!
//! `unsafe` here: atomics are laid over memory that the system gave, as they will be laid over memory
//! that several processes map.

#![allow(unsafe_code)]

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

/// Private memory of this process, from the system itself: an allocator may hand out memory that was used
/// before, and zero it by writing, so that a table of 16 MiB would be resident from the start; and it may
/// keep what is freed.
pub struct Region {
    #[cfg_attr(not(test), expect(dead_code, reason = "it is held for its end"))]
    memory: os::Map,
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
        let memory = os::Map::zeroed(size).ok_or_else(none)?;
        let start = memory.start();
        // SAFETY: at most LINE - 1 bytes further, and LINE were added for this.
        let header = unsafe { start.add(start.align_offset(LINE)) }.cast();
        Ok(Region { memory, header, sets })
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

#[cfg(unix)]
mod os {
    use std::ffi::c_void;
    use std::ptr::{NonNull, null_mut};

    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

    /// A mapping of its own: pages never touched cost nothing, and all go back when it ends.
    pub struct Map {
        start: NonNull<c_void>,
        size: usize,
    }

    impl Map {
        /// `size` is not zero; `None` where the system gives no such memory.
        pub fn zeroed(size: usize) -> Option<Map> {
            let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE);
            // SAFETY: an anonymous mapping at an address of the system's choice touches nothing else.
            let start = unsafe { mmap_anonymous(null_mut(), size, protection, flags) }.ok()?;
            NonNull::new(start).map(|start| Map { start, size })
        }

        pub fn start(&self) -> NonNull<u8> {
            self.start.cast()
        }

        #[cfg(test)]
        pub fn size(&self) -> usize {
            self.size
        }
    }

    impl Drop for Map {
        fn drop(&mut self) {
            // SAFETY: the very mapping that `zeroed` made; whoever held a view of it borrowed the region.
            let _ = unsafe { munmap(self.start.as_ptr(), self.size) };
        }
    }
}

#[cfg(not(unix))]
mod os {
    use std::alloc::{Layout, alloc_zeroed, dealloc};
    use std::ptr::NonNull;

    /// The allocator is asked for the alignment that it gives anyway, because beyond it Rust's allocator
    /// zeroes by writing.
    pub struct Map {
        start: NonNull<u8>,
        layout: Layout,
    }

    impl Map {
        /// `size` is not zero; `None` where the system gives no such memory.
        pub fn zeroed(size: usize) -> Option<Map> {
            let layout = Layout::from_size_align(size, 16).ok()?;
            // SAFETY: the size is not zero.
            let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
            Some(Map { start, layout })
        }

        pub fn start(&self) -> NonNull<u8> {
            self.start
        }

        #[cfg(test)]
        pub fn size(&self) -> usize {
            self.layout.size()
        }
    }

    impl Drop for Map {
        fn drop(&mut self) {
            // SAFETY: `start` came from `alloc_zeroed` with this layout.
            unsafe { dealloc(self.start.as_ptr(), self.layout) }
        }
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
            let start = region.memory.start().as_ptr() as usize;
            assert!(header >= start && first == header + size_of::<Header>());
            let end = start + region.memory.size();
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
