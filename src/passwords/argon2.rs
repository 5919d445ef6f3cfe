//! The argon2 computation, on the `argon2` crate, in memory that the caller lends.

#![forbid(unsafe_code)]

pub use argon2::Block;
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};

use super::phc::{Kind, Phc};
use crate::fault::Fault;

/// The blocks of 1 KiB that a computation needs: the memory parameter, cut to a multiple of 4 per lane.
pub fn blocks(phc: &Phc) -> usize {
    let slice = 4 * phc.lanes;
    (phc.memory_kib / slice * slice) as usize
}

/// Computes the tag for `password` into `out` with the parameters of `phc`, whose own hash is not read.
/// `secret` is RFC 9106's K (a pepper); empty means none.
/// `memory` has at least [`blocks`] blocks; they are overwritten and hold secrets afterwards.
///
/// # Errors
/// `ERR_HAUBERK_INTERNAL`: a parsed and capped `phc` and lent memory leave nothing to fail.
pub fn tag(
    phc: &Phc,
    secret: &[u8],
    password: &[u8],
    memory: &mut [Block],
    out: &mut [u8],
) -> Result<(), Fault> {
    let kind = match phc.kind {
        Kind::Argon2d => Algorithm::Argon2d,
        Kind::Argon2i => Algorithm::Argon2i,
        Kind::Argon2id => Algorithm::Argon2id,
    };
    let version = if phc.version == 16 {
        Version::V0x10
    } else {
        Version::V0x13
    };
    let data = AssociatedData::new(&phc.data).map_err(|_| Fault::internal())?;
    let mut params = ParamsBuilder::new();
    params
        .m_cost(phc.memory_kib)
        .t_cost(phc.passes)
        .p_cost(phc.lanes)
        .data(data)
        .output_len(out.len());
    let params = params.build().map_err(|_| Fault::internal())?;
    Argon2::new_with_secret(secret, kind, version, params)
        .map_err(|_| Fault::internal())?
        .hash_password_into_with_memory(password, &phc.salt, out, memory)
        .map_err(|_| Fault::internal())
}
