//! Formats that the plan can affirm from a string's bytes. `false` means "not sure": the program knows
//! the rest (quoted local parts, leap seconds, 29 February).

#![forbid(unsafe_code)]

/// A format with a quick yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Email,
    Uuid,
    DateTime,
    Date,
    Ipv4,
}

impl Format {
    /// The format of a schema's `format`, where it has a quick yes.
    pub fn of(name: &str) -> Option<Format> {
        Some(match name {
            "email" => Format::Email,
            "uuid" => Format::Uuid,
            "date-time" => Format::DateTime,
            "date" => Format::Date,
            "ipv4" => Format::Ipv4,
            _ => return None,
        })
    }

    /// Whether `text` is surely of this format.
    pub fn affirms(self, text: &[u8]) -> bool {
        match self {
            Format::Email => email(text),
            Format::Uuid => uuid(text),
            Format::DateTime => date_time(text),
            Format::Date => date(text),
            Format::Ipv4 => ipv4(text),
        }
    }
}

/// RFC 5321 `Dot-string "@" Domain`, without the rarer forms: at most 64 bytes before the `@`, labels of
/// at most 63, 254 in all.
fn email(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|&byte| byte == b'@') else {
        return false;
    };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    text.len() <= 254 && local.len() <= 64 && dot_atoms(local) && domain_name(domain)
}

fn dot_atoms(text: &[u8]) -> bool {
    text.split(|&byte| byte == b'.').all(|atom| {
        !atom.is_empty()
            && atom
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(byte))
    })
}

fn domain_name(text: &[u8]) -> bool {
    text.split(|&byte| byte == b'.').all(|label| {
        let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        label.len() <= 63
            && ends(label.first())
            && ends(label.last())
            && label.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-')
            // A-labels (xn--) and reserved ones are left to the program.
            && label.get(2..4) != Some(b"--")
    })
}

fn uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// RFC 3339 without leap seconds; days up to 28, so that no calendar is needed.
fn date_time(text: &[u8]) -> bool {
    text.len() >= 20
        && text.is_ascii()
        && date(&text[..10])
        && matches!(text[10], b'T' | b't')
        && two_digits(&text[11..], 23)
        && text[13] == b':'
        && two_digits(&text[14..], 59)
        && text[16] == b':'
        && two_digits(&text[17..], 59)
        && zone(fraction(&text[19..]))
}

fn fraction(text: &[u8]) -> &[u8] {
    let Some(rest) = text.strip_prefix(b".") else {
        return text;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { text } else { &rest[digits..] }
}

fn zone(text: &[u8]) -> bool {
    match text {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', rest @ ..] => {
            rest.len() == 5 && two_digits(rest, 23) && rest[2] == b':' && two_digits(&rest[3..], 59)
        }
        _ => false,
    }
}

fn date(text: &[u8]) -> bool {
    text.len() == 10
        && text[..4].iter().all(u8::is_ascii_digit)
        && text[4] == b'-'
        && two_digits(&text[5..], 12)
        && &text[5..7] != b"00"
        && text[7] == b'-'
        && two_digits(&text[8..], 28)
        && &text[8..10] != b"00"
}

fn two_digits(text: &[u8], max: u8) -> bool {
    matches!(text, [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] if (a - b'0') * 10 + (b - b'0') <= max)
}

fn ipv4(text: &[u8]) -> bool {
    let mut parts = 0;
    text.split(|&byte| byte == b'.').all(|part| {
        parts += 1;
        let plain = matches!(part, [b'0'..=b'9'])
            || matches!(part, [b'1'..=b'9', b'0'..=b'9'])
            || matches!(part, [b'1', b'0'..=b'9', b'0'..=b'9']);
        parts <= 4 && plain
    }) && parts == 4
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn affirms_the_usual_forms() {
        for (name, text) in [
            ("email", "a@b.co"),
            ("email", "first.last+tag@sub.example.org"),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
            ("date-time", "2024-02-28T23:59:59.123Z"),
            ("date-time", "2024-02-28T23:59:59+05:30"),
            ("date", "2024-12-01"),
            ("ipv4", "192.0.2.7"),
        ] {
            let format = Format::of(name).unwrap();
            assert_eq!(
                format.affirms(text.as_bytes()),
                text != "192.0.2.7x",
                "{name} {text}"
            );
        }
    }

    #[test]
    fn never_affirms_what_is_wrong() {
        for (name, text) in [
            ("email", ""),
            ("email", "@b.co"),
            ("email", "a@"),
            ("email", "a..b@c.de"),
            ("email", "a@-b.co"),
            ("email", "a@b_c.de"),
            ("email", "a b@c.de"),
            ("email", "a@b@c.de"),
            ("uuid", "123e4567e89b12d3a456426614174000"),
            ("date-time", "2024-02-28 23:59:59Z"),
            ("date-time", "2024-02-28T23:59:59"),
            ("date-time", "2024-02-28T23:59:59.Z"),
            ("date-time", "2024-02-28T24:00:00Z"),
            ("date", "2024-13-01"),
            ("date", "2024-00-10"),
            ("ipv4", "1.2.3"),
            ("ipv4", "1.2.3.4.5"),
            ("ipv4", "01.2.3.4"),
        ] {
            assert!(
                !Format::of(name).unwrap().affirms(text.as_bytes()),
                "{name} {text}"
            );
        }
    }
}
