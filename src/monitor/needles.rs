//! Words to find in a text, as whole words.
//!
//! 1. A word stands in lower case; one that ends with `*` may go on. A text is compared in lower case.
//! 2. The caller says where a word may begin and where it must have ended.

#![forbid(unsafe_code)]

/// A list of words, with an index by their first byte.
pub struct Needles {
    words: &'static [&'static str],
    /// Where the words of each first byte stand in `order`.
    starts: [(u16, u16); 256],
    order: Vec<u16>,
}

impl Needles {
    /// Over a list; the answer of [`Needles::find`] is a place in it.
    pub fn new(words: &'static [&'static str]) -> Needles {
        let mut order: Vec<u16> = (0..words.len() as u16).collect();
        order.sort_by_key(|at| words[usize::from(*at)]);
        let mut starts = [(0, 0); 256];
        for (place, at) in order.iter().enumerate() {
            let Some(first) = words[usize::from(*at)].bytes().next() else {
                continue;
            };
            let (from, to) = &mut starts[usize::from(first)];
            if *to == 0 {
                *from = place as u16;
            }
            *to = place as u16 + 1;
        }
        Needles { words, starts, order }
    }

    /// The list itself.
    pub fn words(&self) -> &'static [&'static str] {
        self.words
    }

    /// The first word that stands in `text`, which is in lower case.
    pub fn find(
        &self,
        text: &[u8],
        begins: impl Fn(Option<u8>) -> bool,
        ended: impl Fn(u8) -> bool,
    ) -> Option<usize> {
        (0..text.len()).find_map(|at| {
            let (from, to) = self.starts[usize::from(text[at])];
            if to == 0 || !begins(at.checked_sub(1).map(|before| text[before])) {
                return None;
            }
            let candidates = &self.order[usize::from(from)..usize::from(to)];
            candidates.iter().map(|place| usize::from(*place)).find(|place| {
                let word = self.words[*place].as_bytes();
                let (word, open) = match word {
                    [word @ .., b'*'] => (word, true),
                    _ => (word, false),
                };
                text[at..]
                    .strip_prefix(word)
                    .is_some_and(|rest| open || rest.first().is_none_or(|next| ended(*next)))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &[&str] = &["beta", "alpha", "al*", "al pha"];

    fn find(text: &str) -> Option<&'static str> {
        let needles = Needles::new(WORDS);
        let begins = |before: Option<u8>| before.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let found = needles.find(text.as_bytes(), begins, |next| !next.is_ascii_alphanumeric());
        found.map(|at| needles.words()[at])
    }

    #[test]
    fn finds_whole_words_and_open_ones() {
        assert_eq!(find("a beta/2"), Some("beta"));
        assert_eq!(find("beta"), Some("beta"));
        assert_eq!(find("betas"), None);
        assert_eq!(find("xbeta"), None);
        assert_eq!(find("-almost"), Some("al*"));
        assert_eq!(find("the al"), Some("al*"));
        assert_eq!(find(""), None);
        assert_eq!(find("\u{e9}\u{0}"), None);
    }
}
