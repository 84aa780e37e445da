//! Dates as they are written here: the day first, unless a column shows that it puts the month first.
//!
//! Two-digit years up to 49 are of this century, later ones of the last. A year alone is its first day where something
//! begins, its last where something ends.

use jiff::civil::Date;

/// Which end of a year a year alone stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    First,
    Last,
}

const MONTH_NAMES: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a date; `None` when it is none that is certain.
pub(crate) fn read(text: &str, month_first: bool, edge: Edge) -> Option<Date> {
    let text = without_time(text.trim());
    if let Some(parts) = numbers(text) {
        return of_numbers(parts, month_first);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return of_digits(text, edge);
    }
    of_words(text)
}

/// Whether a date is what programs write where they know none: the first or last day that they can.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let Some(date) = read(text, false, Edge::First).filter(|_| text.trim().len() > 5) else {
        return ["31/12/9999", "9999-12-31", "9999"].iter().any(|w| text.trim().starts_with(w));
    };
    let first = [(1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1, 1, 1), (1970, 1, 1)];
    first.contains(&(date.year(), date.month(), date.day())) || date.year() >= 2900
}

/// What a date made of three numbers shows of its column: that the day stands first, or the month; `None` when it
/// could be either.
pub(crate) fn month_stands_first(text: &str) -> Option<bool> {
    let [first, second, third] = numbers(without_time(text.trim()))?;
    let (a, b): (u8, u8) = (first.parse().ok()?, second.parse().ok()?);
    match (first.len() <= 2 && matches!(third.len(), 2 | 4), a > 12, b > 12) {
        (true, true, false) => Some(false),
        (true, false, true) => Some(true),
        _ => None,
    }
}

/// `2020-03-31T00:00:00` and `31/03/2020 00:00` without their time.
fn without_time(text: &str) -> &str {
    let is_time = |t: &str| t.len() >= 4 && t.contains(':') && t.starts_with(|c: char| c.is_ascii_digit());
    match text.split_once(['T', ' ']) {
        Some((date, time)) if is_time(time) && date.contains(['-', '/', '.']) => date,
        _ => text,
    }
}

/// Three numbers with one of the usual marks between them.
fn numbers(text: &str) -> Option<[&str; 3]> {
    let mark = ['/', '-', '.'].into_iter().find(|m| text.contains(*m))?;
    let mut parts = text.split(mark);
    let three = [parts.next()?.trim(), parts.next()?.trim(), parts.next()?.trim()];
    let number = |p: &&str| !p.is_empty() && p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit());
    (parts.next().is_none() && three.iter().all(number)).then_some(three)
}

fn of_numbers([a, b, c]: [&str; 3], month_first: bool) -> Option<Date> {
    if a.len() == 4 {
        return day(a, b, c);
    }
    if a.len() > 2 || b.len() > 2 {
        return None;
    }
    if month_first { day(c, a, b) } else { day(c, b, a) }
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    let year = match year.len() {
        4 => year.parse().ok()?,
        2 => year.parse::<i16>().ok().map(|y| if y < 50 { 2000 + y } else { 1900 + y })?,
        _ => return None,
    };
    let date = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    (1000..=2999).contains(&date.year()).then_some(date)
}

/// `20200331`, `2020`, or the number of days by which a spreadsheet counts.
fn of_digits(text: &str, edge: Edge) -> Option<Date> {
    match text.len() {
        8 => day(&text[..4], &text[4..6], &text[6..]),
        4 => {
            let year = text.parse::<i16>().ok().filter(|y| (1800..=2100).contains(y))?;
            match edge {
                Edge::First => Date::new(year, 1, 1).ok(),
                Edge::Last => Date::new(year, 12, 31).ok(),
            }
        }
        // Day 1 is the first of January 1900, and a 29 February 1900 is counted that never was.
        5 => {
            let days = text.parse::<i32>().ok().filter(|n| (20_000..=80_000).contains(n))?;
            Date::new(1899, 12, 30).ok()?.checked_add(jiff::Span::new().days(days)).ok()
        }
        _ => None,
    }
}

/// `31-Mar-20`, `31st March 2020`, `Tuesday, March 31, 2020`.
fn of_words(text: &str) -> Option<Date> {
    let lower = text.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.retain(|w| *w != "of" && *w != "the" && !(w.len() >= 3 && WEEKDAYS.iter().any(|d| d.starts_with(w))));
    let [first, second, year] = words[..] else { return None };
    let month = |w: &str| MONTH_NAMES.iter().position(|m| w.len() >= 3 && (m.starts_with(w) || w == "sept"));
    let (month, day_word) = match (month(first), month(second)) {
        (Some(month), None) => (month, second),
        (None, Some(month)) => (month, first),
        _ => return None,
    };
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| day_word.strip_suffix(end)).unwrap_or(day_word);
    let month = if first == "sept" || second == "sept" { 9 } else { month + 1 };
    day(year, &month.to_string(), digits)
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        read(text, false, Edge::Last).map_or_else(|| "?".to_owned(), |d| d.to_string())
    }

    // B11: a spreadsheet's own ways of writing the last of March 2020.
    #[test]
    fn one_day_in_all_the_ways_in_which_it_is_written() {
        for text in [
            "31-Mar-20",
            "31/03/20",
            "31/03/2020",
            "31.3.2020",
            "31-03-2020",
            "2020-03-31",
            "2020/03/31",
            "2020-03-31 00:00:00",
            "2020-03-31T00:00:00Z",
            "31/03/2020 00:00",
            "20200331",
            "43921",
            "31 March 2020",
            "31st March 2020",
            "March 31, 2020",
            "Tuesday 31 March 2020",
            "Tue 31st of Mar 2020",
        ] {
            assert_eq!(shown(text), "2020-03-31", "{text}");
        }
        assert_eq!(shown("1 Sept 99"), "1999-09-01");
        assert_eq!(shown("01/02/49"), "2049-02-01");
        assert_eq!(shown("01/02/50"), "1950-02-01");
        assert_eq!(shown("2014"), "2014-12-31");
        assert_eq!(read("2014", false, Edge::First).unwrap().to_string(), "2014-01-01");
        assert_eq!(read("03/31/2020", true, Edge::First).unwrap().to_string(), "2020-03-31");
    }

    #[test]
    fn what_is_no_certain_day_is_none() {
        for text in [
            "",
            "soon",
            "Mar-20",
            "31/02/2020",
            "32/01/2020",
            "March 2020",
            "31/03",
            "1/2/3/4",
            "12345678",
            "0",
            "31/03/202",
        ] {
            assert_eq!(shown(text), "?", "{text}");
        }
    }

    #[test]
    fn the_first_and_last_days_of_programs_stand_for_none() {
        for text in
            ["01/01/1900", "1899-12-30", "30/12/1899", "31/12/9999", "9999-12-31", "2999-12-31", "1900-01-01 00:00:00"]
        {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["01/01/1901", "1900", "2014", "31/12/2099", "soon", ""] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_date_shows_how_its_column_is_written_where_it_can() {
        assert_eq!(month_stands_first("12/31/2020"), Some(true));
        assert_eq!(month_stands_first("31/12/2020"), Some(false));
        assert_eq!(month_stands_first("04/03/2020"), None);
        assert_eq!(month_stands_first("2020-12-31"), None);
    }
}
