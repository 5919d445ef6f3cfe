//! The boundary of the password policy.

use napi::Error;
use napi_derive::napi;

use super::strength::estimate;
use crate::boundary::{Text, answer};
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

/// How strong a password is, by zxcvbn over at most its first 64 code points. `inputs` are words that an
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
        let estimate = estimate(password, &inputs);
        Ok(Strength {
            score: u32::from(estimate.score),
            guesses_log10: estimate.guesses_log10,
            warning: estimate.warning,
            suggestions: estimate.suggestions,
        })
    })
}
