//! Which fields two bodies differ in. Fields of the server's own do not count.

use serde_json::Value;
use std::collections::BTreeSet;

use crate::model::Body;
use crate::model::common::SERVERS_OWN;

/// Fields whose entries are named freely: each entry is a field by itself, so that two lists of the same areas change
/// different indicators of theirs.
const MAPS: [&str; 5] = ["links", "indicators", "indicator_types", "groups", "further"];

/// Names of the fields whose values differ, an entry of a map as `links.<role>` or `indicators.<name>`; sorted.
pub fn fields(before: &Body, after: &Body) -> Vec<String> {
    let names: BTreeSet<String> = flat_names(before).chain(flat_names(after)).collect();
    names.into_iter().filter(|name| get(before, name) != get(after, name)).collect()
}

/// The map and the entry that a name means; `None` for a plain field. Names of indicators hold dots.
fn entry(name: &str) -> Option<(&str, &str)> {
    name.split_once('.').filter(|(map, _)| MAPS.contains(map))
}

/// The value of a field or of an entry of a map; null and absent are the same.
pub fn get<'a>(body: &'a Body, name: &str) -> Option<&'a Value> {
    let value = match entry(name) {
        Some((map, key)) => body.get(map)?.get(key),
        None => body.get(name),
    };
    value.filter(|v| !v.is_null())
}

/// Sets or clears a field or an entry of a map; a map that is empty then goes, but for `links`, which every record has.
pub fn set(body: &mut Body, name: &str, value: Option<Value>) {
    let Some((map, key)) = entry(name) else {
        match value {
            Some(value) => body.insert(name.to_owned(), value),
            None => body.remove(name),
        };
        return;
    };
    let inner = body.entry(map).or_insert_with(|| Value::Object(Body::new()));
    if !inner.is_object() {
        *inner = Value::Object(Body::new());
    }
    let Value::Object(entries) = inner else { return };
    match value {
        Some(value) => entries.insert(key.to_owned(), value),
        None => entries.remove(key),
    };
    if entries.is_empty() && map != "links" {
        body.remove(map);
    }
}

fn flat_names(body: &Body) -> impl Iterator<Item = String> + '_ {
    let own = |name: &&String| !SERVERS_OWN.contains(&name.as_str());
    body.iter().filter(move |(name, _)| own(name)).flat_map(|(name, value)| match value {
        Value::Object(entries) if MAPS.contains(&name.as_str()) => {
            entries.keys().map(|key| format!("{name}.{key}")).collect::<Vec<String>>()
        }
        // A body that holds no map there is compared as a whole.
        _ => vec![name.clone()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(value: Value) -> Body {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn each_entry_of_a_map_is_a_field_by_itself() {
        let before =
            body(json!({"name": "A", "indicators": {"population": 1, "0.5 km": 2}, "links": {"parent": ["x"]}}));
        let after =
            body(json!({"name": "A", "indicators": {"population": 3, "0.5 km": 2}, "groups": {"rural": "yes"}}));
        assert_eq!(fields(&before, &after), ["groups.rural", "indicators.population", "links.parent"]);
        assert_eq!(get(&before, "indicators.0.5 km"), Some(&json!(2)));
        let mut now = before.clone();
        for name in fields(&before, &after) {
            set(&mut now, &name, get(&after, &name).cloned());
        }
        assert_eq!(now["indicators"], after["indicators"]);
        assert_eq!(now["groups"], after["groups"]);
        set(&mut now, "groups.rural", None);
        assert!(!now.contains_key("groups"), "an empty map is none");
        assert_eq!(now["links"], json!({}));
    }
}
