//! argon2's compression function in plain code (RFC 9106, 3.5 and 3.6).

#![forbid(unsafe_code)]

use super::block::Block;
use super::kernel::Step;

/// See [`Step`].
pub fn compress(memory: &mut [Block], step: Step) {
    let mut input = memory[step.previous];
    input.xor(&memory[step.reference]);
    let mut state = input;
    for row in state.0.as_chunks_mut::<16>().0 {
        round(row);
    }
    for column in 0..8 {
        let at = |i: usize| 16 * (i / 2) + 2 * column + i % 2;
        let mut words: [u64; 16] = std::array::from_fn(|i| state.0[at(i)]);
        round(&mut words);
        for (i, word) in words.into_iter().enumerate() {
            state.0[at(i)] = word;
        }
    }
    state.xor(&input);
    let target = &mut memory[step.target];
    if step.xor {
        target.xor(&state);
    } else {
        *target = state;
    }
}

fn round(v: &mut [u64; 16]) {
    for (a, b, c, d) in [
        (0, 4, 8, 12),
        (1, 5, 9, 13),
        (2, 6, 10, 14),
        (3, 7, 11, 15),
        (0, 5, 10, 15),
        (1, 6, 11, 12),
        (2, 7, 8, 13),
        (3, 4, 9, 14),
    ] {
        v[a] = multiply_add(v[a], v[b]);
        v[d] = (v[d] ^ v[a]).rotate_right(32);
        v[c] = multiply_add(v[c], v[d]);
        v[b] = (v[b] ^ v[c]).rotate_right(24);
        v[a] = multiply_add(v[a], v[b]);
        v[d] = (v[d] ^ v[a]).rotate_right(16);
        v[c] = multiply_add(v[c], v[d]);
        v[b] = (v[b] ^ v[c]).rotate_right(63);
    }
}

fn multiply_add(x: u64, y: u64) -> u64 {
    let product = u64::from(x as u32).wrapping_mul(u64::from(y as u32));
    x.wrapping_add(y).wrapping_add(product.wrapping_mul(2))
}
