//! The national grid: many public lists give positions as eastings and northings or grid references. The conversion is
//! the Ordnance Survey's own OSTN15 (by `lonlat_bng`), right to centimetres, where a single seven-parameter shift is
//! off by metres.

use lonlat_bng::{convert_osgb36, convert_osgb36_to_ll};

use crate::model::{Code, Point, Problem};

/// Easting and northing, metres, to a position; `None` outside the grid's transformation.
pub fn to_point(easting: f64, northing: f64) -> Option<Point> {
    if !(easting.is_finite() && northing.is_finite()) {
        return None;
    }
    let (lon, lat) = convert_osgb36_to_ll(easting, northing).ok()?;
    (lon.is_finite() && lat.is_finite()).then_some(Point { lon, lat })
}

/// A position to easting and northing, metres; `None` outside the grid's transformation.
pub fn from_point(point: Point) -> Option<(f64, f64)> {
    let (e, n) = convert_osgb36(point.lon, point.lat).ok()?;
    (e.is_finite() && n.is_finite()).then_some((e, n))
}

/// Easting and northing of the centre of the square a grid reference names: `NY 12345 30567`, `NY1230`.
///
/// ```
/// use commonground::exchange::grid::reference;
/// assert_eq!(reference("NY 12345 30567"), Some((312_345.5, 530_567.5)));
/// assert_eq!(reference("ny1230"), Some((312_500.0, 530_500.0)));
/// assert_eq!(reference("NY 123 4"), None);
/// ```
pub fn reference(text: &str) -> Option<(f64, f64)> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if !plain.is_ascii() || plain.len() < 2 {
        return None;
    }
    let (letters, digits) = plain.split_at(2);
    // "NY 123 4" names no square: which of its digits are whose?
    let groups: Vec<usize> =
        text.split_whitespace().filter(|g| g.bytes().all(|b| b.is_ascii_digit())).map(str::len).collect();
    if groups.len() == 2 && groups[0] != groups[1] || groups.len() > 2 {
        return None;
    }
    if digits.len() % 2 != 0 || digits.len() > 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (e, n) = hundred_km(letters.as_bytes())?;
    let half = digits.len() / 2;
    let square = 10f64.powi(5 - half as i32);
    let part = |d: &str| if d.is_empty() { Some(0.0) } else { d.parse::<f64>().ok() };
    Some((e + part(&digits[..half])? * square + square / 2.0, n + part(&digits[half..])? * square + square / 2.0))
}

/// South-west corner of the 100 km square: letters without I, five by five squares, false origin at SV.
fn hundred_km(letters: &[u8]) -> Option<(f64, f64)> {
    let place = |b: u8| match b {
        b'A'..=b'H' => Some(i32::from(b - b'A')),
        b'J'..=b'Z' => Some(i32::from(b - b'A') - 1),
        _ => None,
    };
    let (first, second) = (place(letters[0])?, place(letters[1])?);
    let e = (first % 5) * 5 + second % 5 - 10;
    let n = 19 - (first / 5) * 5 - second / 5;
    ((0..7).contains(&e) && (0..13).contains(&n)).then(|| (f64::from(e) * 1e5, f64::from(n) * 1e5))
}

/// The point if it lies in the country, turned round if only so it does.
pub(crate) fn in_country(point: Point, heading: &str, warnings: &mut Vec<Problem>) -> Result<Point, Problem> {
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

/// The problem of coordinates that lie outside the country.
pub(crate) fn outside(heading: &str, what: &str) -> Problem {
    let message = format!("{what} lies outside 49–61.5 N, 9 W–2.5 E; correct the coordinates");
    Problem::new(heading, Code::OutsideCountry, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_lie_where_the_ordnance_survey_puts_them() {
        assert_eq!(reference("SV"), Some((50_000.0, 50_000.0)));
        assert_eq!(reference("TG 51409 13177"), Some((651_409.5, 313_177.5)));
        assert_eq!(reference("HP"), Some((450_000.0, 1_250_000.0)));
        for wrong in ["", "N", "II 1 1", "NY12é4", "AA11", "NY 123456 123456"] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_ordnance_surveys_forty_points_agree_within_a_decimetre() {
        let Some(text) = crate::exchange::shared("vectors/geo/osgb_official_40.csv") else { return };
        let text = std::fs::read_to_string(text).unwrap();
        let mut seen = 0;
        for line in text.lines().skip(1) {
            let n: Vec<f64> = line.split(',').skip(1).take(4).map(|c| c.parse().unwrap()).collect();
            let truth = Point { lat: n[0], lon: n[1] };
            let at = to_point(n[2], n[3]).unwrap();
            assert!(at.distance_m(truth) < 0.1, "{line}: {at:?}");
            let (e, north) = from_point(truth).unwrap();
            assert!((e - n[2]).abs() < 0.1 && (north - n[3]).abs() < 0.1, "{line}: {e} {north}");
            seen += 1;
        }
        assert_eq!(seen, 40);
    }
}
