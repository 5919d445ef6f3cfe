//! Patterns: written in ECMA-262, run by the crate `regex` in linear time.
//!
//! What means something else there is rewritten: `\d`, `\w` and `\s` (ASCII, and the white space of
//! ECMA-262), `.` (not before any end of a line), `\cX`, `\0`, and in classes the signs `[`, `&&`, `--` and
//! `~~`, which are plain in ECMA-262. What cannot run in linear time (look-around, back-references) is refused.

#![forbid(unsafe_code)]

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

use super::schema::bad;
use crate::fault::Fault;

/// The largest compiled pattern, in bytes: a repetition such as `(a{1000}){1000}` is refused.
const PATTERN_BYTES: usize = 10 << 20;

const DIGITS: &str = "0-9";
const WORDS: &str = "A-Za-z0-9_";
/// White space and ends of lines of ECMA-262.
const SPACES: &str = r"\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}";
const DOT: &str = r"[^\n\r\x{2028}\x{2029}]";

/// # Errors
/// `ERR_HAUBERK_VALIDATE_SCHEMA`: it is no pattern, or cannot run in linear time.
pub fn compile(pattern: &str) -> Result<Regex, Fault> {
    let short: String = pattern.chars().take(80).collect();
    let translated =
        translate(pattern).ok_or_else(|| bad(&format!("the pattern {short:?} is no pattern of ECMA-262")))?;
    RegexBuilder::new(&translated)
        .size_limit(PATTERN_BYTES)
        .build()
        .map_err(|error| {
            bad(&format!(
                "the pattern {short:?} cannot run in linear time: {}",
                reason(&error)
            ))
        })
}

/// The last line of an error says what is wrong; those before draw the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim().to_owned()
}

/// The pattern as `regex` reads it; what `regex` itself refuses is left as it is.
pub fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '.' => out.push_str(DOT),
            '[' => class(&mut chars, &mut out)?,
            '\\' => match escape(&mut chars)? {
                Escape::Class(set, negated) => {
                    out.push_str(if negated { "[^" } else { "[" });
                    out.push_str(set);
                    out.push(']');
                }
                Escape::Written(text) => out.push_str(&text),
            },
            other => out.push(other),
        }
    }
    Some(out)
}

enum Escape {
    /// A set of characters, and whether it is all but these.
    Class(&'static str, bool),
    Written(String),
}

/// Behind a backslash.
fn escape(chars: &mut Peekable<Chars<'_>>) -> Option<Escape> {
    let char = chars.next()?;
    Some(match char {
        'd' | 'D' => Escape::Class(DIGITS, char == 'D'),
        'w' | 'W' => Escape::Class(WORDS, char == 'W'),
        's' | 'S' => Escape::Class(SPACES, char == 'S'),
        'c' => {
            let letter = chars.next().filter(char::is_ascii_alphabetic)?;
            Escape::Written(format!("\\x{:02x}", letter as u8 % 32))
        }
        '0' if !chars.peek().is_some_and(char::is_ascii_digit) => Escape::Written("\\x00".into()),
        // A bell, ends of the text and of words in `regex`; nothing in ECMA-262.
        'a' | 'A' | 'z' => return None,
        '<' | '>' => Escape::Written(char.into()),
        other => Escape::Written(format!("\\{other}")),
    })
}

/// Behind the opening bracket, to behind the closing one.
fn class(chars: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let negated = chars.next_if_eq(&'^').is_some();
    if chars.next_if_eq(&']').is_some() {
        // Nothing, and everything.
        out.push_str(if negated {
            r"(?s:.)"
        } else {
            r"[^\x{0}-\x{10ffff}]"
        });
        return Some(());
    }
    out.push_str(if negated { "[^" } else { "[" });
    // Whether what stands before a `-` could begin a range.
    let mut begins = false;
    loop {
        match chars.next()? {
            ']' => break,
            '-' if begins && !matches!(chars.peek(), None | Some(']')) => {
                begins = false;
                range_end(chars, out)?;
            }
            '\\' => {
                let escape = escape(chars)?;
                begins = matches!(escape, Escape::Written(_));
                member(&escape, out);
            }
            plain => {
                begins = true;
                literal(plain, out);
            }
        }
    }
    out.push(']');
    Some(())
}

/// Behind a `-` that stands between two members: a range, except before a class such as `\w`.
fn range_end(chars: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let end = match chars.next()? {
        '\\' => escape(chars)?,
        plain => {
            out.push('-');
            literal(plain, out);
            return Some(());
        }
    };
    out.push_str(if matches!(end, Escape::Class(..)) {
        "\\-"
    } else {
        "-"
    });
    member(&end, out);
    Some(())
}

fn member(escape: &Escape, out: &mut String) {
    match escape {
        Escape::Class(set, false) => out.push_str(set),
        Escape::Class(set, true) => {
            out.push_str("[^");
            out.push_str(set);
            out.push(']');
        }
        // A boundary outside, a backspace inside.
        Escape::Written(text) if text == "\\b" => out.push_str("\\x08"),
        Escape::Written(text) => out.push_str(text),
    }
}

fn literal(char: char, out: &mut String) {
    if "[&~-^".contains(char) {
        out.push('\\');
    }
    out.push(char);
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn patterns_mean_what_they_mean_in_ecma_262() {
        for (pattern, text, expected) in [
            (r"^\d$", "1", true),
            (r"^\d$", "\u{0967}", false),
            (r"^\w$", "\u{e9}", false),
            (r"^\W$", "\u{e9}", true),
            (r"^\s$", "\u{feff}", true),
            (r"^\s$", "\u{85}", false),
            (r"^\S$", "\u{a0}", false),
            (r"^.$", "\u{2028}", false),
            (r"^.$", "\u{1f600}", true),
            (r"^[.]$", "x", false),
            (r"^[\w.-]+$", "a-b.c", true),
            (r"^[\d\D]$", "x", true),
            (r"^[^\s]$", " ", false),
            (r"^[^\S]$", " ", true),
            (r"^[\w-z]$", "-", true),
            (r"^[a-\d]$", "-", true),
            (r"^[a&&b]$", "&", true),
            (r"^[+--b]$", ",", true),
            (r"^[[a]$", "[", true),
            (r"^[a^]$", "^", true),
            (r"^[\b]$", "\u{8}", true),
            (r"^\cI$", "\t", true),
            (r"^\0$", "\0", true),
            (r"^[^]$", "\n", true),
            (r"[]", "a", false),
            (r"^\/\-\<\>$", "/-<>", true),
            (r"^\u0041\x42$", "AB", true),
            (r"^a$", "a\n", false),
            (r"^\p{Letter}$", "\u{e9}", true),
            ("^[a-z]{2,3}$", "abc", true),
        ] {
            assert_eq!(
                compile(pattern).unwrap().is_match(text),
                expected,
                "{pattern} {text:?}"
            );
        }
    }

    #[test]
    fn what_is_not_linear_or_no_pattern_is_refused() {
        for pattern in [
            "(?=a)b",
            "^(?!a)",
            "(?<=a)b",
            r"(a)\1",
            r"(?<n>a)\k<n>",
            "(",
            "[a",
            r"\a",
            r"\Z",
            r"\z",
            "\\",
            r"\c1",
            "((a{1000}){1000}){1000}",
            "[b-a]",
        ] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
