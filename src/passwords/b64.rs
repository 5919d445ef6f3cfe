//! Unpadded base64 as hash strings use it: RFC 4648's alphabet in PHC strings, bcrypt's own in its.
//!
//! Decoding is strict: no padding, no white space, and the spare bits of the last character are zero, so
//! that each value has exactly one text.

#![forbid(unsafe_code)]

/// An alphabet of 64 ASCII characters.
pub struct Alphabet(&'static [u8; 64]);

/// RFC 4648, section 4.
pub const STANDARD: Alphabet = Alphabet(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

/// OpenBSD's bcrypt.
pub const BCRYPT: Alphabet = Alphabet(b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

/// passlib's: RFC 4648 with `.` for `+`.
pub const PASSLIB: Alphabet = Alphabet(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./");

/// Padded base64 of RFC 4648, as Django writes it; as strict as [`Alphabet::decode`].
pub fn decode_padded(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    let padded = text.len().is_multiple_of(4) && text.len() - bare.len() <= 2;
    padded.then(|| STANDARD.decode(bare.as_bytes())).flatten()
}

/// The other way.
pub fn encode_padded(bytes: &[u8]) -> String {
    let mut text = String::new();
    STANDARD.encode(bytes, &mut text);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

impl Alphabet {
    /// Appends the text of `bytes`.
    pub fn encode(&self, bytes: &[u8], out: &mut String) {
        for chunk in bytes.chunks(3) {
            let word =
                chunk.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
            for i in 0..=chunk.len() {
                out.push(char::from(self.0[(word >> (18 - 6 * i)) as usize & 63]));
            }
        }
    }

    /// The bytes of `text`; `None` where it is not exactly what [`Alphabet::encode`] writes.
    pub fn decode(&self, text: &[u8]) -> Option<Vec<u8>> {
        if text.len() % 4 == 1 {
            return None;
        }
        let mut out = Vec::with_capacity(text.len() * 3 / 4);
        for chunk in text.chunks(4) {
            let mut word = 0u32;
            for &character in chunk {
                word = word << 6 | self.0.iter().position(|&known| known == character)? as u32;
            }
            word <<= 6 * (4 - chunk.len());
            let bytes = word.to_be_bytes();
            let (value, spare) = bytes[1..].split_at(chunk.len() - 1);
            if spare.iter().any(|&byte| byte != 0) {
                return None;
            }
            out.extend_from_slice(value);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn knows_the_vectors_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            let mut out = String::new();
            STANDARD.encode(bytes.as_bytes(), &mut out);
            assert_eq!(out, text);
            assert_eq!(
                STANDARD.decode(text.as_bytes()).as_deref(),
                Some(bytes.as_bytes())
            );
        }
    }

    #[test]
    fn refuses_what_it_would_not_write() {
        for text in [
            "Z", "Zh", "Zm9", "Zg==", "Zm9v\n", " Zm8", "Zm9vY", "Zm8\0", "\u{e9}g",
        ] {
            assert_eq!(STANDARD.decode(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn padding_is_all_or_nothing() {
        for (bytes, text) in [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("", "")] {
            assert_eq!(encode_padded(bytes.as_bytes()), text);
            assert_eq!(decode_padded(text).as_deref(), Some(bytes.as_bytes()));
        }
        for text in ["Zg", "Zg=", "Zg===", "Zm9v====", "Zg=a", "=", "===="] {
            assert_eq!(decode_padded(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(bytes: Vec<u8>) {
            for alphabet in [STANDARD, BCRYPT] {
                let mut text = String::new();
                alphabet.encode(&bytes, &mut text);
                prop_assert_eq!(alphabet.decode(text.as_bytes()), Some(bytes.clone()));
            }
        }

        #[test]
        fn writes_what_it_reads(text in "[./A-Za-z0-9]{0,12}") {
            if let Some(bytes) = BCRYPT.decode(text.as_bytes()) {
                let mut again = String::new();
                BCRYPT.encode(&bytes, &mut again);
                prop_assert_eq!(again, text);
            }
        }
    }
}
