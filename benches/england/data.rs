//! The file that is measured: a million services and 36,000 areas, brought in by the program itself. It is made once;
//! `make bench FRESH=1` makes it anew and says how long that takes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::england;

/// Where it lies.
pub struct Data {
    /// The folder.
    pub folder: PathBuf,
}

impl Data {
    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("england.db")
    }

    /// The same as an address.
    pub fn address(&self) -> String {
        format!("sqlite:{}", self.file().display())
    }
}

/// What the columns of the areas are.
const AREAS: [&str; 11] = [
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
/// What the columns of the assets are.
const ASSETS: [&str; 11] = [
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

/// The data, made if it is not there.
pub fn made() -> Data {
    let data = Data { folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench") };
    std::fs::create_dir_all(&data.folder).expect("target can be written");
    let ready = data.folder.join("england.ready");
    let fresh = std::env::var_os("FRESH").is_some_and(|v| !v.is_empty());
    if ready.exists() && !fresh {
        eprintln!("Synthetic England is there: {}", data.file().display());
        return data;
    }
    for ending in ["db", "db-wal", "db-shm", "ready"] {
        let _ = std::fs::remove_file(data.folder.join(format!("england.{ending}")));
    }
    eprintln!("Making synthetic England: {} assets, {} areas", england::ASSETS, england::AREAS);
    for (name, text, words) in [("area.tsv", england::areas(), AREAS), ("asset.tsv", england::assets(), ASSETS)] {
        let path = data.folder.join(name);
        std::fs::write(&path, text).expect("target can be written");
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
        command.arg("import").arg(&path).args(words).args(["--data", &data.address()]);
        let status = command.stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|s| s.success()), "the import failed");
        eprintln!("  {name} brought in, {:.1} s", begun.elapsed().as_secs_f64());
    }
    std::fs::write(&ready, "").expect("target can be written");
    data
}

/// The shared folder with the known answers and the peers' scripts; none where it is absent.
pub fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = match std::env::var_os("COMMONGROUND_SHARED").map(PathBuf::from) {
        Some(path) if path.is_relative() => Path::new(env!("CARGO_MANIFEST_DIR")).join(path),
        Some(path) => path,
        None => beside,
    };
    folder.join("bench").is_dir().then_some(folder)
}
