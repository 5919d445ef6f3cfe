//! A compiled schema.

#![forbid(unsafe_code)]

use serde_json::Value;

use super::compile::{self, Formats};
use super::plan::{self, Node};
use super::program::Program;
use super::report::Finding;
use super::{check, close, meta, walk};
use crate::code::Code;
use crate::fault::Fault;

/// How a schema is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// `format` is asserted, and an unknown one is an error of the schema.
    pub formats: bool,
    /// Objects take only properties that the schema names.
    pub close: bool,
    /// A keyword that 2020-12 does not have is an error of the schema.
    pub strict: bool,
}

/// A schema, ready to judge.
pub struct Schema {
    plan: Option<Node>,
    program: Program,
}

impl Schema {
    /// Compiles a schema. `given`: schemas by the address that references name.
    ///
    /// # Errors
    /// `ERR_HAUBERK_VALIDATE_SCHEMA`: it is no JSON Schema 2020-12, or one of the things that are refused.
    pub fn compile(text: &[u8], given: &[u8], reading: Reading) -> Result<Schema, Fault> {
        let mut schema = parse(text)?;
        let Value::Object(given) = parse(given)? else {
            return Err(bad("the further schemas must be an object"));
        };
        refuse_other_drafts(&schema)?;
        close::read(&mut schema, reading)?;
        meta::check(&schema)?;
        let given = given
            .into_iter()
            .map(|(uri, schema)| (uri.trim_end_matches('#').to_owned(), schema))
            .collect();
        let formats = match reading {
            Reading { formats: false, .. } => Formats::Remarks,
            Reading { strict: false, .. } => Formats::Asserted,
            _ => Formats::Known,
        };
        Ok(Schema {
            program: compile::compile(&schema, &given, formats)?,
            plan: plan::compile(&schema, reading.formats),
        })
    }

    /// Whether the own plan covers the schema.
    pub fn planned(&self) -> bool {
        self.plan.is_some()
    }

    /// Whether the own plan alone is sure that `text` is valid.
    pub fn affirms(&self, text: &[u8]) -> bool {
        self.plan.as_ref().is_some_and(|plan| walk::affirms(plan, text))
    }

    /// Whether `text` is valid by the program alone.
    pub fn program_accepts(&self, text: &[u8]) -> bool {
        serde_json::from_slice(text).is_ok_and(|value: Value| check::holds(&self.program, &value))
    }

    /// What is wrong with `text`, at most `max` findings; none means that it is valid.
    pub fn judge(&self, text: &[u8], max: usize) -> Vec<Finding> {
        if self.affirms(text) {
            return Vec::new();
        }
        match serde_json::from_slice::<Value>(text) {
            Ok(value) => check::findings(&self.program, &value, max),
            Err(_) => vec![Finding::unreadable()],
        }
    }
}

/// Said before all else: other drafts read the same words differently.
fn refuse_other_drafts(schema: &Value) -> Result<(), Fault> {
    match schema.get("$schema").and_then(Value::as_str) {
        Some(dialect) => meta::refuse_other_drafts(dialect),
        None => Ok(()),
    }
}

fn parse(text: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(text).map_err(|error| bad(&error.to_string()))
}

/// A fault about a schema; schemas come from the developer, but their parts may be long.
pub fn bad(why: &str) -> Fault {
    let short: String = why.chars().take(400).collect();
    Fault::new(
        Code::ValidateSchema,
        format!("the JSON Schema cannot be used: {short}"),
    )
}
