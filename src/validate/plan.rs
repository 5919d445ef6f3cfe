//! The own plan: what the most used keywords ask, in the order in which a pass over the bytes meets it.

#![forbid(unsafe_code)]

use regex::Regex;
use serde_json::{Map, Value};

use super::format::Format;

/// Types as bits; a whole number has both `INTEGER` and `NUMBER`.
pub mod types {
    pub const NULL: u8 = 1;
    pub const BOOLEAN: u8 = 2;
    pub const INTEGER: u8 = 4;
    pub const NUMBER: u8 = 8;
    pub const STRING: u8 = 16;
    pub const ARRAY: u8 = 32;
    pub const OBJECT: u8 = 64;
    pub const ALL: u8 = 127;
}

/// Properties of one object that the plan takes; `seen` is one word.
const MAX_PROPERTIES: usize = 64;

/// Schemas inside each other. Below the depth that the JSON parser of the crate takes.
const MAX_DEPTH: u32 = 32;

/// Whole numbers up to here are exact as doubles and have at most 15 digits.
pub const MAX_EXACT: f64 = 999_999_999_999_999.0;

/// What a value must be.
#[derive(Debug)]
pub enum Node {
    /// Anything that is JSON.
    Any,
    Rules(Box<Rules>),
}

#[derive(Debug)]
pub struct Rules {
    pub types: u8,
    pub values: Option<Values>,
    pub string: StringRules,
    pub number: NumberRules,
    pub array: ArrayRules,
    pub object: ObjectRules,
}

/// `enum` or `const` of scalars.
#[derive(Debug, Default)]
pub struct Values {
    pub strings: Vec<Box<str>>,
    pub numbers: Vec<f64>,
    pub yes: bool,
    pub no: bool,
    pub null: bool,
}

#[derive(Debug)]
pub struct StringRules {
    /// Code points.
    pub min: usize,
    pub max: usize,
    pub pattern: Option<Regex>,
    pub format: Option<Format>,
    /// Whether anything is asked of the text.
    pub any: bool,
}

#[derive(Debug)]
pub struct NumberRules {
    pub min: f64,
    pub max: f64,
    pub above: f64,
    pub below: f64,
}

#[derive(Debug)]
pub struct ArrayRules {
    pub min: usize,
    pub max: usize,
    pub items: Node,
}

#[derive(Debug)]
pub struct ObjectRules {
    pub properties: Vec<(Box<str>, Node)>,
    /// Bit i: property i must be there.
    pub required: u64,
    /// What properties without a name here must be; `None`: there must be none.
    pub others: Option<Node>,
}

/// The plan for a schema, or `None` where it has a keyword that the plan does not know.
pub fn compile(schema: &Value, formats: bool) -> Option<Node> {
    node(schema, formats, 0)
}

fn node(schema: &Value, formats: bool, depth: u32) -> Option<Node> {
    let schema = match schema {
        Value::Bool(true) => return Some(Node::Any),
        Value::Object(schema) if depth < MAX_DEPTH => schema,
        _ => return None,
    };
    let mut asks = false;
    for keyword in schema.keys() {
        match keyword.as_str() {
            "title" | "description" | "default" | "examples" | "$comment" | "deprecated" | "readOnly"
            | "writeOnly" => {}
            "$schema" if depth == 0 => {
                // Another dialect reads the same words differently.
                if schema.get("$schema")?.as_str()? != "https://json-schema.org/draft/2020-12/schema" {
                    return None;
                }
            }
            "$id" | "$defs" if depth == 0 => {}
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
            | "additionalProperties" => asks = true,
            _ => return None,
        }
    }
    if !asks {
        return Some(Node::Any);
    }
    Some(Node::Rules(Box::new(Rules {
        types: type_bits(schema.get("type"))?,
        values: values(schema)?,
        string: string_rules(schema, formats)?,
        number: number_rules(schema)?,
        array: array_rules(schema, formats, depth)?,
        object: object_rules(schema, formats, depth)?,
    })))
}

fn type_bits(value: Option<&Value>) -> Option<u8> {
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

fn values(schema: &Map<String, Value>) -> Option<Option<Values>> {
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
fn size(schema: &Map<String, Value>, keyword: &str, fallback: usize) -> Option<usize> {
    match schema.get(keyword) {
        None => Some(fallback),
        Some(value) => usize::try_from(value.as_u64()?).ok(),
    }
}

fn string_rules(schema: &Map<String, Value>, formats: bool) -> Option<StringRules> {
    let pattern = match schema.get("pattern") {
        None => None,
        // The translation from ECMA-262 that the crate itself uses.
        Some(text) => Some(Regex::new(&jsonschema_regex::to_rust_regex(text.as_str()?).ok()?).ok()?),
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

fn number_rules(schema: &Map<String, Value>) -> Option<NumberRules> {
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

fn array_rules(schema: &Map<String, Value>, formats: bool, depth: u32) -> Option<ArrayRules> {
    Some(ArrayRules {
        min: size(schema, "minItems", 0)?,
        max: size(schema, "maxItems", usize::MAX)?,
        items: match schema.get("items") {
            None => Node::Any,
            Some(items) => node(items, formats, depth + 1)?,
        },
    })
}

fn object_rules(schema: &Map<String, Value>, formats: bool, depth: u32) -> Option<ObjectRules> {
    let mut properties: Vec<(Box<str>, Node)> = Vec::new();
    if let Some(named) = schema.get("properties") {
        for (name, value) in named.as_object()? {
            properties.push((name.as_str().into(), node(value, formats, depth + 1)?));
        }
    }
    let others = match schema.get("additionalProperties") {
        None => Some(Node::Any),
        Some(Value::Bool(false)) => None,
        Some(value) => Some(node(value, formats, depth + 1)?),
    };
    let mut required = 0;
    if let Some(names) = schema.get("required") {
        for name in names.as_array()? {
            let name = name.as_str()?;
            let at = match properties.iter().position(|(known, _)| **known == *name) {
                Some(at) => at,
                // Required but not described: `others` would have to hold for it.
                None if matches!(others, Some(Node::Any)) => {
                    properties.push((name.into(), Node::Any));
                    properties.len() - 1
                }
                None => return None,
            };
            required |= 1u64.checked_shl(u32::try_from(at).ok()?)?;
        }
    }
    (properties.len() <= MAX_PROPERTIES).then_some(ObjectRules {
        properties,
        required,
        others,
    })
}
