//! What the `native.rs` files share: views of JavaScript values that copy nothing or copy to the
//! stack, and the way a [`Fault`] becomes a coded JavaScript error.
//!
//! `unsafe` here: these are the N-API calls that napi-rs would make with an allocation in between.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::mem::MaybeUninit;

use napi::bindgen_prelude::{FromNapiRef, FromNapiValue, TypeName, ValidateNapiValue};
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

/// Up to this length (bytes) a text that is read whole comes with one call and without an allocation.
const REUSED: usize = 64 << 10;

thread_local! {
    /// The buffer of [`RawCall::with_text`].
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl<const N: usize> RawCall<N> {
    /// Argument `at`, as napi-derive would convert it.
    pub fn get<T: FromNapiValue>(&self, at: usize) -> Result<T, Fault> {
        // SAFETY: `env` and the arguments are live for this call (`raw_call`).
        unsafe { T::from_napi_value(self.env, self.args[at]) }
            .map_err(|error| Fault::new(Code::Argument, error.reason.to_string()))
    }

    /// Argument `at`, a handle that Rust gave to JavaScript.
    pub fn get_ref<T: FromNapiRef + 'static>(&self, at: usize) -> Result<&T, Fault> {
        // SAFETY: `env` and the arguments are live for this call; the argument holds the value for as long.
        unsafe { T::from_napi_ref(self.env, self.args[at]) }
            .map_err(|error| Fault::new(Code::Argument, error.reason.to_string()))
    }

    /// Has `work` read argument `at` as UTF-8: for texts of any length, where [`Text`] would ask for the
    /// length first. Lone surrogates are U+FFFD.
    pub fn with_text<T>(&self, at: usize, work: impl FnOnce(&str) -> T) -> Result<T, Fault> {
        let mut buffer = BUFFER.take();
        buffer.reserve(REUSED);
        let mut len = 0;
        // SAFETY: both are live; N-API writes at most `REUSED` bytes, for which there is room, the last of
        // them NUL, and stores in `len` how many came before it.
        let status = unsafe {
            sys::napi_get_value_string_utf8(
                self.env,
                self.args[at],
                buffer.as_mut_ptr().cast(),
                REUSED,
                &mut len,
            )
        };
        let wrong = || Fault::new(Code::Argument, "a string is expected");
        if status != sys::Status::napi_ok {
            return Err(wrong());
        }
        let long;
        // N-API cuts at a code point, so a cut text is at most 3 bytes short of the space there was.
        let bytes = if len >= REUSED - 4 {
            // SAFETY: as above.
            long = unsafe { long_text(self.env, self.args[at]) }.map_err(|_| wrong())?;
            &long[..]
        } else {
            // SAFETY: N-API wrote `len` bytes at the start of the buffer.
            unsafe { std::slice::from_raw_parts(buffer.as_ptr(), len) }
        };
        let text = simdutf8::basic::from_utf8(bytes).map_err(|_| wrong())?;
        let done = work(text);
        BUFFER.set(buffer);
        Ok(done)
    }

    /// A string for JavaScript.
    pub fn string(&self, text: &str) -> Result<sys::napi_value, Fault> {
        let mut value = std::ptr::null_mut();
        let (start, len) = (text.as_ptr().cast(), text.len() as isize);
        // SAFETY: `env` is live, and N-API copies `len` bytes. ASCII is Latin-1 as it stands.
        let status = unsafe {
            if text.is_ascii() {
                sys::napi_create_string_latin1(self.env, start, len, &mut value)
            } else {
                sys::napi_create_string_utf8(self.env, start, len, &mut value)
            }
        };
        if status == sys::Status::napi_ok {
            Ok(value)
        } else {
            Err(Fault::internal())
        }
    }
}

/// What a function without napi-derive may give back. Null is `undefined`.
pub trait RawAnswer {
    /// # Safety
    /// `env` is live, and this thread is in its call.
    ///
    /// # Errors
    /// Where N-API makes no such value.
    unsafe fn into_value(self, env: sys::napi_env) -> Result<sys::napi_value, Fault>;
}

impl RawAnswer for () {
    unsafe fn into_value(self, _env: sys::napi_env) -> Result<sys::napi_value, Fault> {
        Ok(std::ptr::null_mut())
    }
}

/// A value of this very call, such as one of [`RawCall::string`].
impl RawAnswer for sys::napi_value {
    unsafe fn into_value(self, _env: sys::napi_env) -> Result<sys::napi_value, Fault> {
        Ok(self)
    }
}

/// A number, or `undefined`.
impl RawAnswer for Option<f64> {
    unsafe fn into_value(self, env: sys::napi_env) -> Result<sys::napi_value, Fault> {
        let reply = self.map_or(Reply::Nothing, Reply::Number);
        // SAFETY: the caller's promise is the same.
        unsafe { reply.into_value(env) }
    }
}

/// An answer that is one of several kinds.
pub enum Reply {
    /// `undefined`
    Nothing,
    Bool(bool),
    Number(f64),
    /// Text that is ASCII: the fastest string to make.
    Ascii(Vec<u8>),
    /// Text that is UTF-8.
    Utf8(Vec<u8>),
}

impl RawAnswer for Reply {
    unsafe fn into_value(self, env: sys::napi_env) -> Result<sys::napi_value, Fault> {
        let mut value = std::ptr::null_mut();
        // SAFETY: `env` is live; N-API reads exactly the bytes of the text and writes one value.
        let status = unsafe {
            match &self {
                Reply::Nothing => return Ok(value),
                Reply::Bool(answer) => sys::napi_get_boolean(env, *answer, &mut value),
                Reply::Number(number) => sys::napi_create_double(env, *number, &mut value),
                Reply::Ascii(text) => {
                    sys::napi_create_string_latin1(env, text.as_ptr().cast(), text.len() as isize, &mut value)
                }
                Reply::Utf8(text) => {
                    sys::napi_create_string_utf8(env, text.as_ptr().cast(), text.len() as isize, &mut value)
                }
            }
        };
        if status == sys::Status::napi_ok {
            Ok(value)
        } else {
            Err(Fault::internal())
        }
    }
}

/// Makes a function without napi-derive; [`raw_call_with`] finds `data` again.
///
/// # Errors
/// Where N-API makes no function.
pub fn raw_function<T>(
    env: &napi::Env,
    name: &str,
    callback: sys::napi_callback,
    data: *mut T,
) -> napi::Result<napi::bindgen_prelude::Unknown<'static>> {
    let mut function = std::ptr::null_mut();
    // SAFETY: `env` is live; the name is read before the call returns; `data` is only handed through.
    let status = unsafe {
        sys::napi_create_function(
            env.raw(),
            name.as_ptr().cast(),
            name.len() as isize,
            callback,
            data.cast(),
            &mut function,
        )
    };
    expect_ok(status, "no function could be made")?;
    // SAFETY: N-API has just made it in this scope.
    unsafe { napi::bindgen_prelude::Unknown::from_napi_value(env.raw(), function) }
}

/// The body of a function that was registered without napi-derive: as [`answer`].
///
/// # Safety
/// `env` and `info` are those of the N-API callback that is running.
pub unsafe fn raw_call<const N: usize, A: RawAnswer>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    work: impl FnOnce(&RawCall<N>) -> Result<A, Fault>,
) -> sys::napi_value {
    // SAFETY: the caller's promise is the same.
    let done = match unsafe { arguments::<N>(env, info) } {
        Ok((call, _)) => guard(|| work(&call)),
        Err(fault) => Err(fault),
    };
    // SAFETY: `env` is live, and this thread is in its call.
    unsafe { finish(env, done) }
}

/// The body of a function of [`raw_function`]. Without arguments (`N` of 0) it costs a third of what it costs
/// with one.
///
/// # Safety
/// `env` and `info` are those of the N-API callback that is running, and its function was made with a
/// pointer to a `T` that is live and that nobody else uses during the call.
pub unsafe fn raw_call_with<T, const N: usize>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    work: impl FnOnce(&mut T, &RawCall<N>) -> Result<(), Fault>,
) -> sys::napi_value {
    // SAFETY: the caller's promise is the same.
    let done = match unsafe { arguments::<N>(env, info) } {
        // SAFETY: as the caller promises.
        Ok((call, data)) => match unsafe { data.cast::<T>().as_mut() } {
            Some(data) => guard(|| work(data, &call)),
            None => Err(Fault::internal()),
        },
        Err(fault) => Err(fault),
    };
    // SAFETY: `env` is live, and this thread is in its call.
    unsafe { finish(env, done) }
}

/// The same for a function that needs neither arguments nor data, but only what its thread keeps.
///
/// # Safety
/// `env` is that of the N-API callback that is running.
#[inline]
pub unsafe fn raw_thread_call<A: RawAnswer>(
    env: sys::napi_env,
    work: impl FnOnce() -> Result<A, Fault>,
) -> sys::napi_value {
    // SAFETY: as the caller promises.
    unsafe { finish(env, guard(work)) }
}

/// The arguments of a call and the data of its function.
///
/// SAFETY for callers: `env` and `info` are those of the N-API callback that is running.
#[inline]
unsafe fn arguments<const N: usize>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> Result<(RawCall<N>, *mut std::ffi::c_void), Fault> {
    use std::ptr::null_mut;
    let mut call = RawCall::<N> {
        env,
        args: [null_mut(); N],
    };
    let (mut count, mut data) = (N, null_mut());
    let (counted, args): (*mut usize, _) = match N {
        0 => (null_mut(), null_mut()),
        _ => (&raw mut count, call.args.as_mut_ptr()),
    };
    // SAFETY: both are live; N-API fills exactly N values, with `undefined` where fewer were given, and
    // stores the function's data.
    let status = unsafe { sys::napi_get_cb_info(env, info, counted, args, null_mut(), &mut data) };
    if status == sys::Status::napi_ok {
        Ok((call, data))
    } else {
        Err(Fault::internal())
    }
}

/// SAFETY for callers: `env` is live, and this thread is in its call.
#[inline]
unsafe fn finish<A: RawAnswer>(env: sys::napi_env, done: Result<A, Fault>) -> sys::napi_value {
    // SAFETY: as the caller promises.
    match done.and_then(|answer| unsafe { answer.into_value(env) }) {
        Ok(value) => value,
        Err(fault) => {
            let error = napi::JsError::from(Error::<Code>::from(fault));
            // SAFETY: as the caller promises.
            unsafe { error.throw_into(env) };
            std::ptr::null_mut()
        }
    }
}
