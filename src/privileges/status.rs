//! What the kernel says of a thread: `proc_pid_status(5)`.

#![forbid(unsafe_code)]

use std::fs;
use std::io;

/// One thread's credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub name: String,
    /// Real, effective, saved, file system.
    pub uids: [u32; 4],
    pub gids: [u32; 4],
    /// Sorted, each once.
    pub groups: Vec<u32>,
    pub inheritable: u64,
    pub permitted: u64,
    pub effective: u64,
    pub bounding: u64,
    pub ambient: u64,
    pub no_new_privs: bool,
}

/// The ids of all threads of this process.
///
/// # Errors
/// Where `/proc` is not there.
pub fn threads() -> io::Result<Vec<i32>> {
    let mut ids = Vec::new();
    for entry in fs::read_dir("/proc/self/task")? {
        if let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The status of a thread, or `None` where it has ended.
///
/// # Errors
/// Where `/proc` cannot be read or says something unknown.
pub fn of(thread: i32) -> io::Result<Option<Status>> {
    // ESRCH (3): the thread ended between opening and reading.
    let text = match fs::read_to_string(format!("/proc/self/task/{thread}/status")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(3) => {
            return Ok(None);
        }
        text => text?,
    };
    parse(&text)
        .map(Some)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

fn parse(text: &str) -> Option<Status> {
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim)
    };
    let numbers = |name: &str| -> Option<Vec<u32>> {
        field(name)?
            .split_ascii_whitespace()
            .map(|one| one.parse().ok())
            .collect()
    };
    let set = |name: &str| u64::from_str_radix(field(name)?, 16).ok();
    let mut groups = numbers("Groups")?;
    groups.sort_unstable();
    groups.dedup();
    Some(Status {
        name: field("Name")?.to_owned(),
        uids: numbers("Uid")?.try_into().ok()?,
        gids: numbers("Gid")?.try_into().ok()?,
        groups,
        inheritable: set("CapInh")?,
        permitted: set("CapPrm")?,
        effective: set("CapEff")?,
        bounding: set("CapBnd")?,
        ambient: set("CapAmb")?,
        no_new_privs: field("NoNewPrivs")? == "1",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_status() {
        let text = "Name:\tnode\nUid:\t1\t2\t3\t4\nGid:\t5\t5\t5\t5\nGroups:\t9 7 9 \nCapInh:\t0000000000000001\n\
                    CapPrm:\t0000000000000002\nCapEff:\t0000000000000400\nCapBnd:\t000001ffffffffff\n\
                    CapAmb:\t0000000000000000\nNoNewPrivs:\t1\n";
        let status = parse(text).unwrap();
        assert_eq!(status.uids, [1, 2, 3, 4]);
        assert_eq!(status.groups, [7, 9]);
        assert_eq!(status.effective, 0x400);
        assert_eq!(status.bounding, 0x1ff_ffff_ffff);
        assert!(status.no_new_privs);
    }

    #[test]
    fn a_status_that_lacks_a_field_is_none() {
        assert_eq!(parse("Name:\tnode\nUid:\t0\t0\t0\t0\n"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn own_threads_are_seen_and_ended_ones_are_none() {
        assert!(threads().unwrap().contains(&(std::process::id() as i32)));
        assert!(of(std::process::id() as i32).unwrap().is_some());
        assert_eq!(of(i32::MAX).unwrap(), None);
    }
}
