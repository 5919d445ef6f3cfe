//! One address: reading, canonical form, key, masked form.

#![forbid(unsafe_code)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest text that is looked at: an IPv6 address (45) with brackets, port and a zone.
pub const MAX_LENGTH: usize = 100;

/// Bits of an IPv6 address that stay in the masked form of events.
const MASKED_V6: u32 = 48;

/// Reads an address, with port, brackets, zone or surrounding blanks where they are.
///
/// IPv4-mapped addresses (RFC 4291, 2.5.5.2) come back as IPv4. Shorthand and octal IPv4 (`127.1`,
/// `0177.0.0.1`) are no addresses.
pub fn parse(text: &[u8]) -> Option<IpAddr> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t']);
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, after) = rest.split_once(']')?;
        return if after.is_empty() || after.strip_prefix(':').is_some_and(is_port) {
            parse_v6(inside)
        } else {
            None
        };
    }
    if let Ok(v4) = text.parse::<Ipv4Addr>() {
        return Some(IpAddr::V4(v4));
    }
    match text.split_once(':') {
        Some((host, port)) if host.contains('.') => {
            let v4 = host.parse::<Ipv4Addr>().ok()?;
            is_port(port).then_some(IpAddr::V4(v4))
        }
        _ => parse_v6(text),
    }
}

/// A port, or an obfuscated one (`_name`, RFC 7239, 6.3).
fn is_port(text: &str) -> bool {
    let obfuscated = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    let digits = (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits && text.parse::<u32>().is_ok_and(|port| port <= 65535)
        || text.strip_prefix('_').is_some_and(obfuscated)
}

fn parse_v6(text: &str) -> Option<IpAddr> {
    let text = match text.split_once('%') {
        Some((_, zone)) if zone.is_empty() || !zone.bytes().all(is_zone_byte) => return None,
        Some((address, _)) => address,
        None => text,
    };
    let v6 = text.parse::<Ipv6Addr>().ok()?;
    Some(v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4))
}

fn is_zone_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// The IPv4 address that an IPv6 address stands for, if it does.
pub fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = v6.to_bits();
    let low = bits as u32;
    match v6.segments() {
        // NAT64, RFC 6052, 2.1
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(Ipv4Addr::from_bits(low)),
        // 6to4, RFC 3056, 2
        [0x2002, ..] => Some(Ipv4Addr::from_bits((bits >> 80) as u32)),
        // Teredo, RFC 4380, 4: the client's address, each bit inverted
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!low)),
        // IPv4-mapped, RFC 4291, 2.5.5.2
        _ => v6.to_ipv4_mapped(),
    }
}

/// What a limiter counts by: the IPv4 address, or the IPv6 network of `prefix` bits (1 to 128).
pub fn key(address: IpAddr, prefix: u32) -> String {
    match as_v4(address) {
        Ok(v4) => v4.to_string(),
        Err(v6) => format!("{}/{prefix}", cut(v6, prefix)),
    }
}

/// What events may show: IPv4 without its last octet, IPv6 without what follows the first 48 bits.
pub fn masked(address: IpAddr) -> String {
    match as_v4(address) {
        Ok(v4) => format!("{}/24", Ipv4Addr::from_bits(v4.to_bits() & 0xffff_ff00)),
        Err(v6) => format!("{}/{MASKED_V6}", cut(v6, MASKED_V6)),
    }
}

fn as_v4(address: IpAddr) -> Result<Ipv4Addr, Ipv6Addr> {
    match address {
        IpAddr::V4(v4) => Ok(v4),
        IpAddr::V6(v6) => embedded(v6).ok_or(v6),
    }
}

fn cut(v6: Ipv6Addr, prefix: u32) -> Ipv6Addr {
    let mask = u128::MAX.checked_shl(128 - prefix.min(128)).unwrap_or(0);
    Ipv6Addr::from_bits(v6.to_bits() & mask)
}
