//! What is true now: every record of a revision in memory, immutable and shared, indexed for questions.
//!
//! An [`Atlas`] is a stack of segments: a large one, and smaller ones of what came since, each with the same indexes.
//! Publishing a group of changes makes the smallest anew; [`Atlas::fold`] makes one of several, apart from writes, and
//! costs by their size. Readers hold an `Arc<Atlas>` and wait for nobody. What one caller may see of it is a [`View`];
//! nothing else is handed out.

pub mod areas;
mod at_once;
mod audience;
mod covered;
mod entry;
mod face;
pub mod facets;
pub mod gazetteer;
mod head;
mod interned;
mod lenient;
mod links;
mod lookup;
pub mod marks;
mod nearest;
pub mod nesting;
pub mod outlines;
pub mod postcodes;
mod remote;
mod seen;
mod segment;
mod slots;
mod spots;
mod stack;
mod trees;
pub mod view;
mod viewer;
mod words;

pub use audience::{Audience, Level};
pub use entry::{Entry, REMOTE};
pub use facets::Facets;
pub use gazetteer::{Datasets, Town};
pub use nearest::Nearest;
pub use view::{Among, Bits, Holding, View};
pub use viewer::Viewer;
pub use words::{all_begin, of as words_of};

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use areas::AreaTables;
use lookup::Lookup;
pub use spots::{Wide, chord_2};
pub use stack::Fold;
use stack::{Fresh, Stack};

use crate::change::{Change, Op, Seq};
use crate::model::{Id, Kind};

/// Every record of one revision.
#[derive(Clone, Default)]
pub struct Atlas {
    revision: Seq,
    /// Which change that is: after a standby took over, another one may have its number.
    last: Option<Uuid>,
    stack: Stack,
    areas: Arc<OnceLock<AreaTables>>,
}

impl Atlas {
    /// An atlas of these records as of `revision`.
    pub fn build(revision: Seq, entries: Vec<Arc<Entry>>) -> Self {
        Self { revision, stack: Stack::of(revision, entries), ..Self::default() }
    }

    /// The same atlas, told which change its last one is.
    pub fn known_by(self, last: Option<Uuid>) -> Self {
        Self { last, ..self }
    }

    /// Number of the last change it knows.
    pub fn revision(&self) -> Seq {
        self.revision
    }

    /// How many records each segment holds, newest first.
    pub fn segments(&self) -> Vec<usize> {
        self.stack.tiers().iter().map(|tier| tier.segment.len()).collect()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.stack.len()
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of all bodies, of what stands beside them, and of the indexes, about.
    pub fn weight(&self) -> Weight {
        let entries = || self.stack.tiers().iter().flat_map(|tier| &tier.segment.entries);
        Weight {
            bodies: entries().map(|entry| entry.body.len()).sum(),
            entries: entries().map(|entry| size_of::<Entry>() + 16 + 17 * entry.links.len()).sum(),
            indexes: self.stack.tiers().iter().map(|tier| tier.segment.weight()).sum(),
        }
    }

    /// The atlas after further changes. `Err` names a body that can't be read (stored data is damaged).
    pub fn publish(&self, changes: &[Change]) -> Result<Self, String> {
        let mut fresh = Fresh::new();
        let mut moved: HashSet<Id> = HashSet::new();
        let mut looks_otherwise: HashSet<Id> = HashSet::new();
        let mut areas_changed = false;
        for change in changes {
            let (Some(id), Some(kind)) = (change.record, change.kind) else { continue };
            let entry = change.after.clone().map(Entry::read).transpose()?.map(Arc::new);
            areas_changed |= kind == Kind::Area;
            let before = fresh.get(&id).cloned().unwrap_or_else(|| self.stack.entry(id).cloned());
            if change.before.is_some() && kind.gives_positions() {
                moved.insert(id);
            }
            if change.op != Op::Create && !looks_alike(before.as_deref(), entry.as_deref()) {
                looks_otherwise.insert(id);
            }
            fresh.insert(id, entry);
        }
        self.carry_along(&moved, &looks_otherwise, &mut fresh);
        Ok(Self {
            revision: changes.last().map_or(self.revision, |c| c.seq),
            last: changes.last().map_or(self.last, |c| Some(c.id)),
            stack: self.stack.with(changes.last().map_or(self.revision, |c| c.seq), fresh),
            areas: if areas_changed { Arc::default() } else { self.areas.clone() },
        })
    }

    /// Records that are shown anew when others change come with them: those that stand on a place that moved, and those
    /// that name a record which others see now, or do not see any more.
    fn carry_along(&self, moved: &HashSet<Id>, looks_otherwise: &HashSet<Id>, fresh: &mut Fresh) {
        let is_shown_anew = |entry: &Entry| {
            entry.position_givers().any(|id| moved.contains(&id))
                || (!looks_otherwise.is_empty() && entry.refers_to().any(|id| looks_otherwise.contains(&id)))
        };
        for id in moved.union(looks_otherwise) {
            for (number, slot) in self.stack.links_to(*id, None) {
                let entry = &self.stack.tiers()[number].segment.entries[slot as usize];
                if is_shown_anew(entry) {
                    fresh.entry(entry.id).or_insert_with(|| Some(entry.clone()));
                }
            }
        }
    }

    /// The atlas as it would be with these records, too: one more segment, which nobody keeps.
    pub fn with(&self, drafts: Vec<Arc<Entry>>) -> Self {
        let mut fresh: Fresh = BTreeMap::new();
        let ids: HashSet<Id> = drafts.iter().map(|draft| draft.id).collect();
        let areas_change = drafts.iter().any(|draft| draft.kind == Kind::Area);
        fresh.extend(drafts.into_iter().map(|draft| (draft.id, Some(draft))));
        self.carry_along(&ids, &ids, &mut fresh);
        let areas = if areas_change { Arc::default() } else { self.areas.clone() };
        Self { stack: self.stack.fixed().with(self.revision, fresh), areas, ..self.clone() }
    }

    /// What is worth folding now, if anything is; until [`Atlas::folded`], [`Atlas::while_folding`] is published upon.
    pub fn fold(&self) -> Option<Fold> {
        self.stack.fold(self.revision)
    }

    /// So many of the newest segments, to become one.
    pub fn fold_newest(&self, many: usize) -> Fold {
        self.stack.fold_newest(many, self.revision)
    }

    /// The same atlas, of which no segment becomes another one before a fold is done.
    pub fn while_folding(&self) -> Self {
        Self { stack: self.stack.fixed(), ..self.clone() }
    }

    /// The same atlas with a fold in place of what was folded; what came meanwhile lies on top.
    pub fn folded(&self, fold: &Fold, segment: segment::Segment) -> Self {
        Self { stack: self.stack.folded(segment, fold), ..self.clone() }
    }

    /// What the areas say, by set; worked out when first asked for.
    pub fn area_tables(&self) -> &AreaTables {
        self.areas.get_or_init(|| AreaTables::build(self.entries_of(Kind::Area)))
    }

    /// Whether somebody asked for them.
    pub fn has_area_tables(&self) -> bool {
        self.areas.get().is_some()
    }

    /// Records of a kind, in no order.
    fn entries_of(&self, kind: Kind) -> Vec<&Arc<Entry>> {
        let of_tier = |tier: &'_ stack::Tier| {
            let tier = tier.clone();
            move |slot: &&u32| !tier.covered.holds(**slot)
        };
        let tiers = self.stack.tiers().iter();
        let of = tiers.flat_map(|tier| {
            tier.segment.of_kind(kind).iter().filter(of_tier(tier)).map(|slot| &tier.segment.entries[*slot as usize])
        });
        of.collect()
    }
}

/// Bytes by part, about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Texts of bodies.
    pub bodies: usize,
    /// What stands beside each: identity, links, facets.
    pub entries: usize,
    /// Indexes of all segments.
    pub indexes: usize,
}

impl Lookup for Atlas {
    fn entry(&self, id: Id) -> Option<&Arc<Entry>> {
        self.stack.entry(id)
    }
}

/// Whether others that name a record are shown alike before and after: it is seen by the same, and as exactly.
fn looks_alike(before: Option<&Entry>, after: Option<&Entry>) -> bool {
    match (before, after) {
        (Some(a), Some(b)) => a.audience == b.audience && a.approximate == b.approximate && a.owners().eq(b.owners()),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn id(n: u32) -> Id {
        Id::from_u128(0x01a2_04c4_2d86_7071_ace9_0000_0000_0000 + u128::from(n))
    }

    fn body(n: u32, kind: Kind, more: Value) -> String {
        let mut body = json!({"id": id(n), "kind": kind.name(), "version": 1, "name": format!("Record {n}"),
            "visibility": "public", "precision": "exact", "links": {}, "owner": null, "sources": []});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body.to_string()
    }

    fn changed(n: u32, kind: Kind, before: &str, after: &str) -> Change {
        let stamp = crate::change::Stamp { by: id(99), at: jiff::Timestamp::UNIX_EPOCH, why: None, batch: id(98) };
        let present = crate::change::apply::Present { id: id(n), kind, version: 1, body: None };
        let change = crate::change::apply::updated(Op::Update, &present, Default::default(), &stamp);
        Change { seq: 100, before: Some(before.to_owned()), after: Some(after.to_owned()), ..change }
    }

    /// A district with three areas below it and a service for it; a hall with a group in it; all of one organisation.
    fn town() -> (Vec<(u32, Kind, String)>, Atlas) {
        let at = json!({"lon": -3.3, "lat": 54.6});
        let mut records = vec![
            (1, Kind::Area, json!({"area_set": "district", "code": "D", "point": at, "indicators": {"population": 9}})),
            (2, Kind::Place, json!({"point": at, "owner": id(4)})),
            (3, Kind::Service, json!({"links": {"places": [id(2)], "service_area": [id(1)], "provider": [id(4)]}})),
            (4, Kind::Organisation, json!({"type": "voluntary", "owner": id(4)})),
        ];
        for n in 5..8 {
            let below = json!({"area_set": "small", "code": n.to_string(), "point": at, "links": {"parent": [id(1)]}});
            records.push((n, Kind::Area, below));
        }
        let records: Vec<_> = records.into_iter().map(|(n, kind, more)| (n, kind, body(n, kind, more))).collect();
        let entries = records.iter().map(|(.., body)| Arc::new(Entry::read(body.clone()).unwrap())).collect();
        (records, Atlas::build(1, entries))
    }

    #[test]
    fn a_change_carries_along_what_it_shows_otherwise_and_nothing_more() {
        let (records, atlas) = town();
        for (n, from, to, carried) in [
            (1, "\"population\":9", "\"population\":10", vec![]),
            (2, "Record 2", "Hall", vec![3]),
            (2, "\"exact\"", "\"approximate\"", vec![3]),
            (3, "Record 3", "Lunch", vec![]),
            (4, "Record 4", "Trust", vec![]),
            (4, "\"public\"", "\"partners\"", vec![2, 3]),
            (1, "\"public\"", "\"partners\"", vec![3, 5, 6, 7]),
        ] {
            let (_, kind, before) = records.iter().find(|(number, ..)| *number == n).unwrap();
            let after = before.replace(from, to);
            assert_ne!(*before, after);
            let next = atlas.publish(&[changed(n, *kind, before, &after)]).unwrap();
            let mut expected: Vec<Id> = carried.into_iter().chain([n]).map(id).collect();
            expected.sort_unstable();
            let there: Vec<Id> = next.stack.tiers()[0].segment.entries.iter().map(|entry| entry.id).collect();
            assert_eq!(there, expected, "{from} → {to}");
        }
    }
}
