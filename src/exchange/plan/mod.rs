//! Which column means what. A plan is made once for a file, from its headings, `--map` and `--set`, and every row is
//! then read by it; what it left unused is shown, never a reason to fail.

pub(crate) mod headings;
pub(crate) mod key;
pub(crate) mod persons;
mod recognise;
pub(crate) mod steps;

use csv::StringRecord;

use super::cells::{Habits, value_of};
use super::wanted::Wanted;
use crate::model::{Code, Kind, Position, Postcode, Problem, Problems};
use headings::plain;
pub(crate) use recognise::{is_leftover, keep_further, known_headings};
use steps::step;
pub(crate) use steps::{Of, Plan, PlanStep, Target, ValueFrom, cell, places_role, prefix, shape_at};

/// Makes the plan for a file, or the one problem that tells what to add to the command.
pub(crate) fn plan(
    headings: Vec<String>,
    wanted: &Wanted,
    geometry: bool,
    sample: &[StringRecord],
) -> Result<Plan, Problem> {
    let indicator_types = wanted.set_indicator.clone();
    let habits = vec![Habits::default(); headings.len()];
    let mut plan =
        Plan { kind: wanted.kind, headings, steps: Vec::new(), key: None, geometry, indicator_types, habits };
    for (path, text) in &wanted.set {
        let step = step(wanted.kind, path, ValueFrom::Fixed(text.clone()))?;
        fixed_value_fits(&step, text)?;
        plan.steps.push(step);
    }
    if let Some(set) = &wanted.area_set {
        plan.steps.insert(0, step(wanted.kind, "area_set", ValueFrom::Fixed(set.clone()))?);
    }
    for (path, column) in &wanted.map {
        let column = find_column(&plan.headings, column, "map")?;
        plan.steps.push(step(wanted.kind, path, ValueFrom::Column(column))?);
    }
    if let Some(key) = &wanted.key {
        plan.key = Some(find_column(&plan.headings, key, "key")?);
    }
    if !wanted.no_header {
        recognise::recognise(&mut plan, sample);
    }
    complete(&plan, wanted)?;
    Ok(plan)
}

fn fixed_value_fits(step: &PlanStep, text: &str) -> Result<(), Problem> {
    let Target::Field { shape, .. } = &step.target else { return Ok(()) };
    let mut problems = Problems::new();
    let value = value_of(shape, &step.path, text, Habits::default());
    problems.at(&step.path, |p| shape.check(&value, p));
    match problems.into_vec().into_iter().next() {
        Some(problem) => {
            Err(Problem::new(problem.field, problem.code, format!("--set {}: {}", step.path, problem.message)))
        }
        None => Ok(()),
    }
}

/// The column of a name or number, from 0.
fn find_column(headings: &[String], wanted: &str, option: &str) -> Result<usize, Problem> {
    let same = |h: &&String| h.trim() == wanted.trim();
    let named = headings.iter().position(|h| same(&h)).or_else(|| {
        let wanted = plain(wanted);
        (!wanted.is_empty() && wanted.parse::<usize>().is_err())
            .then(|| headings.iter().position(|h| plain(h) == wanted))?
    });
    let numbered = || wanted.trim().parse::<usize>().ok().filter(|n| (1..=headings.len()).contains(n)).map(|n| n - 1);
    named.or_else(numbered).ok_or_else(|| {
        let message = format!("there is no column {wanted}; the columns are {}", listed(headings));
        Problem::new(option, Code::NotFound, message)
    })
}

/// The headings with their numbers, for a message.
pub(crate) fn listed(headings: &[String]) -> String {
    let shown: Vec<String> = headings.iter().take(40).enumerate().map(|(i, h)| format!("{} {h}", i + 1)).collect();
    let more = if headings.len() > 40 { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Says what is missing, and what to type, when rows could not become records at all.
fn complete(plan: &Plan, wanted: &Wanted) -> Result<(), Problem> {
    let kind = plan.kind;
    let decimals = plan.headings.iter().filter(|h| h.contains('.') && h.parse::<f64>().is_ok()).count();
    if !wanted.no_header && (decimals > 1 || plan.headings.iter().any(|h| Postcode::parse(h).is_some())) {
        return Err(Problem::new(
            "",
            Code::NotThisFormat,
            format!(
                "the first row looks like data, not headings: add --no-header and say what the columns are, as in \
                 --map name=2,postcode=10; the first row is {}",
                listed(&plan.headings)
            ),
        ));
    }
    let columns = listed(&plan.headings);
    let missing = |what: &str, hint: &str| {
        Err(Problem::new(
            what.split(' ').next().unwrap_or(""),
            Code::Required,
            format!("no column for the {what} was recognised; add {hint}. The columns are {columns}"),
        ))
    };
    if !plan.has("name") {
        return missing("name", "--map name=COLUMN (a number from 1, or a heading)");
    }
    let needs = match kind.spec().position {
        Position::Free => false,
        // Numbers about areas that are there already need no position: their codes say which they are.
        Position::Needed { .. } if kind.spec().code.is_some() => !plan.has("code"),
        Position::Needed { or, .. } => {
            let at_one_place = || plan.sources("place.name").any(|s| matches!(s, ValueFrom::Fixed(_)));
            !(or.iter().any(|role| plan.has(role)) || places_role(kind).is_some() && at_one_place())
        }
    };
    if needs && !plan.is_placed() {
        let hint =
            "--map lat=COLUMN,lon=COLUMN or easting=COLUMN,northing=COLUMN or grid_ref=COLUMN or postcode=COLUMN";
        let served = if kind.link("service_area").is_some() { ", or --set service_area=CODE" } else { "" };
        return missing("position", &format!("{hint}{served}"));
    }
    if let Some(field) = kind.spec().fields.iter().find(|f| f.required && !plan.has(f.name)) {
        let hint = match field.name {
            "area_set" => "--area-set NAME, such as --area-set lsoa21".to_owned(),
            "type" if kind == Kind::Organisation => "--set type=WORD, such as --set type=voluntary".to_owned(),
            name => format!("--set {name}=VALUE or --map {name}=COLUMN"),
        };
        return missing(field.name, &hint);
    }
    Ok(())
}
