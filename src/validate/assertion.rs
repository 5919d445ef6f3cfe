//! Keywords that ask something of the value itself, read from a schema into a [`Program`](super::program).

#![forbid(unsafe_code)]

use serde_json::{Map, Number, Value};

use super::ecma;
use super::keyword::type_bits;
use super::program::{Keyword, Limit, Size};
use super::schema::bad;
use crate::fault::Fault;

const LIMITS: [(&str, Limit); 4] = [
    ("minimum", Limit::Minimum),
    ("maximum", Limit::Maximum),
    ("exclusiveMinimum", Limit::ExclusiveMinimum),
    ("exclusiveMaximum", Limit::ExclusiveMaximum),
];

const SIZES: [(&str, Size); 6] = [
    ("minLength", Size::MinLength),
    ("maxLength", Size::MaxLength),
    ("minItems", Size::MinItems),
    ("maxItems", Size::MaxItems),
    ("minProperties", Size::MinProperties),
    ("maxProperties", Size::MaxProperties),
];

/// A list of values that is longer is not told.
const MAX_TOLD: usize = 120;

/// Adds them in the order in which they are told: the cheap ones first.
pub fn add(map: &Map<String, Value>, keywords: &mut Vec<Keyword>) -> Result<(), Fault> {
    if let Some(types) = map.get("type") {
        let bits = type_bits(Some(types))
            .ok_or_else(|| bad("type must be one of the seven types, or a list of them"))?;
        keywords.push(Keyword::Type { bits });
    }
    if let Some(value) = map.get("const") {
        keywords.push(Keyword::Const(value.clone()));
    }
    if let Some(values) = map.get("enum") {
        keywords.push(listed(values)?);
    }
    for (keyword, kind) in LIMITS {
        if let Some(number) = number(map, keyword)? {
            keywords.push(Keyword::Limit { kind, number });
        }
    }
    if let Some(number) = number(map, "multipleOf")? {
        keywords.push(Keyword::MultipleOf(number));
    }
    for (keyword, kind) in SIZES {
        if let Some(count) = count(map, keyword)? {
            keywords.push(Keyword::Size { kind, count });
        }
    }
    if let Some(names) = map.get("required") {
        keywords.push(Keyword::Required(texts("required", names)?));
    }
    match map.get("dependentRequired") {
        None => {}
        Some(Value::Object(map)) => {
            let pairs = map
                .iter()
                .map(|(name, names)| Ok((name.clone(), texts("dependentRequired", names)?)));
            keywords.push(Keyword::DependentRequired(pairs.collect::<Result<_, Fault>>()?));
        }
        Some(_) => return Err(bad("dependentRequired must be an object of lists of names")),
    }
    match map.get("pattern") {
        None => {}
        Some(Value::String(pattern)) => keywords.push(Keyword::Pattern(ecma::compile(pattern)?)),
        Some(_) => return Err(bad("pattern must be a text")),
    }
    if map.get("uniqueItems") == Some(&Value::Bool(true)) {
        keywords.push(Keyword::UniqueItems);
    }
    Ok(())
}

fn listed(values: &Value) -> Result<Keyword, Fault> {
    let Value::Array(list) = values else {
        return Err(bad("enum must be an array"));
    };
    let text = values.to_string();
    Ok(Keyword::Enum {
        values: list.clone(),
        detail: if text.len() > MAX_TOLD {
            "must be one of the allowed values".into()
        } else {
            format!("must be one of {text}")
        },
    })
}

fn number(map: &Map<String, Value>, keyword: &str) -> Result<Option<Number>, Fault> {
    match map.get(keyword) {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number.clone())),
        Some(_) => Err(bad(&format!("{keyword} must be a number"))),
    }
}

/// A keyword whose value is a size; 2.0 is one too.
pub fn count(map: &Map<String, Value>, keyword: &str) -> Result<Option<u64>, Fault> {
    let Some(value) = map.get(keyword) else {
        return Ok(None);
    };
    let double = value
        .as_f64()
        .filter(|double| *double >= 0.0 && double.fract() == 0.0);
    // The cast ends at the largest number, which no value is as long as.
    match value.as_u64().or(double.map(|double| double as u64)) {
        Some(count) => Ok(Some(count)),
        None => Err(bad(&format!("{keyword} must be a whole number from 0 on"))),
    }
}

pub fn texts(keyword: &str, value: &Value) -> Result<Vec<String>, Fault> {
    let list = value
        .as_array()
        .map(|list| list.iter().map(|one| one.as_str().map(str::to_owned)));
    list.and_then(Iterator::collect)
        .ok_or_else(|| bad(&format!("{keyword} must be a list of names")))
}
