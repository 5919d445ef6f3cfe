//! A ring crosses as a number, as the limiters of `ratelimit` do; the functions that handlers call on each
//! request do without napi-derive (see `boundary::RawCall`).

#![allow(unsafe_code)]

use std::cell::RefCell;

use napi::bindgen_prelude::Object;
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::ring::Ring;
use super::{Refused, seal, sign};
use crate::boundary::{Bytes, RawCall, Reply, Text, answer, raw_reply};
use crate::code::Code;
use crate::fault::Fault;

thread_local! {
    /// The rings of this thread. A number is never given twice.
    static RINGS: RefCell<Vec<Option<Ring>>> = const { RefCell::new(Vec::new()) };
}

/// Makes a ring of 64 bytes per secret and gives its number in this thread.
#[napi(namespace = "cookies", catch_unwind)]
pub fn open_ring(#[napi(ts_arg_type = "Uint8Array")] material: Bytes) -> Result<u32, Error<Code>> {
    answer(|| {
        let ring = Ring::new(material.get())?;
        RINGS.with_borrow_mut(|rings| {
            rings.push(Some(ring));
            Ok(rings.len() as u32 - 1)
        })
    })
}

/// Wipes a ring. Closing twice does nothing.
#[napi(namespace = "cookies", catch_unwind)]
pub fn close_ring(ring: u32) {
    RINGS.with_borrow_mut(|rings| rings.get_mut(ring as usize).map(Option::take));
}

/// Whether a code is that of the package cookie-signature.
#[napi(namespace = "cookies", catch_unwind)]
pub fn is_legacy(
    #[napi(ts_arg_type = "string")] secret: Text,
    #[napi(ts_arg_type = "string")] value: Text,
    #[napi(ts_arg_type = "string")] code: Text,
) -> bool {
    sign::is_legacy(secret.as_bytes(), value.as_bytes(), code.as_bytes())
}

/// The functions that handlers call, made once per load. Moments are ms since the epoch, 0 means no end. `unsign`
/// gives 0, and `open` a text, where the text is good; else both give why not (see `Refused`).
#[napi(
    namespace = "cookies",
    catch_unwind,
    ts_return_type = "{ sign(ring: number, name: string, value: string, until: number): string; unsign(ring: number, name: string, text: string, now: number): number; seal(ring: number, name: string, value: string, until: number): string; open(ring: number, name: string, text: string, now: number): string | number }"
)]
pub fn functions(env: Env) -> napi::Result<Object<'static>> {
    let mut functions = Object::new(&env)?;
    functions.set("sign", env.create_function::<(), ()>("sign", sign_raw)?)?;
    functions.set("unsign", env.create_function::<(), ()>("unsign", unsign_raw)?)?;
    functions.set("seal", env.create_function::<(), ()>("seal", seal_raw)?)?;
    functions.set("open", env.create_function::<(), ()>("open", open_raw)?)?;
    Ok(functions)
}

extern "C" fn sign_raw(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_reply::<4>(env, info, |call| {
            with(call, |ring, name, value, until| {
                let mut text = value.to_vec();
                text.extend_from_slice(&sign::tail(ring, name, value, until));
                Ok(if value.is_ascii() {
                    Reply::Ascii(text)
                } else {
                    Reply::Utf8(text)
                })
            })
        })
    }
}

extern "C" fn unsign_raw(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_reply::<4>(env, info, |call| {
            with(call, |ring, name, text, now| {
                Ok(match sign::unsign(ring, name, text, now) {
                    Ok(_) => Reply::Number(0.0),
                    Err(refused) => why(refused),
                })
            })
        })
    }
}

extern "C" fn seal_raw(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_reply::<4>(env, info, |call| {
            with(call, |ring, name, value, until| {
                seal::seal(ring, name, value, until).map(Reply::Ascii)
            })
        })
    }
}

extern "C" fn open_raw(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_reply::<4>(env, info, |call| {
            with(call, |ring, name, text, now| {
                Ok(match seal::open(ring, name, text, now) {
                    Ok(value) if value.is_ascii() => Reply::Ascii(value),
                    Ok(value) => Reply::Utf8(value),
                    Err(refused) => why(refused),
                })
            })
        })
    }
}

fn why(refused: Refused) -> Reply {
    Reply::Number(f64::from(refused as u8))
}

/// Runs `work` with the ring, the two texts and the moment of a call.
fn with(
    call: &RawCall<4>,
    work: impl FnOnce(&Ring, &[u8], &[u8], u64) -> Result<Reply, Fault>,
) -> Result<Reply, Fault> {
    let ring: u32 = call.get(0)?;
    let name: Text = call.get(1)?;
    let text: Text = call.get(2)?;
    let moment: f64 = call.get(3)?;
    RINGS.with_borrow(|rings| match rings.get(ring as usize) {
        Some(Some(ring)) => work(ring, name.as_bytes(), text.as_bytes(), moment as u64),
        _ => Err(Fault::new(Code::Argument, "this key ring is closed")),
    })
}
