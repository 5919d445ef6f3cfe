//! The meta-schemas of 2020-12: what a schema itself must be, and which keywords a dialect has.

#![forbid(unsafe_code)]

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::check;
use super::compile;
use super::program::Program;
use super::schema::bad;
use crate::fault::Fault;

const SCHEMA: &str = "https://json-schema.org/draft/2020-12/schema";
const VOCABULARY: &str = "https://json-schema.org/draft/2020-12/vocab/";

/// By address, as json-schema.org gives them, without titles and defaults.
static DOCUMENTS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    // The text is part of the binary, and the tests read it.
    serde_json::from_str(include_str!("metaschemas.json")).unwrap_or_default()
});

static PROGRAM: LazyLock<Option<Program>> =
    LazyLock::new(|| compile::compile(document(SCHEMA)?, &Map::new(), compile::Formats::Remarks).ok());

/// A meta-schema by its address.
pub fn document(address: &str) -> Option<&'static Value> {
    DOCUMENTS.get(address)
}

/// Whether a value is a schema of 2020-12.
///
/// # Errors
/// `ERR_HAUBERK_VALIDATE_SCHEMA`, with the first thing that is wrong.
pub fn check(schema: &Value) -> Result<(), Fault> {
    let program = PROGRAM.as_ref().ok_or_else(Fault::internal)?;
    match check::findings(program, schema, 1).first() {
        None => Ok(()),
        Some(one) => {
            let at = if one.pointer.is_empty() {
                "the schema"
            } else {
                &one.pointer
            };
            Err(bad(&format!("{at} {} ({})", one.detail, one.keyword)))
        }
    }
}

/// # Errors
/// `$schema` names another draft of JSON Schema.
pub fn refuse_other_drafts(dialect: &str) -> Result<(), Fault> {
    if dialect.contains("//json-schema.org/") && !dialect.contains("/draft/2020-12/") {
        return Err(bad("it says by $schema that it is of another draft than 2020-12"));
    }
    Ok(())
}

/// The vocabularies that the schemas of a dialect may use.
#[derive(Clone, Copy)]
pub struct Dialect {
    pub applicator: bool,
    pub unevaluated: bool,
    pub validation: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect {
            applicator: true,
            unevaluated: true,
            validation: true,
        }
    }
}

impl Dialect {
    /// The dialect that `$schema` names: 2020-12, or one of the developer's own among the given schemas.
    pub fn named(name: &str, given: &Map<String, Value>) -> Result<Dialect, Fault> {
        let address = name.trim_end_matches('#');
        if let Some(own) = given.get(address) {
            return Dialect::declared(own);
        }
        refuse_other_drafts(address)?;
        match document(address) {
            Some(_) => Ok(Dialect::default()),
            None => Err(bad(&format!(
                "its $schema {name:?} is not among the given schemas"
            ))),
        }
    }

    fn declared(schema: &Value) -> Result<Dialect, Fault> {
        let Some(vocabularies) = schema.get("$vocabulary").and_then(Value::as_object) else {
            return Ok(Dialect::default());
        };
        for (name, must) in vocabularies {
            if *must == Value::Bool(true) && !name.starts_with(VOCABULARY) {
                return Err(bad(&format!(
                    "its $schema asks for the unknown vocabulary {name:?}"
                )));
            }
        }
        let has = |name: &str| vocabularies.contains_key(&format!("{VOCABULARY}{name}"));
        Ok(Dialect {
            applicator: has("applicator"),
            unevaluated: has("unevaluated"),
            validation: has("validation"),
        })
    }
}
