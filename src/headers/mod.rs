//! Response fields that are built and checked once, when an application is put together.
//!
//! 1. `field` - the syntax of a field value (RFC 9110, 5.5).
//! 2. `directive` - the names of Content-Security-Policy directives, and what a source may look like.
//! 3. `defaults` - the directives that each preset starts from.
//! 4. `policy` - a whole policy: defaults, what the application changes in them, and the text that comes
//!    out, with holes where a value is only known when a response is made.
//! 5. `native` - the boundary.
//!
//! Nothing here runs on a request.

pub mod defaults;
pub mod directive;
pub mod field;
pub mod native;
pub mod policy;

#[cfg(test)]
mod tests;
