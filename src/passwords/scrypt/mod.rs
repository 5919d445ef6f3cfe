//! scrypt (RFC 7914): read in two forms, never written. `romix` computes it, in memory that the caller lends.
//!
//! - PHC, also passlib's: `$scrypt$ln=16,r=8,p=1$salt$hash`, base64
//! - Django: `scrypt$16384$salt$8$5$hash`: N, the salt as text, r, p, and the hash as padded base64

#![forbid(unsafe_code)]

mod romix;
#[cfg(test)]
mod tests;

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::argon2::Block;
use super::b64::{self, STANDARD};
use super::number;
use crate::code::Code;
use crate::fault::Fault;

const SALT: std::ops::RangeInclusive<usize> = 1..=128;
const HASH: std::ops::RangeInclusive<usize> = 10..=128;

/// A stored scrypt hash, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scrypt {
    pub log_n: u32,
    pub r: u32,
    pub p: u32,
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
}

impl Scrypt {
    /// Reads either form.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` for every malformed text.
    pub fn parse(text: &str) -> Result<Scrypt, Fault> {
        let read = match text.strip_prefix("$scrypt$") {
            Some(rest) => Scrypt::phc(rest),
            None => text.strip_prefix("scrypt$").and_then(Scrypt::django),
        };
        read.filter(|read| SALT.contains(&read.salt.len()) && HASH.contains(&read.hash.len())).ok_or_else(|| {
            let why = "the stored scrypt hash cannot be read: it is neither $scrypt$ln=,r=,p=$salt$hash nor \
                       scrypt$N$salt$r$p$hash with whole numbers, a salt of 1 to 128 and a hash of 10 to 128 bytes";
            Fault::new(Code::PasswordsHash, why)
        })
    }

    fn phc(rest: &str) -> Option<Scrypt> {
        let fields: Vec<&str> = rest.split('$').collect();
        let &[costs, salt, hash] = fields.as_slice() else {
            return None;
        };
        let costs: Vec<&str> = costs.split(',').collect();
        let &[log_n, r, p] = costs.as_slice() else {
            return None;
        };
        Some(Scrypt {
            log_n: number(log_n.strip_prefix("ln=")?).filter(|log_n| (1..32).contains(log_n))?,
            r: number(r.strip_prefix("r=")?).filter(|&r| r > 0)?,
            p: number(p.strip_prefix("p=")?).filter(|&p| p > 0)?,
            salt: STANDARD.decode(salt.as_bytes())?,
            hash: STANDARD.decode(hash.as_bytes())?,
        })
    }

    fn django(rest: &str) -> Option<Scrypt> {
        let fields: Vec<&str> = rest.split('$').collect();
        let &[n, salt, r, p, hash] = fields.as_slice() else {
            return None;
        };
        let n = number(n).filter(|&n| n > 1 && n.is_power_of_two())?;
        Some(Scrypt {
            log_n: n.ilog2(),
            r: number(r).filter(|&r| r > 0)?,
            p: number(p).filter(|&p| p > 0)?,
            salt: salt.as_bytes().to_vec(),
            hash: b64::decode_padded(hash)?,
        })
    }

    /// Blocks of 1 KiB of memory that the computation is lent. What it takes besides is `r * p` times 128 bytes.
    pub fn blocks(&self) -> usize {
        romix::blocks(self.log_n, self.r)
    }

    /// Computes the hash of `password`, in memory of at least [`Scrypt::blocks`] blocks, which hold secrets
    /// afterwards.
    pub fn tag(&self, password: &[u8], memory: &mut [Block]) -> Vec<u8> {
        let (r, p) = (self.r as usize, self.p as usize);
        let mut bytes = Zeroizing::new(vec![0; 128 * r * p]);
        pbkdf2_hmac::<Sha256>(password, &self.salt, 1, &mut bytes);
        for lane in bytes.chunks_exact_mut(128 * r) {
            romix::mix(lane, self.log_n, memory);
        }
        let mut tag = vec![0; self.hash.len()];
        pbkdf2_hmac::<Sha256>(password, &bytes, 1, &mut tag);
        tag
    }
}
