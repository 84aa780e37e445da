//! Limits on work in progress: it can be stopped, it has a budget where it must be short, and it reports progress. The
//! work ticks as it goes, and ends where a tick says so.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::atlas::Entry;
use crate::model::Problem;

/// Looking at a record that the indexes tell enough of: the unit of work, about a microsecond.
pub const LOOK: usize = 1;
/// Opening a record's body.
pub const OPEN: usize = 10;

/// Opening this record's body: a large one takes longer.
pub fn opening(entry: &Entry) -> usize {
    OPEN + entry.body.len() / 256
}

/// Held by who waits for an answer and by who works it out.
#[derive(Debug)]
pub struct Ctl {
    stopped: AtomicBool,
    done: AtomicU64,
    expected: AtomicU64,
    budget: u64,
}

/// Why work ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Nobody waits for it any more.
    Stopped,
    /// It is not as short as it had to be.
    Spent,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// The question is wrong.
    Problems(Vec<Problem>),
    /// The work ended before.
    Halt(Halt),
}

impl From<Vec<Problem>> for Unanswered {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}

impl From<Problem> for Unanswered {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

impl From<Halt> for Unanswered {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

impl Ctl {
    /// May take as long as it takes, until it is stopped.
    pub fn free() -> Self {
        Self::within(u64::MAX)
    }

    /// Must be done with so much work.
    pub fn within(budget: u64) -> Self {
        Self { stopped: AtomicBool::new(false), done: AtomicU64::new(0), expected: AtomicU64::new(0), budget }
    }

    /// So much was done, or is about to be.
    pub fn tick(&self, work: usize) -> Result<(), Halt> {
        let before = self.done.fetch_add(work as u64, Ordering::Relaxed);
        if self.stopped.load(Ordering::Relaxed) {
            return Err(Halt::Stopped);
        }
        if before.saturating_add(work as u64) > self.budget { Err(Halt::Spent) } else { Ok(()) }
    }

    /// So much more is to be done.
    pub fn expect(&self, work: usize) {
        self.expected.fetch_add(work as u64, Ordering::Relaxed);
    }

    /// The share of what is expected that is done, 0–1.
    pub fn share(&self) -> f64 {
        let (done, expected) = (self.done.load(Ordering::Relaxed), self.expected.load(Ordering::Relaxed));
        if expected == 0 { 0.0 } else { (done as f64 / expected as f64).min(1.0) }
    }

    /// Ends the work at its next tick.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_when_its_budget_is_spent_or_it_is_stopped() {
        let short = Ctl::within(10);
        assert_eq!(short.tick(10), Ok(()));
        assert_eq!(short.tick(1), Err(Halt::Spent));
        let free = Ctl::free();
        assert_eq!(free.tick(usize::MAX), Ok(()));
        free.stop();
        assert_eq!(free.tick(0), Err(Halt::Stopped));
    }

    #[test]
    fn progress_is_a_share_of_what_is_expected() {
        let ctl = Ctl::free();
        assert_eq!(ctl.share(), 0.0);
        ctl.expect(200);
        ctl.tick(50).unwrap();
        assert_eq!(ctl.share(), 0.25);
        ctl.tick(500).unwrap();
        assert_eq!(ctl.share(), 1.0);
    }
}
