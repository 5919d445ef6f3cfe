//! The slots: where each key's theoretical arrival time (TAT) stands.
//!
//! 1. A slot is 128 bits: fingerprint, then TAT in nanoseconds. All zero: never used.
//! 2. A key may stand in any of the four slots of its set, which is one cache line.
//! 3. A key that is new to its set takes the slot with the smallest TAT: the bucket that is full first,
//!    whose loss admits the least. Equal TATs: the lowest index. So two threads that bring the same new
//!    key choose the same slot, and one of them sees its compare-and-swap fail and looks again.
//! 4. If the set changed between their looks, the same key may come to stand twice. Whoever sees that
//!    joins the two under the lower index, at the later TAT, before it decides; who has just inserted
//!    looks again for exactly this. A charge is thus never given back.

#![forbid(unsafe_code)]

use portable_atomic::{AtomicU64, AtomicU128, Ordering};

/// Slots in a set.
pub const WAYS: usize = 4;

/// One set, one cache line.
#[repr(C, align(64))]
pub struct Set([AtomicU128; WAYS]);

impl Set {
    fn read(&self) -> [u128; WAYS] {
        std::array::from_fn(|i| self.0[i].load(Ordering::Acquire))
    }

    fn swap(&self, at: usize, old: u128, new: u128) -> bool {
        self.0[at]
            .compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// The TAT of a fingerprint, if it stands here; where it stands twice, the later one.
    pub fn get(&self, fingerprint: u64) -> Option<u64> {
        let found = self
            .read()
            .into_iter()
            .filter(|slot| print_of(*slot) == fingerprint);
        found.map(tat_of).max()
    }

    /// Decides on a fingerprint's TAT (`None`: not here) and keeps the new one that `decide` gives;
    /// where it gives an error, nothing changes. `decide` may run more than once; its last answer counts.
    ///
    /// `lost` counts the buckets that had to go although they were not yet full at `now`.
    pub fn update<T, E>(
        &self,
        fingerprint: u64,
        now: u64,
        lost: &AtomicU64,
        decide: impl Fn(Option<u64>) -> Result<(T, u64), E>,
    ) -> Result<T, E> {
        loop {
            let slots = self.read();
            let Some((first, second)) = places(&slots, fingerprint) else {
                let at = victim(&slots);
                let (answer, tat) = decide(None)?;
                if !self.swap(at, slots[at], pack(fingerprint, tat)) {
                    continue;
                }
                if tat_of(slots[at]) > now {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
                if self.stands_elsewhere(fingerprint, at) {
                    continue;
                }
                return Ok(answer);
            };
            if let Some(second) = second {
                self.join(&slots, first, second);
                continue;
            }
            let (answer, tat) = decide(Some(tat_of(slots[first])))?;
            if self.swap(first, slots[first], pack(fingerprint, tat)) {
                return Ok(answer);
            }
        }
    }

    /// Forgets a fingerprint: its bucket is full again.
    pub fn remove(&self, fingerprint: u64) {
        for slot in &self.0 {
            let mut held = slot.load(Ordering::Acquire);
            while print_of(held) == fingerprint {
                match slot.compare_exchange(held, 0, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => break,
                    Err(now_held) => held = now_held,
                }
            }
        }
    }

    /// What stands here, as fingerprint and value.
    pub fn entries(&self) -> impl Iterator<Item = (u64, u64)> {
        let used = self.read().into_iter().filter(|slot| *slot != 0);
        used.map(|slot| (print_of(slot), tat_of(slot)))
    }

    /// Empties every slot.
    pub fn clear(&self) {
        self.0.iter().for_each(|slot| slot.store(0, Ordering::Release));
    }

    fn stands_elsewhere(&self, fingerprint: u64, at: usize) -> bool {
        let slots = self.read();
        (0..WAYS).any(|i| i != at && print_of(slots[i]) == fingerprint)
    }

    /// Rule 4. The lower slot is raised before the higher one is given up, so that no thread finds the
    /// key without its charges; if either changed meanwhile, the caller looks again.
    fn join(&self, slots: &[u128; WAYS], first: usize, second: usize) {
        let later = slots[first].max(slots[second]);
        if self.swap(first, slots[first], later) {
            self.swap(second, slots[second], 0);
        }
    }
}

/// The lowest index of a fingerprint, and the next one where it stands twice.
fn places(slots: &[u128; WAYS], fingerprint: u64) -> Option<(usize, Option<usize>)> {
    let mut found = (0..WAYS).filter(|i| print_of(slots[*i]) == fingerprint);
    found.next().map(|first| (first, found.next()))
}

fn victim(slots: &[u128; WAYS]) -> usize {
    let mut at = 0;
    for i in 1..WAYS {
        if tat_of(slots[i]) < tat_of(slots[at]) {
            at = i;
        }
    }
    at
}

fn pack(fingerprint: u64, tat: u64) -> u128 {
    u128::from(fingerprint) << 64 | u128::from(tat)
}

fn print_of(slot: u128) -> u64 {
    (slot >> 64) as u64
}

fn tat_of(slot: u128) -> u64 {
    slot as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(slots: [u128; WAYS]) -> Set {
        Set(slots.map(AtomicU128::new))
    }

    #[test]
    fn a_key_that_stands_twice_is_joined_at_the_later_time() {
        for (low, high) in [(50, 90), (90, 50), (70, 70)] {
            let set = set([pack(1, 5), pack(7, low), pack(2, 5), pack(7, high)]);
            assert_eq!(set.get(7), Some(low.max(high)));
            let seen = set.update(7, 0, &AtomicU64::new(0), |tat| {
                Ok::<_, ()>((tat, tat.unwrap_or(0) + 1))
            });
            assert_eq!(seen, Ok(Some(low.max(high))));
            assert_eq!(
                set.read(),
                [pack(1, 5), pack(7, low.max(high) + 1), pack(2, 5), 0]
            );
        }
    }

    #[test]
    fn a_new_key_takes_the_smallest_tat_and_a_refusal_changes_nothing() {
        let lost = AtomicU64::new(0);
        let full = [pack(1, 40), pack(2, 30), pack(3, 30), pack(4, 50)];
        let set = set(full);
        assert_eq!(set.update(9, 0, &lost, |_| Err::<((), u64), _>("no")), Err("no"));
        assert_eq!(set.read(), full);
        assert_eq!(set.update(9, 35, &lost, |_| Ok::<_, ()>(((), 60))), Ok(()));
        assert_eq!(set.read(), [full[0], pack(9, 60), full[2], full[3]]);
        // It was full at 35, so nothing was lost; the next one is still in use at 20.
        assert_eq!(lost.load(Ordering::Relaxed), 0);
        assert_eq!(set.update(8, 20, &lost, |_| Ok::<_, ()>(((), 60))), Ok(()));
        assert_eq!(lost.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn removing_empties_every_slot_of_the_key() {
        let set = set([pack(7, 1), pack(2, 5), pack(7, 3), 0]);
        set.remove(7);
        assert_eq!(set.read(), [0, pack(2, 5), 0, 0]);
    }
}
