use napi_derive::napi;

use crate::code::Code;
use crate::guard::guard;

/// The version of the crate, compared with the package's when the binary is loaded.
#[napi(namespace = "core", catch_unwind)]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Every error code that the crate knows.
#[napi(namespace = "core", catch_unwind)]
pub fn codes() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.as_str()).collect()
}

/// Whether a panic is caught in this binary, on this system: what every export relies on.
#[napi(namespace = "core", catch_unwind)]
pub fn unwinds() -> bool {
    // As a panic, but without its message on stderr.
    guard::<()>(|| std::panic::resume_unwind(Box::new(()))).is_err_and(|fault| fault.code == Code::Internal)
}

/// Microseconds of a clock that wraps around 32 bits: a small integer, for which JavaScript allocates nothing.
#[napi(namespace = "core", catch_unwind)]
pub fn clock_us() -> i32 {
    (crate::clock::now_ns() / 1000) as u32 as i32
}
