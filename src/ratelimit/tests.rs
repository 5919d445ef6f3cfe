use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64 as StdU64, Ordering};

use proptest::prelude::*;

use super::limiter::{Limiter, Parameters, Scope};
use super::policy::{Algorithm, Policy, Rule};
use super::registry;
use super::table::Table;

const MS: u64 = 1_000_000;
const START: u64 = 1_000_000_000_000;

fn rule(limit: u32, window_ms: u64, burst: u32) -> Rule {
    Rule {
        algorithm: Algorithm::Gcra,
        limit,
        window_ms,
        burst,
        varies: false,
    }
}

fn limiter_of(table: &Arc<Table>, rules: &[Rule]) -> Limiter {
    let rules: Vec<_> = rules.iter().map(|rule| (String::new(), *rule)).collect();
    let of = Parameters {
        name: "test",
        scope: Scope::Process,
        slots: 0,
        rules: &rules,
    };
    Limiter::over(table.clone(), &of).unwrap()
}

fn limiter_over(table: &Arc<Table>, limit: u32, window_ms: u64, burst: u32) -> Limiter {
    limiter_of(table, &[rule(limit, window_ms, burst)])
}

fn peek(limiter: &Limiter, key: &[u8], now: u64) -> super::policy::Decision {
    *limiter.peek_all(key, now, (0, 0)).unwrap().decision()
}

fn limiter(limit: u32, window_ms: u64, burst: u32) -> Limiter {
    limiter_over(&Arc::new(Table::new(1024).unwrap()), limit, window_ms, burst)
}

fn cost(units: u32) -> NonZeroU32 {
    NonZeroU32::new(units).unwrap()
}

/// GCRA as the textbook writes it, in numbers that cannot overflow.
struct Model {
    t: u128,
    tau: u128,
    tat: u128,
}

impl Model {
    fn charge(&mut self, now: u128, cost: u128) -> (bool, u128, u128, u128) {
        let next = self.tat.max(now) + cost * self.t;
        let allowed = next - now <= self.tau;
        let retry = if allowed { 0 } else { next - now - self.tau };
        if allowed {
            self.tat = next;
        }
        let debt = self.tat.saturating_sub(now);
        (allowed, (self.tau - debt) / self.t, debt, retry)
    }
}

proptest! {
    #[test]
    fn decides_as_the_reference_model(
        limit in 1u32..2000,
        window_ms in 1u64..100_000,
        burst in 1u32..50,
        trace in prop::collection::vec((0u64..200_000_000, 1u32..60), 1..200),
    ) {
        let ours = limiter(limit, window_ms, burst);
        let t = u128::from((window_ms * MS).div_ceil(u64::from(limit)));
        let mut model = Model { t, tau: t * u128::from(burst), tat: 0 };
        let mut now = START;
        for (step, units) in trace {
            now += step;
            let peeked = peek(&ours, b"key", now);
            let got = ours.charge(b"key", cost(units), now);
            let (allowed, remaining, reset, retry) = model.charge(u128::from(now), u128::from(units));
            prop_assert_eq!(got.allowed(), allowed);
            prop_assert_eq!(u128::from(got.remaining), remaining);
            prop_assert_eq!(u128::from(got.reset), reset);
            prop_assert_eq!(u128::from(got.retry), retry);
            if units == 1 {
                prop_assert_eq!(peeked.allowed(), got.allowed());
                prop_assert_eq!(peeked.retry, got.retry);
            }
        }
    }
}

#[test]
fn the_time_to_wait_is_exact() {
    let ours = limiter(5, 1000, 5);
    for _ in 0..5 {
        assert!(ours.charge(b"k", cost(1), START).allowed());
    }
    let refused = ours.charge(b"k", cost(1), START);
    assert!(!refused.allowed());
    assert_eq!(
        (refused.remaining, refused.retry, refused.reset),
        (0, 200 * MS, 1000 * MS)
    );
    assert!(!ours.charge(b"k", cost(1), START + refused.retry - 1).allowed());
    assert!(ours.charge(b"k", cost(1), START + refused.retry).allowed());
}

#[test]
fn window_edge_admits_no_second_burst() {
    // A fixed window lets 10 through here: 5 before its edge, 5 after.
    let ours = limiter(5, 1000, 5);
    let admitted = (0..150).filter(|ms| ours.charge(b"k", cost(1), START + 925 * MS + ms * MS).allowed());
    assert_eq!(admitted.count(), 5);
}

#[test]
fn a_cost_above_the_burst_never_passes_and_charges_nothing() {
    let ours = limiter(10, 1000, 10);
    assert!(!ours.charge(b"k", cost(11), START).allowed());
    assert!(!ours.charge(b"k", cost(u32::MAX), START).allowed());
    assert_eq!(peek(&ours, b"k", START).remaining, 10);
    assert!(ours.charge(b"k", cost(10), START).allowed());
    assert_eq!(peek(&ours, b"k", START).remaining, 0);
}

#[test]
fn policies_and_keys_do_not_mix() {
    let table = Arc::new(Table::new(1024).unwrap());
    let (one, other) = (
        limiter_over(&table, 1, 60_000, 1),
        limiter_over(&table, 2, 60_000, 1),
    );
    assert!(one.charge(b"k", cost(1), START).allowed());
    assert!(!one.charge(b"k", cost(1), START).allowed());
    assert!(other.charge(b"k", cost(1), START).allowed());
    assert!(one.charge(b"l", cost(1), START).allowed());
    one.reset(b"k");
    assert!(one.charge(b"k", cost(1), START).allowed());
    assert!(!other.charge(b"k", cost(1), START).allowed());
}

#[test]
fn a_clock_that_steps_back_admits_nothing_more() {
    let ours = limiter(3, 60_000, 3);
    let admitted = (0..9)
        .filter(|i| ours.charge(b"k", cost(1), START - i * MS).allowed())
        .count();
    // The third would pass at START, and no earlier.
    assert_eq!(admitted, 2);
    assert!(ours.charge(b"k", cost(1), START).allowed());
}

#[test]
fn threads_admit_exactly_the_limit() {
    const LIMIT: u32 = 20_000;
    for round in 0..5u32 {
        let ours = limiter(LIMIT, 3_600_000, LIMIT);
        let admitted = StdU64::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8u32 {
                let (ours, admitted) = (&ours, &admitted);
                scope.spawn(move || {
                    for i in 0..5_000u32 {
                        // Other keys come and go in the same sets meanwhile.
                        ours.charge(&(thread << 16 | i).to_le_bytes(), cost(1), START);
                        if ours.charge(&[round as u8], cost(1), START).allowed() {
                            admitted.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(admitted.load(Ordering::Relaxed), u64::from(LIMIT));
    }
}

#[test]
fn new_keys_that_race_are_admitted_once() {
    // So many sets that five of the keys meet in one about once in 10^12 runs: nothing has to go.
    let ours = limiter_over(&Arc::new(Table::new(1 << 20).unwrap()), 1, 3_600_000, 1);
    let admitted = StdU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for key in 0..200u32 {
                    if ours.charge(&key.to_le_bytes(), cost(1), START).allowed() {
                        admitted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!((admitted.load(Ordering::Relaxed), ours.lost()), (200, 0));
}

#[test]
fn a_flood_takes_the_fullest_bucket_and_keeps_the_emptiest() {
    // One set: four slots.
    let table = Arc::new(Table::new(4).unwrap());
    assert_eq!(table.slots(), 4);
    let ours = limiter_over(&table, 10, 60_000, 10);
    assert!(ours.charge(b"attacker", cost(10), START).allowed());
    for i in 0..10_000u32 {
        assert!(
            ours.charge(&i.to_le_bytes(), cost(1), START + u64::from(i))
                .allowed()
        );
        assert!(!ours.charge(b"attacker", cost(1), START + u64::from(i)).allowed());
    }
    assert_eq!(ours.lost(), 10_000 - 3);
}

#[test]
fn five_million_keys_stay_in_the_same_table() {
    let table = Arc::new(Table::new(1 << 16).unwrap());
    let ours = limiter_over(&table, 600, 60_000, 200);
    for i in 0..5_000_000u32 {
        assert!(
            ours.charge(&i.to_le_bytes(), cost(1), START + u64::from(i))
                .allowed()
        );
    }
    assert_eq!(table.slots(), 1 << 16);
}

#[test]
fn names_share_a_table_while_one_handle_lives() {
    let one = registry::open("registry-test", Scope::Process, 1024).unwrap();
    assert!(Arc::ptr_eq(
        &one,
        &registry::open("registry-test", Scope::Process, 1021).unwrap()
    ));
    assert!(registry::open("registry-test", Scope::Process, 2048).is_err());
    drop(one);
    assert_eq!(
        registry::open("registry-test", Scope::Process, 2048)
            .unwrap()
            .slots(),
        2048
    );
}

#[test]
fn bad_parameters_are_refused() {
    for (limit, window_ms, burst) in [
        (0, 1, 1),
        (1, 0, 1),
        (1, 1, 0),
        (1, u64::MAX, 1),
        (1, 31_536_000_000, u32::MAX),
    ] {
        assert!(Policy::new(&rule(limit, window_ms, burst)).is_err());
    }
    // The largest that pass stay clear of overflow.
    let ours = limiter(1, 31_536_000_000, 30);
    assert!(ours.charge(b"k", cost(30), u64::MAX >> 1).allowed());
    assert!(!ours.charge(b"k", cost(u32::MAX), u64::MAX >> 1).allowed());
}
