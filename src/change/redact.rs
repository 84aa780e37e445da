//! Erasure: a personal value is overwritten wherever it is stored, and stays so whatever lists bring later.

use serde_json::Value;

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
    let body = erased(&stored(text));
    (!body.is_empty()).then(|| canonical(&body))
}

/// Only what is redacted of a body, as a body: by itself, or inside a group.
pub fn erased(body: &Body) -> Body {
    let inside = |(name, value): (&String, &Value)| {
        if is_redacted(value) {
            return Some((name.clone(), redacted()));
        }
        let inner = erased(value.as_object()?);
        (!inner.is_empty()).then(|| (name.clone(), Value::Object(inner)))
    };
    body.iter().filter_map(inside).collect()
}

/// Whether something of a value is redacted.
pub fn holds_erased(value: &Value) -> bool {
    is_redacted(value) || value.as_object().is_some_and(|group| group.values().any(holds_erased))
}

/// What is redacted in `known` stays redacted in what is told anew; of a group that is told, whether or not it tells that.
pub fn hold(known: &Body, told: &mut Body) {
    for (name, value) in known {
        match (value, told.get_mut(name)) {
            (erased, Some(said)) if is_redacted(erased) => *said = redacted(),
            (Value::Object(group), Some(Value::Object(said))) => {
                for (inner, _) in group.iter().filter(|(_, value)| is_redacted(value)) {
                    said.insert(inner.clone(), redacted());
                }
                hold(group, said);
            }
            _ => {}
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
        // Inside a group, too.
        let known = stored(r#"{"cost":{"free":false,"text":{"redacted":true}},"name":"Tea"}"#);
        assert_eq!(json!(erased(&known)), json!({"cost": {"text": {"redacted": true}}}));
        for (told, held) in [
            (r#"{"cost":{"text":"ask Mrs B"}}"#, json!({"cost": {"text": {"redacted": true}}})),
            (r#"{"cost":{"free":true}}"#, json!({"cost": {"free": true, "text": {"redacted": true}}})),
            (r#"{"name":"Tea"}"#, json!({"name": "Tea"})),
        ] {
            let mut told = stored(told);
            hold(&known, &mut told);
            assert_eq!(json!(told), held);
        }
    }
}
