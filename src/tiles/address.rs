//! Addresses of tiles: zoom, column, row.

use std::ops::RangeInclusive;

use crate::atlas::marks::Square;

/// One tile of the slippy map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    z: u8,
    x: u32,
    y: u32,
}

/// The last zoom that tiles are drawn for; closer in, the map stretches these.
pub const DEEPEST: u8 = 17;

impl Tile {
    /// The greatest zoom that is answered at all.
    pub const DEEPEST_ANSWERED: u8 = 22;

    /// The tile of this zoom, column and row, if there is one.
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        let side = 1u64 << z.min(Self::DEEPEST_ANSWERED);
        (z <= Self::DEEPEST_ANSWERED && u64::from(x) < side && u64::from(y) < side).then_some(Self { z, x, y })
    }

    /// Its zoom.
    pub fn zoom(self) -> u8 {
        self.z
    }

    /// Its column and row.
    pub fn column_and_row(self) -> (u32, u32) {
        (self.x, self.y)
    }

    /// The keys of all places in it.
    pub fn keys(self) -> RangeInclusive<u64> {
        let first = self.corner().key();
        first..=first | steps_within(self.z)
    }

    /// Where a place is in it, of `extent` = 2^`bits` steps a side.
    pub(super) fn pixel(self, place: Square, bits: u8) -> (i32, i32) {
        let corner = self.corner();
        let part = |at: u32, from: u32| ((u64::from(at.wrapping_sub(from)) << bits) >> (32 - self.z)) as i32;
        (part(place.x, corner.x), part(place.y, corner.y))
    }

    fn corner(self) -> Square {
        let at = |n: u32| ((u64::from(n) << 32) >> self.z) as u32;
        Square { x: at(self.x), y: at(self.y) }
    }
}

/// The bits of a key that tell places apart within one cell of a zoom.
pub(super) fn steps_within(zoom: u8) -> u64 {
    u64::MAX.checked_shr(2 * u32::from(zoom)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Point;

    #[test]
    fn there_are_as_many_tiles_as_a_zoom_has() {
        assert!(Tile::new(0, 0, 0).is_some());
        assert!(Tile::new(0, 1, 0).is_none());
        assert!(Tile::new(22, (1 << 22) - 1, (1 << 22) - 1).is_some());
        assert!(Tile::new(22, 1 << 22, 0).is_none());
        assert!(Tile::new(23, 0, 0).is_none());
    }

    #[test]
    fn cockermouth_is_where_every_map_has_it() {
        // By the formula of the OpenStreetMap wiki: z 14, x = (lon + 180)/360 · 2^14, y from the Mercator latitude.
        let place = Square::from(Point { lon: -3.3606, lat: 54.6627 });
        let tile = Tile::new(14, 8039, 5208).unwrap();
        assert!(tile.keys().contains(&place.key()), "{:?}", (place.x >> 18, place.y >> 18));
        let (x, y) = tile.pixel(place, 12);
        assert!((0..4096).contains(&x) && (0..4096).contains(&y));
        assert_eq!(Tile::new(0, 0, 0).unwrap().keys(), 0..=u64::MAX);
    }
}
