//! A stored hash of any format that is read.

#![forbid(unsafe_code)]

use zeroize::Zeroizing;

use super::argon2::kernel::Kernel;
use super::argon2::{self, Block};
use super::bcrypt::prehash::Prehash;
use super::bcrypt::{self, Bcrypt, Variant, blowfish};
use super::budget;
use super::pbkdf2::Pbkdf2;
use super::pepper::Key;
use super::phc::Phc;
use super::recipe::{HASH_LEN, Recipe, SALT_LEN};
use super::scrypt::Scrypt;
use crate::code::Code;
use crate::fault::Fault;
use crate::random;

/// The longest text that is looked at.
pub const MAX_TEXT: usize = 1024;

/// A stored hash, or the shape of one that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    Argon2(Phc, Form),
    Bcrypt(Bcrypt, Prehash),
    Scrypt(Scrypt),
    Pbkdf2(Pbkdf2),
}

/// Whether a hash stands alone, or behind a name that a framework put before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Plain,
    /// Django's `argon2$argon2id$...` and `bcrypt$$2b$...`.
    Named,
}

type Parse = fn(&str) -> Result<Stored, Fault>;

/// The formats by their prefix; the first that fits decides.
const FORMATS: [(&str, Parse); 11] = [
    ("$argon2", |text| {
        Ok(Stored::Argon2(Phc::parse(text)?, Form::Plain))
    }),
    ("argon2$", |text| {
        Ok(Stored::Argon2(Phc::parse(&text["argon2".len()..])?, Form::Named))
    }),
    ("$2", bcrypt_of),
    ("$bcrypt-", bcrypt_of),
    ("bcrypt$", bcrypt_of),
    ("bcrypt_sha256$", bcrypt_of),
    ("$scrypt$", |text| Scrypt::parse(text).map(Stored::Scrypt)),
    ("scrypt$", |text| Scrypt::parse(text).map(Stored::Scrypt)),
    ("$pbkdf2-", |text| Pbkdf2::parse(text).map(Stored::Pbkdf2)),
    ("$pbkdf2$", |text| Pbkdf2::parse(text).map(Stored::Pbkdf2)),
    ("pbkdf2_", |text| Pbkdf2::parse(text).map(Stored::Pbkdf2)),
];

fn bcrypt_of(text: &str) -> Result<Stored, Fault> {
    let (prehash, stored) = Prehash::parse(text)?;
    Ok(Stored::Bcrypt(stored, prehash))
}

impl Stored {
    /// Reads a stored hash; the prefix says the format.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` where no format fits.
    pub fn parse(text: &str) -> Result<Stored, Fault> {
        let format = FORMATS.iter().find(|(prefix, _)| text.starts_with(prefix));
        match format {
            Some((_, parse)) if text.len() <= MAX_TEXT => parse(text),
            _ => Err(Fault::new(
                Code::PasswordsHash,
                "the stored hash cannot be read: it is neither argon2, bcrypt, scrypt nor PBKDF2, in the forms \
                 of PHC, crypt, Django or passlib",
            )),
        }
    }

    /// A hash to be made: the recipe with a fresh salt and the id of the current pepper.
    ///
    /// # Errors
    /// `ERR_HAUBERK_INTERNAL` where the operating system gives no random bytes;
    /// `ERR_HAUBERK_PASSWORDS_PEPPER` for a prehash without a pepper.
    pub fn fresh(recipe: Recipe, key_id: &[u8]) -> Result<Stored, Fault> {
        Stored::from_recipe(recipe, random::bytes()?, key_id)
    }

    /// What stands in for the hash of an unknown user: the same work, and no password fits.
    ///
    /// # Errors
    /// As [`Stored::fresh`].
    pub fn decoy(recipe: Recipe, key_id: &[u8]) -> Result<Stored, Fault> {
        Stored::from_recipe(recipe, [0; SALT_LEN], key_id)
    }

    fn from_recipe(recipe: Recipe, salt: [u8; SALT_LEN], key_id: &[u8]) -> Result<Stored, Fault> {
        let key_id = key_id.to_vec();
        Ok(match recipe {
            Recipe::Argon2 {
                kind,
                memory_kib,
                passes,
                lanes,
            } => {
                let phc = Recipe::phc(kind, memory_kib, passes, lanes, salt);
                Stored::Argon2(Phc { key_id, ..phc }, Form::Plain)
            }
            // bcrypt has no place for a pepper but the prehash; one without the other is a mistake.
            Recipe::Bcrypt { prehash, .. } if prehash == key_id.is_empty() => {
                return Err(Fault::new(
                    Code::PasswordsPepper,
                    "bcrypt takes a pepper through its prehash, and the prehash needs a pepper: give both or neither",
                ));
            }
            Recipe::Bcrypt { cost, prehash } => {
                let stored = Bcrypt {
                    variant: Variant::B,
                    cost,
                    salt,
                    hash: [0; 23],
                };
                Stored::Bcrypt(
                    stored,
                    if prehash {
                        Prehash::HmacSha384 { key_id }
                    } else {
                        Prehash::None
                    },
                )
            }
        })
    }

    /// Refuses what is beyond the caps.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
    pub fn affordable(&self) -> Result<(), Fault> {
        match self {
            Stored::Argon2(phc, _) => budget::argon2(phc.memory_kib, phc.passes, phc.lanes),
            Stored::Bcrypt(stored, _) => budget::bcrypt(stored.cost),
            Stored::Scrypt(stored) => budget::scrypt(stored.log_n, stored.r, stored.p),
            Stored::Pbkdf2(stored) => budget::pbkdf2(stored.rounds, stored.blocks()),
        }
    }

    /// Blocks of 1 KiB of work memory that computing this hash is lent, from the budget.
    pub fn blocks(&self) -> usize {
        match self {
            Stored::Argon2(phc, _) => argon2::blocks(phc.memory_kib, phc.lanes),
            Stored::Scrypt(stored) => stored.blocks(),
            Stored::Bcrypt(..) | Stored::Pbkdf2(_) => 0,
        }
    }

    /// Whether bcrypt reads the password itself, with all that follows for long ones.
    pub fn is_bare_bcrypt(&self) -> bool {
        matches!(self, Stored::Bcrypt(_, Prehash::None))
    }

    /// The id of the pepper that the hash names; empty where it names none.
    pub fn key_id(&self) -> &[u8] {
        match self {
            Stored::Argon2(phc, _) => &phc.key_id,
            Stored::Bcrypt(_, prehash) => prehash.key_id(),
            Stored::Scrypt(_) | Stored::Pbkdf2(_) => &[],
        }
    }

    /// Computes the hash of `password`.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_PEPPER` from [`Key::named`].
    pub fn tag(&self, key: &Key, password: &[u8], memory: &mut [Block]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let pepper = key.named(self.key_id())?;
        Ok(Zeroizing::new(match self {
            Stored::Argon2(phc, _) => {
                let mut tag = vec![0; phc.hash.len()];
                argon2::tag(Kernel::best(), &phc.input(pepper, password), memory, &mut tag);
                tag
            }
            Stored::Bcrypt(stored, prehash) => {
                let password = prehash.apply(stored, pepper, password);
                let (key, mut tags) = (stored.key(&password), [[0; 24]]);
                blowfish::hash(
                    stored.cost,
                    &[blowfish::Input {
                        key: &key,
                        salt: stored.salt,
                    }],
                    &mut tags,
                );
                tags[0][..23].to_vec()
            }
            Stored::Scrypt(stored) => stored.tag(password, memory),
            Stored::Pbkdf2(stored) => stored.tag(password),
        }))
    }

    /// The hash that it was read with.
    pub fn expected(&self) -> &[u8] {
        match self {
            Stored::Argon2(phc, _) => &phc.hash,
            Stored::Bcrypt(stored, _) => &stored.hash,
            Stored::Scrypt(stored) => &stored.hash,
            Stored::Pbkdf2(stored) => &stored.hash,
        }
    }

    /// The whole stored form with this hash in it; `None` for formats that are only read.
    pub fn write(mut self, tag: &[u8]) -> Option<String> {
        match &mut self {
            Stored::Argon2(phc, Form::Plain) => {
                phc.hash = tag.to_vec();
                Some(phc.write())
            }
            Stored::Bcrypt(stored, prehash @ (Prehash::None | Prehash::HmacSha384 { .. })) => {
                stored.hash = tag.try_into().ok()?;
                Some(prehash.write(stored))
            }
            _ => None,
        }
    }

    /// Whether a hash made today with `recipe` and the pepper `key_id` would have other parameters; every
    /// field counts.
    pub fn needs_rehash(&self, recipe: Recipe, key_id: &[u8]) -> bool {
        match self {
            Stored::Scrypt(_) | Stored::Pbkdf2(_) => true,
            Stored::Bcrypt(
                Bcrypt {
                    variant,
                    cost,
                    salt: _,
                    hash: _,
                },
                prehash,
            ) => {
                let (cost, ours) = (*cost, matches!(prehash, Prehash::HmacSha384 { .. }));
                *variant != Variant::B
                    || recipe != Recipe::Bcrypt { cost, prehash: ours }
                    || !(ours || *prehash == Prehash::None)
                    || prehash.key_id() != key_id
            }
            Stored::Argon2(
                Phc {
                    kind,
                    version,
                    memory_kib,
                    passes,
                    lanes,
                    key_id: named,
                    data,
                    salt,
                    hash,
                },
                form,
            ) => {
                let (kind, memory_kib, passes, lanes) = (*kind, *memory_kib, *passes, *lanes);
                *form != Form::Plain
                    || *version != 19
                    || recipe
                        != Recipe::Argon2 {
                            kind,
                            memory_kib,
                            passes,
                            lanes,
                        }
                    || named != key_id
                    || !data.is_empty()
                    || salt.len() != SALT_LEN
                    || hash.len() != HASH_LEN
            }
        }
    }
}

/// Refuses what bcrypt would not hash all of.
///
/// # Errors
/// `ERR_HAUBERK_PASSWORDS_PASSWORD`
pub fn bcrypt_reads_all_of(password: &[u8]) -> Result<(), Fault> {
    let why = if password.len() > bcrypt::MAX_PASSWORD {
        "bcrypt reads only the first 72 bytes of a password; use argon2id, the prehash, or a shorter password"
    } else if password.contains(&0) {
        "bcrypt ends a password at a NUL byte in many programs; use argon2id, or a password without NUL"
    } else {
        return Ok(());
    };
    Err(Fault::new(Code::PasswordsPassword, why))
}
