//! The attribute `style`: declarations, each kept only where the policy names its property and a pattern
//! matches its value.
//!
//! 1. Nothing that CSS could read in two ways is understood: escapes, comments, blocks, quotes and all but
//!    printable ASCII drop their declaration.
//! 2. A function that loads or runs something (`url`, `image-set`, `expression`, ...) drops it too,
//!    whatever the pattern says.
//! 3. What stays is written as `name:value;name:value`.

#![forbid(unsafe_code)]

use regex::{Regex, RegexBuilder};

use crate::code::Code;
use crate::fault::Fault;

/// What a compiled pattern may weigh.
const PATTERN_BYTES: usize = 1 << 20;

/// The properties of one element.
pub struct Styles {
    properties: Vec<(String, Vec<Regex>)>,
}

impl Styles {
    /// # Errors
    /// `ERR_HAUBERK_SANITIZE_POLICY` for a pattern that cannot be matched in linear time.
    pub fn new(properties: &[(String, Vec<String>)]) -> Result<Styles, Fault> {
        let compile = |pattern: &String| {
            let made = RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build();
            made.map_err(|_| {
                Fault::new(
                    Code::SanitizePolicy,
                    "a pattern of a style needs more than linear time (look-around, back reference) or cannot be read",
                )
            })
        };
        let mut compiled = vec![];
        for (name, patterns) in properties {
            let patterns = patterns.iter().map(compile).collect::<Result<_, _>>()?;
            compiled.push((name.clone(), patterns));
        }
        Ok(Styles { properties: compiled })
    }

    fn allows(&self, name: &str, value: &str) -> bool {
        self.properties
            .iter()
            .filter(|(known, _)| known == name)
            .any(|(_, patterns)| patterns.iter().any(|pattern| pattern.is_match(value)))
    }
}

/// The declarations that may stay; `None` where there is none.
pub fn filter<'s>(rules: impl Iterator<Item = &'s Styles> + Clone, value: &str) -> Option<String> {
    let mut kept: Vec<String> = vec![];
    for declaration in value.split(';') {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let name = name.trim_ascii().to_ascii_lowercase();
        let value = value.trim_ascii();
        if is_plain(value) && rules.clone().any(|rule| rule.allows(&name, value)) {
            kept.push(format!("{name}:{value}"));
        }
    }
    (!kept.is_empty()).then(|| kept.join(";"))
}

fn is_plain(value: &str) -> bool {
    const FORBIDDEN: &[u8] = b"\\{}<>@\"'`[];:";
    const LOADS: &[&str] = &[
        "url",
        "src",
        "image",
        "image-set",
        "cross-fade",
        "element",
        "expression",
        "paint",
        "attr",
        "var",
        "env",
    ];
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !FORBIDDEN.contains(byte);
    if value.is_empty() || value.contains("/*") || !value.as_bytes().iter().all(plain) {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    // All of it is ASCII here: each byte is a character.
    let loads = lower.match_indices('(').any(|(at, _)| {
        let before = lower[..at].trim_end();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let name = &before[before.trim_end_matches(is_name).len()..];
        let bare = name.trim_start_matches("-webkit-").trim_start_matches("-moz-");
        LOADS.contains(&bare)
    });
    !loads && lower.matches('(').count() == lower.matches(')').count()
}
