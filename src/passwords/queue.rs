//! What runs next: two bounded queues that take turns, and a memory budget. Pure: no threads, no clock.
//!
//! 1. Hash and verify take turns, so that a flood of registrations does not keep users from logging in.
//! 2. Work whose deadline has passed is handed back instead of run.
//! 3. The work whose turn it is waits until its memory fits; it is not overtaken, so it is never starved.
//! 4. Idle arenas count against the budget and are given up when other work needs the room.
//! 5. Work that runs side by side (bcrypt of one cost) is handed out together, shared evenly among the
//!    threads that are free for it.
//! 6. An arena is wiped as soon as no work is there to overwrite it.

#![forbid(unsafe_code)]

use std::collections::VecDeque;

use super::arena::Arena;
use super::argon2::Block;
use super::bcrypt::blowfish::LANES;
use super::work::{Outcome, Work};
use crate::code::Code;
use crate::fault::Fault;

/// Called once with the outcome, from any thread.
pub type Done = Box<dyn FnOnce(Result<Outcome, Fault>) + Send>;

/// Work in the queue.
pub struct Job {
    /// The environment that asked, and its number for the job.
    pub owner: u64,
    pub id: u64,
    /// Nanoseconds of [`crate::clock`] after which it is not begun any more.
    pub deadline: u64,
    pub work: Work,
    pub done: Done,
}

impl Job {
    fn bytes(&self) -> usize {
        self.work.blocks() * Block::SIZE
    }
}

/// What a thread is to do next.
pub enum Step {
    /// Run the job in this memory.
    Run(Job, Memory),
    /// Run these side by side; they need no memory.
    Together(Vec<Job>),
    /// Tell these that their deadline has passed.
    Expire(Vec<Job>),
    /// Tell this one that the budget was made smaller than it needs.
    Refuse(Job),
    /// Wipe the arena and bring it back.
    Wipe(Arena),
    /// Nothing can be done now.
    Wait,
}

/// Memory for a job. All kinds are given back with [`Queue::give_back`].
pub enum Memory {
    None,
    Ready(Arena),
    /// Room in the budget, to be allocated by the thread outside of the lock.
    Reserved(usize),
}

/// The state behind the pool's lock.
pub struct Queue {
    waiting: [VecDeque<Job>; 2],
    turn: usize,
    capacity: usize,
    budget: usize,
    lent: usize,
    idle: Vec<Arena>,
    peak: usize,
}

impl Queue {
    /// An empty queue; sizes in jobs and bytes.
    pub fn new(capacity: usize, budget: usize) -> Queue {
        let waiting = [VecDeque::new(), VecDeque::new()];
        Queue {
            waiting,
            turn: 1,
            capacity,
            budget,
            lent: 0,
            idle: Vec::new(),
            peak: 0,
        }
    }

    /// Changes the sizes; what already waits stays.
    pub fn resize(&mut self, capacity: usize, budget: usize) {
        (self.capacity, self.budget) = (capacity, budget);
        self.make_room(0);
    }

    /// Takes a job in.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_BUSY` when full; for memory beyond the whole budget
    /// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`.
    pub fn push(&mut self, job: Job) -> Result<(), Fault> {
        self.fits_at_all(&job.work)?;
        if self.len() >= self.capacity {
            return Err(Fault::new(
                Code::PasswordsBusy,
                format!(
                    "{} passwords wait to be hashed or verified already; try again later",
                    self.len()
                ),
            ));
        }
        self.waiting[job.work.kind() as usize].push_back(job);
        Ok(())
    }

    /// Whether the work could ever run within the budget.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_TOO_COSTLY`
    pub fn fits_at_all(&self, work: &Work) -> Result<(), Fault> {
        if work.blocks() * Block::SIZE <= self.budget {
            return Ok(());
        }
        Err(Fault::new(
            Code::PasswordsTooCostly,
            format!(
                "the hash needs {} KiB of memory; the budget for all of them is {} KiB",
                work.blocks(),
                self.budget / 1024
            ),
        ))
    }

    /// Jobs that may wait.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Jobs that wait.
    pub fn len(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Jobs of each kind that wait.
    pub fn lengths(&self) -> [usize; 2] {
        [self.waiting[0].len(), self.waiting[1].len()]
    }

    /// Bytes of work memory: held now, at most so far, and the budget.
    pub fn memory(&self) -> [usize; 3] {
        [self.held(), self.peak, self.budget]
    }

    /// What to do next at the time `now`, for one of `hands` threads that are free (at least 1).
    pub fn next(&mut self, now: u64, hands: usize) -> Step {
        let expired = self.take_where(|job| job.deadline <= now);
        if !expired.is_empty() {
            return Step::Expire(expired);
        }
        let turn = if self.waiting[self.turn].is_empty() {
            1 - self.turn
        } else {
            self.turn
        };
        let Some(bytes) = self.waiting[turn].front().map(Job::bytes) else {
            return self.rest();
        };
        if bytes == 0
            && let Some(arena) = self.dirty()
        {
            return Step::Wipe(arena);
        }
        if bytes <= self.budget && self.lent + bytes > self.budget {
            return self.rest();
        }
        self.turn = 1 - turn;
        let Some(job) = self.waiting[turn].pop_front() else {
            return Step::Wait;
        };
        if bytes > self.budget {
            return Step::Refuse(job);
        }
        if let Some(cost) = job.work.together() {
            return Step::Together(self.companions(job, cost, hands));
        }
        let memory = self.memory_of(bytes);
        Step::Run(job, memory)
    }

    /// The job, and as many of its cost as are this thread's share, from both queues in turn.
    fn companions(&mut self, job: Job, cost: u32, hands: usize) -> Vec<Job> {
        let alike = |job: &Job| job.work.together() == Some(cost);
        let waiting: usize = self
            .waiting
            .iter()
            .map(|queue| queue.iter().filter(|job| alike(job)).count())
            .sum();
        let share = (waiting + 1).div_ceil(hands.max(1)).min(LANES);
        let mut jobs = vec![job];
        while jobs.len() < share {
            let found = [self.turn, 1 - self.turn]
                .into_iter()
                .find_map(|turn| Some((turn, self.waiting[turn].iter().position(alike)?)));
            let Some((turn, at)) = found else { break };
            self.turn = 1 - turn;
            jobs.extend(self.waiting[turn].remove(at));
        }
        jobs
    }

    /// Takes memory back: what was lent as `bytes` returns as an arena, or as nothing where it was given
    /// up or could not be allocated.
    pub fn give_back(&mut self, bytes: usize, arena: Option<Arena>) {
        self.lent -= bytes;
        if let Some(arena) = arena
            && self.held() + arena.bytes() <= self.budget
        {
            self.idle.push(arena);
        }
    }

    /// Removes one waiting job.
    pub fn abort(&mut self, owner: u64, id: u64) -> Option<Job> {
        self.take_where(|job| job.owner == owner && job.id == id).pop()
    }

    /// Removes all waiting jobs of an environment that ends.
    pub fn forget(&mut self, owner: u64) -> Vec<Job> {
        self.take_where(|job| job.owner == owner)
    }

    /// Keeps at most `count` idle arenas.
    pub fn trim(&mut self, count: usize) -> Vec<Arena> {
        self.idle.split_off(count.min(self.idle.len()))
    }

    fn held(&self) -> usize {
        self.lent + self.idle.iter().map(Arena::bytes).sum::<usize>()
    }

    /// Nothing can run: a good time to wipe.
    fn rest(&mut self) -> Step {
        self.dirty().map_or(Step::Wait, Step::Wipe)
    }

    fn dirty(&mut self) -> Option<Arena> {
        let at = self.idle.iter().position(Arena::is_dirty)?;
        let arena = self.idle.swap_remove(at);
        self.lent += arena.bytes();
        Some(arena)
    }

    fn memory_of(&mut self, bytes: usize) -> Memory {
        if bytes == 0 {
            return Memory::None;
        }
        let fitting = (0..self.idle.len()).filter(|&at| {
            let size = self.idle[at].bytes();
            size >= bytes && self.lent + size <= self.budget
        });
        if let Some(at) = fitting.min_by_key(|&at| self.idle[at].bytes()) {
            let arena = self.idle.swap_remove(at);
            self.lent += arena.bytes();
            return Memory::Ready(arena);
        }
        self.make_room(bytes);
        self.lent += bytes;
        self.peak = self.peak.max(self.held());
        Memory::Reserved(bytes)
    }

    /// Gives idle arenas up until `bytes` more fit.
    fn make_room(&mut self, bytes: usize) {
        while self.held() + bytes > self.budget && self.idle.pop().is_some() {}
    }

    fn take_where(&mut self, matches: impl Fn(&Job) -> bool) -> Vec<Job> {
        let mut taken = Vec::new();
        for waiting in &mut self.waiting {
            if waiting.iter().any(&matches) {
                let (out, stay) = std::mem::take(waiting)
                    .into_iter()
                    .partition::<VecDeque<_>, _>(&matches);
                taken.extend(out);
                *waiting = stay;
            }
        }
        taken
    }
}
