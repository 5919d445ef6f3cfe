#![forbid(unsafe_code)]

use proptest::prelude::*;

use super::policy::{Change, Entry, Part, build};
use super::{defaults, directive, field};
use crate::code::Code;

fn set(name: &str, sources: &[&str]) -> (String, Change) {
    let entries = sources.iter().map(|text| Entry::Text((*text).to_owned()));
    (name.to_owned(), Change::Set(entries.collect()))
}

fn text(parts: &[Part]) -> String {
    let shown = parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Hole(number) => format!(" <{number}>"),
    });
    shown.collect()
}

#[test]
fn helmet_defaults_are_written_as_helmet_writes_them() {
    let parts = build(defaults::HELMET, vec![], true).unwrap();
    assert_eq!(
        text(&parts),
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';\
         frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';\
         script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests"
    );
}

#[test]
fn every_default_set_passes_its_own_rules() {
    for set in ["helmet", "site", "api"] {
        for (name, sources) in defaults::of(set).unwrap() {
            assert_eq!(directive::name(name).as_deref(), Ok(*name));
            assert!(
                sources
                    .iter()
                    .all(|source| directive::source(name, source).is_ok())
            );
        }
    }
    assert!(defaults::of("other").is_err());
}

#[test]
fn changes_keep_the_place_of_a_default() {
    let changes = vec![
        set("baseUri", &["'none'"]),
        ("fontSrc".to_owned(), Change::Remove),
        set("connect-src", &["https://api.example"]),
        set("sandbox", &[]),
        set("report-uri", &[""]),
    ];
    let parts = build(&defaults::HELMET[..3], changes, true).unwrap();
    assert_eq!(
        text(&parts),
        "default-src 'self';base-uri 'none';connect-src https://api.example;sandbox;report-uri"
    );
}

#[test]
fn holes_stand_where_the_values_go() {
    let entries = vec![
        Entry::Text("'self'".into()),
        Entry::Hole(3),
        Entry::Text("https: 'nonce' a.example".into()),
    ];
    let changes = vec![
        ("default-src".to_owned(), Change::Set(entries)),
        set("img-src", &["'self'"]),
    ];
    let parts = build(&[], changes, true).unwrap();
    assert_eq!(
        text(&parts),
        "default-src 'self' <3> https: <0> a.example;img-src 'self'"
    );
}

#[test]
fn upgrade_is_left_out_on_plain_http() {
    assert!(!text(&build(defaults::HELMET, vec![], false).unwrap()).contains("upgrade"));
}

#[test]
fn bad_directives_are_refused_by_name() {
    for name in [
        "",
        "\u{e5}",
        "-src",
        "script_src",
        "Script-src",
        "script-src-",
        "a\r\nb",
        "scriptSrcs",
        "imgsrc",
    ] {
        let fault = build(defaults::SITE, vec![set(name, &["'self'"])], true).unwrap_err();
        assert_eq!(fault.code, Code::HeadersDirective, "{name:?}");
        assert!(!fault.detail.contains('\n'), "{name:?}");
    }
    assert_eq!(
        directive::name("someFutureDirective").as_deref(),
        Ok("some-future-directive")
    );
}

#[test]
fn bad_sources_are_refused_with_their_directive() {
    let bad = [
        "self",
        "SELF",
        "none",
        "nonce-abc",
        "sha256-abc",
        "a;b",
        "a,b",
        "a\r\nb",
        "a\0b",
        "\u{fc}.example",
        "'self",
        "self'",
        "'",
        "'self' unsafe-inline",
        "'nonce-abc'",
        "'nonce-'",
        "\u{1F512}",
    ];
    for source in bad {
        let fault = build(defaults::SITE, vec![set("img-src", &[source])], true).unwrap_err();
        assert_eq!(fault.code, Code::HeadersDirective, "{source:?}");
        assert!(fault.detail.contains("img-src"), "{source:?}: {}", fault.detail);
    }
}

#[test]
fn a_directive_given_twice_is_refused() {
    let changes = vec![set("imgSrc", &["'self'"]), set("img-src", &["'none'"])];
    assert!(
        build(defaults::SITE, changes, true)
            .unwrap_err()
            .detail
            .contains("twice")
    );
}

#[test]
fn default_src_is_never_lost_by_accident() {
    let remove = |change| build(defaults::SITE, vec![("default-src".to_owned(), change)], true);
    assert!(remove(Change::Remove).is_err());
    assert!(remove(Change::RemoveDefaultSrc).is_ok());
    assert!(build(&[], vec![set("img-src", &["'self'"])], true).is_err());
    assert!(build(&[], vec![], true).is_err());
    let elsewhere = vec![("img-src".to_owned(), Change::RemoveDefaultSrc)];
    assert!(build(defaults::SITE, elsewhere, true).is_err());
}

#[test]
fn field_values_are_printable() {
    assert!(field::check("X-Frame-Options", "DENY").is_ok());
    assert!(field::check("X", "").is_ok());
    for value in [
        "a\r\nSet-Cookie: b",
        "a\nb",
        "a\0",
        "\u{7f}",
        "\u{e9}",
        " a",
        "a\t",
    ] {
        assert_eq!(
            field::check("X", value).unwrap_err().code,
            Code::HeadersValue,
            "{value:?}"
        );
    }
}

proptest! {
    #[test]
    fn what_passes_is_one_field_and_one_directive(sources in prop::collection::vec("\\PC{0,20}|[ -~]{0,20}", 0..4)) {
        let entries = sources.iter().cloned().map(Entry::Text).collect();
        let changes = vec![("img-src".to_owned(), Change::Set(entries))];
        if let Ok(parts) = build(defaults::API, changes, true) {
            let text = text(&parts);
            prop_assert!(text.chars().all(field::allowed));
            prop_assert_eq!(text.matches(';').count(), 4);
            prop_assert!(!text.contains(','));
        }
    }
}
