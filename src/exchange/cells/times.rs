//! Opening times as lists word them, read by `model::hours`. What is not certain is not taken: its words are kept instead.

use jiff::civil::Weekday;

use crate::model::hours::{Read, from_weekdays, read_words};

/// The opening hours that a text says; `None` where that is not certain.
pub(crate) fn read(text: &str) -> Option<String> {
    match read_words(text) {
        Read::Hours(hours) => Some(hours),
        Read::Doubtful(_) | Read::NotUnderstood => None,
    }
}

/// The opening hours of a week whose days (Monday is 0) stand in columns of their own; else all their words.
pub(crate) fn of_week(week: &[(usize, &str)]) -> Result<String, String> {
    let days: Vec<(Weekday, &str)> = week
        .iter()
        .filter_map(|(day, cell)| Some((Weekday::from_monday_zero_offset(*day as i8).ok()?, *cell)))
        .collect();
    if let Read::Hours(hours) = from_weekdays(&days) {
        return Ok(hours);
    }
    let named = week.iter().filter(|(_, cell)| !cell.is_empty()).map(|(day, cell)| format!("{} {cell}", DAYS[*day]));
    Err(named.collect::<Vec<_>>().join("; "))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
