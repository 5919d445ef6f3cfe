//! The boundary: a buffer in, one number out.
//!
//! The number is 0 when all is well and the text is ASCII. Otherwise bits 0 to 7 are the rule that the
//! text is refused by, bit 8 says that it has bytes outside ASCII, bit 9 that it begins with a byte
//! order mark, bit 10 that rules were offended that are only reported ([`reported`] tells them); the
//! offset of the refusal comes above bit 16.
//!
//! A short text is scanned on a [`Desk`], memory of this thread's JavaScript: a call without arguments and a copy
//! of such a text cost half of what a call with a view costs.
//!
//! The scan of JSON is made without napi-derive ([`json_scanner`]): fetching arguments through it costs
//! several times the scan of a small text. Its answer 0 is `undefined`, which costs nothing to make.
//!
//! `unsafe` here: N-API callbacks, and the desk.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};

use napi::bindgen_prelude::{Function, Object, Uint8Array};
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::desk::Desk;
use super::dispatch::Runs;
use super::rule::{Found, Limits, Rule};
use super::scan::Scratch;
use super::urlencoded;
use crate::boundary::{Bytes, Text, answer, raw_call, raw_function, raw_thread_call};
use crate::code::Code;
use crate::fault::Fault;

/// What a thread keeps between calls.
#[derive(Default)]
struct State {
    sets: Vec<Set>,
    decoded: Vec<u8>,
    last: Found,
    runs: Runs,
}

/// A set of limits, and what its scans keep.
struct Set {
    limits: Limits,
    scratch: Scratch,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::default());
    /// The desk of the module that was loaded first.
    static DESK: Cell<*mut Desk> = const { Cell::new(std::ptr::null_mut()) };
}

fn with<T>(work: impl FnOnce(&mut State) -> Result<T, Fault>) -> Result<T, Fault> {
    STATE.with(|state| match state.try_borrow_mut() {
        Ok(mut state) => work(&mut state),
        Err(_) => Err(Fault::internal()),
    })
}

/// Keeps a set of limits for this thread and gives its number. JavaScript has checked the numbers.
#[napi(namespace = "body", catch_unwind)]
pub fn register(
    depth: u32,
    keys: u32,
    key_bytes: u32,
    string_bytes: u32,
    refuse: u32,
    report: u32,
) -> Result<u32, Error<Code>> {
    let limits = Limits {
        depth,
        keys,
        key_bytes,
        string_bytes,
        refuse,
        report,
    };
    answer(|| {
        with(|state| {
            state.sets.push(Set {
                limits,
                scratch: Scratch::default(),
            });
            Ok(state.sets.len() as u32 - 1)
        })
    })
}

/// The scan of the request path, made once per load: `scan(text, limits)` judges the bytes of a JSON text.
#[napi(
    namespace = "body",
    catch_unwind,
    ts_return_type = "{ scanJson(text: Uint8Array, limits: number): number | undefined }"
)]
pub fn functions(env: Env) -> napi::Result<Object<'static>> {
    let mut functions = Object::new(&env)?;
    let scan: Function<'_, (), ()> = env.create_function("scanJson", scan_json)?;
    functions.set("scanJson", scan)?;
    Ok(functions)
}

extern "C" fn scan_json(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<2, _>(env, info, |call| {
            let text: Bytes = call.get(0)?;
            let limits: u32 = call.get(1)?;
            let bits = with(|state| state.scan_json(text.get(), limits))?;
            Ok((bits != 0).then_some(bits as f64))
        })
    }
}

/// The scan of short texts, made once per thread: `scan()` judges the text that lies on the desk, as `scanJson`
/// would. A second desk gets none.
///
/// The reference to the memory is never given back, so it lives as long as the environment.
#[napi(
    namespace = "body",
    catch_unwind,
    ts_return_type = "{ scan?: () => number | undefined }"
)]
pub fn desk_functions(env: Env, desk: Uint8Array) -> napi::Result<Object<'static>> {
    let start = desk.as_ptr().cast::<Desk>().cast_mut();
    if desk.len() != size_of::<Desk>() || !start.is_aligned() {
        return Err(napi::Error::from_reason("the desk has another size"));
    }
    let mut functions = Object::new(&env)?;
    if DESK.get().is_null() {
        std::mem::forget(desk);
        DESK.set(start);
        functions.set("scan", raw_function(&env, "scan", Some(scan_on_desk), start)?)?;
    }
    Ok(functions)
}

unsafe extern "C" fn scan_on_desk(env: sys::napi_env, _: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with `env` live, and only where the thread has a desk: its size and alignment
    // were checked, any bits are a Desk, and its memory belongs to this thread's JavaScript, which is in
    // this call; lib/body/scan.js hands it to nobody, so it is never transferred away.
    unsafe {
        raw_thread_call(env, || {
            let desk = DESK.get().as_ref().ok_or_else(Fault::internal)?;
            let bits = with(|state| state.scan_desk(desk))?;
            Ok((bits != 0).then_some(bits as f64))
        })
    }
}

/// Scans the bytes of an urlencoded text.
#[napi(namespace = "body", catch_unwind)]
pub fn scan_form(#[napi(ts_arg_type = "Uint8Array")] text: Bytes, limits: u32) -> Result<f64, Error<Code>> {
    answer(|| with(|state| state.scan_form(text.get(), limits)))
}

/// Scans a query string.
#[napi(namespace = "body", catch_unwind)]
pub fn scan_query(#[napi(ts_arg_type = "string")] text: Text, limits: u32) -> Result<f64, Error<Code>> {
    answer(|| with(|state| state.scan_form(text.as_bytes(), limits)))
}

/// What the last scan of this thread found for rules that are only reported: rule and offset in turn.
#[napi(namespace = "body", catch_unwind)]
pub fn reported() -> Result<Vec<u32>, Error<Code>> {
    answer(|| {
        with(|state| {
            let found = &state.last;
            let offended = Rule::ALL.iter().filter(|rule| found.reported & rule.bit() != 0);
            Ok(offended
                .flat_map(|rule| [*rule as u32, found.offsets[*rule as usize]])
                .collect())
        })
    })
}

/// The JSON pointer of an offset in a JSON text.
#[napi(namespace = "body", catch_unwind)]
pub fn json_pointer(
    #[napi(ts_arg_type = "Uint8Array")] text: Bytes,
    offset: u32,
) -> Result<String, Error<Code>> {
    answer(|| with(|state| Ok(state.runs.pointer(text.get(), offset as usize))))
}

impl State {
    fn scan_json(&mut self, text: &[u8], limits: u32) -> Result<u64, Fault> {
        let set = self.sets.get_mut(limits as usize).ok_or_else(unknown)?;
        self.runs
            .scan_from(text, 0, &set.limits, &mut set.scratch, &mut self.last);
        Ok(answer_of(&self.last))
    }

    #[inline]
    fn scan_desk(&mut self, desk: &Desk) -> Result<u64, Fault> {
        let set = self.sets.get_mut(desk.limits as usize).ok_or_else(unknown)?;
        desk.scan(self.runs, &set.limits, &mut set.scratch, &mut self.last);
        Ok(answer_of(&self.last))
    }

    fn scan_form(&mut self, text: &[u8], limits: u32) -> Result<f64, Fault> {
        let set = self.sets.get(limits as usize).ok_or_else(unknown)?;
        self.last = urlencoded::scan(text, &set.limits, &mut self.decoded);
        Ok(answer_of(&self.last) as f64)
    }
}

#[inline(always)]
fn answer_of(found: &Found) -> u64 {
    let mut bits = 0;
    if let Some((rule, offset)) = found.refused {
        bits = u64::from(rule as u8) | u64::from(offset) << 16;
    }
    bits |= u64::from(found.non_ascii) << 8 | u64::from(found.bom) << 9;
    bits | u64::from(found.reported != 0) << 10
}

fn unknown() -> Fault {
    Fault::new(Code::Argument, "these limits were not registered on this thread")
}
