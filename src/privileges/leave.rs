//! The order in which privileges go, and the proof that they are gone.
//!
//! 1. Everything that can be known to fail is looked at first; nothing has changed then.
//! 2. Supplementary groups, then the group, then the user: each needs what the next one takes away.
//! 3. The bounding set goes before the user (it takes CAP_SETPCAP), the other sets and no_new_privs after.
//! 4. The proof reads every thread's status, and tries to become root again.

#![forbid(unsafe_code)]

use std::io;

use super::identity;
use super::{Left, Target, Wish, account};
use crate::code::Code;
use crate::fault::Fault;

fn denied(detail: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
    Fault::new(Code::PrivilegesDenied, detail)
}

/// Ends the process: it is neither root as before nor safely somebody else.
fn stop(what: &str, error: &str) -> ! {
    eprintln!("hauberk: privileges.drop could not finish ({what}: {error}); the process ends");
    std::process::abort();
}

fn must(what: &str, result: io::Result<()>) {
    if let Err(error) = result {
        stop(what, &error.to_string());
    }
}

/// What `leave` would do; changes nothing.
///
/// # Errors
/// `ERR_HAUBERK_PRIVILEGES_ACCOUNT`, `ERR_HAUBERK_PRIVILEGES_DENIED`
pub fn check(wish: &Wish) -> Result<Target, Fault> {
    let target = account::resolve(wish)?;
    system::check(&target, wish.keep)?;
    Ok(target)
}

/// Becomes the user, for good.
///
/// # Errors
/// As [`check`]; nothing has changed then.
pub fn leave(wish: &Wish) -> Result<Left, Fault> {
    let target = account::resolve(wish)?;
    system::leave(target, wish.keep)
}

fn refuse_groups(error: &io::Error) -> Fault {
    denied(format!(
        "the system does not let this process change its groups ({error}); nothing was changed"
    ))
}

#[cfg(target_os = "linux")]
mod system {
    use super::*;
    use crate::privileges::status::{self, Status};
    use crate::privileges::threads::{Step, sweep};

    const CAP_SETGID: u64 = 1 << 6;
    const CAP_SETUID: u64 = 1 << 7;
    const CAP_SETPCAP: u64 = 1 << 8;

    /// Where the process stands before.
    struct Start {
        /// It is the target already: a drop then only seals.
        arrived: bool,
        /// It may clear the bounding set.
        bounding: bool,
    }

    fn look(target: &Target, keep: u64) -> Result<Start, Fault> {
        let unreadable = |_| denied("/proc cannot be read, and without it nothing can be proved");
        let mut own = None;
        for thread in status::threads().map_err(unreadable)? {
            let Some(status) = status::of(thread).map_err(unreadable)? else {
                continue;
            };
            // The kernel's own helpers for io_uring act with the credentials of the time they were made at.
            if status.name.starts_with("iou-") {
                return Err(denied(
                    "io_uring is in use, and its kernel threads would stay root: drop before, or without UV_USE_IO_URING",
                ));
            }
            if thread == std::process::id() as i32 {
                own = Some(status);
            }
        }
        let own = own.ok_or_else(|| denied("/proc does not show this process"))?;
        let arrived = own.uids == [target.uid; 4]
            && own.gids == [target.gid; 4]
            && own.groups.iter().all(|group| target.groups.contains(group));
        let needed = CAP_SETGID | CAP_SETUID;
        if !arrived && own.effective & needed != needed {
            return Err(denied(
                "the process is neither that user nor allowed to become it (CAP_SETUID and CAP_SETGID); start it as root or as the user",
            ));
        }
        let bounding = own.effective & CAP_SETPCAP != 0;
        if keep & !own.permitted != 0 || (keep != 0 && !arrived && !bounding) {
            return Err(denied(
                "the process does not have the capabilities that it shall keep",
            ));
        }
        Ok(Start { arrived, bounding })
    }

    pub fn check(target: &Target, keep: u64) -> Result<(), Fault> {
        look(target, keep).map(|_| ())
    }

    pub fn leave(target: Target, keep: u64) -> Result<Left, Fault> {
        let Start { arrived, bounding } = look(&target, keep)?;
        sweep(Step::Answer, 0, |_| true).map_err(|error| {
            denied(format!(
                "a thread of the process cannot be reached ({error}); nothing was changed"
            ))
        })?;
        if !arrived {
            identity::set_groups(&target).map_err(|error| refuse_groups(&error))?;
            must("group", identity::set_group(&target));
        }
        if bounding {
            let cleared = |status: &Status| status.bounding & !keep == 0 && status.ambient == 0;
            must("bounding set", sweep(Step::Restrict, keep, cleared).map(|_| ()));
        }
        if !arrived {
            must("user", identity::set_user(&target));
        }
        let gone = |status: &Status| wrong(status, &target, keep, arrived, bounding).is_none();
        must("capabilities", sweep(Step::Seal, keep, gone).map(|_| ()));
        let threads = prove(&target, keep, arrived, bounding);
        Ok(Left {
            target,
            threads,
            bounding,
        })
    }

    /// The proof. Returns the number of threads that it has read.
    fn prove(target: &Target, keep: u64, arrived: bool, bounding: bool) -> u32 {
        if identity::comes_back() {
            stop("proof", "the process can become root again");
        }
        let read = || -> io::Result<u32> {
            let mut count = 0;
            for thread in status::threads()? {
                let Some(status) = status::of(thread)? else {
                    continue;
                };
                count += 1;
                if let Some(what) = wrong(&status, target, keep, arrived, bounding) {
                    stop("proof", &format!("thread {thread} still has its {what}"));
                }
            }
            Ok(count)
        };
        match read() {
            Ok(count) if count > 0 => count,
            Ok(_) => stop("proof", "no thread is seen"),
            Err(error) => stop("proof", &error.to_string()),
        }
    }

    /// What a thread has that it must not have.
    fn wrong(
        status: &Status,
        target: &Target,
        keep: u64,
        arrived: bool,
        bounding: bool,
    ) -> Option<&'static str> {
        let groups = if arrived {
            status.groups.iter().all(|group| target.groups.contains(group))
        } else {
            status.groups == target.groups
        };
        let faults = [
            (status.uids != [target.uid; 4], "user"),
            (status.gids != [target.gid; 4], "group"),
            (!groups, "supplementary groups"),
            (status.permitted != keep, "permitted capabilities"),
            (status.effective != keep, "effective capabilities"),
            (status.inheritable != 0, "inheritable capabilities"),
            (status.ambient != 0, "ambient capabilities"),
            (bounding && status.bounding & !keep != 0, "bounding set"),
            (!status.no_new_privs, "way to new privileges"),
        ];
        faults.iter().find(|(is, _)| *is).map(|(_, what)| *what)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn each_remaining_privilege_is_named() {
            let target = Target {
                uid: 7,
                gid: 8,
                groups: vec![8, 9],
            };
            let clean = Status {
                uids: [7; 4],
                gids: [8; 4],
                groups: vec![8, 9],
                no_new_privs: true,
                ..Status::default()
            };
            let judge = |change: fn(&mut Status)| {
                let mut status = clean.clone();
                change(&mut status);
                wrong(&status, &target, 0, false, true)
            };
            assert_eq!(judge(|_| {}), None);
            assert_eq!(judge(|status| status.uids[2] = 0), Some("user"));
            assert_eq!(judge(|status| status.gids[3] = 0), Some("group"));
            assert_eq!(
                judge(|status| status.groups.push(10)),
                Some("supplementary groups")
            );
            assert_eq!(
                judge(|status| status.permitted = 1),
                Some("permitted capabilities")
            );
            assert_eq!(
                judge(|status| status.effective = 1),
                Some("effective capabilities")
            );
            assert_eq!(
                judge(|status| status.inheritable = 1),
                Some("inheritable capabilities")
            );
            assert_eq!(judge(|status| status.ambient = 1), Some("ambient capabilities"));
            assert_eq!(judge(|status| status.bounding = 1), Some("bounding set"));
            assert_eq!(
                judge(|status| status.no_new_privs = false),
                Some("way to new privileges")
            );
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::*;

    fn arrived(target: &Target) -> bool {
        identity::own() == [target.uid, target.uid, target.gid, target.gid]
    }

    pub fn check(target: &Target, keep: u64) -> Result<(), Fault> {
        if keep != 0 {
            return Err(denied("capabilities can be kept on Linux only"));
        }
        if !arrived(target) && identity::own()[1] != 0 {
            return Err(denied(
                "the process is neither that user nor root; start it as root or as the user",
            ));
        }
        Ok(())
    }

    pub fn leave(target: Target, keep: u64) -> Result<Left, Fault> {
        check(&target, keep)?;
        if !arrived(&target) {
            identity::set_groups(&target).map_err(|error| refuse_groups(&error))?;
            must("group", identity::set_group(&target));
            must("user", identity::set_user(&target));
        }
        if identity::comes_back() || !arrived(&target) {
            stop("proof", "the process can become root again");
        }
        Ok(Left {
            target,
            threads: 1,
            bounding: false,
        })
    }
}
