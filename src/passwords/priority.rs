//! Lowers the scheduling priority of the calling thread alone, so that hashing gives way to the event loop.
//!
//! Where the system refuses, hashing runs at normal priority: slower neighbours, same results.
//!
//! `unsafe` here: the two system calls that have no safe wrapper.

#![allow(unsafe_code)]

/// The niceness of a hashing thread: a tenth of the processor under contention, all of it without.
pub const NICENESS: i32 = 10;

/// Linux counts niceness per thread: a thread id in place of a process id means that thread alone.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn lower() {
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
}

/// macOS counts in classes of service; "utility" is for work whose progress somebody may wait for.
#[cfg(target_vendor = "apple")]
pub fn lower() {
    const UTILITY: u32 = 0x11;
    unsafe extern "C" {
        fn pthread_set_qos_class_self_np(class: u32, relative: i32) -> i32;
    }
    // SAFETY: concerns the calling thread only and takes two numbers.
    unsafe { pthread_set_qos_class_self_np(UTILITY, 0) };
}

#[cfg(windows)]
pub fn lower() {
    const BELOW_NORMAL: i32 = -1;
    unsafe extern "system" {
        fn GetCurrentThread() -> *mut std::ffi::c_void;
        fn SetThreadPriority(thread: *mut std::ffi::c_void, priority: i32) -> i32;
    }
    // SAFETY: the pseudo handle of the calling thread is always valid and is not to be closed.
    unsafe { SetThreadPriority(GetCurrentThread(), BELOW_NORMAL) };
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple", windows)))]
pub fn lower() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    fn own() -> i32 {
        rustix::process::getpriority_process(Some(rustix::thread::gettid())).unwrap()
    }

    #[test]
    fn concerns_the_calling_thread_alone() {
        let before = own();
        let lowered = std::thread::spawn(|| {
            super::lower();
            own()
        });
        assert_eq!(lowered.join().unwrap(), super::NICENESS.max(before));
        assert_eq!(own(), before);
    }
}
