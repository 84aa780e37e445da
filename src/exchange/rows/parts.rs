//! From a row to records: the row's own, and for a service the place it is held at and who provides it. Values pass
//! the same checks as a form's; a value that does not fit costs the row only where the record makes no sense without
//! it, else the field is left out and a warning says so.

use csv::StringRecord;

use super::checked::checked;
use super::draft::{Draft, text};
use crate::exchange::lookups::Lookups;
use crate::exchange::plan::{Of, Plan, key};
use crate::exchange::read::outline::Outline;
use crate::model::{Body, Code, Kind, Problem};

/// One record that a row describes.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// `self`, `place` or `provider`: with list and key, what the record is found again by.
    pub role: &'static str,
    /// Its key in the list.
    pub key: String,
    /// Its kind.
    pub kind: Kind,
    /// Checked fields; `links` may hold `@place` and `@provider` for the row's own parts, and categories as the list
    /// words them.
    pub body: Body,
    /// Fields that only fill a void: a point inside an outline where nobody said where the people live, a code for want
    /// of a name.
    pub weak: Vec<&'static str>,
    /// It says nothing of where it is, so it can only join a record that is there.
    pub joins: bool,
}

/// Reads one row; what is wrong is all told at once.
pub(crate) fn parts(
    plan: &Plan,
    row: &StringRecord,
    outline: Option<&Outline>,
    types: &[(String, String)],
    lookups: &dyn Lookups,
    warnings: &mut Vec<Problem>,
) -> Result<Vec<Part>, Vec<Problem>> {
    let mut draft = Draft::new(plan, row);
    draft.fill(warnings);
    draft.link_known();
    draft.types(types);
    draft.locate(outline, lookups, warnings);
    draft.link_up();
    let mut out = Vec::with_capacity(3);
    let own_key = key::of(plan, row, outline).unwrap_or_default();
    if own_key.is_empty() {
        let column = plan.key.and_then(|k| plan.headings.get(k)).cloned().unwrap_or_default();
        draft.problems.push(Problem::new(column, Code::Required, "this row has nothing in its key column"));
    }
    let weak = draft.weak();
    let Draft { own, place, provider, mut problems, lost, joins, .. } = draft;
    for (role, of, body) in [("self", Of::Own, own), ("place", Of::Place, place), ("provider", Of::Provider, provider)]
    {
        if of != Of::Own && !body.contains_key("name") {
            continue;
        }
        let is_own = of == Of::Own;
        match checked(plan, row, of, body, is_own && joins, warnings) {
            Ok(body) => {
                let key = match of {
                    Of::Own => own_key.clone(),
                    Of::Place => key::named(text(&body, "name"), text(&body, "postcode"), body.get("point")),
                    Of::Provider => key::of_organisation(&body),
                };
                let weak = if is_own { weak.clone() } else { Vec::new() };
                out.push(Part { role, key, kind: of.kind(plan.kind), body, weak, joins: is_own && joins });
            }
            // What the search for a position said is not said again.
            Err(found) => {
                let known = |p: &Problem| lost && p.code == Code::Required && matches!(&*p.field, "point" | "places");
                problems.extend(found.into_iter().filter(|p| !known(p)));
            }
        }
    }
    if problems.is_empty() { Ok(out) } else { Err(problems) }
}
