//! What a row says is checked as a form's words would be, but more kindly: what others wrote long ago cannot be sent
//! back field by field. A value that does not fit costs the row only where the record makes no sense without it; else
//! its words are kept in the description, or it is left out with a warning.

use csv::StringRecord;
use serde_json::{Value, json};

use super::nested::take_out;
use super::values::further;
use crate::exchange::cells::html::plain_text;
use crate::exchange::cells::words::says_nothing;
use crate::exchange::plan::{Of, Plan, ValueFrom, prefix};
use crate::model::record::read_row;
use crate::model::shape::shown;
use crate::model::{Body, Code, Kind, Problem};

/// The body as it will be stored, or what makes it useless. A record that only `joins` another may be without a point.
pub(crate) fn checked(
    plan: &Plan,
    row: &StringRecord,
    of: Of,
    mut body: Body,
    joins: bool,
    warnings: &mut Vec<Problem>,
) -> Result<Body, Vec<Problem>> {
    let kind = of.kind(plan.kind);
    if joins {
        // Where it is, the record says that it joins.
        body.insert("point".to_owned(), json!({"lon": -2.0, "lat": 54.0}));
    }
    let mut checked = checked_whole(plan, row, of, kind, body, warnings)?;
    if joins {
        checked.remove("point");
    }
    Ok(checked)
}

fn checked_whole(
    plan: &Plan,
    row: &StringRecord,
    of: Of,
    kind: Kind,
    body: Body,
    warnings: &mut Vec<Problem>,
) -> Result<Body, Vec<Problem>> {
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
            let fixed = plan.sources(&path_of(&p.field)).any(|s| matches!(s, ValueFrom::Fixed(_)));
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
                let field = path.strip_prefix(prefix(of)).unwrap_or(&path).to_owned();
                leave_out(plan, row, body, &path, &field, &lost, problem, warnings);
            }
        }
    }
    read_row(kind, &value).map(|g| g.body)
}

/// A value that cannot be read is said, its words are kept where they help, and where silence would have a meaning the
/// field is unknown.
#[expect(clippy::too_many_arguments, reason = "one value of one row, and where it goes")]
fn leave_out(
    plan: &Plan,
    row: &StringRecord,
    body: &mut Body,
    path: &str,
    field: &str,
    lost: &Value,
    problem: Problem,
    warnings: &mut Vec<Problem>,
) {
    let written = plain_text(plan.value(path, row)).trim().to_owned();
    let personal = problem.code == Code::PersonalData;
    let no_bound =
        ["none", "any", "all", "no limit", "all ages", "no minimum", "no maximum", "no upper limit", "no lower limit"];
    if field.ends_with("_age") && no_bound.iter().any(|w| written.eq_ignore_ascii_case(w)) {
        return;
    }
    if means_something_unsaid(field) {
        mark_unclear(body, field);
    } else if says_nothing(&written) {
        return;
    }
    let heading = plan.heading(path);
    if in_words(field) && !written.is_empty() && !personal {
        // A bare number is no opening time; what it is, only its heading tells.
        let number = written.parse::<f64>().is_ok();
        let label = if number { heading.clone() } else { label_of(field).to_owned() };
        append_description(body, &format!("{label}: {written}"));
        if means_something_unsaid(field) {
            warnings.push(warning(heading, field, lost, problem));
        }
        return;
    }
    if !personal && plan.kind != Kind::Area {
        further(body, &heading, &written, &mut Vec::new());
    }
    warnings.push(warning(heading, field, lost, problem));
}

/// Notes that something was said of a field that nobody can read.
pub(crate) fn mark_unclear(body: &mut Body, field: &str) {
    let list = body.entry("unclear").or_insert_with(|| json!([]));
    if let Value::Array(list) = list
        && !list.contains(&json!(field))
    {
        list.push(json!(field));
    }
}

fn warning(heading: String, field: &str, lost: &Value, problem: Problem) -> Problem {
    let message = if problem.code == Code::PersonalData {
        // What looks like a person's is not repeated.
        format!("left out: {}", problem.message)
    } else {
        let lost = lost.as_str().map_or_else(|| lost.to_string(), str::to_owned);
        let what = if means_something_unsaid(field) { "taken as unknown" } else { "left out" };
        format!("{what}, since \"{}\" {}", shown(&lost), problem.message)
    };
    Problem::new(heading, problem.code, message)
}

/// Fields of which silence says something: open, from ever, for ever, for every age.
fn means_something_unsaid(field: &str) -> bool {
    matches!(field, "status" | "from" | "until" | "eligibility.min_age" | "eligibility.max_age" | "delivery")
}

/// Fields without which the record makes no sense.
fn is_essential(kind: Kind, field: &str) -> bool {
    // Who wanted it hidden, and could not be understood, would be shown.
    let hiding = matches!(field, "visibility" | "precision" | "home_address");
    hiding || field == "name" || kind.spec().fields.iter().any(|f| f.required && f.name == field)
}

/// Fields whose words are worth keeping in the description when they do not fit.
fn in_words(path: &str) -> bool {
    matches!(
        path,
        "hours" | "schedule" | "slots" | "referral" | "accepting.value" | "languages" | "delivery" | "status"
    ) || path.starts_with("accessible.")
}

fn label_of(path: &str) -> &'static str {
    match path {
        "referral" => "How to be referred",
        "accepting.value" => "Accepting",
        "languages" => "Languages",
        "delivery" => "How it is given",
        "status" => "Status",
        "accessible.step_free" => "Wheelchair access",
        "accessible.toilet" => "Accessible toilet",
        "accessible.parking" => "Accessible parking",
        _ => "Opening times",
    }
}

pub(crate) fn append_description(body: &mut Body, text: &str) {
    let before = body.get("description").and_then(Value::as_str).map_or(String::new(), |d| format!("{d}\n"));
    body.insert("description".to_owned(), json!(format!("{before}{text}")));
}
