//! The plan against the crate: what the plan affirms, the crate accepts; and usual bodies are affirmed.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::schema::{Reading, Schema};
use crate::code::Code;

const STRICT: Reading = Reading {
    formats: true,
    close: false,
    strict: true,
};

fn compile(schema: &Value, reading: Reading) -> Schema {
    Schema::compile(schema.to_string().as_bytes(), b"{}", reading).unwrap()
}

fn register() -> Value {
    json!({
        "type": "object",
        "properties": {
            "email": { "type": "string", "format": "email", "maxLength": 254 },
            "password": { "type": "string", "minLength": 15, "maxLength": 256 },
            "name": { "type": "string", "pattern": "^[\\w .-]{1,64}$" },
            "age": { "type": "integer", "minimum": 13, "maximum": 120 },
            "role": { "enum": ["reader", "writer"] },
            "tags": { "type": "array", "items": { "type": "string", "maxLength": 20 }, "maxItems": 10 },
        },
        "required": ["email", "password"],
        "additionalProperties": false,
    })
}

#[test]
fn a_usual_body_is_affirmed_without_the_crate() {
    let schema = compile(&register(), STRICT);
    assert!(schema.planned());
    for text in [
        r#"{"email":"ada@example.org","password":"correct horse battery"}"#,
        r#" { "password" : "correct horse b\u0061ttery" , "email" : "ada@example.org" } "#,
        r#"{"email":"a@b.co","password":"correct horse battery","age":44,"role":"reader","tags":["x","y"]}"#,
        r#"{"em\u0061il":"a@b.co","password":"\ud83d\ude00 fifteen characters","name":"A. B-C"}"#,
    ] {
        assert!(schema.affirms(text.as_bytes()), "{text}");
        assert!(schema.crate_accepts(text.as_bytes()), "{text}");
    }
}

#[test]
fn each_rule_is_held() {
    let schema = compile(&register(), STRICT);
    let good = r#""email":"a@b.co","password":"correct horse battery""#;
    for (what, text) in [
        ("required", r#"{"email":"a@b.co"}"#.to_owned()),
        (
            "array for a string",
            r#"{"email":["a@b.co"],"password":"correct horse battery"}"#.into(),
        ),
        (
            "email",
            r#"{"email":"a b@b.co","password":"correct horse battery"}"#.into(),
        ),
        ("minLength", r#"{"email":"a@b.co","password":"short"}"#.into()),
        ("pattern", format!(r#"{{{good},"name":"<b>"}}"#)),
        ("minimum", format!(r#"{{{good},"age":12}}"#)),
        ("maximum", format!(r#"{{{good},"age":121}}"#)),
        ("integer", format!(r#"{{{good},"age":13.5}}"#)),
        ("enum", format!(r#"{{{good},"role":"admin"}}"#)),
        ("items", format!(r#"{{{good},"tags":[1]}}"#)),
        ("additionalProperties", format!(r#"{{{good},"admin":true}}"#)),
        ("__proto__", format!(r#"{{{good},"__proto__":{{}}}}"#)),
        (
            "last of two equal keys",
            format!(r#"{{{good},"age":20,"age":1}}"#),
        ),
        ("no JSON", format!("{{{good},}}")),
        ("two values", format!("{{{good}}} 1")),
        (
            "unpaired surrogate",
            r#"{"email":"a@b.co","password":"correct horse battery\ud800"}"#.into(),
        ),
        (
            "control character",
            "{\"email\":\"a@b.co\",\"password\":\"correct horse\tbattery\"}".into(),
        ),
    ] {
        assert!(!schema.accepts(text.as_bytes()), "{what}");
        assert!(!schema.findings(text.as_bytes(), 20).is_empty(), "{what}");
    }
    assert!(!schema.accepts(b"{\"email\":\"a@b.co\",\"password\":\"correct horse \xff battery\"}"));
}

#[test]
fn findings_are_bounded_and_point_to_the_value() {
    let schema = compile(&register(), STRICT);
    let text = br#"{"email":5,"password":"short","a/b~":1,"x":2}"#;
    let mut found: Vec<(String, String)> = schema
        .findings(text, 20)
        .into_iter()
        .map(|one| (one.pointer, one.keyword))
        .collect();
    found.sort();
    let expected = [
        ("/a~1b~0", "additionalProperties"),
        ("/email", "type"),
        ("/password", "minLength"),
        ("/x", "additionalProperties"),
    ];
    assert_eq!(
        found,
        expected.map(|(at, keyword)| (at.to_owned(), keyword.to_owned()))
    );
    assert_eq!(schema.findings(text, 2).len(), 2);
}

#[test]
fn a_schema_that_cannot_be_used_is_a_fault() {
    for (what, schema) in [
        ("type", json!({ "type": "strnig" })),
        ("misspelt keyword", json!({ "requried": ["a"] })),
        (
            "misspelt keyword inside",
            json!({ "properties": { "a": { "minlength": 3 } } }),
        ),
        ("unknown format", json!({ "format": "emial" })),
        (
            "another draft",
            json!({ "$schema": "http://json-schema.org/draft-07/schema#" }),
        ),
        ("look-around", json!({ "pattern": "^(?!x)" })),
        ("back-reference", json!({ "pattern": "(a)\\1" })),
        (
            "enormous repetition",
            json!({ "pattern": "((a{1000}){1000}){1000}" }),
        ),
        ("reference to nowhere", json!({ "$ref": "#/$defs/none" })),
        (
            "remote reference",
            json!({ "$ref": "https://example.org/schema.json" }),
        ),
        ("file reference", json!({ "$ref": "file:///etc/passwd" })),
    ] {
        let fault = Schema::compile(schema.to_string().as_bytes(), b"{}", STRICT).map(|_| ());
        assert_eq!(
            fault.map_err(|fault| fault.code),
            Err(Code::ValidateSchema),
            "{what}"
        );
    }
    let fault = Schema::compile(br#"{"requried":[]}"#, b"{}", STRICT)
        .map(|_| ())
        .unwrap_err();
    assert!(
        fault.detail.contains("did you mean required?"),
        "{}",
        fault.detail
    );
}

#[test]
fn a_reference_is_served_from_what_was_given() {
    let schema = json!({ "$ref": "https://example.org/name" });
    let given = json!({ "https://example.org/name": { "type": "string" } });
    let schema = Schema::compile(
        schema.to_string().as_bytes(),
        given.to_string().as_bytes(),
        STRICT,
    )
    .unwrap();
    assert!(schema.accepts(b"\"x\""));
    assert!(!schema.accepts(b"1"));
}

#[test]
fn closing_reaches_every_object_that_names_properties() {
    let closed = |schema: Value| {
        compile(
            &schema,
            Reading {
                close: true,
                ..STRICT
            },
        )
    };
    let nested = closed(json!({
        "properties": { "a": { "properties": { "b": {} } }, "list": { "items": { "properties": { "c": {} } } } },
    }));
    assert!(nested.accepts(br#"{"a":{"b":1},"list":[{"c":1}]}"#));
    for text in [r#"{"z":1}"#, r#"{"a":{"z":1}}"#, r#"{"list":[{"z":1}]}"#] {
        assert!(!nested.accepts(text.as_bytes()), "{text}");
    }

    let composed = closed(json!({
        "allOf": [{ "properties": { "a": {} } }, { "$ref": "#/$defs/b" }],
        "$defs": { "b": { "properties": { "b": { "$ref": "#/$defs/b" } } } },
    }));
    assert!(composed.accepts(br#"{"a":1,"b":{"b":{}}}"#));
    assert!(!composed.accepts(br#"{"a":1,"c":1}"#));
    assert!(!composed.accepts(br#"{"b":{"c":1}}"#));

    let own_word = closed(json!({ "properties": { "a": {} }, "additionalProperties": { "type": "string" } }));
    assert!(own_word.accepts(br#"{"z":"text"}"#));
    let condition = closed(json!({ "not": { "properties": { "a": { "const": 1 } }, "required": ["a"] } }));
    assert!(condition.accepts(br#"{"a":2,"z":1}"#) && !condition.accepts(br#"{"a":1,"z":1}"#));
    let open = closed(json!({ "type": "object" }));
    assert!(open.accepts(br#"{"z":1}"#));
}

/// Schemas of the plan's keywords, with small numbers, so that values are on both sides of each rule.
fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!({})),
        (0u64..4, 0u64..6).prop_map(|(min, max)| json!({ "type": "string", "minLength": min, "maxLength": max })),
        (-3i64..3, 0i64..9).prop_map(|(min, max)| json!({ "type": "integer", "minimum": min, "maximum": max })),
        (-3i64..3, 0i64..9)
            .prop_map(|(min, max)| json!({ "type": ["number", "null"], "exclusiveMinimum": min, "exclusiveMaximum": max })),
        Just(json!({ "type": "number" })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "enum": ["a", 1, null, true, 2.5] })),
        Just(json!({ "const": "b" })),
        Just(json!({ "minLength": 2, "minimum": 2, "minItems": 2 })),
        Just(json!({ "pattern": "^\\w+$" })),
        Just(json!({ "pattern": "\\d|^$" })),
        prop::sample::select(vec!["email", "uuid", "date-time", "date", "ipv4"])
            .prop_map(|name| json!({ "type": "string", "format": name })),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let names = prop::sample::select(vec!["a", "b", "c", "\u{e4}"]);
        prop_oneof![
            (inner.clone(), 0u64..2, 1u64..4).prop_map(|(items, min, max)| {
                json!({ "type": "array", "items": items, "minItems": min, "maxItems": max })
            }),
            (
                prop::collection::btree_map(names.clone(), inner.clone(), 0..4),
                prop::collection::btree_set(names, 0..2),
                prop::option::of(inner),
                any::<bool>(),
            )
                .prop_map(|(properties, required, others, open)| {
                    let others = others.unwrap_or(json!(open));
                    json!({ "properties": properties, "required": required, "additionalProperties": others })
                }),
        ]
    })
}

/// JSON texts, with escapes, spaces, doubled keys and numbers of every form; some are cut or changed.
fn texts() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "2",
        "2.5",
        "1.0",
        "1e0",
        "12",
        "-3",
        "8.999",
        "1e400",
        "01",
        "-",
        "9007199254740993",
        "123456789012345678",
        "0.1",
        "\"\"",
        "\"a\"",
        "\"b\"",
        "\"ab\"",
        "\"a\\u0062\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\u{1f600}\u{1f600}\"",
        "\"a b\"",
        "\"x1\"",
        "\"a@b.co\"",
        "\"a@b\"",
        "\"2024-02-28\"",
        "\"2024-02-30\"",
        "\"2024-02-28T00:00:00Z\"",
        "\"1.2.3.4\"",
        "\"1.2.3.400\"",
        "\"123e4567-e89b-12d3-a456-426614174000\"",
        "\"\\x\"",
        "\"\t\"",
        "nul",
        "",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop::sample::select(vec![
            "\"a\"",
            "\"b\"",
            "\"c\"",
            "\"\\u0061\"",
            "\"\u{e4}\"",
            "\"zz\"",
            "a",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" ,"))),
            prop::collection::vec((key, inner), 0..4).prop_map(|pairs| {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect();
                format!("{{ {} }}", pairs.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_the_plan_affirms_the_crate_accepts(schema in schemas(), texts in prop::collection::vec(texts(), 12)) {
        let schema = compile(&schema, STRICT);
        for text in texts {
            let sure = schema.affirms(text.as_bytes());
            prop_assert!(!sure || schema.crate_accepts(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn no_bytes_make_the_walk_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let schema = compile(&register(), STRICT);
        prop_assert!(!schema.affirms(&bytes));
    }
}
