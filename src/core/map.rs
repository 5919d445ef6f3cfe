//! Memory straight from the operating system: zeroed, resident only where it was touched, and given back
//! when it ends; private to this process, or shared by every process that maps the same file.
//!
//! `unsafe` here: mapping and unmapping. Nothing in this file reads or writes the memory.

#![allow(unsafe_code)]

use std::ptr::NonNull;

/// A piece of memory, aligned to 16 bytes at least (on Unix: to a page). Whoever makes views of it borrows
/// the map.
pub struct Map {
    start: NonNull<u8>,
    size: usize,
    source: os::Source,
}

// SAFETY: a Map is an address and a size; nothing about it is bound to a thread.
unsafe impl Send for Map {}
// SAFETY: it gives out the address only; who reads or writes there answers for it.
unsafe impl Sync for Map {}

impl Map {
    /// Memory of this process alone; `None` where `size` is 0 or the system gives no such memory.
    ///
    /// From the system, not from an allocator: that may hand out memory that was used before and zero it by
    /// writing, so that all of it would be resident from the start, and may keep what is freed.
    pub fn private(size: usize) -> Option<Map> {
        let (start, source) = os::private(size)?;
        Some(Map { start, size, source })
    }

    /// The first `size` bytes of a file, shared with every process that maps it. The file must be that
    /// long, and all of it must have been reserved: a page that cannot be had later is a SIGBUS.
    #[cfg(unix)]
    pub fn of_file(file: &impl std::os::fd::AsFd, size: usize) -> Option<Map> {
        let (start, source) = os::of_file(file.as_fd(), size)?;
        Some(Map { start, size, source })
    }

    /// Memory under a name that every process of this session can open; zeroed where it is new.
    #[cfg(windows)]
    pub fn named(name: &str, size: usize) -> Option<Map> {
        let (start, source) = os::named(name, size)?;
        Some(Map { start, size, source })
    }

    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    pub fn size(&self) -> usize {
        self.size
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        os::give_back(self.start, self.size, &self.source);
    }
}

#[cfg(unix)]
mod os {
    use std::os::fd::BorrowedFd;
    use std::ptr::{NonNull, null_mut};

    use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

    pub struct Source;

    const BOTH: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);

    pub fn private(size: usize) -> Option<(NonNull<u8>, Source)> {
        // SAFETY: an anonymous mapping at an address of the system's choice touches nothing else.
        let start = unsafe { mmap_anonymous(null_mut(), size, BOTH, MapFlags::PRIVATE) }.ok()?;
        Some((NonNull::new(start.cast())?, Source))
    }

    pub fn of_file(file: BorrowedFd<'_>, size: usize) -> Option<(NonNull<u8>, Source)> {
        // SAFETY: a mapping at an address of the system's choice touches nothing else.
        let start = unsafe { mmap(null_mut(), size, BOTH, MapFlags::SHARED, file, 0) }.ok()?;
        Some((NonNull::new(start.cast())?, Source))
    }

    pub fn give_back(start: NonNull<u8>, size: usize, _: &Source) {
        // SAFETY: the very mapping that was made above; its Map ends here, and with it every view.
        let _ = unsafe { munmap(start.as_ptr().cast(), size) };
    }
}

#[cfg(windows)]
mod os {
    use std::ffi::c_void;
    use std::ptr::{NonNull, null_mut};

    pub enum Source {
        Private,
        Named(*mut c_void),
    }

    const PAGE_READWRITE: u32 = 4;
    const FILE_MAP_WRITE_AND_READ: u32 = 2 | 4;
    const MEM_COMMIT_AND_RESERVE: u32 = 0x1000 | 0x2000;
    const MEM_RELEASE: u32 = 0x8000;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn VirtualAlloc(at: *mut c_void, size: usize, kind: u32, protect: u32) -> *mut c_void;
        fn VirtualFree(at: *mut c_void, size: usize, kind: u32) -> i32;
        fn CreateFileMappingW(
            file: *mut c_void,
            security: *mut c_void,
            protect: u32,
            size_high: u32,
            size_low: u32,
            name: *const u16,
        ) -> *mut c_void;
        fn MapViewOfFile(mapping: *mut c_void, access: u32, high: u32, low: u32, size: usize) -> *mut c_void;
        fn UnmapViewOfFile(at: *const c_void) -> i32;
        fn CloseHandle(handle: *mut c_void) -> i32;
    }

    pub fn private(size: usize) -> Option<(NonNull<u8>, Source)> {
        // SAFETY: fresh pages at an address of the system's choice; a size of 0 gives null.
        let start = unsafe { VirtualAlloc(null_mut(), size, MEM_COMMIT_AND_RESERVE, PAGE_READWRITE) };
        Some((NonNull::new(start.cast())?, Source::Private))
    }

    pub fn named(name: &str, size: usize) -> Option<(NonNull<u8>, Source)> {
        let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
        let bytes = size as u64;
        // SAFETY: the page file backs it (handle -1); the name ends in 0 and lives through the call. A
        // mapping of that name that is smaller fails in MapViewOfFile.
        let mapping = unsafe {
            CreateFileMappingW(
                usize::MAX as *mut c_void,
                null_mut(),
                PAGE_READWRITE,
                (bytes >> 32) as u32,
                bytes as u32,
                name.as_ptr(),
            )
        };
        if mapping.is_null() {
            return None;
        }
        // SAFETY: the handle is that of a mapping; the address is the system's choice.
        let start = unsafe { MapViewOfFile(mapping, FILE_MAP_WRITE_AND_READ, 0, 0, size) };
        match NonNull::new(start.cast()) {
            Some(start) => Some((start, Source::Named(mapping))),
            None => {
                // SAFETY: the handle that was just opened.
                unsafe { CloseHandle(mapping) };
                None
            }
        }
    }

    pub fn give_back(start: NonNull<u8>, _: usize, source: &Source) {
        // SAFETY: the very memory that was made above; its Map ends here, and with it every view.
        unsafe {
            match source {
                Source::Private => {
                    VirtualFree(start.as_ptr().cast(), 0, MEM_RELEASE);
                }
                Source::Named(mapping) => {
                    UnmapViewOfFile(start.as_ptr().cast());
                    CloseHandle(*mapping);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(map: &mut Map) -> &mut [u8] {
        // SAFETY: the map is live and zeroed, and each test makes one view of it at a time.
        unsafe { std::slice::from_raw_parts_mut(map.start().as_ptr(), map.size()) }
    }

    #[test]
    fn private_memory_is_zeroed_and_writable_to_its_end() {
        for size in [1, 64, 4096, 100_000] {
            let mut map = Map::private(size).unwrap();
            assert_eq!((map.size(), map.start().as_ptr() as usize % 16), (size, 0));
            assert!(bytes(&mut map).iter().all(|byte| *byte == 0));
            bytes(&mut map).fill(7);
            assert!(bytes(&mut map).iter().all(|byte| *byte == 7));
        }
    }

    #[test]
    fn what_no_machine_has_is_none() {
        assert!(Map::private(0).is_none());
        assert!(Map::private(usize::MAX).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn two_maps_of_a_file_are_one_memory() {
        let path = std::env::temp_dir().join(format!("hauberk-map-{}", std::process::id()));
        let file = std::fs::File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .unwrap();
        std::fs::remove_file(&path).unwrap();
        file.set_len(8192).unwrap();
        let (mut one, mut other) = (
            Map::of_file(&file, 8192).unwrap(),
            Map::of_file(&file, 8192).unwrap(),
        );
        bytes(&mut one)[8191] = 9;
        assert_eq!(bytes(&mut other)[8191], 9);
    }
}
