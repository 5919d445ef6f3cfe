//! The boundary: a buffer in, one number out.
//!
//! The number is 0 when all is well and the text is ASCII. Otherwise bits 0 to 7 are the rule that the
//! text is refused by, bit 8 says that it has bytes outside ASCII, bit 9 that it begins with a byte
//! order mark, bit 10 that rules were offended that are only reported ([`reported`] tells them); the
//! offset of the refusal comes above bit 16.
//!
//! Fetching arguments costs several times the scan of a small text, so small texts come through memory
//! that JavaScript shares once per thread ([`share`]): a call without arguments then scans it.
//!
//! `unsafe` here: reading that memory, and calling the AVX2 version once the CPU was asked for it.

#![allow(unsafe_code)]

use std::cell::RefCell;

use napi::Error;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use super::kernel;
use super::keys::Keys;
use super::rule::{Found, Limits, Rule};
use super::{pointer, scan, urlencoded};
use crate::boundary::{Bytes, Text, answer};
use crate::code::Code;
use crate::fault::Fault;

/// What a thread keeps between calls.
#[derive(Default)]
struct State {
    limits: Vec<Limits>,
    keys: Keys,
    decoded: Vec<u8>,
    last: Found,
    fast: bool,
    shared: Option<Shared>,
}

/// Memory of this thread's JavaScript: length of the text, number of the limits, then the text.
#[derive(Clone, Copy)]
struct Shared {
    start: *const u8,
    len: usize,
}

/// Bytes before the text: two numbers of 32 bits in the machine's byte order.
const HEAD: usize = 8;

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State {
        fast: has_fast(),
        ..State::default()
    });
}

fn with<T>(work: impl FnOnce(&mut State) -> Result<T, Fault>) -> Result<T, Fault> {
    STATE.with(|state| match state.try_borrow_mut() {
        Ok(mut state) => work(&mut state),
        Err(_) => Err(Fault::internal()),
    })
}

/// Keeps a set of limits for this thread and gives its number. JavaScript has checked the numbers.
#[napi(namespace = "body", catch_unwind)]
pub fn register(
    depth: u32,
    keys: u32,
    key_bytes: u32,
    string_bytes: u32,
    refuse: u32,
    report: u32,
) -> Result<u32, Error<Code>> {
    let limits = Limits {
        depth,
        keys,
        key_bytes,
        string_bytes,
        refuse,
        report,
    };
    answer(|| {
        with(|state| {
            state.limits.push(limits);
            Ok(state.limits.len() as u32 - 1)
        })
    })
}

/// Scans the bytes of a JSON text.
#[napi(namespace = "body", catch_unwind)]
pub fn scan_json(#[napi(ts_arg_type = "Uint8Array")] text: Bytes, limits: u32) -> Result<f64, Error<Code>> {
    answer(|| with(|state| state.scan_json(text.get(), limits)))
}

/// Takes the memory through which `scan_shared` gets its texts; the first of each thread, and false for
/// any other: a module that was loaded twice must not scan what the other has written.
///
/// The reference to it is never given back, so the memory lives as long as the environment; that it is
/// not detached is for `lib/body/scan.js`, which hands it to nobody else.
#[napi(namespace = "body", catch_unwind)]
pub fn share(memory: Uint8Array) -> Result<bool, Error<Code>> {
    answer(|| {
        with(|state| {
            if state.shared.is_some() || memory.len() < HEAD {
                return Ok(false);
            }
            state.shared = Some(Shared {
                start: memory.as_ptr(),
                len: memory.len(),
            });
            std::mem::forget(memory);
            Ok(true)
        })
    })
}

/// Scans the JSON text in the shared memory.
#[napi(namespace = "body", catch_unwind)]
pub fn scan_shared() -> Result<f64, Error<Code>> {
    answer(|| {
        with(|state| {
            let shared = state.shared.ok_or_else(unknown)?;
            // SAFETY: `share` was given these bytes on this thread and holds the reference to them;
            // JavaScript does not run, so nothing writes to them during this call.
            let memory = unsafe { std::slice::from_raw_parts(shared.start, shared.len) };
            let (head, text) = memory.split_at(HEAD);
            let number = |at: usize| {
                let bytes = head[at..].first_chunk::<4>();
                bytes.map_or(0, |bytes| u32::from_ne_bytes(*bytes))
            };
            let text = text.get(..number(0) as usize).ok_or_else(unknown)?;
            state.scan_json(text, number(4))
        })
    })
}

/// Scans the bytes of an urlencoded text.
#[napi(namespace = "body", catch_unwind)]
pub fn scan_form(#[napi(ts_arg_type = "Uint8Array")] text: Bytes, limits: u32) -> Result<f64, Error<Code>> {
    answer(|| with(|state| state.scan_form(text.get(), limits)))
}

/// Scans a query string.
#[napi(namespace = "body", catch_unwind)]
pub fn scan_query(#[napi(ts_arg_type = "string")] text: Text, limits: u32) -> Result<f64, Error<Code>> {
    answer(|| with(|state| state.scan_form(text.as_bytes(), limits)))
}

/// What the last scan of this thread found for rules that are only reported: rule and offset in turn.
#[napi(namespace = "body", catch_unwind)]
pub fn reported() -> Result<Vec<u32>, Error<Code>> {
    answer(|| {
        with(|state| {
            let found = &state.last;
            let offended = Rule::ALL.iter().filter(|rule| found.reported & rule.bit() != 0);
            Ok(offended
                .flat_map(|rule| [*rule as u32, found.offsets[*rule as usize]])
                .collect())
        })
    })
}

/// The JSON pointer of an offset in a JSON text.
#[napi(namespace = "body", catch_unwind)]
pub fn json_pointer(
    #[napi(ts_arg_type = "Uint8Array")] text: Bytes,
    offset: u32,
) -> Result<String, Error<Code>> {
    answer(|| Ok(point(text.get(), offset as usize)))
}

impl State {
    fn scan_json(&mut self, text: &[u8], limits: u32) -> Result<f64, Fault> {
        let limits = self.limits.get(limits as usize).ok_or_else(unknown)?;
        let found = run(text, limits, &mut self.keys, self.fast);
        Ok(self.answer(found))
    }

    fn scan_form(&mut self, text: &[u8], limits: u32) -> Result<f64, Fault> {
        let limits = self.limits.get(limits as usize).ok_or_else(unknown)?;
        let found = urlencoded::scan(text, limits, &mut self.decoded);
        Ok(self.answer(found))
    }

    #[inline(always)]
    fn answer(&mut self, found: Found) -> f64 {
        let mut bits = 0;
        if let Some((rule, offset)) = found.refused {
            bits = u64::from(rule as u8) | u64::from(offset) << 16;
        }
        bits |= u64::from(found.non_ascii) << 8 | u64::from(found.bom) << 9;
        if found.reported != 0 {
            bits |= 1 << 10;
            self.last = found;
        }
        bits as f64
    }
}

fn unknown() -> Fault {
    Fault::new(Code::Argument, "these limits were not registered on this thread")
}

#[cfg(target_arch = "x86_64")]
fn has_fast() -> bool {
    kernel::has_avx2()
}

#[cfg(target_arch = "x86_64")]
fn run(text: &[u8], limits: &Limits, keys: &mut Keys, fast: bool) -> Found {
    if fast {
        // SAFETY: `fast` is the answer of `has_avx2`, which asks for each of these features.
        return unsafe { avx2(text, limits, keys) };
    }
    scan::scan::<kernel::Sse2>(text, limits, keys)
}

#[cfg(target_arch = "x86_64")]
fn point(text: &[u8], offset: usize) -> String {
    pointer::pointer::<kernel::Sse2>(text, offset)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn avx2(text: &[u8], limits: &Limits, keys: &mut Keys) -> Found {
    scan::scan::<kernel::Avx2>(text, limits, keys)
}

#[cfg(not(target_arch = "x86_64"))]
fn has_fast() -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
fn run(text: &[u8], limits: &Limits, keys: &mut Keys, _fast: bool) -> Found {
    scan::scan::<kernel::Portable>(text, limits, keys)
}

#[cfg(not(target_arch = "x86_64"))]
fn point(text: &[u8], offset: usize) -> String {
    pointer::pointer::<kernel::Portable>(text, offset)
}
