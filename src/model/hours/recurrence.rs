//! Recurrences of RFC 5545 (`{rrule, start, minutes}`), for what no weekly times can say.

use chrono::{NaiveDateTime, TimeDelta};

use super::window::Window;

/// Whether the pair is a recurrence rule and a local start time.
pub fn is_recurrence(rrule: &str, start: &str) -> bool {
    recurrence(rrule, start).is_some()
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

/// A rule with how long each occurrence lasts.
#[derive(Debug)]
pub(super) struct Recurrence {
    rule: rrule::RRuleSet,
    lasts: TimeDelta,
}

impl Recurrence {
    /// Reads a rule; `None` when it can't be read.
    pub(super) fn read(rrule: &str, start: &str, lasts: TimeDelta) -> Option<Self> {
        Some(Self { rule: recurrence(rrule, start)?, lasts })
    }

    /// Whether an occurrence meets the window.
    pub(super) fn meets(&self, window: Window) -> bool {
        let as_utc = |t: NaiveDateTime| t.and_utc().with_timezone(&rrule::Tz::UTC);
        let set = self.rule.clone().after(as_utc(window.from - self.lasts)).before(as_utc(window.to));
        let meets = |begins: NaiveDateTime| {
            let ends = begins + self.lasts;
            ends > window.from && (begins < window.to || begins == window.from)
        };
        set.limit().all(366).dates.iter().any(|d| meets(d.naive_utc()))
    }
}
