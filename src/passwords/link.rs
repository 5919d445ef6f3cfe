//! The way back into an environment (the main thread, or one worker): one thread-safe function, which
//! delivers outcomes in batches.
//!
//! 1. It keeps its environment alive only while something is expected.
//! 2. When the environment ends, its waiting work is dropped and later outcomes go nowhere: from the
//!    clean-up hook on nothing of N-API is touched any more.
//!
//! napi-rs makes one such function for each promise, and calls it without knowing whether its environment
//! still exists; hence this file.
//!
//! `unsafe` here: the N-API calls, and the pointers that travel through them.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::sys;

use super::pool::POOL;
use super::work::Outcome;
use crate::fault::Fault;

static NEXT_OWNER: AtomicU64 = AtomicU64::new(1);

/// A thread-safe function of N-API.
struct Function(sys::napi_threadsafe_function);

// SAFETY: made to be called from any thread; `Link::function` holds it only while it exists.
unsafe impl Send for Function {}

/// One environment's way back.
pub struct Link {
    /// Names the environment in the pool.
    pub owner: u64,
    function: Mutex<Option<Function>>,
    ready: Mutex<Vec<(u64, Result<Outcome, Fault>)>>,
    /// Outcomes that JavaScript has been promised; changed on its thread only.
    expected: AtomicUsize,
}

impl Link {
    /// Opens the way back: outcomes arrive as `settle(id, value)` or `settle(id, undefined, code, detail)`.
    ///
    /// # Errors
    /// `ERR_HAUBERK_INTERNAL` where N-API refuses.
    ///
    /// # Safety
    /// `env` and the function `settle` are live, and this is the environment's thread.
    pub unsafe fn open(env: sys::napi_env, settle: sys::napi_value) -> Result<Arc<Link>, Fault> {
        let link = Arc::new(Link {
            owner: NEXT_OWNER.fetch_add(1, Ordering::Relaxed),
            function: Mutex::new(None),
            ready: Mutex::new(Vec::new()),
            expected: AtomicUsize::new(0),
        });
        let mut name = null_mut();
        let mut function = null_mut();
        // The function's reference to the link, given back by `finalize`.
        let context = Arc::into_raw(link.clone()).cast_mut().cast::<c_void>();
        // SAFETY: live arguments by this function's contract; `context` stays valid until `finalize`.
        let status = unsafe {
            sys::napi_create_string_utf8(env, c"hauberk.passwords".as_ptr(), -1, &mut name);
            sys::napi_create_threadsafe_function(
                env,
                settle,
                null_mut(),
                name,
                0,
                1,
                context,
                Some(finalize),
                context,
                Some(deliver),
                &mut function,
            )
        };
        if status != sys::Status::napi_ok {
            // SAFETY: N-API did not take the reference over.
            drop(unsafe { Arc::from_raw(context.cast::<Link>()) });
            return Err(Fault::internal());
        }
        *lock(&link.function) = Some(Function(function));
        // SAFETY: live `env`; the hook's reference to the link is given back by `end`. Hooks run last come
        // first served, so `end` runs before N-API takes the function down.
        unsafe {
            sys::napi_unref_threadsafe_function(env, function);
            let data = Arc::into_raw(link.clone()).cast_mut().cast::<c_void>();
            sys::napi_add_env_cleanup_hook(env, Some(end), data);
        }
        Ok(link)
    }

    /// One more outcome is promised: the environment stays alive for it.
    ///
    /// # Safety
    /// `env` is the link's environment, live, and this is its thread.
    pub unsafe fn expect(&self, env: sys::napi_env) {
        if self.expected.fetch_add(1, Ordering::Relaxed) == 0
            && let Some(Function(function)) = *lock(&self.function)
        {
            // SAFETY: the function exists while it is in `function`; the rest is this contract.
            unsafe { sys::napi_ref_threadsafe_function(env, function) };
        }
    }

    /// `count` promised outcomes have arrived, or will not be asked for.
    ///
    /// # Safety
    /// As [`Link::expect`].
    pub unsafe fn release(&self, env: sys::napi_env, count: usize) {
        if count > 0
            && self.expected.fetch_sub(count, Ordering::Relaxed) == count
            && let Some(Function(function)) = *lock(&self.function)
        {
            // SAFETY: as in `expect`.
            unsafe { sys::napi_unref_threadsafe_function(env, function) };
        }
    }

    /// Hands an outcome over, from any thread.
    pub fn send(&self, id: u64, outcome: Result<Outcome, Fault>) {
        // The lock is held over the call: `end` waits for it, so the function exists until it returns.
        let function = lock(&self.function);
        let Some(Function(function)) = *function else {
            return;
        };
        let mut ready = lock(&self.ready);
        ready.push((id, outcome));
        // One call delivers all that is ready by then.
        if ready.len() == 1 {
            // SAFETY: the function exists, see above; it does not block, and its queue has no bound.
            unsafe {
                sys::napi_call_threadsafe_function(
                    function,
                    null_mut(),
                    sys::ThreadsafeFunctionCallMode::nonblocking,
                )
            };
        }
    }
}

/// On the environment's thread: calls `settle` for everything that is ready.
unsafe extern "C" fn deliver(
    env: sys::napi_env,
    settle: sys::napi_value,
    context: *mut c_void,
    _data: *mut c_void,
) {
    // Without an environment, N-API only empties its queue.
    if env.is_null() || settle.is_null() {
        return;
    }
    // SAFETY: `finalize` has not run yet, so the function's reference to the link is there.
    let link = unsafe { &*context.cast::<Link>() };
    let ready = std::mem::take(&mut *lock(&link.ready));
    // SAFETY: N-API calls this on the environment's thread, with its scope open.
    unsafe {
        link.release(env, ready.len());
        for (id, outcome) in ready {
            call(env, settle, id, outcome);
        }
    }
}

/// SAFETY for callers: as `deliver`. An exception thrown by `settle` stays pending; N-API reports it.
unsafe fn call(env: sys::napi_env, settle: sys::napi_value, id: u64, outcome: Result<Outcome, Fault>) {
    let mut arguments = [null_mut(); 4];
    let mut this = null_mut();
    // SAFETY: each call writes one live value; the texts and bytes are as long as said.
    unsafe {
        sys::napi_get_undefined(env, &mut this);
        arguments.fill(this);
        sys::napi_create_double(env, id as f64, &mut arguments[0]);
        match outcome {
            Ok(Outcome::Hash(text)) => arguments[1] = string(env, &text),
            Ok(Outcome::Raw(bytes)) => {
                let (data, out) = (bytes.as_ptr().cast(), &mut arguments[1]);
                sys::napi_create_buffer_copy(env, bytes.len(), data, null_mut(), out);
            }
            Ok(Outcome::Verdict(fits)) => _ = sys::napi_get_boolean(env, fits, &mut arguments[1]),
            Err(fault) => {
                arguments[2] = string(env, fault.code.as_str());
                arguments[3] = string(env, &fault.detail);
            }
        }
        sys::napi_call_function(env, this, settle, arguments.len(), arguments.as_ptr(), null_mut());
    }
}

/// SAFETY for callers: `env` is live.
unsafe fn string(env: sys::napi_env, text: &str) -> sys::napi_value {
    let mut value = null_mut();
    // SAFETY: the text is as long as said.
    unsafe { sys::napi_create_string_utf8(env, text.as_ptr().cast(), text.len() as isize, &mut value) };
    value
}

/// The function is gone: so is its reference to the link.
unsafe extern "C" fn finalize(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: called once, with the reference that `open` made for it.
    drop(unsafe { Arc::from_raw(data.cast::<Link>()) });
}

/// The environment ends.
unsafe extern "C" fn end(data: *mut c_void) {
    // SAFETY: called once, with the reference that `open` made for it.
    let link = unsafe { Arc::from_raw(data.cast::<Link>()) };
    if let Some(Function(function)) = lock(&link.function).take() {
        // SAFETY: it was there until now; from here on nobody calls it.
        unsafe { sys::napi_release_threadsafe_function(function, sys::ThreadsafeFunctionReleaseMode::abort) };
    }
    POOL.forget(link.owner);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
