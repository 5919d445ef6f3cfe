//! Makes a [`Program`] of a schema: each schema that can be come to, once.

#![forbid(unsafe_code)]

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::assertion;
use super::circles;
use super::library::Library;
use super::program::{Id, Keyword, Members, Node, Others, Program};
use super::schema::bad;
use super::{ecma, formats};
use crate::fault::Fault;

/// What becomes of `format`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Formats {
    Remarks,
    Asserted,
    /// An unknown one is an error of the schema.
    Known,
}

/// Compiles a schema with those that it may refer to.
///
/// # Errors
/// `ERR_HAUBERK_VALIDATE_SCHEMA`: a keyword has a value that it cannot have, a reference leads nowhere or in
/// a circle, or a pattern cannot run in linear time.
pub fn compile(root: &Value, given: &Map<String, Value>, formats: Formats) -> Result<Program, Fault> {
    let mut compiler = Compiler {
        library: Library::new(root, given)?,
        formats,
        program: Program::default(),
        ids: HashMap::new(),
        schemas: Vec::new(),
        anchors: HashMap::new(),
        referred: Vec::new(),
    };
    compiler.id(root);
    let mut done = 0;
    while compiler.pending(done) {
        let node = compiler.node(compiler.schemas[done])?;
        compiler.program.nodes.push(node);
        done += 1;
    }
    let Compiler {
        mut program,
        referred,
        ..
    } = compiler;
    for (node, referred) in program.nodes.iter_mut().zip(referred) {
        node.shared = referred > 1;
    }
    circles::refuse(&program)?;
    Ok(program)
}

struct Compiler<'a> {
    library: Library<'a>,
    formats: Formats,
    program: Program,
    ids: HashMap<*const Value, Id>,
    /// By number.
    schemas: Vec<&'a Value>,
    /// Names of dynamic anchors that references use.
    anchors: HashMap<&'a str, u32>,
    /// How often each schema is referred to; the first is where judging begins.
    referred: Vec<u32>,
}

impl<'a> Compiler<'a> {
    fn id(&mut self, schema: &'a Value) -> Id {
        *self.ids.entry(std::ptr::from_ref(schema)).or_insert_with(|| {
            self.schemas.push(schema);
            self.referred.push(u32::from(self.schemas.len() == 1));
            // Invariant: a schema takes more than a byte of a text that is shorter than 4 GB.
            (self.schemas.len() - 1) as Id
        })
    }

    fn referred(&mut self, schema: &'a Value, times: u32) -> Id {
        let id = self.id(schema);
        self.referred[id as usize] += times;
        id
    }

    /// Whether schemas are left. When there seem to be none, dynamic references may still lead to some.
    fn pending(&mut self, done: usize) -> bool {
        if done == self.schemas.len() {
            let names: Vec<(&str, u32)> = self
                .anchors
                .iter()
                .map(|(name, number)| (*name, *number))
                .collect();
            for (name, number) in names {
                // One that no schema here is part of is on no way.
                let entered: HashSet<u32> = self.program.nodes.iter().map(|node| node.resource).collect();
                for resource in entered.into_iter().map(|number| number as usize) {
                    if let Some(schema) = self.library.dynamic(resource, name) {
                        let id = self.referred(schema, 2);
                        self.program.dynamic.insert((resource as u32, number), id);
                    }
                }
            }
        }
        done < self.schemas.len()
    }

    fn node(&mut self, schema: &'a Value) -> Result<Node, Fault> {
        let resource = self.library.resource_of(schema);
        let keywords = match schema {
            Value::Bool(true) => Vec::new(),
            Value::Bool(false) => vec![Keyword::Never],
            Value::Object(map) => self.keywords(map, resource)?,
            _ => return Err(bad("a schema must be an object or a boolean")),
        };
        Ok(Node {
            keywords,
            resource: resource as u32,
            shared: false,
        })
    }

    fn keywords(&mut self, map: &'a Map<String, Value>, resource: usize) -> Result<Vec<Keyword>, Fault> {
        let dialect = self.library.resources[resource].dialect;
        let mut keywords = Vec::new();
        if dialect.validation {
            assertion::add(map, &mut keywords)?;
        }
        self.format(map, &mut keywords)?;
        if dialect.applicator {
            self.members(map, &mut keywords)?;
            self.items(map, dialect.validation, &mut keywords)?;
            self.dependencies(map, &mut keywords)?;
            self.composed(map, &mut keywords)?;
        }
        self.references(map, resource, &mut keywords)?;
        if dialect.unevaluated {
            // Last: they are about what the others have left.
            for (keyword, make) in [
                (
                    "unevaluatedProperties",
                    Keyword::UnevaluatedProperties as fn(Id) -> Keyword,
                ),
                ("unevaluatedItems", Keyword::UnevaluatedItems),
            ] {
                if let Some(schema) = map.get(keyword) {
                    keywords.push(make(self.id(schema)));
                }
            }
        }
        Ok(keywords)
    }

    fn format(&mut self, map: &Map<String, Value>, keywords: &mut Vec<Keyword>) -> Result<(), Fault> {
        let Some(name) = map.get("format").and_then(Value::as_str) else {
            return Ok(());
        };
        match formats::named(name) {
            _ if self.formats == Formats::Remarks => {}
            Some(holds) => keywords.push(Keyword::Format {
                name: name.to_owned(),
                holds,
            }),
            None if self.formats == Formats::Known => {
                return Err(bad(&format!(
                    "unknown format {name:?}; with strict: false it is passed over"
                )));
            }
            None => {}
        }
        Ok(())
    }

    fn members(&mut self, map: &'a Map<String, Value>, keywords: &mut Vec<Keyword>) -> Result<(), Fault> {
        let mut members = Members {
            named: HashMap::new(),
            patterns: Vec::new(),
            others: Others::Unsaid,
        };
        for (name, schema) in object(map, "properties")? {
            members.named.insert(name.clone(), self.id(schema));
        }
        for (pattern, schema) in object(map, "patternProperties")? {
            members.patterns.push((ecma::compile(pattern)?, self.id(schema)));
        }
        let alone = !map.contains_key("properties") && !map.contains_key("patternProperties");
        members.others = match map.get("additionalProperties") {
            None => Others::Unsaid,
            Some(Value::Bool(false)) if alone => Others::Nothing,
            Some(Value::Bool(false)) => Others::None,
            Some(schema) => Others::Must(self.id(schema)),
        };
        if !alone || members.others != Others::Unsaid {
            keywords.push(Keyword::Members(Box::new(members)));
        }
        if let Some(schema) = map.get("propertyNames") {
            keywords.push(Keyword::PropertyNames(self.id(schema)));
        }
        Ok(())
    }

    fn items(
        &mut self,
        map: &'a Map<String, Value>,
        counted: bool,
        keywords: &mut Vec<Keyword>,
    ) -> Result<(), Fault> {
        let prefix = self.list(map, "prefixItems")?;
        let rest = map.get("items").map(|schema| self.id(schema));
        if !prefix.is_empty() || rest.is_some() {
            keywords.push(Keyword::Items { prefix, rest });
        }
        if let Some(schema) = map.get("contains") {
            let count = |keyword| {
                if counted {
                    assertion::count(map, keyword)
                } else {
                    Ok(None)
                }
            };
            keywords.push(Keyword::Contains {
                item: self.id(schema),
                min: count("minContains")?.unwrap_or(1),
                max: count("maxContains")?.unwrap_or(u64::MAX),
            });
        }
        Ok(())
    }

    /// With `dependencies`, which 2020-12 has no more; `strict` refuses it before.
    fn dependencies(
        &mut self,
        map: &'a Map<String, Value>,
        keywords: &mut Vec<Keyword>,
    ) -> Result<(), Fault> {
        let mut schemas = Vec::new();
        let mut required = Vec::new();
        for keyword in ["dependencies", "dependentSchemas"] {
            for (name, value) in object(map, keyword)? {
                match value {
                    Value::Array(_) => required.push((name.clone(), assertion::texts(keyword, value)?)),
                    schema => schemas.push((name.clone(), self.id(schema))),
                }
            }
        }
        if !required.is_empty() {
            keywords.push(Keyword::DependentRequired(required));
        }
        if !schemas.is_empty() {
            keywords.push(Keyword::DependentSchemas(schemas));
        }
        Ok(())
    }

    fn composed(&mut self, map: &'a Map<String, Value>, keywords: &mut Vec<Keyword>) -> Result<(), Fault> {
        for (keyword, make) in [
            ("allOf", Keyword::AllOf as fn(Vec<Id>) -> Keyword),
            ("anyOf", Keyword::AnyOf),
            ("oneOf", Keyword::OneOf),
        ] {
            let list = self.list(map, keyword)?;
            if !list.is_empty() {
                keywords.push(make(list));
            }
        }
        if let Some(schema) = map.get("not") {
            keywords.push(Keyword::Not(self.id(schema)));
        }
        if let Some(test) = map.get("if") {
            keywords.push(Keyword::If {
                test: self.id(test),
                then: map.get("then").map(|schema| self.id(schema)),
                otherwise: map.get("else").map(|schema| self.id(schema)),
            });
        }
        Ok(())
    }

    fn references(
        &mut self,
        map: &'a Map<String, Value>,
        resource: usize,
        keywords: &mut Vec<Keyword>,
    ) -> Result<(), Fault> {
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            let target = self.library.resolve(resource, reference)?;
            keywords.push(Keyword::Ref(self.referred(target.schema, 1)));
        }
        if let Some(reference) = map.get("$dynamicRef").and_then(Value::as_str) {
            let target = self.library.resolve(resource, reference)?;
            let found = self.referred(target.schema, 1);
            keywords.push(match target.dynamic {
                None => Keyword::Ref(found),
                Some(name) => {
                    self.program.scoped = true;
                    let next = self.anchors.len() as u32;
                    let anchor = *self.anchors.entry(name).or_insert(next);
                    Keyword::DynamicRef { anchor, found }
                }
            });
        }
        Ok(())
    }

    fn list(&mut self, map: &'a Map<String, Value>, keyword: &str) -> Result<Vec<Id>, Fault> {
        match map.get(keyword) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => Ok(list.iter().map(|schema| self.id(schema)).collect()),
            Some(_) => Err(bad(&format!("{keyword} must be an array of schemas"))),
        }
    }
}

/// The entries of a keyword whose value is an object; none where it is absent.
fn object<'a>(
    map: &'a Map<String, Value>,
    keyword: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)> + use<'a>, Fault> {
    match map.get(keyword) {
        None => Ok(None.into_iter().flatten()),
        Some(Value::Object(entries)) => Ok(Some(entries).into_iter().flatten()),
        Some(_) => Err(bad(&format!("{keyword} must be an object of schemas"))),
    }
}
