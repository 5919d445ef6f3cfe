//! HTML that a stranger wrote, made safe to show.
//!
//! 1. [`policy`]: what is allowed, compiled once into an ammonia builder; [`url`] decides on URLs.
//! 2. [`cost`]: input that would cost more than linear time (deep nesting, thousands of attributes,
//!    formatting elements that multiply) is found first and shown as text.
//! 3. [`clean`]: ammonia, repeated until nothing changes any more. What does not settle is shown as text.
//! 4. [`context`]: for policies that allow elements whose content is parsed by other rules in another
//!    place (`svg`, `textarea`, ...), the result is parsed again in each such place; what then yields
//!    anything outside the policy is shown as text.
//! 5. [`tree`]: the light tree that 2 and 4 parse into.

pub mod clean;
pub mod context;
pub mod cost;
pub mod native;
pub mod policy;
pub mod tree;
pub mod url;

#[cfg(test)]
mod tests;
