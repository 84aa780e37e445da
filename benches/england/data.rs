//! The files that are measured: a million services and 36,000 areas, plain and lived in, brought in by the program
//! itself. They are made once; `make bench FRESH=1` makes them anew and says how long that takes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{england, lived};

/// Which England.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// A point, a category and a capacity each.
    Plain,
    /// As people describe their services after some years.
    Lived,
}

impl Which {
    /// As the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Which::Plain => "plain",
            Which::Lived => "lived in",
        }
    }
}

/// The time at which questions are asked: none of them depends on it.
pub fn now() -> jiff::Zoned {
    commonground::clock::local(&jiff::tz::TimeZone::UTC)
}

/// Where one lies.
pub struct Data {
    /// Which.
    pub which: Which,
    /// The folder.
    pub folder: PathBuf,
}

/// A list, and what its columns are.
struct List {
    file: &'static str,
    text: fn() -> String,
    words: &'static [&'static str],
}

const PLAIN: [List; 2] = [
    List {
        file: "area.tsv",
        text: england::areas,
        words: &[
            "--kind=area",
            "--area-set=synthetic",
            "--map=code=2,name=2,population=3,need=4,older=5,lon=6,lat=7",
            "--set-indicator=need=score",
        ],
    },
    List {
        file: "asset.tsv",
        text: england::assets,
        words: &[
            "--kind=service",
            "--list=synthetic",
            "--key=1",
            "--map=name=2,categories=4,capacity.per_week=5,lon=6,lat=7",
        ],
    },
];
const LIVED: [List; 3] = [
    List {
        file: "lived-district.tsv",
        text: lived::districts_file,
        words: &["--kind=area", "--area-set=district", "--map=code=1,name=2,population=3,lon=4,lat=5"],
    },
    List {
        file: "lived-area.tsv",
        text: lived::areas,
        words: &[
            "--kind=area",
            "--area-set=synthetic",
            "--map=code=1,name=1,population=2,need=3,older=4,age_0_15=5,age_16_64=6,age_65_120=7,groups.district=8",
            "--map=lon=9,lat=10",
            "--set-indicator=need=score",
        ],
    },
    List {
        file: "lived-service.tsv",
        text: lived::services,
        words: &[
            "--kind=service",
            "--list=synthetic",
            "--key=1",
            "--map=name=2,categories=3,capacity.per_week=4,lon=5,lat=6,eligibility.min_age=7,eligibility.max_age=8",
            "--map=delivery=9,service_area=10,precision=11,visibility=12,schedule=13,referral=14,accepting.value=15",
            "--map=cost.free=16,languages=17,description=18",
        ],
    },
];

impl Data {
    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.db", self.stem()))
    }

    /// The same as an address.
    pub fn address(&self) -> String {
        format!("sqlite:{}", self.file().display())
    }

    /// A copy of it under another name, to be written to; its address. Nobody may have it open.
    pub fn copied(&self, name: &str) -> (String, Copied) {
        let copy = self.folder.join(name);
        let copied = Copied::new(copy.clone());
        for ending in ["", "-wal"] {
            let from = PathBuf::from(format!("{}{ending}", self.file().display()));
            if from.exists() {
                std::fs::copy(from, format!("{}{ending}", copy.display())).expect("target has room for a copy");
            }
        }
        (format!("sqlite:{}", copy.display()), copied)
    }

    fn stem(&self) -> &'static str {
        match self.which {
            Which::Plain => "england",
            Which::Lived => "lived",
        }
    }
}

/// A file for a while, taken away at the end.
pub struct Copied(PathBuf);

impl Copied {
    /// Nothing is there yet.
    pub fn new(file: PathBuf) -> Self {
        let copied = Self(file);
        copied.remove();
        copied
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A new token of an admin of the data at an address.
pub fn token(address: &str) -> String {
    let words = ["token", "add", "--role", "admin", "--data", address];
    let made = Command::new(env!("CARGO_BIN_EXE_commonground")).args(words).output().expect("the program starts");
    String::from_utf8_lossy(&made.stdout).trim().to_owned()
}

/// Whether everything is to be made anew.
pub fn is_fresh() -> bool {
    std::env::var_os("FRESH").is_some_and(|v| !v.is_empty())
}

/// The data, made if it is not there.
pub fn made(which: Which) -> Data {
    let data = Data { which, folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench") };
    std::fs::create_dir_all(&data.folder).expect("target can be written");
    let stem = data.stem();
    let ready = data.folder.join(format!("{stem}.ready"));
    if ready.exists() && !is_fresh() {
        eprintln!("It is there: {}", data.file().display());
        return data;
    }
    for ending in ["db", "db-wal", "db-shm", "ready"] {
        let _ = std::fs::remove_file(data.folder.join(format!("{stem}.{ending}")));
    }
    eprintln!("Making {}: {} assets, {} areas", data.file().display(), england::ASSETS, england::AREAS);
    let lists: &[List] = if which == Which::Plain { &PLAIN } else { &LIVED };
    for List { file, text, words } in lists {
        let path = data.folder.join(file);
        std::fs::write(&path, text()).expect("target can be written");
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
        command
            .arg("import")
            .arg(&path)
            .args(["--no-header", "--delimiter=tab", "--data", &data.address()])
            .args(*words);
        let status = command.stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|s| s.success()), "the import of {file} failed");
        eprintln!("  {file} brought in, {:.1} s", begun.elapsed().as_secs_f64());
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
