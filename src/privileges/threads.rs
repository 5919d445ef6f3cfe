//! A step on every thread.
//!
//! Capability sets and no_new_privs can only be set by the thread that they belong to. So each thread is sent
//! a signal, and the handler does the step. The signal is the one that libc keeps for the very same purpose
//! (its own set*id): pthread_sigmask never blocks it, while Node.js has a thread that blocks all
//! others. For the length of a sweep the handler stands in front of libc's and hands on what is not its own.
//!
//! `unsafe` here: system calls and the signal handler, which touches only atomics and makes system calls.

#![allow(unsafe_code)]

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use libc::{c_int, c_long, c_ulong, c_void, siginfo_t};

use super::status::{self, Status};

/// The signal by which libc reaches every thread (glibc SIGSETXID, musl SIGSYNCCALL).
#[cfg(not(target_env = "musl"))]
const SIGNAL: c_int = 33;
#[cfg(target_env = "musl")]
const SIGNAL: c_int = 34;

/// How long all threads together may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_micros(20);

/// `_LINUX_CAPABILITY_VERSION_3` (capget(2)).
const CAPABILITY_VERSION: u32 = 0x2008_0522;

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Step {
    /// Nothing: shows that every thread can be reached.
    Answer = 1,
    /// As root: clears the bounding and the ambient set but for `keep`.
    Restrict = 2,
    /// As the new user: leaves `keep` alone in the other sets, and sets no_new_privs.
    Seal = 3,
}

static TARGET: AtomicI32 = AtomicI32::new(0);
static STEP: AtomicU32 = AtomicU32::new(0);
static KEEP: AtomicU64 = AtomicU64::new(0);
static LIBC_HANDLER: AtomicUsize = AtomicUsize::new(0);
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs `step` on each thread, and again on those that came meanwhile or for which `done` does not hold, until
/// a whole pass finds none.
///
/// # Errors
/// Where `/proc` cannot be read or a thread does not answer.
pub fn sweep(step: Step, keep: u64, done: impl Fn(&Status) -> bool) -> io::Result<u32> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    STEP.store(step as u32, Ordering::Release);
    KEEP.store(keep, Ordering::Release);
    let _handler = Handler::install()?;
    let own = gettid();
    let end = Instant::now() + PATIENCE;
    let mut asked = HashSet::new();
    loop {
        let mut stable = true;
        let mut count = 0;
        for thread in status::threads()? {
            let Some(status) = status::of(thread)? else {
                continue;
            };
            count += 1;
            if asked.contains(&thread) && done(&status) {
                continue;
            }
            stable = false;
            asked.insert(thread);
            if thread == own {
                act();
            } else {
                ask(thread, end)?;
            }
        }
        if stable {
            return Ok(count);
        }
        if Instant::now() > end {
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
    }
}

/// Has one other thread act, and waits for it. A thread that has ended is as good.
fn ask(thread: i32, end: Instant) -> io::Result<()> {
    TARGET.store(thread, Ordering::Release);
    let mut asked = signal(thread, SIGNAL);
    while asked && TARGET.load(Ordering::Acquire) != 0 {
        if Instant::now() > end {
            TARGET.store(0, Ordering::Release);
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        std::thread::sleep(POLL);
        asked = signal(thread, 0);
    }
    TARGET.store(0, Ordering::Release);
    Ok(())
}

fn gettid() -> i32 {
    // SAFETY: takes nothing and cannot fail.
    (unsafe { libc::syscall(libc::SYS_gettid) }) as i32
}

/// Sends a signal to a thread of this process (0 sends none); false where the thread has ended.
fn signal(thread: i32, number: c_int) -> bool {
    // SAFETY: takes numbers, and names this very process.
    unsafe {
        libc::syscall(
            libc::SYS_tgkill,
            libc::getpid() as c_long,
            thread as c_long,
            number as c_long,
        ) == 0
    }
}

/// The handler. Async-signal-safe: atomics and system calls, and errno is put back.
extern "C" fn on_signal(number: c_int, info: *mut siginfo_t, context: *mut c_void) {
    if TARGET.load(Ordering::Acquire) == gettid() {
        act();
        TARGET.store(0, Ordering::Release);
        return;
    }
    let next = LIBC_HANDLER.load(Ordering::Acquire);
    if next > libc::SIG_IGN {
        // SAFETY: the kernel had this address as the handler of this signal, with SA_SIGINFO: libc's own.
        let next: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = unsafe { std::mem::transmute(next) };
        next(number, info, context);
    }
}

/// Does the step on the calling thread. What fails shows in the thread's status, which is read afterwards.
fn act() {
    let keep = KEEP.load(Ordering::Acquire);
    let step = STEP.load(Ordering::Acquire);
    // SAFETY: libc's errno is this thread's own; it may be needed by the code that the signal interrupted.
    let errno = unsafe { *libc::__errno_location() };
    if step == Step::Restrict as u32 {
        for capability in 0..64 {
            if keep & (1 << capability) != 0 {
                continue;
            }
            match prctl(libc::PR_CAPBSET_READ, capability) {
                0 => {}
                1 => _ = prctl(libc::PR_CAPBSET_DROP, capability),
                // EINVAL: the kernel knows no more of them.
                _ => break,
            }
        }
        prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as c_ulong);
        prctl(libc::PR_SET_KEEPCAPS, c_ulong::from(keep != 0));
    } else if step == Step::Seal as u32 {
        capset(keep);
        prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as c_ulong);
        prctl(libc::PR_SET_KEEPCAPS, 0);
        prctl(libc::PR_SET_NO_NEW_PRIVS, 1);
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

fn prctl(option: c_int, argument: c_ulong) -> c_long {
    // SAFETY: every option used here takes numbers.
    unsafe { libc::syscall(libc::SYS_prctl, option as c_long, argument, 0, 0, 0) }
}

/// Sets the permitted and effective sets to `keep`, the inheritable one to nothing.
fn capset(keep: u64) {
    let (low, high) = (keep as u32, (keep >> 32) as u32);
    let header: [u32; 2] = [CAPABILITY_VERSION, 0];
    // Effective, permitted, inheritable; first of the lower 32 capabilities, then of the upper ones.
    let data: [u32; 6] = [low, low, 0, high, high, 0];
    // SAFETY: version 3 has a header of two words (pid 0 is the calling thread) and six words of data.
    unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), data.as_ptr()) };
}

/// The kernel's own record of a signal's action; as large as any architecture has it. The handler is its
/// first word.
type Action = [usize; 16];

/// The handler, until it is dropped.
struct Handler {
    before: Action,
}

impl Handler {
    /// libc refuses to change the action of its own signal, so the kernel is asked. The record that it takes
    /// differs by architecture: libc makes one for another signal, and it is copied from there.
    fn install() -> io::Result<Handler> {
        let pattern = pattern()?;
        let mut before: Action = [0; 16];
        action(SIGNAL, None, Some(&mut before))?;
        LIBC_HANDLER.store(before[0], Ordering::Release);
        action(SIGNAL, Some(&pattern), None)?;
        Ok(Handler { before })
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let _ = action(SIGNAL, Some(&self.before), None);
    }
}

/// The record of `on_signal`, as libc makes it.
fn pattern() -> io::Result<Action> {
    let spare = libc::SIGRTMAX();
    let mut pattern: Action = [0; 16];
    // SAFETY: all bytes zero are a valid sigaction; the handler has the form that SA_SIGINFO asks for; both
    // records live through the calls. The spare signal gets its action back before anything else runs here.
    unsafe {
        let mut own: libc::sigaction = std::mem::zeroed();
        let mut before: libc::sigaction = std::mem::zeroed();
        let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = on_signal;
        own.sa_sigaction = handler as usize;
        own.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigfillset(&mut own.sa_mask);
        if libc::sigaction(spare, &own, &mut before) != 0 {
            return Err(io::Error::last_os_error());
        }
        let read = action(spare, None, Some(&mut pattern));
        libc::sigaction(spare, &before, std::ptr::null_mut());
        read?;
    }
    Ok(pattern)
}

fn action(number: c_int, new: Option<&Action>, old: Option<&mut Action>) -> io::Result<()> {
    /// Bytes of the kernel's signal set on every architecture that Node.js has binaries for.
    const SET: usize = 8;
    // SAFETY: a record that is set was read from the kernel before; one that is read has room for any.
    let status = unsafe {
        libc::syscall(
            libc::SYS_rt_sigaction,
            number as c_long,
            new.map_or(std::ptr::null(), |action| action.as_ptr()),
            old.map_or(std::ptr::null_mut(), |action| action.as_mut_ptr()),
            SET,
        )
    };
    if status == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_answers_even_one_that_blocks_all_signals() {
        let (stop, wait) = std::sync::mpsc::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel::<()>();
        let blocked = std::thread::spawn(move || {
            // SAFETY: all bytes zero are a valid set, and it lives through the calls.
            unsafe {
                let mut all: libc::sigset_t = std::mem::zeroed();
                libc::sigfillset(&mut all);
                libc::pthread_sigmask(libc::SIG_SETMASK, &all, std::ptr::null_mut());
            }
            ready.send(()).unwrap();
            let _ = wait.recv();
        });
        is_ready.recv().unwrap();
        assert!(sweep(Step::Answer, 0, |_| true).unwrap() >= 2);
        stop.send(()).unwrap();
        blocked.join().unwrap();
    }

    #[test]
    fn the_action_of_the_signal_is_as_before() {
        let read = || {
            let mut now: Action = [0; 16];
            action(SIGNAL, None, Some(&mut now)).unwrap();
            now
        };
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let before = read();
        drop(Handler::install().unwrap());
        assert_eq!(read(), before);
    }
}
