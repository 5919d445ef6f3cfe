//! One pass over the bytes of a JSON text, in time linear in its length, without recursion.
//!
//! 1. The pass is no validator: whatever is malformed is left to `JSON.parse`, which follows. On a text
//!    that `JSON.parse` accepts, the pass sees the same strings, keys, objects and arrays as it does.
//! 2. It goes in chunks of 4 KiB, in two steps. First 64 bytes at a time become masks ([`Kernel`]), what lies
//!    inside strings is masked out, and the places of colons and braces are written down. Then these alone
//!    are visited. The string before a colon is a key. So the second step does not depend on how the text
//!    lies over the blocks, and a processor can predict it.
//! 3. Depth is counted by population count; only a block in which the limit could be passed is walked.
//! 4. A key that stands where the object before had it ([`Keys::expects`]) is not judged again. A key with a
//!    backslash is decoded before it is judged.
//! 5. UTF-8 is checked only where a byte outside ASCII was seen.

#![forbid(unsafe_code)]

use std::hint::select_unpredictable;

use super::escape::decode;
use super::kernel::portable::equal_bytes;
use super::kernel::{Kernel, Masks, Strings};
use super::keys::{Ends, Key, Keys};
use super::precision;
use super::rule::{Found, Limits, Rule};

/// Blocks of 64 bytes in a chunk.
const BLOCKS: usize = 64;
const CHUNK: usize = 64 * BLOCKS;

/// What is kept between scans with one set of limits.
#[derive(Default)]
pub struct Scratch {
    keys: Keys,
    marks: Marks,
}

/// What the first step writes down about a chunk.
struct Marks {
    /// The offsets of colons and braces in the chunk. [`Kernel::places`] writes 64 at a time.
    places: Box<[u16; CHUNK + 64]>,
    /// The opening quotes of each block.
    opening: [u64; BLOCKS],
}

impl Default for Marks {
    fn default() -> Self {
        Marks {
            places: Box::new([0; CHUNK + 64]),
            opening: [0; BLOCKS],
        }
    }
}

/// Scans the JSON text that begins at `from` with one kernel; only white space stands before it.
/// [`super::dispatch`] chooses the kernel. What is found goes to `found`: a value that is returned is copied right
/// after it is written, which costs as much as the scan of a small text.
#[inline(always)]
pub fn scan<K: Kernel>(text: &[u8], from: usize, limits: &Limits, scratch: &mut Scratch, found: &mut Found) {
    found.forget();
    found.bom = text
        .get(from..)
        .is_some_and(|text| text.starts_with(&[0xef, 0xbb, 0xbf]));
    scratch.keys.clear();
    let mut pass = Pass {
        text,
        limits,
        keys: &mut scratch.keys,
        found,
        count: 0,
        after_open: from,
        string_start: from,
        constructor: usize::MAX,
    };
    let mut state = State::default();
    for base in (from..text.len()).step_by(CHUNK) {
        if pass.chunk::<K>(base, &mut scratch.marks, &mut state) {
            return;
        }
    }
    pass.finish(state.high != 0);
}

struct Pass<'a> {
    text: &'a [u8],
    limits: &'a Limits,
    keys: &'a mut Keys,
    found: &'a mut Found,
    count: u32,
    /// The offset after the last opening quote of the chunks so far.
    after_open: usize,
    /// The same of the blocks so far, where lengths of strings are judged.
    string_start: usize,
    /// The colon after the last key `constructor`.
    constructor: usize,
}

/// What goes on from block to block.
#[derive(Default)]
struct State {
    strings: Strings,
    high: u64,
    depth: i64,
}

/// The structure of one block.
struct Block {
    start: usize,
    opening: u64,
    closing: u64,
    open: u64,
    close: u64,
    members: u64,
}

/// An offence that ends the scan once what stands before it is judged.
type End = Option<(Rule, usize)>;

impl Pass<'_> {
    /// True when a rule ended the scan.
    #[inline(always)]
    fn chunk<K: Kernel>(&mut self, base: usize, marks: &mut Marks, state: &mut State) -> bool {
        let text = self.text;
        let chunk = &text[base..text.len().min(base + CHUNK)];
        let (blocks, rest) = chunk.as_chunks::<64>();
        let depth_limit = i64::from(self.limits.depth);
        let judge_strings = self.limits.string_bytes as usize <= text.len();
        let (mut count, mut end) = (0, None);
        let mut filled = 0;
        let mut start = base;
        for opening in &mut marks.opening {
            // No iterator: masks that wait in one are written to memory and read back.
            let masks = match blocks.get(filled) {
                Some(block) => K::masks(block),
                None if filled == blocks.len() && !rest.is_empty() => K::masks_of_rest(rest, text),
                None => break,
            };
            let depth = state.depth;
            let mut block = state.next::<K>(&masks, start);
            *opening = block.opening;
            filled += 1;
            if (depth + i64::from(block.open.count_ones()) > depth_limit) | judge_strings {
                end = self.look_closer(&mut block, depth, judge_strings);
            }
            if let Some(out) = marks.places.get_mut(count..).and_then(<[u16]>::first_chunk_mut) {
                K::places(block.members, (start - base) as u16, out);
            }
            count += block.members.count_ones() as usize;
            if end.is_some() {
                break;
            }
            start += 64;
        }
        let opening = marks.opening.get(..filled).unwrap_or_default();
        let places = marks.places.get(..count).unwrap_or_default();
        if self.walk(base, opening, places) {
            return true;
        }
        self.after_open = after_last(opening, base, self.after_open);
        if let Some((rule, offset)) = end {
            return self.found.offend(self.limits, rule, offset);
        }
        false
    }

    /// Offences that are found block by block; one that ends the scan hides the members behind it.
    #[cold]
    #[inline(never)]
    fn look_closer(&mut self, block: &mut Block, depth: i64, judge_strings: bool) -> End {
        let mut end = None;
        if depth + i64::from(block.open.count_ones()) > i64::from(self.limits.depth) {
            end = self.too_deep(depth, block.open, block.close, block.start);
        }
        if judge_strings {
            end = earlier(end, self.long_string(block));
        }
        if let Some((_, offset)) = end {
            // A string that began before this block fills the block up to its end.
            block.members &= (1 << offset.saturating_sub(block.start).min(63)) - 1;
        }
        end
    }

    /// The second step.
    #[inline(always)]
    fn walk(&mut self, base: usize, opening: &[u64], places: &[u16]) -> bool {
        // Where the chunk could hold one key too many, each is counted by itself.
        let roomy = self.count as usize + places.len() <= self.limits.keys as usize;
        let mut left = places;
        loop {
            if roomy {
                let known = self.keys.recognize(self.text, base, left);
                self.count += known as u32;
                left = left.get(known..).unwrap_or_default();
            }
            let Some((place, after)) = left.split_first() else {
                return false;
            };
            left = after;
            let at = base + usize::from(*place);
            match self.text.get(at) {
                Some(b':') => {
                    if self.key(base, opening, *place) {
                        return true;
                    }
                }
                Some(b'{') => {
                    let of_constructor = self.constructor != usize::MAX && self.opens_value(at);
                    self.keys.open(of_constructor);
                }
                _ => self.keys.close(),
            }
        }
    }

    /// Rule 3: whether, and where, the depth passes its limit inside this block.
    #[cold]
    #[inline(never)]
    fn too_deep(&mut self, mut depth: i64, open: u64, close: u64, base: usize) -> End {
        let mut bits = open | close;
        while bits != 0 {
            let at = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if close >> at & 1 == 1 {
                depth -= 1;
                continue;
            }
            depth += 1;
            if depth == i64::from(self.limits.depth) + 1 {
                return self.offends(Rule::Depth, base + at);
            }
        }
        None
    }

    /// The first string that ends in this block and is too long.
    #[cold]
    #[inline(never)]
    fn long_string(&mut self, block: &Block) -> End {
        let Block {
            opening, start: base, ..
        } = *block;
        let mut closing = block.closing;
        while closing != 0 {
            let bit = closing & closing.wrapping_neg();
            closing ^= bit;
            let end = base + bit.trailing_zeros() as usize;
            let before = opening & (bit - 1);
            let start = after_last(&[before], base, self.string_start);
            let limit = self.limits.string_bytes as usize;
            let Some(string) = self.text.get(start..end) else {
                continue;
            };
            if string.len() > limit && decoded_length(string) > limit {
                let ends = self.offends(Rule::StringLength, start);
                if ends.is_some() {
                    return ends;
                }
            }
        }
        self.string_start = after_last(&[opening], base, self.string_start);
        None
    }

    /// Notes an offence that is only reported; gives one that ends the scan.
    fn offends(&mut self, rule: Rule, offset: usize) -> End {
        if self.limits.refuse & rule.bit() != 0 {
            return Some((rule, offset));
        }
        self.found.offend(self.limits, rule, offset);
        None
    }

    /// Judges the key before the colon at `place`.
    #[inline]
    fn key(&mut self, base: usize, opening: &[u64], place: u16) -> bool {
        let (block, bit) = (usize::from(place) / 64, place % 64);
        let before = opening.get(block).map_or(0, |bits| bits & ((1 << bit) - 1));
        let start = if before != 0 {
            after_last(&[before], base + 64 * block, 0)
        } else {
            after_last(opening.get(..block).unwrap_or_default(), base, self.after_open)
        };
        let colon = base + usize::from(place);
        self.count += 1;
        let end = colon.wrapping_sub(1);
        if self.text.get(end) != Some(&b'"') || self.count > self.limits.keys {
            return self.key_apart(start, colon);
        }
        self.key_between(start, end, colon)
    }

    /// One key too many, or one with white space between it and its colon, or a colon without a key.
    #[cold]
    #[inline(never)]
    fn key_apart(&mut self, start: usize, colon: usize) -> bool {
        let first = self.count == self.limits.keys.saturating_add(1);
        if first && self.found.offend(self.limits, Rule::Keys, colon) {
            return true;
        }
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let end = self.text[..colon].iter().rposition(|byte| !is_space(byte));
        match end {
            Some(end) if self.text[end] == b'"' => self.key_between(start, end, colon),
            _ => false,
        }
    }

    #[inline]
    fn key_between(&mut self, start: usize, end: usize, colon: usize) -> bool {
        if start > end {
            // Malformed: the quote that ends the key is escaped, outside of a string.
            return false;
        }
        let ends = ends(self.text, start, end);
        if self.keys.expects(self.text, Key::plain(ends, start, end - start)) {
            return false;
        }
        self.new_key(start, end, colon, ends)
    }

    #[inline(never)]
    fn new_key(&mut self, start: usize, end: usize, colon: usize, ends: Ends) -> bool {
        let len = end - start;
        // `$...`, `__proto__`, `constructor` and `prototype`, each by its first bytes.
        let first = ends.0 as u32;
        let named = (first as u8 == b'$')
            | (first == u32::from_le_bytes(*b"__pr"))
            | (first == u32::from_le_bytes(*b"cons"))
            | (first == u32::from_le_bytes(*b"prot"));
        let odd = if len <= 16 {
            let in_word = |word| equal_bytes(word, b'.') | equal_bytes(word, b'\\');
            in_word(ends.0) | in_word(ends.1) != 0
        } else {
            memchr::memchr2(b'.', b'\\', &self.text[start..end]).is_some()
        };
        if odd | named | (len > self.limits.key_bytes as usize) {
            return self.special_key(start, end, colon);
        }
        self.keys.add(self.text, Key::plain(ends, start, len), colon)
            && self.found.offend(self.limits, Rule::DuplicateKey, start)
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
        let verdict = judge_key(key, self.limits, self.keys.of_constructor());
        if key == b"constructor" {
            self.constructor = colon;
        }
        let length = key.len();
        for rule in verdict.into_iter().flatten() {
            if self.found.offend(self.limits, rule, start) {
                return true;
            }
        }
        let (from, text) = if decoded {
            (from, self.keys.decoded.as_slice())
        } else {
            (start, self.text)
        };
        let key = Key::special(ends(text, from, from + length), from, length, decoded);
        self.keys.add(self.text, key, colon) && self.found.offend(self.limits, Rule::DuplicateKey, start)
    }

    /// Whether the brace at `at` is the value of the last key `constructor`.
    #[cold]
    fn opens_value(&mut self, at: usize) -> bool {
        let colon = std::mem::replace(&mut self.constructor, usize::MAX);
        let between = self.text.get(colon + 1..at).unwrap_or_default();
        between.iter().all(|byte| b" \t\r\n".contains(byte))
    }

    #[inline(always)]
    fn finish(self, non_ascii: bool) {
        let looks_at = self.limits.refuse | self.limits.report;
        if non_ascii {
            self.found.non_ascii = true;
            if looks_at & Rule::Utf8.bit() != 0
                && let Some(offset) = first_ill_formed(self.text)
                && self.found.offend(self.limits, Rule::Utf8, offset)
            {
                return;
            }
        }
        if looks_at & Rule::Precision.bit() != 0
            && let Some(offset) = precision::first_loss(self.text)
        {
            self.found.offend(self.limits, Rule::Precision, offset);
        }
    }
}

impl State {
    #[inline(always)]
    fn next<K: Kernel>(&mut self, masks: &Masks, start: usize) -> Block {
        self.high |= masks.high;
        let (quote, inside) = self.strings.next::<K>(masks);
        let block = Block {
            start,
            opening: quote & inside,
            closing: quote & !inside,
            open: masks.open & !inside,
            close: masks.close & !inside,
            members: masks.members & !inside,
        };
        self.depth += i64::from(block.open.count_ones()) - i64::from(block.close.count_ones());
        block
    }
}

/// The one of two offences that stands first.
#[cold]
fn earlier(a: End, b: End) -> End {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.1 < a.1 { b } else { a }),
        _ => a.or(b),
    }
}

/// The offset after the last bit of blocks that begin at `base`, or `fallback` where there is none.
#[inline(always)]
fn after_last(blocks: &[u64], base: usize, fallback: usize) -> usize {
    for (i, bits) in blocks.iter().enumerate().rev() {
        if *bits != 0 {
            return base + 64 * (i + 1) - bits.leading_zeros() as usize;
        }
    }
    fallback
}

#[inline(always)]
fn ends(text: &[u8], start: usize, end: usize) -> Ends {
    let len = end - start;
    match (text.get(start..start + 8), text.get(end.wrapping_sub(8)..end)) {
        (Some(first), Some(last)) => {
            let (a, b) = (word(first), word(last));
            let short = a & !(u64::MAX << ((8 * len) & 63));
            Ends(
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
fn ends_at_the_edge(key: &[u8]) -> Ends {
    if let (Some(first), Some(last)) = (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        return Ends(u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    let mut first = [0; 8];
    first[..key.len()].copy_from_slice(key);
    Ends(u64::from_le_bytes(first), 0)
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
