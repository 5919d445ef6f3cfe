//! Strength as zxcvbn has it: how many guesses an attacker needs who knows words, names, dates, keyboard walks and
//! repetitions.

#![forbid(unsafe_code)]

use std::time::{SystemTime, UNIX_EPOCH};

use super::guess::words::Words;
use super::guess::{Context, feedback, score, way};

/// Code points that are looked at: the time grows with their square and more. NIST SP 800-63B-4 wants 64 to be
/// allowed; who gets through these is strong whatever follows.
pub const MAX_CHARS: usize = 64;

/// The work that one estimate may cost: substitutions times pairs of places. Each combination is tried of
/// what `4`, `1`, `$`... may stand for, and each part of the password for each; texts made for it take a
/// quarter of a second.
const MAX_WORK: usize = 10_000;

/// The characters that are taken for each letter, as sets: a set with n characters in the password multiplies the
/// combinations by n.
const SUBSTITUTES: [&str; 12] = [
    "4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2",
];

/// An estimate.
pub struct Strength {
    /// 0 (fewer than 10^3 guesses) to 4 (10^10 or more).
    pub score: u8,
    /// The decimal logarithm of the guesses.
    pub guesses_log10: f64,
    /// What makes it weak, in English.
    pub warning: Option<&'static str>,
    /// What would make it better.
    pub suggestions: Vec<&'static str>,
}

/// Estimates `password`. Words of `inputs` count as known to the attacker.
pub fn estimate(words: &Words, password: &str, inputs: &[&str]) -> Strength {
    let password: Vec<char> = looked_at(password).chars().collect();
    let context = Context::new(words, inputs, this_year());
    let (guesses, told) = if password.is_empty() {
        (0, feedback::of_nothing())
    } else {
        let way = way(&password, &context);
        let told = match score(way.guesses) {
            3.. => feedback::Feedback::default(),
            _ => feedback::feedback(&password, &way.pieces),
        };
        (way.guesses, told)
    };
    Strength {
        score: score(guesses),
        guesses_log10: (guesses as f64).log10(),
        warning: told.warning,
        suggestions: told.suggestions,
    }
}

/// The year, in UTC.
pub(super) fn this_year() -> i32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut days = since.as_secs() / 86_400;
    (1970..)
        .find(|&year: &i32| {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = if leap { 366 } else { 365 };
            let within = days < length;
            days = days.saturating_sub(length);
            within
        })
        .unwrap_or(1970)
}

/// The part of a password that is estimated.
pub(super) fn looked_at(password: &str) -> &str {
    affordable(unrepeated(password))
}

/// What a password repeats, twice: cut anywhere else, its end would look like something new.
fn unrepeated(password: &str) -> &str {
    let chars: Vec<char> = password.chars().collect();
    // For each beginning, how long a part of it is both its beginning and its end (Knuth, Morris, Pratt).
    let mut borders = vec![0; chars.len()];
    for at in 1..chars.len() {
        let mut border: usize = borders[at - 1];
        while border > 0 && chars[at] != chars[border] {
            border = borders[border - 1];
        }
        borders[at] = border + usize::from(chars[at] == chars[border]);
    }
    let period = chars.len() - borders.last().copied().unwrap_or(0);
    match password.char_indices().nth(2 * period) {
        Some((end, _)) => &password[..end],
        None => password,
    }
}

/// The longest beginning of a password whose estimate is within the bounds.
fn affordable(password: &str) -> &str {
    let mut seen = [[false; 4]; SUBSTITUTES.len()];
    for (count, (at, found)) in password.char_indices().enumerate() {
        for (set, row) in SUBSTITUTES.iter().zip(&mut seen) {
            if let Some(place) = set.chars().position(|one| one == found) {
                row[place] = true;
            }
        }
        let combinations: usize = seen
            .iter()
            .map(|row| row.iter().filter(|&&there| there).count().max(1))
            .product();
        let pairs = (count + 1) * (count + 1) / 2;
        if count >= MAX_CHARS || (combinations > 1 && combinations * pairs > MAX_WORK) {
            return &password[..at];
        }
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passwords::policy::guess::tests::words;
    use proptest::prelude::*;

    #[test]
    fn tells_weak_from_strong() {
        let weak = estimate(words(), "password1", &[]);
        assert!(weak.score < 2 && weak.warning.is_some());
        let strong = estimate(words(), "vaporous lettuce orbits quietly", &[]);
        assert_eq!((strong.score, strong.warning), (4, None));
    }

    #[test]
    fn knows_what_the_attacker_knows() {
        let name = "zbigniewkrakowiak";
        assert!(estimate(words(), name, &[name]).guesses_log10 < estimate(words(), name, &[]).guesses_log10);
    }

    #[test]
    fn looks_at_a_beginning_that_is_affordable() {
        assert_eq!(affordable(&"x".repeat(101)).len(), MAX_CHARS);
        assert_eq!(affordable("P4$$w0rd"), "P4$$w0rd");
        let made = "4@8({[<369|1!0$5+7%2".repeat(50);
        assert!((4..40).contains(&affordable(&made).len()));
        assert_eq!(estimate(words(), &made, &[]).score, 4);
    }

    #[test]
    fn what_repeats_itself_stays_weak_however_long() {
        assert_eq!(unrepeated("abcabcabca"), "abcabc");
        for (text, twice) in [("", ""), ("a", "a"), ("abcab", "abcab"), ("aaaa", "aa")] {
            assert_eq!(unrepeated(text), twice);
        }
        for part in ["1234567890", "01/02/2003", "qwertyuiopasdfghjkl", "a"] {
            for times in [3, 7, 100] {
                let text = part.repeat(times);
                assert!(estimate(words(), &text, &[]).score < 3, "{part} {times}");
                assert!(
                    estimate(words(), &text[..text.len() - part.len() / 2], &[]).score < 3,
                    "{part} {times}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), input in any::<String>()) {
            let _ = estimate(words(), &text, &[&input]);
        }
    }
}
