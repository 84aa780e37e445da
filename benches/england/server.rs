//! The program, serving: started, looked at from outside, ended.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

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
        kilobytes(self.child.id(), "VmRSS:") * 1024
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

/// A line of what /proc tells of a process, in kB.
pub fn kilobytes(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix(line));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0)
}
