//! A block of argon2's memory: 1 KiB as 128 words.

#![forbid(unsafe_code)]

use zeroize::Zeroize;

/// The words of a block.
pub const WORDS: usize = 128;

/// One block, aligned to a cache line, which is also the widest vector there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Block(pub [u64; WORDS]);

impl Block {
    /// The size in bytes.
    pub const SIZE: usize = 8 * WORDS;

    /// Reads the words as RFC 9106 writes them, little-endian.
    pub fn from_bytes(bytes: &[u8; Block::SIZE]) -> Block {
        let mut block = Block::default();
        for (word, chunk) in block.0.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        block
    }

    /// The other way.
    pub fn to_bytes(&self) -> [u8; Block::SIZE] {
        let mut bytes = [0; Block::SIZE];
        for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }

    /// Combines with another block.
    pub fn xor(&mut self, other: &Block) {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word ^= other;
        }
    }
}

impl Default for Block {
    fn default() -> Block {
        Block([0; WORDS])
    }
}

impl Zeroize for Block {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}
