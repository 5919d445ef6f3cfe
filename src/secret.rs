//! A value that must not leak: wiped on drop, without `Debug`, compared in constant time.

#![forbid(unsafe_code)]

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Wraps a secret. There is no `Debug`, `Display` or `PartialEq`, so it cannot end up in a text by
/// accident; [`Secret::expose`] marks each place where it is read.
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes the value over.
    pub fn new(value: T) -> Self {
        Secret(Zeroizing::new(value))
    }

    /// The value itself.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + AsRef<[u8]>> Secret<T> {
    /// Whether the bytes are equal, in a time that depends on the lengths alone.
    pub fn same(&self, other: &[u8]) -> bool {
        self.0.as_ref().as_ref().ct_eq(other).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_whole_values() {
        let secret = Secret::new(b"correct horse".to_vec());
        assert!(secret.same(b"correct horse"));
        assert!(!secret.same(b"correct hors"));
        assert!(!secret.same(b"correct horsf"));
        assert_eq!(secret.expose().len(), 13);
    }
}
