//! Which days off count for a record: bank holidays of the nation it lies in, school holidays of its district. By what
//! the caller sees of where it is; where that does not tell, the instance's own.

use serde_json::Value;

use super::membership::codes_of_postcode;
use crate::atlas::{Entry, View};
use crate::model::hours::{Calendar, Nation, Times};
use crate::model::record::stored;
use crate::model::{Kind, Postcode};

/// The days off where a record is, looked up only when its schedule speaks of any.
pub fn about<'a>(entry: &Entry, times: &Times, view: &'a View) -> Calendar<'a> {
    if !times.names_days_off() {
        return Calendar::default();
    }
    let places = std::iter::once(entry).chain(entry.position_givers().filter_map(|id| view.get(id)));
    let postcodes: Vec<Postcode> = places.filter_map(postcode).collect();
    let mut codes: Vec<String> = postcodes.iter().flat_map(|code| codes_of_postcode(code.as_str(), view)).collect();
    // A service of an area is kept to by the people of the area.
    if postcodes.is_empty() {
        codes = areas_of(entry, view);
    }
    let by_code = only(codes.iter().filter_map(|code| Nation::of_area(code)));
    let nation = by_code.or_else(|| only(postcodes.iter().filter_map(Nation::of_postcode)));
    Calendar { nation: nation.unwrap_or(view.nation()), terms: view.datasets().terms.as_deref(), districts: codes }
}

fn postcode(entry: &Entry) -> Option<Postcode> {
    stored(&entry.body).get("postcode").and_then(Value::as_str).and_then(Postcode::parse)
}

/// Codes of the areas that a record names, with those above them.
fn areas_of(entry: &Entry, view: &View) -> Vec<String> {
    const STEPS: usize = 10;
    let mut next: Vec<&Entry> =
        ["service_area", "area"].iter().flat_map(|role| entry.linked(role)).filter_map(|id| view.get(id)).collect();
    let mut codes = Vec::new();
    for _ in 0..STEPS {
        let coded = next.iter().filter(|area| area.kind == Kind::Area).filter_map(|area| area.code());
        codes.extend(coded.flat_map(|code| view.datasets().successors(code)));
        next = next.iter().flat_map(|area| area.linked("parent")).filter_map(|id| view.get(id)).collect();
    }
    codes
}

/// What all of them are; none where they differ, or where there is none.
fn only<T: PartialEq>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}
