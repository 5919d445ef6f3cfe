//! Whether a result stays inside its policy wherever it is put.

#![forbid(unsafe_code)]

use std::cell::Cell;

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, Namespace, ParseOpts, QualName, local_name, ns, parse_fragment};

use super::policy::Rules;
use super::tree::Tree;

/// What the parser adds by itself, without attributes: it needs no permission.
const IMPLIED: &[&str] = &["html", "head", "body", "colgroup", "tbody", "tr"];

/// Whether every element and attribute that `html` yields is allowed, when it is parsed as the content
/// of a `div`, `table`, `select`, `svg`, `math`, `template` or `noscript`, with scripting on and off.
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
            // With scripting on, a noscript has text alone, and whatever ends it ends up outside.
            let raw = scripting && name == local_name!("noscript");
            !raw && holds_in(rules, html, (namespace.clone(), name.clone()), scripting)
                || raw && !html.to_ascii_lowercase().contains("</noscript")
        })
    })
}

fn holds_in(
    rules: &Rules,
    html: &str,
    (namespace, name): (Namespace, html5ever::LocalName),
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
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: scripting,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    let place = QualName::new(None, namespace, name);
    parse_fragment(tree, options, place, vec![], scripting).one(html);
    inside.get()
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
