//! The large, never-changing part of an atlas: all records of some revision with every index.

use hashbrown::HashTable;
use rayon::prelude::*;
use rstar::RTree;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::entry::Entry;
use super::face::{self, Faces};
use super::lookup::Lookup;
use super::marks::{Marks, Square};
use super::spots::{Spot, Tree};
use super::words::{self, WordIndex};
use crate::change::Seq;
use crate::model::common::USUAL_STATUS;
use crate::model::{Id, Kind, Life, Point};

/// What a tree is of: a kind, or the records of a kind in one category.
pub type TreeKey = (Kind, Option<Id>);

/// All records of a revision, indexed.
#[derive(Default)]
pub struct Base {
    /// The revision it was made at: what tells it from every other base of the same data.
    pub made_at: Seq,
    /// Sorted by id; a record's place here is its slot.
    pub entries: Vec<Arc<Entry>>,
    /// Slots by id; the ids themselves stand in the records.
    by_id: HashTable<u32>,
    /// Slots of each kind, in order of id.
    pub of_kind: HashMap<Kind, Vec<u32>>,
    trees: HashMap<TreeKey, Tree>,
    /// Slots of records that some are shown otherwise than they are stored, sorted.
    pub delicate: Vec<u32>,
    /// What viewers are shown of them.
    pub faces: Faces,
    /// Whether any record says for whom it is, or may be shown not to say it.
    pub any_limited: bool,
    /// Slots of services that nobody need travel to, or that may be shown as such.
    pub remote: Vec<u32>,
    /// Slots of records that say in words nobody could read whether they are there.
    pub unclear: Vec<u32>,
    /// (target, source) of every link and every owner, by the kind of its source, sorted by target.
    incoming: HashMap<Kind, Vec<(u32, u32)>>,
    words: WordIndex,
    codes: HashMap<(Kind, Box<str>), Vec<u32>>,
    /// Made when a map first asks, or when an instance has started.
    marks: OnceLock<HashMap<Kind, KindMarks>>,
}

/// Public positions of the base's records of one kind; the numbers are slots.
#[derive(Debug, Default)]
pub struct KindMarks {
    /// Those that a question without any words is about, on whatever day.
    pub usual: Marks,
    /// Those that are over, not there yet, or come and go with the day.
    pub other: Marks,
}

impl Base {
    /// Builds every index; the order of `entries` does not matter.
    pub fn build(made_at: Seq, mut entries: Vec<Arc<Entry>>) -> Self {
        entries.par_sort_unstable_by_key(|e| e.id);
        let mut base = Base { made_at, entries, ..Base::default() };
        base.by_id = HashTable::with_capacity(base.entries.len());
        for (slot, entry) in base.entries.iter().enumerate() {
            base.by_id.insert_unique(hash(entry.id), slot as u32, |slot| hash(base.entries[*slot as usize].id));
        }
        for (slot, entry) in base.entries.iter().enumerate() {
            base.of_kind.entry(entry.kind).or_default().push(slot as u32);
        }
        base.index_delicate();
        base.index_positions();
        base.index_remote();
        base.index_links();
        base.index_words();
        base.index_codes();
        base
    }

    /// The slot of a record.
    pub fn slot(&self, id: Id) -> Option<u32> {
        self.by_id.find(hash(id), |slot| self.entries[*slot as usize].id == id).copied()
    }

    /// The tree of a kind or of one category of it.
    pub fn tree(&self, key: TreeKey) -> Option<&Tree> {
        self.trees.get(&key)
    }

    /// Slots of the records that link to a slot.
    pub fn links_to(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        Kind::ALL.iter().flat_map(move |kind| self.links_from(*kind, slot))
    }

    /// Slots of the records of a kind that link to a slot.
    pub fn links_from(&self, kind: Kind, slot: u32) -> impl Iterator<Item = u32> + '_ {
        let links = self.incoming.get(&kind).map_or(&[][..], Vec::as_slice);
        let from = links.partition_point(|(target, _)| *target < slot);
        links[from..].iter().take_while(move |(target, _)| *target == slot).map(|(_, source)| *source)
    }

    /// How many records of a kind link to a slot.
    pub fn how_many_from(&self, kind: Kind, slot: u32) -> usize {
        let links = self.incoming.get(&kind).map_or(&[][..], Vec::as_slice);
        links.partition_point(|(target, _)| *target <= slot) - links.partition_point(|(target, _)| *target < slot)
    }

    /// Slots whose words may fit every word of a query by its beginning.
    pub fn holding(&self, query: &[String]) -> Vec<u32> {
        let mut found: Option<Vec<u32>> = None;
        for word in query {
            let slots = self.words.beginning(word);
            found = Some(match found {
                None => slots,
                Some(before) => before.into_iter().filter(|s| slots.binary_search(s).is_ok()).collect(),
            });
        }
        found.unwrap_or_default()
    }

    /// Slots of the records of a kind with this code, in whatever set.
    pub fn coded(&self, kind: Kind, code: &str) -> &[u32] {
        self.codes.get(&(kind, code.into())).map_or(&[], Vec::as_slice)
    }

    /// Public positions as a map sees them.
    pub fn marks(&self) -> &HashMap<Kind, KindMarks> {
        self.marks.get_or_init(|| self.all_marks())
    }

    /// Whether a map has asked already.
    pub fn is_marked(&self) -> bool {
        self.marks.get().is_some()
    }

    /// Where the public sees the record in a slot; nowhere when it is hidden.
    pub fn public_points(&self, slot: u32) -> Vec<Point> {
        self.faces.public_points(self, &self.entries[slot as usize])
    }

    fn all_marks(&self) -> HashMap<Kind, KindMarks> {
        let found: Vec<(Kind, bool, u64, u32)> = (0..self.entries.len())
            .into_par_iter()
            .flat_map_iter(|slot| {
                let entry = &self.entries[slot];
                let (kind, usual) = (entry.kind, is_usual(entry));
                let points = self.public_points(slot as u32).into_iter();
                points.map(move |point| (kind, usual, Square::from(point).key(), slot as u32))
            })
            .collect();
        let mut pairs: HashMap<Kind, [Vec<(u64, u32)>; 2]> = HashMap::new();
        for (kind, usual, key, slot) in found {
            pairs.entry(kind).or_default()[usize::from(usual)].push((key, slot));
        }
        let built = pairs
            .into_iter()
            .map(|(kind, [other, usual])| (kind, KindMarks { usual: Marks::build(usual), other: Marks::build(other) }));
        built.collect()
    }

    fn index_delicate(&mut self) {
        let base: &Self = self;
        let is_one = |slot: &u32| face::is_delicate(base, &base.entries[*slot as usize]);
        let delicate: Vec<u32> = (0..base.entries.len() as u32).into_par_iter().filter(is_one).collect();
        self.faces = Faces::new(delicate.iter().map(|slot| self.entries[*slot as usize].id));
        self.delicate = delicate;
    }

    fn index_positions(&mut self) {
        // Numbers of trees and slots first: the spots of one tree need not wait in memory for those of the others.
        let mut numbers: HashMap<TreeKey, u32> = HashMap::new();
        let mut stands: Vec<(u32, u32)> = Vec::with_capacity(2 * self.entries.len());
        for (slot, entry) in self.entries.iter().enumerate() {
            let categories = entry.linked("categories").chain(entry.linked("category")).map(Some);
            for category in std::iter::once(None).chain(categories) {
                let next = numbers.len() as u32;
                let number = *numbers.entry((entry.kind, category)).or_insert(next);
                stands.push((number, slot as u32));
            }
        }
        stands.par_sort_unstable();
        let spots = |slot: u32| self.public_points(slot).into_iter().map(move |point| Spot::new(point, slot));
        let runs: Vec<&[(u32, u32)]> = stands.chunk_by(|a, b| a.0 == b.0).collect();
        let built: Vec<Tree> = runs
            .into_par_iter()
            .map(|run| RTree::bulk_load_with_params(run.iter().flat_map(|(_, slot)| spots(*slot)).collect()))
            .collect();
        let mut keys: Vec<(TreeKey, u32)> = numbers.into_iter().collect();
        keys.sort_unstable_by_key(|(_, number)| *number);
        self.trees = keys.into_iter().map(|(key, _)| key).zip(built).collect();
    }

    fn index_remote(&mut self) {
        let may_come = |e: &Entry| e.kind.has("delivery") && self.faces.public().get(e.id).is_some();
        let slots = self.entries.iter().enumerate().filter(|(_, e)| e.remote || may_come(e));
        self.remote = slots.map(|(slot, _)| slot as u32).collect();
        let slots = self.entries.iter().enumerate().filter(|(_, e)| e.facets.unclear.any());
        self.unclear = slots.map(|(slot, _)| slot as u32).collect();
        let of_some =
            |e: &Arc<Entry>| e.facets.limited || (e.kind.has("eligibility") && self.faces.public().get(e.id).is_some());
        self.any_limited = self.entries.iter().any(of_some);
    }

    fn index_links(&mut self) {
        let mut incoming: HashMap<Kind, Vec<(u32, u32)>> = HashMap::new();
        for (source, entry) in self.entries.iter().enumerate() {
            let targets = entry.refers_to().filter_map(|target| self.slot(target));
            incoming.entry(entry.kind).or_default().extend(targets.map(|target| (target, source as u32)));
        }
        incoming.values_mut().for_each(|links| links.par_sort_unstable());
        self.incoming = incoming;
    }

    fn index_words(&mut self) {
        let pairs = self
            .entries
            .par_iter()
            .enumerate()
            .flat_map_iter(|(slot, entry)| entry.words().into_iter().map(move |word| (words::key(&word), slot as u32)))
            .collect();
        self.words = WordIndex::build(pairs);
    }

    fn index_codes(&mut self) {
        for kind in Kind::ALL.iter().filter(|k| k.spec().code.is_some()) {
            for slot in self.of_kind.get(kind).into_iter().flatten() {
                if let Some(code) = &self.entries[*slot as usize].code {
                    self.codes.entry((*kind, (**code).clone())).or_default().push(*slot);
                }
            }
        }
    }
}

impl Lookup for Base {
    fn entry(&self, id: Id) -> Option<&Arc<Entry>> {
        self.slot(id).map(|slot| &self.entries[slot as usize])
    }
}

/// Whether a question without any words is about a record, whatever the day.
fn is_usual(entry: &Entry) -> bool {
    let is_open = || !entry.is_dated() && USUAL_STATUS.contains(&entry.status.copied().unwrap_or("open"));
    entry.facets.for_others.is_empty() && (entry.kind.spec().life != Life::Open || is_open())
}

/// Ids are random in their second half already: it is the hash, spread over all bits.
fn hash(id: Id) -> u64 {
    (id.as_u128() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32)
}
