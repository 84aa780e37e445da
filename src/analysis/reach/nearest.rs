//! Nearest points for many origins, exact by the geodesic: chords bound it, and only what is close to call is measured.

use rstar::{AABB, PointDistance, RTree, RTreeObject};

use crate::atlas::{Wide, chord_2};
use crate::model::{Point, geodesic_at_most};

/// Points of assets, searched by chord.
pub struct AssetPoints {
    tree: RTree<AssetPoint, Wide>,
}

#[derive(Clone, Copy)]
struct AssetPoint {
    at: [f64; 3],
    point: Point,
}

impl RTreeObject for AssetPoint {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_point(self.at)
    }
}

impl PointDistance for AssetPoint {
    fn distance_2(&self, p: &[f64; 3]) -> f64 {
        chord_2(&self.at, p)
    }
}

impl AssetPoints {
    /// A tree over the points.
    pub fn new(points: impl IntoIterator<Item = Point>) -> Self {
        let targets = points.into_iter().map(|point| AssetPoint { at: point.ecef(), point }).collect();
        Self { tree: RTree::bulk_load_with_params(targets) }
    }

    /// Whether any target lies within `metres` of `origin`, along the geodesic, boundary included.
    pub fn within(&self, origin: Point, metres: f64) -> bool {
        // Any target so near that its chord alone tells settles nearly every case; the others are measured.
        let at = origin.ecef();
        let surely = chord_at_least(metres);
        if self.tree.locate_within_distance(at, surely * surely).next().is_some() {
            return true;
        }
        let perhaps = metres + 1e-6;
        self.tree.locate_within_distance(at, perhaps * perhaps).any(|t| origin.distance_m(t.point) <= metres)
    }

    /// Geodesic metres from `origin` to its nearest target; `None` when there is none.
    pub fn nearest_m(&self, origin: Point) -> Option<f64> {
        let at = origin.ecef();
        let mut best = f64::INFINITY;
        for (target, chord_2) in self.tree.nearest_neighbor_iter_with_distance_2(&at) {
            if chord_2.sqrt() > best {
                break;
            }
            best = best.min(origin.distance_m(target.point));
        }
        best.is_finite().then_some(best)
    }
}

/// A chord, metres, so short that the geodesic over it is surely no longer than `metres`.
fn chord_at_least(metres: f64) -> f64 {
    // An arc is longer than its chord by a 24th of its square over the radius, and some more far away.
    let mut chord = metres;
    for _ in 0..4 {
        let over = geodesic_at_most(chord) - metres;
        chord = (chord - over.max(0.0) * 1.000_001).max(0.0);
    }
    if geodesic_at_most(chord) <= metres { chord } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_chord_settles_is_settled_rightly() {
        for metres in [0.0, 1e-7, 1.0, 1_600.0, 5_000.0, 80_000.0, 900_000.0] {
            let chord = chord_at_least(metres);
            assert!(chord >= 0.0 && (chord == 0.0 || geodesic_at_most(chord) <= metres), "{metres}");
            assert!(metres < 1.0 || chord > metres * 0.999, "{metres}: {chord} settles next to nothing");
        }
    }

    #[test]
    fn a_chord_is_a_bound_on_both_sides() {
        let from = Point { lon: -3.36, lat: 54.66 };
        for (lon, lat) in [(-3.36, 54.67), (-3.30, 54.66), (-1.0, 51.0), (1.7, 52.5), (-3.36001, 54.66)] {
            let to = Point { lon, lat };
            let (a, b) = (from.ecef(), to.ecef());
            let chord = ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt();
            let exact = from.distance_m(to);
            assert!(chord <= exact + 1e-6 && exact <= geodesic_at_most(chord), "{chord} {exact}");
        }
    }
}
