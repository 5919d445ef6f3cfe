//! Where an offence stands, as a JSON pointer (RFC 6901). A second, slower walk that only a refusal pays.

#![forbid(unsafe_code)]

use super::escape::decode;
use super::kernel::{Kernel, Strings};
use super::precision::end_of_string;

/// Longest pointer in bytes; what is deeper is left out, from the end.
const LONGEST: usize = 256;
/// Longest part of one key that is shown, in bytes of the text.
const LONGEST_KEY: usize = 64;

/// An object or array that is open.
struct Level {
    array: bool,
    /// How many commas came in it.
    index: u32,
    /// The offset after its last comma, or after its bracket.
    after: usize,
}

/// The pointer to the value, or to the member whose key, stands at `offset`; offences in strings name the
/// byte after the opening quote. In a malformed text the pointer goes as far as it can.
#[inline(always)]
pub fn pointer<K: Kernel>(text: &[u8], offset: usize) -> String {
    let mut levels = Vec::with_capacity(16);
    let mut strings = Strings::default();
    for (i, bytes) in text.chunks(64).take(offset / 64 + 1).enumerate() {
        let masks = match bytes.first_chunk::<64>() {
            Some(block) => K::masks(block),
            None => K::masks_of_short(bytes),
        };
        let (_, inside) = strings.next::<K>(&masks);
        let base = 64 * i;
        let mut events = (masks.open | masks.close | masks.comma) & !inside;
        if offset - base < 64 {
            // An offence at a bracket is about the value that it opens, not about its first member.
            events &= (1 << (offset - base)) - 1;
        }
        while events != 0 {
            let at = base + events.trailing_zeros() as usize;
            events &= events - 1;
            step(&mut levels, text[at], at);
        }
    }
    write(text, offset, &levels)
}

/// Takes in one byte of structure.
#[inline(always)]
fn step(levels: &mut Vec<Level>, byte: u8, at: usize) {
    if byte == b',' {
        if let Some(level) = levels.last_mut() {
            level.index += 1;
            level.after = at + 1;
        }
        return;
    }
    if byte | 0x20 == b'{' {
        levels.push(Level {
            array: byte == b'[',
            index: 0,
            after: at + 1,
        });
        return;
    }
    levels.pop();
}

fn write(text: &[u8], offset: usize, levels: &[Level]) -> String {
    let mut out = String::new();
    for level in levels {
        let part = if level.array {
            level.index.to_string()
        } else {
            match key_after(text, level.after, offset) {
                Some(key) => escape(key),
                None => break,
            }
        };
        if out.len() + 1 + part.len() > LONGEST {
            break;
        }
        out.push('/');
        out.push_str(&part);
    }
    out
}

/// The raw key whose opening quote is the next byte but white space, if it begins no later than `offset`.
fn key_after(text: &[u8], after: usize, offset: usize) -> Option<&[u8]> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let space = text
        .get(after..)?
        .iter()
        .take_while(|byte| is_space(byte))
        .count();
    let start = after + space + 1;
    if text.get(start - 1) != Some(&b'"') || start > offset {
        return None;
    }
    let end = end_of_string(text, start);
    text.get(start..end.max(start + 1) - 1)
}

/// A raw key, decoded, cut to a length that can be shown, and escaped for a pointer.
fn escape(raw: &[u8]) -> String {
    let mut key = Vec::new();
    decode(&raw[..raw.len().min(LONGEST_KEY)], &mut key);
    let key = String::from_utf8_lossy(&key)
        .replace('~', "~0")
        .replace('/', "~1");
    key.chars().filter(|char| !char.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::kernel::portable::Portable;
    use super::*;

    fn pointer(text: &[u8], offset: usize) -> String {
        super::pointer::<Portable>(text, offset)
    }

    fn at(text: &str, mark: &str) -> String {
        pointer(text.as_bytes(), text.find(mark).unwrap())
    }

    #[test]
    fn names_members_and_items() {
        assert_eq!(at(r#"{"a":{"b":[1,{"bad":2}]}}"#, "bad"), "/a/b/1/bad");
        assert_eq!(at(r#"{"x":"y","a":[0,"z",[7]]}"#, "7"), "/a/2/0");
        assert_eq!(at(r#"{"a/b~c":{"bad":1}}"#, "bad"), "/a~1b~0c/bad");
        assert_eq!(at(r#"[[[1]]]"#, "1"), "/0/0/0");
        assert_eq!(pointer(br#"{"a":[[]]}"#, 6), "/a/0");
        assert_eq!(pointer(b"[", 0), "");
    }

    #[test]
    fn is_bounded() {
        let text = format!("{}\"k\":1", "{\"abcdefgh\":".repeat(10_000));
        assert!(at(&text, "k\"").len() <= LONGEST);
        let key = "x".repeat(100_000);
        assert_eq!(at(&format!("{{\"{key}\":1}}"), "x").len(), LONGEST_KEY + 1);
    }

    #[test]
    fn survives_malformed_texts() {
        for text in [
            "",
            "}",
            "]]]]",
            "{\"",
            "{\"a\\",
            "\"\\",
            ":,:,",
            "{\"a\":\"b\"\"c\"}",
        ] {
            for offset in 0..=text.len() {
                pointer(text.as_bytes(), offset);
            }
        }
    }
}
