//! Vector tiles: drawn in process on two threads, none kept. They are those round ten thousand of the assets, so that
//! towns are asked for as often as they are lived in.

use commonground::atlas::View;
use commonground::atlas::marks::Square;
use commonground::model::Kind;
use commonground::tiles::{Layer, Match, Tile};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::data::Which;
use crate::peers::Peers;
use crate::table::{Aim, Table};

const THREADS: usize = 2;
const SECONDS: Duration = Duration::from_secs(3);
/// Zoom, the peer's name, and how many times its figure is aimed at, plain and lived in. At z 6 the peer sends every
/// point, ours clusters.
const ZOOMS: [(u8, &str, [f64; 2]); 3] = [
    (14, "vi_mvt_z14 c=2", [5.0, 3.0]),
    (10, "vi_mvt_z10 c=2", [200.0, 120.0]),
    (6, "vi_mvt_z6 c=1", [10_000.0, 6_000.0]),
];

/// Tiles a second at three zooms.
pub fn measure(which: Which, view: &View, peers: &Peers, table: &mut Table) {
    let layer = Layer::usual(view, "assets", &[Kind::Service, Kind::Place], &|_| Some(Match::Sure));
    let places: Vec<Square> =
        view.of_kind(Kind::Service).step_by(100).flat_map(|entry| view.points(entry)).map(Square::from).collect();
    for (zoom, peer, times) in ZOOMS {
        let tiles: Vec<Tile> = places.iter().map(|place| around(*place, zoom)).collect();
        let greatest = tiles.iter().map(|tile| layer.draw(view, *tile).len()).max().unwrap_or(0);
        eprintln!("  the greatest tile at z {zoom}: {:.0} kB", greatest as f64 / 1000.0);
        let aim = Aim::Times(times[which as usize], "ST_AsMVT", peers.get(peer));
        let work = format!("vector tiles at z {zoom}");
        table.add(which, &work, &peers.shown(&[("ST_AsMVT", peer)]), rate(&layer, view, &tiles), "/s", &aim);
    }
}

fn around(place: Square, zoom: u8) -> Tile {
    let part = |at: u32| (u64::from(at) >> (32 - zoom)) as u32;
    Tile::new(zoom, part(place.x), part(place.y)).expect("a place lies in a tile")
}

fn rate(layer: &Layer, view: &View, tiles: &[Tile]) -> f64 {
    let (drawn, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while begun.elapsed() < SECONDS {
                    let tile = tiles[next.fetch_add(1, Ordering::Relaxed) % tiles.len()];
                    std::hint::black_box(layer.draw(view, tile));
                    drawn.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    drawn.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}
