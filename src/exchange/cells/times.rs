//! Opening times as lists word them, read by `model::hours`. What is not certain is not taken: its words are kept instead.

use jiff::civil::Weekday;

use super::words::yes_or_no;
use crate::exchange::plan::headings::{BANK_HOLIDAYS, TERM_TIME};
use crate::model::hours::{Read, from_weekdays, is_opening_hours, read_words};

/// The opening hours that a text says; `None` where that is not certain.
pub(crate) fn read(text: &str) -> Option<String> {
    match read_words(text) {
        Read::Hours(hours) => Some(hours),
        Read::Doubtful(_) | Read::NotUnderstood => None,
    }
}

/// The opening hours of a week whose days (Monday is 0) stand in columns of their own, or differ from the `usual` ones
/// that stand beside them; `None` where that is not certain. A day without a column is unknown, not closed.
pub(crate) fn of_week(usual: Option<&str>, week: &[(usize, &str)]) -> Option<String> {
    let of_days = |days: &[(Weekday, &str)]| match from_weekdays(days) {
        Read::Hours(hours) => Some(hours),
        Read::Doubtful(_) | Read::NotUnderstood => None,
    };
    let weekday = |day: usize| Weekday::from_monday_zero_offset(i8::try_from(day).ok()?).ok();
    let mut rules = match usual {
        Some(usual) => vec![usual.to_owned()],
        None => {
            let cell = |day: usize| {
                week.iter().filter(|(d, _)| *d == day).map(|(_, cell)| *cell).collect::<Vec<_>>().join(", ")
            };
            let cells: Vec<String> = (0..7).map(cell).collect();
            let days: Vec<(Weekday, &str)> =
                cells.iter().enumerate().filter_map(|(day, cell)| Some((weekday(day)?, cell.as_str()))).collect();
            vec![of_days(&days)?]
        }
    };
    for (day, cell) in week.iter().filter(|(_, cell)| !cell.is_empty()) {
        match *day {
            BANK_HOLIDAYS if yes_or_no(cell) == Some(false) => rules.push("PH off".to_owned()),
            BANK_HOLIDAYS => rules.push(off_days(&format!("bank holidays {cell}"))?),
            TERM_TIME if yes_or_no(cell) == Some(true) => rules.push("SH off".to_owned()),
            TERM_TIME if yes_or_no(cell) == Some(false) => {}
            TERM_TIME => return None,
            day if usual.is_some() => rules.push(of_days(&[(weekday(day)?, *cell)])?),
            _ => {}
        }
    }
    let hours = rules.join("; ");
    is_opening_hours(&hours).then_some(hours)
}

/// Opening hours without the days that are named as closed; `None` where those are not certain.
pub(crate) fn closed_on(usual: &str, days: &str) -> Option<String> {
    let hours = format!("{usual}; {}", off_days(&format!("closed {days}"))?);
    is_opening_hours(&hours).then_some(hours)
}

/// The rules of days that a text calls closed: the words are read beside hours, which alone give them a meaning.
fn off_days(words: &str) -> Option<String> {
    let read = read(&format!("daily 00:00-24:00; {words}"))?;
    let off: Vec<&str> = read.split("; ").filter(|rule| rule.ends_with(" off")).collect();
    (!off.is_empty()).then(|| off.join("; "))
}
