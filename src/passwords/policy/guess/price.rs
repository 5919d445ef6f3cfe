//! How many guesses each kind of piece takes, when an attacker knows that it is there.

#![forbid(unsafe_code)]

use super::find::{Kind, Piece, Word};

/// Least guesses for one character, and for several, that are part of a longer password.
const LEAST_ONE: u64 = 10;
const LEAST_SEVERAL: u64 = 50;
/// Guesses for each character that nothing is known of.
const PER_CHARACTER: u64 = 10;
/// A year takes as many guesses as it is away from now, and not fewer than this.
const LEAST_YEARS: u64 = 20;
const DAYS: u64 = 365;
/// Separators that dates are commonly written with.
const SEPARATORS: u64 = 4;
/// Keys to begin a walk with, and the average number of neighbours that a key has, rounded down.
const KEYBOARD: (u64, u64) = (94, 4);
const PAD: (u64, u64) = (15, 5);

/// Guesses for one piece of `password`.
pub fn price(piece: &Piece, password: &[char], this_year: i32) -> u64 {
    let part = &password[piece.start..=piece.end];
    let years = |year: i32| u64::from(year.abs_diff(this_year)).max(LEAST_YEARS);
    let guesses = match &piece.kind {
        Kind::Word(word) => of_word(word, part),
        Kind::Walk { pad, turns, shifts } => of_walk(part.len(), *pad, *turns, *shifts),
        Kind::Repeat { guesses, times, .. } => guesses.saturating_mul(*times as u64),
        Kind::Sequence { ascending } => of_sequence(part, *ascending),
        Kind::Year(year) => years(*year),
        Kind::Date { year, separated } => years(*year) * DAYS * if *separated { SEPARATORS } else { 1 },
        Kind::Unknown => of_unknown(part.len()),
    };
    guesses.max(match part.len() {
        all if all == password.len() => 1,
        1 => LEAST_ONE,
        _ => LEAST_SEVERAL,
    })
}

fn of_unknown(length: usize) -> u64 {
    let least = if length == 1 { LEAST_ONE } else { LEAST_SEVERAL };
    // One more than the least, so that what is known of the same characters comes first.
    PER_CHARACTER.saturating_pow(length as u32).max(least + 1)
}

fn of_word(word: &Word, part: &[char]) -> u64 {
    u64::from(word.rank)
        .saturating_mul(capitals(part))
        .saturating_mul(signs(word, part))
        .saturating_mul(if word.reversed { 2 } else { 1 })
}

/// Ways to write a word in capitals and small letters, up to as many capitals as it has.
fn capitals(part: &[char]) -> u64 {
    let text: String = part.iter().collect();
    if part.iter().all(|letter| letter.is_lowercase()) || text.to_lowercase() == text {
        return 1;
    }
    let upper = part.iter().filter(|letter| letter.is_uppercase()).count();
    let lower = part.iter().filter(|letter| letter.is_lowercase()).count();
    let at_end = [part.first(), part.last()]
        .into_iter()
        .flatten()
        .any(|letter| letter.is_uppercase());
    // The first, the last or all of them: what most people do.
    if (upper == 1 && at_end) || upper == part.len() {
        return 2;
    }
    mixtures(upper, lower)
}

/// Ways to write letters as signs, for each sign that is used.
fn signs(word: &Word, part: &[char]) -> u64 {
    let low: String = part.iter().collect::<String>().to_lowercase();
    let count = |wanted: char| low.chars().filter(|&one| one == wanted).count();
    word.signs.iter().fold(1, |ways: u64, &(sign, letter)| {
        let more = match (count(sign), count(letter)) {
            (0, _) | (_, 0) => 2,
            (as_sign, as_letter) => mixtures(as_sign, as_letter),
        };
        ways.saturating_mul(more)
    })
}

/// Ways to choose 1, 2, ... of `one + other` places, up to the smaller of the two.
fn mixtures(one: usize, other: usize) -> u64 {
    (1..=one.min(other)).fold(0, |sum: u64, chosen| {
        sum.saturating_add(choose((one + other) as u64, chosen as u64))
    })
}

/// The binomial coefficient.
fn choose(from: u64, count: u64) -> u64 {
    if count > from {
        return 0;
    }
    (1..=count).fold(1, |ways: u64, step| ways.saturating_mul(from + 1 - step) / step)
}

/// Walks of this length or shorter with as many turns or fewer.
fn of_walk(length: usize, pad: bool, turns: usize, shifts: usize) -> u64 {
    let (starts, neighbours) = if pad { PAD } else { KEYBOARD };
    let walks = (2..=length)
        .flat_map(|keys| (1..=turns.min(keys - 1)).map(move |turns| (keys as u64, turns as u64)))
        .fold(0, |sum: u64, (keys, turns)| {
            let ways = choose(keys - 1, turns - 1)
                .saturating_mul(starts)
                .saturating_mul(neighbours.saturating_pow(turns as u32));
            sum.saturating_add(ways)
        });
    let plain = length.saturating_sub(shifts);
    walks.saturating_mul(match (shifts, plain) {
        (0, _) => 1,
        (_, 0) => 2,
        _ => mixtures(shifts, plain),
    })
}

fn of_sequence(part: &[char], ascending: bool) -> u64 {
    let starts = match part.first() {
        Some('a' | 'A' | 'z' | 'Z' | '0' | '1' | '9') => 4,
        Some(first) if first.is_ascii_digit() => 10,
        _ => 26,
    };
    starts * if ascending { 1 } else { 2 } * part.len() as u64
}
