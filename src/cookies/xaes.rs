//! XAES-256-GCM (C2SP, XAES-256-GCM.md; NIST SP 800-108 in counter mode with CMAC, then SP 800-38D): AES-256-GCM under
//! a key of its own for each message, derived from the first half of a 192-bit nonce.
//!
//! With the 96-bit nonces of plain AES-GCM one key must not seal more than 2^32 times (SP 800-38D, 8.3), and a nonce that
//! comes twice gives the key of the tag away. With 192 bits a random nonce never comes twice.

#![forbid(unsafe_code)]

use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::{Array, BlockCipherEncrypt};
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};
use zeroize::Zeroize;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce. Of 2^80 random ones two are equal with a chance of 2^-33.
pub const NONCE_BYTES: usize = 24;
/// Bytes of a tag.
pub const TAG_BYTES: usize = 16;

const HALF: usize = NONCE_BYTES / 2;
const BLOCK: usize = 16;

/// One key, expanded. The crates wipe it when it is dropped.
pub struct Xaes {
    cipher: Aes256,
    /// CMAC's first subkey (SP 800-38B, 6.1).
    subkey: [u8; BLOCK],
}

impl Drop for Xaes {
    fn drop(&mut self) {
        self.subkey.zeroize();
    }
}

impl Xaes {
    /// Expands a key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        let cipher = Aes256::new(&Array::from(*key));
        let mut block = Array::from([0u8; BLOCK]);
        cipher.encrypt_block(&mut block);
        let whole = u128::from_be_bytes(block.into());
        let carry = if whole >> 127 == 1 { 0x87 } else { 0 };
        Xaes {
            cipher,
            subkey: (whole << 1 ^ carry).to_be_bytes(),
        }
    }

    /// Encrypts in place and gives the tag; `None` where the text is longer than AES-GCM takes (64 GiB).
    pub fn seal(&self, nonce: &[u8; NONCE_BYTES], bound: &[u8], text: &mut [u8]) -> Option<[u8; TAG_BYTES]> {
        let (message, rest) = self.message_cipher(nonce);
        let tag = message.encrypt_inout_detached(&rest, bound, text.into()).ok()?;
        Some(tag.into())
    }

    /// Decrypts in place; `None`, with nothing decrypted, where the tag is not right.
    pub fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        bound: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Option<()> {
        let (message, rest) = self.message_cipher(nonce);
        message
            .decrypt_inout_detached(&rest, bound, text.into(), &Tag::from(*tag))
            .ok()
    }

    /// The cipher of one message, and the nonce that is left for it.
    fn message_cipher(&self, nonce: &[u8; NONCE_BYTES]) -> (Aes256Gcm, Nonce<aes_gcm::aead::consts::U12>) {
        let mut key = [0u8; KEY_BYTES];
        for (counter, half) in (1u8..).zip(key.chunks_exact_mut(BLOCK)) {
            let mut block = [0, counter, b'X', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            block[BLOCK - HALF..].copy_from_slice(&nonce[..HALF]);
            for (byte, mask) in block.iter_mut().zip(self.subkey) {
                *byte ^= mask;
            }
            let mut block = Array::from(block);
            self.cipher.encrypt_block(&mut block);
            half.copy_from_slice(&block);
        }
        let message = Aes256Gcm::new(&Array::from(key));
        key.zeroize();
        let rest: [u8; HALF] = std::array::from_fn(|i| nonce[HALF + i]);
        (message, Nonce::from(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The vectors of the specification.
    #[test]
    fn gives_what_the_specification_gives() {
        let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX";
        for (key, bound, expected) in [
            (1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
            (
                3,
                "c2sp.org/XAES-256-GCM",
                "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d",
            ),
        ] {
            let xaes = Xaes::new(&[key; KEY_BYTES]);
            let mut text = *b"XAES-256-GCM";
            let tag = xaes.seal(nonce, bound.as_bytes(), &mut text).unwrap();
            assert_eq!(hex(&text) + &hex(&tag), expected);
            xaes.open(nonce, bound.as_bytes(), &mut text, &tag).unwrap();
            assert_eq!(&text, b"XAES-256-GCM");
        }
    }
}
