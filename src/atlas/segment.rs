//! A part of an atlas that never changes: some records with every index over them. The largest holds nearly all; the
//! others hold what came since, and say what of the larger ones is gone.

use hashbrown::HashTable;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use super::at_once;
use super::entry::Entry;
use super::face::{self, Faces};
use super::links::Links;
use super::lookup::Lookup;
use super::marks::{Marks, Square};
use super::remote::{Remote, Shown};
use super::slots::{Bits, Slots};
use super::trees::Trees;
use super::viewer::Viewer;
use super::words::{self, WordIndex};
use crate::change::Seq;
use crate::model::common::USUAL_STATUS;
use crate::model::{Id, Kind, Life, Point};

/// Some records, indexed.
#[derive(Default)]
pub struct Segment {
    /// The revision it was made at: what tells the largest segment from every other of the same data.
    pub made_at: Seq,
    /// Sorted by id; a record's place here is its slot.
    pub entries: Vec<Arc<Entry>>,
    /// Records of older segments that are gone.
    pub gone: Vec<Id>,
    /// Slots by id; the ids themselves stand in the records.
    by_id: HashTable<u32>,
    /// Slots of each kind, in order of id.
    of_kind: BTreeMap<Kind, Vec<u32>>,
    /// The same, a bit each.
    bits_of_kind: BTreeMap<Kind, Bits>,
    /// Slots of records that some are shown otherwise than they are stored, sorted.
    pub delicate: Vec<u32>,
    /// What viewers are shown of them.
    pub faces: Faces,
    /// Where the public sees them.
    pub trees: Trees,
    /// Services that nobody need travel to, or that may be shown as such.
    pub remote: Remote,
    /// Who names whom, by the kind of the one that names.
    links: BTreeMap<Kind, Links>,
    words: WordIndex,
    codes: HashMap<(Kind, Box<str>), Vec<u32>>,
    /// Made when a map first asks, or when an instance has started.
    marks: OnceLock<HashMap<Kind, KindMarks>>,
}

/// Public positions of a segment's records of one kind; the numbers are slots.
#[derive(Debug, Default)]
pub struct KindMarks {
    /// Those that a question without any words is about, on whatever day.
    pub usual: Marks,
    /// Those that are over, not there yet, or come and go with the day.
    pub other: Marks,
}

impl Segment {
    /// Builds every index; the order of `entries` does not matter. Where the records stand that they name, `others` tells.
    pub fn build(made_at: Seq, mut entries: Vec<Arc<Entry>>, gone: Vec<Id>, others: &dyn Lookup) -> Self {
        // Runs that are sorted already are merged.
        entries.sort_by_key(|e| e.id);
        let mut segment = Self { made_at, entries, gone, ..Self::default() };
        segment.by_id = HashTable::with_capacity(segment.entries.len());
        for (slot, entry) in segment.entries.iter().enumerate() {
            let known = |slot: &u32| hash(segment.entries[*slot as usize].id);
            segment.by_id.insert_unique(hash(entry.id), slot as u32, known);
            segment.of_kind.entry(entry.kind).or_default().push(slot as u32);
        }
        segment.bits_of_kind = segment.of_kind.iter().map(|(kind, of)| (*kind, of.iter().copied().collect())).collect();
        segment.index_delicate(others);
        segment.index_links();
        segment.index_words();
        segment.index_codes();
        let lookup = Both(&segment, others);
        let points = |slot: u32| segment.faces.public_points(&lookup, &segment.entries[slot as usize]);
        let is_delicate = |slot: u32| segment.delicate.binary_search(&slot).is_ok();
        let shown = |slot: u32| match &segment.entries[slot as usize] {
            _ if !is_delicate(slot) => Shown::Alike,
            entry if !Viewer::PUBLIC.sees(entry) || face::withholds(&lookup, &Viewer::PUBLIC, entry) => Shown::Withheld,
            _ => Shown::Otherwise,
        };
        let trees = Trees::build(&segment.entries, &points, &is_delicate);
        let remote = Remote::build(&segment.entries, &shown);
        (segment.trees, segment.remote) = (trees, remote);
        segment
    }

    /// How many records it holds, or holds as gone.
    pub fn len(&self) -> usize {
        self.entries.len() + self.gone.len()
    }

    /// The slot of a record.
    pub fn slot(&self, id: Id) -> Option<u32> {
        self.by_id.find(hash(id), |slot| self.entries[*slot as usize].id == id).copied()
    }

    /// What it says of a record: that it is there, that it is gone, or nothing.
    pub fn says(&self, id: Id) -> Option<Option<&Arc<Entry>>> {
        match self.slot(id) {
            Some(slot) => Some(Some(&self.entries[slot as usize])),
            None => self.gone.binary_search(&id).ok().map(|_| None),
        }
    }

    /// Slots of the records of a kind.
    pub fn of_kind(&self, kind: Kind) -> &[u32] {
        self.of_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The same, a bit each; none where there are none.
    pub fn bits_of_kind(&self, kind: Kind) -> Option<&Bits> {
        self.bits_of_kind.get(&kind)
    }

    /// Slots of the records of a kind that name a record.
    pub fn links_from(&self, kind: Kind, id: Id) -> &[u32] {
        self.links.get(&kind).map_or(&[], |links| links.to(id))
    }

    /// Slots whose words may fit every word of a query by its beginning.
    pub fn holding(&self, query: &[String]) -> Slots<'_> {
        let found = query.iter().map(|word| self.words.beginning(word)).reduce(|before, slots| before.and(&slots));
        found.unwrap_or(Slots::Run(&[]))
    }

    /// Slots of the records of a kind with this code, in whatever set.
    pub fn coded(&self, kind: Kind, code: &str) -> &[u32] {
        self.codes.get(&(kind, code.into())).map_or(&[], Vec::as_slice)
    }

    /// Public positions as a map sees them, of what the segment alone knows: the lowest of a stack knows all.
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

    /// How many bytes its indexes take, about.
    pub fn weight(&self) -> usize {
        let kinds = self.of_kind.values().map(|slots| 4 * slots.len()).sum::<usize>();
        let links = self.links.values().map(Links::weight).sum::<usize>();
        13 * self.entries.len() + kinds + links + self.words.weight() + self.trees.weight() + self.remote.weight()
    }

    fn all_marks(&self) -> HashMap<Kind, KindMarks> {
        let found: Vec<(Kind, bool, u64, u32)> = at_once::all(self.entries.len(), |slot| {
            let entry = &self.entries[slot as usize];
            let (kind, usual) = (entry.kind, is_usual(entry));
            self.public_points(slot).into_iter().map(move |point| (kind, usual, Square::from(point).key(), slot))
        });
        let mut pairs: HashMap<Kind, [Vec<(u64, u32)>; 2]> = HashMap::new();
        for (kind, usual, key, slot) in found {
            pairs.entry(kind).or_default()[usize::from(usual)].push((key, slot));
        }
        let built = pairs
            .into_iter()
            .map(|(kind, [other, usual])| (kind, KindMarks { usual: Marks::build(usual), other: Marks::build(other) }));
        built.collect()
    }

    fn index_delicate(&mut self, others: &dyn Lookup) {
        let lookup = Both(self, others);
        let is_one = |slot: u32| face::is_delicate(&lookup, &self.entries[slot as usize]).then_some(slot);
        let delicate: Vec<u32> = at_once::all(self.entries.len(), is_one);
        self.faces = Faces::new(delicate.iter().map(|slot| self.entries[*slot as usize].id));
        self.delicate = delicate;
    }

    fn index_links(&mut self) {
        let mut pairs: BTreeMap<Kind, Vec<(Id, u32)>> = BTreeMap::new();
        for (source, entry) in self.entries.iter().enumerate() {
            pairs.entry(entry.kind).or_default().extend(entry.refers_to().map(|target| (target, source as u32)));
        }
        self.links = pairs.into_iter().map(|(kind, pairs)| (kind, Links::build(pairs))).collect();
    }

    fn index_words(&mut self) {
        let keys = |slot: u32| {
            let words = self.entries[slot as usize].words();
            words.into_iter().map(move |word| (words::key(&word), slot))
        };
        self.words = WordIndex::build(at_once::all(self.entries.len(), keys));
    }

    fn index_codes(&mut self) {
        for kind in Kind::ALL.iter().filter(|k| k.spec().code.is_some()) {
            for slot in self.of_kind.get(kind).into_iter().flatten() {
                if let Some(code) = self.entries[*slot as usize].code() {
                    self.codes.entry((*kind, code.into())).or_default().push(*slot);
                }
            }
        }
    }
}

impl Lookup for Segment {
    fn entry(&self, id: Id) -> Option<&Arc<Entry>> {
        self.slot(id).map(|slot| &self.entries[slot as usize])
    }
}

/// A segment that is being made, on top of those it will stand on.
struct Both<'a>(&'a Segment, &'a dyn Lookup);

impl Lookup for Both<'_> {
    fn entry(&self, id: Id) -> Option<&Arc<Entry>> {
        self.0.says(id).unwrap_or_else(|| self.1.entry(id))
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
