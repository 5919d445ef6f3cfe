//! The watch against a reference model that remembers everything.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::track::SPANS;
use super::watch::{KINDS, Rule, Watch};
use super::{probes, registry, tools};

const START: u64 = 1_000_000;

const fn rule(window_ms: u64, threshold: u32) -> Rule {
    Rule { window_ms, threshold }
}

const OFF: Rule = rule(60_000, 0);

fn only(first: Rule) -> [Rule; KINDS] {
    let mut rules = [OFF; KINDS];
    rules[0] = first;
    rules
}

/// Every thing that was counted, by client and kind, as the span it fell into; and when it was told last.
#[derive(Default)]
struct Model {
    seen: HashMap<(u8, usize), Vec<u64>>,
    told: HashMap<(u8, usize), u64>,
}

impl Model {
    fn count(&mut self, rule: Rule, kind: usize, client: u8, now: u64) -> u32 {
        if rule.threshold == 0 {
            return 0;
        }
        let span = now / (rule.window_ms / u64::from(SPANS));
        let spans = self.seen.entry((client, kind)).or_default();
        spans.push(span);
        let oldest = (span + 1).saturating_sub(u64::from(SPANS));
        let count = spans.iter().filter(|one| **one >= oldest).count() as u32;
        let told = self.told.get(&(client, kind));
        if count < rule.threshold || told.is_some_and(|told| span - told < u64::from(SPANS)) {
            return 0;
        }
        self.told.insert((client, kind), span);
        count
    }
}

proptest! {
    #[test]
    fn tells_what_the_reference_model_tells(
        rules in prop::array::uniform8((1000u64..200_000, 0u32..12)),
        trace in prop::collection::vec((0u64..30_000, 0u8..8, 0usize..KINDS), 1..400),
    ) {
        let rules = rules.map(|(window_ms, threshold)| rule(window_ms, threshold));
        // Eight clients in one set: none has to go.
        let watch = Watch::new(1, rules).unwrap();
        let mut model = Model::default();
        let mut now = START;
        for (step, client, kind) in trace {
            now += step;
            let told = watch.count(kind, &[client], now);
            prop_assert_eq!(told, model.count(rules[kind], kind, client, now));
        }
        prop_assert_eq!(watch.evicted(), 0);
    }

    #[test]
    fn a_full_table_never_counts_more_than_there_was(
        trace in prop::collection::vec((0u64..5_000, 0u8..40), 1..400),
    ) {
        let rules = only(rule(60_000, 4));
        let watch = Watch::new(1, rules).unwrap();
        let mut model = Model::default();
        let mut now = START;
        for (step, client) in trace {
            now += step;
            let told = watch.count(0, &[client], now);
            let truth = model.seen.get(&(client, 0)).map_or(1, |seen| seen.len() as u32 + 1);
            model.count(rules[0], 0, client, now);
            prop_assert!(told <= truth);
            prop_assert!(watch.clients(now) <= watch.room());
        }
    }
}

#[test]
fn one_that_scans_is_found_among_ten_thousand_that_do_not() {
    let watch = Watch::new(16_384, only(rule(60_000, 30))).unwrap();
    let mut told = vec![];
    for round in 0..40u64 {
        for client in 0..250u32 {
            // Each of the ten thousand misses once.
            let number = round as u32 * 250 + client;
            let now = START + round * 25;
            assert_eq!(watch.count(0, &number.to_be_bytes(), now), 0);
        }
        let count = watch.count(0, b"the scanner", START + round * 25);
        if count > 0 {
            told.push((round, count));
        }
    }
    assert_eq!(told, [(29, 30)]);
}

#[test]
fn a_flood_of_clients_does_not_push_out_the_one_that_scans() {
    let watch = Watch::new(64, only(rule(60_000, 30))).unwrap();
    for _ in 0..5 {
        watch.count(0, b"the scanner", START);
    }
    for client in 0..100_000u32 {
        watch.count(0, &client.to_be_bytes(), START);
    }
    let more = (0..25).map(|_| watch.count(0, b"the scanner", START));
    assert_eq!(more.max(), Some(30));
    assert!(watch.evicted() > 99_000);
    assert_eq!(watch.clients(START), watch.room());
}

#[test]
fn a_client_whose_window_is_over_has_to_go_first() {
    let watch = Watch::new(1, only(rule(8_000, 10))).unwrap();
    for _ in 0..9 {
        watch.count(0, b"loud but long ago", START);
    }
    for client in 0..7u8 {
        watch.count(0, &[client], START + 8_000);
    }
    watch.count(0, b"new", START + 8_000);
    assert_eq!(watch.evicted(), 0);
    assert_eq!(watch.clients(START + 8_000), 8);
    assert_eq!(watch.clients(START + 20_000), 0);
}

#[test]
fn kinds_are_counted_apart() {
    let mut rules = [OFF; KINDS];
    rules[1] = rule(60_000, 2);
    rules[2] = rule(60_000, 2);
    let watch = Watch::new(8, rules).unwrap();
    assert_eq!(watch.count(0, b"a", START), 0);
    assert_eq!(watch.count(1, b"a", START), 0);
    assert_eq!(watch.count(2, b"a", START), 0);
    assert_eq!(watch.count(1, b"a", START), 2);
    assert_eq!(watch.count(2, b"a", START), 2);
}

#[test]
fn threads_share_a_watch_by_name_and_other_rules_are_another_one() {
    let rules = only(rule(60_000, 800));
    let watch = registry::open("shared", 64, rules).unwrap();
    let told: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(move || {
                    let watch = registry::open("shared", 64, rules).unwrap();
                    (0..100).map(|_| watch.count(0, b"a", START)).max().unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(told.iter().filter(|count| **count == 800).count(), 1);
    assert_eq!(told.iter().filter(|count| **count == 0).count(), 7);
    let other = registry::open("shared", 64, only(rule(60_000, 801))).unwrap();
    assert!(!Arc::ptr_eq(&watch, &other));
}

#[test]
fn the_lists_are_in_lower_case_and_hold_nothing_twice() {
    for list in [tools::NEEDLES.words(), probes::NEEDLES.words()] {
        assert!(list.len() > 50);
        let mut sorted = list.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), list.len());
        for word in list {
            assert_eq!(**word, word.to_ascii_lowercase());
            assert!(word.is_ascii() && word.len() >= 3, "{word}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..700)) {
        tools::find(&bytes);
        probes::find(&bytes);
    }
}
