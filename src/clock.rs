//! The one clock of rules that count time: monotonic, shared by every process of the machine.

#![forbid(unsafe_code)]

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

/// Nanoseconds since this process first asked.
#[cfg(not(unix))]
pub fn now_ns() -> u64 {
    use once_cell::sync::Lazy;
    use std::time::Instant;

    static START: Lazy<Instant> = Lazy::new(Instant::now);
    START.elapsed().as_nanos() as u64
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
