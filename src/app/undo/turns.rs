//! The turns of some records in one append: what is known of them is asked once for all, and each then goes back, stays,
//! or waits for another.

use std::collections::{HashMap, HashSet};

use crate::app::engine::ledger::Ledger;
use crate::app::{AppError, orders};
use crate::change::undo::{self, Kept, Past, Turn};
use crate::change::{Change, Stamp};
use crate::model::record::{all_links, code_of, links_of, stored};
use crate::model::{Body, Id, Kind};

/// How another record stands to the one whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is as it will be.
    Settled,
    /// Its turn is still to come.
    ToCome,
    /// It has its turn in the same breath.
    Together,
}

/// Whose turn is still to come, and who belongs to what is undone at all.
pub struct Ring<'a> {
    /// How a record stands.
    pub standing: &'a (dyn Fn(Id) -> Phase + Sync),
    /// Whether it is one of those that are undone: a circle of such alone was there before.
    pub is_undone: &'a (dyn Fn(Id) -> bool + Sync),
}

/// Records that have their turn, with what is known of them.
pub struct Turns(HashMap<Id, Going>);

/// What is to become of a record.
#[derive(Default)]
struct Going {
    turn: Turn,
    kind: Option<Kind>,
    /// The body that comes back.
    body: Option<Body>,
    /// The code that it would take, where it has another one now.
    code: Option<String>,
}

/// What some turns came to.
#[derive(Default)]
pub struct TakenBack {
    /// Who had their turn.
    pub settled: Vec<Id>,
    /// Who went back.
    pub reverted: Vec<Id>,
    /// Those of them that are there now.
    pub back: Vec<Id>,
    /// Those of them that are gone.
    pub gone: Vec<Id>,
    /// What stays.
    pub kept: Vec<Kept>,
}

impl Turns {
    /// Asks the store once for all that these turns need.
    pub async fn know(
        ledger: &mut Ledger,
        ids: &[Id],
        undone: &(dyn Fn(&Change) -> bool + Sync),
        stamp: &Stamp,
    ) -> Result<Self, AppError> {
        let mut histories: HashMap<Id, Vec<Change>> = HashMap::new();
        for change in ledger.tx().histories(ids).await? {
            if let Some(id) = change.record {
                histories.entry(id).or_default().push(change);
            }
        }
        let mut turns: HashMap<Id, Going> = HashMap::new();
        for (id, present) in ledger.present(ids).await? {
            let Some(history) = histories.remove(&id) else { continue };
            let turn = undo::undo(&Past { present: &present, history: &history }, undone, stamp);
            let body = turn.change.as_ref().and_then(|c| c.after.as_deref()).map(stored);
            let code = |body: &Option<Body>| body.as_ref().and_then(|body| code_of(present.kind, body));
            let code = code(&body).filter(|new| code(&present.body).as_ref() != Some(new));
            turns.insert(id, Going { turn, kind: Some(present.kind), body, code });
        }
        let turns = Self(turns);
        turns.ask(ledger).await?;
        Ok(turns)
    }

    /// What they depend on: who links to what would go, what would come back links to, and who has its codes.
    async fn ask(&self, ledger: &mut Ledger) -> Result<(), AppError> {
        let made: Vec<Id> = self.0.iter().filter(|(_, going)| going.turn.made).map(|(id, _)| *id).collect();
        ledger.links_to(&made).await?;
        let targets: Vec<Id> = self.0.values().flat_map(Going::targets).collect();
        ledger.there(&targets).await?;
        let mut codes: HashMap<Kind, Vec<String>> = HashMap::new();
        for going in self.0.values() {
            if let (Some(kind), Some(code)) = (going.kind, &going.code) {
                codes.entry(kind).or_default().push(code.clone());
            }
        }
        for (kind, codes) in codes {
            ledger.know_codes(kind, &codes).await?;
        }
        // What stands above them, one storey after the other.
        let parents = |body: &Body| links_of(body, "parent").collect::<Vec<Id>>();
        let mut storey: HashSet<Id> = self.0.values().flat_map(|g| &g.body).flat_map(parents).collect();
        let mut seen: HashSet<Id> = HashSet::new();
        while !storey.is_empty() {
            seen.extend(&storey);
            let above = ledger.present(&storey.into_iter().collect::<Vec<_>>()).await?;
            let bodies = above.values().flat_map(|present| &present.body);
            storey = bodies.flat_map(parents).filter(|id| !seen.contains(id)).collect();
        }
        Ok(())
    }

    /// The turn of one record, staged and added to `taken`; false where it waits for another, and nothing is done.
    pub async fn take(
        &self,
        ledger: &mut Ledger,
        id: Id,
        ring: &Ring<'_>,
        taken: &mut TakenBack,
    ) -> Result<bool, AppError> {
        let nothing = Going::default();
        let going = self.0.get(&id).unwrap_or(&nothing);
        let waits = |others: &[Id]| others.iter().any(|other| (ring.standing)(*other) == Phase::ToCome);
        let settled = |other: &&Id| (ring.standing)(**other) == Phase::Settled;
        let held = |field: &str| Kept { record: id, field: Some(field.to_owned()), by: None };
        if going.turn.made {
            let linking = linking(ledger, id).await?;
            if linking.iter().any(|other| settled(&other)) {
                taken.settled.push(id);
                taken.kept.push(Kept { record: id, field: None, by: None });
                return Ok(true);
            }
            if going.turn.change.is_some() && waits(&linking) {
                return Ok(false);
            }
        }
        let mut missing = Vec::new();
        if let (Some(body), Some(kind)) = (&going.body, going.kind) {
            let mut stays = None;
            if let Some(code) = &going.code {
                let others: Vec<Id> = others(ledger.carriers(kind, code).await?, id);
                if waits(&others) {
                    return Ok(false);
                }
                stays = others.iter().any(|other| settled(&other)).then_some("code");
            }
            if stays.is_none()
                && let Some(round) = orders::round(ledger, kind, body, id, ring.is_undone).await?
            {
                if waits(&round.into_iter().collect::<Vec<_>>()) {
                    return Ok(false);
                }
                stays = Some("links.parent");
            }
            if let Some(field) = stays {
                taken.settled.push(id);
                taken.kept.extend(going.turn.kept.iter().cloned().chain([held(field)]));
                return Ok(true);
            }
            missing = going.missing(ledger, id).await?;
            let absent: Vec<Id> = missing.iter().map(|(_, target)| *target).collect();
            if waits(&absent) {
                return Ok(false);
            }
            missing.retain(|(_, target)| settled(&target));
        }
        taken.settled.push(id);
        taken.kept.extend(going.turn.kept.iter().cloned());
        let Some(change) = going.turn.change.clone() else { return Ok(true) };
        taken.reverted.push(id);
        if change.after.is_some() {
            taken.back.push(id)
        } else {
            taken.gone.push(id)
        }
        ledger.stage(change);
        // It may refer to what is gone by now: such links are left out and told.
        for (role, target) in missing {
            ledger.amend(id, target);
            taken.kept.push(held(&format!("links.{role}")));
        }
        Ok(true)
    }

    /// Whether what was staged of a record agrees with all that is staged of the others.
    pub async fn agrees(&self, ledger: &mut Ledger, id: Id, ring: &Ring<'_>) -> Result<bool, AppError> {
        let Some(going) = self.0.get(&id).filter(|going| going.turn.change.is_some()) else { return Ok(true) };
        let Some(kind) = going.kind else { return Ok(true) };
        let Some(now) = ledger.present(&[id]).await?.remove(&id).and_then(|present| present.body) else {
            return Ok(linking(ledger, id).await?.is_empty());
        };
        let targets: Vec<Id> = all_links(&now).into_iter().map(|(_, target)| target).collect();
        if ledger.there(&targets).await?.len() < targets.iter().collect::<HashSet<_>>().len() {
            return Ok(false);
        }
        if let Some(code) = &going.code
            && !others(ledger.carriers(kind, code).await?, id).is_empty()
        {
            return Ok(false);
        }
        Ok(orders::round(ledger, kind, &now, id, ring.is_undone).await?.is_none())
    }
}

impl Going {
    fn targets(&self) -> impl Iterator<Item = Id> + '_ {
        self.body.iter().flat_map(all_links).map(|(_, target)| target)
    }

    /// What the body that comes back links to and is not there.
    async fn missing(&self, ledger: &mut Ledger, id: Id) -> Result<Vec<(String, Id)>, AppError> {
        let there = ledger.there(&self.targets().collect::<Vec<_>>()).await?;
        let is_missing = |(_, target): &(String, Id)| *target != id && !there.contains(target);
        Ok(self.body.iter().flat_map(all_links).filter(is_missing).collect())
    }
}

/// Which other records link to one, with everything staged.
async fn linking(ledger: &mut Ledger, id: Id) -> Result<Vec<Id>, AppError> {
    let links = ledger.links_to(&[id]).await?;
    Ok(others(links.into_iter().map(|(source, _)| source).collect(), id))
}

fn others(mut ids: Vec<Id>, id: Id) -> Vec<Id> {
    ids.retain(|other| *other != id);
    ids
}
