//! Vector tiles of synthetic England, a million assets: drawn in process on two threads, none kept. The tiles are those
//! round ten thousand of the assets, so that towns are asked for as often as they are lived in. Needs the file that
//! `cargo bench --bench england` leaves.

use commonground::app::App;
use commonground::atlas::marks::Square;
use commonground::atlas::{View, Viewer};
use commonground::model::Kind;
use commonground::tiles::{Layer, Match, Tile};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const THREADS: usize = 2;
const SECONDS: Duration = Duration::from_secs(3);
/// (zoom, what PostGIS does in a second on such a machine, how many times as many are aimed at)
const ZOOMS: [(u8, f64, f64); 3] = [(14, 12_000.0, 3.0), (10, 90.0, 20.0), (6, 0.9, 500.0)];

fn main() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/england.db");
    if !file.exists() {
        println!("{} is not there: cargo bench --bench england makes it", file.display());
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let zone = jiff::tz::TimeZone::UTC;
    let address = format!("sqlite:{}", file.display());
    let app = runtime.block_on(App::open(&address, zone)).expect("the data opens");
    let view = app.view(Viewer::PUBLIC);
    let begun = Instant::now();
    view.base_marks();
    line("marks made, s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let layer = Layer::usual(&view, "assets", &[Kind::Service, Kind::Place], &|_| Some(Match::Sure));
    line("the layer of a question without words, s", begun.elapsed().as_secs_f64());
    let count = layer.count(&view);
    println!("{count} positions, {} threads", THREADS);
    let places: Vec<Square> =
        view.of_kind(Kind::Service).step_by(100).flat_map(|entry| view.points(entry)).map(Square::from).collect();
    let only = std::env::args().skip(1).find_map(|word| word.parse::<u8>().ok());
    for (zoom, peer, aim) in ZOOMS.into_iter().filter(|(zoom, ..)| only.is_none_or(|only| only == *zoom)) {
        let tiles: Vec<Tile> = places.iter().map(|place| around(*place, zoom)).collect();
        let bytes: Vec<usize> = tiles.iter().map(|tile| layer.draw(&view, *tile).len()).collect();
        let (rate, alone) = rate(&layer, &view, &tiles);
        line(
            &format!("tiles a second at z {zoom} (PostGIS {peer}; aim {}; is {:.0} times)", peer * aim, rate / peer),
            rate,
        );
        let mean = bytes.iter().sum::<usize>() / bytes.len().max(1);
        println!("              {alone:.0} if nobody else used the processors");
        println!("              mean {mean} bytes, greatest {}", bytes.iter().max().unwrap_or(&0));
    }
}

fn around(place: Square, zoom: u8) -> Tile {
    let part = |at: u32| (u64::from(at) >> (32 - zoom)) as u32;
    Tile::new(zoom, part(place.x), part(place.y)).expect("a place lies in a tile")
}

/// Tiles a second; and what it would be if the threads never had to wait for a processor that others use.
fn rate(layer: &Layer, view: &View, tiles: &[Tile]) -> (f64, f64) {
    let (drawn, next, busy) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let before = nanoseconds_running();
                while begun.elapsed() < SECONDS {
                    let tile = tiles[next.fetch_add(1, Ordering::Relaxed) % tiles.len()];
                    std::hint::black_box(layer.draw(view, tile));
                    drawn.fetch_add(1, Ordering::Relaxed);
                }
                busy.fetch_add(nanoseconds_running() - before, Ordering::Relaxed);
            });
        }
    });
    let drawn = drawn.into_inner() as f64;
    let busy = busy.into_inner() as f64 / 1e9 / THREADS as f64;
    (drawn / begun.elapsed().as_secs_f64(), drawn / busy)
}

/// How long this thread has had a processor, where /proc tells.
fn nanoseconds_running() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or_default()
}

fn line(what: &str, figure: f64) {
    println!("{figure:>12.4}  {what}");
}
