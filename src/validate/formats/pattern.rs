//! The syntax of ECMA-262 patterns with the flag `u`, and with a backslash before any sign.

#![forbid(unsafe_code)]

pub fn is_pattern(text: &str) -> bool {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        groups: 0,
        largest: 0,
        names: Vec::new(),
        named: Vec::new(),
    };
    parser.pattern().is_some()
        && parser.largest <= parser.groups
        && parser.named.iter().all(|name| parser.names.contains(name))
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    groups: usize,
    /// The largest number of a group that is referred to.
    largest: usize,
    names: Vec<String>,
    /// Names that are referred to.
    named: Vec<String>,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += 1;
        Some(char)
    }

    fn take(&mut self, char: char) -> bool {
        let found = self.peek() == Some(char);
        self.at += usize::from(found);
        found
    }

    fn pattern(&mut self) -> Option<()> {
        // For each open group, whether a quantifier may stand behind it.
        let mut open = Vec::new();
        let mut repeatable = false;
        while let Some(char) = self.next() {
            repeatable = match char {
                '(' => {
                    open.push(self.group()?);
                    false
                }
                ')' => open.pop()?,
                '|' | '^' | '$' => false,
                '*' | '+' | '?' | '{' => {
                    if char == '{' {
                        self.counts()?;
                    }
                    repeatable.then_some(())?;
                    self.take('?');
                    false
                }
                '}' | ']' => return None,
                '[' => self.class()?,
                '\\' => match self.next()? {
                    'b' | 'B' => false,
                    other => self.escape(other, false)?,
                },
                _ => true,
            };
        }
        open.is_empty().then_some(())
    }

    /// Behind `(`.
    fn group(&mut self) -> Option<bool> {
        if !self.take('?') {
            self.groups += 1;
            return Some(true);
        }
        match self.next()? {
            ':' => Some(true),
            '=' | '!' => Some(false),
            '<' if self.take('=') || self.take('!') => Some(false),
            '<' => {
                self.groups += 1;
                let name = self.name()?;
                // Twice is only possible in two alternatives.
                let again = self.names.contains(&name) && !self.chars.contains(&'|');
                self.names.push(name);
                (!again).then_some(true)
            }
            first => self.flags(first),
        }
    }

    /// `(?ims-ims:`, each at most once.
    fn flags(&mut self, first: char) -> Option<bool> {
        let mut seen = vec![first];
        loop {
            match self.next()? {
                ':' => break,
                flag if seen.contains(&flag) => return None,
                flag => seen.push(flag),
            }
        }
        let known = seen.iter().all(|flag| "ims-".contains(*flag));
        (known && seen.iter().any(|flag| *flag != '-')).then_some(true)
    }

    /// Behind `<`, to behind `>`.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let char = match self.next()? {
                '>' => break,
                '\\' if self.take('u') => char::from_u32(self.unicode()?)?,
                other => other,
            };
            let inner = char.is_alphanumeric() || "_$\u{200c}\u{200d}".contains(char);
            if !inner || (name.is_empty() && char.is_numeric()) {
                return None;
            }
            name.push(char);
        }
        (!name.is_empty()).then_some(name)
    }

    /// Behind `{`: `n}`, `n,}` or `n,m}`.
    fn counts(&mut self) -> Option<()> {
        let least = self.number()?;
        if self.take(',') && self.peek() != Some('}') && self.number()? < least {
            return None;
        }
        self.take('}').then_some(())
    }

    fn number(&mut self) -> Option<f64> {
        let start = self.at;
        while self.peek().is_some_and(|char| char.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.chars[start..self.at].iter().collect();
        digits.parse().ok()
    }

    /// Behind the backslash and `char`; `None` where there is no such escape.
    fn escape(&mut self, char: char, in_class: bool) -> Option<bool> {
        match char {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Some(true),
            'p' | 'P' => self.property(),
            'k' if !in_class => {
                self.take('<').then_some(())?;
                let name = self.name()?;
                self.named.push(name);
                Some(true)
            }
            '1'..='9' if !in_class => {
                self.at -= 1;
                self.largest = self.largest.max(self.number()? as usize);
                Some(true)
            }
            other => self.char(other).map(|_| true),
        }
    }

    /// An escape of one character.
    fn char(&mut self, char: char) -> Option<u32> {
        Some(match char {
            'f' => 0xc,
            'n' => 0xa,
            'r' => 0xd,
            't' => 0x9,
            'v' => 0xb,
            'c' => self.next().filter(char::is_ascii_alphabetic)? as u32 % 32,
            '0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => 0,
            'x' => self.hex(2)?,
            'u' => self.unicode()?,
            other if !other.is_alphanumeric() => other as u32,
            _ => return None,
        })
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0, |value, _| Some(value * 16 + self.next()?.to_digit(16)?))
    }

    /// Behind `\u`.
    fn unicode(&mut self) -> Option<u32> {
        if !self.take('{') {
            let first = self.hex(4)?;
            let start = self.at;
            if (0xd800..0xdc00).contains(&first)
                && self.take('\\')
                && self.take('u')
                && let Some(second @ 0xdc00..=0xdfff) = self.hex(4)
            {
                return Some(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = start;
            return Some(first);
        }
        let mut value = self.hex(1)?;
        while !self.take('}') {
            value = value * 16 + self.hex(1)?;
            if value > 0x10_ffff {
                return None;
            }
        }
        Some(value)
    }

    /// Behind `\p`: `{Name}` or `{Name=Value}`, by its form only.
    fn property(&mut self) -> Option<bool> {
        self.take('{').then_some(())?;
        let start = self.at;
        while self.next()? != '}' {}
        let text: String = self.chars[start..self.at - 1].iter().collect();
        let word = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || char == '_')
        };
        let (name, value) = text.split_once('=').unwrap_or((&text, "x"));
        (word(name) && word(value)).then_some(true)
    }

    /// Behind `[`, to behind `]`.
    fn class(&mut self) -> Option<bool> {
        self.take('^');
        while !self.take(']') {
            let low = self.member()?;
            if self.peek() != Some('-') || matches!(self.chars.get(self.at + 1), None | Some(']')) {
                continue;
            }
            self.at += 1;
            let high = self.member()?;
            // Neither end of a range is a class.
            if low? > high? {
                return None;
            }
        }
        Some(true)
    }

    /// A member of a class: its character, or `Some(None)` for a class such as `\d`.
    fn member(&mut self) -> Option<Option<u32>> {
        match self.next()? {
            '\\' => match self.next()? {
                'b' => Some(Some(8)),
                '-' => Some(Some('-' as u32)),
                set @ ('d' | 'D' | 's' | 'S' | 'w' | 'W' | 'p' | 'P') => self.escape(set, true).map(|_| None),
                other => self.char(other).map(Some),
            },
            plain => Some(Some(plain as u32)),
        }
    }
}
