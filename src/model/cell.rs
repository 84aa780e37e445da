//! Approximate positions: the centre of the fixed 5 km cell of the national grid. Never random, so that asking
//! again tells nothing more.

use lonlat_bng::{convert_osgb36, convert_osgb36_to_ll};

use super::Point;

const SIDE: f64 = 5_000.0;

/// The centre of the cell that holds `point`; off the grid, of a twentieth of a degree.
pub fn centre(point: Point) -> Point {
    let middle = |x: f64| (x / SIDE).floor() * SIDE + SIDE / 2.0;
    on_grid(point)
        .and_then(|(e, n)| convert_osgb36_to_ll(middle(e), middle(n)).ok())
        .map(|(lon, lat)| Point { lon: round(lon), lat: round(lat) })
        .unwrap_or_else(|| {
            let middle = |x: f64| (x * 20.0).floor() / 20.0 + 0.025;
            Point { lon: round(middle(point.lon)), lat: round(middle(point.lat)) }
        })
}

fn on_grid(point: Point) -> Option<(f64, f64)> {
    convert_osgb36(point.lon, point.lat).ok()
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_points_of_one_cell_share_their_centre() {
        let a = centre(Point { lon: -3.3666, lat: 54.6613 });
        let b = centre(Point { lon: -3.3601, lat: 54.6650 });
        assert_eq!(a, b);
        assert_eq!(centre(a), a);
    }
}
