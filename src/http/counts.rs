//! How many records lists have in all, kept for who reads them page by page: counted once for every revision.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Counts that are kept; the one that was made first is dropped.
const MOST_COUNTS: usize = 1_000;

/// Counts by question, revision and viewer.
#[derive(Default)]
pub struct Counts {
    kept: Mutex<VecDeque<(String, usize)>>,
}

impl Counts {
    /// The count of this key, if it is there.
    pub fn known(&self, key: &str) -> Option<usize> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().find(|(of, _)| of == key).map(|(_, count)| *count)
    }

    /// Keeps a count.
    pub fn keep(&self, key: String, count: usize) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().any(|(of, _)| *of == key) {
            return;
        }
        if kept.len() == MOST_COUNTS {
            kept.pop_front();
        }
        kept.push_back((key, count));
    }
}
