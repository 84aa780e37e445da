//! Refused rows go back as a file that opens in a spreadsheet: as they came, with the line, the code and what to do.
//! A cell that a spreadsheet would run as a formula is made plain text first.

use std::io::{self, Write};

use super::{Row, Survey};
use crate::model::Problem;

/// The headings of the file of refused rows: the list's own, then `line`, `code`, `problem`.
pub fn header_of(survey: &Survey) -> Vec<String> {
    let own = survey.headings().iter().map(|h| neutral(h));
    own.chain(["line", "code", "problem"].map(str::to_owned)).collect()
}

/// Text that no spreadsheet takes for a formula.
///
/// ```
/// use commonground::exchange::refused::neutral;
/// assert_eq!(neutral("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
/// assert_eq!(neutral("-3.36"), "-3.36");
/// assert_eq!(neutral("Tea - and toast"), "Tea - and toast");
/// ```
pub fn neutral(cell: &str) -> String {
    // A negative number is no formula, and a longitude that comes back with a quote could not be read again.
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.trim().parse::<f64>().is_err();
    if risky { format!("'{cell}") } else { cell.to_owned() }
}

/// Writes refused rows as CSV.
pub struct Refused<W: Write> {
    out: csv::Writer<W>,
    width: usize,
}

impl<W: Write> Refused<W> {
    /// Begins the file with its headings.
    pub fn new(out: W, survey: &Survey) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(header_of(survey))?;
        Ok(Self { out, width: survey.headings().len() })
    }

    /// Adds a row with everything that is wrong with it.
    pub fn row(&mut self, row: &Row, problems: &[Problem]) -> io::Result<()> {
        let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
        let messages: Vec<String> = problems
            .iter()
            .map(|p| if p.field.is_empty() { p.message.clone() } else { format!("{}: {}", p.field, p.message) })
            .collect();
        let cells = (0..self.width).map(|i| row.raw.get(i).map_or_else(String::new, |c| neutral(c)));
        let told = [row.line.to_string(), codes.join(" "), neutral(&messages.join("; "))];
        Ok(self.out.write_record(cells.chain(told))?)
    }

    /// Ends the file.
    pub fn into_inner(self) -> io::Result<W> {
        self.out.into_inner().map_err(|e| io::Error::other(e.to_string()))
    }
}
