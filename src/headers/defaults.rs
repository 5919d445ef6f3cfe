//! The directives that each preset starts from.

#![forbid(unsafe_code)]

use crate::code::Code;
use crate::fault::Fault;

/// A directive and its sources.
pub type Directive = (&'static str, &'static [&'static str]);

/// helmet 8's defaults, in its order.
pub const HELMET: &[Directive] = &[
    ("default-src", &["'self'"]),
    ("base-uri", &["'self'"]),
    ("font-src", &["'self'", "https:", "data:"]),
    ("form-action", &["'self'"]),
    ("frame-ancestors", &["'self'"]),
    ("img-src", &["'self'", "data:"]),
    ("object-src", &["'none'"]),
    ("script-src", &["'self'"]),
    ("script-src-attr", &["'none'"]),
    ("style-src", &["'self'", "https:", "'unsafe-inline'"]),
    ("upgrade-insecure-requests", &[]),
];

/// For documents: helmet's, with the response's nonce, and without `<base>` (OWASP ASVS 5, 3.4.3).
pub const SITE: &[Directive] = &[
    ("default-src", &["'self'"]),
    ("base-uri", &["'none'"]),
    ("font-src", &["'self'", "https:", "data:"]),
    ("form-action", &["'self'"]),
    ("frame-ancestors", &["'self'"]),
    ("img-src", &["'self'", "data:"]),
    ("object-src", &["'none'"]),
    ("script-src", &["'self'", "'nonce'"]),
    ("script-src-attr", &["'none'"]),
    ("style-src", &["'self'", "https:", "'unsafe-inline'"]),
    ("upgrade-insecure-requests", &[]),
];

/// For what is not a document: it loads nothing, embeds nothing and is embedded by nobody (OWASP REST
/// Security Cheat Sheet). The last three do not fall back to `default-src`.
pub const API: &[Directive] = &[
    ("default-src", &["'none'"]),
    ("base-uri", &["'none'"]),
    ("form-action", &["'none'"]),
    ("frame-ancestors", &["'none'"]),
];

/// The directives of a set, by its name; `none` is the empty set.
///
/// # Errors
/// `ERR_HAUBERK_ARGUMENT` for another name.
pub fn of(set: &str) -> Result<&'static [Directive], Fault> {
    match set {
        "helmet" => Ok(HELMET),
        "site" => Ok(SITE),
        "api" => Ok(API),
        "none" => Ok(&[]),
        _ => Err(Fault::new(Code::Argument, "there is no such set of directives")),
    }
}
