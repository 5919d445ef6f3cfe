//! Field values (RFC 9110, 5.5).

#![forbid(unsafe_code)]

use crate::code::Code;
use crate::fault::Fault;

/// Checks a whole field value.
///
/// # Errors
/// `ERR_HAUBERK_HEADERS_VALUE` for control characters (a CR or LF would start another field), for
/// characters that no field can carry, and for white space at either end, which recipients drop.
pub fn check(name: &str, value: &str) -> Result<(), Fault> {
    if let Some(found) = value.chars().find(|&c| !allowed(c)) {
        return Err(Fault::new(
            Code::HeadersValue,
            format!("the value of {name:?} holds {found:?}; a field value is printable ASCII"),
        ));
    }
    if value != value.trim_matches([' ', '\t']) {
        return Err(Fault::new(
            Code::HeadersValue,
            format!("the value of {name:?} starts or ends with white space; remove it"),
        ));
    }
    Ok(())
}

/// ASCII only: bytes above are `obs-text`, which RFC 9110 tells senders not to make.
pub fn allowed(c: char) -> bool {
    c == '\t' || (' '..='~').contains(&c)
}
