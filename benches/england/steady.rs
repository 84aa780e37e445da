//! A minute of writing, three thousand places a second by sixty-four writers who keep a pace, while others read: what a
//! fold must not be felt in.

use serde_json::json;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

use crate::asking::Asking;
use crate::data::{Data, token};
use crate::questions::{self, BESIDE};
use crate::server::Server;
use crate::table::{Aim, Table};

const WRITERS: usize = 64;
const A_SECOND: f64 = 3_000.0;
const LONG: Duration = Duration::from_secs(60);

/// Latencies of writers and readers.
pub fn measure(data: &Data, runtime: &Runtime, table: &mut Table) {
    let (address, _copy) = data.copied("steady.db");
    let token = token(&address);
    let server = Server::start(&address);
    let anybody = Asking::of(&server.address);
    let page = runtime.block_on(anybody.get("/api/v1/services?limit=100")).json();
    let ids = page["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str());
    let cards: Vec<String> = ids.map(|id| format!("/api/v1/services/{id}?include=card")).collect();
    let near: Vec<String> = questions::ALL.iter().take(2_000).map(|q| q.path(&BESIDE[0].1(q))).collect();
    let alone = runtime.block_on(read(&anybody, &near, Instant::now(), Duration::from_secs(5)));
    let begun = Instant::now();
    let (writes, by_card, by_near) = runtime.block_on(async {
        let writer = Asking::of(&server.address).with(&token);
        let writers = (0..WRITERS).map(|at| write(&writer, at, begun));
        let writers = futures::future::join_all(writers);
        tokio::join!(writers, read(&anybody, &cards, begun, LONG), read(&anybody, &near, begun, LONG))
    });
    let took = begun.elapsed().as_secs_f64();
    let mut writes: Vec<f64> = writes.into_iter().flatten().collect();
    writes.sort_by(f64::total_cmp);
    let (which, at) = (data.which, |share: f64| writes[((writes.len() - 1) as f64 * share) as usize] * 1e3);
    let work = "a minute of writing at 3,000/s";
    table.add(which, &format!("{work}: written"), "", writes.len() as f64 / took, "/s", &Aim::AtLeast(2_970.0));
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("longest", 1.0)] {
        table.add(which, &format!("{work}: {name} of a write"), "", at(share), "ms", &Aim::None);
    }
    table.add(which, &format!("{work}: longest wait for a card"), "", by_card * 1e3, "ms", &Aim::None);
    let beside = format!("nobody writing {:.0} ms", alone * 1e3);
    table.add(which, &format!("{work}: longest wait for 10 nearest"), &beside, by_near * 1e3, "ms", &Aim::None);
}

/// Seconds of each write; who is late goes on at once.
async fn write(asking: &Asking, writer: usize, begun: Instant) -> Vec<f64> {
    let pace = WRITERS as f64 / A_SECOND;
    let mut took = Vec::new();
    for n in 0.. {
        let due = Duration::from_secs_f64(pace * (n as f64 + writer as f64 / WRITERS as f64));
        if due >= LONG || begun.elapsed() >= LONG {
            break;
        }
        tokio::time::sleep_until((begun + due).into()).await;
        let at = json!({"lon": -3.3 + 0.001 * writer as f64, "lat": 52.6 + 0.0001 * (n % 1_000) as f64});
        let body = json!({"name": format!("Hall {n} of {writer}"), "point": at});
        let told = asking.post("/api/v1/places", body.to_string()).await;
        assert_eq!(told.status, 201, "{}", String::from_utf8_lossy(&told.body));
        took.push(told.seconds);
    }
    took
}

/// The longest that one reader waits who asks one after the other.
async fn read(asking: &Asking, paths: &[String], begun: Instant, long: Duration) -> f64 {
    let mut longest: f64 = 0.0;
    for path in paths.iter().cycle() {
        if begun.elapsed() >= long {
            break;
        }
        let told = asking.get(path).await;
        assert!(told.is_well(), "{path}: {}", told.status);
        longest = longest.max(told.seconds);
        // A pause, so that there is room for the writers on two cores.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    longest
}
