//! argon2 (RFC 9106), in memory that the caller lends.
//!
//! 1. H0 is hashed from everything that goes in (`Input`); H' (`long`) makes the first two blocks of each
//!    lane from it, and at the end the tag from the last ones.
//! 2. `fill` decides which blocks are combined in which order.
//! 3. `kernel` combines them, with the widest vectors that the processor has: `avx512`, `avx2`, `neon`, or
//!    `portable` code. All give the same bits; the tests hold them to the crate `argon2`.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod block;
mod fill;
pub mod kernel;
mod long;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use blake2::{Blake2b512, Digest};
use zeroize::{Zeroize, Zeroizing};

pub use block::Block;
use fill::{Plan, SLICES};
use kernel::Kernel;

/// The three members of the family; their numbers are those of RFC 9106.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Argon2d = 0,
    Argon2i = 1,
    Argon2id = 2,
}

/// Everything that goes into a tag. The caller has checked the parameters against RFC 9106, 3.1.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub kind: Kind,
    /// 16 or 19.
    pub version: u32,
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
    pub password: &'a [u8],
    pub salt: &'a [u8],
    /// RFC 9106's K, a pepper; empty means none.
    pub secret: &'a [u8],
    /// RFC 9106's X, associated data.
    pub data: &'a [u8],
}

impl Input<'_> {
    /// The blocks of 1 KiB that are needed: the memory parameter, cut to a multiple of 4 per lane.
    pub fn blocks(&self) -> usize {
        blocks(self.memory_kib, self.lanes)
    }

    /// H0, for a tag of `length` bytes.
    fn h0(&self, length: usize) -> Zeroizing<[u8; 64]> {
        let mut hash = Blake2b512::new();
        for number in [
            self.lanes,
            length as u32,
            self.memory_kib,
            self.passes,
            self.version,
            self.kind as u32,
        ] {
            hash.update(number.to_le_bytes());
        }
        for part in [self.password, self.salt, self.secret, self.data] {
            hash.update((part.len() as u32).to_le_bytes());
            hash.update(part);
        }
        Zeroizing::new(hash.finalize().into())
    }
}

/// As [`Input::blocks`].
pub fn blocks(memory_kib: u32, lanes: u32) -> usize {
    let slice = SLICES as u32 * lanes;
    (memory_kib / slice * slice) as usize
}

/// Computes the tag into `out`. `memory` has at least [`Input::blocks`] blocks, of any content; they hold
/// secrets afterwards.
pub fn tag(kernel: Kernel, input: &Input<'_>, memory: &mut [Block], out: &mut [u8]) {
    let memory = &mut memory[..input.blocks()];
    let lanes = input.lanes as usize;
    let lane = memory.len() / lanes;
    let h0 = input.h0(out.len());
    let mut seed = Zeroizing::new([0; 72]);
    seed[..64].copy_from_slice(&*h0);
    let mut bytes = Zeroizing::new([0; Block::SIZE]);
    for (number, lane) in memory.chunks_exact_mut(lane).enumerate() {
        for (index, block) in lane[..2].iter_mut().enumerate() {
            seed[64..68].copy_from_slice(&(index as u32).to_le_bytes());
            seed[68..].copy_from_slice(&(number as u32).to_le_bytes());
            long::hash(&*seed, &mut *bytes);
            *block = Block::from_bytes(&bytes);
        }
    }
    let (kind, version, passes) = (input.kind, input.version, input.passes as usize);
    Plan {
        kernel,
        kind,
        version,
        passes,
        lanes,
        lane,
    }
    .fill(memory);
    let mut last = Block::default();
    for lane in memory.chunks_exact(lane) {
        last.xor(&lane[lane.len() - 1]);
    }
    *bytes = last.to_bytes();
    last.zeroize();
    long::hash(&*bytes, out);
}

#[cfg(test)]
mod tests;
