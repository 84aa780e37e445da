//! `open_at`: now, a weekday, a weekday with an hour, or a date-time, as a stretch of local time. What comes with an
//! offset is brought to local time; nothing is taken for local that says otherwise.

use chrono::NaiveDateTime;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Timestamp, ToSpan, Zoned};

use crate::model::hours::Window;
use crate::model::hours::words::clock_time;

/// What to write.
pub const HINT: &str = "must be now, thu, thu 14:00, thu 2pm, 2026-12-01, or 2026-12-01T14:00 (local, or with an offset, its + sent as %2B)";

const DAYS_ASKED: [(&str, &str, Weekday); 7] = [
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
        return moment(now.datetime());
    }
    let (first, rest) = lower.split_once(' ').unwrap_or((&lower, ""));
    if let Some((.., weekday)) = DAYS_ASKED.iter().find(|(short, long, _)| first == *short || first == *long) {
        let date = next(now.date(), *weekday);
        return match rest.trim() {
            "" => whole_day(date),
            time => moment(date.at(0, 0, 0, 0).checked_add(i64::from(clock_time(time)?).minutes()).ok()?),
        };
    }
    if text.len() == 10 {
        return whole_day(text.parse().ok()?);
    }
    moment(date_time(text, now)?)
}

/// A date with a time: local, unless it names an offset or a zone.
fn date_time(text: &str, now: &Zoned) -> Option<DateTime> {
    let text = with_plus(text);
    let in_zone = |at: Timestamp| at.to_zoned(now.time_zone().clone()).datetime();
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(in_zone(zoned.timestamp()));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(in_zone(at));
    }
    // The parser of plain date-times passes over an offset: what is left must be local.
    let time = text.get(11..)?;
    let local = text.is_ascii() && time.chars().all(|c| c.is_ascii_digit() || ":.".contains(c));
    local.then(|| text.parse().ok()).flatten()
}

/// `2026-07-01T16:30:00 01:00` was sent with a plus: in an address it means a blank.
fn with_plus(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((at, offset)) if at.len() > 10 && offset.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{at}+{offset}")
        }
        _ => text.to_owned(),
    }
}

/// The next day of that name, today included.
fn next(today: Date, weekday: Weekday) -> Date {
    let ahead = weekday.since(today.weekday());
    today.checked_add(i64::from(ahead).days()).unwrap_or(today)
}

fn whole_day(date: Date) -> Option<Window> {
    let from = date.at(0, 0, 0, 0);
    Some(Window { from: local(from)?, to: local(from.checked_add(1.day()).ok()?)? })
}

fn moment(at: DateTime) -> Option<Window> {
    let at = local(at)?;
    Some(Window { from: at, to: at })
}

fn local(at: DateTime) -> Option<NaiveDateTime> {
    let date = chrono::NaiveDate::from_ymd_opt(at.year().into(), at.month() as u32, at.day() as u32)?;
    date.and_hms_opt(at.hour() as u32, at.minute() as u32, at.second() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, now: &str) -> Option<(String, String)> {
        window(text, &now.parse().unwrap()).map(|w| (w.from.to_string(), w.to.to_string()))
    }

    const SUNDAY: &str = "2026-11-22T18:00[Europe/London]";

    fn at(text: &str) -> Option<String> {
        let (from, to) = shown(text, SUNDAY)?;
        assert_eq!(from, to, "{text} should be a moment");
        Some(from)
    }

    #[test]
    fn words_become_stretches_of_local_time() {
        let show = |text| shown(text, SUNDAY);
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(show("now"), pair("2026-11-22 18:00:00", "2026-11-22 18:00:00"));
        assert_eq!(show("thu"), pair("2026-11-26 00:00:00", "2026-11-27 00:00:00"));
        assert_eq!(show("Thursday 14:00"), pair("2026-11-26 14:00:00", "2026-11-26 14:00:00"));
        assert_eq!(show("sun"), pair("2026-11-22 00:00:00", "2026-11-23 00:00:00"));
        assert_eq!(show("2026-12-01T09:30"), pair("2026-12-01 09:30:00", "2026-12-01 09:30:00"));
        assert_eq!(show("2026-12-01"), pair("2026-12-01 00:00:00", "2026-12-02 00:00:00"));
        assert_eq!(show("soon"), None);
        assert_eq!(show("month"), None);
    }

    // P8
    #[test]
    fn an_hour_is_understood_as_people_write_it() {
        for text in ["thu 9:00", "thu 09:00", "thu 9am", "Thursday 9 am", "thursday 9.00", "THU 9:00am", "thu 0900"] {
            assert_eq!(at(text).as_deref(), Some("2026-11-26 09:00:00"), "{text}");
        }
        assert_eq!(at("thursday 2.30pm").as_deref(), Some("2026-11-26 14:30:00"));
        assert_eq!(at("thu noon").as_deref(), Some("2026-11-26 12:00:00"));
        assert_eq!(at("thu 12am").as_deref(), Some("2026-11-26 00:00:00"));
        for text in ["thu 9", "thu 25:00", "thu 9:60", "thu 13am", "thu nine", "thu 9-10", "thu 9:00 10:00", "thu -9"] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    // F16
    #[test]
    fn what_comes_with_an_offset_is_brought_to_local_time() {
        for text in [
            "2026-07-01T16:30:00+00:00",
            "2026-07-01T16:30:00Z",
            "2026-07-01T16:30Z",
            "2026-07-01t16:30:00z",
            "2026-07-01T17:30:00+01:00",
            "2026-07-01T18:30+02:00",
            "2026-07-01T12:30:00-04:00",
            "2026-07-01T18:30:00+02:00[Europe/Paris]",
            "2026-07-01T18:30[Europe/Paris]",
            // A plus in an address arrives as a blank.
            "2026-07-01T16:30:00 00:00",
            "2026-07-01T17:30:00 01:00",
            "2026-07-01T17:30 01:00",
            "2026-07-01T17:30:00 0100",
            "2026-07-01 17:30:00 01:00",
            // Local.
            "2026-07-01T17:30",
            "2026-07-01T17:30:00",
            "2026-07-01 17:30",
            "2026-07-01T17:30:00.0",
        ] {
            assert_eq!(at(text).as_deref(), Some("2026-07-01 17:30:00"), "{text}");
        }
        let elsewhere = shown("2026-07-01T16:30:00Z", "2026-11-22T18:00[America/New_York]").unwrap();
        assert_eq!(elsewhere.0, "2026-07-01 12:30:00");
        for text in [
            "2026-07-01T17:30 1",
            "2026-07-01T17:30 BST",
            "2026-07-01T17:30BST",
            "2026-07-01T25:30",
            "2026-07-01T17:30+1",
            "2026-07-01T17:30+99:00",
            "2026-02-30",
            "2026-02-30T10:00",
            "20260701T173",
            "2026-07-01T",
            "2026-07-01Z",
        ] {
            assert_eq!(shown(text, SUNDAY), None, "{text}");
        }
    }
}
