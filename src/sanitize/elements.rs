//! What is known about elements before any policy speaks.

#![forbid(unsafe_code)]

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
pub const DROPPED_WITH_CONTENT: &[&str] = &[
    "iframe", "math", "noembed", "noframes", "noscript", "script", "style", "svg", "template",
];

/// Elements whose content is read by the same rules in every place, and that keep their name there. With
/// any other one allowed, every result is checked in all places.
const SAFE_ANYWHERE: &str = "a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code \
    col colgroup data dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 \
    h5 h6 header hgroup hr i img ins kbd li main map area mark meter nav ol p picture pre progress q \
    rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot \
    th thead time tr track tt u ul var video wbr";

/// Whether an element can be nothing else anywhere.
pub fn is_safe_anywhere(tag: &str) -> bool {
    SAFE_ANYWHERE.split(' ').any(|name| name == tag)
}
