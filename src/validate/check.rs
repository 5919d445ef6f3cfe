//! Judges a value by a [`Program`], and says what is wrong.
//!
//! 1. With a place (`at`) all that is wrong is noted, up to a number; without one the first thing ends it.
//! 2. A schema that several references lead to keeps its verdict about each object and array, so that no
//!    value is judged by it twice. All others are judged once for each time that the schema around them is.
//!    So the time grows with the value's size times the schema's, also where alternatives nest.
//! 3. A value's depth is bounded by its parser, and the compiler refuses circles of references. Where only the
//!    way decides that a `$dynamicRef` leads in a circle, and where schemas and value together are deeper than
//!    `MAX_FRAMES`, it ends with "not valid", whatever is around it.

#![forbid(unsafe_code)]

use std::collections::HashMap;

use serde_json::Value;

use super::equal::{all_differ, equal};
use super::number;
use super::place::Place;
use super::plan::types;
use super::program::{Id, Keyword, Limit, Program, Size};
use super::report::Finding;
use super::scope::Scopes;

/// Schemas that are being judged inside each other; each takes some hundred bytes of the stack.
const MAX_FRAMES: u32 = 1000;

/// Which properties (in their order) or items of the value were judged by a schema inside.
pub type Marks = Vec<bool>;

pub struct Check<'p> {
    pub program: &'p Program,
    pub findings: Vec<Finding>,
    max: usize,
    verdicts: HashMap<(Id, *const Value, u32), bool>,
    pub scopes: Scopes,
    frames: u32,
    /// Dynamic references that are being followed, with their values.
    open: Vec<(Id, *const Value)>,
    overrun: bool,
}

/// What is wrong with a value, at most `max` findings; none means that it is valid.
pub fn findings(program: &Program, value: &Value, max: usize) -> Vec<Finding> {
    let mut check = Check::new(program, max.max(1));
    let holds = check.schema(0, value, Some(&Place::Root), None);
    if check.overrun || (!holds && check.findings.is_empty()) {
        return vec![Finding::unexplained()];
    }
    check.findings
}

/// Whether a value is valid.
pub fn holds(program: &Program, value: &Value) -> bool {
    let mut check = Check::new(program, 0);
    check.schema(0, value, None, None) && !check.overrun
}

impl<'p> Check<'p> {
    fn new(program: &'p Program, max: usize) -> Self {
        Check {
            program,
            findings: Vec::new(),
            max,
            verdicts: HashMap::new(),
            scopes: Scopes::default(),
            frames: 0,
            open: Vec::new(),
            overrun: false,
        }
    }

    /// Whether a value is valid by one schema. `marks`: adds what the schema has judged inside the value.
    pub fn schema(
        &mut self,
        id: Id,
        value: &Value,
        at: Option<&Place<'_>>,
        marks: Option<&mut Marks>,
    ) -> bool {
        let program = self.program;
        let node = &program.nodes[id as usize];
        if node.keywords.is_empty() {
            return true;
        }
        // Enough is told, and nothing that comes changes it.
        if at.is_some() && self.findings.len() >= self.max {
            return false;
        }
        if self.frames >= MAX_FRAMES {
            self.overrun = true;
            return false;
        }
        let outer = self.scopes.current();
        if program.scoped {
            self.scopes.enter(node.resource);
        }
        let kept = node.shared && marks.is_none() && matches!(value, Value::Array(_) | Value::Object(_));
        self.frames += 1;
        let holds = if kept {
            self.kept(id, value, at)
        } else {
            self.keywords(id, value, at, marks)
        };
        self.frames -= 1;
        self.scopes.leave_to(outer);
        holds
    }

    /// A schema that a dynamic reference leads to; one that comes back to itself holds for nothing.
    pub fn dynamic(
        &mut self,
        id: Id,
        value: &Value,
        at: Option<&Place<'_>>,
        marks: Option<&mut Marks>,
    ) -> bool {
        let entry = (id, std::ptr::from_ref(value));
        if self.open.contains(&entry) {
            self.overrun = true;
            return false;
        }
        self.open.push(entry);
        let holds = self.schema(id, value, at, marks);
        self.open.pop();
        holds
    }

    fn kept(&mut self, id: Id, value: &Value, at: Option<&Place<'_>>) -> bool {
        let key = (id, std::ptr::from_ref(value), self.scopes.current());
        let known = self.verdicts.get(&key).copied();
        let holds = known.unwrap_or_else(|| {
            let holds = self.keywords(id, value, None, None);
            self.verdicts.insert(key, holds);
            holds
        });
        if !holds && at.is_some() {
            self.keywords(id, value, at, None);
        }
        holds
    }

    fn keywords(&mut self, id: Id, value: &Value, at: Option<&Place<'_>>, outer: Option<&mut Marks>) -> bool {
        let node = &self.program.nodes[id as usize];
        let leaves = |keyword: &Keyword| {
            matches!(
                keyword,
                Keyword::UnevaluatedProperties(_) | Keyword::UnevaluatedItems(_)
            )
        };
        let inside = match value {
            Value::Array(list) => list.len(),
            Value::Object(map) => map.len(),
            _ => 0,
        };
        let wanted = inside > 0 && (outer.is_some() || node.keywords.last().is_some_and(leaves));
        let mut marks = wanted.then(|| vec![false; inside]);
        let mut holds = true;
        for keyword in &node.keywords {
            if self.keyword(keyword, value, at, marks.as_mut()) {
                continue;
            }
            holds = false;
            if at.is_none() || self.findings.len() >= self.max {
                return false;
            }
        }
        if let (Some(outer), Some(marks)) = (outer, marks) {
            merge(outer, &marks);
        }
        holds
    }

    fn keyword(
        &mut self,
        keyword: &'p Keyword,
        value: &Value,
        at: Option<&Place<'_>>,
        marks: Option<&mut Marks>,
    ) -> bool {
        match keyword {
            Keyword::Members(members) => self.members(members, value, at, marks),
            Keyword::PropertyNames(id) => self.property_names(*id, value, at),
            Keyword::Items { prefix, rest } => self.items(prefix, *rest, value, at, marks),
            Keyword::Contains { item, min, max } => {
                let holds = self.contains(*item, *min..=*max, value, marks);
                self.told(holds, keyword, at)
            }
            Keyword::Required(names) => self.required(names, value, at),
            Keyword::DependentRequired(list) => list
                .iter()
                .filter(|(name, _)| value.get(name).is_some())
                .fold(true, |holds, (_, names)| self.required(names, value, at) && holds),
            Keyword::DependentSchemas(_)
            | Keyword::AllOf(_)
            | Keyword::AnyOf(_)
            | Keyword::OneOf(_)
            | Keyword::Not(_)
            | Keyword::If { .. }
            | Keyword::Ref(_)
            | Keyword::DynamicRef { .. } => self.composed(keyword, value, at, marks),
            Keyword::UnevaluatedProperties(id) => self.unevaluated_properties(*id, value, at, marks),
            Keyword::UnevaluatedItems(id) => {
                let holds = self.unevaluated_items(*id, value, marks);
                self.told(holds, keyword, at)
            }
            _ => self.told(asserts(keyword, value), keyword, at),
        }
    }

    /// Notes what a keyword says where it does not hold.
    pub fn told(&mut self, holds: bool, keyword: &Keyword, at: Option<&Place<'_>>) -> bool {
        if !holds && let Some(at) = at {
            self.add(Finding::of(keyword, at));
        }
        holds
    }

    pub fn add(&mut self, finding: Finding) {
        if self.findings.len() < self.max {
            self.findings.push(finding);
        }
    }
}

pub fn merge(into: &mut Marks, from: &Marks) {
    for (into, from) in into.iter_mut().zip(from) {
        *into |= from;
    }
}

/// Keywords that look at the value alone.
fn asserts(keyword: &Keyword, value: &Value) -> bool {
    match (keyword, value) {
        (Keyword::Never, _) => false,
        (Keyword::Type { bits }, _) => bits & type_of(value) != 0,
        (Keyword::Const(constant), _) => equal(value, constant),
        (Keyword::Enum { values, .. }, _) => values.iter().any(|one| equal(value, one)),
        (Keyword::Limit { kind, number }, Value::Number(value)) => number::compare(value, number)
            .is_some_and(|order| match kind {
                Limit::Minimum => order.is_ge(),
                Limit::Maximum => order.is_le(),
                Limit::ExclusiveMinimum => order.is_gt(),
                Limit::ExclusiveMaximum => order.is_lt(),
            }),
        (Keyword::MultipleOf(of), Value::Number(value)) => number::is_multiple(value, of),
        (Keyword::Size { kind, count }, _) => fits(*kind, *count, value),
        (Keyword::Pattern(pattern), Value::String(text)) => pattern.is_match(text),
        (Keyword::Format { holds, .. }, Value::String(text)) => holds(text),
        (Keyword::UniqueItems, Value::Array(items)) => all_differ(items),
        _ => true,
    }
}

fn type_of(value: &Value) -> u8 {
    match value {
        Value::Null => types::NULL,
        Value::Bool(_) => types::BOOLEAN,
        Value::Number(value) if number::is_whole(value) => types::INTEGER | types::NUMBER,
        Value::Number(_) => types::NUMBER,
        Value::String(_) => types::STRING,
        Value::Array(_) => types::ARRAY,
        Value::Object(_) => types::OBJECT,
    }
}

fn fits(kind: Size, count: u64, value: &Value) -> bool {
    let (least, size) = match (kind, value) {
        (Size::MinLength, Value::String(text)) => (true, text.chars().count()),
        (Size::MaxLength, Value::String(text)) => (false, text.chars().count()),
        (Size::MinItems, Value::Array(list)) => (true, list.len()),
        (Size::MaxItems, Value::Array(list)) => (false, list.len()),
        (Size::MinProperties, Value::Object(map)) => (true, map.len()),
        (Size::MaxProperties, Value::Object(map)) => (false, map.len()),
        _ => return true,
    };
    if least {
        size as u64 >= count
    } else {
        size as u64 <= count
    }
}
