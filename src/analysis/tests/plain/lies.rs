//! Which area something lies in (CONTRACT §4): itself, what a parent or a column names of it by code, else an outline.

use serde_json::Value;

use super::{Plain, Say, links, point};
use crate::model::Point;

/// Whether an area lies in another.
pub fn area_in(plain: &Plain<'_>, area: &Value, target: &Value) -> Say {
    if area["area_set"] == target["area_set"] {
        return Say::from(area["id"] == target["id"]);
    }
    let named = named(plain, area, &target["area_set"]);
    if !named.is_empty() {
        return Say::from(named.contains(&target));
    }
    point(&area["point"]).map_or(Say::Unknown, |at| point_in(plain, at, target))
}

/// Whether a point lies in an area by its outline; without one, not where another of its set holds it.
pub fn point_in(plain: &Plain<'_>, at: Point, target: &Value) -> Say {
    let holding = drawn(plain, &target["area_set"], at);
    match target["boundary"].is_null() {
        false => Say::from(holding.contains(&target)),
        true if !holding.is_empty() => Say::No,
        true => Say::Unknown,
    }
}

/// Whether a record lies in an area: nobody knows where what is withheld does.
pub fn record_in(plain: &Plain<'_>, body: &Value, target: &Value) -> Say {
    if body["withheld"] == true {
        return Say::Unknown;
    }
    Say::any(plain.points(body).into_iter().map(|at| point_in(plain, at, target)))
}

/// The areas of a set that an area is known to lie in.
pub fn known_in<'a>(plain: &'a Plain<'_>, area: &Value, set: &Value) -> Vec<&'a Value> {
    let named = named(plain, area, set);
    if !named.is_empty() {
        return named;
    }
    point(&area["point"]).map_or(Vec::new(), |at| drawn(plain, set, at))
}

/// The outlines of a set that hold a point: all that have it within; of those on whose line it lies, the lowest code's.
fn drawn<'a>(plain: &'a Plain<'_>, set: &Value, at: Point) -> Vec<&'a Value> {
    let of_set = || plain.of_kind("area").filter(|area| area["area_set"] == *set && !area["boundary"].is_null());
    let mut all: Vec<&Value> = of_set().filter(|area| side(area, at) == Side::Inside).collect();
    all.extend(of_set().filter(|area| side(area, at) == Side::Edge).min_by_key(|area| area["code"].to_string()));
    all
}

#[derive(PartialEq)]
enum Side {
    Inside,
    Edge,
    Outside,
}

/// Outlines of the towns here are boxes.
fn side(area: &Value, at: Point) -> Side {
    let corner = |i: usize, axis: usize| area["boundary"]["coordinates"][0][i][axis].as_f64().expect("a number");
    let (west, east) = (corner(0, 0).min(corner(2, 0)), corner(0, 0).max(corner(2, 0)));
    let (south, north) = (corner(0, 1).min(corner(2, 1)), corner(0, 1).max(corner(2, 1)));
    let within = west < at.lon && at.lon < east && south < at.lat && at.lat < north;
    let touched = west <= at.lon && at.lon <= east && south <= at.lat && at.lat <= north;
    match (within, touched) {
        (true, _) => Side::Inside,
        (_, true) => Side::Edge,
        _ => Side::Outside,
    }
}

/// What an area's parents and columns name of a set by code.
fn named<'a>(plain: &'a Plain<'_>, area: &Value, set: &Value) -> Vec<&'a Value> {
    let mut all = Vec::new();
    let mut above = links(area, "parent").next().and_then(|id| plain.get(id));
    while let Some(parent) = above {
        all.extend((parent["area_set"] == *set).then_some(parent));
        above = links(parent, "parent").next().and_then(|id| plain.get(id));
    }
    let codes = area["groups"].as_object().into_iter().flatten().map(|(_, code)| code);
    all.extend(codes.flat_map(|code| {
        plain.of_kind("area").filter(move |other| other["area_set"] == *set && other["code"] == *code)
    }));
    all
}
