//! The geometry of a feature as the product can use it: a point, or a boundary in WGS84 with a point inside it.

use geo::InteriorPoint;
use serde_json::Value;

use super::bytes::not_this_format;
use super::{grid, position};
use crate::model::shape::Shape;
use crate::model::{Code, Point, Problem, Problems, polygon};

/// What a file's coordinates are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Crs {
    /// Degrees, as GeoJSON has it.
    #[default]
    Wgs84,
    /// Metres of the national grid, as older files have it.
    NationalGrid,
}

impl Crs {
    /// The system a file's `crs` member names.
    pub(super) fn named(crs: Option<&Value>) -> Result<Self, Problem> {
        let name = crs.and_then(|c| c.get("properties")).and_then(|p| p.get("name").or_else(|| p.get("code")));
        let name = name.map_or_else(String::new, |n| n.as_str().map_or_else(|| n.to_string(), str::to_owned));
        if name.ends_with("27700") {
            return Ok(Self::NationalGrid);
        }
        if name.is_empty() || ["CRS84", "4326", "4258"].iter().any(|known| name.ends_with(known)) {
            return Ok(Self::Wgs84);
        }
        Err(not_this_format(&format!("the coordinates are in {name}; export the file in WGS84 (EPSG:4326)")))
    }
}

/// The geometry of one feature.
#[derive(Debug, Clone, Default)]
pub(super) struct Outline {
    /// Its point, when it is one.
    pub(super) point: Option<Point>,
    /// Its outline, when it has one.
    pub(super) boundary: Option<Value>,
    /// Its first position: tells features of one name apart.
    pub(super) first: Option<(f64, f64)>,
    /// Why it cannot be used.
    pub(super) problem: Option<Problem>,
    /// That its coordinates were turned round.
    pub(super) warning: Option<Problem>,
}

impl Outline {
    /// Reads a geometry; what is wrong with it is the feature's problem, not the file's.
    pub(super) fn of(geometry: Option<Value>, crs: Crs) -> Self {
        let mut out = Self::default();
        let Some(mut geometry) = geometry else { return out };
        let mut sound = true;
        if let Some(coordinates) = geometry.get_mut("coordinates") {
            each_position(coordinates, &mut |x, y| {
                if crs == Crs::Wgs84 {
                    return Some((x, y));
                }
                let at = grid::to_point(x, y);
                sound &= at.is_some();
                at.map(|p| (p.lon, p.lat))
            });
            out.first = first_position(coordinates);
        }
        if !sound {
            return out.failed(Code::OutsideCountry, "has coordinates outside the national grid; correct them");
        }
        match geometry.get("type").and_then(Value::as_str) {
            Some("Point") => match out.first {
                Some((lon, lat)) => out.point = Some(Point { lon, lat }),
                None => return out.failed(Code::WrongType, "is a Point without two numbers for coordinates"),
            },
            Some("Polygon" | "MultiPolygon") => {
                out.turn_round(&mut geometry);
                out.boundary = Some(geometry);
            }
            other => {
                let message = format!("is a {}; give a Point, a Polygon or a MultiPolygon", other.unwrap_or("nothing"));
                return out.failed(Code::WrongType, &message);
            }
        }
        out
    }

    fn failed(self, code: Code, message: &str) -> Self {
        Self { problem: Some(Problem::new("geometry", code, message)), ..self }
    }

    /// Swaps all coordinates of an outline that lies in the country only the other way round.
    fn turn_round(&mut self, geometry: &mut Value) {
        let Some((lon, lat)) = self.first else { return };
        let mut warnings = Vec::new();
        let turned = position::in_country(Point { lon, lat }, "geometry", &mut warnings);
        self.warning = warnings.pop();
        if let (Ok(_), Some(_), Some(coordinates)) = (turned, &self.warning, geometry.get_mut("coordinates")) {
            each_position(coordinates, &mut |x, y| Some((y, x)));
        }
    }

    /// A point inside the outline, if there is an outline; a problem when it is not a sound shape.
    pub(super) fn interior(&self) -> Option<Result<Point, Problem>> {
        let boundary = self.boundary.as_ref()?;
        let mut problems = Problems::new();
        problems.at("geometry", |p| Shape::Boundary.check(boundary, p));
        if let Some(problem) = problems.into_vec().into_iter().next() {
            return Some(Err(problem));
        }
        let inside = polygon::read(boundary).ok().and_then(|shape| shape.interior_point());
        let empty = || Problem::new("geometry", Code::WrongType, "encloses nothing");
        Some(inside.map(|p| Point { lon: p.x(), lat: p.y() }).ok_or_else(empty))
    }
}

/// Rewrites every position of nested coordinates; leaves alone what is not one.
fn each_position(coordinates: &mut Value, change: &mut dyn FnMut(f64, f64) -> Option<(f64, f64)>) {
    let Value::Array(items) = coordinates else { return };
    if let (Some(x), Some(y)) = (items.first().and_then(Value::as_f64), items.get(1).and_then(Value::as_f64)) {
        if let Some((new_x, new_y)) = change(x, y).filter(|new| *new != (x, y)) {
            items[0] = new_x.into();
            items[1] = new_y.into();
        }
        // Heights are of no use here.
        items.truncate(2);
        return;
    }
    for item in items {
        each_position(item, change);
    }
}

fn first_position(coordinates: &Value) -> Option<(f64, f64)> {
    let items = coordinates.as_array()?;
    match (items.first()?.as_f64(), items.get(1).and_then(Value::as_f64)) {
        (Some(x), Some(y)) => Some((x, y)),
        _ => first_position(items.first()?),
    }
}
