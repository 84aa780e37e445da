//! Nearest points for many origins, exact by the geodesic: chords bound it, and only what is close to call is measured.

use rstar::{AABB, PointDistance, RTree, RTreeObject};

use crate::atlas::chord_2;
use crate::model::{Point, geodesic_at_most};

/// Points of assets, searched by chord.
pub struct Targets {
    tree: RTree<Target>,
}

#[derive(Clone, Copy)]
struct Target {
    at: [f64; 3],
    point: Point,
}

impl RTreeObject for Target {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_point(self.at)
    }
}

impl PointDistance for Target {
    fn distance_2(&self, p: &[f64; 3]) -> f64 {
        chord_2(&self.at, p)
    }
}

impl Targets {
    /// A tree over the points.
    pub fn new(points: impl IntoIterator<Item = Point>) -> Self {
        let targets = points.into_iter().map(|point| Target { at: point.ecef(), point }).collect();
        Self { tree: RTree::bulk_load(targets) }
    }

    /// Whether any target lies within `metres` of `origin`, along the geodesic, boundary included.
    pub fn within(&self, origin: Point, metres: f64) -> bool {
        // The nearest by chord settles nearly every case.
        let at = origin.ecef();
        for (target, chord_2) in self.tree.nearest_neighbor_iter_with_distance_2(&at) {
            let chord = chord_2.sqrt();
            if chord > metres + 1e-6 {
                return false;
            }
            if geodesic_at_most(chord) <= metres || origin.distance_m(target.point) <= metres {
                return true;
            }
        }
        false
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

#[cfg(test)]
mod tests {
    use super::*;

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
