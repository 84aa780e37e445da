//! The geometry of a feature as the product can use it: a point, or a boundary in WGS84 with a point inside it.

use geo::InteriorPoint;
use serde_json::Value;
use std::cell::OnceCell;

use super::bytes::not_this_format;
use super::degrees;
use crate::exchange::grid;
use crate::model::shape::{Shape, shown};
use crate::model::{Code, Point, Problem, Problems, polygon};

/// What a file's coordinates are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Crs {
    /// Degrees, as GeoJSON has it.
    #[default]
    Wgs84,
    /// Metres of the national grid, as older files have it.
    NationalGrid,
}

impl Crs {
    /// The system a file's `crs` member names.
    pub(crate) fn named(crs: Option<&Value>) -> Result<Self, Problem> {
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
pub(crate) struct Outline {
    /// Its point, when it is one.
    pub(crate) point: Option<Point>,
    /// Its outline, when it has one.
    pub(crate) boundary: Option<Value>,
    /// Its first position: tells features of one name apart.
    pub(crate) first: Option<(f64, f64)>,
    /// Why it cannot be used.
    pub(crate) problem: Option<Problem>,
    /// That its coordinates were turned round.
    pub(crate) warning: Option<Problem>,
    /// The geometry as it stands in the file.
    came: Option<Value>,
    sound: OnceCell<Option<Result<Sound, Problem>>>,
}

impl Outline {
    /// Reads a geometry; what is wrong with it is the feature's problem, not the file's.
    pub(crate) fn of(geometry: Option<Value>, crs: Crs) -> Self {
        let mut out = Self::default();
        let Some(geometry) = geometry else { return out };
        out.came = Some(geometry.clone());
        let mut geometry = only_one(geometry);
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

    /// The geometry that stands as well-known text in a cell.
    pub(crate) fn of_wkt(text: &str) -> Self {
        let Some((geometry, srid)) = degrees::of_wkt(text) else {
            let say = format!("\"{}\" is no well-known text such as POINT (-3.36 54.66)", shown(text));
            return Self::default().failed(Code::WrongType, &say);
        };
        match srid {
            None | Some(4326 | 4258) => Self::of(Some(geometry), Crs::Wgs84),
            Some(27700) => Self::of(Some(geometry), Crs::NationalGrid),
            Some(other) => Self::default()
                .failed(Code::WrongType, &format!("is measured in system {other}; export it in WGS84 (EPSG:4326)")),
        }
    }

    /// The geometry as it stands in the file.
    pub(crate) fn as_it_came(&self) -> Option<Value> {
        self.came.clone()
    }

    fn failed(self, code: Code, message: &str) -> Self {
        Self { problem: Some(Problem::new("geometry", code, message)), ..self }
    }

    /// Swaps all coordinates of an outline that lies in the country only the other way round.
    fn turn_round(&mut self, geometry: &mut Value) {
        let Some((lon, lat)) = self.first else { return };
        let mut warnings = Vec::new();
        let turned = grid::in_country(Point { lon, lat }, "geometry", &mut warnings);
        self.warning = warnings.pop();
        if let (Ok(_), Some(_), Some(coordinates)) = (turned, &self.warning, geometry.get_mut("coordinates")) {
            each_position(coordinates, &mut |x, y| Some((y, x)));
        }
    }

    /// The outline as a sound shape, if there is one: crossings that are only slips are taken out of it. Worked out once.
    pub(crate) fn sound(&self) -> Option<&Result<Sound, Problem>> {
        self.sound.get_or_init(|| self.boundary.as_ref().map(Sound::of)).as_ref()
    }
}

/// An outline that encloses something without crossing itself.
#[derive(Debug, Clone)]
pub(crate) struct Sound {
    pub(crate) boundary: Value,
    /// A point inside it.
    pub(crate) inside: Point,
    /// That crossings were taken out.
    pub(crate) warning: Option<Problem>,
}

impl Sound {
    fn of(given: &Value) -> Result<Self, Problem> {
        let (boundary, warning) = match fault(given) {
            None => (given.clone(), None),
            Some(problem) => {
                let slip = problem.code == Code::WrongType;
                let mended = polygon::mended(given).filter(|shape| slip && fault(shape).is_none());
                let say = "the outline crossed itself; the crossings were taken out, which changes its area by less than a \
                           hundredth";
                (mended.ok_or(problem)?, Some(Problem::new("geometry", Code::Mended, say)))
            }
        };
        let inside = polygon::read(&boundary).ok().and_then(|shape| shape.interior_point());
        let empty = || Problem::new("geometry", Code::WrongType, "encloses nothing; give an outline with an inside");
        let inside = inside.map(|p| Point { lon: p.x(), lat: p.y() }).ok_or_else(empty)?;
        Ok(Self { boundary, inside, warning })
    }
}

/// What is wrong with an outline, and what to do.
fn fault(boundary: &Value) -> Option<Problem> {
    let mut problems = Problems::new();
    problems.at("geometry", |p| Shape::Boundary.check(boundary, p));
    let mut problem = problems.into_vec().into_iter().next()?;
    problem.message = problem.message.replace(
        "draw it again without crossings",
        "mend it in a map program (in QGIS: Fix geometries) and bring this feature in again",
    );
    Some(problem)
}

/// A collection that holds one geometry is that geometry, and several points that are one point.
fn only_one(mut geometry: Value) -> Value {
    for _ in 0..4 {
        let kind = geometry.get("type").and_then(Value::as_str).unwrap_or_default();
        let (member, inner) = match kind {
            "GeometryCollection" => ("geometries", None),
            "MultiPoint" => ("coordinates", Some("Point")),
            _ => break,
        };
        let Some([one]) = geometry.get_mut(member).and_then(Value::as_array_mut).map(Vec::as_mut_slice) else { break };
        let one = one.take();
        geometry = inner.map_or(one.clone(), |name| serde_json::json!({"type": name, "coordinates": one}));
    }
    geometry
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
