//! The shared secret of one-time codes, in base32 (RFC 4648, section 6).

#![forbid(unsafe_code)]

use zeroize::{Zeroize, Zeroizing};

use crate::code::Code;
use crate::fault::Fault;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The most bytes a secret has: a block of SHA-512, beyond which HMAC would only hash it.
pub const MAX_BYTES: usize = 128;

/// What stands in `VALUES` for a byte that is no base32 digit, and for one that is skipped.
const BAD: u8 = 0xff;
const SKIP: u8 = 0xfe;

/// The value of each byte. Authenticators and people write lower case, and groups with spaces or hyphens.
const VALUES: [u8; 256] = {
    let mut values = [BAD; 256];
    let mut i = 0;
    while i < 32 {
        values[ALPHABET[i] as usize] = i as u8;
        values[ALPHABET[i].to_ascii_lowercase() as usize] = i as u8;
        i += 1;
    }
    values[b' ' as usize] = SKIP;
    values[b'-' as usize] = SKIP;
    values
};

/// A secret on the stack, wiped on drop.
pub struct SharedSecret {
    bytes: [u8; MAX_BYTES],
    len: usize,
}

impl Drop for SharedSecret {
    fn drop(&mut self) {
        // Only what was written: a whole block would cost as much as a hash.
        self.bytes[..self.len].zeroize();
    }
}

impl SharedSecret {
    /// Reads base32. Bits beyond the last whole byte are ignored, as all authenticators do.
    ///
    /// # Errors
    /// `ERR_HAUBERK_MFA_SECRET`: no base32, shorter than `least` bytes or longer than 128.
    pub fn read(text: &[u8], least: usize) -> Result<Self, Fault> {
        let end = text
            .iter()
            .rposition(|&byte| byte != b'=')
            .map_or(0, |last| last + 1);
        let mut secret = SharedSecret {
            bytes: [0; MAX_BYTES],
            len: 0,
        };
        let (mut bits, mut held) = (0u32, 0);
        for &byte in &text[..end] {
            match VALUES[usize::from(byte)] {
                SKIP => continue,
                BAD => return Err(fault("is not base32 (A to Z, 2 to 7)")),
                value => bits = (bits << 5) | u32::from(value),
            }
            held += 5;
            if held >= 8 {
                held -= 8;
                let Some(place) = secret.bytes.get_mut(secret.len) else {
                    return Err(fault("is longer than 128 bytes"));
                };
                *place = (bits >> held) as u8;
                secret.len += 1;
            }
        }
        if secret.len < least {
            return Err(fault(
                "is shorter than 16 bytes, which RFC 4226 (R6) asks for; only shortSecret: true takes one of 10",
            ));
        }
        Ok(secret)
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

fn fault(what: &str) -> Fault {
    Fault::new(
        Code::MfaSecret,
        format!("the secret of the one-time codes {what}"),
    )
}

/// Base32 without padding, as `otpauth://` wants it.
pub fn write(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(5) * 8));
    let (mut bits, mut held) = (0u32, 0);
    for &byte in bytes {
        bits = (bits << 8) | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(ALPHABET[(bits >> held) as usize & 31] as char);
        }
    }
    if held > 0 {
        text.push(ALPHABET[(bits << (5 - held)) as usize & 31] as char);
    }
    text
}
