//! Work memory of argon2, straight from the operating system.
//!
//! A fresh allocation of 19 MiB costs more in page faults than the hash computed in it, and a general
//! allocator keeps what it was given back. So arenas are mapped, asked to be huge pages, used again and
//! again, wiped, and unmapped when they have been idle. They are kept out of core dumps.
//!
//! `unsafe` here: showing the memory as blocks, and advice about it.

#![allow(unsafe_code)]

use std::ptr::NonNull;

use super::argon2::Block;
use crate::core::map::Map;

/// The alignment at which Linux can use huge pages.
const HUGE: usize = 2 * 1024 * 1024;

/// A piece of work memory. Its content is secret once it has been used.
pub struct Arena {
    blocks: NonNull<Block>,
    len: usize,
    /// Blocks from the start that may hold secrets.
    dirty: usize,
    /// What the blocks lie in.
    _map: Map,
}

// SAFETY: an Arena owns its mapping alone; nothing about it is bound to a thread.
unsafe impl Send for Arena {}

impl Arena {
    /// `len` zeroed blocks; `None` where the system has no memory to give, or `len` is 0.
    pub fn new(len: usize) -> Option<Arena> {
        if len == 0 {
            return None;
        }
        let bytes = len.checked_mul(Block::SIZE)?;
        // With room to start at a multiple of HUGE; pages never touched cost nothing.
        let map = Map::private(bytes.checked_add(HUGE)?)?;
        let skip = map.start().align_offset(HUGE);
        // SAFETY: `skip` is less than HUGE, so `bytes` bytes from there still lie in the mapping.
        let start = unsafe { map.start().add(skip) };
        advise(start, bytes);
        Some(Arena {
            blocks: start.cast(),
            len,
            dirty: 0,
            _map: map,
        })
    }

    /// The size in bytes.
    pub fn bytes(&self) -> usize {
        self.len * Block::SIZE
    }

    /// Whether there is something to wipe.
    pub fn is_dirty(&self) -> bool {
        self.dirty > 0
    }

    /// The first `count` blocks (at most all), to compute in.
    pub fn lend(&mut self, count: usize) -> &mut [Block] {
        let count = count.min(self.len);
        self.dirty = self.dirty.max(count);
        // SAFETY: the mapping is at least `len` blocks long, aligned to a page (more than a Block asks
        // for), initialized (the system zeroes it; any bits are a Block), and borrowed mutably here.
        unsafe { std::slice::from_raw_parts_mut(self.blocks.as_ptr(), count) }
    }

    /// Overwrites with zeros what has been used.
    pub fn wipe(&mut self) {
        // SAFETY: `dirty` is at most `len`, and zero bytes are a valid Block.
        unsafe { self.blocks.as_ptr().write_bytes(0, self.dirty) };
        // The compiler must take the zeros for observed; else it could leave them out before an unmap.
        std::hint::black_box(self.blocks);
        self.dirty = 0;
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// Both are wishes: where they fail, hashing is slower or a core dump larger, nothing else.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn advise(start: NonNull<u8>, bytes: usize) {
    use rustix::mm::{Advice, madvise};
    let start = start.as_ptr().cast();
    // SAFETY: the range lies in a mapping that nobody else knows yet, and neither changes its content.
    // Whole huge pages only, so that memory beyond the arena is never made resident.
    unsafe {
        let _ = madvise(start, bytes / HUGE * HUGE, Advice::LinuxHugepage);
        let _ = madvise(start, bytes, Advice::LinuxDontDump);
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn advise(_start: NonNull<u8>, _bytes: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(arena: &mut Arena) -> Vec<u64> {
        let len = arena.len;
        arena
            .lend(len)
            .iter()
            .flat_map(|block| block.0.iter().copied())
            .collect()
    }

    #[test]
    fn is_zeroed_writable_to_its_ends_and_aligned() {
        for len in [1, 7, 2048, 2049, 19_456] {
            let mut arena = Arena::new(len).unwrap();
            assert_eq!(arena.bytes(), len * 1024);
            assert!(arena.blocks.is_aligned());
            assert!(words(&mut arena).iter().all(|&word| word == 0), "{len}");
            for block in arena.lend(len) {
                block.0.fill(u64::MAX);
            }
            assert!(words(&mut arena).iter().all(|&word| word == u64::MAX), "{len}");
        }
    }

    #[test]
    fn wipes_all_that_was_ever_lent() {
        let mut arena = Arena::new(64).unwrap();
        for count in [64, 8] {
            for block in arena.lend(count) {
                block.0.fill(count as u64);
            }
        }
        assert!(arena.is_dirty());
        arena.wipe();
        assert!(!arena.is_dirty());
        assert!(words(&mut arena).iter().all(|&word| word == 0));
    }

    #[test]
    fn lends_no_more_than_it_has() {
        assert_eq!(Arena::new(4).unwrap().lend(5).len(), 4);
        assert!(Arena::new(0).is_none());
        assert!(Arena::new(usize::MAX).is_none());
    }

    #[test]
    fn two_arenas_do_not_overlap() {
        let (mut one, mut two) = (Arena::new(32).unwrap(), Arena::new(32).unwrap());
        one.lend(32)[31].0.fill(1);
        two.lend(32)[0].0.fill(2);
        assert_eq!(one.lend(32)[31].0[127], 1);
        assert_eq!(two.lend(32)[0].0[0], 2);
    }
}
