//! Equality of JSON values: numbers by value (1 is 1.0), objects whatever the order of their names.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use serde_json::Value;

use super::number::{self, Exact};

/// Whether two values are equal as JSON Schema says.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            number::compare(left, right).is_some_and(std::cmp::Ordering::is_eq)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, value)| right.get(name).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}

/// Whether no two items are equal. Hashed with a secret of the process: linear in the items' size, whoever
/// chose them.
pub fn all_differ(items: &[Value]) -> bool {
    if let [one, other] = items {
        return !equal(one, other);
    }
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().all(|item| seen.insert(Hashed(item)))
}

struct Hashed<'a>(&'a Value);

impl PartialEq for Hashed<'_> {
    fn eq(&self, other: &Self) -> bool {
        equal(self.0, other.0)
    }
}

impl Eq for Hashed<'_> {}

impl Hash for Hashed<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Value::Null => state.write_u8(0),
            Value::Bool(value) => state.write_u8(1 + u8::from(*value)),
            Value::Number(value) => match number::exact(value) {
                Exact::Whole(whole) => {
                    state.write_u8(3);
                    state.write_i128(whole);
                }
                // Invariant: zero is whole, so equal doubles have equal bits here.
                Exact::Double(double) => {
                    state.write_u8(4);
                    state.write_u64(double.to_bits());
                }
            },
            Value::String(text) => {
                state.write_u8(5);
                text.hash(state);
            }
            Value::Array(items) => {
                state.write_u8(6);
                state.write_usize(items.len());
                items.iter().for_each(|item| Hashed(item).hash(state));
            }
            // The map keeps its names in order.
            Value::Object(map) => {
                state.write_u8(7);
                state.write_usize(map.len());
                for (name, value) in map {
                    name.hash(state);
                    Hashed(value).hash(state);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equality_is_by_value_not_by_writing() {
        for (left, right, expected) in [
            (json!(1), json!(1.0), true),
            (json!([1, { "a": -0.0 }]), json!([1.0, { "a": 0 }]), true),
            (json!({ "a": 1, "b": 2 }), json!({ "b": 2, "a": 1 }), true),
            (json!({ "a": 1 }), json!({ "a": 1, "b": null }), false),
            (json!({ "a": 1, "c": 2 }), json!({ "a": 1, "b": 2 }), false),
            (json!(0), json!(false), false),
            (json!("1"), json!(1), false),
            (json!([[1], 2]), json!([1, [2]]), false),
        ] {
            assert_eq!(equal(&left, &right), expected, "{left} {right}");
            assert_eq!(
                all_differ(&[left.clone(), json!("x"), right.clone()]),
                !expected,
                "{left} {right}"
            );
            assert_eq!(all_differ(&[left, right]), !expected);
        }
        assert!(all_differ(&[]) && all_differ(&[json!(1)]));
    }
}
