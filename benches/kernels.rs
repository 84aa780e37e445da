//! The kernels by themselves, on a hundred thousand assets in memory, for who works on one of them:
//! `cargo bench --bench kernels -- coverage`.

#[path = "../tests/support/england.rs"]
#[expect(dead_code, reason = "the questions are for others")]
mod england;

use commonground::analysis::{Asked, Ctl, coverage, nearby};
use commonground::app::{App, Caller, imports::Import};
use commonground::atlas::marks::Square;
use commonground::atlas::{View, Viewer};
use commonground::exchange::Wanted;
use commonground::http::nearby::render;
use commonground::model::{Kind, Origin, Point};
use commonground::tiles::{Layer, Match, Tile};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ASSETS: usize = 100_000;

criterion_group!(kernels, distances, questions, maps);
criterion_main!(kernels);

fn distances(bench: &mut Criterion) {
    let (a, b) = (Point { lon: -3.366, lat: 54.664 }, Point { lon: -3.31, lat: 54.65 });
    bench.bench_function("geodesic", |b_| b_.iter(|| black_box(a).distance_m(black_box(b))));
    bench.bench_function("chord", |b_| {
        b_.iter(|| commonground::atlas::chord_2(&black_box(a).ecef(), &black_box(b).ecef()));
    });
    bench.bench_function("square", |b_| b_.iter(|| Square::from(black_box(a)).key()));
}

fn questions(bench: &mut Criterion) {
    let (view, ctl) = (england_in_memory(), Ctl::free());
    let now = commonground::clock::local(&jiff::tz::TimeZone::UTC);
    let words = [("near", "51.5,-0.12"), ("kind", "service"), ("category", "20"), ("limit", "10")];
    let question = nearby::read(asked(&words), &view, &now).expect("a question");
    bench.bench_function("nearby: ten of a category", |b| b.iter(|| nearby::answer(&question, &view, &ctl)));
    let answered = nearby::answer(&question, &view, &ctl).expect("nothing stops it");
    bench.bench_function("nearby: rendered", |b| b.iter(|| render(&question, &answered, &view, &ctl)));
    let words = [("within", "5km"), ("kind", "service"), ("category", "20"), ("areas", "synthetic")];
    let question = coverage::read(asked(&words), &view, &now).expect("a question");
    bench.bench_function("coverage: totals", |b| b.iter(|| coverage::answer(&question, &view, &ctl)));
}

fn maps(bench: &mut Criterion) {
    let view = england_in_memory();
    let layer = Layer::usual(&view, "assets", &[Kind::Service, Kind::Place], &|_| Some(Match::Sure));
    let place = Square::from(Point { lon: -0.12, lat: 51.5 });
    for zoom in [6, 10, 14] {
        let part = |at: u32| (u64::from(at) >> (32 - zoom)) as u32;
        let tile = Tile::new(zoom, part(place.x), part(place.y)).expect("a tile");
        bench.bench_function(&format!("tile: z {zoom}"), |b| b.iter(|| layer.draw(&view, tile)));
    }
}

fn asked(words: &[(&str, &str)]) -> Asked {
    Asked::new(words.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()).expect("known words")
}

/// Areas and the first hundred thousand assets, brought in as a list would be.
fn england_in_memory() -> View {
    static APP: std::sync::OnceLock<App> = std::sync::OnceLock::new();
    let app = APP.get_or_init(|| {
        let folder = tempfile::TempDir::new().expect("a folder");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let app = runtime.block_on(async {
            let data = format!("sqlite:{}", folder.path().join("england.db").display());
            let app = App::open(&data, jiff::tz::TimeZone::UTC).await.expect("a file");
            let some = england::assets().lines().take(ASSETS).map(|l| format!("{l}\n")).collect();
            bring(
                &app,
                folder.path(),
                Kind::Area,
                england::areas(),
                "code=2,name=2,population=3,need=4,older=5,lon=6,lat=7",
            )
            .await;
            bring(&app, folder.path(), Kind::Service, some, "name=2,categories=4,capacity.per_week=5,lon=6,lat=7")
                .await;
            app
        });
        // What is in memory is asked from now on; the file may go.
        std::mem::forget(runtime);
        app
    });
    app.view(Viewer::PUBLIC)
}

async fn bring(app: &App, folder: &std::path::Path, kind: Kind, text: String, map: &str) {
    let path = folder.join("list.tsv");
    std::fs::write(&path, text).expect("a file");
    let mut wanted = Wanted::of(kind);
    wanted.no_header = true;
    wanted.delimiter = Some('\t');
    wanted.map = Wanted::read_map(map).expect("a map");
    wanted.key = (kind == Kind::Service).then(|| "1".to_owned());
    wanted.area_set = (kind == Kind::Area).then(|| "synthetic".to_owned());
    let (origin, file_name) = (Origin::OpenData, "list.tsv".to_owned());
    let import =
        Import { path, file_name, wanted, origin, owner: None, complete: false, replace: false, dry_run: false };
    app.import(import, &Caller::command_line(), &|_, _| {}).await.expect("a list");
}
