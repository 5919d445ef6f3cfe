//! The ranked lists of words: 93 855 of them, each in one list. They come from lib/passwords/policy/words.br,
//! unpacked: a word a line end NUL, a list a line.

#![forbid(unsafe_code)]

use std::sync::OnceLock;

/// Where a word is from. Its place in the file is the order of the variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Passwords,
    English,
    FemaleNames,
    Surnames,
    Film,
    MaleNames,
    /// What the attacker knows of the user.
    Known,
}

const LISTS: [List; 6] = [
    List::Passwords,
    List::English,
    List::FemaleNames,
    List::Surnames,
    List::Film,
    List::MaleNames,
];

/// More slots than words, so that a search ends early.
const SLOT_BITS: u32 = 18;
const SLOTS: usize = 1 << SLOT_BITS;
/// Slots that may be taken.
const MAX_WORDS: usize = SLOTS / 2;

/// The lists, with a table of hashes to find a word.
pub struct Words {
    text: Box<[u8]>,
    /// Where each word begins in `text`, and at the end the length of `text`.
    starts: Vec<u32>,
    /// The number of the first word of each list.
    firsts: Vec<u32>,
    /// Number of a word plus one; 0 where there is none.
    slots: Vec<u32>,
    /// Bytes of the longest word.
    pub longest: usize,
}

static WORDS: OnceLock<Words> = OnceLock::new();

/// The words of the process, once they were learnt.
pub fn words() -> Option<&'static Words> {
    WORDS.get()
}

/// Gives the process its words. What comes after the first is not looked at; `None` where the text has not the form.
pub fn learn(text: &[u8]) -> Option<()> {
    if WORDS.get().is_none() {
        let words = Words::read(text)?;
        WORDS.get_or_init(|| words);
    }
    Some(())
}

/// The hash of a word, taken letter by letter.
#[derive(Clone, Copy)]
pub struct Hash(u32);

impl Hash {
    pub const EMPTY: Hash = Hash(0x811c_9dc5);

    pub fn with(self, letter: u8) -> Hash {
        Hash((self.0 ^ u32::from(letter)).wrapping_mul(0x0100_0193))
    }

    fn slot(self) -> usize {
        (self.0.wrapping_mul(0x9e37_79b1) >> (32 - SLOT_BITS)) as usize
    }
}

impl Words {
    /// Reads the unpacked lists.
    pub fn read(text: &[u8]) -> Option<Words> {
        let mut words = Words {
            text: text.into(),
            starts: Vec::new(),
            firsts: vec![0],
            slots: vec![0; SLOTS],
            longest: 0,
        };
        let mut start = 0;
        for (at, &byte) in text.iter().chain(b"\n").enumerate() {
            if byte != 0 && byte != b'\n' {
                continue;
            }
            words.add(start, at)?;
            if byte == b'\n' {
                words.firsts.push(words.starts.len() as u32);
            }
            start = at + 1;
        }
        words.starts.push(u32::try_from(start).ok()?);
        (words.firsts.len() == LISTS.len() + 1).then_some(words)
    }

    fn add(&mut self, start: usize, end: usize) -> Option<()> {
        let word = self.text.get(start..end)?;
        if word.is_empty() || !word.is_ascii() || self.starts.len() >= MAX_WORDS {
            return None;
        }
        let hash = word.iter().fold(Hash::EMPTY, |hash, &letter| hash.with(letter));
        let mut slot = hash.slot();
        while self.slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        self.longest = self.longest.max(word.len());
        self.starts.push(u32::try_from(start).ok()?);
        self.slots[slot] = self.starts.len() as u32;
        Some(())
    }

    /// The list and the rank, from 1, of a word of which `hash` is the hash.
    pub fn find(&self, word: &[u8], hash: Hash) -> Option<(List, u32)> {
        let mut slot = hash.slot();
        // There are empty slots, so this ends.
        while let Some(number) = self.slots[slot].checked_sub(1) {
            if self.word(number as usize) == word {
                let list = self.firsts.iter().rposition(|&first| first <= number)?;
                return Some((LISTS[list], number - self.firsts[list] + 1));
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }

    /// Whether a word is on the list of passwords.
    pub fn is_password(&self, word: &[u8]) -> bool {
        let hash = word.iter().fold(Hash::EMPTY, |hash, &letter| hash.with(letter));
        self.find(word, hash)
            .is_some_and(|(list, _)| list == List::Passwords)
    }

    /// The number of words.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The word with a number.
    pub fn word(&self, number: usize) -> &[u8] {
        let [start, next] = [self.starts[number], self.starts[number + 1]];
        &self.text[start as usize..next as usize - 1]
    }
}
