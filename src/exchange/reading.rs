//! The second reading of a list: what its rows say, one at a time, checked.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::Value;

use super::lookups::Lookups;
use super::plan::key;
use super::read::outline::Outline;
use super::rows::parts::{self, Part};
use super::survey::{self, Survey};
use super::wanted::Wanted;
use crate::model::{Code, Problem};

/// One row of a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// By what it is found again, as far as it says.
    pub key: Option<String>,
    /// The line of the file it begins on; of GeoJSON, the number of the feature. Both from 1.
    pub line: u64,
    /// Its cells as they were read, to hand a refused row back.
    pub raw: Vec<String>,
    /// The records it describes, its own first, none for a row that stood in the file before; or everything that is wrong with it, by the headings of the list.
    pub parts: Result<Vec<Part>, Vec<Problem>>,
    /// What was taken otherwise than written, or left out.
    pub warnings: Vec<Problem>,
    /// The geometry of a refused feature, as it came, to hand it back.
    pub geometry: Option<Value>,
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
        let key = key::of(&survey.plan, row, outline);
        let checked = check_row(survey, line, row, key.as_deref(), width);
        let parts = match checked {
            Check::Wrong(ref problem) => Err(vec![problem.clone()]),
            _ => parts::parts(&survey.plan, row, outline, &types, lookups, &mut warnings),
        };
        // What says the same as a row before is wrong for the same reason, else it went in once.
        let parts = match (checked, parts) {
            (Check::Again(warning), Ok(_)) => {
                warnings = vec![warning];
                Ok(Vec::new())
            }
            (_, parts) => parts,
        };
        let geometry = outline.filter(|_| parts.is_err()).and_then(Outline::as_it_came);
        Ok(sink(Row { key, line, raw: row.iter().map(str::to_owned).collect(), parts, warnings, geometry }))
    })
}

/// What is known of a row before its values are looked at.
enum Check {
    New,
    /// It says what another row said.
    Again(Problem),
    Wrong(Problem),
}

fn check_row(survey: &Survey, line: u64, row: &::csv::StringRecord, key: Option<&str>, width: usize) -> Check {
    if row.len() > width && row.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
        let message = format!(
            "this row has {} cells, the header has {width}: a cell that holds the delimiter needs quotes around it",
            row.len()
        );
        return Check::Wrong(Problem::new("", Code::WrongType, message));
    }
    if survey.repeated.is_empty() {
        return Check::New;
    }
    let Some(key) = key else { return Check::New };
    let Some(same) = survey.repeated.get(&key::hash(key)) else { return Check::New };
    let heading = key::heading(&survey.plan, row);
    let unit = survey.unit();
    if same.alike {
        let first = same.lines[0];
        let say = match same.wholly {
            true => format!("says the same as {unit} {first}; it went in once"),
            false => format!(
                "says the same as {unit} {first} in every field, so it went in once; not kept of this one: {}. If they \
                 are two, name a column that tells them apart with --key",
                survey.plan.kept_of(row).join(", ")
            ),
        };
        return if line == first { Check::New } else { Check::Again(Problem::new(heading, Code::RepeatedRow, say)) };
    }
    let others: Vec<String> = same.lines.iter().filter(|l| **l != line).take(10).map(u64::to_string).collect();
    let more = if same.lines.len() > 11 { format!(" and {} more", same.lines.len() - 11) } else { String::new() };
    let message = format!(
        "has the same key \"{key}\" as {unit} {}{more}: remove all but one, or name a column that tells them apart \
         with --key",
        others.join(", ")
    );
    Check::Wrong(Problem::new(heading, Code::DuplicateKey, message))
}
