//! A count over a sliding window.
//!
//! The window is cut into eight spans of time. What is older than the window is never counted; what is younger
//! than seven eighths of it always is.

#![forbid(unsafe_code)]

/// Spans that a window is cut into.
pub const SPANS: u32 = 8;

/// One kind of thing that one client does.
#[derive(Clone, Copy, Debug)]
pub struct Track {
    /// The span that was counted in last.
    newest: u32,
    /// The span in which the count was last told, and one more; 0: never.
    told: u32,
    counts: [u16; SPANS as usize],
}

impl Track {
    /// Nothing was counted.
    pub const EMPTY: Track = Track {
        newest: 0,
        told: 0,
        counts: [0; SPANS as usize],
    };

    /// Counts one in the span `now`, and gives the count of the window that ends with it. A clock that stepped
    /// back counts in the newest span there is.
    pub fn add(&mut self, now: u32) -> u32 {
        if now > self.newest {
            match now - self.newest {
                gone if gone >= SPANS => self.counts = [0; SPANS as usize],
                gone => (1..=gone).for_each(|step| self.counts[place(self.newest + step)] = 0),
            }
            self.newest = now;
        }
        let count = &mut self.counts[place(self.newest)];
        *count = count.saturating_add(1);
        self.sum(self.newest)
    }

    /// The count of the window that ends with the span `now`.
    pub fn sum(&self, now: u32) -> u32 {
        let now = now.max(self.newest);
        let spans = (0..SPANS).filter_map(|age| self.newest.checked_sub(age));
        let young = spans.filter(|span| now - span < SPANS);
        young.map(|span| u32::from(self.counts[place(span)])).sum()
    }

    /// Whether a count at its threshold is news: once per window.
    pub fn tell(&mut self) -> bool {
        let news = self.told == 0 || self.newest - (self.told - 1) >= SPANS;
        if news {
            self.told = self.newest + 1;
        }
        news
    }
}

fn place(span: u32) -> usize {
    (span % SPANS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_in_the_window_only() {
        let mut track = Track::EMPTY;
        assert_eq!(track.add(100), 1);
        assert_eq!(track.add(100), 2);
        assert_eq!(track.add(107), 3);
        assert_eq!(track.add(108), 2);
        assert_eq!(track.sum(115), 1);
        assert_eq!(track.sum(116), 0);
        assert_eq!(track.add(1000), 1);
    }

    #[test]
    fn a_clock_that_steps_back_loses_nothing() {
        let mut track = Track::EMPTY;
        track.add(50);
        assert_eq!(track.add(20), 2);
        assert_eq!(track.sum(20), 2);
    }

    #[test]
    fn a_count_does_not_wrap() {
        let mut track = Track::EMPTY;
        let last = (0..70_000).map(|_| track.add(9)).last();
        assert_eq!(last, Some(u32::from(u16::MAX)));
    }

    #[test]
    fn tells_once_per_window() {
        let mut track = Track::EMPTY;
        track.add(40);
        assert!(track.tell());
        track.add(47);
        assert!(!track.tell());
        track.add(48);
        assert!(track.tell());
        assert!(!track.tell());
    }
}
