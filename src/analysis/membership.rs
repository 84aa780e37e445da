//! Which area is something in? The boundary that covers the point; else what its postcode says; else unknown,
//! never guessed (CONTRACT §3).

use geo::{Intersects, MultiPolygon};
use serde_json::Value;
use std::collections::HashMap;

use super::fit::Answer;
use crate::atlas::areas::AreaSet;
use crate::atlas::{Entry, View};
use crate::model::record::stored;
use crate::model::{Id, Kind, Point, Postcode, polygon};

/// Where something is, as far as that tells its areas.
#[derive(Debug, Clone, Copy)]
pub struct Position<'a> {
    /// The point.
    pub point: Option<Point>,
    /// Codes of areas that its postcode is in.
    pub codes: &'a [String],
}

/// An area, ready to be compared with many positions.
pub struct Target {
    id: Id,
    code: String,
    set: String,
    boundary: Option<MultiPolygon>,
}

impl Target {
    /// Reads an area; `None` when the record is not one.
    pub fn read(area: &Entry) -> Option<Self> {
        if area.kind != Kind::Area {
            return None;
        }
        let body = stored(&area.body);
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let boundary = body.get("boundary").and_then(|b| polygon::read(b).ok());
        Some(Self { id: area.id, code: text("code"), set: text("area_set"), boundary })
    }

    /// Whether a position lies in it.
    pub fn holds(&self, position: Position<'_>, view: &View) -> Answer {
        if let (Some(boundary), Some(point)) = (&self.boundary, position.point) {
            return if boundary.intersects(&geo::Point::from(point)) { Answer::Yes } else { Answer::No };
        }
        if position.codes.contains(&self.code) {
            return Answer::Yes;
        }
        // The postcode is known to lie in another area of the same set, or in an area that lies in another one.
        let mut unsure = true;
        for code in position.codes {
            let Some(other) = view.by_code(Kind::Area, code) else { continue };
            match self.holds_area(other, view) {
                Answer::Yes => return Answer::Yes,
                Answer::No => unsure = false,
                Answer::Unknown => {}
            }
        }
        if unsure { Answer::Unknown } else { Answer::No }
    }

    /// Whether an area lies in it: the same, below it, or with its point inside the boundary.
    pub fn holds_area(&self, area: &Entry, view: &View) -> Answer {
        let mut above = Some(area);
        let mut steps = 0;
        while let Some(now) = above.filter(|_| steps < 10) {
            if now.id == self.id {
                return Answer::Yes;
            }
            if stored(&now.body).get("area_set").and_then(Value::as_str) == Some(&self.set) {
                return Answer::No;
            }
            above = now.linked("parent").next().and_then(|id| view.get(id));
            steps += 1;
        }
        match (&self.boundary, area.point) {
            (Some(boundary), Some(point)) if boundary.intersects(&geo::Point::from(point)) => Answer::Yes,
            (Some(_), Some(_)) => Answer::No,
            _ => Answer::Unknown,
        }
    }
}

/// The areas a record names under a role, ready to be compared.
pub fn targets(entry: &Entry, role: &str, view: &View) -> Vec<Target> {
    entry.linked(role).filter_map(|id| view.get(id)).filter_map(Target::read).collect()
}

/// Whether a position lies in any of the areas.
pub fn in_any(targets: &[Target], position: Position<'_>, view: &View) -> Answer {
    Answer::best(targets.iter().map(|t| t.holds(position, view))).unwrap_or(Answer::Unknown)
}

/// Codes of areas that a postcode lies in, old codes followed to today's.
pub fn codes_of_postcode(postcode: &str, view: &View) -> Vec<String> {
    let table = view.datasets().postcodes.as_ref();
    let facts = Postcode::parse(postcode).and_then(|code| table?.get(&code));
    let codes = facts.into_iter().flat_map(|f| f.small_area.into_iter().chain(f.district));
    codes.flat_map(|code| view.datasets().successors(code)).collect()
}

/// Whether a record lies in an area, by where the caller sees it.
pub fn record_in(entry: &Entry, target: &Target, view: &View) -> Answer {
    if entry.kind == Kind::Area {
        return target.holds_area(entry, view);
    }
    let body: Value = serde_json::from_str(&view.body(entry)).unwrap_or_default();
    let exact = !view.withholds_position(entry);
    let codes = match body.get("postcode").and_then(Value::as_str).filter(|_| exact) {
        Some(postcode) => codes_of_postcode(postcode, view),
        None => Vec::new(),
    };
    let points = view.points(entry);
    let by_point = points.iter().map(|p| target.holds(Position { point: Some(*p), codes: &codes }, view));
    match Answer::best(by_point) {
        Some(answer) => answer,
        None if codes.is_empty() => Answer::Unknown,
        None => target.holds(Position { point: None, codes: &codes }, view),
    }
}

/// Codes of the districts that people must live in to be taken.
pub fn districts(entry: &Entry) -> Vec<String> {
    let body = stored(&entry.body);
    let list = body.get("eligibility").and_then(|e| e.get("districts"));
    list.and_then(|d| serde_json::from_value(d.clone()).ok()).unwrap_or_default()
}

/// Whether a service takes only people who are registered with certain practices.
pub fn is_for_registered(entry: &Entry) -> bool {
    let body = stored(&entry.body);
    let practices = body.get("eligibility").and_then(|e| e.get("practices")).and_then(Value::as_array);
    practices.is_some_and(|list| !list.is_empty())
}

/// Whether a position lies in one of these districts.
pub fn in_districts(districts: &[String], position: Position<'_>, view: &View) -> Answer {
    let today: Vec<String> = districts.iter().flat_map(|code| view.datasets().successors(code)).collect();
    if position.codes.iter().any(|code| today.contains(code)) {
        return Answer::Yes;
    }
    if position.codes.iter().any(|code| is_district(code)) {
        return Answer::No;
    }
    let known = today.iter().filter_map(|code| view.by_code(Kind::Area, code)).filter_map(Target::read);
    in_any(&known.collect::<Vec<_>>(), position, view)
}

/// Whether a code is one of a district of the United Kingdom (ONS: E06–E09, N09, S12, W06).
pub fn is_district(code: &str) -> bool {
    ["E06", "E07", "E08", "E09", "N09", "S12", "W06"].iter().any(|start| code.starts_with(start)) && code.len() == 9
}

/// Whether each area of a set lies in `target`, from what the set's columns know.
pub fn of_set(target: &Target, name: &str, set: &AreaSet, view: &View) -> Vec<Answer> {
    let above: HashMap<Id, Answer> = set
        .parents
        .iter()
        .flatten()
        .filter_map(|parent| Some((*parent, target.holds_area(view.get(*parent)?, view))))
        .collect();
    (0..set.len())
        .map(|row| {
            if set.ids[row] == target.id || set.groups.values().any(|column| column[row] == target.code) {
                return Answer::Yes;
            }
            if target.set == name {
                return Answer::No;
            }
            let by_parent = set.parents[row].and_then(|p| above.get(&p)).copied().unwrap_or(Answer::Unknown);
            match (by_parent, &target.boundary) {
                (Answer::Unknown, Some(boundary)) => {
                    Answer::from(Some(boundary.intersects(&geo::Point::from(set.points[row]))))
                }
                (answer, _) => answer,
            }
        })
        .collect()
}
