use napi::Error;
use napi::bindgen_prelude::External;
use napi_derive::napi;

use super::clean::clean;
use super::policy::{Plan, Policy};
use crate::boundary::{Text, answer};
use crate::code::Code;

/// A policy as it crosses: every list is checked in JavaScript. Of `attributes` and `classes`, the first
/// name of each list is the element.
#[napi(object, namespace = "sanitize", object_to_js = false)]
pub struct NativePolicy {
    pub tags: Vec<String>,
    pub attributes: Vec<Vec<String>>,
    pub schemes: Vec<String>,
    pub hosts: Option<Vec<String>>,
    pub classes: Vec<Vec<String>>,
    pub rel: Option<String>,
    pub target: Option<String>,
    pub relative: bool,
}

/// Compiles a policy into a handle that JavaScript keeps.
#[napi(
    namespace = "sanitize",
    catch_unwind,
    ts_return_type = "ExternalObject<object>"
)]
pub fn compile(policy: NativePolicy) -> Result<External<Policy>, Error<Code>> {
    answer(|| {
        let plan = Plan {
            tags: policy.tags,
            attributes: named(policy.attributes),
            schemes: policy.schemes,
            hosts: policy.hosts,
            classes: named(policy.classes),
            rel: policy.rel,
            target: policy.target,
            relative: policy.relative,
        };
        Policy::new(&plan).map(External::new)
    })
}

/// The clean form of a text.
#[napi(namespace = "sanitize", catch_unwind)]
pub fn html(
    #[napi(ts_arg_type = "ExternalObject<object>")] policy: &External<Policy>,
    #[napi(ts_arg_type = "string")] dirty: Text,
) -> Result<String, Error<Code>> {
    // Text comes from N-API, which writes well-formed UTF-8.
    answer(|| Ok(clean(policy, &String::from_utf8_lossy(dirty.as_bytes()))))
}

fn named(lists: Vec<Vec<String>>) -> Vec<(String, Vec<String>)> {
    lists
        .into_iter()
        .filter_map(|mut list| (!list.is_empty()).then(|| (list.remove(0), list)))
        .collect()
}
