#![allow(unsafe_code)]

use std::num::NonZeroU32;

use napi::Error;
use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;

use super::limiter;
use super::policy::Decision;
use crate::boundary::{Text, answer};
use crate::clock::now_ns;
use crate::code::Code;
use crate::fault::Fault;

/// How many numbers a decision writes: allowed (1 or 0), remaining, milliseconds until the bucket is full,
/// milliseconds until the same request would pass. Both times are rounded up.
const OUT: usize = 4;

/// One policy over one table. Decisions are written to `out`, which JavaScript made and reads.
#[napi(namespace = "ratelimit")]
pub struct Limiter {
    inner: Option<limiter::Limiter>,
    out: Float64Array,
}

#[napi(namespace = "ratelimit")]
impl Limiter {
    /// `windowMs` in milliseconds; `out` holds four numbers.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        name: String,
        limit: u32,
        window_ms: f64,
        burst: u32,
        slots: u32,
        out: Float64Array,
    ) -> Result<Self, Error<Code>> {
        answer(|| {
            if out.len() != OUT {
                return Err(Fault::new(Code::Argument, "out must hold four numbers"));
            }
            let inner = limiter::Limiter::open(&limiter::Parameters {
                name: &name,
                limit,
                window_ms: window_ms as u64,
                burst,
                slots: slots as usize,
            })?;
            Ok(Limiter {
                inner: Some(inner),
                out,
            })
        })
    }

    /// Charges one unit.
    #[napi(catch_unwind)]
    pub fn hit(&mut self, key: Text) -> Result<(), Error<Code>> {
        let decision = self.open()?.charge(key.as_bytes(), NonZeroU32::MIN, now_ns());
        self.write(decision);
        Ok(())
    }

    /// Charges `cost` units; 0 counts as 1.
    #[napi(catch_unwind)]
    pub fn charge(&mut self, key: Text, cost: u32) -> Result<(), Error<Code>> {
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        let decision = self.open()?.charge(key.as_bytes(), cost, now_ns());
        self.write(decision);
        Ok(())
    }

    /// What a request of cost 1 would meet; charges nothing.
    #[napi(catch_unwind)]
    pub fn peek(&mut self, key: Text) -> Result<(), Error<Code>> {
        let decision = self.open()?.peek(key.as_bytes(), now_ns());
        self.write(decision);
        Ok(())
    }

    /// Makes a key's bucket full.
    #[napi(catch_unwind)]
    pub fn reset(&mut self, key: Text) -> Result<(), Error<Code>> {
        self.open()?.reset(key.as_bytes());
        Ok(())
    }

    /// Buckets that the table had to give up although they were not full.
    #[napi(catch_unwind)]
    pub fn lost(&self) -> Result<f64, Error<Code>> {
        Ok(self.open()?.lost() as f64)
    }

    /// Lets go of the table; the last handle frees it.
    #[napi(catch_unwind)]
    pub fn close(&mut self) {
        self.inner = None;
    }

    fn open(&self) -> Result<&limiter::Limiter, Error<Code>> {
        let closed = || Fault::new(Code::RatelimitTable, "this limiter is closed").into();
        self.inner.as_ref().ok_or_else(closed)
    }

    fn write(&mut self, decision: Decision) {
        // SAFETY: only the thread of this limiter's JavaScript reaches it, and it is in this call; the
        // array is held by a reference. Were its memory transferred away, its length would be found by
        // `get_mut` as it was: JavaScript never hands the array out (lib/ratelimit/limiter.js).
        let out = unsafe { self.out.as_mut() };
        if let Some(out) = out.get_mut(..OUT) {
            out[0] = f64::from(u8::from(decision.allowed));
            out[1] = f64::from(decision.remaining);
            out[2] = decision.reset.div_ceil(1_000_000) as f64;
            out[3] = decision.retry.div_ceil(1_000_000) as f64;
        }
    }
}
