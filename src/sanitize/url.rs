//! Whether a URL may stand in an attribute.

#![forbid(unsafe_code)]

use ammonia::Url;
use ammonia::url::ParseError;
use once_cell::sync::Lazy;

use super::policy::{Plan, UrlPlan};

/// What relative URLs are resolved against to see whether they stay on their host. The name cannot
/// exist (RFC 6761, section 6.4).
static BASE: Lazy<Url> =
    Lazy::new(|| Url::parse("https://relative.invalid/").expect("the base is a well-formed URL"));

/// The attributes that hold one URL, on whatever element they stand.
const URL_ATTRIBUTES: &[&str] = &[
    "action",
    "background",
    "cite",
    "code",
    "codebase",
    "data",
    "formaction",
    "href",
    "icon",
    "longdesc",
    "manifest",
    "poster",
    "profile",
    "src",
    "usemap",
];

/// Whether the attribute holds a URL.
pub fn is_url(attribute: &str) -> bool {
    URL_ATTRIBUTES.contains(&attribute)
}

/// What URLs an attribute may hold.
#[derive(Clone)]
pub struct UrlRule {
    pub schemes: Vec<String>,
    hosts: Option<Vec<String>>,
    relative: bool,
    protocol_relative: bool,
}

impl UrlRule {
    /// `own` where it says something, else the policy.
    pub fn new(plan: &Plan, own: &UrlPlan) -> UrlRule {
        UrlRule {
            schemes: own.schemes.clone().unwrap_or_else(|| plan.schemes.clone()),
            hosts: own.hosts.clone().or_else(|| plan.hosts.clone()),
            relative: own.relative.unwrap_or(plan.relative),
            protocol_relative: plan.protocol_relative,
        }
    }

    /// Decides by the WHATWG URL parser, the same that browsers have:
    ///
    /// 1. An absolute URL needs an allowed scheme, and an allowed host where it has one.
    /// 2. `//host/path` (also `/\host`, and with tabs or line breaks in between) is https to that host.
    /// 3. Any other relative URL is allowed where the policy allows relative ones.
    /// 4. What does not parse is not allowed.
    pub fn allows(&self, value: &str) -> bool {
        match Url::parse(value) {
            Ok(url) => self.has_scheme(url.scheme()) && self.host_allowed(&url),
            Err(ParseError::RelativeUrlWithoutBase) => match BASE.join(value) {
                Ok(url) if url.host_str() == BASE.host_str() => self.relative,
                Ok(url) => self.protocol_relative && self.has_scheme("https") && self.host_allowed(&url),
                Err(_) => false,
            },
            Err(_) => false,
        }
    }

    /// Whether `value` is one of the URLs that need no parser: http or https to an ordinary host where
    /// every host is allowed, a path from the root, or a place in the page. `false` says nothing.
    pub fn plainly_allows(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        match bytes {
            [b'#', ..] => self.relative,
            [b'/', next, ..] => {
                self.relative
                    && !matches!(next, b'/' | b'\\')
                    && !bytes.iter().any(|byte| matches!(byte, b'\t' | b'\n'))
            }
            _ => {
                let (scheme, rest) = if let Some(rest) = value.strip_prefix("https://") {
                    ("https", rest)
                } else if let Some(rest) = value.strip_prefix("http://") {
                    ("http", rest)
                } else {
                    return false;
                };
                self.hosts.is_none() && self.has_scheme(scheme) && starts_with_plain_host(rest)
            }
        }
    }

    fn has_scheme(&self, scheme: &str) -> bool {
        self.schemes.iter().any(|allowed| allowed == scheme)
    }

    fn host_allowed(&self, url: &Url) -> bool {
        let (Some(hosts), Some(host)) = (&self.hosts, url.host_str()) else {
            return true;
        };
        hosts.iter().any(|allowed| match allowed.strip_prefix("*.") {
            Some(domain) => host.strip_suffix(domain).is_some_and(|name| name.ends_with('.')),
            None => host == allowed,
        })
    }
}

/// Whether a host of letters, digits and hyphens starts `rest`: every parser agrees about those. The last
/// label starts with a letter, or it could be an IPv4 address; `xn--` has rules of its own.
fn starts_with_plain_host(rest: &str) -> bool {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = &rest[..end];
    let mut last = "";
    for label in host.split('.') {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if label.is_empty() || label.starts_with("xn--") || !label.bytes().all(plain) {
            return false;
        }
        last = label;
    }
    last.starts_with(|first: char| first.is_ascii_lowercase())
}
