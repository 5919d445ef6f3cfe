//! The dynamic scope: which resources the way to a schema has led through, the outermost first. What
//! `$dynamicRef` means depends on it and on nothing else of the way.

#![forbid(unsafe_code)]

use std::collections::HashMap;

#[derive(Default)]
pub struct Scopes {
    /// Scopes that were seen; a number is an index into it, less one: 0 is the empty scope.
    seen: Vec<Vec<u32>>,
    /// The scope that a resource makes of a scope.
    next: HashMap<(u32, u32), u32>,
    at: u32,
}

impl Scopes {
    /// A number that is equal where scopes are equal, as far as a reference can tell.
    pub fn current(&self) -> u32 {
        self.at
    }

    pub fn leave_to(&mut self, outer: u32) {
        self.at = outer;
    }

    pub fn enter(&mut self, resource: u32) {
        if self.resources().contains(&resource) {
            return;
        }
        if let Some(known) = self.next.get(&(self.at, resource)) {
            self.at = *known;
            return;
        }
        let mut longer = self.resources().to_vec();
        longer.push(resource);
        self.seen.push(longer);
        // Invariant: there are no more scopes than orders of resources that the schema can make.
        let number = self.seen.len() as u32;
        self.next.insert((self.at, resource), number);
        self.at = number;
    }

    pub fn resources(&self) -> &[u32] {
        match self.at {
            0 => &[],
            number => &self.seen[number as usize - 1],
        }
    }
}
