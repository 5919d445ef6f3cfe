//! The tracks of many clients, in a table of fixed size.
//!
//! 1. A client belongs to one set of eight places, by a fingerprint under a secret of the watch: nobody can choose
//!    addresses that fall on one set.
//! 2. A client that is new to a full set takes the place of the one that is furthest from every threshold; of two
//!    that are equally far, the one that was quiet for longer. So ten thousand clients with one miss each never push
//!    out the one that scans.
//! 3. The memory is taken when the first thing is counted, and never grows.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use siphasher::sip::SipHasher13;

use super::track::{SPANS, Track};
use crate::fault::Fault;
use crate::random;

/// Kinds of things that are counted; JavaScript names them (`lib/monitor/anomalies.js`).
pub const KINDS: usize = 8;

/// Places in a set.
const WAYS: usize = 8;

/// When a kind is an anomaly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Length of the window, in ms.
    pub window_ms: u64,
    /// Count at which it is told; 0: this kind is not counted.
    pub threshold: u32,
}

#[derive(Clone, Copy)]
struct Place {
    /// Fingerprint of the client; 0: free.
    print: u64,
    /// When something was last counted, in ms.
    seen: u64,
    tracks: [Track; KINDS],
}

const FREE: Place = Place {
    print: 0,
    seen: 0,
    tracks: [Track::EMPTY; KINDS],
};

type Set = Mutex<[Place; WAYS]>;

/// See the module.
pub struct Watch {
    rules: [Rule; KINDS],
    hasher: SipHasher13,
    size: usize,
    sets: OnceLock<Box<[Set]>>,
    evicted: AtomicU64,
}

impl Watch {
    /// A watch over at least `clients` clients.
    ///
    /// # Errors
    /// `ERR_HAUBERK_INTERNAL` where the operating system gives no random bytes.
    pub fn new(clients: usize, rules: [Rule; KINDS]) -> Result<Watch, Fault> {
        let key: [u8; 16] = random::bytes()?;
        Ok(Watch {
            rules,
            hasher: SipHasher13::new_with_key(&key),
            size: clients.div_ceil(WAYS).max(1),
            sets: OnceLock::new(),
            evicted: AtomicU64::new(0),
        })
    }

    /// Counts one of `kind` for a client at `now` (ms). The count where it has reached its threshold and that is
    /// news, else 0.
    pub fn count(&self, kind: usize, client: &[u8], now: u64) -> u32 {
        let rule = self.rules[kind];
        if rule.threshold == 0 {
            return 0;
        }
        let print = self.hasher.hash(client).max(1);
        let sets = self.sets.get_or_init(|| self.make());
        // The upper half, scaled to the number of sets.
        let set = &sets[(((print >> 32) * sets.len() as u64) >> 32) as usize];
        // Nothing in this section can leave a set half changed.
        let mut places = set.lock().unwrap_or_else(PoisonError::into_inner);
        let at = match places.iter().position(|place| place.print == print) {
            Some(at) => at,
            None => self.make_room(&mut places, print, now),
        };
        let place = &mut places[at];
        place.seen = place.seen.max(now);
        let track = &mut place.tracks[kind];
        let count = track.add(rule.span(now));
        if count >= rule.threshold && track.tell() {
            count
        } else {
            0
        }
    }

    /// How many clients have something that still counts at `now`; looks at the whole table.
    pub fn clients(&self, now: u64) -> usize {
        self.places()
            .filter(|place| self.nearness(place, now) > 0)
            .count()
    }

    /// Clients that had to go although something of theirs still counted.
    pub fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// How many clients there is room for.
    pub fn room(&self) -> usize {
        self.size * WAYS
    }

    fn make(&self) -> Box<[Set]> {
        (0..self.size).map(|_| Mutex::new([FREE; WAYS])).collect()
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        let sets = self.sets.get().into_iter().flatten();
        sets.flat_map(|set| *set.lock().unwrap_or_else(PoisonError::into_inner))
            .filter(|place| place.print != 0)
    }

    /// Rule 2.
    fn make_room(&self, places: &mut [Place; WAYS], print: u64, now: u64) -> usize {
        let far = |place: &Place| match place.print {
            0 => (0, 0),
            _ => (1 + self.nearness(place, now), place.seen),
        };
        let at = (0..WAYS).min_by_key(|at| far(&places[*at])).unwrap_or(0);
        if places[at].print != 0 && self.nearness(&places[at], now) > 0 {
            self.evicted.fetch_add(1, Ordering::Relaxed);
        }
        places[at] = Place { print, ..FREE };
        at
    }

    /// How near a client is to the threshold that it is nearest to: 0 for one that has nothing, 65 536 for one that
    /// has reached it.
    fn nearness(&self, place: &Place, now: u64) -> u64 {
        let of = |(track, rule): (&Track, &Rule)| match rule.threshold {
            0 => 0,
            threshold => (u64::from(track.sum(rule.span(now))) << 16).div_ceil(u64::from(threshold)),
        };
        place.tracks.iter().zip(&self.rules).map(of).max().unwrap_or(0)
    }
}

impl Rule {
    /// The span of time in which `now` (ms) lies.
    fn span(self, now: u64) -> u32 {
        // Windows of at least a second: 2^32 spans are 17 years.
        (now / (self.window_ms / u64::from(SPANS)).max(1)) as u32
    }
}
