//! What is told about a value that is not valid: where, which keyword, and one sentence that repeats
//! nothing of the value.

#![forbid(unsafe_code)]

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// JSON Pointer (RFC 6901) to the value. Its names may come from the client.
    pub pointer: String,
    pub keyword: String,
    pub detail: String,
}

impl Finding {
    /// The text could not be read: no JSON, nested too deeply, or an unpaired surrogate in a string.
    pub fn unreadable() -> Self {
        Finding::new("", "json", "cannot be read as JSON")
    }

    /// Not valid, without a word from the crate: still not valid.
    pub fn unexplained() -> Self {
        Finding::new("", "schema", "is not valid")
    }

    fn new(pointer: impl Into<String>, keyword: &str, detail: impl Into<String>) -> Self {
        Finding {
            pointer: pointer.into(),
            keyword: keyword.into(),
            detail: detail.into(),
        }
    }
}

/// Adds what an error of the crate says: one finding for each property that should not be there, up to
/// `max` findings in all.
pub fn add(error: &ValidationError<'_>, max: usize, findings: &mut Vec<Finding>) {
    let at = error.instance_path().as_str();
    let kind = error.kind();
    match kind {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected.iter().take(max.saturating_sub(findings.len())) {
                findings.push(Finding::new(
                    below(at, name),
                    kind.keyword(),
                    "is not a known property",
                ));
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            findings.push(Finding::new(below(at, name), kind.keyword(), "is required"));
        }
        _ => findings.push(Finding::new(at, kind.keyword(), detail(kind))),
    }
}

fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn detail(kind: &Kind) -> String {
    let text = match kind {
        Kind::Type { kind } => return format!("must be {}", type_text(kind)),
        Kind::MinLength { limit } => return format!("must have at least {limit} characters"),
        Kind::MaxLength { limit } => return format!("must have at most {limit} characters"),
        Kind::MinItems { limit } => return format!("must have at least {limit} items"),
        Kind::MaxItems { limit } => return format!("must have at most {limit} items"),
        Kind::MinProperties { limit } => return format!("must have at least {limit} properties"),
        Kind::MaxProperties { limit } => return format!("must have at most {limit} properties"),
        Kind::Minimum { limit } => return format!("must be at least {limit}"),
        Kind::Maximum { limit } => return format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => return format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => return format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => return format!("must be a multiple of {multiple_of}"),
        Kind::Format { format } => return format!("must be of the format {format}"),
        Kind::Enum { options } => return enum_text(options),
        Kind::Pattern { .. } => "does not match the required pattern",
        Kind::Constant { .. } => "is not the required value",
        Kind::UniqueItems => "must not have equal items",
        Kind::AnyOf { .. } => "matches none of the allowed forms",
        Kind::OneOfNotValid { .. } => "matches none of the allowed forms",
        Kind::OneOfMultipleValid { .. } => "matches more than one of the allowed forms",
        Kind::Contains => "does not hold enough of the required items, or too many",
        Kind::FalseSchema => "is not allowed",
        Kind::PropertyNames { .. } => "has a property with a name that is not allowed",
        Kind::AdditionalItems { .. } | Kind::UnevaluatedItems { .. } => "has items that are not allowed",
        _ => "is not valid",
    };
    text.into()
}

fn type_text(kind: &TypeKind) -> String {
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

/// A short list of words is told, so that a form can say what is possible.
fn enum_text(options: &Value) -> String {
    let text = options.to_string();
    let plain = "must be one of the allowed values";
    if text.len() > 120 {
        plain.into()
    } else {
        format!("must be one of {text}")
    }
}
