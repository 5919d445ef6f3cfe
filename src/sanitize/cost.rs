//! Whether input can be parsed in linear time and memory.
//!
//! Four things are quadratic in an HTML parser that follows the standard: each start tag looks through
//! all open elements; each attribute is compared with those before it; formatting elements that were
//! never closed are opened again in every paragraph; misnested content is moved by looking for its place
//! among its siblings. The serializer adds a fifth: for each character that
//! it writes as an entity it looks through the rest of that text. Each has a bound here that no text for
//! people meets.

#![forbid(unsafe_code)]

use std::cell::Cell;

use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{ParseOpts, QualName, local_name, ns, parse_fragment};

use super::tree::{Tree, sink};

/// Below both of these the worst case is a few milliseconds, so nothing else is looked at.
const FEW_TAGS: usize = 512;
const FEW_SEPARATORS: usize = 4096;

/// Open elements at a time. Chromium's own limit is 512.
pub const DEPTH: u32 = 256;
/// Comparisons between the names of attributes, in all.
pub const ATTRIBUTE_COST: usize = 64 << 20;
/// Bytes of one tag or comment.
pub const LONGEST_TAG: usize = 16 << 10;

/// Siblings searched for misnested content, in all.
const SEARCH_COST: usize = 128 << 20;
/// Entities times bytes: 16 Ki entities in 1 MiB, about 0.2 s.
const ENTITY_COST: u64 = 1 << 34;

const CHUNK: usize = 1 << 10;

/// Whether the serializer is done in time. The parser has no part in this.
pub fn few_entities(html: &str) -> bool {
    // 0xC2 starts a no-break space, and the serializer stops at each.
    let entities = memchr::memchr2_iter(b'&', 0xC2, html.as_bytes()).count();
    entities as u64 * html.len() as u64 <= ENTITY_COST
}

/// Reads the bytes once; only input with many tags or attributes is parsed to be sure.
pub fn affordable(html: &str) -> bool {
    let bytes = html.as_bytes();
    let mut tags = 0;
    let mut separators = 0;
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' => {
                tags += usize::from(
                    bytes
                        .get(i + 1)
                        .is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/'),
                )
            }
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' | b'"' | b'\'' => separators += 1,
            _ => {}
        }
    }
    few_entities(html)
        && (tags == 0 || (tags <= FEW_TAGS && separators <= FEW_SEPARATORS) || probe(html, tags))
}

/// Parses into a tree that keeps nothing, and stops at the first bound that is passed.
fn probe(html: &str, tags: usize) -> bool {
    let attribute_cost = Cell::new(0usize);
    let tree = Tree::new(Box::new(|_, attributes| {
        attribute_cost.set(attribute_cost.get() + attributes.len() * attributes.len());
    }));
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let mut parser = parse_fragment(tree, ParseOpts::default(), context, vec![], false);
    let mut silent = 0;
    let mut silent_cost = 0;
    let mut rest = html;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary_at(CHUNK));
        rest = after;
        let before = sink(&parser).events.get();
        parser.process(StrTendril::from_slice(chunk));
        let tree = sink(&parser);
        if tree.events.get() == before {
            // Inside one tag or comment: attributes become visible only at its end.
            silent += chunk.len();
            silent_cost += silent / 2;
        } else {
            silent = 0;
        }
        let cost = attribute_cost.get() + silent_cost * CHUNK / 2;
        if tree.depth.get() > DEPTH
            || tree.elements.get() > 4 * tags + 1024
            || silent > LONGEST_TAG
            || cost > ATTRIBUTE_COST
            || tree.searched.get() > SEARCH_COST
        {
            return false;
        }
    }
    true
}

trait CharBoundary {
    fn floor_char_boundary_at(&self, index: usize) -> usize;
}

impl CharBoundary for str {
    /// The last boundary at or before `index`, but not 0 while there is something left.
    fn floor_char_boundary_at(&self, index: usize) -> usize {
        if index >= self.len() {
            return self.len();
        }
        (1..=index)
            .rev()
            .find(|&i| self.is_char_boundary(i))
            .unwrap_or(self.len())
    }
}
