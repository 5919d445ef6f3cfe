//! Whether a result stays inside its policy wherever it is put.

#![forbid(unsafe_code)]

use std::cell::Cell;

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{
    Attribute, LocalName, Namespace, ParseOpts, QualName, local_name, ns, parse_document, parse_fragment,
};

use super::elements::is_safe_anywhere;
use super::rules::Rules;
use super::tree::Tree;

/// What the parser adds by itself, without attributes: it needs no permission.
const IMPLIED: &[&str] = &["html", "head", "body", "colgroup", "tbody", "tr"];

/// Whether every element and attribute that `html` yields is allowed, when it is parsed as the content of a
/// `div`, `table`, `select`, `svg`, `math`, `template` or `noscript`, as a fragment and as a part of a
/// document, with scripting on and off.
pub fn holds(rules: &Rules, html: &str) -> bool {
    let places = [
        (ns!(html), local_name!("div")),
        (ns!(html), local_name!("table")),
        (ns!(html), local_name!("select")),
        (ns!(html), local_name!("template")),
        (ns!(html), local_name!("noscript")),
        (ns!(svg), local_name!("svg")),
        (ns!(mathml), local_name!("math")),
    ];
    places.into_iter().all(|(namespace, name)| {
        [true, false].into_iter().all(|scripting| {
            holds_as_fragment(rules, html, namespace.clone(), &name, scripting)
                && holds_in_document(rules, html, &name, scripting)
        })
    })
}

fn holds_as_fragment(
    rules: &Rules,
    html: &str,
    namespace: Namespace,
    name: &LocalName,
    scripting: bool,
) -> bool {
    let inside = Cell::new(true);
    // The parser creates the place itself, and a root for the fragment, before it reads anything.
    let given = Cell::new(2);
    let tree = Tree::new(Box::new(|name, attributes| {
        if given.get() > 0 {
            given.set(given.get() - 1);
        } else if !allowed(rules, name, attributes) {
            inside.set(false);
        }
    }));
    let place = QualName::new(None, namespace, name.clone());
    parse_fragment(tree, options(scripting), place, vec![], scripting).one(html);
    inside.get()
}

fn holds_in_document(rules: &Rules, html: &str, place: &LocalName, scripting: bool) -> bool {
    let inside = Cell::new(true);
    let tree = Tree::new(Box::new(|name, attributes| {
        let given = name.local == *place && attributes.is_empty();
        if !given && !allowed(rules, name, attributes) {
            inside.set(false);
        }
    }));
    let page = format!("<!doctype html><body><{place}>{html}</{place}>");
    parse_document(tree, options(scripting)).one(page);
    inside.get()
}

fn options(scripting: bool) -> ParseOpts {
    ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: scripting,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    }
}

fn allowed(rules: &Rules, name: &QualName, attributes: &[Attribute]) -> bool {
    let tag: &str = &name.local;
    if !rules.tags.contains(tag) {
        return attributes.is_empty() && IMPLIED.contains(&tag);
    }
    attributes.iter().all(|attribute| {
        let kept = rules.attribute(tag, &attribute.name.local, &attribute.value);
        kept.is_some_and(|value| *value == *attribute.value)
    })
}

/// Whether a serialized text has a tag that is read differently in another place. Without one, nothing is:
/// each `<` starts a tag, so whatever a place makes a tokenizer do, it finds these tags or fewer.
pub fn has_hazards(html: &str) -> bool {
    memchr::memchr_iter(b'<', html.as_bytes()).any(|at| !is_safe_anywhere(name_at(&html[at..])))
}

/// The name in the tag that starts `html`.
fn name_at(html: &str) -> &str {
    let name = html.trim_start_matches(['<', '/']);
    &name[..name.find([' ', '>']).unwrap_or(name.len())]
}

/// `html` with every tag that is read differently in another place written as text. A serialized text has
/// a `<` only where a tag starts, and a `>` only where one ends.
pub fn show_hazards(html: &str) -> String {
    let mut result = String::with_capacity(html.len() + 64);
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = rest[start..]
            .find('>')
            .map_or(rest.len(), |length| start + length + 1);
        let tag = &rest[start..end];
        result.push_str(&rest[..start]);
        if is_safe_anywhere(name_at(tag)) {
            result.push_str(tag);
        } else {
            let text = tag
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            result.push_str(&text);
        }
        rest = &rest[end..];
    }
    result.push_str(rest);
    result
}
