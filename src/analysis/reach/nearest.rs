//! Nearest points for many origins, exact by the geodesic: chords bound it, and only what is close to call is measured.

use crate::analysis::ctl::{Ctl, Halt, LOOK};
use crate::atlas::chord_2;
use crate::model::{Point, geodesic_at_most};

/// Points of assets, searched by chord: a tree without nodes. The point in the middle of a run parts it, by one of the
/// three axes, into those before and those behind it.
#[derive(Default)]
pub struct AssetPoints {
    points: Vec<AssetPoint>,
}

#[derive(Clone, Copy)]
struct AssetPoint {
    at: [f64; 3],
    point: Point,
    /// Whose it is.
    of: u32,
    /// By which axis it parts its run.
    axis: u8,
}

/// Where distances are asked from.
#[derive(Clone, Copy)]
pub struct Standpoint {
    point: Point,
    at: [f64; 3],
}

/// How far counts as there, along the geodesic, its end included.
#[derive(Clone, Copy)]
pub struct Radius {
    /// Metres.
    pub metres: f64,
    /// Square of a chord that is surely within it.
    surely_2: f64,
    /// Square of the longest chord that may be.
    perhaps_2: f64,
}

/// Runs that are not parted any more.
const SHORT: usize = 8;
/// Runs that are worth a thread of their own, and that take long enough to be told of.
const LONG: usize = 4_096;

impl Standpoint {
    /// At a point.
    pub fn new(point: Point) -> Self {
        Self { point, at: point.ecef() }
    }
}

impl Radius {
    /// Of so many metres.
    pub fn new(metres: f64) -> Self {
        Self { metres, surely_2: chord_at_least(metres).powi(2), perhaps_2: (metres + 1e-6).powi(2) }
    }
}

impl AssetPoints {
    /// A tree over points, each with a number that says whose it is.
    pub fn new(points: impl IntoIterator<Item = (Point, u32)>, ctl: &Ctl) -> Result<Self, Halt> {
        let read = |(point, of): (Point, u32)| AssetPoint { at: point.ecef(), point, of, axis: 0 };
        let mut points: Vec<AssetPoint> = points.into_iter().map(read).collect();
        part(&mut points, ctl)?;
        Ok(Self { points })
    }

    /// The points, in no order, with whose they are.
    pub fn iter(&self) -> impl Iterator<Item = (Point, u32)> + '_ {
        self.points.iter().map(|p| (p.point, p.of))
    }

    /// Whether any point lies within a radius.
    pub fn within(&self, from: &Standpoint, radius: &Radius) -> bool {
        self.any_within(from, radius, &mut |_| true)
    }

    /// Whether any point lies within a radius whose number `counts`; which is asked of points in reach only.
    pub fn any_within(&self, from: &Standpoint, radius: &Radius, counts: &mut dyn FnMut(u32) -> bool) -> bool {
        any_within(&self.points, from, radius, counts)
    }

    /// Geodesic metres to the nearest point, where that is less than `most`.
    pub fn nearest_below(&self, from: &Standpoint, most: f64) -> Option<f64> {
        let mut nearest = (most * most, None);
        by_chord(&self.points, from, &mut nearest);
        let nearest = nearest.1?;
        let mut best = from.point.distance_m(nearest);
        // Another may be nearer along the geodesic though its chord is longer: by a hair.
        by_geodesic(&self.points, from, nearest, &mut best);
        (best < most).then_some(best)
    }
}

/// Puts points into the order of the tree.
fn part(points: &mut [AssetPoint], ctl: &Ctl) -> Result<(), Halt> {
    if points.len() <= SHORT {
        return Ok(());
    }
    let is_long = points.len() > LONG;
    if is_long {
        ctl.tick(points.len() / 64 * LOOK)?;
    }
    let (middle, axis) = (points.len() / 2, widest(points));
    points.select_nth_unstable_by(middle, |a, b| a.at[axis].total_cmp(&b.at[axis]));
    points[middle].axis = axis as u8;
    let (before, behind) = points.split_at_mut(middle);
    if !is_long {
        return part(before, ctl).and_then(|()| part(&mut behind[1..], ctl));
    }
    let (before, behind) = rayon::join(|| part(before, ctl), || part(&mut behind[1..], ctl));
    before.and(behind)
}

/// The axis along which points lie farthest apart.
fn widest(points: &[AssetPoint]) -> usize {
    let mut bounds = [(f64::INFINITY, f64::NEG_INFINITY); 3];
    for point in points {
        for (bound, at) in bounds.iter_mut().zip(point.at) {
            *bound = (bound.0.min(at), bound.1.max(at));
        }
    }
    let wide = |axis: &usize| bounds[*axis].1 - bounds[*axis].0;
    (0..3).max_by(|a, b| wide(a).total_cmp(&wide(b))).unwrap_or_default()
}

/// The point that parts a run, the run on the near side of it, the one beyond, and the square of how far that is at least.
fn parted<'a>(
    points: &'a [AssetPoint],
    from: &Standpoint,
) -> Option<(&'a AssetPoint, &'a [AssetPoint], &'a [AssetPoint], f64)> {
    if points.len() <= SHORT {
        return None;
    }
    let (before, behind) = points.split_at(points.len() / 2);
    let (middle, behind) = behind.split_first()?;
    let away = from.at[usize::from(middle.axis)] - middle.at[usize::from(middle.axis)];
    let (near, far) = if away < 0.0 { (before, behind) } else { (behind, before) };
    Some((middle, near, far, away * away))
}

fn any_within(points: &[AssetPoint], from: &Standpoint, radius: &Radius, counts: &mut dyn FnMut(u32) -> bool) -> bool {
    let mut is_one = |p: &AssetPoint| {
        let chord_2 = chord_2(&p.at, &from.at);
        chord_2 <= radius.perhaps_2
            && (chord_2 <= radius.surely_2 || from.point.distance_m(p.point) <= radius.metres)
            && counts(p.of)
    };
    let Some((middle, near, far, beyond_2)) = parted(points, from) else { return points.iter().any(is_one) };
    is_one(middle)
        || any_within(near, from, radius, counts)
        || (beyond_2 <= radius.perhaps_2 && any_within(far, from, radius, counts))
}

/// Finds the point with the shortest chord, if it is shorter than the square that is given.
fn by_chord(points: &[AssetPoint], from: &Standpoint, nearest: &mut (f64, Option<Point>)) {
    let look = |p: &AssetPoint, nearest: &mut (f64, Option<Point>)| {
        let chord_2 = chord_2(&p.at, &from.at);
        if chord_2 < nearest.0 {
            *nearest = (chord_2, Some(p.point));
        }
    };
    let Some((middle, near, far, beyond_2)) = parted(points, from) else {
        return points.iter().for_each(|p| look(p, nearest));
    };
    by_chord(near, from, nearest);
    look(middle, nearest);
    if beyond_2 < nearest.0 {
        by_chord(far, from, nearest);
    }
}

/// Measures what may be nearer than `best`, but the one that was measured.
fn by_geodesic(points: &[AssetPoint], from: &Standpoint, measured: Point, best: &mut f64) {
    let look = |p: &AssetPoint, best: &mut f64| {
        if chord_2(&p.at, &from.at) < *best * *best && p.point != measured {
            *best = best.min(from.point.distance_m(p.point));
        }
    };
    let Some((middle, near, far, beyond_2)) = parted(points, from) else {
        return points.iter().for_each(|p| look(p, best));
    };
    by_geodesic(near, from, measured, best);
    look(middle, best);
    if beyond_2 < *best * *best {
        by_geodesic(far, from, measured, best);
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

    fn anywhere() -> impl proptest::strategy::Strategy<Value = Point> {
        use proptest::prelude::*;
        // Some on a grid, so that many lie equally far or upon each other.
        let grid = (0..6_i32, 0..6_i32).prop_map(|(x, y)| (f64::from(x) / 20.0, f64::from(y) / 20.0));
        let place = prop_oneof![grid, (0.0..0.3, 0.0..0.3), (0.0..6.0, 0.0..5.0)];
        place.prop_map(|(x, y)| Point { lon: -3.0 + x, lat: 50.0 + y })
    }

    proptest::proptest! {
        #[test]
        fn the_tree_tells_what_measuring_everything_tells(
            points in proptest::collection::vec(anywhere(), 0..200),
            from in anywhere(),
            which in 0..400_usize,
            odd in 0..2_u32,
        ) {
            let numbered = points.iter().copied().zip(0..);
            let tree = AssetPoints::new(numbered.clone(), &Ctl::free()).unwrap();
            let here = Standpoint::new(from);
            let nearest = points.iter().map(|p| from.distance_m(*p)).fold(f64::INFINITY, f64::min);
            proptest::prop_assert_eq!(tree.nearest_below(&here, f64::INFINITY), Some(nearest).filter(|n| n.is_finite()));
            proptest::prop_assert_eq!(tree.nearest_below(&here, nearest), None);
            // A radius that ends on a point holds it.
            let metres = points.get(which).map_or(20_000.0, |p| from.distance_m(*p));
            let all = points.iter().filter(|p| from.distance_m(**p) <= metres).count();
            let odd_ones = numbered.filter(|(p, of)| from.distance_m(*p) <= metres && of % 2 == odd).count();
            let radius = Radius::new(metres);
            let count = |wanted: &dyn Fn(u32) -> bool| {
                let mut seen = 0;
                tree.any_within(&here, &radius, &mut |of| { seen += usize::from(wanted(of)); false });
                seen
            };
            proptest::prop_assert_eq!(tree.within(&here, &radius), all > 0);
            proptest::prop_assert_eq!(count(&|_| true), all);
            proptest::prop_assert_eq!(count(&|of| of % 2 == odd), odd_ones);
        }
    }

    #[test]
    fn a_large_tree_is_parted_in_pieces_and_ends_when_it_is_stopped() {
        let points =
            (0..20_000).map(|i| (Point { lon: f64::from(i % 173) / 100.0, lat: 50.0 + f64::from(i) / 9e3 }, i));
        let ctl = Ctl::free();
        let tree = AssetPoints::new(points.clone(), &ctl).unwrap();
        let from = Point { lon: 0.7, lat: 51.0 };
        let nearest = points.clone().map(|(p, _)| from.distance_m(p as Point)).fold(f64::INFINITY, f64::min);
        assert_eq!(tree.nearest_below(&Standpoint::new(from), f64::INFINITY), Some(nearest));
        ctl.stop();
        assert_eq!(AssetPoints::new(points, &ctl).err(), Some(Halt::Stopped));
    }
}
