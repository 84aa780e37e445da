//! In and out: lists that others keep, read as the records they describe.
//!
//! A list is read twice. [`survey`] reads it whole for its form, its columns and equal keys, so that a file that is cut
//! off, or is nothing of the sort, is refused before anything is written. [`read`] then hands over row by row what the
//! rows say, checked, never holding more than one: good rows as [`Part`]s, bad ones with every problem they have.
//!
//! Nothing here knows a database, a clock or the network: postcodes are asked for by [`Lookups`], references stay the
//! words of the list, and who may do what is decided elsewhere.
//!
//! ```
//! use std::ops::ControlFlow;
//! use commonground::exchange::{Lookups, Wanted, read, survey};
//! use commonground::model::{Kind, Point, Postcode};
//!
//! struct None_;
//! impl Lookups for None_ {
//!     fn postcodes_loaded(&self) -> bool { false }
//!     fn postcode(&self, _: &Postcode) -> Option<Point> { None }
//! }
//!
//! let path = std::env::temp_dir().join("commonground-doc-halls.csv");
//! std::fs::write(&path, "Venue name;Lat;Long\nChrist Church Rooms;54.661;-3.366\n").unwrap();
//! let wanted = Wanted::of(Kind::Place);
//! let found = survey(&path, "halls_2026.csv", &wanted).unwrap();
//! assert_eq!((found.list.as_str(), found.rows), ("halls", 1));
//! read(&path, &found, &wanted, &None_, &mut |row| {
//!     assert_eq!(row.parts.unwrap()[0].body["name"], "Christ Church Rooms");
//!     ControlFlow::Continue(())
//! }).unwrap();
//! # std::fs::remove_file(path).unwrap();
//! ```

mod bytes;
mod cells;
mod checked;
mod csv;
pub mod datasets;
mod geojson;
pub mod grid;
mod header;
mod key;
mod outline;
mod parts;
mod position;
pub mod refused;
mod survey;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth;
mod wanted;
mod words;

use std::ops::ControlFlow;
use std::path::Path;

use crate::model::{Code, Point, Postcode, Problem};

pub use parts::Part;
pub use refused::{Refused, header_of};
pub use survey::{Column, Survey, survey};
pub use wanted::Wanted;

use survey::Form;

/// What reading a row has to ask the instance.
pub trait Lookups {
    /// Whether there is a postcode table at all.
    fn postcodes_loaded(&self) -> bool;

    /// Where a postcode is.
    fn postcode(&self, code: &Postcode) -> Option<Point>;
}

/// One row of a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line of the file it begins on; of GeoJSON, the number of the feature. Both from 1.
    pub line: u64,
    /// Its cells as they were read, to hand a refused row back.
    pub raw: Vec<String>,
    /// The records it describes, its own first; or everything that is wrong with it, by the headings of the list.
    pub parts: Result<Vec<Part>, Vec<Problem>>,
    /// What was taken otherwise than written, or left out.
    pub warnings: Vec<Problem>,
}

/// Reads the rows, one at a time, until the file ends or `sink` has enough.
pub fn read(
    path: &Path,
    survey: &Survey,
    wanted: &Wanted,
    lookups: &dyn Lookups,
    sink: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), Problem> {
    let types: Vec<(String, String)> =
        wanted.set_indicator.iter().map(|(name, kind)| (name.clone(), kind.as_str().to_owned())).collect();
    let width = survey.headings().len();
    survey::each_row(path, survey, &mut |line, row, outline| {
        let mut warnings = Vec::new();
        let parts = check_row(survey, line, row, outline, width).map_or_else(
            || parts::parts(&survey.plan, row, outline, &types, lookups, &mut warnings),
            |problem| Err(vec![problem]),
        );
        Ok(sink(Row { line, raw: row.iter().map(str::to_owned).collect(), parts, warnings }))
    })
}

/// What is wrong with a row before its values are looked at.
fn check_row(
    survey: &Survey,
    line: u64,
    row: &::csv::StringRecord,
    outline: Option<&outline::Outline>,
    width: usize,
) -> Option<Problem> {
    if row.len() > width && row.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
        let message = format!(
            "this row has {} cells, the header has {width}: a cell that holds the delimiter needs quotes around it",
            row.len()
        );
        return Some(Problem::new("", Code::WrongType, message));
    }
    if survey.repeated.is_empty() {
        return None;
    }
    let key = key::of(&survey.plan, row, outline)?;
    let lines = survey.repeated.get(&key::hash(&key))?;
    let others: Vec<String> = lines.iter().filter(|l| **l != line).take(10).map(u64::to_string).collect();
    let more = if lines.len() > 11 { format!(" and {} more", lines.len() - 11) } else { String::new() };
    let word = if matches!(survey.form, Form::GeoJson { .. }) { "feature" } else { "line" };
    let message = format!(
        "has the same key \"{key}\" as {word} {}{more}: remove all but one, or name a column that tells them apart \
         with --key",
        others.join(", ")
    );
    Some(Problem::new(key::heading(&survey.plan, row), Code::DuplicateKey, message))
}

/// A file of the data that tests share; `None` where there is none and nobody promised any.
#[cfg(test)]
pub(crate) fn shared(path: &str) -> Option<std::path::PathBuf> {
    let promised = std::env::var_os("COMMONGROUND_SHARED");
    let default = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").into_os_string();
    let file = std::path::PathBuf::from(promised.clone().unwrap_or_else(default)).join(path);
    assert!(file.exists() || promised.is_none(), "{} is missing", file.display());
    file.exists().then_some(file)
}
