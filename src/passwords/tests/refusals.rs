use super::code;
use crate::code::Code;
use crate::passwords::bcrypt::Bcrypt;
use crate::passwords::phc::Phc;
use crate::passwords::stored::Stored;

#[test]
fn malformed_argon2_strings_are_refused() {
    let good = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert!(Phc::parse(good).is_ok());
    let replaced = [
        ("$argon2id", "argon2id"),
        ("argon2id", "argon2x"),
        ("argon2id", "ARGON2ID"),
        ("argon2id", "argon2"),
        ("v=19", "v=018"),
        ("v=19", "v=20"),
        ("v=19", "v="),
        ("v=19", "v=19,"),
        ("v=19", "v=+19"),
        ("m=64", "m=064"),
        ("m=64", "m=-64"),
        ("m=64", "m=+64"),
        ("m=64", "m= 64"),
        ("m=64", "m=64.0"),
        ("m=64", "m=7"),
        ("m=64", "m=0"),
        ("m=64", "m="),
        ("m=64", "m"),
        ("m=64", "m=4294967296"),
        ("m=64", "m=99999999999999999999"),
        ("m=64", "m=0x40"),
        ("m=64,", ""),
        ("m=64,", "m=64,m=64,"),
        ("t=2", "t=0"),
        ("t=2", "t=-1"),
        ("t=2,", ""),
        ("p=1", "p=0"),
        ("p=1", "p=9"),
        ("p=1", "p=16777216"),
        ("p=1", "t=2"),
        ("t=2", "p=2"),
        ("m=64,t=2", "t=2,m=64"),
        ("p=1", "p=1,"),
        ("p=1", "p=1,x=1"),
        ("p=1", "p=1,keyid====="),
        ("p=1", "p=1,data=A"),
        ("p=1", "p=1,data=AA,keyid=AA"),
        ("$c29tZXNhbHQ", ""),
        ("c29tZXNhbHQ", ""),
        ("c29tZXNhbHQ", "c29tZXNhbA"),
        ("c29tZXNhbHQ", "c29tZXNhbHR"),
        ("c29tZXNhbHQ", "c29tZXNhbHQ="),
        ("c29tZXNhbHQ", "c29tZXNh HQ"),
        ("c29tZXNhbHQ", "c29tZXNhbHQ\0"),
        ("Gi/4", "Gi_4"),
        ("Gi/4", "Gi/4="),
        ("Gi/4", "Gi/4$"),
        ("Gi/4", "Gi/4\n"),
        ("Gi/4", "Gi/4 "),
    ];
    for (from, to) in replaced {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert_eq!(code(Phc::parse(&bad)), Some(Code::PasswordsHash), "{bad}");
    }
    for bad in [
        "",
        "$",
        "$argon2id",
        "$argon2id$",
        "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$",
        &"$".repeat(2000),
    ] {
        assert_eq!(code(Phc::parse(bad)), Some(Code::PasswordsHash), "{bad}");
    }
}

#[test]
fn malformed_bcrypt_strings_are_refused() {
    let good = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS";
    assert!(Bcrypt::parse(good).is_ok());
    for (from, to) in [
        ("$2b", "$2c"),
        ("$2b", "$2$"),
        ("$2b", "$3b"),
        ("$05", "$03"),
        ("$05", "$32"),
        ("$05", "$5$"),
        ("$05", "$+5"),
        ("$05", "$ 5"),
        ("05$", "05."),
        ("pfxS", "pfx"),
        ("pfxS", "pfxSS"),
        ("pfxS", "pfx="),
        ("pfxS", "pfxT"),
        ("C.V", "C/V"),
        ("C.V", "C\u{e9}"),
        ("pfxS", "pfx\n"),
        ("pfxS", "pfx\0"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert_eq!(code(Bcrypt::parse(&bad)), Some(Code::PasswordsHash), "{bad}");
    }
    assert_eq!(
        code(Stored::parse("$5$rounds=5000$x$y")),
        Some(Code::PasswordsHash)
    );
}
