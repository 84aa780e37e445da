//! What is remembered of a list beside the record it became: each part as it came last. Marks of ours in it begin with a
//! tilde, which no field does.

use serde_json::{Value, json};

use crate::atlas::View;
use crate::change::{diff, redact};
use crate::model::record::stored;
use crate::model::{Body, Kind};

/// Names of the fields that only filled a void.
const WEAK: &str = "~weak";
/// That a list which holds everything no longer held it.
pub const GONE: &str = "~gone";

fn is_mark(name: &str) -> bool {
    name.starts_with('~')
}

/// Fields in which two parts differ.
pub fn fields(before: &Body, after: &Body) -> Vec<String> {
    diff::fields(before, after).into_iter().filter(|name| !is_mark(name)).collect()
}

/// Whether a list's word was taken away by an undo: nothing is left of it, but what was erased.
pub fn is_undone(part: &Body) -> bool {
    let erased = redact::erased(part);
    part.iter().all(|(name, value)| is_mark(name) || erased.get(name) == Some(value))
}

/// Notes which fields of a part only fill a void.
pub fn mark_weak(part: &mut Body, weak: &[&str]) {
    if !weak.is_empty() {
        part.insert(WEAK.to_owned(), json!(weak));
    }
}

/// Whether a field of a part only filled a void.
pub fn is_weak(part: &Body, field: &str) -> bool {
    part.get(WEAK).and_then(Value::as_array).is_some_and(|weak| weak.iter().any(|f| f == field))
}

/// What a list said and this row does not speak of stays remembered as it was, so that it does not go.
pub fn keep_unsaid(before: &Body, told: &mut Body, unsaid: &dyn Fn(&str) -> bool) {
    for name in fields(before, told) {
        if diff::get(told, &name).is_none() && unsaid(&name) {
            diff::set(told, &name, diff::get(before, &name).cloned());
        }
    }
}

/// A list's part once an undo has put a record back from `undone` to `now`: what came of the list and went with the
/// undo is what it was before, so that the same list brings it again. `None` where nothing of it went.
pub fn after_undo(part: &str, undone: &Body, now: &Body) -> Option<Body> {
    let mut part = stored(part);
    let mut any = false;
    for name in fields(undone, now) {
        let Some(told) = diff::get(&part, &name) else { continue };
        // A list words its links, a record holds ids: what it said of them is forgotten.
        let is_link = name.starts_with("links.");
        if is_link || Some(told) == diff::get(undone, &name) {
            let before = diff::get(now, &name).cloned().filter(|_| !is_link);
            diff::set(&mut part, &name, before);
            any = true;
        }
    }
    any.then_some(part)
}

/// Headings whose column of a list is published on what the list brought before.
pub fn published_columns(view: &View, kind: Kind, list: &str) -> Vec<String> {
    let mut headings = Vec::new();
    for entry in view.of_kind(kind).filter(|e| e.body.contains("\"published\":[")) {
        let body = stored(&entry.body);
        let of_list = |s: &Value| s.get("list").and_then(Value::as_str) == Some(list);
        if body.get("sources").and_then(Value::as_array).is_some_and(|s| s.iter().any(of_list)) {
            let named = body.get("published").and_then(Value::as_array).into_iter().flatten();
            headings.extend(named.filter_map(Value::as_str).map(str::to_owned));
        }
    }
    headings.sort_unstable();
    headings.dedup();
    headings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(value: Value) -> Body {
        value.as_object().unwrap().clone()
    }

    // R6.
    #[test]
    fn what_an_undo_took_of_a_list_the_list_may_bring_again() {
        let part = r#"{"name":"Hall","phone":"2","links":{"categories":["food"]},"indicators":{"a":1}}"#;
        let undone = body(
            json!({"name": "Hall", "phone": "2", "links": {"categories": ["id"]}, "indicators": {"a": 1, "b": 5}}),
        );
        let now = body(json!({"name": "Hall", "phone": "1", "links": {}, "indicators": {"b": 4}}));
        let after = after_undo(part, &undone, &now).unwrap();
        assert_eq!(after["phone"], "1");
        assert_eq!(after.get("indicators"), None);
        assert_eq!(after["links"], json!({}));
        assert_eq!(after_undo(part, &now, &now), None);
        // Somebody else's word that went is none of the list's.
        let other = body(json!({"name": "Hall", "phone": "3"}));
        assert_eq!(after_undo(r#"{"name":"Hall","phone":"2"}"#, &other, &now), None);
    }
}
