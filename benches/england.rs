//! Figures on synthetic England, a million assets: bringing it in, starting, asking. Every answer is checked against
//! the shared truth first; a wrong one ends the run.

#[path = "../tests/support/england.rs"]
mod england;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const AREAS: &[&str] = &[
    "--kind",
    "area",
    "--area-set",
    "synthetic",
    "--no-header",
    "--delimiter",
    "tab",
    "--map",
    "code=2,name=2,population=3,need=4,older=5,lon=6,lat=7",
    "--set-indicator",
    "need=score",
];
const ASSETS: &[&str] = &[
    "--kind",
    "service",
    "--list",
    "synthetic",
    "--no-header",
    "--delimiter",
    "tab",
    "--key",
    "1",
    "--map",
    "name=2,categories=4,capacity.per_week=5,lon=6,lat=7",
];

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).expect("target can be written");
    let data = format!("sqlite:{}", folder.join("england.db").display());
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("england.db{ending}")));
    }
    println!("Synthetic England: {} assets, {} areas", england::ASSETS, england::AREAS);
    let (areas, assets) = (folder.join("area.tsv"), folder.join("asset.tsv"));
    std::fs::write(&areas, england::areas()).expect("target can be written");
    let all = england::assets();
    let some: String = all.lines().take(100_000).map(|line| format!("{line}\n")).collect();
    let first = folder.join("asset_100k.tsv");
    std::fs::write(&first, some).expect("target can be written");
    std::fs::write(&assets, all).expect("target can be written");
    line("areas brought in, s", import(&data, &areas, AREAS));
    line("first 100,000 assets brought in, s (aim: at most 10)", import(&data, &first, ASSETS));
    line("all assets brought in, s", import(&data, &assets, ASSETS));
    let begun = Instant::now();
    let server = Server::start(&data);
    line("start, s", begun.elapsed().as_secs_f64());
    line("memory after start, bytes an asset", server.memory() as f64 / england::ASSETS as f64);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(ask(&server.address));
}

async fn ask(address: &str) {
    let truth = truth();
    for metres in [1600, 5000, 8000] {
        let words = format!("/coverage?category=20&kind=service&areas=synthetic&within={metres}m");
        let (seconds, answer) = median(address, &words, 15).await;
        let covered = &answer["total"]["weight_covered"];
        if let Some(truth) = &truth {
            assert_eq!(
                covered,
                &truth["coverage"][format!("geodesic_{metres}")]["pop"],
                "coverage at {metres} m is wrong"
            );
        }
        line(&format!("coverage at {metres} m over HTTP, s (median of 15; {covered} people)"), seconds);
    }
    let (seconds, _) = median(address, "/nearby?near=51.5,-0.12&kind=service&category=20&limit=10", 200).await;
    line("10 nearest of a category over HTTP, s (median of 200)", seconds);
}

async fn median(address: &str, words: &str, times: usize) -> (f64, serde_json::Value) {
    let client = reqwest::Client::new();
    let mut seconds = Vec::new();
    let mut last = serde_json::Value::Null;
    for _ in 0..times {
        let begun = Instant::now();
        let answer = client.get(format!("{address}/api/v1{words}")).send().await.expect("an answer");
        let text = answer.text().await.expect("a body");
        seconds.push(begun.elapsed().as_secs_f64());
        last = serde_json::from_str(&text).expect("JSON");
    }
    seconds.sort_by(f64::total_cmp);
    (seconds[seconds.len() / 2], last)
}

fn import(data: &str, file: &Path, words: &[&str]) -> f64 {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
    let status = command.arg("import").arg(file).args(words).args(["--data", data]).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|s| s.success()), "the import failed");
    begun.elapsed().as_secs_f64()
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data", data])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut first).expect("a line");
        Self { child, address: first.trim().rsplit(' ').next().unwrap_or_default().to_owned() }
    }

    /// Resident bytes, where /proc tells.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn truth() -> Option<serde_json::Value> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("COMMONGROUND_SHARED").map_or_else(beside, PathBuf::from);
    let text = std::fs::read_to_string(folder.join("bench/expected.json")).ok()?;
    serde_json::from_str(&text).ok()
}

fn line(what: &str, figure: f64) {
    println!("{figure:>12.4}  {what}");
}
