//! What is true now: every record of a revision in memory, immutable and shared, indexed for questions.
//!
//! An [`Atlas`] is a large [`base::Base`] and a small overlay of what came since. Publishing a group of changes
//! copies the overlay only; [`Atlas::fold`] makes a new base of both and runs apart from writes. Readers hold an
//! `Arc<Atlas>` and wait for nobody. What one caller may see of it is a [`View`]; nothing else is handed out.

pub mod areas;
mod audience;
mod base;
mod entry;
mod face;
pub mod gazetteer;
mod lookup;
pub mod marks;
mod merge;
pub mod nesting;
pub mod outlines;
pub mod postcodes;
mod seen;
mod spots;
pub mod view;
mod viewer;
mod words;

pub use audience::{Audience, Level};
pub use entry::{Entry, REMOTE};
pub use gazetteer::{Datasets, Town};
pub use view::{Among, View};
pub use viewer::Viewer;
pub use words::{all_begin, of as words_of};

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use areas::AreaTables;
use base::Base;
use face::Faces;
use lookup::Lookup;
pub use spots::{Wide, chord_2};

use crate::change::{Change, Op, Seq};
use crate::model::{Id, Kind};

/// From this many records on, the overlay is worth folding into a new base.
pub const FOLD_AT: usize = 8_192;

/// Every record of one revision.
#[derive(Clone, Default)]
pub struct Atlas {
    revision: Seq,
    /// Which change that is: after a standby took over, another one may have its number.
    last: Option<Uuid>,
    base: Arc<Base>,
    overlay: Arc<Overlay>,
    areas: Arc<OnceLock<AreaTables>>,
}

/// What came since the base: small enough to be copied with every publication.
#[derive(Clone, Default)]
struct Overlay {
    /// Present state of records that differ from the base, or that stand on something that does; none = deleted.
    entries: Entries,
    /// Slots of the base that these replace.
    shadowed: HashSet<u32>,
    /// The overlay's records by kind and code.
    codes: HashMap<(Kind, Box<str>), Vec<Id>>,
    /// Of those that some are shown otherwise than they are stored: what viewers are shown.
    faces: Arc<Faces>,
    /// Public positions of the overlay's records.
    spots: Vec<([f64; 3], Arc<Entry>)>,
}

impl Atlas {
    /// An atlas of these records as of `revision`.
    pub fn build(revision: Seq, entries: Vec<Arc<Entry>>) -> Self {
        Self { revision, base: Arc::new(Base::build(revision, entries)), ..Self::default() }
    }

    /// The same atlas, told which change its last one is.
    pub fn known_by(self, last: Option<Uuid>) -> Self {
        Self { last, ..self }
    }

    /// Number of the last change it knows.
    pub fn revision(&self) -> Seq {
        self.revision
    }

    /// How many records the overlay holds.
    pub fn overlay_len(&self) -> usize {
        self.overlay.entries.len()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        let new = self.overlay.entries.values().flatten().count();
        self.base.entries.len() - self.overlay.shadowed.len() + new
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The atlas after further changes. `Err` names a body that can't be read (stored data is damaged).
    pub fn publish(&self, changes: &[Change]) -> Result<Self, String> {
        let mut entries = self.overlay.entries.clone();
        let mut touched: HashSet<Id> = HashSet::new();
        let mut moved: HashSet<Id> = HashSet::new();
        let mut looks_otherwise: HashSet<Id> = HashSet::new();
        let mut areas_changed = false;
        for change in changes {
            let (Some(id), Some(kind)) = (change.record, change.kind) else { continue };
            let entry = change.after.clone().map(Entry::read).transpose()?.map(Arc::new);
            areas_changed |= kind == Kind::Area;
            let before = entries.get(&id).cloned().unwrap_or_else(|| self.base.entry(id).cloned());
            if change.before.is_some() && kind.gives_positions() {
                moved.insert(id);
            }
            if change.op != Op::Create && !looks_alike(before.as_deref(), entry.as_deref()) {
                looks_otherwise.insert(id);
            }
            touched.insert(id);
            entries.insert(id, entry);
        }
        let names_one = |entry: &Entry| {
            entry.position_givers().any(|id| moved.contains(&id))
                || (!looks_otherwise.is_empty() && entry.refers_to().any(|id| looks_otherwise.contains(&id)))
        };
        for id in moved.union(&looks_otherwise) {
            self.carry_along(*id, &names_one, &mut entries);
        }
        touched.extend(entries.values().flatten().filter(|entry| names_one(entry)).map(|entry| entry.id));
        let mut next = Self {
            revision: changes.last().map_or(self.revision, |c| c.seq),
            last: changes.last().map_or(self.last, |c| Some(c.id)),
            base: self.base.clone(),
            overlay: Arc::default(),
            areas: if areas_changed { Arc::default() } else { self.areas.clone() },
        };
        let shadowed = entries.keys().filter_map(|id| self.base.slot(*id)).collect();
        let mut codes: HashMap<(Kind, Box<str>), Vec<Id>> = HashMap::new();
        for entry in entries.values().flatten() {
            if let Some(code) = &entry.code {
                codes.entry((entry.kind, (**code).clone())).or_default().push(entry.id);
            }
        }
        next.overlay = Arc::new(Overlay { entries, shadowed, codes, ..Overlay::default() });
        let delicate = |id: &Id| next.entry(*id).is_some_and(|entry| face::is_delicate(&next, entry));
        let delicate: Vec<Id> = touched.iter().copied().filter(delicate).collect();
        let faces = self.overlay.faces.followed_by(&touched, delicate.into_iter());
        next.with_overlay(|overlay| overlay.faces = Arc::new(faces));
        let spots = next.overlay_spots();
        next.with_overlay(|overlay| overlay.spots = spots);
        Ok(next)
    }

    /// Adds to an overlay that nobody else has seen yet.
    fn with_overlay(&mut self, add: impl FnOnce(&mut Overlay)) {
        add(Arc::get_mut(&mut self.overlay).expect("a new overlay is its atlas's own"));
    }

    /// The same atlas with everything in its base. Takes time in proportion to all records: run it apart.
    pub fn fold(&self) -> Self {
        let kept = self.base.entries.iter().enumerate();
        let kept = kept.filter(|(slot, _)| !self.overlay.shadowed.contains(&(*slot as u32))).map(|(_, e)| e.clone());
        let entries = kept.chain(self.overlay.entries.values().flatten().cloned()).collect();
        let folded = Self { areas: self.areas.clone(), last: self.last, ..Self::build(self.revision, entries) };
        if self.base.is_marked() {
            // Here, apart from everything, rather than while somebody waits for a map.
            folded.base.marks();
        }
        folded
    }

    /// `folded` (made of an earlier revision of this atlas) with what this one learned since.
    pub fn rebase(&self, folded: &Atlas, since: &[Change]) -> Result<Self, String> {
        let next = folded.publish(since)?;
        Ok(Self { revision: self.revision, last: self.last, areas: self.areas.clone(), ..next })
    }

    /// What the areas say, by set; worked out when first asked for.
    fn area_tables(&self) -> &AreaTables {
        self.areas.get_or_init(|| AreaTables::build(self.of_kind(Kind::Area)))
    }

    /// Whether somebody asked for them.
    fn has_area_tables(&self) -> bool {
        self.areas.get().is_some()
    }

    /// Records of a kind in order of id.
    fn of_kind(&self, kind: Kind) -> Vec<&Arc<Entry>> {
        let slots = self.base.of_kind.get(&kind).map_or(&[][..], Vec::as_slice);
        let based = slots.iter().filter(|s| !self.overlay.shadowed.contains(s));
        let mut all: Vec<&Arc<Entry>> = based.map(|s| &self.base.entries[*s as usize]).collect();
        let from_base = all.len();
        all.extend(self.overlay.entries.values().flatten().filter(|e| e.kind == kind));
        if all.len() > from_base {
            all.sort_unstable_by_key(|e| e.id);
        }
        all
    }

    /// Records that link to one, of one kind or of all.
    fn links_to(&self, id: Id, kind: Option<Kind>) -> Vec<&Arc<Entry>> {
        let kinds = kind.as_slice().iter().chain(if kind.is_none() { Kind::ALL } else { &[] });
        let of_slot = |slot| kinds.clone().flat_map(move |kind| self.base.links_from(*kind, slot));
        let slots = self.base.slot(id).into_iter().flat_map(of_slot);
        let based = slots.filter(|s| !self.overlay.shadowed.contains(s)).map(|s| &self.base.entries[s as usize]);
        let new = self.overlay.entries.values().flatten().filter(|e| e.refers_to().any(|target| target == id));
        let new = new.filter(|e| kind.is_none_or(|kind| e.kind == kind));
        let mut all: Vec<&Arc<Entry>> = based.chain(new).collect();
        all.sort_unstable_by_key(|e| e.id);
        all.dedup_by_key(|e| e.id);
        all
    }

    /// Records of the base that are shown anew when another one changes join the overlay: those that stand on a place that
    /// moved, and those that name a record which others see now, or do not see any more.
    fn carry_along(&self, changed: Id, is_shown_anew: &dyn Fn(&Entry) -> bool, entries: &mut Entries) {
        for source in self.base.slot(changed).into_iter().flat_map(|slot| self.base.links_to(slot)) {
            let entry = &self.base.entries[source as usize];
            if is_shown_anew(entry) {
                entries.entry(entry.id).or_insert_with(|| Some(entry.clone()));
            }
        }
    }

    fn overlay_spots(&self) -> Vec<([f64; 3], Arc<Entry>)> {
        let points = |entry: &Entry| self.overlay.faces.public_points(self, entry).into_iter();
        let entries = self.overlay.entries.values().flatten();
        entries.flat_map(|e| points(e).map(|point| (point.ecef(), e.clone()))).collect()
    }

    /// Spots of the overlay by rising chord from a point.
    fn overlay_nearest(&self, origin: &[f64; 3]) -> Vec<(f64, &Arc<Entry>)> {
        let mut near: Vec<_> = self.overlay.spots.iter().map(|(at, e)| (chord_2(at, origin), e)).collect();
        near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        near
    }
}

impl Lookup for Atlas {
    fn entry(&self, id: Id) -> Option<&Arc<Entry>> {
        match self.overlay.entries.get(&id) {
            Some(entry) => entry.as_ref(),
            None => self.base.entry(id),
        }
    }
}

/// The records of an overlay by id; none = deleted.
type Entries = HashMap<Id, Option<Arc<Entry>>>;

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
            let mut there: Vec<Id> = next.overlay.entries.keys().copied().collect();
            there.sort_unstable();
            assert_eq!(there, expected, "{from} → {to}");
        }
    }
}
