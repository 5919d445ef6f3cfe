//! A position in a JSON text, and the steps over its parts. Nothing is allocated unless a string has an
//! escape. `None` means "not sure": no JSON, or JSON that is left to the program.

#![forbid(unsafe_code)]

/// Objects and arrays inside each other; serde_json, which the judgement of the program begins with, takes 127.
pub const MAX_DEPTH: u32 = 100;

/// Where in a text the pass is.
pub struct Scan<'a> {
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub at: usize,
    /// Objects and arrays that are open.
    pub depth: u32,
    /// The last string that had an escape, decoded.
    scratch: String,
}

/// Where a string's value is: a part of the text, or `scratch`.
pub enum Found {
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

impl<'a> Scan<'a> {
    /// At the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Scan {
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            scratch: String::new(),
        }
    }

    #[inline(always)]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline(always)]
    pub fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    #[inline(always)]
    pub fn take(&mut self, byte: u8) -> Option<()> {
        if self.peek()? != byte {
            return None;
        }
        self.at += 1;
        Some(())
    }

    pub fn literal(&mut self, word: &str) -> Option<()> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return None;
        }
        self.at += word.len();
        Some(())
    }

    pub fn str_of(&self, found: &Found) -> Option<&str> {
        match *found {
            Found::Part(start, end) => self.text.get(start..end),
            Found::Scratch => Some(&self.scratch),
        }
    }

    /// From the opening quote to behind the closing one.
    pub fn string(&mut self) -> Option<Found> {
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

    /// Behind a number: whether it is whole, and its digits. With `exponents`, any number that surely
    /// fits a double.
    pub fn number(&mut self, exponents: bool) -> Option<(bool, usize)> {
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
    pub fn any(&mut self) -> Option<()> {
        let mut objects = 0u128;
        let mut open = 0u32;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
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
                _ => {
                    self.number(true)?;
                }
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
