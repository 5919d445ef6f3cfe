//! Bytes from the operating system's generator.

#![forbid(unsafe_code)]

use crate::code::Code;
use crate::fault::Fault;

/// `N` random bytes.
///
/// # Errors
/// `ERR_HAUBERK_INTERNAL` where the operating system gives none.
pub fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut out = [0; N];
    getrandom::fill(&mut out)
        .map_err(|_| Fault::new(Code::Internal, "the operating system gave no random bytes"))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_draws_differ() {
        assert_ne!(super::bytes::<32>().unwrap(), super::bytes::<32>().unwrap());
    }
}
