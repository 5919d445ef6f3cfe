//! Validation of JSON by JSON Schema 2020-12.
//!
//! A schema is compiled once ([`schema::Schema`]). A text is judged in two steps:
//!
//! 1. [`plan`], [`scan`] and [`walk`]: a plan for the keywords that request bodies use most, judged in one
//!    pass over the bytes, without a tree of values. It says "valid" or "not sure", never "invalid".
//! 2. Where it is not sure, or the schema has other keywords, [`check`] and [`apply`] judge the parsed value
//!    by a [`program`] of all keywords. It alone says "invalid", and where and why ([`report`]).
//!
//! So a mistake in the plan could only be one that accepts; `differential.rs` holds that what it accepts the
//! program accepts too, and `reference.rs` that the program says what the crate `jsonschema` says.
//!
//! [`compile`] makes the program: keywords about the value itself in [`assertion`], references by
//! [`library`] and [`uri`], patterns by [`ecma`] on the crate `regex`, in linear time. Nothing is ever fetched:
//! a reference leads into the schema itself, to a meta-schema ([`meta`]), or to a schema that was given along.
//!
//! [`close`] reads a schema before it is compiled: misspelt keywords, and objects that take properties
//! which the schema does not name.

pub mod apply;
pub mod assertion;
pub mod check;
pub mod circles;
pub mod close;
pub mod compile;
pub mod ecma;
pub mod equal;
pub mod format;
pub mod formats;
pub mod keyword;
pub mod library;
pub mod meta;
pub mod native;
pub mod number;
pub mod place;
pub mod plan;
pub mod program;
pub mod report;
pub mod scan;
pub mod schema;
pub mod scope;
pub mod uri;
pub mod vocabulary;
pub mod walk;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
