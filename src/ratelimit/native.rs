//! A limiter crosses as a number, not as a class: a method call on a class cost 350 ns more than a
//! function call with a number (Node.js 24), which is more than the decision itself. The functions of the
//! request path do without napi-derive (see `boundary::RawCall`), and take what they need from a
//! [`Desk`].
//!
//! `unsafe` here: a desk is memory of this thread's JavaScript.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::path::Path;

use napi::bindgen_prelude::{Object, Uint8Array};
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::bans::Bans;
use super::desk::Desk;
use super::limiter::{Limiter, Parameters, Scope};
use super::policy::{Algorithm, Rule};
use crate::boundary::{Text, answer, raw_call_with, raw_function, raw_thread_call};
use crate::clock::now_ns;
use crate::code::Code;
use crate::fault::Fault;

/// What a thread keeps between calls.
struct State {
    /// A number is never given twice, so a closed limiter stays closed.
    limiters: RefCell<Vec<Option<Box<Limiter>>>>,
    /// The desk of the module that was loaded first.
    desk: Cell<*mut Desk>,
    bans: RefCell<Vec<Option<Bans>>>,
}

thread_local! {
    static STATE: State = const {
        State {
            limiters: RefCell::new(Vec::new()),
            desk: Cell::new(std::ptr::null_mut()),
            bans: RefCell::new(Vec::new()),
        }
    };
}

/// One policy of a limiter. `limit` 0: it varies from request to request.
#[napi(object, namespace = "ratelimit")]
pub struct PolicyRule {
    pub name: String,
    pub limit: u32,
    pub window_ms: f64,
    pub burst: u32,
    pub fixed: bool,
}

/// Opens a limiter and gives its number in this thread. `machine`: the table is shared by the processes of
/// this machine, in `directory` or where the system keeps such files.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn open(
    name: String,
    slots: u32,
    policies: Vec<PolicyRule>,
    machine: bool,
    directory: Option<String>,
) -> Result<u32, Error<Code>> {
    answer(|| {
        let rules: Vec<_> = policies.into_iter().map(rule_of).collect();
        let limiter = Limiter::open(&Parameters {
            name: &name,
            scope: scope_of(machine, directory.as_deref()),
            slots: slots as usize,
            rules: &rules,
        })?;
        STATE.with(|state| {
            let mut limiters = state.limiters.borrow_mut();
            limiters.push(Some(Box::new(limiter)));
            Ok(limiters.len() as u32 - 1)
        })
    })
}

fn rule_of(policy: PolicyRule) -> (String, Rule) {
    let rule = Rule {
        algorithm: match policy.fixed {
            true => Algorithm::FixedWindow,
            false => Algorithm::Gcra,
        },
        limit: policy.limit.max(1),
        window_ms: policy.window_ms as u64,
        burst: policy.burst.max(1),
        varies: policy.limit == 0,
    };
    (policy.name, rule)
}

fn scope_of(machine: bool, directory: Option<&str>) -> Scope<'_> {
    match machine {
        true => Scope::Machine(directory.map(Path::new)),
        false => Scope::Process,
    }
}

/// The functions that work on a desk, made once per load of the module that owns it. `decide` and
/// `decideText` charge, `peek` charges nothing, `reset` makes the key's bucket full; `banned` tells of a ban: 1 or 0, ms that it still holds, the place of its reason.
///
/// The reference to the memory is never given back, so it lives as long as the environment.
#[napi(
    namespace = "ratelimit",
    catch_unwind,
    ts_return_type = "{ decide(): void; decideText(key: string): void; peek(key: string): void; reset(key: string): void; banned(key: string): void }"
)]
pub fn functions(env: Env, desk: Uint8Array) -> napi::Result<Object<'static>> {
    let start = desk.as_ptr().cast::<Desk>().cast_mut();
    if desk.len() != size_of::<Desk>() || !start.is_aligned() {
        return Err(napi::Error::from_reason("the desk has another size"));
    }
    std::mem::forget(desk);
    // Finding the function's own data costs more than finding the thread's desk.
    let first = STATE.with(|state| state.desk.get().is_null() && state.desk.replace(start).is_null());
    let mut functions = Object::new(&env)?;
    let all: [(&str, Raw); 5] = [
        ("decide", if first { decide } else { decide_at }),
        ("decideText", decide_text),
        ("peek", peek),
        ("reset", reset),
        ("banned", banned),
    ];
    for (name, function) in all {
        functions.set(name, raw_function(&env, name, Some(function), start)?)?;
    }
    Ok(functions)
}

type Raw = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

// SAFETY of the six: N-API calls them with both live. Their data is a desk: its size and alignment were
// checked, any bits are a Desk, and its memory belongs to this thread's JavaScript, which is in this call;
// lib/ratelimit/desk.js hands it to nobody, so it is never transferred away.

unsafe extern "C" fn decide(env: sys::napi_env, _: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: see above; the thread's desk is the data of this function.
    unsafe {
        raw_thread_call(env, || {
            STATE.with(|state| {
                let desk = state.desk.get().as_mut().ok_or_else(Fault::internal)?;
                with(state, desk.limiter, |limiter| desk.decide(limiter))
            })
        })
    }
}

unsafe extern "C" fn decide_at(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: see above.
    unsafe {
        raw_call_with::<Desk, 0>(env, info, |desk, _| {
            STATE.with(|state| with(state, desk.limiter, |limiter| desk.decide(limiter)))
        })
    }
}

unsafe extern "C" fn decide_text(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: see above.
    unsafe { with_text(env, info, |desk, limiter, key| desk.charge(limiter, key)) }
}

unsafe extern "C" fn peek(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: see above.
    unsafe { with_text(env, info, |desk, limiter, key| desk.peek(limiter, key)) }
}

unsafe extern "C" fn reset(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: see above.
    unsafe {
        with_text(env, info, |_, limiter, key| {
            limiter.reset(key);
            Ok(())
        })
    }
}

unsafe extern "C" fn banned(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: see above.
    unsafe {
        raw_call_with::<Desk, 1>(env, info, |desk, call| {
            let key: Text = call.get(0)?;
            let ban = with_bans(desk.limiter, |bans| Ok(bans.check(well_formed(&key)?, now_ms())))?;
            desk.allowed = f64::from(u8::from(ban.is_some()));
            if let Some(ban) = ban {
                desk.all[0] = ban.left_ms as f64;
                desk.all[1] = f64::from(ban.reason);
            }
            Ok(())
        })
    }
}

/// SAFETY for callers: as of the functions above.
unsafe fn with_text(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    work: impl FnOnce(&mut Desk, &Limiter, &[u8]) -> Result<(), Fault>,
) -> sys::napi_value {
    // SAFETY: as the callers promise.
    unsafe {
        raw_call_with::<Desk, 1>(env, info, |desk, call| {
            let key: Text = call.get(0)?;
            let key = well_formed(&key)?;
            STATE.with(|state| with(state, desk.limiter, |limiter| work(desk, limiter, key)))
        })
    }
}

/// Buckets that the table had to give up although they were not full.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn lost(limiter: u32) -> Result<f64, Error<Code>> {
    Ok(STATE.with(|state| with(state, limiter, |limiter| Ok(limiter.lost() as f64)))?)
}

/// About how many of the table's buckets are not full.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn used(limiter: u32) -> Result<f64, Error<Code>> {
    Ok(STATE.with(|state| with(state, limiter, |limiter| Ok(limiter.used(now_ns()))))?)
}

/// How many slots the table has.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn slots(limiter: u32) -> Result<f64, Error<Code>> {
    Ok(STATE.with(|state| with(state, limiter, |limiter| Ok(limiter.slots() as f64)))?)
}

/// Lets go of the table; the last handle frees it. Closing twice does nothing.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn close(limiter: u32) {
    let closed = STATE.with(|state| {
        let mut limiters = state.limiters.borrow_mut();
        limiters.get_mut(limiter as usize).and_then(Option::take)
    });
    drop(closed);
}

/// Opens bans and gives their number in this thread; as `open`.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn open_bans(
    name: String,
    slots: u32,
    machine: bool,
    directory: Option<String>,
) -> Result<u32, Error<Code>> {
    answer(|| {
        let bans = Bans::open(&name, scope_of(machine, directory.as_deref()), slots as usize)?;
        STATE.with(|state| {
            let mut all = state.bans.borrow_mut();
            all.push(Some(bans));
            Ok(all.len() as u32 - 1)
        })
    })
}

/// Bans a key for `ms`; `reason` is a place in the caller's list.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn ban(
    bans: u32,
    #[napi(ts_arg_type = "string")] key: Text,
    ms: f64,
    reason: u32,
) -> Result<(), Error<Code>> {
    answer(|| {
        with_bans(bans, |bans| {
            bans.ban(well_formed(&key)?, now_ms(), ms as u64, reason as u16);
            Ok(())
        })
    })
}

/// Ends a ban.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn unban(bans: u32, #[napi(ts_arg_type = "string")] key: Text) -> Result<(), Error<Code>> {
    answer(|| {
        with_bans(bans, |bans| {
            bans.unban(well_formed(&key)?);
            Ok(())
        })
    })
}

/// How many bans hold.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn count_bans(bans: u32) -> Result<f64, Error<Code>> {
    answer(|| with_bans(bans, |bans| Ok(bans.count(now_ms()) as f64)))
}

/// Bans that had to go although they held.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn lost_bans(bans: u32) -> Result<f64, Error<Code>> {
    answer(|| with_bans(bans, |bans| Ok(bans.lost() as f64)))
}

/// Lets go of the table of bans. Closing twice does nothing.
#[napi(namespace = "ratelimit", catch_unwind)]
pub fn close_bans(bans: u32) {
    let closed = STATE.with(|state| {
        let mut all = state.bans.borrow_mut();
        all.get_mut(bans as usize).and_then(Option::take)
    });
    drop(closed);
}

fn with_bans<T>(bans: u32, work: impl FnOnce(&Bans) -> Result<T, Fault>) -> Result<T, Fault> {
    STATE.with(|state| match state.bans.borrow().get(bans as usize) {
        Some(Some(bans)) => work(bans),
        _ => Err(Fault::new(Code::RatelimitTable, "these bans are closed")),
    })
}

fn now_ms() -> u64 {
    now_ns() / 1_000_000
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

fn with<T>(state: &State, limiter: u32, work: impl FnOnce(&Limiter) -> Result<T, Fault>) -> Result<T, Fault> {
    match state.limiters.borrow().get(limiter as usize) {
        Some(Some(limiter)) => work(limiter),
        _ => Err(Fault::new(Code::RatelimitTable, "this limiter is closed")),
    }
}
