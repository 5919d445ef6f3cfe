//! The shared file, with files that somebody else wrote.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::share;
use crate::code::Code;

const SETS: usize = 64;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("hauberk-share-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Folder(path)
    }

    fn file(&self) -> PathBuf {
        let mut names = fs::read_dir(&self.0).unwrap();
        names.next().unwrap().unwrap().path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn secret(folder: &Path) -> (u64, u64) {
    share::open("app", SETS, Some(folder)).unwrap().header().key()
}

#[test]
fn two_that_open_it_see_one_table() {
    let folder = Folder::new("same");
    let one = share::open("app", SETS, Some(&folder.0)).unwrap();
    let other = share::open("app", SETS, Some(&folder.0)).unwrap();
    let none = portable_atomic::AtomicU64::new(0);
    let _: Result<(), ()> = one.sets()[SETS - 1].update(7, 0, &none, |_| Ok(((), 9)));
    assert_eq!(other.sets()[SETS - 1].get(7), Some(9));
    assert_eq!(
        fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // Another size and another name are other files.
    share::open("app", SETS + 1, Some(&folder.0)).unwrap();
    share::open("app2", SETS, Some(&folder.0)).unwrap();
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 3);
}

#[test]
fn a_broken_file_is_made_anew() {
    let folder = Folder::new("broken");
    let mut last = secret(&folder.0);
    let file = folder.file();
    let size = fs::metadata(&file).unwrap().len();
    let whole = fs::read(&file).unwrap();
    let mut wrong_version = whole.clone();
    wrong_version[0] ^= 1;
    let mut wrong_size = whole.clone();
    wrong_size[8] ^= 1;
    let mut wrong_key = whole.clone();
    wrong_key[16] ^= 1;
    let mut other_boot = whole.clone();
    other_boot[32] ^= 1;
    let contents: [Vec<u8>; 10] = [
        Vec::new(),
        vec![1],
        whole[..100].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        [whole.clone(), vec![0; 5000]].concat(),
        vec![0xff; whole.len()],
        wrong_version,
        wrong_size,
        wrong_key,
        other_boot,
    ];
    for (i, content) in contents.into_iter().enumerate() {
        fs::write(&file, content).unwrap();
        let now = secret(&folder.0);
        assert_ne!(now, last, "{i}");
        assert_eq!(fs::metadata(&file).unwrap().len(), size, "{i}");
        assert_eq!(secret(&folder.0), now, "{i}");
        last = now;
    }
}

#[test]
fn whoever_maps_a_file_that_was_replaced_goes_on() {
    let folder = Folder::new("replaced");
    let held = share::open("app", SETS, Some(&folder.0)).unwrap();
    let mut bytes = fs::read(folder.file()).unwrap();
    bytes[0] = 0xee;
    fs::write(folder.file(), &bytes).unwrap();
    let other = share::open("app", SETS, Some(&folder.0)).unwrap();
    assert_ne!(held.header().key(), other.header().key());
    let none = portable_atomic::AtomicU64::new(0);
    let _: Result<(), ()> = held.sets()[SETS - 1].update(7, 0, &none, |_| Ok(((), 9)));
    assert_eq!(
        (held.sets()[SETS - 1].get(7), other.sets()[SETS - 1].get(7)),
        (Some(9), None)
    );
}

#[test]
fn what_somebody_else_prepared_is_refused() {
    let folder = Folder::new("foreign");
    secret(&folder.0);
    let file = folder.file();
    let refused = |what: &str| {
        let fault = share::open("app", SETS, Some(&folder.0)).err().expect(what);
        assert_eq!(fault.code, Code::RatelimitTable, "{what}");
        fault.detail.into_owned()
    };

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refused("open to others").contains("0600"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();

    let second = folder.0.join("second");
    fs::hard_link(&file, &second).unwrap();
    assert!(refused("a second name").contains("second name"));
    fs::remove_file(&second).unwrap();

    let target = folder.0.join("target");
    fs::rename(&file, &target).unwrap();
    symlink(&target, &file).unwrap();
    assert!(refused("a link").contains("symbolic link"));
    fs::remove_file(&file).unwrap();

    fs::create_dir(&file).unwrap();
    refused("a directory");
    fs::remove_dir(&file).unwrap();

    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        &file,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
    )
    .unwrap();
    assert!(refused("a pipe").contains("regular"));
    fs::remove_file(&file).unwrap();

    fs::rename(&target, &file).unwrap();
    secret(&folder.0);
    // Only who may give files away can make one of another user.
    if std::os::unix::fs::chown(&file, Some(12345), None).is_ok() {
        assert!(refused("another user").contains("another user"));
    }
    assert!(share::open("app", SETS, Some(Path::new("/nonexistent"))).is_err());
}

#[test]
fn a_file_that_stays_locked_is_a_fault() {
    let folder = Folder::new("locked");
    secret(&folder.0);
    let holder = fs::File::open(folder.file()).unwrap();
    rustix::fs::flock(&holder, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let fault = share::open("app", SETS, Some(&folder.0)).err().unwrap();
    assert!(fault.detail.contains("does not go on"), "{}", fault.detail);
}
