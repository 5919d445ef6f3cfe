//! What the JavaScript side asks of the binary itself (its version and its error codes), and what several
//! practices build on: message authentication ([`mac`]), the text form of bytes ([`base64url`]) and memory
//! from the operating system, for state outside the heap ([`map`]).

pub mod base64url;
pub mod mac;
pub mod map;
pub mod native;
