//! Mail addresses (RFC 5321, section 4.1.2; RFC 6531 for those beyond ASCII).

#![forbid(unsafe_code)]

use std::net::{Ipv4Addr, Ipv6Addr};

use super::host::{is_hostname, is_idn_hostname};

/// Bytes before the `@` (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

pub fn is_email(text: &str) -> bool {
    text.rsplit_once('@')
        .is_some_and(|(local, domain)| local.is_ascii() && is_local(local) && is_domain(domain, is_hostname))
}

pub fn is_idn_email(text: &str) -> bool {
    text.rsplit_once('@')
        .is_some_and(|(local, domain)| is_local(local) && is_domain(domain, is_idn_hostname))
}

fn is_local(text: &str) -> bool {
    if text.len() > MAX_LOCAL {
        return false;
    }
    match text.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').is_some_and(is_quoted),
        None => text
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atom)),
    }
}

fn is_atom(char: char) -> bool {
    char.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(char) || is_beyond_ascii(char)
}

fn is_beyond_ascii(char: char) -> bool {
    !char.is_ascii() && !char.is_control()
}

/// Between the quotes.
fn is_quoted(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        let holds = match char {
            '\\' => chars.next().is_some_and(|char| char.is_ascii_graphic()),
            ' ' | '\t' => true,
            '"' => false,
            other => other.is_ascii_graphic() || is_beyond_ascii(other),
        };
        if !holds {
            return false;
        }
    }
    true
}

fn is_domain(text: &str, is_host: fn(&str) -> bool) -> bool {
    let Some(literal) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return is_host(text);
    };
    match literal.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => address.parse::<Ipv6Addr>().is_ok(),
        _ => literal.parse::<Ipv4Addr>().is_ok(),
    }
}
