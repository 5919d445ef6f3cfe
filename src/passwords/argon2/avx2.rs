//! argon2's compression function with AVX2: two rounds at a time, four words in a register.
//!
//! `unsafe` here: loads and stores, and code for a processor feature.

#![allow(unsafe_code)]
// The loops go through several arrays at once.
#![allow(clippy::needless_range_loop)]

use std::arch::x86_64::*;

use super::block::Block;
use super::kernel::Step;

/// The registers a, b, c, d of one round.
type Set = [__m256i; 4];

/// See [`Step`].
///
/// # Safety
/// The processor has avx2.
#[target_feature(enable = "avx2")]
pub unsafe fn compress(memory: &mut [Block], step: Step) {
    let target: *mut Block = &mut memory[step.target];
    let previous: *const __m256i = (&raw const memory[step.previous]).cast();
    let reference: *const __m256i = (&raw const memory[step.reference]).cast();
    // SAFETY: the indices were checked just now; a Block is 32 vectors, aligned to two. Pointers, because
    // `previous` may be the same block as `reference`; nothing is written before the last read.
    let load = |at: usize| unsafe {
        _mm256_xor_si256(
            _mm256_load_si256(previous.add(at)),
            _mm256_load_si256(reference.add(at)),
        )
    };
    let turns = byte_rotations();
    let mut rows = [[_mm256_setzero_si256(); 4]; 8];
    for pair in 0..4 {
        let mut sets: [Set; 2] =
            std::array::from_fn(|k| std::array::from_fn(|register| load(8 * pair + 4 * k + register)));
        rounds(&mut sets, turns);
        [rows[2 * pair], rows[2 * pair + 1]] = sets;
    }
    let out: *mut __m256i = target.cast();
    let put = |at: usize, value: __m256i| {
        let value = _mm256_xor_si256(value, load(at));
        // SAFETY: as for `load`; each vector of the target is written after its own inputs were read.
        unsafe {
            let value = if step.xor {
                _mm256_xor_si256(value, _mm256_load_si256(out.add(at)))
            } else {
                value
            };
            _mm256_store_si256(out.add(at), value);
        }
    };
    for pair in 0..4 {
        // Words 4 pair to 4 pair + 3 of each row: columns 2 pair and 2 pair + 1.
        let half = |k: usize| (rows[2 * k][pair], rows[2 * k + 1][pair]);
        let mut sets: [Set; 2] = [
            std::array::from_fn(|k| _mm256_permute2x128_si256::<0x20>(half(k).0, half(k).1)),
            std::array::from_fn(|k| _mm256_permute2x128_si256::<0x31>(half(k).0, half(k).1)),
        ];
        rounds(&mut sets, turns);
        for k in 0..4 {
            put(
                8 * k + pair,
                _mm256_permute2x128_si256::<0x20>(sets[0][k], sets[1][k]),
            );
            put(
                8 * k + 4 + pair,
                _mm256_permute2x128_si256::<0x31>(sets[0][k], sets[1][k]),
            );
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn rounds(sets: &mut [Set; 2], turns: [__m256i; 2]) {
    mix(sets, turns);
    for [_, b, c, d] in sets.iter_mut() {
        *b = _mm256_permute4x64_epi64::<0b00_11_10_01>(*b);
        *c = _mm256_permute4x64_epi64::<0b01_00_11_10>(*c);
        *d = _mm256_permute4x64_epi64::<0b10_01_00_11>(*d);
    }
    mix(sets, turns);
    for [_, b, c, d] in sets.iter_mut() {
        *b = _mm256_permute4x64_epi64::<0b10_01_00_11>(*b);
        *c = _mm256_permute4x64_epi64::<0b01_00_11_10>(*c);
        *d = _mm256_permute4x64_epi64::<0b00_11_10_01>(*d);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn mix(sets: &mut [Set; 2], [by_24, by_16]: [__m256i; 2]) {
    for [a, b, _, d] in sets.iter_mut() {
        *a = multiply_add(*a, *b);
        *d = _mm256_shuffle_epi32::<0b10_11_00_01>(_mm256_xor_si256(*d, *a));
    }
    for [_, b, c, d] in sets.iter_mut() {
        *c = multiply_add(*c, *d);
        *b = _mm256_shuffle_epi8(_mm256_xor_si256(*b, *c), by_24);
    }
    for [a, b, _, d] in sets.iter_mut() {
        *a = multiply_add(*a, *b);
        *d = _mm256_shuffle_epi8(_mm256_xor_si256(*d, *a), by_16);
    }
    for [_, b, c, d] in sets.iter_mut() {
        *c = multiply_add(*c, *d);
        let x = _mm256_xor_si256(*b, *c);
        *b = _mm256_xor_si256(_mm256_srli_epi64::<63>(x), _mm256_add_epi64(x, x));
    }
}

/// Rotations to the right by 24 and 16 bits are permutations of bytes. The compiler must not see which: it
/// would make two slower ones of the second.
#[inline]
#[target_feature(enable = "avx2")]
fn byte_rotations() -> [__m256i; 2] {
    let by_24 = _mm_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10);
    let by_16 = _mm_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9);
    std::hint::black_box([by_24, by_16]).map(|turn| _mm256_broadcastsi128_si256(turn))
}

#[inline]
#[target_feature(enable = "avx2")]
fn multiply_add(x: __m256i, y: __m256i) -> __m256i {
    let product = _mm256_mul_epu32(x, y);
    _mm256_add_epi64(_mm256_add_epi64(x, y), _mm256_add_epi64(product, product))
}
