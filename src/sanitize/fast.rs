//! One scan instead of a parser, for HTML that is well-formed: what the parser and ammonia would give is
//! known then without asking them.
//!
//! 1. Elements are known ones of the policy, properly nested and closed, each where the parser adds,
//!    closes and moves nothing ([`Kind::fits`](super::shape::Kind::fits)).
//! 2. Attributes stand in quotes, each once. Those outside the policy are left out; `rel` and `target` of
//!    the policy are written at the end.
//! 3. Text and values are written as the serializer writes them.
//! 4. Whatever the scan is not sure of, it gives up: the parser decides.
//!
//! The result is the one of [`slow`](super::clean::slow) for every input that is not given up; the test
//! `fast_is_slow` and the fuzz target `sanitize` hold it.

#![forbid(unsafe_code)]

use std::borrow::Cow;

use super::cost;
use super::rules::Rules;
use super::shape::{Judge, Kind, Known, Shape, Shapes};

/// Open elements at a time; see `cost::DEPTH`.
const DEPTH: usize = 64;
/// Bytes of one tag, and of white space inside a table: `cost` looks closer at longer ones.
const LONGEST: usize = 900;
/// Attributes of one tag.
const ATTRIBUTES: usize = 32;

/// What the scan found.
#[derive(Debug, PartialEq, Eq)]
pub enum Scan {
    /// The input is its own clean form.
    Same,
    /// The clean form.
    Changed(String),
    /// Not for the scan to say.
    GivenUp,
}

/// Scans `html` once.
pub fn scan(shapes: &Shapes, rules: &Rules, html: &str) -> Scan {
    // Where the cost of an input is in doubt, `slow` decides about it.
    if html.starts_with('\u{feff}') || (html.len() > 1 << 16 && !cost::few_entities(html)) {
        return Scan::GivenUp;
    }
    let mut scanner = Scanner {
        shapes,
        rules,
        html,
        bytes: html.as_bytes(),
        out: String::new(),
        copied: 0,
        changed: false,
        most_attributes: (cost::ATTRIBUTE_COST * 2 / html.len().max(1)).clamp(1, ATTRIBUTES),
        open: [0; DEPTH],
        kinds: [Kind::Phrasing; DEPTH],
        depth: 0,
    };
    match scanner.run() {
        Some(()) => scanner.finish(),
        None => Scan::GivenUp,
    }
}

struct Scanner<'s> {
    shapes: &'s Shapes,
    rules: &'s Rules,
    html: &'s str,
    bytes: &'s [u8],
    /// The result up to `copied`, once it differs from the input.
    out: String,
    copied: usize,
    changed: bool,
    most_attributes: usize,
    open: [u8; DEPTH],
    kinds: [Kind; DEPTH],
    depth: usize,
}

/// Bytes of text that are not simply passed over.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut i = 0;
    let list = b"<>&\r\0\xC2\xEF";
    while i < list.len() {
        stops[list[i] as usize] = true;
        i += 1;
    }
    stops
};

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\x0c')
}

fn is_name(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}

impl Scanner<'_> {
    fn run(&mut self) -> Option<()> {
        let mut at = 0;
        loop {
            if self.depth > 0 && self.kinds[self.depth - 1].is_structure() {
                at = self.white_space(at)?;
            }
            while let Some(&byte) = self.bytes.get(at) {
                if STOPS[usize::from(byte)] {
                    break;
                }
                at += 1;
            }
            let Some(&byte) = self.bytes.get(at) else {
                return (self.depth == 0).then_some(());
            };
            at = match byte {
                b'<' => self.tag(at)?,
                _ => self.special(at, None)?,
            };
        }
    }

    /// White space up to the next tag.
    fn white_space(&self, start: usize) -> Option<usize> {
        let rest = &self.bytes[start..];
        let length = rest.iter().position(|byte| !is_space(*byte))?;
        (length <= LONGEST && rest[length] == b'<').then_some(start + length)
    }

    fn tag(&mut self, at: usize) -> Option<usize> {
        match self.bytes.get(at + 1) {
            Some(b'/') => self.end_tag(at + 2),
            Some(b'a'..=b'z') => self.start_tag(at + 1),
            Some(b'A'..=b'Z' | b'!' | b'?') => None,
            // Not a tag for the parser either. In a table it would be moved.
            _ if self.depth > 0 && self.kinds[self.depth - 1].is_structure() => None,
            _ => self.replace(at, at + 1, "&lt;"),
        }
    }

    fn end_tag(&mut self, name: usize) -> Option<usize> {
        let top = self.depth.checked_sub(1)?;
        let expected = self.shapes.get(self.open[top]).name.as_bytes();
        let end = name + expected.len();
        let matches = self.bytes.get(name..end) == Some(expected) && self.bytes.get(end) == Some(&b'>');
        self.depth = top;
        matches.then_some(end + 1)
    }

    fn start_tag(&mut self, name: usize) -> Option<usize> {
        let length = self.bytes[name..]
            .iter()
            .take(16)
            .position(|byte| !is_name(*byte))?;
        let found = self.shapes.find(&self.bytes[name..name + length])?;
        let shapes = self.shapes;
        let shape = shapes.get(found);
        if !shape.kind.fits(&self.kinds[..self.depth]) {
            return None;
        }
        let mut at = self.attributes(shape, name + length)?;
        if at - name > LONGEST {
            return None;
        }
        if shape.kind.is_void() {
            return Some(at);
        }
        *self.open.get_mut(self.depth)? = found;
        self.kinds[self.depth] = shape.kind;
        self.depth += 1;
        if shape.kind == Kind::Pre && self.bytes.get(at) == Some(&b'\n') {
            at = match self.bytes.get(at + 1) {
                Some(b'\n') => at + 2,
                _ => self.replace(at, at + 1, "")?,
            };
        }
        Some(at)
    }

    /// From the end of the name to behind the tag.
    fn attributes(&mut self, shape: &Shape, mut at: usize) -> Option<usize> {
        let mut seen = 0u64;
        let mut count = 0;
        // The names found by a prefix alone; they are few.
        let mut named: Vec<(usize, usize)> = Vec::new();
        loop {
            let gap = at;
            at += self.bytes[at..].iter().position(|byte| !is_space(*byte))?;
            match self.bytes[at] {
                b'>' => return self.close(shape, gap, at),
                b'/' if self.bytes.get(at + 1) == Some(&b'>') => return self.close(shape, gap, at + 1),
                _ if at == gap => return None,
                _ => {}
            }
            if !shape.suffix.is_empty() && self.is_suffix(shape, gap) {
                return Some(gap + shape.suffix.len() + 1);
            }
            count += 1;
            let name = at;
            at += self.bytes[at..].iter().position(|byte| !is_name(*byte))?;
            let value = self.value(at)?;
            if at == name || count > self.most_attributes {
                return None;
            }
            let Some(place) = self.known(shape, (name, at), &mut seen, &mut named)? else {
                at = value.after;
                self.replace(gap, at, "")?;
                continue;
            };
            if name - gap != 1 || self.bytes[gap] != b' ' {
                self.replace(gap, name, " ")?;
            }
            self.keep(shape, (name, at), &value, place)?;
            at = value.after;
        }
    }

    /// Whether the tag ends here with exactly what the policy writes.
    fn is_suffix(&self, shape: &Shape, gap: usize) -> bool {
        let end = gap + shape.suffix.len();
        self.bytes.get(gap..end) == Some(shape.suffix.as_bytes()) && self.bytes.get(end) == Some(&b'>')
    }

    fn close(&mut self, shape: &Shape, gap: usize, end: usize) -> Option<usize> {
        if gap != end || !shape.suffix.is_empty() {
            self.replace(gap, end, &shape.suffix)?;
        }
        Some(end + 1)
    }

    /// The place of the attribute; `Some(None)` drops it, `None` gives up: it stands there twice.
    fn known(
        &self,
        shape: &Shape,
        name: (usize, usize),
        seen: &mut u64,
        named: &mut Vec<(usize, usize)>,
    ) -> Option<Option<Place>> {
        let text = &self.bytes[name.0..name.1];
        let place = shape
            .attributes
            .iter()
            .position(|one| one.name.as_bytes() == text);
        if let Some(place) = place {
            let bit = 1u64.checked_shl(place as u32)?;
            if *seen & bit != 0 {
                return None;
            }
            *seen |= bit;
            return Some(Some(Some(place)));
        }
        if !shape
            .prefixes
            .iter()
            .any(|start| text.starts_with(start.as_bytes()))
        {
            return Some(None);
        }
        if named.iter().any(|one| &self.bytes[one.0..one.1] == text) {
            return None;
        }
        named.push(name);
        Some(Some(None))
    }

    /// The value that starts at the `=`, or the place after a name without one.
    fn value(&self, at: usize) -> Option<Value> {
        match self.bytes.get(at)? {
            b'=' => {}
            b' ' | b'\n' | b'\t' | b'\x0c' => {
                // `name = value` is an attribute with a value.
                let next = self.bytes[at..].iter().find(|byte| !is_space(**byte))?;
                return (*next != b'=').then_some(Value {
                    start: at,
                    end: at,
                    after: at,
                    quote: 0,
                });
            }
            b'>' | b'/' => {
                return Some(Value {
                    start: at,
                    end: at,
                    after: at,
                    quote: 0,
                });
            }
            _ => return None,
        }
        let quote = *self.bytes.get(at + 1)?;
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let start = at + 2;
        let end = start + self.bytes[start..].iter().position(|byte| *byte == quote)?;
        Some(Value {
            start,
            end,
            after: end + 1,
            quote,
        })
    }

    /// Writes an attribute that may stay.
    fn keep(&mut self, shape: &Shape, name: (usize, usize), value: &Value, place: Place) -> Option<()> {
        let known: Option<&Known> = place.map(|place| &shape.attributes[place]);
        if known.is_none_or(|known| known.judge == Judge::Rules) {
            let html = self.html;
            let text = decoded(&html[value.start..value.end])?;
            let urls = known.and_then(|known| known.urls.as_ref());
            if !urls.is_some_and(|urls| urls.plainly_allows(&text)) {
                let kept = self.rules.attribute(&shape.name, &html[name.0..name.1], &text)?;
                // A rule that writes another value writes it anew each time: leave it to the parser.
                if *kept != *text {
                    return None;
                }
            }
        }
        if value.quote == 0 {
            self.replace(name.1, name.1, "=\"\"")?;
            return Some(());
        }
        if value.quote == b'\'' {
            self.replace(value.start - 1, value.start, "\"")?;
        }
        let mut at = value.start;
        while at < value.end {
            let byte = self.bytes[at];
            at = match byte {
                b'"' => self.replace(at, at + 1, "&quot;")?,
                b'<' => self.replace(at, at + 1, "&lt;")?,
                _ if STOPS[usize::from(byte)] => self.special(at, Some(value.end))?,
                _ => at + 1,
            };
        }
        if value.quote == b'\'' {
            self.replace(value.end, value.end + 1, "\"")?;
        }
        Some(())
    }

    /// A byte of text, or of a value that ends at `end`, that is perhaps written in another way.
    fn special(&mut self, at: usize, end: Option<usize>) -> Option<usize> {
        match self.bytes[at] {
            b'>' => self.replace(at, at + 1, "&gt;"),
            b'&' => self.reference(at, end),
            0xC2 if self.bytes.get(at + 1) == Some(&0xA0) => self.replace(at, at + 2, "&nbsp;"),
            0xC2 => Some(at + 2),
            0xEF => {
                // What was an ill-formed character before: the caller's text is another one.
                self.changed |= self.bytes[at..].starts_with("\u{fffd}".as_bytes());
                Some(at + 3)
            }
            _ => None,
        }
    }

    /// A `&`: one of the references that the serializer writes, or one of a few more, or none at all.
    fn reference(&mut self, at: usize, end: Option<usize>) -> Option<usize> {
        let rest = &self.bytes[at..end.unwrap_or(self.bytes.len())];
        let starts = |name: &&&str| rest.starts_with(name.as_bytes());
        if let Some(name) = ["&amp;", "&lt;", "&gt;", "&nbsp;"].iter().find(starts) {
            return Some(at + name.len());
        }
        if let Some(name) = ["&quot;", "&#34;"].iter().find(starts) {
            return match end {
                Some(_) if *name == "&quot;" => Some(at + 6),
                Some(_) => self.replace(at, at + 5, "&quot;"),
                None => self.replace(at, at + name.len(), "\""),
            };
        }
        if let Some(name) = ["&#39;", "&#x27;", "&apos;"].iter().find(starts) {
            return self.replace(at, at + name.len(), "'");
        }
        is_no_reference(rest, end.is_some()).then_some(())?;
        self.replace(at, at + 1, "&amp;")
    }

    /// Writes `with` for the bytes `from..to`. Each call is further on than the one before.
    fn replace(&mut self, from: usize, to: usize, with: &str) -> Option<usize> {
        if self.out.capacity() == 0 {
            self.out.reserve(self.html.len() + self.html.len() / 8 + 64);
        }
        self.changed = true;
        self.out.push_str(self.html.get(self.copied..from)?);
        self.out.push_str(with);
        self.copied = to;
        Some(to)
    }

    fn finish(mut self) -> Scan {
        if !self.changed {
            return Scan::Same;
        }
        self.out.push_str(&self.html[self.copied..]);
        Scan::Changed(self.out)
    }
}

/// Where an attribute stands in its element's list; `None` where only its start is listed.
type Place = Option<usize>;

struct Value {
    start: usize,
    end: usize,
    after: usize,
    /// 0 where there is no value.
    quote: u8,
}

/// Whether the `&` at the start of `rest` is only a character: nothing that could be a name or a number
/// follows, or, in a value, letters and an `=` (`?a=1&b=2`; 13.2.5.73).
fn is_no_reference(rest: &[u8], in_value: bool) -> bool {
    match rest.get(1) {
        None => true,
        Some(b'#') => false,
        Some(next) if !next.is_ascii_alphanumeric() => true,
        Some(_) if !in_value => false,
        Some(_) => {
            let name = rest[1..].iter().position(|byte| !byte.is_ascii_alphanumeric());
            name.is_some_and(|length| rest[1 + length] == b'=')
        }
    }
}

/// A value as the parser reads it; `None` where that is not plain.
fn decoded(value: &str) -> Option<Cow<'_, str>> {
    if !value.contains(['&', '\r', '\0']) {
        return Some(Cow::Borrowed(value));
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find(['&', '\r', '\0']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("&amp;") {
            text.push('&');
            rest = after;
        } else if rest.starts_with('&') && is_no_reference(rest.as_bytes(), true) {
            text.push('&');
            rest = &rest[1..];
        } else {
            return None;
        }
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}
