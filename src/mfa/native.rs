//! The boundary of `mfa`. Numbers have been checked in JavaScript; they are checked again where time would
//! depend on them.
//!
//! `unsafe` here: verifying is done on requests, so it is registered without napi-derive
//! (`boundary::RawCall`), and writes its answer to an array that JavaScript made.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use napi::bindgen_prelude::{Float64Array, Object};
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::otp::{Algorithm, Codes};
use super::secret::{MAX_BYTES, SharedSecret, write};
use super::{qr, secret};
use crate::boundary::{Bytes, RawCall, Text, answer, raw_call};
use crate::code::Code;
use crate::fault::Fault;

/// The most counters that one call looks at: `resync` of HOTP.
const MOST_COUNTERS: u64 = 1001;

/// The last counter that JavaScript can count exactly (2^53 - 1).
const LAST_COUNTER: u64 = (1 << 53) - 1;

thread_local! {
    /// Where this thread's JavaScript reads the counter that was found: an array for each time that the
    /// package was loaded. Let go of by nobody: when the thread ends, its JavaScript ended before.
    static OUT: RefCell<Vec<ManuallyDrop<Float64Array>>> = const { RefCell::new(Vec::new()) };
}

/// Takes the array that `find` writes to, and gives its number in this thread.
#[napi(namespace = "mfa", catch_unwind)]
pub fn open(out: Float64Array) -> Result<u32, Error<Code>> {
    answer(|| {
        OUT.with_borrow_mut(|kept| {
            if out.is_empty() || kept.len() > 0xffff {
                return Err(Fault::new(Code::Argument, "out must hold a number"));
            }
            kept.push(ManuallyDrop::new(out));
            Ok(kept.len() as u32 - 1)
        })
    })
}

/// The function of the request path, made once per load. It writes to `out[0]` the first counter that has
/// the code, going from `from` to `to` (which may be downwards), or -1. `spec` is the number of the hash
/// function, plus 16 times the digits, plus 256 times the least bytes of a secret, plus 65536 times the
/// number of `out`.
#[napi(
    namespace = "mfa",
    catch_unwind,
    ts_return_type = "{ find(secret: string, code: string, spec: number, from: number, to: number): void }"
)]
pub fn functions(env: Env) -> napi::Result<Object<'static>> {
    let mut functions = Object::new(&env)?;
    functions.set("find", env.create_function::<(), ()>("find", find)?)?;
    Ok(functions)
}

extern "C" fn find(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe { raw_call::<5, _>(env, info, found) }
}

fn found(call: &RawCall<5>) -> Result<(), Fault> {
    let (secret, code): (Text, Text) = (call.get(0)?, call.get(1)?);
    let spec = call.get(2)?;
    let codes = codes(&secret, spec)?;
    let (from, to) = (counter(call.get(3)?)?, counter(call.get(4)?)?);
    if from.abs_diff(to) >= MOST_COUNTERS {
        return Err(Fault::new(Code::Argument, "too many counters at once"));
    }
    let at = if from <= to {
        codes.find(code.as_bytes(), from..=to)
    } else {
        codes.find(code.as_bytes(), (to..=from).rev())
    };
    OUT.with_borrow_mut(|out| {
        let out = out.get_mut((spec >> 16) as usize).ok_or_else(Fault::internal)?;
        // SAFETY: the array belongs to this thread's JavaScript, which is in this call; this holds a reference
        // to it, and lib/mfa/codes.js hands it to nobody.
        let place = unsafe { out.as_mut() }.first_mut().ok_or_else(Fault::internal)?;
        *place = at.map_or(-1.0, |at| at as f64);
        Ok(())
    })
}

/// The code of a counter.
#[napi(namespace = "mfa", catch_unwind)]
pub fn generate(
    #[napi(ts_arg_type = "string")] secret: Text,
    spec: u32,
    at: f64,
) -> Result<String, Error<Code>> {
    answer(|| Ok(codes(&secret, spec)?.text(counter(at)?)))
}

/// A new secret of `bytes` bytes from the operating system, in base32.
#[napi(namespace = "mfa", catch_unwind)]
pub fn new_secret(bytes: u32) -> Result<String, Error<Code>> {
    answer(|| {
        let drawn = zeroize::Zeroizing::new(crate::random::bytes::<MAX_BYTES>()?);
        let taken = drawn
            .get(..bytes as usize)
            .ok_or_else(|| Fault::new(Code::Argument, "a secret has at most 128 bytes"))?;
        Ok(write(taken).to_string())
    })
}

/// Bytes in base32, and what is no secret refused.
#[napi(namespace = "mfa", catch_unwind)]
pub fn base32(#[napi(ts_arg_type = "Uint8Array")] bytes: Bytes<'_>) -> Result<String, Error<Code>> {
    answer(|| match bytes.get().len() {
        1..=MAX_BYTES => Ok(secret::write(bytes.get()).to_string()),
        _ => Err(Fault::new(
            Code::MfaSecret,
            "the secret of the one-time codes has 1 to 128 bytes",
        )),
    })
}

/// The canonical base32 of a secret, as URIs carry it.
#[napi(namespace = "mfa", catch_unwind)]
pub fn canonical(#[napi(ts_arg_type = "string")] secret: Text, spec: u32) -> Result<String, Error<Code>> {
    answer(|| Ok(write(SharedSecret::read(secret.as_bytes(), least(spec))?.expose()).to_string()))
}

/// A text as a QR code in SVG; `size` 0 leaves width and height out.
#[napi(namespace = "mfa", catch_unwind)]
pub fn qr_svg(#[napi(ts_arg_type = "string")] text: Text, size: u32) -> Result<String, Error<Code>> {
    answer(|| {
        let text = std::str::from_utf8(text.as_bytes())
            .map_err(|_| Fault::new(Code::MfaQr, "the text is not text"))?;
        qr::svg(text, size)
    })
}

fn codes(secret: &Text, spec: u32) -> Result<Codes, Fault> {
    let secret = SharedSecret::read(secret.as_bytes(), least(spec))?;
    Codes::new(&secret, Algorithm::from_number(spec & 15)?, (spec >> 4) & 15)
}

fn least(spec: u32) -> usize {
    ((spec >> 8) as usize & 0xff).max(1)
}

fn counter(number: f64) -> Result<u64, Fault> {
    if number >= 0.0 && number <= LAST_COUNTER as f64 {
        Ok(number as u64)
    } else {
        Err(Fault::new(
            Code::Argument,
            "a counter is a whole number up to 2^53 - 1",
        ))
    }
}
