//! What a hash may cost. A stored hash beyond these caps is refused before anything is computed: whoever
//! can write one row of a user table must not be able to stop the server.

#![forbid(unsafe_code)]

use crate::code::Code;
use crate::fault::Fault;

/// Work memory of one hash, in KiB: 256 MiB admits libsodium's MODERATE and every default in use.
pub const MEMORY_KIB: u32 = 256 * 1024;

/// Passes of argon2 over its memory.
pub const PASSES: u32 = 16;

/// Lanes of argon2.
pub const LANES: u32 = 16;

/// The base-2 logarithm of bcrypt's rounds; 16 is about four seconds on current processors.
pub const BCRYPT_COST: u32 = 16;

/// Rounds of PBKDF2, times the blocks of output they are done for: seven times OWASP's 600 000.
pub const PBKDF2_ROUNDS: u32 = 4_000_000;

/// N * r * p of scrypt, 128 bytes each: eight times OWASP's first choice, about two seconds.
pub const SCRYPT_WORK: u64 = 1 << 23;

/// The shortest and the longest password, in bytes. NIST SP 800-63B-4 asks for at least 64 characters.
pub const PASSWORD: std::ops::RangeInclusive<usize> = 1..=4096;

/// Refuses argon2 parameters beyond the caps.
///
/// # Errors
/// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
pub fn argon2(memory_kib: u32, passes: u32, lanes: u32) -> Result<(), Fault> {
    within("m", memory_kib, MEMORY_KIB)?;
    within("t", passes, PASSES)?;
    within("p", lanes, LANES)
}

/// Refuses a bcrypt cost beyond the cap.
///
/// # Errors
/// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
pub fn bcrypt(cost: u32) -> Result<(), Fault> {
    within("cost", cost, BCRYPT_COST)
}

/// Refuses PBKDF2 rounds beyond the cap.
///
/// # Errors
/// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
pub fn pbkdf2(rounds: u32, blocks: u32) -> Result<(), Fault> {
    within("rounds", rounds.saturating_mul(blocks), PBKDF2_ROUNDS)
}

/// Refuses scrypt parameters beyond the caps.
///
/// # Errors
/// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
pub fn scrypt(log_n: u32, r: u32, p: u32) -> Result<(), Fault> {
    within("ln", log_n, 20)?;
    within("r", r, 64)?;
    within("p", p, 64)?;
    let work = (u64::from(r) << log_n).saturating_mul(u64::from(p));
    let kib = (u64::from(r) << log_n) / 8;
    within(
        "N * r * p",
        u32::try_from(work).unwrap_or(u32::MAX),
        SCRYPT_WORK as u32,
    )?;
    within(
        "memory in KiB",
        u32::try_from(kib).unwrap_or(u32::MAX),
        MEMORY_KIB,
    )
}

fn within(name: &str, value: u32, cap: u32) -> Result<(), Fault> {
    if value <= cap {
        return Ok(());
    }
    Err(Fault::new(
        Code::PasswordsTooCostly,
        format!("the stored hash asks for {name}={value}; at most {cap} is computed"),
    ))
}
