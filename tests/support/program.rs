//! The real program, started, asked and ended.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

pub fn program(data: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
    command.args(words).args(["--data", data]).env_remove("COMMONGROUND_CONFIG");
    command
}

pub fn run(data: &str, words: &[&str]) -> Output {
    program(data, words).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub struct Server {
    pub child: Child,
    pub address: String,
    pub link: Option<String>,
}

impl Server {
    pub fn start(data: &str, words: &[&str]) -> Self {
        let words = [&["serve", "--listen", "127.0.0.1:0"], words].concat();
        let mut child = program(data, &words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.next().unwrap().rsplit(' ').next().unwrap().to_owned();
        let link = std::fs::metadata(data.trim_start_matches("sqlite:")).ok().and_then(|_| lines.next());
        Self { child, address, link }
    }

    /// Starts on data that is not new: one line only is printed.
    pub fn again(data: &str) -> Self {
        Self::of(program(data, &["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null()))
    }

    /// What this command starts, once it says where it is.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: line.trim().rsplit(' ').next().unwrap().to_owned(), link: None }
    }

    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }
}

pub fn signal(child: &Child, name: &str) {
    Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn folder() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let data = format!("sqlite:{}", folder.path().join("town.db").display());
    (folder, data)
}

pub fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    path
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub async fn get(address: &str, path: &str) -> Value {
    let response = reqwest::get(format!("{address}/api/v1{path}")).await.unwrap();
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}
