//! The order in which argon2 computes its blocks, and which earlier block each one refers to
//! (RFC 9106, 3.2 and 3.4). The lanes of a slice are computed one after the other.

#![forbid(unsafe_code)]

use super::Kind;
use super::block::{Block, WORDS};
use super::kernel::{Kernel, Step, prefetch};

/// The slices of a pass, at whose ends lanes may see each other.
pub const SLICES: usize = 4;

/// How far ahead known references are asked for.
const AHEAD: usize = 2;

/// What does not change while memory is filled.
#[derive(Clone, Copy)]
pub struct Plan {
    pub kernel: Kernel,
    pub kind: Kind,
    /// 16 or 19.
    pub version: u32,
    pub passes: usize,
    pub lanes: usize,
    /// Blocks of each lane.
    pub lane: usize,
}

/// Where in the work a segment is.
#[derive(Clone, Copy)]
struct Place {
    pass: usize,
    slice: usize,
    lane: usize,
}

impl Plan {
    fn segment(&self) -> usize {
        self.lane / SLICES
    }

    /// Fills the memory, whose first two blocks of each lane are there already.
    pub fn fill(&self, memory: &mut [Block]) {
        for pass in 0..self.passes {
            for slice in 0..SLICES {
                for lane in 0..self.lanes {
                    let place = Place { pass, slice, lane };
                    if self.is_independent(place) {
                        self.independent(memory, place);
                    } else {
                        self.dependent(memory, place);
                    }
                }
            }
        }
    }

    /// Whether references come from a counter instead of from the memory.
    fn is_independent(&self, place: Place) -> bool {
        match self.kind {
            Kind::Argon2d => false,
            Kind::Argon2i => true,
            Kind::Argon2id => place.pass == 0 && place.slice < SLICES / 2,
        }
    }

    fn dependent(&self, memory: &mut [Block], place: Place) {
        let first = first(place);
        for index in first..self.segment() {
            let step = self.step(place, index, |previous| memory[previous].0[0]);
            self.kernel.compress(memory, step);
        }
    }

    fn independent(&self, memory: &mut [Block], place: Place) {
        let mut addresses = Addresses::new(self, place);
        let first = first(place);
        for index in first..self.segment() {
            let words = addresses.of(self.kernel, index);
            let step = self.step(place, index, |_| words[index % WORDS]);
            if let Some(&ahead) = words.get(index % WORDS + AHEAD)
                && index + AHEAD < self.segment()
            {
                prefetch(&memory[self.step(place, index + AHEAD, |_| ahead).reference]);
            }
            self.kernel.compress(memory, step);
        }
    }

    /// The step for block `index` of a segment; `random` gives J1 and J2, from the previous block or not.
    #[inline(always)]
    fn step(&self, place: Place, index: usize, random: impl FnOnce(usize) -> u64) -> Step {
        let Place { pass, slice, lane } = place;
        let target = lane * self.lane + slice * self.segment() + index;
        let previous = if slice == 0 && index == 0 {
            target + self.lane - 1
        } else {
            target - 1
        };
        let reference = self.reference(place, index, random(previous));
        let xor = pass > 0 && self.version != 16;
        Step {
            previous,
            reference,
            target,
            xor,
        }
    }

    #[inline(always)]
    fn reference(&self, place: Place, index: usize, random: u64) -> usize {
        let Place { pass, slice, lane } = place;
        let same = self.lanes == 1 || (pass == 0 && slice == 0);
        let other = if same {
            lane
        } else {
            (random >> 32) as usize % self.lanes
        };
        // Blocks that may be referred to: those of finished segments, and of this one up to the previous.
        let finished = if pass == 0 { slice } else { SLICES - 1 } * self.segment();
        let area = if other == lane {
            finished + index - 1
        } else {
            finished - usize::from(index == 0)
        };
        let square = (random & 0xffff_ffff).wrapping_mul(random & 0xffff_ffff) >> 32;
        let back = (area as u64 * square) >> 32;
        let start = if pass == 0 || slice == SLICES - 1 {
            0
        } else {
            (slice + 1) * self.segment()
        };
        let at = start + area - 1 - back as usize;
        // Both terms are less than a lane.
        other * self.lane + if at >= self.lane { at - self.lane } else { at }
    }
}

/// The first two blocks of each lane come from H0.
fn first(place: Place) -> usize {
    if place.pass == 0 && place.slice == 0 { 2 } else { 0 }
}

/// The blocks of random words that argon2i takes its references from, made 128 at a time.
struct Addresses {
    /// Zeros, the counter block, and what comes out.
    blocks: [Block; 3],
    made: Option<usize>,
}

impl Addresses {
    fn new(plan: &Plan, place: Place) -> Addresses {
        let mut blocks = [Block::default(); 3];
        let numbers = [
            place.pass,
            place.lane,
            place.slice,
            plan.lanes * plan.lane,
            plan.passes,
            plan.kind as usize,
        ];
        for (word, number) in blocks[1].0.iter_mut().zip(numbers) {
            *word = number as u64;
        }
        Addresses { blocks, made: None }
    }

    fn of(&mut self, kernel: Kernel, index: usize) -> &[u64; WORDS] {
        let wanted = index / WORDS;
        if self.made != Some(wanted) {
            self.made = Some(wanted);
            self.blocks[1].0[6] = wanted as u64 + 1;
            for reference in [1, 2] {
                kernel.compress(
                    &mut self.blocks,
                    Step {
                        previous: 0,
                        reference,
                        target: 2,
                        xor: false,
                    },
                );
            }
        }
        &self.blocks[2].0
    }
}
