//! What the parser does with tags that are only misnested, on numbers alone.
//!
//! [`cost`](super::cost) asks how deep a text goes and how much the parser makes of it. A parse that keeps nothing
//! answers that for every text, at nearly the price of the parse that follows. Most hostile HTML is made of
//! a few elements that are closed in the wrong order: paragraphs, blocks, headings, items, formatting. For these
//! the rules of the standard (WHATWG HTML, 13.2.6.4.7 and 13.2.4.3) are few enough to be followed on their own. With
//! anything else in the text, [`weigh`] does not answer, and the parse is made; where it answers, it counts what
//! the parse counts (`tests::model_counts_as_the_parser`).

#![forbid(unsafe_code)]

/// What the parser made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    pub elements: usize,
    pub depth: u32,
    pub searched: usize,
    /// Attributes of one tag, at most.
    pub attributes: usize,
}

/// Bytes of one tag, and of tags in a row that the parser ignores.
const LONGEST: usize = 900;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Formatting,
    Link,
    Plain,
    Void,
    Rule,
    Block,
    Pre,
    Paragraph,
    Heading,
    Item,
    Term,
}

use Kind::*;

/// An element of the standard: `name` tells it from the others.
#[derive(Clone, Copy)]
struct Tag {
    kind: Kind,
    name: u8,
}

const PARAGRAPH: u8 = 14;
const DIV: u8 = 15;
const LIST: u8 = 16;
const ORDERED: u8 = 17;
const ADDRESS: u8 = 25;

/// The root of the fragment.
const ROOT: Tag = Tag { kind: Block, name: 0 };

fn tag(name: &[u8]) -> Option<Tag> {
    let (kind, name) = match name {
        b"b" => (Formatting, 1),
        b"i" => (Formatting, 2),
        b"u" => (Formatting, 3),
        b"s" => (Formatting, 4),
        b"em" => (Formatting, 5),
        b"tt" => (Formatting, 6),
        b"big" => (Formatting, 7),
        b"code" => (Formatting, 8),
        b"font" => (Formatting, 9),
        b"small" => (Formatting, 10),
        b"strike" => (Formatting, 11),
        b"strong" => (Formatting, 12),
        b"a" => (Link, 13),
        b"p" => (Paragraph, PARAGRAPH),
        b"div" => (Block, DIV),
        b"ul" => (Block, LIST),
        b"ol" => (Block, ORDERED),
        b"dl" => (Block, 18),
        b"blockquote" => (Block, 19),
        b"center" => (Block, 20),
        b"section" => (Block, 21),
        b"article" => (Block, 22),
        b"details" => (Block, 23),
        b"summary" => (Block, 24),
        b"address" => (Block, ADDRESS),
        b"pre" => (Pre, 26),
        b"li" => (Item, 27),
        b"dd" => (Term, 28),
        b"dt" => (Term, 29),
        b"h1" => (Heading, 30),
        b"h2" => (Heading, 31),
        b"h3" => (Heading, 32),
        b"h4" => (Heading, 33),
        b"h5" => (Heading, 34),
        b"h6" => (Heading, 35),
        b"br" => (Void, 36),
        b"img" => (Void, 37),
        b"wbr" => (Void, 38),
        b"hr" => (Rule, 39),
        b"span" => (Plain, 40),
        b"sub" => (Plain, 41),
        b"sup" => (Plain, 42),
        b"abbr" => (Plain, 43),
        b"cite" => (Plain, 44),
        b"q" => (Plain, 45),
        b"kbd" => (Plain, 46),
        b"del" => (Plain, 47),
        b"ins" => (Plain, 48),
        b"mark" => (Plain, 49),
        _ => return None,
    };
    Some(Tag { kind, name })
}

impl Tag {
    fn is_special(self) -> bool {
        !matches!(self.kind, Formatting | Link | Plain)
    }

    /// What the search for an item to close looks through.
    fn is_thin(self) -> bool {
        !self.is_special() || self.kind == Paragraph || matches!(self.name, DIV | ADDRESS)
    }
}

#[derive(Clone, Copy)]
struct Open {
    tag: Tag,
    id: u32,
}

/// An active formatting element, with the attributes it was written with.
#[derive(Clone, Copy)]
struct Active<'t> {
    tag: Tag,
    id: u32,
    attributes: &'t str,
}

struct Model<'t> {
    /// The level of each element that was created.
    levels: Vec<u32>,
    open: Vec<Open>,
    active: Vec<Active<'t>>,
    /// Elements created before the text, by the parser itself.
    given: usize,
    depth: u32,
    searched: usize,
    /// Changes with everything the parser makes of its input.
    events: usize,
    /// Whether it depends on attributes being equal that are written differently.
    unsure: bool,
}

/// What the parser makes of `html`; `None` where only the parser knows, or where it is more than `most`.
pub fn weigh(html: &str, most: Weight) -> Option<Weight> {
    let bytes = html.as_bytes();
    if html.starts_with('\u{feff}') || memchr::memchr(0, bytes).is_some() {
        return None;
    }
    let mut model = Model {
        levels: vec![1],
        open: vec![Open { tag: ROOT, id: 0 }],
        active: vec![],
        given: 1,
        depth: 1,
        searched: 0,
        events: 0,
        unsure: false,
    };
    let mut attributes = 0;
    let (mut at, mut eventful) = (0, 0);
    let mut before = 0;
    while at < bytes.len() {
        let start = at;
        at = match (bytes[at], bytes.get(at + 1)) {
            (b'<', Some(b'a'..=b'z' | b'A'..=b'Z')) => {
                let found = read(html, at + 1)?;
                attributes = attributes.max(found.count);
                model.start(found.tag, found.attributes);
                if found.tag.kind == Pre && matches!(bytes.get(found.end), Some(b'\n' | b'\r')) {
                    return None;
                }
                found.end
            }
            (b'<', Some(b'/')) => {
                let found = read(html, at + 2)?;
                if found.tag.kind == Void || found.tag.kind == Rule {
                    return None;
                }
                model.end(found.tag);
                found.end
            }
            (b'<', Some(b'!' | b'?') | None) => return None,
            _ => {
                model.text();
                memchr::memchr(b'<', &bytes[at + 1..]).map_or(bytes.len(), |more| at + 1 + more)
            }
        };
        if model.events != before {
            (before, eventful) = (model.events, at);
        }
        let small = model.elements() <= most.elements
            && model.depth <= most.depth
            && model.searched <= most.searched
            && attributes <= most.attributes;
        let tag_is_short = bytes[start] != b'<' || at - start <= LONGEST;
        if !small || model.unsure || !tag_is_short || at - eventful > LONGEST {
            return None;
        }
    }
    Some(Weight {
        elements: model.elements(),
        depth: model.depth,
        searched: model.searched,
        attributes,
    })
}

/// A tag as it is written.
struct Written<'t> {
    tag: Tag,
    attributes: &'t str,
    /// Attributes, at most.
    count: usize,
    end: usize,
}

/// The tag whose name starts at `name`; `None` for unknown ones, and where the end is not the first `>`.
fn read(html: &str, name: usize) -> Option<Written<'_>> {
    let rest = html.get(name..)?;
    let length = memchr::memchr(b'>', rest.as_bytes())?;
    let inner = &rest[..length];
    let is_end = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/');
    let end = inner.bytes().position(is_end).unwrap_or(length);
    let mut lower = [0; 10];
    let lower = lower.get_mut(..end)?;
    lower.copy_from_slice(&inner.as_bytes()[..end]);
    lower.make_ascii_lowercase();
    let attributes = &inner[end..];
    if attributes.contains(['"', '\'', '<']) && !is_quoted(attributes) {
        return None;
    }
    Some(Written {
        tag: tag(lower)?,
        attributes,
        count: attributes
            .bytes()
            .filter(|byte| is_end(*byte) || *byte == b'"')
            .count(),
        end: name + length + 1,
    })
}

/// Whether attributes are written as ` name="value"`, so that a `>` behind them ends the tag.
fn is_quoted(mut attributes: &str) -> bool {
    while !attributes.is_empty() {
        let Some((name, rest)) = attributes
            .strip_prefix(' ')
            .and_then(|rest| rest.split_once("=\""))
        else {
            return false;
        };
        let Some((_, after)) = rest.split_once('"') else {
            return false;
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return false;
        }
        attributes = after;
    }
    true
}

impl<'t> Model<'t> {
    fn elements(&self) -> usize {
        self.levels.len() + self.given
    }

    fn level(&self, id: u32) -> u32 {
        self.levels.get(id as usize).copied().unwrap_or_default()
    }

    fn create(&mut self) -> u32 {
        self.events += 1;
        self.levels.push(0);
        self.levels.len() as u32 - 1
    }

    /// Puts an element into another one.
    fn put(&mut self, child: u32, parent: u32) {
        let level = self.level(parent) + 1;
        if let Some(own) = self.levels.get_mut(child as usize) {
            *own = level;
        }
        self.depth = self.depth.max(level);
        self.events += 1;
    }

    fn take(&mut self) {
        self.searched += self.elements();
    }

    fn current(&self) -> Open {
        self.open.last().copied().unwrap_or(Open { tag: ROOT, id: 0 })
    }

    fn insert(&mut self, tag: Tag) -> u32 {
        let id = self.create();
        self.put(id, self.current().id);
        self.open.push(Open { tag, id });
        id
    }

    fn has(&self, name: u8) -> bool {
        self.open.iter().any(|open| open.tag.name == name)
    }

    /// Whether an item of the innermost list is open.
    fn has_item(&self) -> bool {
        let bounds = |open: &&Open| open.tag.kind == Item || matches!(open.tag.name, LIST | ORDERED);
        let last = self.open.iter().rev().find(bounds);
        last.is_some_and(|open| open.tag.kind == Item)
    }

    fn position(&self, id: u32) -> Option<usize> {
        self.open.iter().rposition(|open| open.id == id)
    }

    fn active_position(&self, id: u32) -> Option<usize> {
        self.active.iter().position(|active| active.id == id)
    }

    /// Pops up to and with the last element that `is` one.
    fn pop_until(&mut self, is: impl Fn(Tag) -> bool) {
        let last = self.open.iter().rposition(|open| is(open.tag));
        self.open.truncate(last.unwrap_or_default().max(1));
    }

    fn close_paragraph(&mut self) {
        if self.has(PARAGRAPH) {
            self.pop_until(|tag| tag.name == PARAGRAPH);
        }
    }

    fn text(&mut self) {
        self.reconstruct();
        self.events += 1;
    }

    fn start(&mut self, tag: Tag, attributes: &'t str) {
        match tag.kind {
            Formatting | Link => {
                if tag.kind == Link {
                    self.end_link();
                }
                self.reconstruct();
                self.format(tag, attributes);
                return;
            }
            Plain | Void => self.reconstruct(),
            Rule | Block | Pre | Paragraph => self.close_paragraph(),
            Heading => {
                self.close_paragraph();
                if self.current().tag.kind == Heading {
                    self.open.pop();
                }
            }
            Item | Term => {
                let last = self
                    .open
                    .iter()
                    .rev()
                    .find(|open| open.tag.kind == tag.kind || !open.tag.is_thin());
                if last.is_some_and(|open| open.tag.kind == tag.kind) {
                    let kind = tag.kind;
                    self.pop_until(|tag| tag.kind == kind);
                }
                self.close_paragraph();
            }
        }
        self.insert(tag);
        if matches!(tag.kind, Void | Rule) {
            self.open.pop();
        }
    }

    fn end(&mut self, tag: Tag) {
        match tag.kind {
            Formatting | Link => self.adopt(tag),
            Plain => self.end_plain(tag),
            Paragraph => {
                if !self.has(PARAGRAPH) {
                    self.insert(tag);
                }
                self.close_paragraph();
            }
            Heading if self.open.iter().any(|open| open.tag.kind == Heading) => {
                self.pop_until(|tag| tag.kind == Heading);
            }
            Item if !self.has_item() => {}
            _ if self.has(tag.name) => self.pop_until(|open| open.name == tag.name),
            _ => {}
        }
    }

    fn end_plain(&mut self, tag: Tag) {
        let last = self
            .open
            .iter()
            .rposition(|open| open.tag.name == tag.name || open.tag.is_special());
        if let Some(at) = last.filter(|at| self.open[*at].tag.name == tag.name) {
            self.open.truncate(at);
        }
    }

    fn format(&mut self, tag: Tag, attributes: &'t str) {
        // Three of a kind at most. Attributes that are written alike are equal, and others may be.
        let named = |active: &&Active<'_>| active.tag.name == tag.name;
        let same = |active: &Active<'_>| active.tag.name == tag.name && active.attributes == attributes;
        let alike = self.active.iter().filter(|active| same(active)).count();
        let all = self.active.iter().filter(named).count();
        self.unsure |= all >= 3 && alike != all;
        if alike >= 3
            && let Some(first) = self.active.iter().position(same)
        {
            self.active.remove(first);
        }
        let id = self.insert(tag);
        self.active.push(Active { tag, id, attributes });
    }

    fn reconstruct(&mut self) {
        let is_open = |active: &Active<'_>| self.position(active.id).is_some();
        let first = self.active.iter().rposition(is_open).map_or(0, |at| at + 1);
        for at in first..self.active.len() {
            let id = self.insert(self.active[at].tag);
            self.active[at].id = id;
        }
    }

    fn end_link(&mut self) {
        let Some(link) = self
            .active
            .iter()
            .rfind(|active| active.tag.kind == Link)
            .copied()
        else {
            return;
        };
        self.adopt(link.tag);
        if let Some(at) = self.active_position(link.id) {
            self.active.remove(at);
        }
        if let Some(at) = self.position(link.id) {
            self.open.remove(at);
        }
    }

    /// The adoption agency.
    fn adopt(&mut self, tag: Tag) {
        let current = self.current();
        if current.tag.name == tag.name && self.active_position(current.id).is_none() {
            self.open.pop();
            self.events += 1;
            return;
        }
        for _ in 0..8 {
            let Some(at) = self.active.iter().rposition(|active| active.tag.name == tag.name) else {
                return self.end_plain(tag);
            };
            let formatting = self.active[at];
            let Some(place) = self.position(formatting.id) else {
                self.active.remove(at);
                return;
            };
            let block = self.open[place..].iter().position(|open| open.tag.is_special());
            let Some(block) = block.map(|after| place + after) else {
                self.open.truncate(place);
                self.active.remove(at);
                return;
            };
            self.adopt_block(formatting, place, block);
        }
    }

    /// Moves the furthest block out of the formatting element at `place`.
    fn adopt_block(&mut self, formatting: Active<'t>, place: usize, block: usize) {
        let ancestor = self.open[place - 1].id;
        let furthest = self.open[block].id;
        let (mut last, mut after) = (furthest, None);
        let mut at = block;
        for inner in 1.. {
            at -= 1;
            let node = self.open[at];
            if node.id == formatting.id {
                break;
            }
            let active = self.active_position(node.id);
            let Some(active) = active.filter(|_| inner <= 3) else {
                if let Some(active) = active {
                    self.active.remove(active);
                }
                self.open.remove(at);
                continue;
            };
            let id = self.create();
            self.open[at].id = id;
            self.active[active].id = id;
            if last == furthest {
                after = Some(id);
            }
            self.take();
            self.put(last, id);
            last = id;
        }
        self.take();
        self.put(last, ancestor);
        let id = self.create();
        self.put(id, furthest);
        self.replace(formatting, after, id);
        if let Some(at) = self.position(formatting.id) {
            self.open.remove(at);
        }
        let below = self.position(furthest).map_or(self.open.len(), |at| at + 1);
        let tag = formatting.tag;
        self.open.insert(below, Open { tag, id });
    }

    /// The new element takes the place of the old one, or the one after `after`, among the active.
    fn replace(&mut self, formatting: Active<'t>, after: Option<u32>, id: u32) {
        let active = Active { id, ..formatting };
        if let Some(at) = after.and_then(|after| self.active_position(after)) {
            self.active.insert(at + 1, active);
            if let Some(old) = self.active_position(formatting.id) {
                self.active.remove(old);
            }
        } else if let Some(old) = self.active_position(formatting.id) {
            self.active[old] = active;
        }
    }
}
