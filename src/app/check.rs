//! Does the present agree with the log? Replays every change and compares.

use sha2::{Digest, Sha256};
use std::collections::HashMap;

use super::AppError;
use crate::change::{Change, Seq};
use crate::model::Id;
use crate::model::record::{all_links, stored};
use crate::store::{Store, Wanted};

/// What a check found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Changes replayed.
    pub changes: u64,
    /// Records compared.
    pub records: u64,
    /// What does not agree; empty when all is well.
    pub findings: Vec<String>,
}

/// Replays the log and compares records and links with it.
pub async fn check(store: &dyn Store) -> Result<Report, AppError> {
    let mut report = Report::default();
    let mut replayed: HashMap<Id, (u32, [u8; 32])> = HashMap::new();
    let mut head: Seq = 0;
    loop {
        let changes = store.changes(Wanted::After(head), 5_000).await?;
        if changes.is_empty() {
            break;
        }
        for change in &changes {
            if change.seq != head + 1 {
                report.findings.push(format!("change {} is missing", head + 1));
            }
            head = change.seq;
            report.changes += 1;
            replay(change, &mut replayed, &mut report);
        }
    }
    if store.head().await?.seq != head {
        report.findings.push(format!("the head is not {head}, the number of the last change"));
    }
    let mut links: HashMap<Id, Vec<(String, Id)>> = HashMap::new();
    store.each_link(&mut |source, role, target| links.entry(source).or_default().push((role, target))).await?;
    let mut compare = |record: crate::store::StoredRecord| {
        report.records += 1;
        match replayed.remove(&record.id) {
            Some((version, digest)) if version == record.version && digest == digest_of(&record.body) => {}
            Some(_) => report.findings.push(format!("record {} is not what the log says", record.id)),
            None => report.findings.push(format!("record {} is not in the log", record.id)),
        }
        let mut said = all_links(&stored(&record.body));
        let mut kept = links.remove(&record.id).unwrap_or_default();
        said.sort_unstable();
        kept.sort_unstable();
        if said != kept {
            report.findings.push(format!("links of record {} are not what its body says", record.id));
        }
    };
    store.each_record(&mut compare).await?;
    report.findings.extend(replayed.keys().map(|id| format!("record {id} of the log is not there")));
    report.findings.extend(links.keys().map(|id| format!("record {id} has links but is not there")));
    Ok(report)
}

fn replay(change: &Change, replayed: &mut HashMap<Id, (u32, [u8; 32])>, report: &mut Report) {
    let (Some(id), Some(_)) = (change.record, change.kind) else { return };
    let before = change.before.as_deref().map(digest_of);
    if before != replayed.get(&id).map(|(_, digest)| *digest) {
        report.findings.push(format!("change {} does not begin where the one before it ended", change.seq));
    }
    match &change.after {
        Some(body) => replayed.insert(id, (change.version, digest_of(body))),
        None => replayed.remove(&id),
    };
}

fn digest_of(body: &str) -> [u8; 32] {
    Sha256::digest(body.as_bytes()).into()
}
