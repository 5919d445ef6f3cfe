//! The keys of one configuration.

#![forbid(unsafe_code)]

use super::xaes::{KEY_BYTES, Xaes};
use crate::code::Code;
use crate::core::mac::{ID_BYTES, MacKey};
use crate::fault::Fault;
use zeroize::Zeroize;

/// Bytes of material per secret: one key for signing, one for sealing.
pub const MATERIAL_BYTES: usize = 64;

/// What one secret gives.
pub struct Keys {
    /// The id that texts carry.
    pub id: [u8; ID_BYTES],
    /// For signing.
    pub mac: MacKey,
    /// For sealing.
    pub cipher: Xaes,
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
        let keys = material.chunks_exact(MATERIAL_BYTES).map(|both| {
            let (sign, seal) = both.split_at(MATERIAL_BYTES - KEY_BYTES);
            let mac = MacKey::new(sign);
            let mut key = [0; KEY_BYTES];
            key.copy_from_slice(seal);
            let cipher = Xaes::new(&key);
            key.zeroize();
            Keys {
                id: mac.id(),
                mac,
                cipher,
            }
        });
        Ok(Ring(keys.collect()))
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
