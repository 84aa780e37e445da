//! What a person waits for with a million assets on the map: the program serves synthetic England to a headless
//! Chromium, which says when it had drawn and what came over the wire. Needs the file that `cargo bench --bench england`
//! leaves, the front end built before the program, Node and Chromium.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("target/bench/england.db");
    if !file.exists() {
        println!("{} is not there: cargo bench --bench england makes it", file.display());
        return;
    }
    let mut server = Command::new(env!("CARGO_BIN_EXE_commonground"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data", &format!("sqlite:{}", file.display())])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut first = String::new();
    let said = BufReader::new(server.stdout.take().expect("its output")).read_line(&mut first);
    let address = first.trim().rsplit(' ').next().unwrap_or_default();
    let picture = root.join("target/bench/county.png");
    let done = Command::new("node")
        .args(["scripts/measure-paint.mjs", address])
        .arg(&picture)
        .current_dir(root.join("web"))
        .status();
    let _ = server.kill();
    let _ = server.wait();
    assert!(said.is_ok() && done.is_ok_and(|status| status.success()), "the browser could not measure");
    println!("A picture of it: {}", picture.display());
}
