//! A PostgreSQL of the tests' own: a private cluster in a temporary folder on a free port, gone afterwards.

use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A running server. PostgreSQL refuses to run as root, so root runs it as the user `postgres`.
pub struct Cluster {
    folder: TempDir,
    pub port: u16,
}

impl Cluster {
    pub fn start() -> Self {
        let cluster = Self { folder: folder(), port: free_port() };
        let data = cluster.data();
        run("initdb", &["-D", &data, "-U", "cg", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"]);
        // The tests kill processes, never the machine: nothing here depends on the disk being waited for.
        cluster.configure("fsync = off\nmax_wal_senders = 5\nwal_level = replica\nhot_standby = on\n");
        let trust = "local all all trust\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n";
        std::fs::write(cluster.folder.path().join("data/pg_hba.conf"), trust).unwrap();
        cluster.up();
        cluster
    }

    /// A new, empty database.
    pub fn database(&self, name: &str) -> String {
        self.psql("postgres", &format!("create database {name}"));
        self.url(name)
    }

    pub fn url(&self, name: &str) -> String {
        format!("postgres://cg@127.0.0.1:{}/{name}", self.port)
    }

    /// What a statement answers, as psql prints it without headings.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        let (ok, out) = self.try_psql(database, "cg", sql);
        assert!(ok, "{sql}: {out}");
        out
    }

    pub fn try_psql(&self, database: &str, user: &str, sql: &str) -> (bool, String) {
        let url = format!("postgres://{user}@127.0.0.1:{}/{database}", self.port);
        let output =
            Command::new(bin("psql")).args([&url, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).trim().to_owned())
    }

    /// A session of its own that asks something and holds what it took until it is killed.
    pub fn hold(&self, database: &str, sql: &str) -> Child {
        let mut psql = Command::new(bin("psql"));
        psql.args([&self.url(database), "-XAtq", "-v", "ON_ERROR_STOP=1"])
            .args(sql.split("; ").flat_map(|s| ["-c", s]));
        psql.stdout(Stdio::null()).spawn().unwrap()
    }

    pub fn configure(&self, lines: &str) {
        let path = self.folder.path().join("data/postgresql.conf");
        let before = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{before}\n{lines}")).unwrap();
    }

    pub fn up(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={}",
            self.port,
            self.folder.path().display()
        );
        let log = self.folder.path().join("log").display().to_string();
        run("pg_ctl", &["start", "-w", "-D", &self.data(), "-l", &log, "-o", &options]);
    }

    /// Gone from one moment to the next, as if the power had failed.
    pub fn down(&self) {
        run("pg_ctl", &["stop", "-D", &self.data(), "-m", "immediate"]);
    }

    pub fn reload(&self) {
        run("pg_ctl", &["reload", "-D", &self.data()]);
    }

    /// A second server that receives this one's log. A synchronous one confirms every commit.
    pub fn standby(&self, synchronous: bool) -> Self {
        let standby = Self { folder: folder(), port: free_port() };
        let from = format!("host=127.0.0.1 port={} user=cg application_name=second", self.port);
        run("pg_basebackup", &["-D", &standby.data(), "-d", &from, "-R", "-X", "stream", "-c", "fast", "--no-sync"]);
        standby.up();
        if synchronous {
            self.configure("synchronous_standby_names = 'second'\n");
            self.reload();
        }
        standby
    }

    pub fn promote(&self) {
        run("pg_ctl", &["promote", "-w", "-D", &self.data()]);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = as_owner("pg_ctl", &["stop", "-D", &self.data(), "-m", "immediate"]).output();
    }
}

fn folder() -> TempDir {
    let folder = TempDir::with_prefix("cg-postgres-").unwrap();
    if is_root() {
        let done = Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap();
        assert!(done.success());
    }
    folder
}

fn run(program: &str, words: &[&str]) {
    let Output { status, stdout, stderr } = as_owner(program, words).output().unwrap();
    let said = [stdout, stderr].concat();
    assert!(status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&said));
}

fn as_owner(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new("runuser");
    if is_root() {
        command.args(["-u", "postgres", "--"]).arg(bin(program));
    } else {
        command = Command::new(bin(program));
    }
    // The user postgres may not stand in the folder that the tests run in.
    command.args(words).current_dir("/");
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Debian keeps the programs of each release in a folder of its own; the newest is taken.
fn bin(program: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL is missing: sudo apt-get install postgresql postgresql-postgis")
        .map(|entry| entry.unwrap().path().join("bin"))
        .filter(|path| path.join("initdb").exists())
        .collect();
    folders.sort();
    let newest: &Path = folders.last().expect("PostgreSQL's programs are in /usr/lib/postgresql/*/bin");
    newest.join(program)
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
