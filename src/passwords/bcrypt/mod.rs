//! bcrypt: `$2a$`, `$2b$`, `$2x$` and `$2y$` are read, `$2b$` is written.
//!
//! 1. Exactly 60 bytes; cost 04 to 31; canonical base64 in bcrypt's alphabet.
//! 2. A key is the password and one NUL, cut at 72 bytes: every writer in use does this.
//! 3. `$2x$` is the sign-extension bug of crypt_blowfish before 1.1, computed as it was written.
//! 4. NUL bytes inside a password count as bytes; [`twin`] says where they would make two passwords equal.

#![forbid(unsafe_code)]

pub mod blowfish;
mod pi;
pub mod prehash;

use zeroize::Zeroizing;

use super::b64::BCRYPT;
use crate::code::Code;
use crate::fault::Fault;

/// The bytes of a password that bcrypt reads.
pub const MAX_PASSWORD: usize = 72;

/// The lowest cost that the format knows.
pub const MIN_COST: u32 = 4;

/// Who wrote a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    A,
    B,
    X,
    Y,
}

/// A bcrypt string, taken apart. The cost is well-formed, not necessarily affordable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bcrypt {
    pub variant: Variant,
    pub cost: u32,
    pub salt: [u8; 16],
    pub hash: [u8; 23],
}

impl Bcrypt {
    /// Reads a bcrypt string.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` for every malformed text.
    pub fn parse(text: &str) -> Result<Bcrypt, Fault> {
        let bytes: &[u8; 60] = text
            .as_bytes()
            .try_into()
            .map_err(|_| unreadable("it is not 60 bytes long"))?;
        let variant = match &bytes[..4] {
            b"$2a$" => Variant::A,
            b"$2b$" => Variant::B,
            b"$2x$" => Variant::X,
            b"$2y$" => Variant::Y,
            _ => return Err(unreadable("the variant is unknown")),
        };
        let digits = [bytes[4], bytes[5]];
        if !digits.iter().all(u8::is_ascii_digit) || bytes[6] != b'$' {
            return Err(unreadable("the cost is not two digits"));
        }
        let cost = u32::from(digits[0] - b'0') * 10 + u32::from(digits[1] - b'0');
        if !(MIN_COST..=31).contains(&cost) {
            return Err(unreadable("the cost is not 04 to 31"));
        }
        let salt = BCRYPT.decode(&bytes[7..29]).and_then(|salt| salt.try_into().ok());
        let hash = BCRYPT.decode(&bytes[29..]).and_then(|hash| hash.try_into().ok());
        match (salt, hash) {
            (Some(salt), Some(hash)) => Ok(Bcrypt {
                variant,
                cost,
                salt,
                hash,
            }),
            _ => Err(unreadable("salt or hash is not bcrypt's base64")),
        }
    }

    /// Writes the bcrypt string; [`Bcrypt::parse`] reads the same value back.
    pub fn write(&self) -> String {
        let variant = match self.variant {
            Variant::A => 'a',
            Variant::B => 'b',
            Variant::X => 'x',
            Variant::Y => 'y',
        };
        let mut out = format!("$2{variant}${:02}$", self.cost);
        BCRYPT.encode(&self.salt, &mut out);
        BCRYPT.encode(&self.hash, &mut out);
        out
    }

    /// What the computation reads of `password`: cut at 72 bytes, as this variant's writer read it.
    pub fn key(&self, password: &[u8]) -> Zeroizing<[u8; MAX_PASSWORD]> {
        let key = key(password);
        match self.variant {
            Variant::X => Zeroizing::new(sign_extended(&key)),
            _ => key,
        }
    }
}

/// The password and its NUL, repeated to the 72 bytes that one expansion of the key schedule reads.
fn key(password: &[u8]) -> Zeroizing<[u8; MAX_PASSWORD]> {
    let cut = &password[..password.len().min(MAX_PASSWORD)];
    let mut key = Zeroizing::new([0; MAX_PASSWORD]);
    let cycle = cut.iter().chain(&[0]).cycle();
    for (at, &byte) in key.iter_mut().zip(cycle) {
        *at = byte;
    }
    key
}

/// The key as crypt_blowfish before 1.1 read it: each byte was widened with its sign before it was put
/// into the 32-bit word, so that a byte from 128 up overwrote those before it.
fn sign_extended(key: &[u8; MAX_PASSWORD]) -> [u8; MAX_PASSWORD] {
    let mut out = [0; MAX_PASSWORD];
    for (word, bytes) in out.chunks_exact_mut(4).zip(key.chunks_exact(4)) {
        let value = bytes
            .iter()
            .fold(0u32, |word, &byte| word << 8 | byte as i8 as u32);
        word.copy_from_slice(&value.to_be_bytes());
    }
    out
}

/// Whether `password` contains NUL and gives the same key as the part before its first NUL: `a` and
/// `a\0a` are one key, because keys repeat after their NUL.
pub fn twin(password: &[u8]) -> bool {
    match password.iter().position(|&byte| byte == 0) {
        Some(at) => *key(password) == *key(&password[..at]),
        None => false,
    }
}

fn unreadable(why: &'static str) -> Fault {
    Fault::new(
        Code::PasswordsHash,
        format!("the stored bcrypt hash cannot be read: {why}"),
    )
}
