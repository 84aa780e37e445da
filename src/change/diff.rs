//! Which fields two bodies differ in. Fields of the server's own do not count.

use serde_json::Value;
use std::collections::BTreeSet;

use crate::model::Body;
use crate::model::common::SERVERS_OWN;

/// Names of the fields whose values differ, links as `links.<role>`; sorted.
pub fn fields(before: &Body, after: &Body) -> Vec<String> {
    let names: BTreeSet<String> = flat_names(before).chain(flat_names(after)).collect();
    names.into_iter().filter(|name| get(before, name) != get(after, name)).collect()
}

/// The value of a field or of `links.<role>`; null and absent are the same.
pub fn get<'a>(body: &'a Body, name: &str) -> Option<&'a Value> {
    let value = match name.strip_prefix("links.") {
        Some(role) => body.get("links")?.get(role),
        None => body.get(name),
    };
    value.filter(|v| !v.is_null())
}

/// Sets or clears a field or `links.<role>`.
pub fn set(body: &mut Body, name: &str, value: Option<Value>) {
    let (map, key) = match name.strip_prefix("links.") {
        Some(role) => {
            let links = body.entry("links").or_insert_with(|| Value::Object(Body::new()));
            let Value::Object(links) = links else { return };
            (links, role)
        }
        None => (body, name),
    };
    match value {
        Some(value) => map.insert(key.to_owned(), value),
        None => map.remove(key),
    };
}

fn flat_names(body: &Body) -> impl Iterator<Item = String> + '_ {
    let own = |name: &&String| name.as_str() != "links" && !SERVERS_OWN.contains(&name.as_str());
    let links = body.get("links").and_then(Value::as_object).into_iter().flatten();
    body.keys().filter(own).cloned().chain(links.map(|(role, _)| format!("links.{role}")))
}
