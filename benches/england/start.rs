//! How long a start takes, and how much memory a million assets are.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::data::Data;
use crate::england;
use crate::table::{Aim, Table};

/// The program, serving.
pub struct Server {
    child: Child,
    /// `http://…`
    pub address: String,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub fn start(data: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data", data]);
        Self::of(&mut command)
    }

    /// What a command starts, once it prints where it is.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut first).expect("a line");
        Self { child, address: first.trim().rsplit(' ').next().unwrap_or_default().to_owned() }
    }

    /// Resident bytes, where /proc tells.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// Processor seconds so far, of the program and the system for it.
    pub fn seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
        // Linux counts in hundredths.
        ticks as f64 / 100.0
    }

    /// kill -9, waited for.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Start from the file, and the memory after it.
pub fn measure(data: &Data, table: &mut Table) {
    let select = selected(data);
    if select.is_none() {
        eprintln!("No sqlite3 to compare the start with: apt-get install sqlite3.");
    }
    let (mut times, mut memory) = (Vec::new(), 0);
    for _ in 0..3 {
        let begun = Instant::now();
        let server = Server::start(&data.address());
        times.push(begun.elapsed().as_secs_f64());
        memory = server.memory();
    }
    let shown = select.map_or("–".to_owned(), |s| format!("sqlite3 select {s:.2} s"));
    let work = "start with a million assets, until ready (median of 3)";
    table.add(work, &shown, crate::table::median(times), "s", &Aim::Within(8.0, select));
    let bytes = memory as f64 / england::ASSETS as f64;
    table.add("memory after that, all of the process by assets", "–", bytes, "B", &Aim::AtMost(1200.0));
}

/// Seconds in which sqlite3 reads every record.
fn selected(data: &Data) -> Option<f64> {
    let read = || {
        let begun = Instant::now();
        let words = ["-readonly", "-noheader", "-cmd", ".output /dev/null"];
        let select = "select id, kind, version, body from record where body is not null";
        let status = Command::new("sqlite3").args(words).arg(data.file()).arg(select).status().ok()?;
        status.success().then(|| begun.elapsed().as_secs_f64())
    };
    // Once for the cache of the disk, then for the clock.
    read()?;
    Some(crate::table::median((0..3).filter_map(|_| read()).collect()))
}
