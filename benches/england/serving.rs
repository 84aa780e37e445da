//! What answering costs: processor time of the server for a request, beside a route that hands out the same bytes
//! through the same router and layers.

use axum::http::header;
use axum::routing::get;
use commonground::http::{Door, Setup};
use reqwest::Client;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::answers::{Query, queries};
use crate::data::Data;
use crate::start::Server;
use crate::table::{Aim, Table};

/// Names the file whose bytes the comparing server hands out.
const HELLO: &str = "CG_BENCH_HELLO";
const REQUESTS: usize = 30_000;
const CONNECTIONS: usize = 4;

/// Whether this process is the comparing server.
pub fn is_hello() -> bool {
    std::env::var_os(HELLO).is_some()
}

/// Serves one body through all layers until it is killed.
pub fn hello() {
    let path = std::env::var_os(HELLO).expect("a file");
    let body: &'static [u8] = Vec::leak(std::fs::read(&path).expect("the body"));
    let data = std::path::Path::new(&path).with_extension("db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // It says of every request what the program says.
    commonground::cli::start_logging(None);
    runtime.block_on(async {
        let address = format!("sqlite:{}", data.display());
        let app = commonground::app::App::open(&address, jiff::tz::TimeZone::UTC).await.expect("an empty file");
        let setup = Setup::default();
        let (limits, ending) = (setup.limits.clone(), setup.ending.clone());
        let same = move || async move { ([(header::CONTENT_TYPE, "application/geo+json")], body) };
        let router = commonground::http::router_with(app, setup, axum::Router::new().route("/hello", get(same)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("at http://{}", listener.local_addr().expect("an address"));
        let _ = commonground::http::serve(listener, Door::open(router), limits, ending).await;
    });
}

/// Ten nearest over HTTP, and the same bytes from a route that does nothing.
pub fn measure(data: &Data, table: &mut Table) {
    let queries = queries();
    let path =
        |q: &Query| format!("/api/v1/nearby?near={},{}&kind=service&category={}&limit=10", q.lat, q.lon, q.category);
    let paths: Vec<String> = queries.iter().map(path).collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ours = Server::start(&data.address());
    // An answer of the usual size is what the comparing route hands out.
    let sizes = runtime.block_on(async {
        let mut answers = Vec::new();
        for path in paths.iter().take(200) {
            answers.push(fetch(&Client::new(), &format!("{}{path}", ours.address)).await);
        }
        answers.sort_by_key(Vec::len);
        answers
    });
    let body = data.folder.join("hello.json");
    std::fs::write(&body, &sizes[sizes.len() / 2]).expect("target can be written");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    let plain = Server::of(command.env(HELLO, &body));
    let hello = vec!["/hello".to_owned()];
    // In turns, so that a busy moment of the machine falls on both.
    let (mut of_ours, mut of_plain, mut rate) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..3 {
        of_plain.push(runtime.block_on(cost(&plain, &hello)).0);
        let (seconds, a_second) = runtime.block_on(cost(&ours, &paths));
        of_ours.push(seconds);
        rate = a_second;
    }
    let (of_ours, of_plain) = (crate::table::median(of_ours) * 1e6, crate::table::median(of_plain) * 1e6);
    let shown = format!("the same bytes from a plain route {of_plain:.1} µs");
    let aim = Aim::Within(1.6, Some(of_plain));
    table.add("10 nearest over HTTP, processor time a request", &shown, of_ours, "µs", &aim);
    table.add("the same, answers a second to 4 connections on the same two cores", "–", rate, "/s", &Aim::None);
}

/// Processor seconds of the server for one request, and answers a second.
async fn cost(server: &Server, paths: &[String]) -> (f64, f64) {
    let (next, client) = (AtomicUsize::new(0), Client::new());
    let (begun, before) = (std::time::Instant::now(), server.seconds());
    let connections = (0..CONNECTIONS).map(|_| async {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= REQUESTS {
                break;
            }
            fetch(&client, &format!("{}{}", server.address, paths[at % paths.len()])).await;
        }
    });
    futures::future::join_all(connections).await;
    ((server.seconds() - before) / REQUESTS as f64, REQUESTS as f64 / begun.elapsed().as_secs_f64())
}

async fn fetch(client: &Client, address: &str) -> Vec<u8> {
    let answer = client.get(address).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{address}: {}", answer.status());
    answer.bytes().await.expect("a body").to_vec()
}
