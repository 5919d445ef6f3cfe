//! One piece of work: a password and what to do with it.

#![forbid(unsafe_code)]

use super::argon2::Block;
use super::budget;
use super::recipe::Recipe;
use super::stored::Stored;
use crate::code::Code;
use crate::fault::Fault;
use crate::secret::Secret;

/// The two kinds, which take turns in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Hash = 0,
    Verify = 1,
}

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Hash(String),
    Verdict(bool),
}

/// Work that has been checked and can be run on any thread.
pub struct Work {
    kind: Kind,
    stored: Stored,
    /// No password fits: the user is unknown, only the time counts.
    decoy: bool,
    password: Secret<Vec<u8>>,
}

impl Work {
    /// Makes a new hash.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_PASSWORD` for a length outside of [`budget::PASSWORD`].
    pub fn hash(recipe: Recipe, password: Secret<Vec<u8>>) -> Result<Work, Fault> {
        right_length(&password)?;
        Ok(Work {
            kind: Kind::Hash,
            stored: Stored::fresh(recipe)?,
            decoy: false,
            password,
        })
    }

    /// Compares with a stored hash; without one, does what `recipe` costs and answers false.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` and `ERR_HAUBERK_PASSWORDS_TOO_COSTLY` for the stored hash;
    /// `ERR_HAUBERK_PASSWORDS_PASSWORD` for a length outside of [`budget::PASSWORD`].
    pub fn verify(stored: Option<&str>, recipe: Recipe, password: Secret<Vec<u8>>) -> Result<Work, Fault> {
        right_length(&password)?;
        let decoy = stored.is_none();
        let stored = stored.map_or_else(|| Ok(Stored::decoy(recipe)), Stored::parse)?;
        stored.affordable()?;
        Ok(Work {
            kind: Kind::Verify,
            stored,
            decoy,
            password,
        })
    }

    /// Which queue it belongs to.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Blocks of 1 KiB of work memory that it needs.
    pub fn blocks(&self) -> usize {
        self.stored.blocks()
    }

    /// Does it, in memory of at least [`Work::blocks`] blocks.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_PASSWORD` where bcrypt would not read all of a password to be hashed.
    pub fn run(self, memory: &mut [Block]) -> Result<Outcome, Fault> {
        let password = self.password.expose();
        match self.kind {
            Kind::Hash => self.stored.hash(password, memory).map(Outcome::Hash),
            Kind::Verify => {
                let fits = self.stored.verify(password, memory)?;
                Ok(Outcome::Verdict(fits & !self.decoy))
            }
        }
    }
}

fn right_length(password: &Secret<Vec<u8>>) -> Result<(), Fault> {
    if budget::PASSWORD.contains(&password.expose().len()) {
        return Ok(());
    }
    Err(Fault::new(
        Code::PasswordsPassword,
        "a password is 1 to 4096 bytes of UTF-8",
    ))
}
