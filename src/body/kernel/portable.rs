//! 8 bytes at a time in ordinary registers.

#![forbid(unsafe_code)]

use super::{Kernel, Masks};

/// Runs everywhere.
pub struct Portable;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte of `word` that equals `byte`; exact, unlike the well-known shorter form.
#[inline(always)]
pub fn equal_bytes(word: u64, byte: u8) -> u64 {
    let x = word ^ (ONES * byte as u64);
    !(((x & !HIGHS) + !HIGHS) | x) & HIGHS
}

/// Gathers the high bit of each byte into 8 bits.
#[inline(always)]
fn gather(highs: u64) -> u64 {
    (highs >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

impl Kernel for Portable {
    #[inline(always)]
    fn masks(block: &[u8; 64]) -> Masks {
        let mut masks = Masks::default();
        let (words, _) = block.as_chunks::<8>();
        for (i, bytes) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*bytes);
            let is = |byte| equal_bytes(word, byte);
            let at = |highs| gather(highs) << (8 * i);
            let (open_brace, close_brace) = (is(b'{'), is(b'}'));
            masks.quote |= at(is(b'"'));
            masks.backslash |= at(is(b'\\'));
            masks.members |= at(is(b':') | open_brace | close_brace);
            masks.comma |= at(is(b','));
            masks.open |= at(open_brace | is(b'['));
            masks.close |= at(close_brace | is(b']'));
            masks.high |= at(word & HIGHS);
        }
        masks
    }

    #[inline(always)]
    fn prefix_xor(mut bits: u64) -> u64 {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        bits ^ (bits << 32)
    }

    #[inline(always)]
    fn places(bits: u64, base: u16, out: &mut [u16; 64]) {
        places(bits, base, out);
    }
}

/// Eight at a time without asking whether there are as many: most blocks have fewer, and a loop that ends
/// where the bits do is mispredicted once a block.
#[inline(always)]
pub fn places(mut bits: u64, base: u16, out: &mut [u16; 64]) {
    let (groups, _) = out.as_chunks_mut::<8>();
    for group in groups {
        for place in group {
            *place = base.wrapping_add(bits.trailing_zeros() as u16);
            bits &= bits.wrapping_sub(1);
        }
        if bits == 0 {
            return;
        }
    }
}
