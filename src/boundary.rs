//! What the `native.rs` files share: views of JavaScript values that copy nothing or copy to the
//! stack, and the way a [`Fault`] becomes a coded JavaScript error.
//!
//! `unsafe` here: these are the N-API calls that napi-rs would make with an allocation in between.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;

use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Error, Status, ValueType, sys};

use crate::code::Code;
use crate::fault::Fault;
use crate::guard::guard;

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<Fault> for Error<Code> {
    fn from(fault: Fault) -> Self {
        Error::new(fault.code, fault.detail.into_owned())
    }
}

/// What a synchronous export returns: `err.code` in JavaScript is the [`Code`].
pub type Answer<T> = Result<T, Error<Code>>;

/// The body of every synchronous export: runs `work` under [`guard`] and codes its fault.
pub fn answer<T>(work: impl FnOnce() -> Result<T, Fault>) -> Answer<T> {
    guard(work).map_err(Into::into)
}

/// The length up to which [`Text`] stays on the stack. Addresses and most keys are far shorter.
const INLINE: usize = 128;

/// A JavaScript string as UTF-8, on the stack while it is short. Lone surrogates arrive as U+FFFD,
/// as everywhere in N-API: where two such strings must differ, check `isWellFormed()` first.
pub struct Text {
    inline: [MaybeUninit<u8>; INLINE],
    len: usize,
    long: Option<Vec<u8>>,
}

impl Text {
    /// The UTF-8 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.long {
            Some(long) => long,
            // SAFETY: `from_napi_value` had N-API write `len` bytes at the start of `inline`.
            None => unsafe { std::slice::from_raw_parts(self.inline.as_ptr().cast(), self.len) },
        }
    }
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        "string"
    }
    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for Text {}

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut text = Text {
            inline: [MaybeUninit::uninit(); INLINE],
            len: 0,
            long: None,
        };
        // SAFETY: `env` and `value` are live for this call; N-API writes at most INLINE bytes, the
        // last of them NUL, and stores in `len` how many came before it.
        let status = unsafe {
            sys::napi_get_value_string_utf8(
                env,
                value,
                text.inline.as_mut_ptr().cast(),
                INLINE,
                &mut text.len,
            )
        };
        expect_ok(status, "a string is expected")?;
        // N-API cuts at a code point, so a cut text is at most 3 bytes short of the space there was.
        if text.len >= INLINE - 4 {
            text.long = Some(unsafe { long_text(env, value)? });
        }
        Ok(text)
    }
}

/// SAFETY for callers: `env` and `value` are live.
unsafe fn long_text(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Vec<u8>> {
    let mut len = 0;
    // SAFETY: without a buffer N-API only stores the length.
    let status = unsafe { sys::napi_get_value_string_utf8(env, value, std::ptr::null_mut(), 0, &mut len) };
    expect_ok(status, "a string is expected")?;
    let mut bytes = vec![0u8; len + 1];
    // SAFETY: the buffer has room for `len` bytes and the NUL that N-API adds.
    let status = unsafe {
        sys::napi_get_value_string_utf8(env, value, bytes.as_mut_ptr().cast(), bytes.len(), &mut len)
    };
    expect_ok(status, "a string is expected")?;
    bytes.truncate(len);
    Ok(bytes)
}

/// A `Uint8Array` or `Buffer`, borrowed for the length of the call.
///
/// Only for synchronous exports that do not call back into JavaScript: nothing can detach the
/// memory while the call runs. Memory shared between threads (`SharedArrayBuffer`) may change under
/// the view; JavaScript hands over only what the HTTP parser or `Buffer.from` made.
pub struct Bytes<'call>(&'call [u8]);

impl<'call> Bytes<'call> {
    /// The bytes themselves.
    pub fn get(&self) -> &'call [u8] {
        self.0
    }
}

impl TypeName for Bytes<'_> {
    fn type_name() -> &'static str {
        "Uint8Array"
    }
    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Bytes<'_> {}

impl FromNapiValue for Bytes<'_> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut data = std::ptr::null_mut();
        let mut len = 0;
        // SAFETY: `env` and `value` are live for this call; N-API checks that `value` is a view and
        // gives its start and its length in bytes.
        let status = unsafe { sys::napi_get_buffer_info(env, value, &mut data, &mut len) };
        expect_ok(status, "a Buffer or Uint8Array is expected")?;
        if len == 0 {
            return Ok(Bytes(&[]));
        }
        // SAFETY: the view's memory lives as long as `value`, which the call's handle scope holds.
        Ok(Bytes(unsafe { std::slice::from_raw_parts(data.cast(), len) }))
    }
}

fn expect_ok(status: sys::napi_status, what: &'static str) -> napi::Result<()> {
    if status == sys::Status::napi_ok {
        Ok(())
    } else {
        Err(Error::new(Status::InvalidArg, what))
    }
}

/// The arguments of a function that was registered without napi-derive.
///
/// napi-derive allocates for every call that has arguments (a scope for borrowed values), which costs about
/// 75 ns (napi 3.16, Node.js 24): too much where a whole decision costs 80. Such functions are made with
/// `Env::create_function` over an `extern "C"` function whose whole body is [`raw_call`].
pub struct RawCall<const N: usize> {
    env: sys::napi_env,
    args: [sys::napi_value; N],
}

impl<const N: usize> RawCall<N> {
    /// Argument `at`, as napi-derive would convert it.
    pub fn get<T: FromNapiValue>(&self, at: usize) -> Result<T, Fault> {
        // SAFETY: `env` and the arguments are live for this call (`raw_call`).
        unsafe { T::from_napi_value(self.env, self.args[at]) }
            .map_err(|error| Fault::new(Code::Argument, error.reason.to_string()))
    }
}

/// What a function that was registered without napi-derive may return.
pub trait RawAnswer {
    /// The number for JavaScript, or nothing for `undefined`.
    fn number(self) -> Option<f64>;
}

impl RawAnswer for () {
    fn number(self) -> Option<f64> {
        None
    }
}

impl RawAnswer for Option<f64> {
    fn number(self) -> Option<f64> {
        self
    }
}

/// The body of a function that was registered without napi-derive: as [`answer`], for a function that
/// returns nothing or a number.
///
/// # Safety
/// `env` and `info` are those of the N-API callback that is running.
pub unsafe fn raw_call<const N: usize, A: RawAnswer>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    work: impl FnOnce(&RawCall<N>) -> Result<A, Fault>,
) -> sys::napi_value {
    let mut call = RawCall::<N> {
        env,
        args: [std::ptr::null_mut(); N],
    };
    let mut count = N;
    // SAFETY: both are live; N-API fills exactly N values, with `undefined` where fewer were given.
    let status = unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &mut count,
            call.args.as_mut_ptr(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    };
    let done = if status == sys::Status::napi_ok {
        guard(|| work(&call))
    } else {
        Err(Fault::internal())
    };
    let mut value = std::ptr::null_mut();
    match done.map(RawAnswer::number) {
        Ok(None) => {}
        Ok(Some(number)) => {
            // SAFETY: `env` is live; where no number can be made, `value` stays null, which is `undefined`:
            // callers of such a function take that for 0, so it must not be passed over.
            let status = unsafe { sys::napi_create_double(env, number, &mut value) };
            if status != sys::Status::napi_ok {
                throw(env, Fault::internal());
            }
        }
        Err(fault) => throw(env, fault),
    }
    value
}

fn throw(env: sys::napi_env, fault: Fault) {
    let error = napi::JsError::from(Error::<Code>::from(fault));
    // SAFETY: `env` is live, and this thread is in its call.
    unsafe { error.throw_into(env) };
}
