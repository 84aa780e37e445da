//! Logs as they stood in files of earlier releases: one change a line.

use commonground::change::{Change, Op};
use commonground::model::Kind;
use serde_json::Value;
use std::path::Path;

/// The changes of `fixtures/log/NAME`, in order.
pub fn read(name: &str) -> Vec<Change> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/log").join(name);
    std::fs::read_to_string(path).unwrap().lines().map(|line| change(&serde_json::from_str(line).unwrap())).collect()
}

fn change(line: &Value) -> Change {
    let text = |name: &str| line[name].as_str().map(str::to_owned);
    let id = |name: &str| line[name].as_str().map(|text| text.parse().unwrap());
    Change {
        seq: line["seq"].as_u64().unwrap(),
        id: id("id").unwrap(),
        op: Op::by_name(line["op"].as_str().unwrap()).unwrap(),
        of: id("of"),
        kind: line["kind"].as_str().map(|name| Kind::by_name(name).unwrap()),
        record: id("record"),
        version: line["version"].as_u64().unwrap() as u32,
        schema: line["schema"].as_u64().unwrap() as u32,
        before: text("before"),
        after: text("after"),
        by: id("by").unwrap(),
        at: line["at"].as_str().unwrap().parse().unwrap(),
        why: text("why"),
        exercise: id("exercise"),
        batch: id("batch").unwrap(),
    }
}
