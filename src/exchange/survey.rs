//! The first reading of a list: what it is written in, what its columns mean, which rows cannot be told apart.

use std::ops::ControlFlow;
use std::path::Path;

use csv::StringRecord;

use super::bytes::{self, Encoding, not_this_format};
use super::csv::{Records, guess_delimiter};
use super::geojson::{self, Look, RowSink};
use super::header::{self, Plan, Source, Step, Target, cell};
use super::key::{Repeated, Seen};
use super::{Wanted, key};
use crate::model::{Kind, Problem};

/// What a first reading of a list found.
#[derive(Debug)]
pub struct Survey {
    /// The list's name.
    pub list: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its columns and what each was taken for.
    pub columns: Vec<Column>,
    /// What it is written in, for showing: `CSV, UTF-8, comma`.
    pub form_name: String,
    pub(super) form: Form,
    pub(super) plan: Plan,
    pub(super) repeated: Repeated,
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// From 1, as `--map` counts.
    pub number: usize,
    /// Its heading; empty without one.
    pub heading: String,
    /// The field, role or indicator it was taken for; `None` when it is not used.
    pub meaning: Option<String>,
}

/// How the file is read.
#[derive(Debug, Clone)]
pub(super) enum Form {
    Csv { encoding: Encoding, delimiter: char, header: bool },
    GeoJson { encoding: Encoding, look: Look },
}

impl Survey {
    /// The headings of the columns, or their numbers where the file has none.
    pub fn headings(&self) -> &[String] {
        &self.plan.headings
    }

    /// The columns that were not used, for the report.
    pub fn unused(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|c| c.meaning.is_none() && header::is_leftover(&self.plan, c.number - 1))
    }
}

/// Reads the file once. One problem when it is cut off, unreadable, nothing of the sort, or lacks what rows need.
pub fn survey(path: &Path, file_name: &str, wanted: &Wanted) -> Result<Survey, Problem> {
    let encoding = bytes::sniff(path)?;
    let list = wanted.list.clone().unwrap_or_else(|| list_name(file_name));
    let (form, headings, geometry, form_name) = form(path, file_name, encoding, wanted)?;
    let plan = header::plan(headings, wanted, geometry)?;
    let mut survey =
        Survey { list, rows: 0, columns: Vec::new(), form_name, form, plan, repeated: Repeated::default() };
    let is_area = wanted.kind == Kind::Area;
    let free = |i: &usize| is_area && header::is_leftover(&survey.plan, *i);
    let mut numbers: Vec<Numbers> = (0..survey.plan.headings.len()).filter(free).map(Numbers::new).collect();
    let (mut rows, mut seen) = (0, Seen::default());
    each_row(path, &survey, &mut |line, row, outline| {
        rows += 1;
        numbers.iter_mut().for_each(|n| n.note(row));
        if let Some(key) = key::of(&survey.plan, row, outline) {
            seen.note(&key, line);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if rows == 0 {
        return Err(not_this_format("the file has headings but no rows"));
    }
    survey.rows = rows;
    survey.repeated = seen.repeated();
    for column in &numbers {
        if let Some(target) = column.target(&survey.plan.headings[column.column]) {
            let path = survey.plan.headings[column.column].trim().to_owned();
            survey.plan.steps.push(Step { path, target, source: Source::Column(column.column) });
        }
    }
    survey.columns = columns(&survey.plan, &numbers);
    Ok(survey)
}

type Opened = (Form, Vec<String>, bool, String);

fn form(path: &Path, file_name: &str, encoding: Encoding, wanted: &Wanted) -> Result<Opened, Problem> {
    let delimiter = wanted.delimiter.map_or_else(|| guess_delimiter(path, encoding), Ok)?;
    let mut records = Records::open(path, encoding, delimiter)?;
    let first_byte = first_character(path, encoding)?;
    let named_json = [".geojson", ".json"].iter().any(|end| file_name.to_ascii_lowercase().ends_with(end));
    if first_byte == b'{' || (first_byte == b'[' && named_json) {
        let look = geojson::look(path, encoding)?;
        let (headings, geometry) = (look.headings.clone(), look.geometry);
        return Ok((Form::GeoJson { encoding, look }, headings, geometry, "GeoJSON".to_owned()));
    }
    if named_json {
        return Err(not_this_format("the file is named as JSON but does not begin as JSON does"));
    }
    let Some((_, first)) = records.next()? else { return Err(not_this_format("the file is empty")) };
    let mut headings: Vec<String> = if wanted.no_header {
        (1..=first.len()).map(|n| n.to_string()).collect()
    } else {
        first
            .iter()
            .map(|h| h.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(',').to_owned())
            .collect()
    };
    if !wanted.no_header && has_index(&mut records, headings.len())? {
        headings.insert(0, String::new());
    }
    let shown = match delimiter {
        ',' => "comma",
        ';' => "semicolon",
        '\t' => "tab",
        '|' => "pipe",
        _ => "¬",
    };
    let name = format!("CSV, {}, {shown}", encoding.name());
    Ok((Form::Csv { encoding, delimiter, header: !wanted.no_header }, headings, false, name))
}

/// Whether every row begins with a number that the heading does not know: how some programs export their row index.
fn has_index(records: &mut Records, width: usize) -> Result<bool, Problem> {
    let mut rows = 0;
    while rows < 50 {
        let Some((_, row)) = records.next()? else { break };
        if row.len() != width + 1 || row.get(0).is_none_or(|c| c.trim().parse::<u64>().is_err()) {
            return Ok(false);
        }
        rows += 1;
    }
    Ok(rows > 0)
}

fn first_character(path: &Path, encoding: Encoding) -> Result<u8, Problem> {
    use std::io::Read;
    let (text, _) = bytes::Text::new(Box::new(bytes::open(path)?), encoding, 1 << 20);
    let found =
        std::io::BufReader::new(text).bytes().map_while(Result::ok).take(1 << 16).find(|b| !b.is_ascii_whitespace());
    Ok(found.unwrap_or(0))
}

/// Every row of the file, with its line and, of GeoJSON, its outline.
pub(super) fn each_row(path: &Path, survey: &Survey, sink: &mut RowSink<'_>) -> Result<(), Problem> {
    match &survey.form {
        Form::GeoJson { encoding, look } => geojson::each(path, *encoding, look, sink),
        Form::Csv { encoding, delimiter, header } => {
            let mut records = Records::open(path, *encoding, *delimiter)?;
            if *header {
                records.next()?;
            }
            while let Some((line, row)) = records.next()? {
                if sink(line, row, None)?.is_break() {
                    break;
                }
            }
            Ok(())
        }
    }
}

/// The stem of a file's name without the digits of its date: `libraries_england_2016.csv` → `libraries_england`.
fn list_name(file_name: &str) -> String {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = base.split('.').next().unwrap_or(base);
    let is_separator = |c: char| matches!(c, '_' | '-' | ' ');
    let mut out = String::new();
    let mut run = String::new();
    // Pieces keep the separator before them; a run of numbers with a year among them is a date.
    let mut rest = stem;
    while !rest.is_empty() {
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let end = rest[first..].find(is_separator).map_or(rest.len(), |e| e + first);
        let (piece, after) = rest.split_at(end);
        let digits = piece.trim_start_matches(is_separator);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            run.push_str(piece);
        } else {
            keep_unless_date(&mut out, &mut run);
            out.push_str(piece);
        }
        rest = after;
    }
    keep_unless_date(&mut out, &mut run);
    let out = out.trim_matches(is_separator);
    if out.is_empty() { stem.to_owned() } else { out.to_owned() }
}

fn keep_unless_date(out: &mut String, run: &mut String) {
    let is_year = |part: &str| matches!(part.len(), 4 | 6 | 8) && (part.starts_with("19") || part.starts_with("20"));
    if !run.split(['_', '-', ' ']).any(is_year) {
        out.push_str(run);
    }
    run.clear();
}

/// What a column of an area list holds.
struct Numbers {
    column: usize,
    filled: bool,
    all_numbers: bool,
    within_0_1: bool,
}

impl Numbers {
    fn new(column: usize) -> Self {
        Self { column, filled: false, all_numbers: true, within_0_1: true }
    }

    fn note(&mut self, row: &StringRecord) {
        let source = Source::Column(self.column);
        let text = cell(&source, row);
        if text.is_empty() {
            return;
        }
        self.filled = true;
        let number = text.replace(',', "").parse::<f64>().ok().filter(|n| n.is_finite());
        self.all_numbers &= number.is_some();
        self.within_0_1 &= number.is_some_and(|n| (0.0..=1.0).contains(&n));
    }

    fn target(&self, heading: &str) -> Option<Target> {
        let name = heading.trim().to_owned();
        if !self.filled {
            None
        } else if self.all_numbers {
            Some(Target::Indicator(name))
        } else {
            Some(Target::Group(name))
        }
    }
}

/// What each column was taken for, in words.
fn columns(plan: &Plan, numbers: &[Numbers]) -> Vec<Column> {
    let meaning = |i: usize| {
        let mut taken: Vec<String> = Vec::new();
        if plan.key == Some(i) {
            taken.push("key".to_owned());
        }
        for step in plan.steps.iter().filter(|s| s.source == Source::Column(i)) {
            taken.push(match &step.target {
                Target::Indicator(name) => {
                    let within = numbers.iter().any(|n| n.column == i && n.within_0_1);
                    format!("indicator {name} ({})", plan.indicator_type(name, within).as_str())
                }
                Target::Group(name) => format!("group {name}"),
                _ => step.path.clone(),
            });
        }
        (!taken.is_empty()).then(|| taken.join(", "))
    };
    let column =
        |(i, heading): (usize, &String)| Column { number: i + 1, heading: heading.clone(), meaning: meaning(i) };
    plan.headings.iter().enumerate().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::list_name;

    #[test]
    fn a_list_keeps_its_name_when_it_comes_again_next_year() {
        for (file, list) in [
            ("libraries_england_2016.csv", "libraries_england"),
            ("lists/pharmacies-2026-11-01.csv", "pharmacies"),
            ("epraccur.csv", "epraccur"),
            ("2026.csv", "2026"),
            ("food-banks 01-11-2026.csv", "food-banks"),
            ("ward_12_groups.csv", "ward_12_groups"),
            ("lsoa21_england.csv", "lsoa21_england"),
        ] {
            assert_eq!(list_name(file), list);
        }
    }
}
