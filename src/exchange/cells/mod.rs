//! The cells of a list: text in, the value that a field holds out. What people write for nothing counts as nothing, what
//! cannot be read stays as it was written and is told, and how a column writes its numbers and dates is found out from
//! all of it.

pub(super) mod contact;
pub(super) mod date;
pub(super) mod html;
pub(super) mod number;
pub(super) mod times;
pub(super) mod words;

use serde_json::{Number, Value, json};
use std::borrow::Cow;

use crate::model::shape::Shape;
use date::Edge;
use number::NumberRead;

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Habits {
    /// A comma marks decimals somewhere in it.
    pub(crate) decimal_comma: bool,
    month_first: bool,
    day_first: bool,
}

impl Habits {
    /// Takes one cell in.
    pub(crate) fn note(&mut self, cell: &str) {
        self.decimal_comma |= cell.contains(',') && matches!(number::read(cell), Some(NumberRead::DecimalComma(_)));
        match date::month_stands_first(cell) {
            Some(true) => self.month_first = true,
            Some(false) => self.day_first = true,
            None => {}
        }
    }

    /// Reads a date as the column writes them; a column that writes both ways leaves open what could be either.
    fn date(self, cell: &str, edge: Edge) -> Option<jiff::civil::Date> {
        let of_itself = date::month_stands_first(cell);
        let month_first = of_itself.unwrap_or(self.month_first && !self.day_first);
        let either = of_itself.is_none() && self.month_first && self.day_first;
        let read = |month_first| date::read(cell, month_first, edge);
        let same = read(true) == read(false);
        read(month_first).filter(|_| !either || same)
    }
}

/// A cell as it counts: without blanks and quotes around it, and nothing where somebody wrote that there is nothing.
pub(crate) fn counting(text: &str) -> &str {
    let text = text.trim();
    let quoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).filter(|t| !t.contains('"'));
    let text = quoted.map_or(text, str::trim);
    let nothing = ["na", "n/a", "null", "nan", "nil"];
    // Marks that part or end something say nothing by themselves; a star or a plus may be a tick.
    let marks = |c: char| c.is_whitespace() || ",;:.-–—_?/|\\'\"".contains(c);
    let none = text.chars().all(marks) || (text.len() <= 4 && nothing.iter().any(|n| text.eq_ignore_ascii_case(n)));
    if none || is_spreadsheet_error(text) { "" } else { text }
}

/// Whether a cell holds what a spreadsheet shows where a formula failed or a column is too narrow.
pub(crate) fn is_spreadsheet_error(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix('#') else { return false };
    let named = [
        "n/a",
        "ref!",
        "value!",
        "name?",
        "div/0!",
        "num!",
        "null!",
        "spill!",
        "calc!",
        "field!",
        "blocked!",
        "connect!",
        "busy!",
        "unknown!",
        "getting_data",
        "error!",
    ];
    named.iter().any(|n| rest.eq_ignore_ascii_case(n)) || (rest.len() >= 2 && rest.bytes().all(|b| b == b'#'))
}

/// A row's cells without marks that take no room; `None` where there are none.
pub(crate) fn without_marks(row: &csv::StringRecord) -> Option<csv::StringRecord> {
    let text = row.as_slice();
    if text.is_ascii() && !text.contains('\0') {
        return None;
    }
    let clean = crate::model::text::clean(text);
    matches!(clean, Cow::Owned(_)).then(|| row.iter().map(|c| crate::model::text::clean(c).into_owned()).collect())
}

/// The JSON value that a cell stands for, still to be checked; a cell that cannot be read stays text.
pub(crate) fn value_of(shape: &Shape, path: &str, cell: &str, habits: Habits) -> Value {
    let cell = cell.trim();
    let parsed = match shape {
        Shape::Flag => flag(cell).map(Value::Bool),
        Shape::Whole(..) => whole(path, cell, habits).map(Value::from),
        Shape::Number(..) => number::of(cell, habits.decimal_comma).and_then(Number::from_f64).map(Value::Number),
        Shape::Word(words) => word(cell, words),
        Shape::List(inner) => {
            let parts = cell.split([';', '|', ',', '\n']).map(str::trim).filter(|s| !s.is_empty());
            Some(parts.map(|s| value_of(inner, path, s, habits)).collect())
        }
        Shape::Date => {
            let edge = if path == "from" { Edge::First } else { Edge::Last };
            habits.date(cell, edge).map(|d| json!(d.to_string()))
        }
        shape => contact_of(shape, cell).and_then(|taken| taken.value).map(Value::String),
    };
    parsed.unwrap_or_else(|| Value::String(cell.to_owned()))
}

/// Whether only a part of a cell was taken, or another form of it than was written.
pub(crate) fn is_partly_taken(shape: &Shape, cell: &str) -> bool {
    contact_of(shape, cell).is_some_and(|taken| taken.value.is_some() && (taken.more || taken.mended))
}

/// Whether a cell holds more than what is taken of it.
pub(crate) fn holds_more(shape: &Shape, cell: &str) -> bool {
    contact_of(shape, cell).is_some_and(|taken| taken.more)
}

fn contact_of(shape: &Shape, cell: &str) -> Option<contact::Taken> {
    match shape {
        Shape::Phone => Some(contact::phone(cell)),
        Shape::Url => Some(contact::url(cell)),
        Shape::Email => Some(contact::email(cell)),
        _ => None,
    }
}

fn flag(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" | "x" | "✓" | "✔" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// A whole number; an age may say that it is one of years, and that it goes on from there.
fn whole(path: &str, cell: &str, habits: Habits) -> Option<i64> {
    let lower = cell.to_lowercase();
    let text = if path.ends_with("_age") { age(path, &lower) } else { lower.as_str() };
    number::of(text, habits.decimal_comma).filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64)
}

fn age<'a>(path: &str, text: &'a str) -> &'a str {
    let text = text.trim();
    let units = ["years old", "years of age", "years", "year", "yrs", "yr", "y/o"];
    let number = units.iter().find_map(|u| text.strip_suffix(u)).unwrap_or(text).trim();
    let number = number.strip_prefix("age").unwrap_or(number).trim();
    match path.ends_with("min_age") {
        true => number.strip_suffix('+').or_else(|| number.strip_suffix("and over")).unwrap_or(number).trim(),
        false => number,
    }
}

fn word(cell: &str, words: &[&str]) -> Option<Value> {
    let plain = cell.to_ascii_lowercase().replace([' ', '-'], "_");
    words.iter().find(|w| **w == plain).map(|w| json!(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Habits {
        let mut habits = Habits::default();
        cells.iter().for_each(|c| habits.note(c));
        habits
    }

    // B10.
    #[test]
    fn what_a_spreadsheet_shows_for_a_failed_formula_is_nothing() {
        for cell in
            ["#REF!", " #N/A ", "#value!", "#NAME?", "#DIV/0!", "########", "###", "#SPILL!", "-", "n/a", "\"\""]
        {
            assert_eq!(counting(cell), "", "{cell}");
        }
        for cell in ["*", "+", "✓", "#1 Hall", "#", "No. 4 #", "# #", "#REF", "Nan's kitchen"] {
            assert_eq!(counting(cell), cell, "{cell}");
        }
        assert_eq!(counting(" \"1 High Street\" "), "1 High Street");
    }

    // P9: month-first columns are known by their other dates; where both ways stand, what could be either is left open.
    #[test]
    fn a_date_is_read_as_its_column_writes_them() {
        let read = |column: Habits, cell: &str| column.date(cell, Edge::Last).map(|d| d.to_string());
        let months_first = column(&["12/31/2020", "04/03/2020"]);
        assert_eq!(read(months_first, "04/03/2020").as_deref(), Some("2020-04-03"));
        assert_eq!(read(months_first, "12/31/2020").as_deref(), Some("2020-12-31"));
        let days_first = column(&["31/12/2020", "04/03/2020"]);
        assert_eq!(read(days_first, "04/03/2020").as_deref(), Some("2020-03-04"));
        assert_eq!(read(Habits::default(), "04/03/2020").as_deref(), Some("2020-03-04"));
        let both = column(&["12/31/2020", "31/12/2020", "04/03/2020"]);
        assert_eq!(read(both, "04/03/2020"), None);
        assert_eq!(read(both, "04/04/2020").as_deref(), Some("2020-04-04"));
        assert_eq!(read(both, "31/12/2020").as_deref(), Some("2020-12-31"));
    }

    // B02.
    #[test]
    fn a_number_is_read_as_its_column_writes_them() {
        let shape = Shape::Number(0.0, 1e9);
        let value = |habits, cell| value_of(&shape, "capacity.per_week", cell, habits);
        assert_eq!(value(Habits::default(), "1,204"), json!(1204.0));
        assert_eq!(value(column(&["2,5", "1,204"]), "1,204"), json!(1.204));
        assert_eq!(value(column(&["2.5", "1,204"]), "1,204"), json!(1204.0));
        assert_eq!(value(Habits::default(), "a few"), json!("a few"));
    }

    // B20.
    #[test]
    fn ages_of_whole_years_are_read_and_months_are_not() {
        let read = |path: &str, cell: &str| value_of(&Shape::Whole(0, 130), path, cell, Habits::default());
        for (path, cell, age) in [
            ("eligibility.min_age", "18", 18),
            ("eligibility.min_age", "18+", 18),
            ("eligibility.min_age", "65 and over", 65),
            ("eligibility.max_age", "4 years", 4),
            ("eligibility.max_age", "Age 25", 25),
        ] {
            assert_eq!(read(path, cell), json!(age), "{cell}");
        }
        for (path, cell) in
            [("eligibility.min_age", "18 months"), ("eligibility.max_age", "65+"), ("eligibility.max_age", "1.5")]
        {
            assert_eq!(read(path, cell), json!(cell), "{cell}");
        }
    }
}
