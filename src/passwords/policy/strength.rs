//! Strength by zxcvbn: how many guesses an attacker needs who knows words, names, dates, keyboard walks and
//! repetitions.

#![forbid(unsafe_code)]

use zxcvbn::zxcvbn;

/// Code points that are looked at: the time grows with their square and more. NIST SP 800-63B-4 wants 64 to be
/// allowed; who gets through these is strong whatever follows.
pub const MAX_CHARS: usize = 64;

/// The work that one estimate may cost: substitutions times pairs of places. zxcvbn tries each combination of
/// what `4`, `1`, `$`... may stand for, and each part of the password for each; texts made for it take a
/// quarter of a second.
const MAX_WORK: usize = 10_000;

/// What letters zxcvbn takes a character for, as sets: a set with n characters in the password multiplies the
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
    pub warning: Option<String>,
    /// What would make it better.
    pub suggestions: Vec<String>,
}

/// Estimates `password`. Words of `inputs` count as known to the attacker.
pub fn estimate(password: &str, inputs: &[&str]) -> Strength {
    let entropy = zxcvbn(affordable(unrepeated(password)), inputs);
    let feedback = entropy.feedback();
    Strength {
        score: entropy.score() as u8,
        guesses_log10: entropy.guesses_log10(),
        warning: feedback
            .and_then(|given| given.warning())
            .map(|warning| warning.to_string()),
        suggestions: feedback
            .map(|given| given.suggestions().iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    }
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
    use proptest::prelude::*;

    #[test]
    fn tells_weak_from_strong() {
        let weak = estimate("password1", &[]);
        assert!(weak.score < 2 && weak.warning.is_some());
        let strong = estimate("vaporous lettuce orbits quietly", &[]);
        assert_eq!((strong.score, strong.warning), (4, None));
    }

    #[test]
    fn knows_what_the_attacker_knows() {
        let name = "zbigniewkrakowiak";
        assert!(estimate(name, &[name]).guesses_log10 < estimate(name, &[]).guesses_log10);
    }

    #[test]
    fn looks_at_a_beginning_that_is_affordable() {
        assert_eq!(affordable(&"x".repeat(101)).len(), MAX_CHARS);
        assert_eq!(affordable("P4$$w0rd"), "P4$$w0rd");
        let made = "4@8({[<369|1!0$5+7%2".repeat(50);
        assert!((4..40).contains(&affordable(&made).len()));
        assert_eq!(estimate(&made, &[]).score, 4);
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
                assert!(estimate(&text, &[]).score < 3, "{part} {times}");
                assert!(
                    estimate(&text[..text.len() - part.len() / 2], &[]).score < 3,
                    "{part} {times}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), input in any::<String>()) {
            let _ = estimate(&text, &[&input]);
        }
    }
}
