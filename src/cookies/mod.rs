//! `cookies`: values that only this application can have written.
//!
//! 1. [`ring`] is the keys of one configuration: the first writes, all read. A text says by a key id which of
//!    them wrote it.
//! 2. [`sign`] appends an HMAC-SHA-256: everybody can read the value, nobody can change it.
//! 3. [`seal`] encrypts by XAES-256-GCM ([`xaes`]): nobody can read it either.
//! 4. Both bind a value to the cookie's name and carry the end of its life inside.
//! 5. [`nonce`] draws random nonces from the operating system, many at a time.
//!
//! What is read was written by anybody: a refusal is a value ([`Refused`]), never a fault.

pub mod native;
pub mod nonce;
pub mod ring;
pub mod seal;
pub mod sign;
pub mod xaes;

#[cfg(test)]
mod tests;

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Refused {
    /// Not a text of this kind at all.
    Malformed = 1,
    /// Written with a key that is not in the ring, or says so.
    ForeignKey = 2,
    /// Changed, or written for another name.
    Tampered = 3,
    /// Its time is over.
    Expired = 4,
}

/// Bytes of a moment: milliseconds since the epoch, big-endian; all zero means no end.
pub const MOMENT_BYTES: usize = 6;

/// The last moment that can be written, in the year 10889.
pub const LAST_MOMENT: u64 = (1 << 48) - 1;

fn write_moment(ms: u64) -> [u8; MOMENT_BYTES] {
    let [_, _, rest @ ..] = ms.min(LAST_MOMENT).to_be_bytes();
    rest
}

fn is_over(moment: &[u8], now_ms: u64) -> bool {
    let until = moment
        .iter()
        .fold(0u64, |until, &byte| until << 8 | u64::from(byte));
    until != 0 && until <= now_ms
}
