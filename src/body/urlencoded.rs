//! The rules over urlencoded bytes: forms and query strings.
//!
//! 1. Parameters are separated by `&`; empty ones do not count. The name ends at the first `=` (WHATWG).
//! 2. `%` must be followed by two hexadecimal digits, and what comes out must be well-formed UTF-8.
//! 3. Names are judged decoded. The parts of a name are what `[`, `]` and `.` separate: a part
//!    `__proto__`, or `constructor` followed by `prototype`, reaches a prototype in some parser.
//! 4. A name with a part that starts with `$`, or with a `.`, may be read as an operator.
//! 5. Depth is the number of `[` in the name.
//!
//! Whether a name comes again is decided where the values are put together, because some names may.

#![forbid(unsafe_code)]

use super::rule::{Found, Limits, Rule};

/// Scans an urlencoded text. `scratch` holds decoded parts.
pub fn scan(text: &[u8], limits: &Limits, scratch: &mut Vec<u8>) -> Found {
    let mut found = Found {
        non_ascii: !text.is_ascii(),
        ..Found::default()
    };
    let mut count = 0;
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'&', &text[start..]).map_or(text.len(), |at| start + at);
        let pair = &text[start..end];
        if !pair.is_empty() {
            count += 1;
            if count == limits.keys + 1 && found.offend(limits, Rule::Keys, start) {
                return found;
            }
            if judge_pair(pair, start, limits, &mut found, scratch) {
                return found;
            }
        }
        start = end + 1;
    }
    found
}

/// True when a rule ends the scan.
fn judge_pair(pair: &[u8], start: usize, limits: &Limits, found: &mut Found, scratch: &mut Vec<u8>) -> bool {
    let split = memchr::memchr(b'=', pair).unwrap_or(pair.len());
    let value = pair.get(split + 1..).unwrap_or_default();
    if judge_part(value, start + split + 1, limits, found, scratch).is_none() {
        return true;
    }
    let name = &pair[..split];
    let Some(decoded) = judge_part(name, start, limits, found, scratch) else {
        return true;
    };
    let name = if decoded { scratch.as_slice() } else { name };
    judge_name(name, limits)
        .into_iter()
        .flatten()
        .any(|rule| found.offend(limits, rule, start))
}

/// Judges the bytes of a name or a value: `None` when a rule ends the scan, else whether the decoded
/// form is in `scratch`, because it differs.
fn judge_part(
    part: &[u8],
    at: usize,
    limits: &Limits,
    found: &mut Found,
    scratch: &mut Vec<u8>,
) -> Option<bool> {
    let plain = !part.iter().any(|byte| *byte == b'%' || *byte == b'+');
    if plain && part.is_ascii() {
        return too_long(part, at, limits, found).then_some(false);
    }
    scratch.clear();
    let well_formed = decode(part, scratch);
    if !well_formed && found.offend(limits, Rule::Escape, at) {
        return None;
    }
    if std::str::from_utf8(scratch).is_err() && found.offend(limits, Rule::Utf8, at) {
        return None;
    }
    too_long(scratch, at, limits, found).then_some(true)
}

/// True when the scan may go on.
fn too_long(part: &[u8], at: usize, limits: &Limits, found: &mut Found) -> bool {
    part.len() <= limits.string_bytes as usize || !found.offend(limits, Rule::StringLength, at)
}

/// Appends the decoded form; false when a `%` is not followed by two hexadecimal digits (it is kept).
pub fn decode(part: &[u8], out: &mut Vec<u8>) -> bool {
    let mut well_formed = true;
    let mut rest = part;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => out.push(b' '),
            b'%' => match hex_pair(after) {
                Some(byte) => {
                    out.push(byte);
                    rest = &after[2..];
                }
                None => {
                    well_formed = false;
                    out.push(b'%');
                }
            },
            byte => out.push(*byte),
        }
    }
    well_formed
}

fn hex_pair(text: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let high = digit(text.first()?)?;
    let low = digit(text.get(1)?)?;
    Some((high << 4 | low) as u8)
}

/// The rules that a decoded name offends, the gravest first.
fn judge_name(name: &[u8], limits: &Limits) -> [Option<Rule>; 4] {
    let mut prototype = false;
    let mut operator = name.contains(&b'.');
    let mut after_constructor = false;
    for part in name.split(|byte| matches!(byte, b'[' | b']' | b'.')) {
        if part.is_empty() {
            continue;
        }
        prototype |= part == b"__proto__" || (after_constructor && part == b"prototype");
        operator |= part[0] == b'$';
        after_constructor = part == b"constructor";
    }
    let depth = name.iter().filter(|byte| **byte == b'[').count();
    [
        prototype.then_some(Rule::PrototypeKey),
        (depth > limits.depth as usize).then_some(Rule::Depth),
        (name.len() > limits.key_bytes as usize).then_some(Rule::KeyLength),
        operator.then_some(Rule::OperatorKey),
    ]
}
