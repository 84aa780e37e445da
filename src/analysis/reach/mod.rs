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
            let turned = Point { lon: point.lat, lat: point.lon };
            let say = if turned.in_country() {
                format!("latitude and longitude have changed places: give lat,lon, {},{}", turned.lat, turned.lon)
            } else {
                "lies outside 49–61.5 N, 9 W–2.5 E; give lat,lon".to_owned()
            };
            return Err(Problem::new("near", Code::OutsideCountry, say));
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
        return at(point, entry.name(), Vec::new());
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

/// Reads `within`: `1600m`, `5km`, `1mi`, `20min walk`, and the same in longer words. Driving needs a network.
pub fn within(text: &str) -> Result<Within, Problem> {
    let lower = text.trim().to_lowercase();
    let split = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
    let (number, words) = lower.split_at(split);
    let malformed = || Problem::new("within", Code::WrongType, "must be such as 1600m, 5km, 1mi or 20min walk");
    let number: f64 = number.parse().map_err(|_| malformed())?;
    let words: String = words.chars().filter(|c| !['\'', '’', '.'].contains(c)).collect();
    let words = words.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty());
    // "minwalk" is one word where people leave the blank out.
    let words = words.flat_map(|w| match w.strip_prefix("min").map(|rest| (rest, WAYS.contains(&rest))) {
        Some((way, true)) => vec!["min", way],
        _ => vec![w],
    });
    let words: Vec<&str> = words.collect();
    let (unit, way) = match words.as_slice() {
        [unit] => (*unit, ""),
        [unit, way] => (*unit, *way),
        [unit, by, way] if ["by", "on"].contains(by) => (*unit, *way),
        _ => return Err(malformed()),
    };
    let (metres, rule) = match (unit, way) {
        ("m" | "metre" | "metres" | "meter" | "meters", "") => (number, "straight_line"),
        ("km" | "kms" | "kilometre" | "kilometres" | "kilometer" | "kilometers", "") => {
            (number * 1_000.0, "straight_line")
        }
        ("mi" | "mile" | "miles", "") => (number * 1_609.344, "straight_line"),
        ("min" | "mins" | "minute" | "minutes", "" | "walk" | "walking" | "foot") => {
            (number * WALK_M_PER_MIN, "walking_straight_line")
        }
        ("min" | "mins" | "minute" | "minutes", "drive" | "driving" | "car") => {
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

/// Ways of going that are written right after `min`.
const WAYS: [&str; 4] = ["walk", "walking", "drive", "driving"];

/// A distance as answers show it: to a tenth of a millimetre, rounded up. Thresholds are exact and include their
/// boundary, so what is shown must never be less than what is compared: asked again with the number shown, the same
/// record is within it.
pub fn shown_m(metres: f64) -> f64 {
    let up = (metres * 10_000.0).ceil();
    // Multiplying may itself have rounded down.
    if up / 10_000.0 < metres { (up + 1.0) / 10_000.0 } else { up / 10_000.0 }
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

/// Two numbers with a comma, a semicolon or blanks between them.
fn lat_lon(text: &str) -> Option<Point> {
    // Lists and web pages write a true minus.
    let text = text.replace('\u{2212}', "-");
    let parts = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|part| !part.is_empty());
    let parts: Vec<f64> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    <[f64; 2]>::try_from(parts).ok().map(|[lat, lon]| Point { lat, lon })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_and_walking_times_are_read() {
        for (text, metres) in [
            ("1600m", 1600.0),
            ("5km", 5000.0),
            ("1mi", 1609.344),
            ("20min walk", 1600.0),
            ("1.5 km", 1500.0),
            ("20minwalk", 1600.0),
            ("20 min", 1600.0),
            // P8, and words like them.
            ("500 metres", 500.0),
            ("500 meter", 500.0),
            ("20 minutes walk", 1600.0),
            ("20 minutes' walk", 1600.0),
            ("20-minute walk", 1600.0),
            ("20 min walking", 1600.0),
            ("10 mins on foot", 800.0),
            ("2 miles", 3218.688),
            ("1 mile", 1609.344),
            ("1.5 kilometres", 1500.0),
            ("1.5 Kilometers", 1500.0),
            ("  3   KM ", 3000.0),
        ] {
            assert_eq!(within(text).map(|w| w.metres), Ok(metres), "{text}");
        }
    }

    #[test]
    fn driving_times_say_that_a_network_is_missing() {
        for text in ["15min drive", "15mindrive", "15 minutes' drive", "15 minutes by car", "15 mins driving"] {
            assert_eq!(within(text).unwrap_err().code, Code::NetworkNotLoaded, "{text}");
        }
        for text in ["far", "", "5", "5 km walk", "5 mm", "1,5km", "5 km or so", "1.2.3km", "-5km", "5 minutes swim"] {
            assert_eq!(within(text).unwrap_err().code, Code::WrongType, "{text}");
        }
        assert_eq!(within("0m").unwrap_err().code, Code::OutOfRange);
        assert_eq!(within("1000.1km").unwrap_err().code, Code::OutOfRange);
    }

    #[test]
    fn two_numbers_are_a_position_however_they_are_parted() {
        let expected = Some(Point { lat: 54.66, lon: -3.36 });
        for text in
            ["54.66,-3.36", "54.66 -3.36", "54.66   -3.36", "54.66;-3.36", "54.66, -3.36", "54.66\u{a0}\u{2212}3.36"]
        {
            assert_eq!(lat_lon(text), expected, "{text}");
        }
        for text in ["54.66", "54.66,-3.36,7", "CA13 9LU", "54.66,west", ""] {
            assert_eq!(lat_lon(text), None, "{text}");
        }
    }

    proptest::proptest! {
        /// P7: a distance that is shown holds what it was measured to, and is not a tenth of a millimetre more.
        #[test]
        fn what_is_shown_is_never_less_than_what_is_compared(metres in 0.0..1_000_000.0f64) {
            let shown = shown_m(metres);
            proptest::prop_assert!(shown >= metres && shown - metres < 1.001e-4);
            let asked = if shown > 0.0 { within(&format!("{shown}m")).unwrap().metres } else { 0.0 };
            proptest::prop_assert_eq!(asked, shown);
        }
    }
}
