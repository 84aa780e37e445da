//! What happened to a record, and taking it back.

use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

use super::imports::memory;
use super::ledger::Ledger;
use super::{App, AppError, Caller, commit};
use crate::auth::Action;
use crate::change::undo::{self, Kept, Past};
use crate::change::{Change, Op, Seq, Stamp};
use crate::clock;
use crate::model::record::{canonical, code_of, stored};
use crate::model::{Code, Id, Kind};
use crate::store::{SourceRow, Wanted};

/// The most changes that are looked through for one undo or redaction.
pub(super) const MOST: usize = 2_000_000;

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
                name: entry.map(|e| e.name.to_string()),
                by_name: kept.by.and_then(|by| accounts.get(&by).cloned()),
            }
        });
        Ok(named.collect())
    }

    /// The changes of one record, oldest first; empty when there never was one.
    pub async fn history(&self, id: Id) -> Result<Vec<Change>, AppError> {
        Ok(self.store.changes(Wanted::OfRecord(id), 10_000).await?)
    }

    /// Changes after a number, in order, and the present head.
    pub async fn changes(&self, after: Seq, limit: usize) -> Result<(Seq, Vec<Change>), AppError> {
        let changes = self.store.changes(Wanted::After(after), limit).await?;
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
        // Taking the order first: nobody can add to a history while it is read.
        let mut ledger = Ledger::open(&*self.store).await?;
        let mut undone = ledger.tx().changes(Wanted::ById(what), 1).await?;
        let whole_batch = undone.is_empty();
        if whole_batch {
            undone = ledger.tx().changes(Wanted::OfBatch(what), MOST).await?;
        }
        undone.retain(|c| c.kind.is_some());
        if !undone.is_empty() && undone.iter().all(|c| c.op == Op::Redact) {
            return Err(AppError::problem("change", Code::NotAllowed, "what was redacted is gone and can't come back"));
        }
        undone.retain(|c| c.op != Op::Redact);
        if undone.is_empty() {
            let field = if whole_batch { "batch" } else { "change" };
            return Err(AppError::problem(field, Code::NotFound, "there is no such change or batch of records"));
        }
        let stamp = Stamp { by: caller.account, at: clock::now(), why: None, batch: clock::new_id() };
        let is_undone = |c: &Change| if whole_batch { c.batch == what } else { c.id == what };
        let outcome = self.stage_undo(&mut ledger, &undone, &is_undone, &stamp).await?;
        let gone: Vec<Id> = outcome.0.iter().copied().filter(|id| outcome.2.contains(id)).collect();
        ledger.tx().forget_parts(&gone).await?;
        let back: Vec<Id> = outcome.0.iter().copied().filter(|id| !outcome.2.contains(id)).collect();
        remember(&mut ledger, &back).await?;
        let revision = ledger.head();
        let changes = ledger.commit().await?;
        self.feed.publish(changes).await?;
        Ok(Undone { batch: stamp.batch, reverted: outcome.0, kept: outcome.1, revision })
    }

    /// Newest records first, so that what links to others goes before them. Answers reverted ids, what was kept, and
    /// the ids that are gone now.
    async fn stage_undo(
        &self,
        ledger: &mut Ledger,
        undone: &[Change],
        is_undone: &(dyn Fn(&Change) -> bool + Sync),
        stamp: &Stamp,
    ) -> Result<(Vec<Id>, Vec<Kept>, Vec<Id>), AppError> {
        let mut order: Vec<Id> = Vec::new();
        let mut last: BTreeMap<Id, Seq> = BTreeMap::new();
        for change in undone {
            if let Some(id) = change.record {
                last.insert(id, change.seq);
            }
        }
        order.extend(last.keys());
        order.sort_unstable_by_key(|id| std::cmp::Reverse(last[id]));
        let of_batch: HashSet<Id> = order.iter().copied().collect();
        let (mut reverted, mut kept, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for id in order {
            let Some(present) = ledger.present(&[id]).await?.remove(&id) else { continue };
            let history = ledger.tx().changes(Wanted::OfRecord(id), MOST).await?;
            let linked = ledger.links_to(&[id]).await?.iter().any(|(source, _)| *source != id);
            let past = Past { present: &present, history: &history, linked };
            let (change, left) = undo::undo(&past, is_undone, stamp);
            kept.extend(left);
            let Some(change) = change else { continue };
            if taken_code(ledger, &change).await? {
                kept.push(Kept { record: id, field: Some("code".to_owned()), by: None });
                continue;
            }
            if closes_a_circle(ledger, &change, &of_batch).await? {
                kept.push(Kept { record: id, field: Some("links.parent".to_owned()), by: None });
                continue;
            }
            if change.after.is_none() {
                gone.push(id);
            }
            reverted.push(id);
            ledger.stage(change);
        }
        self.drop_dangling(ledger, &reverted, &mut kept).await?;
        Ok((reverted, kept, gone))
    }

    /// A body that came back may refer to what is gone by now: such links are left out and told.
    async fn drop_dangling(&self, ledger: &mut Ledger, reverted: &[Id], kept: &mut Vec<Kept>) -> Result<(), AppError> {
        let present = ledger.present(reverted).await?;
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
async fn taken_code(ledger: &mut Ledger, change: &Change) -> Result<bool, AppError> {
    let (Some(kind), Some(body)) = (change.kind, change.after.as_deref()) else { return Ok(false) };
    let Some(code) = code_of(kind, &stored(body)) else { return Ok(false) };
    Ok(ledger.by_code(kind, &code).await?.is_some_and(|other| Some(other) != change.record))
}

/// Whether the body that a change would bring back stands above itself by now: its parent was put below it since.
async fn closes_a_circle(ledger: &mut Ledger, change: &Change, undone: &HashSet<Id>) -> Result<bool, AppError> {
    let (Some(id), Some(kind), Some(body)) = (change.record, change.kind, change.after.as_deref()) else {
        return Ok(false);
    };
    Ok(commit::circle(ledger, kind, &stored(body), id, undone).await?.is_some())
}
