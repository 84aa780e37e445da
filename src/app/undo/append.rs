//! One append of an undo: turns, what lists remember of it, and that the undo is under way, all together or not at all.

use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::told::Undone;
use super::turns::{Phase, Ring, TakenBack, Turns};
use crate::app::engine::ledger::Ledger;
use crate::app::imports::memory;
use crate::app::{App, AppError};
use crate::change::{Change, Stamp};
use crate::model::Id;
use crate::model::record::canonical;
use crate::store::{SourceRow, UndoRow};

/// An undo under way.
pub struct Undoing<'a> {
    app: &'a App,
    what: Uuid,
    /// Whether a change is among those that are taken back.
    is_undone: fn(&Change, Uuid) -> bool,
    stamp: Stamp,
    /// All records that are touched, and whether they had their turn: all that was done to one is taken back at once.
    had_turn: HashMap<Id, bool>,
    /// How many did not.
    left: usize,
    /// The first append is made: from here on others may ask it to stop.
    begun: bool,
    /// What it did so far.
    pub undone: Undone,
}

/// Who is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Whoever's turn is still to come.
    Awaited,
    /// Nobody: all of these wait for each other, and those go together that can.
    Together,
}

/// What came of an append.
pub enum Done {
    /// These are to have their turn later.
    Waiting(Vec<Id>),
    /// Somebody wants it to stop; nothing was appended.
    Stopped,
}

impl<'a> Undoing<'a> {
    /// Of what these records were changed by.
    pub fn new(app: &'a App, what: Uuid, is_undone: fn(&Change, Uuid) -> bool, stamp: Stamp, ids: &[Id]) -> Self {
        Self {
            app,
            what,
            is_undone,
            undone: Undone::new(stamp.batch, app.revision()),
            stamp,
            had_turn: ids.iter().map(|id| (*id, false)).collect(),
            left: ids.len(),
            begun: false,
        }
    }

    /// Whether everybody had their turn.
    pub fn is_done(&self) -> bool {
        self.left == 0
    }

    /// Gives these records their turn, in this order.
    pub async fn append(&mut self, ids: &[Id], others: Others) -> Result<Done, AppError> {
        // Taking the order first: nobody can add to a history while it is read.
        let mut ledger = Ledger::open(&*self.app.store).await?;
        let known = ledger.tx().undo_of(self.what).await?;
        match known {
            Some(UndoRow { stop: true, .. }) if self.begun => return Ok(Done::Stopped),
            // What was cut off goes on as the batch it was.
            Some(row) if !self.begun => {
                self.stamp.batch = row.undo;
                self.undone.batch = row.undo;
            }
            _ => {}
        }
        let (is_undone, what) = (self.is_undone, self.what);
        let turns = Turns::know(&mut ledger, ids, &|c| is_undone(c, what), &self.stamp).await?;
        let taken = match others {
            Others::Awaited => self.one_by_one(&turns, &mut ledger, ids).await?,
            Others::Together => self.together(&turns, &mut ledger, ids).await?,
        };
        if !taken.gone.is_empty() {
            ledger.tx().forget_parts(&taken.gone).await?;
        }
        remember(&mut ledger, &taken.back).await?;
        let left = self.left - taken.settled.len();
        if left == 0 || !self.begun {
            ledger.tx().drop_undo(what).await?;
        }
        if left > 0 && !self.begun {
            ledger.tx().put_undo(&UndoRow { batch: what, undo: self.stamp.batch, stop: false }).await?;
        }
        let revision = ledger.head();
        let changes = ledger.commit().await?;
        self.app.feed.publish(changes).await?;
        (self.left, self.begun, self.undone.revision) = (left, true, revision);
        for id in &taken.settled {
            self.had_turn.insert(*id, true);
        }
        self.undone.reverted.add(taken.reverted);
        self.undone.kept.add(taken.kept);
        let waits = |id: &&Id| self.standing(**id) == Phase::ToCome;
        Ok(Done::Waiting(ids.iter().filter(waits).copied().collect()))
    }

    fn standing(&self, id: Id) -> Phase {
        match self.had_turn.get(&id) {
            Some(false) => Phase::ToCome,
            _ => Phase::Settled,
        }
    }

    /// Each as the records before it leave it; who waits has no turn now.
    async fn one_by_one(&self, turns: &Turns, ledger: &mut Ledger, ids: &[Id]) -> Result<TakenBack, AppError> {
        let (mut taken, mut settled) = (TakenBack::default(), HashSet::new());
        for id in ids {
            let standing = |other: Id| if settled.contains(&other) { Phase::Settled } else { self.standing(other) };
            let ring = Ring { standing: &standing, is_undone: &|id| self.had_turn.contains_key(&id) };
            if turns.take(ledger, *id, &ring, &mut taken).await? {
                settled.insert(*id);
            }
        }
        Ok(taken)
    }

    /// As many as can go when all of them go: who can't is left out, and with it whoever needs it to go. Where nobody can,
    /// the first one has its turn as if nothing were to come.
    async fn together(&self, turns: &Turns, ledger: &mut Ledger, ids: &[Id]) -> Result<TakenBack, AppError> {
        let mut going: Vec<Id> = ids.to_vec();
        let mark = ledger.mark();
        while !going.is_empty() {
            let all: HashSet<Id> = going.iter().copied().collect();
            let standing = |other: Id| if all.contains(&other) { Phase::Together } else { self.standing(other) };
            let ring = Ring { standing: &standing, is_undone: &|id| self.had_turn.contains_key(&id) };
            let (mut taken, mut out) = (TakenBack::default(), HashSet::new());
            for id in &going {
                if !turns.take(ledger, *id, &ring, &mut taken).await? {
                    out.insert(*id);
                }
            }
            // Who can't go stands in the way of those it links to, rarely the other way round: they are asked first.
            for asked in [&taken.gone, &taken.back] {
                if out.is_empty() {
                    for id in asked {
                        if !turns.agrees(ledger, *id, &ring).await? {
                            out.insert(*id);
                        }
                    }
                }
            }
            if out.is_empty() {
                return Ok(taken);
            }
            ledger.back_to(&mark);
            going.retain(|id| !out.contains(id));
        }
        let mut taken = TakenBack::default();
        let ring = Ring { standing: &|_| Phase::Settled, is_undone: &|id| self.had_turn.contains_key(&id) };
        turns.take(ledger, ids[0], &ring, &mut taken).await?;
        Ok(taken)
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
