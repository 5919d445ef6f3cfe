//! H', the hash of any length that argon2 is built on (RFC 9106, 3.3).

#![forbid(unsafe_code)]

use blake2::digest::Digest;
use blake2::digest::block_api::{UpdateCore, VariableOutputCore};
use blake2::digest::block_buffer::LazyBuffer;
use blake2::{Blake2b512, Blake2bVarCore};
use zeroize::Zeroizing;

/// Fills `out` with H'(`input`).
pub fn hash(input: &[u8], out: &mut [u8]) {
    let length = (out.len() as u32).to_le_bytes();
    if out.len() <= 64 {
        return short(&[&length, input], out);
    }
    let mut last: Zeroizing<[u8; 64]> = Zeroizing::new(
        Blake2b512::new()
            .chain_update(length)
            .chain_update(input)
            .finalize()
            .into(),
    );
    let mut rest = out;
    while rest.len() > 64 {
        let (chunk, more) = rest.split_at_mut(32);
        chunk.copy_from_slice(&last[..32]);
        rest = more;
        if rest.len() > 64 {
            *last = Blake2b512::digest(*last).into();
        }
    }
    short(&[&*last], rest);
}

/// BLAKE2b with an output of 1 to 64 bytes.
fn short(parts: &[&[u8]], out: &mut [u8]) {
    let Ok(mut core) = Blake2bVarCore::new(out.len()) else {
        return;
    };
    let mut buffer = LazyBuffer::default();
    for part in parts {
        buffer.digest_blocks(part, |blocks| core.update_blocks(blocks));
    }
    let mut full = Default::default();
    core.finalize_variable_core(&mut buffer, &mut full);
    out.copy_from_slice(&full[..out.len()]);
}
