//! Where a row is: longitude and latitude, else easting and northing, else a grid reference, else the postcode. Nobody
//! is put in the sea: what lies outside the country is refused, and what only stands the wrong way round is turned.

use csv::StringRecord;

use crate::exchange::cells::number;
use crate::exchange::grid;
use crate::exchange::lookups::{Lookups, Whereabouts};
use crate::exchange::plan::Plan;
use crate::exchange::read::degrees;
use crate::exchange::read::outline::Outline;
use crate::model::shape::shown;
use crate::model::{Code, Point, Postcode, Problem};

/// How a row tells its position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Placed {
    /// Here.
    At(Point),
    /// Nobody said; this is a point inside its outline.
    Inside(Point),
    /// It does not say.
    Nothing,
}

/// The position of a row, with a warning when its coordinates had changed places.
pub(crate) fn find(
    plan: &Plan,
    row: &StringRecord,
    outline: Option<&Outline>,
    lookups: &dyn Lookups,
    warnings: &mut Vec<Problem>,
) -> Result<Placed, Problem> {
    if let Some(point) = outline.and_then(|o| o.point) {
        return grid::in_country(point, "geometry", warnings).map(Placed::At);
    }
    let mut nowhere = None;
    for (point, heading, written) in [degrees(plan, row)?, on_the_grid(plan, row)?].into_iter().flatten() {
        // What programs write where they know no position.
        if !is_nowhere(written) {
            return in_country_as(point, written, &heading, warnings).map(Placed::At);
        }
        let (a, b) = written;
        let message = format!("left out, since {a}, {b} stands for a position that is not known");
        nowhere = Some((
            Problem::new(&heading, Code::OutsideCountry, message),
            grid::outside(&heading, &format!("{a}, {b}")),
        ));
    }
    let reference = plan.value("grid_ref", row);
    if !reference.is_empty() {
        let heading = plan.heading("grid_ref");
        let (e, n) = grid::reference(reference).ok_or_else(|| {
            let message = format!("\"{}\" is not a grid reference such as NY 123 305", shown(reference));
            Problem::new(&heading, Code::WrongType, message)
        })?;
        return on_grid(e, n, &heading).map(Placed::At);
    }
    if let Some(sound) = outline.and_then(Outline::sound) {
        return sound.as_ref().map(|sound| Placed::Inside(sound.inside)).map_err(Clone::clone);
    }
    let postcode = plan.value("postcode", row);
    let found = match (postcode.is_empty(), nowhere) {
        (true, None) => return Ok(Placed::Nothing),
        (true, Some((_, problem))) => return Err(problem),
        (false, nowhere) => {
            warnings.extend(nowhere.map(|(warning, _)| warning));
            by_postcode(postcode, &plan.heading("postcode"), lookups)?
        }
    };
    Ok(Placed::At(found))
}

/// A point, the heading it stands under, and the two numbers as they are written, latitude or northing last.
type PointRead = (Option<Point>, String, (f64, f64));

/// Longitude and latitude, each in its column or both in one.
fn degrees(plan: &Plan, row: &StringRecord) -> Result<Option<PointRead>, Problem> {
    let at = |lon, lat| Some(Point { lon, lat });
    if let Some((lon, lat)) = pair(plan, row, "lon", "lat", degrees::read)? {
        return Ok(Some((at(lon, lat), plan.heading("lat"), (lat, lon))));
    }
    let both = plan.value("lat_lon", row);
    if both.is_empty() {
        return Ok(None);
    }
    let heading = plan.heading("lat_lon");
    let Some(((first, second), lon_first)) = degrees::pair(both) else {
        let message = format!("\"{}\" is not latitude and longitude such as 54.66, -3.36", shown(both));
        return Err(Problem::new(heading, Code::WrongType, message));
    };
    let (lat, lon) = if lon_first { (second, first) } else { (first, second) };
    Ok(Some((at(lon, lat), heading, (lat, lon))))
}

/// Easting and northing, or an x and a y that may be degrees.
fn on_the_grid(plan: &Plan, row: &StringRecord) -> Result<Option<PointRead>, Problem> {
    if let Some((e, n)) = pair(plan, row, "easting", "northing", metres)? {
        return Ok(Some((grid::to_point(e, n), plan.heading("easting"), (e, n))));
    }
    let Some((x, y)) = pair(plan, row, "x", "y", metres)? else { return Ok(None) };
    let degrees = x.abs() <= 180.0 && y.abs() <= 180.0;
    let heading = plan.heading("x");
    Ok(Some(if degrees {
        (Some(Point { lon: x, lat: y }), heading, (y, x))
    } else {
        (grid::to_point(x, y), heading, (x, y))
    }))
}

/// Nought and nought, or a number that no place has twice.
fn is_nowhere((a, b): (f64, f64)) -> bool {
    a == b && (a == 0.0 || a == -1.0 || (a.abs() >= 99.0 && a.fract() == 0.0))
}

/// Where a postcode is, or which of the four things is wrong with it.
fn by_postcode(text: &str, heading: &str, lookups: &dyn Lookups) -> Result<Point, Problem> {
    let Some(code) = Postcode::parse(text) else {
        let message = format!("\"{}\" is not a UK postcode; correct it, or give lat and lon", shown(text));
        return Err(Problem::new(heading, Code::PostcodeMalformed, message));
    };
    if !lookups.postcodes_loaded() {
        return Err(Problem::new(heading, Code::PostcodesNotLoaded, POSTCODES_HINT));
    }
    let unknown = |say: &str| Problem::new(heading, Code::PostcodeUnknown, format!("{} {say}", code.as_str()));
    match lookups.postcode(&code) {
        Whereabouts::At(point) => Ok(point),
        Whereabouts::Nowhere => Err(unknown("has no position in the postcode table; give lat and lon")),
        Whereabouts::Unknown => Err(unknown(
            "is not in the postcode table: it may be mistyped, newer than the table, or given up; correct it, or give \
             lat and lon",
        )),
    }
}

/// What to type when no postcodes are there.
pub(crate) const POSTCODES_HINT: &str = "no postcode table is loaded; load one first: commonground import \
     england_postcodes.csv.gz --dataset postcodes";

/// Two columns that only make sense together.
fn pair(
    plan: &Plan,
    row: &StringRecord,
    first: &str,
    second: &str,
    read: fn(&str) -> Option<f64>,
) -> Result<Option<(f64, f64)>, Problem> {
    let (a, b) = (plan.value(first, row), plan.value(second, row));
    if a.is_empty() || b.is_empty() {
        return Ok(None);
    }
    let number = |text: &str, path: &str| {
        let not_one =
            || Problem::new(plan.heading(path), Code::WrongType, format!("\"{}\" is not a number", shown(text)));
        read(text).ok_or_else(not_one)
    };
    Ok(Some((number(a, first)?, number(b, second)?)))
}

/// Metres of the grid; an x that is a degree has its decimals after a comma, too.
fn metres(text: &str) -> Option<f64> {
    match number::read(text)? {
        number::NumberRead::Plain(n) | number::NumberRead::DecimalComma(n) => Some(n),
        number::NumberRead::Either { grouped, .. } => Some(grouped),
    }
}

fn in_country_as(
    point: Option<Point>,
    (a, b): (f64, f64),
    heading: &str,
    warnings: &mut Vec<Problem>,
) -> Result<Point, Problem> {
    point
        .ok_or_else(|| grid::outside(heading, &format!("{a}, {b}")))
        .and_then(|p| grid::in_country(p, heading, warnings))
        .map_err(|problem| match problem.code {
            Code::OutsideCountry => grid::outside(heading, &format!("{a}, {b}")),
            _ => problem,
        })
}

fn on_grid(easting: f64, northing: f64, heading: &str) -> Result<Point, Problem> {
    let at = |e, n| grid::to_point(e, n).filter(|p| p.in_country());
    at(easting, northing).ok_or_else(|| grid::outside(heading, &format!("{easting}, {northing}")))
}
