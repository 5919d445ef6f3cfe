//! What each rule of a schema does, and which schemas are refused.

use serde_json::{Value, json};

use super::report::Finding;
use super::schema::{Reading, Schema};
use crate::code::Code;

pub const STRICT: Reading = Reading {
    formats: true,
    close: false,
    strict: true,
};

pub fn compile(schema: &Value, reading: Reading) -> Schema {
    Schema::compile(schema.to_string().as_bytes(), b"{}", reading).unwrap()
}

fn accepts(schema: &Schema, text: &[u8]) -> bool {
    schema.judge(text, 20).is_empty()
}

pub fn register() -> Value {
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
fn a_usual_body_is_affirmed_by_the_plan_alone() {
    let schema = compile(&register(), STRICT);
    assert!(schema.planned());
    for text in [
        r#"{"email":"ada@example.org","password":"correct horse battery"}"#,
        r#" { "password" : "correct horse b\u0061ttery" , "email" : "ada@example.org" } "#,
        r#"{"email":"a@b.co","password":"correct horse battery","age":44,"role":"reader","tags":["x","y"]}"#,
        r#"{"em\u0061il":"a@b.co","password":"\ud83d\ude00 fifteen characters","name":"A. B-C"}"#,
    ] {
        assert!(schema.affirms(text.as_bytes()), "{text}");
        assert!(schema.program_accepts(text.as_bytes()), "{text}");
    }
}

#[test]
fn references_and_alternatives_are_affirmed() {
    let schema = compile(
        &json!({
            "type": "object",
            "properties": {
                "a": { "$ref": "#/$defs/name" },
                "b": { "anyOf": [{ "type": "null" }, { "$ref": "#/$defs/name" }] },
                "c": { "allOf": [{ "minLength": 2 }, { "maxLength": 3 }] },
            },
            "$defs": { "name": { "type": "string", "minLength": 1 } },
        }),
        STRICT,
    );
    assert!(schema.affirms(br#"{"a":"x","b":null,"c":"xyz"}"#));
    assert!(schema.affirms(br#"{"b":"y"}"#));
    for text in [
        r#"{"a":""}"#,
        r#"{"b":1}"#,
        r#"{"b":{"x":[1]}}"#,
        r#"{"c":"x"}"#,
        r#"{"c":"wxyz"}"#,
    ] {
        assert!(!accepts(&schema, text.as_bytes()), "{text}");
    }
    let circle = json!({ "properties": { "next": { "$ref": "#/$defs/node" } }, "$defs": { "node": { "properties": { "next": { "$ref": "#/$defs/node" } } } } });
    assert!(!compile(&circle, STRICT).planned());
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
        assert!(!accepts(&schema, text.as_bytes()), "{what}");
        assert!(!schema.judge(text.as_bytes(), 20).is_empty(), "{what}");
    }
    assert!(!accepts(
        &schema,
        b"{\"email\":\"a@b.co\",\"password\":\"correct horse \xff battery\"}"
    ));
}

#[test]
fn findings_are_bounded_and_point_to_the_value() {
    let schema = compile(&register(), STRICT);
    let text = br#"{"email":5,"password":"short","a/b~":1,"x":2}"#;
    let mut found: Vec<(String, String)> = schema
        .judge(text, 20)
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
    assert_eq!(schema.judge(text, 2).len(), 2);
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
    assert!(accepts(&schema, b"\"x\""));
    assert!(!accepts(&schema, b"1"));
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
    assert!(accepts(&nested, br#"{"a":{"b":1},"list":[{"c":1}]}"#));
    for text in [r#"{"z":1}"#, r#"{"a":{"z":1}}"#, r#"{"list":[{"z":1}]}"#] {
        assert!(!accepts(&nested, text.as_bytes()), "{text}");
    }

    let composed = closed(json!({
        "allOf": [{ "properties": { "a": {} } }, { "$ref": "#/$defs/b" }],
        "$defs": { "b": { "properties": { "b": { "$ref": "#/$defs/b" } } } },
    }));
    assert!(accepts(&composed, br#"{"a":1,"b":{"b":{}}}"#));
    assert!(!accepts(&composed, br#"{"a":1,"c":1}"#));
    assert!(!accepts(&composed, br#"{"b":{"c":1}}"#));

    let defined = closed(json!({
        "properties": { "home": { "$ref": "#/$defs/place" }, "work": { "$ref": "#/$defs/place", "minProperties": 1 } },
        "$defs": { "place": { "properties": { "city": { "type": "string" }, "next": { "$ref": "#/$defs/place" } } } },
    }));
    assert!(accepts(
        &defined,
        br#"{"home":{"city":"x","next":{"city":"y"}},"work":{"city":"x"}}"#
    ));
    for text in [
        r#"{"home":{"z":1}}"#,
        r#"{"work":{"next":{"z":1}}}"#,
        r#"{"work":{}}"#,
        r#"{"home":{"city":1}}"#,
    ] {
        assert!(!accepts(&defined, text.as_bytes()), "{text}");
    }
    let flat = closed(json!({
        "properties": { "home": { "$ref": "#/$defs/place" } },
        "$defs": { "place": { "properties": { "city": { "type": "string" } } } },
    }));
    assert!(flat.affirms(br#"{"home":{"city":"x"}}"#));
    assert!(!accepts(&flat, br#"{"home":{"city":"x","z":1}}"#));

    let own_word = closed(json!({ "properties": { "a": {} }, "additionalProperties": { "type": "string" } }));
    assert!(accepts(&own_word, br#"{"z":"text"}"#));
    let condition = closed(json!({ "not": { "properties": { "a": { "const": 1 } }, "required": ["a"] } }));
    assert!(accepts(&condition, br#"{"a":2,"z":1}"#) && !accepts(&condition, br#"{"a":1,"z":1}"#));
    let open = closed(json!({ "type": "object" }));
    assert!(accepts(&open, br#"{"z":1}"#));
}

#[test]
fn references_that_never_end_are_refused_or_bounded() {
    for schema in [
        json!({ "$ref": "#" }),
        json!({ "allOf": [{ "$ref": "#/$defs/a" }], "$defs": { "a": { "anyOf": [{ "$ref": "#" }] } } }),
        json!({ "not": { "if": { "$ref": "#" } } }),
        json!({ "dependentSchemas": { "a": { "$ref": "#" } } }),
    ] {
        let fault = Schema::compile(schema.to_string().as_bytes(), b"{}", STRICT).map(|_| ());
        let fault = fault.unwrap_err();
        assert_eq!(fault.code, Code::ValidateSchema);
        assert!(fault.detail.contains("leads back to itself"), "{}", fault.detail);
    }
    // Only the way decides where it leads: bounded, and never valid.
    let schema = compile(
        &json!({ "$dynamicAnchor": "a", "$dynamicRef": "#a", "type": "object" }),
        STRICT,
    );
    assert_eq!(schema.judge(b"{}", 20), [Finding::unexplained()]);
    assert!(!schema.program_accepts(b"{}"));
    let denied =
        json!({ "not": { "$id": "b", "$dynamicAnchor": "a", "$dynamicRef": "#a", "type": "object" } });
    assert!(!accepts(&compile(&denied, STRICT), b"{}"));
}

/// A value of `depth` objects inside each other.
fn nested(depth: usize, inmost: &str) -> Vec<u8> {
    [
        &b"{\"n\":".repeat(depth)[..],
        inmost.as_bytes(),
        &b"}".repeat(depth),
    ]
    .concat()
}

#[test]
fn alternatives_that_nest_take_linear_time() {
    // Without kept verdicts 2 to the power of 100 judgements.
    for keyword in ["anyOf", "oneOf", "allOf"] {
        let branch = json!({ "properties": { "n": { "$ref": "#/$defs/node" } }, "required": ["n"] });
        let schema = compile(
            &json!({ "$ref": "#/$defs/node", "$defs": { "node": { keyword: [branch, branch, { "type": "null" }] } } }),
            STRICT,
        );
        assert!(!accepts(&schema, &nested(100, "{}")), "{keyword}");
        let open = compile(
            &json!({ "$ref": "#/$defs/node", "$defs": { "node": { keyword: [branch, branch], "unevaluatedProperties": false } } }),
            STRICT,
        );
        assert!(!accepts(&open, &nested(100, "{}")), "{keyword}");
    }
}

#[test]
fn depth_never_ends_the_stack() {
    let mut inner = json!({ "$ref": "#" });
    for _ in 0..30 {
        inner = json!({ "allOf": [inner] });
    }
    let schema = compile(
        &json!({ "properties": { "n": inner }, "uniqueItems": true }),
        STRICT,
    );
    assert!(accepts(&schema, &nested(20, "1")));
    assert_eq!(schema.judge(&nested(120, "1"), 20), [Finding::unexplained()]);
    assert_eq!(schema.judge(&nested(200, "1"), 20), [Finding::unreadable()]);
}

#[test]
fn dialects_and_embedded_resources_are_followed() {
    let given = json!({
        "https://example.org/own": {
            "$id": "https://example.org/own",
            "$vocabulary": { "https://json-schema.org/draft/2020-12/vocab/applicator": true },
        },
        "https://example.org/odd": { "$vocabulary": { "https://example.org/vocabulary": true } },
        "https://example.org/old": { "$schema": "http://json-schema.org/draft-07/schema#" },
    });
    let given = given.to_string();
    let compiled = |schema: Value| Schema::compile(schema.to_string().as_bytes(), given.as_bytes(), STRICT);
    let own =
        json!({ "$schema": "https://example.org/own", "properties": { "a": { "minimum": 3 }, "b": false } });
    let own = compiled(own).unwrap();
    assert!(accepts(&own, br#"{"a":1}"#) && !accepts(&own, br#"{"b":1}"#));
    for schema in [
        json!({ "$schema": "https://example.org/odd" }),
        json!({ "$schema": "https://example.org/none" }),
        json!({ "$ref": "https://example.org/old" }),
    ] {
        let fault = compiled(schema).map(|_| ());
        assert_eq!(fault.map_err(|fault| fault.code), Err(Code::ValidateSchema));
    }
    let tree = compile(
        &json!({
            "$id": "https://example.org/strict", "$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": false,
            "$defs": { "tree": {
                "$id": "tree", "$dynamicAnchor": "node",
                "properties": { "data": true, "list": { "items": { "$dynamicRef": "#node" } } },
            } },
        }),
        STRICT,
    );
    assert!(accepts(&tree, br#"{"list":[{"data":1}]}"#));
    assert!(!accepts(&tree, br#"{"list":[{"daat":1}]}"#));
}
