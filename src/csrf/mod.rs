//! `csrf`: tokens that prove that a request was made from a page which this server gave to this session.
//!
//! [`token`] makes and checks tokens: a time, a nonce, and the HMAC-SHA-256 of both and of
//! the session.
//!
//! The decision by request fields needs no state and no heavy work: it is in lib/csrf/rules.js.

pub mod native;
pub mod token;

#[cfg(test)]
mod tests;
