//! Positions as a map sees them: on the square of Web Mercator, in the order of a Z-curve, so that every tile and
//! every cell of a tile is one run of them. How many lie in a cell is told by two binary searches, and their mean by
//! sums kept for every block: nothing is touched point by point. A position takes twelve bytes, and a quarter of a byte for the sums.

use rayon::prelude::*;
use std::collections::HashSet;
use std::ops::{Range, RangeInclusive};

use crate::model::Point;

/// A place on the square of Web Mercator, each axis divided into 2³² steps (9 mm at the equator), y to the south.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Square {
    /// From west to east.
    pub x: u32,
    /// From north to south.
    pub y: u32,
}

impl From<Point> for Square {
    fn from(point: Point) -> Self {
        let sin = point.lat.to_radians().sin().clamp(-0.999_999_999_9, 0.999_999_999_9);
        let x = point.lon / 360.0 + 0.5;
        let y = 0.5 - sin.atanh() / std::f64::consts::TAU;
        // A cast to u32 stays within its bounds: what lies beyond the square lies on its edge.
        let step = |part: f64| (part * 4_294_967_296.0) as u32;
        Self { x: step(x), y: step(y) }
    }
}

impl Square {
    /// The number of this place on the Z-curve: bits of x and y in turn.
    pub fn key(self) -> u64 {
        spread(self.x) | (spread(self.y) << 1)
    }

    /// The place of a number.
    pub fn of(key: u64) -> Self {
        Self { x: gather(key), y: gather(key >> 1) }
    }

    /// The place in degrees.
    pub fn point(self) -> Point {
        let part = |step: u32| (f64::from(step) + 0.5) / 4_294_967_296.0;
        let lat = ((0.5 - part(self.y)) * std::f64::consts::TAU).sinh().atan().to_degrees();
        Point { lon: part(self.x) * 360.0 - 180.0, lat }
    }
}

fn spread(half: u32) -> u64 {
    let mut bits = u64::from(half);
    for (shift, mask) in [
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        bits = (bits | (bits << shift)) & mask;
    }
    bits
}

fn gather(key: u64) -> u32 {
    let mut bits = key & 0x5555_5555_5555_5555;
    for (shift, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0F0F_0F0F_0F0F_0F0F),
        (4, 0x00FF_00FF_00FF_00FF),
        (8, 0x0000_FFFF_0000_FFFF),
        (16, 0x0000_0000_FFFF_FFFF),
    ] {
        bits = (bits | (bits >> shift)) & mask;
    }
    bits as u32
}

/// Positions in order, each with the number of what stands there.
#[derive(Debug, Default)]
pub struct Marks {
    keys: Vec<u64>,
    refs: Vec<u32>,
    /// Sums of x and y of all positions before each block.
    sums: Vec<[u64; 2]>,
    /// Least and greatest x, least and greatest y.
    bounds: Option<[u32; 4]>,
}

/// Positions that share one pair of sums: of a run, at most as many are summed one by one at each end.
const BLOCK: usize = 64;

impl Marks {
    /// Marks of these keys and numbers, in whatever order.
    pub fn build(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.par_sort_unstable();
        let mut marks = Self {
            keys: Vec::with_capacity(pairs.len()),
            refs: Vec::with_capacity(pairs.len()),
            sums: Vec::with_capacity(pairs.len() / BLOCK + 1),
            bounds: None,
        };
        let mut sum = [0, 0];
        for (at, (key, number)) in pairs.into_iter().enumerate() {
            if at % BLOCK == 0 {
                marks.sums.push(sum);
            }
            let Square { x, y } = Square::of(key);
            sum = [sum[0] + u64::from(x), sum[1] + u64::from(y)];
            marks.bounds = Some(widened(marks.bounds, Square { x, y }));
            marks.keys.push(key);
            marks.refs.push(number);
        }
        marks
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> Range<usize> {
        0..self.len()
    }

    /// The run of the keys between two, both included, looked for in a run that holds it.
    pub fn run(&self, within: Range<usize>, keys: RangeInclusive<u64>) -> Range<usize> {
        let some = &self.keys[within.clone()];
        let from = some.partition_point(|key| key < keys.start());
        let length = some[from..].partition_point(|key| key <= keys.end());
        within.start + from..within.start + from + length
    }

    /// Keys of a run.
    pub fn keys(&self, run: Range<usize>) -> &[u64] {
        &self.keys[run]
    }

    /// Numbers of a run.
    pub fn refs(&self, run: Range<usize>) -> &[u32] {
        &self.refs[run]
    }

    /// Sums of x and of y over a run.
    pub fn sum(&self, run: Range<usize>) -> [u64; 2] {
        let (from, until) = (self.sum_before(run.start), self.sum_before(run.end));
        [until[0] - from[0], until[1] - from[1]]
    }

    /// West, south, east, north; none when there are no marks.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.bounds.map(degrees)
    }

    /// The bounds of those marks that are not `gone`. A position that is hidden now must not show in a box round others,
    /// so where one of them made the box, it is worked out anew.
    pub fn bounds_without(&self, gone: &Marks) -> Option<[f64; 4]> {
        let (mine, theirs) = (self.bounds?, gone.bounds);
        let touched = theirs.is_some_and(|theirs| {
            (0..4).any(|edge| match edge % 2 {
                0 => theirs[edge] <= mine[edge],
                _ => theirs[edge] >= mine[edge],
            })
        });
        if !touched {
            return self.bounds();
        }
        let gone: HashSet<(u64, u32)> = gone.keys.iter().copied().zip(gone.refs.iter().copied()).collect();
        let marks = self.keys.iter().copied().zip(self.refs.iter().copied());
        let left = marks.filter(|mark| !gone.contains(mark)).map(|(key, _)| Square::of(key));
        left.fold(None, |seen, place| Some(widened(seen, place))).map(degrees)
    }

    fn sum_before(&self, at: usize) -> [u64; 2] {
        let Some(block) = self.sums.get(at / BLOCK).or(self.sums.last()) else { return [0, 0] };
        let from = (at / BLOCK).min(self.sums.len() - 1) * BLOCK;
        self.keys[from..at].iter().fold(*block, |sum, key| {
            let Square { x, y } = Square::of(*key);
            [sum[0] + u64::from(x), sum[1] + u64::from(y)]
        })
    }
}

fn widened(bounds: Option<[u32; 4]>, Square { x, y }: Square) -> [u32; 4] {
    let [west, east, north, south] = bounds.unwrap_or([x, x, y, y]);
    [west.min(x), east.max(x), north.min(y), south.max(y)]
}

fn degrees([west, east, north, south]: [u32; 4]) -> [f64; 4] {
    let (low, high) = (Square { x: west, y: south }.point(), Square { x: east, y: north }.point());
    [low.lon, low.lat, high.lon, high.lat]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_holds_both_axes(x: u32, y: u32) {
            prop_assert_eq!(Square::of(Square { x, y }.key()), Square { x, y });
        }

        #[test]
        fn a_point_comes_back_to_the_centimetre(lon in -8.9..2.4f64, lat in 49.1..61.4f64) {
            let point = Point { lon, lat };
            prop_assert!(Square::from(point).point().distance_m(point) < 0.01);
        }

        #[test]
        fn sums_of_runs_are_those_of_their_points(keys in prop::collection::vec(any::<u64>(), 0..300), a in 0..300usize, b in 0..300usize) {
            let marks = Marks::build(keys.iter().map(|key| (*key, 0)).collect());
            let run = a.min(b).min(keys.len())..a.max(b).min(keys.len());
            let of = |key: &u64| Square::of(*key);
            let expected = marks.keys(run.clone()).iter().fold([0, 0], |s, k| [s[0] + u64::from(of(k).x), s[1] + u64::from(of(k).y)]);
            prop_assert_eq!(marks.sum(run), expected);
        }
    }

    #[test]
    fn a_run_is_what_lies_between_its_keys() {
        let marks = Marks::build(vec![(7, 0), (1, 1), (3, 2), (3, 3), (u64::MAX, 4)]);
        assert_eq!(marks.run(marks.all(), 2..=7), 1..4);
        assert_eq!(marks.run(1..3, 2..=7), 1..3);
        assert_eq!(marks.run(marks.all(), 0..=u64::MAX), 0..5);
        assert!(marks.run(marks.all(), 8..=9).is_empty());
    }
}
