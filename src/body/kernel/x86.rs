//! SSE2, AVX2 and AVX-512.
//!
//! `unsafe` here: SIMD loads and stores, and calls of functions that need a feature of the processor.

#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::portable::places;
use super::{Kernel, Masks};

/// Turns a bracket into the brace of the same direction, and no other byte into a brace.
const TO_BRACE: i8 = 0x20;

/// Whether this processor has what [`Avx2`] needs.
#[inline]
pub fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("pclmulqdq")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Whether this processor has what [`Avx512`] needs.
#[inline]
pub fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
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
                let is = |v: __m128i, byte: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(byte as i8));
                let at = |v: __m128i| (_mm_movemask_epi8(v) as u32 as u64) << (16 * i);
                let braced = _mm_or_si128(v, _mm_set1_epi8(TO_BRACE));
                let braces = _mm_or_si128(is(v, b'{'), is(v, b'}'));
                masks.quote |= at(is(v, b'"'));
                masks.backslash |= at(is(v, b'\\'));
                masks.members |= at(_mm_or_si128(is(v, b':'), braces));
                masks.comma |= at(is(v, b','));
                masks.open |= at(is(braced, b'{'));
                masks.close |= at(is(braced, b'}'));
                masks.high |= at(v);
            }
        }
        masks
    }

    #[inline(always)]
    fn prefix_xor(bits: u64) -> u64 {
        super::portable::Portable::prefix_xor(bits)
    }

    #[inline(always)]
    fn places(bits: u64, base: u16, out: &mut [u16; 64]) {
        places(bits, base, out);
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
            let is = |v: __m256i, byte: u8| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(byte as i8));
            let bits = |a: __m256i, b: __m256i| {
                let a = _mm256_movemask_epi8(a) as u32 as u64;
                let b = _mm256_movemask_epi8(b) as u32 as u64;
                a | (b << 32)
            };
            let both = |byte: u8| bits(is(low, byte), is(high, byte));
            let members = |v: __m256i| {
                let braces = _mm256_or_si256(is(v, b'{'), is(v, b'}'));
                _mm256_or_si256(is(v, b':'), braces)
            };
            let to_brace = _mm256_set1_epi8(TO_BRACE);
            let (braced_low, braced_high) = (_mm256_or_si256(low, to_brace), _mm256_or_si256(high, to_brace));
            Masks {
                quote: both(b'"'),
                backslash: both(b'\\'),
                members: bits(members(low), members(high)),
                comma: both(b','),
                open: bits(is(braced_low, b'{'), is(braced_high, b'{')),
                close: bits(is(braced_low, b'}'), is(braced_high, b'}')),
                high: bits(low, high),
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

    #[inline(always)]
    fn places(bits: u64, base: u16, out: &mut [u16; 64]) {
        places(bits, base, out);
    }
}

/// 64 bytes at a time. Its functions may run only where [`has_avx512`] answers true.
pub struct Avx512;

/// The numbers from 0 to 63.
const COUNT: [u8; 64] = {
    let mut count = [0; 64];
    let mut i = 0;
    while i < 64 {
        count[i] = i as u8;
        i += 1;
    }
    count
};

impl Kernel for Avx512 {
    #[inline(always)]
    fn masks(block: &[u8; 64]) -> Masks {
        // SAFETY: callers have asked `has_avx512`; the load is the block and needs no alignment.
        unsafe { masks_512(_mm512_loadu_si512(block.as_ptr().cast())) }
    }

    #[inline(always)]
    fn masks_of_short(text: &[u8]) -> Masks {
        let there = (1u64 << (text.len() % 64)) - 1;
        // SAFETY: as above; bytes outside the mask, which covers the text or a part of it, are not read.
        unsafe { masks_512(_mm512_maskz_loadu_epi8(there, text.as_ptr().cast())) }
    }

    #[inline(always)]
    fn masks_of_rest(rest: &[u8], _text: &[u8]) -> Masks {
        Self::masks_of_short(rest)
    }

    #[inline(always)]
    fn prefix_xor(bits: u64) -> u64 {
        Avx2::prefix_xor(bits)
    }

    #[inline(always)]
    fn places(bits: u64, base: u16, out: &mut [u16; 64]) {
        // SAFETY: callers have asked `has_avx512`; `COUNT` and `out` have the bytes that are loaded and
        // stored (64, and 2 times 64), and neither needs alignment.
        unsafe {
            let count = _mm512_loadu_si512(COUNT.as_ptr().cast());
            let packed = _mm512_maskz_compress_epi8(bits, count);
            let start: *mut u16 = out.as_mut_ptr();
            let base_of_few = _mm256_set1_epi16(base as i16);
            let few = _mm256_cvtepu8_epi16(_mm512_castsi512_si128(packed));
            _mm256_storeu_si256(start.cast(), _mm256_add_epi16(few, base_of_few));
            // Half of the work in the usual case.
            if bits.count_ones() > 16 {
                let base = _mm512_set1_epi16(base as i16);
                for (half, at) in [
                    (_mm512_castsi512_si256(packed), 0),
                    (_mm512_extracti64x4_epi64(packed, 1), 32),
                ] {
                    let places = _mm512_add_epi16(_mm512_cvtepu8_epi16(half), base);
                    _mm512_storeu_si512(start.add(at).cast(), places);
                }
            }
        }
    }
}

/// The masks of 64 bytes.
///
/// # Safety
/// The caller has asked [`has_avx512`].
#[inline(always)]
unsafe fn masks_512(v: __m512i) -> Masks {
    // SAFETY: passed on to the caller.
    unsafe {
        let is = |v: __m512i, byte: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(byte as i8));
        let braced = _mm512_or_si512(v, _mm512_set1_epi8(TO_BRACE));
        let (open, close) = (is(braced, b'{'), is(braced, b'}'));
        // A brace is told from its bracket by this bit.
        let curly = _mm512_test_epi8_mask(v, _mm512_set1_epi8(TO_BRACE));
        Masks {
            quote: is(v, b'"'),
            backslash: is(v, b'\\'),
            members: is(v, b':') | (open | close) & curly,
            comma: is(v, b','),
            open,
            close,
            high: _mm512_movepi8_mask(v),
        }
    }
}
