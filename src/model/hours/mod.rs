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
mod window;
pub mod words;

pub use calendar::{Calendar, Term, Terms};
pub use holidays::Nation;
pub use osm::is_opening_hours;
pub use recurrence::is_recurrence;
pub use slips::{Slip, slips};
pub use window::Window;
pub use words::{Read, from_weekdays, read_words};

use chrono::TimeDelta;
use serde_json::Value;

/// Whether a schedule speaks of bank or school holidays: only then does it matter where the record is.
pub fn names_days_off(schedule: &Value) -> bool {
    schedule.as_str().is_some_and(|text| text.contains("PH") || text.contains("SH"))
}

/// Whether a schedule (text, or `{rrule, start, minutes}`) is open at any time of the window; `None` when it can't
/// be read or does not tell.
pub fn open_in(schedule: &Value, window: Window, calendar: &Calendar<'_>) -> Option<bool> {
    match schedule {
        Value::String(text) => osm::open_in(text, window, calendar),
        Value::Object(parts) => {
            let text = |name: &str| parts.get(name).and_then(Value::as_str);
            let lasts = TimeDelta::minutes(parts.get("minutes")?.as_i64()?);
            recurrence::meets(text("rrule")?, text("start")?, lasts, window)
        }
        _ => None,
    }
}
