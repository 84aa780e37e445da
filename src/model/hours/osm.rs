//! OSM opening hours in every way they may be meant. The crate `opening-hours` parses and evaluates; here its reading is
//! brought to the specification where it answers more surely than the text does:
//!
//! - a comment without a state is *unknown* (`Mo-Fr 09:00-17:00 "by appointment"`), and so is an explicit `open` with a
//!   condition behind it;
//! - a fallback (`|| "by appointment"`) holds at every moment that is closed before it, not on whole days only;
//! - an open end (`18:00+`) is unknown from where it is open;
//! - `SH Mo` are the Mondays of the school holidays, not both; whether it holds on a day that is one of the two is left open;
//! - sunrise and dusk lie where the country's earliest and latest do, so what depends on them is known outside of those.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use opening_hours::{Context, OpeningHours, RuleKind};
use opening_hours_syntax::rules::day::{DaySelector, HolidayKind, WeekDayRange};
use opening_hours_syntax::rules::time::{Time, TimeSelector, TimeSpan};
use opening_hours_syntax::rules::{OpeningHoursExpression, RuleOperator, RuleSequence};
use opening_hours_syntax::{ExtendedTime, parse};

use super::calendar::Calendar;
use super::slips::mended;
use super::sun::{self, Reach};
use super::weekly::{WEEK, Weekly};
use super::window::Window;

/// Whether text is OSM opening hours.
pub fn is_opening_hours(text: &str) -> bool {
    parse(text).is_ok()
}

/// Opening hours, parsed: every way in which they may be meant.
#[derive(Debug)]
pub(super) struct Hours {
    readings: Vec<Reading>,
    names_schools: bool,
}

impl Hours {
    /// Parses a text; `None` when it is no opening hours.
    pub(super) fn read(text: &str) -> Option<Self> {
        Some(Self { readings: readings(text)?, names_schools: text.contains("SH") })
    }

    /// Whether they speak of school holidays.
    pub(super) fn names_schools(&self) -> bool {
        self.names_schools
    }

    /// Whether they are open at any time of the window; `None` when they do not tell.
    pub(super) fn open_in(&self, window: Window, calendar: &Calendar<'_>) -> Option<bool> {
        let window = whole_minutes(window);
        let days_off = match self.names_schools {
            true => vec![calendar.days_off(window, false), calendar.days_off(window, true)],
            false => vec![calendar.bank_holidays()],
        };
        let mut states = Vec::new();
        for holidays in days_off {
            let context = Context::default().with_holidays(holidays);
            states.extend(self.readings.iter().map(|reading| reading.states(&context, window)));
        }
        answer(&states, window)
    }

    /// What is open in any week without bank holidays, where they name nothing but weekdays, hours and those, and can be
    /// meant in one way only.
    pub(super) fn week(&self) -> Option<Weekly> {
        let [Reading(parts)] = self.readings.as_slice() else { return None };
        let [hours] = parts.as_slice() else { return None };
        if !hours.get_expression().rules.iter().all(is_weekly) {
            return None;
        }
        // Any week will do.
        let monday = NaiveDate::from_isoywd_opt(2024, 2, Weekday::Mon)?.and_time(NaiveTime::MIN);
        let minute = |at: NaiveDateTime| u16::try_from((at - monday).num_minutes().clamp(0, WEEK)).ok();
        let open = hours.iter_range(monday, monday + TimeDelta::minutes(WEEK));
        let open = open.filter(|stretch| stretch.kind == RuleKind::Open);
        open.map(|stretch| minute(stretch.range.start).zip(minute(stretch.range.end)))
            .collect::<Option<_>>()
            .map(Weekly)
    }
}

/// Whether a rule holds in every week without bank holidays alike.
fn is_weekly(rule: &RuleSequence) -> bool {
    let DaySelector { year, monthday, week, weekday } = &rule.day_selector;
    let every = |day: &WeekDayRange| match day {
        WeekDayRange::Fixed { offset, nth_from_start, nth_from_end, .. } => {
            *offset == 0 && nth_from_start.iter().chain(nth_from_end).all(|nth| *nth)
        }
        WeekDayRange::Holiday { kind, offset } => *kind == HolidayKind::Public && *offset == 0,
    };
    let fixed = |span: &TimeSpan| matches!((span.range.start, span.range.end), (Time::Fixed(_), Time::Fixed(_)));
    year.is_empty()
        && monthday.is_empty()
        && week.is_empty()
        && weekday.iter().all(every)
        && rule.time_selector.spans.iter().all(fixed)
        && matches!(rule.kind, RuleKind::Open | RuleKind::Closed)
}

/// Times are told in minutes: a moment is the minute it lies in.
fn whole_minutes(window: Window) -> Window {
    let from = window.from.with_second(0).and_then(|t| t.with_nanosecond(0)).unwrap_or(window.from);
    let to = if window.from == window.to { from + TimeDelta::minutes(1) } else { window.to };
    Window { from, to }
}

/// One way to understand a text: the first of its parts that is not closed holds.
#[derive(Debug)]
struct Reading(Vec<OpeningHours>);

/// What one part says from a moment on, in order.
type Stretches = Vec<(NaiveDateTime, RuleKind)>;

impl Reading {
    fn states(&self, context: &Context, window: Window) -> Vec<Stretches> {
        let of = |part: &OpeningHours| {
            let part = part.clone().with_context(context.clone());
            part.iter_range(window.from, window.to).map(|s| (s.range.start, s.kind)).collect()
        };
        self.0.iter().map(of).collect()
    }
}

/// Open where all readings are at one moment, closed where all are throughout.
fn answer(readings: &[Vec<Stretches>], window: Window) -> Option<bool> {
    let mut turns: Vec<NaiveDateTime> = readings.iter().flatten().flatten().map(|(from, _)| *from).collect();
    turns.push(window.from);
    turns.sort_unstable();
    turns.dedup();
    let at = |stretches: &Stretches, moment: NaiveDateTime| {
        stretches.iter().take_while(|(from, _)| *from <= moment).last().map_or(RuleKind::Closed, |(_, kind)| *kind)
    };
    let state = |parts: &Vec<Stretches>, moment| {
        let mut kinds = parts.iter().map(|part| at(part, moment));
        kinds.find(|kind| *kind != RuleKind::Closed).unwrap_or(RuleKind::Closed)
    };
    let all = |moment, kind| readings.iter().all(|parts| state(parts, moment) == kind);
    if turns.iter().any(|moment| all(*moment, RuleKind::Open)) {
        return Some(true);
    }
    turns.iter().all(|moment| all(*moment, RuleKind::Closed)).then_some(false)
}

/// Every way in which a text can be meant; `None` when it is no opening hours.
fn readings(text: &str) -> Option<Vec<Reading>> {
    let hours: OpeningHours = text.parse().ok()?;
    let expression = hours.get_expression();
    let written = &expression.rules;
    let joined = joins_days(text);
    let alone = written.len() == 1;
    if !joined && written.iter().all(|rule| is_plain(rule, alone)) && mended(written, text).is_none() {
        return Some(vec![Reading(vec![hours])]);
    }
    let sure = with_states(with_lists(written.clone(), text), text);
    let mut ways = vec![sure.clone()];
    ways.extend(mended(&sure, text));
    if joined {
        ways = ways.iter().flat_map(|rules| [true, false].map(|holidays| with_days(rules, holidays))).collect();
    }
    if ways[0].iter().any(sun::has_events) {
        ways = ways
            .iter()
            .flat_map(|rules| [Reach::Narrow, Reach::Wide].map(|reach| sun::with_hours(rules, reach)))
            .collect();
    }
    ways.iter().map(|rules| parts(&with_nights(rules)).map(Reading)).collect()
}

/// Whether the crate's reading stands as it is.
fn is_plain(rule: &RuleSequence, alone: bool) -> bool {
    let fixed = |span: &TimeSpan| {
        let within_the_day = alone || (span.range.start < span.range.end && span.range.end <= MIDNIGHT);
        within_the_day && !span.open_end && !sun::is_event(&span.range.start) && !sun::is_event(&span.range.end)
    };
    rule.comment.is_empty() && rule.operator == RuleOperator::Normal && rule.time_selector.spans.iter().all(fixed)
}

const MIDNIGHT: Time = Time::Fixed(ExtendedTime::MIDNIGHT_24);

/// `Mo, We 10:00-12:00`, written with a blank, is a list of days; read strictly, Monday is open day and night.
fn with_lists(mut rules: Vec<RuleSequence>, text: &str) -> Vec<RuleSequence> {
    let days_alone = |rule: &RuleSequence| {
        let DaySelector { year, monthday, week, weekday } = &rule.day_selector;
        let other = year.is_empty() && monthday.is_empty() && week.is_empty();
        other && !weekday.is_empty() && rule.kind == RuleKind::Open && rule.time_selector == TimeSelector::default()
    };
    for at in (1..rules.len()).rev() {
        let next = rules[at].clone();
        let goes_on = next.operator == RuleOperator::Additional && !next.day_selector.weekday.is_empty();
        if goes_on && days_alone(&rules[at - 1]) && !text.contains("24:00") {
            let day_selector = rules[at - 1].day_selector.clone();
            rules[at - 1] = RuleSequence { day_selector, operator: rules[at - 1].operator, ..next };
        }
    }
    rules
}

/// The hours after midnight as a rule of the next weekday: the crate loses them where an earlier rule holds on that day.
fn with_nights(rules: &[RuleSequence]) -> Vec<RuleSequence> {
    rules.iter().flat_map(with_night).collect()
}

fn with_night(rule: &RuleSequence) -> Vec<RuleSequence> {
    let DaySelector { year, monthday, week, weekday } = &rule.day_selector;
    let by_weekday = year.is_empty() && monthday.is_empty() && week.is_empty() && !weekday.is_empty();
    let next_days: Option<Vec<WeekDayRange>> = weekday.iter().map(next_day).collect();
    let (Some(weekday), true, false) = (next_days, by_weekday, rule.kind == RuleKind::Closed) else {
        return vec![rule.clone()];
    };
    let (mut evening, mut morning) = (Vec::new(), Vec::new());
    for span in &rule.time_selector.spans {
        let Time::Fixed(end) = span.range.end else { return vec![rule.clone()] };
        let after = if span.range.end > MIDNIGHT {
            end.add_hours(-24)
        } else {
            (span.range.end <= span.range.start).then_some(end)
        };
        let until = if after.is_some() { MIDNIGHT } else { span.range.end };
        evening.push(TimeSpan { range: span.range.start..until, ..span.clone() });
        morning.extend(after.map(|until| TimeSpan::fixed_range(ExtendedTime::MIDNIGHT_00, until)));
    }
    morning.retain(|span| span.range.start < span.range.end);
    if morning.is_empty() {
        return vec![rule.clone()];
    }
    let day_selector = DaySelector { weekday, ..DaySelector::default() };
    let next = RuleSequence {
        day_selector,
        time_selector: TimeSelector::new(morning),
        operator: RuleOperator::Additional,
        ..rule.clone()
    };
    vec![RuleSequence { time_selector: TimeSelector::new(evening), ..rule.clone() }, next]
}

/// The day after each day of a range; none for holidays, since the day after one is no holiday.
fn next_day(day: &WeekDayRange) -> Option<WeekDayRange> {
    let WeekDayRange::Fixed { range, offset, nth_from_start, nth_from_end } = day else { return None };
    let every = nth_from_start.iter().chain(nth_from_end).all(|nth| *nth);
    let (range, offset) = match every {
        true => (range.start().succ()..=range.end().succ(), *offset),
        false => (range.clone(), offset + 1),
    };
    Some(WeekDayRange::Fixed { range, offset, nth_from_start: *nth_from_start, nth_from_end: *nth_from_end })
}

/// The rules with what comments and open ends leave unsaid as a state of its own.
fn with_states(rules: Vec<RuleSequence>, text: &str) -> Vec<RuleSequence> {
    rules.into_iter().flat_map(|rule| with_open_ends(with_comment(rule, text))).collect()
}

/// A comment is no state: where it stands alone, nobody knows. It is taken away afterwards, since it says nothing more.
fn with_comment(mut rule: RuleSequence, text: &str) -> RuleSequence {
    if rule.kind == RuleKind::Open && !rule.comment.is_empty() && !is_open_whatever(&rule.comment, text) {
        rule.kind = RuleKind::Unknown;
    }
    rule.comment = "".into();
    rule
}

/// Whether the text says `open` before the comment each time, and the comment is no condition.
fn is_open_whatever(comment: &str, text: &str) -> bool {
    const CONDITIONS: [&str; 24] = [
        "appoint",
        "request",
        "arrange",
        "check",
        "phone",
        "telephone",
        "ring",
        "call",
        "contact",
        "book",
        "weather",
        "depend",
        "vari",
        "vary",
        "sometimes",
        "usually",
        "unless",
        "possib",
        "subject",
        "=term",
        "=if",
        "=only",
        "=may",
        "=might",
    ];
    let words = comment.to_lowercase();
    let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).collect();
    let is = |word: &str, stem: &str| stem.strip_prefix('=').map_or(word.starts_with(stem), |whole| word == whole);
    let condition = words.iter().any(|word| CONDITIONS.iter().any(|stem| is(word, stem)));
    let quoted = format!("\"{comment}\"");
    let said = text.match_indices(&quoted).all(|(at, _)| {
        let before = text[..at].trim_end();
        before.get(before.len().saturating_sub(4)..).is_some_and(|word| word.eq_ignore_ascii_case("open"))
    });
    said && !condition
}

/// `10:00-12:00+` is open until noon and unknown afterwards; of `10:00+` only the beginning is known.
fn with_open_ends(rule: RuleSequence) -> Vec<RuleSequence> {
    if !rule.time_selector.spans.iter().any(|span| span.open_end) {
        return vec![rule];
    }
    let (mut sure, mut unsure) = (Vec::new(), Vec::new());
    for span in &rule.time_selector.spans {
        let mut closed = TimeSpan { open_end: false, ..span.clone() };
        if !span.open_end {
            sure.push(closed);
            continue;
        }
        let until_whenever = span.range.end == Time::Fixed(ExtendedTime::MIDNIGHT_24);
        let from = if until_whenever { span.range.start } else { span.range.end };
        if !until_whenever {
            sure.push(closed.clone());
        }
        closed.range = from..Time::Fixed(latest_end(from));
        unsure.push(closed);
    }
    let with =
        |spans: Vec<TimeSpan>, kind| RuleSequence { time_selector: TimeSelector::new(spans), kind, ..rule.clone() };
    match (rule.kind, sure.is_empty()) {
        (RuleKind::Open, true) => vec![with(unsure, RuleKind::Unknown)],
        (RuleKind::Open, false) => {
            let after = RuleSequence { operator: RuleOperator::Additional, ..with(unsure, RuleKind::Unknown) };
            vec![with(sure, RuleKind::Open), after]
        }
        (kind, _) => vec![with(sure.into_iter().chain(unsure).collect(), kind)],
    }
}

/// When an open end has ended at the latest: at midnight, or for what begins in the evening early next morning.
fn latest_end(from: Time) -> ExtendedTime {
    let Time::Fixed(from) = from else { return ExtendedTime::MIDNIGHT_24 };
    let later = |hours| from.add_hours(hours).unwrap_or(ExtendedTime::MIDNIGHT_48);
    match from.hour() {
        22.. => later(8),
        17..22 => later(10),
        _ => ExtendedTime::MIDNIGHT_24,
    }
}

/// Whether holidays and weekdays stand beside each other without a comma: both must hold.
fn joins_days(text: &str) -> bool {
    const DAY_STARTS: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];
    let weekday =
        |word: &str| word.get(..2).is_some_and(|start| DAY_STARTS.contains(&start.to_ascii_lowercase().as_str()));
    let holiday = |word: &str| word.contains("PH") || word.contains("SH");
    text.split('"').step_by(2).any(|outside| {
        let words: Vec<&str> = outside.split_whitespace().collect();
        let joined = |pair: &[&str]| {
            let apart = pair[0].ends_with([',', ';']);
            !apart && (holiday(pair[0]) && weekday(pair[1]) || weekday(pair[0]) && holiday(pair[1]))
        };
        words.windows(2).any(joined)
    })
}

/// The rules that name holidays and weekdays, by one of the two only.
fn with_days(rules: &[RuleSequence], holidays: bool) -> Vec<RuleSequence> {
    let is_holiday = |day: &WeekDayRange| matches!(day, WeekDayRange::Holiday { .. });
    let one = |rule: &RuleSequence| {
        let mut rule = rule.clone();
        let days = &mut rule.day_selector.weekday;
        if days.iter().any(is_holiday) && !days.iter().all(is_holiday) {
            days.retain(|day| is_holiday(day) == holidays);
        }
        rule
    };
    rules.iter().map(one).collect()
}

/// The rules as parts that follow each other: the first that is not closed at a moment holds. Rules behind a fallback
/// override what came before it as well, so they belong to every part.
fn parts(rules: &[RuleSequence]) -> Option<Vec<OpeningHours>> {
    let is_fallback = |rule: &RuleSequence| rule.operator == RuleOperator::Fallback;
    let heads = rules.iter().enumerate().filter(|(_, rule)| is_fallback(rule)).map(|(at, _)| Some(at));
    let part = |head: Option<usize>| {
        let of = |(at, rule): (usize, &RuleSequence)| {
            let keep = if is_fallback(rule) { head == Some(at) } else { head.is_none_or(|head| at > head) };
            keep.then(|| rule.clone())
        };
        let mut own: Vec<RuleSequence> = rules.iter().enumerate().filter_map(of).collect();
        if let Some(first) = own.first_mut() {
            first.operator = RuleOperator::Normal;
        }
        OpeningHoursExpression { rules: own }.to_string().parse().ok()
    };
    std::iter::once(None).chain(heads).map(part).collect()
}
