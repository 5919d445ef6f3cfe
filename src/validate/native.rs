//! The boundary: a schema's text in, a number out; then bytes in, a verdict out.

use std::cell::RefCell;
use std::rc::Rc;

use napi::Error;
use napi_derive::napi;
use serde_json::{Value, json};

use super::report::Finding;
use super::schema::{Reading, Schema};
use crate::boundary::{Bytes, Text, answer};
use crate::code::Code;
use crate::fault::Fault;

thread_local! {
    /// The schemas of this thread; a number is an index. `None` where one was forgotten.
    static SCHEMAS: RefCell<Vec<Option<Rc<Schema>>>> = const { RefCell::new(Vec::new()) };
}

fn with<T>(schema: u32, work: impl FnOnce(&Schema) -> T) -> Result<T, Fault> {
    let found = SCHEMAS.with(|all| all.borrow().get(schema as usize).cloned().flatten());
    found.map(|schema| work(&schema)).ok_or_else(Fault::internal)
}

/// Compiles a schema and gives its number. `given` is an object of further schemas by address. JavaScript
/// has checked the flags.
#[napi(namespace = "validate", catch_unwind)]
pub fn compile(
    #[napi(ts_arg_type = "string")] schema: Text,
    #[napi(ts_arg_type = "string")] given: Text,
    formats: bool,
    close: bool,
    strict: bool,
) -> Result<u32, Error<Code>> {
    let reading = Reading {
        formats,
        close,
        strict,
    };
    answer(|| {
        let compiled = Some(Rc::new(Schema::compile(
            schema.as_bytes(),
            given.as_bytes(),
            reading,
        )?));
        SCHEMAS.with(|all| {
            let mut all = all.borrow_mut();
            let free = all.iter().position(Option::is_none);
            match free {
                Some(at) => all[at] = compiled,
                None => all.push(compiled),
            }
            u32::try_from(free.unwrap_or(all.len() - 1)).map_err(|_| Fault::internal())
        })
    })
}

/// Gives a schema's memory back; its number may be given again.
#[napi(namespace = "validate", catch_unwind)]
pub fn forget(schema: u32) {
    SCHEMAS.with(|all| {
        if let Some(place) = all.borrow_mut().get_mut(schema as usize) {
            *place = None;
        }
    });
}

/// Whether the own plan covers the schema.
#[napi(namespace = "validate", catch_unwind)]
pub fn planned(schema: u32) -> Result<bool, Error<Code>> {
    answer(|| with(schema, Schema::planned))
}

/// `None` where the bytes are valid; else what is wrong, as the text of a JSON array of `[pointer, keyword,
/// detail]`, at most `max` of them.
#[napi(namespace = "validate", catch_unwind)]
pub fn judge(
    schema: u32,
    #[napi(ts_arg_type = "Uint8Array")] text: Bytes,
    max: u32,
) -> Result<Option<String>, Error<Code>> {
    answer(|| with(schema, |schema| told(schema.judge(text.get(), max as usize))))
}

/// The same for a text.
#[napi(namespace = "validate", catch_unwind)]
pub fn judge_text(
    schema: u32,
    #[napi(ts_arg_type = "string")] text: Text,
    max: u32,
) -> Result<Option<String>, Error<Code>> {
    answer(|| with(schema, |schema| told(schema.judge(text.as_bytes(), max as usize))))
}

fn told(findings: Vec<Finding>) -> Option<String> {
    if findings.is_empty() {
        return None;
    }
    let list = findings.into_iter();
    Some(Value::from_iter(list.map(|one| json!([one.pointer, one.keyword, one.detail]))).to_string())
}
