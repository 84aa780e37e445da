//! What one caller may see. Handlers and analyses take a [`View`], never an [`Atlas`]: hidden records are not there,
//! approximate positions are cell centres, and everything that would give them away goes with them.

use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::areas::{AreaSet, AreaTables};
use super::entry::evidence_level;
use super::merge::Merge;
use super::spots::chord_2;
use super::{Atlas, Datasets, Entry, Lookup, Visibility, points, restricted, words};
use crate::change::Seq;
use crate::model::hours::Nation;
use crate::model::record::{canonical, links_of, stored};
use crate::model::{Body, Id, Kind, Point, cell, kind::Role};

/// How much a caller is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Anybody.
    Public,
    /// An account with a role on this instance.
    Partner,
    /// The people who run it.
    Admin,
}

/// Whose eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// The level.
    pub level: Level,
    /// The organisation the caller belongs to.
    pub organisation: Option<Id>,
}

impl Viewer {
    /// Anybody.
    pub const PUBLIC: Viewer = Viewer { level: Level::Public, organisation: None };
    /// The people who run it.
    pub const ADMIN: Viewer = Viewer { level: Level::Admin, organisation: None };

    /// Whether anything may be there for these eyes that is not there for everybody.
    pub fn sees_more_than_public(self) -> bool {
        self.level > Level::Public || self.organisation.is_some()
    }

    /// `public`, `partners` or `organisation`: the view that evidence names.
    pub fn name(self) -> &'static str {
        match self.level {
            Level::Public => "public",
            Level::Partner => "partners",
            Level::Admin => "organisation",
        }
    }
}

/// An atlas as one caller sees it.
#[derive(Clone)]
pub struct View {
    pub(super) atlas: Arc<Atlas>,
    datasets: Arc<Datasets>,
    pub(super) viewer: Viewer,
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
        Self { atlas, datasets, viewer, nation: Nation::default() }
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
    pub fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// A record that the caller may see.
    pub fn get(&self, id: Id) -> Option<&Entry> {
        self.atlas.entry(id).map(Arc::as_ref).filter(|e| self.sees(e))
    }

    /// Records of a kind, in order of id.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.atlas.of_kind(kind).into_iter().map(Arc::as_ref).filter(|e| self.sees(e))
    }

    /// Records that link to one.
    pub fn links_to(&self, id: Id) -> impl Iterator<Item = &Entry> {
        self.atlas.links_to(id, None).into_iter().map(Arc::as_ref).filter(|e| self.sees(e))
    }

    /// Records of a kind that link to one.
    pub fn links_from(&self, kind: Kind, id: Id) -> impl Iterator<Item = &Entry> {
        self.atlas.links_to(id, Some(kind)).into_iter().map(Arc::as_ref).filter(|e| self.sees(e))
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

    /// Records whose words fit a query: every word of it begins one of theirs.
    pub fn holding(&self, query: &[String]) -> Vec<&Entry> {
        let overlay = &self.atlas.overlay;
        let slots = self.atlas.base.holding(query).into_iter().filter(|s| !overlay.shadowed.contains(s));
        let based = slots.map(|s| &self.atlas.base.entries[s as usize]);
        let new = overlay.entries.values().flatten();
        let fits = |e: &&Arc<Entry>| self.sees(e) && words::all_begin(query, &e.words(!self.withholds_position(e)));
        based.chain(new).filter(fits).map(Arc::as_ref).collect()
    }

    /// Where the caller sees a record; empty when nowhere.
    pub fn points(&self, entry: &Entry) -> Vec<Point> {
        match (entry.point, entry.links.is_empty()) {
            (Some(point), true) if !entry.approximate => vec![point],
            _ => points(&*self.atlas, entry, &|e| self.sees(e), &|e| self.sees_exactly(e)),
        }
    }

    /// The record as an answer: canonical JSON, without what the caller may not see.
    pub fn body<'a>(&self, entry: &'a Entry) -> Cow<'a, str> {
        let whole = !self.withholds_position(entry)
            && self.viewer.level >= entry.whole_for
            && entry.owner.is_none_or(|owner| self.get(owner).is_some())
            && entry.links.iter().all(|(_, target)| self.get(*target).is_some());
        if whole {
            return Cow::Borrowed(&entry.body);
        }
        Cow::Owned(canonical(&self.shown(entry, stored(&entry.body))))
    }

    /// A body of a record (its present one or one of its history) without what the caller may not see today.
    pub fn shown(&self, entry: &Entry, mut body: Body) -> Body {
        let approximate = self.withholds_position(entry) || self.withheld_then(entry.kind, &body);
        let evidence = body.get("evidence").and_then(|e| e.get("view")).and_then(Value::as_str);
        if evidence.is_some_and(|view| self.viewer.level < evidence_level(view)) {
            body.remove("evidence");
        }
        let owner = body.get("owner").and_then(|o| o.as_str()?.parse().ok());
        if owner.is_some_and(|owner| self.get(owner).is_none()) {
            body.insert("owner".to_owned(), Value::Null);
        }
        for field in entry.kind.spec().fields {
            let hidden = field.partners_only && self.viewer.level < Level::Partner;
            if hidden || (field.locates && approximate) {
                body.remove(field.name);
            }
        }
        if self.viewer.level < Level::Admin {
            keep_back(&mut body, entry);
        }
        if approximate {
            hide_position(&mut body, entry.kind);
            self.hide_exact_places(&mut body, entry.kind);
        }
        if let Some(Value::Object(links)) = body.get_mut("links") {
            for (_, targets) in links.iter_mut() {
                if let Value::Array(ids) = targets {
                    ids.retain(|id| id.as_str().and_then(|t| t.parse().ok()).is_some_and(|id| self.get(id).is_some()));
                }
            }
            links.retain(|_, ids| ids.as_array().is_some_and(|ids| !ids.is_empty()));
        }
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
        self.atlas.base.any_limited || self.atlas.overlay.entries.values().flatten().any(|e| e.limited)
    }

    /// Services that reach people without their travelling: at home, by telephone, online, or known by area only.
    pub fn remote(&self) -> impl Iterator<Item = &Entry> {
        self.apart(&self.atlas.base.remote, |e| e.remote)
    }

    /// Records that say in words nobody could read whether they are there: what no index may take for sure.
    pub fn unclear(&self) -> impl Iterator<Item = &Entry> {
        self.apart(&self.atlas.base.unclear, |e| e.unclear)
    }

    fn apart<'a>(&'a self, slots: &'a [u32], is_one: fn(&Entry) -> bool) -> impl Iterator<Item = &'a Entry> {
        let overlay = &self.atlas.overlay;
        let slots = slots.iter().filter(|s| !overlay.shadowed.contains(s));
        let based = slots.map(|s| &self.atlas.base.entries[*s as usize]);
        let new = overlay.entries.values().flatten().filter(move |e| is_one(e));
        based.chain(new).map(Arc::as_ref).filter(|e| self.sees(e))
    }

    /// The areas of a set with their numbers; areas are public.
    pub fn area_set(&self, name: &str) -> Option<&AreaSet> {
        self.area_tables().get(name)
    }

    /// All area sets.
    pub fn area_tables(&self) -> &AreaTables {
        self.atlas.area_tables()
    }

    /// Whether the caller sees where a record exactly is.
    pub fn withholds_position(&self, entry: &Entry) -> bool {
        if entry.kind == Kind::Area || (!entry.approximate && entry.links.is_empty()) {
            return false;
        }
        let hidden = |e: &Entry| !self.sees_exactly(e);
        hidden(entry) || entry.position_givers().filter_map(|id| self.atlas.entry(id)).any(|e| hidden(e))
    }

    /// Links to places that are shown exactly would give an approximate position away.
    fn hide_exact_places(&self, body: &mut Body, kind: Kind) {
        let exact = |id: &Value| {
            let id = id.as_str().and_then(|text| text.parse().ok());
            id.and_then(|id| self.atlas.entry(id)).is_none_or(|place| self.sees_exactly(place))
        };
        let Some(Value::Object(links)) = body.get_mut("links") else { return };
        for (name, targets) in links.iter_mut() {
            if let (Some(Kind::Place), Value::Array(ids)) = (kind.role(name).map(|r| r.target), targets) {
                ids.retain(|id| !exact(id));
            }
        }
    }

    /// Whether there is such a record, but not for this caller.
    pub fn hides(&self, id: Id) -> bool {
        self.atlas.entry(id).is_some() && self.get(id).is_none()
    }

    /// Whether a body of a record's past told of a position that is withheld today: its own, or a place's it was at.
    fn withheld_then(&self, kind: Kind, body: &Body) -> bool {
        if self.viewer.level == Level::Admin {
            return false;
        }
        let own = body.get("precision").and_then(Value::as_str) == Some("approximate");
        let roles = kind.spec().roles.iter().filter(|r| r.target == Kind::Place && kind != Kind::Organisation);
        let mut givers = roles.flat_map(|role| links_of(body, role.name).collect::<Vec<_>>());
        let hidden = |id: Id| match self.atlas.entry(id) {
            Some(place) => !self.sees_exactly(place),
            // A place that is gone may have been a refuge.
            None => true,
        };
        let owned = body.get("owner").and_then(|o| o.as_str()?.parse::<Id>().ok());
        let mine = owned.is_some() && owned == self.viewer.organisation;
        !mine && (own || givers.any(hidden))
    }

    /// Whether the caller may see this record, of today or of the past.
    pub fn sees(&self, entry: &Entry) -> bool {
        match entry.visibility {
            Visibility::Public => true,
            Visibility::Partners => self.viewer.level >= Level::Partner,
            Visibility::Organisation => self.owns(entry),
        }
    }

    fn sees_exactly(&self, entry: &Entry) -> bool {
        !entry.approximate || self.owns(entry)
    }

    fn owns(&self, entry: &Entry) -> bool {
        self.viewer.level == Level::Admin || entry.owner.is_some_and(|owner| Some(owner) == self.viewer.organisation)
    }

    fn coded(&self, kind: Kind, code: &str) -> Vec<&Entry> {
        let overlay = &self.atlas.overlay;
        let slots = self.atlas.base.coded(kind, code).iter().filter(|s| !overlay.shadowed.contains(s));
        let based = slots.map(|s| &self.atlas.base.entries[*s as usize]);
        let ids = overlay.codes.get(&(kind, code.into())).into_iter().flatten();
        let new = ids.filter_map(|id| overlay.entries.get(id)?.as_ref());
        based.chain(new).map(Arc::as_ref).filter(|e| self.sees(e)).collect()
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
        let elsewhere = move |e: &Entry| more_than_public && restricted(&*self.atlas, e);
        let mut streams: Vec<Box<dyn Iterator<Item = (f64, &'a Entry)> + 'a>> = Vec::new();
        for tree in keys.into_iter().filter_map(|key| base.tree(key)) {
            streams.push(Box::new(
                tree.nearest_neighbor_iter_with_distance_2(&at)
                    .filter(|(spot, _)| !overlay.shadowed.contains(&spot.slot))
                    .map(|(spot, d2)| (d2, base.entries[spot.slot as usize].as_ref()))
                    .filter(move |(_, e)| !elsewhere(e)),
            ));
        }
        let mut apart: Vec<(f64, &Entry)> = Vec::new();
        if !overlay.spots.is_empty() {
            let near = self.atlas.overlay_nearest(&at).into_iter().map(|(d2, e)| (d2, e.as_ref()));
            apart.extend(near.filter(|(_, e)| in_choice(e) && !elsewhere(e)));
        }
        if more_than_public {
            let slots = base.restricted.iter().filter(|s| !overlay.shadowed.contains(s));
            let based = slots.map(|s| &base.entries[*s as usize]);
            let mine = based.chain(overlay.entries.values().flatten().filter(|e| restricted(&*self.atlas, e)));
            let mine = mine.map(Arc::as_ref).filter(|e| self.sees(e) && in_choice(e));
            apart.extend(mine.filter_map(|e| Some((self.chord_2(e, &at)?, e))));
            apart.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        }
        streams.push(Box::new(apart.into_iter()));
        let mut seen = HashSet::new();
        Merge::new(streams).filter(move |(_, e)| seen.insert(e.id)).map(|(d2, e)| (d2.sqrt(), e))
    }
}

/// Of columns that are no field, only those that are published today, also in a body of the past.
fn keep_back(body: &mut Body, entry: &Entry) {
    let further = body.remove("further");
    let Some(Value::Object(mut further)) = further else { return };
    let today = stored(&entry.body);
    let published = today.get("published").and_then(Value::as_array);
    further.retain(|heading, _| published.is_some_and(|list| list.iter().any(|h| h == heading.as_str())));
    if !further.is_empty() {
        body.insert("further".to_owned(), Value::Object(further));
    }
}

/// Positions, and all that would give them away: what lists call it, places and areas it is linked to.
fn hide_position(body: &mut Body, kind: Kind) {
    let exact = body.get("point").and_then(|p| serde_json::from_value::<Point>(p.clone()).ok());
    if let Some(point) = exact {
        body.insert("point".to_owned(), json!(cell::centre(point)));
    }
    for own in crate::model::common::EVERY.iter().filter(|f| f.locates && f.name != "point") {
        body.remove(own.name);
    }
    if let Some(Value::Array(sources)) = body.get_mut("sources") {
        for source in sources.iter_mut().filter_map(Value::as_object_mut) {
            source.insert("key".to_owned(), json!(""));
        }
    }
    if let Some(Value::Object(links)) = body.get_mut("links") {
        let tells = |role: &Role| matches!(role.target, Kind::Area);
        links.retain(|name, _| !kind.role(name).is_some_and(tells));
    }
}
