//! The boundary of `passwords`. Numbers have been checked in JavaScript; they are checked again where
//! memory or time would depend on them.
//!
//! `unsafe` here: handing the live environment to [`Link`].

#![allow(unsafe_code)]

use std::sync::Arc;

use napi::bindgen_prelude::{External, Function, JsValue};
use napi::{Env, Error};
use napi_derive::napi;

use super::link::Link;
use super::pool::POOL;
use super::queue::Job;
use super::recipe::Recipe;
use super::stored::Stored;
use super::work::{Outcome, Work};
use crate::boundary::{Bytes, Text, answer};
use crate::clock;
use crate::code::Code;
use crate::fault::Fault;
use crate::secret::Secret;

/// Opens this environment's way back. `settle(id, value)` or `settle(id, undefined, code, detail)` is
/// called once for each job that was taken in.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "settle: (id: number, value?: string | boolean, code?: string, detail?: string) => void",
    ts_return_type = "object"
)]
pub fn open(env: Env, settle: Function<'_, (), ()>) -> Result<External<Arc<Link>>, Error<Code>> {
    // SAFETY: both are arguments of this call.
    answer(|| unsafe { Link::open(env.raw(), settle.raw()) }.map(External::new))
}

/// Queues a new hash of `password`.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "link: object, id: number, password: Uint8Array, recipe: readonly number[], deadlineMs: number"
)]
pub fn hash(
    env: Env,
    link: &External<Arc<Link>>,
    id: f64,
    password: Bytes<'_>,
    recipe: Vec<u32>,
    deadline_ms: f64,
) -> Result<(), Error<Code>> {
    answer(|| {
        let work = Work::hash(Recipe::from_numbers(&recipe)?, secret(password))?;
        submit(env, link, id as u64, deadline_ms, work)
    })
}

/// Queues a comparison of `password` with a stored hash; without one, with nothing, in the same time.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "link: object, id: number, password: Uint8Array, stored: string | undefined, recipe: readonly number[], deadlineMs: number"
)]
pub fn verify(
    env: Env,
    link: &External<Arc<Link>>,
    id: f64,
    password: Bytes<'_>,
    stored: Option<Text>,
    recipe: Vec<u32>,
    deadline_ms: f64,
) -> Result<(), Error<Code>> {
    answer(|| {
        let stored = stored.as_ref().map(utf8).transpose()?;
        let work = Work::verify(stored, Recipe::from_numbers(&recipe)?, secret(password))?;
        submit(env, link, id as u64, deadline_ms, work)
    })
}

/// Takes a job out of the queue; false where it is running or done, and its outcome still comes.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "link: object, id: number"
)]
pub fn abort(env: Env, link: &External<Arc<Link>>, id: f64) -> Result<bool, Error<Code>> {
    answer(|| {
        let found = POOL.abort(link.owner, id as u64);
        // SAFETY: the environment of this call, which is the one that holds the link.
        unsafe { link.release(env.raw(), usize::from(found)) };
        Ok(found)
    })
}

/// A new hash, computed on the calling thread.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "password: Uint8Array, recipe: readonly number[]"
)]
pub fn hash_sync(password: Bytes<'_>, recipe: Vec<u32>) -> Result<String, Error<Code>> {
    answer(
        || match POOL.run_here(Work::hash(Recipe::from_numbers(&recipe)?, secret(password))?)? {
            Outcome::Hash(text) => Ok(text),
            Outcome::Verdict(_) => Err(Fault::internal()),
        },
    )
}

/// A comparison on the calling thread.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "password: Uint8Array, stored: string | undefined, recipe: readonly number[]"
)]
pub fn verify_sync(password: Bytes<'_>, stored: Option<Text>, recipe: Vec<u32>) -> Result<bool, Error<Code>> {
    answer(|| {
        let stored = stored.as_ref().map(utf8).transpose()?;
        match POOL.run_here(Work::verify(
            stored,
            Recipe::from_numbers(&recipe)?,
            secret(password),
        )?)? {
            Outcome::Verdict(fits) => Ok(fits),
            Outcome::Hash(_) => Err(Fault::internal()),
        }
    })
}

/// Whether a hash made with `recipe` would differ from the stored one in any parameter.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "stored: string, recipe: readonly number[]"
)]
pub fn needs_rehash(stored: Text, recipe: Vec<u32>) -> Result<bool, Error<Code>> {
    answer(|| Ok(Stored::parse(utf8(&stored)?)?.needs_rehash(Recipe::from_numbers(&recipe)?)))
}

/// Sets the sizes of the pool; 0 leaves one as it is.
#[napi(namespace = "passwords", catch_unwind)]
pub fn configure(threads: u32, memory_mib: u32, queue: u32) -> Result<(), Error<Code>> {
    answer(|| {
        let given = |value: u32, unit: usize| (value > 0).then_some(value as usize * unit);
        POOL.configure(given(threads, 1), given(queue, 1), given(memory_mib, 1024 * 1024));
        Ok(())
    })
}

/// The state of the pool, in the order that `lib/passwords/stats.js` names.
#[napi(namespace = "passwords", catch_unwind)]
pub fn stats() -> Result<Vec<f64>, Error<Code>> {
    answer(|| {
        let stats = POOL.stats();
        let [hashes, verifies] = stats.waiting;
        let [held, peak, budget] = stats.memory;
        let sizes = [
            stats.threads,
            stats.alive,
            stats.running,
            hashes,
            verifies,
            held,
            peak,
            budget,
        ];
        let counts = [
            stats.done[0],
            stats.done[1],
            stats.busy,
            stats.expired,
            stats.aborted,
        ];
        Ok(sizes
            .iter()
            .map(|&size| size as f64)
            .chain(counts.iter().map(|&count| count as f64))
            .collect())
    })
}

fn submit(env: Env, link: &Arc<Link>, id: u64, deadline_ms: f64, work: Work) -> Result<(), Fault> {
    let deadline = clock::now_ns().saturating_add((deadline_ms * 1e6) as u64);
    let back = Arc::clone(link);
    let done = Box::new(move |outcome| back.send(id, outcome));
    // First, because the outcome may be there before `submit` returns.
    // SAFETY: the environment of this call, which is the one that holds the link.
    unsafe { link.expect(env.raw()) };
    let taken = POOL.submit(Job {
        owner: link.owner,
        id,
        deadline,
        work,
        done,
    });
    if taken.is_err() {
        // SAFETY: as above.
        unsafe { link.release(env.raw(), 1) };
    }
    taken
}

/// A copy that is wiped; JavaScript wipes its own.
fn secret(password: Bytes<'_>) -> Secret<Vec<u8>> {
    Secret::new(password.get().to_vec())
}

fn utf8(text: &Text) -> Result<&str, Fault> {
    std::str::from_utf8(text.as_bytes()).map_err(|_| {
        Fault::new(
            Code::PasswordsHash,
            "the stored hash cannot be read: it is not text",
        )
    })
}
