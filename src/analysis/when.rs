//! `open_at`: now, a weekday, a weekday with an hour, or a local date-time, as a stretch of local time.

use chrono::NaiveDateTime;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{ToSpan, Zoned};

use crate::model::hours::Window;

const DAYS: [(&str, &str, Weekday); 7] = [
    ("mon", "monday", Weekday::Monday),
    ("tue", "tuesday", Weekday::Tuesday),
    ("wed", "wednesday", Weekday::Wednesday),
    ("thu", "thursday", Weekday::Thursday),
    ("fri", "friday", Weekday::Friday),
    ("sat", "saturday", Weekday::Saturday),
    ("sun", "sunday", Weekday::Sunday),
];

/// The stretch of time a text names, seen from `now`; `None` when it can't be read.
pub fn window(text: &str, now: &Zoned) -> Option<Window> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if lower == "now" {
        return Some(moment(now.datetime()));
    }
    let (first, rest) = lower.split_once(' ').unwrap_or((&lower, ""));
    if let Some((.., weekday)) = DAYS.iter().find(|(short, long, _)| first == *short || first == *long) {
        let date = next(now.date(), *weekday);
        if rest.is_empty() {
            return Some(Window { from: local(date.at(0, 0, 0, 0)), to: local(date.tomorrow().ok()?.at(0, 0, 0, 0)) });
        }
        return Some(moment(date.to_datetime(rest.trim().parse::<Time>().ok()?)));
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return Some(if text.len() > 10 {
            moment(at)
        } else {
            Window { from: local(at), to: local(at.checked_add(1.day()).ok()?) }
        });
    }
    None
}

/// The next day of that name, today included.
fn next(today: Date, weekday: Weekday) -> Date {
    let ahead = weekday.since(today.weekday());
    today.checked_add(i64::from(ahead).days()).unwrap_or(today)
}

fn moment(at: DateTime) -> Window {
    Window { from: local(at), to: local(at) }
}

fn local(at: DateTime) -> NaiveDateTime {
    let date = chrono::NaiveDate::from_ymd_opt(at.year().into(), at.month() as u32, at.day() as u32);
    date.and_then(|d| d.and_hms_opt(at.hour() as u32, at.minute() as u32, at.second() as u32)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_stretches_of_local_time() {
        let sunday: Zoned = "2026-11-22T18:00[Europe/London]".parse().unwrap();
        let show = |text| window(text, &sunday).map(|w| (w.from.to_string(), w.to.to_string()));
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(show("now"), pair("2026-11-22 18:00:00", "2026-11-22 18:00:00"));
        assert_eq!(show("thu"), pair("2026-11-26 00:00:00", "2026-11-27 00:00:00"));
        assert_eq!(show("Thursday 14:00"), pair("2026-11-26 14:00:00", "2026-11-26 14:00:00"));
        assert_eq!(show("sun"), pair("2026-11-22 00:00:00", "2026-11-23 00:00:00"));
        assert_eq!(show("2026-12-01T09:30"), pair("2026-12-01 09:30:00", "2026-12-01 09:30:00"));
        assert_eq!(show("soon"), None);
        assert_eq!(show("month"), None);
    }
}
