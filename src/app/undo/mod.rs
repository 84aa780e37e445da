//! Taking back a change or a batch, as far as nobody touched it since: in chunks of one batch, so that others write
//! between them, whatever is as large as an import can be taken back, and what was cut off or stopped can be gone on with.
//!
//! # Design
//!
//! Of a batch only the ids of its records are held. They have their turns newest first, which is an order that nearly
//! all links allow; a record whose turn depends on another's that is still to come waits for the next round. Where a
//! round brings nobody further, those that wait for each other go together, in one append. So the order of turns, and
//! with it what comes out, does not depend on how large the chunks are.

mod append;
#[cfg(test)]
mod proof;
mod told;
mod turns;

use std::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::engine::pace::Pace;
use super::{App, AppError, Caller};
use crate::auth::Action;
use crate::change::{Change, Op, Stamp};
use crate::clock;
use crate::model::{Code, Id, Kind};
use crate::store::{UndoRow, Which};
use append::{Done, Others, Undoing};
pub use told::{Few, KeptNamed, Undone};

impl App {
    /// Takes back a change, or every change of a batch, as far as nobody touched it since.
    pub async fn undo(&self, what: Uuid, caller: &Caller) -> Result<Undone, AppError> {
        self.undo_until(what, caller, &CancellationToken::new()).await
    }

    /// The same until it is told to stop: what is done by then stays, and asking again goes on with it.
    ///
    /// # Errors
    /// When there is no such change or batch, or nothing of it can come back. What was done before the store went away
    /// stays, too.
    pub async fn undo_until(&self, what: Uuid, caller: &Caller, stop: &CancellationToken) -> Result<Undone, AppError> {
        self.undo_at(Pace::default(), what, caller, stop).await
    }

    async fn undo_at(
        &self,
        pace: Pace,
        what: Uuid,
        caller: &Caller,
        stop: &CancellationToken,
    ) -> Result<Undone, AppError> {
        may_undo(caller)?;
        let one = self.store.changes(Which::ById(what), 1).await?;
        let of_batch = one.is_empty();
        let touched = match one.first() {
            Some(change) => touched_by(change),
            None => self.store.touched(what).await?,
        };
        let ids: Vec<Id> = touched.iter().filter(|(_, newest)| *newest > 0).map(|(id, _)| *id).collect();
        if ids.is_empty() {
            let field = if of_batch { "batch" } else { "change" };
            return Err(match touched.is_empty() {
                false => AppError::problem("change", Code::NotAllowed, "what was redacted is gone and can't come back"),
                true => AppError::problem(field, Code::NotFound, "there is no such change or batch of records"),
            });
        }
        let stamp = Stamp { by: caller.account, at: clock::now(), why: None, batch: clock::new_id() };
        let is_undone = if of_batch { |c: &Change, what| c.batch == what } else { |c: &Change, what| c.id == what };
        rounds(Undoing::new(self, what, is_undone, stamp, &ids), ids, pace, stop).await
    }

    /// Stops the undo of a batch that is under way, wherever it runs, after the chunk it is at. Answers as which batch it
    /// is written; what it did is told to who asked for it.
    ///
    /// # Errors
    /// When no undo of it is under way.
    pub async fn stop_undo(&self, what: Uuid, caller: &Caller) -> Result<Undone, AppError> {
        may_undo(caller)?;
        let mut tx = self.store.begin().await?;
        let Some(row) = tx.undo_of(what).await? else {
            return Err(AppError::problem("batch", Code::NotFound, "no undo of this batch is under way"));
        };
        tx.put_undo(&UndoRow { stop: true, ..row }).await?;
        tx.commit().await?;
        Ok(Undone::new(row.undo, self.revision()).stopped())
    }
}

fn may_undo(caller: &Caller) -> Result<(), AppError> {
    if caller.role.may(Action::Import, Kind::Service) { Ok(()) } else { Err(AppError::Forbidden) }
}

/// The record of a change; with the number 0 where something of it was erased.
fn touched_by(change: &Change) -> Vec<(Id, u64)> {
    let newest = if change.op == Op::Redact { 0 } else { change.seq };
    change.record.filter(|_| change.kind.is_some()).map(|id| (id, newest)).into_iter().collect()
}

/// Rounds of turns, until everybody had one or it is to stop.
async fn rounds(
    mut undoing: Undoing<'_>,
    ids: Vec<Id>,
    mut pace: Pace,
    stop: &CancellationToken,
) -> Result<Undone, AppError> {
    let mut round = ids;
    while !round.is_empty() {
        let (mut waiting, mut next) = (Vec::new(), 0);
        while next < round.len() {
            if stop.is_cancelled() {
                return Ok(undoing.undone.stopped());
            }
            let ids = &round[next..round.len().min(next + pace.size())];
            let since = Instant::now();
            match undoing.append(ids, Others::Awaited).await? {
                Done::Waiting(ids) => waiting.extend(ids),
                Done::Stopped => return Ok(undoing.undone.stopped()),
            }
            next += ids.len();
            pace.took(ids.len(), since.elapsed());
            if !undoing.is_done() {
                pace.rest().await;
            }
        }
        if waiting.len() == round.len() {
            match undoing.append(&waiting, Others::Together).await? {
                Done::Waiting(ids) => waiting = ids,
                Done::Stopped => return Ok(undoing.undone.stopped()),
            }
        }
        round = waiting;
    }
    Ok(undoing.undone)
}
