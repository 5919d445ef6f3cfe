//! The masks of 64 bytes of JSON: one bit per byte, the first byte at bit 0.
//!
//! - [`portable`]: in ordinary registers; what the others are held equal to, by `tests::kernels_agree`
//! - `x86`: SSE2, AVX2 and AVX-512
//! - `neon`: ARM, 64 bits
//!
//! [`fastest`] asks the processor once which of them it can run.

pub mod portable;

#[cfg(target_arch = "aarch64")]
pub mod neon;
#[cfg(target_arch = "x86_64")]
pub mod x86;

/// Where the bytes stand that a scan must look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    pub quote: u64,
    pub backslash: u64,
    /// `:`, `{` and `}`.
    pub members: u64,
    /// `,`; only the pointer to an offence asks for it.
    pub comma: u64,
    /// `{` and `[`.
    pub open: u64,
    /// `}` and `]`.
    pub close: u64,
    /// Bytes outside ASCII.
    pub high: u64,
}

impl Masks {
    /// Without the first `n` bytes; `n` is less than 64.
    #[inline(always)]
    pub fn skip(self, n: u32) -> Masks {
        Masks {
            quote: self.quote >> n,
            backslash: self.backslash >> n,
            members: self.members >> n,
            comma: self.comma >> n,
            open: self.open >> n,
            close: self.close >> n,
            high: self.high >> n,
        }
    }
}

/// A way to make [`Masks`] and to read them.
pub trait Kernel {
    /// The masks of one block.
    fn masks(block: &[u8; 64]) -> Masks;
    /// The masks of less than 64 bytes, as if white space followed.
    #[inline(always)]
    fn masks_of_short(text: &[u8]) -> Masks {
        let mut block = [b' '; 64];
        block[..text.len()].copy_from_slice(text);
        Self::masks(&block)
    }
    /// The same of `rest`, the end of `text`: what was just copied is read back late.
    #[inline(always)]
    fn masks_of_rest(rest: &[u8], text: &[u8]) -> Masks {
        match text.last_chunk::<64>() {
            Some(last) => Self::masks(last).skip(64 - rest.len() as u32),
            None => Self::masks_of_short(rest),
        }
    }
    /// Bit i of the answer is the parity of bits 0 to i.
    fn prefix_xor(bits: u64) -> u64;
    /// Writes `base` plus the place of each bit that is set, in order. What comes after them in `out` may be
    /// written too.
    fn places(bits: u64, base: u16, out: &mut [u16; 64]);
}

/// Which bytes lie inside strings, followed from block to block.
#[derive(Default)]
pub struct Strings {
    /// All ones while a string goes on from the block before.
    inside: u64,
    /// 1 when the block before ends in a backslash that escapes the first byte.
    escape: u64,
}

impl Strings {
    /// The quotes of the next block that begin or end a string, and the bytes from each opening quote
    /// up to the byte before its closing quote.
    #[inline(always)]
    pub fn next<K: Kernel>(&mut self, masks: &Masks) -> (u64, u64) {
        let mut quote = masks.quote;
        if masks.backslash | self.escape != 0 {
            quote &= !self.escaped(masks.backslash);
        }
        let inside = K::prefix_xor(quote) ^ self.inside;
        self.inside = ((inside as i64) >> 63) as u64;
        (quote, inside)
    }

    /// The bytes that a backslash before them escapes. Texts have few backslashes, so one at a time.
    #[inline(always)]
    fn escaped(&mut self, backslash: u64) -> u64 {
        let mut escaped = self.escape;
        let mut left = backslash & !self.escape;
        self.escape = 0;
        while left != 0 {
            let at = left.trailing_zeros();
            if at == 63 {
                self.escape = 1;
                break;
            }
            escaped |= 2 << at;
            left &= !(3 << at);
        }
        escaped
    }
}

/// The kernels that a processor may run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    #[default]
    Portable,
    #[cfg(target_arch = "aarch64")]
    Neon,
    #[cfg(target_arch = "x86_64")]
    Sse2,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// The fastest kernel of this processor.
pub fn fastest() -> Choice {
    #[cfg(target_arch = "x86_64")]
    let choice = match (x86::has_avx512(), x86::has_avx2()) {
        (true, _) => Choice::Avx512,
        (_, true) => Choice::Avx2,
        _ => Choice::Sse2,
    };
    #[cfg(target_arch = "aarch64")]
    let choice = Choice::Neon;
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let choice = Choice::Portable;
    choice
}
