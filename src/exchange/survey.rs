//! The first reading of a list: what it is written in, what its columns mean, which rows cannot be told apart.

use std::ops::ControlFlow;
use std::path::Path;

use ::csv::StringRecord;

use super::cells::{Habits, number};
use super::plan::key::{self, Repeated, Seen};
use super::plan::{self, Plan, PlanStep, Target, ValueFrom, cell};
use super::read::bytes::{self, not_this_format};
use super::read::csv::{self, Records, guess_delimiter};
use super::read::encoding::{self, Encoding};
use super::read::geojson::{self, Look, RowSink};
use super::read::outline::Outline;
use super::read::text::Text;
use super::wanted::Wanted;
use crate::model::{Code, Kind, Problem};

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
    /// What was found out about the file that whoever brings it should know.
    pub notes: Vec<String>,
    pub(super) form: FileForm,
    pub(super) plan: Plan,
    /// Whether any row holds something in a column.
    filled: Vec<bool>,
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
pub(super) enum FileForm {
    /// Lines up to `passed` hold titles and headings.
    Csv {
        encoding: Encoding,
        delimiter: char,
        passed: u64,
    },
    GeoJson {
        encoding: Encoding,
        look: Look,
    },
}

impl Survey {
    /// The headings of the columns, or their numbers where the file has none.
    pub fn headings(&self) -> &[String] {
        &self.plan.headings
    }

    /// The columns that were not used, for the report.
    pub fn unused(&self) -> impl Iterator<Item = &Column> {
        let holds = |c: &&Column| self.filled[c.number - 1] && plan::is_leftover(&self.plan, c.number - 1);
        self.columns.iter().filter(|c| c.meaning.is_none()).filter(holds)
    }

    /// The columns that are no field and are kept as they are.
    pub fn further(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|c| c.meaning.as_deref() == Some(FURTHER) && self.filled[c.number - 1])
    }

    /// Whether the file has a column for an entry of `indicators` or `groups`: where it has none, it says nothing of it.
    pub fn speaks_of(&self, field: &str) -> bool {
        let Some((map, name)) = field.split_once('.') else { return true };
        self.plan.steps.iter().any(|step| match &step.target {
            Target::Indicator(column) => matches!(map, "indicators" | "indicator_types") && column == name,
            Target::Group(column) => map == "groups" && column == name,
            _ => !["indicators", "indicator_types", "groups"].contains(&map),
        })
    }

    /// What its rows are called: features of GeoJSON have no lines.
    pub fn unit(&self) -> &'static str {
        if matches!(self.form, FileForm::GeoJson { .. }) { "feature" } else { "line" }
    }
}

/// Reads the file once. One problem when it is cut off, unreadable, nothing of the sort, or lacks what rows need.
pub fn survey(path: &Path, file_name: &str, wanted: &Wanted) -> Result<Survey, Problem> {
    let encoding = encoding::sniff(path)?;
    let list = wanted.list.clone().unwrap_or_else(|| list_name(file_name));
    let Opened { form, headings, sample, geometry, form_name, notes } = open(path, file_name, encoding, wanted)?;
    let mut plan = plan::plan(headings, wanted, geometry, &sample)?;
    if wanted.kind != Kind::Area {
        plan::keep_further(&mut plan);
    }
    let mut survey = Survey {
        list,
        rows: 0,
        columns: Vec::new(),
        form_name,
        notes,
        form,
        plan,
        filled: Vec::new(),
        repeated: Repeated::default(),
    };
    let is_area = wanted.kind == Kind::Area;
    let width = survey.plan.headings.len();
    let free: Vec<bool> = (0..width).map(|i| is_area && plan::is_leftover(&survey.plan, i)).collect();
    let taken: Vec<bool> = (0..width).map(|i| free[i] || survey.plan.fills_a_field(i)).collect();
    let mut numbers: Vec<Numbers> = (0..width).filter(|i| free[*i]).map(Numbers::new).collect();
    let mut habits = vec![Habits::default(); width];
    let watched: Vec<bool> = (0..width).map(|i| free[i] || survey.plan.reads_numbers(i)).collect();
    let mut filled = vec![false; width];
    let (mut rows, mut seen) = (0, Seen::default());
    each_row(path, &survey, &mut |line, row, outline| {
        rows += 1;
        numbers.iter_mut().for_each(|n| n.note(row));
        row.iter().zip(&mut filled).for_each(|(cell, filled)| *filled |= !cell.is_empty());
        row.iter().zip(&mut habits).zip(&watched).filter(|(_, watched)| **watched).for_each(|((c, h), _)| h.note(c));
        if let Some(key) = key::of(&survey.plan, row, outline) {
            let said = key::said(&survey.plan, row, outline, &|i| taken.get(i) == Some(&true));
            seen.note(&key, said, key::hash(&survey.plan.kept_of(row).join("\n")), line);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if rows == 0 {
        return Err(not_this_format("the file has headings but no rows"));
    }
    survey.rows = rows;
    survey.repeated = seen.repeated();
    survey.plan.habits = habits;
    survey.filled = filled;
    for column in &numbers {
        if let Some(target) = column.target(&survey.plan.headings[column.column]) {
            let path = survey.plan.headings[column.column].trim().to_owned();
            survey.plan.steps.push(PlanStep { path, target, source: ValueFrom::Column(column.column) });
        }
    }
    survey.columns = columns(&survey.plan, &numbers);
    Ok(survey)
}

/// A file whose form is known.
struct Opened {
    form: FileForm,
    headings: Vec<String>,
    /// Its first rows, to find out what columns hold.
    sample: Vec<StringRecord>,
    geometry: bool,
    form_name: String,
    notes: Vec<String>,
}

/// The meaning of a column that is no field.
const FURTHER: &str = "further";
/// Rows that are looked at before a file is read.
const SAMPLE_ROWS: usize = 50;
/// Lines that may stand above the headings.
const TITLES: usize = 15;

fn open(path: &Path, file_name: &str, encoding: Encoding, wanted: &Wanted) -> Result<Opened, Problem> {
    let named = csv::named_delimiter(path, encoding)?;
    let delimiter = wanted.delimiter.or(named).map_or_else(|| guess_delimiter(path, encoding), Ok)?;
    let first_byte = first_character(path, encoding)?;
    let named_json = [".geojson", ".json"].iter().any(|end| file_name.to_ascii_lowercase().ends_with(end));
    if first_byte == b'{' || (first_byte == b'[' && named_json) {
        let look = geojson::look(path, encoding)?;
        let (headings, geometry) = (look.headings.clone(), look.geometry);
        let form = FileForm::GeoJson { encoding, look };
        let sample = sample_of(path, &form, &headings)?;
        return Ok(Opened { form, headings, sample, geometry, form_name: "GeoJSON".to_owned(), notes: Vec::new() });
    }
    if named_json {
        return Err(not_this_format("the file is named as JSON but does not begin as JSON does"));
    }
    let mut records = Records::open(path, encoding, delimiter)?;
    let mut head: Vec<(u64, StringRecord)> = Vec::new();
    while head.len() < SAMPLE_ROWS + TITLES
        && let Some((line, row)) = records.next()?
    {
        head.push((line, row.clone()));
    }
    if named.is_some() && !head.is_empty() {
        head.remove(0);
    }
    let mut notes = Vec::new();
    if encoding == Encoding::Mixed {
        notes.push(
            "The file is written in UTF-8, some bytes of it in Windows-1252; each was read as what it is.".to_owned(),
        );
    }
    let heading = heading_row(&head, wanted)?;
    if heading > 0 && !wanted.no_header {
        notes.push(format!(
            "The headings were found on line {}; what stands above them was passed over.",
            head[heading].0
        ));
    }
    let Some((heading_line, first)) = head.get(heading) else { return Err(not_this_format("the file is empty")) };
    let mut headings: Vec<String> = if wanted.no_header {
        (1..=first.len()).map(|n| n.to_string()).collect()
    } else {
        first
            .iter()
            .map(|h| h.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(',').to_owned())
            .collect()
    };
    let rows = &head[heading + usize::from(!wanted.no_header)..];
    if !wanted.no_header && has_index(rows, headings.len()) {
        headings.insert(0, String::new());
    }
    let shown = match delimiter {
        ',' => "comma",
        ';' => "semicolon",
        '\t' => "tab",
        '|' => "pipe",
        _ => "¬",
    };
    let form_name = format!("CSV, {}, {shown}", encoding.name());
    let passed = if wanted.no_header { heading_line - 1 } else { *heading_line };
    let sample = rows.iter().map(|(_, row)| row.clone()).collect();
    let form = FileForm::Csv { encoding, delimiter, passed };
    Ok(Opened { form, headings, sample, geometry: false, form_name, notes })
}

/// Which of the first rows holds the headings: the one that was named, else the first, unless only a later one names
/// what is known.
fn heading_row(head: &[(u64, StringRecord)], wanted: &Wanted) -> Result<usize, Problem> {
    if let Some(line) = wanted.header_line {
        let found = head.iter().position(|(l, _)| *l == line);
        let say = format!("line {line} is not one of the first lines that hold anything");
        return found.ok_or_else(|| Problem::new("header_line", Code::NotFound, say));
    }
    if wanted.no_header {
        return Ok(0);
    }
    let known = |row: &StringRecord| plan::known_headings(wanted.kind, row);
    let first = head.first().map_or((0, false), |(_, row)| known(row));
    if first.0 >= 2 || first.1 {
        return Ok(0);
    }
    let later = head.iter().take(TITLES).position(|(_, row)| matches!(known(row), (2.., true)));
    Ok(later.unwrap_or(0))
}

/// Whether every row begins with its number, from nought or one on, that the heading does not know: how some programs
/// export their row index. Rows that only end in a delimiter too many have none.
fn has_index(rows: &[(u64, StringRecord)], width: usize) -> bool {
    let number = |row: &StringRecord| row.get(0).and_then(|c| c.trim().parse::<u64>().ok());
    let Some(first) = rows.first().and_then(|(_, row)| number(row)).filter(|n| *n <= 1) else { return false };
    let counted = (first..).zip(rows).all(|(n, (_, row))| row.len() == width + 1 && number(row) == Some(n));
    let filled = rows.iter().any(|(_, row)| row.get(width).is_some_and(|c| !c.trim().is_empty()));
    counted && filled
}

/// The first features as rows.
fn sample_of(path: &Path, form: &FileForm, headings: &[String]) -> Result<Vec<StringRecord>, Problem> {
    let FileForm::GeoJson { encoding, look } = form else { return Ok(Vec::new()) };
    let mut sample = Vec::new();
    geojson::each(path, *encoding, look, &mut |_, row, _| {
        debug_assert!(row.len() <= headings.len());
        sample.push(row.clone());
        Ok(if sample.len() < SAMPLE_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(sample)
}

fn first_character(path: &Path, encoding: Encoding) -> Result<u8, Problem> {
    use std::io::Read;
    let (text, _) = Text::new(Box::new(bytes::open(path)?), encoding, 1 << 20);
    let found =
        std::io::BufReader::new(text).bytes().map_while(Result::ok).take(1 << 16).find(|b| !b.is_ascii_whitespace());
    Ok(found.unwrap_or(0))
}

/// Every row of the file, with its line and, of GeoJSON, its outline.
pub(super) fn each_row(path: &Path, survey: &Survey, sink: &mut RowSink<'_>) -> Result<(), Problem> {
    match &survey.form {
        FileForm::GeoJson { encoding, look } => geojson::each(path, *encoding, look, sink),
        FileForm::Csv { encoding, delimiter, passed } => {
            let mut records = Records::open(path, *encoding, *delimiter)?;
            let wkt = survey.plan.sources("wkt").next().cloned();
            while let Some((line, row)) = records.next()? {
                if line <= *passed {
                    continue;
                }
                let text = wkt.as_ref().map_or("", |source| cell(source, row));
                let outline = (!text.is_empty()).then(|| Outline::of_wkt(text));
                if sink(line, row, outline.as_ref())?.is_break() {
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
    let stem = without_copy_marks(base.split('.').next().unwrap_or(base));
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

/// A copy of a list is the same list: `Copy of halls`, `halls (1)`, `halls - Copy`, `halls copy 2`.
fn without_copy_marks(stem: &str) -> &str {
    let lower = stem.to_ascii_lowercase();
    let mut stem = if lower.starts_with("copy of ") { &stem["copy of ".len()..] } else { stem };
    loop {
        let trimmed = stem.trim_end_matches([' ', '_', '-']);
        let number = trimmed.strip_suffix(')').and_then(|t| t.rsplit_once('('));
        let numbered = number.filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())).map(|(t, _)| t);
        let copied = || {
            let bare = trimmed.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
            let at = bare.len().checked_sub(4)?;
            let before = bare.get(..at).filter(|b| b.ends_with([' ', '_', '-']) && !b.trim().is_empty());
            before.filter(|_| bare[at..].eq_ignore_ascii_case("copy"))
        };
        match numbered.or_else(copied) {
            Some(shorter) if !shorter.trim().is_empty() => stem = shorter,
            _ => return if trimmed.is_empty() { stem } else { trimmed },
        }
    }
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
        let source = ValueFrom::Column(self.column);
        let text = cell(&source, row);
        if text.is_empty() {
            return;
        }
        self.filled = true;
        let number = number::of(text, false);
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
        for step in plan.steps.iter().filter(|s| s.source == ValueFrom::Column(i)) {
            taken.push(match &step.target {
                Target::Indicator(name) => {
                    let within = numbers.iter().any(|n| n.column == i && n.within_0_1);
                    format!("indicator {name} ({})", plan.indicator_type(name, within).as_str())
                }
                Target::Group(name) => format!("group {name}"),
                Target::Further(_) => FURTHER.to_owned(),
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
            // R13: copies.
            ("halls (1).csv", "halls"),
            ("Copy of halls.csv", "halls"),
            ("halls - Copy (2).csv", "halls"),
            ("halls_2026-11 (3).csv", "halls"),
            ("halls copy 2.csv", "halls"),
            ("photocopy.csv", "photocopy"),
            ("(1).csv", "(1)"),
        ] {
            assert_eq!(list_name(file), list);
        }
    }
}
