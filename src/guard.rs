//! The net under every export: a panic becomes `ERR_HAUBERK_INTERNAL`, never a dead process.

#![forbid(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::fault::Fault;

/// Runs `work`; a panic inside becomes [`Fault::internal`].
///
/// `AssertUnwindSafe`: callers hand in closures whose captured state is either dropped on failure or
/// made of atomics and of locks whose poisoning is handled where they are taken.
pub fn guard<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Fault::internal()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;

    #[test]
    fn passes_values_and_faults_on() {
        assert_eq!(guard(|| Ok(7)), Ok(7));
        let fault = Fault::new(Code::Argument, "no");
        assert_eq!(guard(|| Err::<(), _>(fault.clone())), Err(fault));
    }

    #[test]
    fn turns_a_panic_into_internal() {
        let caught = guard(|| -> Result<(), Fault> { panic!("for this test") });
        assert_eq!(caught.map_err(|fault| fault.code), Err(Code::Internal));
    }
}
