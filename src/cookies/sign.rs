//! Signed values: `value.base64url(key id | end | code)`.
//!
//! The part behind the last dot has a fixed length, so a value may hold dots.

#![forbid(unsafe_code)]

use subtle::ConstantTimeEq;

use super::ring::Ring;
use super::{MOMENT_BYTES, Refused, is_over, write_moment};
use crate::core::base64url;
use crate::core::mac::{ID_BYTES, MAC_BYTES, plain_code};

const LABEL: &[u8] = b"hauberk signed cookie 1";
const TAIL_BYTES: usize = ID_BYTES + MOMENT_BYTES + MAC_BYTES;
/// Characters of the part behind the dot.
pub const TAIL_TEXT: usize = TAIL_BYTES / 3 * 4;
const _: () = assert!(TAIL_BYTES.is_multiple_of(3));

/// What stands behind a signed value, the dot included. `until_ms` in ms since the epoch; 0 means no end.
pub fn tail(ring: &Ring, name: &[u8], value: &[u8], until_ms: u64) -> Vec<u8> {
    let keys = ring.first();
    let until = write_moment(until_ms);
    let code = keys.mac.code(&[LABEL, name, &until, value]);
    let mut text = Vec::with_capacity(1 + TAIL_TEXT);
    text.push(b'.');
    base64url::encode(&[&keys.id[..], &until, &code].concat(), &mut text);
    text
}

/// The value of a text that was signed for that name and whose time is not over.
///
/// # Errors
/// [`Refused`]: never more than which of the four it was.
pub fn unsign<'text>(
    ring: &Ring,
    name: &[u8],
    text: &'text [u8],
    now_ms: u64,
) -> Result<&'text [u8], Refused> {
    let dot = text.len().checked_sub(1 + TAIL_TEXT).ok_or(Refused::Malformed)?;
    if text[dot] != b'.' {
        return Err(Refused::Malformed);
    }
    let mut bytes = Vec::new();
    base64url::decode(&text[dot + 1..], &mut bytes).ok_or(Refused::Malformed)?;
    let (id, rest) = bytes.split_at(ID_BYTES);
    let (until, code) = rest.split_at(MOMENT_BYTES);
    let keys = ring.find(id).ok_or(Refused::ForeignKey)?;
    let value = &text[..dot];
    if !keys.mac.verify(&[LABEL, name, until, value], code) {
        return Err(Refused::Tampered);
    }
    if is_over(until, now_ms) {
        return Err(Refused::Expired);
    }
    Ok(value)
}

/// Whether `code` is what the package cookie-signature wrote for a value: base64 of HMAC-SHA-256, without padding.
pub fn is_legacy(secret: &[u8], value: &[u8], code: &[u8]) -> bool {
    let mut expected = Vec::new();
    base64url::encode(&plain_code(secret, value), &mut expected);
    for character in &mut expected {
        *character = match *character {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
    }
    expected.as_slice().ct_eq(code).into()
}
