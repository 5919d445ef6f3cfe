//! HTML that a stranger wrote, made safe to show.
//!
//! 1. [`policy`]: what is allowed, compiled once into an ammonia builder; [`rules`] decides on each
//!    attribute, with [`url`], [`srcset`] and [`style`]; [`elements`] is what no policy can change.
//! 2. [`fast`]: one scan that knows the result for well-formed HTML of allowed elements ([`shape`]).
//! 3. [`cost`]: other input that would cost more than linear time (deep nesting, thousands of attributes,
//!    formatting elements that multiply) is found first and shown as text; [`model`] tells quickly that what is
//!    only misnested is not such.
//! 4. [`clean`]: ammonia, repeated until nothing changes any more. What does not settle is shown as text.
//! 5. [`context`]: for policies that allow elements which are read by other rules in another place (`svg`,
//!    `textarea`, ...), the result is parsed again in each such place; where that yields anything outside
//!    the policy, the tags of those elements are shown as text.
//! 6. [`tree`]: the light tree that 3 and 5 parse into.

pub mod clean;
pub mod context;
pub mod cost;
pub mod elements;
pub mod fast;
pub mod model;
pub mod native;
pub mod policy;
pub mod rules;
pub mod shape;
pub mod srcset;
pub mod style;
pub mod tree;
pub mod url;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
