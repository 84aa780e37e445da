//! Times of a twelve-hour clock written as if of twenty-four: `9:00-5:00` is valid and runs through the night. Whoever
//! types it is asked; where it is stored already, what hangs on it is unknown.

use opening_hours::RuleKind;
use opening_hours_syntax::rules::RuleSequence;
use opening_hours_syntax::rules::time::{Time, TimeSelector, TimeSpan};
use opening_hours_syntax::{ExtendedTime, parse};

/// From this hour on a night is meant: `18:00-03:00`.
const EVENING: u8 = 16;
/// What begins between one o'clock and this hour is hardly meant for the night: `2:00-4:00`.
const MORNING: u8 = 5;

/// What begins before this hour and stands behind a later one is hardly meant for the morning: `9:30-12:30,6:00-8:00`.
const AFTERNOON: u8 = 8;

/// A span that is probably twelve hours off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// As written, such as `09:00-05:00`.
    pub written: String,
    /// What was probably meant, such as `09:00-17:00`.
    pub probably: String,
    /// How to write it where it is meant as it stands, such as `09:00-29:00`.
    pub really: String,
}

impl Slip {
    /// The question to whoever wrote it.
    pub fn question(&self) -> String {
        let Slip { written, probably, really } = self;
        let what = if written.split('-').next() < written.split('-').next_back() {
            "lies in the middle of the night"
        } else {
            "runs through the night"
        };
        format!("{written} {what}: did you mean {probably}? If it really does, write {really}")
    }
}

/// The spans of a text that are probably twelve hours off; none when it is no opening hours.
pub fn slips(text: &str) -> Vec<Slip> {
    let rules = parse(text).map(|expression| expression.rules).unwrap_or_default();
    let spans = rules.iter().filter(|rule| rule.kind != RuleKind::Closed).flat_map(|rule| doubts(rule, text));
    spans
        .filter_map(|(written, probably)| {
            let (from, until) = fixed(&written)?;
            let really = match from < until {
                true => format!("{from}-{until} open"),
                false => format!("{from}-{}", until.add_hours(24)?),
            };
            Some(Slip { written: format!("{from}-{until}"), probably: probably?.to_string(), really })
        })
        .collect()
}

/// The rules with every slip as it was probably meant; `None` when there is none.
pub(super) fn mended(rules: &[RuleSequence], text: &str) -> Option<Vec<RuleSequence>> {
    let mut any = false;
    let mend = |rule: &RuleSequence| {
        let spans: Vec<TimeSpan> = doubts(rule, text)
            .map(|(written, probably)| {
                any |= probably.is_some() && rule.kind != RuleKind::Closed;
                probably.unwrap_or(written)
            })
            .collect();
        match rule.kind {
            RuleKind::Closed => rule.clone(),
            _ => RuleSequence { time_selector: TimeSelector::new(spans), ..rule.clone() },
        }
    };
    let mended = rules.iter().map(mend).collect();
    any.then_some(mended)
}

/// Each span of a rule with what was probably meant, where that is something else.
fn doubts<'a>(rule: &'a RuleSequence, text: &'a str) -> impl Iterator<Item = (TimeSpan, Option<TimeSpan>)> + 'a {
    let meant = says_open(text);
    let mut before: Option<ExtendedTime> = None;
    rule.time_selector.spans.iter().map(move |span| {
        let probably = probably(span, before, meant);
        before = fixed(probably.as_ref().unwrap_or(span)).map(|(from, until)| from.max(until));
        (span.clone(), probably)
    })
}

/// What a span probably means, `before` being the end of the one before it on the same day.
fn probably(span: &TimeSpan, before: Option<ExtendedTime>, meant: bool) -> Option<TimeSpan> {
    let (from, until) = fixed(span)?;
    if span.open_end || span.repeats.is_some() {
        return None;
    }
    let twelve_hour = |time: ExtendedTime| (1..12).contains(&time.hour());
    let span = |from: ExtendedTime, until: ExtendedTime| (from < until).then(|| TimeSpan::fixed_range(from, until));
    if until <= from {
        let through_the_night = from.hour() >= EVENING || !twelve_hour(until);
        return if through_the_night { None } else { span(from, until.add_hours(12)?) };
    }
    let goes_back = before.is_some_and(|before| from < before) && (1..AFTERNOON).contains(&from.hour());
    let small_hours = (1..MORNING).contains(&from.hour()) && !meant;
    match (goes_back || small_hours) && until.hour() <= 12 {
        true => span(from.add_hours(12)?, until.add_hours(12)?),
        false => None,
    }
}

fn fixed(span: &TimeSpan) -> Option<(ExtendedTime, ExtendedTime)> {
    match (span.range.start, span.range.end) {
        (Time::Fixed(from), Time::Fixed(until)) => Some((from, until)),
        _ => None,
    }
}

/// Whether the text says `open` outside of comments: then the small hours are meant.
fn says_open(text: &str) -> bool {
    let outside = text.split('"').step_by(2);
    outside
        .flat_map(|part| part.split_whitespace())
        .any(|word| word.trim_matches([';', ',']).eq_ignore_ascii_case("open"))
}
