//! The boundary: called while an application is put together, never on a request.

use napi::Error;
use napi::bindgen_prelude::Either;
use napi_derive::napi;

use super::policy::{Change, Entry, Part};
use super::{defaults, directive, field, policy};
use crate::boundary::answer;
use crate::code::Code;
use crate::fault::Fault;

/// Checks a field value; throws `ERR_HAUBERK_HEADERS_VALUE`.
#[napi(namespace = "headers", catch_unwind)]
pub fn check_field(name: String, value: String) -> Result<(), Error<Code>> {
    answer(|| field::check(&name, &value))
}

/// The words that must stand in quotes, for values that are only known when a response is made.
#[napi(namespace = "headers", catch_unwind)]
pub fn keywords() -> Vec<&'static str> {
    directive::KEYWORDS.to_vec()
}

/// The starts of sources that must stand in quotes.
#[napi(namespace = "headers", catch_unwind)]
pub fn prefixes() -> Vec<&'static str> {
    directive::PREFIXES.to_vec()
}

/// The directives of a set (`helmet`, `site`, `api`): each a list of the name and its sources.
#[napi(namespace = "headers", catch_unwind)]
pub fn directives(set: String) -> Result<Vec<Vec<&'static str>>, Error<Code>> {
    answer(|| {
        let all = defaults::of(&set)?.iter();
        Ok(all.map(|(name, sources)| [&[*name], *sources].concat()).collect())
    })
}

/// Builds a policy. `names[i]` is a directive as the application spells it; `changes[i]` its sources
/// (a text, or the number of a function), `false` to leave it out, `true` to leave `default-src` out.
/// The answer is texts and numbers in turn; number 0 is the nonce.
#[napi(namespace = "headers", catch_unwind)]
pub fn policy(
    set: String,
    names: Vec<String>,
    changes: Vec<Either<Vec<Either<u32, String>>, bool>>,
    upgrade: bool,
) -> Result<Vec<Either<u32, String>>, Error<Code>> {
    answer(|| {
        if names.len() != changes.len() {
            return Err(Fault::new(Code::Argument, "each directive needs one change"));
        }
        let changes = names.into_iter().zip(changes.into_iter().map(change)).collect();
        let parts = policy::build(defaults::of(&set)?, changes, upgrade)?;
        Ok(parts.into_iter().map(part).collect())
    })
}

fn change(given: Either<Vec<Either<u32, String>>, bool>) -> Change {
    match given {
        Either::A(entries) => Change::Set(entries.into_iter().map(entry).collect()),
        Either::B(false) => Change::Remove,
        Either::B(true) => Change::RemoveDefaultSrc,
    }
}

fn entry(given: Either<u32, String>) -> Entry {
    match given {
        Either::A(number) => Entry::Hole(number),
        Either::B(text) => Entry::Text(text),
    }
}

fn part(part: Part) -> Either<u32, String> {
    match part {
        Part::Hole(number) => Either::A(number),
        Part::Text(text) => Either::B(text),
    }
}
