//! The boundary of `passwords`. Numbers have been checked in JavaScript; they are checked again where
//! memory or time would depend on them.
//!
//! `unsafe` here: handing the live environment to [`Link`].

#![allow(unsafe_code)]

use std::sync::Arc;

use napi::bindgen_prelude::{Buffer, Either, External, Function, JsValue};
use napi::{Env, Error};
use napi_derive::napi;

use super::link::Link;
use super::pepper::{Key, Peppers};
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
    ts_args_type = "link: object, id: number, password: Uint8Array, recipe: readonly number[], peppers: object | undefined, deadlineMs: number"
)]
pub fn hash(
    env: Env,
    link: &External<Arc<Link>>,
    id: f64,
    password: Bytes<'_>,
    recipe: Vec<u32>,
    peppers: Given<'_>,
    deadline_ms: f64,
) -> Result<(), Error<Code>> {
    answer(|| {
        let work = Work::hash(Recipe::from_numbers(&recipe)?, key(peppers), secret(password))?;
        submit(env, link, id as u64, deadline_ms, work)
    })
}

/// Queues a comparison of `password` with a stored hash; without one, with nothing, in the same time.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "link: object, id: number, password: Uint8Array, stored: string | undefined, recipe: readonly number[], peppers: object | undefined, deadlineMs: number"
)]
// Each is one cheap view; an object in their place would be built and taken apart.
#[allow(clippy::too_many_arguments)]
pub fn verify(
    env: Env,
    link: &External<Arc<Link>>,
    id: f64,
    password: Bytes<'_>,
    stored: Option<Text>,
    recipe: Vec<u32>,
    peppers: Given<'_>,
    deadline_ms: f64,
) -> Result<(), Error<Code>> {
    answer(|| {
        let stored = stored.as_ref().map(utf8).transpose()?;
        let recipe = Recipe::from_numbers(&recipe)?;
        let work = Work::verify(stored, recipe, key(peppers), secret(password))?;
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

/// Peppers, the current one first. `ids` and `secrets` are as long as each other.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "ids: readonly string[], secrets: readonly Uint8Array[]",
    ts_return_type = "object"
)]
pub fn peppers(ids: Vec<String>, secrets: Vec<Buffer>) -> Result<External<Arc<Peppers>>, Error<Code>> {
    answer(|| {
        let secrets = secrets.iter().map(|secret| Secret::new(secret.to_vec()));
        let keys = ids.into_iter().map(String::into_bytes).zip(secrets).collect();
        Ok(External::new(Arc::new(Peppers::new(keys))))
    })
}

/// Queues what the packages argon2 and bcrypt would do with `stored`, whose cost is capped as ever: a new
/// hash with its parameters and salt (`use` 0), the same as bytes (1), or a comparison with it (2).
/// The password may be empty, bcrypt cuts it, and `secret` is argon2's K whatever `stored` names.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "link: object, id: number, password: Uint8Array, stored: string, secret: Uint8Array, use: number, deadlineMs: number"
)]
// Each is one cheap view; an object in their place would be built and taken apart.
#[allow(clippy::too_many_arguments)]
pub fn as_written(
    env: Env,
    link: &External<Arc<Link>>,
    id: f64,
    password: Bytes<'_>,
    stored: Text,
    secret_key: Bytes<'_>,
    used: u32,
    deadline_ms: f64,
) -> Result<(), Error<Code>> {
    answer(|| {
        let work = as_written_work(&stored, secret(password), secret(secret_key), used)?;
        submit(env, link, id as u64, deadline_ms, work)
    })
}

/// The same on the calling thread, for the text forms.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "password: Uint8Array, stored: string, use: number",
    ts_return_type = "string | boolean"
)]
pub fn as_written_sync(
    password: Bytes<'_>,
    stored: Text,
    used: u32,
) -> Result<Either<String, bool>, Error<Code>> {
    answer(|| {
        let work = as_written_work(&stored, secret(password), Secret::new(Vec::new()), used)?;
        match POOL.run_here(work)? {
            Outcome::Hash(text) => Ok(Either::A(text)),
            Outcome::Verdict(fits) => Ok(Either::B(fits)),
            Outcome::Raw(_) => Err(Fault::internal()),
        }
    })
}

/// A new hash, computed on the calling thread.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "password: Uint8Array, recipe: readonly number[], peppers: object | undefined"
)]
pub fn hash_sync(password: Bytes<'_>, recipe: Vec<u32>, peppers: Given<'_>) -> Result<String, Error<Code>> {
    answer(|| {
        let work = Work::hash(Recipe::from_numbers(&recipe)?, key(peppers), secret(password))?;
        match POOL.run_here(work)? {
            Outcome::Hash(text) => Ok(text),
            _ => Err(Fault::internal()),
        }
    })
}

/// A comparison on the calling thread.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "password: Uint8Array, stored: string | undefined, recipe: readonly number[], peppers: object | undefined"
)]
pub fn verify_sync(
    password: Bytes<'_>,
    stored: Option<Text>,
    recipe: Vec<u32>,
    peppers: Given<'_>,
) -> Result<bool, Error<Code>> {
    answer(|| {
        let stored = stored.as_ref().map(utf8).transpose()?;
        let recipe = Recipe::from_numbers(&recipe)?;
        match POOL.run_here(Work::verify(stored, recipe, key(peppers), secret(password))?)? {
            Outcome::Verdict(fits) => Ok(fits),
            _ => Err(Fault::internal()),
        }
    })
}

/// Whether a hash made with `recipe` and the current pepper would differ from the stored one in anything.
#[napi(
    namespace = "passwords",
    catch_unwind,
    ts_args_type = "stored: string, recipe: readonly number[], peppers: object | undefined"
)]
pub fn needs_rehash(stored: Text, recipe: Vec<u32>, peppers: Given<'_>) -> Result<bool, Error<Code>> {
    answer(|| {
        let stored = Stored::parse(utf8(&stored)?)?;
        Ok(stored.needs_rehash(Recipe::from_numbers(&recipe)?, key(peppers).current()))
    })
}

/// Sets the sizes of the pool; 0 leaves one as it is.
#[napi(namespace = "passwords", catch_unwind)]
pub fn configure(threads: u32, memory_mib: u32, queue: u32) -> Result<(), Error<Code>> {
    answer(|| {
        let given = |value: u32, unit: usize| (value > 0).then_some((value as usize).saturating_mul(unit));
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

type Given<'a> = Option<&'a External<Arc<Peppers>>>;

fn key(peppers: Given<'_>) -> Key {
    Key::Peppers(peppers.map(|peppers| Arc::clone(peppers)))
}

fn as_written_work(
    stored: &Text,
    password: Secret<Vec<u8>>,
    secret: Secret<Vec<u8>>,
    used: u32,
) -> Result<Work, Fault> {
    let (stored, key) = (Stored::parse(utf8(stored)?)?, Key::Fixed(secret));
    match used {
        0 | 1 => Work::hash_as(stored, key, password, used == 1),
        _ => Work::verify_as(stored, key, password),
    }
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
