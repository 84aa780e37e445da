//! A question that nobody waits for any more: its connection is closed, and the processor must be free soon.

use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

use crate::asking::Asking;
use crate::data::Which;
use crate::server::Server;
use crate::table::{Aim, Table, median};

/// Every service of the nation against every area: long in any case.
const PATH: &str = "/api/v1/coverage?kind=service&areas=synthetic&within=5km&include=per_area";
/// So long it may work before it is left.
const ASKED: Duration = Duration::from_millis(400);
/// Nothing done for so long is rest; Linux counts in hundredths of a second.
const QUIET: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(120);

/// Milliseconds until the processor rests.
pub fn measure(which: Which, server: &Server, runtime: &Runtime, table: &mut Table) {
    let work = "an abandoned question, until its thread is free (in steps of 10 ms)";
    let asking = Asking::of(&server.address);
    let (mut took, mut too_short) = (Vec::new(), 0);
    for i in 0..5 {
        // Another one each time, so that none finds the answer of the one before.
        let path = format!("{PATH}&age={}", 20 + i);
        let ended = runtime.block_on(async { tokio::time::timeout(ASKED, asking.get(&path)).await.is_ok() });
        if ended {
            too_short += 1;
            continue;
        }
        match until_quiet(server) {
            Some(seconds) => took.push(seconds * 1e3),
            None => return table.say(which, work, &format!("not within {} s", PATIENCE.as_secs())),
        }
    }
    match took.is_empty() {
        true => table.say(which, work, &format!("answered before it could be left, {too_short} of 5 times")),
        false => table.add(which, work, "", median(took), "ms", &Aim::AtMost(100.0)),
    }
}

fn until_quiet(server: &Server) -> Option<f64> {
    let left = Instant::now();
    let (mut seconds, mut last) = (server.seconds(), Duration::ZERO);
    while left.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(10));
        let now = server.seconds();
        if now > seconds {
            (seconds, last) = (now, left.elapsed());
        }
        if left.elapsed() - last > QUIET {
            return Some(last.as_secs_f64());
        }
    }
    None
}
