mod pool;
mod refusals;

use proptest::prelude::*;

use super::argon2::{self, Block};
use super::bcrypt;
use super::phc::{Kind, Phc};
use super::recipe::Recipe;
use super::stored::Stored;
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

fn memory(stored: &Stored) -> Vec<Block> {
    vec![Block::default(); stored.blocks()]
}

fn verify(hash: &str, password: &[u8]) -> Result<bool, Fault> {
    let stored = Stored::parse(hash)?;
    stored.affordable()?;
    stored.verify(password, &mut memory(&stored))
}

fn code(result: Result<impl Sized, Fault>) -> Option<Code> {
    result.err().map(|fault| fault.code)
}

/// RFC 9106, section 5: all three kinds, with secret and associated data.
#[test]
fn knows_the_vectors_of_rfc_9106() {
    let rows = [
        (
            Kind::Argon2d,
            "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb",
        ),
        (
            Kind::Argon2i,
            "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
        ),
        (
            Kind::Argon2id,
            "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
        ),
    ];
    for (kind, expected) in rows {
        let mut phc = Recipe::phc(kind, 32, 3, 4, [2; 16]);
        phc.data = vec![4; 12];
        let mut tag = [0; 32];
        let mut memory = vec![Block::default(); argon2::blocks(&phc)];
        argon2::tag(&phc, &[3; 8], &[1; 32], &mut memory, &mut tag).unwrap();
        let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected, "{kind:?}");
    }
}

/// Work memory is reused between jobs of any size and kind: its content must not matter.
#[test]
fn does_not_depend_on_what_is_in_the_memory() {
    let mut dirty = vec![Block::default(); 64];
    for (at, block) in dirty.iter_mut().enumerate() {
        block.as_mut().fill(0x5bd1_e995 ^ at as u64);
    }
    for kind in [Kind::Argon2d, Kind::Argon2i, Kind::Argon2id] {
        for (version, lanes) in [(16, 1), (19, 1), (16, 3), (19, 3)] {
            let phc = Phc {
                version,
                ..Recipe::phc(kind, 40, 2, lanes, [7; 16])
            };
            let (mut fresh, mut reused) = ([0; 32], [1; 32]);
            argon2::tag(&phc, &[], b"pw", &mut vec![Block::default(); 40], &mut fresh).unwrap();
            argon2::tag(&phc, &[], b"pw", &mut dirty, &mut reused).unwrap();
            assert_eq!(fresh, reused);
        }
    }
}

#[test]
fn hashes_verify_and_differ() {
    for recipe in [CHEAP, Recipe::Bcrypt { cost: 4 }] {
        let make = || {
            let stored = Stored::fresh(recipe).unwrap();
            let mut memory = memory(&stored);
            stored.hash(b"correct horse", &mut memory).unwrap()
        };
        let (one, two) = (make(), make());
        assert_ne!(one, two, "salts are fresh");
        assert_eq!(verify(&one, b"correct horse"), Ok(true));
        assert_eq!(verify(&one, b"correct hors"), Ok(false));
        assert!(!Stored::parse(&one).unwrap().needs_rehash(recipe));
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
    let stored = || Stored::fresh(Recipe::Bcrypt { cost: 4 }).unwrap();
    let long = [b'a'; 73];
    let hash = stored().hash(&long[..72], &mut []).unwrap();
    assert_eq!(verify(&hash, &long), Ok(true), "as every reader of 72 bytes does");
    assert_eq!(verify(&hash, &long[..71]), Ok(false));
    for bad in [&long[..], b"a\0b", b"\0"] {
        assert_eq!(code(stored().hash(bad, &mut [])), Some(Code::PasswordsPassword));
    }
}

#[test]
fn a_nul_makes_no_twin() {
    let hash = Stored::fresh(Recipe::Bcrypt { cost: 4 })
        .unwrap()
        .hash(b"ab", &mut [])
        .unwrap();
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
        let work = Work::verify(Some(&argon2(m, t, p)), Recipe::DEFAULT, secret("x"));
        assert_eq!(code(work), Some(Code::PasswordsTooCostly), "{m},{t},{p}");
    }
    assert!(Work::verify(Some(&argon2(262_144, 16, 16)), Recipe::DEFAULT, secret("x")).is_ok());
    let bcrypt = "$2b$17$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS";
    assert_eq!(
        code(Work::verify(Some(bcrypt), Recipe::DEFAULT, secret("x"))),
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
    assert!(!Stored::Argon2(base.clone()).needs_rehash(recipe));
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
            Stored::Argon2(phc.clone()).needs_rehash(recipe),
            "{}",
            phc.write()
        );
    }
    let bcrypt = Stored::parse("$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS").unwrap();
    assert!(!bcrypt.needs_rehash(Recipe::Bcrypt { cost: 5 }));
    assert!(bcrypt.needs_rehash(Recipe::Bcrypt { cost: 6 }));
    assert!(bcrypt.needs_rehash(recipe));
    let old = Stored::parse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS").unwrap();
    assert!(old.needs_rehash(Recipe::Bcrypt { cost: 5 }));
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
            if let Ok(stored) = Stored::parse(&text) {
                let again = match &stored { Stored::Argon2(phc) => phc.write(), Stored::Bcrypt(hash) => hash.write() };
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
    let work = Work::verify(None, CHEAP, secret("x")).unwrap();
    let stored = Stored::decoy(CHEAP);
    let Stored::Argon2(mut phc) = stored else {
        panic!("argon2")
    };
    argon2::tag(&phc.clone(), &[], b"x", &mut [Block::default(); 8], &mut phc.hash).unwrap();
    assert_eq!(
        verify(&phc.write(), b"x"),
        Ok(true),
        "even the password that the decoy's salt gives"
    );
    assert_eq!(work.run(&mut [Block::default(); 8]), Ok(Outcome::Verdict(false)));
}
