//! Vector tiles of records, clustered here and not in the browser. A [`Layer`] is what one caller's question puts on
//! the map; [`Layer::draw`] gives any tile of it as Mapbox Vector Tile 2.1.
//!
//! # Design
//!
//! - Positions stand in the order of a Z-curve ([`crate::atlas::marks`]): a tile is one run of each kind's marks, a
//!   cell of it a part of that run. Counting is searching, so a tile costs the same however many records it holds.
//! - A layer without filter words draws the base's own marks, less what differs for this caller, plus what stands
//!   beside them. With filter words it has marks of its own, chosen once for all tiles of a screen.
//! - Every position is in one tile of a zoom: counts of all tiles add up to [`Layer::count`]. A record at two places
//!   is drawn, and counted, at both.
//! - Which records fit is told by a closure: the filter words belong to `analysis`.

mod address;
mod draw;
mod layer;

pub use address::{DEEPEST, Tile};
pub use draw::{EXTENT, FIELDS, SINGLES_FROM};
pub use layer::{Layer, Match};
