//! The computation, held to the crate `scrypt`.

use proptest::prelude::*;

use super::*;

/// Memory that holds anything but zeros, as it is after another hash.
fn used(stored: &Scrypt) -> Vec<Block> {
    vec![Block([0x5a5a_5a5a_5a5a_5a5a; 128]); stored.blocks()]
}

fn reference(stored: &Scrypt, password: &[u8]) -> Vec<u8> {
    let params = ::scrypt::Params::new(stored.log_n as u8, stored.r, stored.p).unwrap();
    let mut tag = vec![0; stored.hash.len()];
    ::scrypt::scrypt(password, &stored.salt, &params, &mut tag).unwrap();
    tag
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn equals_the_crate(
        password in proptest::collection::vec(any::<u8>(), 0..80),
        salt in proptest::collection::vec(any::<u8>(), 1..40),
        (log_n, r, p) in (1_u32..8, 1_u32..20, 1_u32..4),
        length in 10_usize..129,
    ) {
        // The crate follows RFC 7914, 2: N is below 2^(128 * r / 8).
        let log_n = log_n.min(16 * r - 1);
        let stored = Scrypt { log_n, r, p, salt, hash: vec![0; length] };
        prop_assert_eq!(stored.tag(&password, &mut used(&stored)), reference(&stored, &password));
    }
}

#[test]
fn equals_the_crate_at_the_sizes_in_use() {
    for (log_n, r, p) in [(14, 8, 1), (14, 8, 5), (15, 8, 3), (12, 32, 2)] {
        let stored = Scrypt {
            log_n,
            r,
            p,
            salt: b"salt of sixteen!".to_vec(),
            hash: vec![0; 64],
        };
        let tag = stored.tag(b"correct horse battery staple", &mut used(&stored));
        assert_eq!(
            tag,
            reference(&stored, b"correct horse battery staple"),
            "{log_n} {r} {p}"
        );
    }
}

#[test]
fn asks_for_as_much_memory_as_it_uses() {
    for (log_n, r, blocks) in [
        (1, 1, 1),
        (2, 1, 1),
        (3, 1, 1),
        (4, 1, 2),
        (3, 3, 3),
        (14, 8, 16_384),
    ] {
        let stored = Scrypt {
            log_n,
            r,
            p: 1,
            salt: vec![1],
            hash: vec![0; 10],
        };
        assert_eq!(stored.blocks(), blocks, "{log_n} {r}");
    }
}
