//! Where a short text lies while it is scanned.

#![forbid(unsafe_code)]

use super::dispatch::Runs;
use super::rule::{Found, Limits};
use super::scan::Scratch;

/// Bytes of a short text.
pub const SHORT: usize = 1024;
/// White space before the text: whoever looks at the bytes before a colon finds some.
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
    /// White space, the text, and white space up to the end of a block.
    bytes: [u8; BEFORE + SHORT + BLOCK],
}

impl Desk {
    /// Scans the text. Offsets are those in the text.
    #[inline]
    pub fn scan(&mut self, runs: Runs, limits: &Limits, scratch: &mut Scratch) -> Found {
        let end = BEFORE + (self.length as usize).min(SHORT);
        if let Some(before) = self.bytes.first_chunk_mut::<BEFORE>() {
            *before = [b' '; BEFORE];
        }
        if let Some(after) = self
            .bytes
            .get_mut(end..)
            .and_then(<[u8]>::first_chunk_mut::<BLOCK>)
        {
            *after = [b' '; BLOCK];
        }
        let whole = BEFORE + (end - BEFORE).next_multiple_of(BLOCK);
        let mut found = runs.scan_from(
            self.bytes.get(..whole).unwrap_or_default(),
            BEFORE,
            limits,
            scratch,
        );
        if found.refused.is_some() | (found.reported != 0) {
            found.move_back(BEFORE as u32);
        }
        found
    }
}
