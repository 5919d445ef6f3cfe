//! One-time codes: HOTP (RFC 4226), on which TOTP (RFC 6238) stands.

#![forbid(unsafe_code)]

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::secret::SharedSecret;
use crate::code::Code;
use crate::fault::Fault;

/// The hash functions that RFC 6238 names, in the order of `lib/mfa/codes.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

impl Algorithm {
    const ALL: [Algorithm; 3] = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];

    /// By its number.
    pub fn from_number(number: u32) -> Result<Self, Fault> {
        Self::ALL
            .get(number as usize)
            .copied()
            .ok_or_else(|| Fault::new(Code::Argument, "no such hash function for one-time codes"))
    }
}

/// HMAC with a secret in it: made once, it computes each code with two compressions.
enum Keyed {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

/// The codes of one secret.
pub struct Codes {
    keyed: Keyed,
    modulus: u32,
    digits: u32,
}

impl Codes {
    /// # Errors
    /// `ERR_HAUBERK_ARGUMENT` unless there are 6 to 8 digits.
    pub fn new(secret: &SharedSecret, algorithm: Algorithm, digits: u32) -> Result<Self, Fault> {
        if !(6..=8).contains(&digits) {
            return Err(Fault::new(Code::Argument, "one-time codes have 6 to 8 digits"));
        }
        let key = secret.expose();
        // HMAC takes keys of any length (RFC 2104), so this cannot fail.
        let failed = |_| Fault::internal();
        let keyed = match algorithm {
            Algorithm::Sha1 => Keyed::Sha1(Hmac::new_from_slice(key).map_err(failed)?),
            Algorithm::Sha256 => Keyed::Sha256(Hmac::new_from_slice(key).map_err(failed)?),
            Algorithm::Sha512 => Keyed::Sha512(Hmac::new_from_slice(key).map_err(failed)?),
        };
        Ok(Codes {
            keyed,
            modulus: 10u32.pow(digits),
            digits,
        })
    }

    /// The code of a counter as a number.
    pub fn number(&self, counter: u64) -> u32 {
        let moving = counter.to_be_bytes();
        let truncated = match &self.keyed {
            Keyed::Sha1(mac) => truncate(&mac.clone().chain_update(moving).finalize().into_bytes()),
            Keyed::Sha256(mac) => truncate(&mac.clone().chain_update(moving).finalize().into_bytes()),
            Keyed::Sha512(mac) => truncate(&mac.clone().chain_update(moving).finalize().into_bytes()),
        };
        truncated % self.modulus
    }

    /// The code of a counter, with its leading zeros.
    pub fn text(&self, counter: u64) -> String {
        format!("{:0width$}", self.number(counter), width = self.digits as usize)
    }

    /// The first of `counters` that has this code. All are computed and compared in constant time, so the
    /// time tells neither whether nor where it was found.
    pub fn find(&self, code: &[u8], counters: impl Iterator<Item = u64>) -> Option<u64> {
        let code = self.parse(code)?;
        let (mut found, mut at) = (Choice::from(0), 0u64);
        for counter in counters {
            let same = self.number(counter).ct_eq(&code);
            at = u64::conditional_select(&at, &counter, same & !found);
            found |= same;
        }
        bool::from(found).then_some(at)
    }

    /// A code as people type it: exactly as many digits as it has, and spaces.
    pub fn parse(&self, code: &[u8]) -> Option<u32> {
        let (mut number, mut digits) = (0u32, 0);
        for &byte in code {
            match byte {
                b'0'..=b'9' if digits < self.digits => number = number * 10 + u32::from(byte - b'0'),
                b' ' => continue,
                _ => return None,
            }
            digits += 1;
        }
        (digits == self.digits).then_some(number)
    }
}

/// Dynamic truncation (RFC 4226, section 5.3). Every digest has at least 20 bytes, and the offset is at most 15.
fn truncate(digest: &[u8]) -> u32 {
    let offset = usize::from(digest[digest.len() - 1] & 0x0f);
    let four = [
        digest[offset] & 0x7f,
        digest[offset + 1],
        digest[offset + 2],
        digest[offset + 3],
    ];
    u32::from_be_bytes(four)
}
