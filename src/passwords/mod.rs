//! Hashes passwords and checks them against stored hashes, off the event loop.
//!
//! 1. A stored hash is parsed strictly (`phc`, `bcrypt`); what cannot be read is a fault, never `false`.
//! 2. What a stored hash demands is held against `budget` before any of it is computed.
//! 3. The work runs on hauberk's own threads (`pool`), which hold a bounded queue and a memory budget
//!    (`queue`), reuse their work memory (`arena`) and give way to the rest of the process (`priority`).
//! 4. Results go back to the environment that asked (`link`); one that has ended gets nothing.
//!
//! `recipe` is what a new hash is made with, `stored` is any hash that was read; a further format is a
//! leaf file of its own, a row in the table of `stored`, and one arm in each of its matches. The
//! computations are own ones (`argon2`, `bcrypt::blowfish`, `scrypt::romix`), or that of a crate (`pbkdf2`).

pub mod arena;
pub mod argon2;
pub mod b64;
pub mod bcrypt;
pub mod budget;
pub mod counts;
pub mod link;
pub mod native;
pub mod pbkdf2;
pub mod pepper;
pub mod phc;
pub mod policy;
pub mod pool;
pub mod priority;
pub mod queue;
pub mod recipe;
pub mod scrypt;
pub mod stored;
pub mod work;

/// A decimal without sign or leading zero, as hash strings write numbers.
fn number(digits: &str) -> Option<u32> {
    let plain = digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (digits.starts_with('0') && digits != "0") {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests;
