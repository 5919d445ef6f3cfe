//! URIs (RFC 3986) and IRIs (RFC 3987), and references of both.

#![forbid(unsafe_code)]

use std::net::Ipv6Addr;

use super::super::uri::is_scheme;

pub fn is_uri(text: &str) -> bool {
    text.is_ascii() && is_iri(text)
}

pub fn is_uri_reference(text: &str) -> bool {
    text.is_ascii() && is_iri_reference(text)
}

pub fn is_iri(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(scheme, rest)| is_scheme(scheme) && behind_scheme(rest, true))
}

pub fn is_iri_reference(text: &str) -> bool {
    is_iri(text) || behind_scheme(text, false)
}

fn behind_scheme(text: &str, scheme: bool) -> bool {
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match rest.strip_prefix("//") {
        Some(after) => {
            let end = after.find('/').unwrap_or(after.len());
            if !authority(&after[..end]) {
                return false;
            }
            &after[end..]
        }
        // `a:b` would be a scheme.
        None if !scheme && rest.split('/').next().is_some_and(|first| first.contains(':')) => return false,
        None => rest,
    };
    of(path, ":@/", false) && of(query, ":@/?", true) && of(fragment, ":@/?", false)
}

fn authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    if !of(user, ":", false) {
        return false;
    }
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((literal, after)) if ip_literal(literal) => ("", after),
            _ => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let digits = port.strip_prefix(':').map_or(port.is_empty(), |digits| {
        digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    digits && of(name, "", false)
}

fn ip_literal(text: &str) -> bool {
    let Some(future) = text.strip_prefix(['v', 'V']) else {
        return text.parse::<Ipv6Addr>().is_ok();
    };
    future.split_once('.').is_some_and(|(version, address)| {
        let hex = version.bytes().all(|byte| byte.is_ascii_hexdigit());
        let plain = |char: char| char == ':' || (char.is_ascii() && is_plain(char));
        hex && !version.is_empty() && !address.is_empty() && address.chars().all(plain)
    })
}

/// Whether a part holds only plain characters, `%` escapes, and those of `more`.
fn of(text: &str, more: &str, private: bool) -> bool {
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        let holds = match char {
            '%' => (0..2).all(|_| rest.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            other => is_plain(other) || more.contains(other) || (private && is_private(other)),
        };
        if !holds {
            return false;
        }
    }
    true
}

/// `iunreserved` and `sub-delims`.
fn is_plain(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_alphanumeric() || "-._~!$&'()*+,;=".contains(char);
    }
    // `ucschar`
    let code = char as u32;
    match code {
        0xa0..=0xd7ff | 0xf900..=0xfdcf | 0xfdf0..=0xffef => true,
        0x1_0000..=0xd_ffff => code & 0xffff < 0xfffe,
        0xe_1000..=0xe_fffd => true,
        _ => false,
    }
}

/// `iprivate`, in queries only.
fn is_private(char: char) -> bool {
    matches!(char as u32, 0xe000..=0xf8ff | 0xf_0000..=0xf_fffd | 0x10_0000..=0x10_fffd)
}
