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

fn clocked(start: u64) -> (StdU64, impl Fn(&StdU64) -> u64) {
    (StdU64::new(start), |clock: &StdU64| clock.load(Ordering::Relaxed))
}

/// How many of the admitted requests, at their times, GCRA would refuse.
fn beyond(admitted: &[(u64, u32)], of: &Rule) -> usize {
    let t = u128::from((of.window_ms * MS).div_ceil(u64::from(of.limit)));
    let mut model = Model {
        t,
        tau: t * u128::from(of.burst),
        tat: 0,
    };
    let refused = admitted
        .iter()
        .filter(|(at, units)| !model.charge(u128::from(*at), u128::from(*units)).0);
    refused.count()
}

proptest! {
    #[test]
    fn several_policies_admit_what_each_alone_would(
        first in (1u32..50, 1u64..2000, 1u32..20),
        second in (1u32..50, 1u64..2000, 1u32..20),
        trace in prop::collection::vec((0u64..100_000_000, 1u32..8), 1..200),
    ) {
        let rules = [rule(first.0, first.1, first.2), rule(second.0, second.1 + 2000, second.2)];
        let ours = limiter_of(&Arc::new(Table::new(1024).unwrap()), &rules);
        let mut models = rules.map(|of| {
            let t = u128::from((of.window_ms * MS).div_ceil(u64::from(of.limit)));
            Model { t, tau: t * u128::from(of.burst), tat: 0 }
        });
        let mut now = START;
        for (step, units) in trace {
            now += step;
            let got = ours.charge_all(b"key", cost(units), || now);
            // All or none: charge copies of the models, keep them only where every one admits.
            let mut next = models.each_ref().map(|model| Model { t: model.t, tau: model.tau, tat: model.tat });
            let answers = next.each_mut().map(|model| model.charge(u128::from(now), u128::from(units)));
            let allowed = answers.iter().all(|answer| answer.0);
            prop_assert_eq!(got.decision().allowed(), allowed);
            let retry = answers.iter().map(|answer| answer.3).max();
            if !allowed { prop_assert_eq!(Some(u128::from(got.decision().retry)), retry); }
            if allowed { models = next; }
        }
    }

    /// The clock moves between a charge and its refund, and both ways between requests.
    #[test]
    fn refunds_and_clock_steps_never_admit_more_than_any_limit(
        limits in prop::array::uniform3((1u32..30, 1u64..500, 1u32..10)),
        trace in prop::collection::vec((-30_000_000i64..50_000_000, 1u32..5), 1..200),
    ) {
        let mut more = 0;
        let rules = limits.map(|(limit, window_ms, burst)| {
            more += 1000;
            rule(limit, window_ms + more, burst)
        });
        let ours = limiter_of(&Arc::new(Table::new(1024).unwrap()), &rules);
        let (clock, read) = clocked(START);
        let mut admitted: Vec<(u64, u32)> = Vec::new();
        for (step, units) in trace {
            let now = clock.load(Ordering::Relaxed).saturating_add_signed(step);
            clock.store(now, Ordering::Relaxed);
            let at = StdU64::new(u64::MAX);
            let got = ours.charge_all(b"key", cost(units), || {
                // Each look finds it a little later.
                let now = read(&clock) + 50_000;
                clock.store(now, Ordering::Relaxed);
                at.fetch_min(now, Ordering::Relaxed);
                now
            });
            if got.decision().allowed() { admitted.push((at.load(Ordering::Relaxed), units)); }
        }
        // Each in its own time: who looked at the clock long ago asked then.
        admitted.sort_unstable();
        for of in &rules {
            prop_assert_eq!(beyond(&admitted, of), 0);
        }
    }

    #[test]
    fn a_fixed_window_admits_its_limit_in_each_window(
        limit in 1u32..20,
        window_ms in 1u64..1000,
        trace in prop::collection::vec((0u64..400_000_000, 1u32..5), 1..200),
    ) {
        let ours = limiter_of(&Arc::new(Table::new(1024).unwrap()), &[fixed(limit, window_ms)]);
        let length = window_ms * MS;
        let phase = ours.fingerprint(b"key") % length;
        let (mut now, mut window, mut used) = (START, 0, 0);
        for (step, units) in trace {
            now += step;
            let here = (now + phase) / length;
            if here != window { (window, used) = (here, 0); }
            let got = ours.charge(b"key", cost(units), now);
            let allowed = used + units <= limit;
            if allowed { used += units; }
            prop_assert_eq!(got.allowed(), allowed);
            prop_assert_eq!(got.remaining, u64::from(limit - used));
            let left = (here + 1) * length - phase - now;
            if used > 0 { prop_assert_eq!(got.reset, left); }
            if !allowed && units <= limit { prop_assert_eq!(got.retry, left); }
        }
    }
}

fn fixed(limit: u32, window_ms: u64) -> Rule {
    Rule {
        algorithm: Algorithm::FixedWindow,
        ..rule(limit, window_ms, limit)
    }
}

#[test]
fn a_refused_request_costs_the_other_policies_nothing() {
    let ours = limiter_of(
        &Arc::new(Table::new(64).unwrap()),
        &[rule(100, 60_000, 100), rule(1, 3_600_000, 1)],
    );
    assert!(ours.charge_all(b"k", cost(1), || START).decision().allowed());
    for _ in 0..500 {
        let refused = ours.charge_all(b"k", cost(1), || START);
        assert_eq!((refused.decision().allowed(), refused.decided), (false, 1));
        assert_eq!(refused.each[0].remaining, 99);
    }
}

#[test]
fn threads_under_several_policies_admit_exactly_the_smallest() {
    let rules = [
        rule(30_000, 3_600_000, 30_000),
        fixed(15_000, 31_536_000_000),
        rule(9_000, 86_400_000, 9_000),
    ];
    let ours = limiter_of(&Arc::new(Table::new(1024).unwrap()), &rules);
    let admitted = StdU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..3_000 {
                    if ours.charge_all(b"k", cost(1), || START).decision().allowed() {
                        admitted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    // A charge that is on its way back may refuse another: never more, and rarely fewer.
    let admitted = admitted.load(Ordering::Relaxed);
    assert!((8_900..=9_000).contains(&admitted), "{admitted}");
    let mut more = 0;
    while ours.charge_all(b"k", cost(1), || START).decision().allowed() {
        more += 1;
    }
    assert_eq!(admitted + more, 9_000);
}

#[test]
fn clock_steps_do_not_open_or_close_the_gate() {
    // Far enough from the clock's zero, and in the middle of the key's fixed window.
    let windows = limiter_of(&Arc::new(Table::new(64).unwrap()), &[fixed(10, 3_600_000)]);
    let window = 3_600_000 * MS;
    let middle = 20 * window - windows.fingerprint(b"k") % window + window / 2;
    for (ours, start) in [(limiter(10, 60_000, 10), 20 * window), (windows, middle)] {
        for _ in 0..10 {
            assert!(ours.charge(b"k", cost(1), start).allowed());
        }
        // Back by up to an hour, as a thread that was held up reads it: still shut.
        for back in [1, MS, 1000 * MS, 3_000_000 * MS] {
            assert!(!ours.charge(b"k", cost(1), start - back).allowed(), "{back}");
        }
        assert!(!ours.charge(b"k", cost(1), start).allowed());
        // And open again when its time has come.
        assert!(ours.charge(b"k", cost(1), start + 7_200_000 * MS).allowed());
    }
}

#[test]
fn a_time_that_nobody_can_have_written_does_not_refuse_for_ever() {
    let table = Arc::new(Table::new(64).unwrap());
    for ours in [
        limiter_over(&table, 10, 60_000, 10),
        limiter_of(&table, &[fixed(10, 60_000)]),
    ] {
        let print = ours.fingerprint(b"k");
        for broken in [u64::MAX, START + (1 << 59), START + 40_000_000 * MS] {
            let set = |_: Option<u64>| Ok::<_, ()>(((), broken));
            table.set(print).update(print, START, table.lost(), set).unwrap();
            ours.charge(b"k", cost(1), START);
            assert!(
                ours.charge(b"k", cost(1), START + 60_001 * MS).allowed(),
                "{broken}"
            );
        }
    }
}

#[test]
fn a_varying_limit_shares_one_bucket() {
    let of = Rule {
        varies: true,
        ..rule(1, 60_000, 1)
    };
    let ours = limiter_of(&Arc::new(Table::new(64).unwrap()), &[of]);
    let print = ours.fingerprint(b"k");
    let charge = |limit| {
        ours.charge_varied(print, cost(1), START, (limit, 0))
            .unwrap()
            .allowed()
    };
    assert_eq!((0..9).filter(|_| charge(4)).count(), 4);
    // The minute is spent, under whatever limit.
    assert!(!charge(100));
    assert!(ours.charge_varied(print, cost(1), START, (u32::MAX, 0)).is_ok());
    assert!(ours.charge_varied(print, cost(1), START, (1, u32::MAX)).is_err());
}

#[test]
fn used_counts_the_buckets_that_are_not_full() {
    let table = Arc::new(Table::new(1 << 17).unwrap());
    let limiter = limiter_over(&table, 10, 1000, 10);
    assert_eq!(limiter.used(START), 0.0);
    for i in 0..20_000_u32 {
        limiter.charge(&i.to_le_bytes(), cost(1), START);
    }
    let used = limiter.used(START);
    assert!((19_000.0..21_000.0).contains(&used), "{used}");
    assert_eq!(limiter.used(START + 2000 * MS), 0.0);
}
