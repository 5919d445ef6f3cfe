//! One pass over the bytes of a JSON text, in time linear in its length, without recursion.
//!
//! 1. The pass is no validator: whatever is malformed is left to `JSON.parse`, which follows. On a text
//!    that `JSON.parse` accepts, the pass sees the same strings, keys, objects and arrays as it does.
//! 2. 64 bytes at a time become masks ([`Kernel`]); what lies inside strings is masked out; then
//!    only colons and braces are visited. The string before a colon is a key.
//! 3. Depth is counted by population count; only a block in which the limit could be passed is walked.
//! 4. A key with a backslash is decoded before it is judged.
//! 5. UTF-8 is checked only where a byte outside ASCII was seen.

#![forbid(unsafe_code)]

use std::hint::select_unpredictable;

use super::escape::decode;
use super::kernel::{Kernel, Masks, Strings};
use super::keys::Keys;
use super::precision;
use super::rule::{Found, Limits, Rule};

/// Scans a JSON text with one kernel. `keys` is scratch space. [`super::native`] chooses the kernel.
#[inline(always)]
pub fn scan<K: Kernel>(text: &[u8], limits: &Limits, keys: &mut Keys) -> Found {
    keys.clear();
    let bom = text.starts_with(&[0xef, 0xbb, 0xbf]);
    let mut pass = Pass {
        text,
        limits,
        keys,
        found: Found {
            bom,
            ..Found::default()
        },
        strings: Strings::default(),
        high: 0,
        depth: 0,
        count: 0,
        odd: false,
        last_open: usize::MAX,
        last_close: 0,
        after_colon: 1,
        constructor: usize::MAX,
    };
    if pass.blocks::<K>() {
        return pass.found;
    }
    pass.finish()
}

struct Pass<'a> {
    text: &'a [u8],
    limits: &'a Limits,
    keys: &'a mut Keys,
    found: Found,
    strings: Strings,
    high: u64,
    depth: i64,
    count: u32,
    /// Whether a dot or a backslash came since the last opening quote.
    odd: bool,
    /// Where the last string began and ended, for the key of a colon in a later block.
    last_open: usize,
    last_close: usize,
    /// The offset after the last colon: the next key ends no earlier.
    after_colon: usize,
    /// The colon after the last key, when that key was `constructor`.
    constructor: usize,
}

impl Pass<'_> {
    /// True when a rule ended the scan.
    #[inline(always)]
    fn blocks<K: Kernel>(&mut self) -> bool {
        let strings = self.limits.string_bytes as usize <= self.text.len();
        let (blocks, rest) = self.text.as_chunks::<64>();
        let mut base = 0;
        for block in blocks {
            if self.block::<K>(K::masks(block), base, strings) {
                return true;
            }
            base += 64;
        }
        if rest.is_empty() {
            return false;
        }
        let mut last = [b' '; 64];
        last[..rest.len()].copy_from_slice(rest);
        self.block::<K>(K::masks(&last), base, strings)
    }

    #[inline(always)]
    fn block<K: Kernel>(&mut self, masks: Masks, base: usize, strings: bool) -> bool {
        self.high |= masks.high;
        let (quote, inside) = self.strings.next::<K>(&masks);
        let opening = quote & inside;
        let closing = quote & !inside;

        let down = (masks.open_brace | masks.open_bracket) & !inside;
        let up = (masks.close_brace | masks.close_bracket) & !inside;
        let deepest = self.depth + i64::from(down.count_ones());
        if deepest > i64::from(self.limits.depth) && self.depth_of_block(down, up, base) {
            return true;
        }
        self.depth = deepest - i64::from(up.count_ones());
        if strings && self.strings_of_block(opening, closing, base) {
            return true;
        }

        let colons = masks.colon & !inside;
        self.count += colons.count_ones();
        if self.count > self.limits.keys && self.too_many(colons, base) {
            return true;
        }
        let odd = masks.dot | masks.backslash;
        let mut events = (masks.colon | masks.open_brace | masks.close_brace) & !inside;
        while events != 0 {
            let at = events.trailing_zeros();
            let bit = events & events.wrapping_neg();
            events ^= bit;
            if masks.colon & bit != 0 {
                let (opened, closed) = (opening & (bit - 1), closing & (bit - 1));
                let start = highest(opened, base, self.last_open);
                let end = highest(closed, base, self.last_close);
                // From the opening quote, or from the block's beginning, to the colon.
                let within = (bit - 1) & (u64::MAX << (63 - (opened | 1).leading_zeros()));
                let odd = (odd & within != 0) | ((opened == 0) & self.odd);
                if self.key(start.wrapping_add(1), end, base + at as usize, odd) {
                    return true;
                }
            } else if masks.open_brace & bit != 0 {
                let of_constructor = self.constructor != usize::MAX && self.opens_value(base + at as usize);
                self.keys.open(of_constructor);
            } else {
                self.keys.close();
            }
        }
        let tail = u64::MAX << (63 - (opening | 1).leading_zeros());
        self.odd = (odd & tail != 0) | ((opening == 0) & self.odd);
        self.last_open = highest(opening, base, self.last_open);
        self.last_close = highest(closing, base, self.last_close);
        false
    }

    /// Rule 3: whether, and where, the depth passes its limit inside this block.
    #[cold]
    fn depth_of_block(&mut self, down: u64, up: u64, base: usize) -> bool {
        let mut depth = self.depth;
        let mut bits = down | up;
        while bits != 0 {
            let at = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if up >> at & 1 == 1 {
                depth -= 1;
                continue;
            }
            depth += 1;
            let passes = depth == i64::from(self.limits.depth) + 1;
            if passes && self.found.offend(self.limits, Rule::Depth, base + at) {
                return true;
            }
        }
        false
    }

    /// Judges the strings that end in this block.
    #[cold]
    fn strings_of_block(&mut self, opening: u64, mut closing: u64, base: usize) -> bool {
        while closing != 0 {
            let bit = closing & closing.wrapping_neg();
            closing ^= bit;
            let start = highest(opening & (bit - 1), base, self.last_open).wrapping_add(1);
            let end = base + bit.trailing_zeros() as usize;
            let limit = self.limits.string_bytes as usize;
            let Some(string) = self.text.get(start..end) else {
                continue;
            };
            if string.len() > limit
                && decoded_length(string) > limit
                && self.found.offend(self.limits, Rule::StringLength, start)
            {
                return true;
            }
        }
        false
    }

    /// The block in which one key too many comes; `count` holds it already.
    #[cold]
    #[inline(never)]
    fn too_many(&mut self, mut colons: u64, base: usize) -> bool {
        let mut count = self.count - colons.count_ones();
        while colons != 0 {
            let at = colons.trailing_zeros() as usize;
            colons &= colons - 1;
            count += 1;
            if count == self.limits.keys + 1 && self.found.offend(self.limits, Rule::Keys, base + at) {
                return true;
            }
        }
        false
    }

    /// Judges the key in `start..end`, whose colon is at `colon`. `odd`: it may hold a dot or a backslash.
    #[inline(always)]
    fn key(&mut self, start: usize, end: usize, colon: usize, odd: bool) -> bool {
        if (end < self.after_colon) | (start > end) | (end > self.text.len()) {
            // A colon without a string of its own before it: malformed.
            return false;
        }
        self.after_colon = colon + 1;
        let (a, b) = ends(self.text, start, end);
        // `$...`, `__proto__`, `constructor` and `prototype`, each by its first bytes.
        let first = a as u32;
        let named = (first as u8 == b'$')
            | (first == u32::from_le_bytes(*b"__pr"))
            | (first == u32::from_le_bytes(*b"cons"))
            | (first == u32::from_le_bytes(*b"prot"));
        if odd | named | (end - start > self.limits.key_bytes as usize) {
            return self.special_key(start, end, colon);
        }
        self.constructor = usize::MAX;
        if self
            .keys
            .add(self.text, start, end - start, mix(a, b, end - start), false)
        {
            return self.found.offend(self.limits, Rule::DuplicateKey, start);
        }
        false
    }

    /// The keys that need a closer look: long ones, escaped ones, and those that some rule may mean.
    #[inline(never)]
    fn special_key(&mut self, start: usize, end: usize, colon: usize) -> bool {
        let raw = &self.text[start..end];
        let decoded = raw.contains(&b'\\');
        let from = self.keys.decoded.len();
        if decoded {
            decode(raw, &mut self.keys.decoded);
        }
        let key = if decoded { &self.keys.decoded[from..] } else { raw };
        let verdict = judge_key(key, self.limits, self.keys.frame().of_constructor);
        let is_constructor = key == b"constructor";
        let length = key.len();
        for rule in verdict.into_iter().flatten() {
            if self.found.offend(self.limits, rule, start) {
                return true;
            }
        }
        self.constructor = if is_constructor { colon } else { usize::MAX };
        let (from, text) = if decoded {
            (from, self.keys.decoded.as_slice())
        } else {
            (start, self.text)
        };
        let (a, b) = ends(text, from, from + length);
        let again = self.keys.add(self.text, from, length, mix(a, b, length), decoded);
        again && self.found.offend(self.limits, Rule::DuplicateKey, start)
    }

    /// Whether the brace at `at` is the value of the key `constructor`.
    #[cold]
    fn opens_value(&mut self, at: usize) -> bool {
        let colon = std::mem::replace(&mut self.constructor, usize::MAX);
        let between = self.text.get(colon + 1..at).unwrap_or_default();
        between.iter().all(|byte| b" \t\r\n".contains(byte))
    }

    #[inline(always)]
    fn finish(mut self) -> Found {
        self.found.non_ascii = self.high != 0;
        let looks_at = self.limits.refuse | self.limits.report;
        if self.found.non_ascii
            && looks_at & Rule::Utf8.bit() != 0
            && let Some(offset) = first_ill_formed(self.text)
            && self.found.offend(self.limits, Rule::Utf8, offset)
        {
            return self.found;
        }
        if looks_at & Rule::Precision.bit() != 0
            && let Some(offset) = precision::first_loss(self.text)
        {
            self.found.offend(self.limits, Rule::Precision, offset);
        }
        self.found
    }
}

/// The place of the highest bit, or `fallback` where there is none.
#[inline(always)]
fn highest(bits: u64, base: usize, fallback: usize) -> usize {
    let at = base + 63 - (bits | 1).leading_zeros() as usize;
    // A branch here would follow the layout of the text over the blocks, which nothing predicts.
    select_unpredictable(bits == 0, fallback, at)
}

/// The first 8 bytes of a key, filled up with zeros, and its last 8 bytes, or 0 where it has not as many.
#[inline(always)]
fn ends(text: &[u8], start: usize, end: usize) -> (u64, u64) {
    let len = end - start;
    match (text.get(start..start + 8), text.get(end.wrapping_sub(8)..end)) {
        (Some(first), Some(last)) => {
            let (a, b) = (word(first), word(last));
            let short = a & !(u64::MAX << ((8 * len) & 63));
            (
                select_unpredictable(len < 8, short, a),
                select_unpredictable(len < 8, 0, b),
            )
        }
        _ => ends_at_the_edge(&text[start..end]),
    }
}

#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk::<8>()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The same, where less than 8 bytes lie on one side of the key.
#[cold]
fn ends_at_the_edge(key: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    let mut first = [0; 8];
    first[..key.len()].copy_from_slice(key);
    (u64::from_le_bytes(first), 0)
}

/// A quick hash for objects of few keys. Whoever makes keys collide gains at most the few comparisons
/// that [`Keys`] does before it turns to a keyed hash.
#[inline(always)]
fn mix(a: u64, b: u64, len: usize) -> u64 {
    let h = (a ^ len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let h = (h ^ (h >> 32) ^ b).wrapping_mul(0xd6e8_feb8_6659_fd93);
    h ^ (h >> 32)
}

/// The rules that a decoded key offends, the gravest first. `of_constructor`: the key stands in the
/// value of a key `constructor`.
pub fn judge_key(key: &[u8], limits: &Limits, of_constructor: bool) -> [Option<Rule>; 3] {
    let prototype = key == b"__proto__" || (of_constructor && key == b"prototype");
    let operator = key.first() == Some(&b'$') || key.contains(&b'.');
    let long = key.len() > limits.key_bytes as usize;
    [
        prototype.then_some(Rule::PrototypeKey),
        long.then_some(Rule::KeyLength),
        operator.then_some(Rule::OperatorKey),
    ]
}

/// The offset of the first byte that is not part of well-formed UTF-8.
pub fn first_ill_formed(text: &[u8]) -> Option<usize> {
    if simdutf8::basic::from_utf8(text).is_ok() {
        return None;
    }
    std::str::from_utf8(text).err().map(|error| error.valid_up_to())
}

/// The length in UTF-8 of a raw JSON string once its escapes are decoded.
fn decoded_length(raw: &[u8]) -> usize {
    let mut out = Vec::new();
    decode(raw, &mut out);
    out.len()
}
