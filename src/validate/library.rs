//! The schemas that references can lead to, by address and anchor. Nothing is fetched: there are the schema
//! itself, those that were given along, and the meta-schemas.

#![forbid(unsafe_code)]

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::meta::{self, Dialect};
use super::schema::bad;
use super::uri;
use super::vocabulary::{BY_NAME, Holds, KEYWORDS};
use crate::fault::Fault;

/// Schemas inside each other; the parser stops near it too.
const MAX_DEPTH: u32 = 128;

/// A schema with an address of its own; references in it are read from there.
pub struct Resource<'a> {
    pub base: String,
    pub root: &'a Value,
    pub dialect: Dialect,
    anchors: HashMap<&'a str, Anchor<'a>>,
}

#[derive(Clone, Copy)]
struct Anchor<'a> {
    schema: &'a Value,
    dynamic: bool,
}

/// Where a reference leads.
pub struct Target<'a> {
    pub schema: &'a Value,
    pub resource: usize,
    /// The `$dynamicAnchor` that it names.
    pub dynamic: Option<&'a str>,
}

pub struct Library<'a> {
    given: &'a Map<String, Value>,
    pub resources: Vec<Resource<'a>>,
    by_address: HashMap<String, usize>,
    /// The resource of each schema that was read, by the place of the schema in memory.
    of: HashMap<*const Value, usize>,
    /// Addresses that references name and that were not looked up yet.
    named: Vec<String>,
}

impl<'a> Library<'a> {
    /// # Errors
    /// A reference names an address that is not known.
    pub fn new(root: &'a Value, given: &'a Map<String, Value>) -> Result<Self, Fault> {
        let mut library = Library {
            given,
            resources: Vec::new(),
            by_address: HashMap::new(),
            of: HashMap::new(),
            named: Vec::new(),
        };
        library.add(root, String::new())?;
        while let Some(address) = library.named.pop() {
            library.find(&address)?;
        }
        Ok(library)
    }

    /// The resource that a schema is part of.
    pub fn resource_of(&self, schema: &Value) -> usize {
        self.of.get(&std::ptr::from_ref(schema)).copied().unwrap_or(0)
    }

    /// The schema with a `$dynamicAnchor` in a resource.
    pub fn dynamic(&self, resource: usize, name: &str) -> Option<&'a Value> {
        let anchor = self.resources[resource].anchors.get(name)?;
        anchor.dynamic.then_some(anchor.schema)
    }

    /// What a reference in a resource leads to.
    pub fn resolve(&mut self, from: usize, reference: &str) -> Result<Target<'a>, Fault> {
        let (address, fragment) = uri::resolve(&self.resources[from].base, reference);
        let resource = self.find(&address)?;
        let nowhere = || bad(&format!("the reference {reference:?} leads nowhere"));
        let fragment = uri::unescaped(&fragment).ok_or_else(nowhere)?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.pointer(resource, &fragment)?.ok_or_else(nowhere);
        }
        let found = self.resources[resource].anchors.get_key_value(fragment.as_str());
        let (name, anchor) = found.ok_or_else(nowhere)?;
        Ok(Target {
            schema: anchor.schema,
            resource,
            dynamic: anchor.dynamic.then_some(*name),
        })
    }

    fn pointer(&mut self, mut resource: usize, pointer: &str) -> Result<Option<Target<'a>>, Fault> {
        let mut schema = self.resources[resource].root;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let inner = match schema {
                Value::Object(map) => map.get(&token),
                Value::Array(list) => token.parse().ok().and_then(|at: usize| list.get(at)),
                _ => None,
            };
            let Some(inner) = inner else { return Ok(None) };
            schema = inner;
            resource = self
                .of
                .get(&std::ptr::from_ref(schema))
                .copied()
                .unwrap_or(resource);
        }
        // A place that no keyword makes a schema of, such as below a name of the developer's own.
        if !self.of.contains_key(&std::ptr::from_ref(schema)) {
            self.read(schema, resource, 0)?;
            resource = self.resource_of(schema);
        }
        Ok(Some(Target {
            schema,
            resource,
            dynamic: None,
        }))
    }

    fn find(&mut self, address: &str) -> Result<usize, Fault> {
        if let Some(known) = self.by_address.get(address) {
            return Ok(*known);
        }
        match self.given.get(address).or_else(|| meta::document(address)) {
            Some(schema) => self.add(schema, address.to_owned()),
            None => Err(bad(&format!(
                "the reference to {address:?} cannot be followed: it is not among the given schemas"
            ))),
        }
    }

    /// Takes a whole document in.
    fn add(&mut self, root: &'a Value, address: String) -> Result<usize, Fault> {
        let dialect = Dialect::default();
        let at = self.open(root, address, dialect)?;
        self.read(root, at, 0)?;
        // Its own `$id` may have made it a resource of another address.
        Ok(self.resource_of(root))
    }

    fn open(&mut self, root: &'a Value, base: String, inherited: Dialect) -> Result<usize, Fault> {
        let dialect = match root.get("$schema").and_then(Value::as_str) {
            Some(name) => Dialect::named(name, self.given)?,
            None => inherited,
        };
        let at = self.resources.len();
        self.by_address.entry(base.clone()).or_insert(at);
        self.resources.push(Resource {
            base,
            root,
            dialect,
            anchors: HashMap::new(),
        });
        Ok(at)
    }

    /// Notes what a schema and those in it are called.
    fn read(&mut self, schema: &'a Value, mut resource: usize, depth: u32) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(bad("it is nested too deeply"));
        }
        let text = |name: &str| schema.get(name).and_then(Value::as_str);
        if let Some(id) = text("$id") {
            let (address, _) = uri::resolve(&self.resources[resource].base, id);
            if address != self.resources[resource].base {
                resource = self.open(schema, address, self.resources[resource].dialect)?;
            }
        }
        self.of.insert(std::ptr::from_ref(schema), resource);
        for (keyword, dynamic) in [("$anchor", false), ("$dynamicAnchor", true)] {
            if let Some(name) = text(keyword) {
                self.resources[resource]
                    .anchors
                    .insert(name, Anchor { schema, dynamic });
            }
        }
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(reference) = text(keyword) {
                self.named
                    .push(uri::resolve(&self.resources[resource].base, reference).0);
            }
        }
        let Value::Object(map) = schema else {
            return Ok(());
        };
        for (keyword, value) in map {
            let part = KEYWORDS
                .iter()
                .any(|(known, holds)| known == keyword && matches!(holds, Holds::Part(_)));
            if part || keyword == "dependencies" {
                self.read_parts(keyword, value, resource, depth)?;
            }
        }
        Ok(())
    }

    fn read_parts(&mut self, keyword: &str, value: &'a Value, at: usize, depth: u32) -> Result<(), Fault> {
        let named = BY_NAME.contains(&keyword) || keyword == "dependencies";
        match value {
            Value::Array(list) => list.iter().try_for_each(|one| self.read(one, at, depth + 1)),
            Value::Object(map) if named => map.values().try_for_each(|one| self.read(one, at, depth + 1)),
            one => self.read(one, at, depth + 1),
        }
    }
}
