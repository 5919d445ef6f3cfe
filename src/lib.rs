//! The Rust core of hauberk. One folder per practice; `native.rs` in each is its boundary.
//!
//! Unsafe code is denied here and allowed only in the files whose purpose is speed or the operating
//! system; each such file says so on its first lines.
#![deny(unsafe_code)]

pub mod boundary;
pub mod clock;
pub mod code;
pub mod fault;
pub mod guard;
pub mod random;
pub mod secret;

pub mod body;
pub mod client;
pub mod cookies;
pub mod core;
pub mod csrf;
pub mod headers;
pub mod mfa;
pub mod monitor;
pub mod passwords;
pub mod privileges;
pub mod ratelimit;
pub mod sanitize;
pub mod validate;
