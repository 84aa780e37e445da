//! What one caller is shown of a record (CONTRACT §5).

use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::{links, point, texts};
use crate::atlas::{Level, Viewer};
use crate::model::cell;

/// What stays of what stands at a withheld place.
const STAYS: [&str; 30] = [
    "id",
    "kind",
    "version",
    "name",
    "description",
    "visibility",
    "type",
    "delivery",
    "for",
    "referral",
    "accepting",
    "capacity",
    "cost",
    "schedule",
    "hours",
    "slots",
    "languages",
    "first_visit",
    "checks",
    "status",
    "from",
    "until",
    "email",
    "contact_role",
    "links",
    "eligibility",
    "unclear",
    "owner",
    "what",
    "reason",
];

/// What of its eligibility, and of what nobody could read, stays.
const STAYS_WITHIN: [&str; 8] =
    ["min_age", "max_age", "group", "status", "from", "until", "eligibility.min_age", "eligibility.max_age"];

/// A body as a viewer is shown it; none when it is hidden.
pub fn to(stored: &BTreeMap<String, Value>, body: &Value, viewer: &Viewer) -> Option<Value> {
    if !sees(body, viewer) {
        return None;
    }
    let find = |id: &Value| stored.values().find(|other| other["id"] == *id);
    let seen = |id: &Value| find(id).is_some_and(|other| sees(other, viewer));
    let mut shown = body.clone();
    let places: Vec<&Value> = ["places", "place"].iter().flat_map(|role| links(body, role)).filter_map(find).collect();
    let delicate = |other: &&Value| is_approximate(other) && !owns(other, viewer);
    if !owns(body, viewer) && (is_approximate(body) || places.iter().any(delicate)) {
        let own = point(&body["point"]);
        let mut approximate: Vec<&&Value> =
            places.iter().filter(|place| is_approximate(place) && sees(place, viewer)).collect();
        approximate.sort_by_key(|place| place["id"].to_string());
        let at = own.or_else(|| approximate.into_iter().find_map(|place| point(&place["point"])));
        let fields = shown.as_object_mut()?;
        fields.retain(|name, _| STAYS.contains(&name.as_str()));
        fields.insert("point".to_owned(), json!(at.map(cell::centre)));
        fields.insert("precision".to_owned(), json!("approximate"));
        fields.insert("withheld".to_owned(), json!(true));
        if let Some(eligibility) = fields.get_mut("eligibility").and_then(Value::as_object_mut) {
            eligibility.retain(|name, _| STAYS_WITHIN.contains(&name.as_str()));
        }
        let mut unclear: Vec<&str> = texts(&body["unclear"]);
        unclear.retain(|path| STAYS_WITHIN.contains(path));
        if body["kind"] == "service" {
            // What is gone decides nothing: it is unknown.
            unclear.extend(["service_area", "eligibility.districts", "eligibility.practices"]);
        }
        fields.insert("unclear".to_owned(), json!(unclear));
        fields.insert("owner".to_owned(), Value::Null);
        let to_terms = |role: &str| ["categories", "category"].contains(&role);
        fields["links"].as_object_mut()?.retain(|role, _| to_terms(role));
    }
    if !seen(&shown["owner"]) {
        shown["owner"] = Value::Null;
    }
    for ids in shown["links"].as_object_mut()?.values_mut() {
        ids.as_array_mut()?.retain(&seen);
    }
    Some(shown)
}

fn sees(body: &Value, viewer: &Viewer) -> bool {
    match body["visibility"].as_str() {
        Some("public") => true,
        Some("partners") => viewer.level >= Level::Partner,
        Some("exercise") => {
            owns(body, viewer) || viewer.exercises.iter().any(|id| links(body, "exercise").any(|of| *of == json!(id)))
        }
        _ => owns(body, viewer),
    }
}

/// Whether it is the caller's own organisation's, as its owner or as one of those who provide it.
fn owns(body: &Value, viewer: &Viewer) -> bool {
    let mine = |id: &Value| viewer.organisation.is_some_and(|mine| *id == json!(mine));
    let provided = ["service", "resource"].iter().any(|kind| body["kind"] == *kind);
    viewer.level == Level::Admin || mine(&body["owner"]) || (provided && links(body, "provider").any(mine))
}

fn is_approximate(body: &Value) -> bool {
    body["precision"] == "approximate"
}
