//! Positions as a tree sees them: earth-centred metres, so that chords bound geodesics from below.

use rstar::{AABB, PointDistance, RStarInsertionStrategy, RTree, RTreeObject, RTreeParams};

use crate::model::Point;

/// A position of a record of the base.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Earth-centred, earth-fixed, metres.
    pub at: [f64; 3],
    /// The record's slot.
    pub slot: u32,
}

impl Spot {
    /// A spot at a point.
    pub fn new(point: Point, slot: u32) -> Self {
        Self { at: point.ecef(), slot }
    }
}

impl RTreeObject for Spot {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_point(self.at)
    }
}

impl PointDistance for Spot {
    fn distance_2(&self, point: &[f64; 3]) -> f64 {
        chord_2(&self.at, point)
    }
}

/// Wide nodes: fewer of them, and most of a tree's memory is nodes.
pub struct Wide;

impl RTreeParams for Wide {
    const MIN_SIZE: usize = 6;
    const MAX_SIZE: usize = 14;
    const REINSERTION_COUNT: usize = 4;
    type DefaultInsertionStrategy = RStarInsertionStrategy;
}

/// A tree of spots.
pub type Tree = RTree<Spot, Wide>;

/// Square of the straight distance, m².
pub fn chord_2(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)
}
