#![no_main]
//! A text that nobody sealed or signed is refused; what was sealed opens as it was, and nothing near it does.

use hauberk::cookies::ring::{MATERIAL_BYTES, Ring};
use hauberk::cookies::{seal, sign};
use libfuzzer_sys::fuzz_target;

const NOW: u64 = 1_800_000_000_000;

fuzz_target!(|input: (&[u8], &[u8], u64, usize)| {
    let (name, data, until, at) = input;
    let ring = Ring::new(&[7; MATERIAL_BYTES]).expect("whole keys");
    assert!(seal::open(&ring, name, data, NOW).is_err());
    assert!(sign::unsign(&ring, name, data, NOW).is_err());

    let live = NOW + 1 + until % 1_000_000;
    let sealed = seal::seal(&ring, name, data, live).expect("random bytes");
    if sealed.len() <= seal::MAX_TEXT {
        assert_eq!(seal::open(&ring, name, &sealed, NOW).as_deref(), Ok(data));
        assert!(seal::open(&ring, name, &sealed, live).is_err());
        let mut changed = sealed.clone();
        let at = at % changed.len();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(seal::open(&ring, name, &changed, NOW).is_err());
        assert!(seal::open(&ring, name, &sealed[..at], NOW).is_err());
    }
    let signed = [data, &sign::tail(&ring, name, data, live)].concat();
    assert_eq!(sign::unsign(&ring, name, &signed, NOW), Ok(data));
    assert!(sign::unsign(&ring, name, &signed, live).is_err());
    let mut other = name.to_vec();
    other.push(b'x');
    assert!(sign::unsign(&ring, &other, &signed, NOW).is_err());
});
