//! What a password may be made of: every word, walk, repetition, sequence, year and date in it.

#![forbid(unsafe_code)]

use super::words::{Hash, List};
use super::{Context, dates, keyboard};

/// A part that an attacker would guess as one: from `start` to `end`, both of them in it, counted in characters.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Word(Word),
    Walk {
        pad: bool,
        turns: usize,
        shifts: usize,
    },
    Repeat {
        /// Characters of what is repeated.
        unit: usize,
        /// Guesses for it.
        guesses: u64,
        times: usize,
    },
    Sequence {
        ascending: bool,
    },
    Year(i32),
    Date {
        year: i32,
        separated: bool,
    },
    /// Nothing that is known.
    Unknown,
}

/// A word of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub list: List,
    pub rank: u32,
    pub reversed: bool,
    /// Signs in it that stand for letters: the sign, the letter. Empty where none does.
    pub signs: Vec<(char, char)>,
}

/// The signs that stand for each letter.
const SIGNS: [(char, &str); 12] = [
    ('a', "4@"),
    ('b', "8"),
    ('c', "({[<"),
    ('e', "3"),
    ('g', "69"),
    ('i', "1!|"),
    ('l', "1|7"),
    ('o', "0"),
    ('s', "$5"),
    ('t', "+7"),
    ('x', "%"),
    ('z', "2"),
];

/// The steps from one character to the next that a sequence may have.
const STEPS: std::ops::RangeInclusive<i32> = 1..=5;

/// All pieces, ordered by where they begin and end.
pub fn pieces(password: &[char], context: &Context) -> Vec<Piece> {
    let mut found = Vec::new();
    plain_words(password, context, &mut found);
    reversed_words(password, context, &mut found);
    words_with_signs(password, context, &mut found);
    keyboard::walks(password, &mut found);
    repeats(password, context, &mut found);
    sequences(password, &mut found);
    dates::years(password, &mut found);
    dates::dates(password, context.year, &mut found);
    found.sort_by_key(|piece| (piece.start, piece.end));
    found
}

fn lower(text: &[char]) -> Vec<char> {
    text.iter().collect::<String>().to_lowercase().chars().collect()
}

/// Calls `seen` for each word in `text`: start, end, list, rank, and the word in small letters.
fn each_word(text: &[char], context: &Context, mut seen: impl FnMut(usize, usize, List, u32, &[char])) {
    let low = lower(text);
    let words = context.words;
    let mut bytes = Vec::with_capacity(words.longest);
    for start in 0..text.len() {
        bytes.clear();
        let mut hash = Hash::EMPTY;
        for end in start..text.len().min(start + words.longest) {
            let Ok(letter) = u8::try_from(low[end]) else { break };
            bytes.push(letter);
            hash = hash.with(letter);
            if let Some((list, rank)) = words.find(&bytes, hash) {
                seen(start, end, list, rank, &low[start..=end]);
            }
        }
        for known in &context.known {
            let end = start + known.word.len() - 1;
            if end < text.len() && low[start..=end] == known.word[..] {
                seen(start, end, List::Known, known.rank, &known.word);
            }
        }
    }
}

fn plain_words(password: &[char], context: &Context, found: &mut Vec<Piece>) {
    each_word(password, context, |start, end, list, rank, _| {
        let kind = Kind::Word(Word {
            list,
            rank,
            reversed: false,
            signs: Vec::new(),
        });
        found.push(Piece { start, end, kind });
    });
}

fn reversed_words(password: &[char], context: &Context, found: &mut Vec<Piece>) {
    let backwards: Vec<char> = password.iter().rev().copied().collect();
    let last = password.len() - 1;
    each_word(&backwards, context, |start, end, list, rank, _| {
        let kind = Kind::Word(Word {
            list,
            rank,
            reversed: true,
            signs: Vec::new(),
        });
        found.push(Piece {
            start: last - end,
            end: last - start,
            kind,
        });
    });
}

/// Words in which a sign stands for a letter, for each combination of what the signs may stand for.
fn words_with_signs(password: &[char], context: &Context, found: &mut Vec<Piece>) {
    for meaning in meanings(password) {
        let letter_of = |sign: &char| {
            meaning
                .iter()
                .find(|(one, _)| one == sign)
                .map_or(*sign, |&(_, letter)| letter)
        };
        let read: Vec<char> = password.iter().map(letter_of).collect();
        each_word(&read, context, |start, end, list, rank, word| {
            let part = &password[start..=end];
            // A word that has none of the signs is found without them.
            if lower(part) == word {
                return;
            }
            let signs = meaning
                .iter()
                .filter(|(sign, _)| part.contains(sign))
                .copied()
                .collect();
            let kind = Kind::Word(Word {
                list,
                rank,
                reversed: false,
                signs,
            });
            found.push(Piece { start, end, kind });
        });
    }
}

/// The combinations of what the signs in a password stand for: each sign for one letter, each letter by one sign.
fn meanings(password: &[char]) -> Vec<Vec<(char, char)>> {
    let mut all: Vec<Vec<(char, char)>> = vec![Vec::new()];
    for (letter, signs) in SIGNS {
        let there: Vec<char> = signs.chars().filter(|sign| password.contains(sign)).collect();
        if there.is_empty() {
            continue;
        }
        let mut next = Vec::new();
        for sign in there {
            for meaning in &all {
                let mut changed = meaning.clone();
                // A sign that has a meaning keeps it in one combination and gets this one in another.
                if let Some(taken) = meaning.iter().position(|&(one, _)| one == sign) {
                    next.push(meaning.clone());
                    changed.remove(taken);
                }
                changed.push((sign, letter));
                next.push(changed);
            }
        }
        all = next;
    }
    all.retain(|meaning| !meaning.is_empty());
    all
}

/// Parts that are one unit again and again, from left to right.
fn repeats(password: &[char], context: &Context, found: &mut Vec<Piece>) {
    let mut from = 0;
    while let Some((start, unit, times)) = first_repeat(password, from) {
        let end = start + unit * times - 1;
        let guesses = super::way(&password[start..start + unit], context).guesses;
        found.push(Piece {
            start,
            end,
            kind: Kind::Repeat { unit, guesses, times },
        });
        from = end + 1;
    }
}

/// Where the first repetition begins at or behind `from`, the length of its unit, and how often it is there.
fn first_repeat(password: &[char], from: usize) -> Option<(usize, usize, usize)> {
    (from..password.len()).find_map(|start| {
        let rest = &password[start..];
        // A line end is in no unit: the patterns that the model is written in have it so.
        let line = rest.iter().position(|&sign| sign == '\n').unwrap_or(rest.len());
        let times = |&unit: &usize| {
            rest.chunks_exact(unit)
                .take_while(|part| *part == &rest[..unit])
                .count()
        };
        let mut units = (1..=line / 2).filter(|unit| times(unit) >= 2);
        let shortest = units.next()?;
        let longest = units.next_back().unwrap_or(shortest);
        let (short, long) = (shortest * times(&shortest), longest * times(&longest));
        if long <= short {
            return Some((start, shortest, times(&shortest)));
        }
        // What the longer one repeats may itself be a repetition.
        let whole = &rest[..long];
        let unit = (1..=longest)
            .find(|unit| long % unit == 0 && whole.chunks_exact(*unit).all(|part| part == &whole[..*unit]))?;
        Some((start, unit, long / unit))
    })
}

/// Characters in even steps: `abcd`, `9753`.
fn sequences(password: &[char], found: &mut Vec<Piece>) {
    let step = |at: usize| password[at] as i32 - password[at - 1] as i32;
    let mut take = |start: usize, end: usize, step: i32| {
        if (end - start > 1 || step.abs() == 1) && STEPS.contains(&step.abs()) {
            found.push(Piece {
                start,
                end,
                kind: Kind::Sequence { ascending: step > 0 },
            });
        }
    };
    if password.len() < 2 {
        return;
    }
    let (mut start, mut last) = (0, step(1));
    for at in 2..password.len() {
        let now = step(at);
        if last == 0 {
            last = now;
        }
        if now != last {
            take(start, at - 1, last);
            start = at - 1;
            last = now;
        }
    }
    take(start, password.len() - 1, last);
}
