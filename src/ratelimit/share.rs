//! A table that every process of an app on this machine maps.
//!
//! 1. The file is `hauberk-<uid>-<hash of name>-<version>-<sets>` in `/dev/shm` where there is one, else in
//!    the runtime or temporary directory: another size or version is another file.
//! 2. It is opened without following a symbolic link, and used only if it is a regular file of this user
//!    with mode 0600 and no second name. What is not is refused: somebody else prepared it.
//! 3. Only who holds the lock of the file prepares it; the lock ends with its holder. Deciding takes no lock.
//! 4. All of it is reserved before it is mapped: a page that could not be had later would be a SIGBUS.
//! 5. A file that was never finished, or is of another start of the system, is prepared anew. A file of
//!    another length or with a broken header is unlinked and a new one made: whoever still maps it keeps it.
//! 6. Windows has no such files: a named mapping of the session takes its place.
//! 7. Without atomic operations of 128 bits (32-bit processors) nothing is shared: locks would take their
//!    place, and those are known to one process only.

#![forbid(unsafe_code)]

use std::path::Path;

use portable_atomic::AtomicU128;
use siphasher::sip128::SipHasher13;

use super::memory::Region;
use crate::code::Code;
use crate::fault::Fault;

/// The memory of the table of that name, made by the first who asks.
///
/// # Errors
/// `ERR_HAUBERK_RATELIMIT_TABLE` where it cannot be had, or belongs to somebody else.
pub fn open(name: &str, sets: usize, directory: Option<&Path>) -> Result<Region, Fault> {
    if !AtomicU128::is_lock_free() {
        return Err(Fault::new(
            Code::RatelimitTable,
            "this processor has no atomic operations of 128 bits, which processes that share a table need; use \
             the scope 'process'",
        ));
    }
    os::open(&hash(name), sets, directory)
}

/// Always the same for the same name: it stands in the file's name.
fn hash(name: &str) -> String {
    let hash = SipHasher13::new().hash(name.as_bytes());
    format!("{:032x}", u128::from(hash))
}

#[cfg(unix)]
mod os {
    use std::fs::File;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::fs::{FallocateFlags, FlockOperation, Mode, OFlags, fallocate, flock};
    use rustix::io::Errno;
    use rustix::process::geteuid;

    use super::super::memory::{Region, State, VERSION, no_memory, size_for};
    use crate::code::Code;
    use crate::core::map::Map;
    use crate::fault::Fault;

    /// How often a file may be replaced under our eyes.
    const TRIES: usize = 16;

    /// How long another process may take to prepare the file.
    const PATIENCE: Duration = Duration::from_secs(5);

    pub fn open(hash: &str, sets: usize, directory: Option<&Path>) -> Result<Region, Fault> {
        let directory = directory.map_or_else(usual_directory, Path::to_owned);
        let uid = geteuid().as_raw();
        let path = directory.join(format!("hauberk-{uid}-{hash}-{VERSION}-{sets}"));
        let size = size_for(sets).ok_or_else(no_memory)?;
        let boot = boot_id();
        for _ in 0..TRIES {
            let file = open_file(&path)?;
            refuse_foreign(&file)?;
            let _locked = lock(&file)?;
            if !is_at(&file, &path) {
                // Somebody replaced it while we waited.
                continue;
            }
            let length = length_of(&file)?;
            if length != 0 && length != size as u64 {
                replace(&path)?;
                continue;
            }
            // macOS reserves anew, behind what is there; a file of the right length was reserved before.
            if (length == 0 || !cfg!(target_vendor = "apple"))
                && let Err(fault) = reserve(&file, size as u64)
            {
                if length == 0 {
                    replace(&path)?;
                }
                return Err(fault);
            }
            let map = Map::of_file(&file, size).ok_or_else(no_memory)?;
            let region = Region::over(map, sets).ok_or_else(no_memory)?;
            match region.state(boot) {
                State::Ready => return Ok(region),
                State::Empty | State::Old => {
                    region.prepare(boot)?;
                    return Ok(region);
                }
                State::Broken => replace(&path)?,
            }
        }
        Err(fault("the shared table is replaced by somebody again and again"))
    }

    fn fault(what: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
        Fault::new(Code::RatelimitTable, what)
    }

    fn usual_directory() -> PathBuf {
        let shared = PathBuf::from("/dev/shm");
        if shared.is_dir() {
            return shared;
        }
        match std::env::var_os("XDG_RUNTIME_DIR") {
            Some(directory) if Path::new(&directory).is_dir() => directory.into(),
            _ => std::env::temp_dir(),
        }
    }

    fn open_file(path: &Path) -> Result<File, Fault> {
        let flags = OFlags::RDWR
            | OFlags::CREATE
            | OFlags::NOFOLLOW
            | OFlags::CLOEXEC
            | OFlags::NONBLOCK
            | OFlags::NOCTTY;
        match rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(File::from(file)),
            Err(Errno::LOOP) => Err(fault(
                "the file of the shared table is a symbolic link, which somebody else prepared; remove it",
            )),
            Err(error) => Err(fault(format!(
                "the file of the shared table cannot be opened ({error}); give a `directory` that this \
                 user may write"
            ))),
        }
    }

    fn refuse_foreign(file: &File) -> Result<(), Fault> {
        let found = file
            .metadata()
            .map_err(|_| fault("the file of the shared table cannot be looked at"))?;
        if !found.is_file() {
            return Err(fault("the shared table is not a regular file; remove it"));
        }
        if found.uid() != geteuid().as_raw() {
            return Err(fault("the file of the shared table belongs to another user"));
        }
        // A narrower umask may have taken from 0600 on creation; nothing wider is accepted.
        if found.mode() & 0o777 & !0o600 != 0 {
            return Err(fault(
                "the file of the shared table is open to other users (its mode must be 0600); remove it",
            ));
        }
        if found.nlink() > 1 {
            return Err(fault("the file of the shared table has a second name; remove it"));
        }
        Ok(())
    }

    /// Holds the lock. Given back by hand: the memory that is mapped keeps the file open, and so the lock.
    struct Locked<'a>(&'a File);

    impl Drop for Locked<'_> {
        fn drop(&mut self) {
            let _ = flock(self.0, FlockOperation::Unlock);
        }
    }

    fn lock(file: &File) -> Result<Locked<'_>, Fault> {
        let start = Instant::now();
        loop {
            match flock(file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Locked(file)),
                Err(Errno::WOULDBLOCK | Errno::INTR) if start.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(_) => {
                    return Err(fault(
                        "the file of the shared table is locked by a process that does not go on",
                    ));
                }
            }
        }
    }

    fn is_at(file: &File, path: &Path) -> bool {
        match (file.metadata(), std::fs::symlink_metadata(path)) {
            (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
            _ => false,
        }
    }

    fn length_of(file: &File) -> Result<u64, Fault> {
        let found = file
            .metadata()
            .map_err(|_| fault("the file of the shared table cannot be looked at"))?;
        Ok(found.len())
    }

    /// Under the lock of the file that stands there.
    fn replace(path: &Path) -> Result<(), Fault> {
        std::fs::remove_file(path)
            .map_err(|_| fault("a broken shared table cannot be removed; remove its file"))
    }

    fn reserve(file: &File, size: u64) -> Result<(), Fault> {
        match fallocate(file, FallocateFlags::empty(), 0, size) {
            Ok(()) => Ok(()),
            Err(Errno::NOSPC) => Err(fault(
                "there is no room for the shared table; give fewer `slots`, a larger /dev/shm, or another \
                 `directory`",
            )),
            Err(error) => Err(fault(format!(
                "the shared table cannot be reserved ({error}); give another `directory`"
            ))),
        }
    }

    /// What differs after each start of the system, so that times of another start are not believed. Where
    /// the system does not tell, 0: then a time that cannot be is cut to an empty bucket.
    fn boot_id() -> u128 {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        u128::from_str_radix(&digits, 16).unwrap_or(0)
    }
}

/// Neither Unix nor Windows.
#[cfg(not(any(unix, windows)))]
mod os {
    use std::path::Path;

    use super::super::memory::Region;
    use crate::code::Code;
    use crate::fault::Fault;

    pub fn open(_hash: &str, _sets: usize, _directory: Option<&Path>) -> Result<Region, Fault> {
        Err(Fault::new(
            Code::RatelimitTable,
            "this system has no shared tables",
        ))
    }
}

#[cfg(windows)]
mod os {
    use std::path::Path;
    use std::thread;
    use std::time::Duration;

    use super::super::memory::{Region, State, VERSION, no_memory, size_for};
    use crate::code::Code;
    use crate::core::map::Map;
    use crate::fault::Fault;

    /// `directory` has no meaning here.
    pub fn open(hash: &str, sets: usize, _directory: Option<&Path>) -> Result<Region, Fault> {
        let size = size_for(sets).ok_or_else(no_memory)?;
        let name = format!("Local\\hauberk-{hash}-{VERSION}-{sets}");
        let map = Map::named(&name, size).ok_or_else(no_memory)?;
        let region = Region::over(map, sets).ok_or_else(no_memory)?;
        // The mapping ends with its last process, so it is of this start of the system. It begins zeroed:
        // one process wins the right to fill the header, the others wait for it.
        for _ in 0..5000 {
            match region.state(0) {
                State::Ready => return Ok(region),
                State::Empty if region.claim() => {
                    region.fill(0)?;
                    return Ok(region);
                }
                // Claimed, and being filled.
                _ => thread::sleep(Duration::from_millis(1)),
            }
        }
        Err(Fault::new(
            Code::RatelimitTable,
            "the shared table of that name is not one of this version",
        ))
    }
}
