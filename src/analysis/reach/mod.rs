//! Where from and how far: the point a question is asked for, and the distance or time that counts as near.

pub mod nearest;

use crate::atlas::View;
use crate::model::{Code, Point, Postcode, Problem, postcode};

/// Walking speed without a network, metres a minute (4.8 km/h on the straight line).
pub const WALK_M_PER_MIN: f64 = 80.0;

/// Where a question is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// The point.
    pub point: Point,
    /// What to call it.
    pub label: String,
    /// Codes of the areas it is known to lie in, from its postcode.
    pub codes: Vec<String>,
}

/// How far counts as near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Within {
    /// Metres along the geodesic.
    pub metres: f64,
    /// How the distance is meant: `straight_line`, or `walking_straight_line` for minutes.
    pub rule: &'static str,
}

/// Reads `near`: "lat,lon", a postcode, a postcode sector or outward code, a town, or the id of a record.
pub fn near(text: &str, view: &View) -> Result<Near, Problem> {
    let text = text.trim();
    let at = |point, label: &str, codes| Ok(Near { point, label: label.to_owned(), codes });
    if let Some(point) = lat_lon(text) {
        if !point.in_country() {
            return Err(Problem::new("near", Code::OutsideCountry, "lies outside 49–61.5 N, 9 W–2.5 E; give lat,lon"));
        }
        return at(point, text, Vec::new());
    }
    if let Some(code) = Postcode::parse(text) {
        return by_postcode(&code, view);
    }
    if let Ok(id) = text.parse() {
        let entry = view.get(id).ok_or_else(|| Problem::new("near", Code::NotFound, "there is no such record"))?;
        let point = view.points(entry).into_iter().next();
        let point = point.ok_or_else(|| Problem::new("near", Code::NotFound, "this record has no position"))?;
        return at(point, &entry.name, Vec::new());
    }
    if let Some(sector) = postcode::parse_outward(text).or_else(|| postcode::parse_sector(text)) {
        let table = view.datasets().postcodes.as_ref().ok_or_else(not_loaded)?;
        let point = table.middle_of(&sector);
        let point =
            point.ok_or_else(|| Problem::new("near", Code::PostcodeUnknown, format!("{sector} has no postcodes")))?;
        return at(point, &sector, Vec::new());
    }
    match view.datasets().town(text) {
        Some(town) => at(town.point(), &town.name, Vec::new()),
        None if text.chars().any(|c| c.is_ascii_digit()) => {
            let shown = crate::model::shape::shown(text);
            Err(Problem::new("near", Code::PostcodeMalformed, format!("\"{shown}\" is not a UK postcode")))
        }
        None => {
            let shown = crate::model::shape::shown(text);
            Err(Problem::new("near", Code::NotFound, format!("no town is called \"{shown}\"; try a postcode")))
        }
    }
}

/// Reads `within`: `1600m`, `5km`, `1mi`, `20min walk`. Driving needs a network.
pub fn within(text: &str) -> Result<Within, Problem> {
    let lower = text.trim().to_ascii_lowercase();
    let split = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
    let (number, unit) = lower.split_at(split);
    let malformed = || Problem::new("within", Code::WrongType, "must be such as 1600m, 5km, 1mi or 20min walk");
    let number: f64 = number.parse().map_err(|_| malformed())?;
    let unit: String = unit.chars().filter(|c| !c.is_whitespace()).collect();
    let (metres, rule) = match unit.as_str() {
        "m" => (number, "straight_line"),
        "km" => (number * 1_000.0, "straight_line"),
        "mi" | "mile" | "miles" => (number * 1_609.344, "straight_line"),
        "minwalk" | "min" | "minswalk" => (number * WALK_M_PER_MIN, "walking_straight_line"),
        "mindrive" | "minsdrive" => {
            let say = "driving times need a street network: commonground import FILE.osm.pbf --dataset network";
            return Err(Problem::new("within", Code::NetworkNotLoaded, say));
        }
        _ => return Err(malformed()),
    };
    if !(metres > 0.0 && metres <= 1_000_000.0) {
        return Err(Problem::new("within", Code::OutOfRange, "must be more than 0 and at most 1000km"));
    }
    Ok(Within { metres, rule })
}

/// Says which command loads the postcode table.
pub fn not_loaded() -> Problem {
    let say = "no postcode table is loaded: commonground import FILE.csv.gz --dataset postcodes";
    Problem::new("near", Code::PostcodesNotLoaded, say)
}

fn by_postcode(code: &Postcode, view: &View) -> Result<Near, Problem> {
    let table = view.datasets().postcodes.as_ref().ok_or_else(not_loaded)?;
    let unknown = |say: &str| Problem::new("near", Code::PostcodeUnknown, format!("{} {say}", code.as_str()));
    let facts = table.get(code).ok_or_else(|| unknown("is not in the postcode table"))?;
    let point = facts.point.ok_or_else(|| unknown("has no position in the postcode table"))?;
    let codes = facts.small_area.into_iter().chain(facts.district);
    let codes = codes.flat_map(|c| view.datasets().successors(c)).collect();
    Ok(Near { point, label: code.as_str().to_owned(), codes })
}

fn lat_lon(text: &str) -> Option<Point> {
    let (lat, lon) = text.split_once(',')?;
    Some(Point { lat: lat.trim().parse().ok()?, lon: lon.trim().parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_and_walking_times_are_read() {
        for (text, metres) in
            [("1600m", 1600.0), ("5km", 5000.0), ("1mi", 1609.344), ("20min walk", 1600.0), ("1.5 km", 1500.0)]
        {
            assert_eq!(within(text).unwrap().metres, metres, "{text}");
        }
    }

    #[test]
    fn driving_times_say_that_a_network_is_missing() {
        assert_eq!(within("15min drive").unwrap_err().code, Code::NetworkNotLoaded);
        assert_eq!(within("far").unwrap_err().code, Code::WrongType);
        assert_eq!(within("0m").unwrap_err().code, Code::OutOfRange);
    }
}
