//! Sets of keys cross as numbers. The check of the request path does without napi-derive (see
//! `boundary::RawCall`); making a token draws from the operating system, beside which the derive is cheap.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use napi::bindgen_prelude::{Float64Array, Object};
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::token::{Bound, Tokens, Verdict};
use crate::boundary::{Bytes, Text, answer, raw_call};
use crate::code::Code;
use crate::fault::Fault;
use crate::random;

struct Entry {
    tokens: Tokens,
    // Let go only while JavaScript runs (`close`): when the thread ends, its JavaScript ended before.
    out: ManuallyDrop<Float64Array>,
}

thread_local! {
    /// The sets of this thread. A number is never given twice, so a closed set stays closed.
    static OPEN: RefCell<Vec<Option<Box<Entry>>>> = const { RefCell::new(Vec::new()) };
}

/// Opens a set of keys of 32 bytes each, one after the other, and gives its number in this thread.
/// `lifetime` in seconds; verdicts are written to `out`, which JavaScript made and reads.
#[napi(namespace = "csrf", catch_unwind)]
pub fn open(
    #[napi(ts_arg_type = "Uint8Array")] keys: Bytes,
    lifetime: u32,
    out: Float64Array,
) -> Result<u32, Error<Code>> {
    answer(|| {
        if out.len() != 1 {
            return Err(Fault::new(Code::Argument, "out must hold one number"));
        }
        let tokens = Tokens::new(keys.get(), u64::from(lifetime))?;
        let out = ManuallyDrop::new(out);
        OPEN.with_borrow_mut(|open| {
            open.push(Some(Box::new(Entry { tokens, out })));
            Ok(open.len() as u32 - 1)
        })
    })
}

/// Lets go of a set. Closing twice does nothing.
#[napi(namespace = "csrf", catch_unwind)]
pub fn close(set: u32) {
    let entry = OPEN.with_borrow_mut(|open| open.get_mut(set as usize).and_then(Option::take));
    if let Some(entry) = entry {
        drop(ManuallyDrop::into_inner(entry.out));
    }
}

/// A token, as text. `now` in seconds since the epoch.
#[napi(namespace = "csrf", catch_unwind)]
pub fn make(
    set: u32,
    #[napi(ts_arg_type = "string")] value: Text,
    kind: u32,
    now: u32,
) -> Result<String, Error<Code>> {
    answer(|| {
        let nonce = random::bytes()?;
        let bound = Bound {
            kind: kind as u8,
            value: value.as_bytes(),
        };
        with(set, |entry| entry.tokens.make(bound, now, nonce))
    })
}

/// The function of the request path, made once per load: writes 0 (valid), 1 (invalid) or 2 (expired).
#[napi(
    namespace = "csrf",
    catch_unwind,
    ts_return_type = "{ check(set: number, token: string, value: string, kind: number, now: number): void }"
)]
pub fn functions(env: Env) -> napi::Result<Object<'static>> {
    let mut functions = Object::new(&env)?;
    functions.set("check", env.create_function::<(), ()>("check", check)?)?;
    Ok(functions)
}

extern "C" fn check(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<5, _>(env, info, |call| {
            let token: Text = call.get(1)?;
            let value: Text = call.get(2)?;
            let kind: u32 = call.get(3)?;
            let now: f64 = call.get(4)?;
            let bound = Bound {
                kind: kind as u8,
                value: value.as_bytes(),
            };
            with(call.get(0)?, |entry| {
                let verdict = entry.tokens.check(token.as_bytes(), bound, now as u64);
                // SAFETY: the array belongs to this thread's JavaScript, which is in this call and so does
                // not touch it; the entry holds a reference to it; lib/csrf/tokens.js hands it to nobody, so
                // its memory is never transferred away. Its length was checked when it came.
                let out = entry.out.as_mut();
                if let Some(first) = out.first_mut() {
                    *first = match verdict {
                        Verdict::Valid => 0.0,
                        Verdict::Invalid => 1.0,
                        Verdict::Expired => 2.0,
                    };
                }
            })
        })
    }
}

fn with<T>(set: u32, work: impl FnOnce(&mut Entry) -> T) -> Result<T, Fault> {
    OPEN.with_borrow_mut(|open| match open.get_mut(set as usize) {
        Some(Some(entry)) => Ok(work(entry)),
        _ => Err(Fault::new(Code::Argument, "this set of keys is closed")),
    })
}
