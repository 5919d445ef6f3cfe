//! The keys of one configuration.

#![forbid(unsafe_code)]

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

use crate::code::Code;
use crate::core::mac::{ID_BYTES, MacKey};
use crate::fault::Fault;

/// Bytes of material per secret: one key for signing, one for sealing.
pub const MATERIAL_BYTES: usize = 64;

/// What one secret gives.
pub struct Keys {
    /// The id that texts carry.
    pub id: [u8; ID_BYTES],
    /// For signing.
    pub mac: MacKey,
    /// For sealing. The crate wipes it when it is dropped.
    pub cipher: XChaCha20Poly1305,
}

/// Keys in order: the first writes, all read.
pub struct Ring(Vec<Keys>);

impl Ring {
    /// Takes [`MATERIAL_BYTES`] per secret.
    ///
    /// # Errors
    /// `ERR_HAUBERK_ARGUMENT` where that is not what `material` holds.
    pub fn new(material: &[u8]) -> Result<Self, Fault> {
        if material.is_empty() || !material.len().is_multiple_of(MATERIAL_BYTES) {
            return Err(Fault::new(Code::Argument, "a key ring takes 64 bytes per secret"));
        }
        material
            .chunks_exact(MATERIAL_BYTES)
            .map(|both| {
                let (sign, seal) = both.split_at(MATERIAL_BYTES / 2);
                let mac = MacKey::new(sign);
                let cipher = XChaCha20Poly1305::new_from_slice(seal).map_err(|_| Fault::internal())?;
                Ok(Keys {
                    id: mac.id(),
                    mac,
                    cipher,
                })
            })
            .collect::<Result<_, Fault>>()
            .map(Ring)
    }

    /// The keys that write.
    pub fn first(&self) -> &Keys {
        &self.0[0]
    }

    /// The keys of that id. Ids are no secret, so an early end tells nothing.
    pub fn find(&self, id: &[u8]) -> Option<&Keys> {
        self.0.iter().find(|keys| keys.id == id)
    }
}
