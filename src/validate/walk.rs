//! One pass over a JSON text with a [`plan`](super::plan). Nothing is allocated unless a string has an
//! escape. `None` anywhere means "not sure": the crate judges.

#![forbid(unsafe_code)]

use super::plan::{ArrayRules, Node, ObjectRules, Rules, StringRules, Values, types};

/// Objects and arrays inside each other; serde_json, which the crate's judgement begins with, takes 127.
const MAX_DEPTH: u32 = 100;

/// Digits that a double holds exactly, whatever they are.
const MAX_DIGITS: usize = 15;

/// Whether the plan is sure that `text` is JSON and valid.
pub fn affirms(plan: &Node, text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let mut walk = Walk {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        scratch: String::new(),
    };
    walk.document(plan).is_some()
}

struct Walk<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    /// The last string that had an escape, decoded.
    scratch: String,
}

/// Where a string's value is: a part of the text, or `scratch`.
enum Found {
    Part(usize, usize),
    Scratch,
}

/// Bytes that end a run of plain characters in a string.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

impl<'a> Walk<'a> {
    fn document(&mut self, plan: &Node) -> Option<()> {
        self.space();
        self.value(plan)?;
        self.space();
        (self.at == self.bytes.len()).then_some(())
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline(always)]
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn take(&mut self, byte: u8) -> Option<()> {
        if self.peek()? != byte {
            return None;
        }
        self.at += 1;
        Some(())
    }

    fn value(&mut self, node: &Node) -> Option<()> {
        let Node::Rules(rules) = node else {
            return self.any();
        };
        match self.peek()? {
            b'"' => self.string_value(rules),
            b'{' => {
                self.allowed(rules, types::OBJECT)?;
                self.deeper(|walk| walk.object(&rules.object))
            }
            b'[' => {
                self.allowed(rules, types::ARRAY)?;
                self.deeper(|walk| walk.array(&rules.array))
            }
            b't' => self.word(rules, types::BOOLEAN, "true", |values| values.yes),
            b'f' => self.word(rules, types::BOOLEAN, "false", |values| values.no),
            b'n' => self.word(rules, types::NULL, "null", |values| values.null),
            _ => self.number_value(rules),
        }
    }

    /// Objects and arrays are never in a planned `enum`.
    fn allowed(&self, rules: &Rules, bit: u8) -> Option<()> {
        (rules.types & bit != 0 && rules.values.is_none()).then_some(())
    }

    fn deeper(&mut self, work: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        work(self)?;
        self.depth -= 1;
        Some(())
    }

    fn word(&mut self, rules: &Rules, bit: u8, word: &str, listed: fn(&Values) -> bool) -> Option<()> {
        if rules.types & bit == 0 || !rules.values.as_ref().is_none_or(listed) {
            return None;
        }
        self.literal(word)
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return None;
        }
        self.at += word.len();
        Some(())
    }

    fn object(&mut self, rules: &ObjectRules) -> Option<()> {
        self.take(b'{')?;
        self.space();
        let mut seen = 0u64;
        if self.peek()? == b'}' {
            self.at += 1;
            return (rules.required == 0).then_some(());
        }
        // Clients send properties in the order of the schema more often than not.
        let mut next = 0;
        loop {
            let key = self.string()?;
            let at = position(rules, self.str_of(&key)?, next);
            self.space();
            self.take(b':')?;
            self.space();
            match at {
                Some(at) => {
                    seen |= 1 << at;
                    next = at + 1;
                    self.value(&rules.properties[at].1)?;
                }
                None => self.value(rules.others.as_ref()?)?,
            }
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return None,
            }
            self.space();
        }
        self.at += 1;
        (seen & rules.required == rules.required).then_some(())
    }

    fn array(&mut self, rules: &ArrayRules) -> Option<()> {
        self.take(b'[')?;
        self.space();
        let mut count = 0;
        if self.peek()? == b']' {
            self.at += 1;
            return (rules.min == 0).then_some(());
        }
        loop {
            count += 1;
            if count > rules.max {
                return None;
            }
            self.value(&rules.items)?;
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => break,
                _ => return None,
            }
            self.space();
        }
        self.at += 1;
        (count >= rules.min).then_some(())
    }

    fn string_value(&mut self, rules: &Rules) -> Option<()> {
        if rules.types & types::STRING == 0 {
            return None;
        }
        let found = self.string()?;
        if rules.string.any || rules.values.is_some() {
            let text = self.str_of(&found)?;
            if let Some(values) = &rules.values {
                values.strings.iter().any(|one| **one == *text).then_some(())?;
            }
            return string_holds(&rules.string, text).then_some(());
        }
        Some(())
    }

    fn str_of(&self, found: &Found) -> Option<&str> {
        match *found {
            Found::Part(start, end) => self.text.get(start..end),
            Found::Scratch => Some(&self.scratch),
        }
    }

    /// From the opening quote to behind the closing one.
    fn string(&mut self) -> Option<Found> {
        self.take(b'"')?;
        let start = self.at;
        self.plain();
        if self.peek()? == b'"' {
            self.at += 1;
            return Some(Found::Part(start, self.at - 1));
        }
        self.escaped(start)
    }

    /// Goes to the next quote, backslash or control character.
    #[inline(always)]
    fn plain(&mut self) {
        while let Some(eight) = self.bytes.get(self.at..self.at + 8) {
            // Invariant: `get` gave exactly 8 bytes.
            let word = u64::from_le_bytes(eight.try_into().unwrap_or_default());
            let stops = special(word);
            if stops != 0 {
                self.at += stops.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        while let Some(&byte) = self.bytes.get(self.at) {
            if SPECIAL[byte as usize] {
                return;
            }
            self.at += 1;
        }
    }

    #[cold]
    fn escaped(&mut self, start: usize) -> Option<Found> {
        let mut decoded = std::mem::take(&mut self.scratch);
        decoded.clear();
        let mut from = start;
        loop {
            decoded.push_str(self.text.get(from..self.at)?);
            match self.peek()? {
                b'"' => break,
                b'\\' => decoded.push(self.escape()?),
                _ => return None,
            }
            from = self.at;
            self.plain();
        }
        self.at += 1;
        self.scratch = decoded;
        Some(Found::Scratch)
    }

    /// Behind the backslash. A surrogate without its other half is no character: not sure.
    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => byte as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                if !(0xd800..0xe000).contains(&first) {
                    return char::from_u32(first);
                }
                self.take(b'\\')?;
                self.take(b'u')?;
                let second = self.hex()?;
                if first >= 0xdc00 || !(0xdc00..0xe000).contains(&second) {
                    return None;
                }
                return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |value, &digit| {
            Some(value << 4 | (digit as char).to_digit(16)?)
        })
    }

    /// Numbers with an exponent or more than 15 digits are the crate's.
    fn number_value(&mut self, rules: &Rules) -> Option<()> {
        let start = self.at;
        let (whole, digits) = self.number(false)?;
        if digits > MAX_DIGITS {
            return None;
        }
        // 1.0 is an integer too, but the crate's.
        let bits = if whole {
            types::INTEGER | types::NUMBER
        } else {
            types::NUMBER
        };
        if rules.types & bits == 0 {
            return None;
        }
        let number = if whole {
            small_integer(&self.bytes[start..self.at])
        } else {
            self.text.get(start..self.at)?.parse().ok()?
        };
        if let Some(values) = &rules.values {
            values.numbers.contains(&number).then_some(())?;
        }
        let limits = &rules.number;
        let holds = number >= limits.min
            && number <= limits.max
            && (number > limits.above || limits.above == f64::NEG_INFINITY)
            && (number < limits.below || limits.below == f64::INFINITY);
        holds.then_some(())
    }

    /// Behind a number: whether it is whole, and its digits. With `exponents`, any number that surely
    /// fits a double.
    fn number(&mut self, exponents: bool) -> Option<(bool, usize)> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        let mut digits = self.digits();
        if digits == 0 || (digits > 1 && self.bytes[self.at - digits] == b'0') {
            return None;
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            self.at += 1;
            let more = self.digits();
            if more == 0 {
                return None;
            }
            digits += more;
            whole = false;
        }
        if let Some(b'e' | b'E') = self.peek() {
            if !exponents {
                return None;
            }
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            // Two digits cannot overflow together with at most 100 others.
            if !(1..=2).contains(&self.digits()) {
                return None;
            }
            whole = false;
        }
        (digits <= 100).then_some((whole, digits))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    /// Any JSON value. The stack is one bit per level: set where it is an object.
    fn any(&mut self) -> Option<()> {
        let mut objects = 0u128;
        let mut open = 0u32;
        loop {
            match self.peek()? {
                b'"' => drop(self.string()?),
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                bracket @ (b'{' | b'[') => {
                    open += 1;
                    if self.depth + open > MAX_DEPTH {
                        return None;
                    }
                    self.at += 1;
                    self.space();
                    objects = objects << 1 | u128::from(bracket == b'{');
                    // ASCII: the closing bracket comes two behind the opening one.
                    if self.peek()? != bracket + 2 {
                        if bracket == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                    self.at += 1;
                    objects >>= 1;
                    open -= 1;
                }
                _ => drop(self.number(true)?),
            }
            // Behind a value: close what ends here, then go on with the next value.
            loop {
                if open == 0 {
                    return Some(());
                }
                self.space();
                let object = objects & 1 == 1;
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        self.space();
                        if object {
                            self.key()?;
                        }
                        break;
                    }
                    b'}' if object => {}
                    b']' if !object => {}
                    _ => return None,
                }
                self.at += 1;
                objects >>= 1;
                open -= 1;
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.space();
        self.take(b':')?;
        self.space();
        Some(())
    }
}

/// The high bit of each byte that is a quote, a backslash or below 0x20; bits behind the first may be wrong.
#[inline(always)]
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero = |x: u64| x.wrapping_sub(ONES) & !x;
    let below = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64)) | below) & HIGHS
}

#[inline(always)]
fn position(rules: &ObjectRules, key: &str, next: usize) -> Option<usize> {
    let properties = &rules.properties;
    if let Some((name, _)) = properties.get(next)
        && **name == *key
    {
        return Some(next);
    }
    properties.iter().position(|(name, _)| **name == *key)
}

fn string_holds(rules: &StringRules, text: &str) -> bool {
    let len = text.len();
    // A code point has 1 to 4 bytes: most texts need no counting.
    let sure = len <= rules.max && len.div_ceil(4) >= rules.min;
    if !sure {
        let count = text.chars().count();
        if count < rules.min || count > rules.max {
            return false;
        }
    }
    rules.format.is_none_or(|format| format.affirms(text.as_bytes()))
        && rules
            .pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(text))
}

/// At most 15 digits with or without a sign.
fn small_integer(text: &[u8]) -> f64 {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1.0, digits),
        _ => (1.0, text),
    };
    let value = digits
        .iter()
        .fold(0i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    sign * value as f64
}
