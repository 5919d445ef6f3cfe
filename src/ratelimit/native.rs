//! A limiter crosses as a number, not as a class: a method call on a class cost 350 ns more than a
//! function call with a number (Node.js 24), which is more than the decision itself. The two functions of
//! the request path do without napi-derive (see `boundary::RawCall`).

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::num::NonZeroU32;

use napi::bindgen_prelude::{Float64Array, Object};
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::limiter::{Limiter, Parameters};
use super::policy::Decision;
use crate::boundary::{Text, answer, raw_call};
use crate::clock::now_ns;
use crate::code::Code;
use crate::fault::Fault;

/// How many numbers a decision writes: allowed (1 or 0), remaining, milliseconds until the bucket is full,
/// milliseconds until the same request would pass. Both times are rounded up.
const OUT: usize = 4;

struct Entry {
    limiter: Limiter,
    // Let go only while JavaScript runs (`close`): when the thread ends, its JavaScript ended before.
    out: ManuallyDrop<Float64Array>,
}

thread_local! {
    /// The limiters of this thread. A number is never given twice, so a closed limiter stays closed.
    static OPEN: RefCell<Vec<Option<Box<Entry>>>> = const { RefCell::new(Vec::new()) };
}

/// Opens a limiter and gives its number in this thread. `windowMs` in milliseconds; decisions are written
/// to `out`, which JavaScript made and reads.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn open(
    name: String,
    limit: u32,
    window_ms: f64,
    burst: u32,
    slots: u32,
    out: Float64Array,
) -> Result<u32, Error<Code>> {
    answer(|| {
        if out.len() != OUT {
            return Err(Fault::new(Code::Argument, "out must hold four numbers"));
        }
        let limiter = Limiter::open(&Parameters {
            name: &name,
            limit,
            window_ms: window_ms as u64,
            burst,
            slots: slots as usize,
        })?;
        let out = ManuallyDrop::new(out);
        OPEN.with_borrow_mut(|open| {
            open.push(Some(Box::new(Entry { limiter, out })));
            Ok(open.len() as u32 - 1)
        })
    })
}

/// The two functions of the request path, made once per load. `hit` charges one unit, `charge` charges
/// `cost` units, where 0 counts as 1.
#[napi(
    namespace = "ratelimit",
    catch_unwind,
    ts_return_type = "{ hit(limiter: number, key: string): void; charge(limiter: number, key: string, cost: number): void }"
)]
pub fn functions(env: Env) -> napi::Result<Object<'static>> {
    let mut functions = Object::new(&env)?;
    functions.set("hit", env.create_function::<(), ()>("hit", hit)?)?;
    functions.set("charge", env.create_function::<(), ()>("charge", charge)?)?;
    Ok(functions)
}

extern "C" fn hit(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<2, _>(env, info, |call| {
            let key: Text = call.get(1)?;
            let key = well_formed(&key)?;
            decide(call.get(0)?, |limiter| {
                limiter.charge(key, NonZeroU32::MIN, now_ns())
            })
        })
    }
}

extern "C" fn charge(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<3, _>(env, info, |call| {
            let key: Text = call.get(1)?;
            let cost = NonZeroU32::new(call.get(2)?).unwrap_or(NonZeroU32::MIN);
            let key = well_formed(&key)?;
            decide(call.get(0)?, |limiter| limiter.charge(key, cost, now_ns()))
        })
    }
}

/// What a request of cost 1 would meet; charges nothing.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn peek(limiter: u32, #[napi(ts_arg_type = "string")] key: Text) -> Result<(), Error<Code>> {
    let key = well_formed(&key)?;
    Ok(decide(limiter, |limiter| limiter.peek(key, now_ns()))?)
}

/// Makes a key's bucket full.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn reset(limiter: u32, #[napi(ts_arg_type = "string")] key: Text) -> Result<(), Error<Code>> {
    let key = well_formed(&key)?;
    Ok(with(limiter, |entry| entry.limiter.reset(key))?)
}

/// Buckets that the table had to give up although they were not full.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn lost(limiter: u32) -> Result<f64, Error<Code>> {
    Ok(with(limiter, |entry| entry.limiter.lost() as f64)?)
}

/// Lets go of the table; the last handle frees it. Closing twice does nothing.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn close(limiter: u32) {
    let entry = OPEN.with_borrow_mut(|open| open.get_mut(limiter as usize).and_then(Option::take));
    if let Some(entry) = entry {
        drop(ManuallyDrop::into_inner(entry.out));
    }
}

/// Lone surrogates arrive as U+FFFD, so that many ill-formed keys would be one; a key that holds that
/// character is refused. Asking JavaScript (`isWellFormed`) cost three times as much.
fn well_formed(key: &Text) -> Result<&[u8], Fault> {
    let bytes = key.as_bytes();
    if bytes.contains(&0xef) && bytes.windows(3).any(|three| three == [0xef, 0xbf, 0xbd]) {
        return Err(Fault::new(
            Code::RatelimitKey,
            "a rate-limit key must be well-formed text without the replacement character U+FFFD",
        ));
    }
    Ok(bytes)
}

fn with<T>(limiter: u32, work: impl FnOnce(&mut Entry) -> T) -> Result<T, Fault> {
    OPEN.with_borrow_mut(|open| match open.get_mut(limiter as usize) {
        Some(Some(entry)) => Ok(work(entry)),
        _ => Err(Fault::new(Code::RatelimitTable, "this limiter is closed")),
    })
}

fn decide(limiter: u32, work: impl FnOnce(&Limiter) -> Decision) -> Result<(), Fault> {
    with(limiter, |entry| {
        let decision = work(&entry.limiter);
        // SAFETY: the array belongs to this thread's JavaScript, which is in this call and so does not
        // touch it; the entry holds a reference to it; lib/ratelimit/limiter.js hands it to nobody, so
        // its memory is never transferred away. Its length was checked when it came.
        let out = unsafe { entry.out.as_mut() };
        if let Some(out) = out.get_mut(..OUT) {
            out[0] = f64::from(u8::from(decision.allowed));
            out[1] = f64::from(decision.remaining);
            out[2] = decision.reset.div_ceil(1_000_000) as f64;
            out[3] = decision.retry.div_ceil(1_000_000) as f64;
        }
    })
}
