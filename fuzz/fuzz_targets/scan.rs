//! `cargo +nightly fuzz run scan`: no input panics, all kernels agree, also with scratch space that has seen
//! another text, and on every text that serde_json reads (as JSON.parse does) the scan finds exactly what a
//! walk over its members finds.

#![no_main]

use std::collections::HashSet;
use std::fmt;

use hauberk::body::desk::Desk;
use hauberk::body::dispatch::Runs;
use hauberk::body::kernel::portable::Portable;
use hauberk::body::pointer::pointer;
use hauberk::body::rule::{Found, Limits, Rule};
use hauberk::body::scan::{Scratch, scan};
use libfuzzer_sys::fuzz_target;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

const LIMITS: fn() -> Limits = || Limits {
    depth: 8,
    keys: 20,
    key_bytes: 20,
    string_bytes: 40,
    refuse: Limits::default().refuse | Rule::OperatorKey.bit(),
    report: 0,
};

/// What is wrong with a text, as bits of the rules.
#[derive(Default)]
struct Model {
    bad: u32,
    keys: u32,
}

/// One value of the text, at a depth.
struct Value<'a> {
    model: &'a mut Model,
    depth: u32,
    of_constructor: bool,
}

impl Model {
    fn note(&mut self, rule: Rule, offends: bool) {
        if offends {
            self.bad |= rule.bit();
        }
    }

    fn string(&mut self, text: &str) {
        self.note(Rule::StringLength, text.len() > 40);
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.model.string(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        self.model.note(Rule::Depth, depth > 8);
        loop {
            let (model, of_constructor) = (&mut *self.model, false);
            let item = Value { model, depth, of_constructor };
            if items.next_element_seed(item)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        self.model.note(Rule::Depth, depth > 8);
        let mut seen = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            let model = &mut *self.model;
            model.keys += 1;
            model.note(Rule::Keys, model.keys > 20);
            model.note(Rule::KeyLength, key.len() > 20);
            model.string(&key);
            let prototype = key == "__proto__" || (self.of_constructor && key == "prototype");
            model.note(Rule::PrototypeKey, prototype);
            model.note(Rule::OperatorKey, key.starts_with('$') || key.contains('.'));
            let of_constructor = key == "constructor";
            model.note(Rule::DuplicateKey, !seen.insert(key));
            members.next_value_seed(Value { model, depth, of_constructor })?;
        }
        Ok(())
    }
}

fn judge(text: &[u8]) -> Option<Model> {
    let mut model = Model::default();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Value { model: &mut model, depth: 0, of_constructor: false };
    value.deserialize(&mut reader).and_then(|()| reader.end()).ok()?;
    Some(model)
}

fuzz_target!(|texts: &[u8]| {
    let limits = LIMITS();
    // What stands before the first 0 is scanned first, with the same scratch space.
    let mut parts = texts.splitn(2, |byte| *byte == 0);
    let (before, text) = match (parts.next(), parts.next()) {
        (Some(before), Some(text)) => (before, text),
        _ => (&b""[..], texts),
    };
    let mut found = Found::default();
    scan::<Portable>(text, 0, &limits, &mut Scratch::default(), &mut found);
    for runs in Runs::all() {
        let mut scratch = Scratch::default();
        runs.scan(before, &limits, &mut scratch);
        assert_eq!(found, runs.scan(text, &limits, &mut scratch), "{runs:?}");
        if let Some(desk) = Desk::holding(text) {
            let mut short = Found::default();
            desk.scan(runs, &limits, &mut scratch, &mut short);
            assert_eq!(found, short, "{runs:?} on a desk");
        }
    }
    if let Some((_, offset)) = found.refused {
        assert!(offset as usize <= text.len());
        assert!(pointer::<Portable>(text, offset as usize).len() <= 512);
    }
    if let Some(model) = judge(text) {
        match found.refused {
            Some((rule, _)) => assert!(model.bad & rule.bit() != 0, "{rule:?} is not there"),
            None => assert_eq!(model.bad, 0, "not seen"),
        }
    }
});
