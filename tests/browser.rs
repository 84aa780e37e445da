//! The front end in a real browser, against the real program: with the demonstration; with a crowd of halls on a basemap
//! of tiles; and with somebody else's style.

#[path = "support/pmtiles.rs"]
mod pmtiles_file;

use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

struct Server {
    child: Child,
    address: String,
    link: String,
    data: String,
}

impl Server {
    /// Serves new data in `folder`; `more` words go to the command.
    fn start(folder: &Path, more: &[&str]) -> Self {
        let data = format!("sqlite:{}", folder.join("browser.db").display());
        let mut child = Command::new(env!("CARGO_BIN_EXE_commonground"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data", &data])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let last_word = |line: String| line.rsplit([' ', '/']).next().unwrap().to_owned();
        let address = format!("http://{}", last_word(lines.next().unwrap()));
        let link = last_word(lines.next().unwrap());
        Self { child, address, link, data }
    }

    /// Runs the browser tests of some files against it.
    fn shown_to_a_browser(&self, specs: &str) {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        assert!(web.join("dist/index.html").exists(), "build the front end first: make test does");
        let chromium = chromium().expect("Chromium is missing: sudo apt-get install chromium");
        let done = Command::new("npm")
            .args(["run", "browser"])
            .current_dir(&web)
            .envs([("CG_ADDRESS", &self.address), ("CG_ADMIN_LINK", &self.link), ("CG_DATA", &self.data)])
            .env("CG_SPECS", specs)
            .env("CG_PROGRAM", env!("CARGO_BIN_EXE_commonground"))
            .env("CG_CHROMIUM", chromium)
            .status()
            .unwrap();
        assert!(done.success(), "the browser tests failed; see above");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_front_end_tells_its_story_in_a_real_browser() {
    let folder = TempDir::new().unwrap();
    Server::start(folder.path(), &[]).shown_to_a_browser("*.spec.ts");
}

#[test]
fn a_crowd_is_drawn_from_tiles_on_a_basemap_of_tiles() {
    let folder = TempDir::new().unwrap();
    let basemap = folder.path().join("cumbria.pmtiles");
    pmtiles_file::write(&basemap);
    let server = Server::start(folder.path(), &["--basemap", basemap.to_str().unwrap()]);
    // The demonstration's own places would be counted too.
    let halls = folder.path().join("halls.csv");
    std::fs::write(&halls, grid()).unwrap();
    let import = Command::new(env!("CARGO_BIN_EXE_commonground"))
        .arg("import")
        .arg(&halls)
        .args(["--kind", "place", "--set", "type=community_centre", "--key", "key", "--data", &server.data])
        .args(["--map", "name=1,lat=2,lon=3"])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(import.success());
    server.shown_to_a_browser("*.large.ts");
}

#[test]
fn somebody_elses_style_is_shown_and_named() {
    let folder = TempDir::new().unwrap();
    let style = "https://maps.example/style.json";
    Server::start(folder.path(), &["--basemap", style]).shown_to_a_browser("*.foreign.ts");
}

/// Twelve thousand halls, 120 by 100, some 260 metres apart.
fn grid() -> String {
    (0..12_000).fold("name,lat,lon,key\n".to_owned(), |mut text, i| {
        let (column, row) = (i % 120, i / 120);
        let (lon, lat) = (-3.6 + 0.004 * f64::from(column), 54.5 + 0.003 * f64::from(row));
        let _ = writeln!(text, "Hall {column} {row},{lat:.4},{lon:.4},{i}");
        text
    })
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
