//! Twenty thousand texts about opening times, as the lists of a country hold: mostly plain weeks, some not on bank
//! holidays, some by the month, by the year's end, or on the first Monday. Each is made of its rules, so that when it is
//! open is known without reading the text.

use std::collections::HashSet;
use std::fmt;

use crate::england::uniform;

/// So many distinct texts there are.
pub const TEXTS: usize = 20_000;

const TIMES: u64 = 41;
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Days that are often meant together.
const USUAL_DAYS: [u8; 6] = [0b001_1111, 0b000_1111, 0b111_1111, 0b011_1111, 0b000_1010, 0b001_0101];

/// Opening times.
#[derive(Clone)]
pub struct Times {
    /// No two of them are about the same day.
    rules: Vec<Rule>,
    not_on_bank_holidays: bool,
    /// Shut from Christmas Eve to the second of January.
    shut_at_new_year: bool,
}

#[derive(Clone)]
struct Rule {
    /// First and last month, from 1.
    months: Option<(u8, u8)>,
    /// Monday is the lowest bit.
    days: u8,
    /// The first such day of a month, or the last (-1).
    nth: Option<i8>,
    /// Minutes since midnight.
    spans: Vec<(u16, u16)>,
}

/// A day as times look at it.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    pub month: u8,
    pub day: u8,
    pub days_in_month: u8,
    /// From Monday (0).
    pub weekday: u8,
    pub bank_holiday: bool,
}

/// All texts, each once.
pub fn all() -> Vec<Times> {
    let mut seen = HashSet::new();
    let drawn = (0..).map(draw).filter(|times| seen.insert(times.to_string()));
    drawn.take(TEXTS).collect()
}

fn draw(i: u64) -> Times {
    let at = |k| uniform(TIMES, i, k);
    let below = |k: u64, n: u32| ((at(k) * f64::from(n)) as u32).min(n - 1);
    let days = match at(0) < 0.4 {
        true => USUAL_DAYS[below(1, 6) as usize],
        false => 1 << below(1, 7) | 1 << below(2, 7),
    };
    // From eight to six in quarters of an hour, one to five hours long.
    let span = |k: u64| {
        let from = 480 + 15 * below(k, 41) as u16;
        (from, from + 30 + 15 * below(k + 1, 19) as u16)
    };
    let one = Rule { months: None, days, nth: None, spans: vec![span(3)] };
    let rules = match at(5) {
        x if x < 0.70 => vec![one],
        x if x < 0.80 => {
            let others = 0b111_1111 & !days & (1 << below(6, 7) | 1 << below(7, 7));
            let other = Rule { days: others, spans: vec![span(8)], ..one.clone() };
            if others == 0 { vec![one] } else { vec![one, other] }
        }
        x if x < 0.90 => {
            // A pause of an hour.
            let (from, until) = one.spans[0];
            let pause = from + 60;
            let spans = if until > pause + 90 { vec![(from, pause), (pause + 60, until)] } else { one.spans.clone() };
            vec![Rule { spans, ..one }]
        }
        x if x < 0.95 => {
            vec![Rule { days: 1 << below(6, 7), nth: Some([1, 2, 3, -1][below(7, 4) as usize]), ..one }]
        }
        _ => {
            let first = 1 + below(6, 10) as u8;
            vec![Rule { months: Some((first, first + 1 + below(7, u32::from(12 - first)) as u8)), ..one }]
        }
    };
    Times { rules, not_on_bank_holidays: at(10) < 0.15, shut_at_new_year: at(11) < 0.05 }
}

impl Times {
    /// Whether it is open on a day: at a minute, or at any time of it.
    pub fn is_open(&self, day: Day, minute: Option<u16>) -> bool {
        let new_year = (day.month == 12 && day.day >= 24) || (day.month == 1 && day.day <= 2);
        if (self.not_on_bank_holidays && day.bank_holiday) || (self.shut_at_new_year && new_year) {
            return false;
        }
        let holds = |(from, until): &(u16, u16)| minute.is_none_or(|minute| (*from..*until).contains(&minute));
        self.rules.iter().any(|rule| rule.is_about(day) && rule.spans.iter().any(holds))
    }
}

impl Rule {
    fn is_about(&self, day: Day) -> bool {
        let nth = match self.nth {
            None => true,
            Some(-1) => day.day + 7 > day.days_in_month,
            Some(n) => (day.day - 1) / 7 + 1 == n as u8,
        };
        let month = self.months.is_none_or(|(first, last)| (first..=last).contains(&day.month));
        nth && month && self.days & (1 << day.weekday) != 0
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.rules.iter().map(ToString::to_string).collect();
        parts.extend(self.not_on_bank_holidays.then(|| "PH off".to_owned()));
        parts.extend(self.shut_at_new_year.then(|| "Dec 24-Jan 02 off".to_owned()));
        f.write_str(&parts.join("; "))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((first, last)) = self.months {
            write!(f, "{}-{} ", MONTHS[usize::from(first) - 1], MONTHS[usize::from(last) - 1])?;
        }
        f.write_str(&days(self.days))?;
        if let Some(nth) = self.nth {
            write!(f, "[{nth}]")?;
        }
        let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let spans: Vec<String> = self.spans.iter().map(|(a, b)| format!("{}-{}", clock(*a), clock(*b))).collect();
        write!(f, " {}", spans.join(","))
    }
}

/// `Mo-Fr`, `Tu,Th`, `Mo-We,Sa`.
fn days(mask: u8) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for day in (0..7).filter(|day| mask & (1 << day) != 0) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    let run = |(first, last): &(usize, usize)| match last - first {
        0 => DAYS[*first].to_owned(),
        1 => format!("{},{}", DAYS[*first], DAYS[*last]),
        _ => format!("{}-{}", DAYS[*first], DAYS[*last]),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(",")
}
