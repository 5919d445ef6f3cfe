use proptest::prelude::*;

use super::token::{Bound, Tokens, Verdict};

const DAY: u64 = 86_400;
const NOW: u32 = 1_800_000_000;

fn tokens(keys: &[u8]) -> Tokens {
    let material: Vec<u8> = keys.iter().flat_map(|&key| [key; 32]).collect();
    Tokens::new(&material, DAY).unwrap()
}

fn bound(value: &str) -> Bound<'_> {
    Bound {
        kind: 1,
        value: value.as_bytes(),
    }
}

#[test]
fn a_token_is_good_for_its_session_and_its_time() {
    let tokens = tokens(&[1]);
    let token = tokens.make(bound("session A"), NOW, [7; 12]);
    let check = |value, now: u64| tokens.check(token.as_bytes(), bound(value), now);
    assert_eq!(check("session A", u64::from(NOW)), Verdict::Valid);
    assert_eq!(check("session A", u64::from(NOW) + DAY - 1), Verdict::Valid);
    assert_eq!(check("session A", u64::from(NOW) + DAY), Verdict::Expired);
    assert_eq!(check("session A", u64::from(NOW) - 100), Verdict::Valid);
    assert_eq!(check("session B", u64::from(NOW)), Verdict::Invalid);
    assert_eq!(check("session B", u64::from(NOW) + DAY), Verdict::Invalid);
    let other_kind = Bound {
        kind: 2,
        value: b"session A",
    };
    assert_eq!(
        tokens.check(token.as_bytes(), other_kind, u64::from(NOW)),
        Verdict::Invalid
    );
}

#[test]
fn keys_rotate() {
    let old = tokens(&[1]);
    let both = tokens(&[2, 1]);
    let new = tokens(&[2]);
    let token = old.make(bound("s"), NOW, [7; 12]);
    assert_eq!(
        both.check(token.as_bytes(), bound("s"), u64::from(NOW)),
        Verdict::Valid
    );
    assert_eq!(
        new.check(token.as_bytes(), bound("s"), u64::from(NOW)),
        Verdict::Invalid
    );
    let token = both.make(bound("s"), NOW, [7; 12]);
    assert_eq!(
        new.check(token.as_bytes(), bound("s"), u64::from(NOW)),
        Verdict::Valid
    );
    assert_eq!(
        old.check(token.as_bytes(), bound("s"), u64::from(NOW)),
        Verdict::Invalid
    );
}

#[test]
fn each_changed_character_is_noticed() {
    let tokens = tokens(&[1]);
    let token = tokens.make(bound("s"), NOW, [7; 12]);
    let token = token.as_bytes();
    for at in 0..token.len() {
        for other in [b'A', b'B', b'=', b'%', 0, 0xff] {
            let mut changed = token.to_vec();
            changed[at] = other;
            if changed == token {
                continue;
            }
            assert_eq!(
                tokens.check(&changed, bound("s"), u64::from(NOW)),
                Verdict::Invalid
            );
        }
    }
    assert_eq!(
        tokens.check(&token[..63], bound("s"), u64::from(NOW)),
        Verdict::Invalid
    );
    assert_eq!(tokens.check(&[], bound("s"), u64::from(NOW)), Verdict::Invalid);
}

#[test]
fn keys_must_be_whole() {
    assert!(Tokens::new(&[], DAY).is_err());
    assert!(Tokens::new(&[1; 31], DAY).is_err());
    assert!(Tokens::new(&[1; 33], DAY).is_err());
}

proptest! {
    #[test]
    fn no_bytes_are_a_token(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(tokens(&[1]).check(&text, bound("s"), u64::from(NOW)), Verdict::Invalid);
    }
}
