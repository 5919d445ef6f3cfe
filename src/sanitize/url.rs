//! Whether a URL may stand in an attribute.

#![forbid(unsafe_code)]

use ammonia::Url;
use ammonia::url::ParseError;
use once_cell::sync::Lazy;

use super::policy::Rules;

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

/// Decides by the WHATWG URL parser, the same that browsers have:
///
/// 1. An absolute URL needs an allowed scheme, and an allowed host where it has one.
/// 2. `//host/path` (also `/\host`, and with tabs or line breaks in between) is https to that host.
/// 3. Any other relative URL is allowed where the policy allows relative ones.
/// 4. What does not parse is not allowed.
pub fn allows(rules: &Rules, value: &str) -> bool {
    match Url::parse(value) {
        Ok(url) => rules.schemes.contains(url.scheme()) && host_allowed(rules, &url),
        Err(ParseError::RelativeUrlWithoutBase) => match BASE.join(value) {
            Ok(url) if url.host_str() == BASE.host_str() => rules.relative,
            Ok(url) => rules.schemes.contains("https") && host_allowed(rules, &url),
            Err(_) => false,
        },
        Err(_) => false,
    }
}

fn host_allowed(rules: &Rules, url: &Url) -> bool {
    let (Some(hosts), Some(host)) = (&rules.hosts, url.host_str()) else {
        return true;
    };
    hosts.iter().any(|allowed| match allowed.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|name| name.ends_with('.')),
        None => host == allowed,
    })
}
