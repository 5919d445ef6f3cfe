//! The boundary. A text that is its own clean form never crosses back: `clean` returns `undefined`, and
//! JavaScript goes on with the very string it had.

#![allow(unsafe_code)]

use napi::bindgen_prelude::{External, Object};
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::clean;
use super::policy::{Plan, Policy, Styles, UrlPlan};
use crate::boundary::{answer, raw_call};
use crate::code::Code;

/// A policy as it crosses: every list is checked in JavaScript. Of `attributes` and `classes`, the first
/// name of each list is the element; of `styles`, the element and the property.
#[napi(object, namespace = "sanitize", object_to_js = false)]
pub struct NativePolicy {
    pub tags: Vec<String>,
    pub attributes: Vec<Vec<String>>,
    pub schemes: Vec<String>,
    pub hosts: Option<Vec<String>>,
    pub classes: Vec<Vec<String>>,
    pub styles: Vec<Vec<String>>,
    pub urls: Vec<NativeUrls>,
    pub rel: Option<String>,
    pub target: Option<String>,
    pub relative: bool,
    pub protocol_relative: bool,
}

/// Rules for the URLs at `tag`, `tag.attribute` or `*.attribute`.
#[napi(object, namespace = "sanitize", object_to_js = false)]
pub struct NativeUrls {
    pub at: String,
    pub schemes: Option<Vec<String>>,
    pub hosts: Option<Vec<String>>,
    pub relative: Option<bool>,
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
            styles: styles(policy.styles),
            urls: policy.urls.into_iter().map(urls).collect(),
            rel: policy.rel,
            target: policy.target,
            relative: policy.relative,
            protocol_relative: policy.protocol_relative,
        };
        Policy::new(&plan).map(External::new)
    })
}

/// The functions of the request path, made once per load. `clean` gives the clean form, or `undefined` where
/// the text is its own; `slow` gives it by the parser alone, for tests.
#[napi(
    namespace = "sanitize",
    catch_unwind,
    ts_return_type = "{ clean(policy: ExternalObject<object>, dirty: string): string | undefined; slow(policy: ExternalObject<object>, dirty: string): string }"
)]
pub fn functions(env: Env) -> napi::Result<Object<'static>> {
    let mut functions = Object::new(&env)?;
    functions.set("clean", env.create_function::<(), ()>("clean", clean_call)?)?;
    functions.set("slow", env.create_function::<(), ()>("slow", slow_call)?)?;
    Ok(functions)
}

extern "C" fn clean_call(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<2, _>(env, info, |call| {
            let policy = call.get_ref::<External<Policy>>(0)?;
            match call.with_text(1, |dirty| clean::clean(policy, dirty))? {
                Some(html) => call.string(&html),
                None => Ok(std::ptr::null_mut()),
            }
        })
    }
}

extern "C" fn slow_call(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<2, _>(env, info, |call| {
            let policy = call.get_ref::<External<Policy>>(0)?;
            call.string(&call.with_text(1, |dirty| clean::slow(policy, dirty))?)
        })
    }
}

fn named(lists: Vec<Vec<String>>) -> Vec<(String, Vec<String>)> {
    lists
        .into_iter()
        .filter_map(|mut list| (!list.is_empty()).then(|| (list.remove(0), list)))
        .collect()
}

fn styles(lists: Vec<Vec<String>>) -> Styles {
    let mut styles: Styles = vec![];
    for (tag, mut rest) in named(lists) {
        if rest.is_empty() {
            continue;
        }
        let property = (rest.remove(0), rest);
        match styles.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, properties)) => properties.push(property),
            None => styles.push((tag, vec![property])),
        }
    }
    styles
}

fn urls(urls: NativeUrls) -> UrlPlan {
    UrlPlan {
        at: urls.at,
        schemes: urls.schemes,
        hosts: urls.hosts,
        relative: urls.relative,
    }
}
