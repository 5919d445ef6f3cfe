//! The decisions of a policy: for ammonia's filter, for the scan, and for the check of the result.

#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use once_cell::sync::Lazy;

use super::policy::{Plan, UrlPlan};
use super::style::Styles;
use super::url::{self, UrlRule};
use super::{srcset, style};
use crate::fault::Fault;

pub struct Rules {
    pub tags: HashSet<&'static str>,
    pub attributes: HashMap<&'static str, HashSet<&'static str>>,
    /// Starts of names, such as `data-`, per element or `*`.
    prefixes: HashMap<&'static str, Vec<&'static str>>,
    pub classes: HashMap<&'static str, Vec<String>>,
    pub styles: HashMap<&'static str, Styles>,
    /// For every URL that has no rule of its own.
    urls: UrlRule,
    /// By `tag.attribute`, `tag` or `*.attribute`: the first that is there decides.
    own_urls: HashMap<String, UrlRule>,
    pub rel: Option<&'static str>,
    pub target: Option<&'static str>,
}

impl Rules {
    /// # Errors
    /// `ERR_HAUBERK_SANITIZE_POLICY` for a pattern of a style that cannot be matched in linear time.
    pub fn new(plan: &Plan) -> Result<Rules, Fault> {
        let mut attributes: HashMap<&'static str, HashSet<&'static str>> = HashMap::new();
        let mut prefixes: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for (tag, names) in &plan.attributes {
            for name in names {
                match name.strip_suffix('*') {
                    Some(start) => prefixes.entry(intern(tag)).or_default().push(intern(start)),
                    None => drop(attributes.entry(intern(tag)).or_default().insert(intern(name))),
                }
            }
        }
        let mut styles = HashMap::new();
        for (tag, properties) in &plan.styles {
            styles.insert(intern(tag), Styles::new(properties)?);
        }
        Ok(Rules {
            tags: plan.tags.iter().map(|name| intern(name)).collect(),
            attributes,
            prefixes,
            classes: plan
                .classes
                .iter()
                .map(|(tag, names)| (intern(tag), names.clone()))
                .collect(),
            styles,
            urls: UrlRule::new(plan, &UrlPlan::default()),
            own_urls: plan
                .urls
                .iter()
                .map(|own| (own.at.clone(), UrlRule::new(plan, own)))
                .collect(),
            rel: plan.rel.as_deref().map(intern),
            target: plan.target.as_deref().map(intern),
        })
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
        if name == "style" {
            return style::filter(self.styles_of(tag), value).map(Cow::Owned);
        }
        if !self.listed(tag, name) {
            return if name == "class" {
                self.class(tag, value)
            } else {
                None
            };
        }
        if srcset::is_srcset(name) {
            return srcset::filter(self.url_rule(tag, name), value).map(Cow::Owned);
        }
        if url::is_url(name) && !self.url_rule(tag, name).allows(value) {
            return None;
        }
        Some(Cow::Borrowed(value))
    }

    fn styles_of<'r>(&'r self, tag: &str) -> impl Iterator<Item = &'r Styles> + Clone + use<'r> {
        [self.styles.get(tag), self.styles.get("*")].into_iter().flatten()
    }

    /// The rule for the URLs in an attribute.
    pub fn url_rule(&self, tag: &str, name: &str) -> &UrlRule {
        if self.own_urls.is_empty() {
            return &self.urls;
        }
        [format!("{tag}.{name}"), tag.to_owned(), format!("*.{name}")]
            .iter()
            .find_map(|key| self.own_urls.get(key))
            .unwrap_or(&self.urls)
    }

    /// Whether an attribute is named in the policy, by itself or by how it starts.
    pub fn listed(&self, tag: &str, name: &str) -> bool {
        [tag, "*"].iter().any(|key| {
            self.attributes.get(key).is_some_and(|names| names.contains(name))
                || self
                    .prefixes
                    .get(key)
                    .is_some_and(|starts| starts.iter().any(|start| name.starts_with(start)))
        })
    }

    /// The names that ammonia lets its filter see, for one element.
    pub fn known_attributes(&self, tag: &str) -> impl Iterator<Item = &'static str> {
        let mut names: HashSet<&'static str> = HashSet::new();
        for key in [tag, "*"] {
            names.extend(self.attributes.get(key).into_iter().flatten());
            names.extend(self.classes.contains_key(key).then_some("class"));
            names.extend(self.styles.contains_key(key).then_some("style"));
        }
        names.into_iter()
    }

    /// All starts of names: ammonia knows them for all elements alike.
    pub fn all_prefixes(&self) -> impl Iterator<Item = &'static str> {
        self.prefixes.values().flatten().copied()
    }

    /// All schemes that stand anywhere; each attribute is judged again by its own.
    pub fn all_schemes(&self) -> HashSet<&'static str> {
        let rules = self.own_urls.values().chain([&self.urls]);
        rules
            .flat_map(|rule| rule.schemes.iter())
            .map(|name| intern(name))
            .collect()
    }

    fn class<'v>(&self, tag: &str, value: &'v str) -> Option<Cow<'v, str>> {
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
