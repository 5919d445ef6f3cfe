//! NEON, which every 64-bit ARM has.
//!
//! `unsafe` here: SIMD loads.

#![allow(unsafe_code)]

use std::arch::aarch64::*;

use super::portable::{Portable, places};
use super::{Kernel, Masks};

/// 16 bytes at a time.
pub struct Neon;

/// One bit of its own for each byte of 8.
const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

/// One bit per byte of four vectors whose bytes are all ones or all zeros.
#[inline(always)]
fn gather(v: [uint8x16_t; 4]) -> u64 {
    // SAFETY: NEON is part of every aarch64 target that Rust has with a standard library; `BITS` has the
    // 16 bytes that are loaded.
    unsafe {
        let bits = vld1q_u8(BITS.as_ptr());
        let low = vpaddq_u8(vandq_u8(v[0], bits), vandq_u8(v[1], bits));
        let high = vpaddq_u8(vandq_u8(v[2], bits), vandq_u8(v[3], bits));
        let all = vpaddq_u8(low, high);
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(all, all)))
    }
}

impl Kernel for Neon {
    #[inline(always)]
    fn masks(block: &[u8; 64]) -> Masks {
        // SAFETY: NEON as above; the four loads are the 64 bytes of the block and need no alignment.
        unsafe {
            let v = [0, 16, 32, 48].map(|at| vld1q_u8(block.as_ptr().add(at)));
            let braced = v.map(|v| vorrq_u8(v, vdupq_n_u8(0x20)));
            let is = |v: uint8x16_t, byte: u8| vceqq_u8(v, vdupq_n_u8(byte));
            Masks {
                quote: gather(v.map(|v| is(v, b'"'))),
                backslash: gather(v.map(|v| is(v, b'\\'))),
                members: gather(v.map(|v| vorrq_u8(is(v, b':'), vorrq_u8(is(v, b'{'), is(v, b'}'))))),
                comma: gather(v.map(|v| is(v, b','))),
                open: gather(braced.map(|v| is(v, b'{'))),
                close: gather(braced.map(|v| is(v, b'}'))),
                high: gather(v.map(|v| vcgeq_u8(v, vdupq_n_u8(0x80)))),
            }
        }
    }

    #[inline(always)]
    fn prefix_xor(bits: u64) -> u64 {
        Portable::prefix_xor(bits)
    }

    #[inline(always)]
    fn places(bits: u64, base: u16, out: &mut [u16; 64]) {
        places(bits, base, out);
    }
}
