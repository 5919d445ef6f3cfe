//! `cargo +nightly fuzz run urlencoded`: no input panics, and what is fine holds no prototype key.

#![no_main]

use hauberk::body::rule::Limits;
use hauberk::body::urlencoded::{decode, scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let found = scan(text, &Limits::default(), &mut Vec::new());
    if found.refused.is_some() {
        return;
    }
    for pair in text.split(|byte| *byte == b'&') {
        let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
        let mut decoded = Vec::new();
        assert!(decode(name, &mut decoded));
        let is_separator = |byte: &u8| matches!(byte, b'[' | b']' | b'.');
        assert!(!decoded.split(is_separator).any(|part| part == b"__proto__"));
    }
});
