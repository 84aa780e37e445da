//! Opening times as lists word them.

use crate::model::hours;

/// The opening hours that a text says; `None` where that is not certain.
pub(crate) fn read(text: &str) -> Option<String> {
    hours::is_opening_hours(text).then(|| text.to_owned())
}

/// The opening hours of a week whose days (Monday is 0) stand in columns of their own; else all their words.
pub(crate) fn of_week(week: &[(usize, &str)]) -> Result<String, String> {
    let named = week.iter().filter(|(_, cell)| !cell.is_empty()).map(|(day, cell)| format!("{} {cell}", DAYS[*day]));
    Err(named.collect::<Vec<_>>().join("; "))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
