//! Reading and writing inside nested bodies, by paths.

use serde_json::{Map, Value};

use crate::model::Body;

/// Puts a value where `path` says; steps are parted by NUL, since names of indicators hold dots.
pub(crate) fn put(body: &mut Body, path: &str, value: Value) {
    match path.split_once('\u{0}') {
        None => {
            body.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = body.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// The value at a dotted path.
pub(crate) fn get<'a>(body: &'a Body, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.');
    let first = body.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

/// Takes out what a problem's path points at: a field of a group, else the whole first field.
pub(crate) fn take_out(body: &mut Body, path: &str) -> Option<Value> {
    let (root, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    if let (Some(rest), Some(Value::Object(group))) = (rest, body.get_mut(root)) {
        let taken = group.remove(rest);
        if group.is_empty() {
            body.remove(root);
        }
        if taken.is_some() {
            return taken;
        }
    }
    body.remove(root)
}
