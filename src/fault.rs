//! What Rust fails with: a code and one sentence that says what to do.

#![forbid(unsafe_code)]

use std::borrow::Cow;

use crate::code::Code;

/// An expected failure.
///
/// `detail` is for the developer who reads the error; it never repeats a value that came from a
/// caller unescaped, and never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: Code,
    pub detail: Cow<'static, str>,
}

impl Fault {
    /// A fault with a fixed or a composed sentence.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Fault {
            code,
            detail: detail.into(),
        }
    }

    /// The fault that a caught panic becomes.
    pub fn internal() -> Self {
        Fault::new(
            Code::Internal,
            "an internal invariant of hauberk did not hold; please report it",
        )
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.detail)
    }
}

impl std::error::Error for Fault {}
