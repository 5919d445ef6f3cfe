//! base64url without padding (RFC 4648, 5): the alphabet of cookies and tokens.
//!
//! Decoding is strict: no padding, no white space, and the spare bits of the last character are zero, so that
//! each value has exactly one text. It takes the same steps for every text of one length.

#![forbid(unsafe_code)]

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NONE: u8 = 0xff;

const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut i = 0;
    while i < 64 {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// Appends the text of `bytes`.
pub fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    let mut chunks = bytes.chunks_exact(3);
    for chunk in &mut chunks {
        let word = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
        out.extend_from_slice(&[18, 12, 6, 0].map(|shift| ALPHABET[(word >> shift) as usize & 63]));
    }
    let rest = chunks.remainder();
    if rest.is_empty() {
        return;
    }
    let word = u32::from(rest[0]) << 16 | u32::from(rest.get(1).copied().unwrap_or(0)) << 8;
    for i in 0..=rest.len() {
        out.push(ALPHABET[(word >> (18 - 6 * i)) as usize & 63]);
    }
}

/// Appends the bytes of `text`; `None` where it is not exactly what [`encode`] writes.
pub fn decode(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.reserve(text.len() / 4 * 3 + 2);
    let mut bad = 0;
    let mut chunks = text.chunks_exact(4);
    for chunk in &mut chunks {
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| VALUES[chunk[i] as usize]);
        bad |= a | b | c | d;
        let word = u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
        out.extend_from_slice(&[(word >> 16) as u8, (word >> 8) as u8, word as u8]);
    }
    let rest = chunks.remainder();
    if rest.len() == 1 {
        return None;
    }
    let mut word = 0u32;
    for (i, &character) in rest.iter().enumerate() {
        let value = VALUES[character as usize];
        bad |= value;
        word |= u32::from(value) << (18 - 6 * i);
    }
    let bytes = [(word >> 16) as u8, (word >> 8) as u8, word as u8];
    let kept = rest.len().saturating_sub(1);
    out.extend_from_slice(&bytes[..kept]);
    let spare = bytes[kept..].iter().any(|&byte| byte != 0);
    (bad & 0x80 == 0 && !spare).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(text, &mut out).map(|()| out)
    }

    #[test]
    fn writes_what_rfc_4648_writes() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
        ] {
            let mut out = Vec::new();
            encode(bytes.as_bytes(), &mut out);
            assert_eq!(out, text.as_bytes());
            assert_eq!(read(text.as_bytes()).as_deref(), Some(bytes.as_bytes()));
        }
    }

    #[test]
    fn refuses_a_second_text_of_the_same_bytes() {
        for text in [
            "Zh", "Zm9", "Zg==", "Z", "Zm9vY", "Zm 9", "Zm9+", "Zm/v", "Zm\u{e9}",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut text = Vec::new();
            encode(&bytes, &mut text);
            prop_assert_eq!(read(&text), Some(bytes));
        }

        #[test]
        fn what_is_read_is_written_the_same(text in "[A-Za-z0-9_=+-]{0,40}") {
            if let Some(bytes) = read(text.as_bytes()) {
                let mut again = Vec::new();
                encode(&bytes, &mut again);
                prop_assert_eq!(again, text.as_bytes());
            }
        }
    }
}
