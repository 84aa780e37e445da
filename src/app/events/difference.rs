//! The difference between what the public saw and what it sees: pure, from atlases and changes to events.

use std::collections::HashMap;
use std::sync::Arc;

use crate::atlas::{Atlas, Entry, View, Viewer, Visibility};
use crate::change::{Change, Seq};
use crate::model::{Id, Kind, Point};

/// More events than this at once are told as one: "many".
pub const MOST: usize = 1_000;
/// Bodies of more bytes than this, all together, are told as "many" too.
const MOST_BYTES: usize = 1 << 20;
/// A body larger than this is left out of its event; it is there to be read.
const LARGE: usize = 64 << 10;

/// What became of a record, as the public sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It was not there, and is.
    Added,
    /// It is there, and is another than before.
    Changed,
    /// It was there, and is not: deleted or hidden, which look alike.
    Gone,
}

impl Happening {
    /// As it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Gone => "gone",
        }
    }
}

/// One record that the public sees differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The change that made it so.
    pub seq: Seq,
    /// What became of it.
    pub happening: Happening,
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: Id,
    /// Its version; of what is gone, the last one seen.
    pub version: u32,
    /// What the public is shown of it; none when it is gone, or too large to be sent along.
    pub body: Option<String>,
    /// Where the public sees it.
    pub points: Vec<Point>,
}

/// What there is to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Each record by itself, in the order of changes.
    Each(Vec<Event>),
    /// So much that reading again is less work.
    Many,
    /// What happened can't be told from where the listener was: it must read again.
    Reset,
}

/// From one atlas to a later one in which `touched` were changed.
pub fn between(before: &Arc<Atlas>, after: &Arc<Atlas>, touched: &[(Seq, Id)]) -> Told {
    let (was, is) = (Eyes::new(before), Eyes::new(after));
    let mut found = Found::default();
    for (seq, id) in touched {
        found.note(*id, *seq);
    }
    for (id, seq) in found.by_id.clone() {
        let (old, new) = (was.all.get(id), is.all.get(id));
        if let (Some(old), Some(new)) = (old, new)
            && face(old) != face(new)
        {
            was.standing_on(old).chain(is.standing_on(new)).for_each(|id| found.note(id, seq));
        }
    }
    found.tell(|seq, id| {
        let happening = match (was.public.get(id), is.public.get(id)) {
            (None, None) => return None,
            (None, Some(_)) => Happening::Added,
            (Some(old), None) => return Some(gone(seq, old)),
            (Some(old), Some(new)) => {
                let same =
                    was.public.body(old) == is.public.body(new) && was.public.points(old) == is.public.points(new);
                if same {
                    return None;
                }
                Happening::Changed
            }
        };
        Some(is.event(seq, happening, is.public.get(id)?))
    })
}

/// What these changes mean today for who saw what was public before the first of them. What was public only in
/// between is not told; what stands on something that was hidden or moved is told as changed, even if it looks alike.
pub fn since(changes: &[Change], now: &Arc<Atlas>) -> Told {
    let is = Eyes::new(now);
    let mut found = Found::default();
    let mut once: HashMap<Id, Option<Entry>> = HashMap::new();
    for change in changes {
        let (Some(id), Some(_)) = (change.record, change.kind) else { continue };
        found.note(id, change.seq);
        once.entry(id).or_insert_with(|| change.before.clone().and_then(|body| Entry::read(body).ok()));
    }
    for (id, seq) in found.by_id.clone() {
        if let (Some(Some(old)), Some(new)) = (once.get(&id), is.all.get(id))
            && face(old) != face(new)
        {
            is.standing_on(new).for_each(|id| found.note(id, seq));
        }
    }
    found.tell(|seq, id| {
        let old = match once.get(&id) {
            Some(old) => old.as_ref().filter(|old| old.visibility == Visibility::Public),
            None => is.public.get(id),
        };
        match (old, is.public.get(id)) {
            (None, None) => None,
            (Some(old), None) => Some(gone(seq, old)),
            (old, Some(new)) => {
                let happening = if old.is_some() { Happening::Changed } else { Happening::Added };
                Some(is.event(seq, happening, new))
            }
        }
    })
}

fn gone(seq: Seq, old: &Entry) -> Event {
    let (kind, id, version) = (old.kind, old.id, old.version);
    Event { seq, happening: Happening::Gone, kind, id, version, body: None, points: Vec::new() }
}

/// What of a record decides how others are shown: whether and where it is seen.
fn face(entry: &Entry) -> (Visibility, bool, Option<Point>) {
    (entry.visibility, entry.approximate, entry.point)
}

/// An atlas as the public sees it, and as it is.
struct Eyes {
    public: View,
    all: View,
}

impl Eyes {
    fn new(atlas: &Arc<Atlas>) -> Self {
        let through = |viewer| View::new(atlas.clone(), Arc::default(), viewer);
        Self { public: through(Viewer::PUBLIC), all: through(Viewer::ADMIN) }
    }

    /// Records that are shown otherwise when this one is hidden or moved: those that link to it, and those that an
    /// organisation owns, because they name it.
    fn standing_on<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = Id> + 'a {
        let owned = (entry.kind == Kind::Organisation).then(|| self.public.of_kind(Kind::Place)).into_iter().flatten();
        let owned = owned.filter(|place| place.owner == Some(entry.id));
        self.public.links_to(entry.id).chain(owned).map(|e| e.id)
    }

    fn event(&self, seq: Seq, happening: Happening, entry: &Entry) -> Event {
        let body = self.public.body(entry);
        let body = (body.len() <= LARGE).then(|| body.into_owned());
        let points = self.public.points(entry);
        Event { seq, happening, kind: entry.kind, id: entry.id, version: entry.version, body, points }
    }
}

/// Records to look at, each with the last change that concerns it.
#[derive(Default)]
struct Found {
    by_id: HashMap<Id, Seq>,
}

impl Found {
    fn note(&mut self, id: Id, seq: Seq) {
        let last = self.by_id.entry(id).or_insert(seq);
        *last = seq.max(*last);
    }

    fn tell(self, mut event: impl FnMut(Seq, Id) -> Option<Event>) -> Told {
        let mut order: Vec<(Seq, Id)> = self.by_id.into_iter().map(|(id, seq)| (seq, id)).collect();
        order.sort_unstable();
        let mut events = Vec::new();
        let mut bytes = 0;
        for event in order.into_iter().filter_map(|(seq, id)| event(seq, id)) {
            bytes += event.body.as_ref().map_or(0, String::len);
            events.push(event);
            if events.len() > MOST || bytes > MOST_BYTES {
                return Told::Many;
            }
        }
        Told::Each(events)
    }
}
