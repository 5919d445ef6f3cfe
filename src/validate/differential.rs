//! The plan against the program: what the plan affirms, the program accepts.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::{STRICT, compile, register};

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
                prop::option::of(inner.clone()),
                any::<bool>(),
            )
                .prop_map(|(properties, required, others, open)| {
                    let others = others.unwrap_or(json!(open));
                    json!({ "properties": properties, "required": required, "additionalProperties": others })
                }),
            (prop::collection::vec(inner.clone(), 1..3), any::<bool>())
                .prop_map(|(list, any)| json!({ if any { "anyOf" } else { "allOf" }: list })),
            Just(json!({ "$ref": "#/$defs/word", "maxLength": 2 })),
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
    fn what_the_plan_affirms_the_program_accepts(schema in schemas(), texts in prop::collection::vec(texts(), 12)) {
        let mut schema = schema;
        if let Some(map) = schema.as_object_mut() {
            map.insert("$defs".into(), json!({ "word": { "anyOf": [{ "type": "string" }, { "type": "null" }] } }));
        }
        let schema = compile(&schema, STRICT);
        for text in texts {
            let sure = schema.affirms(text.as_bytes());
            prop_assert!(!sure || schema.program_accepts(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn no_bytes_make_the_walk_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let schema = compile(&register(), STRICT);
        prop_assert!(!schema.affirms(&bytes));
    }
}
