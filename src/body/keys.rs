//! The keys of the objects that are open at one point of a text, and whether one comes again.
//!
//! 1. Keys lie on one stack; an object knows where its own begin and takes them off when it closes.
//! 2. Up to [`LINEAR`] keys an object is searched key by key, behind a filter of 64 bits.
//! 3. A larger object goes through a hash table (SipHash with a random key, so that nobody can choose
//!    keys that collide), which is made when it is first needed.
//! 4. A key with escapes is compared in its decoded form.

#![forbid(unsafe_code)]

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::random;

const LINEAR: usize = 32;
/// Stacks and tables of more entries than this are given back after a scan.
const KEEP: usize = 1 << 15;

/// One key: its bytes in the text, or in the decoded texts when it had escapes.
#[derive(Clone, Copy)]
struct Key {
    hash: u64,
    start: u32,
    /// The length, and in the highest bit whether the key lies in the decoded texts.
    len: u32,
}

const DECODED: u32 = 1 << 31;

/// One open object.
#[derive(Clone, Copy, Default)]
pub struct Frame {
    base: u32,
    filter: u64,
    /// Not 0 once the object's keys are in the table.
    id: u32,
    /// Whether this object is the value of a key `constructor`.
    pub of_constructor: bool,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    tag: u64,
    object: u32,
    key: u32,
}

/// The stacks, kept between scans so that an ordinary scan allocates nothing.
#[derive(Default)]
pub struct Keys {
    frame: Frame,
    frames: Vec<Frame>,
    keys: Vec<Key>,
    /// Decoded keys, one after the other.
    pub decoded: Vec<u8>,
    table: Vec<Slot>,
    used: usize,
    objects: u32,
    seed: Option<(u64, u64)>,
    /// Keys that the table refers to; they stay when their object closes.
    tabled: Vec<Key>,
}

impl Keys {
    /// Makes ready for a text.
    #[inline]
    pub fn clear(&mut self) {
        self.frame = Frame::default();
        self.frames.clear();
        self.keys.clear();
        self.decoded.clear();
        if self.used > 0 {
            self.clear_table();
        }
        if self.keys.capacity() > KEEP || self.frames.capacity() > KEEP || self.decoded.capacity() > KEEP {
            self.give_back();
        }
    }

    /// After a huge text nothing of its size stays behind.
    #[cold]
    fn give_back(&mut self) {
        *self = Keys {
            seed: self.seed,
            ..Keys::default()
        };
    }

    #[cold]
    fn clear_table(&mut self) {
        if self.table.len() > KEEP {
            return self.give_back();
        }
        self.table.fill(Slot::default());
        self.tabled.clear();
        self.used = 0;
        self.objects = 0;
    }

    /// The object that is open now.
    #[inline]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// An object opens.
    #[inline]
    pub fn open(&mut self, of_constructor: bool) {
        self.frames.push(self.frame);
        self.frame = Frame {
            base: self.keys.len() as u32,
            filter: 0,
            id: 0,
            of_constructor,
        };
    }

    /// An object closes. Closing more than was opened only happens in texts that do not parse.
    #[inline]
    pub fn close(&mut self) {
        self.keys.truncate(self.frame.base as usize);
        self.frame = self.frames.pop().unwrap_or_default();
    }

    /// Adds a key of the open object; true when the object has it already.
    #[inline(always)]
    pub fn add(&mut self, text: &[u8], start: usize, len: usize, hash: u64, decoded: bool) -> bool {
        let key = Key {
            hash,
            start: start as u32,
            len: len as u32 | if decoded { DECODED } else { 0 },
        };
        let bit = 1 << (hash >> 58);
        if self.frame.filter & bit != 0 && self.seen(text, key) {
            return true;
        }
        self.frame.filter |= bit;
        self.keys.push(key);
        false
    }

    #[inline(never)]
    fn seen(&mut self, text: &[u8], key: Key) -> bool {
        let own = self.keys.get(self.frame.base as usize..).unwrap_or_default();
        if own.len() <= LINEAR {
            let bytes = self.bytes(text, key);
            return own
                .iter()
                .any(|other| other.hash == key.hash && self.bytes(text, *other) == bytes);
        }
        self.seen_in_table(text, key)
    }

    #[inline]
    fn bytes<'a>(&'a self, text: &'a [u8], key: Key) -> &'a [u8] {
        let from = if key.len & DECODED != 0 {
            &self.decoded
        } else {
            text
        };
        &from[key.start as usize..][..(key.len & !DECODED) as usize]
    }

    /// Rule 3. On first use for an object its keys so far go into the table.
    #[cold]
    fn seen_in_table(&mut self, text: &[u8], key: Key) -> bool {
        if self.frame.id == 0 {
            self.objects += 1;
            self.frame.id = self.objects;
            // From here on every key of the object comes this way.
            self.frame.filter = u64::MAX;
            for i in self.frame.base as usize..self.keys.len() {
                self.insert(text, self.keys[i]);
            }
        }
        self.insert(text, key)
    }

    /// Puts a key of the open object into the table; true when it was there.
    fn insert(&mut self, text: &[u8], key: Key) -> bool {
        if (self.used + 1) * 2 > self.table.len() {
            self.grow();
        }
        let bytes = self.bytes(text, key);
        let tag = tag(self.seed.unwrap_or_default(), self.frame.id, bytes);
        let mask = self.table.len() - 1;
        let mut at = tag as usize & mask;
        while self.table[at].object != 0 {
            let slot = self.table[at];
            let same = slot.tag == tag && slot.object == self.frame.id;
            if same && self.bytes(text, self.tabled[slot.key as usize]) == bytes {
                return true;
            }
            at = (at + 1) & mask;
        }
        self.table[at] = Slot {
            tag,
            object: self.frame.id,
            key: self.tabled.len() as u32,
        };
        self.tabled.push(key);
        self.used += 1;
        false
    }

    fn grow(&mut self) {
        if self.seed.is_none() {
            let bytes = random::bytes::<16>().unwrap_or_default();
            let (low, high) = bytes.split_at(8);
            let word = |half: &[u8]| half.iter().fold(0, |all, byte| (all << 8) | u64::from(*byte));
            self.seed = Some((word(low), word(high)));
        }
        let size = (self.table.len() * 2).max(256);
        let old = std::mem::replace(&mut self.table, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.object != 0) {
            let mut at = slot.tag as usize & (size - 1);
            while self.table[at].object != 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = slot;
        }
    }
}

/// The object is part of the tag: the same key in many objects must not make one long run of slots.
fn tag(seed: (u64, u64), object: u32, bytes: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(seed.0, seed.1);
    hasher.write_u32(object);
    hasher.write(bytes);
    hasher.finish()
}
