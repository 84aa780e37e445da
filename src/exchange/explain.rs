//! What becomes of each column of a list, with examples: before anything is brought in, so that whoever keeps the list
//! sees what is understood, what is only kept, and what is not.

use serde::Serialize;
use serde_json::Value;
use std::ops::ControlFlow;
use std::path::Path;

use super::cells::words::says_nothing;
use super::cells::{counting, is_spreadsheet_error};
use super::lookups::{Lookups, Whereabouts};
use super::plan::headings::is_row_number;
use super::plan::persons::is_of_persons;
use super::plan::{Of, Target, ValueFrom, is_leftover};
use super::reading::read;
use super::rows::nested::get;
use super::rows::parts::Part;
use super::rows::position::POSTCODES_HINT;
use super::survey::{Survey, survey};
use super::wanted::Wanted;
use crate::model::shape::shown;
use crate::model::{Body, Point, Postcode, Problem};

/// Examples of each column.
const EXAMPLES: usize = 3;

/// What becomes of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// The list's name.
    pub list: String,
    /// What it is written in.
    pub form: String,
    /// What was found out about the file.
    pub notes: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them would go in, as far as the rows themselves tell.
    pub good: u64,
    /// Its columns, in their order.
    pub columns: Vec<ExplainedColumn>,
}

/// What becomes of a column.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ExplainedColumn {
    /// From 1, as `--map` counts.
    pub number: usize,
    /// Its heading.
    pub heading: String,
    /// What it is taken for; else why not.
    pub taken_as: String,
    /// Cells that hold something.
    pub filled: u64,
    /// Those that fill a field.
    pub taken: u64,
    /// Those whose words are kept: in the description, or under their heading for admins.
    pub kept: u64,
    /// Those that are left out, or stand in refused rows.
    pub left_out: u64,
    /// At most three: the cell, and what becomes of it.
    pub examples: Vec<Example>,
}

/// A cell, and what becomes of it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Example {
    /// As it stands in the file.
    pub before: String,
    /// As it would be here.
    pub after: String,
}

/// Reads a list whole and writes nothing.
///
/// # Errors
/// The one problem of a file that cannot be read as a list.
pub fn explain(path: &Path, file_name: &str, wanted: &Wanted, lookups: &dyn Lookups) -> Result<Explained, Problem> {
    let found = survey(path, file_name, wanted)?;
    let mut notes = found.notes.clone();
    let lookups = if lookups.postcodes_loaded() || !found.plan.has("postcode") {
        lookups
    } else {
        notes.push(format!("As if all postcodes were known, since {POSTCODES_HINT}."));
        &Somewhere
    };
    let mut columns: Vec<ExplainedColumn> = (0..found.headings().len()).map(|i| begun(&found, i)).collect();
    let mut good = 0;
    read(path, &found, wanted, lookups, &mut |row| {
        good += u64::from(row.parts.is_ok());
        let refused = row.parts.as_ref().err().and_then(|problems| problems.first());
        for (i, column) in columns.iter_mut().enumerate() {
            let before = row.raw.get(i).map_or("", |c| c.trim());
            if counting(before).is_empty() && !is_spreadsheet_error(before) {
                continue;
            }
            column.filled += 1;
            let fate = match (&row.parts, refused) {
                (Ok(parts), _) if parts.is_empty() => Fate::Taken("the same as a row before".to_owned()),
                (Ok(parts), _) => fate(&found, i, before, parts),
                (Err(_), problem) => Fate::Refused(problem.map_or_else(String::new, |p| p.message.clone())),
            };
            let after = match fate {
                Fate::Taken(after) => {
                    column.taken += 1;
                    after
                }
                Fate::Kept(after) => {
                    column.kept += 1;
                    after
                }
                Fate::LeftOut => {
                    column.left_out += 1;
                    let warned = row.warnings.iter().find(|w| w.field == column.heading);
                    match warned {
                        Some(warning) => format!("nothing: {}", warning.message),
                        None if says_nothing(before) => "nothing: it says that nothing is known".to_owned(),
                        None => "nothing".to_owned(),
                    }
                }
                Fate::Refused(why) => {
                    column.left_out += 1;
                    format!("the row is refused: {why}")
                }
            };
            let example = Example { before: shown(before), after };
            let new = column.examples.iter().all(|e| e.before != example.before);
            if column.examples.len() < EXAMPLES && new {
                column.examples.push(example);
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(Explained { list: found.list.clone(), form: found.form_name.clone(), notes, rows: found.rows, good, columns })
}

/// Any postcode is in the middle of England: where none are loaded, columns can be explained all the same.
pub(super) struct Somewhere;

impl Lookups for Somewhere {
    fn postcodes_loaded(&self) -> bool {
        true
    }

    fn postcode(&self, _: &Postcode) -> Whereabouts {
        Whereabouts::At(Point { lon: -1.5, lat: 52.5 })
    }
}

fn begun(found: &Survey, i: usize) -> ExplainedColumn {
    let heading = found.headings()[i].clone();
    let meaning = found.columns[i].meaning.clone();
    let taken_as = match meaning.as_deref() {
        Some("further") => "no field: kept under its heading, seen by admins until one publishes it".to_owned(),
        Some(meaning) => meaning.to_owned(),
        None if is_row_number(&heading) => "not kept: it only numbers rows".to_owned(),
        None if is_of_persons(&heading) => "not kept: it may name or reach persons".to_owned(),
        None if !is_leftover(&found.plan, i) => "not kept: it tells why a row was refused".to_owned(),
        None => "not kept".to_owned(),
    };
    ExplainedColumn { number: i + 1, heading, taken_as, ..ExplainedColumn::default() }
}

/// What became of a cell.
enum Fate {
    Taken(String),
    Kept(String),
    LeftOut,
    Refused(String),
}

fn fate(found: &Survey, column: usize, before: &str, parts: &[Part]) -> Fate {
    let of = |role: &str| parts.iter().find(|p| p.role == role).map(|p| &p.body);
    let Some(own) = of("self") else { return Fate::LeftOut };
    let body = |of_: Of| match of_ {
        Of::Own => Some(own),
        Of::Place => of("place"),
        Of::Provider => of("provider"),
    };
    let steps = || found.plan.steps.iter().filter(|s| s.source == ValueFrom::Column(column));
    for step in steps() {
        let placed = of("place").unwrap_or(own);
        let value = match &step.target {
            Target::Field { of, path, .. } => body(*of).and_then(|b| text_at(b, path)),
            Target::Position if step.path == "postcode" => text_at(placed, "postcode").or_else(|| position(placed)),
            Target::Position => position(placed).or_else(|| position(own)),
            Target::Address => text_at(placed, "address").or_else(|| text_at(own, "address")),
            Target::Identifier { of, .. } | Target::OrgId(of) => body(*of).and_then(|b| text_at(b, "identifiers")),
            Target::Closed | Target::Active => Some(
                ["status", "until"]
                    .iter()
                    .find_map(|f| text_at(own, f))
                    .unwrap_or_else(|| "open, as silence is".to_owned()),
            )
            .filter(|_| own.get("unclear").is_none_or(|u| !u.to_string().contains("\"status\""))),
            Target::Weekday(field, _) => text_at(own, field),
            Target::Reference(role) => own.get("links").and_then(|l| l.get(role)).map(text_of),
            Target::Indicator(name) => own.get("indicators").and_then(|i| i.get(name)).map(text_of),
            Target::Group(name) => own.get("groups").and_then(|g| g.get(name)).map(text_of),
            Target::Further(_) => None,
        };
        if let Some(value) = value {
            return Fate::Taken(value);
        }
    }
    if found.plan.key == Some(column) {
        return Fate::Taken(format!("key {}", parts[0].key));
    }
    let heading = &found.headings()[column];
    if let Some(kept) = parts.iter().find_map(|p| p.body.get("further")?.get(heading)) {
        return Fate::Kept(format!("kept: {}", text_of(kept)));
    }
    let words = |b: &Body| b.get("description").and_then(Value::as_str).is_some_and(|d| d.contains(counting(before)));
    if steps().next().is_some() && parts.iter().any(|p| words(&p.body)) {
        return Fate::Kept("its words are in the description".to_owned());
    }
    Fate::LeftOut
}

fn text_at(body: &Body, path: &str) -> Option<String> {
    get(body, path).filter(|v| !v.is_null()).map(text_of)
}

fn position(body: &Body) -> Option<String> {
    let point = body.get("point")?;
    Some(format!("{}, {}", point.get("lat")?, point.get("lon")?))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => shown(text),
        Value::Array(items) => shown(&items.iter().map(text_of).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => fields.values().map(text_of).collect::<Vec<_>>().join(":"),
        other => other.to_string(),
    }
}
