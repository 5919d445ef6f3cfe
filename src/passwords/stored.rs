//! A stored hash of any format that is read.

#![forbid(unsafe_code)]

use super::argon2::{self, Block};
use super::bcrypt::{self, Bcrypt, Variant};
use super::budget;
use super::phc::Phc;
use super::recipe::{HASH_LEN, Recipe, SALT_LEN};
use crate::code::Code;
use crate::fault::Fault;
use crate::random;
use crate::secret::Secret;

/// A stored hash, or the shape of one that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    Argon2(Phc),
    Bcrypt(Bcrypt),
}

impl Stored {
    /// Reads a stored hash; the prefix says the format.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` where no format fits.
    pub fn parse(text: &str) -> Result<Stored, Fault> {
        if text.starts_with("$argon2") {
            Phc::parse(text).map(Stored::Argon2)
        } else if text.starts_with("$2") {
            Bcrypt::parse(text).map(Stored::Bcrypt)
        } else {
            Err(Fault::new(
                Code::PasswordsHash,
                "the stored hash cannot be read: it is neither argon2 ($argon2id$, $argon2i$, $argon2d$) nor \
                 bcrypt ($2a$, $2b$, $2x$, $2y$)",
            ))
        }
    }

    /// A hash to be made: the recipe with a fresh salt.
    ///
    /// # Errors
    /// `ERR_HAUBERK_INTERNAL` where the operating system gives no random bytes.
    pub fn fresh(recipe: Recipe) -> Result<Stored, Fault> {
        Ok(Stored::from_recipe(recipe, random::bytes()?))
    }

    /// What stands in for the hash of an unknown user: the same work, and no password fits.
    pub fn decoy(recipe: Recipe) -> Stored {
        Stored::from_recipe(recipe, [0; SALT_LEN])
    }

    fn from_recipe(recipe: Recipe, salt: [u8; SALT_LEN]) -> Stored {
        match recipe {
            Recipe::Argon2 {
                kind,
                memory_kib,
                passes,
                lanes,
            } => Stored::Argon2(Recipe::phc(kind, memory_kib, passes, lanes, salt)),
            Recipe::Bcrypt { cost } => Stored::Bcrypt(Bcrypt {
                variant: Variant::B,
                cost,
                salt,
                hash: [0; 23],
            }),
        }
    }

    /// Refuses what is beyond the caps.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
    pub fn affordable(&self) -> Result<(), Fault> {
        match self {
            Stored::Argon2(phc) => budget::argon2(phc.memory_kib, phc.passes, phc.lanes),
            Stored::Bcrypt(stored) => budget::bcrypt(stored.cost),
        }
    }

    /// Blocks of 1 KiB of work memory that computing this hash takes.
    pub fn blocks(&self) -> usize {
        match self {
            Stored::Argon2(phc) => argon2::blocks(phc),
            Stored::Bcrypt(_) => 0,
        }
    }

    /// Computes the hash of `password` and writes the whole stored form.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_PASSWORD` where bcrypt would not read all of the password.
    pub fn hash(mut self, password: &[u8], memory: &mut [Block]) -> Result<String, Fault> {
        match &mut self {
            Stored::Argon2(phc) => {
                let mut tag = std::mem::take(&mut phc.hash);
                argon2::tag(phc, &[], password, memory, &mut tag)?;
                phc.hash = tag;
                Ok(phc.write())
            }
            Stored::Bcrypt(stored) => {
                bcrypt_reads_all_of(password)?;
                stored.hash = stored.tag(password);
                Ok(stored.write())
            }
        }
    }

    /// Whether `password` is the one that was hashed, compared in constant time.
    ///
    /// # Errors
    /// Those of the computation; a wrong password is `false`.
    pub fn verify(&self, password: &[u8], memory: &mut [Block]) -> Result<bool, Fault> {
        match self {
            Stored::Argon2(phc) => {
                let mut tag = vec![0; phc.hash.len()];
                argon2::tag(phc, &[], password, memory, &mut tag)?;
                Ok(Secret::new(tag).same(&phc.hash))
            }
            Stored::Bcrypt(stored) => {
                let tag = Secret::new(stored.tag(password).to_vec());
                Ok(tag.same(&stored.hash) & !bcrypt::twin(password))
            }
        }
    }

    /// Whether a hash made today with `recipe` would have other parameters; every field counts.
    pub fn needs_rehash(&self, recipe: Recipe) -> bool {
        match self {
            Stored::Bcrypt(stored) => {
                stored.variant != Variant::B || recipe != Recipe::Bcrypt { cost: stored.cost }
            }
            Stored::Argon2(Phc {
                kind,
                version,
                memory_kib,
                passes,
                lanes,
                key_id,
                data,
                salt,
                hash,
            }) => {
                let (kind, memory_kib, passes, lanes) = (*kind, *memory_kib, *passes, *lanes);
                *version != 19
                    || recipe
                        != Recipe::Argon2 {
                            kind,
                            memory_kib,
                            passes,
                            lanes,
                        }
                    || !(key_id.is_empty() && data.is_empty())
                    || salt.len() != SALT_LEN
                    || hash.len() != HASH_LEN
            }
        }
    }
}

fn bcrypt_reads_all_of(password: &[u8]) -> Result<(), Fault> {
    let why = if password.len() > bcrypt::MAX_PASSWORD {
        "bcrypt reads only the first 72 bytes of a password; use argon2id, or a shorter password"
    } else if password.contains(&0) {
        "bcrypt ends a password at a NUL byte in many programs; use argon2id, or a password without NUL"
    } else {
        return Ok(());
    };
    Err(Fault::new(Code::PasswordsPassword, why))
}
