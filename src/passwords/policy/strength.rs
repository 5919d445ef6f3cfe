//! Strength by zxcvbn: how many guesses an attacker needs who knows words, names, dates, keyboard walks and
//! repetitions.

#![forbid(unsafe_code)]

use zxcvbn::zxcvbn;

/// Code points of one estimate, whose time grows with their square and more: a hundred take over 10 ms.
pub const MAX_CHARS: usize = 48;

/// The work that one estimate may cost: substitutions times pairs of places. zxcvbn tries each combination of
/// what `4`, `1`, `$`... may stand for, and each part of the password for each; texts made for it take a
/// quarter of a second.
const MAX_WORK: usize = 10_000;

/// From this score on nothing more can be gained.
const BEST: u8 = 4;

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

/// Estimates `password`. Words of `inputs` count as known to the attacker. A password is at least as strong as
/// any part of it: of a long one the beginning is estimated, and unless that is strong the end too.
pub fn estimate(password: &str, inputs: &[&str]) -> Strength {
    let head = affordable(password);
    let first = part(head, inputs);
    if first.score >= BEST || head.len() == password.len() {
        return first;
    }
    let from = password
        .char_indices()
        .rev()
        .nth(MAX_CHARS - 1)
        .map_or(0, |(at, _)| at);
    let second = part(affordable(&password[from..]), inputs);
    if second.guesses_log10 > first.guesses_log10 {
        second
    } else {
        first
    }
}

fn part(password: &str, inputs: &[&str]) -> Strength {
    let entropy = zxcvbn(password, inputs);
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
    fn a_strong_end_makes_a_weak_beginning_good() {
        assert!(estimate(&"a".repeat(60), &[]).score < 2);
        let text = format!("{}vaporous lettuce orbits quietly", "a".repeat(60));
        assert_eq!(estimate(&text, &[]).score, 4);
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), input in any::<String>()) {
            let _ = estimate(&text, &[&input]);
        }
    }
}
