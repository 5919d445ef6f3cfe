//! A compiled schema.

#![forbid(unsafe_code)]

use std::collections::HashMap;

use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value;

use super::plan::{self, Node};
use super::report::{self, Finding};
use super::{close, walk};
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

/// The largest compiled pattern, in bytes: a repetition such as `(a{1000}){1000}` is refused.
const PATTERN_BYTES: usize = 10 << 20;

/// A schema, ready to judge.
pub struct Schema {
    plan: Option<Node>,
    validator: Validator,
}

/// Serves the schemas that were given along; never fetches.
struct Given(HashMap<String, Value>);

impl Retrieve for Given {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let known = self.0.get(uri.as_str().trim_end_matches('#'));
        known
            .cloned()
            .ok_or_else(|| "it is not among the given schemas".into())
    }
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
        let given = given
            .into_iter()
            .map(|(uri, schema)| (uri.trim_end_matches('#').to_owned(), schema))
            .collect();
        let validator = jsonschema::options()
            .with_retriever(Given(given))
            .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES))
            .should_validate_formats(reading.formats)
            .should_ignore_unknown_formats(!(reading.formats && reading.strict))
            .build(&schema)
            .map_err(|error| bad(&error.to_string()))?;
        Ok(Schema {
            plan: plan::compile(&schema, reading.formats),
            validator,
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

    /// Whether the crate alone finds `text` valid.
    pub fn crate_accepts(&self, text: &[u8]) -> bool {
        serde_json::from_slice(text).is_ok_and(|value: Value| self.validator.is_valid(&value))
    }

    /// What is wrong with `text`, at most `max` findings; none means that it is valid.
    pub fn judge(&self, text: &[u8], max: usize) -> Vec<Finding> {
        if self.affirms(text) {
            return Vec::new();
        }
        let Ok(value) = serde_json::from_slice::<Value>(text) else {
            return vec![Finding::unreadable()];
        };
        let mut findings = Vec::new();
        if self.validator.is_valid(&value) {
            return findings;
        }
        for error in self.validator.iter_errors(&value) {
            report::add(&error, max, &mut findings);
            if findings.len() >= max {
                break;
            }
        }
        if findings.is_empty() {
            findings.push(Finding::unexplained());
        }
        findings
    }
}

/// Other drafts read the same words differently; a meta-schema of the developer's own is looked up among
/// the given schemas.
fn refuse_other_drafts(schema: &Value) -> Result<(), Fault> {
    let dialect = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
    if dialect.contains("//json-schema.org/") && !dialect.contains("/draft/2020-12/") {
        return Err(bad("it says by $schema that it is of another draft than 2020-12"));
    }
    Ok(())
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
