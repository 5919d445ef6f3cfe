//! What the JavaScript side asks of the binary itself: its version and its error codes.
//!
//! [`map`] is memory from the operating system, for the practices that keep state outside the heap.

pub mod map;
pub mod native;
