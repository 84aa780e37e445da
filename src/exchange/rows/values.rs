//! Values of a row as they stand in a body: people's words for ours, an address in one line, identifiers, references, and
//! what is no field and kept all the same.

use serde_json::{Value, json};

use super::nested::put;
use crate::exchange::cells::words::our_word;
use crate::exchange::cells::{self, Habits, times};
use crate::exchange::plan::persons::{is_of_persons, reaches_a_person};
use crate::model::shape::Shape;
use crate::model::shape::{MOST_HEADING, MOST_TEXT};
use crate::model::{Body, Code, Problem, personal};

/// The value of a cell, with people's own words for ours.
pub(super) fn value_of(path: &str, shape: Shape, given: &str, habits: Habits) -> Value {
    let root = path.split('.').next().unwrap_or(path);
    match shape {
        Shape::Word(known) => {
            let ours = |text: &str| our_word(root, text).filter(|w| known.contains(w)).map(|w| json!(w));
            let one = |text: &str| ours(text).unwrap_or_else(|| cells::value_of(&shape, path, text, habits));
            let fits = |value: &Value| value.as_str().is_some_and(|w| known.contains(&w));
            // Of several words the first that is known counts.
            let parts = || given.split([';', '|', '/', ',']).map(|part| one(part.trim())).find(fits);
            // "Open / closed on Mondays" is not open.
            let parts = || (path != "status").then(parts).flatten();
            Some(one(given)).filter(fits).or_else(parts).unwrap_or_else(|| json!(given))
        }
        Shape::List(inner @ Shape::Word(_)) => {
            let parts = given.split([';', '|', ',']).map(str::trim).filter(|p| !p.is_empty());
            Value::Array(parts.map(|p| value_of(root, *inner, p, habits)).collect())
        }
        Shape::Hours | Shape::Schedule => json!(times::read(given).unwrap_or_else(|| given.to_owned())),
        _ => cells::value_of(&shape, path, given, habits),
    }
}

/// The lines of an address that are not there yet.
pub(super) fn add_lines(address: &mut Vec<String>, given: &str) {
    for part in given.split(['\n', ';']).map(|p| p.trim().trim_matches(',').trim()).filter(|p| !p.is_empty()) {
        let lower = part.to_lowercase();
        let there = |a: &String| a.to_lowercase() == lower || (part.len() > 3 && a.to_lowercase().contains(&lower));
        if !address.iter().any(there) {
            address.push(part.to_owned());
        }
    }
}

/// Lines of an address in one; a number of a house belongs to its street.
pub(super) fn joined(lines: &[String]) -> String {
    let mut out = String::new();
    for line in lines {
        let after_number = out.rsplit(", ").next().is_some_and(is_house_number);
        if !out.is_empty() {
            out.push_str(if after_number { " " } else { ", " });
        }
        out.push_str(line);
    }
    out
}

pub(super) fn is_house_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.len() <= 7
        && text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '–' || c == '/' || c.is_ascii_alphabetic())
        && text.chars().filter(char::is_ascii_alphabetic).count() <= 1
}

/// Keeps a cell that is no field of ours; what may be a person's is not kept.
pub(super) fn further(body: &mut Body, heading: &str, given: &str, warnings: &mut Vec<Problem>) {
    let heading: String = heading.chars().take(MOST_HEADING).collect();
    let mut warn = |code, say: String| warnings.push(Problem::new(heading.clone(), code, say));
    if is_of_persons(&heading) || reaches_a_person(given) {
        return warn(Code::PersonalData, "not kept, since it may name or reach a person".to_owned());
    }
    if let Some(finding) = personal::finding(given) {
        return warn(Code::PersonalData, format!("not kept: {finding}"));
    }
    let mut text: String = given.to_owned();
    if given.chars().count() > MOST_TEXT {
        text = given.chars().take(MOST_TEXT - 1).chain(['…']).collect();
        warn(Code::OutOfRange, format!("kept are the first {} characters", MOST_TEXT - 1));
    }
    if !heading.is_empty() {
        put(body, &format!("further\u{0}{heading}"), json!(text));
    }
}

pub(super) fn identify(body: &mut Body, scheme: &str, id: &str) {
    let id = id.strip_suffix(".0").unwrap_or(id);
    // Lists of the United Kingdom write three registers of charities into one column.
    let scheme = match scheme {
        "GB-CHC" if id.starts_with("SC") => "GB-SC",
        "GB-CHC" if id.starts_with("NIC") => "GB-NIC",
        other => other,
    };
    let entry = json!({"scheme": scheme, "id": id});
    let list = body.entry("identifiers").or_insert_with(|| json!([]));
    if let Value::Array(list) = list
        && !list.contains(&entry)
    {
        list.push(entry);
    }
}

pub(super) fn reference(body: &mut Body, role: &str, given: &str) {
    let links = body.entry("links").or_insert_with(|| json!({}));
    let Value::Object(links) = links else { return };
    let list = links.entry(role).or_insert_with(|| json!([]));
    if let Value::Array(list) = list {
        list.extend(given.split([';', '|', '\n']).map(str::trim).filter(|p| !p.is_empty()).map(|p| json!(p)));
    }
}
