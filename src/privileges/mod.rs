//! Giving up root, for good, on every thread.
//!
//! 1. `account` - a user and a group by name or number, with the supplementary groups that go with them.
//! 2. `status` - what the kernel says of a thread (`/proc/self/task/*/status`).
//! 3. `threads` - runs a step on every thread of the process: capability sets and no_new_privs belong to a
//!    thread, and no function of libc reaches the others.
//! 4. `leave` - the order of the steps, and the proof.
//! 5. `native` - the boundary.
//!
//! What can be known to fail is found before anything changes, and is an error. A step that fails after the
//! first change, or a proof that does not hold, ends the process: half dropped is worse than stopped.

#[cfg(unix)]
pub mod account;
#[cfg(unix)]
pub mod identity;
#[cfg(unix)]
pub mod leave;
pub mod native;
#[cfg(target_os = "linux")]
pub mod status;
#[cfg(target_os = "linux")]
pub mod threads;

/// What the application asks for. Either a name or a number of each; without a group, the user's own.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub user: Option<String>,
    pub uid: Option<u32>,
    pub group: Option<String>,
    pub gid: Option<u32>,
    /// Capabilities that stay, one bit each (`capabilities(7)`).
    pub keep: u64,
}

/// Who the process is afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub uid: u32,
    pub gid: u32,
    /// Supplementary groups, sorted, each once.
    pub groups: Vec<u32>,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Left {
    pub target: Target,
    /// Threads that the proof has read; 1 where the system keeps privileges per process.
    pub threads: u32,
    /// Whether the bounding set was cleared (it takes CAP_SETPCAP; no_new_privs makes it idle either way).
    pub bounding: bool,
}
