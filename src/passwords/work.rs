//! One piece of work: a password and what to do with it.

#![forbid(unsafe_code)]

use zeroize::Zeroizing;

use super::argon2::Block;
use super::bcrypt::{self, MAX_PASSWORD, blowfish};
use super::budget;
use super::pepper::Key;
use super::recipe::Recipe;
use super::stored::{Stored, bcrypt_reads_all_of};
use crate::code::Code;
use crate::fault::Fault;
use crate::guard::guard;
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
    Raw(Vec<u8>),
    Verdict(bool),
}

/// What becomes of the computed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Write,
    Raw,
    Compare,
    /// No password fits: the user is unknown, only the time counts.
    Decoy,
}

/// Work that has been checked and can be run on any thread.
pub struct Work {
    used: Use,
    stored: Stored,
    key: Key,
    password: Secret<Vec<u8>>,
}

impl Work {
    /// Makes a new hash.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_PASSWORD` for a length outside of [`budget::PASSWORD`], and where bcrypt would
    /// not read all of it.
    pub fn hash(recipe: Recipe, key: Key, password: Secret<Vec<u8>>) -> Result<Work, Fault> {
        right_length(&password)?;
        let stored = Stored::fresh(recipe, key.current())?;
        if stored.is_bare_bcrypt() {
            bcrypt_reads_all_of(password.expose())?;
        }
        Ok(Work {
            used: Use::Write,
            stored,
            key,
            password,
        })
    }

    /// Makes a hash with a salt and parameters that the caller chose, as the package argon2 or bcrypt would;
    /// `raw` for its bytes alone. The password may be empty, and bcrypt cuts it.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
    pub fn hash_as(stored: Stored, key: Key, password: Secret<Vec<u8>>, raw: bool) -> Result<Work, Fault> {
        stored.affordable()?;
        Ok(Work {
            used: if raw { Use::Raw } else { Use::Write },
            stored,
            key,
            password,
        })
    }

    /// Compares as those packages do: the password may be empty.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
    pub fn verify_as(stored: Stored, key: Key, password: Secret<Vec<u8>>) -> Result<Work, Fault> {
        stored.affordable()?;
        Ok(Work {
            used: Use::Compare,
            stored,
            key,
            password,
        })
    }

    /// Compares with a stored hash; without one, does what `recipe` costs and answers false.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` and `ERR_HAUBERK_PASSWORDS_TOO_COSTLY` for the stored hash;
    /// `ERR_HAUBERK_PASSWORDS_PEPPER` for the pepper that it names; `ERR_HAUBERK_PASSWORDS_PASSWORD` for a
    /// length outside of [`budget::PASSWORD`].
    pub fn verify(
        stored: Option<&str>,
        recipe: Recipe,
        key: Key,
        password: Secret<Vec<u8>>,
    ) -> Result<Work, Fault> {
        right_length(&password)?;
        let used = if stored.is_some() {
            Use::Compare
        } else {
            Use::Decoy
        };
        let stored = match stored {
            Some(text) => Stored::parse(text)?,
            None => Stored::decoy(recipe, key.current())?,
        };
        stored.affordable()?;
        key.named(stored.key_id())?;
        Ok(Work {
            used,
            stored,
            key,
            password,
        })
    }

    /// Which queue it belongs to.
    pub fn kind(&self) -> Kind {
        match self.used {
            Use::Write | Use::Raw => Kind::Hash,
            Use::Compare | Use::Decoy => Kind::Verify,
        }
    }

    /// Blocks of 1 KiB of work memory that it needs.
    pub fn blocks(&self) -> usize {
        self.stored.blocks()
    }

    /// The cost of bcrypt, for work that can run side by side with other work of that cost.
    pub fn together(&self) -> Option<u32> {
        match &self.stored {
            Stored::Bcrypt(stored, _) => Some(stored.cost),
            _ => None,
        }
    }

    /// Does it, in memory of at least [`Work::blocks`] blocks.
    ///
    /// # Errors
    /// Those of [`Stored::tag`].
    pub fn run(self, memory: &mut [Block]) -> Result<Outcome, Fault> {
        let tag = self.stored.tag(&self.key, self.password.expose(), memory)?;
        self.finish(&tag)
    }

    /// Does several that have one [cost of bcrypt](Work::together), side by side in this thread. Work
    /// without one, or with another, is faulty.
    pub fn run_together(works: Vec<Work>) -> Vec<Result<Outcome, Fault>> {
        let cost = works.iter().find_map(Work::together).unwrap_or(bcrypt::MIN_COST);
        let keys: Vec<_> = works.iter().map(|work| work.bcrypt_input(cost)).collect();
        let fine: Vec<blowfish::Input<'_>> = keys
            .iter()
            .flatten()
            .map(|(key, salt)| blowfish::Input { key, salt: *salt })
            .collect();
        let mut tags = Zeroizing::new(vec![[0; 24]; fine.len()]);
        blowfish::hash(cost, &fine, &mut tags);
        let mut tags = tags.iter();
        works
            .into_iter()
            .zip(&keys)
            .map(|(work, key)| {
                let tag = key.as_ref().map_err(Fault::clone).map(|_| tags.next())?;
                guard(|| work.finish(&tag.ok_or_else(Fault::internal)?[..23]))
            })
            .collect()
    }

    fn bcrypt_input(&self, cost: u32) -> Result<(Zeroizing<[u8; MAX_PASSWORD]>, [u8; 16]), Fault> {
        let Stored::Bcrypt(stored, prehash) = &self.stored else {
            return Err(Fault::internal());
        };
        if stored.cost != cost {
            return Err(Fault::internal());
        }
        let pepper = self.key.named(self.stored.key_id())?;
        let password = prehash.apply(stored, pepper, self.password.expose());
        Ok((stored.key(&password), stored.salt))
    }

    fn finish(self, tag: &[u8]) -> Result<Outcome, Fault> {
        let Work {
            used,
            stored,
            password,
            ..
        } = self;
        Ok(match used {
            Use::Raw => Outcome::Raw(tag.to_vec()),
            Use::Write => Outcome::Hash(stored.write(tag).ok_or_else(Fault::internal)?),
            Use::Compare | Use::Decoy => {
                let same = Secret::new(tag.to_vec()).same(stored.expected());
                let twin = stored.is_bare_bcrypt() && bcrypt::twin(password.expose());
                Outcome::Verdict(same & !twin & (used == Use::Compare))
            }
        })
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
