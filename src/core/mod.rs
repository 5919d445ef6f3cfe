//! What the JavaScript side asks of the binary itself (its version and its error codes), and what several
//! practices decide with: message authentication ([`mac`]) and the text form of bytes ([`base64url`]).

pub mod base64url;
pub mod mac;
pub mod native;
