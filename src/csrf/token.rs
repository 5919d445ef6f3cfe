//! A token is 48 bytes: when it was made (4 bytes, seconds since the epoch), a nonce (12 bytes), and the
//! HMAC-SHA-256 of both and of what it is bound to.
//!
//! 1. Bound to a kind and a value: the same value of another kind is another session.
//! 2. The first key signs, all verify.
//! 3. The nonce is new for each token: nothing in a compressed page repeats (BREACH).
//! 4. The code is checked first: nothing of a forged token is told, not even that it is old.

#![forbid(unsafe_code)]

use crate::code::Code;
use crate::core::base64url;
use crate::core::mac::{MAC_BYTES, MacKey};
use crate::fault::Fault;

/// Bytes of each key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 12;
const TIME_BYTES: usize = 4;
const HEAD_BYTES: usize = TIME_BYTES + NONCE_BYTES;
/// Bytes of a token: 64 characters of base64url without a spare bit.
pub const BYTES: usize = HEAD_BYTES + MAC_BYTES;
/// Characters of a token.
pub const CHARACTERS: usize = BYTES / 3 * 4;

/// What a token is bound to.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// Where the value comes from: see lib/csrf/binding.js.
    pub kind: u8,
    pub value: &'a [u8],
}

/// What a check finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid,
    Expired,
}

/// The keys of one configuration, and how long its tokens are good.
pub struct Tokens {
    keys: Vec<MacKey>,
    lifetime: u64,
}

impl Tokens {
    /// `keys` holds one key after the other; `lifetime` in seconds.
    ///
    /// # Errors
    /// `ERR_HAUBERK_ARGUMENT` where that is no whole number of keys.
    pub fn new(keys: &[u8], lifetime: u64) -> Result<Self, Fault> {
        if keys.is_empty() || !keys.len().is_multiple_of(KEY_BYTES) {
            return Err(Fault::new(Code::Argument, "keys must be of 32 bytes each"));
        }
        let keys = keys.chunks_exact(KEY_BYTES).map(MacKey::new).collect();
        Ok(Tokens { keys, lifetime })
    }

    /// A token. `now` in seconds since the epoch; the nonce is never used twice.
    pub fn make(&self, bound: Bound<'_>, now: u32, nonce: [u8; NONCE_BYTES]) -> String {
        let mut token = [0; BYTES];
        token[..TIME_BYTES].copy_from_slice(&now.to_be_bytes());
        token[TIME_BYTES..HEAD_BYTES].copy_from_slice(&nonce);
        let code = self.keys[0].code(&fields(&token[..HEAD_BYTES], &[bound.kind], bound.value));
        token[HEAD_BYTES..].copy_from_slice(&code);
        let mut text = Vec::with_capacity(CHARACTERS);
        base64url::encode(&token, &mut text);
        text.into_iter().map(char::from).collect()
    }

    /// Whether a token is of this server, bound to that, and not too old. One made in the future (another
    /// machine's clock) counts as made now.
    pub fn check(&self, token: &[u8], bound: Bound<'_>, now: u64) -> Verdict {
        let mut bytes = Vec::with_capacity(BYTES + 3);
        if token.len() != CHARACTERS || base64url::decode(token, &mut bytes).is_none() {
            return Verdict::Invalid;
        }
        let (head, code) = bytes.split_at(HEAD_BYTES);
        let kind = [bound.kind];
        let fields = fields(head, &kind, bound.value);
        if !self.keys.iter().any(|key| key.verify(&fields, code)) {
            return Verdict::Invalid;
        }
        let made = head[..TIME_BYTES]
            .iter()
            .fold(0u64, |time, &byte| time << 8 | u64::from(byte));
        if now.saturating_sub(made) >= self.lifetime {
            return Verdict::Expired;
        }
        Verdict::Valid
    }
}

fn fields<'a>(head: &'a [u8], kind: &'a [u8], value: &'a [u8]) -> [&'a [u8]; 3] {
    [head, kind, value]
}
