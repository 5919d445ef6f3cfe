//! scryptROMix (RFC 7914, section 5), in memory that the caller lends.
//!
//! A unit is what Salsa20/8 takes: 64 bytes, sixteen words of 32 bits. Its words are kept by diagonals, as four
//! rows of which each step of Salsa20 changes one; the compiler makes vectors of them. V lies in `Block`s, sixteen
//! units in each.

#![forbid(unsafe_code)]

use zeroize::Zeroizing;

use crate::passwords::argon2::Block;

/// Four rows; `DIAGONAL` says which words stand in them.
type Unit = [[u32; 4]; 4];

/// Where RFC 7914 has the word that stands here.
const DIAGONAL: [usize; 16] = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11];

/// The words of V that hold a unit.
const WORDS: usize = 8;
const UNIT_BYTES: usize = 64;
const UNITS_IN_BLOCK: usize = Block::SIZE / UNIT_BYTES;

/// The blocks that V takes.
pub fn blocks(log_n: u32, r: u32) -> usize {
    // Both are far below 32 bits when work is accepted; what no address space holds is past every limit.
    usize::try_from((u64::from(r) << log_n).div_ceil(UNITS_IN_BLOCK as u64 / 2)).unwrap_or(usize::MAX)
}

/// Mixes `bytes`, 128 times `r` of them, in place. `v` has at least [`blocks`], of any content; they hold secrets
/// afterwards.
pub fn mix(bytes: &mut [u8], log_n: u32, v: &mut [Block]) {
    let count = bytes.len() / UNIT_BYTES;
    let mut x = Zeroizing::new(read(bytes));
    let mut y = Zeroizing::new(vec![Unit::default(); count]);
    let n = 1_usize << log_n;
    for step in 0..n {
        for (at, unit) in x.iter().enumerate() {
            *slot(v, step * count + at) = pack(unit);
        }
        block_mix(&x, &mut y);
        std::mem::swap(&mut x, &mut y);
    }
    for _ in 0..n {
        // Integerify: the first word of the last unit. `n` is a power of two and at most 2^31.
        let from = (x[count - 1][0][0] as usize & (n - 1)) * count;
        for (at, unit) in x.iter_mut().enumerate() {
            xor(unit, &unpack(slot(v, from + at)));
        }
        block_mix(&x, &mut y);
        std::mem::swap(&mut x, &mut y);
    }
    write(&x, bytes);
}

/// scryptBlockMix (RFC 7914, section 4): the even units of the result come first.
fn block_mix(from: &[Unit], to: &mut [Unit]) {
    let mut unit = from[from.len() - 1];
    let (even, odd) = to.split_at_mut(from.len() / 2);
    for (pair, (even, odd)) in from.as_chunks::<2>().0.iter().zip(even.iter_mut().zip(odd)) {
        xor(&mut unit, &pair[0]);
        salsa20_8(&mut unit);
        *even = unit;
        xor(&mut unit, &pair[1]);
        salsa20_8(&mut unit);
        *odd = unit;
    }
}

/// Salsa20/8 (RFC 7914, section 3).
#[inline(always)]
fn salsa20_8(unit: &mut Unit) {
    let start = *unit;
    let [mut a, mut b, mut c, mut d] = start;
    for _ in 0..4 {
        // Columns.
        step::<7>(&mut b, a, d);
        step::<9>(&mut c, b, a);
        step::<13>(&mut d, c, b);
        step::<18>(&mut a, d, c);
        (b, c, d) = (turn::<3>(b), turn::<2>(c), turn::<1>(d));
        // Rows.
        step::<7>(&mut d, a, b);
        step::<9>(&mut c, d, a);
        step::<13>(&mut b, c, d);
        step::<18>(&mut a, b, c);
        (b, c, d) = (turn::<1>(b), turn::<2>(c), turn::<3>(d));
    }
    *unit = [a, b, c, d];
    for (row, start) in unit.iter_mut().zip(start) {
        for (word, start) in row.iter_mut().zip(start) {
            *word = word.wrapping_add(start);
        }
    }
}

#[inline(always)]
fn step<const BITS: u32>(row: &mut [u32; 4], one: [u32; 4], two: [u32; 4]) {
    for at in 0..4 {
        row[at] ^= one[at].wrapping_add(two[at]).rotate_left(BITS);
    }
}

/// The words, `BY` places to the left.
#[inline(always)]
fn turn<const BY: usize>(row: [u32; 4]) -> [u32; 4] {
    std::array::from_fn(|at| row[(at + BY) % 4])
}

#[inline(always)]
fn xor(unit: &mut Unit, other: &Unit) {
    for (row, other) in unit.iter_mut().zip(other) {
        for (word, other) in row.iter_mut().zip(other) {
            *word ^= other;
        }
    }
}

#[inline(always)]
fn slot(v: &mut [Block], unit: usize) -> &mut [u64; WORDS] {
    &mut v[unit / UNITS_IN_BLOCK].0.as_chunks_mut().0[unit % UNITS_IN_BLOCK]
}

#[inline(always)]
fn pack(unit: &Unit) -> [u64; WORDS] {
    let words = unit.as_flattened();
    std::array::from_fn(|at| u64::from(words[2 * at]) | u64::from(words[2 * at + 1]) << 32)
}

#[inline(always)]
fn unpack(words: &[u64; WORDS]) -> Unit {
    std::array::from_fn(|row| std::array::from_fn(|at| (words[row * 2 + at / 2] >> (at % 2 * 32)) as u32))
}

fn read(bytes: &[u8]) -> Vec<Unit> {
    let units = bytes.as_chunks::<UNIT_BYTES>().0.iter();
    units
        .map(|unit| {
            let words = unit.as_chunks::<4>().0;
            std::array::from_fn(|row| {
                std::array::from_fn(|at| u32::from_le_bytes(words[DIAGONAL[row * 4 + at]]))
            })
        })
        .collect()
}

fn write(units: &[Unit], bytes: &mut [u8]) {
    for (unit, bytes) in units.iter().zip(bytes.as_chunks_mut::<UNIT_BYTES>().0) {
        let words = bytes.as_chunks_mut::<4>().0;
        for (at, word) in unit.as_flattened().iter().enumerate() {
            words[DIAGONAL[at]] = word.to_le_bytes();
        }
    }
}
