//! The keys of the objects that are open at one point of a text, and whether one comes again.
//!
//! 1. Each depth has a place for up to [`FEW`] keys, which stays filled when its object closes. Where the next
//!    object of that depth has the same keys in the same order, as the items of a list and the requests of a
//!    route have, each key costs one comparison: what was distinct and harmless is so again.
//! 2. From the first key that differs on, a key is looked for among those before it, behind a filter.
//! 3. A larger object, or one deeper than [`PLACES`], goes through a hash table (SipHash with a random key, so
//!    that nobody can choose keys that collide), which is made when it is first needed.
//! 4. A key with escapes is compared in its decoded form.
//! 5. Keys of up to 16 bytes are known by their [`Ends`] alone, so they are recognized in the next text too;
//!    the bytes of longer ones are gone by then.
//! 6. Keys of up to 12 bytes are recognized together with their quotes, their colon and the byte before, as
//!    one [`Window`] of 16 bytes: then nobody has to look for their beginning.

#![forbid(unsafe_code)]

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::random;

/// Keys that an object may have before it goes through the table.
const FEW: usize = 32;
/// Depths that have a place of their own.
const PLACES: usize = 64;
/// Stacks and tables of more entries than this are given back after a scan.
const KEEP: usize = 1 << 15;
/// Up to this length the ends of a key are all of it.
const WHOLE: u32 = 16;

/// The first 8 bytes of a key, filled up with zeros, and its last 8 bytes, or 0 where it has not as many.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends(pub u64, pub u64);

/// The 16 bytes that end with a key's colon, and which of them belong to the key.
#[derive(Clone, Copy, Default)]
pub struct Window {
    bytes: [u64; 2],
    mask: [u64; 2],
}

/// No bytes are these.
const NEVER: Window = Window {
    bytes: [u64::MAX; 2],
    mask: [0; 2],
};

impl Window {
    /// The window of a key of `len` bytes whose colon stands right after it at `colon`; one that matches
    /// nothing where the key does not fit, or where the quote before it might be an escaped one.
    fn of(text: &[u8], colon: usize, len: usize) -> Window {
        let Some(bytes) = window(text, colon) else {
            return NEVER;
        };
        // Its two quotes, its colon, and the byte before.
        let whole = len + 4;
        if whole > 16
            || !matches!(
                text[colon + 1 - whole],
                b'{' | b',' | b' ' | b'\t' | b'\r' | b'\n'
            )
        {
            return NEVER;
        }
        let mask = (u128::MAX << (8 * (16 - whole))).to_le_bytes();
        let mask = words(&mask);
        Window {
            bytes: [bytes[0] & mask[0], bytes[1] & mask[1]],
            mask,
        }
    }

    #[inline(always)]
    fn is(&self, found: [u64; 2]) -> bool {
        (found[0] & self.mask[0]) ^ self.bytes[0] | (found[1] & self.mask[1]) ^ self.bytes[1] == 0
    }
}

/// The 16 bytes that end at `colon`.
#[inline(always)]
fn window(text: &[u8], colon: usize) -> Option<[u64; 2]> {
    text.get(colon.wrapping_sub(15)..=colon)?.first_chunk().map(words)
}

#[inline(always)]
fn words(bytes: &[u8; 16]) -> [u64; 2] {
    let (words, _) = bytes.as_chunks::<8>();
    [u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1])]
}

/// One key: its ends, its length and flags, and where it stands.
#[derive(Clone, Copy, Default)]
pub struct Key {
    ends: Ends,
    len: u32,
    start: u32,
}

/// The key lies in the decoded texts.
const DECODED: u32 = 1 << 31;
/// The key must be judged each time it comes.
const SPECIAL: u32 = 1 << 30;
const LEN: u32 = SPECIAL - 1;

impl Key {
    /// A key in the text, to which no rule but the one about duplicates applies.
    #[inline(always)]
    pub fn plain(ends: Ends, start: usize, len: usize) -> Key {
        Key {
            ends,
            len: len as u32,
            start: start as u32,
        }
    }

    /// A key that is judged each time; `decoded` where it lies in [`Keys::decoded`].
    pub fn special(ends: Ends, start: usize, len: usize, decoded: bool) -> Key {
        Key {
            ends,
            len: len as u32 | SPECIAL | if decoded { DECODED } else { 0 },
            start: start as u32,
        }
    }

    /// The bytes of the key; `short` is where those of a short one are put together.
    fn bytes<'a>(&self, text: &'a [u8], decoded: &'a [u8], short: &'a mut [u8; 16]) -> &'a [u8] {
        let len = self.len & LEN;
        if len <= WHOLE {
            // What was recognized may stand elsewhere by now.
            let Ends(first, last) = self.ends;
            short[..8].copy_from_slice(&first.to_le_bytes());
            let len = len as usize;
            if len >= 8 {
                short[len - 8..len].copy_from_slice(&last.to_le_bytes());
            }
            return &short[..len];
        }
        self.long_bytes(text, decoded)
    }

    fn long_bytes<'a>(&self, text: &'a [u8], decoded: &'a [u8]) -> &'a [u8] {
        let from = if self.len & DECODED != 0 { decoded } else { text };
        let start = self.start as usize;
        from.get(start..start + (self.len & LEN) as usize)
            .unwrap_or_default()
    }

    /// A quick hash. Whoever makes keys collide gains at most the few comparisons of one object.
    fn filter(&self) -> Filter {
        let h = (self.ends.0 ^ u64::from(self.len & LEN)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let h = (h ^ (h >> 32) ^ self.ends.1).wrapping_mul(0xd6e8_feb8_6659_fd93);
        Filter {
            word: (h >> 62) as usize,
            bit: 1 << ((h >> 56) & 63),
        }
    }
}

struct Filter {
    word: usize,
    bit: u64,
}

/// The object that is open, at one depth, and the keys that it or the one before it has.
#[derive(Clone, Copy, Default)]
struct Place {
    /// How many keys the object has; [`FEW`] also where its keys are in the table.
    count: u32,
    /// How many keys of the object before are still expected; 0 once one has differed.
    expected: u32,
    /// How many of `keys` are known to be distinct.
    distinct: u32,
    /// How many of `keys`, from the first on, are short enough to be known in another text.
    lasting: u32,
    /// The text in which `keys` stand.
    text: u32,
    /// Not 0 once the object's keys are in the table.
    id: u32,
    of_constructor: bool,
    filter: [u64; 4],
    keys: [Key; FEW],
    windows: [Window; FEW],
}

#[derive(Clone, Copy, Default)]
struct Slot {
    tag: u64,
    object: u32,
    key: u32,
}

/// What is kept between scans, so that an ordinary scan allocates nothing and knows the keys of the one
/// before. It belongs to one set of limits: a key that passed is not judged again.
pub struct Keys {
    /// One for each depth that was ever reached, and the last for all that is deeper.
    places: Vec<Place>,
    /// How many objects are open.
    depth: usize,
    /// Identity in the table, and nature, of the open objects that have no place of their own.
    deep: Vec<(u32, bool)>,
    text: u32,
    /// Decoded keys, one after the other.
    pub decoded: Vec<u8>,
    table: Vec<Slot>,
    used: usize,
    objects: u32,
    seed: Option<(u64, u64)>,
    /// Keys that the table refers to; they stay when their object closes.
    tabled: Vec<Key>,
}

impl Default for Keys {
    fn default() -> Self {
        Keys {
            places: vec![Place::default()],
            depth: 0,
            deep: Vec::new(),
            text: 0,
            decoded: Vec::new(),
            table: Vec::new(),
            used: 0,
            objects: 0,
            seed: None,
            tabled: Vec::new(),
        }
    }
}

impl Keys {
    /// Makes ready for a text.
    #[inline]
    pub fn clear(&mut self) {
        self.depth = 0;
        self.deep.clear();
        self.decoded.clear();
        self.text = self.text.wrapping_add(1);
        if self.used > 0 {
            self.clear_table();
        }
        if self.deep.capacity() > KEEP || self.decoded.capacity() > KEEP || self.text == 0 {
            self.give_back();
        }
        let text = self.text;
        self.places[0].open(text, false);
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
        if self.table.len() > KEEP || self.tabled.capacity() > KEEP {
            let text = self.text;
            self.give_back();
            self.text = text;
            return;
        }
        self.table.fill(Slot::default());
        self.tabled.clear();
        self.used = 0;
        self.objects = 0;
    }

    /// Whether the open object is the value of a key `constructor`.
    pub fn of_constructor(&self) -> bool {
        self.places[self.at()].of_constructor
    }

    #[inline(always)]
    fn at(&self) -> usize {
        self.depth.min(PLACES)
    }

    /// An object opens.
    #[inline(always)]
    pub fn open(&mut self, of_constructor: bool) {
        let text = self.text;
        self.depth += 1;
        if self.depth < PLACES
            && let Some(place) = self.places.get_mut(self.depth)
        {
            return place.open(text, of_constructor);
        }
        self.open_elsewhere(of_constructor);
    }

    /// The first object of this depth, or one too deep for a place of its own.
    #[cold]
    fn open_elsewhere(&mut self, of_constructor: bool) {
        let at = self.at();
        while self.places.len() <= at {
            self.places.push(Place::default());
        }
        let place = &mut self.places[at];
        if self.depth > PLACES {
            self.deep.push((place.id, place.of_constructor));
        }
        place.open(self.text, of_constructor);
        if self.depth >= PLACES {
            (place.count, place.expected) = (FEW as u32, 0);
        }
    }

    /// An object closes. Closing more than was opened only happens in texts that do not parse.
    #[inline(always)]
    pub fn close(&mut self) {
        if self.depth > PLACES {
            return self.close_elsewhere();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    #[cold]
    fn close_elsewhere(&mut self) {
        self.depth -= 1;
        if let (Some((id, of_constructor)), Some(place)) = (self.deep.pop(), self.places.get_mut(PLACES)) {
            (place.id, place.of_constructor) = (id, of_constructor);
        }
    }

    /// Goes on over the members at `places` (offsets from `base`) while each is the colon of the key that is
    /// expected there, and adds these keys; gives how many they were.
    #[inline(always)]
    pub fn recognize(&mut self, text: &[u8], base: usize, places: &[u16]) -> usize {
        let at = self.at();
        let Some(place) = self.places.get_mut(at) else {
            return 0;
        };
        let known = place.windows.get(place.count as usize..place.expected as usize);
        let mut count = 0;
        for (window_of_key, offset) in known.unwrap_or_default().iter().zip(places) {
            match window(text, base + usize::from(*offset)) {
                Some(found) if window_of_key.is(found) => count += 1,
                _ => break,
            }
        }
        place.count += count as u32;
        count
    }

    /// Whether the open object's next key is the one that is expected there: then it is added.
    #[inline]
    pub fn expects(&mut self, text: &[u8], key: Key) -> bool {
        let at = self.at();
        let Some(place) = self.places.get_mut(at) else {
            return false;
        };
        if place.count >= place.expected {
            return false;
        }
        let known = &mut place.keys[place.count as usize % FEW];
        if known.ends != key.ends || known.len != key.len {
            return false;
        }
        if key.len > WHOLE && known.long_bytes(text, &[]) != key.long_bytes(text, &[]) {
            return false;
        }
        known.start = key.start;
        place.count += 1;
        true
    }

    /// Adds a key that was not expected, whose colon is at `colon`; true when the object has it already.
    pub fn add(&mut self, text: &[u8], key: Key, colon: usize) -> bool {
        let at = self.at();
        let place = &mut self.places[at];
        if place.expected != 0 {
            place.differs();
        }
        let count = place.count as usize;
        if count >= FEW {
            return self.add_to_table(text, key);
        }
        let filter = key.filter();
        if place.filter[filter.word] & filter.bit != 0 && place.has(text, &self.decoded, key) {
            return true;
        }
        place.filter[filter.word] |= filter.bit;
        place.keys[count] = key;
        let adjacent = key.len & SPECIAL == 0 && (key.start + key.len) as usize + 1 == colon;
        place.windows[count] = if adjacent {
            Window::of(text, colon, key.len as usize)
        } else {
            NEVER
        };
        if place.lasting as usize == count && key.len & LEN <= WHOLE {
            place.lasting += 1;
        }
        place.count += 1;
        place.distinct = place.count;
        false
    }

    /// Rule 3. On first use for an object its keys so far go into the table.
    #[cold]
    #[inline(never)]
    fn add_to_table(&mut self, text: &[u8], key: Key) -> bool {
        let at = self.at();
        if self.places[at].id == 0 {
            self.objects += 1;
            self.places[at].id = self.objects;
            let so_far = if at < PLACES { FEW } else { 0 };
            for i in 0..so_far {
                self.insert(text, self.places[at].id, self.places[at].keys[i]);
            }
        }
        self.insert(text, self.places[at].id, key)
    }

    /// Puts a key of an object into the table; true when it was there.
    fn insert(&mut self, text: &[u8], object: u32, key: Key) -> bool {
        if (self.used + 1) * 2 > self.table.len() {
            self.grow();
        }
        let (mut short, mut other) = ([0; 16], [0; 16]);
        let bytes = key.bytes(text, &self.decoded, &mut short);
        let tag = tag(self.seed.unwrap_or_default(), object, bytes);
        let mask = self.table.len() - 1;
        let mut at = tag as usize & mask;
        while self.table[at].object != 0 {
            let slot = self.table[at];
            let same = slot.tag == tag && slot.object == object;
            if same && self.tabled[slot.key as usize].bytes(text, &self.decoded, &mut other) == bytes {
                return true;
            }
            at = (at + 1) & mask;
        }
        self.table[at] = Slot {
            tag,
            object,
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

impl Place {
    #[inline(always)]
    fn open(&mut self, text: u32, of_constructor: bool) {
        if self.text != text {
            self.text = text;
            self.distinct = self.distinct.min(self.lasting);
        }
        self.count = 0;
        self.expected = self.distinct;
        self.id = 0;
        self.of_constructor = of_constructor;
        if self.expected == 0 {
            self.filter = [0; 4];
        }
    }

    /// The keys of this object are not those of the one before: what it has so far is its own.
    fn differs(&mut self) {
        self.expected = 0;
        // An object that has all that was expected, and more, goes on behind it.
        let count = self.count as usize;
        self.distinct = self.count;
        self.lasting = self.lasting.min(self.count);
        self.filter = [0; 4];
        for key in self.keys.iter().take(count) {
            let filter = key.filter();
            self.filter[filter.word] |= filter.bit;
        }
    }

    #[inline(never)]
    fn has(&self, text: &[u8], decoded: &[u8], key: Key) -> bool {
        let len = key.len & LEN;
        let same = |other: &Key| {
            other.ends == key.ends
                && other.len & LEN == len
                && (len <= WHOLE || other.long_bytes(text, decoded) == key.long_bytes(text, decoded))
        };
        self.keys.iter().take(self.count as usize).any(same)
    }
}

/// The object is part of the tag: the same key in many objects must not make one long run of slots.
fn tag(seed: (u64, u64), object: u32, bytes: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(seed.0, seed.1);
    hasher.write_u32(object);
    hasher.write(bytes);
    hasher.finish()
}
