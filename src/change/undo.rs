//! Taking back: field by field what nobody touched since; the rest is listed with who touched it.

use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::apply::{self, Present};
use super::{Change, Op, Stamp, diff};
use crate::model::record::stored;
use crate::model::{Body, Id};

/// Something that an undo left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The record.
    pub record: Id,
    /// The field, or none when it is the whole record.
    pub field: Option<String>,
    /// The account that touched it since; none when other records hold it in place.
    pub by: Option<Uuid>,
}

/// What is known of a record whose changes are to be taken back.
pub struct Past<'a> {
    /// The record now.
    pub present: &'a Present,
    /// Its whole history, oldest first.
    pub history: &'a [Change],
}

/// What taking back comes to for one record, as far as the record alone tells.
#[derive(Debug, Default)]
pub struct Turn {
    /// What is to be done; none when nothing is.
    pub change: Option<Change>,
    /// What is left as it is, since somebody touched it.
    pub kept: Vec<Kept>,
    /// It is there only by what is undone: what stays and links to it holds it.
    pub made: bool,
}

/// Takes back every change of `undone` on one record, newest first, as one change. A record that was changed already in
/// the batch of this undo, which was cut off then, had its turn.
pub fn undo(past: &Past<'_>, undone: &dyn Fn(&Change) -> bool, stamp: &Stamp) -> Turn {
    let mut kept = Vec::new();
    let Some(first) = past.history.iter().find(|c| undone(c)) else { return Turn::default() };
    let last = past.history.iter().rfind(|c| undone(c)).unwrap_or(first);
    if is_back(past.history, undone) || past.history.iter().any(|c| c.batch == stamp.batch) {
        return Turn::default();
    }
    let mut made = false;
    let touched = touched_since(past.history, undone, first);
    let before: Option<Body> = first.before.as_deref().map(stored);
    let after: Option<Body> = last.after.as_deref().map(stored);
    let id = past.present.id;
    let change = match (before, after, &past.present.body) {
        // Created by what is undone: goes, unless others hold it.
        (None, _, Some(_)) => {
            made = true;
            if let Some((_, by)) = touched.first_key_value() {
                kept.push(Kept { record: id, field: None, by: Some(*by) });
                None
            } else {
                apply::delete(past.present, stamp)
            }
        }
        // Deleted by what is undone: comes back.
        (Some(before), None, None) => {
            let deleted = Present { body: None, ..past.present.clone() };
            Some(apply::updated(Op::Undo, &deleted, before, stamp))
        }
        (Some(before), Some(after), Some(now)) => {
            let mut body = now.clone();
            let mut any = false;
            for field in diff::fields(&before, &after) {
                match touched.get(&field) {
                    Some(by) => kept.push(Kept { record: id, field: Some(field), by: Some(*by) }),
                    None => {
                        diff::set(&mut body, &field, diff::get(&before, &field).cloned());
                        restore_origin(&mut body, &before, &field);
                        any = true;
                    }
                }
            }
            any.then(|| apply::updated(Op::Undo, past.present, body, stamp))
        }
        // Somebody else deleted or brought it back since: their act stands.
        _ => {
            kept.push(Kept { record: id, field: None, by: past.history.last().map(|c| c.by) });
            None
        }
    };
    let change = change.map(|c| Change { op: Op::Undo, of: Some(last.id), ..c });
    Turn { change, kept, made }
}

/// Whether nothing happened since it was taken back: who asks again, after an undo that was cut off, finds it done.
fn is_back(history: &[Change], undone: &dyn Fn(&Change) -> bool) -> bool {
    let Some(newest) = history.last().filter(|c| c.op == Op::Undo) else { return false };
    history.iter().any(|c| undone(c) && Some(c.id) == newest.of)
}

/// A value that goes back is again the word of whoever it came from.
fn restore_origin(body: &mut Body, before: &Body, field: &str) {
    let said = before.get("origins").and_then(|o| o.get(field)).cloned();
    if let Some(serde_json::Value::Object(origins)) = body.get_mut("origins") {
        match said {
            Some(origin) => origins.insert(field.to_owned(), origin),
            None => origins.remove(field),
        };
    }
}

/// Fields that changes outside the undone ones touched after `first`, with who did it last. Showing a column of the list
/// to everybody adds nothing of one's own to a record, so it does not hold it in place.
fn touched_since(history: &[Change], undone: &dyn Fn(&Change) -> bool, first: &Change) -> BTreeMap<String, Uuid> {
    let mut touched = BTreeMap::new();
    for change in history.iter().filter(|c| c.seq > first.seq && !undone(c)) {
        let body = |text: &Option<String>| text.as_deref().map(stored).unwrap_or_default();
        for field in diff::fields(&body(&change.before), &body(&change.after)).into_iter().filter(|f| f != "published")
        {
            touched.insert(field, change.by);
        }
    }
    touched
}
