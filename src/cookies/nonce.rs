//! Nonces from the operating system's generator, many at a time: asking it costs more than the sealing.

#![forbid(unsafe_code)]

use std::cell::RefCell;

use super::xaes::NONCE_BYTES;
use crate::fault::Fault;
use crate::random;

const DRAWN_AT_ONCE: usize = 64;

struct Pool {
    bytes: [u8; NONCE_BYTES * DRAWN_AT_ONCE],
    left: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = const {
        RefCell::new(Pool { bytes: [0; NONCE_BYTES * DRAWN_AT_ONCE], left: 0 })
    };
}

/// A nonce that was never given before.
///
/// # Errors
/// `ERR_HAUBERK_INTERNAL` where the operating system gives no random bytes.
pub fn draw() -> Result<[u8; NONCE_BYTES], Fault> {
    POOL.with_borrow_mut(|pool| {
        if pool.left == 0 {
            pool.bytes = random::bytes()?;
            pool.left = DRAWN_AT_ONCE;
        }
        pool.left -= 1;
        let at = pool.left * NONCE_BYTES;
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&pool.bytes[at..at + NONCE_BYTES]);
        Ok(nonce)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_nonce_comes_twice() {
        let drawn: HashSet<_> = (0..DRAWN_AT_ONCE * 3).map(|_| draw().unwrap()).collect();
        assert_eq!(drawn.len(), DRAWN_AT_ONCE * 3);
    }
}
