//! The masks of 64 bytes of JSON: one bit per byte, the first byte at bit 0.
//!
//! `unsafe` here: SIMD loads, and calls of functions that need a CPU feature. Held equal to the
//! portable kernel by `tests::kernels_agree`.

#![allow(unsafe_code)]

/// Where the bytes stand that a scan must look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    pub quote: u64,
    pub backslash: u64,
    pub colon: u64,
    pub open_brace: u64,
    pub close_brace: u64,
    pub open_bracket: u64,
    pub close_bracket: u64,
    pub comma: u64,
    pub dot: u64,
    /// Bytes outside ASCII; only whether it is 0 counts.
    pub high: u64,
}

/// A way to make [`Masks`].
pub trait Kernel {
    /// The masks of one block.
    fn masks(block: &[u8; 64]) -> Masks;
    /// Bit i of the answer is the parity of bits 0 to i.
    fn prefix_xor(bits: u64) -> u64;
}

/// Which bytes lie inside strings, followed from block to block.
#[derive(Default)]
pub struct Strings {
    /// All ones while a string goes on from the block before.
    inside: u64,
    /// 1 when the block before ends in a backslash that escapes the first byte.
    escape: u64,
}

impl Strings {
    /// The quotes of the next block that begin or end a string, and the bytes from each opening quote
    /// up to the byte before its closing quote.
    #[inline(always)]
    pub fn next<K: Kernel>(&mut self, masks: &Masks) -> (u64, u64) {
        let mut quote = masks.quote;
        if masks.backslash | self.escape != 0 {
            quote &= !self.escaped(masks.backslash);
        }
        let inside = K::prefix_xor(quote) ^ self.inside;
        self.inside = ((inside as i64) >> 63) as u64;
        (quote, inside)
    }

    /// The bytes that a backslash before them escapes. Texts have few backslashes, so one at a time.
    #[inline(always)]
    fn escaped(&mut self, backslash: u64) -> u64 {
        let mut escaped = self.escape;
        let mut left = backslash & !self.escape;
        self.escape = 0;
        while left != 0 {
            let at = left.trailing_zeros();
            if at == 63 {
                self.escape = 1;
                break;
            }
            escaped |= 2 << at;
            left &= !(3 << at);
        }
        escaped
    }
}

/// 8 bytes at a time in ordinary registers.
pub struct Portable;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte of `word` that equals `byte`; exact, unlike the well-known shorter form.
#[inline(always)]
fn equal_bytes(word: u64, byte: u8) -> u64 {
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
            let at = |byte| gather(equal_bytes(word, byte)) << (8 * i);
            masks.quote |= at(b'"');
            masks.backslash |= at(b'\\');
            masks.colon |= at(b':');
            masks.open_brace |= at(b'{');
            masks.close_brace |= at(b'}');
            masks.open_bracket |= at(b'[');
            masks.close_bracket |= at(b']');
            masks.dot |= at(b'.');
            masks.comma |= at(b',');
            masks.high |= word & HIGHS;
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
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Sse2, has_avx2};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Kernel, Masks, Portable};
    use std::arch::x86_64::*;

    /// Whether this CPU has what [`Avx2`] needs.
    #[inline]
    pub fn has_avx2() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("pclmulqdq")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    }

    /// 16 bytes at a time; every x86-64 has it.
    pub struct Sse2;

    impl Kernel for Sse2 {
        #[inline(always)]
        fn masks(block: &[u8; 64]) -> Masks {
            let mut masks = Masks::default();
            for i in 0..4 {
                // SAFETY: SSE2 is part of x86-64; 16 * i + 16 <= 64, and the load needs no alignment.
                unsafe {
                    let v = _mm_loadu_si128(block.as_ptr().add(16 * i).cast());
                    let at = |byte: u8| {
                        let bits = _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(byte as i8)));
                        (bits as u32 as u64) << (16 * i)
                    };
                    masks.quote |= at(b'"');
                    masks.backslash |= at(b'\\');
                    masks.colon |= at(b':');
                    masks.open_brace |= at(b'{');
                    masks.close_brace |= at(b'}');
                    masks.open_bracket |= at(b'[');
                    masks.close_bracket |= at(b']');
                    masks.dot |= at(b'.');
                    masks.comma |= at(b',');
                    masks.high |= (_mm_movemask_epi8(v) as u32 as u64) << (16 * i);
                }
            }
            masks
        }

        #[inline(always)]
        fn prefix_xor(bits: u64) -> u64 {
            Portable::prefix_xor(bits)
        }
    }

    /// 32 bytes at a time. Its functions may run only where [`has_avx2`] answers true.
    pub struct Avx2;

    impl Kernel for Avx2 {
        #[inline(always)]
        fn masks(block: &[u8; 64]) -> Masks {
            // SAFETY: callers have asked `has_avx2`; both loads lie inside the block and need no alignment.
            unsafe {
                let low = _mm256_loadu_si256(block.as_ptr().cast());
                let high = _mm256_loadu_si256(block.as_ptr().add(32).cast());
                let bits = |a: __m256i, b: __m256i| {
                    let a = _mm256_movemask_epi8(a) as u32 as u64;
                    let b = _mm256_movemask_epi8(b) as u32 as u64;
                    a | (b << 32)
                };
                let at = |byte: u8| {
                    let wanted = _mm256_set1_epi8(byte as i8);
                    bits(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted))
                };
                Masks {
                    quote: at(b'"'),
                    backslash: at(b'\\'),
                    colon: at(b':'),
                    open_brace: at(b'{'),
                    close_brace: at(b'}'),
                    open_bracket: at(b'['),
                    close_bracket: at(b']'),
                    dot: at(b'.'),
                    comma: at(b','),
                    high: _mm256_movemask_epi8(_mm256_or_si256(low, high)) as u32 as u64,
                }
            }
        }

        #[inline(always)]
        fn prefix_xor(bits: u64) -> u64 {
            // SAFETY: callers have asked `has_avx2`, which asks for pclmulqdq.
            unsafe {
                let product = _mm_clmulepi64_si128(_mm_set_epi64x(0, bits as i64), _mm_set1_epi8(-1), 0);
                _mm_cvtsi128_si64(product) as u64
            }
        }
    }
}
