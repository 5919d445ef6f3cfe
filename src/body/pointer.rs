//! Where an offence stands, as a JSON pointer (RFC 6901). A second, slower walk that only a refusal pays.

#![forbid(unsafe_code)]

use super::precision::end_of_string;
use super::scan::decode;

/// Longest pointer in bytes; what is deeper is left out, from the end.
const LONGEST: usize = 256;
/// Longest part of one key that is shown, in bytes of the text.
const LONGEST_KEY: usize = 64;

enum Level {
    /// The place of the last string in the object: its key until a value that is a string comes.
    Object {
        key: Option<(usize, usize)>,
        value: bool,
    },
    Array(usize),
}

/// The pointer to the value, or to the member whose key, stands at `offset`; offences in strings name the
/// byte after the opening quote. In a malformed text the pointer goes as far as it can.
pub fn pointer(text: &[u8], offset: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut at = 0;
    while at < text.len() && at <= offset {
        match text[at] {
            b'"' => {
                let end = end_of_string(text, at + 1);
                if let Some(Level::Object { key, value: false }) = levels.last_mut() {
                    *key = Some((at + 1, end.saturating_sub(1).max(at + 1)));
                }
                at = end;
                continue;
            }
            // An offence at a bracket is about the value that it opens, not about its first member.
            b'{' | b'[' if at == offset => break,
            b'{' => levels.push(Level::Object {
                key: None,
                value: false,
            }),
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' => {
                levels.pop();
            }
            b':' => {
                if let Some(Level::Object { value, .. }) = levels.last_mut() {
                    *value = true;
                }
            }
            b',' => match levels.last_mut() {
                Some(Level::Object { key, value }) => (*key, *value) = (None, false),
                Some(Level::Array(index)) => *index += 1,
                None => {}
            },
            _ => {}
        }
        at += 1;
    }
    write(text, &levels)
}

fn write(text: &[u8], levels: &[Level]) -> String {
    let mut out = String::new();
    for level in levels {
        let part = match level {
            Level::Array(index) => index.to_string(),
            Level::Object {
                key: Some((start, end)),
                ..
            } => escape(&text[*start..*end]),
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
    use super::*;

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
