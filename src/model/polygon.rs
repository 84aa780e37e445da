//! Boundaries: GeoJSON polygons that are closed, simple and in the country, or a reason why not.

use geo::{Area, BooleanOps, MultiPolygon, Validation, unary_union};
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

/// The same outline without its crossings, where they are slips of the drawing: official outlines that were thinned out
/// touch and cross themselves in places. `None` where it cannot be mended, or where that would change its area by more
/// than a hundredth.
pub fn mended(value: &Value) -> Option<Value> {
    let shape = read(value).ok()?;
    let nothing = MultiPolygon(Vec::new());
    let parts: Vec<MultiPolygon> = shape.iter().map(|p| MultiPolygon(vec![p.clone()]).union(&nothing)).collect();
    let sound = unary_union(&parts);
    let (before, after) = (shape.unsigned_area(), sound.unsigned_area());
    let alike = after > 0.0 && (after - before).abs() <= before * 0.01;
    if !alike || sound.check_validation().is_err() {
        return None;
    }
    serde_json::to_value(geojson::Geometry::from(&sound)).ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_slip_of_the_drawing_is_mended_and_a_bow_tie_is_not() {
        // A square with a spike that runs out and back, crossing itself by a hair.
        let slip = json!({"type": "Polygon", "coordinates": [[[-3.0, 54.0], [-2.0, 54.0], [-2.0, 55.0], [-2.5, 55.0],
            [-2.5, 55.001], [-2.4999, 55.0], [-2.5001, 55.0005], [-3.0, 55.0], [-3.0, 54.0]]]});
        let mut problems = Problems::new();
        assert!(check(&slip, &mut problems).is_none());
        let sound = mended(&slip).unwrap();
        assert!(check(&sound, &mut Problems::new()).is_some(), "{sound}");
        assert!((read(&sound).unwrap().unsigned_area() - 1.0).abs() < 0.001);
        let bow_tie = json!({"type": "Polygon", "coordinates": [[[-3.0, 54.0], [-2.0, 55.0], [-2.0, 54.0], [-3.0, 55.0],
            [-3.0, 54.0]]]});
        assert_eq!(mended(&bow_tie), None);
    }
}
