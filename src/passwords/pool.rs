//! hauberk's own threads for passwords, never libuv's four: a flood of logins must not stop file reads
//! and name look-ups.
//!
//! Threads start with the first work and end when there has been none for [`IDLE`]; then the last work
//! memory goes back to the system. They are detached: a process that has nothing else to do ends.

#![forbid(unsafe_code)]

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use once_cell::sync::Lazy;

use super::arena::Arena;
use super::argon2::Block;
use super::counts::{Counts, Stats};
use super::priority;
use super::queue::{Done, Job, Memory, Queue, Step};
use super::work::{Outcome, Work};
use crate::clock;
use crate::code::Code;
use crate::fault::Fault;
use crate::guard::guard;

/// How long a thread waits for work before it ends.
pub const IDLE: Duration = Duration::from_secs(5);

/// Defaults: threads (or the number of cores, if that is less), bytes of work memory, jobs that may wait.
pub const THREADS: usize = 4;
pub const MEMORY: usize = 256 * 1024 * 1024;
pub const QUEUE: usize = 4096;

/// The pool of this process, shared by all its environments.
pub static POOL: Lazy<Pool> = Lazy::new(|| Pool::new(default_threads(), QUEUE, MEMORY));

fn default_threads() -> usize {
    std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(THREADS)
}

/// Threads that share one queue.
pub struct Pool {
    state: Mutex<State>,
    wake: Condvar,
    counts: Counts,
}

struct State {
    queue: Queue,
    threads: usize,
    alive: usize,
    waiting: usize,
    /// Threads that run something, and the jobs that they run.
    occupied: usize,
    running: usize,
}

impl Pool {
    /// A pool without threads yet.
    pub fn new(threads: usize, queue: usize, memory: usize) -> Pool {
        let queue = Queue::new(queue, memory);
        Pool {
            state: Mutex::new(State {
                queue,
                threads,
                alive: 0,
                waiting: 0,
                occupied: 0,
                running: 0,
            }),
            wake: Condvar::new(),
            counts: Counts::default(),
        }
    }

    /// Changes the sizes at any time; work that waits stays. `None` leaves a size as it is.
    pub fn configure(&'static self, threads: Option<usize>, queue: Option<usize>, memory: Option<usize>) {
        let mut state = self.lock();
        let [_, _, budget] = state.queue.memory();
        let capacity = queue.unwrap_or(state.queue.capacity());
        state.queue.resize(capacity, memory.unwrap_or(budget));
        state.threads = threads.unwrap_or(state.threads);
        self.staff(&mut state);
        drop(state);
        self.wake.notify_all();
    }

    /// Takes a job in; its `done` is called from a thread of the pool.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_BUSY` when the queue is full, `ERR_HAUBERK_PASSWORDS_TOO_COSTLY` when the
    /// job needs more than the whole memory budget. Then `done` is not called.
    pub fn submit(&'static self, job: Job) -> Result<(), Fault> {
        let mut state = self.lock();
        let (owner, id) = (job.owner, job.id);
        state
            .queue
            .push(job)
            .inspect_err(|fault| self.count_refusal(fault))?;
        self.staff(&mut state);
        if state.alive == 0 {
            state.queue.abort(owner, id);
            return Err(Fault::new(
                Code::PasswordsBusy,
                "the system gives no thread to hash with",
            ));
        }
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Takes a waiting job out; false where it is running or done.
    pub fn abort(&self, owner: u64, id: u64) -> bool {
        let found = self.lock().queue.abort(owner, id).is_some();
        if found {
            self.counts.aborted.add(1);
        }
        found
    }

    /// Drops what an environment that ends has waiting; what runs finishes, and nobody is told.
    pub fn forget(&self, owner: u64) {
        let dropped = self.lock().queue.forget(owner);
        drop(dropped);
    }

    /// Does the work on the calling thread, in memory of its own.
    ///
    /// # Errors
    /// As [`Pool::submit`] and [`Work::run`].
    pub fn run_here(&self, work: Work) -> Result<Outcome, Fault> {
        self.lock().queue.fits_at_all(&work)?;
        let (kind, blocks) = (work.kind(), work.blocks());
        let mut arena = if blocks == 0 {
            None
        } else {
            Some(Arena::new(blocks).ok_or(no_memory())?)
        };
        let outcome = work.run(arena.as_mut().map_or(&mut [], |arena| arena.lend(blocks)))?;
        self.counts.done[kind as usize].add(1);
        Ok(outcome)
    }

    /// The state of the pool now.
    pub fn stats(&self) -> Stats {
        let state = self.lock();
        let counts = &self.counts;
        Stats {
            threads: state.threads,
            alive: state.alive,
            running: state.running,
            waiting: state.queue.lengths(),
            memory: state.queue.memory(),
            done: [counts.done[0].get(), counts.done[1].get()],
            busy: counts.busy.get(),
            expired: counts.expired.get(),
            aborted: counts.aborted.get(),
        }
    }

    /// Starts threads while there is more waiting than threads that wait for it.
    fn staff(&'static self, state: &mut State) {
        while state.alive < state.threads && state.queue.len() > state.waiting + state.starting() {
            let started = std::thread::Builder::new()
                .name("hauberk-pw".into())
                .spawn(|| self.serve());
            if started.is_err() {
                return;
            }
            state.alive += 1;
        }
    }

    fn serve(&'static self) {
        priority::lower();
        let mut state = self.lock();
        loop {
            if state.alive > state.threads {
                break;
            }
            let hands = state.waiting + state.starting();
            match state.queue.next(clock::now_ns(), hands) {
                Step::Run(job, memory) => {
                    state.occupied += 1;
                    state.running += 1;
                    drop(state);
                    let (tell, lent, arena) = self.run(job, memory);
                    state = self.lock();
                    state.occupied -= 1;
                    state.running -= 1;
                    state.queue.give_back(lent, arena);
                    drop(state);
                    // Last: whoever hears of the outcome finds the pool without this job.
                    tell();
                    state = self.lock();
                    self.pass_on(&state);
                }
                Step::Together(jobs) => {
                    let count = jobs.len();
                    state.occupied += 1;
                    state.running += count;
                    self.pass_on(&state);
                    drop(state);
                    let outcomes = self.run_together(jobs);
                    state = self.lock();
                    state.occupied -= 1;
                    state.running -= count;
                    drop(state);
                    outcomes.into_iter().for_each(|(done, outcome)| done(outcome));
                    state = self.lock();
                    self.pass_on(&state);
                }
                Step::Expire(jobs) => {
                    drop(state);
                    self.counts.expired.add(jobs.len());
                    jobs.into_iter().for_each(|job| (job.done)(Err(expired())));
                    state = self.lock();
                }
                Step::Refuse(job) => {
                    drop(state);
                    (job.done)(Err(no_memory()));
                    state = self.lock();
                }
                Step::Wipe(mut arena) => {
                    drop(state);
                    arena.wipe();
                    state = self.lock();
                    state.queue.give_back(arena.bytes(), Some(arena));
                    self.pass_on(&state);
                }
                Step::Wait => {
                    let idle;
                    (state, idle) = self.wait(state);
                    if idle {
                        break;
                    }
                }
            }
        }
        state.alive -= 1;
        let keep = state.alive;
        let unused = state.queue.trim(keep);
        drop(state);
        drop(unused);
    }

    /// Waits to be woken; true where nothing came within [`IDLE`].
    fn wait<'a>(&'a self, mut state: MutexGuard<'a, State>) -> (MutexGuard<'a, State>, bool) {
        state.waiting += 1;
        let (mut state, timeout) = self
            .wake
            .wait_timeout(state, IDLE)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        let idle = timeout.timed_out() && state.queue.is_empty();
        (state, idle)
    }

    /// Memory has come free, or a turn is over: another thread may have something to do now.
    fn pass_on(&self, state: &State) {
        if !state.queue.is_empty() && state.waiting > 0 {
            self.wake.notify_one();
        }
    }

    /// Runs one job; gives how to tell its outcome, what it had been lent, and the arena to keep.
    fn run(&self, job: Job, memory: Memory) -> (impl FnOnce(), usize, Option<Arena>) {
        let Job { work, done, .. } = job;
        let (kind, blocks) = (work.kind(), work.blocks());
        let (lent, mut arena) = match memory {
            Memory::None => (0, None),
            Memory::Ready(arena) => (arena.bytes(), Some(arena)),
            Memory::Reserved(bytes) => (bytes, Arena::new(bytes / Block::SIZE)),
        };
        let outcome = match &mut arena {
            None if blocks > 0 => Err(no_memory()),
            lent => {
                let blocks = lent.as_mut().map_or(&mut [][..], |arena| arena.lend(blocks));
                guard(|| work.run(blocks))
            }
        };
        match &outcome {
            Ok(_) => self.counts.done[kind as usize].add(1),
            Err(fault) => self.count_refusal(fault),
        }
        (move || done(outcome), lent, arena)
    }

    /// Runs jobs side by side; gives whom to tell what.
    fn run_together(&self, jobs: Vec<Job>) -> Vec<(Done, Result<Outcome, Fault>)> {
        let kinds: Vec<_> = jobs.iter().map(|job| job.work.kind()).collect();
        let (works, dones): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.work, job.done)).unzip();
        let outcomes = guard(|| Ok(Work::run_together(works)))
            .unwrap_or_else(|fault| kinds.iter().map(|_| Err(fault.clone())).collect());
        for (kind, outcome) in kinds.iter().zip(&outcomes) {
            self.counts.done[*kind as usize].add(usize::from(outcome.is_ok()));
        }
        dones.into_iter().zip(outcomes).collect()
    }

    fn count_refusal(&self, fault: &Fault) {
        if fault.code == Code::PasswordsBusy {
            self.counts.busy.add(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No state is left half-changed by a panic: what runs under the lock does not call out.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Threads that have been started or are back, and ask the queue next: neither occupied nor waiting.
    fn starting(&self) -> usize {
        self.alive.saturating_sub(self.occupied + self.waiting)
    }
}

fn expired() -> Fault {
    Fault::new(
        Code::PasswordsDeadline,
        "the password waited longer than its deadline and was not hashed",
    )
}

fn no_memory() -> Fault {
    Fault::new(
        Code::PasswordsBusy,
        "there is no memory to hash with now; try again later",
    )
}
