//! PostGIS, scipy and DuckDB on the same England, by the shared scripts. Each is left out where it is not installed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

use crate::data;

/// Figures by the names that the scripts give them.
#[derive(Default)]
pub struct Peers {
    figures: HashMap<String, f64>,
}

impl Peers {
    /// The figure whose name begins so.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|(known, _)| known.starts_with(name)).map(|(_, figure)| *figure)
    }

    /// The figure with the peer's name before it, for the table.
    pub fn shown(&self, peers: &[(&str, &str)]) -> String {
        let one = |(label, name): &(&str, &str)| Some(format!("{label} {}", crate::table::short(self.get(name)?)));
        let all: Vec<String> = peers.iter().filter_map(one).collect();
        if all.is_empty() { "–".to_owned() } else { all.join(", ") }
    }
}

/// Runs what is there.
pub fn measured() -> Peers {
    let mut peers = Peers::default();
    if std::env::var_os("ALONE").is_some_and(|v| !v.is_empty()) {
        eprintln!("No peers this time: ALONE is set.");
        return peers;
    }
    let Some(shared) = data::shared() else {
        eprintln!("No peers: their scripts are in shared/bench, which is not beside this folder.");
        return peers;
    };
    let scripts = shared.join("bench");
    // Not in target: PostgreSQL's user has to reach it.
    let Ok(folder) = TempDir::with_prefix("cg-peers-") else { return peers };
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = |module: &str| {
        Command::new(&python).args(["-c", &format!("import {module}")]).output().is_ok_and(|o| o.status.success())
    };
    if !has("numpy") {
        eprintln!("No peers: {python} lacks numpy (pip install numpy; PYTHON= names another one).");
        return peers;
    }
    postgis(&scripts, folder.path(), &python, &mut peers);
    let missing: Vec<&str> = [
        ("pandas", "pandas"),
        ("scipy", "scipy"),
        ("pyproj", "pyproj"),
        ("sklearn", "scikit-learn"),
        ("geopandas", "geopandas"),
        ("access", "access"),
        ("duckdb", "duckdb"),
    ]
    .into_iter()
    .filter(|(module, _)| !has(module))
    .map(|(_, package)| package)
    .collect();
    if !missing.is_empty() {
        eprintln!("No scipy, no DuckDB: pip install {} (PYTHON= names another Python).", missing.join(" "));
        return peers;
    }
    eprintln!("scipy and DuckDB …");
    let files = folder.path().join("files");
    let made = Command::new(&python).arg(scripts.join("england_synthetic.py")).arg(&files).output();
    assert!(made.is_ok_and(|o| o.status.success()), "the shared files could not be made");
    let run =
        Command::new(&python).arg(scripts.join("python_peers.py")).arg(&files).env("OMP_NUM_THREADS", "2").output();
    peers.take(&run.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default());
    peers
}

fn postgis(scripts: &Path, folder: &Path, python: &str, peers: &mut Peers) {
    let newest = |root: &str, inside: &str| -> Option<PathBuf> {
        let mut found: Vec<PathBuf> = std::fs::read_dir(root).ok()?.flatten().map(|e| e.path().join(inside)).collect();
        found.retain(|path| path.exists());
        found.sort();
        found.pop()
    };
    let (Some(programs), Some(_)) =
        (newest("/usr/lib/postgresql", "bin"), newest("/usr/share/postgresql", "extension/postgis.control"))
    else {
        eprintln!("No PostGIS: apt-get install postgresql postgresql-postgis.");
        return;
    };
    eprintln!("PostGIS (some minutes) …");
    let work = folder.join("postgis");
    let run = Command::new("bash")
        .arg(scripts.join("postgis_baseline.sh"))
        .arg(&work)
        .arg("3")
        .env("PGBIN", programs)
        .env("PY", python)
        .current_dir("/")
        .output();
    if !run.as_ref().is_ok_and(|o| o.status.success()) {
        let said = run.map(|o| String::from_utf8_lossy(&o.stderr).into_owned()).unwrap_or_default();
        eprintln!("PostGIS did not run to its end: {}", said.lines().last().unwrap_or_default());
    }
    peers.take(&std::fs::read_to_string(work.join("results.tsv")).unwrap_or_default());
}

impl Peers {
    /// Lines of name, tab, figure.
    fn take(&mut self, text: &str) {
        for line in text.lines() {
            let mut parts = line.split('\t');
            if let (Some(name), Some(Ok(figure))) = (parts.next(), parts.next().map(|f| f.trim().parse::<f64>())) {
                self.figures.insert(name.to_owned(), figure);
            }
        }
    }
}
