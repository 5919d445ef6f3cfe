//! The escapes of JSON strings.

#![forbid(unsafe_code)]

/// Appends the decoded form of a raw JSON string. A lone surrogate becomes its three generalized UTF-8
/// bytes, which no raw text can hold; an escape that JSON does not know stays as it is.
pub fn decode(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (unit, len) = unescape(rest);
        let Some(unit) = unit else {
            out.extend_from_slice(&rest[..len]);
            rest = &rest[len..];
            continue;
        };
        rest = &rest[len..];
        let mut code = u32::from(unit);
        if (0xd800..0xdc00).contains(&unit)
            && let (Some(low @ 0xdc00..0xe000), len) = unescape(rest)
        {
            code = 0x10000 + ((code - 0xd800) << 10) + (u32::from(low) - 0xdc00);
            rest = &rest[len..];
        }
        push_generalized(code, out);
    }
    out.extend_from_slice(rest);
}

/// The UTF-16 unit of the escape that `raw` begins with, and the length of the escape.
fn unescape(raw: &[u8]) -> (Option<u16>, usize) {
    let plain = |byte: u8| (Some(u16::from(byte)), 2);
    match raw {
        [b'\\', b'u', a, b, c, d, ..] => {
            let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u16);
            let unit = [a, b, c, d]
                .into_iter()
                .try_fold(0u16, |unit, byte| digit(byte).map(|digit| unit << 4 | digit));
            (unit, if unit.is_some() { 6 } else { 2 })
        }
        [b'\\', b'b', ..] => plain(8),
        [b'\\', b't', ..] => plain(9),
        [b'\\', b'n', ..] => plain(10),
        [b'\\', b'f', ..] => plain(12),
        [b'\\', b'r', ..] => plain(13),
        [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => plain(*byte),
        [b'\\', ..] => (None, 2.min(raw.len())),
        _ => (None, 0),
    }
}

fn push_generalized(code: u32, out: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend_from_slice(&[
            0xe0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 0x3f) as u8,
            0x80 | (code & 0x3f) as u8,
        ]),
    }
}
