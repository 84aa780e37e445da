//! Refused rows go back in the form they came in, so that they can be mended and brought in again: as they came, with the
//! line, the code and what to do. A cell that a spreadsheet would run as a formula is made plain text; reading takes the
//! mark off again.

use serde_json::{Map, Value, json};
use std::io::{self, Write};

use super::marks::{TOLD, TOLD_OF, neutral};
use super::reading::Row;
use super::survey::Survey;
use crate::model::Problem;

/// Writes refused rows: features as GeoJSON, all else as CSV.
pub enum Refused<W: Write> {
    /// Rows, and how many columns they have.
    Csv(Box<csv::Writer<W>>, usize),
    /// Features, their properties' names, and whether one was written.
    GeoJson(W, Vec<String>, bool),
}

impl<W: Write> Refused<W> {
    /// Begins the file.
    pub fn new(mut out: W, survey: &Survey) -> io::Result<Self> {
        if survey.unit() == "feature" {
            out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
            return Ok(Self::GeoJson(out, survey.headings().to_vec(), false));
        }
        let mut out = csv::Writer::from_writer(out);
        let own = survey.headings().iter().map(|h| neutral(h));
        out.write_record(own.chain(TOLD.map(str::to_owned)))?;
        Ok(Self::Csv(Box::new(out), survey.headings().len()))
    }

    /// Adds a row with everything that is wrong with it.
    pub fn row(&mut self, row: &Row, problems: &[Problem]) -> io::Result<()> {
        let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
        let messages: Vec<String> = problems.iter().map(said).collect();
        match self {
            Self::Csv(out, width) => {
                let cells = (0..*width).map(|i| row.raw.get(i).map_or_else(String::new, |c| neutral(c)));
                let told = [row.line.to_string(), codes.join(" "), neutral(&messages.join("; "))];
                Ok(out.write_record(cells.chain(told))?)
            }
            Self::GeoJson(out, headings, begun) => {
                let given = headings.iter().zip(&row.raw).filter(|(_, cell)| !cell.is_empty());
                let mut properties: Map<String, Value> = given.map(|(h, cell)| (h.clone(), json!(cell))).collect();
                let [line, code, problem] = TOLD;
                let told = json!({line: row.line, code: codes.join(" "), problem: messages.join("; ")});
                properties.insert(TOLD_OF.to_owned(), told);
                let feature = json!({"type": "Feature", "properties": properties, "geometry": row.geometry});
                let comma = if std::mem::replace(begun, true) { "," } else { "" };
                write!(out, "{comma}\n{feature}")
            }
        }
    }

    /// Ends the file.
    pub fn into_inner(self) -> io::Result<W> {
        match self {
            Self::Csv(out, _) => out.into_inner().map_err(|e| io::Error::other(e.to_string())),
            Self::GeoJson(mut out, ..) => {
                out.write_all(b"\n]}\n")?;
                Ok(out)
            }
        }
    }
}

fn said(problem: &Problem) -> String {
    if problem.field.is_empty() { problem.message.clone() } else { format!("{}: {}", problem.field, problem.message) }
}
