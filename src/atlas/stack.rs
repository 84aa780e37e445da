//! The segments of an atlas, newest first, each with what newer ones cover of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::covered::Covered;
use super::entry::Entry;
use super::lookup::Lookup;
use super::segment::Segment;
use crate::change::Seq;
use crate::model::{Id, Kind};

/// Records of which the newest segment holds no more; then another one begins on top of it.
pub const SMALL: usize = 512;
/// A segment is folded into the one below when all above that one have come to so much less of it.
const TIMES: usize = 16;

/// A segment in a stack.
#[derive(Clone)]
pub struct Tier {
    /// The segment.
    pub segment: Arc<Segment>,
    /// Its slots that newer segments cover.
    pub covered: Arc<Covered>,
}

/// The segments, newest first.
#[derive(Clone, Default)]
pub struct Stack {
    tiers: Vec<Tier>,
    /// How many of the lowest are being folded: they stay as they are until that is done.
    fixed: usize,
}

/// New states of records by id; none = gone.
pub type Fresh = BTreeMap<Id, Option<Arc<Entry>>>;

/// Segments that are to become one.
pub struct Fold {
    tiers: Vec<Tier>,
    /// What lies below them.
    below: Stack,
    made_at: Seq,
}

impl Stack {
    /// One segment of these records.
    pub fn of(made_at: Seq, entries: Vec<Arc<Entry>>) -> Self {
        let segment = Segment::build(made_at, entries, Vec::new(), &Stack::default());
        Self { tiers: vec![Tier { segment: Arc::new(segment), covered: Arc::default() }], fixed: 0 }
    }

    /// The segments, newest first.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The largest, which holds nearly everything.
    pub fn lowest(&self) -> Option<&Tier> {
        self.tiers.last()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.tiers.iter().map(|tier| tier.segment.entries.len() - tier.covered.len()).sum()
    }

    /// Where a record stands: number of its segment, slot.
    pub fn stand(&self, id: Id) -> Option<(usize, u32)> {
        for (number, tier) in self.tiers.iter().enumerate() {
            match tier.segment.says(id) {
                None => {}
                Some(None) => return None,
                Some(Some(_)) => return tier.segment.slot(id).map(|slot| (number, slot)),
            }
        }
        None
    }

    /// Records that name one, of one kind or of all, in no order: number of the segment, slot.
    pub fn links_to(&self, id: Id, kind: Option<Kind>) -> impl Iterator<Item = (usize, u32)> + '_ {
        let kinds = kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
        self.tiers.iter().enumerate().flat_map(move |(number, tier)| {
            let of_kind = kinds.clone().into_iter().flat_map(move |kind| tier.segment.links_from(kind, id));
            of_kind.filter(|slot| !tier.covered.holds(**slot)).map(move |slot| (number, *slot))
        })
    }

    /// The stack with new states of some records: within the newest segment while that is small, else on top of it.
    pub fn with(&self, made_at: Seq, fresh: Fresh) -> Self {
        let mut next = self.clone();
        let mut fresh = fresh;
        let top = self.tiers.first().filter(|_| self.tiers.len() > self.fixed.max(1));
        if let Some(top) = top.filter(|top| top.segment.len() <= SMALL) {
            next.tiers.remove(0);
            for entry in &top.segment.entries {
                fresh.entry(entry.id).or_insert_with(|| Some(entry.clone()));
            }
            top.segment.gone.iter().for_each(|id| {
                fresh.entry(*id).or_insert(None);
            });
        }
        for tier in &mut next.tiers {
            tier.cover(fresh.keys());
        }
        let gone = fresh.iter().filter(|(_, state)| state.is_none()).map(|(id, _)| *id);
        let gone: Vec<Id> = gone.filter(|id| next.tiers.iter().any(|tier| tier.segment.slot(*id).is_some())).collect();
        let entries: Vec<Arc<Entry>> = fresh.into_values().flatten().collect();
        if !entries.is_empty() || !gone.is_empty() {
            let segment = Arc::new(Segment::build(made_at, entries, gone, &next));
            next.tiers.insert(0, Tier { segment, covered: Arc::default() });
        }
        next
    }

    /// What is to be folded, when it is worth it: the newest segments as far as they have grown beside the one below.
    pub fn fold(&self, made_at: Seq) -> Option<Fold> {
        if self.fixed > 0 {
            return None;
        }
        let mut above = 0;
        let mut many = 0;
        for (number, tier) in self.tiers.iter().enumerate() {
            if above > SMALL && above * TIMES >= tier.segment.len() {
                many = number + 1;
            }
            above += tier.segment.len();
        }
        (many > 1).then(|| self.fold_newest(many, made_at))
    }

    /// So many of the newest segments, to become one.
    pub fn fold_newest(&self, many: usize, made_at: Seq) -> Fold {
        let (tiers, below) = self.tiers.split_at(many);
        Fold { tiers: tiers.to_vec(), below: Self { tiers: below.to_vec(), fixed: 0 }, made_at }
    }

    /// The same stack, of which all segments stay as they are until a fold is done.
    pub fn fixed(&self) -> Self {
        Self { tiers: self.tiers.clone(), fixed: self.tiers.len() }
    }

    /// The stack with one segment in place of those that were folded into it.
    pub fn folded(&self, folded: Segment, fold: &Fold) -> Self {
        let newer = self.tiers.len() - fold.tiers.len() - fold.below.tiers.len();
        let mut tier = Tier { segment: Arc::new(folded), covered: Arc::default() };
        for above in &self.tiers[..newer] {
            let ids = above.segment.entries.iter().map(|entry| &entry.id).chain(&above.segment.gone);
            tier.cover(ids);
        }
        let tiers = self.tiers[..newer].iter().cloned().chain([tier]).chain(fold.below.tiers.iter().map(|below| {
            let now = self.tiers.iter().find(|tier| Arc::ptr_eq(&tier.segment, &below.segment));
            now.unwrap_or(below).clone()
        }));
        Self { tiers: tiers.collect(), fixed: 0 }
    }
}

impl Tier {
    fn cover<'a>(&mut self, ids: impl Iterator<Item = &'a Id>) {
        let slots: Vec<u32> = ids.filter_map(|id| self.segment.slot(*id)).collect();
        if slots.is_empty() {
            return;
        }
        let covered = Arc::make_mut(&mut self.covered);
        slots.into_iter().for_each(|slot| covered.add(slot, self.segment.entries[slot as usize].kind));
    }
}

impl Fold {
    /// Makes the one segment. Takes time in proportion to what it holds: run it apart.
    pub fn run(&self) -> Segment {
        let mut entries = Vec::new();
        for tier in &self.tiers {
            let held = tier.segment.entries.iter().enumerate();
            let held = held.filter(|(slot, _)| !tier.covered.holds(*slot as u32));
            entries.extend(held.map(|(_, entry)| entry.clone()));
        }
        let mut gone: Vec<Id> = self.tiers.iter().flat_map(|tier| tier.segment.gone.iter().copied()).collect();
        gone.sort_unstable();
        gone.dedup();
        gone.retain(|id| self.below.tiers.iter().any(|tier| tier.segment.slot(*id).is_some()));
        let stack = self.stack();
        // What came back after it was gone is there.
        gone.retain(|id| stack.stand(*id).is_none());
        let folded = Segment::build(self.made_at, entries, gone, &stack);
        if self.tiers.iter().any(|tier| tier.segment.is_marked()) {
            // Here, apart from everything, rather than while somebody waits for a map.
            folded.marks();
        }
        folded
    }

    fn stack(&self) -> Stack {
        Stack { tiers: self.tiers.iter().chain(&self.below.tiers).cloned().collect(), fixed: 0 }
    }
}

impl Lookup for Stack {
    fn entry(&self, id: Id) -> Option<&Arc<Entry>> {
        self.tiers.iter().find_map(|tier| tier.segment.says(id)).flatten()
    }
}
