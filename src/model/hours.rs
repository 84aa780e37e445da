//! When something is open: OSM opening-hours text and RFC 5545 recurrences, judged in local time with the bank
//! holidays of England.

use chrono::{NaiveDateTime, TimeDelta};
use opening_hours::localization::Country;
use opening_hours::{Context, OpeningHours};
use serde_json::Value;
use std::sync::LazyLock;

/// A stretch of local time; a moment has equal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First moment asked for.
    pub from: NaiveDateTime,
    /// End, not included (or the same moment).
    pub to: NaiveDateTime,
}

/// Whether text is OSM opening hours.
pub fn is_opening_hours(text: &str) -> bool {
    text.parse::<OpeningHours>().is_ok()
}

/// Whether the pair is a recurrence rule and a local start time.
pub fn is_recurrence(rrule: &str, start: &str) -> bool {
    recurrence(rrule, start).is_some()
}

/// Whether a schedule (text, or `{rrule, start, minutes}`) is open at any time of the window; `None` when it can't
/// be read or does not tell.
pub fn open_in(schedule: &Value, window: Window) -> Option<bool> {
    match schedule {
        Value::String(text) => opening_hours_open(text, window),
        Value::Object(parts) => {
            let text = |name: &str| parts.get(name).and_then(Value::as_str);
            let lasts = TimeDelta::minutes(parts.get("minutes")?.as_i64()?);
            recurrence_meets(text("rrule")?, text("start")?, lasts, window)
        }
        _ => None,
    }
}

static ENGLAND: LazyLock<Context> = LazyLock::new(|| Context::default().with_holidays(Country::GB.holidays()));

fn opening_hours_open(text: &str, window: Window) -> Option<bool> {
    let hours = text.parse::<OpeningHours>().ok()?.with_context(ENGLAND.clone());
    if window.from == window.to {
        return if hours.is_unknown(window.from) { None } else { Some(hours.is_open(window.from)) };
    }
    let mut unsure = false;
    for range in hours.iter_range(window.from, window.to) {
        match range.kind {
            opening_hours::RuleKind::Open => return Some(true),
            opening_hours::RuleKind::Unknown => unsure = true,
            opening_hours::RuleKind::Closed => {}
        }
    }
    if unsure { None } else { Some(false) }
}

/// Local times are handed over as if they were UTC, so that a weekly 10:00 stays 10:00 across the clock change.
fn recurrence(rrule: &str, start: &str) -> Option<rrule::RRuleSet> {
    // Nothing that people go to repeats within a day, and such a rule would take minutes to follow over the years.
    let daily = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
    let upper = rrule.to_ascii_uppercase();
    if !daily.iter().any(|often| upper.contains(&format!("FREQ={often}")))
        || upper.contains(['\n', '\r'])
        || ["BYHOUR", "BYMINUTE", "BYSECOND"].iter().any(|part| upper.contains(part))
    {
        return None;
    }
    let start: jiff::civil::DateTime =
        start.parse().ok().filter(|s: &jiff::civil::DateTime| (1990..2100).contains(&s.year()))?;
    let rule = rrule.trim().trim_start_matches("RRULE:");
    format!("DTSTART:{}Z\nRRULE:{rule}", start.strftime("%Y%m%dT%H%M%S")).parse().ok()
}

fn recurrence_meets(rrule: &str, start: &str, lasts: TimeDelta, window: Window) -> Option<bool> {
    let as_utc = |t: NaiveDateTime| t.and_utc().with_timezone(&rrule::Tz::UTC);
    let set = recurrence(rrule, start)?.after(as_utc(window.from - lasts)).before(as_utc(window.to));
    let meets = |begins: NaiveDateTime| {
        let ends = begins + lasts;
        ends > window.from && (begins < window.to || begins == window.from)
    };
    Some(set.limit().all(366).dates.iter().any(|d| meets(d.naive_utc())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn moment(text: &str) -> Window {
        let at = text.parse().unwrap();
        Window { from: at, to: at }
    }

    #[test]
    fn a_weekly_group_is_open_on_its_day_only() {
        let group = json!("Th 10:00-12:00");
        assert_eq!(open_in(&group, moment("2026-11-26T10:30:00")), Some(true));
        assert_eq!(open_in(&group, moment("2026-11-26T12:30:00")), Some(false));
        assert_eq!(open_in(&group, moment("2026-11-25T10:30:00")), Some(false));
    }

    #[test]
    fn bank_holidays_of_england_count() {
        let office = json!("Mo-Fr 09:00-17:00; PH off");
        assert_eq!(open_in(&office, moment("2026-12-25T10:00:00")), Some(false));
        assert_eq!(open_in(&office, moment("2026-12-24T10:00:00")), Some(true));
    }

    #[test]
    fn rules_that_repeat_within_a_day_or_never_come_true_do_not_hang() {
        assert!(!is_recurrence("FREQ=SECONDLY", "1990-01-01T10:00"));
        let never = json!({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "start": "2026-01-01T10:00", "minutes": 60});
        assert_eq!(open_in(&never, moment("2026-07-02T11:15:00")), Some(false));
    }

    #[test]
    fn a_monthly_rule_keeps_its_local_hour_across_the_clock_change() {
        let group = json!({"rrule": "FREQ=MONTHLY;BYDAY=1TH", "start": "2026-01-01T10:00", "minutes": 90});
        assert_eq!(open_in(&group, moment("2026-07-02T11:15:00")), Some(true));
        assert_eq!(open_in(&group, moment("2026-12-03T11:15:00")), Some(true));
        assert_eq!(open_in(&group, moment("2026-12-10T11:15:00")), Some(false));
    }
}
