//! Boxes as people write them.

use crate::model::{Code, Point, Problem};

/// `west,south,east,north`, degrees, the smaller number first. A box that lies in the country only when latitude and
/// longitude change places was meant so: it would hold nothing, and nobody would know why.
pub fn read_box(field: &str, text: &str) -> Result<[f64; 4], Problem> {
    let say = "must be west,south,east,north in degrees, the smaller number first";
    let wrong = || Problem::new(field, Code::WrongType, say);
    let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    let [west, south, east, north] = numbers.and_then(|n| <[f64; 4]>::try_from(n).ok()).ok_or_else(wrong)?;
    if !(west <= east && south <= north && [west, south, east, north].iter().all(|n| n.is_finite())) {
        return Err(wrong());
    }
    let in_country = |lon, lat| Point { lon, lat }.in_country();
    // As it was given no part of it lies in the country; turned round, all of it does.
    let outside = west > 2.5 || east < -9.0 || south > 61.5 || north < 49.0;
    if outside && in_country(south, west) && in_country(north, east) {
        let say = format!(
            "lies outside the country: latitude and longitude have changed places. A box is west,south,east,north: \
             {south},{west},{north},{east}"
        );
        return Err(Problem::new(field, Code::OutsideCountry, say));
    }
    Ok([west, south, east, north])
}
