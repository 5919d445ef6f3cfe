//! Fixed windows beside a model that counts them one by one.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::limiter::{Limiter, Parameters, Scope};
use super::policy::{Algorithm, Decision, Policy, Rule};
use super::table::Table;

const MS: u64 = 1_000_000;
const START: u64 = 1_000_000_000_000;

fn varying(window_ms: u64) -> Limiter {
    let rule = Rule {
        algorithm: Algorithm::FixedWindow,
        limit: 1,
        window_ms,
        burst: 1,
        varies: true,
    };
    let of = Parameters {
        name: "test",
        scope: Scope::Process,
        slots: 0,
        rules: &[(String::new(), rule)],
    };
    Limiter::over(Arc::new(Table::new(64).unwrap()), &of).unwrap()
}

fn charge(ours: &Limiter, cost: u32, now: u64, limit: u32) -> Decision {
    let cost = NonZeroU32::new(cost).unwrap();
    let print = ours.fingerprint(b"key");
    ours.charge_varied(print, cost, now, (limit, 0)).unwrap()
}

/// The units that were admitted in each window, by the window's number.
#[derive(Default)]
struct Model {
    number: u64,
    used: u64,
}

impl Model {
    fn charge(&mut self, number: u64, cost: u64, limit: u64) -> (bool, u64) {
        if number != self.number {
            (self.number, self.used) = (number, 0);
        }
        let allowed = self.used + cost <= limit;
        if allowed {
            self.used += cost;
        }
        (allowed, limit.saturating_sub(self.used))
    }
}

proptest! {
    #[test]
    fn a_limit_of_each_request_decides_as_the_model(
        window_ms in 1u64..2000,
        trace in prop::collection::vec((0u64..400 * MS, 1u32..12, 1u32..40), 1..200),
    ) {
        let ours = varying(window_ms);
        let length = window_ms * MS;
        let phase = ours.fingerprint(b"key") % length;
        let (mut model, mut now) = (Model::default(), START);
        for (step, units, limit) in trace {
            now += step;
            let peeked = *ours.peek_all(b"key", now, (limit, 0)).unwrap().decision();
            let got = charge(&ours, units, now, limit);
            let number = (now + phase) / length + 1;
            let left = number * length - phase - now;
            let (allowed, remaining) = model.charge(number, u64::from(units), u64::from(limit));
            prop_assert_eq!((got.allowed(), got.remaining), (allowed, remaining));
            prop_assert_eq!(got.reset, if model.used == 0 { 0 } else { left });
            prop_assert_eq!(got.retry, match () {
                () if allowed => 0,
                () if units <= limit => left,
                () => 2 * left,
            });
            if units == 1 {
                prop_assert_eq!(peeked.retry, got.retry);
            }
        }
    }
}

#[test]
fn a_lower_limit_sees_what_a_higher_one_used() {
    let ours = varying(3_600_000);
    assert_eq!(
        (0..20).filter(|_| charge(&ours, 1, START, 9).allowed()).count(),
        9
    );
    let low = charge(&ours, 1, START, 4);
    assert_eq!((low.allowed(), low.remaining), (false, 0));
    let high = charge(&ours, 1, START, 12);
    assert_eq!((high.allowed(), high.remaining), (true, 2));
}

#[test]
fn the_highest_limit_never_reads_one_window_as_another() {
    let window_ms = 2;
    let ours = varying(window_ms);
    let length = window_ms * MS;
    let start = START - (START + ours.fingerprint(b"key") % length) % length;
    for window in 0..4 {
        let begin = start + window * length;
        assert!(charge(&ours, 1999, begin, 2000).allowed());
        let last = charge(&ours, 1, begin + length - 1, 2000);
        assert_eq!((last.allowed(), last.remaining, last.reset), (true, 0, 1));
        assert!(!charge(&ours, 1, begin + length - 1, 2000).allowed());
    }
}

#[test]
fn more_units_than_a_window_can_hold_are_refused() {
    let rule = Rule {
        algorithm: Algorithm::FixedWindow,
        limit: 1001,
        window_ms: 1,
        burst: 1,
        varies: true,
    };
    assert!(Policy::new(&rule).is_err());
    assert!(Policy::new(&Rule { limit: 1000, ..rule }).is_ok());
}

#[test]
fn threads_with_limits_of_their_own_admit_exactly_the_highest() {
    let ours = varying(31_536_000_000);
    let admitted = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for limit in [500, 1000, 2000, 4000] {
            let (ours, admitted) = (&ours, &admitted);
            scope.spawn(move || {
                for _ in 0..8000 {
                    admitted.fetch_add(
                        u64::from(charge(ours, 1, START, limit).allowed()),
                        Ordering::Relaxed,
                    );
                }
            });
        }
    });
    assert_eq!(admitted.into_inner(), 4000);
}
