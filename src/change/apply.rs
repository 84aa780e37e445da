//! From what somebody wants to what is appended: new bodies with version, times, sources and origins of fields.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Change, Op, SCHEMA, Stamp, diff, redact};
use crate::model::personal::is_redacted;
use crate::model::record::{canonical, drop_unlinked, links_of, stored, usual_visibility};
use crate::model::{Body, Id, Kind, Origin, Owner};

/// A record as the store has it now.
#[derive(Debug, Clone, PartialEq)]
pub struct Present {
    /// Its identity.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// Its version, deleted or not.
    pub version: u32,
    /// Its body; none once it is deleted.
    pub body: Option<Body>,
}

/// Where a row of a list comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The list's name.
    pub list: String,
    /// The row's key in it.
    pub key: String,
}

/// A record that was not there before. `seq` is filled in when it is appended.
pub fn create(
    id: Id,
    kind: Kind,
    fields: Body,
    owner: Option<Id>,
    from: (Origin, Option<&Source>),
    stamp: &Stamp,
) -> Change {
    let mut body = complete(kind, fields);
    let (origin, source) = from;
    body.insert("id".to_owned(), json!(id));
    body.insert("kind".to_owned(), json!(kind.name()));
    body.insert("version".to_owned(), json!(1));
    body.insert("owner".to_owned(), json!(owner));
    settle_owner(&mut body, id, kind);
    body.insert("origins".to_owned(), json!({"*": origin.as_str()}));
    body.insert("sources".to_owned(), Value::Array(source.map(source_json).into_iter().collect()));
    body.insert("created_at".to_owned(), json!(stamp.at.to_string()));
    body.insert("updated_at".to_owned(), json!(stamp.at.to_string()));
    change(Op::Create, id, kind, 1, None, Some(&body), stamp)
}

/// A record that was taken away, brought again with what is said of it now; its history goes on.
pub fn restore(
    gone: &Present,
    fields: Body,
    owner: Option<Id>,
    from: (Origin, Option<&Source>),
    stamp: &Stamp,
) -> Change {
    let anew = create(gone.id, gone.kind, fields, owner, from, stamp);
    let body = anew.after.as_deref().map(stored).unwrap_or_default();
    updated(Op::Restore, gone, body, stamp)
}

/// Whose a record is, where its kind tells: a service and a resource are their provider's, an organisation its own.
fn settle_owner(body: &mut Body, id: Id, kind: Kind) {
    let owner = match kind.spec().owner {
        Owner::Itself => Some(id),
        // Of several equal ones, each.
        Owner::Named(role) => links_of(body, role).next().filter(|_| links_of(body, role).nth(1).is_none()),
        Owner::Maker | Owner::Nobody => return,
    };
    body.insert("owner".to_owned(), json!(owner));
}

/// The whole body replaced by `fields`; `None` when nothing differs.
pub fn replace(present: &Present, fields: Body, owner: Option<Id>, origin: Origin, stamp: &Stamp) -> Option<Change> {
    let before = present.body.as_ref()?;
    let mut after = complete(present.kind, fields);
    for own in ["id", "kind", "version", "sources", "origins", "created_at", "updated_at"] {
        if let Some(value) = before.get(own) {
            after.insert(own.to_owned(), value.clone());
        }
    }
    after.insert("owner".to_owned(), json!(owner));
    settle_owner(&mut after, present.id, present.kind);
    let changed = diff::fields(before, &after);
    if changed.is_empty() && before.get("owner") == after.get("owner") {
        return None;
    }
    note_origins(&mut after, &changed, origin);
    Some(updated(Op::Update, present, after, stamp))
}

/// What a list may change: only `fields` that differ from the list's last row, and only where nobody of a higher
/// origin wrote. Answers the change, if any, and the names of the fields that were kept as they are.
pub fn patch(
    present: &Present,
    fields: &[(String, Option<Value>)],
    origin: Origin,
    source: Option<&Source>,
    stamp: &Stamp,
) -> (Option<Change>, Vec<String>) {
    let Some(before) = present.body.as_ref() else { return (None, Vec::new()) };
    let mut after = before.clone();
    let (mut changed, mut kept) = (Vec::new(), Vec::new());
    for (name, value) in fields {
        if diff::get(before, name) == value.as_ref() {
            continue;
        }
        // What was erased is brought back by its owner's own hand only.
        let erased = diff::get(before, name)
            .is_some_and(|now| is_redacted(now) || (value.is_none() && redact::holds_erased(now)));
        if erased || origin_of(before, name) > origin as usize {
            kept.push(name.clone());
        } else {
            diff::set(&mut after, name, value.clone());
            changed.push(name.clone());
        }
    }
    after = complete(present.kind, after);
    let mut new_source = false;
    if let (Some(source), Some(Value::Array(sources))) = (source, after.get_mut("sources")) {
        let entry = source_json(source);
        new_source = !sources.contains(&entry);
        if new_source {
            sources.push(entry);
        }
    }
    if changed.is_empty() && !new_source {
        return (None, kept);
    }
    note_origins(&mut after, &changed, origin);
    (Some(updated(Op::Update, present, after, stamp)), kept)
}

/// The record taken away.
pub fn delete(present: &Present, stamp: &Stamp) -> Option<Change> {
    let before = present.body.as_ref()?;
    Some(change(Op::Delete, present.id, present.kind, present.version + 1, Some(before), None, stamp))
}

/// One reference taken out of a record (the thing it pointed to goes away).
pub fn unlink(present: &Present, targets: &[Id], stamp: &Stamp) -> Option<Change> {
    let before = present.body.as_ref()?;
    let mut after = before.clone();
    drop_links(&mut after, targets);
    Some(updated(Op::Update, present, after, stamp))
}

/// Takes references to these records out of a body.
pub fn drop_links(body: &mut Body, targets: &[Id]) {
    let gone: Vec<Value> = targets.iter().map(|id| json!(id)).collect();
    let Some(Value::Object(links)) = body.get_mut("links") else { return };
    for (_, list) in links.iter_mut() {
        if let Value::Array(ids) = list {
            ids.retain(|id| !gone.contains(id));
        }
    }
    links.retain(|_, list| list.as_array().is_some_and(|ids| !ids.is_empty()));
    if let Some(kind) = body.get("kind").and_then(|kind| Kind::by_name(kind.as_str()?)) {
        drop_unlinked(kind, body);
    }
}

/// A new body for a record that is there, with version and time moved on.
pub fn updated(op: Op, present: &Present, mut after: Body, stamp: &Stamp) -> Change {
    let version = present.version + 1;
    settle_owner(&mut after, present.id, present.kind);
    after.insert("version".to_owned(), json!(version));
    after.insert("updated_at".to_owned(), json!(not_before(present.body.as_ref(), &after, stamp.at).to_string()));
    change(op, present.id, present.kind, version, present.body.as_ref(), Some(&after), stamp)
}

/// The moment of a change, but never one before those that the record tells of: clocks are set back.
fn not_before(before: Option<&Body>, after: &Body, at: Timestamp) -> Timestamp {
    let told = |body: &Body, name: &str| body.get(name)?.as_str()?.parse::<Timestamp>().ok();
    let updated = before.and_then(|body| told(body, "updated_at"));
    [told(after, "created_at"), updated].into_iter().flatten().fold(at, Timestamp::max)
}

/// The record as it stands after a change.
pub fn present_after(change: &Change) -> Option<Present> {
    Some(Present {
        id: change.record?,
        kind: change.kind?,
        version: change.version,
        body: change.after.as_deref().map(stored),
    })
}

pub(super) fn change(
    op: Op,
    id: Id,
    kind: Kind,
    version: u32,
    before: Option<&Body>,
    after: Option<&Body>,
    stamp: &Stamp,
) -> Change {
    Change {
        seq: 0,
        id: Uuid::nil(),
        op,
        of: None,
        kind: Some(kind),
        record: Some(id),
        version,
        schema: SCHEMA,
        before: before.map(canonical),
        after: after.map(canonical),
        by: stamp.by,
        at: stamp.at,
        why: stamp.why.clone(),
        exercise: None,
        batch: stamp.batch,
    }
}

/// The keys that a record always shows, null or empty where nothing is known.
fn complete(kind: Kind, mut body: Body) -> Body {
    let visibility = usual_visibility(kind, &body);
    for (key, value) in [
        ("visibility", json!(visibility)),
        ("precision", json!("exact")),
        ("links", json!({})),
        ("point", Value::Null),
        ("assured", Value::Null),
    ] {
        body.entry(key).or_insert(value);
    }
    body
}

fn source_json(source: &Source) -> Value {
    json!({"list": source.list, "key": source.key})
}

fn origin_of(body: &Body, field: &str) -> usize {
    let whole = field.split('.').next().unwrap_or(field);
    let named = body.get("origins").and_then(|o| o.get(field).or_else(|| o.get(whole)).or_else(|| o.get("*")));
    named.and_then(Value::as_str).and_then(Origin::by_name).map_or(0, |o| o as usize)
}

fn note_origins(body: &mut Body, changed: &[String], origin: Origin) {
    let origins = body.entry("origins").or_insert_with(|| json!({"*": origin.as_str()}));
    let Value::Object(origins) = origins else { return };
    let rest = origins.get("*").cloned();
    for field in changed {
        if rest.as_ref().is_some_and(|r| r == origin.as_str()) {
            origins.remove(field);
        } else {
            origins.insert(field.clone(), json!(origin.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_takes_no_record_back_in_time() {
        let by = |at: &str| Stamp { by: Uuid::nil(), at: at.parse().unwrap(), why: None, batch: Uuid::nil() };
        let fields = |name: &str| serde_json::from_value::<Body>(json!({"name": name})).unwrap();
        let made =
            create(Uuid::nil(), Kind::Place, fields("a"), None, (Origin::Owner, None), &by("2026-06-02T00:00:00Z"));
        let mut present = present_after(&made).unwrap();
        for (at, told) in [
            ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"),
            ("2026-06-03T00:00:00Z", "2026-06-03T00:00:00Z"),
            ("1969-01-01T00:00:00Z", "2026-06-03T00:00:00Z"),
        ] {
            let changed = replace(&present, fields(at), None, Origin::Owner, &by(at)).unwrap();
            present = present_after(&changed).unwrap();
            assert_eq!(present.body.as_ref().unwrap()["updated_at"], told, "{at}");
        }
    }
}
