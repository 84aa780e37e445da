//! Outlines of areas, ready to be asked by many points: boxes first, the polygon itself only where a box holds the point.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, Envelope, RTree};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

use super::Entry;
use crate::model::{Point, polygon};

/// Where a point is to an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Within it.
    Inside,
    /// On its line.
    Edge,
    /// Beyond it, or in one of its holes.
    Outside,
}

/// The outline of one area: polygons, each with its box.
#[derive(Debug, Clone)]
pub struct AreaOutline {
    parts: Vec<(AABB<[f64; 2]>, Polygon)>,
}

impl AreaOutline {
    /// The outline an area's stored body holds; `None` when it holds none.
    pub fn of(area: &Entry) -> Option<Self> {
        #[derive(Deserialize)]
        struct Drawn {
            boundary: Option<Value>,
        }
        let drawn: Drawn = serde_json::from_str(&area.body).ok()?;
        let shape = polygon::read(&drawn.boundary?).ok()?;
        let parts = shape.0.into_iter().filter_map(|part| {
            let bounds = part.bounding_rect()?;
            Some((AABB::from_corners([bounds.min().x, bounds.min().y], [bounds.max().x, bounds.max().y]), part))
        });
        Some(Self { parts: parts.collect() })
    }

    /// Where a point is to it, exactly: the sign of a turn is never rounded.
    pub fn side(&self, point: Point) -> Side {
        let coord = geo::Coord { x: point.lon, y: point.lat };
        let mut side = Side::Outside;
        for (bounds, part) in &self.parts {
            if !bounds.contains_point(&[point.lon, point.lat]) {
                continue;
            }
            match part.coordinate_position(&coord) {
                CoordPos::Inside => return Side::Inside,
                CoordPos::OnBoundary => side = Side::Edge,
                CoordPos::Outside => {}
            }
        }
        side
    }

    fn bounds(&self) -> AABB<[f64; 2]> {
        self.parts.iter().fold(AABB::new_empty(), |all, (bounds, _)| all.merged(bounds))
    }
}

/// The outlines of a set, found by where a point is.
#[derive(Debug, Default)]
pub struct Outlines {
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    /// The row of the area, and its outline.
    drawn: Vec<(usize, Arc<AreaOutline>)>,
}

impl Outlines {
    /// These outlines, each with the row of its area, in order of the rows.
    pub fn of(drawn: Vec<(usize, Arc<AreaOutline>)>) -> Self {
        let boxes = drawn.iter().enumerate().map(|(at, (_, outline))| {
            let bounds = outline.bounds();
            GeomWithData::new(Rectangle::from_corners(bounds.lower(), bounds.upper()), at)
        });
        Self { boxes: RTree::bulk_load(boxes.collect()), drawn }
    }

    /// Rows of the areas that hold a point, in order: all within which it lies, and of those on whose line it lies the
    /// one with the lowest code, so that what two neighbours share counts once.
    pub fn holding(&self, point: Point) -> Vec<usize> {
        if !(point.lon.is_finite() && point.lat.is_finite()) {
            return Vec::new();
        }
        let at = AABB::from_point([point.lon, point.lat]);
        let mut near: Vec<usize> = self.boxes.locate_in_envelope_intersecting(&at).map(|b| b.data).collect();
        near.sort_unstable();
        let mut on_an_edge = false;
        let holds = |at: &usize| match self.drawn[*at].1.side(point) {
            Side::Inside => true,
            Side::Edge => !std::mem::replace(&mut on_an_edge, true),
            Side::Outside => false,
        };
        near.into_iter().filter(holds).map(|at| self.drawn[at].0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(boundary: Value) -> Arc<Entry> {
        let body = serde_json::json!({"id": "01a204c4-2d86-7071-ace9-80e1176156fa", "version": 1, "kind": "area",
            "name": "A", "visibility": "public", "precision": "exact", "links": {}, "boundary": boundary});
        Arc::new(Entry::read(body.to_string()).unwrap())
    }

    fn square(west: f64, south: f64, size: f64) -> Vec<[f64; 2]> {
        let (east, north) = (west + size, south + size);
        vec![[west, south], [east, south], [east, north], [west, north], [west, south]]
    }

    #[test]
    fn a_point_is_inside_on_the_line_in_a_hole_or_beyond() {
        let shape = serde_json::json!({"type": "MultiPolygon", "coordinates": [
            [square(-3.0, 54.0, 1.0), square(-2.75, 54.25, 0.5)], [square(-1.0, 54.0, 0.5)]]});
        let outline = AreaOutline::of(&area(shape)).unwrap();
        for (lon, lat, side) in [
            (-2.9, 54.1, Side::Inside),
            (-0.75, 54.25, Side::Inside),
            (-2.5, 54.5, Side::Outside),
            (-2.75, 54.5, Side::Edge),
            (-3.0, 54.0, Side::Edge),
            (-3.0, 54.7, Side::Edge),
            (-1.5, 54.2, Side::Outside),
            (f64::NAN, 54.2, Side::Outside),
        ] {
            assert_eq!(outline.side(Point { lon, lat }), side, "{lon} {lat}");
        }
        assert!(AreaOutline::of(&area(Value::Null)).is_none());
    }

    #[test]
    fn a_shared_line_counts_in_the_lower_row_and_an_overlap_in_each() {
        let drawn = |west, south, size| {
            area(serde_json::json!({"type": "Polygon", "coordinates": [square(west, south, size)]}))
        };
        // Four tiles round a corner, and one laid over the two northern ones.
        let areas = [
            drawn(-3.0, 54.0, 0.5),
            drawn(-2.5, 54.0, 0.5),
            drawn(-3.0, 54.5, 0.5),
            drawn(-2.5, 54.5, 0.5),
            drawn(-2.75, 54.6, 0.3),
        ];
        let drawn = areas.iter().map(|area| Arc::new(AreaOutline::of(area).unwrap()));
        let outlines = Outlines::of(drawn.enumerate().collect());
        let at = |lon, lat| outlines.holding(Point { lon, lat });
        assert_eq!(at(-2.5, 54.5), [0], "the corner of four");
        assert_eq!(at(-2.5, 54.25), [0]);
        assert_eq!(at(-2.25, 54.5), [1]);
        assert_eq!(at(-2.5, 54.55), [2]);
        assert_eq!(at(-2.7, 54.7), [2, 4], "inside both");
        assert_eq!(at(-2.5, 54.7), [2, 4], "on the line of two, inside the third");
        assert_eq!(at(-2.75, 54.7), [2, 4], "on the line of the last, inside the third");
        assert!(at(-4.0, 54.7).is_empty());
    }
}
