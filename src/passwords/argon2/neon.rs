//! argon2's compression function with NEON: one round in eight registers of two words.
//!
//! `unsafe` here: loads and stores, and code for a processor feature.

#![allow(unsafe_code)]

use std::arch::aarch64::*;

use super::block::Block;
use super::kernel::Step;

/// The sixteen words of a round, in order: a, b, c, d have two registers each.
type Set = [uint64x2_t; 8];

/// See [`Step`].
///
/// # Safety
/// The processor has neon.
#[target_feature(enable = "neon")]
pub unsafe fn compress(memory: &mut [Block], step: Step) {
    let target: *mut Block = &mut memory[step.target];
    let previous: *const u64 = (&raw const memory[step.previous]).cast();
    let reference: *const u64 = (&raw const memory[step.reference]).cast();
    // SAFETY: the indices were checked just now; a Block is 64 pairs of words. Pointers, because
    // `previous` may be the same block as `reference`; nothing is written before the last read.
    let load =
        |at: usize| unsafe { veorq_u64(vld1q_u64(previous.add(2 * at)), vld1q_u64(reference.add(2 * at))) };
    let mut rows: [Set; 8] = std::array::from_fn(|row| std::array::from_fn(|i| load(8 * row + i)));
    for row in &mut rows {
        round(row);
    }
    let out: *mut u64 = target.cast();
    for column in 0..8 {
        let mut set: Set = std::array::from_fn(|row| rows[row][column]);
        round(&mut set);
        for (row, value) in set.into_iter().enumerate() {
            let at = 8 * row + column;
            let value = veorq_u64(value, load(at));
            // SAFETY: as for `load`; each pair of the target is written after its own inputs were read.
            unsafe {
                let value = if step.xor {
                    veorq_u64(value, vld1q_u64(out.add(2 * at)))
                } else {
                    value
                };
                vst1q_u64(out.add(2 * at), value);
            }
        }
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn round(v: &mut Set) {
    mix(v);
    // Words turn by one, two and three places: the diagonals become columns.
    let [_, _, b0, b1, c0, c1, d0, d1] = *v;
    [v[2], v[3]] = [vextq_u64::<1>(b0, b1), vextq_u64::<1>(b1, b0)];
    [v[4], v[5]] = [c1, c0];
    [v[6], v[7]] = [vextq_u64::<1>(d1, d0), vextq_u64::<1>(d0, d1)];
    mix(v);
    let [_, _, b0, b1, c0, c1, d0, d1] = *v;
    [v[2], v[3]] = [vextq_u64::<1>(b1, b0), vextq_u64::<1>(b0, b1)];
    [v[4], v[5]] = [c1, c0];
    [v[6], v[7]] = [vextq_u64::<1>(d0, d1), vextq_u64::<1>(d1, d0)];
}

#[inline]
#[target_feature(enable = "neon")]
fn mix(v: &mut Set) {
    for i in 0..2 {
        let [mut a, mut b, mut c, mut d] = [v[i], v[2 + i], v[4 + i], v[6 + i]];
        a = multiply_add(a, b);
        d = vreinterpretq_u64_u32(vrev64q_u32(vreinterpretq_u32_u64(veorq_u64(d, a))));
        c = multiply_add(c, d);
        b = rotate::<24, 40>(veorq_u64(b, c));
        a = multiply_add(a, b);
        d = rotate::<16, 48>(veorq_u64(d, a));
        c = multiply_add(c, d);
        b = rotate::<63, 1>(veorq_u64(b, c));
        [v[i], v[2 + i], v[4 + i], v[6 + i]] = [a, b, c, d];
    }
}

/// To the right by `RIGHT`; `LEFT` is 64 less that.
#[inline]
#[target_feature(enable = "neon")]
fn rotate<const RIGHT: i32, const LEFT: i32>(x: uint64x2_t) -> uint64x2_t {
    vsriq_n_u64::<RIGHT>(vshlq_n_u64::<LEFT>(x), x)
}

#[inline]
#[target_feature(enable = "neon")]
fn multiply_add(x: uint64x2_t, y: uint64x2_t) -> uint64x2_t {
    let product = vmull_u32(vmovn_u64(x), vmovn_u64(y));
    vaddq_u64(vaddq_u64(x, y), vaddq_u64(product, product))
}
