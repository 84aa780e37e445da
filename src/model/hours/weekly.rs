//! What is open in any week: a moment is looked up in it.

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike};

use super::window::Window;

/// The stretches of any week that are open, in minutes since its Monday began; in order, apart from each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Weekly(pub(super) Box<[(u16, u16)]>);

/// Minutes of a week.
pub(super) const WEEK: i64 = 7 * 24 * 60;

impl Weekly {
    /// Whether it is open at any time of a window, or at the minute in which a moment lies.
    pub(super) fn meets(&self, window: Window) -> bool {
        let from = minute_of_week(window.from);
        let begun = window.from - TimeDelta::seconds(i64::from(window.from.second()));
        let lasts = if window.from == window.to { 1 } else { ((window.to - begun).num_seconds() + 59) / 60 };
        if lasts >= WEEK {
            return !self.0.is_empty();
        }
        let open = |from: i64, to: i64| self.0.iter().any(|(a, b)| i64::from(*a) < to && i64::from(*b) > from);
        open(from, (from + lasts).min(WEEK)) || (from + lasts > WEEK && open(0, from + lasts - WEEK))
    }
}

fn minute_of_week(moment: NaiveDateTime) -> i64 {
    let day = i64::from(moment.weekday().num_days_from_monday());
    day * 24 * 60 + i64::from(moment.hour()) * 60 + i64::from(moment.minute())
}
