//! Does the present agree with the log? Replays every change and compares, all as of one moment, so that others may
//! write meanwhile.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use tokio::sync::mpsc;

use super::AppError;
use super::engine::kept;
use crate::change::{Change, Seq, upgrade};
use crate::model::Id;
use crate::model::record::all_links;
use crate::store::{LinkRow, RecordRow, Rows, Store};

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

/// Asks the database whether it finds its data sound, replays the log and compares records and links with it, and reads
/// every dataset whole.
pub async fn check(store: &dyn Store) -> Result<Report, AppError> {
    let mut findings: Vec<String> =
        store.unsound().await?.into_iter().map(|said| format!("the database says: {said}")).collect();
    for info in store.datasets().await? {
        if !kept::is_whole(&info, &store.dataset_bytes(&info).await?) {
            findings.push(format!("the dataset {} is damaged: import it again", info.name));
        }
    }
    let (out, mut coming) = mpsc::channel(8);
    let compare = async {
        let mut replay = Replay::default();
        while let Some(rows) = coming.recv().await {
            replay.take(rows);
        }
        replay.finish()
    };
    let (sent, mut report) = futures::join!(store.hand_over(out), compare);
    sent?;
    findings.append(&mut report.findings);
    Ok(Report { findings, ..report })
}

/// What the log has said so far, and what is still to be compared with it.
#[derive(Default)]
struct Replay {
    report: Report,
    head: Seq,
    /// Version and digest of the body of every record that is there, by the log.
    said: HashMap<Id, (u32, [u8; 32])>,
    /// What bodies say of links, less what the table of links says: nothing is left when they agree.
    links: HashMap<Id, u128>,
}

impl Replay {
    fn take(&mut self, rows: Rows) {
        match rows {
            Rows::Changes(changes) => changes.iter().for_each(|change| self.change(change)),
            Rows::Records(records) => records.iter().for_each(|record| self.record(record)),
            Rows::Links(links) => links.iter().for_each(|link| self.link(link)),
            Rows::End(tip) if tip.seq != self.head => {
                let say = format!("the head is not {}, the number of the last change", self.head);
                self.report.findings.push(say);
            }
            _ => {}
        }
    }

    fn change(&mut self, change: &Change) {
        if change.seq != self.head + 1 {
            self.report.findings.push(format!("change {} is missing", self.head + 1));
        }
        self.head = change.seq;
        self.report.changes += 1;
        let (Some(id), Some(_)) = (change.record, change.kind) else { return };
        let digest = |text: &Option<String>| {
            let body = text.clone().map(|text| upgrade::body(text, change.schema));
            body.map(|body| body.map_or([0; 32], |body| digest_of(&body)))
        };
        if digest(&change.before) != self.said.get(&id).map(|(_, digest)| *digest) {
            let say = format!("change {} does not begin where the one before it ended", change.seq);
            self.report.findings.push(say);
        }
        match digest(&change.after) {
            Some(digest) => self.said.insert(id, (change.version, digest)),
            None => self.said.remove(&id),
        };
    }

    fn record(&mut self, record: &RecordRow) {
        let Some(body) = &record.body else { return };
        self.report.records += 1;
        match self.said.remove(&record.id) {
            Some((version, digest)) if version == record.version && digest == digest_of(body) => {}
            Some(_) => self.report.findings.push(format!("record {} is not what the log says", record.id)),
            None => self.report.findings.push(format!("record {} is not in the log", record.id)),
        }
        let Ok(body) = serde_json::from_str(body) else {
            self.report.findings.push(format!("the body of record {} can't be read", record.id));
            return;
        };
        for (role, target) in all_links(&body) {
            let sum = self.links.entry(record.id).or_default();
            *sum = sum.wrapping_add(mark(&role, target));
        }
    }

    fn link(&mut self, link: &LinkRow) {
        let sum = self.links.entry(link.source).or_default();
        *sum = sum.wrapping_sub(mark(&link.role, link.target));
    }

    fn finish(mut self) -> Report {
        let findings = &mut self.report.findings;
        findings.extend(self.said.keys().map(|id| format!("record {id} of the log is not there")));
        let unlike = self.links.iter().filter(|(_, left)| **left != 0);
        findings.extend(unlike.map(|(id, _)| format!("links of record {id} are not what its body says")));
        self.report
    }
}

/// A link as a number that only it has.
fn mark(role: &str, target: Id) -> u128 {
    let digest = digest_of(&format!("{role} {target}"));
    u128::from_be_bytes(digest[..16].try_into().expect("a digest has 32 bytes"))
}

fn digest_of(body: &str) -> [u8; 32] {
    Sha256::digest(body.as_bytes()).into()
}
