//! The contract's own words about what is asked, in plain loops over everything: slow, and easy to check by eye. Nothing
//! here asks the program, except for distances, the middle of a grid cell, and how an answer is written.

mod covers;
mod fits;
mod lies;
mod near;
mod shown;

use serde_json::Value;
use std::collections::BTreeMap;

use super::ask::{AskedText, listed};
use crate::model::Point;

/// Yes, no, or it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    Yes,
    No,
    Unknown,
}

impl Say {
    pub fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }

    /// One yes is enough; no needs all to be no. Of nothing at all nobody knows.
    pub fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let all: Vec<Self> = all.into_iter().collect();
        match all.contains(&Self::Yes) {
            true => Self::Yes,
            false if all.is_empty() || all.contains(&Self::Unknown) => Self::Unknown,
            false => Self::No,
        }
    }

    /// One no is enough; yes needs all to be yes.
    pub fn every(all: impl IntoIterator<Item = Self>) -> Self {
        let all: Vec<Self> = all.into_iter().collect();
        match all.contains(&Self::No) {
            true => Self::No,
            false if all.contains(&Self::Unknown) => Self::Unknown,
            false => Self::Yes,
        }
    }
}

/// What one caller is shown of a town, in the order of ids.
pub struct Plain<'a> {
    stored: &'a BTreeMap<String, Value>,
    shown: Vec<Value>,
}

impl<'a> Plain<'a> {
    /// Answers a question about a town, as text.
    pub fn answer(stored: &'a BTreeMap<String, Value>, asked: &AskedText) -> String {
        let mut shown: Vec<Value> = stored.values().filter_map(|body| shown::to(stored, body, &asked.viewer)).collect();
        shown.sort_by_key(|body| body["id"].to_string());
        let plain = Self { stored, shown };
        if word(asked, "organisation").is_some_and(|id| plain.get(&Value::from(id)).is_none()) {
            return "refused: organisation not_found".to_owned();
        }
        match (asked.what.as_str(), asked.kind) {
            ("nearby", _) => near::answer(&plain, asked),
            ("coverage", _) => covers::answer(&plain, asked),
            ("walk", Some(kind)) => {
                let of_kind = plain.shown.iter().filter(|body| body["kind"] == kind.name());
                let fitting = of_kind.filter(|body| fits::is_wanted(&fits::fit(&plain, body, asked), asked));
                let names: Vec<String> = fitting.map(name).collect();
                format!("{} · {}", listed(&names), names.len())
            }
            (what, _) => panic!("there is no definition of `{what}`"),
        }
    }

    fn get(&self, id: &Value) -> Option<&Value> {
        self.shown.iter().find(|body| body["id"] == *id)
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.shown.iter().filter(move |body| body["kind"] == kind)
    }

    /// Where it is: its own point, and those of the places it stands on. A gap without either stands where its area does.
    fn points(&self, body: &Value) -> Vec<Point> {
        let own = point(&body["point"]);
        let stands_on = ["places", "place"].iter().flat_map(|role| links(body, role));
        let mut points: Vec<Point> = own.into_iter().collect();
        points.extend(stands_on.filter_map(|id| point(&self.stored_of(id)?["point"])));
        if own.is_none() {
            points.extend(links(body, "area").filter_map(|id| point(&self.stored_of(id)?["point"])));
        }
        points
    }

    fn stored_of(&self, id: &Value) -> Option<&Value> {
        self.stored.values().find(|body| body["id"] == *id)
    }
}

fn name(body: &Value) -> String {
    super::town::name_of(body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"))
}

fn point(value: &Value) -> Option<Point> {
    Some(Point { lon: value["lon"].as_f64()?, lat: value["lat"].as_f64()? })
}

fn links<'a>(body: &'a Value, role: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    body["links"][role].as_array().into_iter().flatten()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn is_unclear(body: &Value, path: &str) -> bool {
    texts(&body["unclear"]).contains(&path)
}

/// A word of the question.
fn word<'a>(asked: &'a AskedText, name: &str) -> Option<&'a str> {
    asked.words.iter().find(|(word, _)| word == name).map(|(_, value)| value.as_str())
}

/// The values of a word.
fn list<'a>(asked: &'a AskedText, name: &str) -> Vec<&'a str> {
    word(asked, name).map(|value| value.split(',').collect()).unwrap_or_default()
}

/// West, south, east, north.
fn corners(text: &str) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = text.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn in_box([west, south, east, north]: [f64; 4], at: Point) -> bool {
    west <= at.lon && at.lon <= east && south <= at.lat && at.lat <= north
}

/// Metres of `within`: the towns of chance are asked in metres.
fn metres(asked: &AskedText) -> Option<f64> {
    word(asked, "within").map(|text| text.trim_end_matches('m').parse().expect("metres"))
}
