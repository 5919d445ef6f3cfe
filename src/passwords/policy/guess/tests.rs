//! Held to the crate `zxcvbn`, for every word of its lists and for passwords of every kind.

use std::io::Read;
use std::sync::OnceLock;

use proptest::prelude::*;
use zxcvbn::zxcvbn;

use super::words::{Hash, List, Words};
use super::{Context, cheapest, feedback, find, score};
use crate::passwords::policy::strength::{estimate, looked_at, this_year};

/// The lists as they are shipped.
pub fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let packed = include_bytes!("../../../../lib/passwords/policy/words.br");
        let mut text = Vec::new();
        brotli_decompressor::Decompressor::new(&packed[..], 4096)
            .read_to_end(&mut text)
            .unwrap();
        Words::read(&text).unwrap()
    })
}

#[derive(Debug, PartialEq)]
struct Answer {
    score: u8,
    guesses_log10: f64,
    warning: Option<String>,
    suggestions: Vec<String>,
}

fn own(password: &str, inputs: &[&str]) -> Answer {
    let found = estimate(words(), password, inputs);
    Answer {
        score: found.score,
        guesses_log10: found.guesses_log10,
        warning: found.warning.map(String::from),
        suggestions: found.suggestions.into_iter().map(String::from).collect(),
    }
}

fn reference(password: &str, inputs: &[&str]) -> Answer {
    let found = zxcvbn(looked_at(password), inputs);
    let feedback = found.feedback();
    Answer {
        score: found.score() as u8,
        guesses_log10: found.guesses_log10(),
        warning: feedback
            .and_then(|told| told.warning())
            .map(|text| text.to_string()),
        suggestions: feedback
            .map(|told| told.suggestions().iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    }
}

/// What we would answer if equal pieces came in another order: the last ones `first` by `first` to the front.
fn own_reordered(password: &str, inputs: &[&str], first: usize) -> Option<Answer> {
    let password: Vec<char> = looked_at(password).chars().collect();
    let context = Context::new(words(), inputs, this_year());
    let mut pieces = find::pieces(&password, &context);
    if first >= pieces.len() {
        return None;
    }
    pieces.rotate_left(first);
    pieces.reverse();
    pieces.sort_by_key(|piece| (piece.start, piece.end));
    let way = cheapest::way(&password, pieces, &context);
    let told = feedback::feedback(&password, &way.pieces);
    Some(Answer {
        score: score(way.guesses),
        guesses_log10: (way.guesses as f64).log10(),
        warning: told.warning.map(String::from),
        suggestions: told.suggestions.into_iter().map(String::from).collect(),
    })
}

/// The crate answers by the order of its hash maps, which differs each time, and of a sort that is not stable: one of
/// its answers has to be ours, or ours but for which of two pieces with the same price comes first.
fn same(password: &str, inputs: &[&str]) {
    let ours = own(password, inputs);
    let mut others = Vec::new();
    for _ in 0..200 {
        let theirs = reference(password, inputs);
        if theirs == ours {
            return;
        }
        if !others.contains(&theirs) {
            others.push(theirs);
        }
    }
    let numbers = |one: &Answer| (one.score, one.guesses_log10);
    let equal = others.iter().any(|theirs| {
        numbers(theirs) == numbers(&ours)
            && (0..)
                .map_while(|first| own_reordered(password, inputs, first))
                .any(|reordered| reordered == *theirs)
    });
    assert!(
        equal,
        "{password:?} {inputs:?}: {ours:?}, and the crate {others:?}"
    );
}

#[test]
fn reads_the_lists_that_are_shipped() {
    let words = words();
    assert_eq!(words.count(), 93_855);
    for (word, list, rank) in [
        ("123456", List::Passwords, 1),
        ("the", List::English, 1),
        ("mary", List::FemaleNames, 1),
        ("smith", List::Surnames, 1),
        ("you", List::Film, 1),
        ("james", List::MaleNames, 1),
    ] {
        let hash = word.bytes().fold(Hash::EMPTY, Hash::with);
        assert_eq!(words.find(word.as_bytes(), hash), Some((list, rank)));
    }
    let nowhere = "xqzjkw".bytes().fold(Hash::EMPTY, Hash::with);
    assert_eq!(words.find(b"xqzjkw", nowhere), None);
}

#[test]
fn refuses_lists_that_have_not_the_form() {
    for text in [
        &b""[..],
        b"one",
        b"a\0b\n\nc\nd\ne\nf",
        b"a\nb\nc\nd\ne\nf\ng",
        "a\nb\nc\nd\ne\n\u{e9}".as_bytes(),
    ] {
        assert!(Words::read(text).is_none(), "{text:?}");
    }
    assert!(Words::read(b"a\nb\nc\nd\ne\nf").is_some());
}

#[test]
fn words_are_as_the_crate_has_them() {
    for number in (0..words().count()).step_by(97) {
        let word = std::str::from_utf8(words().word(number)).unwrap();
        same(word, &[]);
    }
}

#[test]
fn patterns_are_as_the_crate_has_them() {
    for password in [
        "",
        "x",
        "X",
        "password",
        "Password",
        "PASSWORD",
        "passworD",
        "pASSword",
        "P4$$w0rd",
        "drowssap",
        "DROWSSAP1",
        "qwertyuiop",
        "QWERTYUIOP",
        "zxdr5tgb",
        "!QAZ2wsx",
        "[poiu]",
        "aoeuidhtns",
        ";qjkx",
        "7410",
        "789456123",
        "147258369",
        "=/*-963",
        "0.369+",
        "`1234567890-=",
        "~!@#$%^&*()_+",
        "aaaaaaa",
        "abcabcabc",
        "aabaab",
        "aabaabaab",
        "\n\n\n",
        "ab\nab\n",
        "abcdefg",
        "97531",
        "zyxw",
        "ACEG",
        "\u{430}\u{431}\u{432}\u{433}",
        "1987",
        "2024",
        "1899",
        "2100",
        "19872024",
        "13.7.1999",
        "7/13/99",
        "1999-07-13",
        "1 1 91",
        "1.1-91",
        "1191",
        "111504",
        "19990713",
        "9121",
        "01022003",
        "00.00.00",
        "31/12/2050",
        "1/1/2051",
        "12\u{a0}12\u{a0}12",
        "31311999",
        "correct horse battery staple",
        "TestMeNow!",
        "hey<123",
        "r0sebudmaelstrom11/20/91aaaa",
        "A1B2C3",
        "({[<6918|7+%2",
        "1l|7+!i",
        "7|1+7|1",
        "\u{130}stanbul",
        "\u{3a3}\u{39f}\u{3a6}\u{39f}\u{3a3}",
        "p\u{e4}ssw\u{f6}rd",
        "Imaginative-Say-Shoulder-Dish-0",
        "!QASW@#EDFR$%TGHY^&UJKI*(OL",
        "\u{10c0a}\u{10c02}\u{10c04}",
    ] {
        same(password, &[]);
    }
}

#[test]
fn what_is_known_of_the_user_is_as_in_the_crate() {
    let inputs = ["Zbigniew", "krakowiak", "", "zbigniew", "4ever", "\u{3a3}\u{3a3}"];
    for password in [
        "zbigniew",
        "ZBIGNIEW1",
        "weingibz",
        "Zb1gn1ew",
        "krakowiakzbigniew",
        "kr4kowiak!",
        "4ever",
        "aever",
        "\u{3c3}\u{3c3}",
        "zbigniewzbigniew",
    ] {
        same(password, &inputs);
    }
}

/// Words, patterns and signs, as people put passwords together.
fn part() -> impl Strategy<Value = String> {
    let word =
        (0..words().count()).prop_map(|number| String::from_utf8(words().word(number).to_vec()).unwrap());
    let changed = (word, 0..6u8).prop_map(|(word, how)| match how {
        0 => word.to_uppercase(),
        1 => word[..1].to_uppercase() + &word[1..],
        2 => word.chars().rev().collect(),
        3 => word.replace('a', "4").replace('s', "$").replace('o', "0"),
        4 => word.replace('e', "3").replace('l', "1").replace('t', "7"),
        _ => word,
    });
    prop_oneof![
        4 => changed,
        1 => "[a-z]{1,3}".prop_map(|unit| unit.repeat(3)),
        1 => (1..32u8, 1..13u8, 1900..2060u16, 0..4usize)
            .prop_map(|(day, month, year, sign)| {
                let sign = ["", ".", "/", "-"][sign];
                format!("{day}{sign}{month}{sign}{year}")
            }),
        1 => (1950..2031u16).prop_map(|year| year.to_string()),
        1 => prop_oneof![Just("qwerty"), Just("asdf"), Just("zaq1"), Just("7894"), Just("abcd"), Just("8642"), Just("!@#")]
            .prop_map(String::from),
        2 => "[ -~]{1,5}",
        1 => "\\PC{1,3}",
    ]
}

proptest! {
    #[test]
    fn passwords_are_as_the_crate_has_them(parts in prop::collection::vec(part(), 1..4)) {
        same(&parts.concat(), &[]);
    }

    #[test]
    fn any_text_is_as_the_crate_has_it(text in any::<String>()) {
        same(&text, &[]);
    }
}
