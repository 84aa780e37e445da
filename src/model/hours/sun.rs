//! What follows the sun: sunrise and dusk lie hours apart between Cornwall and Shetland, June and December. A text is read
//! once with as little of it as any place has, and once with as much.

use opening_hours::RuleKind;
use opening_hours_syntax::ExtendedTime;
use opening_hours_syntax::rules::RuleSequence;
use opening_hours_syntax::rules::time::{Time, TimeEvent, TimeSelector, TimeSpan};

/// How far what depends on the sun reaches: surely, or possibly.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reach {
    /// As little as in any place and season.
    Narrow,
    /// As much as in any.
    Wide,
}

/// Whether a time is one of the sun's.
pub(super) fn is_event(time: &Time) -> bool {
    time.as_time_event().is_some()
}

/// Whether a rule depends on the sun.
pub(super) fn has_events(rule: &RuleSequence) -> bool {
    rule.time_selector.spans.iter().any(|span| is_event(&span.range.start) || is_event(&span.range.end))
}

/// The rules with hours in place of events.
pub(super) fn with_hours(rules: &[RuleSequence], reach: Reach) -> Vec<RuleSequence> {
    let fixed = |rule: &RuleSequence| {
        if !has_events(rule) {
            return Some(rule.clone());
        }
        // What is closed from dusk on is surely closed where it is closed at the widest.
        let reach = match (rule.kind, reach) {
            (RuleKind::Closed, Reach::Narrow) => Reach::Wide,
            (RuleKind::Closed, Reach::Wide) => Reach::Narrow,
            (_, reach) => reach,
        };
        let all =
            |reach| rule.time_selector.spans.iter().map(|span| of_events(span, reach)).collect::<Option<Vec<_>>>();
        Some(match all(reach) {
            Some(spans) => RuleSequence { time_selector: TimeSelector::new(spans), ..rule.clone() },
            // In some season nothing is left of it.
            None if rule.kind == RuleKind::Closed => return None,
            None => RuleSequence {
                time_selector: TimeSelector::new(all(Reach::Wide).unwrap_or_default()),
                kind: RuleKind::Unknown,
                ..rule.clone()
            },
        })
    };
    rules.iter().filter_map(fixed).collect()
}

/// A span with hours in place of events; `None` when nothing is left of it.
fn of_events(span: &TimeSpan, reach: Reach) -> Option<TimeSpan> {
    let usual = |time: &Time| range_of(time).map_or(0, |(early, late)| (early + late) / 2);
    let over_midnight = usual(&span.range.start) >= usual(&span.range.end);
    let (start, end) = (range_of(&span.range.start)?, range_of(&span.range.end)?);
    let (start, end) = match reach {
        Reach::Narrow => (start.1, end.0),
        Reach::Wide => (start.0, end.1),
    };
    if !over_midnight && start >= end {
        return None;
    }
    let time = |minutes: i32| ExtendedTime::new((minutes / 60).try_into().ok()?, (minutes % 60).try_into().ok()?);
    let range = Time::Fixed(time(start.clamp(0, 24 * 60 - 1))?)..Time::Fixed(time(end.clamp(0, 48 * 60))?);
    Some(TimeSpan { range, ..span.clone() })
}

/// Earliest and latest minute of the local day, from Cornwall in June to Shetland in December, a quarter of an hour added.
fn range_of(time: &Time) -> Option<(i32, i32)> {
    let event = match time {
        Time::Fixed(time) => {
            let minutes = i32::from(time.hour()) * 60 + i32::from(time.minute());
            return Some((minutes, minutes));
        }
        Time::Variable(variable) => variable,
    };
    let (early, late) = match event.event {
        TimeEvent::Dawn => (60, 8 * 60 + 45),
        TimeEvent::Sunrise => (3 * 60 + 15, 9 * 60 + 30),
        TimeEvent::Sunset => (14 * 60 + 40, 22 * 60 + 50),
        TimeEvent::Dusk => (15 * 60 + 15, 25 * 60),
    };
    Some((early + i32::from(event.offset), late + i32::from(event.offset)))
}
