//! How many guesses a password takes, by the model of zxcvbn (Wheeler, USENIX Security 2016): words of known lists,
//! also backwards and with `4` for `a`; walks over a keyboard; repetitions; sequences; years and dates. What it is
//! made of is found (`find`, `words`, `keyboard`, `dates`), each piece is priced (`price`), the cheapest way through
//! the whole is chosen (`cheapest`), and put into words (`feedback`).
//!
//! The estimates are those of the crate `zxcvbn`, which the tests hold this one to. Where the crate takes whichever
//! of several equal ways comes first in a hash map, this takes the first in a fixed order.

pub mod cheapest;
pub mod dates;
pub mod feedback;
pub mod find;
pub mod keyboard;
pub mod price;
#[cfg(test)]
pub(crate) mod tests;
pub mod words;

use cheapest::Way;
use words::Words;

/// A word that the attacker knows of the user, in small letters, with its rank from 1.
pub struct Known {
    pub word: Vec<char>,
    pub rank: u32,
}

/// What does not change while a password is judged.
pub struct Context<'a> {
    pub words: &'a Words,
    pub known: Vec<Known>,
    pub year: i32,
}

impl<'a> Context<'a> {
    /// `inputs` in the order of what is tried first; of one that is there twice the last counts.
    pub fn new(words: &'a Words, inputs: &[&str], year: i32) -> Self {
        let mut known: Vec<Known> = Vec::new();
        for (input, rank) in inputs.iter().zip(1..inputs.len() as u32 + 1).rev() {
            let word: Vec<char> = input.to_lowercase().chars().collect();
            if !word.is_empty() && known.iter().all(|other| other.word != word) {
                known.push(Known { word, rank });
            }
        }
        Context { words, known, year }
    }
}

/// The cheapest way through `password`, which is not empty.
pub fn way(password: &[char], context: &Context) -> Way {
    cheapest::way(password, find::pieces(password, context), context)
}

/// 0 to 4, from the number of guesses.
pub fn score(guesses: u64) -> u8 {
    // The 5 keeps what is just at a bound, like the digits of a power of ten, below it.
    [1_000, 1_000_000, 100_000_000, 10_000_000_000]
        .iter()
        .filter(|&&bound| guesses >= bound + 5)
        .count() as u8
}
