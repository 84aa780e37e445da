//! Boundaries: GeoJSON polygons that are closed, simple and in the country, or a reason why not.

use geo::{MultiPolygon, Validation};
use serde_json::Value;

use super::Point;
use super::problem::{Code, Problems};

/// The boundary as given, or a problem that says what is wrong with it.
pub fn check(value: &Value, problems: &mut Problems) -> Option<Value> {
    let before = problems.len();
    let shape = match read(value) {
        Ok(shape) => shape,
        Err(reason) => {
            problems.add("", Code::WrongType, reason);
            return None;
        }
    };
    if let Some(outside) = shape.0.iter().flat_map(|p| p.exterior().0.iter()).find(|c| !point(c).in_country()) {
        let swapped = Point { lon: outside.y, lat: outside.x };
        let hint = if swapped.in_country() { "; lon and lat seem to have changed places" } else { "" };
        problems.add("", Code::OutsideCountry, format!("lies outside 49–61.5 N, 9 W–2.5 E{hint}"));
    } else if let Err(reason) = shape.check_validation() {
        problems.add("", Code::WrongType, format!("is not a sound shape ({reason}); draw it again without crossings"));
    }
    (problems.len() == before).then(|| value.clone())
}

/// Reads a stored boundary; `Err` says in words what is wrong with the form.
pub fn read(value: &Value) -> Result<MultiPolygon, String> {
    let geometry: geojson::Geometry = serde_json::from_value(value.clone())
        .map_err(|_| "must be a GeoJSON Polygon or MultiPolygon with numbers for coordinates".to_owned())?;
    let rings_closed =
        |rings: &Vec<Vec<geojson::Position>>| rings.iter().all(|ring| ring.len() >= 4 && ring.first() == ring.last());
    let (closed, empty) = match &geometry.value {
        geojson::GeometryValue::Polygon { coordinates } => (rings_closed(coordinates), coordinates.is_empty()),
        geojson::GeometryValue::MultiPolygon { coordinates } => {
            (coordinates.iter().all(rings_closed), coordinates.is_empty() || coordinates.iter().any(Vec::is_empty))
        }
        _ => return Err("must be a GeoJSON Polygon or MultiPolygon".to_owned()),
    };
    if empty || !closed {
        return Err("has a ring that is not closed: at least four positions, the last equal to the first".to_owned());
    }
    match geo::Geometry::<f64>::try_from(geometry.value) {
        Ok(geo::Geometry::Polygon(p)) => Ok(MultiPolygon(vec![p])),
        Ok(geo::Geometry::MultiPolygon(m)) => Ok(m),
        _ => Err("must be a GeoJSON Polygon or MultiPolygon".to_owned()),
    }
}

fn point(c: &geo::Coord) -> Point {
    Point { lon: c.x, lat: c.y }
}
