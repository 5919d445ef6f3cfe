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

use super::model::{self, Weight};
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
        && (tags == 0
            || (tags <= FEW_TAGS && separators <= FEW_SEPARATORS)
            || is_light(html, tags)
            || probe(html, tags))
}

/// Elements that the parser may make of this many tags.
fn most_elements(tags: usize) -> usize {
    4 * tags + 1024
}

/// Whether [`probe`] would say yes, where that can be known without a parse.
fn is_light(html: &str, tags: usize) -> bool {
    let most = Weight {
        elements: most_elements(tags),
        depth: DEPTH,
        searched: SEARCH_COST,
        attributes: FEW_SEPARATORS,
    };
    model::weigh(html, most)
        .is_some_and(|found| found.attributes * found.attributes * found.elements <= ATTRIBUTE_COST)
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
            || tree.elements.get() > most_elements(tags)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERYTHING: Weight = Weight {
        elements: usize::MAX,
        depth: u32::MAX,
        searched: usize::MAX,
        attributes: usize::MAX,
    };

    /// Elements, depth and searched siblings, as the parser makes them.
    fn parsed(html: &str) -> (usize, u32, usize) {
        let tree = Tree::new(Box::new(|_, _| {}));
        let context = QualName::new(None, ns!(html), local_name!("div"));
        let tree = parse_fragment(tree, ParseOpts::default(), context, vec![], false).one(html);
        (tree.elements.get(), tree.depth.get(), tree.searched.get())
    }

    fn modelled(html: &str) -> Option<(usize, u32, usize)> {
        model::weigh(html, EVERYTHING).map(|found| (found.elements, found.depth, found.searched))
    }

    fn piece() -> impl Strategy<Value = String> {
        // Those that meet most often stand more than once.
        const NAMES: &[&str] = &[
            "b",
            "b",
            "i",
            "i",
            "u",
            "a",
            "a",
            "p",
            "p",
            "p",
            "div",
            "div",
            "ul",
            "li",
            "li",
            "ol",
            "h1",
            "h2",
            "dd",
            "dt",
            "dl",
            "span",
            "sub",
            "blockquote",
            "address",
            "code",
            "em",
            "strong",
            "br",
            "hr",
            "img",
            "pre",
            "font",
            "B",
            "P",
            "table",
            "button",
        ];
        let name = proptest::sample::select(NAMES);
        let attributes =
            proptest::sample::select(&["", "", "", " ", " x=1", " href=\"y\"", " title=\"<b\"", "/"][..]);
        prop_oneof![
            4 => (name.clone(), attributes).prop_map(|(name, attributes)| format!("<{name}{attributes}>")),
            4 => name.prop_map(|name| format!("</{name}>")),
            2 => proptest::sample::select(&["x", " ", "\n", "&amp;", "< ", "\u{a0}"][..]).prop_map(str::to_owned),
        ]
    }

    /// The model answers most of these, and what it counts is what the parser made.
    #[test]
    fn model_counts_as_the_parser() {
        let answered = Cell::new(0);
        let strategy = proptest::collection::vec(piece(), 1..80).prop_map(|pieces| pieces.concat());
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(20_000));
        let done = runner.run(&strategy, |html| {
            if let Some(found) = modelled(&html) {
                answered.set(answered.get() + 1);
                prop_assert_eq!(found, parsed(&html));
            }
            Ok(())
        });
        assert!(done.is_ok(), "{done:?}");
        assert!(answered.get() > 1000, "{} answers", answered.get());
    }

    #[test]
    fn model_answers_for_what_is_only_misnested() {
        for html in [
            "<b><p></b></p>",
            "<a href=x>y",
            "<p>x<li>y",
            "<i><div><b></i></b></div>z",
        ] {
            let html = html.repeat(100);
            assert_eq!(modelled(&html), Some(parsed(&html)), "{html}");
        }
        for html in [
            "<table><b>x",
            "<b><!-- -->",
            "<svg><b>",
            "<b title=\">\">",
            "<pre>\n",
            "\u{feff}<b>",
            "<b>\0",
            "</br>",
            "<u><B><b><B><b ></u><span>",
        ] {
            assert_eq!(modelled(html), None, "{html}");
        }
    }
}
