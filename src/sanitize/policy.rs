//! A policy: what is allowed, compiled once.

#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ammonia::{Builder, UrlRelative};
use once_cell::sync::Lazy;

use super::url;
use crate::code::Code;
use crate::fault::Fault;

/// Elements that no policy may allow: they run code, load or rewrite the page, or cannot be shown
/// safely in every place (their content is raw text, or lives outside the tree).
pub const NEVER: &[&str] = &[
    "applet",
    "base",
    "body",
    "embed",
    "frame",
    "frameset",
    "head",
    "html",
    "link",
    "listing",
    "meta",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "param",
    "plaintext",
    "script",
    "style",
    "template",
    "xmp",
];

/// Elements whose content is dropped with them: it was never meant to be read.
const DROPPED_WITH_CONTENT: &[&str] = &[
    "iframe", "math", "noembed", "noframes", "noscript", "script", "style", "svg", "template",
];

/// Elements whose content is parsed by rules that differ between places: with one of these allowed,
/// every result is checked in all of them. An element that is not of HTML belongs here too.
const SAFE_ANYWHERE: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "map",
    "area",
    "mark",
    "meter",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// What JavaScript hands over; names are lower-case and already checked there.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub tags: Vec<String>,
    /// Per element, or `*` for every one.
    pub attributes: Vec<(String, Vec<String>)>,
    pub schemes: Vec<String>,
    /// `None`: every host. `*.example.com` means every name below it.
    pub hosts: Option<Vec<String>>,
    /// Per element, or `*`; a trailing `*` in a class stands for any rest.
    pub classes: Vec<(String, Vec<String>)>,
    pub rel: Option<String>,
    pub target: Option<String>,
    pub relative: bool,
}

/// The decisions of a policy, for ammonia's filter and for the check of its result.
pub struct Rules {
    pub tags: HashSet<&'static str>,
    pub attributes: HashMap<&'static str, HashSet<&'static str>>,
    pub schemes: HashSet<&'static str>,
    pub hosts: Option<Vec<String>>,
    pub classes: HashMap<&'static str, Vec<String>>,
    pub rel: Option<&'static str>,
    pub target: Option<&'static str>,
    pub relative: bool,
}

/// A compiled policy.
pub struct Policy {
    pub rules: Arc<Rules>,
    pub(super) builder: Builder<'static>,
    /// Whether results must be checked in every place.
    pub(super) check_contexts: bool,
}

impl Policy {
    /// # Errors
    /// `ERR_HAUBERK_SANITIZE_POLICY` for an element that cannot be allowed.
    pub fn new(plan: &Plan) -> Result<Policy, Fault> {
        if let Some(tag) = plan.tags.iter().find(|tag| NEVER.contains(&tag.as_str())) {
            // Safe to repeat: it is one of our own constants.
            return Err(Fault::new(
                Code::SanitizePolicy,
                format!("the element {tag} cannot be allowed safely"),
            ));
        }
        let rules = Arc::new(Rules::new(plan));
        let check_contexts = rules.tags.iter().any(|tag| !SAFE_ANYWHERE.contains(tag));
        Ok(Policy {
            builder: builder(&rules),
            rules,
            check_contexts,
        })
    }
}

impl Rules {
    fn new(plan: &Plan) -> Rules {
        Rules {
            tags: set(&plan.tags),
            attributes: plan
                .attributes
                .iter()
                .map(|(tag, names)| (intern(tag), set(names)))
                .collect(),
            schemes: set(&plan.schemes),
            hosts: plan.hosts.clone(),
            classes: plan
                .classes
                .iter()
                .map(|(tag, names)| (intern(tag), names.clone()))
                .collect(),
            rel: plan.rel.as_deref().map(intern),
            target: plan.target.as_deref().map(intern),
            relative: plan.relative,
        }
    }

    /// What becomes of an attribute: `None` drops it.
    pub fn attribute<'v>(&self, tag: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
        if tag == "a" {
            for (own, set) in [("rel", self.rel), ("target", self.target)] {
                if let Some(set) = set.filter(|_| own == name) {
                    return (value == set).then_some(Cow::Borrowed(value));
                }
            }
        }
        if !self.listed(tag, name) {
            return if name == "class" {
                self.classes(tag, value)
            } else {
                None
            };
        }
        if url::is_url(name) && !url::allows(self, value) {
            return None;
        }
        Some(Cow::Borrowed(value))
    }

    fn listed(&self, tag: &str, name: &str) -> bool {
        [tag, "*"]
            .iter()
            .any(|key| self.attributes.get(key).is_some_and(|names| names.contains(name)))
    }

    fn classes<'v>(&self, tag: &str, value: &'v str) -> Option<Cow<'v, str>> {
        let allowed = |class: &&str| {
            [tag, "*"]
                .iter()
                .filter_map(|key| self.classes.get(key))
                .flatten()
                .any(|pattern| match pattern.strip_suffix('*') {
                    Some(start) => class.starts_with(start),
                    None => class == pattern,
                })
        };
        let kept: Vec<&str> = value.split_ascii_whitespace().filter(allowed).collect();
        (!kept.is_empty()).then(|| Cow::Owned(kept.join(" ")))
    }
}

fn builder(rules: &Arc<Rules>) -> Builder<'static> {
    let mut attributes = rules.attributes.clone();
    let mut generic = attributes.remove("*").unwrap_or_default();
    for tag in rules.classes.keys() {
        match *tag {
            "*" => generic.insert("class"),
            tag => attributes.entry(tag).or_default().insert("class"),
        };
    }
    // ammonia asserts that a dropped element has no attributes listed, and so would a test.
    attributes.retain(|tag, _| rules.tags.contains(tag));
    let dropped = DROPPED_WITH_CONTENT.iter().copied();
    let mut builder = Builder::empty();
    builder
        .tags(rules.tags.clone())
        .clean_content_tags(dropped.filter(|tag| !rules.tags.contains(tag)).collect())
        .tag_attributes(attributes)
        .generic_attributes(generic)
        .url_schemes(rules.schemes.clone())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(rules.rel)
        .strip_comments(true);
    if let Some(target) = rules.target {
        builder.set_tag_attribute_value("a", "target", target);
    }
    let rules = Arc::clone(rules);
    builder.attribute_filter(move |tag, name, value| rules.attribute(tag, name, value));
    builder
}

fn set(names: &[String]) -> HashSet<&'static str> {
    names.iter().map(|name| intern(name)).collect()
}

/// The builder borrows its names, so they live as long as the process. Each distinct one is kept once:
/// policies come from the program, not from requests.
fn intern(name: &str) -> &'static str {
    static NAMES: Lazy<Mutex<HashSet<&'static str>>> = Lazy::new(Mutex::default);
    // A panic while the lock is held leaves the set whole: it is only looked up and extended.
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}
