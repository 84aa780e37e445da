//! Positions in one cell: latitude and longitude side by side, degrees with minutes and seconds, well-known text.

use geo::Geometry;
use serde_json::{Value, json};
use std::str::FromStr;

use crate::exchange::cells::number::{self, NumberRead};

/// A coordinate in degrees: `54.6627`, `54,6627`, `54.6627 N`, `54°39'45.7"N`, `3 21 38 W`.
///
/// Degrees have no thousands, so that a comma always marks decimals.
pub(crate) fn read(text: &str) -> Option<f64> {
    let text = text.trim();
    let upper = text.to_uppercase();
    let (sign, body) = match upper.strip_suffix(['N', 'E']).or_else(|| upper.strip_prefix(['N', 'E'])) {
        Some(rest) => (1.0, rest.to_owned()),
        None => match upper.strip_suffix(['S', 'W']).or_else(|| upper.strip_prefix(['S', 'W'])) {
            Some(rest) => (-1.0, rest.to_owned()),
            None => (1.0, upper.clone()),
        },
    };
    let marked = body.contains(['°', 'º', '\'', '′', '’', '"', '″', '”', ':']) || body.split_whitespace().count() > 1;
    if !marked {
        return plain(&body).map(|n| sign * n);
    }
    let parts: Vec<&str> =
        body.split(|c: char| c.is_whitespace() || "°º'′’\"″”:".contains(c)).filter(|p| !p.is_empty()).collect();
    if parts.len() > 3 {
        return None;
    }
    let numbers: Vec<f64> = parts.iter().map(|p| plain(p)).collect::<Option<_>>()?;
    let minutes = numbers.get(1..).unwrap_or(&[]);
    if numbers.is_empty() || minutes.iter().any(|n| !(0.0..60.0).contains(n)) {
        return None;
    }
    let below: f64 = minutes.iter().zip([60.0, 3600.0]).map(|(n, of)| n / of).sum();
    let negative = parts[0].starts_with(['-', '\u{2212}']);
    Some(sign * if negative { numbers[0] - below } else { numbers[0] + below })
}

fn plain(text: &str) -> Option<f64> {
    match number::read(text)? {
        NumberRead::Plain(n) | NumberRead::DecimalComma(n) => Some(n),
        NumberRead::Either { decimal, .. } => Some(decimal),
    }
}

/// The two numbers of one cell, as they stand: `54.66, -3.36`, `(54.66 -3.36)`, `54°39'N 3°21'W`, `{"lat":54.66,"lon":-3.36}`.
/// The second is `true` where the cell itself says that the longitude stands first.
pub(crate) fn pair(text: &str) -> Option<((f64, f64), bool)> {
    let text = text.trim();
    if let Ok(Value::Object(named)) = Value::from_str(text) {
        let get = |names: &[&str]| {
            names.iter().find_map(|n| named.get(*n)).and_then(|v| v.as_f64().or_else(|| read(v.as_str()?)))
        };
        return Some(((get(&["lat", "latitude"])?, get(&["lon", "lng", "long", "longitude"])?), false));
    }
    let bare = text.trim_matches(['(', ')', '[', ']']).trim();
    let upper = bare.to_uppercase();
    let halves = |mark: &dyn Fn(char) -> bool| {
        let parts: Vec<&str> = upper.split(mark).map(str::trim).filter(|p| !p.is_empty()).collect();
        match parts[..] {
            [a, b] => Some((read(a)?, read(b)?)),
            _ => None,
        }
    };
    let first_is_east = || {
        let side = |c: char| matches!(c, 'E' | 'W');
        let north = |c: char| matches!(c, 'N' | 'S');
        match (upper.find(side), upper.find(north)) {
            (Some(e), Some(n)) => e < n,
            _ => false,
        }
    };
    let found = halves(&|c| c == ';' || c == '/' || c == '|')
        .or_else(|| halves(&|c| c == ','))
        .or_else(|| comma_decimals(&upper))
        .or_else(|| by_letters(&upper))
        .or_else(|| halves(&|c: char| c.is_whitespace()))?;
    Some((found, first_is_east()))
}

/// `54,66, -3,36`: commas for decimals and between the two.
fn comma_decimals(text: &str) -> Option<(f64, f64)> {
    let (a, b) = text.split_once(", ").or_else(|| text.split_once(' '))?;
    Some((read(a)?, read(b)?))
}

/// `54°39'45"N 3°21'38"W`: each half ends with its letter.
fn by_letters(text: &str) -> Option<(f64, f64)> {
    let at = text.find(['N', 'S', 'E', 'W']).filter(|at| *at > 0)?;
    let (a, b) = text.split_at(at + 1);
    Some((read(a)?, read(b.trim_start_matches([',', ' ']))?))
}

/// Whether a cell is well-known text of a geometry (OGC 06-103r4, with or without the SRID before it).
pub(crate) fn is_wkt(text: &str) -> bool {
    let body = without_srid(text).0.trim_start().to_uppercase();
    ["POINT", "POLYGON", "MULTIPOLYGON", "MULTIPOINT", "GEOMETRYCOLLECTION"].iter().any(|name| body.starts_with(name))
}

/// The geometry of well-known text as GeoJSON, and the number of the system it is measured in, if it names one.
pub(crate) fn of_wkt(text: &str) -> Option<(Value, Option<u32>)> {
    let (body, srid) = without_srid(text);
    let wkt = wkt::Wkt::<f64>::from_str(body.trim()).ok()?;
    let geometry = Geometry::<f64>::try_from(wkt).ok()?;
    let geometry = geojson::Geometry::from(&geometry);
    let value = serde_json::to_value(&geometry).ok()?;
    let is_empty = value.get("coordinates").is_some_and(|c| *c == json!([]));
    (!is_empty).then_some((value, srid))
}

fn without_srid(text: &str) -> (&str, Option<u32>) {
    let text = text.trim();
    match text.split_once(';') {
        Some((srid, rest)) if srid.to_uppercase().starts_with("SRID=") => (rest, srid[5..].trim().parse().ok()),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    // N2, B02.
    #[test]
    fn degrees_are_read_as_people_write_them() {
        for (text, degrees) in [
            ("54.6627", 54.6627),
            ("54,6627", 54.6627),
            ("54,662", 54.662),
            ("\u{2212}3.3606", -3.3606),
            ("3.3606W", -3.3606),
            ("W 3.3606", -3.3606),
            ("54°39'45.72\"N", 54.6627),
            ("54° 39′ 45.72″ N", 54.6627),
            ("3°21'38.16\"W", -3.3606),
            ("-3 21 38.16", -3.3606),
            ("54:39:45.72", 54.6627),
            ("54 39.762 N", 54.6627),
            ("54º39’45.72”", 54.6627),
        ] {
            assert!(read(text).is_some_and(|d| near(d, degrees)), "{text}: {:?}", read(text));
        }
        for text in ["", "N", "54°61'", "54 39 45 12", "north", "CA13 9LU", "54.66.27"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn two_numbers_of_one_cell_are_told_apart() {
        for text in [
            "54.66, -3.36",
            "54.66,-3.36",
            "(54.66 -3.36)",
            "[54.66,-3.36]",
            "54.66;-3.36",
            "54,66; -3,36",
            "54,66, -3,36",
            "54.66 N, 3.36 W",
            "54.66N 3.36W",
            "54°39'36\"N 3°21'36\"W",
            "{\"lat\": 54.66, \"lon\": -3.36}",
            "{\"latitude\": \"54.66\", \"longitude\": \"-3.36\"}",
        ] {
            let found = pair(text);
            assert!(found.is_some_and(|((a, b), east)| near(a, 54.66) && near(b, -3.36) && !east), "{text}: {found:?}");
        }
        assert_eq!(pair("3.36W, 54.66N"), Some(((-3.36, 54.66), true)));
        for text in
            ["Cockermouth", "1 High Street, Cockermouth", "54.66", "54.66,-3.36,12", "", "01900 123456, 01900 123457"]
        {
            assert_eq!(pair(text).filter(|((a, b), _)| a.abs() <= 90.0 && b.abs() <= 90.0), None, "{text}");
        }
    }

    #[test]
    fn well_known_text_becomes_the_same_geometry() {
        let (point, srid) = of_wkt("POINT (-3.36 54.66)").unwrap();
        assert_eq!((point["type"].as_str(), srid), (Some("Point"), None));
        assert_eq!(point["coordinates"], json!([-3.36, 54.66]));
        let (grid, srid) = of_wkt("SRID=27700;POINT(312345 530567)").unwrap();
        assert_eq!((grid["coordinates"].clone(), srid), (json!([312345.0, 530567.0]), Some(27700)));
        let (outline, _) = of_wkt("POLYGON((0 0, 1 0, 1 1, 0 0))").unwrap();
        assert_eq!(outline["type"], "Polygon");
        for text in ["POINT", "POINT (x y)", "POINT EMPTY", "POLYGON((0 0"] {
            assert_eq!(of_wkt(text).map(|(v, _)| v), None, "{text}");
        }
    }
}
