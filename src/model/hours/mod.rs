//! When something is open, so that nobody is sent to a shut door: OSM opening-hours text and RFC 5545 recurrences,
//! judged in local time with the bank holidays of the nation and, where they were brought in, the terms of its schools.
//!
//! Three answers: open, closed, and *it does not tell*. A text may be read in more than one way (school holidays that
//! nobody knows, `9:00-5:00`, the hour of sunset): what every reading agrees on is known, the rest is not.

mod calendar;
pub mod holidays;
mod osm;
mod recurrence;
mod slips;
mod sun;
#[cfg(test)]
mod tests;
mod times;
mod weekly;
mod window;
pub mod words;

pub use calendar::{Calendar, Term, Terms};
pub use holidays::Nation;
pub use osm::is_opening_hours;
pub use recurrence::is_recurrence;
pub use slips::{Slip, slips};
pub use times::Times;
pub use window::Window;
pub use words::{Read, from_weekdays, read_words};

use serde_json::Value;

/// Whether a schedule (text, or `{rrule, start, minutes}`) is open at any time of the window; `None` when it can't
/// be read or does not tell.
pub fn open_in(schedule: &Value, window: Window, calendar: &Calendar<'_>) -> Option<bool> {
    Times::of(schedule.clone()).open_in(window, calendar)
}
