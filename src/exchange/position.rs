//! Where a row is: longitude and latitude, else easting and northing, else a grid reference, else the postcode. Nobody
//! is put in the sea: what lies outside the country is refused, and what only stands the wrong way round is turned.

use csv::StringRecord;

use super::header::Plan;
use super::outline::Outline;
use super::{Lookups, grid};
use crate::model::shape::shown;
use crate::model::{Code, Point, Postcode, Problem};

/// How a row tells its position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found {
    /// Here.
    At(Point),
    /// It does not say.
    Nothing,
}

/// The position of a row, with a warning when its coordinates had changed places.
pub(super) fn find(
    plan: &Plan,
    row: &StringRecord,
    outline: Option<&Outline>,
    lookups: &dyn Lookups,
    warnings: &mut Vec<Problem>,
) -> Result<Found, Problem> {
    if let Some(point) = outline.and_then(|o| o.point) {
        return in_country(point, "geometry", warnings).map(Found::At);
    }
    let value = |path: &str| plan.value(path, row);
    if let Some(point) = pair(plan, row, "lon", "lat")? {
        return in_country(Point { lon: point.0, lat: point.1 }, &plan.heading("lat"), warnings).map(Found::At);
    }
    if let Some((e, n)) = pair(plan, row, "easting", "northing")? {
        return on_grid(e, n, &plan.heading("easting")).map(Found::At);
    }
    if let Some((x, y)) = pair(plan, row, "x", "y")? {
        let degrees = x.abs() <= 180.0 && y.abs() <= 180.0;
        let heading = plan.heading("x");
        let point =
            if degrees { in_country(Point { lon: x, lat: y }, &heading, warnings) } else { on_grid(x, y, &heading) };
        return point.map(Found::At);
    }
    let reference = value("grid_ref");
    if !reference.is_empty() {
        let heading = plan.heading("grid_ref");
        let (e, n) = grid::reference(reference).ok_or_else(|| {
            let message = format!("\"{}\" is not a grid reference such as NY 123 305", shown(reference));
            Problem::new(&heading, Code::WrongType, message)
        })?;
        return on_grid(e, n, &heading).map(Found::At);
    }
    if let Some(inside) = outline.and_then(Outline::interior) {
        return inside.map(Found::At);
    }
    let postcode = value("postcode");
    if postcode.is_empty() {
        Ok(Found::Nothing)
    } else {
        by_postcode(postcode, &plan.heading("postcode"), lookups).map(Found::At)
    }
}

/// Where a postcode is, or which of the three things is wrong with it.
fn by_postcode(text: &str, heading: &str, lookups: &dyn Lookups) -> Result<Point, Problem> {
    let Some(code) = Postcode::parse(text) else {
        let message = format!("\"{}\" is not a UK postcode; correct it, or give lat and lon", shown(text));
        return Err(Problem::new(heading, Code::PostcodeMalformed, message));
    };
    if !lookups.postcodes_loaded() {
        return Err(Problem::new(heading, Code::PostcodesNotLoaded, POSTCODES_HINT));
    }
    lookups.postcode(&code).ok_or_else(|| {
        let message = format!("{} is not in the postcode table; correct it, or give lat and lon", code.as_str());
        Problem::new(heading, Code::PostcodeUnknown, message)
    })
}

/// What to type when no postcodes are there.
pub(super) const POSTCODES_HINT: &str = "no postcode table is loaded; load one first: commonground import \
     england_postcodes.csv.gz --dataset postcodes";

/// Two columns that only make sense together.
fn pair(plan: &Plan, row: &StringRecord, first: &str, second: &str) -> Result<Option<(f64, f64)>, Problem> {
    let (a, b) = (plan.value(first, row), plan.value(second, row));
    if a.is_empty() || b.is_empty() {
        return Ok(None);
    }
    Ok(Some((number(a, &plan.heading(first))?, number(b, &plan.heading(second))?)))
}

fn number(text: &str, heading: &str) -> Result<f64, Problem> {
    let plain = text.replace(',', "");
    plain
        .parse::<f64>()
        .ok()
        .filter(|n| n.is_finite())
        .ok_or_else(|| Problem::new(heading, Code::WrongType, format!("\"{}\" is not a number", shown(text))))
}

/// The point if it lies in the country, turned round if only so it does.
pub(super) fn in_country(point: Point, heading: &str, warnings: &mut Vec<Problem>) -> Result<Point, Problem> {
    if point.in_country() {
        return Ok(point);
    }
    let swapped = Point { lon: point.lat, lat: point.lon };
    if swapped.in_country() {
        warnings.push(Problem::new(
            heading,
            Code::Swapped,
            format!("latitude and longitude stood in each other's place; taken as {}, {}", swapped.lat, swapped.lon),
        ));
        return Ok(swapped);
    }
    Err(outside(heading, &format!("{}, {}", point.lat, point.lon)))
}

fn on_grid(easting: f64, northing: f64, heading: &str) -> Result<Point, Problem> {
    let at = |e, n| grid::to_point(e, n).filter(|p| p.in_country());
    at(easting, northing).ok_or_else(|| outside(heading, &format!("{easting}, {northing}")))
}

fn outside(heading: &str, what: &str) -> Problem {
    let message = format!("{what} lies outside 49–61.5 N, 9 W–2.5 E; correct the coordinates");
    Problem::new(heading, Code::OutsideCountry, message)
}
