//! `srcset`: a list of URLs (WHATWG HTML, 4.8.4.3.10), each judged by itself.

#![forbid(unsafe_code)]

use super::url::UrlRule;

/// Whether the attribute holds such a list.
pub fn is_srcset(attribute: &str) -> bool {
    matches!(attribute, "srcset" | "imagesrcset")
}

/// The candidates that may stay, written in one way; `None` where there is none.
pub fn filter(rule: &UrlRule, value: &str) -> Option<String> {
    let mut kept: Vec<String> = vec![];
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        let plain = url.trim_end_matches(',');
        let (descriptor, after) = if plain.len() < url.len() {
            ("", after)
        } else {
            let end = after.find(',').unwrap_or(after.len());
            (after[..end].trim_ascii(), &after[end..])
        };
        rest = after;
        if is_descriptor(descriptor) && rule.allows(plain) {
            kept.push(format!("{plain} {descriptor}").trim_end().to_owned());
        }
    }
    (!kept.is_empty()).then(|| kept.join(", "))
}

/// Nothing, or a number with its unit: `480w`, `2x`, `1.5x`.
fn is_descriptor(text: &str) -> bool {
    let Some(number) = text.strip_suffix(['w', 'x', 'h']) else {
        return text.is_empty();
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part)
}
