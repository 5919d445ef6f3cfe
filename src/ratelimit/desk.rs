//! Memory that JavaScript made and this side reads and writes: a decision by a call without arguments.
//!
//! Fetching a string argument costs more than the decision itself, so a short ASCII key is written into
//! this memory, character by character; `lib/ratelimit/desk.js` lays the same fields out.

#![forbid(unsafe_code)]

use std::num::NonZeroU32;

use super::limiter::{Limiter, MOST_POLICIES, Several};
use super::policy::Decision;
use crate::clock::now_ns;
use crate::fault::Fault;

/// The longest key that comes this way.
pub const KEY: usize = 64;

/// In place of a length: the fingerprint is given, as an earlier decision told it.
const GIVEN: u32 = u32::MAX;

/// What a policy tells: units left, ms until its bucket is full, ms until the same request would pass.
type Told = [f64; 3];

/// The fields, in the order and the size in which JavaScript sees them.
#[repr(C)]
pub struct Desk {
    /// 1 or 0.
    pub allowed: f64,
    /// The decision as a whole.
    pub all: Told,
    /// The same of each policy, where there are several.
    pub each: [Told; MOST_POLICIES],
    /// The limiter's number in this thread.
    pub limiter: u32,
    /// Units, from 1.
    pub cost: u32,
    /// Bytes of the key, or [`GIVEN`].
    pub length: u32,
    /// Which of several policies decided.
    pub decided: u32,
    /// The limit and the burst of this request; a limit of 0 is the limiter's own, a burst of 0 the limit.
    pub varied: [u32; 2],
    /// The key's fingerprint under a limiter of one policy: written by each decision, read where
    /// [`GIVEN`].
    pub print: [u32; 2],
    pub key: [u8; KEY],
}

impl Desk {
    /// 0 counts as 1.
    fn cost(&self) -> NonZeroU32 {
        NonZeroU32::new(self.cost).unwrap_or(NonZeroU32::MIN)
    }

    /// Charges the key that lies here.
    ///
    /// # Errors
    /// As [`Desk::charge`].
    #[inline]
    pub fn decide(&mut self, limiter: &Limiter) -> Result<(), Fault> {
        if limiter.is_several() {
            let key = self.key;
            let key = key.get(..self.length as usize).ok_or_else(Fault::internal)?;
            return self.charge(limiter, key);
        }
        let fingerprint = if self.length == GIVEN {
            u64::from(self.print[0]) | u64::from(self.print[1]) << 32
        } else {
            let key = self.key.get(..self.length as usize);
            let fingerprint = limiter.fingerprint(key.ok_or_else(Fault::internal)?);
            self.print = [fingerprint as u32, (fingerprint >> 32) as u32];
            fingerprint
        };
        self.charge_print(limiter, fingerprint)
    }

    /// Charges a key that came otherwise.
    ///
    /// # Errors
    /// `ERR_HAUBERK_OPTION_INVALID` where the limit of this request cannot be.
    pub fn charge(&mut self, limiter: &Limiter, key: &[u8]) -> Result<(), Fault> {
        if !limiter.is_several() {
            return self.charge_print(limiter, limiter.fingerprint(key));
        }
        self.tell_all(&limiter.charge_all(key, self.cost(), now_ns));
        Ok(())
    }

    /// What one unit would meet.
    ///
    /// # Errors
    /// As [`Desk::charge`].
    pub fn peek(&mut self, limiter: &Limiter, key: &[u8]) -> Result<(), Fault> {
        let [limit, burst] = self.varied;
        self.tell_all(&limiter.peek_all(key, now_ns(), (limit, burst))?);
        Ok(())
    }

    #[inline]
    fn charge_print(&mut self, limiter: &Limiter, fingerprint: u64) -> Result<(), Fault> {
        let (cost, now) = (self.cost(), now_ns());
        let decision = match self.varied {
            [0, _] => limiter.charge_print(fingerprint, cost, now),
            [limit, burst] => limiter.charge_varied(fingerprint, cost, now, (limit, burst))?,
        };
        self.tell(&decision);
        Ok(())
    }

    fn tell(&mut self, decision: &Decision) {
        self.allowed = f64::from(u8::from(decision.allowed()));
        self.all = told(decision);
    }

    fn tell_all(&mut self, several: &Several) {
        self.tell(several.decision());
        self.decided = several.decided as u32;
        for (told_here, decision) in self.each.iter_mut().zip(&several.each[..several.count]) {
            *told_here = told(decision);
        }
    }
}

/// Times in ms, rounded up.
fn told(decision: &Decision) -> Told {
    [
        decision.remaining as f64,
        decision.reset.div_ceil(1_000_000) as f64,
        decision.retry.div_ceil(1_000_000) as f64,
    ]
}
