//! Erasure: a personal value is overwritten wherever it is stored, and stays so whatever lists bring later.

use super::{Change, SCHEMA};
use crate::model::personal::{is_redacted, redacted};
use crate::model::record::{canonical, stored};
use crate::model::shape::{Field, Shape};
use crate::model::{Body, Kind, record::fields_of};

/// The fields of a kind that can be redacted, as paths: those that reach a person, and free text that may name one.
pub fn redactable(kind: Kind) -> Vec<String> {
    paths(&fields_of(kind))
}

fn paths(fields: &[Field]) -> Vec<String> {
    let of = |field: &Field| match field.shape {
        Shape::Group(inner) => paths(inner).into_iter().map(|path| format!("{}.{path}", field.name)).collect(),
        _ if field.redactable() => vec![field.name.to_owned()],
        _ => Vec::new(),
    };
    fields.iter().flat_map(of).collect()
}

/// A stored body without these values; `None` where it holds none of them.
pub fn body(text: &str, fields: &[String]) -> Option<String> {
    let mut body = stored(text);
    let mut any = false;
    for field in fields {
        let mut steps = field.split('.');
        let first = steps.next().and_then(|step| body.get_mut(step));
        let value = steps.try_fold(first, |value, step| Some(value?.get_mut(step))).flatten();
        if let Some(value) = value.filter(|v| !v.is_null() && !is_redacted(v)) {
            *value = redacted();
            any = true;
        }
    }
    any.then(|| canonical(&body))
}

/// A change whose bodies hold these values no more; `None` where they held none.
pub fn change(change: &Change, fields: &[String]) -> Option<Change> {
    let before = change.before.as_deref().and_then(|text| body(text, fields));
    let after = change.after.as_deref().and_then(|text| body(text, fields));
    (before.is_some() || after.is_some()).then(|| Change {
        before: before.or_else(|| change.before.clone()),
        after: after.or_else(|| change.after.clone()),
        schema: SCHEMA,
        ..change.clone()
    })
}

/// Only what is redacted of a body: what remains of it when all else is forgotten.
pub fn only(text: &str) -> Option<String> {
    let mut body = stored(text);
    body.retain(|_, value| is_redacted(value));
    (!body.is_empty()).then(|| canonical(&body))
}

/// What is redacted in `known` stays redacted in what is told anew.
pub fn hold(known: &Body, told: &mut Body) {
    for (name, _) in known.iter().filter(|(_, value)| is_redacted(value)) {
        if told.contains_key(name) {
            told.insert(name.clone(), redacted());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_named_fields_go_and_nothing_is_said_where_nothing_was() {
        let text = r#"{"email":"a@b.uk","phone":"01900 1"}"#;
        let gone = body(text, &["phone".to_owned()]).unwrap();
        assert_eq!(gone, r#"{"email":"a@b.uk","phone":{"redacted":true}}"#);
        assert_eq!(body(&gone, &["phone".to_owned(), "contact_role".to_owned()]), None);
        let seen = body(r#"{"evidence":{"observed":"Mrs B","view":"public"}}"#, &["evidence.observed".to_owned()]);
        assert_eq!(seen.unwrap(), r#"{"evidence":{"observed":{"redacted":true},"view":"public"}}"#);
        assert!(redactable(Kind::Gap).contains(&"evidence.observed".to_owned()));
    }

    #[test]
    fn a_list_that_comes_again_does_not_bring_the_value_back() {
        let known = stored(r#"{"phone":{"redacted":true},"email":"a@b.uk"}"#);
        let mut told = stored(r#"{"phone":"01900 1","email":"c@d.uk"}"#);
        hold(&known, &mut told);
        assert_eq!(json!(told), json!({"phone": {"redacted": true}, "email": "c@d.uk"}));
    }
}
