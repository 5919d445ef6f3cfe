use super::{BCRYPT, CHEAP, code, run, secret};
use std::sync::Arc;

use crate::code::Code;
use crate::fault::Fault;
use crate::passwords::argon2::Block;
use crate::passwords::pbkdf2::{Digest, Pbkdf2};
use crate::passwords::pepper::{Key, Peppers};
use crate::passwords::recipe::Recipe;
use crate::passwords::scrypt::Scrypt;
use crate::passwords::stored::Stored;
use crate::passwords::work::{Outcome, Work};
use crate::secret::Secret;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 6070, and RFC 7914 section 11 for SHA-256.
#[test]
fn knows_the_vectors_of_pbkdf2() {
    type Row = (Digest, &'static [u8], &'static [u8], u32, &'static str);
    let rows: [Row; 4] = [
        (
            Digest::Sha1,
            b"password",
            b"salt",
            2,
            "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957",
        ),
        (
            Digest::Sha1,
            b"pass\0word",
            b"sa\0lt",
            4096,
            "56fa6aa75548099dcc37d7f03425e0c3",
        ),
        (
            Digest::Sha1,
            b"passwordPASSWORDpassword",
            b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
            4096,
            "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
        ),
        (
            Digest::Sha256,
            b"passwd",
            b"salt",
            1,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
        ),
    ];
    for (digest, password, salt, rounds, expected) in rows {
        let stored = Pbkdf2 {
            digest,
            rounds,
            salt: salt.to_vec(),
            hash: vec![0; expected.len() / 2],
        };
        assert_eq!(hex(&stored.tag(password)), expected);
    }
}

/// RFC 7914, section 12.
#[test]
fn knows_the_vectors_of_scrypt() {
    type Row = (&'static [u8], &'static [u8], u32, u32, u32, &'static str);
    let rows: [Row; 2] = [
        (
            b"",
            b"",
            4,
            1,
            1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442",
        ),
        (
            b"password",
            b"NaCl",
            10,
            8,
            16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162",
        ),
    ];
    for (password, salt, log_n, r, p, expected) in rows {
        let stored = Scrypt {
            log_n,
            r,
            p,
            salt: salt.to_vec(),
            hash: vec![0; 64],
        };
        let mut memory = vec![Block::default(); stored.blocks()];
        assert_eq!(hex(&stored.tag(password, &mut memory)[..32]), expected);
    }
}

const TAG: &str = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

#[test]
fn malformed_strings_of_every_format_are_refused() {
    let good = [
        format!("$scrypt$ln=4,r=8,p=1$c2FsdA${TAG}"),
        format!("scrypt$16$salt$8$1${TAG}="),
        format!("$pbkdf2-sha256$i=1000,l=32$c2FsdA${TAG}"),
        format!("$pbkdf2-sha256$1000$c2FsdA${TAG}"),
        format!("pbkdf2_sha256$1000$salt${TAG}="),
        format!("argon2$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ${TAG}"),
        "bcrypt$$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS".into(),
        "bcrypt_sha256$$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS".into(),
        "$bcrypt-sha256$2b,5$CCCCCCCCCCCCCCCCCCCCC.$VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS".into(),
        "$bcrypt-sha256$v=2,t=2b,r=5$CCCCCCCCCCCCCCCCCCCCC.$VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS".into(),
        "$bcrypt-hmac-sha384$keyid=AQ$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS".into(),
    ];
    for text in &good {
        assert!(
            Stored::parse(&text.replacen("$i=1000,l=32", "$i=1000", 1)).is_ok(),
            "{text}"
        );
        assert!(Stored::parse(text).is_ok(), "{text}");
        for bad in [
            format!("{text}$"),
            format!("{text}="),
            format!("{text}\n"),
            format!(" {text}"),
            text[..text.len() - 1].to_owned(),
            text.to_uppercase(),
            text.replacen('$', "$$$", 1),
        ] {
            // A hash that ends in padding is another one without it; bcrypt and the base64s are strict.
            assert_eq!(code(Stored::parse(&bad)), Some(Code::PasswordsHash), "{bad}");
        }
    }
    for (at, from, to) in [
        (0, "ln=4", "ln=0"),
        (0, "ln=4", "ln=32"),
        (0, "ln=4", "ln=04"),
        (0, "ln=4,r=8", "r=8,ln=4"),
        (0, "p=1", "p=0"),
        (0, "r=8", "r=-8"),
        (0, "c2FsdA", ""),
        (1, "$16$", "$15$"),
        (1, "$16$", "$1$"),
        (1, "$16$", "$0$"),
        (1, "$salt$", "$$"),
        (2, "i=1000", "i=0"),
        (2, "l=32", "l=31"),
        (2, "i=1000", "i=1e3"),
        (3, "1000", "0"),
        (3, "1000", "+1000"),
        (3, "sha256", "sha224"),
        (3, "/uIP", "+uIP"),
        (4, "sha256", "md5"),
        (4, "1000", "99999999999"),
        (5, "argon2$argon2id", "argon2$argon2x"),
        (6, "$05$", "$03$"),
        (8, "2b,5", "2x,5"),
        (8, "2b,5", "2b,100"),
        (8, "2b,5", "2b"),
        (9, "v=2", "v=3"),
        (9, "r=5", "r=32"),
        (10, "keyid=AQ", "keyid="),
        (10, "keyid=AQ", "keyid=AAAAAAAAAAAAAA"),
        (10, "keyid=AQ", "keyid=AR="),
    ] {
        let bad = good[at].replacen(from, to, 1);
        assert_ne!(bad, good[at]);
        assert_eq!(code(Stored::parse(&bad)), Some(Code::PasswordsHash), "{bad}");
    }
}

#[test]
fn costs_beyond_the_caps_are_not_computed() {
    for text in [
        format!("$scrypt$ln=21,r=8,p=1$c2FsdA${TAG}"),
        format!("$scrypt$ln=31,r=1,p=1$c2FsdA${TAG}"),
        format!("$scrypt$ln=19,r=8,p=1$c2FsdA${TAG}"),
        format!("$scrypt$ln=18,r=8,p=5$c2FsdA${TAG}"),
        format!("$scrypt$ln=1,r=4294967295,p=4294967295$c2FsdA${TAG}"),
        format!("scrypt$16$salt$8$65${TAG}="),
        format!("$pbkdf2-sha256$4000001$c2FsdA${}", TAG.replace('+', ".")),
        format!("pbkdf2_sha256$4294967295$salt${TAG}="),
        format!("pbkdf2_sha1$2000001$salt${TAG}="),
        "bcrypt_sha256$$2b$17$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS".into(),
    ] {
        let work = Work::verify(Some(&text), CHEAP, Key::NONE, secret("x"));
        assert_eq!(code(work), Some(Code::PasswordsTooCostly), "{text}");
    }
    for text in [
        format!("$scrypt$ln=17,r=8,p=1$c2FsdA${TAG}"),
        format!("pbkdf2_sha1$2000000$salt${TAG}="),
    ] {
        assert!(
            Work::verify(Some(&text), CHEAP, Key::NONE, secret("x")).is_ok(),
            "{text}"
        );
    }
}

fn peppers(keys: &[(&str, &str)]) -> Key {
    let keys = keys
        .iter()
        .map(|(id, secret)| (id.as_bytes().to_vec(), Secret::new(secret.as_bytes().to_vec())));
    Key::Peppers(Some(Arc::new(Peppers::new(keys.collect()))))
}

fn verdict(hash: &str, key: Key, password: &str) -> Result<Outcome, Fault> {
    run(Work::verify(Some(hash), CHEAP, key, secret(password))?)
}

#[test]
fn peppers_rotate_and_are_needed() {
    for recipe in [
        CHEAP,
        Recipe::Bcrypt {
            cost: 4,
            prehash: true,
        },
    ] {
        let old = || peppers(&[("1", "first secret")]);
        let both = || peppers(&[("2", "second secret"), ("1", "first secret")]);
        let Outcome::Hash(hash) = run(Work::hash(recipe, old(), secret("pw")).unwrap()).unwrap() else {
            panic!("a hash was asked for")
        };
        assert_eq!(verdict(&hash, old(), "pw"), Ok(Outcome::Verdict(true)));
        assert_eq!(verdict(&hash, old(), "pW"), Ok(Outcome::Verdict(false)));
        assert_eq!(
            verdict(&hash, both(), "pw"),
            Ok(Outcome::Verdict(true)),
            "an old pepper goes on"
        );
        assert_eq!(
            verdict(&hash, peppers(&[("1", "another")]), "pw"),
            Ok(Outcome::Verdict(false))
        );
        assert_eq!(
            code(verdict(&hash, peppers(&[("2", "second secret")]), "pw")),
            Some(Code::PasswordsPepper)
        );
        let stored = Stored::parse(&hash).unwrap();
        assert!(!stored.needs_rehash(recipe, old().current()));
        assert!(stored.needs_rehash(recipe, both().current()));
        assert!(stored.needs_rehash(recipe, Key::NONE.current()));
    }
    assert_eq!(
        code(Work::hash(BCRYPT, peppers(&[("1", "x")]), secret("pw"))),
        Some(Code::PasswordsPepper)
    );
    let prehash = Recipe::Bcrypt {
        cost: 4,
        prehash: true,
    };
    assert_eq!(
        code(Work::hash(prehash, Key::NONE, secret("pw"))),
        Some(Code::PasswordsPepper)
    );
}

#[test]
fn the_prehash_makes_every_byte_count() {
    let key = || peppers(&[("1", "first secret")]);
    let recipe = Recipe::Bcrypt {
        cost: 4,
        prehash: true,
    };
    let long = "x".repeat(100);
    let Outcome::Hash(hash) = run(Work::hash(recipe, key(), secret(&long)).unwrap()).unwrap() else {
        panic!("a hash was asked for")
    };
    assert_eq!(verdict(&hash, key(), &long), Ok(Outcome::Verdict(true)));
    assert_eq!(verdict(&hash, key(), &long[..99]), Ok(Outcome::Verdict(false)));
    assert_eq!(
        verdict(&hash, key(), &format!("{long}\0")),
        Ok(Outcome::Verdict(false))
    );
}
