//! The keywords of JSON Schema 2020-12, and what stands in their values.

#![forbid(unsafe_code)]

/// What stands in the value of a keyword.
#[derive(Clone, Copy, PartialEq)]
pub enum Holds {
    /// No schema.
    Data,
    /// A schema, an array of schemas, or an object of schemas, about ...
    Part(About),
}

/// ... which value a schema inside is about.
#[derive(Clone, Copy, PartialEq)]
pub enum About {
    /// The same value: it does not stand alone.
    Same,
    /// A value inside.
    Inner,
    /// A condition, or none yet (definitions).
    Condition,
    Definition,
}

pub const KEYWORDS: &[(&str, Holds)] = &{
    use About::*;
    use Holds::*;
    [
        ("$anchor", Data),
        ("$comment", Data),
        ("$dynamicAnchor", Data),
        ("$dynamicRef", Data),
        ("$id", Data),
        ("$ref", Data),
        ("$schema", Data),
        ("$vocabulary", Data),
        ("$defs", Part(Definition)),
        ("definitions", Part(Definition)),
        ("allOf", Part(Same)),
        ("anyOf", Part(Same)),
        ("oneOf", Part(Same)),
        ("then", Part(Same)),
        ("else", Part(Same)),
        ("dependentSchemas", Part(Same)),
        ("not", Part(Condition)),
        ("if", Part(Condition)),
        ("contains", Part(Condition)),
        ("propertyNames", Part(Condition)),
        ("items", Part(Inner)),
        ("prefixItems", Part(Inner)),
        ("unevaluatedItems", Part(Inner)),
        ("properties", Part(Inner)),
        ("patternProperties", Part(Inner)),
        ("additionalProperties", Part(Inner)),
        ("unevaluatedProperties", Part(Inner)),
        ("contentSchema", Data),
        ("contentEncoding", Data),
        ("contentMediaType", Data),
        ("const", Data),
        ("default", Data),
        ("dependentRequired", Data),
        ("deprecated", Data),
        ("description", Data),
        ("enum", Data),
        ("examples", Data),
        ("exclusiveMaximum", Data),
        ("exclusiveMinimum", Data),
        ("format", Data),
        ("maxContains", Data),
        ("maxItems", Data),
        ("maxLength", Data),
        ("maxProperties", Data),
        ("maximum", Data),
        ("minContains", Data),
        ("minItems", Data),
        ("minLength", Data),
        ("minProperties", Data),
        ("minimum", Data),
        ("multipleOf", Data),
        ("pattern", Data),
        ("readOnly", Data),
        ("required", Data),
        ("title", Data),
        ("type", Data),
        ("uniqueItems", Data),
        ("writeOnly", Data),
    ]
};

/// Keywords whose value is an object of schemas by name.
pub const BY_NAME: &[&str] = &[
    "$defs",
    "definitions",
    "dependentSchemas",
    "properties",
    "patternProperties",
];

/// Keywords whose schemas are about the same value.
pub const IN_PLACE: &[&str] = &[
    "allOf",
    "anyOf",
    "oneOf",
    "then",
    "else",
    "if",
    "dependentSchemas",
];

/// The message about a keyword that is not in the table.
pub fn unknown(keyword: &str) -> String {
    let near = KEYWORDS
        .iter()
        .map(|(known, _)| (distance(&keyword.to_lowercase(), &known.to_lowercase()), known))
        .min()
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 4));
    let hint = match near {
        Some((_, known)) => format!("did you mean {known}?"),
        None => "2020-12 has no such keyword; your own begin with \"x-\", or set strict: false".into(),
    };
    format!("unknown keyword {keyword:?}; {hint}")
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().take(40).enumerate() {
        let mut next = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let change = row[j] + usize::from(left != *right);
            next.push(change.min(row[j + 1] + 1).min(next[j] + 1));
        }
        row = next;
    }
    row[b.len()]
}
