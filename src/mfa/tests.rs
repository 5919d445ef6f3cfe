use proptest::prelude::*;

use super::otp::{Algorithm, Codes};
use super::secret::{SharedSecret, write};
use super::{qr, secret};
use crate::code::Code;

fn codes(key: &[u8], algorithm: Algorithm, digits: u32) -> Codes {
    let text = write(key);
    let secret = SharedSecret::read(text.as_bytes(), 1).unwrap();
    assert_eq!(secret.expose(), key);
    Codes::new(&secret, algorithm, digits).unwrap()
}

#[test]
fn hotp_of_rfc_4226_appendix_d() {
    let codes = codes(b"12345678901234567890", Algorithm::Sha1, 6);
    let expected = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922",
    ];
    for (counter, code) in expected.iter().enumerate() {
        assert_eq!(codes.text(counter as u64), *code);
    }
}

#[test]
fn totp_of_rfc_6238_appendix_b() {
    let key = b"1234567890123456789012345678901234567890123456789012345678901234";
    let of = |length, algorithm| codes(&key[..length], algorithm, 8);
    assert_eq!(of(20, Algorithm::Sha1).text(1_111_111_109 / 30), "07081804");
    assert_eq!(of(32, Algorithm::Sha256).text(1_111_111_109 / 30), "68084774");
    assert_eq!(of(64, Algorithm::Sha512).text(20_000_000_000 / 30), "47863826");
}

#[test]
fn finds_a_code_where_it_is_and_nowhere_else() {
    let codes = codes(b"12345678901234567890", Algorithm::Sha1, 6);
    assert_eq!(codes.find(b"359152", 1..=3), Some(2));
    assert_eq!(codes.find(b"359152", (1..=3).rev()), Some(2));
    assert_eq!(codes.find(b"359152", 3..=9), None);
    assert_eq!(codes.find(b"359 152", 0..=9), Some(2));
    for wrong in [
        &b""[..],
        b"35915",
        b"3591520",
        b"0359152",
        b"35915\0",
        b"+59152",
        b"35915a",
    ] {
        assert_eq!(codes.find(wrong, 0..=9), None, "{wrong:?}");
    }
}

#[test]
fn of_two_equal_codes_the_first_in_the_given_order_counts() {
    let codes = codes(b"12345678901234567890", Algorithm::Sha1, 6);
    let same = |counter: u64| codes.text(counter);
    // The code of 0 twice: as if a later counter had it too.
    assert_eq!(codes.find(same(0).as_bytes(), [5, 0, 0, 7].into_iter()), Some(0));
    assert_eq!(codes.find(same(5).as_bytes(), [0, 5, 7].into_iter()), Some(5));
}

#[test]
fn base32_of_rfc_4648() {
    for (bytes, text) in [
        ("f", "MY"),
        ("fo", "MZXQ"),
        ("foo", "MZXW6"),
        ("foobar", "MZXW6YTBOI"),
    ] {
        assert_eq!(*write(bytes.as_bytes()), text);
        for form in [text.to_string(), text.to_lowercase(), format!("{text}======")] {
            let read = SharedSecret::read(form.as_bytes(), 1).unwrap();
            assert_eq!(read.expose(), bytes.as_bytes());
        }
    }
}

#[test]
fn refuses_what_is_no_secret() {
    let code = |text: &str, least| {
        SharedSecret::read(text.as_bytes(), least)
            .err()
            .map(|fault| fault.code)
    };
    assert_eq!(code("MZXW6YTBOI", 16), Some(Code::MfaSecret));
    for text in ["", "====", "M1", "M8", "MZ=XQ", "MZ\0XQ", "MZXQ\u{fffd}"] {
        assert_eq!(code(text, 1), Some(Code::MfaSecret), "{text:?}");
    }
    assert_eq!(code(&"A".repeat(205), 1), None);
    assert_eq!(code(&"A".repeat(207), 1), Some(Code::MfaSecret));
    assert_eq!(code(&"A".repeat(1_000_000), 1), Some(Code::MfaSecret));
}

proptest! {
    #[test]
    fn base32_reads_what_it_writes(bytes in prop::collection::vec(any::<u8>(), 1..=secret::MAX_BYTES)) {
        let text = write(&bytes);
        let read = SharedSecret::read(text.as_bytes(), 1).unwrap();
        prop_assert_eq!(read.expose(), &bytes[..]);
    }

    #[test]
    fn no_input_panics(text in any::<Vec<u8>>(), code in any::<Vec<u8>>()) {
        let _ = SharedSecret::read(&text, 1);
        let codes = codes(b"12345678901234567890", Algorithm::Sha512, 8);
        let _ = codes.find(&code, 0..=2);
    }
}

#[test]
fn a_qr_code_holds_nothing_of_its_text_and_has_bounds() {
    let svg = qr::svg("<script>alert(1)</script>\"&", 0).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    assert!(!svg.contains("script"));
    assert!(
        qr::svg("x", 200)
            .unwrap()
            .contains("width=\"200\" height=\"200\"")
    );
    assert!(qr::svg(&"x".repeat(1024), 0).is_ok());
    for text in [String::new(), "x".repeat(1025)] {
        assert_eq!(qr::svg(&text, 0).unwrap_err().code, Code::MfaQr);
    }
}
