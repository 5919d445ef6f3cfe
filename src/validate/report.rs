//! What is told about a value that is not valid: where, which keyword, and one sentence that repeats
//! nothing of the value.

#![forbid(unsafe_code)]

use super::place::Place;
use super::plan::types;
use super::program::{Keyword, Limit, Size};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    /// Not valid, and it cannot be said why.
    pub fn unexplained() -> Self {
        Finding::new("", "schema", "is not valid")
    }

    /// What a keyword says of the value at a place.
    pub fn of(keyword: &Keyword, at: &Place<'_>) -> Self {
        let (name, detail) = said(keyword);
        Finding::new(at.pointer(), name, detail)
    }

    /// `oneOf`: none holds, or several.
    pub fn one_of(several: bool, at: &Place<'_>) -> Self {
        let detail = if several {
            "matches more than one of the allowed forms"
        } else {
            "matches none of the allowed forms"
        };
        Finding::new(at.pointer(), "oneOf", detail)
    }

    /// A property that should not be there.
    pub fn unknown(keyword: &str, at: &Place<'_>, name: &str) -> Self {
        Finding::new(
            Place::Property(at, name).pointer(),
            keyword,
            "is not a known property",
        )
    }

    /// A property that should be there.
    pub fn missing(at: &Place<'_>, name: &str) -> Self {
        Finding::new(Place::Property(at, name).pointer(), "required", "is required")
    }

    fn new(pointer: impl Into<String>, keyword: &str, detail: impl Into<String>) -> Self {
        Finding {
            pointer: pointer.into(),
            keyword: keyword.into(),
            detail: detail.into(),
        }
    }
}

/// A keyword's name and its sentence.
fn said(keyword: &Keyword) -> (&'static str, String) {
    let (name, text) = match keyword {
        Keyword::Type { bits } => return ("type", format!("must be {}", type_text(*bits))),
        Keyword::Enum { detail, .. } => return ("enum", detail.clone()),
        Keyword::Limit { kind, number } => {
            let (name, text) = limit_text(*kind);
            return (name, format!("must be {text} {number}"));
        }
        Keyword::MultipleOf(of) => {
            let of = of.as_f64().unwrap_or_default();
            return ("multipleOf", format!("must be a multiple of {of}"));
        }
        Keyword::Size { kind, count } => {
            let (name, text, what) = size_text(*kind);
            return (name, format!("must have {text} {count} {what}"));
        }
        Keyword::Format { name, .. } => return ("format", format!("must be of the format {name}")),
        Keyword::Never => ("falseSchema", "is not allowed"),
        Keyword::Pattern(_) => ("pattern", "does not match the required pattern"),
        Keyword::Const(_) => ("const", "is not the required value"),
        Keyword::UniqueItems => ("uniqueItems", "must not have equal items"),
        Keyword::AnyOf(_) => ("anyOf", "matches none of the allowed forms"),
        Keyword::Contains { .. } => (
            "contains",
            "does not hold enough of the required items, or too many",
        ),
        Keyword::PropertyNames(_) => ("propertyNames", "has a property with a name that is not allowed"),
        Keyword::UnevaluatedItems(_) => ("unevaluatedItems", "has items that are not allowed"),
        Keyword::Not(_) => ("not", "is not valid"),
        _ => ("schema", "is not valid"),
    };
    (name, text.into())
}

fn limit_text(kind: Limit) -> (&'static str, &'static str) {
    match kind {
        Limit::Minimum => ("minimum", "at least"),
        Limit::Maximum => ("maximum", "at most"),
        Limit::ExclusiveMinimum => ("exclusiveMinimum", "more than"),
        Limit::ExclusiveMaximum => ("exclusiveMaximum", "less than"),
    }
}

fn size_text(kind: Size) -> (&'static str, &'static str, &'static str) {
    match kind {
        Size::MinLength => ("minLength", "at least", "characters"),
        Size::MaxLength => ("maxLength", "at most", "characters"),
        Size::MinItems => ("minItems", "at least", "items"),
        Size::MaxItems => ("maxItems", "at most", "items"),
        Size::MinProperties => ("minProperties", "at least", "properties"),
        Size::MaxProperties => ("maxProperties", "at most", "properties"),
    }
}

fn type_text(bits: u8) -> String {
    let texts = [
        (types::NULL, "null"),
        (types::BOOLEAN, "a boolean"),
        (types::INTEGER, "an integer"),
        (types::NUMBER, "a number"),
        (types::STRING, "a string"),
        (types::ARRAY, "an array"),
        (types::OBJECT, "an object"),
    ];
    let named = texts.iter().filter(|(bit, _)| bits & bit != 0);
    named.map(|(_, text)| *text).collect::<Vec<_>>().join(" or ")
}
