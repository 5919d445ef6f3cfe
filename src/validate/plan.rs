//! The own plan: what the most used keywords ask, in the order in which a pass over the bytes meets it.

#![forbid(unsafe_code)]

use regex::Regex;
use serde_json::{Map, Value};

use super::format::Format;
use super::keyword::{asks_something, number_rules, required_bits, size, string_rules, type_bits, values};

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

/// Schemas inside each other. Below the depth that the JSON parser takes.
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
    /// Further schemas that must hold for the same value: `allOf`, `$ref`.
    pub all_of: Vec<Node>,
    /// One of these must hold; empty where nothing is asked.
    pub any_of: Vec<Node>,
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
    let mut compiler = Compiler {
        root: schema,
        formats,
        open: Vec::new(),
        nodes: 0,
    };
    compiler.node(schema, 0)
}

/// Schemas of one plan, references counted each time.
const MAX_NODES: u32 = 5000;

struct Compiler<'a> {
    root: &'a Value,
    formats: bool,
    /// References that are being followed: one that comes back to itself has no plan.
    open: Vec<&'a str>,
    nodes: u32,
}

impl<'a> Compiler<'a> {
    fn node(&mut self, schema: &'a Value, depth: u32) -> Option<Node> {
        self.nodes += 1;
        let schema = match schema {
            Value::Bool(true) => return Some(Node::Any),
            Value::Object(schema) if depth < MAX_DEPTH && self.nodes < MAX_NODES => schema,
            _ => return None,
        };
        let mut asks = false;
        for (keyword, value) in schema {
            asks |= asks_something(keyword, value, depth)?;
        }
        if !asks {
            return Some(Node::Any);
        }
        Some(Node::Rules(Box::new(Rules {
            all_of: self.all_of(schema, depth)?,
            any_of: self.list(schema.get("anyOf"), depth)?,
            types: type_bits(schema.get("type"))?,
            values: values(schema)?,
            string: string_rules(schema, self.formats)?,
            number: number_rules(schema)?,
            array: self.array_rules(schema, depth)?,
            object: self.object_rules(schema, depth)?,
        })))
    }

    fn list(&mut self, list: Option<&'a Value>, depth: u32) -> Option<Vec<Node>> {
        match list {
            None => Some(Vec::new()),
            Some(list) => list
                .as_array()?
                .iter()
                .map(|one| self.node(one, depth + 1))
                .collect(),
        }
    }

    fn all_of(&mut self, schema: &'a Map<String, Value>, depth: u32) -> Option<Vec<Node>> {
        let mut nodes = self.list(schema.get("allOf"), depth)?;
        if let Some(reference) = schema.get("$ref") {
            nodes.push(self.reference(reference.as_str()?, depth)?);
        }
        Some(nodes)
    }

    /// Only definitions of this schema by their name; an `$id` on the way would change what `#` means, and
    /// has no plan.
    fn reference(&mut self, reference: &'a str, depth: u32) -> Option<Node> {
        let name = reference.strip_prefix("#/$defs/")?;
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if !plain || self.open.contains(&reference) {
            return None;
        }
        let target = self.root.get("$defs")?.get(name)?;
        self.open.push(reference);
        let node = self.node(target, depth + 1)?;
        self.open.pop();
        Some(node)
    }

    fn array_rules(&mut self, schema: &'a Map<String, Value>, depth: u32) -> Option<ArrayRules> {
        Some(ArrayRules {
            min: size(schema, "minItems", 0)?,
            max: size(schema, "maxItems", usize::MAX)?,
            items: match schema.get("items") {
                None => Node::Any,
                Some(items) => self.node(items, depth + 1)?,
            },
        })
    }

    fn object_rules(&mut self, schema: &'a Map<String, Value>, depth: u32) -> Option<ObjectRules> {
        let mut properties: Vec<(Box<str>, Node)> = Vec::new();
        if let Some(named) = schema.get("properties") {
            for (name, value) in named.as_object()? {
                properties.push((name.as_str().into(), self.node(value, depth + 1)?));
            }
        }
        let others = match schema.get("additionalProperties") {
            None => Some(Node::Any),
            Some(Value::Bool(false)) => None,
            Some(value) => Some(self.node(value, depth + 1)?),
        };
        let required = required_bits(schema, &mut properties, others.as_ref())?;
        (properties.len() <= MAX_PROPERTIES).then_some(ObjectRules {
            properties,
            required,
            others,
        })
    }
}
