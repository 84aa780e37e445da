//! Sixty-four writers on a copy of the data with a million assets; at the end the program is killed, and every write
//! that was acknowledged is looked for.

use reqwest::Client;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::data::{Data, token};
use crate::server::Server;
use crate::table::{Aim, Table};

const WRITERS: usize = 64;
const LONG: Duration = Duration::from_secs(5);

/// Acknowledged and readable writes a second, and how many shared one transaction.
pub fn measure(data: &Data, table: &mut Table) {
    let lone = lone_commits(data);
    let (address, _copy) = data.copied("writes.db");
    let token = token(&address);
    let server = Server::start(&address);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (acknowledged, transactions) = runtime.block_on(write(&server.address, &token));
    server.kill();
    let rate = acknowledged.len() as f64 / LONG.as_secs_f64();
    let lost = lost(&address, &acknowledged, &runtime, &token);
    assert_eq!(lost, 0, "acknowledged writes are lost");
    let which = data.which;
    let shown = format!("lone durable commits, one after the other {}/s", crate::table::short(lone));
    let work = "durable writes, 64 writers, a million assets, then kill -9: none lost";
    table.add(which, work, &shown, rate, "/s", &Aim::AtLeast(2000.0));
    let shared = acknowledged.len() as f64 / transactions;
    table.add(which, "writes that share a transaction", "", shared, "", &Aim::AtLeast(8.0));
}

async fn write(address: &str, token: &str) -> (HashSet<String>, f64) {
    let client = Client::new();
    let places = format!("{address}/api/v1/places");
    let before = commits(&client, address, token).await;
    let begun = Instant::now();
    let writers = (0..WRITERS).map(|writer| {
        let (client, places) = (&client, &places);
        async move {
            let mut done = Vec::new();
            while begun.elapsed() < LONG {
                let body = json!({"name": format!("Hall of {writer}"), "point": {"lon": -3.3, "lat": 54.6}});
                let answer = client.post(places).bearer_auth(token).json(&body).send().await.expect("an answer");
                assert_eq!(answer.status(), 201);
                let text = answer.text().await.expect("a body");
                let record: Value = serde_json::from_str(&text).expect("JSON");
                done.push(record["id"].as_str().expect("an id").to_owned());
            }
            done
        }
    });
    let all = futures::future::join_all(writers).await.into_iter().flatten().collect();
    (all, commits(&client, address, token).await - before)
}

/// Transactions so far, as the program counts them.
async fn commits(client: &Client, address: &str, token: &str) -> f64 {
    let answer = client.get(format!("{address}/metrics")).bearer_auth(token).send().await.expect("an answer");
    let text = answer.text().await.expect("a body");
    let line = text.lines().find_map(|l| l.strip_prefix("commonground_commits_total "));
    line.and_then(|figure| figure.parse().ok()).unwrap_or(0.0)
}

/// How many of the acknowledged are not there after a new start.
fn lost(address: &str, acknowledged: &HashSet<String>, runtime: &tokio::runtime::Runtime, token: &str) -> usize {
    let server = Server::start(address);
    runtime.block_on(async {
        let (client, mut stored, mut after) = (Client::new(), HashSet::new(), String::new());
        loop {
            let page = format!("{}/api/v1/places?limit=1000{after}", server.address);
            let text =
                client.get(page).bearer_auth(token).send().await.expect("an answer").text().await.expect("a body");
            let page: Value = serde_json::from_str(&text).expect("JSON");
            let ids =
                page["items"].as_array().into_iter().flatten().filter_map(|p| p["id"].as_str().map(str::to_owned));
            stored.extend(ids);
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return acknowledged.difference(&stored).count(),
            }
        }
    })
}

/// Commits a second of a lone writer that waits for the disk each time.
fn lone_commits(data: &Data) -> f64 {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
    use sqlx::{ConnectOptions, Connection};
    let file = data.folder.join("lone.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let rate = runtime.block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut db = options.connect().await.expect("a file");
        sqlx::query("create table if not exists t (x blob)").execute(&mut db).await.expect("a table");
        let (begun, mut done) = (Instant::now(), 0);
        while begun.elapsed() < Duration::from_secs(2) {
            sqlx::query("insert into t values (randomblob(700))").execute(&mut db).await.expect("a row");
            done += 1;
        }
        let rate = f64::from(done) / begun.elapsed().as_secs_f64();
        let _ = db.close().await;
        rate
    });
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(data.folder.join(format!("lone.db{ending}")));
    }
    rate
}
