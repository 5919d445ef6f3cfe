//! References in a circle.

#![forbid(unsafe_code)]

use super::program::Program;
use super::schema::bad;
use crate::fault::Fault;

/// Refuses schemas that ask for themselves about the same value: judging would never end.
pub fn refuse(program: &Program) -> Result<(), Fault> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; program.nodes.len()];
    for start in 0..program.nodes.len() {
        let mut stack = vec![(start, false)];
        while let Some((at, left)) = stack.pop() {
            if left {
                states[at] = State::Done;
                continue;
            }
            match states[at] {
                State::Done => continue,
                State::Open => return Err(bad("a reference leads back to itself, about the same value")),
                State::New => states[at] = State::Open,
            }
            stack.push((at, true));
            let inner = program.nodes[at].in_place();
            stack.extend(inner.into_iter().map(|id| (id as usize, false)));
        }
    }
    Ok(())
}
