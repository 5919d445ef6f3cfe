//! Reads a schema before it is compiled.
//!
//! 1. With `strict`, a keyword that 2020-12 does not have is a fault, because a misspelt one checks
//!    nothing. Names that begin with `x-` are the developer's own.
//! 2. With `close`, an object whose schema names properties takes no others. It is left as it is where
//!    the schema says itself what becomes of others. Conditions (`not`, `if`, `contains`) are left too:
//!    closed, they would mean something else.

#![forbid(unsafe_code)]

use serde_json::{Map, Value};

use super::schema::{Reading, bad};
use super::vocabulary::{About, BY_NAME, Holds, IN_PLACE, KEYWORDS, unknown};
use crate::fault::Fault;

/// Schemas inside each other that are read.
const MAX_DEPTH: u32 = 64;

/// Checks the schema's keywords and closes it, as `reading` says.
pub fn read(schema: &mut Value, reading: Reading) -> Result<(), Fault> {
    if !reading.strict && !reading.close {
        return Ok(());
    }
    let root = schema.clone();
    let mut closing = Closing {
        root: &root,
        reading,
        copies: Vec::new(),
        can_copy: !inner_names(&root),
    };
    closing.visit(schema, About::Inner, 0)?;
    let mut done = 0;
    while let Some(name) = closing.copies.get(done).cloned() {
        done += 1;
        let mut copy = root["$defs"][name.as_str()].clone();
        closing.visit(&mut copy, About::Inner, 1)?;
        schema["$defs"][closed_name(&name)] = copy;
    }
    Ok(())
}

struct Closing<'a> {
    root: &'a Value,
    reading: Reading,
    /// Definitions of which a closed copy is referred to.
    copies: Vec<String>,
    can_copy: bool,
}

impl Closing<'_> {
    fn visit(&mut self, schema: &mut Value, about: About, depth: u32) -> Result<(), Fault> {
        let Value::Object(map) = schema else {
            return Ok(());
        };
        if depth > MAX_DEPTH {
            return Err(bad("it is nested too deeply"));
        }
        for (keyword, value) in map.iter_mut() {
            let Some((_, holds)) = KEYWORDS.iter().find(|(known, _)| known == keyword) else {
                if self.reading.strict && !keyword.starts_with("x-") {
                    return Err(bad(&unknown(keyword)));
                }
                continue;
            };
            let Holds::Part(mut inside) = *holds else {
                continue;
            };
            if about == About::Condition {
                inside = About::Condition;
            }
            for part in parts(keyword, value) {
                self.visit(part, inside, depth + 1)?;
            }
        }
        if self.reading.close && about == About::Inner {
            self.close(map);
        }
        Ok(())
    }

    fn close(&mut self, map: &mut Map<String, Value>) {
        let mut said = Said::default();
        listen(map, self.root, &mut said, 0);
        if !said.names || said.others {
            return;
        }
        if let Some(name) = self.definition_alone(map) {
            map.insert("$ref".into(), format!("#/$defs/{}", closed_name(&name)).into());
            if !self.copies.contains(&name) {
                self.copies.push(name);
            }
            return;
        }
        let keyword = if said.elsewhere {
            "unevaluatedProperties"
        } else {
            "additionalProperties"
        };
        map.insert(keyword.into(), Value::Bool(false));
    }

    /// The definition that a schema stands for, where it says nothing else about properties. A closed copy
    /// of it is cheaper to judge than `unevaluatedProperties` beside the reference.
    fn definition_alone(&self, map: &Map<String, Value>) -> Option<String> {
        let name = map.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
        let others = ["properties", "patternProperties", "$dynamicRef"];
        let alone = map
            .keys()
            .all(|keyword| !IN_PLACE.contains(&keyword.as_str()) && !others.contains(&keyword.as_str()));
        let definitions = self.root.get("$defs")?;
        let free = definitions.get(closed_name(name)).is_none() && !name.contains(['/', '~', '%']);
        (alone && free && self.can_copy && definitions.get(name)?.is_object()).then(|| name.to_owned())
    }
}

fn closed_name(name: &str) -> String {
    format!("{name}.closed")
}

/// The same below the root, whose own `$id` is no part of a definition.
fn inner_names(root: &Value) -> bool {
    root.as_object().is_some_and(|map| {
        map.iter().any(|(keyword, value)| {
            names_itself(value) || keyword == "$anchor" || keyword == "$dynamicAnchor"
        })
    })
}

/// Whether a schema gives names to parts of itself, which a copy would double.
fn names_itself(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => map.iter().any(|(keyword, value)| {
            matches!(
                keyword.as_str(),
                "$anchor" | "$dynamicAnchor" | "$dynamicRef" | "$id"
            ) || names_itself(value)
        }),
        Value::Array(list) => list.iter().any(names_itself),
        _ => false,
    }
}

fn parts<'a>(keyword: &str, value: &'a mut Value) -> Vec<&'a mut Value> {
    match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(_) if BY_NAME.contains(&keyword) => value
            .as_object_mut()
            .map(|named| named.values_mut().collect())
            .unwrap_or_default(),
        one => vec![one],
    }
}

/// What a schema and those about the same value say of an object.
#[derive(Default)]
struct Said {
    names: bool,
    others: bool,
    /// By another schema than this one, so that `additionalProperties` here would not see it.
    elsewhere: bool,
}

fn listen(map: &Map<String, Value>, root: &Value, said: &mut Said, depth: u32) {
    said.names |= map.contains_key("properties");
    said.others |= map.contains_key("additionalProperties") || map.contains_key("unevaluatedProperties");
    // References can lead in a circle; one that does adds nothing new after a few rounds.
    if depth > 8 {
        return;
    }
    for (keyword, value) in map {
        match keyword.as_str() {
            "$ref" => {
                let target = value.as_str().and_then(|text| text.strip_prefix('#'));
                if let Some(Value::Object(target)) = target.and_then(|pointer| root.pointer(pointer)) {
                    said.elsewhere = true;
                    listen(target, root, said, depth + 1);
                }
            }
            in_place if IN_PLACE.contains(&in_place) => {
                let inner: Vec<&Value> = match value {
                    Value::Array(list) => list.iter().collect(),
                    Value::Object(named) if keyword == "dependentSchemas" => named.values().collect(),
                    one => vec![one],
                };
                for part in inner.into_iter().filter_map(Value::as_object) {
                    said.elsewhere = true;
                    listen(part, root, said, depth + 1);
                }
            }
            _ => {}
        }
    }
}
