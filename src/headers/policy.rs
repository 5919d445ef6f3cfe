//! A whole Content-Security-Policy.

#![forbid(unsafe_code)]

use super::defaults::Directive;
use super::directive::{self, NONCE, fault};
use crate::fault::Fault;

/// One entry of a directive as the application gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Text(String),
    /// A value known only when a response is made: the number of a function, from 1.
    Hole(u32),
}

/// What the application says about one directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Set(Vec<Entry>),
    /// `null`: leave this default out.
    Remove,
    /// Leave `default-src` out, knowing what that means.
    RemoveDefaultSrc,
}

/// A piece of the finished policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    /// 0 is the response's nonce; others are the application's functions. The space before it is part
    /// of the hole, so that a hole may stay empty.
    Hole(u32),
}

/// Builds the policy.
///
/// 1. The defaults keep their order; a changed one keeps its place; new ones come last.
/// 2. Directives are joined by `;`, sources by one space, as helmet writes them.
/// 3. Without `upgrade`, `upgrade-insecure-requests` is left out.
///
/// # Errors
/// `ERR_HAUBERK_HEADERS_DIRECTIVE` for a bad name or source, a name given twice, a policy with no
/// directive, and one without `default-src` that does not say so.
pub fn build(
    defaults: &[Directive],
    changes: Vec<(String, Change)>,
    upgrade: bool,
) -> Result<Vec<Part>, Fault> {
    let mut directives: Vec<(String, Vec<Entry>)> = defaults
        .iter()
        .map(|(name, sources)| {
            let entries = sources.iter().map(|&text| Entry::Text(text.to_owned()));
            ((*name).to_owned(), entries.collect())
        })
        .collect();
    let open = apply(&mut directives, changes)?;
    if directives.is_empty() {
        return Err(fault(
            "",
            "would be empty; give a directive, or switch the header off with false",
        ));
    }
    if !open && !directives.iter().any(|(name, _)| name == "default-src") {
        return Err(fault(
            "default-src",
            "is missing; set it, or set it to dangerouslyDisableDefaultSrc if nothing shall be restricted",
        ));
    }
    if !upgrade {
        directives.retain(|(name, _)| name != "upgrade-insecure-requests");
    }
    Ok(write(&directives))
}

/// Answers whether `default-src` was left out on purpose.
fn apply(directives: &mut Vec<(String, Vec<Entry>)>, changes: Vec<(String, Change)>) -> Result<bool, Fault> {
    let mut seen: Vec<String> = Vec::new();
    let mut open = false;
    for (given, change) in changes {
        let name = directive::name(&given)?;
        if seen.contains(&name) {
            return Err(fault(&name, "is given twice; keep one spelling of it"));
        }
        seen.push(name.clone());
        match change {
            Change::Set(entries) => {
                for entry in &entries {
                    if let Entry::Text(text) = entry {
                        directive::source(&name, text)?;
                    }
                }
                match directives.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) => *known = entries,
                    None => directives.push((name, entries)),
                }
            }
            Change::Remove if name == "default-src" => {
                return Err(fault(
                    &name,
                    "cannot be null; set it to dangerouslyDisableDefaultSrc if nothing shall be restricted",
                ));
            }
            Change::RemoveDefaultSrc if name != "default-src" => {
                return Err(fault(&name, "is not default-src; set it to null to leave it out"));
            }
            Change::RemoveDefaultSrc => {
                open = true;
                directives.retain(|(known, _)| *known != name);
            }
            Change::Remove => directives.retain(|(known, _)| *known != name),
        }
    }
    Ok(open)
}

fn write(directives: &[(String, Vec<Entry>)]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    for (name, entries) in directives {
        if !text.is_empty() || !parts.is_empty() {
            text.push(';');
        }
        text.push_str(name);
        // helmet writes the bare name where the joined sources are empty.
        if entries.iter().all(|entry| *entry == Entry::Text(String::new())) && entries.len() < 2 {
            continue;
        }
        for entry in entries {
            match entry {
                Entry::Text(sources) if sources.split_ascii_whitespace().any(|token| token == NONCE) => {
                    for token in sources.split_ascii_whitespace() {
                        if token == NONCE {
                            parts.push(Part::Text(std::mem::take(&mut text)));
                            parts.push(Part::Hole(0));
                        } else {
                            text.push(' ');
                            text.push_str(token);
                        }
                    }
                }
                Entry::Text(sources) => {
                    text.push(' ');
                    text.push_str(sources);
                }
                Entry::Hole(number) => {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Hole(*number));
                }
            }
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    parts
}
