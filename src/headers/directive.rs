//! One directive of a Content-Security-Policy (CSP Level 3): its name, and each of its sources.

#![forbid(unsafe_code)]

use super::field;
use crate::code::Code;
use crate::fault::Fault;

/// Words that mean something else without their quotes: `self` alone is a host of that name.
pub const KEYWORDS: &[&str] = &[
    "none",
    "self",
    "strict-dynamic",
    "report-sample",
    "inline-speculation-rules",
    "unsafe-inline",
    "unsafe-eval",
    "unsafe-hashes",
    "wasm-unsafe-eval",
    "trusted-types-eval",
    "unsafe-webtransport-hashes",
    "allow-duplicates",
];

/// Starts of sources that need quotes too.
pub const PREFIXES: &[&str] = &["nonce-", "sha256-", "sha384-", "sha512-"];

/// The source that stands for the nonce of the response.
pub const NONCE: &str = "'nonce'";

/// Directives of CSP Level 3 and of the specifications that add to it, and the ones that were retired.
const KNOWN: &[&str] = &[
    "base-uri",
    "block-all-mixed-content",
    "child-src",
    "connect-src",
    "default-src",
    "fenced-frame-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "navigate-to",
    "object-src",
    "plugin-types",
    "prefetch-src",
    "report-to",
    "report-uri",
    "require-sri-for",
    "require-trusted-types-for",
    "sandbox",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
    "upgrade-insecure-requests",
    "worker-src",
];

/// A directive's name as it is sent: `scriptSrc` and `script-src` are both `script-src`.
///
/// # Errors
/// `ERR_HAUBERK_HEADERS_DIRECTIVE` for what is no name, and for a name that is one or two letters away
/// from a real one. Other unknown names pass: browsers gain directives faster than this table.
pub fn name(given: &str) -> Result<String, Fault> {
    let bytes = given.as_bytes();
    let well_formed = bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'-');
    if !well_formed {
        return Err(fault(
            given,
            "is not a directive name; write it like \"scriptSrc\" or \"script-src\"",
        ));
    }
    let mut dashed = String::with_capacity(given.len() + 4);
    for c in given.chars() {
        if c.is_ascii_uppercase() {
            dashed.push('-');
        }
        dashed.push(c.to_ascii_lowercase());
    }
    if !KNOWN.contains(&dashed.as_str()) {
        let near = KNOWN.iter().find(|known| distance(known, &dashed) <= 2);
        if let Some(near) = near {
            return Err(fault(given, &format!("is unknown; did you mean {near:?}?")));
        }
    }
    Ok(dashed)
}

/// Checks one entry of a directive's list; helmet allows several sources in one entry.
///
/// # Errors
/// `ERR_HAUBERK_HEADERS_DIRECTIVE`, naming the directive and the fix.
pub fn source(directive: &str, entry: &str) -> Result<(), Fault> {
    if let Some(found) = entry
        .chars()
        .find(|&c| c == ';' || c == ',' || !field::allowed(c))
    {
        let fix = match found {
            ';' => "give each directive its own key".to_owned(),
            ',' => "give each source its own entry in the array".to_owned(),
            _ => "write hosts in Punycode and paths percent-encoded".to_owned(),
        };
        return Err(fault(directive, &format!("has a source with {found:?}; {fix}")));
    }
    entry
        .split_ascii_whitespace()
        .try_for_each(|token| check_token(directive, token))
}

fn check_token(directive: &str, token: &str) -> Result<(), Fault> {
    let lower = token.to_ascii_lowercase();
    if KEYWORDS.contains(&lower.as_str()) || PREFIXES.iter().any(|prefix| lower.starts_with(prefix)) {
        return Err(fault(
            directive,
            &format!(
                "has {token:?} without its quotes; write \"'{}'\"",
                token.escape_debug()
            ),
        ));
    }
    if token.starts_with('\'') != token.ends_with('\'') || token == "'" {
        return Err(fault(directive, &format!("has {token:?} with one quote missing")));
    }
    if lower.starts_with("'nonce-") {
        return Err(fault(
            directive,
            "has a fixed nonce, which anybody can read and repeat; write \"'nonce'\" and put \
             res.locals.cspNonce into the page",
        ));
    }
    Ok(())
}

/// A fault that names the directive.
pub fn fault(directive: &str, what: &str) -> Fault {
    let shown: String = directive.chars().take(60).collect();
    Fault::new(
        Code::HeadersDirective,
        format!("Content-Security-Policy: {shown:?} {what}"),
    )
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
