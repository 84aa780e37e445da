//! Opening times in the words of lists ("Tuesdays & Fridays 12pm - 3pm; 1st Saturday of month 10am - 12noon") as OSM
//! opening hours. All of a text is understood or none of it: what is left over might have been the word that matters.

mod clock;
mod fault;
mod sentence;
mod spans;
#[cfg(test)]
mod tests;
mod tokens;
mod week;

use jiff::civil::Weekday;

use super::{is_opening_hours, slips};
use clock::Clock;
use fault::Fault;
use tokens::Token;
use week::{Says, Week};

/// What became of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// OSM opening hours that say the same; never with a slip of twelve hours in them.
    Hours(String),
    /// They can be read in two ways; why, as a sentence for people.
    Doubtful(String),
    /// Not understood, or nothing about times: keep the words.
    NotUnderstood,
}

/// Characters of opening hours that are kept with a record; longer ones stay the words they came in.
const LONGEST_HOURS: usize = 500;

/// Reads opening times in words, or OSM opening hours, which stay as they are where nothing in them is doubtful.
///
/// ```
/// use commonground::model::hours::{Read, read_words};
/// assert_eq!(read_words("Mon & Thu 9.30–12"), Read::Hours("Mo,Th 09:30-12:00".into()));
/// assert_eq!(read_words("Thursday morning"), Read::NotUnderstood);
/// ```
pub fn read_words(text: &str) -> Read {
    let text = text.trim();
    if is_opening_hours(text) {
        return of_osm(text);
    }
    finish(tokens::read(text).and_then(|tokens| sentence::read(&tokens)).and_then(|week| week.to_osm()))
}

/// Reads one cell for each weekday ("9am-5pm", "Closed", "10:00-12:00, 14:00-16:00") as one text. A cell that says
/// nothing leaves its day unknown, and so does one that is not understood, whose words become the day's comment.
pub fn from_weekdays(cells: &[(Weekday, &str)]) -> Read {
    let mut week = Week::default();
    let mut any = false;
    for (day, cell) in cells {
        let cell = cell.trim();
        let says = match tokens::read(cell).and_then(|tokens| of_one_day(&tokens)) {
            Ok(says) => says,
            Err(Fault::Doubtful(why)) => return Read::Doubtful(why),
            Err(Fault::NotUnderstood) if says_nothing(cell) => Says::Comment("not said".to_owned()),
            Err(Fault::NotUnderstood) => Says::Comment(cell.to_owned()),
        };
        any |= !matches!(says, Says::Comment(_));
        if let Err(Fault::Doubtful(why)) = week.add(*day, says) {
            return Read::Doubtful(why);
        }
    }
    if !any {
        return Read::NotUnderstood;
    }
    finish(week.to_osm())
}

/// A time of day in words (`9am`, `2.30pm`, `14:30`, `9:00`, `noon`), as minutes since midnight. Without am or pm it is
/// one of twenty-four hours, and needs its minutes.
pub fn clock_time(text: &str) -> Option<u16> {
    match tokens::read(text).ok()?.as_slice() {
        [Token::Time(Clock::Sure(minutes) | Clock::Full(minutes))] => Some(*minutes),
        [Token::Time(Clock::Midnight)] => Some(0),
        [Token::Time(Clock::Bare(minutes))] => text.contains([':', '.']).then_some(*minutes),
        _ => None,
    }
}

fn of_one_day(tokens: &[Token]) -> Result<Says, Fault> {
    match tokens {
        [Token::Closed] => Ok(Says::Closed),
        [Token::AllDay] => Ok(Says::Open(vec![(0, 24 * 60)])),
        [Token::Appointment] => Ok(Says::Comment(tokens::BY_APPOINTMENT.to_owned())),
        _ => match spans::spans(tokens)? {
            (spans, []) => Ok(Says::Open(spans)),
            _ => Err(Fault::NotUnderstood),
        },
    }
}

/// Whether a cell holds nothing, or one of the words that stand for nothing.
fn says_nothing(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let known = lower.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(known, "" | "na" | "n/a" | "none" | "nil" | "null" | "unknown" | "not known" | "tbc" | "tba")
}

/// OSM hours that came as they are. Days alone are open day and night in OSM, and "open" always: in a list nobody means
/// that.
fn of_osm(text: &str) -> Read {
    let without_times = !text.contains(':') && !text.contains("24/7") && !text.contains('"');
    if text.eq_ignore_ascii_case("closed") {
        return Read::Hours("off".to_owned());
    }
    let shut = ["off", "closed"].iter().any(|word| text.to_lowercase().ends_with(word));
    if without_times && !shut {
        return Read::NotUnderstood;
    }
    match slips(text).first() {
        Some(slip) => Read::Doubtful(slip.question()),
        None => Read::Hours(text.to_owned()),
    }
}

fn finish(osm: Result<String, Fault>) -> Read {
    match osm {
        Ok(osm) if !is_opening_hours(&osm) || osm.chars().count() > LONGEST_HOURS => Read::NotUnderstood,
        Ok(osm) => match slips(&osm).first() {
            Some(slip) => Read::Doubtful(slip.question()),
            None => Read::Hours(osm),
        },
        Err(Fault::Doubtful(why)) => Read::Doubtful(why),
        Err(Fault::NotUnderstood) => Read::NotUnderstood,
    }
}
