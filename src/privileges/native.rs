use napi::Error;
use napi_derive::napi;

use super::{Left, Target, Wish};
use crate::boundary::answer;
use crate::code::Code;
use crate::fault::Fault;

/// A wish as it crosses: checked in JavaScript. `keep` holds numbers of capabilities, each below 64.
#[napi(object, namespace = "privileges", object_to_js = false)]
pub struct NativeWish {
    pub user: Option<String>,
    pub uid: Option<u32>,
    pub group: Option<String>,
    pub gid: Option<u32>,
    pub keep: Vec<u32>,
}

/// Who the process is, or would be, afterwards.
#[napi(object, namespace = "privileges", object_from_js = false)]
pub struct NativeTarget {
    pub uid: u32,
    pub gid: u32,
    pub groups: Vec<u32>,
}

/// What was done.
#[napi(object, namespace = "privileges", object_from_js = false)]
pub struct NativeLeft {
    pub uid: u32,
    pub gid: u32,
    pub groups: Vec<u32>,
    pub threads: u32,
    pub bounding: bool,
}

/// Whether `drop` would work, and who the process would be. Changes nothing.
#[napi(namespace = "privileges", catch_unwind)]
pub fn check_drop(wish: NativeWish) -> Result<NativeTarget, Error<Code>> {
    answer(|| {
        let Target { uid, gid, groups } = check(&wish.into())?;
        Ok(NativeTarget { uid, gid, groups })
    })
}

/// Gives up privileges, on every thread, and proves it.
#[napi(namespace = "privileges", catch_unwind, js_name = "drop")]
pub fn drop_privileges(wish: NativeWish) -> Result<NativeLeft, Error<Code>> {
    answer(|| {
        let Left {
            target: Target { uid, gid, groups },
            threads,
            bounding,
        } = leave(&wish.into())?;
        Ok(NativeLeft {
            uid,
            gid,
            groups,
            threads,
            bounding,
        })
    })
}

impl From<NativeWish> for Wish {
    fn from(wish: NativeWish) -> Wish {
        Wish {
            user: wish.user,
            uid: wish.uid,
            group: wish.group,
            gid: wish.gid,
            keep: wish.keep.iter().fold(0, |set, capability| {
                set | 1_u64.checked_shl(*capability).unwrap_or(0)
            }),
        }
    }
}

#[cfg(unix)]
fn check(wish: &Wish) -> Result<Target, Fault> {
    super::leave::check(wish)
}

#[cfg(unix)]
fn leave(wish: &Wish) -> Result<Left, Fault> {
    super::leave::leave(wish)
}

#[cfg(not(unix))]
fn check(_wish: &Wish) -> Result<Target, Fault> {
    Err(unsupported())
}

#[cfg(not(unix))]
fn leave(_wish: &Wish) -> Result<Left, Fault> {
    Err(unsupported())
}

#[cfg(not(unix))]
fn unsupported() -> Fault {
    Fault::new(
        Code::PrivilegesUnsupported,
        "this platform has no users that a process could become; start it as a service account",
    )
}
