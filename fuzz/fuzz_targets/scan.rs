//! `cargo +nightly fuzz run scan`: no input panics, and the kernels agree on every input.

#![no_main]

use hauberk::body::kernel::Portable;
#[cfg(target_arch = "x86_64")]
use hauberk::body::kernel::Sse2;
use hauberk::body::keys::Keys;
use hauberk::body::pointer::pointer;
use hauberk::body::rule::{Limits, Rule};
use hauberk::body::scan::scan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let limits = Limits {
        string_bytes: 40,
        refuse: Limits::default().refuse | Rule::Precision.bit(),
        ..Limits::default()
    };
    let mut keys = Keys::default();
    let found = scan::<Portable>(text, &limits, &mut keys);
    #[cfg(target_arch = "x86_64")]
    assert_eq!(found, scan::<Sse2>(text, &limits, &mut keys));
    if let Some((_, offset)) = found.refused {
        assert!(offset as usize <= text.len());
        assert!(pointer::<Portable>(text, offset as usize).len() <= 512);
    }
});
