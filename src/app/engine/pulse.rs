//! How the program is doing, in numbers that an operator watches. No record, no person and no question is in them.

use metrics::{counter, gauge, histogram};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::change::Seq;

/// What is known of the log and of the store that keeps it.
#[derive(Debug)]
pub struct Pulse {
    /// The newest change that was heard of.
    head: AtomicU64,
    /// When the store last answered, and whether it did the last time it was asked.
    looked: Mutex<(Instant, bool)>,
}

/// The numbers of one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Number of the last change that is readable here.
    pub revision: Seq,
    /// Records in memory.
    pub records: usize,
    /// Records of each segment, newest first.
    pub segments: Vec<usize>,
    /// Changes of the log that are not readable here yet.
    pub behind: Seq,
    /// Since the store last told where the log is.
    pub since_look: Duration,
    /// Whether the store answered when last asked.
    pub store_answers: bool,
    /// Who listens to events.
    pub listeners: usize,
}

impl Pulse {
    /// A store that has just been read.
    pub fn new(head: Seq) -> Self {
        Self { head: AtomicU64::new(head), looked: Mutex::new((Instant::now(), true)) }
    }

    /// The log was asked for its head; none when the store did not answer.
    pub fn looked(&self, head: Option<Seq>) {
        let Ok(mut looked) = self.looked.lock() else { return };
        match head {
            Some(head) => {
                self.head.store(head, Ordering::Relaxed);
                *looked = (Instant::now(), true);
            }
            None => looked.1 = false,
        }
    }

    /// Number of the newest change that was heard of, when the store last told it, and whether it answered when last
    /// asked.
    pub fn heard(&self) -> (Seq, Instant, bool) {
        let (at, answers) = self.looked.lock().map_or((Instant::now(), false), |looked| *looked);
        (self.head.load(Ordering::Relaxed), at, answers)
    }
}

/// A transaction that appended so many changes was committed.
pub fn committed(changes: usize, took: Duration) {
    if changes == 0 {
        return;
    }
    counter!("commonground_commits_total").increment(1);
    counter!("commonground_changes_total").increment(changes as u64);
    histogram!("commonground_commit_seconds").record(took);
}

/// How many orders shared one append.
pub fn grouped(orders: usize) {
    histogram!("commonground_commit_orders").record(orders as f64);
}

/// An import that is running; it counts as ended when this is dropped, whatever became of it.
pub struct Importing {
    left: u64,
}

impl Importing {
    /// An import of so many rows begins.
    pub fn begin(rows: u64) -> Self {
        gauge!("commonground_imports_running").increment(1.0);
        gauge!("commonground_import_rows_left").increment(rows as f64);
        Self { left: rows }
    }

    /// More rows are done.
    pub fn done(&mut self, rows: u64) {
        let rows = rows.min(self.left);
        self.left -= rows;
        counter!("commonground_import_rows_total").increment(rows);
        gauge!("commonground_import_rows_left").decrement(rows as f64);
    }
}

impl Drop for Importing {
    fn drop(&mut self) {
        gauge!("commonground_imports_running").decrement(1.0);
        gauge!("commonground_import_rows_left").decrement(self.left as f64);
    }
}
