//! From dirty to clean.

#![forbid(unsafe_code)]

use std::borrow::Cow;

use super::fast::{self, Scan};
use super::policy::Policy;
use super::{context, cost};
use crate::guard::guard;

/// Benign HTML settles after one pass, nearly all hostile HTML after two.
const PASSES: usize = 5;

/// The clean form of `dirty`: `clean(clean(x)) == clean(x)`. `None`: the text is its own clean form. What
/// cannot be made safe is shown as text.
pub fn clean(policy: &Policy, dirty: &str) -> Option<String> {
    let scanned = guard(|| Ok(fast::scan(&policy.shapes, &policy.rules, dirty)));
    match scanned.unwrap_or(Scan::GivenUp) {
        Scan::Same => None,
        Scan::Changed(html) => Some(html),
        Scan::GivenUp => Some(parsed(policy, dirty, true)),
    }
}

/// The same by the parser alone.
pub fn slow(policy: &Policy, dirty: &str) -> String {
    parsed(policy, dirty, false)
}

fn parsed(policy: &Policy, dirty: &str, scanned: bool) -> String {
    if is_clean_text(dirty) {
        return dirty.to_owned();
    }
    // A panic of the parser must not lose the answer: text is always safe.
    let settled = guard(|| Ok(settle(policy, dirty, scanned))).unwrap_or(None);
    settled.unwrap_or_else(|| escape(dirty))
}

/// With `scanned`, what a pass gives is looked at by the scan, which knows the end of the passes that
/// would follow.
fn settle(policy: &Policy, dirty: &str, scanned: bool) -> Option<String> {
    let uncommented = if scanned {
        without_first_comments(dirty)
    } else {
        Cow::Borrowed(dirty)
    };
    let html = fixpoint(policy, &uncommented, scanned)?;
    if !policy.check_contexts || !context::has_hazards(&html) || context::holds(&policy.rules, &html) {
        return Some(html);
    }
    // Only the tags that mean another thing elsewhere are shown as text.
    let html = fixpoint(policy, &context::show_hazards(&html), scanned)?;
    (!context::has_hazards(&html) || context::holds(&policy.rules, &html)).then_some(html)
}

fn fixpoint(policy: &Policy, dirty: &str, scanned: bool) -> Option<String> {
    // Formatting elements that are opened again and again make much of little.
    // A quote becomes six bytes, and each tag gets what the policy writes.
    let tags = memchr::memchr_iter(b'<', dirty.as_bytes()).count();
    let limit = 6 * dirty.len() + tags * policy.shapes.longest_suffix() + 4096;
    let mut before = dirty.to_owned();
    for _ in 0..=PASSES {
        if before.len() > limit || !cost::affordable(&before) {
            return None;
        }
        let html = pass(policy, &before);
        // Without a tag the parser sees text, and the serializer has written it; it drops one mark of byte
        // order at the start each time, and reads a carriage return (from `&#13;`) as a line feed.
        if html == before || !html.contains(['<', '\u{feff}', '\r']) {
            return Some(html);
        }
        if scanned {
            match fast::scan(&policy.shapes, &policy.rules, &html) {
                Scan::Same => return Some(html),
                Scan::Changed(html) => return Some(html),
                Scan::GivenUp => {}
            }
        }
        before = html;
    }
    None
}

/// `dirty` without the comments that stand before its first tag: the parser takes longest for those, and
/// they are the only markup that can be found without it (WHATWG HTML, 13.2.5.43 to 52).
fn without_first_comments(dirty: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut rest = dirty;
    while let Some(start) = rest.find('<').filter(|start| rest[*start..].starts_with("<!--")) {
        // A reference or a line break that the comment parts would become another one.
        if rest[..start].contains(['&', '\r']) {
            return Cow::Borrowed(dirty);
        }
        kept.push_str(&rest[..start]);
        let comment = &rest[start + 4..];
        let ends = [">", "->"].iter().find(|end| comment.starts_with(**end));
        let end = match ends {
            Some(end) => end.len(),
            None => comment_end(comment),
        };
        rest = &comment[end..];
        // At the start of the input it would be dropped, here it is text.
        if rest.starts_with('\u{feff}') {
            return Cow::Borrowed(dirty);
        }
    }
    if rest.len() == dirty.len() {
        return Cow::Borrowed(dirty);
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

fn comment_end(comment: &str) -> usize {
    let mut from = 0;
    while let Some(at) = comment[from..].find("--") {
        let after = &comment[from + at + 2..];
        if after.starts_with('>') {
            return from + at + 3;
        }
        if after.starts_with("!>") {
            return from + at + 4;
        }
        from += at + 1;
    }
    comment.len()
}

fn pass(policy: &Policy, html: &str) -> String {
    let html = keep_leading_newlines(policy.builder.clean(html).to_string());
    if policy.rules.tags.contains("iframe") {
        empty_frames(html)
    } else {
        html
    }
}

/// The content of an `iframe` is shown by no browser, and in foreign content it would be markup.
fn empty_frames(html: String) -> String {
    if !html.contains("<iframe") {
        return html;
    }
    let mut result = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some(start) = rest.find("<iframe") {
        let end = start + tag_length(&rest[start..]);
        result.push_str(&rest[..end]);
        rest = &rest[end..];
        rest = &rest[rest.find("</iframe").unwrap_or(rest.len())..];
    }
    result.push_str(rest);
    result
}

/// The parser drops a line break right after `<pre>`, so one that belongs to the text has to be written
/// twice; the serializer of the standard does not, and each pass would eat another line.
fn keep_leading_newlines(html: String) -> String {
    let breaks = |tag: &str| html.contains(tag);
    if !breaks("<pre") && !breaks("<textarea") {
        return html;
    }
    let mut result = String::with_capacity(html.len() + 16);
    let mut rest = html.as_str();
    while let Some(start) = rest.find("<pre").into_iter().chain(rest.find("<textarea")).min() {
        let end = start + tag_length(&rest[start..]);
        result.push_str(&rest[..end]);
        rest = &rest[end..];
        let name_ends = matches!(
            result[result.len() - (end - start)..]
                .trim_start_matches("<pre")
                .trim_start_matches("<textarea")
                .as_bytes()
                .first(),
            Some(b'>' | b' ')
        );
        if name_ends && rest.starts_with('\n') {
            result.push('\n');
        }
    }
    result.push_str(rest);
    result
}

/// The bytes of a serialized tag: attribute values stand in double quotes, so a `>` inside is skipped.
fn tag_length(html: &str) -> usize {
    let mut quoted = false;
    for (i, byte) in html.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return i + 1,
            _ => {}
        }
    }
    html.len()
}

/// Whether `html` is text that the serializer has written already, so that no pass would change it. This
/// makes what [`escape`] gives settle, however long it is.
fn is_clean_text(html: &str) -> bool {
    let bytes = html.as_bytes();
    !html.starts_with('\u{feff}')
        && !html.contains('\u{a0}')
        && bytes.iter().enumerate().all(|(i, byte)| match byte {
            b'<' | b'>' | b'\r' | b'\0' => false,
            b'&' => ENTITIES
                .iter()
                .any(|entity| bytes[i..].starts_with(entity.as_bytes())),
            _ => true,
        })
}

const ENTITIES: [&str; 4] = ["&amp;", "&lt;", "&gt;", "&nbsp;"];

/// Markup shown as text, exactly as the serializer writes text.
pub fn escape(dirty: &str) -> String {
    let text = dirty.trim_start_matches('\u{feff}');
    let mut result = String::with_capacity(text.len() + text.len() / 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '\u{a0}' => result.push_str("&nbsp;"),
            '\0' => {}
            '\r' => {
                characters.next_if_eq(&'\n');
                result.push('\n');
            }
            other => result.push(other),
        }
    }
    result
}
