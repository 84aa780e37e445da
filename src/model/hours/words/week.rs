//! What words say of each day of the week, and the same as OSM opening hours.

use jiff::civil::Weekday;

use super::fault::Fault;
use super::spans::{Span, shown};

/// What is said of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Says {
    Open(Vec<Span>),
    Closed,
    /// Open under a condition at these times (none: at any).
    OpenIf(Vec<Span>, String),
    /// Nobody knows, and why.
    Comment(String),
}

/// The week, and what differs from it.
#[derive(Debug, Default)]
pub(super) struct Week {
    days: [Option<Says>; 7],
    /// Such as the first Tuesday of the month (-1 is the last).
    of_month: Vec<(Weekday, i8, Vec<Span>)>,
    /// Bank holidays.
    pub(super) bank: Option<Says>,
    /// School holidays.
    pub(super) school: Option<Says>,
    /// Whenever nothing else holds.
    pub(super) otherwise: Option<String>,
}

const SHORT: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

fn index(day: Weekday) -> usize {
    day.to_monday_zero_offset() as usize
}

impl Week {
    /// Adds what is said of a day to what was said of it before.
    pub(super) fn add(&mut self, day: Weekday, says: Says) -> Result<(), Fault> {
        let slot = &mut self.days[index(day)];
        let both = match (slot.take(), says) {
            (None, says) => says,
            (Some(Says::Closed), _) | (Some(_), Says::Closed) => Says::Closed,
            (Some(Says::Open(mut before)), Says::Open(more)) if before != more => {
                before.extend(more);
                before.sort_unstable();
                if before.windows(2).any(|pair| pair[1].0 < pair[0].1) {
                    let day = SHORT[index(day)];
                    return Err(Fault::Doubtful(format!("{day} has two times that overlap")));
                }
                Says::Open(before)
            }
            (Some(before), says) if before == says => says,
            _ => return Err(Fault::Doubtful(format!("{} is named twice", SHORT[index(day)]))),
        };
        *slot = Some(both);
        Ok(())
    }

    /// Says it of a day in place of what was said before.
    pub(super) fn replace(&mut self, day: Weekday, says: Says) {
        self.days[index(day)] = Some(says);
    }

    /// Says it of the nth such day of every month.
    pub(super) fn add_of_month(&mut self, day: Weekday, nth: i8, spans: Vec<Span>) {
        self.of_month.push((day, nth, spans));
    }

    /// Whether all that is said is on which days it is closed, so that nobody knows of the others.
    pub(super) fn only_closes_some_days(&self) -> bool {
        let closed = |says: &Option<Says>| matches!(says, None | Some(Says::Closed));
        let special = [&self.bank, &self.school];
        let nothing_else = self.days.iter().chain(special).all(closed) && self.of_month.is_empty();
        nothing_else && self.otherwise.is_none() && self.days.iter().any(Option::is_none)
    }

    /// As OSM opening hours.
    pub(super) fn to_osm(&self) -> Result<String, Fault> {
        let mut rules = Vec::new();
        for says in self.days.iter().flatten().filter(|says| matches!(says, Says::Open(_) | Says::OpenIf(..))) {
            rules.push(format!("{} {}", self.days_that(|other| other == says), rule(says)));
        }
        for (day, nth, spans) in &self.of_month {
            if self.days[index(*day)].is_some() {
                return Err(Fault::Doubtful(format!("{} is named by week and by month", SHORT[index(*day)])));
            }
            let same = |(d, _, s): &&(Weekday, i8, Vec<Span>)| d == day && s == spans;
            let all: Vec<String> = self.of_month.iter().filter(same).map(|(_, n, _)| n.to_string()).collect();
            if self.of_month.iter().any(|(d, n, s)| d == day && n == nth && s != spans) {
                return Err(Fault::Doubtful(format!("{}[{nth}] is named twice", SHORT[index(*day)])));
            }
            rules.push(format!("{}[{}] {}", SHORT[index(*day)], all.join(","), times(spans)));
        }
        for says in self.days.iter().flatten().filter(|says| matches!(says, Says::Closed | Says::Comment(_))) {
            rules.push(format!("{} {}", self.days_that(|other| other == says), rule(says)));
        }
        rules.extend(self.school.iter().map(|says| format!("SH {}", rule(says))));
        rules.extend(self.bank.iter().map(|says| format!("PH {}", rule(says))));
        let mut once: Vec<String> = Vec::new();
        for rule in rules {
            if !once.contains(&rule) {
                once.push(rule);
            }
        }
        let text = match once.join("; ") {
            always if always == "Mo-Su 00:00-24:00" => "24/7".to_owned(),
            text => text,
        };
        match (&self.otherwise, text.is_empty()) {
            (None, true) => Err(Fault::NotUnderstood),
            (None, false) => Ok(text),
            (Some(comment), true) => Ok(quoted(comment)),
            (Some(comment), false) => Ok(format!("{text} || {}", quoted(comment))),
        }
    }

    /// `Mo-Fr`, `Mo,We`: the days of which this is said.
    fn days_that(&self, is: impl Fn(&Says) -> bool) -> String {
        let chosen: Vec<usize> = (0..7).filter(|day| self.days[*day].as_ref().is_some_and(&is)).collect();
        let runs = chosen.chunk_by(|a, b| a + 1 == *b);
        let shown = |run: &[usize]| match run {
            [first, .., last] if last - first > 1 => format!("{}-{}", SHORT[*first], SHORT[*last]),
            days => days.iter().map(|day| SHORT[*day]).collect::<Vec<_>>().join(","),
        };
        runs.map(shown).collect::<Vec<_>>().join(",")
    }
}

fn rule(says: &Says) -> String {
    match says {
        Says::Open(spans) => times(spans),
        Says::Closed => "off".to_owned(),
        Says::OpenIf(spans, comment) if spans.is_empty() => quoted(comment),
        Says::OpenIf(spans, comment) => format!("{} {}", times(spans), quoted(comment)),
        Says::Comment(comment) => quoted(comment),
    }
}

fn times(spans: &[Span]) -> String {
    spans.iter().map(|(from, until)| format!("{}-{}", shown(*from), shown(*until))).collect::<Vec<_>>().join(",")
}

fn quoted(comment: &str) -> String {
    let plain: String = comment.replace('"', "'").split_whitespace().collect::<Vec<_>>().join(" ");
    format!("\"{}\"", plain.chars().take(60).collect::<String>())
}
