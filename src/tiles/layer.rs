//! What one caller's question puts on the map.

use rayon::prelude::*;
use std::collections::HashSet;
use std::ops::Range;

use super::Tile;
use crate::atlas::marks::{Marks, Square};
use crate::atlas::{Entry, View};
use crate::model::{Id, Kind};

/// How a record fits what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It does.
    Sure,
    /// It does not say.
    Possible,
}

/// Tells whether and how a record fits.
pub type Fits<'a> = &'a (dyn Fn(&Entry) -> Option<Match> + Sync);

/// Marks of a question, ready to be drawn tile by tile. It can only be read with a view of the same
/// revision and base, so both belong to the key of a cache. It does not keep the base alive, so an old one can go.
pub struct Layer {
    pub(super) name: &'static str,
    /// Kinds whose usual marks of the base are drawn as they stand; none where filter words chose.
    whole: Vec<Kind>,
    /// Those of them that do not hold for this caller.
    pub(super) gone: Marks,
    /// Marks of the layer's own; a number is a record and, in its highest bit, that it may fit only.
    pub(super) own: Marks,
    /// Records that have no slot in the base: their numbers begin where the slots end.
    beside: Vec<Id>,
}

/// The bit of a number that says: may fit.
const POSSIBLE: u32 = 1 << 31;

impl Layer {
    /// Everything of these kinds that is there: the question without words. `fits` tells what depends on the day.
    pub fn usual(view: &View, name: &'static str, kinds: &[Kind], fits: Fits<'_>) -> Self {
        let marks = view.base_marks();
        let differing: HashSet<u32> = view.differing().collect();
        let of_kind = |slot: &&u32| view.at_slot(**slot).is_none_or(|e| kinds.contains(&e.kind));
        let mut gone: Vec<(u64, u32)> = Vec::new();
        for slot in differing.iter().filter(of_kind) {
            let held = |key: &u64| {
                let of = kinds.iter().filter_map(|kind| marks.get(kind));
                let mut runs = of.map(|m| m.usual.refs(m.usual.run(m.usual.all(), *key..=*key)));
                runs.any(|refs| refs.contains(slot))
            };
            gone.extend(view.keys_in_base(*slot).filter(held).map(|key| (key, *slot)));
        }
        let others = kinds.iter().filter_map(|kind| marks.get(kind)).flat_map(|m| m.other.refs(m.other.all()));
        let mut others: Vec<u32> = others.copied().filter(|slot| !differing.contains(slot)).collect();
        others.sort_unstable();
        others.dedup();
        let others = others.into_iter().filter_map(|slot| view.at_slot(slot));
        let candidates = others.chain(view.beside_marks()).filter(|e| kinds.contains(&e.kind)).collect();
        let layer = Self::chosen(view, name, candidates, fits);
        Self { whole: kinds.to_vec(), gone: Marks::build(gone), ..layer }
    }

    /// Those of these records that fit, wherever they are.
    pub fn chosen(view: &View, name: &'static str, candidates: Vec<&Entry>, fits: Fits<'_>) -> Self {
        Self::own(view, name, candidates, fits, None)
    }

    /// Those that fit of the records that have a mark in one tile. For tiles that hold few: nothing else is looked at.
    pub fn within(view: &View, name: &'static str, kinds: &[Kind], tile: Tile, fits: Fits<'_>) -> Self {
        let differing: HashSet<u32> = view.differing().collect();
        let runs = kinds.iter().filter_map(|kind| view.base_marks().get(kind)).flat_map(|m| [&m.usual, &m.other]);
        let slots = runs.flat_map(|marks| marks.refs(marks.run(marks.all(), tile.keys())));
        let mut slots: Vec<u32> = slots.copied().filter(|slot| !differing.contains(slot)).collect();
        slots.sort_unstable();
        slots.dedup();
        let based = slots.into_iter().filter_map(|slot| view.at_slot(slot));
        let beside = view.beside_marks().filter(|e| kinds.contains(&e.kind));
        let inside = |e: &&Entry| view.points(e).iter().any(|p| tile.keys().contains(&Square::from(*p).key()));
        let candidates = based.chain(beside.filter(inside)).collect();
        Self::own(view, name, candidates, fits, Some(tile))
    }

    /// How many records at the most [`Layer::within`] would have to look at.
    pub fn candidates_within(view: &View, kinds: &[Kind], tile: Tile) -> usize {
        let of = kinds.iter().filter_map(|kind| view.base_marks().get(kind)).flat_map(|m| [&m.usual, &m.other]);
        of.map(|marks| marks.run(marks.all(), tile.keys()).len()).sum()
    }

    /// How many positions it has.
    pub fn count(&self, view: &View) -> usize {
        self.based(view).map(Marks::len).sum::<usize>() + self.own.len() - self.gone.len()
    }

    /// How many positions it holds in memory beside the base's.
    pub fn weight(&self) -> usize {
        self.own.len() + self.gone.len()
    }

    /// A box, west, south, east, north, that holds all of it; none when there is nothing.
    pub fn bounds(&self, view: &View) -> Option<[f64; 4]> {
        let based = self.based(view).filter_map(|marks| marks.bounds_without(&self.gone));
        based.chain(self.own.bounds()).reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }

    /// Marks of the base that it draws.
    pub(super) fn based<'a>(&'a self, view: &'a View) -> impl Iterator<Item = &'a Marks> {
        self.whole.iter().filter_map(|kind| Some(&view.base_marks().get(kind)?.usual))
    }

    /// The record of a number of its own marks, and how it fits.
    pub(super) fn own_record<'a>(&self, view: &'a View, number: u32) -> Option<(&'a Entry, Match)> {
        let fit = if number & POSSIBLE == 0 { Match::Sure } else { Match::Possible };
        let at = number & !POSSIBLE;
        let entry = match at.checked_sub(view.base_slots()) {
            None => view.at_slot(at),
            Some(beside) => self.beside.get(beside as usize).and_then(|id| view.get(*id)),
        };
        entry.map(|entry| (entry, fit))
    }

    /// How many of a run of its own marks may fit only.
    pub(super) fn possible(&self, run: Range<usize>) -> usize {
        self.own.refs(run).iter().filter(|number| **number & POSSIBLE != 0).count()
    }

    fn own(view: &View, name: &'static str, candidates: Vec<&Entry>, fits: Fits<'_>, only_in: Option<Tile>) -> Self {
        let judged = |entry| Some((entry, fits(entry)?));
        let fitting: Vec<(&Entry, Match)> = match only_in {
            // They are few: done at once, where it is asked, and not in line behind other work.
            Some(_) => candidates.into_iter().filter_map(judged).collect(),
            None => candidates.into_par_iter().filter_map(judged).collect(),
        };
        let mut beside: Vec<Id> = Vec::new();
        let mut numbered: Vec<(&Entry, u32)> = Vec::with_capacity(fitting.len());
        for (entry, fit) in fitting {
            let number = view.slot_of(entry.id).unwrap_or_else(|| {
                beside.push(entry.id);
                view.base_slots() + (beside.len() - 1) as u32
            });
            numbered.push((entry, number | if fit == Match::Possible { POSSIBLE } else { 0 }));
        }
        let inside = |key: &u64| only_in.is_none_or(|tile| tile.keys().contains(key));
        let keys = |(entry, number): (&Entry, u32)| {
            let keys = view.points(entry).into_iter().map(|point| Square::from(point).key());
            keys.map(move |key| (key, number)).filter(|(key, _)| inside(key)).collect::<Vec<_>>()
        };
        let pairs: Vec<(u64, u32)> = match only_in {
            Some(_) => numbered.into_iter().flat_map(keys).collect(),
            None => numbered.into_par_iter().flat_map_iter(keys).collect(),
        };
        let own = Marks::build(pairs);
        Self { name, whole: Vec::new(), gone: Marks::default(), own, beside }
    }
}
