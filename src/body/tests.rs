use proptest::prelude::*;

use super::desk::Desk;
use super::dispatch::Runs;
use super::kernel::Kernel;
use super::kernel::portable::Portable;
use super::rule::{Found, Limits, Rule};
use super::scan::{Scratch, scan};

fn found(text: &[u8], limits: &Limits) -> Found {
    let mut found = Found::default();
    scan::<Portable>(text, 0, limits, &mut Scratch::default(), &mut found);
    found
}

fn refused(text: &str) -> Option<Rule> {
    found(text.as_bytes(), &Limits::default())
        .refused
        .map(|(rule, _)| rule)
}

#[test]
fn ordinary_texts_pass() {
    for text in [
        "{}",
        "[]",
        "1",
        "",
        " ",
        r#"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}"#,
    ] {
        assert_eq!(
            found(text.as_bytes(), &Limits::default()),
            Found::default(),
            "{text}"
        );
    }
}

#[test]
fn prototype_keys() {
    for text in [
        r#"{"__proto__":1}"#,
        r#"{"a":[{"__proto__" : {"x":1}}]}"#,
        r#"{"\u005f_proto__":1}"#,
        r#"{"__prot\u006f__":1}"#,
        r#"{"constructor":{"prototype":{}}}"#,
        r#"{"constructor" : {"a":1,"prototype":{}}}"#,
        r#"{"c\u006fnstructor":{"\u0070rototype":{}}}"#,
    ] {
        assert_eq!(refused(text), Some(Rule::PrototypeKey), "{text}");
    }
    for text in [
        r#"{"a":"__proto__"}"#,
        r#"{"constructor":"x"}"#,
        r#"{"prototype":{}}"#,
        r#"{"constructor":1,"a":{"prototype":1}}"#,
        r#"{"constructor":{"a":{"prototype":1}}}"#,
        r#"{"__proto":1,"a__proto__":2}"#,
    ] {
        assert_eq!(refused(text), None, "{text}");
    }
}

#[test]
fn duplicate_keys() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"a":{"b":1},"c":[{"d":1}],"a":2}"#,
        r#"{"a_key_that_is_long_":1,"a_key_that_is_long_":2}"#,
        r#"{"":1,"":2}"#,
    ] {
        assert_eq!(refused(text), Some(Rule::DuplicateKey), "{text}");
    }
    assert_eq!(refused(r#"{"a":{"a":{"a":1}},"b":{"a":1}}"#), None);
}

#[test]
fn duplicate_keys_in_large_objects() {
    for size in [31, 32, 33, 34, 100, 5000] {
        let members: Vec<_> = (0..size)
            .map(|i| format!("\"key{i}\":{{\"key{i}\":1}}"))
            .collect();
        let inner = format!("{{{}}}", members.join(","));
        assert_eq!(
            found(
                inner.as_bytes(),
                &Limits {
                    keys: 20_000,
                    ..Limits::default()
                }
            )
            .refused,
            None
        );
        for again in [0, size / 2, size - 1] {
            let text = format!("{{{},\"key{again}\":1}}", members.join(","));
            let limits = Limits {
                keys: 20_000,
                ..Limits::default()
            };
            let place = text.rfind(&format!("key{again}")).unwrap() as u32;
            assert_eq!(
                found(text.as_bytes(), &limits).refused,
                Some((Rule::DuplicateKey, place)),
                "{size} {again}"
            );
        }
    }
}

#[test]
fn limits_hold_at_their_edge() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(refused(&deep(64)), None);
    assert_eq!(refused(&deep(65)), Some(Rule::Depth));
    assert_eq!(
        found(deep(100_000).as_bytes(), &Limits::default()).refused,
        Some((Rule::Depth, 64))
    );
    assert_eq!(refused(&format!("[{}[]]", "[[]],".repeat(1000))), None);

    let keys = |n: usize| format!("[{}0]", "{\"a\":1},".repeat(n));
    assert_eq!(refused(&keys(10_000)), None);
    assert_eq!(refused(&keys(10_001)), Some(Rule::Keys));

    let key = |n: usize| format!("{{\"{}\":1}}", "k".repeat(n));
    assert_eq!(refused(&key(256)), None);
    assert_eq!(refused(&key(257)), Some(Rule::KeyLength));
    let escaped = |n: usize| format!("{{\"{}\":1}}", "\\u006b".repeat(n));
    assert_eq!(refused(&escaped(256)), None);
    assert_eq!(refused(&escaped(257)), Some(Rule::KeyLength));
    let short = Limits {
        key_bytes: 3,
        ..Limits::default()
    };
    assert_eq!(found(key(3).as_bytes(), &short).refused, None);
    assert_eq!(
        found(key(4).as_bytes(), &short).refused,
        Some((Rule::KeyLength, 2))
    );

    let strings = Limits {
        string_bytes: 5,
        ..Limits::default()
    };
    assert_eq!(found(br#"["12345","\u0061bcde"]"#, &strings).refused, None);
    assert_eq!(
        found(br#"["12345","123456"]"#, &strings).refused,
        Some((Rule::StringLength, 10))
    );
}

#[test]
fn operator_keys_are_reported() {
    for text in [
        r#"{"$where":1}"#,
        r#"{"\u0024where":1}"#,
        r#"{"a.b":1}"#,
        r#"{"aaaaaaaaaaaaaaaaaaaaa.b":1}"#,
    ] {
        let found = found(text.as_bytes(), &Limits::default());
        assert_eq!(
            (found.refused, found.reported),
            (None, Rule::OperatorKey.bit()),
            "{text}"
        );
    }
    assert_eq!(found(br#"{"a$":"$x.y"}"#, &Limits::default()).reported, 0);
}

#[test]
fn ill_formed_utf8() {
    assert_eq!(
        found(b"{\"a\":\"\xff\"}", &Limits::default()).refused,
        Some((Rule::Utf8, 6))
    );
    assert_eq!(
        found(b"\"\xc0\xaf\"", &Limits::default()).refused,
        Some((Rule::Utf8, 1))
    );
    assert!(found("\"\u{e9}\"".as_bytes(), &Limits::default()).non_ascii);
}

#[test]
fn malformed_texts_are_left_to_the_parser() {
    for text in [
        "}",
        "]]]]{",
        ":",
        "{:",
        "\"",
        "\"\\",
        "{\"a",
        "::::",
        "{\"a\"::1}",
        "\\\"{\"a\":1}",
    ] {
        assert_eq!(refused(text), None, "{text}");
    }
}

/// A slow scan of its own making: byte by byte, with a set per object.
fn model(text: &[u8]) -> Option<Rule> {
    let mut objects: Vec<Option<std::collections::BTreeSet<Vec<u8>>>> = Vec::new();
    let mut last: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => {
                let end = super::precision::end_of_string(text, at + 1);
                let mut key = Vec::new();
                super::escape::decode(text.get(at + 1..end - 1)?, &mut key);
                last = Some(key);
                at = end;
                continue;
            }
            b'{' => objects.push(Some(Default::default())),
            b'[' => objects.push(None),
            b'}' | b']' => drop(objects.pop()),
            b':' => {
                let key = last.take()?;
                if key == b"__proto__" {
                    return Some(Rule::PrototypeKey);
                }
                if !objects.last_mut()?.as_mut()?.insert(key) {
                    return Some(Rule::DuplicateKey);
                }
            }
            _ => {}
        }
        if objects.len() > 64 {
            return Some(Rule::Depth);
        }
        at += 1;
    }
    None
}

fn json(depth: u32) -> impl Strategy<Value = String> {
    let string = prop_oneof![
        "[a-c]{0,2}",
        Just("__proto__".to_owned()),
        Just("\\u0061".to_owned()),
        Just("\\\\\\\"{:}".to_owned()),
        "[ -!#-\\[\\]-~\u{e9}\u{1f600}]{0,40}",
    ];
    let leaf = prop_oneof![
        Just("1".to_owned()),
        string.clone().prop_map(|text| format!("\"{text}\""))
    ];
    leaf.prop_recursive(depth, 64, 6, move |inner| {
        let member = (string.clone(), "[ \n]{0,3}", inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6).prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(k, s, v)| format!("\"{k}\"{s}:{s}{v}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Every kernel, and scratch space that has seen other texts, give the same as the portable one afresh.
fn same_with_every_kernel(texts: &[&[u8]]) -> Result<(), TestCaseError> {
    let limits = Limits {
        string_bytes: 30,
        ..Limits::default()
    };
    let dry = Limits {
        refuse: 0,
        report: limits.refuse | limits.report,
        depth: 3,
        ..limits
    };
    for limits in [limits, Limits::default(), dry] {
        for runs in Runs::all() {
            let mut used = Scratch::default();
            for text in texts {
                let expected = found(text, &limits);
                prop_assert_eq!(runs.scan(text, &limits, &mut used), expected, "{:?}", runs);
                if let Some(desk) = Desk::holding(text) {
                    let mut short = Found::default();
                    desk.scan(runs, &limits, &mut used, &mut short);
                    prop_assert_eq!(short, expected, "{:?} on a desk", runs);
                }
                let offset = expected
                    .refused
                    .map_or(text.len() / 2, |(_, offset)| offset as usize);
                prop_assert_eq!(
                    runs.pointer(text, offset),
                    super::pointer::pointer::<Portable>(text, offset)
                );
            }
        }
    }
    Ok(())
}

/// A key without an opening quote, in a text that does not parse: on a desk, white space stands before it.
#[test]
fn a_desk_adds_nothing_to_a_key() {
    let text = br#"\"\"\"\"\"\.\":1"#;
    let long = [&br#"""""""""""""""\"\"\"\"\"\.\":"#[..], &[b'"'; 40]].concat();
    for text in [&text[..], &long, b"a.\":1", b"\":1"] {
        let same = same_with_every_kernel(&[text]);
        assert!(same.is_ok(), "{same:?}");
    }
}

proptest! {
    #[test]
    fn agrees_with_the_model(text in json(5)) {
        let verdict = found(text.as_bytes(), &Limits { refuse: Limits::default().refuse & !Rule::KeyLength.bit(), ..Limits::default() });
        prop_assert_eq!(verdict.refused.map(|(rule, _)| rule), model(text.as_bytes()), "{}", text);
    }

    #[test]
    fn kernels_agree(bytes in prop::collection::vec(prop_oneof![
        4 => prop::sample::select(b"\"\\:{}[],a$._ ".to_vec()),
        1 => any::<u8>(),
    ], 0..300)) {
        same_with_every_kernel(&[&bytes, &bytes[bytes.len() / 2..], &bytes])?;
    }

    #[test]
    fn kernels_agree_on_json(texts in prop::collection::vec(json(5), 1..5)) {
        let texts: Vec<_> = texts.iter().map(String::as_bytes).collect();
        same_with_every_kernel(&texts)?;
    }

    #[test]
    fn kernels_agree_on_long_texts(text in json(4), pad in 0usize..70, times in 1usize..40) {
        let text = format!("[{}{}]", " ".repeat(pad), vec![text; times].join(","));
        same_with_every_kernel(&[text.as_bytes()])?;
    }

    #[test]
    fn places_are_those_of_the_bits(bits: u64, base in 0u16..1000) {
        let mut out = [0; 64];
        Portable::places(bits, base, &mut out);
        let expected: Vec<_> = (0..64).filter(|i| bits >> i & 1 == 1).map(|i| base + i).collect();
        prop_assert_eq!(&out[..expected.len()], &expected);
    }

    #[test]
    fn prefix_xor_is_the_parity(bits: u64) {
        let mut parity = 0;
        let expected = (0..64).fold(0u64, |all, i| { parity ^= bits >> i & 1; all | parity << i });
        prop_assert_eq!(Portable::prefix_xor(bits), expected);
    }

    #[test]
    fn urlencoded_never_panics(bytes in prop::collection::vec(prop::sample::select(b"&=%[]a1f+.$\xff".to_vec()), 0..200)) {
        super::urlencoded::scan(&bytes, &Limits::default(), &mut Vec::new());
    }
}

#[test]
fn urlencoded_rules() {
    let limits = Limits {
        depth: 2,
        keys: 3,
        ..Limits::default()
    };
    let verdict = |text: &str| super::urlencoded::scan(text.as_bytes(), &limits, &mut Vec::new());
    let refused = |text: &str| verdict(text).refused.map(|(rule, _)| rule);
    assert_eq!(verdict("a=1&b[c]=%20+x&&d"), Found::default());
    assert_eq!(refused("a=1&b=2&c=3&d=4"), Some(Rule::Keys));
    assert_eq!(refused("a[b][c]=1"), None);
    assert_eq!(refused("a[b][c][d]=1"), Some(Rule::Depth));
    for name in [
        "__proto__",
        "a[__proto__][x]",
        "a%5B__proto__%5D",
        "%5f_proto__",
        "constructor[prototype][x]",
        "a.__proto__.b",
        "constructor.prototype",
    ] {
        assert_eq!(
            refused(&format!("x=1&{name}=1")),
            Some(Rule::PrototypeKey),
            "{name}"
        );
    }
    assert_eq!(refused("a=%zz"), Some(Rule::Escape));
    assert_eq!(refused("a%=1"), Some(Rule::Escape));
    assert_eq!(refused("a=%ff"), Some(Rule::Utf8));
    for name in ["$where", "a[$ne]", "a%5B%24ne%5D", "a.b"] {
        assert_eq!(
            verdict(&format!("{name}=1")).reported,
            Rule::OperatorKey.bit(),
            "{name}"
        );
    }
}
