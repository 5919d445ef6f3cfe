//! What a new hash is made with.

#![forbid(unsafe_code)]

use super::phc::{Kind, Phc};
use super::{bcrypt, budget};
use crate::code::Code;
use crate::fault::Fault;

/// Bytes of a new argon2 salt and of a new argon2 hash (RFC 9106, 4: 128 and 256 bits).
pub const SALT_LEN: usize = 16;
pub const HASH_LEN: usize = 32;

/// An algorithm with its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    Argon2 {
        kind: Kind,
        memory_kib: u32,
        passes: u32,
        lanes: u32,
    },
    Bcrypt {
        cost: u32,
        /// HMAC-SHA-384 under the current pepper comes first.
        prehash: bool,
    },
}

impl Recipe {
    /// OWASP's first choice for argon2id.
    pub const DEFAULT: Recipe = Recipe::Argon2 {
        kind: Kind::Argon2id,
        memory_kib: 19_456,
        passes: 2,
        lanes: 1,
    };

    /// From the six numbers that JavaScript sends: algorithm (0 argon2id, 1 argon2i, 2 argon2d,
    /// 3 bcrypt), memory in KiB, passes, lanes, cost, and 1 for a prehash.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_PARAMETERS` where they are outside of what [`budget`] would verify.
    pub fn from_numbers(numbers: &[u32]) -> Result<Recipe, Fault> {
        let &[algorithm, memory_kib, passes, lanes, cost, prehash] = numbers else {
            return Err(unusable());
        };
        let kind = match algorithm {
            0 => Kind::Argon2id,
            1 => Kind::Argon2i,
            2 => Kind::Argon2d,
            3 if (bcrypt::MIN_COST..=budget::BCRYPT_COST).contains(&cost) => {
                let prehash = prehash == 1;
                return Ok(Recipe::Bcrypt { cost, prehash });
            }
            _ => return Err(unusable()),
        };
        let fits = (1..=budget::PASSES).contains(&passes)
            && (1..=budget::LANES).contains(&lanes)
            && (8 * lanes..=budget::MEMORY_KIB).contains(&memory_kib);
        if !fits {
            return Err(unusable());
        }
        Ok(Recipe::Argon2 {
            kind,
            memory_kib,
            passes,
            lanes,
        })
    }

    /// The parameters as a PHC value that waits for its hash.
    pub fn phc(kind: Kind, memory_kib: u32, passes: u32, lanes: u32, salt: [u8; SALT_LEN]) -> Phc {
        Phc {
            kind,
            version: 19,
            memory_kib,
            passes,
            lanes,
            key_id: Vec::new(),
            data: Vec::new(),
            salt: salt.to_vec(),
            hash: vec![0; HASH_LEN],
        }
    }
}

fn unusable() -> Fault {
    Fault::new(
        Code::PasswordsParameters,
        "argon2 needs 8 KiB of memory for each lane, at most 262144 KiB, 1 to 16 passes and 1 to 16 lanes; \
         bcrypt a cost from 4 to 16",
    )
}
