//! What to tell the user about a weak password. The sentences are those of zxcvbn, so that translations of them go on
//! to fit.

#![forbid(unsafe_code)]

use super::find::{Kind, Piece, Word};
use super::words::List;

/// What makes a password weak, and what would make it better.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    pub warning: Option<&'static str>,
    pub suggestions: Vec<&'static str>,
}

/// For a password that nothing was typed for.
pub fn of_nothing() -> Feedback {
    Feedback {
        warning: None,
        suggestions: vec![
            "Use a few words, avoid common phrases.",
            "No need for symbols, digits, or uppercase letters.",
        ],
    }
}

/// For a weak one, by its longest piece.
pub fn feedback(password: &[char], pieces: &[Piece]) -> Feedback {
    let Some(longest) = pieces.iter().max_by_key(|piece| piece.end - piece.start) else {
        return Feedback::default();
    };
    let part = &password[longest.start..=longest.end];
    let (warning, more) = match &longest.kind {
        Kind::Word(word) => (of_word(word, pieces.len() == 1), about_word(word, part)),
        kind => of_pattern(kind),
    };
    let mut suggestions = vec!["Add another word or two. Uncommon words are better."];
    suggestions.extend(more);
    Feedback { warning, suggestions }
}

fn of_pattern(kind: &Kind) -> (Option<&'static str>, Vec<&'static str>) {
    match kind {
        Kind::Walk { turns, .. } => (
            Some(if *turns == 1 {
                "Straight rows of keys are easy to guess."
            } else {
                "Short keyboard patterns are easy to guess."
            }),
            vec!["Use a longer keyboard pattern with more turns."],
        ),
        Kind::Repeat { unit, .. } => (
            Some(if *unit == 1 {
                "Repeats like \"aaa\" are easy to guess."
            } else {
                "Repeats like \"abcabcabc\" are only slightly harder to guess than \"abc\"."
            }),
            vec!["Avoid repeated words and characters."],
        ),
        Kind::Sequence { .. } => (
            Some("Sequences like abc or 6543 are easy to guess."),
            vec!["Avoid sequences."],
        ),
        Kind::Year(_) => (
            Some("Recent years are easy to guess."),
            vec!["Avoid recent years.", "Avoid years that are associated with you."],
        ),
        Kind::Date { .. } => (
            Some("Dates are often easy to guess."),
            vec!["Avoid dates and years that are associated with you."],
        ),
        Kind::Word(_) | Kind::Unknown => (None, Vec::new()),
    }
}

fn of_word(word: &Word, alone: bool) -> Option<&'static str> {
    let as_it_is = alone && word.signs.is_empty() && !word.reversed;
    match word.list {
        List::Passwords if !as_it_is => Some("This is similar to a commonly used password."),
        List::Passwords => Some(match word.rank {
            ..=10 => "This is a top-10 common password.",
            11..=100 => "This is a top-100 common password.",
            _ => "This is a very common password.",
        }),
        List::English => alone.then_some("A word by itself is easy to guess."),
        List::Surnames | List::FemaleNames | List::MaleNames => Some(if alone {
            "Names and surnames by themselves are easy to guess."
        } else {
            "Common names and surnames are easy to guess."
        }),
        List::Film | List::Known => None,
    }
}

fn about_word(word: &Word, part: &[char]) -> Vec<&'static str> {
    let rules = [
        (
            part.first().is_some_and(|letter| letter.is_uppercase()),
            "Capitalization doesn't help very much.",
        ),
        (
            word.reversed && part.len() >= 4,
            "Reversed words aren't much harder to guess.",
        ),
        (
            !word.signs.is_empty(),
            "Predictable substitutions like '@' instead of 'a' don't help very much.",
        ),
    ];
    rules
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, text)| text)
        .collect()
}
