//! What one caller may see. Handlers and analyses take a [`View`], never an [`Atlas`]: hidden records are not there,
//! approximate positions are cell centres, and everything that would give them away goes with them.

use serde_json::json;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::areas::{AreaSet, AreaTables};
use super::face::{self, ViewerFaces};
use super::lookup::{Lookup, points};
use super::merge::Merge;
use super::spots::chord_2;
use super::{Atlas, Datasets, Entry, Viewer};
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
    /// What this caller is shown of delicate records of the base and of the overlay.
    faces: [Arc<ViewerFaces>; 2],
    nation: Nation,
}

/// Which records a search is among.
#[derive(Debug, Clone)]
pub enum Among {
    /// All of a kind.
    Kind(Kind),
    /// Those of a kind in any of these categories.
    Categories(Kind, Vec<Id>),
    /// These.
    These(Vec<Id>),
}

impl View {
    /// The atlas through these eyes.
    pub fn new(atlas: Arc<Atlas>, datasets: Arc<Datasets>, viewer: Viewer) -> Self {
        let faces = [atlas.base.faces.row(&viewer), atlas.overlay.faces.row(&viewer)];
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
        self.show(self.atlas.entry(id)?)
    }

    /// A record as this caller is shown it; none when it is hidden.
    pub(super) fn show<'a>(&'a self, entry: &'a Arc<Entry>) -> Option<&'a Entry> {
        let [base, overlay] = &self.faces;
        if base.is_empty() && overlay.is_empty() {
            return Some(entry);
        }
        let faces = if self.atlas.overlay.entries.contains_key(&entry.id) { overlay } else { base };
        self.show_by(faces, entry)
    }

    /// The same of a record that stands in a slot of the base.
    pub(super) fn show_of_base<'a>(&'a self, slot: u32, entry: &'a Arc<Entry>) -> Option<&'a Entry> {
        let is_delicate = self.atlas.base.delicate.binary_search(&slot).is_ok();
        if is_delicate { self.show_by(&self.faces[0], entry) } else { Some(entry) }
    }

    fn show_by<'a>(&'a self, faces: &'a ViewerFaces, entry: &'a Arc<Entry>) -> Option<&'a Entry> {
        match faces.get(entry.id) {
            None => Some(entry),
            Some(face) => face.of(&*self.atlas, &self.viewer, entry),
        }
    }

    /// Records of a kind, in order of id.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.atlas.of_kind(kind).into_iter().filter_map(|e| self.show(e))
    }

    /// Records that link to one.
    pub fn links_to(&self, id: Id) -> impl Iterator<Item = &Entry> {
        self.named_by(id, None)
    }

    /// Records of a kind that link to one.
    pub fn links_from(&self, kind: Kind, id: Id) -> impl Iterator<Item = &Entry> {
        self.named_by(id, Some(kind))
    }

    fn named_by(&self, id: Id, kind: Option<Kind>) -> impl Iterator<Item = &Entry> {
        let shown = self.atlas.links_to(id, kind).into_iter().filter_map(|e| self.show(e));
        shown.filter(move |e| e.refers_to().any(|named| named == id))
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

    /// Records whose words may fit a query; which of them do, [`Entry::holds`] tells.
    pub fn may_hold(&self, query: &[String]) -> impl Iterator<Item = &Entry> {
        let overlay = &self.atlas.overlay;
        let slots = self.atlas.base.holding(query).into_iter().filter(|s| !overlay.shadowed.contains(s));
        let based = slots.map(|s| &self.atlas.base.entries[s as usize]);
        based.chain(overlay.entries.values().flatten()).filter_map(|e| self.show(e))
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

    /// Records with their chord from `origin`, metres, nearest first; a record at several places comes once.
    pub fn nearest<'a>(&'a self, among: &Among, origin: Point) -> Box<dyn Iterator<Item = (f64, &'a Entry)> + 'a> {
        let at = origin.ecef();
        match among {
            Among::These(ids) => {
                let mut near: Vec<(f64, &Entry)> = ids
                    .iter()
                    .filter_map(|id| self.get(*id))
                    .filter_map(|e| Some((self.chord_2(e, &at)?, e)))
                    .collect();
                near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                Box::new(near.into_iter().map(|(d2, e)| (d2.sqrt(), e)))
            }
            Among::Kind(kind) => Box::new(self.merged(*kind, None, at)),
            Among::Categories(kind, categories) => Box::new(self.merged(*kind, Some(categories), at)),
        }
    }

    /// Every record that `among` names, with no order promised.
    pub fn among(&self, among: &Among) -> Vec<&Entry> {
        match among {
            Among::These(ids) => ids.iter().filter_map(|id| self.get(*id)).collect(),
            Among::Kind(kind) => self.of_kind(*kind).collect(),
            Among::Categories(kind, categories) => {
                let mut all: Vec<&Entry> = categories.iter().flat_map(|c| self.links_from(*kind, *c)).collect();
                all.sort_unstable_by_key(|e| e.id);
                all.dedup_by_key(|e| e.id);
                all
            }
        }
    }

    /// How many records `among` names at the most, without looking at any.
    pub fn at_most(&self, among: &Among) -> usize {
        let base = &self.atlas.base;
        let held = |kind: &Kind, id: &Id| base.slot(*id).map_or(0, |slot| base.how_many_from(*kind, slot));
        let based = match among {
            Among::These(ids) => return ids.len(),
            Among::Kind(kind) => base.of_kind.get(kind).map_or(0, Vec::len),
            Among::Categories(kind, categories) => categories.iter().map(|id| held(kind, id)).sum(),
        };
        based + self.atlas.overlay.entries.len()
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

    /// Whether any record says for whom it is, so that some may turn out to be for others.
    pub fn any_limited(&self) -> bool {
        let delicate = |e: &Entry| e.kind.has("eligibility") && self.atlas.overlay.faces.public().get(e.id).is_some();
        let new = || self.atlas.overlay.entries.values().flatten().any(|e| e.facets.limited || delicate(e));
        self.atlas.base.any_limited || new()
    }

    /// Services that reach people without their travelling: at home, by telephone, online, or known by area only.
    pub fn remote(&self) -> impl Iterator<Item = &Entry> {
        self.apart(&self.atlas.base.remote, |e| e.remote)
    }

    /// Records that say in words nobody could read whether they are there: what no index may take for sure.
    pub fn unclear(&self) -> impl Iterator<Item = &Entry> {
        self.apart(&self.atlas.base.unclear, |e| e.facets.unclear.any())
    }

    fn apart<'a>(&'a self, slots: &'a [u32], is_one: fn(&Entry) -> bool) -> impl Iterator<Item = &'a Entry> {
        let overlay = &self.atlas.overlay;
        let slots = slots.iter().filter(|s| !overlay.shadowed.contains(s));
        let based = slots.map(|s| &self.atlas.base.entries[*s as usize]);
        let shown = based.chain(overlay.entries.values().flatten()).filter_map(|e| self.show(e));
        shown.filter(move |e| is_one(e))
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
        self.atlas.entry(id).is_some() && self.get(id).is_none()
    }

    /// Whether the caller may see this record of the past.
    pub fn sees(&self, entry: &Entry) -> bool {
        self.viewer.sees(entry)
    }

    fn coded(&self, kind: Kind, code: &str) -> Vec<&Entry> {
        let overlay = &self.atlas.overlay;
        let slots = self.atlas.base.coded(kind, code).iter().filter(|s| !overlay.shadowed.contains(s));
        let based = slots.map(|s| &self.atlas.base.entries[*s as usize]);
        let ids = overlay.codes.get(&(kind, code.into())).into_iter().flatten();
        let new = ids.filter_map(|id| overlay.entries.get(id)?.as_ref());
        based.chain(new).filter_map(|e| self.show(e)).collect()
    }

    /// Whether the public, too, is shown a face of a record.
    fn faces_of_public(&self, id: Id) -> bool {
        let overlay = &self.atlas.overlay;
        let faces = if overlay.entries.contains_key(&id) { &overlay.faces } else { &self.atlas.base.faces };
        faces.public().get(id).is_some()
    }

    fn chord_2(&self, entry: &Entry, at: &[f64; 3]) -> Option<f64> {
        self.points(entry).iter().map(|p| chord_2(&p.ecef(), at)).min_by(f64::total_cmp)
    }

    /// Trees of the base, the overlay and what this caller sees differently, merged by distance.
    fn merged<'a>(
        &'a self,
        kind: Kind,
        categories: Option<&[Id]>,
        at: [f64; 3],
    ) -> impl Iterator<Item = (f64, &'a Entry)> + use<'a> {
        let keys: Vec<_> = match categories {
            None => vec![(kind, None)],
            Some(categories) => categories.iter().map(|c| (kind, Some(*c))).collect(),
        };
        let base = &self.atlas.base;
        let overlay = &self.atlas.overlay;
        let chosen: Option<Vec<Id>> = categories.map(<[Id]>::to_vec);
        let in_choice = move |e: &Entry| {
            e.kind == kind
                && chosen
                    .as_ref()
                    .is_none_or(|ids| e.linked("categories").chain(e.linked("category")).any(|c| ids.contains(&c)))
        };
        let more_than_public = self.viewer.sees_more_than_public();
        // Where this caller sees it may not be where the public does.
        let is_delicate = |id: Id| self.faces_of_public(id);
        let elsewhere = move |id: Id| more_than_public && is_delicate(id);
        let mut streams: Vec<Box<dyn Iterator<Item = (f64, &'a Entry)> + 'a>> = Vec::new();
        for tree in keys.into_iter().filter_map(|key| base.tree(key)) {
            streams.push(Box::new(
                tree.nearest_neighbor_iter_with_distance_2(&at)
                    .filter(|(spot, _)| !overlay.shadowed.contains(&spot.slot))
                    .filter_map(move |(spot, d2)| {
                        let entry = &base.entries[spot.slot as usize];
                        if elsewhere(entry.id) { None } else { Some((d2, self.show_by(&self.faces[0], entry)?)) }
                    }),
            ));
        }
        let mut apart: Vec<(f64, &Entry)> = Vec::new();
        if !overlay.spots.is_empty() {
            let near = self.atlas.overlay_nearest(&at).into_iter().filter(|(_, e)| !elsewhere(e.id));
            apart.extend(near.filter_map(|(d2, e)| Some((d2, self.show(e)?))).filter(|(_, e)| in_choice(e)));
        }
        if more_than_public {
            let slots = base.delicate.iter().filter(|s| !overlay.shadowed.contains(s));
            let based = slots.map(|s| &base.entries[*s as usize]);
            let new = overlay.entries.values().flatten().filter(|e| is_delicate(e.id));
            let mine = based.chain(new).filter_map(|e| self.show(e)).filter(|e| in_choice(e));
            apart.extend(mine.filter_map(|e| Some((self.chord_2(e, &at)?, e))));
            apart.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        }
        streams.push(Box::new(apart.into_iter()));
        let mut seen = HashSet::new();
        Merge::new(streams).filter(move |(_, e)| seen.insert(e.id)).map(|(d2, e)| (d2.sqrt(), e))
    }
}
