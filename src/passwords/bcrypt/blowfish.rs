//! bcrypt's computation (Provos and Mazieres 1999), for several passwords at once in one thread.
//!
//! Each round of Blowfish waits for four loads from a table, and the next round for it: alone, a thread
//! spends most of its time waiting. So the rounds of [`LANES`] independent hashes are interleaved; each
//! takes hardly longer for it.

#![forbid(unsafe_code)]
// The loops go through several arrays at once.
#![allow(clippy::needless_range_loop)]

use zeroize::Zeroize;

use super::pi::DIGITS;

/// Hashes that run best side by side: their tables (4 KiB each) and the rest stay in the first cache.
pub const LANES: usize = 6;

/// The words of a key: 72 bytes, all that bcrypt reads.
const KEY: usize = 18;

/// The text that is encrypted 64 times.
const TEXT: &[u8; 24] = b"OrpheanBeholderScryDoubt";

/// What goes into one hash; the cost is common to all that run together.
pub struct Input<'a> {
    pub key: &'a [u8; 4 * KEY],
    pub salt: [u8; 16],
}

/// The state of one cipher. In this order: with the tables behind `p`, six lanes side by side take 1.4 times as long
/// (Zen 4; what is stored in one lane shares the lower 12 bits of its address with what another loads).
#[repr(C)]
struct State {
    s: [[u32; 256]; 4],
    p: [u32; KEY],
}

impl State {
    fn new() -> State {
        let mut state = State {
            p: [0; KEY],
            s: [[0; 256]; 4],
        };
        state.p.copy_from_slice(&DIGITS[..KEY]);
        for (table, digits) in state.s.iter_mut().zip(DIGITS[KEY..].as_chunks().0) {
            *table = *digits;
        }
        state
    }

    /// Blowfish's F of the lower half of `x`; the upper half of the result means nothing.
    #[inline(always)]
    fn f(&self, x: u64) -> u64 {
        let at = |table: usize, shift: u32| u64::from(self.s[table][usize::from((x >> shift) as u8)]);
        (at(0, 24).wrapping_add(at(1, 16)) ^ at(2, 8)).wrapping_add(at(3, 0))
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.p.zeroize();
        self.s.zeroize();
    }
}

/// Computes up to [`LANES`] hashes of one cost side by side; `tags` is as long as `inputs`.
pub fn hash(cost: u32, inputs: &[Input<'_>], tags: &mut [[u8; 24]]) {
    for (inputs, tags) in inputs.chunks(LANES).zip(tags.chunks_mut(LANES)) {
        match inputs.len() {
            1 => lanes::<1>(cost, inputs, tags),
            2 => lanes::<2>(cost, inputs, tags),
            3 => lanes::<3>(cost, inputs, tags),
            4 => lanes::<4>(cost, inputs, tags),
            5 => lanes::<5>(cost, inputs, tags),
            _ => lanes::<LANES>(cost, inputs, tags),
        }
    }
}

fn lanes<const N: usize>(cost: u32, inputs: &[Input<'_>], tags: &mut [[u8; 24]]) {
    let mut states: Box<[State; N]> = Box::new(std::array::from_fn(|_| State::new()));
    let mut keys: [[u32; KEY]; N] = std::array::from_fn(|lane| words(inputs[lane].key));
    let salts: [[u32; 4]; N] = std::array::from_fn(|lane| words(&inputs[lane].salt));
    let spread: [[u32; KEY]; N] = salts.map(|salt| std::array::from_fn(|i| salt[i % 4]));
    expand(&mut states, &keys, |at| {
        std::array::from_fn(|lane| [salts[lane][at % 4], salts[lane][(at + 1) % 4]])
    });
    let nothing = |_| [[0; 2]; N];
    for _ in 0..1u64 << cost {
        expand(&mut states, &keys, nothing);
        expand(&mut states, &spread, nothing);
    }
    keys.zeroize();
    let text: [u32; 6] = words(TEXT);
    for (half, pair) in text.as_chunks::<2>().0.iter().enumerate() {
        let mut block = [*pair; N];
        for _ in 0..64 {
            block = encrypt(&states, block);
        }
        for (tag, [left, right]) in tags.iter_mut().zip(block) {
            let out = &mut tag[8 * half..8 * half + 8];
            out[..4].copy_from_slice(&left.to_be_bytes());
            out[4..].copy_from_slice(&right.to_be_bytes());
        }
    }
}

/// Blowfish's key schedule. `salt` gives the two words that go in before each encryption, by the number of
/// words that have been replaced.
#[inline(always)]
fn expand<const N: usize>(
    states: &mut [State; N],
    keys: &[[u32; KEY]; N],
    salt: impl Fn(usize) -> [[u32; 2]; N],
) {
    for (state, key) in states.iter_mut().zip(keys) {
        for (p, key) in state.p.iter_mut().zip(key) {
            *p ^= key;
        }
    }
    let mut block = [[0; 2]; N];
    for at in (0..KEY).step_by(2) {
        block = encrypt(states, mix(block, salt(at)));
        for (state, pair) in states.iter_mut().zip(block) {
            [state.p[at], state.p[at + 1]] = pair;
        }
    }
    for table in 0..4 {
        for at in (0..256).step_by(2) {
            block = encrypt(states, mix(block, salt(KEY + at)));
            for (state, pair) in states.iter_mut().zip(block) {
                [state.s[table][at], state.s[table][at + 1]] = pair;
            }
        }
    }
}

#[inline(always)]
fn mix<const N: usize>(block: [[u32; 2]; N], salt: [[u32; 2]; N]) -> [[u32; 2]; N] {
    std::array::from_fn(|lane| [block[lane][0] ^ salt[lane][0], block[lane][1] ^ salt[lane][1]])
}

/// One block for each cipher, round by round. The halves are kept in 64 bits, of which the upper mean
/// nothing: else the compiler gathers the lanes in vectors, only to take them apart again.
#[inline(always)]
fn encrypt<const N: usize>(states: &[State; N], block: [[u32; 2]; N]) -> [[u32; 2]; N] {
    let mut left: [u64; N] = std::array::from_fn(|lane| u64::from(block[lane][0] ^ states[lane].p[0]));
    let mut right: [u64; N] = std::array::from_fn(|lane| u64::from(block[lane][1]));
    for round in (1..17).step_by(2) {
        for lane in 0..N {
            right[lane] ^= u64::from(states[lane].p[round]) ^ states[lane].f(left[lane]);
        }
        for lane in 0..N {
            left[lane] ^= u64::from(states[lane].p[round + 1]) ^ states[lane].f(right[lane]);
        }
    }
    std::array::from_fn(|lane| [right[lane] as u32 ^ states[lane].p[17], left[lane] as u32])
}

/// Bytes as big-endian words.
fn words<const N: usize>(bytes: &[u8]) -> [u32; N] {
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_be_bytes(*chunk);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// As many at once as come, of any cost: each as the crate computes it alone.
        #[test]
        fn gives_what_the_crate_gives(
            cost in 4u32..7,
            rows in proptest::collection::vec((any::<[u8; 32]>(), any::<[u8; 32]>(), any::<[u8; 8]>(), any::<[u8; 16]>()), 1..15),
        ) {
            let keys: Vec<[u8; 72]> = rows
                .iter()
                .map(|(a, b, c, _)| {
                    let mut key = [0; 72];
                    key[..32].copy_from_slice(a);
                    key[32..64].copy_from_slice(b);
                    key[64..].copy_from_slice(c);
                    key
                })
                .collect();
            let inputs: Vec<Input<'_>> =
                keys.iter().zip(&rows).map(|(key, row)| Input { key, salt: row.3 }).collect();
            let mut tags = vec![[0; 24]; inputs.len()];
            hash(cost, &inputs, &mut tags);
            for (input, tag) in inputs.iter().zip(tags) {
                prop_assert_eq!(tag, bcrypt::bcrypt(cost, input.salt, input.key));
            }
        }
    }
}
