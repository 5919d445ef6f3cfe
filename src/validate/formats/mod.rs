//! The formats of JSON Schema 2020-12, each a function over the text. All take time linear in its length.

#![forbid(unsafe_code)]

mod host;
mod iri;
mod mail;
mod pattern;
mod pointer;
mod template;
mod time;

use std::net::{Ipv4Addr, Ipv6Addr};

/// By name: whether a text is of the format.
pub fn named(name: &str) -> Option<fn(&str) -> bool> {
    Some(match name {
        "date" => time::is_date,
        "date-time" => time::is_date_time,
        "duration" => time::is_duration,
        "email" => mail::is_email,
        "hostname" => host::is_hostname,
        "idn-email" => mail::is_idn_email,
        "idn-hostname" => host::is_idn_hostname,
        "ipv4" => |text| text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => |text| text.parse::<Ipv6Addr>().is_ok(),
        "iri" => iri::is_iri,
        "iri-reference" => iri::is_iri_reference,
        "json-pointer" => pointer::is_pointer,
        "regex" => pattern::is_pattern,
        "relative-json-pointer" => pointer::is_relative,
        "time" => time::is_time,
        "uri" => iri::is_uri,
        "uri-reference" => iri::is_uri_reference,
        "uri-template" => template::is_template,
        "uuid" => is_uuid,
        _ => return None,
    })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
