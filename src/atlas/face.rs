//! What one caller is shown of a record that not everybody sees whole: a record of its own, read from what is shown, so
//! that no rule can know more than the caller does.
//!
//! Where the position is withheld, only what may stay is left ([`withheld`]), and the point is the centre of its grid
//! cell.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use super::audience::Level;
use super::entry::Entry;
use super::lookup::{Lookup, points, points_through};
use super::trees::Trees;
use super::viewer::Viewer;
use crate::model::record::{canonical, drop_unlinked, fields_of, links_of, stored};
use crate::model::shape::SeenBy;
use crate::model::withheld::{self, ON_REQUEST};
use crate::model::{Body, Id, Kind, Point, cell};

/// The faces of some records for every viewer that asked; each is made when it is first looked at.
#[derive(Default)]
pub struct Faces {
    public: Arc<ViewerFaces>,
    others: Mutex<Vec<(Viewer, Arc<ViewerFaces>)>>,
}

/// The faces of one viewer, by record.
#[derive(Default)]
pub struct ViewerFaces {
    faces: HashMap<Id, Face>,
    /// Where the viewer sees them, for who sees more than the public; made when it is first asked.
    pub(super) trees: OnceLock<Trees>,
}

/// What one viewer is shown of one record.
#[derive(Default)]
pub struct Face {
    shown: OnceLock<Option<Box<Entry>>>,
}

/// Viewers beside the public whose faces are kept; the one that came first is dropped, and a view holds on to its own.
const MOST_VIEWERS: usize = 32;

impl Faces {
    /// For these records.
    pub fn new(ids: impl Iterator<Item = Id>) -> Self {
        Self { public: Arc::new(ViewerFaces::new(ids)), others: Mutex::default() }
    }

    /// Where the public sees a record; nowhere when it is hidden.
    pub(super) fn public_points(&self, lookup: &dyn Lookup, entry: &Entry) -> Vec<Point> {
        match self.public.get(entry.id) {
            None => points(lookup, entry),
            Some(_) => points_for(lookup, &Viewer::PUBLIC, entry),
        }
    }

    /// The public's.
    pub fn public(&self) -> &ViewerFaces {
        &self.public
    }

    /// A viewer's.
    pub fn row(&self, viewer: &Viewer) -> Arc<ViewerFaces> {
        if self.public.faces.is_empty() || !viewer.sees_more_than_public() {
            return self.public.clone();
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, row)) = others.iter().find(|(of, _)| of == viewer) {
            return row.clone();
        }
        if others.len() >= MOST_VIEWERS {
            others.remove(0);
        }
        // Who runs the instance sees everything as it is stored.
        let ids = self.public.faces.keys().copied().filter(|_| viewer.level != Level::Admin);
        let row = Arc::new(ViewerFaces::new(ids));
        others.push((viewer.clone(), row.clone()));
        row
    }
}

impl ViewerFaces {
    fn new(ids: impl Iterator<Item = Id>) -> Self {
        Self { faces: ids.map(|id| (id, Face::default())).collect(), trees: OnceLock::new() }
    }

    /// Whether everybody sees everything as it is stored.
    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// The face of a record; none when everybody sees it as it is stored.
    pub fn get(&self, id: Id) -> Option<&Face> {
        if self.faces.is_empty() { None } else { self.faces.get(&id) }
    }
}

impl Face {
    /// What the viewer is shown; none when the record is hidden.
    pub(super) fn of(&self, lookup: &dyn Lookup, viewer: &Viewer, entry: &Entry) -> Option<&Entry> {
        let made = || viewer.sees(entry).then(|| Box::new(of(lookup, viewer, entry)));
        self.shown.get_or_init(made).as_deref()
    }
}

/// Whether a record is shown otherwise to some than it is stored: what needs a face.
pub fn is_delicate(lookup: &dyn Lookup, entry: &Entry) -> bool {
    let public = &Viewer::PUBLIC;
    let unseen = |id: Id| lookup.entry(id).is_none_or(|other| !public.sees(other));
    !public.sees(entry)
        || withholds(lookup, public, entry)
        || entry.owner.is_some_and(unseen)
        || entry.links.iter().any(|(_, target)| unseen(*target))
}

/// What a viewer who sees the record is shown of it, as a record.
pub fn of(lookup: &dyn Lookup, viewer: &Viewer, entry: &Entry) -> Entry {
    let withheld = withholds(lookup, viewer, entry);
    let body = shown(lookup, viewer, entry.kind, stored(&entry.body), withheld);
    let mut face = Entry::read(canonical(&body)).expect("what is shown of a record is a record");
    face.withheld = withheld;
    face
}

/// Whether a viewer may not know where a record is. A service at a refuge is as hard to find as the refuge, whether or not
/// the viewer sees that there is one: it looks like any service that is approximate by its own word.
pub fn withholds(lookup: &dyn Lookup, viewer: &Viewer, entry: &Entry) -> bool {
    if !entry.approximate && entry.links.is_empty() {
        return false;
    }
    let mut givers = entry.position_givers().filter_map(|id| lookup.entry(id));
    !viewer.owns(entry) && (entry.approximate || givers.any(|giver| !viewer.sees_exactly(giver)))
}

/// Whether a body of a record's past told of a position that is withheld today: its own, or a place's it was at.
pub fn withheld_then(lookup: &dyn Lookup, viewer: &Viewer, kind: Kind, body: &Body) -> bool {
    let own = body.get("precision").and_then(Value::as_str) == Some("approximate") && !kind.spec().ground;
    let mut givers = kind.spec().givers.iter().flat_map(|role| links_of(body, role));
    // A place that is gone may have been a refuge.
    let hidden = |id: Id| lookup.entry(id).is_none_or(|place| !viewer.sees_exactly(place));
    !viewer.owned(kind, body) && (own || givers.any(hidden))
}

/// A body, of today or of the past, as a viewer is shown it: without links to what is hidden, and, where the position is
/// withheld, with what may stay only. Fields that only some see are taken out by [`without_guarded`].
pub fn shown(lookup: &dyn Lookup, viewer: &Viewer, kind: Kind, mut body: Body, withheld: bool) -> Body {
    let sees = |id: Id| lookup.entry(id).is_some_and(|other| viewer.sees(other));
    let held_somewhere = kind.spec().givers.iter().any(|role| links_of(&body, role).next().is_some());
    if withheld {
        let centre = centre(lookup, viewer, kind, &body);
        withheld::leave(kind, &mut body, centre);
    }
    let owner = body.get("owner").and_then(|owner| owner.as_str()?.parse().ok());
    if owner.is_some_and(|owner| !sees(owner)) {
        body.insert("owner".to_owned(), Value::Null);
    }
    let seen = |id: &Value| id.as_str().and_then(|text| text.parse().ok()).is_some_and(sees);
    if let Some(Value::Object(links)) = body.get_mut("links") {
        for ids in links.values_mut().filter_map(Value::as_array_mut) {
            ids.retain(seen);
        }
        links.retain(|_, ids| ids.as_array().is_some_and(|ids| !ids.is_empty()));
    }
    drop_unlinked(kind, &mut body);
    let held_nowhere = || kind.spec().givers.iter().all(|role| links_of(&body, role).next().is_none());
    if kind.has(ON_REQUEST) && held_somewhere && held_nowhere() {
        body.insert(ON_REQUEST.to_owned(), json!(true));
    }
    body
}

/// Takes out what only some see of a record that they see. `today` is the record's present body: what of an older one is
/// published goes by that.
pub fn without_guarded(viewer: &Viewer, kind: Kind, body: &mut Body, today: &Body) {
    for field in fields_of(kind) {
        let is_shown = match field.seen_by {
            SeenBy::Everyone => true,
            SeenBy::Partners => viewer.level >= Level::Partner,
            SeenBy::Importer if viewer.level == Level::Admin => true,
            SeenBy::Importer => {
                only_published(body, field.name, today);
                true
            }
            SeenBy::ItsView => {
                let view = body.get(field.name).and_then(|value| value.get("view"));
                viewer.level >= Level::of_evidence(view.and_then(Value::as_str))
            }
        };
        if !is_shown {
            body.remove(field.name);
        }
    }
}

/// The text of a body without what only some see of it. What everybody sees is passed on as it is stored, unread: most
/// records that a list brought have columns that are no field.
pub fn spliced(viewer: &Viewer, kind: Kind, body: &str) -> String {
    let parts: BTreeMap<&str, &RawValue> =
        serde_json::from_str(body).expect("stored bodies are objects of plain names");
    let mut guarded = Body::new();
    for name in GUARDED[kind as usize].iter().chain(["published"].iter()) {
        let value = parts.get(name).map(|part| serde_json::from_str(part.get()).expect("a part of JSON is JSON"));
        guarded.extend(value.map(|value| ((*name).to_owned(), value)));
    }
    let today = guarded.clone();
    without_guarded(viewer, kind, &mut guarded, &today);
    let mut text = String::with_capacity(body.len());
    text.push('{');
    for (name, part) in parts {
        let changed = GUARDED[kind as usize].contains(&name).then(|| guarded.get(name).map(Value::to_string));
        let part = match &changed {
            None => part.get(),
            Some(Some(shown)) => shown,
            Some(None) => continue,
        };
        if text.len() > 1 {
            text.push(',');
        }
        write!(text, "\"{name}\":{part}").expect("text takes text");
    }
    text + "}"
}

/// The fields of each kind that not everybody sees.
static GUARDED: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    let guarded = |kind: &Kind| fields_of(*kind).into_iter().filter(|f| f.seen_by != SeenBy::Everyone).map(|f| f.name);
    Kind::ALL.iter().map(|kind| guarded(kind).collect()).collect()
});

/// Of columns that are no field, only those that are published today.
fn only_published(body: &mut Body, field: &str, today: &Body) {
    let Some(Value::Object(mut further)) = body.remove(field) else { return };
    let published = today.get("published").and_then(Value::as_array);
    further.retain(|heading, _| published.is_some_and(|list| list.iter().any(|h| h == heading.as_str())));
    if !further.is_empty() {
        body.insert(field.to_owned(), Value::Object(further));
    }
}

/// Where a viewer sees a record; nowhere when it is hidden.
pub fn points_for(lookup: &dyn Lookup, viewer: &Viewer, entry: &Entry) -> Vec<Point> {
    if !viewer.sees(entry) {
        Vec::new()
    } else if withholds(lookup, viewer, entry) {
        centre_by(lookup, viewer, entry.kind, entry.point, |role| entry.linked(role).collect()).into_iter().collect()
    } else {
        points_through(lookup, entry, |giver| viewer.sees(giver))
    }
}

/// The centre of the cell it is in: by its own point, else by the first place that is shown approximately itself.
fn centre(lookup: &dyn Lookup, viewer: &Viewer, kind: Kind, body: &Body) -> Option<Point> {
    let own = body.get("point").and_then(|point| serde_json::from_value::<Point>(point.clone()).ok());
    centre_by(lookup, viewer, kind, own, |role| links_of(body, role).collect())
}

fn centre_by(
    lookup: &dyn Lookup,
    viewer: &Viewer,
    kind: Kind,
    own: Option<Point>,
    linked: impl Fn(&str) -> Vec<Id>,
) -> Option<Point> {
    let of_role = |role: &&str| {
        let mut ids = linked(role);
        ids.sort_unstable();
        let givers = ids.into_iter().filter_map(|id| lookup.entry(id));
        givers.filter(|giver| giver.approximate && viewer.sees(giver)).find_map(|giver| giver.point)
    };
    own.or_else(|| kind.spec().givers.iter().find_map(of_role)).map(cell::centre)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_spliced_is_the_one_that_is_read_and_written_anew() {
        let viewers = [Level::Public, Level::Partner, Level::Admin].map(|level| Viewer { level, ..Viewer::PUBLIC });
        let further = json!({"Colour": "red, \"or\" {blue}", "Ward": "Derwent"});
        let bodies = [
            (Kind::Place, json!({"name": "é \"x\" {", "zone": {"further": 1}})),
            (Kind::Place, json!({"further": further, "name": "Hall"})),
            (
                Kind::Place,
                json!({"a": 1.50, "further": further, "name": "Hall", "published": ["Ward"], "z": [null, 1e300]}),
            ),
            (Kind::Place, json!({"further": further, "published": ["Colour", "Ward", "Other"]})),
            (Kind::Place, json!({"further": {}, "published": []})),
            (Kind::Organisation, json!({"funding": [{"from": "a fund", "until": "2027-03-31"}], "name": "Trust"})),
            (Kind::Gap, json!({"evidence": {"view": "partners", "result": {"areas": 1}}, "name": "No lunch club"})),
            (Kind::Gap, json!({"evidence": {"view": "public", "query": "/"}, "further": further})),
            (Kind::Gap, json!({"evidence": {"query": "/"}})),
            (Kind::Gap, json!({})),
        ];
        let mut without_anything = 0;
        for (kind, body) in bodies {
            let text = body.to_string();
            for viewer in &viewers {
                let today = stored(&text);
                let mut anew = today.clone();
                without_guarded(viewer, kind, &mut anew, &today);
                without_anything += usize::from(anew.len() < today.len());
                assert_eq!(spliced(viewer, kind, &text), canonical(&anew), "{text} for {:?}", viewer.level);
            }
        }
        assert!(without_anything > 5, "nothing was taken out");
    }
}
