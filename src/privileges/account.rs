//! Users and groups of the system.
//!
//! `unsafe` here: the functions of libc that look accounts up (they also ask LDAP and the like, which reading
//! `/etc/passwd` would not).

#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;

use libc::{c_char, c_int};

use super::{Target, Wish};
use crate::code::Code;
use crate::fault::Fault;

/// What getgrouplist counts in.
#[cfg(target_vendor = "apple")]
type Listed = c_int;
#[cfg(not(target_vendor = "apple"))]
type Listed = libc::gid_t;

/// The largest answer of the account database that is read.
const LARGEST: usize = 1 << 20;
/// The most groups of one user (Linux NGROUPS_MAX).
const MOST_GROUPS: usize = 65536;

struct User {
    uid: u32,
    gid: u32,
    name: CString,
}

/// Finds the accounts of a wish.
///
/// # Errors
/// `ERR_HAUBERK_PRIVILEGES_ACCOUNT` where one is unknown, or is root's.
pub fn resolve(wish: &Wish) -> Result<Target, Fault> {
    let user = match (&wish.user, wish.uid) {
        (Some(name), _) => Some(user_by_name(name)?.ok_or_else(|| unknown("user"))?),
        (None, Some(uid)) => user_by_id(uid)?,
        (None, None) => return Err(unknown("user")),
    };
    let gid = match (&wish.group, wish.gid) {
        (Some(name), _) => Some(group_by_name(name)?.ok_or_else(|| unknown("group"))?),
        (None, gid) => gid.or(user.as_ref().map(|user| user.gid)),
    };
    let gid = gid.ok_or_else(|| {
        Fault::new(
            Code::PrivilegesAccount,
            "the number of the user has no account on this system, so the group must be given as well",
        )
    })?;
    let mut groups = match &user {
        Some(user) => groups_of(&user.name, gid)?,
        None => vec![gid],
    };
    groups.sort_unstable();
    groups.dedup();
    let uid = user.map_or(wish.uid.unwrap_or_default(), |user| user.uid);
    if uid == 0 || gid == 0 || groups.contains(&0) {
        return Err(Fault::new(
            Code::PrivilegesAccount,
            "the user, the group and the user's supplementary groups must not be root's (0)",
        ));
    }
    // To set*id, the largest number means "leave as it is".
    if uid == u32::MAX || gid == u32::MAX {
        return Err(unknown("user or group"));
    }
    Ok(Target { uid, gid, groups })
}

fn unknown(what: &str) -> Fault {
    Fault::new(
        Code::PrivilegesAccount,
        format!("the {what} does not exist on this system; nothing was changed"),
    )
}

fn text(name: &str) -> Result<CString, Fault> {
    CString::new(name).map_err(|_| unknown("user or group"))
}

fn user_by_name(name: &str) -> Result<Option<User>, Fault> {
    let name = text(name)?;
    // SAFETY: the name ends with NUL; the rest is as `look_up` gives it.
    user(|record, buffer, size, found| unsafe {
        libc::getpwnam_r(name.as_ptr(), record, buffer, size, found)
    })
}

fn user_by_id(uid: u32) -> Result<Option<User>, Fault> {
    // SAFETY: as `look_up` gives it.
    user(|record, buffer, size, found| unsafe { libc::getpwuid_r(uid, record, buffer, size, found) })
}

fn user(
    ask: impl FnMut(*mut libc::passwd, *mut c_char, usize, *mut *mut libc::passwd) -> c_int,
) -> Result<Option<User>, Fault> {
    look_up(ask, |record: &libc::passwd| User {
        uid: record.pw_uid,
        gid: record.pw_gid,
        // SAFETY: a record that was found has a name, which ends with NUL, in the buffer that still lives.
        name: unsafe { CStr::from_ptr(record.pw_name) }.to_owned(),
    })
}

fn group_by_name(name: &str) -> Result<Option<u32>, Fault> {
    let name = text(name)?;
    look_up(
        // SAFETY: the name ends with NUL; the rest is as `look_up` gives it.
        |record, buffer, size, found| unsafe { libc::getgrnam_r(name.as_ptr(), record, buffer, size, found) },
        |record: &libc::group| record.gr_gid,
    )
}

/// Asks with a larger buffer until the answer fits.
fn look_up<R, T>(
    mut ask: impl FnMut(*mut R, *mut c_char, usize, *mut *mut R) -> c_int,
    read: impl Fn(&R) -> T,
) -> Result<Option<T>, Fault> {
    let mut size = 4096;
    loop {
        let mut record = MaybeUninit::<R>::zeroed();
        let mut buffer = vec![0 as c_char; size];
        let mut found = std::ptr::null_mut();
        let status = ask(record.as_mut_ptr(), buffer.as_mut_ptr(), size, &mut found);
        if status == libc::ERANGE && size < LARGEST {
            size *= 2;
        } else if !found.is_null() {
            // SAFETY: `found` points at `record`, which libc has filled; its texts stand in `buffer`.
            return Ok(Some(read(unsafe { &*found })));
        } else if matches!(status, 0 | libc::ENOENT | libc::ESRCH) {
            return Ok(None);
        } else {
            return Err(Fault::new(
                Code::PrivilegesAccount,
                format!("the account database failed with error {status}; nothing was changed"),
            ));
        }
    }
}

// Listed is gid_t itself on most systems, and a signed number as wide on Apple's.
#[allow(clippy::unnecessary_cast)]
fn groups_of(name: &CStr, gid: u32) -> Result<Vec<u32>, Fault> {
    let mut size = 64;
    while size <= MOST_GROUPS {
        let mut groups = vec![0 as Listed; size];
        let mut count = size as c_int;
        // SAFETY: the name ends with NUL, and there is room for `count` groups.
        let status =
            unsafe { libc::getgrouplist(name.as_ptr(), gid as Listed, groups.as_mut_ptr(), &mut count) };
        if status >= 0 {
            groups.truncate(usize::try_from(count).unwrap_or(0));
            return Ok(groups.into_iter().map(|group| group as u32).collect());
        }
        size *= 4;
    }
    Err(Fault::new(
        Code::PrivilegesAccount,
        "the user is in too many groups",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(wish: Wish) -> Code {
        resolve(&wish).unwrap_err().code
    }

    #[test]
    fn unknown_accounts_are_errors() {
        let user = |name: &str| Wish {
            user: Some(name.into()),
            ..Wish::default()
        };
        assert_eq!(code(user("no such user")), Code::PrivilegesAccount);
        assert_eq!(code(user("nul\0nul")), Code::PrivilegesAccount);
        assert_eq!(code(Wish::default()), Code::PrivilegesAccount);
        assert_eq!(
            code(Wish {
                group: Some("no such group".into()),
                ..user("nobody")
            }),
            Code::PrivilegesAccount
        );
    }

    #[test]
    fn root_is_no_target() {
        let number = |uid, gid| Wish {
            uid: Some(uid),
            gid: Some(gid),
            ..Wish::default()
        };
        assert_eq!(code(number(0, 12345)), Code::PrivilegesAccount);
        assert_eq!(code(number(12345, 0)), Code::PrivilegesAccount);
        assert_eq!(code(number(u32::MAX, 12345)), Code::PrivilegesAccount);
        assert_eq!(
            code(Wish {
                user: Some("root".into()),
                ..Wish::default()
            }),
            Code::PrivilegesAccount
        );
    }

    #[test]
    fn a_number_without_an_account_needs_a_group() {
        let mut wish = Wish {
            uid: Some(3_999_999_999),
            ..Wish::default()
        };
        assert_eq!(code(wish.clone()), Code::PrivilegesAccount);
        wish.gid = Some(3_999_999_998);
        let target = resolve(&wish).unwrap();
        assert_eq!((target.uid, target.gid), (3_999_999_999, 3_999_999_998));
        assert_eq!(target.groups, [3_999_999_998]);
    }

    #[test]
    fn nobody_has_groups() {
        let target = resolve(&Wish {
            user: Some("nobody".into()),
            ..Wish::default()
        })
        .unwrap();
        assert!(target.uid != 0 && target.groups.contains(&target.gid));
    }
}
