//! Users and groups of the process: libc's functions, which reach every thread (a raw system call changes
//! only the thread that makes it).
//!
//! `unsafe` here: these functions.

#![allow(unsafe_code)]

use std::io;

use super::Target;

fn done(status: libc::c_int) -> io::Result<()> {
    if status == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Sets the supplementary groups.
pub fn set_groups(target: &Target) -> io::Result<()> {
    // SAFETY: the pointer and the length are those of one slice of gid_t, which is u32 everywhere on Unix.
    done(unsafe { libc::setgroups(target.groups.len() as _, target.groups.as_ptr()) })
}

/// Sets the real, the effective and the saved group.
pub fn set_group(target: &Target) -> io::Result<()> {
    // SAFETY: takes numbers.
    #[cfg(target_os = "linux")]
    return done(unsafe { libc::setresgid(target.gid, target.gid, target.gid) });
    // SAFETY: takes a number; for root it sets all three (POSIX).
    #[cfg(not(target_os = "linux"))]
    return done(unsafe { libc::setgid(target.gid) });
}

/// Sets the real, the effective and the saved user.
pub fn set_user(target: &Target) -> io::Result<()> {
    // SAFETY: takes numbers.
    #[cfg(target_os = "linux")]
    return done(unsafe { libc::setresuid(target.uid, target.uid, target.uid) });
    // SAFETY: takes a number; for root it sets all three (POSIX).
    #[cfg(not(target_os = "linux"))]
    return done(unsafe { libc::setuid(target.uid) });
}

/// Tries every way back to root; true where one works.
pub fn comes_back() -> bool {
    // SAFETY: take numbers. Each must fail; where one succeeds the process ends at once.
    unsafe {
        libc::setuid(0) == 0
            || libc::seteuid(0) == 0
            || libc::setgid(0) == 0
            || libc::setegid(0) == 0
            || libc::geteuid() == 0
            || libc::getegid() == 0
    }
}

/// Real and effective user, real and effective group.
pub fn own() -> [u32; 4] {
    // SAFETY: these cannot fail.
    unsafe { [libc::getuid(), libc::geteuid(), libc::getgid(), libc::getegid()] }
}
