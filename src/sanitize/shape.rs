//! What the scan of [`fast`](super::fast) knows about elements: where each may stand without the parser
//! adding, closing or moving anything (WHATWG HTML, 13.2.6), and what a policy says about each.

#![forbid(unsafe_code)]

use super::rules::Rules;
use super::srcset;
use super::url::{self, UrlRule};

/// How an element behaves in the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anywhere in content; closes nothing.
    Phrasing,
    /// As phrasing, but never inside another link.
    Link,
    /// No content.
    Void,
    /// No content; closes an open paragraph.
    Rule,
    /// Closes an open paragraph.
    Block,
    /// `address` and `div`: as a block, but a list item looks through them.
    Thin,
    Paragraph,
    Heading,
    /// As a block; a line break right after it is dropped.
    Pre,
    /// Closes another open item of its list.
    Item,
    /// `dt`, `dd`.
    Term,
    Table,
    Caption,
    Columns,
    Column,
    Section,
    Row,
    Cell,
}

use Kind::*;

/// Elements that the scan knows; every other one is left to the parser.
const KINDS: &[(Kind, &str)] = &[
    (
        Phrasing,
        "abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small \
         span strike strong sub sup time tt u var",
    ),
    (Link, "a"),
    (Void, "br img wbr"),
    (Rule, "hr"),
    (
        Block,
        "article aside blockquote center details dl figcaption figure footer header main nav \
         ol section summary ul",
    ),
    (Thin, "address div"),
    (Paragraph, "p"),
    (Heading, "h1 h2 h3 h4 h5 h6"),
    (Pre, "pre"),
    (Item, "li"),
    (Term, "dd dt"),
    (Table, "table"),
    (Caption, "caption"),
    (Columns, "colgroup"),
    (Column, "col"),
    (Section, "tbody tfoot thead"),
    (Row, "tr"),
    (Cell, "td th"),
];

impl Kind {
    pub fn is_void(self) -> bool {
        matches!(self, Void | Rule | Column)
    }

    /// Whether only white space may stand right inside: other text would be moved out.
    pub fn is_structure(self) -> bool {
        matches!(self, Table | Columns | Section | Row)
    }

    /// Whether the element may be opened inside `open`, the outermost first, and stays where it is.
    pub fn fits(self, open: &[Kind]) -> bool {
        let parent = open.last().copied();
        match self {
            Caption | Columns | Section => parent == Some(Table),
            Column => parent == Some(Columns),
            Row => parent == Some(Section),
            Cell => parent == Some(Row),
            _ if parent.is_some_and(Kind::is_structure) => false,
            Phrasing | Void => true,
            Link => !open.contains(&Link),
            Heading => parent != Some(Heading) && !in_paragraph(open),
            Item | Term => !in_paragraph(open) && !self.closes_another(open),
            Rule | Block | Thin | Paragraph | Pre | Table => !in_paragraph(open),
        }
    }

    /// The search of the standard for an item that the new one ends: up to the next special element.
    fn closes_another(self, open: &[Kind]) -> bool {
        let stop = open
            .iter()
            .rev()
            .find(|kind| !matches!(kind, Phrasing | Link | Thin | Paragraph));
        stop == Some(&self)
    }
}

/// Whether a paragraph is open that a block would close: cells and captions bound the search.
fn in_paragraph(open: &[Kind]) -> bool {
    open.iter()
        .rev()
        .take_while(|kind| !matches!(kind, Cell | Caption | Table))
        .any(|kind| *kind == Paragraph)
}

/// What is done with the value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// Every value is allowed.
    Any,
    /// [`Rules::attribute`] decides.
    Rules,
}

/// An attribute that may stay.
pub struct Known {
    pub name: Box<str>,
    pub judge: Judge,
    /// Decides about the usual URLs first, without a parser.
    pub urls: Option<UrlRule>,
}

/// An element that a policy allows and the scan knows.
pub struct Shape {
    pub name: Box<str>,
    pub kind: Kind,
    pub attributes: Vec<Known>,
    /// Starts of further names that ammonia lets its filter see, such as `data-`.
    pub prefixes: Vec<Box<str>>,
    /// What the policy itself writes at the end of each tag of this element.
    pub suffix: String,
}

const SLOTS: usize = 256;

/// The elements of a policy, found by name in a few nanoseconds.
pub struct Shapes {
    shapes: Vec<Shape>,
    /// 1 + the place in `shapes`; 0 is empty.
    slots: Box<[u8; SLOTS]>,
}

impl Shapes {
    pub fn new(rules: &Rules) -> Shapes {
        let mut found = Shapes {
            shapes: vec![],
            slots: Box::new([0; SLOTS]),
        };
        for (kind, names) in KINDS {
            for name in names.split(' ').filter(|name| rules.tags.contains(name)) {
                found.add(shape(rules, *kind, name));
            }
        }
        found
    }

    fn add(&mut self, shape: Shape) {
        let mut slot = slot(shape.name.as_bytes());
        while self.slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        self.shapes.push(shape);
        self.slots[slot] = self.shapes.len() as u8;
    }

    /// The place of an element, by its lower-case name.
    pub fn find(&self, name: &[u8]) -> Option<u8> {
        let mut slot = slot(name);
        loop {
            let at = self.slots[slot].checked_sub(1)?;
            if self.shapes[usize::from(at)].name.as_bytes() == name {
                return Some(at);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    pub fn get(&self, at: u8) -> &Shape {
        &self.shapes[usize::from(at)]
    }

    /// The longest that the policy itself adds to one tag.
    pub fn longest_suffix(&self) -> usize {
        self.shapes
            .iter()
            .map(|shape| shape.suffix.len())
            .max()
            .unwrap_or(0)
    }
}

/// Far fewer elements than slots, so the search ends.
fn slot(name: &[u8]) -> usize {
    let mut hash = name.len() as u32;
    for byte in name {
        hash = hash.wrapping_mul(31).wrapping_add(u32::from(*byte));
    }
    (hash.wrapping_mul(0x9E37_79B1) >> 24) as usize % SLOTS
}

fn shape(rules: &Rules, kind: Kind, name: &str) -> Shape {
    let mut known: Vec<Known> = vec![];
    for attribute in rules.known_attributes(name) {
        let is_url = url::is_url(attribute);
        let judged = match attribute {
            "style" => true,
            "class" => !rules.listed(name, "class"),
            _ => is_url || srcset::is_srcset(attribute),
        };
        known.push(Known {
            name: attribute.into(),
            judge: if judged { Judge::Rules } else { Judge::Any },
            urls: is_url.then(|| rules.url_rule(name, attribute).clone()),
        });
    }
    let mut suffix = String::new();
    if name == "a" {
        for (own, value) in [("target", rules.target), ("rel", rules.rel)] {
            if let Some(value) = value {
                suffix.push_str(&format!(" {own}=\"{value}\""));
            }
        }
    }
    Shape {
        name: name.into(),
        kind,
        attributes: known,
        prefixes: rules.all_prefixes().map(Into::into).collect(),
        suffix,
    }
}
