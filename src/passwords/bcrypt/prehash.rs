//! What may happen to a password before bcrypt reads it, so that more than 72 bytes count.
//!
//! | form | key of bcrypt |
//! |---|---|
//! | `$2b$...`, Django's `bcrypt$$2b$...` | the password |
//! | `$bcrypt-hmac-sha384$keyid=ID$2b$...`, the one that is written here | base64(HMAC-SHA-384(pepper, password)) |
//! | Django's `bcrypt_sha256$$2b$...` | hex(SHA-256(password)) |
//! | passlib's `$bcrypt-sha256$2b,12$salt$hash` | base64(SHA-256(password)) |
//! | passlib's `$bcrypt-sha256$v=2,t=2b,r=12$salt$hash` | base64(HMAC-SHA-256(salt as text, password)) |
//!
//! An unkeyed hash before bcrypt lets whoever has SHA-256 hashes of the same passwords try those; so none
//! is written (OWASP Password Storage Cheat Sheet, pre-hashing).

#![forbid(unsafe_code)]

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384};
use zeroize::Zeroizing;

use super::super::b64::{self, BCRYPT, STANDARD};
use super::super::number;
use super::{Bcrypt, Variant, unreadable};
use crate::fault::Fault;

/// How a password becomes bcrypt's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prehash {
    None,
    /// With the pepper of this id.
    HmacSha384 {
        key_id: Vec<u8>,
    },
    DjangoSha256,
    PasslibSha256,
    PasslibHmacSha256,
}

const OURS: &str = "$bcrypt-hmac-sha384$keyid=";

impl Prehash {
    /// The prefix of a stored hash and what it means for the rest; `None` where the text is not a wrapped
    /// bcrypt hash.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` for every malformed text of these forms.
    pub fn parse(text: &str) -> Result<(Prehash, Bcrypt), Fault> {
        if let Some(rest) = text.strip_prefix(OURS) {
            let (id, rest) = rest
                .split_once('$')
                .ok_or(unreadable("there is nothing after the key id"))?;
            let key_id = STANDARD
                .decode(id.as_bytes())
                .filter(|id| (1..=8).contains(&id.len()));
            let key_id = key_id.ok_or(unreadable("the key id is not 1 to 8 bytes of base64"))?;
            return Ok((
                Prehash::HmacSha384 { key_id },
                Bcrypt::parse(&format!("${rest}"))?,
            ));
        }
        if let Some(rest) = text.strip_prefix("$bcrypt-sha256$") {
            return passlib(rest);
        }
        if let Some(rest) = text.strip_prefix("bcrypt_sha256$") {
            return Ok((Prehash::DjangoSha256, Bcrypt::parse(rest)?));
        }
        Ok((
            Prehash::None,
            Bcrypt::parse(text.strip_prefix("bcrypt$").unwrap_or(text))?,
        ))
    }

    /// The stored form of a hash made here.
    pub fn write(&self, stored: &Bcrypt) -> String {
        let plain = stored.write();
        match self {
            Prehash::HmacSha384 { key_id } => {
                let mut out = String::from(OURS);
                STANDARD.encode(key_id, &mut out);
                out + &plain
            }
            _ => plain,
        }
    }

    /// The id of the pepper, empty where there is none.
    pub fn key_id(&self) -> &[u8] {
        match self {
            Prehash::HmacSha384 { key_id } => key_id,
            _ => &[],
        }
    }

    /// What bcrypt reads instead of `password`.
    pub fn apply(&self, stored: &Bcrypt, pepper: &[u8], password: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Prehash::None => password.to_vec(),
            Prehash::HmacSha384 { .. } => {
                b64::encode_padded(&mac::<Hmac<Sha384>>(pepper, password)).into_bytes()
            }
            Prehash::DjangoSha256 => {
                let digest = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(password)));
                digest
                    .iter()
                    .flat_map(|byte| {
                        [byte >> 4, byte & 15].map(|half| b"0123456789abcdef"[usize::from(half)])
                    })
                    .collect()
            }
            Prehash::PasslibSha256 => b64::encode_padded(&Sha256::digest(password)).into_bytes(),
            Prehash::PasslibHmacSha256 => {
                let mut salt = String::new();
                BCRYPT.encode(&stored.salt, &mut salt);
                b64::encode_padded(&mac::<Hmac<Sha256>>(salt.as_bytes(), password)).into_bytes()
            }
        })
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Zeroizing<Vec<u8>> {
    // HMAC takes keys of every length.
    let Ok(mac) = <M as KeyInit>::new_from_slice(key) else {
        return Zeroizing::new(Vec::new());
    };
    Zeroizing::new(mac.chain_update(text).finalize().into_bytes().to_vec())
}

/// `2b,12$salt$hash` or `v=2,t=2b,r=12$salt$hash`.
fn passlib(rest: &str) -> Result<(Prehash, Bcrypt), Fault> {
    let fields: Vec<&str> = rest.split('$').collect();
    let &[parameters, salt, hash] = fields.as_slice() else {
        return Err(unreadable("it has not three fields after bcrypt-sha256"));
    };
    let split = || -> Option<(Prehash, &str, &str)> {
        if let Some(new) = parameters.strip_prefix("v=2,t=") {
            let (variant, rounds) = new.split_once(",r=")?;
            return Some((Prehash::PasslibHmacSha256, variant, rounds));
        }
        let (variant, rounds) = parameters.split_once(',')?;
        Some((Prehash::PasslibSha256, variant, rounds))
    };
    let (prehash, variant, rounds) = split().ok_or(unreadable("the parameters are not v=2,t=,r="))?;
    if !["2a", "2b"].contains(&variant) {
        return Err(unreadable("the variant is neither 2a nor 2b"));
    }
    let rounds = number(rounds)
        .filter(|rounds| *rounds < 100)
        .ok_or(unreadable("the rounds are not a number"))?;
    let stored = Bcrypt::parse(&format!("${variant}${rounds:02}${salt}{hash}"))?;
    debug_assert!(matches!(stored.variant, Variant::A | Variant::B));
    if salt.len() != 22 {
        return Err(unreadable("the salt is not 22 characters"));
    }
    Ok((prehash, stored))
}
