//! The scan by the fastest kernel of this processor.
//!
//! `unsafe` here: calls of functions that need a feature of the processor, once it was asked for it.

#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use super::kernel::x86::{Avx2, Avx512, Sse2};
use super::kernel::{Choice, fastest, portable::Portable};
use super::pointer::pointer;
use super::rule::{Found, Limits};
use super::scan::{Scratch, scan};

/// A kernel that this processor can run: nobody else makes one.
#[derive(Clone, Copy, Debug)]
pub struct Runs(Choice);

impl Default for Runs {
    fn default() -> Self {
        Runs(fastest())
    }
}

impl Runs {
    /// Each kernel that this processor can run; for tests, which hold them equal.
    pub fn all() -> Vec<Runs> {
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut))]
        let mut all = vec![Runs(Choice::Portable), Runs(fastest())];
        #[cfg(target_arch = "x86_64")]
        {
            all.push(Runs(Choice::Sse2));
            if super::kernel::x86::has_avx2() {
                all.push(Runs(Choice::Avx2));
            }
        }
        all
    }

    /// Scans a JSON text.
    pub fn scan(self, text: &[u8], limits: &Limits, scratch: &mut Scratch) -> Found {
        let mut found = Found::default();
        self.scan_from(text, 0, limits, scratch, &mut found);
        found
    }

    /// Scans the JSON text that begins at `from`, behind white space. Offsets are those in `text`.
    #[inline]
    pub fn scan_from(
        self,
        text: &[u8],
        from: usize,
        limits: &Limits,
        scratch: &mut Scratch,
        found: &mut Found,
    ) {
        match self.0 {
            Choice::Portable => scan::<Portable>(text, from, limits, scratch, found),
            #[cfg(target_arch = "aarch64")]
            Choice::Neon => scan::<super::kernel::neon::Neon>(text, from, limits, scratch, found),
            #[cfg(target_arch = "x86_64")]
            Choice::Sse2 => scan::<Sse2>(text, from, limits, scratch, found),
            // SAFETY: `Runs` holds a choice only where the processor has said that it can run it.
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2 => unsafe { scan_avx2(text, from, limits, scratch, found) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Choice::Avx512 => unsafe { scan_avx512(text, from, limits, scratch, found) },
        }
    }

    /// The JSON pointer to an offset.
    pub fn pointer(self, text: &[u8], offset: usize) -> String {
        match self.0 {
            Choice::Portable => pointer::<Portable>(text, offset),
            #[cfg(target_arch = "aarch64")]
            Choice::Neon => pointer::<super::kernel::neon::Neon>(text, offset),
            #[cfg(target_arch = "x86_64")]
            Choice::Sse2 => pointer::<Sse2>(text, offset),
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2 => unsafe { pointer_avx2(text, offset) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Choice::Avx512 => unsafe { pointer_avx512(text, offset) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn scan_avx2(text: &[u8], from: usize, limits: &Limits, scratch: &mut Scratch, found: &mut Found) {
    scan::<Avx2>(text, from, limits, scratch, found)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn scan_avx512(text: &[u8], from: usize, limits: &Limits, scratch: &mut Scratch, found: &mut Found) {
    scan::<Avx512>(text, from, limits, scratch, found)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn pointer_avx2(text: &[u8], offset: usize) -> String {
    pointer::<Avx2>(text, offset)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn pointer_avx512(text: &[u8], offset: usize) -> String {
    pointer::<Avx512>(text, offset)
}
