//! Reads a schema before it is compiled.
//!
//! 1. With `strict`, a keyword that 2020-12 does not have is a fault, because a misspelt one checks
//!    nothing. Names that begin with `x-` are the developer's own.
//! 2. With `close`, an object whose schema names properties takes no others. It is left as it is where
//!    the schema says itself what becomes of others. Conditions (`not`, `if`, `contains`) are left too:
//!    closed, they would mean something else.

#![forbid(unsafe_code)]

use serde_json::{Map, Value};

use super::schema::{Reading, bad};
use crate::fault::Fault;

/// What stands in the value of a keyword.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    /// No schema.
    Data,
    /// A schema, an array of schemas, or an object of schemas, about ...
    Part(About),
}

/// ... which value a schema inside is about.
#[derive(Clone, Copy, PartialEq)]
enum About {
    /// The same value: it does not stand alone.
    Same,
    /// A value inside.
    Inner,
    /// A condition, or none yet (definitions).
    Condition,
    Definition,
}

const KEYWORDS: &[(&str, Holds)] = &{
    use About::*;
    use Holds::*;
    [
        ("$anchor", Data),
        ("$comment", Data),
        ("$dynamicAnchor", Data),
        ("$dynamicRef", Data),
        ("$id", Data),
        ("$ref", Data),
        ("$schema", Data),
        ("$vocabulary", Data),
        ("$defs", Part(Definition)),
        ("definitions", Part(Definition)),
        ("allOf", Part(Same)),
        ("anyOf", Part(Same)),
        ("oneOf", Part(Same)),
        ("then", Part(Same)),
        ("else", Part(Same)),
        ("dependentSchemas", Part(Same)),
        ("not", Part(Condition)),
        ("if", Part(Condition)),
        ("contains", Part(Condition)),
        ("propertyNames", Part(Condition)),
        ("items", Part(Inner)),
        ("prefixItems", Part(Inner)),
        ("unevaluatedItems", Part(Inner)),
        ("properties", Part(Inner)),
        ("patternProperties", Part(Inner)),
        ("additionalProperties", Part(Inner)),
        ("unevaluatedProperties", Part(Inner)),
        ("contentSchema", Data),
        ("contentEncoding", Data),
        ("contentMediaType", Data),
        ("const", Data),
        ("default", Data),
        ("dependentRequired", Data),
        ("deprecated", Data),
        ("description", Data),
        ("enum", Data),
        ("examples", Data),
        ("exclusiveMaximum", Data),
        ("exclusiveMinimum", Data),
        ("format", Data),
        ("maxContains", Data),
        ("maxItems", Data),
        ("maxLength", Data),
        ("maxProperties", Data),
        ("maximum", Data),
        ("minContains", Data),
        ("minItems", Data),
        ("minLength", Data),
        ("minProperties", Data),
        ("minimum", Data),
        ("multipleOf", Data),
        ("pattern", Data),
        ("readOnly", Data),
        ("required", Data),
        ("title", Data),
        ("type", Data),
        ("uniqueItems", Data),
        ("writeOnly", Data),
    ]
};

/// Keywords whose value is an object of schemas by name.
const BY_NAME: &[&str] = &[
    "$defs",
    "definitions",
    "dependentSchemas",
    "properties",
    "patternProperties",
];

/// Schemas inside each other that are read.
const MAX_DEPTH: u32 = 64;

/// Checks the schema's keywords and closes it, as `reading` says.
pub fn read(schema: &mut Value, reading: Reading) -> Result<(), Fault> {
    if !reading.strict && !reading.close {
        return Ok(());
    }
    let root = schema.clone();
    visit(schema, &root, reading, About::Inner, 0)
}

fn visit(schema: &mut Value, root: &Value, reading: Reading, about: About, depth: u32) -> Result<(), Fault> {
    let Value::Object(map) = schema else {
        return Ok(());
    };
    if depth > MAX_DEPTH {
        return Err(bad("it is nested too deeply"));
    }
    for (keyword, value) in map.iter_mut() {
        let Some((_, holds)) = KEYWORDS.iter().find(|(known, _)| known == keyword) else {
            if reading.strict && !keyword.starts_with("x-") {
                return Err(bad(&unknown(keyword)));
            }
            continue;
        };
        let Holds::Part(mut inside) = *holds else {
            continue;
        };
        if about == About::Condition {
            inside = About::Condition;
        }
        for part in parts(keyword, value) {
            visit(part, root, reading, inside, depth + 1)?;
        }
    }
    if reading.close && about == About::Inner {
        close(map, root);
    }
    Ok(())
}

fn parts<'a>(keyword: &str, value: &'a mut Value) -> Vec<&'a mut Value> {
    match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(_) if BY_NAME.contains(&keyword) => value
            .as_object_mut()
            .map(|named| named.values_mut().collect())
            .unwrap_or_default(),
        one => vec![one],
    }
}

fn unknown(keyword: &str) -> String {
    let near = KEYWORDS
        .iter()
        .map(|(known, _)| (distance(&keyword.to_lowercase(), &known.to_lowercase()), known))
        .min()
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 4));
    let hint = match near {
        Some((_, known)) => format!("did you mean {known}?"),
        None => "2020-12 has no such keyword; your own begin with \"x-\", or set strict: false".into(),
    };
    format!("unknown keyword {keyword:?}; {hint}")
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().take(40).enumerate() {
        let mut next = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let change = row[j] + usize::from(left != *right);
            next.push(change.min(row[j + 1] + 1).min(next[j] + 1));
        }
        row = next;
    }
    row[b.len()]
}

/// What a schema and those about the same value say of an object.
#[derive(Default)]
struct Said {
    names: bool,
    others: bool,
    /// By another schema than this one, so that `additionalProperties` here would not see it.
    elsewhere: bool,
}

fn close(map: &mut Map<String, Value>, root: &Value) {
    let mut said = Said::default();
    listen(map, root, &mut said, 0);
    if !said.names || said.others {
        return;
    }
    let keyword = if said.elsewhere {
        "unevaluatedProperties"
    } else {
        "additionalProperties"
    };
    map.insert(keyword.into(), Value::Bool(false));
}

fn listen(map: &Map<String, Value>, root: &Value, said: &mut Said, depth: u32) {
    said.names |= map.contains_key("properties");
    said.others |= map.contains_key("additionalProperties") || map.contains_key("unevaluatedProperties");
    // References can lead in a circle; one that does adds nothing new after a few rounds.
    if depth > 8 {
        return;
    }
    for (keyword, value) in map {
        match keyword.as_str() {
            "$ref" => {
                let target = value.as_str().and_then(|text| text.strip_prefix('#'));
                if let Some(Value::Object(target)) = target.and_then(|pointer| root.pointer(pointer)) {
                    said.elsewhere = true;
                    listen(target, root, said, depth + 1);
                }
            }
            "allOf" | "anyOf" | "oneOf" | "then" | "else" | "if" | "dependentSchemas" => {
                let inner: Vec<&Value> = match value {
                    Value::Array(list) => list.iter().collect(),
                    Value::Object(named) if keyword == "dependentSchemas" => named.values().collect(),
                    one => vec![one],
                };
                for part in inner.into_iter().filter_map(Value::as_object) {
                    said.elsewhere = true;
                    listen(part, root, said, depth + 1);
                }
            }
            _ => {}
        }
    }
}
