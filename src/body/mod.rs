//! Practice `body`: what the bytes of a request body or a query string may hold, decided before any
//! JavaScript object exists.
//!
//! - [`rule`]: the rules, their limits, and what is found against them
//! - [`scan`]: one pass over the bytes of a JSON text
//! - [`kernel`]: the masks of 64 bytes that the pass works on, portable and by SIMD
//! - [`desk`]: where a short text lies while it is scanned
//! - [`dispatch`]: the pass by the fastest kernel of this processor
//! - [`keys`]: the keys of the open objects, and whether one comes again
//! - [`precision`]: numbers that a double cannot hold (option)
//! - [`escape`]: the escapes of strings, decoded before a key is judged
//! - [`pointer`]: where an offence stands, as a JSON pointer; only on refusal
//! - [`urlencoded`]: the same rules over `a=1&b[c]=2`

pub mod desk;
pub mod dispatch;
pub mod escape;
pub mod kernel;
pub mod keys;
pub mod native;
pub mod pointer;
pub mod precision;
pub mod rule;
pub mod scan;
pub mod urlencoded;

#[cfg(test)]
mod tests;
