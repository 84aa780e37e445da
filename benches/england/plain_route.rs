//! A route that hands out the same bytes through the same router and layers: what answering costs where nothing has to be
//! found.

use axum::http::header;
use axum::routing::get;
use commonground::http::{Door, Setup};
use std::path::Path;
use std::process::Command;

use crate::server::Server;

/// Names the file whose bytes this process hands out.
const HELLO: &str = "CG_BENCH_HELLO";

/// Where they are.
pub const PATH: &str = "/hello";

/// Whether this process is the comparing server.
pub fn is_hello() -> bool {
    std::env::var_os(HELLO).is_some()
}

/// Starts the comparing server.
pub fn start(body: &Path) -> Server {
    Server::of(Command::new(std::env::current_exe().expect("this program")).env(HELLO, body))
}

/// Serves one body through all layers until it is killed.
pub fn hello() {
    let path = std::env::var_os(HELLO).expect("a file");
    let body: &'static [u8] = Vec::leak(std::fs::read(&path).expect("the body"));
    let data = Path::new(&path).with_extension("db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // It says of every request what the program says.
    commonground::cli::start_logging(None);
    runtime.block_on(async {
        let address = format!("sqlite:{}", data.display());
        let app = commonground::app::App::open(&address, jiff::tz::TimeZone::UTC).await.expect("an empty file");
        let setup = Setup::default();
        let (limits, ending) = (setup.limits.clone(), setup.ending.clone());
        let same = move || async move { ([(header::CONTENT_TYPE, "application/geo+json")], body) };
        let router = commonground::http::router_with(app, setup, axum::Router::new().route(PATH, get(same)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("at http://{}", listener.local_addr().expect("an address"));
        let _ = commonground::http::serve(listener, Door::open(router), limits, ending).await;
    });
}
