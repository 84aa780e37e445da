//! The difference between what the public saw and what it sees: pure, from atlases and changes to events.

use std::collections::HashMap;
use std::sync::Arc;

use crate::atlas::{Atlas, Audience, Entry, View, Viewer};
use crate::change::{Change, Seq};
use crate::model::{Id, Kind, Point};

/// More events than this at once are told as one: "many".
pub const MOST_EVENTS: usize = 1_000;
/// Bodies of more bytes than this, all together, are told as "many" too.
const MOST_EVENT_BYTES: usize = 1 << 20;
/// A body larger than this is left out of its event; it is there to be read.
const LARGEST_EVENT_BODY: usize = 64 << 10;

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

/// What some changes of one record went through, as far as it matters to the public.
#[derive(Default)]
pub struct Course {
    begun: bool,
    /// The last of the changes.
    seq: Seq,
    /// It was public before the first of them.
    began_public: bool,
    /// Its kind and version when it was public last.
    shown: Option<(Kind, u32)>,
    /// What decides how others are shown changed at least once.
    moved: bool,
}

impl Course {
    /// One change more: what the record was before it and is after it, each with what the public saw then.
    pub fn take(&mut self, seq: Seq, old: Option<(&Entry, &View)>, new: Option<(&Entry, &View)>) {
        let public = |entry: &Entry| entry.audience == Audience::Public;
        if !std::mem::replace(&mut self.begun, true) {
            self.began_public = old.is_some_and(|(entry, _)| public(entry));
        }
        self.seq = seq.max(self.seq);
        self.moved |= matches!((old, new), (Some(old), Some(new)) if face(old) != face(new));
        for (entry, _) in [old, new].into_iter().flatten().filter(|(entry, _)| public(entry)) {
            self.shown = Some((entry.kind, entry.version));
        }
    }
}

/// What of a record decides how others are shown: whether, how exactly and where the public sees it.
fn face((entry, eyes): (&Entry, &View)) -> (bool, bool, Vec<Point>) {
    let public = entry.audience == Audience::Public;
    (public, entry.approximate, if public { eyes.points(entry) } else { Vec::new() })
}

/// The records that changes were about.
pub type Touched = HashMap<Id, Course>;

/// Notes what changed from one atlas to the next.
pub fn note(touched: &mut Touched, before: &Arc<Atlas>, after: &Arc<Atlas>, changes: &[Change]) {
    let (was, is) = (Eyes::new(before), Eyes::new(after));
    for (change, id) in changes.iter().filter_map(|c| c.kind.and(c.record).map(|id| (c, id))) {
        touched.entry(id).or_default().take(change.seq, was.with(id), is.with(id));
    }
}

/// The same from the log, for a time that no atlas is left of.
pub fn noted(changes: &[Change], now: &Arc<Atlas>) -> Touched {
    let eyes = Eyes::new(now);
    let read = |body: &Option<String>| body.clone().and_then(|body| Entry::read(body).ok());
    let mut touched = Touched::new();
    for (change, id) in changes.iter().filter_map(|c| c.kind.and(c.record).map(|id| (c, id))) {
        let (old, new) = (read(&change.before), read(&change.after));
        let old = old.as_ref().map(|entry| (entry, &eyes.public));
        let new = new.as_ref().map(|entry| (entry, &eyes.public));
        touched.entry(id).or_default().take(change.seq, old, new);
    }
    touched
}

/// What these changes mean for somebody who heard an unknown part of them: a listener may have joined in the middle, or a
/// stream may have broken off between an event and its id. So every record that was touched is told as it is now, and
/// every record that was public at any moment and no longer is, as gone. A service held at a place that was hidden or
/// moved at any moment is told as changed, even if it looks the same as before.
pub fn tell(touched: &Touched, now: &Arc<Atlas>) -> Told {
    let is = Eyes::new(now);
    let mut order: HashMap<Id, Seq> = touched.iter().map(|(id, past)| (*id, past.seq)).collect();
    for (id, past) in touched.iter().filter(|(_, past)| past.moved) {
        for other in is.all.get(*id).into_iter().flat_map(|entry| is.standing_on(entry)) {
            let last = order.entry(other).or_insert(past.seq);
            *last = past.seq.max(*last);
        }
    }
    let mut order: Vec<(Seq, Id)> = order.into_iter().map(|(id, seq)| (seq, id)).collect();
    order.sort_unstable();
    let mut events = Vec::new();
    let mut bytes = 0;
    for event in order.into_iter().filter_map(|(seq, id)| is.event(seq, id, touched.get(&id))) {
        bytes += event.body.as_ref().map_or(0, String::len);
        events.push(event);
        if events.len() > MOST_EVENTS || bytes > MOST_EVENT_BYTES {
            return Told::Many;
        }
    }
    Told::Each(events)
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

    fn with(&self, id: Id) -> Option<(&Entry, &View)> {
        Some((self.all.get(id)?, &self.public))
    }

    /// Records that are shown otherwise when this one is hidden or moved: those that name it.
    fn standing_on<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = Id> + 'a {
        self.all.links_to(entry.id).map(|e| e.id)
    }

    fn event(&self, seq: Seq, id: Id, past: Option<&Course>) -> Option<Event> {
        let Some(entry) = self.public.get(id) else {
            let (kind, version) = past?.shown?;
            return Some(Event { seq, happening: Happening::Gone, kind, id, version, body: None, points: Vec::new() });
        };
        let happening = match past {
            Some(past) if !past.began_public => Happening::Added,
            _ => Happening::Changed,
        };
        let body = self.public.body(entry);
        let body = (body.len() <= LARGEST_EVENT_BODY).then(|| body.into_owned());
        let points = self.public.points(entry);
        Some(Event { seq, happening, kind: entry.kind, id, version: entry.version, body, points })
    }
}
