//! Taking a large import back while somebody else writes: how long the other waits, how long it takes, and what memory it
//! needs. `make bench ROWS=undo` measures this alone.

use reqwest::Client;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Rows of the import; with their venues and providers, three in eight more records.
const ROWS: usize = 200_000;
/// How often the other writes.
const EVERY: Duration = Duration::from_millis(50);
/// A write that waits longer than this is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits of the other writer alone and beside the undo, its duration, and the program's memory before and at most.
pub fn measure() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/undo");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("target can be written");
    let address = format!("sqlite:{}", folder.join("undo.db").display());
    let list = folder.join("groups.csv");
    std::fs::write(&list, rows()).expect("target can be written");
    let words = ["--kind", "service", "--key", "ref", "--list", "groups", "--json"];
    let imported: Value = serde_json::from_str(&told(&address, "import", list.to_str().into_iter().chain(words)))
        .expect("the import answers in JSON");
    let token = told(&address, "token", ["add", "--role", "admin"]).trim().to_owned();
    let (mut server, served) = start(&address);
    let before = memory(server.id());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (alone, beside, took, undone) = runtime.block_on(async {
        let client = Client::builder().timeout(PATIENCE * 30).build().expect("a client");
        let ended = AtomicBool::new(false);
        let pause = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            ended.store(true, Ordering::Relaxed);
        };
        let (alone, ()) = futures::join!(writes(&client, &served, &token, &ended), pause);
        ended.store(false, Ordering::Relaxed);
        let begun = Instant::now();
        let undo = async {
            let request = client.post(format!("{}/api/v1/undo", served)).bearer_auth(&token);
            let answer = request.json(&json!({"batch": imported["batch"]})).send().await.expect("an answer");
            let text = answer.text().await.expect("a body");
            ended.store(true, Ordering::Relaxed);
            text
        };
        let (beside, undone) = futures::join!(writes(&client, &served, &token, &ended), undo);
        (alone, beside, begun.elapsed(), undone)
    });
    let most = memory(server.id());
    server.kill().expect("the program ends");
    server.wait().expect("the program ends");
    let answer: Value = serde_json::from_str(&undone).expect("the undo answers in JSON");
    println!(
        "undo of {ROWS} rows: {:.1} s, {} bytes of answer, {}",
        took.as_secs_f64(),
        undone.len(),
        answer["totals"]
    );
    println!("the other's writes alone:  {}", waits(alone));
    println!("the other's writes beside: {}", waits(beside));
    println!("memory: {before} MB when ready, {most} MB at most");
    let _ = std::fs::remove_dir_all(&folder);
}

/// A hall for four groups, a provider for eight, three of four with a minimum age.
fn rows() -> String {
    let mut rows = "ref,name,category,provider,venue,address,lat,lon,phone,min age,description\n".to_owned();
    for i in 0..ROWS {
        let (hall, provider) = (i / 4, i / 8);
        let age = if i % 4 == 0 { String::new() } else { (i % 60).to_string() };
        let (lat, lon) = (50.5 + (hall % 400) as f64 * 0.01, -3.5 + (hall / 400) as f64 * 0.02);
        rows += &format!(
            "R{i},Group {i},category {},Provider {provider},Hall {hall},{hall} Long Street,{lat:.3},{lon:.3},\
             01632 96{:04},{age},We meet at hall {hall} every week and everybody is welcome.\n",
            i % 40,
            i % 10_000
        );
    }
    rows
}

/// The program, serving, and where.
fn start(data: &str) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data", data]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut first).expect("a line");
    (child, first.trim().rsplit(' ').next().unwrap_or_default().to_owned())
}

/// What a command prints.
fn told<'a>(address: &str, command: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_commonground"));
    program.arg(command).args(words).args(["--data", address]).stderr(Stdio::inherit());
    let output = program.output().expect("the program runs");
    String::from_utf8(output.stdout).expect("text")
}

/// How long each write takes until it is acknowledged, from when it was due.
async fn writes(client: &Client, address: &str, token: &str, ended: &AtomicBool) -> Vec<Duration> {
    let (places, begun) = (format!("{address}/api/v1/places"), Instant::now());
    let mut waits = Vec::new();
    for due in (0_u32..).map(|turn| begun + EVERY * turn) {
        if ended.load(Ordering::Relaxed) {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        // Only one at a time: who waits long writes less often.
        let since = Instant::now();
        let body = json!({"name": "Barn", "point": {"lon": -3.3, "lat": 54.6}});
        let write = client.post(&places).bearer_auth(token).json(&body).timeout(PATIENCE).send().await;
        assert_eq!(write.expect("an answer").status(), 201);
        waits.push(since.elapsed());
    }
    waits
}

fn waits(mut waits: Vec<Duration>) -> String {
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    format!("{} writes, p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms", waits.len(), at(0.5), at(0.99), at(1.0))
}

/// The most memory that a process held so far.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|figure| figure.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
