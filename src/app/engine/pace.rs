//! How much of a long write goes into one append: others write between two of them, and none of them waits long.

use std::time::Duration;

/// What one append takes in, at most.
pub const MOST_AT_ONCE: usize = 1_000;
/// What the first one takes in: how long that takes is not known yet.
const FIRST: usize = 100;
/// How long an append may hold the order of all changes.
const TURN: Duration = Duration::from_millis(60);
/// How long the order is left to others. Writers of this process stand in line for it, and so do those of PostgreSQL; a
/// file is tried again every 25 ms or so.
const REST: Duration = Duration::from_millis(25);

/// How much goes into the next append.
#[derive(Debug, Clone)]
pub struct Pace {
    size: usize,
    most: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { size: FIRST, most: MOST_AT_ONCE }
    }
}

impl Pace {
    /// Always at most so much.
    #[cfg(test)]
    pub fn of(most: usize) -> Self {
        Self { size: most, most }
    }

    /// What the next append takes in, at most.
    pub fn size(&self) -> usize {
        self.size
    }

    /// So much took so long: the next append takes in what fits, and at most twice as much as this one.
    pub fn took(&mut self, many: usize, long: Duration) {
        let fits = many as f64 * TURN.as_secs_f64() / long.as_secs_f64().max(1e-6);
        self.size = (fits as usize).min(self.size * 2).clamp(1, self.most);
    }

    /// Leaves the order to others.
    pub async fn rest(&self) {
        tokio::time::sleep(REST).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_cut_and_what_is_short_grows_to_the_bound() {
        let mut pace = Pace::default();
        pace.took(100, Duration::from_millis(800));
        assert_eq!(pace.size(), 7);
        pace.took(7, Duration::from_secs(80));
        assert_eq!(pace.size(), 1, "never nothing");
        for _ in 0..12 {
            pace.took(pace.size(), Duration::from_micros(1));
        }
        assert_eq!(pace.size(), MOST_AT_ONCE);
        pace.took(1_000, Duration::from_millis(120));
        assert_eq!(pace.size(), 500);
    }
}
