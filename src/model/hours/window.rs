//! When is asked about.

use chrono::NaiveDateTime;

/// A stretch of local time; a moment has equal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First moment asked for.
    pub from: NaiveDateTime,
    /// End, not included (or the same moment).
    pub to: NaiveDateTime,
}
