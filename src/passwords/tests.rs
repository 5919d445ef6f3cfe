mod formats;
mod pool;
mod refusals;

use proptest::prelude::*;

use super::argon2::Block;
use super::bcrypt;
use super::pepper::Key;
use super::phc::{Kind, Phc};
use super::recipe::Recipe;
use super::stored::{Form, Stored};
use super::work::{Outcome, Work};
use crate::code::Code;
use crate::fault::Fault;
use crate::secret::Secret;

const CHEAP: Recipe = Recipe::Argon2 {
    kind: Kind::Argon2id,
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
const BCRYPT: Recipe = Recipe::Bcrypt {
    cost: 4,
    prehash: false,
};
const FAR: u64 = u64::MAX;

fn recipe(memory_kib: u32) -> Recipe {
    Recipe::Argon2 {
        kind: Kind::Argon2id,
        memory_kib,
        passes: 1,
        lanes: 1,
    }
}

fn secret(text: &str) -> Secret<Vec<u8>> {
    Secret::new(text.as_bytes().to_vec())
}

fn run(work: Work) -> Result<Outcome, Fault> {
    let mut memory = vec![Block::default(); work.blocks()];
    work.run(&mut memory)
}

fn verify(hash: &str, password: &[u8]) -> Result<bool, Fault> {
    let work = Work::verify(
        Some(hash),
        Recipe::DEFAULT,
        Key::NONE,
        Secret::new(password.to_vec()),
    )?;
    Ok(run(work)? == Outcome::Verdict(true))
}

fn make(recipe: Recipe, password: &[u8]) -> Result<String, Fault> {
    match run(Work::hash(recipe, Key::NONE, Secret::new(password.to_vec()))?)? {
        Outcome::Hash(text) => Ok(text),
        _ => Err(Fault::internal()),
    }
}

fn code(result: Result<impl Sized, Fault>) -> Option<Code> {
    result.err().map(|fault| fault.code)
}

#[test]
fn hashes_verify_and_differ() {
    for recipe in [CHEAP, BCRYPT] {
        let make = || make(recipe, b"correct horse").unwrap();
        let (one, two) = (make(), make());
        assert_ne!(one, two, "salts are fresh");
        assert_eq!(verify(&one, b"correct horse"), Ok(true));
        assert_eq!(verify(&one, b"correct hors"), Ok(false));
        assert!(!Stored::parse(&one).unwrap().needs_rehash(recipe, b""));
    }
}

/// crypt_blowfish's own vectors for the sign-extension bug; `$2b$` of the same bytes is another hash.
#[test]
fn computes_2x_as_it_was_written() {
    let rows: [(&[u8], &str); 4] = [
        (
            b"\xa3",
            "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e",
        ),
        (
            b"\xff\xff\xa3",
            "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e",
        ),
        (
            b"\xa3",
            "$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq",
        ),
        (
            b"\xa3",
            "$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq",
        ),
    ];
    for (password, hash) in rows {
        assert_eq!(verify(hash, password), Ok(true), "{hash}");
    }
    assert_eq!(verify(&rows[0].1.replace("2x", "2b"), b"\xa3"), Ok(false));
    assert_eq!(verify(rows[0].1, b"\xa4"), Ok(false));
}

#[test]
fn bcrypt_hashes_all_of_a_password_or_none() {
    let long = [b'a'; 73];
    let hash = make(BCRYPT, &long[..72]).unwrap();
    assert_eq!(verify(&hash, &long), Ok(true), "as every reader of 72 bytes does");
    assert_eq!(verify(&hash, &long[..71]), Ok(false));
    for bad in [&long[..], b"a\0b", b"\0"] {
        assert_eq!(code(make(BCRYPT, bad)), Some(Code::PasswordsPassword));
    }
}

#[test]
fn a_nul_makes_no_twin() {
    let hash = make(BCRYPT, b"ab").unwrap();
    assert_eq!(verify(&hash, b"ab"), Ok(true));
    for twin in [&b"ab\0"[..], b"ab\0ab", b"ab\0ab\0ab", b"ab\0cd"] {
        assert_eq!(verify(&hash, twin), Ok(false), "{twin:?}");
    }
    assert!(bcrypt::twin(b"ab\0ab"));
    assert!(!bcrypt::twin(b"ab\0cd"));
    assert!(!bcrypt::twin(b"ab"));
}

#[test]
fn a_stored_hash_beyond_the_caps_is_not_computed() {
    let argon2 = |m: u32, t: u32, p: u32| {
        format!("$argon2id$v=19$m={m},t={t},p={p}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
    };
    for (m, t, p) in [
        (1 << 20, 2, 1),
        (262_145, 1, 1),
        (u32::MAX, 1, 1),
        (64, 17, 1),
        (64, u32::MAX, 1),
        (4096, 1, 17),
    ] {
        let work = Work::verify(Some(&argon2(m, t, p)), Recipe::DEFAULT, Key::NONE, secret("x"));
        assert_eq!(code(work), Some(Code::PasswordsTooCostly), "{m},{t},{p}");
    }
    assert!(
        Work::verify(
            Some(&argon2(262_144, 16, 16)),
            Recipe::DEFAULT,
            Key::NONE,
            secret("x")
        )
        .is_ok()
    );
    let bcrypt = "$2b$17$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS";
    assert_eq!(
        code(Work::verify(
            Some(bcrypt),
            Recipe::DEFAULT,
            Key::NONE,
            secret("x")
        )),
        Some(Code::PasswordsTooCostly)
    );
}

#[test]
fn needs_rehash_compares_every_field() {
    let base = Recipe::phc(Kind::Argon2id, 64, 2, 1, [1; 16]);
    let recipe = Recipe::Argon2 {
        kind: Kind::Argon2id,
        memory_kib: 64,
        passes: 2,
        lanes: 1,
    };
    assert!(!Stored::Argon2(base.clone(), Form::Plain).needs_rehash(recipe, b""));
    let changed = [
        Phc {
            kind: Kind::Argon2i,
            ..base.clone()
        },
        Phc {
            version: 16,
            ..base.clone()
        },
        Phc {
            memory_kib: 65,
            ..base.clone()
        },
        Phc {
            memory_kib: 63,
            ..base.clone()
        },
        Phc {
            passes: 3,
            ..base.clone()
        },
        Phc {
            lanes: 2,
            ..base.clone()
        },
        Phc {
            salt: vec![1; 15],
            ..base.clone()
        },
        Phc {
            hash: vec![1; 31],
            ..base.clone()
        },
        Phc {
            hash: vec![1; 33],
            ..base.clone()
        },
        Phc {
            key_id: vec![1],
            ..base.clone()
        },
        Phc {
            data: vec![1],
            ..base.clone()
        },
    ];
    for phc in changed {
        assert!(
            Stored::Argon2(phc.clone(), Form::Plain).needs_rehash(recipe, b""),
            "{}",
            phc.write()
        );
    }
    assert!(Stored::Argon2(base.clone(), Form::Named).needs_rehash(recipe, b""));
    assert!(Stored::Argon2(base.clone(), Form::Plain).needs_rehash(recipe, b"k"));
    let peppered = Phc {
        key_id: b"k".to_vec(),
        ..base
    };
    assert!(!Stored::Argon2(peppered.clone(), Form::Plain).needs_rehash(recipe, b"k"));
    assert!(Stored::Argon2(peppered, Form::Plain).needs_rehash(recipe, b"l"));
    let bcrypt = Stored::parse("$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS").unwrap();
    assert!(!bcrypt.needs_rehash(
        Recipe::Bcrypt {
            cost: 5,
            prehash: false
        },
        b""
    ));
    assert!(bcrypt.needs_rehash(
        Recipe::Bcrypt {
            cost: 6,
            prehash: false
        },
        b""
    ));
    assert!(bcrypt.needs_rehash(recipe, b""));
    let old = Stored::parse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS").unwrap();
    assert!(old.needs_rehash(
        Recipe::Bcrypt {
            cost: 5,
            prehash: false
        },
        b""
    ));
}

fn any_phc() -> impl Strategy<Value = Phc> {
    let kind = prop_oneof![Just(Kind::Argon2d), Just(Kind::Argon2i), Just(Kind::Argon2id)];
    let bytes = |range| proptest::collection::vec(any::<u8>(), range);
    let costs = (1u32.., 1u32..1 << 24, 0u32..1000);
    (
        kind,
        any::<bool>(),
        costs,
        bytes(0..9),
        bytes(0..33),
        bytes(8..129),
        bytes(4..129),
    )
        .prop_map(
            |(kind, new, (passes, lanes, more), key_id, data, salt, hash)| Phc {
                kind,
                version: if new { 19 } else { 16 },
                memory_kib: 8 * lanes + more,
                passes,
                lanes,
                key_id,
                data,
                salt,
                hash,
            },
        )
}

proptest! {
    #[test]
    fn a_phc_string_reads_back(phc in any_phc()) {
        prop_assert_eq!(Phc::parse(&phc.write()), Ok(phc));
    }

    #[test]
    fn no_text_panics(text: String, tail in "[$=,a-zA-Z0-9+/.]{0,80}") {
        for text in [text.clone(), format!("$argon2id${tail}"), format!("$2b$10${tail}"), format!("$argon2i$v=19$m=64,t=1,p=1{tail}")] {
            if let Ok(stored) = Stored::parse(&text)
                && let Some(again) = stored.clone().write(stored.expected())
            {
                prop_assert_eq!(Stored::parse(&again), Ok(stored));
            }
        }
    }

    #[test]
    fn one_changed_byte_is_refused_or_another_hash(at in 0usize..79, byte in 0x20u8..0x7f) {
        let good = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let mut bytes = good.as_bytes().to_vec();
        let changed = std::mem::replace(&mut bytes[at], byte) != byte;
        let text = String::from_utf8(bytes).unwrap();
        if changed {
            prop_assert_ne!(Phc::parse(&text).ok(), Phc::parse(good).ok());
        }
    }
}

#[test]
fn a_decoy_fits_no_password_at_all() {
    let decoy = Stored::decoy(CHEAP, b"").unwrap();
    let tag = decoy.tag(&Key::NONE, b"x", &mut [Block::default(); 8]).unwrap();
    let text = decoy.write(&tag).unwrap();
    assert_eq!(
        verify(&text, b"x"),
        Ok(true),
        "even the password that the decoy's salt gives"
    );
    let work = Work::verify(None, CHEAP, Key::NONE, secret("x")).unwrap();
    assert_eq!(run(work), Ok(Outcome::Verdict(false)));
}

/// Side by side or alone, in any mixture of hash and verify, known and unknown, good and bad: the same.
#[test]
fn bcrypt_side_by_side_gives_what_it_gives_alone() {
    let password = |i: usize| Secret::new(vec![b'a' + i as u8; 1 + i]);
    let hashes: Vec<String> = (0..9)
        .map(|i| make(BCRYPT, &vec![b'a' + i as u8; 1 + i]).unwrap())
        .collect();
    let mut works = Vec::new();
    for (i, hash) in hashes.iter().enumerate() {
        works.push(Work::verify(Some(hash), CHEAP, Key::NONE, password(i)).unwrap());
        works.push(Work::verify(Some(hash), CHEAP, Key::NONE, password((i + 1) % 9)).unwrap());
        works.push(Work::hash(BCRYPT, Key::NONE, password(i)).unwrap());
    }
    works.push(Work::verify(None, BCRYPT, Key::NONE, password(0)).unwrap());
    let five = Recipe::Bcrypt {
        cost: 5,
        prehash: false,
    };
    works.push(Work::hash(five, Key::NONE, password(0)).unwrap());
    let mut outcomes = Work::run_together(works);
    assert_eq!(
        code(outcomes.pop().unwrap()),
        Some(Code::Internal),
        "another cost"
    );
    assert_eq!(
        outcomes.pop().unwrap(),
        Ok(Outcome::Verdict(false)),
        "an unknown user"
    );
    for (i, three) in outcomes.as_chunks::<3>().0.iter().enumerate() {
        assert_eq!(three[0], Ok(Outcome::Verdict(true)));
        assert_eq!(three[1], Ok(Outcome::Verdict(false)));
        let Ok(Outcome::Hash(hash)) = &three[2] else {
            panic!("{:?}", three[2])
        };
        assert_eq!(verify(hash, password(i).expose()), Ok(true));
    }
}
