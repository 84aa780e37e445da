//! Times as questions judge them: read once, however many records have the same, and however often they are asked for.
//!
//! Most say nothing but weekdays and hours: of those a week is kept, and a moment is looked up in it. The others keep what
//! was parsed, and what they answered last: the next record with the same times asks the same.

use chrono::{Datelike, TimeDelta};
use serde_json::Value;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::calendar::Calendar;
use super::holidays::Nation;
use super::osm::Hours;
use super::recurrence::Recurrence;
use super::weekly::Weekly;
use super::window::Window;

/// When something is open: opening hours as text, or `{rrule, start, minutes}`.
#[derive(Debug)]
pub struct Times {
    schedule: Value,
    read: OnceLock<Read>,
    last: Mutex<Option<(Window, Nation, Option<bool>)>>,
}

#[derive(Debug)]
enum Read {
    Nothing,
    Weekly(Weekly),
    Hours(Hours),
    Recurrence(Box<Recurrence>),
}

impl Times {
    /// These, not read yet.
    pub fn of(schedule: Value) -> Self {
        Self { schedule, read: OnceLock::new(), last: Mutex::default() }
    }

    /// Whether they speak of bank or school holidays: only then does it matter where the record is.
    pub fn names_days_off(&self) -> bool {
        self.schedule.as_str().is_some_and(|text| text.contains("PH") || text.contains("SH"))
    }

    /// Whether they are a rule of recurrence, which takes long to follow.
    pub fn recurs(&self) -> bool {
        self.schedule.is_object()
    }

    /// Reads them now rather than when somebody asks.
    pub fn prepare(&self) {
        self.read();
    }

    /// Whether they are open at any time of the window; `None` when they can't be read or do not tell.
    pub fn open_in(&self, window: Window, calendar: &Calendar<'_>) -> Option<bool> {
        match self.read() {
            Read::Nothing => None,
            Read::Weekly(week) if is_usual(window) && (!self.names_days_off() || calendar.is_ordinary(window)) => {
                Some(week.meets(window))
            }
            Read::Weekly(_) => self
                .as_last(window, calendar.nation, || Hours::read(self.schedule.as_str()?)?.open_in(window, calendar)),
            // Whose school holidays they are matters, too: nothing is kept of those.
            Read::Hours(hours) if hours.names_schools() => hours.open_in(window, calendar),
            Read::Hours(hours) => self.as_last(window, calendar.nation, || hours.open_in(window, calendar)),
            Read::Recurrence(rule) => self.as_last(window, calendar.nation, || Some(rule.meets(window))),
        }
    }

    fn as_last(&self, window: Window, nation: Nation, answer: impl FnOnce() -> Option<bool>) -> Option<bool> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, at, said)) = last
            && (of, at) == (window, nation)
        {
            return said;
        }
        let said = answer();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((window, nation, said));
        said
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(|| match &self.schedule {
            Value::String(text) => match Hours::read(text) {
                None => Read::Nothing,
                Some(hours) => hours.week().map_or(Read::Hours(hours), Read::Weekly),
            },
            Value::Object(parts) => {
                let text = |name: &str| parts.get(name).and_then(Value::as_str);
                let lasts = parts.get("minutes").and_then(Value::as_i64).map(TimeDelta::minutes);
                let rule = text("rrule").zip(text("start")).zip(lasts);
                rule.and_then(|((rrule, start), lasts)| Recurrence::read(rrule, start, lasts))
                    .map_or(Read::Nothing, |rule| Read::Recurrence(Box::new(rule)))
            }
            _ => Read::Nothing,
        })
    }
}

/// Whether a week is like every other: the parser's calendar has an end on both sides.
fn is_usual(window: Window) -> bool {
    let years = 1901..9990;
    years.contains(&window.from.year()) && years.contains(&window.to.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDateTime;
    use proptest::prelude::*;

    fn days() -> impl Strategy<Value = String> {
        let day =
            prop::sample::select(vec!["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "Mo-Fr", "Sa-Mo", "Tu,Th", "Mo-Su"]);
        day.prop_map(str::to_owned)
    }

    fn hours() -> impl Strategy<Value = String> {
        let minutes = prop::sample::select(vec![0, 15, 30, 59]);
        let span = (0..24u32, minutes.clone(), 1..20u32, minutes);
        let span = span.prop_map(|(from, a, lasts, b)| format!("{from:02}:{a:02}-{:02}:{b:02}", (from + lasts) % 24));
        prop_oneof![
            4 => prop::collection::vec(span, 1..3).prop_map(|spans| spans.join(",")),
            1 => Just("off".to_owned()),
        ]
    }

    fn nation() -> impl Strategy<Value = Nation> {
        prop::sample::select(Nation::ALL.to_vec())
    }

    fn texts() -> impl Strategy<Value = String> {
        let rule = (days(), hours()).prop_map(|(days, hours)| format!("{days} {hours}"));
        let rules = prop::collection::vec(rule, 1..4).prop_map(|rules| rules.join("; "));
        prop_oneof![20 => rules, 1 => Just("24/7".to_owned()), 1 => Just("10:00-16:00".to_owned())]
    }

    proptest! {
        /// A week that is looked up answers what the parser answers of the very moment.
        #[test]
        fn a_week_is_like_every_other(text in texts(), nation in nation(), days in 0..3_000i64, minute in 0..1_440i64, second in 0..60i64, lasts in prop_oneof![Just(0), 1..12_000i64]) {
            let from = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap().and_time(chrono::NaiveTime::MIN)
                + TimeDelta::minutes(days * 1_440 + minute) + TimeDelta::seconds(second);
            let window = Window { from, to: from + TimeDelta::minutes(lasts) };
            let calendar = Calendar { nation, ..Calendar::default() };
            let parsed = Hours::read(&text).unwrap().open_in(window, &calendar);
            let times = Times::of(Value::String(text.clone()));
            prop_assert_eq!(times.open_in(window, &calendar), parsed, "{}", text);
        }
    }

    #[test]
    fn only_what_holds_in_every_week_is_kept_as_one() {
        for (text, weekly) in [
            ("Mo-Fr 09:00-17:00", true),
            ("24/7", true),
            ("Mo 22:00-02:00", true),
            ("Sa,Su off; Mo-Fr 10:00-12:00,13:00-15:00", true),
            ("Mo-Fr 09:00-17:00; PH off", true),
            ("PH Mo 10:00-12:00", false),
            ("SH off; Mo 10:00-12:00", false),
            ("Mo[1] 10:00-12:00", false),
            ("Jul-Aug Mo 10:00-12:00", false),
            ("week 1-53/2 Mo 10:00-12:00", false),
            ("2026 Mo 10:00-12:00", false),
            ("Mo sunrise-12:00", false),
            ("Mo 10:00-12:00 \"by appointment\"", false),
            ("Mo 10:00+", false),
            ("SH Mo 10:00-12:00", false),
        ] {
            assert_eq!(Hours::read(text).unwrap().week().is_some(), weekly, "{text}");
        }
    }

    /// What was answered last is answered again to the same question only.
    #[test]
    fn an_answer_that_is_kept_is_of_the_same_window_and_the_same_nation() {
        let times = Times::of("Mo-Su 09:00-17:00; PH off".into());
        let on = |nation, day: &str| {
            let from: NaiveDateTime = format!("{day}T12:00:00").parse().unwrap();
            times.open_in(Window { from, to: from }, &Calendar { nation, ..Calendar::default() })
        };
        // St Andrew's Day is a bank holiday in Scotland alone.
        for _ in 0..2 {
            assert_eq!(on(Nation::Scotland, "2026-11-30"), Some(false));
            assert_eq!(on(Nation::EnglandAndWales, "2026-11-30"), Some(true));
            assert_eq!(on(Nation::EnglandAndWales, "2026-12-25"), Some(false));
        }
    }
}
