//! Sealed values: `base64url(version | key id | nonce | encrypted(end | value) | tag)`.
//!
//! Version, key id and the cookie's name are authenticated with the value, so that a text is good for one cookie
//! only. Nothing of a text is used before its tag was found right.

#![forbid(unsafe_code)]

use super::nonce;
use super::ring::Ring;
use super::xaes::{NONCE_BYTES, TAG_BYTES};
use super::{MOMENT_BYTES, Refused, is_over, write_moment};
use crate::core::base64url;
use crate::core::mac::ID_BYTES;
use crate::fault::Fault;

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 1 + ID_BYTES + NONCE_BYTES;
const LABEL: &[u8] = b"hauberk sealed cookie";

/// The longest text that is looked at: a browser keeps 4096 bytes of name and value (RFC 6265bis, 5.6).
pub const MAX_TEXT: usize = 4096;

/// Seals a value for one cookie until a moment in ms since the epoch; 0 means no end.
///
/// # Errors
/// `ERR_HAUBERK_INTERNAL` where there are no random bytes.
pub fn seal(ring: &Ring, name: &[u8], value: &[u8], until_ms: u64) -> Result<Vec<u8>, Fault> {
    let keys = ring.first();
    let nonce = nonce::draw()?;
    let mut bytes = Vec::with_capacity(HEAD_BYTES + MOMENT_BYTES + value.len() + TAG_BYTES);
    bytes.push(VERSION);
    bytes.extend_from_slice(&keys.id);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&write_moment(until_ms));
    bytes.extend_from_slice(value);
    let (head, body) = bytes.split_at_mut(HEAD_BYTES);
    let bound = bound_to(&head[..=ID_BYTES], name);
    let tag = keys
        .cipher
        .seal(&nonce, &bound, body)
        .ok_or_else(Fault::internal)?;
    bytes.extend_from_slice(&tag);
    let mut text = Vec::new();
    base64url::encode(&bytes, &mut text);
    Ok(text)
}

/// The value of a text that [`seal`] wrote for that name and whose time is not over.
///
/// # Errors
/// [`Refused`]: never more than which of the four it was.
pub fn open(ring: &Ring, name: &[u8], text: &[u8], now_ms: u64) -> Result<Vec<u8>, Refused> {
    if text.len() > MAX_TEXT {
        return Err(Refused::Malformed);
    }
    let mut bytes = Vec::new();
    base64url::decode(text, &mut bytes).ok_or(Refused::Malformed)?;
    if bytes.len() < HEAD_BYTES + MOMENT_BYTES + TAG_BYTES || bytes[0] != VERSION {
        return Err(Refused::Malformed);
    }
    let end = bytes.len() - TAG_BYTES;
    let tag: [u8; TAG_BYTES] = std::array::from_fn(|i| bytes[end + i]);
    bytes.truncate(end);
    let (head, body) = bytes.split_at_mut(HEAD_BYTES);
    let keys = ring.find(&head[1..=ID_BYTES]).ok_or(Refused::ForeignKey)?;
    let nonce: [u8; NONCE_BYTES] = std::array::from_fn(|i| head[1 + ID_BYTES + i]);
    let bound = bound_to(&head[..=ID_BYTES], name);
    keys.cipher
        .open(&nonce, &bound, body, &tag)
        .ok_or(Refused::Tampered)?;
    if is_over(&body[..MOMENT_BYTES], now_ms) {
        return Err(Refused::Expired);
    }
    bytes.drain(..HEAD_BYTES + MOMENT_BYTES);
    Ok(bytes)
}

/// The name comes last and has no end mark: what stands before it has a fixed length.
fn bound_to(head: &[u8], name: &[u8]) -> Vec<u8> {
    [LABEL, head, name].concat()
}
