//! HMAC-SHA-256 (RFC 2104, FIPS 180-4) over several fields, with keys that rotate.
//!
//! 1. Each field is preceded by its length, so that no two lists of fields are the same bytes.
//! 2. A key's two padded blocks are hashed once, when it is made: a short message costs two more.
//! 3. Comparing takes a time that does not depend on where two codes differ.

#![forbid(unsafe_code)]

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of a code.
pub const MAC_BYTES: usize = 32;
/// Bytes of a key's id.
pub const ID_BYTES: usize = 4;

/// One key, ready to use. The crates wipe it when it is dropped.
#[derive(Clone)]
pub struct MacKey {
    started: Hmac<Sha256>,
    id: [u8; ID_BYTES],
}

impl MacKey {
    /// Takes key material of any length; 32 bytes or more are as strong as the hash.
    pub fn new(material: &[u8]) -> Self {
        MacKey {
            started: start(material),
            id: id_of(material),
        }
    }

    /// What a text can say about its key: it tells nothing about the key itself.
    pub fn id(&self) -> [u8; ID_BYTES] {
        self.id
    }

    /// The code of a list of fields.
    pub fn code(&self, fields: &[&[u8]]) -> [u8; MAC_BYTES] {
        let mut mac = self.started.clone();
        for field in fields {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether `code` is that of the fields.
    pub fn verify(&self, fields: &[&[u8]], code: &[u8]) -> bool {
        self.code(fields).as_slice().ct_eq(code).into()
    }
}

/// The code of one message with nothing added, as other programs write it.
pub fn plain_code(material: &[u8], message: &[u8]) -> [u8; MAC_BYTES] {
    start(material)
        .chain_update(message)
        .finalize()
        .into_bytes()
        .into()
}

/// The id of key material: the start of its hash under a label of its own.
pub fn id_of(material: &[u8]) -> [u8; ID_BYTES] {
    let hash = Sha256::new()
        .chain_update(b"hauberk key id")
        .chain_update(material)
        .finalize();
    std::array::from_fn(|i| hash[i])
}

fn start(material: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of every length (RFC 2104, 2).
    Hmac::new_from_slice(material).unwrap_or_else(|_| unreachable!("HMAC takes any key length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn gives_the_codes_of_rfc_4231() {
        assert_eq!(
            hex(&plain_code(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&plain_code(
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First"
            )),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn fields_cannot_be_shifted() {
        let key = MacKey::new(&[7; 32]);
        assert_ne!(key.code(&[b"ab", b"c"]), key.code(&[b"a", b"bc"]));
        assert_ne!(key.code(&[b"ab"]), key.code(&[b"ab", b""]));
        assert!(key.verify(&[b"ab", b"c"], &key.code(&[b"ab", b"c"])));
    }

    #[test]
    fn refuses_other_codes_and_other_keys() {
        let key = MacKey::new(&[7; 32]);
        let code = key.code(&[b"value"]);
        let other = MacKey::new(&[8; 32]);
        assert!(!other.verify(&[b"value"], &code));
        assert!(!key.verify(&[b"value"], &code[..31]));
        assert!(!key.verify(&[b"value"], &[]));
        for i in 0..MAC_BYTES {
            let mut changed = code;
            changed[i] ^= 1;
            assert!(!key.verify(&[b"value"], &changed), "byte {i}");
        }
        assert_ne!(key.id(), other.id());
        assert_eq!(key.id(), id_of(&[7; 32]));
    }
}
