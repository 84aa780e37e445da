//! Positions on the WGS84 ellipsoid, and the distance every rule of the product is stated in.

use geo::{Distance, Geodesic};
use serde::{Deserialize, Serialize};

/// A position, degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Longitude, degrees east.
    pub lon: f64,
    /// Latitude, degrees north.
    pub lat: f64,
}

impl Point {
    /// Where records may lie: 49–61.5 N, 9 W–2.5 E (the British Isles with room to spare).
    pub fn in_country(self) -> bool {
        (49.0..=61.5).contains(&self.lat) && (-9.0..=2.5).contains(&self.lon)
    }

    /// The box around some points, west, south, east, north; none around none.
    pub fn bounds(points: impl IntoIterator<Item = Point>) -> Option<[f64; 4]> {
        let boxes = points.into_iter().map(|p| [p.lon, p.lat, p.lon, p.lat]);
        boxes.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }

    /// Geodesic distance, metres (Karney 2013; WGS84).
    pub fn distance_m(self, other: Point) -> f64 {
        Geodesic.distance(self.into(), other.into())
    }

    /// Earth-centred, earth-fixed coordinates, metres, of the point on the ellipsoid. The straight chord between
    /// two such points is never longer than the geodesic, and 0.1 mm shorter at 5 km: what trees search by.
    pub fn ecef(self) -> [f64; 3] {
        const A: f64 = 6_378_137.0;
        const E2: f64 = 0.006_694_379_990_141_316;
        let (sin_lat, cos_lat) = self.lat.to_radians().sin_cos();
        let (sin_lon, cos_lon) = self.lon.to_radians().sin_cos();
        let n = A / (1.0 - E2 * sin_lat * sin_lat).sqrt();
        [n * cos_lat * cos_lon, n * cos_lat * sin_lon, n * (1.0 - E2) * sin_lat]
    }
}

impl From<Point> for geo::Point {
    fn from(p: Point) -> Self {
        geo::Point::new(p.lon, p.lat)
    }
}

/// Upper bound, metres, of the geodesic between two points of the ellipsoid whose straight chord is `chord` metres
/// (chords up to 1,000 km). A circle of the smallest radius of curvature bends most: its arc is the longest.
pub fn geodesic_at_most(chord: f64) -> f64 {
    const TIGHTEST: f64 = 6_335_000.0;
    2.0 * TIGHTEST * (chord / (2.0 * TIGHTEST)).asin() * (1.0 + 1e-12) + 1e-6
}
