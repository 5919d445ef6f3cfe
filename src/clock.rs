//! The one clock of rules that count time: monotonic, shared by every process of the machine.

#![cfg_attr(not(windows), forbid(unsafe_code))]

/// Nanoseconds since boot. Never steps back, goes on during suspend where the system has such a clock.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn now_ns() -> u64 {
    read(rustix::time::ClockId::Boottime)
}

/// Nanoseconds of the system's monotonic clock.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub fn now_ns() -> u64 {
    read(rustix::time::ClockId::Monotonic)
}

#[cfg(unix)]
fn read(id: rustix::time::ClockId) -> u64 {
    let time = rustix::time::clock_gettime(id);
    // Both clocks start at 0 at boot: 2^64 ns are 584 years, and neither part is negative.
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Nanoseconds of the performance counter, which all processes of the system share.
#[cfg(windows)]
pub fn now_ns() -> u64 {
    let [count, per_second] = counter::read();
    // Apart, so that the product stays below 2^64.
    let (seconds, rest) = (count / per_second, count % per_second);
    seconds * 1_000_000_000 + rest * 1_000_000_000 / per_second
}

/// Nanoseconds since this process first asked.
#[cfg(not(any(unix, windows)))]
pub fn now_ns() -> u64 {
    use once_cell::sync::Lazy;
    use std::time::Instant;

    static START: Lazy<Instant> = Lazy::new(Instant::now);
    START.elapsed().as_nanos() as u64
}

/// `unsafe` here: two calls into the system that write one number each.
#[cfg(windows)]
#[allow(unsafe_code)]
mod counter {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn QueryPerformanceCounter(count: *mut i64) -> i32;
        fn QueryPerformanceFrequency(per_second: *mut i64) -> i32;
    }

    /// The count, and how much it grows in a second; both are positive since Windows XP.
    pub fn read() -> [u64; 2] {
        let (mut count, mut per_second) = (0, 1);
        // SAFETY: both write to a number that lives through the call, and fail on no supported system.
        unsafe {
            QueryPerformanceCounter(&mut count);
            QueryPerformanceFrequency(&mut per_second);
        }
        [count.max(0) as u64, per_second.max(1) as u64]
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn never_steps_back() {
        let mut last = super::now_ns();
        for _ in 0..1000 {
            let now = super::now_ns();
            assert!(now >= last);
            last = now;
        }
    }
}
