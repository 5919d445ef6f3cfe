//! A compiled schema: what each of its schemas asks, with references by number.

#![forbid(unsafe_code)]

use std::collections::HashMap;

use regex::Regex;
use serde_json::{Number, Value};

/// A schema's number in its program.
pub type Id = u32;

#[derive(Debug, Default)]
pub struct Program {
    /// The first is where judging begins.
    pub nodes: Vec<Node>,
    /// Schemas by resource and `$dynamicAnchor`, as a number of its name.
    pub dynamic: HashMap<(u32, u32), Id>,
    /// Whether a reference depends on how it was come to.
    pub scoped: bool,
}

#[derive(Debug, Default)]
pub struct Node {
    /// In the order in which they are judged and told.
    pub keywords: Vec<Keyword>,
    pub resource: u32,
    /// More than one reference leads here, so a verdict is kept.
    pub shared: bool,
}

#[derive(Debug)]
pub enum Keyword {
    /// The schema `false`.
    Never,
    Type {
        bits: u8,
    },
    Const(Value),
    Enum {
        values: Vec<Value>,
        detail: String,
    },
    Limit {
        kind: Limit,
        number: Number,
    },
    MultipleOf(Number),
    Size {
        kind: Size,
        count: u64,
    },
    Required(Vec<String>),
    DependentRequired(Vec<(String, Vec<String>)>),
    Pattern(Regex),
    Format {
        name: String,
        holds: fn(&str) -> bool,
    },
    UniqueItems,
    Members(Box<Members>),
    PropertyNames(Id),
    Items {
        prefix: Vec<Id>,
        rest: Option<Id>,
    },
    Contains {
        item: Id,
        min: u64,
        max: u64,
    },
    DependentSchemas(Vec<(String, Id)>),
    AllOf(Vec<Id>),
    AnyOf(Vec<Id>),
    OneOf(Vec<Id>),
    Not(Id),
    If {
        test: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
    },
    UnevaluatedProperties(Id),
    UnevaluatedItems(Id),
    Ref(Id),
    /// The outermost resource on the way that has the anchor, else the schema that was found at first.
    DynamicRef {
        anchor: u32,
        found: Id,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Minimum,
    Maximum,
    ExclusiveMinimum,
    ExclusiveMaximum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    MinLength,
    MaxLength,
    MinItems,
    MaxItems,
    MinProperties,
    MaxProperties,
}

/// `properties`, `patternProperties` and `additionalProperties`.
#[derive(Debug)]
pub struct Members {
    pub named: HashMap<String, Id>,
    pub patterns: Vec<(Regex, Id)>,
    pub others: Others,
}

/// What properties without a schema of their own must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Nothing is said about them.
    Unsaid,
    Must(Id),
    /// They must not be there; each is told.
    None,
    /// No property at all may be there, which is told once.
    Nothing,
}

impl Node {
    /// The schemas that this one asks of the same value, without those that the way to it decides.
    pub fn in_place(&self) -> Vec<Id> {
        let mut ids = Vec::new();
        for keyword in &self.keywords {
            match keyword {
                Keyword::AllOf(list) | Keyword::AnyOf(list) | Keyword::OneOf(list) => ids.extend(list),
                Keyword::Not(one) | Keyword::Ref(one) => ids.push(*one),
                Keyword::DependentSchemas(list) => ids.extend(list.iter().map(|(_, id)| id)),
                Keyword::If {
                    test,
                    then,
                    otherwise,
                } => {
                    ids.push(*test);
                    ids.extend(then.iter().chain(otherwise));
                }
                _ => {}
            }
        }
        ids
    }
}
