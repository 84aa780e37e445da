//! How long a start takes, and how much memory a million assets are.

use std::process::Command;
use std::time::Instant;

use crate::data::{Data, Which};
use crate::england;
use crate::server::Server;
use crate::table::{Aim, Table, median};

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
    let shown = select.map_or(String::new(), |s| format!("sqlite3 select {s:.2} s"));
    let work = "start with a million assets, until ready (median of 3)";
    let aim = match data.which {
        Which::Plain => Aim::Within(4.6, "sqlite3", select),
        Which::Lived => Aim::OfPlain(1.3),
    };
    table.add(data.which, work, &shown, median(times), "s", &aim);
    let each = memory as f64 / england::ASSETS as f64;
    let aim = if data.which == Which::Plain { Aim::AtMost(1_200.0) } else { Aim::None };
    table.add(data.which, "memory after that, all of the process by assets", "", each, "B", &aim);
    if let Some(body) = sqlite(data, "select sum(length(cast(body as blob))) from record where body is not null") {
        let bodies = body.trim().parse::<f64>().unwrap_or(0.0) / england::ASSETS as f64;
        let aim = if data.which == Which::Plain { Aim::None } else { Aim::OfPlain(1.0) };
        table.add(data.which, "of that, its body", "", bodies, "B", &Aim::None);
        table.add(data.which, "of that, what is beside its body", "", each - bodies, "B", &aim);
    }
}

/// Seconds in which sqlite3 reads every record.
fn selected(data: &Data) -> Option<f64> {
    let read = || {
        let begun = Instant::now();
        sqlite(data, ".output /dev/null\nselect id, kind, version, body from record where body is not null;")?;
        Some(begun.elapsed().as_secs_f64())
    };
    // Once for the cache of the disk, then for the clock.
    read()?;
    Some(median((0..3).filter_map(|_| read()).collect()))
}

/// What sqlite3 answers; none where it is not there.
fn sqlite(data: &Data, text: &str) -> Option<String> {
    let lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (first, rest) = lines.split_first()?;
    let mut command = Command::new("sqlite3");
    command.args(["-readonly", "-noheader"]);
    let text = match rest.first() {
        Some(select) => {
            command.args(["-cmd", first]);
            select
        }
        None => first,
    };
    let output = command.arg(data.file()).arg(text).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
