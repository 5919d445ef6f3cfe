//! Where an offence stands, as a JSON pointer (RFC 6901). A second, slower walk that only a refusal pays.

#![forbid(unsafe_code)]

use super::escape::decode;
use super::kernel::{Kernel, Strings};
use super::precision::end_of_string;

/// Longest pointer in bytes; what is deeper is left out, from the end.
const LONGEST: usize = 256;
/// Longest part of one key that is shown, in bytes of the text.
const LONGEST_KEY: usize = 64;

enum Level {
    /// Where the content of the member's key begins, and whether the colon after it has come.
    Object { key: Option<usize>, value: bool },
    /// The index of the item.
    Array(usize),
}

/// The pointer to the value, or to the member whose key, stands at `offset`; offences in strings name the
/// byte after the opening quote. In a malformed text the pointer goes as far as it can.
#[inline(always)]
pub fn pointer<K: Kernel>(text: &[u8], offset: usize) -> String {
    let mut levels = Vec::new();
    let mut strings = Strings::default();
    for (i, bytes) in text.chunks(64).take(offset / 64 + 1).enumerate() {
        let mut block = [b' '; 64];
        block[..bytes.len()].copy_from_slice(bytes);
        let masks = K::masks(&block);
        let (quote, inside) = strings.next::<K>(&masks);
        let outside = masks.open_brace
            | masks.close_brace
            | masks.open_bracket
            | masks.close_bracket
            | masks.colon
            | masks.comma;
        let base = 64 * i;
        let mut events = (quote & inside) | (outside & !inside);
        if offset - base < 63 {
            events &= (2 << (offset - base)) - 1;
        }
        while events != 0 {
            let at = base + events.trailing_zeros() as usize;
            events &= events - 1;
            // An offence at a bracket is about the value that it opens, not about its first member.
            if at < offset || !matches!(text[at], b'{' | b'[') {
                step(&mut levels, text[at], at);
            }
        }
    }
    write(text, &levels)
}

/// Takes in one byte of structure, or one opening quote.
#[inline(always)]
fn step(levels: &mut Vec<Level>, byte: u8, at: usize) {
    match (byte, levels.last_mut()) {
        (b'{', _) => levels.push(Level::Object {
            key: None,
            value: false,
        }),
        (b'[', _) => levels.push(Level::Array(0)),
        (b'}' | b']', _) => drop(levels.pop()),
        (b'"', Some(Level::Object { key, value: false })) => *key = Some(at + 1),
        (b':', Some(Level::Object { value, .. })) => *value = true,
        (b',', Some(Level::Object { key, value })) => (*key, *value) = (None, false),
        (b',', Some(Level::Array(index))) => *index += 1,
        _ => {}
    }
}

fn write(text: &[u8], levels: &[Level]) -> String {
    let mut out = String::new();
    for level in levels {
        let part = match level {
            Level::Array(index) => index.to_string(),
            Level::Object { key: Some(start), .. } => {
                let end = end_of_string(text, *start);
                escape(&text[*start..end.max(start + 1) - 1])
            }
            Level::Object { key: None, .. } => break,
        };
        if out.len() + 1 + part.len() > LONGEST {
            break;
        }
        out.push('/');
        out.push_str(&part);
    }
    out
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
    use super::super::kernel::Portable;
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
