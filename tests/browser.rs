//! The front end in a real browser, against the real program with the demonstration.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_front_end_tells_its_story_in_a_real_browser() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    assert!(web.join("dist/index.html").exists(), "build the front end first: make test does");
    let chromium = chromium().expect("Chromium is missing: sudo apt-get install chromium");
    let folder = TempDir::new().unwrap();
    let data = format!("sqlite:{}", folder.path().join("browser.db").display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_commonground"))
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data", &data])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let _server = Server(child);
    let last_word = |line: String| line.rsplit([' ', '/']).next().unwrap().to_owned();
    let address = format!("http://{}", last_word(lines.next().unwrap()));
    let link = last_word(lines.next().unwrap());
    let done = Command::new("npm")
        .args(["run", "browser"])
        .current_dir(&web)
        .envs([("CG_ADDRESS", address), ("CG_ADMIN_LINK", link), ("CG_DATA", data)])
        .env("CG_PROGRAM", env!("CARGO_BIN_EXE_commonground"))
        .env("CG_CHROMIUM", chromium)
        .status()
        .unwrap();
    assert!(done.success(), "the browser tests failed; see above");
}

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let named = |name: &str| folders.iter().map(|f| f.join(name)).find(|p| p.exists());
    std::env::var_os("CG_CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| named("chromium"))
        .or_else(|| named("chromium-browser"))
}
