//! PBKDF2 (RFC 8018): read in four forms, never written.
//!
//! - PHC: `$pbkdf2-sha256$i=600000,l=32$salt$hash` (`l` may be missing), base64
//! - passlib: `$pbkdf2-sha256$29000$salt$hash`, base64 with `.` for `+`; `$pbkdf2$` is SHA-1
//! - Django: `pbkdf2_sha256$600000$salt$hash`, the salt as text, the hash as padded base64

#![forbid(unsafe_code)]

use super::b64::{self, PASSLIB, STANDARD};
use super::number;
use crate::code::Code;
use crate::fault::Fault;

const SALT: std::ops::RangeInclusive<usize> = 1..=128;
const HASH: std::ops::RangeInclusive<usize> = 10..=128;

/// The hash inside of HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    const fn len(self) -> usize {
        match self {
            Digest::Sha1 => 20,
            Digest::Sha256 => 32,
            Digest::Sha512 => 64,
        }
    }
}

const NAMES: [(&str, Digest); 7] = [
    ("$pbkdf2$", Digest::Sha1),
    ("$pbkdf2-sha1$", Digest::Sha1),
    ("$pbkdf2-sha256$", Digest::Sha256),
    ("$pbkdf2-sha512$", Digest::Sha512),
    ("pbkdf2_sha1$", Digest::Sha1),
    ("pbkdf2_sha256$", Digest::Sha256),
    ("pbkdf2_sha512$", Digest::Sha512),
];

/// A stored PBKDF2 hash, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pbkdf2 {
    pub digest: Digest,
    pub rounds: u32,
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
}

impl Pbkdf2 {
    /// Reads any of the forms.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` for every malformed text.
    pub fn parse(text: &str) -> Result<Pbkdf2, Fault> {
        let (digest, rest, django) = NAMES
            .iter()
            .find_map(|(name, digest)| Some((*digest, text.strip_prefix(name)?, !name.starts_with('$'))))
            .ok_or(unreadable("the digest is not sha1, sha256 or sha512"))?;
        let fields: Vec<&str> = rest.split('$').collect();
        let &[cost, salt, hash] = fields.as_slice() else {
            return Err(unreadable("it has not three fields after its name"));
        };
        let (rounds, length) = rounds(cost, django).ok_or(unreadable("the rounds are not a whole number"))?;
        let (salt, hash) = if django {
            (Some(salt.as_bytes().to_vec()), b64::decode_padded(hash))
        } else {
            let alphabet = if cost.starts_with('i') { STANDARD } else { PASSLIB };
            (alphabet.decode(salt.as_bytes()), alphabet.decode(hash.as_bytes()))
        };
        let salt = salt.filter(|salt| SALT.contains(&salt.len()));
        let salt = salt.ok_or(unreadable("the salt is not 1 to 128 bytes in the right base64"))?;
        let hash = hash.filter(|hash| HASH.contains(&hash.len()));
        let hash = hash.ok_or(unreadable("the hash is not 10 to 128 bytes in the right base64"))?;
        if length.is_some_and(|length| length as usize != hash.len()) {
            return Err(unreadable("l is not the length of the hash"));
        }
        Ok(Pbkdf2 {
            digest,
            rounds,
            salt,
            hash,
        })
    }

    /// Blocks of output, each of which takes all the rounds.
    pub fn blocks(&self) -> u32 {
        self.hash.len().div_ceil(self.digest.len()) as u32
    }

    /// Computes the hash of `password`.
    pub fn tag(&self, password: &[u8]) -> Vec<u8> {
        let mut tag = vec![0; self.hash.len()];
        let compute = match self.digest {
            Digest::Sha1 => ::pbkdf2::pbkdf2_hmac::<sha1::Sha1>,
            Digest::Sha256 => ::pbkdf2::pbkdf2_hmac::<sha2::Sha256>,
            Digest::Sha512 => ::pbkdf2::pbkdf2_hmac::<sha2::Sha512>,
        };
        compute(password, &self.salt, self.rounds, &mut tag);
        tag
    }
}

/// Rounds, and the length of the hash if it is said.
fn rounds(cost: &str, django: bool) -> Option<(u32, Option<u32>)> {
    let (digits, length) = match cost.strip_prefix("i=") {
        Some(phc) if !django => match phc.split_once(",l=") {
            Some((digits, length)) => (digits, Some(number(length)?)),
            None => (phc, None),
        },
        _ => (cost, None),
    };
    let rounds = number(digits).filter(|&rounds| rounds > 0)?;
    Some((rounds, length))
}

fn unreadable(why: &'static str) -> Fault {
    Fault::new(
        Code::PasswordsHash,
        format!("the stored PBKDF2 hash cannot be read: {why}"),
    )
}
