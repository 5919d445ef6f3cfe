//! Which compression function runs: the widest that this processor has, found out once.
//!
//! `unsafe` here: calling code that was compiled for processor features, after asking for them.

#![allow(unsafe_code)]

use once_cell::sync::Lazy;

use super::block::Block;
#[cfg(target_arch = "aarch64")]
use super::neon;
use super::portable;
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};

/// One compression: `memory[target] = G(memory[previous], memory[reference])`, XORed with what stands
/// there already if `xor` (RFC 9106, 3.2, from the second pass on).
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub previous: usize,
    pub reference: usize,
    pub target: usize,
    pub xor: bool,
}

/// A compression function. All give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel(Which);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    Neon,
    Portable,
}

static BEST: Lazy<Kernel> = Lazy::new(|| Kernel::available()[0]);

impl Kernel {
    /// The one without any processor features.
    pub const PORTABLE: Kernel = Kernel(Which::Portable);

    /// The widest that this processor has.
    pub fn best() -> Kernel {
        *BEST
    }

    /// Those that this processor has, the widest first.
    pub fn available() -> Vec<Kernel> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                kernels.push(Kernel(Which::Avx512));
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                kernels.push(Kernel(Which::Avx2));
            }
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            kernels.push(Kernel(Which::Neon));
        }
        kernels.push(Kernel::PORTABLE);
        kernels
    }

    /// Runs one step.
    pub fn compress(self, memory: &mut [Block], step: Step) {
        match self.0 {
            // SAFETY: `available` makes this value only where the processor has the feature.
            #[cfg(target_arch = "x86_64")]
            Which::Avx512 => unsafe { avx512::compress(memory, step) },
            // SAFETY: likewise.
            #[cfg(target_arch = "x86_64")]
            Which::Avx2 => unsafe { avx2::compress(memory, step) },
            // SAFETY: likewise.
            #[cfg(target_arch = "aarch64")]
            Which::Neon => unsafe { neon::compress(memory, step) },
            Which::Portable => portable::compress(memory, step),
        }
    }
}

/// Asks for a block that will be read soon. A wish: nothing depends on it.
#[inline(always)]
pub fn prefetch(block: &Block) {
    #[cfg(target_arch = "x86_64")]
    for line in block.0.as_chunks::<8>().0 {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address of a live value; a prefetch reads nothing that could be seen.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = block;
}
