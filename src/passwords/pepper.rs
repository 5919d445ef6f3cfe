//! Peppers: secrets that are not in the user table, each with an id that is.
//!
//! A new hash is made with the current one; a stored hash names its own, so that a pepper can be replaced
//! while its hashes live on.

#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::code::Code;
use crate::fault::Fault;
use crate::secret::Secret;

/// Peppers by id.
pub struct Peppers {
    /// The current one first.
    keys: Vec<(Vec<u8>, Secret<Vec<u8>>)>,
}

impl Peppers {
    /// From ids and secrets, the current one first.
    pub fn new(keys: Vec<(Vec<u8>, Secret<Vec<u8>>)>) -> Peppers {
        Peppers { keys }
    }

    /// The id that new hashes name.
    pub fn current(&self) -> &[u8] {
        self.keys.first().map_or(&[], |(id, _)| id)
    }

    fn get(&self, id: &[u8]) -> Option<&[u8]> {
        let known = self.keys.iter().find(|(known, _)| known == id);
        known.map(|(_, secret)| secret.expose().as_slice())
    }
}

/// Which secret goes into a computation.
pub enum Key {
    /// Those that hashes name.
    Peppers(Option<Arc<Peppers>>),
    /// This one, whatever the hash names.
    Fixed(Secret<Vec<u8>>),
}

impl Key {
    /// No peppers at all.
    pub const NONE: Key = Key::Peppers(None);

    /// The id that a new hash names; empty where there is no pepper.
    pub fn current(&self) -> &[u8] {
        match self {
            Key::Peppers(Some(peppers)) => peppers.current(),
            _ => &[],
        }
    }

    /// The secret for a hash that names `id`; empty where it names none. Without any peppers, an id is
    /// taken for a remark of another program.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_PEPPER` where there are peppers, and none of that id.
    pub fn named(&self, id: &[u8]) -> Result<&[u8], Fault> {
        match self {
            Key::Fixed(secret) => Ok(secret.expose()),
            Key::Peppers(Some(peppers)) if !id.is_empty() => peppers.get(id).ok_or_else(|| {
                Fault::new(
                    Code::PasswordsPepper,
                    "the stored hash names a pepper that is not among the keys given; keep old peppers until no \
                     hash names them",
                )
            }),
            Key::Peppers(_) => Ok(&[]),
        }
    }
}
