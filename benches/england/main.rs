//! The table of what good looks like, on a synthetic England of a million assets, plain and lived in: ours beside its
//! peers, in one run, and every answer compared with the known one. `make bench` runs it, `make bench ROWS=nearest,start`
//! some of it.
//!
//! Peers that are not installed are left out, and what to install is said. Nothing here fails because a figure is worse
//! than aimed at; a wrong answer ends the run. Every wait is bounded: what takes too long says so instead of a figure.

mod abandoned;
mod asking;
mod coverage;
mod data;
#[path = "../../tests/support/england.rs"]
mod england;
mod growth;
mod lists;
#[path = "../../tests/support/lived.rs"]
mod lived;
mod nearest;
mod overlay;
mod peers;
mod plain_route;
mod questions;
mod rows;
mod server;
mod start;
mod steady;
mod table;
mod tiles;
#[path = "../../tests/support/times.rs"]
mod times;
mod truth;
mod undo;
mod words;
mod writes;

use commonground::app::App;
use commonground::atlas::Viewer;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

use asking::Asking;
use data::{Data, Which};
use peers::Peers;
use rows::Rows;
use server::Server;
use table::Table;
use truth::World;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if plain_route::is_hello() {
        return plain_route::hello();
    }
    let rows = Rows::asked();
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("two threads");
    let runtime = Runtime::new().expect("a runtime");
    let both = [Which::Plain, Which::Lived].map(data::made);
    let peers = if rows.any(&["nearest", "coverage", "tiles"]) { peers::measured() } else { Peers::default() };
    let mut table = Table::default();
    for data in &both {
        if rows.has("start") {
            start::measure(data, &mut table);
        }
        questions(data, &rows, &peers, &runtime, &mut table);
        if rows.has("writes") {
            writes::measure(data, &mut table);
        }
        if rows.has("steady") {
            steady::measure(data, &runtime, &mut table);
        }
    }
    table.print();
    if rows.has("growth") {
        growth::measure(&both[0].folder, &runtime);
    }
    if rows.has("undo") {
        undo::measure();
    }
}

/// What is asked over HTTP, and what in process: of the same data, on which, lived in, people have just been working.
fn questions(data: &Data, rows: &Rows, peers: &Peers, runtime: &Runtime, table: &mut Table) {
    let over_http = rows.any(&["nearest", "coverage", "words", "lists", "cards", "abandoned"]);
    let in_process = rows.any(&["nearest", "coverage", "tiles"]);
    if !over_http && !in_process {
        return;
    }
    let (which, token) = (data.which, data::token(&data.address()));
    let server = Server::start(&data.address());
    let app = in_process.then(|| {
        let app = runtime.block_on(App::open(&data.address(), jiff::tz::TimeZone::UTC)).expect("the data opens");
        runtime.block_on(async { app.follow() });
        app
    });
    if which == Which::Lived {
        let revision = runtime.block_on(overlay::fill(&Asking::of(&server.address).with(&token)));
        app.iter().for_each(|app| wait_for(app, revision));
    }
    if over_http {
        let world = World::of(which);
        if rows.has("nearest") {
            nearest::over_http(data, &server, &world, runtime, table);
        }
        if rows.has("coverage") {
            coverage::compare(which, &server.address, &world, runtime, table);
        }
        if rows.has("words") {
            words::measure(which, &server.address, &world, runtime, table);
        }
        if rows.has("lists") {
            lists::pages(which, &server.address, &world, runtime, table);
        }
        if rows.has("cards") {
            lists::cards(which, &server.address, runtime, table);
        }
        if rows.has("abandoned") {
            abandoned::measure(which, &server, runtime, table);
        }
    }
    server.kill();
    let Some(app) = app else { return };
    let view = app.view(Viewer::PUBLIC);
    if rows.has("nearest") {
        nearest::in_process(which, &view, peers, table);
    }
    if rows.has("coverage") {
        coverage::in_process(which, &view, peers, table);
    }
    if rows.has("tiles") {
        tiles::measure(which, &view, peers, table);
    }
    runtime.block_on(app.close());
}

/// Until what was written beside it is readable here.
fn wait_for(app: &App, revision: u64) {
    let begun = Instant::now();
    while app.revision() < revision {
        assert!(begun.elapsed() < Duration::from_secs(60), "what is written is not followed");
        std::thread::sleep(Duration::from_millis(50));
    }
}
