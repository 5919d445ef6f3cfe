//! The boundary of the password policy.

use napi::Error;
use napi_derive::napi;

use super::guess::words::{learn, words};
use super::strength::estimate;
use crate::boundary::{Bytes, Text, answer};
use crate::code::Code;
use crate::fault::Fault;

/// An estimate as JavaScript sees it.
#[napi(object, namespace = "policy")]
pub struct Strength {
    pub score: u32,
    pub guesses_log10: f64,
    pub warning: Option<String>,
    pub suggestions: Vec<String>,
}

/// Gives the process the lists of words that `strength` looks in: lib/passwords/policy/words.br, unpacked. True
/// where it has them, so that a thread need not read them again: then `text` may be empty.
#[napi(namespace = "policy", catch_unwind)]
pub fn learn_words(#[napi(ts_arg_type = "Uint8Array")] text: Bytes) -> Result<bool, Error<Code>> {
    answer(|| {
        if words().is_none() && !text.get().is_empty() {
            learn(text.get()).ok_or_else(|| {
                Fault::new(
                    Code::Internal,
                    "the lists of words are damaged: install hauberk again",
                )
            })?;
        }
        Ok(words().is_some())
    })
}

/// Whether a password, in small letters, is on the list of passwords that `strength` looks in. Needs `learnWords` first.
#[napi(namespace = "policy", catch_unwind)]
pub fn is_listed(#[napi(ts_arg_type = "string")] password: Text) -> Result<bool, Error<Code>> {
    answer(|| {
        let words = words().ok_or_else(Fault::internal)?;
        Ok(words.is_password(password.as_bytes()))
    })
}

/// How strong a password is, as zxcvbn counts, over at most its first 64 code points. Needs `learnWords` first. `inputs` are words that an
/// attacker knows; JavaScript bounds their number and length.
#[napi(namespace = "policy", catch_unwind)]
pub fn strength(
    #[napi(ts_arg_type = "string")] password: Text,
    inputs: Vec<String>,
) -> Result<Strength, Error<Code>> {
    answer(|| {
        let password = std::str::from_utf8(password.as_bytes())
            .map_err(|_| Fault::new(Code::Argument, "the password is not text"))?;
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let words = words().ok_or_else(Fault::internal)?;
        let estimate = estimate(words, password, &inputs);
        Ok(Strength {
            score: u32::from(estimate.score),
            guesses_log10: estimate.guesses_log10,
            warning: estimate.warning.map(String::from),
            suggestions: estimate.suggestions.into_iter().map(String::from).collect(),
        })
    })
}
