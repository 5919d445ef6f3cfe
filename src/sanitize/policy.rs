//! A policy: what is allowed, compiled once.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::sync::Arc;

use ammonia::{Builder, UrlRelative};

use super::elements::{DROPPED_WITH_CONTENT, NEVER, is_safe_anywhere};
use super::rules::Rules;
use super::shape::Shapes;
use crate::code::Code;
use crate::fault::Fault;

/// Allowed styles: by element, by property, patterns of values.
pub type Styles = Vec<(String, Vec<(String, Vec<String>)>)>;

/// What JavaScript hands over; names are lower-case and already checked there.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub tags: Vec<String>,
    /// Per element, or `*` for every one; a trailing `*` in a name stands for any rest.
    pub attributes: Vec<(String, Vec<String>)>,
    pub schemes: Vec<String>,
    /// `None`: every host. `*.example.com` means every name below it.
    pub hosts: Option<Vec<String>>,
    /// Per element, or `*`; a trailing `*` in a class stands for any rest.
    pub classes: Vec<(String, Vec<String>)>,
    /// Per element, or `*`: properties, and the patterns of their values.
    pub styles: Styles,
    /// Other rules for some URLs.
    pub urls: Vec<UrlPlan>,
    pub rel: Option<String>,
    pub target: Option<String>,
    pub relative: bool,
    /// Whether `//host/path` may stand.
    pub protocol_relative: bool,
}

/// Rules for the URLs in one attribute; what is absent is as in the policy.
#[derive(Clone, Debug, Default)]
pub struct UrlPlan {
    /// `tag`, `tag.attribute` or `*.attribute`.
    pub at: String,
    pub schemes: Option<Vec<String>>,
    pub hosts: Option<Vec<String>>,
    pub relative: Option<bool>,
}

/// A compiled policy.
pub struct Policy {
    pub rules: Arc<Rules>,
    pub(super) builder: Builder<'static>,
    pub(super) shapes: Shapes,
    /// Whether results must be checked in every place.
    pub(super) check_contexts: bool,
}

impl Policy {
    /// # Errors
    /// `ERR_HAUBERK_SANITIZE_POLICY` for an element that cannot be allowed, and a pattern that cannot be
    /// matched in linear time.
    pub fn new(plan: &Plan) -> Result<Policy, Fault> {
        if let Some(tag) = plan.tags.iter().find(|tag| NEVER.contains(&tag.as_str())) {
            // Safe to repeat: it is one of our own constants.
            return Err(Fault::new(
                Code::SanitizePolicy,
                format!("the element {tag} cannot be allowed safely"),
            ));
        }
        let rules = Arc::new(Rules::new(plan)?);
        Ok(Policy {
            builder: builder(&rules),
            shapes: Shapes::new(&rules),
            check_contexts: rules.tags.iter().any(|tag| !is_safe_anywhere(tag)),
            rules,
        })
    }
}

/// What ammonia asks for by name; the filter then decides about each value.
fn builder(rules: &Arc<Rules>) -> Builder<'static> {
    let mut attributes = rules.attributes.clone();
    let mut generic = attributes.remove("*").unwrap_or_default();
    let classes = rules.classes.keys().map(|tag| (*tag, "class"));
    let styles = rules.styles.keys().map(|tag| (*tag, "style"));
    for (tag, name) in classes.chain(styles) {
        match tag {
            "*" => generic.insert(name),
            tag => attributes.entry(tag).or_default().insert(name),
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
        .generic_attribute_prefixes(rules.all_prefixes().collect::<HashSet<_>>())
        .url_schemes(rules.all_schemes())
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
