//! What stays of a record whose position is withheld: fields and links that tell nothing of where it is (CONTRACT §5). A
//! list of what may stay, not of what to hide: a field that nobody thought of is gone.
//!
//! What is gone is unknown, not unsaid: where silence would have a meaning, the field's name stands under `unclear`. It is
//! the same for all of a kind, since that a record is for some area only would tell of where it is.

use serde_json::{Value, json};

use super::record::fields_of;
use super::shape::{Field, Shape};
use super::{Body, Kind, Link};

/// The field by which a record says that one has to ask where it is.
pub const ON_REQUEST: &str = "place_on_request";

/// Fields and roles that say for whom something is: to be silent about one is to be for everybody.
pub const FOR_WHOM: [&str; 5] =
    ["service_area", "eligibility.districts", "eligibility.practices", "eligibility.min_age", "eligibility.max_age"];

/// Whether links of this role stay: what it does, not where, by whom or at what.
pub fn link_stays(link: &Link) -> bool {
    link.target == Kind::Category
}

/// Leaves what stays, and says that the position is approximate. `point` is as exact as may be told.
pub fn leave(kind: Kind, body: &mut Body, point: Option<super::Point>) {
    for field in fields_of(kind).iter().filter(|field| !field.stays) {
        leave_parts(body, field);
    }
    body.insert("point".to_owned(), json!(point));
    body.insert("assured".to_owned(), Value::Null);
    body.insert("precision".to_owned(), json!("approximate"));
    if body.get("owner") != body.get("id") {
        body.insert("owner".to_owned(), Value::Null);
    }
    for source in body.get_mut("sources").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(source) = source {
            source.insert("key".to_owned(), json!(""));
        }
    }
    if let Some(Value::Object(links)) = body.get_mut("links") {
        links.retain(|role, _| kind.link(role).is_some_and(link_stays));
    }
    let (stay, gone) = unclear(kind);
    keep_names(body, "unclear", &stay, &gone);
    keep_names(body, "illustrative", &illustrative(kind), &[]);
}

/// Names that stay under `unclear`, and those that stand there since they are gone.
pub fn unclear(kind: Kind) -> (Vec<String>, Vec<String>) {
    let known = paths(kind);
    let stay = known.iter().filter(|(_, stays)| *stays).map(|(path, _)| path.clone()).collect();
    let gone = known.iter().filter(|(path, stays)| !stays && FOR_WHOM.contains(&path.as_str()));
    (stay, gone.map(|(path, _)| path.clone()).collect())
}

/// Names that stay under `illustrative`.
pub fn illustrative(kind: Kind) -> Vec<String> {
    let stay = paths(kind).into_iter().filter(|(_, stays)| *stays).map(|(path, _)| path);
    std::iter::once("*".to_owned()).chain(stay).collect()
}

/// Every field, part of a field and role, and whether it stays.
fn paths(kind: Kind) -> Vec<(String, bool)> {
    let of = |field: &Field| -> Vec<(String, bool)> {
        let parts: &[Field] = match field.shape {
            Shape::Group(parts) => parts,
            _ => &[],
        };
        let parts = parts.iter().map(|part| (format!("{}.{}", field.name, part.name), field.stays || part.stays));
        std::iter::once((field.name.to_owned(), field.stays)).chain(parts).collect()
    };
    let roles = kind.spec().links.iter().map(|link| (link.name.to_owned(), link_stays(link)));
    fields_of(kind).iter().flat_map(of).chain(roles).collect()
}

/// Of a field that goes, those parts stay that say so.
fn leave_parts(body: &mut Body, field: &Field) {
    let Some(value) = body.remove(field.name) else { return };
    let (Shape::Group(parts), Value::Object(mut group)) = (field.shape, value) else { return };
    group.retain(|name, _| parts.iter().any(|part| part.stays && part.name == name));
    if !group.is_empty() {
        body.insert(field.name.to_owned(), Value::Object(group));
    }
}

fn keep_names(body: &mut Body, field: &str, stay: &[String], also: &[String]) {
    let names = match body.remove(field) {
        Some(Value::Array(names)) => names,
        _ => Vec::new(),
    };
    let kept = names.into_iter().filter(|name| name.as_str().is_some_and(|name| stay.iter().any(|s| s == name)));
    let names: Vec<Value> = kept.chain(also.iter().map(|name| json!(name))).collect();
    if !names.is_empty() {
        body.insert(field.to_owned(), Value::Array(names));
    }
}
