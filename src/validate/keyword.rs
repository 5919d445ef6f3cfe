//! What single keywords ask, read from a schema into the parts of a [`plan`](super::plan). `None`: the
//! plan does not know it.

#![forbid(unsafe_code)]

use serde_json::{Map, Value};

use super::ecma;
use super::format::Format;
use super::plan::{MAX_EXACT, Node, NumberRules, StringRules, Values, types};

pub fn type_bits(value: Option<&Value>) -> Option<u8> {
    let one = |name: &Value| {
        Some(match name.as_str()? {
            "null" => types::NULL,
            "boolean" => types::BOOLEAN,
            "integer" => types::INTEGER,
            "number" => types::NUMBER,
            "string" => types::STRING,
            "array" => types::ARRAY,
            "object" => types::OBJECT,
            _ => return None,
        })
    };
    match value {
        None => Some(types::ALL),
        Some(Value::Array(names)) => names.iter().try_fold(0, |bits, name| Some(bits | one(name)?)),
        Some(name) => one(name),
    }
}

pub fn values(schema: &Map<String, Value>) -> Option<Option<Values>> {
    let single;
    let list = match (schema.get("enum"), schema.get("const")) {
        (None, None) => return Some(None),
        (Some(Value::Array(list)), None) => list,
        (None, Some(value)) => {
            single = vec![value.clone()];
            &single
        }
        _ => return None,
    };
    let mut values = Values::default();
    for value in list {
        match value {
            Value::String(text) => values.strings.push(text.as_str().into()),
            Value::Number(number) => values.numbers.push(exact(number.as_f64()?)?),
            Value::Bool(true) => values.yes = true,
            Value::Bool(false) => values.no = true,
            Value::Null => values.null = true,
            _ => return None,
        }
    }
    Some(Some(values))
}

fn exact(number: f64) -> Option<f64> {
    (number.abs() <= MAX_EXACT).then_some(number)
}

/// A size keyword: absent gives the fallback, anything but a small whole number no plan.
pub fn size(schema: &Map<String, Value>, keyword: &str, fallback: usize) -> Option<usize> {
    match schema.get(keyword) {
        None => Some(fallback),
        Some(value) => usize::try_from(value.as_u64()?).ok(),
    }
}

pub fn string_rules(schema: &Map<String, Value>, formats: bool) -> Option<StringRules> {
    let pattern = match schema.get("pattern") {
        None => None,
        Some(text) => Some(ecma::compile(text.as_str()?).ok()?),
    };
    let format = match schema.get("format") {
        Some(name) if formats => Some(Format::of(name.as_str()?)?),
        _ => None,
    };
    let (min, max) = (
        size(schema, "minLength", 0)?,
        size(schema, "maxLength", usize::MAX)?,
    );
    let any = min > 0 || max < usize::MAX || pattern.is_some() || format.is_some();
    Some(StringRules {
        min,
        max,
        pattern,
        format,
        any,
    })
}

pub fn number_rules(schema: &Map<String, Value>) -> Option<NumberRules> {
    let limit = |keyword, fallback| match schema.get(keyword) {
        None => Some(fallback),
        Some(value) => exact(value.as_f64()?),
    };
    Some(NumberRules {
        min: limit("minimum", f64::NEG_INFINITY)?,
        max: limit("maximum", f64::INFINITY)?,
        above: limit("exclusiveMinimum", f64::NEG_INFINITY)?,
        below: limit("exclusiveMaximum", f64::INFINITY)?,
    })
}

/// Whether a keyword asks something of the value; `None` where the plan does not know it.
pub fn asks_something(keyword: &str, value: &Value, depth: u32) -> Option<bool> {
    match keyword {
        "title" | "description" | "default" | "examples" | "$comment" | "deprecated" | "readOnly"
        | "writeOnly" => Some(false),
        // Another dialect reads the same words differently.
        "$schema" if depth == 0 => {
            (value.as_str() == Some("https://json-schema.org/draft/2020-12/schema")).then_some(false)
        }
        "$id" | "$defs" if depth == 0 => Some(false),
        "type"
        | "enum"
        | "const"
        | "minLength"
        | "maxLength"
        | "pattern"
        | "format"
        | "minimum"
        | "maximum"
        | "exclusiveMinimum"
        | "exclusiveMaximum"
        | "items"
        | "minItems"
        | "maxItems"
        | "properties"
        | "required"
        | "additionalProperties"
        | "allOf"
        | "anyOf"
        | "$ref" => Some(true),
        _ => None,
    }
}

/// The properties that must be there. One that is required but not described gets a place of its own.
pub fn required_bits(
    schema: &Map<String, Value>,
    properties: &mut Vec<(Box<str>, Node)>,
    others: Option<&Node>,
) -> Option<u64> {
    let Some(names) = schema.get("required") else {
        return Some(0);
    };
    let mut required = 0;
    for name in names.as_array()? {
        let name = name.as_str()?;
        let at = match properties.iter().position(|(known, _)| **known == *name) {
            Some(at) => at,
            // `others` would have to hold for it.
            None if matches!(others, Some(Node::Any)) => {
                properties.push((name.into(), Node::Any));
                properties.len() - 1
            }
            None => return None,
        };
        required |= 1u64.checked_shl(u32::try_from(at).ok()?)?;
    }
    Some(required)
}
