//! What a row says is checked as a form's words would be, but more kindly: what others wrote long ago cannot be sent
//! back field by field. A value that does not fit costs the row only where the record makes no sense without it; else
//! its words are kept in the description, or it is left out with a warning.

use csv::StringRecord;
use serde_json::{Value, json};

use super::cells::{plain_text, take_out};
use super::header::{Of, Plan, Source, prefix};
use crate::model::record::read_row;
use crate::model::shape::shown;
use crate::model::{Body, Code, Kind, Problem};

/// The body as it will be stored, or what makes it useless.
pub(super) fn checked(
    plan: &Plan,
    row: &StringRecord,
    of: Of,
    body: Body,
    warnings: &mut Vec<Problem>,
) -> Result<Body, Vec<Problem>> {
    let kind = of.kind(plan.kind);
    let mut value = Value::Object(body);
    for _ in 0..2 {
        let found = match read_row(kind, &value) {
            Ok(given) => return Ok(given.body),
            Err(found) => found,
        };
        let path_of = |field: &str| {
            let root = field.split('.').next().unwrap_or(field);
            let full = format!("{}{field}", prefix(of));
            if plan.has(&full) { full } else { format!("{}{root}", prefix(of)) }
        };
        let hard = |p: &Problem| {
            let root = p.field.split('.').next().unwrap_or("");
            let fixed = plan.sources(&path_of(&p.field)).any(|s| matches!(s, Source::Fixed(_)));
            fixed || is_essential(kind, root) || matches!(root, "" | "point" | "places" | "boundary" | "indicators")
        };
        if found.iter().any(hard) {
            let named = |p: Problem| Problem { field: plan.heading(&path_of(&p.field)), ..p };
            return Err(found.into_iter().filter(hard).map(named).collect());
        }
        let Some(body) = value.as_object_mut() else { break };
        for problem in found {
            if let Some(lost) = take_out(body, &problem.field) {
                let path = path_of(&problem.field);
                let written = plain_text(plan.value(&path, row)).trim().to_owned();
                let field = path.strip_prefix(prefix(of)).unwrap_or(&path);
                if in_words(field) && !written.is_empty() && problem.code != Code::PersonalData {
                    // A bare number is no opening time; what it is, only its heading tells.
                    let number = written.parse::<f64>().is_ok();
                    let label = if number { plan.heading(&path) } else { label_of(field).to_owned() };
                    append_description(body, &format!("{label}: {written}"));
                } else {
                    warnings.push(warning(plan.heading(&path), &lost, problem));
                }
            }
        }
    }
    read_row(kind, &value).map(|g| g.body)
}

fn warning(heading: String, lost: &Value, problem: Problem) -> Problem {
    let message = if problem.code == Code::PersonalData {
        // What looks like a person's is not repeated.
        format!("left out: {}", problem.message)
    } else {
        let lost = lost.as_str().map_or_else(|| lost.to_string(), str::to_owned);
        format!("left out, since \"{}\" {}", shown(&lost), problem.message)
    };
    Problem::new(heading, problem.code, message)
}

/// Fields without which the record makes no sense.
fn is_essential(kind: Kind, field: &str) -> bool {
    field == "name" || kind.spec().fields.iter().any(|f| f.required && f.name == field)
}

/// Fields whose words are worth keeping in the description when they do not fit.
fn in_words(path: &str) -> bool {
    matches!(path, "hours" | "schedule" | "slots" | "referral" | "accepting.value" | "languages" | "delivery")
}

fn label_of(path: &str) -> &'static str {
    match path {
        "referral" => "How to be referred",
        "accepting.value" => "Accepting",
        "languages" => "Languages",
        "delivery" => "How it is given",
        _ => "Opening times",
    }
}

fn append_description(body: &mut Body, text: &str) {
    let before = body.get("description").and_then(Value::as_str).map_or(String::new(), |d| format!("{d}\n"));
    body.insert("description".to_owned(), json!(format!("{before}{text}")));
}
