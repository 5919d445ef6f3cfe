//! The own judgement beside the crate `jsonschema`: random schemas of all keywords, random values, the same
//! verdict and the same findings. `HAUBERK_CASES` says how many schemas.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{PatternOptions, ValidationError, Validator};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

use super::compile::{Formats, compile};
use super::program::Program;
use super::report::Finding;
use super::{check, meta};
use crate::fault::Fault;

/// What the crate says, in our words: pointer, keyword, detail.
fn told(error: &ValidationError<'_>) -> Vec<(String, String, String)> {
    let at = error.instance_path().as_str();
    let kind = error.kind();
    let one = |pointer: String, detail: String| (pointer, kind.keyword().to_owned(), detail);
    match kind {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| one(format!("{at}/{name}"), "is not a known property".into()))
            .collect(),
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![one(format!("{at}/{name}"), "is required".into())]
        }
        _ => vec![one(at.to_owned(), detail(kind))],
    }
}

fn detail(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind } => format!("must be {}", types(kind)),
        Kind::MinLength { limit } => format!("must have at least {limit} characters"),
        Kind::MaxLength { limit } => format!("must have at most {limit} characters"),
        Kind::MinItems { limit } => format!("must have at least {limit} items"),
        Kind::MaxItems { limit } => format!("must have at most {limit} items"),
        Kind::MinProperties { limit } => format!("must have at least {limit} properties"),
        Kind::MaxProperties { limit } => format!("must have at most {limit} properties"),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::Format { format } => format!("must be of the format {format}"),
        Kind::Enum { options } => format!("must be one of {options}"),
        Kind::Pattern { .. } => "does not match the required pattern".into(),
        Kind::Constant { .. } => "is not the required value".into(),
        Kind::UniqueItems => "must not have equal items".into(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => "matches none of the allowed forms".into(),
        Kind::OneOfMultipleValid { .. } => "matches more than one of the allowed forms".into(),
        Kind::Contains => "does not hold enough of the required items, or too many".into(),
        Kind::FalseSchema => "is not allowed".into(),
        Kind::PropertyNames { .. } => "has a property with a name that is not allowed".into(),
        Kind::UnevaluatedItems { .. } => "has items that are not allowed".into(),
        _ => "is not valid".into(),
    }
}

fn types(kind: &TypeKind) -> String {
    let article = |name: &str| match name {
        "null" => "null".to_owned(),
        "array" | "integer" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    };
    match kind {
        TypeKind::Single(one) => article(one.as_str()),
        TypeKind::Multiple(set) => {
            let names: Vec<String> = set.iter().map(|one| article(one.as_str())).collect();
            names.join(" or ")
        }
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => select(vec![json!(0), json!(1), json!(2), json!(3), json!(1.0), json!(1.5), json!(-2), json!(0.3), json!(1e30)]),
        3 => select(vec![json!(""), json!("a"), json!("b"), json!("ab"), json!("1"), json!("\u{e4}\u{1f600}")]),
        1 => select(vec![json!(null), json!(true), json!(false)]),
    ];
    leaf.prop_recursive(3, 14, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(names(), inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

fn names() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c", "ab"]).prop_map(str::to_owned)
}

fn formats() -> impl Strategy<Value = &'static str> {
    select(vec![
        "date",
        "email",
        "hostname",
        "ipv4",
        "json-pointer",
        "uri-reference",
        "regex",
        "duration",
    ])
}

/// Keywords that look at the value alone.
fn assertion() -> impl Strategy<Value = (&'static str, Value)> {
    let kinds = vec![
        "null", "boolean", "integer", "number", "string", "array", "object",
    ];
    let sizes = vec![
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
    ];
    let limits = vec!["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
    prop_oneof![
        2 => select(kinds.clone()).prop_map(|name| ("type", json!(name))),
        1 => prop::collection::btree_set(select(kinds), 1..4).prop_map(|names| ("type", json!(names))),
        2 => (select(sizes), 0u64..4).prop_map(|(name, size)| (name, json!(size))),
        2 => (select(limits), select(vec![json!(0), json!(1), json!(1.5), json!(2.0), json!(-1)])),
        1 => select(vec![json!(1), json!(2), json!(0.1), json!(0.5), json!(1e30)]).prop_map(|of| ("multipleOf", of)),
        1 => values().prop_map(|value| ("const", value)),
        1 => prop::collection::vec(values(), 1..3).prop_map(|list| ("enum", json!(list))),
        1 => select(vec!["^a", "b$", "\\d", "^\\w*$", "^.$"]).prop_map(|text| ("pattern", json!(text))),
        1 => formats().prop_map(|name| ("format", json!(name))),
        1 => any::<bool>().prop_map(|yes| ("uniqueItems", json!(yes))),
        2 => prop::collection::btree_set(names(), 0..3).prop_map(|names| ("required", json!(names))),
        1 => (names(), prop::collection::btree_set(names(), 0..3))
            .prop_map(|(name, names)| ("dependentRequired", json!({ name: names }))),
        1 => (0u64..3).prop_map(|count| ("minContains", json!(count))),
        1 => (0u64..3).prop_map(|count| ("maxContains", json!(count))),
    ]
}

/// Keywords with schemas inside, and references.
fn applicator(inner: BoxedStrategy<Value>) -> impl Strategy<Value = (&'static str, Value)> {
    let one = vec![
        "not",
        "if",
        "then",
        "else",
        "contains",
        "items",
        "propertyNames",
        "additionalProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
    ];
    let lists = vec!["allOf", "anyOf", "oneOf", "prefixItems"];
    let maps = vec!["properties", "dependentSchemas"];
    let references = vec![
        "root#/$defs/p",
        "root#/$defs/q",
        "#",
        "root#here",
        "r",
        "r#/$defs/s",
    ];
    prop_oneof![
        4 => (select(one), inner.clone()),
        3 => (select(lists), prop::collection::vec(inner.clone(), 1..4)).prop_map(|(name, list)| (name, json!(list))),
        4 => (select(maps), prop::collection::btree_map(names(), inner.clone(), 0..3))
            .prop_map(|(name, map)| (name, json!(map))),
        1 => (select(vec!["^a", "b", "."]), inner).prop_map(|(name, one)| ("patternProperties", json!({ name: one }))),
        2 => select(references).prop_map(|name| ("$ref", json!(name))),
        1 => select(vec!["#node", "r#node", "root#node", "root#/$defs/p", "root#here"]).prop_map(|name| ("$dynamicRef", json!(name))),
        1 => any::<bool>().prop_map(|yes| ("unevaluatedProperties", json!(yes))),
        1 => any::<bool>().prop_map(|yes| ("additionalProperties", json!(yes))),
        1 => any::<bool>().prop_map(|yes| ("unevaluatedItems", json!(yes))),
    ]
}

fn schemas() -> impl Strategy<Value = Value> {
    let object = |pairs: Vec<(&str, Value)>| {
        let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::Object(pairs.collect())
    };
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::Bool),
        6 => prop::collection::vec(assertion(), 0..3).prop_map(object),
    ];
    let inner = leaf.prop_recursive(3, 24, 4, move |inner| {
        let pair = prop_oneof![1 => assertion().boxed(), 2 => applicator(inner.boxed()).boxed()];
        prop::collection::vec(pair, 1..5).prop_map(object)
    });
    let inner = inner.boxed();
    let whole = (inner.clone(), inner.clone(), inner.clone(), inner.clone(), inner);
    whole.prop_map(|(root, p, q, r, s)| {
        let with = |schema: Value, more: Value| {
            let mut map = schema.as_object().cloned().unwrap_or_else(|| {
                Map::from_iter([("allOf".to_owned(), json!([schema]))])
            });
            map.extend(more.as_object().cloned().unwrap_or_default());
            Value::Object(map)
        };
        let r = with(r, json!({ "$id": "r", "$dynamicAnchor": "node", "$defs": { "s": s } }));
        let q = with(q, json!({ "$anchor": "here" }));
        with(root, json!({ "$id": "https://example.org/root", "$dynamicAnchor": "node", "$defs": { "p": p, "q": q, "r": r } }))
    })
}

fn ours(schema: &Value) -> Result<Program, Fault> {
    meta::check(schema)?;
    compile(schema, &Map::new(), Formats::Asserted)
}

fn theirs(schema: &Value) -> Option<Validator> {
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    options.should_validate_formats(true).build(schema).ok()
}

/// The same cases in each run, as the crate says other things now and then about what is invalid anyway: it takes the
/// annotations of a `oneOf` that failed. More cases are asked for by `HAUBERK_CASES`.
fn cases() -> u32 {
    let asked = std::env::var("HAUBERK_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    asked.unwrap_or(500)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), rng_seed: RngSeed::Fixed(202_012), ..ProptestConfig::default() })]

    #[test]
    fn verdicts_are_those_of_the_crate(
        schema in schemas(),
        values in prop::collection::vec(values(), 12),
    ) {
        let program = match ours(&schema) {
            Ok(program) => program,
            // The crate takes circles of references.
            Err(fault) if fault.detail.contains("leads back") => return Ok(()),
            Err(fault) => {
                prop_assert!(theirs(&schema).is_none(), "{} {}", fault.detail, schema);
                return Ok(());
            }
        };
        let validator = theirs(&schema);
        prop_assert!(validator.is_some(), "only the crate refuses {}", schema);
        let Some(validator) = validator else { return Ok(()) };
        for value in values {
            let expected = validator.is_valid(&value);
            let found = check::findings(&program, &value, 1000);
            // Circles that only the way to them makes.
            if found.contains(&Finding::unexplained()) {
                continue;
            }
            prop_assert_eq!(check::holds(&program, &value), expected, "{} by {}", value, schema);
            prop_assert_eq!(found.is_empty(), expected, "{} by {}", value, schema);
        }
    }

    #[test]
    fn findings_are_those_of_the_crate(schema in schemas(), values in prop::collection::vec(values(), 12)) {
        let (Ok(program), Some(validator)) = (ours(&schema), theirs(&schema)) else {
            return Ok(());
        };
        for value in values {
            let found = check::findings(&program, &value, 1000);
            if found.contains(&Finding::unexplained()) {
                continue;
            }
            let mut found: Vec<_> = found.into_iter().map(|one| (one.pointer, one.keyword, one.detail)).collect();
            let mut told: Vec<_> = validator.iter_errors(&value).flat_map(|error| told(&error)).collect();
            // Of an object that is closed the crate says that a property is missing which is there.
            told.retain(|(pointer, keyword, _)| keyword != "required" || value.pointer(pointer).is_none());
            found.sort();
            told.sort();
            prop_assert_eq!(found, told, "{} by {}", value, schema);
        }
    }

    #[test]
    fn formats_are_those_of_the_crate(text in texts()) {
        for (name, program, validator) in FORMATS.iter() {
            let value = Value::String(text.clone());
            prop_assert_eq!(check::holds(program, &value), validator.is_valid(&value), "{} {:?}", name, text);
        }
    }
}

/// Texts of the parts that the formats are made of.
fn texts() -> impl Strategy<Value = String> {
    let parts = select(vec![
        "a",
        "Z",
        "9",
        "0",
        "12",
        "2024",
        "02",
        "29",
        "-",
        "-",
        ":",
        ":",
        ".",
        ".",
        "/",
        "//",
        "@",
        "#",
        "?",
        "%41",
        "%4",
        "T",
        "t",
        "Z",
        "+",
        "23",
        "59",
        "60",
        "P",
        "W",
        "Y",
        "M",
        "D",
        "H",
        "S",
        "~0",
        "~1",
        "~",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "*",
        "|",
        "^",
        "$",
        "\\",
        "\\d",
        "\\u0041",
        "\\1",
        "{1,2}",
        "(?:",
        "(?=",
        "(?<a>",
        "xn--",
        "--",
        "::1",
        "1.2.3.4",
        "http:",
        "user@",
        ",",
        "\u{e4}",
        "\u{200d}",
        " ",
        "\"",
        "<",
        "&",
        "2024-02-29",
        "T23:59:60Z",
        "T12:00:00+01:00",
        "IPv6:",
        "mailto:",
        "example.org",
        "'",
        "_",
        "=",
        "!",
    ]);
    prop::collection::vec(parts, 0..7).prop_map(|parts| parts.concat())
}

static FORMATS: LazyLock<Vec<(&str, Program, Validator)>> = LazyLock::new(|| {
    let names = [
        "date",
        "date-time",
        "duration",
        "email",
        "hostname",
        "idn-email",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "iri",
        "iri-reference",
        "json-pointer",
        "regex",
        "relative-json-pointer",
        "time",
        "uri",
        "uri-reference",
        "uri-template",
        "uuid",
    ];
    let both = |name| {
        let schema = json!({ "format": name });
        Some((name, ours(&schema).ok()?, theirs(&schema)?))
    };
    names.into_iter().filter_map(both).collect()
});
