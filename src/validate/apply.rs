//! Keywords that judge by schemas inside: of the same value, of properties, of items.

#![forbid(unsafe_code)]

use std::ops::RangeInclusive;

use serde_json::Value;

use super::check::{Check, Marks, merge};
use super::place::Place;
use super::program::{Id, Keyword, Members, Others};
use super::report::Finding;

impl<'p> Check<'p> {
    pub fn composed(
        &mut self,
        keyword: &'p Keyword,
        value: &Value,
        at: Option<&Place<'_>>,
        mut marks: Option<&mut Marks>,
    ) -> bool {
        match keyword {
            Keyword::Ref(id) => self.schema(*id, value, at, marks),
            Keyword::DynamicRef { anchor, found } => {
                let id = self.outermost(*anchor).unwrap_or(*found);
                self.dynamic(id, value, at, marks)
            }
            Keyword::AllOf(list) => self.all_of(list, value, at, marks),
            Keyword::AnyOf(list) => {
                let holds = self.any_of(list, value, marks);
                self.told(holds, keyword, at)
            }
            Keyword::OneOf(list) => self.one_of(list, value, at, marks),
            Keyword::Not(id) => {
                let holds = !self.schema(*id, value, None, None);
                self.told(holds, keyword, at)
            }
            Keyword::If {
                test,
                then,
                otherwise,
            } => {
                let branch = if self.branch(*test, value, None, marks.as_deref_mut()) {
                    then
                } else {
                    otherwise
                };
                branch.is_none_or(|id| self.schema(id, value, at, marks))
            }
            Keyword::DependentSchemas(list) => {
                let mut holds = true;
                for (name, id) in list {
                    if value.get(name).is_some() {
                        holds &= self.schema(*id, value, at, marks.as_deref_mut());
                        if !holds && at.is_none() {
                            return false;
                        }
                    }
                }
                holds
            }
            _ => true,
        }
    }

    fn outermost(&self, anchor: u32) -> Option<Id> {
        let dynamic = &self.program.dynamic;
        let mut resources = self.scopes.resources().iter();
        resources.find_map(|resource| dynamic.get(&(*resource, anchor)).copied())
    }

    /// A schema of the same value, whose marks count only where it holds.
    fn branch(&mut self, id: Id, value: &Value, at: Option<&Place<'_>>, marks: Option<&mut Marks>) -> bool {
        let Some(marks) = marks else {
            return self.schema(id, value, at, None);
        };
        let mut own = vec![false; marks.len()];
        let holds = self.schema(id, value, at, Some(&mut own));
        if holds {
            merge(marks, &own);
        }
        holds
    }

    fn all_of(
        &mut self,
        list: &[Id],
        value: &Value,
        at: Option<&Place<'_>>,
        mut marks: Option<&mut Marks>,
    ) -> bool {
        let mut holds = true;
        for id in list {
            holds &= self.branch(*id, value, at, marks.as_deref_mut());
            if !holds && at.is_none() {
                return false;
            }
        }
        holds
    }

    /// With marks, each that holds counts; without, the first is enough.
    fn any_of(&mut self, list: &[Id], value: &Value, mut marks: Option<&mut Marks>) -> bool {
        let mut holds = false;
        for id in list {
            holds |= self.branch(*id, value, None, marks.as_deref_mut());
            if holds && marks.is_none() {
                return true;
            }
        }
        holds
    }

    fn one_of(
        &mut self,
        list: &[Id],
        value: &Value,
        at: Option<&Place<'_>>,
        marks: Option<&mut Marks>,
    ) -> bool {
        let mut found = 0;
        let mut own = marks.as_ref().map(|marks| vec![false; marks.len()]);
        for id in list {
            found += u32::from(self.branch(*id, value, None, own.as_mut()));
            if found > 1 {
                break;
            }
        }
        if let (1, Some(marks), Some(own)) = (found, marks, own) {
            merge(marks, &own);
        }
        if let (Some(at), true) = (at, found != 1) {
            self.add(Finding::one_of(found > 1, at));
        }
        found == 1
    }

    pub fn members(
        &mut self,
        members: &'p Members,
        value: &Value,
        at: Option<&Place<'_>>,
        mut marks: Option<&mut Marks>,
    ) -> bool {
        let Value::Object(map) = value else {
            return true;
        };
        if members.others == Others::Nothing && !map.is_empty() {
            marks.into_iter().for_each(|marks| marks.fill(true));
            return self.told(false, &Keyword::Never, at);
        }
        let mut holds = true;
        let mut unknown = Vec::new();
        for (index, (name, value)) in map.iter().enumerate() {
            let inner = at.map(|at| Place::Property(at, name));
            let inner = inner.as_ref();
            let mut known = false;
            if let Some(id) = members.named.get(name) {
                known = true;
                holds &= self.schema(*id, value, inner, None);
            }
            for (pattern, id) in &members.patterns {
                if pattern.is_match(name) {
                    known = true;
                    holds &= self.schema(*id, value, inner, None);
                }
            }
            match members.others {
                Others::Must(id) if !known => {
                    known = true;
                    holds &= self.schema(id, value, inner, None);
                }
                Others::None if !known => {
                    holds = false;
                    unknown.push(name);
                }
                _ => {}
            }
            if !holds && at.is_none() {
                return false;
            }
            if let Some(marks) = marks.as_deref_mut() {
                marks[index] |= known || members.others == Others::None;
            }
        }
        if let Some(at) = at {
            for name in unknown {
                self.add(Finding::unknown("additionalProperties", at, name));
            }
        }
        holds
    }

    pub fn property_names(&mut self, id: Id, value: &Value, at: Option<&Place<'_>>) -> bool {
        let Value::Object(map) = value else {
            return true;
        };
        // The schema `false` says so once, about the object.
        if !map.is_empty() && matches!(self.program.nodes[id as usize].keywords[..], [Keyword::Never]) {
            return self.told(false, &Keyword::Never, at);
        }
        let mut holds = true;
        for name in map.keys() {
            let first = self.findings.len();
            if self.schema(id, &Value::String(name.clone()), at, None) {
                continue;
            }
            holds = false;
            let Some(at) = at else { return false };
            // What is wrong with a name is told of the object.
            for one in &mut self.findings[first..] {
                *one = Finding::of(&Keyword::PropertyNames(id), at);
            }
        }
        holds
    }

    pub fn items(
        &mut self,
        prefix: &[Id],
        rest: Option<Id>,
        value: &Value,
        at: Option<&Place<'_>>,
        mut marks: Option<&mut Marks>,
    ) -> bool {
        let Value::Array(list) = value else {
            return true;
        };
        let mut holds = true;
        for (index, value) in list.iter().enumerate() {
            let Some(id) = prefix.get(index).copied().or(rest) else {
                break;
            };
            let inner = at.map(|at| Place::Item(at, index));
            holds &= self.schema(id, value, inner.as_ref(), None);
            if !holds && at.is_none() {
                return false;
            }
            if let Some(marks) = marks.as_deref_mut() {
                marks[index] = true;
            }
        }
        holds
    }

    pub fn contains(
        &mut self,
        item: Id,
        count: RangeInclusive<u64>,
        value: &Value,
        mut marks: Option<&mut Marks>,
    ) -> bool {
        let Value::Array(list) = value else {
            return true;
        };
        let mut found = 0;
        for (index, value) in list.iter().enumerate() {
            if self.schema(item, value, None, None) {
                found += 1;
                if let Some(marks) = marks.as_deref_mut() {
                    marks[index] = true;
                }
            }
        }
        count.contains(&found)
    }

    pub fn required(&mut self, names: &[String], value: &Value, at: Option<&Place<'_>>) -> bool {
        let Value::Object(map) = value else {
            return true;
        };
        let mut holds = true;
        for name in names.iter().filter(|name| !map.contains_key(*name)) {
            holds = false;
            let Some(at) = at else { return false };
            self.add(Finding::missing(at, name));
        }
        holds
    }

    pub fn unevaluated_properties(
        &mut self,
        id: Id,
        value: &Value,
        at: Option<&Place<'_>>,
        marks: Option<&mut Marks>,
    ) -> bool {
        let (Value::Object(map), Some(marks)) = (value, marks) else {
            return true;
        };
        let mut holds = true;
        for ((name, value), mark) in map.iter().zip(marks).filter(|(_, mark)| !**mark) {
            *mark = self.schema(id, value, None, None);
            if *mark {
                continue;
            }
            holds = false;
            let Some(at) = at else { return false };
            self.add(Finding::unknown("unevaluatedProperties", at, name));
        }
        holds
    }

    pub fn unevaluated_items(&mut self, id: Id, value: &Value, marks: Option<&mut Marks>) -> bool {
        let (Value::Array(list), Some(marks)) = (value, marks) else {
            return true;
        };
        let mut holds = true;
        for (value, mark) in list.iter().zip(marks).filter(|(_, mark)| !**mark) {
            *mark = self.schema(id, value, None, None);
            holds &= *mark;
        }
        holds
    }
}
