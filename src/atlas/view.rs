//! What one caller may see. Handlers and analyses take a [`View`], never an [`Atlas`]: hidden records are not there,
//! approximate positions are cell centres, and everything that would give them away goes with them.

use itertools::{Itertools, kmerge_by};
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;

use super::areas::{AreaSet, AreaTables};
use super::face::{self, ViewerFaces};
use super::lookup::points;
use super::remote::{self, Coming};
use super::segment::Segment;
pub use super::slots::Bits;
use super::slots::Slots;
use super::stack::Tier;
use super::{Atlas, Datasets, Entry, Viewer, words};
use crate::change::Seq;
use crate::model::hours::Nation;
use crate::model::record::stored;
use crate::model::{Body, Id, Kind, Point};

/// An atlas as one caller sees it.
#[derive(Clone)]
pub struct View {
    pub(super) atlas: Arc<Atlas>,
    datasets: Arc<Datasets>,
    viewer: Viewer,
    /// What this caller is shown of delicate records of each segment.
    pub(super) faces: Vec<Arc<ViewerFaces>>,
    nation: Nation,
}

/// Which records a search is among.
#[derive(Debug, Clone)]
pub enum Among {
    /// All of a kind.
    Kind(Kind),
    /// Those of a kind in any of these categories.
    Categories(Kind, Vec<Id>),
    /// Those of a kind that name a record, and that record itself.
    Naming(Kind, Id),
    /// These: slots of each segment.
    These(Arc<Vec<Bits>>),
}

/// What of a segment may hold the words of a query.
pub struct Holding {
    /// The segment's number.
    pub number: usize,
    /// Slots that the index alone tells of.
    pub surely: Bits,
    /// Slots that have to be looked at ([`Entry::holds`]).
    pub doubtful: Vec<u32>,
}

impl View {
    /// The atlas through these eyes.
    pub fn new(atlas: Arc<Atlas>, datasets: Arc<Datasets>, viewer: Viewer) -> Self {
        let faces = atlas.stack.tiers().iter().map(|tier| tier.segment.faces.row(&viewer)).collect();
        Self { atlas, datasets, viewer, faces, nation: Nation::default() }
    }

    /// The same on an instance of this nation.
    pub fn in_nation(self, nation: Nation) -> Self {
        Self { nation, ..self }
    }

    /// Whose bank holidays hold where a record does not tell.
    pub fn nation(&self) -> Nation {
        self.nation
    }

    /// Reference data: postcodes, towns, changes of codes.
    pub fn datasets(&self) -> &Datasets {
        &self.datasets
    }

    /// Number of the last change it knows.
    pub fn revision(&self) -> Seq {
        self.atlas.revision()
    }

    /// Which change that is.
    pub fn last_change(&self) -> Option<uuid::Uuid> {
        self.atlas.last
    }

    /// Whose eyes.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// A record that the caller may see, as it is shown.
    pub fn get(&self, id: Id) -> Option<&Entry> {
        let (tier, slot) = self.atlas.stack.stand(id)?;
        self.show(tier, slot)
    }

    /// The record in a slot of a segment as this caller is shown it; none when it is hidden.
    pub(super) fn show(&self, tier: usize, slot: u32) -> Option<&Entry> {
        let entry = &self.atlas.stack.tiers()[tier].segment.entries[slot as usize];
        match self.faces[tier].get(entry.id) {
            None => Some(entry),
            Some(face) => face.of(&*self.atlas, &self.viewer, entry),
        }
    }

    /// Records of a kind, in order of id.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        let slots = self.tiers().map(|(_, tier)| Slots::Run(tier.segment.of_kind(kind))).collect();
        self.merged(slots, None)
    }

    /// Records that link to one, in order of id.
    pub fn links_to(&self, id: Id) -> impl Iterator<Item = &Entry> {
        self.named_by(id, None)
    }

    /// Records of a kind that link to one, in order of id.
    pub fn links_from(&self, kind: Kind, id: Id) -> impl Iterator<Item = &Entry> {
        self.named_by(id, Some(kind))
    }

    fn named_by(&self, id: Id, kind: Option<Kind>) -> impl Iterator<Item = &Entry> {
        let shown = self.atlas.stack.links_to(id, kind).filter_map(|(tier, slot)| self.show(tier, slot));
        let mut named: Vec<&Entry> = shown.filter(|e| e.refers_to().any(|named| named == id)).collect();
        named.sort_unstable_by_key(|e| e.id);
        named.into_iter()
    }

    /// The record of a kind with this code; `set/code` where a code alone is not enough.
    pub fn by_code(&self, kind: Kind, code: &str) -> Option<&Entry> {
        let (set, bare) = match code.rsplit_once('/') {
            Some((set, bare)) => (Some(set), bare),
            None => (None, code),
        };
        let found = |text: &str| self.coded(kind, text).into_iter().next();
        match set {
            None => found(bare),
            Some(set) => found(code).or_else(|| {
                let (field, _) = kind.spec().code?;
                self.coded(kind, bare).into_iter().find(|e| stored(&e.body).get(field) == Some(&json!(set)))
            }),
        }
    }

    /// Records that may hold words which begin with those of a query, by segment.
    pub fn holding(&self, query: &[String]) -> Vec<Holding> {
        let is_whole = words::is_whole(query);
        let of = |(number, tier): (usize, &Tier)| {
            let found = tier.segment.holding(query);
            let is_delicate = |slot: &u32| tier.segment.delicate.binary_search(slot).is_ok();
            let there = |slot: &u32| !tier.covered.holds(*slot);
            if !is_whole {
                let doubtful = found.from(0).filter(there).collect();
                return Holding { number, surely: Bits::default(), doubtful };
            }
            // What is shown otherwise than it is stored may hold less.
            let doubtful: Vec<u32> = match found.len() < tier.segment.delicate.len() {
                true => found.from(0).filter(is_delicate).filter(there).collect(),
                false => {
                    tier.segment.delicate.iter().copied().filter(|slot| found.holds(*slot)).filter(there).collect()
                }
            };
            let mut surely = found.into_bits();
            doubtful.iter().copied().chain(tier.covered.iter()).for_each(|slot| surely.take_out(slot));
            Holding { number, surely, doubtful }
        };
        self.tiers().map(of).collect()
    }

    /// Where a record stands: number of its segment, slot; what sets of records are kept by.
    pub fn stand(&self, id: Id) -> Option<(usize, u32)> {
        self.atlas.stack.stand(id)
    }

    /// Of these slots of each segment those of a kind.
    pub fn of_those(&self, sets: &[Bits], kind: Kind) -> Vec<Bits> {
        let of = |((_, tier), bits): ((usize, &Tier), &Bits)| {
            tier.segment.bits_of_kind(kind).map_or(Bits::default(), |of_kind| bits.and(of_kind))
        };
        self.tiers().zip(sets).map(of).collect()
    }

    /// The record that stands there, as this caller is shown it.
    pub fn at(&self, (tier, slot): (usize, u32)) -> Option<&Entry> {
        self.show(tier, slot)
    }

    /// How many segments there are.
    pub fn segments(&self) -> usize {
        self.atlas.stack.tiers().len()
    }

    /// Where the caller sees a record; empty when nowhere.
    pub fn points(&self, entry: &Entry) -> Vec<Point> {
        points(&*self.atlas, entry)
    }

    /// The record as an answer: canonical JSON, without what the caller may not see.
    pub fn body<'a>(&self, entry: &'a Entry) -> Cow<'a, str> {
        if self.viewer.level >= entry.whole_for {
            return Cow::Borrowed(&entry.body);
        }
        if let Some((before, after)) = entry.without_kept_back() {
            return Cow::Owned([before, after].concat());
        }
        Cow::Owned(face::spliced(&self.viewer, entry.kind, &entry.body))
    }

    /// A body of a record's history, `today` being what it is now (or was last), without what the caller may not see
    /// today.
    pub fn past(&self, today: &Entry, body: Body) -> Body {
        let (lookup, kind) = (&*self.atlas, today.kind);
        let withheld =
            face::withholds(lookup, &self.viewer, today) || face::withheld_then(lookup, &self.viewer, kind, &body);
        let mut body = face::shown(lookup, &self.viewer, kind, body, withheld);
        face::without_guarded(&self.viewer, kind, &mut body, &stored(&today.body));
        body
    }

    /// Every record that `among` names, in order of id.
    pub fn among(&self, among: &Among) -> Vec<&Entry> {
        let tiers = self.tiers().zip(self.slots(among));
        let shown = tiers.flat_map(|((number, tier), slots)| {
            let there = slots.into_from(0).filter(|slot| !tier.covered.holds(*slot));
            there.filter_map(move |slot| self.show(number, slot))
        });
        let mut shown: Vec<&Entry> = shown.collect();
        // Each segment's are in order: runs that are sorted already are merged.
        if self.segments() > 1 {
            shown.sort_by_key(|entry| entry.id);
        }
        shown
    }

    /// The same one by one, those after one.
    pub fn in_order<'a, 'b>(
        &'a self,
        among: &'b Among,
        after: Option<Id>,
    ) -> impl Iterator<Item = &'a Entry> + use<'a, 'b>
    where
        'a: 'b,
    {
        self.merged(self.slots(among), after)
    }

    fn merged<'a, 'b>(
        &'a self,
        slots: Vec<Slots<'b>>,
        after: Option<Id>,
    ) -> impl Iterator<Item = &'a Entry> + use<'a, 'b>
    where
        'a: 'b,
    {
        let runs = self.tiers().zip(slots).map(|((number, tier), slots)| {
            let entries = &tier.segment.entries;
            let first = after.map_or(0, |after| entries.partition_point(|entry| entry.id <= after));
            let there = slots.into_from(first as u32).filter(|slot| !tier.covered.holds(*slot));
            there.map(move |slot| (entries[slot as usize].id, number, slot))
        });
        kmerge_by(runs, |a: &(Id, usize, u32), b: &(Id, usize, u32)| a.0 < b.0)
            .filter_map(|(_, number, slot)| self.show(number, slot))
    }

    /// How many records `among` names at the most, without looking at any.
    pub fn at_most(&self, among: &Among) -> usize {
        self.slots(among).iter().map(Slots::len).sum()
    }

    /// How many records `among` names that are there for this caller; only those are looked at that some do not see.
    pub fn count(&self, among: &Among) -> usize {
        let of = |((_, tier), slots): ((usize, &Tier), Slots<'_>)| {
            let covered = match among {
                Among::Kind(kind) => tier.covered.of_kind(*kind),
                _ => tier.covered.iter().filter(|slot| slots.holds(*slot)).count(),
            };
            let delicate = tier.segment.delicate.iter().copied().filter(|slot| !tier.covered.holds(*slot));
            let hidden = delicate.filter(|slot| !self.viewer.sees(&tier.segment.entries[*slot as usize]));
            slots.len() - covered - hidden.filter(|slot| slots.holds(*slot)).count()
        };
        self.tiers().zip(self.slots(among)).map(of).sum()
    }

    /// How many records of a kind there are, whoever sees them.
    pub fn held(&self, kind: Kind) -> usize {
        self.tiers().map(|(_, tier)| tier.segment.of_kind(kind).len() - tier.covered.of_kind(kind)).sum()
    }

    /// Slots of each segment that `among` names.
    fn slots<'b, 'a: 'b>(&'a self, among: &'b Among) -> Vec<Slots<'b>> {
        let segments = self.tiers().map(|(_, tier)| &*tier.segment);
        match among {
            Among::Kind(kind) => segments.map(|segment| Slots::Run(segment.of_kind(*kind))).collect(),
            Among::Categories(kind, categories) => {
                let of = |segment: &'a Segment| categories.iter().map(|id| segment.links_from(*kind, *id)).collect();
                segments.map(|segment| Slots::of_runs(of(segment))).collect()
            }
            Among::Naming(kind, id) => {
                let own =
                    |segment: &Segment| segment.slot(*id).filter(|slot| segment.entries[*slot as usize].kind == *kind);
                let with_own = |segment: &'a Segment| match own(segment) {
                    None => Slots::Run(segment.links_from(*kind, *id)),
                    Some(slot) => {
                        Slots::of_list(segment.links_from(*kind, *id).iter().copied().chain([slot]).collect())
                    }
                };
                segments.map(with_own).collect()
            }
            Among::These(sets) => sets.iter().map(|bits| Slots::Many(Cow::Borrowed(bits))).collect(),
        }
    }

    fn tiers(&self) -> impl Iterator<Item = (usize, &Tier)> {
        self.atlas.stack.tiers().iter().enumerate()
    }

    /// A category with all its narrower terms; an everyday word with all the terms it means.
    pub fn narrower(&self, category: Id) -> Vec<Id> {
        let mut all = vec![category];
        let mut next = 0;
        while let Some(id) = all.get(next).copied() {
            next += 1;
            let meant = self.get(id).into_iter().flat_map(|e| e.linked("means"));
            let children = self.links_from(Kind::Category, id).filter(|e| e.linked("parent").any(|p| p == id));
            for id in children.map(|e| e.id).chain(meant) {
                if !all.contains(&id) {
                    all.push(id);
                }
            }
        }
        all
    }

    /// Services that come to everybody, wherever they live, in order of name, then id.
    pub fn coming_anywhere(&self, kind: Kind, categories: Option<&[Id]>) -> impl Iterator<Item = &Entry> {
        let runs = self.coming(kind, categories).map(move |(number, coming)| {
            let slots = coming.anywhere.iter().filter(move |slot| self.is_there(number, **slot));
            slots.filter_map(move |slot| self.show(number, *slot))
        });
        let by_name = |a: &&Entry, b: &&Entry| (a.name(), a.id) < (b.name(), b.id);
        kmerge_by(runs, by_name).dedup_by(|a, b| a.id == b.id)
    }

    /// Services that come, or may come, to people of some places only: those that may surely come to people who live in
    /// these areas.
    pub fn coming_to(&self, kind: Kind, categories: Option<&[Id]>, areas: &[Id]) -> Vec<&Entry> {
        let more = self.viewer.sees_more_than_public();
        let mut found: Vec<&Entry> = Vec::new();
        for (number, coming) in self.coming(kind, categories) {
            let of_areas = areas.iter().filter_map(|area| coming.by_area.get(area)).flatten();
            let unsure = coming.unsure.iter().filter(|_| more);
            let slots = of_areas.chain(&coming.judged).chain(unsure).filter(|slot| self.is_there(number, **slot));
            found.extend(slots.filter_map(|slot| self.show(number, *slot)));
        }
        found.sort_unstable_by_key(|entry| entry.id);
        found.dedup_by_key(|entry| entry.id);
        found
    }

    /// All services that come or may come to people: those that come to everybody only where they are wanted, too; in order
    /// of id.
    pub fn may_come(&self, kind: Kind, categories: Option<&[Id]>, anywhere: bool) -> impl Iterator<Item = &Entry> {
        let runs = self.coming(kind, categories).map(move |(number, coming)| {
            let slots = if anywhere { &coming.all } else { &coming.depending };
            let there = slots.iter().filter(move |slot| self.is_there(number, **slot));
            there.filter_map(move |slot| self.show(number, *slot))
        });
        kmerge_by(runs, |a: &&Entry, b: &&Entry| a.id < b.id).dedup_by(|a, b| a.id == b.id)
    }

    fn coming(&self, kind: Kind, categories: Option<&[Id]>) -> impl Iterator<Item = (usize, &Coming)> {
        let keys = remote::keys(kind, categories);
        self.tiers().flat_map(move |(number, tier)| {
            let keys = keys.clone();
            keys.into_iter().filter_map(move |key| Some((number, tier.segment.remote.get(key)?)))
        })
    }

    fn is_there(&self, tier: usize, slot: u32) -> bool {
        !self.atlas.stack.tiers()[tier].covered.holds(slot)
    }

    /// The areas of a set with their numbers; areas are public.
    pub fn area_set(&self, name: &str) -> Option<&AreaSet> {
        self.area_tables().get(name)
    }

    /// Whether the area sets were asked for since an area changed: the first time, all areas are read.
    pub fn has_area_tables(&self) -> bool {
        self.atlas.has_area_tables()
    }

    /// All area sets.
    pub fn area_tables(&self) -> &AreaTables {
        self.atlas.area_tables()
    }

    /// Whether there is such a record, but not for this caller.
    pub fn hides(&self, id: Id) -> bool {
        self.atlas.stack.stand(id).is_some() && self.get(id).is_none()
    }

    /// Whether the caller may see this record of the past.
    pub fn sees(&self, entry: &Entry) -> bool {
        self.viewer.sees(entry)
    }

    fn coded(&self, kind: Kind, code: &str) -> Vec<&Entry> {
        let of = |(number, tier): (usize, &'_ Tier)| {
            let slots: Vec<u32> =
                tier.segment.coded(kind, code).iter().copied().filter(|s| !tier.covered.holds(*s)).collect();
            slots.into_iter().filter_map(move |slot| self.show(number, slot)).collect::<Vec<_>>()
        };
        self.tiers().flat_map(of).collect()
    }
}
