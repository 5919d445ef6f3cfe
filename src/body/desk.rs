//! Where a short text lies while it is scanned.

#![forbid(unsafe_code)]

use super::dispatch::Runs;
use super::rule::{Found, Limits};
use super::scan::Scratch;

/// Bytes of a short text.
pub const SHORT: usize = 1024;
/// White space before the text, which JavaScript writes once: whoever looks at the 16 bytes that end with the
/// first colon finds some.
const BEFORE: usize = 16;
const BLOCK: usize = 64;

/// Memory that JavaScript writes to: any bits are one. The text begins where a cache line does.
#[repr(C)]
pub struct Desk {
    /// Bytes of the text.
    pub length: u32,
    /// The number of the limits.
    pub limits: u32,
    _unused: [u8; BLOCK - BEFORE - 8],
    /// White space, the text, and what is left of longer ones.
    bytes: [u8; BEFORE + SHORT + BLOCK],
}

impl Desk {
    /// A desk with a text; `None` where it is not short. For tests: the desk of a thread is JavaScript's.
    pub fn holding(text: &[u8]) -> Option<Desk> {
        let mut desk = Desk {
            length: text.len() as u32,
            limits: 0,
            _unused: [0xff; BLOCK - BEFORE - 8],
            bytes: [b'"'; BEFORE + SHORT + BLOCK],
        };
        desk.bytes[..BEFORE].fill(b' ');
        let place = desk.bytes[BEFORE..].get_mut(..text.len())?;
        place.copy_from_slice(text);
        (text.len() <= SHORT).then_some(desk)
    }

    /// Scans the text. Offsets are those in the text.
    #[inline]
    pub fn scan(&self, runs: Runs, limits: &Limits, scratch: &mut Scratch, found: &mut Found) {
        let end = BEFORE + (self.length as usize).min(SHORT);
        let text = self.bytes.get(..end).unwrap_or_default();
        runs.scan_from(text, BEFORE, limits, scratch, found);
        if found.refused.is_some() | (found.reported != 0) {
            found.move_back(BEFORE as u32);
        }
    }
}
