//! A watch crosses as a number. What is counted and looked at goes without napi-derive (see
//! `boundary::RawCall`): it happens on requests.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::sync::Arc;

use napi::bindgen_prelude::Object;
use napi::{Env, Error, sys};
use napi_derive::napi;

use super::watch::{KINDS, Rule, Watch};
use super::{probes, registry, tools};
use crate::boundary::{Text, answer, raw_call};
use crate::clock::now_ns;
use crate::code::Code;
use crate::fault::Fault;

thread_local! {
    /// The watches that this thread opened. A number is never given twice, so a closed one stays closed.
    static WATCHES: RefCell<Vec<Option<Arc<Watch>>>> = const { RefCell::new(Vec::new()) };
}

/// Opens a watch and gives its number in this thread; `windows` (ms) and `thresholds` by kind.
#[napi(namespace = "monitor", catch_unwind)]
pub fn open(name: String, clients: u32, windows: Vec<f64>, thresholds: Vec<u32>) -> Result<u32, Error<Code>> {
    answer(|| {
        if windows.len() != KINDS || thresholds.len() != KINDS {
            return Err(Fault::new(
                Code::Argument,
                "a window and a threshold for each kind",
            ));
        }
        let rules = std::array::from_fn(|kind| Rule {
            window_ms: windows[kind] as u64,
            threshold: thresholds[kind],
        });
        let watch = registry::open(&name, clients as usize, rules)?;
        WATCHES.with_borrow_mut(|watches| {
            watches.push(Some(watch));
            Ok(watches.len() as u32 - 1)
        })
    })
}

/// Lets go of a watch; the last handle frees it. Closing twice does nothing.
#[napi(namespace = "monitor", catch_unwind)]
pub fn close(watch: u32) {
    let closed = WATCHES.with_borrow_mut(|all| all.get_mut(watch as usize).and_then(Option::take));
    drop(closed);
}

/// Clients that have something that still counts; looks at the whole table. `at` as of `count`.
#[napi(namespace = "monitor", catch_unwind)]
pub fn clients(watch: u32, at: f64) -> Result<f64, Error<Code>> {
    answer(|| with(watch, |watch| Ok(watch.clients(time(at)) as f64)))
}

/// Clients that had to go although something of theirs still counted.
#[napi(namespace = "monitor", catch_unwind)]
pub fn evicted(watch: u32) -> Result<f64, Error<Code>> {
    answer(|| with(watch, |watch| Ok(watch.evicted() as f64)))
}

/// The names of attack tools; `tool` gives a place in them.
#[napi(namespace = "monitor", catch_unwind)]
pub fn tool_names() -> Vec<&'static str> {
    tools::NEEDLES.words().to_vec()
}

/// The paths of scanners; `probe` gives a place in them.
#[napi(namespace = "monitor", catch_unwind)]
pub fn probe_paths() -> Vec<&'static str> {
    probes::NEEDLES.words().to_vec()
}

/// The functions of the request path. `count` gives the count that is news, else 0; `at` is the time in ms, or less
/// than 0 for the clock of the machine. `tool` and `probe` give a place in their lists, or -1.
#[napi(
    namespace = "monitor",
    catch_unwind,
    ts_return_type = "{ count(watch: number, kind: number, client: string, at: number): number; tool(agent: string): number; probe(target: string): number }"
)]
pub fn functions(env: Env) -> napi::Result<Object<'static>> {
    let mut functions = Object::new(&env)?;
    functions.set("count", env.create_function::<(), ()>("count", count_call)?)?;
    functions.set("tool", env.create_function::<(), ()>("tool", tool_call)?)?;
    functions.set("probe", env.create_function::<(), ()>("probe", probe_call)?)?;
    Ok(functions)
}

extern "C" fn count_call(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<4, _>(env, info, |call| {
            let kind = call.get::<u32>(1)? as usize;
            let client: Text = call.get(2)?;
            let now = time(call.get(3)?);
            if kind >= KINDS {
                return Err(Fault::new(Code::Argument, "there is no such kind"));
            }
            let told = with(call.get(0)?, |watch| {
                Ok(watch.count(kind, client.as_bytes(), now))
            })?;
            Ok(Some(f64::from(told)))
        })
    }
}

extern "C" fn tool_call(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<1, _>(env, info, |call| {
            Ok(place(tools::find(call.get::<Text>(0)?.as_bytes())))
        })
    }
}

extern "C" fn probe_call(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: N-API calls this with both live.
    unsafe {
        raw_call::<1, _>(env, info, |call| {
            Ok(place(probes::find(call.get::<Text>(0)?.as_bytes())))
        })
    }
}

fn place(found: Option<usize>) -> Option<f64> {
    Some(found.map_or(-1.0, |at| at as f64))
}

/// A time of JavaScript in ms, or that of the machine's clock.
fn time(at: f64) -> u64 {
    if at >= 0.0 {
        at as u64
    } else {
        now_ns() / 1_000_000
    }
}

fn with<T>(watch: u32, work: impl FnOnce(&Watch) -> Result<T, Fault>) -> Result<T, Fault> {
    WATCHES.with_borrow(|watches| match watches.get(watch as usize) {
        Some(Some(watch)) => work(watch),
        _ => Err(Fault::new(Code::Argument, "this watch is closed")),
    })
}
