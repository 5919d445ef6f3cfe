//! What the JavaScript side asks of the binary itself: its version and its error codes.

pub mod native;
