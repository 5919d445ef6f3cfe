use proptest::prelude::*;

use super::ring::{MATERIAL_BYTES, Ring};
use super::seal::{MAX_TEXT, open, seal};
use super::sign::{is_legacy, tail, unsign};
use super::xaes::NONCE_BYTES;
use super::{LAST_MOMENT, Refused};
use crate::core::base64url;
use crate::core::mac::ID_BYTES;

const NOW: u64 = 1_800_000_000_000;

fn ring(seeds: &[u8]) -> Ring {
    let material: Vec<u8> = seeds
        .iter()
        .flat_map(|&seed| (0..MATERIAL_BYTES as u8).map(move |i| seed ^ i))
        .collect();
    Ring::new(&material).unwrap()
}

fn signed(ring: &Ring, name: &[u8], value: &[u8], until: u64) -> Vec<u8> {
    [value, &tail(ring, name, value, until)].concat()
}

#[test]
fn a_ring_takes_whole_keys_only() {
    for length in [0, 1, 63, 65, 127] {
        assert!(Ring::new(&vec![7; length]).is_err(), "{length}");
    }
}

#[test]
fn a_sealed_value_is_for_its_name_its_keys_and_its_time() {
    let ring_a = ring(&[1]);
    let text = seal(&ring_a, b"cart", b"three apples", NOW + 1000).unwrap();
    assert_eq!(
        open(&ring_a, b"cart", &text, NOW).as_deref(),
        Ok(&b"three apples"[..])
    );
    assert_eq!(open(&ring_a, b"user", &text, NOW), Err(Refused::Tampered));
    assert_eq!(open(&ring_a, b"", &text, NOW), Err(Refused::Tampered));
    assert_eq!(
        open(&ring_a, b"cart", &text, NOW + 999).as_deref(),
        Ok(&b"three apples"[..])
    );
    assert_eq!(open(&ring_a, b"cart", &text, NOW + 1000), Err(Refused::Expired));
    assert_eq!(open(&ring(&[2]), b"cart", &text, NOW), Err(Refused::ForeignKey));
    assert_eq!(
        open(&ring(&[2, 1]), b"cart", &text, NOW).as_deref(),
        Ok(&b"three apples"[..])
    );
}

#[test]
fn a_value_without_end_never_expires_and_the_last_moment_is_kept() {
    let keys = ring(&[1]);
    let text = seal(&keys, b"a", b"v", 0).unwrap();
    assert!(open(&keys, b"a", &text, LAST_MOMENT).is_ok());
    let text = seal(&keys, b"a", b"v", u64::MAX).unwrap();
    assert!(open(&keys, b"a", &text, LAST_MOMENT - 1).is_ok());
    assert_eq!(open(&keys, b"a", &text, LAST_MOMENT), Err(Refused::Expired));
}

#[test]
fn two_seals_of_one_value_share_nothing_but_version_and_key() {
    let keys = ring(&[1]);
    let [one, two] = [0, 1].map(|_| {
        let mut bytes = Vec::new();
        base64url::decode(&seal(&keys, b"a", &[0; 64], 0).unwrap(), &mut bytes).unwrap();
        bytes
    });
    assert_eq!(one[..1 + ID_BYTES], two[..1 + ID_BYTES]);
    let body = 1 + ID_BYTES + NONCE_BYTES;
    assert_ne!(one[1 + ID_BYTES..body], two[1 + ID_BYTES..body]);
    assert_ne!(one[body..], two[body..]);
}

#[test]
fn every_changed_bit_and_every_cut_of_a_sealed_value_is_refused() {
    let keys = ring(&[1]);
    let text = seal(&keys, b"a", b"value", NOW + 1).unwrap();
    let mut bytes = Vec::new();
    base64url::decode(&text, &mut bytes).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let mut written = Vec::new();
        base64url::encode(&changed, &mut written);
        let refused = open(&keys, b"a", &written, NOW).unwrap_err();
        assert!(refused != Refused::Expired, "bit {bit}");
    }
    for end in 0..text.len() {
        assert!(open(&keys, b"a", &text[..end], NOW).is_err(), "cut at {end}");
        assert!(
            open(&keys, b"a", &text[end + 1..], NOW).is_err(),
            "cut before {end}"
        );
    }
    assert_eq!(
        open(&keys, b"a", &vec![b'A'; MAX_TEXT + 1], NOW),
        Err(Refused::Malformed)
    );
}

#[test]
fn a_signed_value_is_for_its_name_its_keys_and_its_time() {
    let keys = ring(&[1]);
    let text = signed(&keys, b"user", b"42.7", NOW + 1000);
    assert_eq!(unsign(&keys, b"user", &text, NOW), Ok(&b"42.7"[..]));
    assert_eq!(unsign(&keys, b"cart", &text, NOW), Err(Refused::Tampered));
    assert_eq!(unsign(&keys, b"user", &text, NOW + 1000), Err(Refused::Expired));
    assert_eq!(unsign(&ring(&[2]), b"user", &text, NOW), Err(Refused::ForeignKey));
    assert_eq!(unsign(&ring(&[2, 1]), b"user", &text, NOW), Ok(&b"42.7"[..]));
    assert_eq!(
        unsign(&keys, b"user", &[b"1", &text[..]].concat(), NOW),
        Err(Refused::Tampered)
    );
    for end in 0..text.len() {
        assert!(unsign(&keys, b"user", &text[..end], NOW).is_err(), "cut at {end}");
    }
}

#[test]
fn a_seal_is_no_signature() {
    // Two keys of one secret: what one wrote is nothing to the other.
    let keys = ring(&[1]);
    let sealed = seal(&keys, b"a", &[b'x'; 80], 0).unwrap();
    assert!(unsign(&keys, b"a", &sealed, NOW).is_err());
    assert!(open(&keys, b"a", &signed(&keys, b"a", b"x", 0), NOW).is_err());
}

#[test]
fn reads_what_cookie_signature_wrote() {
    // The package's own documented value: sign('hello', 'tobiiscool').
    let code = b"DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI";
    assert!(is_legacy(b"tobiiscool", b"hello", code));
    assert!(!is_legacy(b"tobiiscool", b"hello ", code));
    assert!(!is_legacy(b"luna", b"hello", code));
    assert!(!is_legacy(b"tobiiscool", b"hello", b""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_was_sealed_opens(
        name in prop::collection::vec(any::<u8>(), 0..40),
        value in prop::collection::vec(any::<u8>(), 0..600),
        until in prop_oneof![Just(0), NOW + 1..LAST_MOMENT],
    ) {
        let keys = ring(&[3, 4]);
        let text = seal(&keys, &name, &value, until).unwrap();
        prop_assert_eq!(open(&keys, &name, &text, NOW), Ok(value.clone()));
        let text = signed(&keys, &name, &value, until);
        prop_assert_eq!(unsign(&keys, &name, &text, NOW), Ok(&value[..]));
    }

    #[test]
    fn no_text_of_a_stranger_is_taken(text in prop::collection::vec(any::<u8>(), 0..400)) {
        let keys = ring(&[5]);
        prop_assert!(open(&keys, b"a", &text, NOW).is_err());
        prop_assert!(unsign(&keys, b"a", &text, NOW).is_err());
    }
}
