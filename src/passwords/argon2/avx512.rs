//! argon2's compression function with AVX-512: the whole block in sixteen registers.
//!
//! 1. A set is four registers a, b, c, d with two rounds side by side, one in each half.
//! 2. Rows 2k and 2k + 1 make set k; after them, columns 2k and 2k + 1 do.
//! 3. All four sets advance together, so that the latency of one hides behind the others.
//!
//! `unsafe` here: loads and stores, and code for a processor feature.

#![allow(unsafe_code)]
// The loops go through several arrays at once.
#![allow(clippy::needless_range_loop)]

use std::arch::x86_64::*;

use super::block::Block;
use super::kernel::Step;

type Set = [__m512i; 4];

/// See [`Step`].
///
/// # Safety
/// The processor has avx512f.
#[target_feature(enable = "avx512f")]
pub unsafe fn compress(memory: &mut [Block], step: Step) {
    let target: *mut Block = &mut memory[step.target];
    let previous: *const __m512i = (&raw const memory[step.previous]).cast();
    let reference: *const __m512i = (&raw const memory[step.reference]).cast();
    // SAFETY: the indices were checked just now; a Block is sixteen vectors, aligned to one. Pointers,
    // because `previous` may be the same block as `reference`; nothing is written before the last read.
    let load = |at: usize| unsafe {
        _mm512_xor_si512(
            _mm512_load_si512(previous.add(at)),
            _mm512_load_si512(reference.add(at)),
        )
    };
    let mut sets: [Set; 4] = std::array::from_fn(|k| {
        let [even_ab, even_cd, odd_ab, odd_cd] =
            [load(4 * k), load(4 * k + 1), load(4 * k + 2), load(4 * k + 3)];
        [
            _mm512_shuffle_i64x2::<0x44>(even_ab, odd_ab),
            _mm512_shuffle_i64x2::<0xEE>(even_ab, odd_ab),
            _mm512_shuffle_i64x2::<0x44>(even_cd, odd_cd),
            _mm512_shuffle_i64x2::<0xEE>(even_cd, odd_cd),
        ]
    });
    rounds(&mut sets);
    // Register j of set k holds words 4j to 4j + 3 of two rows: columns 2j and 2j + 1, their quarter k.
    let mut columns: [Set; 4] = std::array::from_fn(|j| {
        std::array::from_fn(|k| _mm512_shuffle_i64x2::<0xD8>(sets[k][j], sets[k][j]))
    });
    rounds(&mut columns);
    let out: *mut __m512i = target.cast();
    let put = |at: usize, value: __m512i| {
        let input = load(at);
        // SAFETY: as for `load`; each vector of the target is written after its own inputs were read.
        unsafe {
            let value = if step.xor {
                _mm512_ternarylogic_epi64::<0x96>(value, input, _mm512_load_si512(out.add(at)))
            } else {
                _mm512_xor_si512(value, input)
            };
            _mm512_store_si512(out.add(at), value);
        }
    };
    for k in 0..4 {
        let [a, b, c, d] = [columns[0][k], columns[1][k], columns[2][k], columns[3][k]];
        put(4 * k, _mm512_shuffle_i64x2::<0x88>(a, b));
        put(4 * k + 1, _mm512_shuffle_i64x2::<0x88>(c, d));
        put(4 * k + 2, _mm512_shuffle_i64x2::<0xDD>(a, b));
        put(4 * k + 3, _mm512_shuffle_i64x2::<0xDD>(c, d));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rounds(sets: &mut [Set; 4]) {
    mix(sets);
    for [_, b, c, d] in sets.iter_mut() {
        *b = _mm512_permutex_epi64::<0b00_11_10_01>(*b);
        *c = _mm512_permutex_epi64::<0b01_00_11_10>(*c);
        *d = _mm512_permutex_epi64::<0b10_01_00_11>(*d);
    }
    mix(sets);
    for [_, b, c, d] in sets.iter_mut() {
        *b = _mm512_permutex_epi64::<0b10_01_00_11>(*b);
        *c = _mm512_permutex_epi64::<0b01_00_11_10>(*c);
        *d = _mm512_permutex_epi64::<0b00_11_10_01>(*d);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn mix(sets: &mut [Set; 4]) {
    for [a, b, _, d] in sets.iter_mut() {
        *a = multiply_add(*a, *b);
        *d = _mm512_ror_epi64::<32>(_mm512_xor_si512(*d, *a));
    }
    for [_, b, c, d] in sets.iter_mut() {
        *c = multiply_add(*c, *d);
        *b = _mm512_ror_epi64::<24>(_mm512_xor_si512(*b, *c));
    }
    for [a, b, _, d] in sets.iter_mut() {
        *a = multiply_add(*a, *b);
        *d = _mm512_ror_epi64::<16>(_mm512_xor_si512(*d, *a));
    }
    for [_, b, c, d] in sets.iter_mut() {
        *c = multiply_add(*c, *d);
        *b = _mm512_ror_epi64::<63>(_mm512_xor_si512(*b, *c));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn multiply_add(x: __m512i, y: __m512i) -> __m512i {
    let product = _mm512_mul_epu32(x, y);
    _mm512_add_epi64(_mm512_add_epi64(x, y), _mm512_add_epi64(product, product))
}
