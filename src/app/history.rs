//! What happened to a record, and taking it back.

use serde::Serialize;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::engine::ledger::Ledger;
use super::imports::memory;
use super::{App, AppError, Caller, orders};
use crate::auth::Action;
use crate::change::apply::Present;
use crate::change::undo::{self, Kept, Past};
use crate::change::{Change, Op, Seq, Stamp};
use crate::clock;
use crate::model::record::{canonical, code_of, stored};
use crate::model::{Code, Id, Kind};
use crate::store::{SourceRow, Which};

/// Changes that are taken back in one append.
const UNDO_CHUNK: usize = 1_000;

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The batch the undo was written as.
    pub batch: Uuid,
    /// Records that went back.
    pub reverted: Vec<Id>,
    /// What was left as it is.
    pub kept: Vec<Kept>,
    /// The number of the last change after it.
    pub revision: Seq,
}

/// Something that an undo left as it is, with names for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptNamed {
    /// What was left.
    #[serde(flatten)]
    pub kept: Kept,
    /// The record's kind.
    pub kind: Option<&'static str>,
    /// Its name, as far as the caller sees it.
    pub name: Option<String>,
    /// Who touched it since.
    pub by_name: Option<String>,
}

impl KeptNamed {
    /// In words.
    pub fn told(&self) -> String {
        let name =
            self.name.as_ref().map_or_else(|| self.kept.record.to_string(), |n| format!("{n} ({})", self.kept.record));
        let what = self.kept.field.as_ref().map_or_else(|| "the record itself".to_owned(), Clone::clone);
        let why = match (&self.by_name, self.kept.by) {
            (Some(by), _) => format!("{by} changed it since"),
            (None, Some(_)) => "somebody changed it since".to_owned(),
            (None, None) => "other records need it".to_owned(),
        };
        format!("{name}: {what}, since {why}")
    }
}

impl App {
    /// What an undo kept, with the names of the records and of who touched them.
    pub async fn named(&self, kept: &[Kept], caller: &Caller) -> Result<Vec<KeptNamed>, AppError> {
        let (view, accounts) = (self.view(caller.viewer()), self.names().await?);
        let named = kept.iter().map(|kept| {
            let entry = view.get(kept.record);
            KeptNamed {
                kept: kept.clone(),
                kind: entry.map(|e| e.kind.name()),
                name: entry.map(|e| e.name().to_owned()),
                by_name: kept.by.and_then(|by| accounts.get(&by).cloned()),
            }
        });
        Ok(named.collect())
    }

    /// Changes of one record after a number, oldest first; none when there never was one.
    pub async fn history(&self, id: Id, after: Seq, limit: usize) -> Result<Vec<Change>, AppError> {
        Ok(self.store.changes(Which::OfRecord(id, after), limit).await?)
    }

    /// Changes after a number, in order, and the present head.
    pub async fn changes(&self, after: Seq, limit: usize) -> Result<(Seq, Vec<Change>), AppError> {
        let changes = self.store.changes(Which::After(after), limit).await?;
        Ok((self.store.head().await?.seq, changes))
    }

    /// Names of accounts, for showing who did something.
    pub async fn names(&self) -> Result<HashMap<Uuid, String>, AppError> {
        Ok(self.store.accounts().await?.into_iter().map(|a| (a.id, a.name)).collect())
    }

    /// Takes back a change, or every change of a batch, as far as nobody touched it since.
    pub async fn undo(&self, what: Uuid, caller: &Caller) -> Result<Undone, AppError> {
        if !caller.role.may(Action::Import, Kind::Service) {
            return Err(AppError::Forbidden);
        }
        let stamp = Stamp { by: caller.account, at: clock::now(), why: None, batch: clock::new_id() };
        let one = self.store.changes(Which::ById(what), 1).await?;
        let mut undoing = Undoing {
            is_undone: if one.is_empty() { |c, what| c.batch == what } else { |c, what| c.id == what },
            what,
            stamp: &stamp,
            undone: Undone { batch: stamp.batch, reverted: Vec::new(), kept: Vec::new(), revision: 0 },
            all: HashSet::new(),
            met: HashSet::new(),
            redacted: false,
        };
        if one.is_empty() {
            undoing.all = self.records_of(what).await?;
            // In chunks, as it came in: others write between them. What comes after a chunk that is done may be undone
            // by asking again, if the program ends in the midst.
            let mut before = Seq::MAX;
            loop {
                let changes = self.store.changes(Which::OfBatch(what, before), UNDO_CHUNK).await?;
                let Some(oldest) = changes.last() else { break };
                before = oldest.seq;
                self.undo_chunk(&changes, &mut undoing).await?;
            }
        } else {
            undoing.all = one.iter().filter_map(|c| c.record).collect();
            self.undo_chunk(&one, &mut undoing).await?;
        }
        if !undoing.met.is_empty() {
            return Ok(undoing.undone);
        }
        let field = if one.is_empty() { "batch" } else { "change" };
        Err(match undoing.redacted {
            true => AppError::problem("change", Code::NotAllowed, "what was redacted is gone and can't come back"),
            false => AppError::problem(field, Code::NotFound, "there is no such change or batch of records"),
        })
    }

    /// The records that a batch touched.
    async fn records_of(&self, batch: Uuid) -> Result<HashSet<Id>, AppError> {
        let (mut all, mut before) = (HashSet::new(), Seq::MAX);
        loop {
            let changes = self.store.changes(Which::OfBatch(batch, before), UNDO_CHUNK).await?;
            all.extend(changes.iter().filter_map(|c| c.record));
            match changes.last().filter(|_| changes.len() == UNDO_CHUNK) {
                Some(oldest) => before = oldest.seq,
                None => return Ok(all),
            }
        }
    }

    /// Takes back what some changes (newest first) did to records that were not met before, as one append.
    async fn undo_chunk(&self, changes: &[Change], undoing: &mut Undoing<'_>) -> Result<(), AppError> {
        let of_records = changes.iter().filter(|c| c.kind.is_some());
        let (redactions, others): (Vec<&Change>, Vec<&Change>) = of_records.partition(|c| c.op == Op::Redact);
        undoing.redacted |= !redactions.is_empty();
        let ids: Vec<Id> = others.iter().filter_map(|c| c.record).filter(|id| undoing.met.insert(*id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        // Taking the order first: nobody can add to a history while it is read.
        let mut ledger = Ledger::open(&*self.store).await?;
        let (back, gone) = stage_undo(&mut ledger, &ids, undoing).await?;
        ledger.tx().forget_parts(&gone).await?;
        remember(&mut ledger, &back).await?;
        undoing.undone.revision = ledger.head();
        let changes = ledger.commit().await?;
        self.feed.publish(changes).await
    }
}

/// An undo under way.
struct Undoing<'a> {
    /// Whether a change is among those that are taken back.
    is_undone: fn(&Change, Uuid) -> bool,
    what: Uuid,
    stamp: &'a Stamp,
    undone: Undone,
    /// All records of the batch: what one of them is put below may go back, too.
    all: HashSet<Id>,
    /// Records that had their turn: all that the batch did to one is taken back at once.
    met: HashSet<Id>,
    /// Something of it was a redaction.
    redacted: bool,
}

/// In the order given, newest records first, so that what links to others goes before them. Answers the records that
/// are back as they were, and those that are gone now.
async fn stage_undo(
    ledger: &mut Ledger,
    ids: &[Id],
    undoing: &mut Undoing<'_>,
) -> Result<(Vec<Id>, Vec<Id>), AppError> {
    let mut histories: HashMap<Id, Vec<Change>> = HashMap::new();
    for change in ledger.tx().histories(ids).await? {
        if let Some(id) = change.record {
            histories.entry(id).or_default().push(change);
        }
    }
    let known = ledger.present(ids).await?;
    // Asked once for all; what is staged meanwhile counts.
    ledger.links_to(ids).await?;
    let (is_undone, what) = (undoing.is_undone, undoing.what);
    let kept = &mut undoing.undone.kept;
    let (mut back, mut gone) = (Vec::new(), Vec::new());
    for id in ids {
        let (Some(present), Some(history)) = (known.get(id), histories.get(id)) else { continue };
        let linked = ledger.links_to(&[*id]).await?.iter().any(|(source, _)| source != id);
        let past = Past { present, history, linked };
        let (change, left) = undo::undo(&past, &|c| is_undone(c, what), undoing.stamp);
        kept.extend(left);
        let Some(change) = change else { continue };
        if taken_code(ledger, present, &change).await? {
            kept.push(Kept { record: *id, field: Some("code".to_owned()), by: None });
            continue;
        }
        if closes_a_circle(ledger, &change, &undoing.all).await? {
            kept.push(Kept { record: *id, field: Some("links.parent".to_owned()), by: None });
            continue;
        }
        if change.after.is_none() {
            gone.push(*id)
        } else {
            back.push(*id)
        }
        undoing.undone.reverted.push(*id);
        ledger.stage(change);
    }
    drop_dangling(ledger, &back, kept).await?;
    Ok((back, gone))
}

/// A body that came back may refer to what is gone by now: such links are left out and told.
async fn drop_dangling(ledger: &mut Ledger, back: &[Id], kept: &mut Vec<Kept>) -> Result<(), AppError> {
    let present = ledger.present(back).await?;
    let targets: Vec<(Id, String, Id)> = present
        .values()
        .flat_map(|p| p.body.iter().flat_map(crate::model::record::all_links).map(|(role, t)| (p.id, role, t)))
        .collect();
    let known = ledger.present(&targets.iter().map(|(.., t)| *t).collect::<Vec<_>>()).await?;
    for (id, role, target) in targets {
        if known.get(&target).is_none_or(|p| p.body.is_none()) {
            ledger.amend(id, target);
            kept.push(Kept { record: id, field: Some(format!("links.{role}")), by: None });
        }
    }
    Ok(())
}

/// Lists that said what went remember it no more, so that they may say it again.
async fn remember(ledger: &mut Ledger, back: &[Id]) -> Result<(), AppError> {
    let reverted = ledger.reverted(back);
    for row in ledger.sources_of(back).await? {
        let Some((undone, now)) = reverted.get(&row.record) else { continue };
        if let Some(part) = memory::after_undo(&row.part, undone, now) {
            ledger.stage_source(SourceRow { part: canonical(&part), ..row });
        }
    }
    Ok(())
}

/// Whether the body that a change would bring back carries a code that another record has by now.
async fn taken_code(ledger: &mut Ledger, present: &Present, change: &Change) -> Result<bool, AppError> {
    let (Some(kind), Some(body)) = (change.kind, change.after.as_deref()) else { return Ok(false) };
    let Some(code) = code_of(kind, &stored(body)) else { return Ok(false) };
    if present.body.as_ref().and_then(|now| code_of(kind, now)).as_ref() == Some(&code) {
        return Ok(false);
    }
    Ok(ledger.by_code(kind, &code).await?.is_some_and(|other| Some(other) != change.record))
}

/// Whether the body that a change would bring back stands above itself by now: its parent was put below it since.
async fn closes_a_circle(ledger: &mut Ledger, change: &Change, undone: &HashSet<Id>) -> Result<bool, AppError> {
    let (Some(id), Some(kind), Some(body)) = (change.record, change.kind, change.after.as_deref()) else {
        return Ok(false);
    };
    Ok(orders::circle(ledger, kind, &stored(body), id, undone).await?.is_some())
}
