//! One append in the making: what the store says, what is already staged on top of it, and how both are committed.
//! Several orders can be staged one after the other; an order that fails is taken out again without a trace.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use super::pulse;
use crate::change::apply::{self, Present};
use crate::change::{Change, Seq};
use crate::clock;
use crate::model::record::{all_links, canonical, code_of, stored};
use crate::model::{Body, Id, Kind};
use crate::store::{Result, SourceRow, Store, Tip, Tx};

/// An append that is being put together.
pub struct Ledger {
    tx: Box<dyn Tx>,
    staged: Vec<Change>,
    sources: Vec<SourceRow>,
    present: HashMap<Id, Present>,
    /// Records that something is staged about: their links are what their staged bodies say.
    changed: HashSet<Id>,
    /// Target of a staged link → the records it comes from.
    staged_links: HashMap<Id, HashSet<Id>>,
    /// The same of links that the store has: while this append lasts, nobody changes them.
    stored_links: HashMap<Id, Vec<Id>>,
    /// Code → the records that something staged gives it to.
    staged_codes: HashMap<(Kind, String), HashSet<Id>>,
    /// Code → the record that carries it in the store, if any.
    stored_codes: HashMap<(Kind, String), Option<Id>>,
}

/// What was made durable, and the change it came after: to be published.
pub struct Committed {
    /// The end of the log before it.
    pub after: Tip,
    /// The changes, in order.
    pub changes: Vec<Change>,
}

/// Where an order began, to go back to if it fails.
pub struct Mark {
    changes: usize,
    sources: usize,
}

impl Ledger {
    /// Takes the order of changes; others wait until this is committed or dropped.
    pub async fn open(store: &dyn Store) -> Result<Self> {
        let tx = store.begin().await?;
        Ok(Self {
            tx,
            staged: Vec::new(),
            sources: Vec::new(),
            present: HashMap::new(),
            changed: HashSet::new(),
            staged_links: HashMap::new(),
            stored_links: HashMap::new(),
            staged_codes: HashMap::new(),
            stored_codes: HashMap::new(),
        })
    }

    /// The append itself, for what is not a record.
    pub fn tx(&mut self) -> &mut dyn Tx {
        &mut *self.tx
    }

    /// The records of these ids as they are with everything staged.
    pub async fn present(&mut self, ids: &[Id]) -> Result<HashMap<Id, Present>> {
        let wanted: HashSet<Id> = ids.iter().copied().collect();
        let missing: Vec<Id> = wanted.iter().filter(|id| !self.present.contains_key(id)).copied().collect();
        for present in self.tx.present(&missing).await? {
            self.present.insert(present.id, present);
        }
        Ok(wanted.iter().filter_map(|id| Some((*id, self.present.get(id)?.clone()))).collect())
    }

    /// Which of these records are there, with everything staged.
    pub async fn there(&mut self, ids: &[Id]) -> Result<HashSet<Id>> {
        let missing: HashSet<Id> = ids.iter().filter(|id| !self.present.contains_key(id)).copied().collect();
        let missing: Vec<Id> = missing.into_iter().collect();
        for present in self.tx.present(&missing).await? {
            self.present.insert(present.id, present);
        }
        let is_there = |id: &&Id| self.present.get(id).is_some_and(|p| p.body.is_some());
        Ok(ids.iter().filter(is_there).copied().collect())
    }

    /// The record that carries a code, if any.
    pub async fn by_code(&mut self, kind: Kind, code: &str) -> Result<Option<Id>> {
        Ok(self.carriers(kind, code).await?.into_iter().next())
    }

    /// All records that carry a code: more than one only while what is staged is not settled.
    pub async fn carriers(&mut self, kind: Kind, code: &str) -> Result<Vec<Id>> {
        let wanted = (kind, code.to_owned());
        self.know_codes(kind, std::slice::from_ref(&wanted.1)).await?;
        let staged = self.staged_codes.get(&wanted).into_iter().flatten();
        let stored = self.stored_codes.get(&wanted).and_then(Option::as_ref);
        // A staged change may have taken the code away from the record the store still knows by it.
        let carries =
            |p: &Present| p.kind == kind && p.body.as_ref().and_then(|b| code_of(kind, b)).as_deref() == Some(code);
        let mut carriers: Vec<Id> = staged.chain(stored).copied().collect();
        carriers.retain(|id| self.present.get(id).is_none_or(carries));
        carriers.sort_unstable();
        carriers.dedup();
        Ok(carriers)
    }

    /// Asks for many codes at once, so that none is asked for by itself.
    pub async fn know_codes(&mut self, kind: Kind, codes: &[String]) -> Result<()> {
        let new = |code: &&String| !self.stored_codes.contains_key(&(kind, (*code).clone()));
        let codes: Vec<String> = codes.iter().filter(new).cloned().collect();
        let found = self.tx.by_code(kind, &codes).await?;
        self.stored_codes.extend(codes.into_iter().map(|code| ((kind, code), None)));
        self.stored_codes.extend(found.into_iter().map(|(code, id)| ((kind, code), Some(id))));
        Ok(())
    }

    /// Who links to these records, with everything staged.
    pub async fn links_to(&mut self, ids: &[Id]) -> Result<Vec<(Id, Id)>> {
        let missing: Vec<Id> = ids.iter().filter(|id| !self.stored_links.contains_key(id)).copied().collect();
        if !missing.is_empty() {
            self.stored_links.extend(missing.iter().map(|id| (*id, Vec::new())));
            for (source, _, target) in self.tx.links_to(&missing).await? {
                self.stored_links.entry(target).or_default().push(source);
            }
        }
        let mut links: Vec<(Id, Id)> = Vec::new();
        for target in ids {
            let stored = self.stored_links.get(target).into_iter().flatten();
            links.extend(stored.filter(|source| !self.changed.contains(source)).map(|source| (*source, *target)));
            links.extend(self.staged_links.get(target).into_iter().flatten().map(|source| (*source, *target)));
        }
        links.sort_unstable();
        links.dedup();
        Ok(links)
    }

    /// What a list brought under these keys.
    pub async fn sources(&mut self, list: &str, keys: &[String]) -> Result<Vec<SourceRow>> {
        self.tx.sources(list, keys).await
    }

    /// What lists brought that became these records.
    pub async fn sources_of(&mut self, records: &[Id]) -> Result<Vec<SourceRow>> {
        self.tx.sources_of(records).await
    }

    /// Bodies of records before and after what is staged of them, of those that were and are there.
    pub fn reverted(&self, ids: &[Id]) -> HashMap<Id, (Body, Body)> {
        let ids: HashSet<Id> = ids.iter().copied().collect();
        let staged = self.staged.iter().filter(|c| c.record.is_some_and(|id| ids.contains(&id)));
        let bodies = staged.filter_map(|c| {
            let (before, after) = (c.before.as_deref()?, c.after.as_deref()?);
            Some((c.record?, (stored(before), stored(after))))
        });
        bodies.collect()
    }

    /// Where we are.
    pub fn mark(&self) -> Mark {
        Mark { changes: self.staged.len(), sources: self.sources.len() }
    }

    /// Takes out what was staged since the mark.
    pub fn back_to(&mut self, mark: &Mark) {
        if self.staged.len() > mark.changes {
            // What the store says is read again when it is next asked for; earlier stages are played on top.
            self.present.clear();
            self.changed.clear();
            self.staged_links.clear();
            self.staged_codes.clear();
            self.staged.truncate(mark.changes);
            let staged: Vec<Present> = self.staged.iter().filter_map(apply::present_after).collect();
            staged.into_iter().for_each(|present| self.note(present));
        }
        self.sources.truncate(mark.sources);
    }

    /// Adds a change; it gets its id and number here.
    pub fn stage(&mut self, mut change: Change) {
        change.id = clock::new_id();
        change.seq = self.head() + 1;
        if let Some(present) = apply::present_after(&change) {
            self.note(present);
        }
        self.staged.push(change);
    }

    /// A record as something staged leaves it.
    fn note(&mut self, present: Present) {
        let targets = |p: &Present| p.body.iter().flat_map(all_links).map(|(_, t)| t).collect::<Vec<Id>>();
        if let Some(before) = self.present.get(&present.id).filter(|_| self.changed.contains(&present.id)) {
            for target in targets(before) {
                self.staged_links.entry(target).or_default().remove(&present.id);
            }
        }
        if let Some(code) = present.body.as_ref().and_then(|body| code_of(present.kind, body)) {
            self.staged_codes.entry((present.kind, code)).or_default().insert(present.id);
        }
        for target in targets(&present) {
            self.staged_links.entry(target).or_default().insert(present.id);
        }
        self.changed.insert(present.id);
        self.present.insert(present.id, present);
    }

    /// Takes a reference out of the staged body of a record.
    pub fn amend(&mut self, id: Id, target: Id) {
        let staged = self.staged.iter_mut().rfind(|c| c.record == Some(id));
        let (Some(change), Some(present)) = (staged, self.present.get_mut(&id)) else { return };
        if let Some(body) = &mut present.body {
            apply::drop_links(body, &[target]);
            change.after = Some(canonical(body));
            self.staged_links.entry(target).or_default().remove(&id);
        }
    }

    /// Remembers what a list brought.
    pub fn stage_source(&mut self, row: SourceRow) {
        self.sources.push(row);
    }

    /// Number of the last change, staged ones included.
    pub fn head(&self) -> Seq {
        self.tx.head().seq + self.staged.len() as Seq
    }

    /// Makes it durable.
    pub async fn commit(mut self) -> Result<Committed> {
        let after = self.tx.head();
        let begun = Instant::now();
        if !self.staged.is_empty() {
            self.tx.append(&self.staged).await?;
        }
        if !self.sources.is_empty() {
            // Of what was brought under one key, the last counts.
            let by_key = |s: SourceRow| ((s.list.clone(), s.key.clone(), s.role.clone()), s);
            let last: HashMap<_, SourceRow> = self.sources.drain(..).map(by_key).collect();
            self.tx.put_sources(&last.into_values().collect::<Vec<_>>()).await?;
        }
        self.tx.commit().await?;
        pulse::committed(self.staged.len(), begun.elapsed());
        Ok(Committed { after, changes: self.staged })
    }
}
