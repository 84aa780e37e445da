//! One record in memory: its stored body as text, and beside it the little that indexes and filters need often.

use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::LazyLock;

use super::audience::{Audience, Level};
use super::facets::{Day, Facets, WordSet};
use super::head::Head;
use crate::model::personal::is_redacted;
use crate::model::record::{canonical, fields_of, stored};
use crate::model::service::DELIVERY;
use crate::model::shape::{Field, SeenBy};
use crate::model::{Id, Kind, Owner, Point};

/// A record, ready to be found and handed out.
#[derive(Debug)]
pub struct Entry {
    /// Identity.
    pub id: Id,
    /// Kind.
    pub kind: Kind,
    /// Version.
    pub version: u32,
    /// For whom it is.
    pub audience: Audience,
    /// Its position is shown as the centre of its grid cell.
    pub approximate: bool,
    /// This is what somebody is shown of it who may not know where it is: nothing here tells.
    pub withheld: bool,
    /// Who sees all of its fields.
    pub whole_for: Level,
    /// `type`, where given: one of the words its kind knows (a thin reference, since there are very many entries).
    pub r#type: Option<&'static &'static str>,
    /// A service that reaches people where they are, or of which only its area is known.
    pub remote: bool,
    /// `status`, where given: one of the words its kind knows.
    pub status: Option<&'static &'static str>,
    /// The organisation that owns it.
    pub owner: Option<Id>,
    /// Where it is by its own word.
    pub point: Option<Point>,
    /// References: index of the role in the kind's list, target.
    pub links: Box<[(u8, Id)]>,
    /// Where its name stands in the body, bytes.
    name: (u32, u32),
    /// What few have.
    rare: Option<Box<Rare>>,
    /// What stands in the body for the people who run the instance only, where that is all that is guarded: bytes.
    kept_back: (u32, u32),
    /// What questions read of it.
    pub facets: Facets,
    /// The stored body: canonical JSON of the whole record.
    pub body: Box<str>,
}

/// What few records have: kept apart, so that it costs the others next to nothing.
#[derive(Debug)]
struct Rare {
    /// Its name, where it stands in the body with escapes.
    name: Option<Box<str>>,
    /// Its code, without the set it belongs to.
    code: Option<Box<str>>,
}

/// Ways of delivery for which nobody travels to a place.
pub const REMOTE: [&str; 3] = ["at_home", "telephone", "online"];

impl Entry {
    /// Reads a stored body; `Err` says what is wrong with it (which means that stored data is damaged).
    pub fn read(body: String) -> Result<Self, String> {
        let head: Head<'_> = serde_json::from_str(&body).map_err(|e| e.to_string())?;
        let kind = Kind::by_name(&head.kind).ok_or_else(|| format!("unknown kind {}", head.kind))?;
        let links = head.links.0.iter().filter_map(|(role, target)| Some((kind.link_index(role.text()?)?, *target)));
        let of_role = |name| head.links.of(name).next();
        let facets = Facets::of(&head, kind, &body);
        let comes = WordSet::of(DELIVERY, REMOTE);
        let (mut name, mut rare) = ((0, 0), Rare { name: None, code: None });
        match head.name {
            Cow::Borrowed(text) => {
                let at = (text.as_ptr() as usize - body.as_ptr() as usize) as u32;
                name = (at, at + text.len() as u32);
            }
            Cow::Owned(text) => rare.name = Some(text.into()),
        }
        rare.code = head.code.text().filter(|_| kind.spec().code.is_some()).map(Into::into);
        let is_rare = rare.name.is_some() || rare.code.is_some();
        Ok(Self {
            id: head.id,
            kind,
            version: head.version,
            audience: Audience::of(&head.visibility, of_role("exercise")),
            approximate: head.precision == "approximate" && !kind.spec().ground,
            withheld: false,
            whole_for: whole_for(kind, &body),
            r#type: head.r#type.text().and_then(|word| kind.word("type", word)),
            remote: kind.has("delivery")
                && (facets.delivery.meets(comes) || (head.point.is_none() && of_role("places").is_none())),
            status: head.status.text().and_then(|word| kind.word("status", word)),
            owner: head.owner,
            point: head.point,
            links: links.collect(),
            name,
            rare: is_rare.then(|| Box::new(rare)),
            kept_back: kept_back(kind, &body, head.further.filter(|_| head.published.is_none())),
            facets,
            body: body.into(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        let own = self.rare.as_ref().and_then(|rare| rare.name.as_deref());
        own.unwrap_or_else(|| &self.body[self.name.0 as usize..self.name.1 as usize])
    }

    /// Its code, without the set it belongs to; few have one.
    pub fn code(&self) -> Option<&str> {
        self.rare.as_ref()?.code.as_deref()
    }

    /// The body before and after what is kept back for the people who run the instance, where nothing else of it is
    /// guarded.
    pub(super) fn without_kept_back(&self) -> Option<(&str, &str)> {
        let (from, to) = self.kept_back;
        (to > 0).then(|| (&self.body[..from as usize], &self.body[to as usize..]))
    }

    /// Whether its first or its last day, or words that nobody could read, decide whether it is there.
    pub fn is_dated(&self) -> bool {
        let Facets { unclear, days, .. } = &self.facets;
        unclear.any() || days.as_ref().is_some_and(|d| d.from != Day::Unsaid || d.until != Day::Unsaid)
    }

    /// Whether a question without any words may leave open if it fits: whom it takes depends on where they live, or nobody
    /// could read whether it is there.
    pub fn may_be_left_open(&self) -> bool {
        self.depends_on_where() || self.facets.unclear.any()
    }

    /// Whether it depends on where people live, or are registered, if it takes them.
    pub fn depends_on_where(&self) -> bool {
        let Facets { limited, for_registered, where_unclear, lists, .. } = &self.facets;
        *limited
            && (*for_registered
                || *where_unclear
                || lists.as_ref().is_some_and(|lists| !lists.districts.is_empty())
                || self.linked("service_area").next().is_some())
    }

    /// Whether it comes to everybody who does not travel, by telephone or online.
    pub fn comes_anywhere(&self) -> bool {
        self.remote && self.facets.delivery.meets(WordSet::of(DELIVERY, ["telephone", "online"]))
    }

    /// The organisations it belongs to.
    pub fn owners(&self) -> impl Iterator<Item = Id> + '_ {
        let named = match self.kind.spec().owner {
            Owner::Named(role) => Some(role),
            _ => None,
        };
        self.owner.into_iter().chain(named.into_iter().flat_map(|role| self.linked(role)))
    }

    /// The records it names: those it links to, and whose it is.
    pub fn refers_to(&self) -> impl Iterator<Item = Id> + '_ {
        let owner =
            self.owner.filter(|owner| *owner != self.id && self.links.iter().all(|(_, target)| target != owner));
        self.links.iter().map(|(_, target)| *target).chain(owner)
    }

    /// The targets of one of its roles.
    pub fn linked(&self, role: &str) -> impl Iterator<Item = Id> + '_ {
        let index = self.kind.link_index(role);
        self.links.iter().filter(move |(r, _)| Some(*r) == index).map(|(_, id)| *id)
    }

    /// The records that tell where it is when it doesn't say so itself: places, or a gap's area.
    pub fn position_givers(&self) -> impl Iterator<Item = Id> + '_ {
        self.kind.spec().givers.iter().flat_map(|role| self.linked(role))
    }

    /// Whether every word of a query begins one of its words.
    pub fn holds(&self, query: &[String]) -> bool {
        super::words::all_begin(query, &self.words())
    }

    /// WordSet of its name, description and address; lower case, for the text index.
    pub fn words(&self) -> Vec<String> {
        #[derive(Deserialize)]
        struct Texts<'a> {
            #[serde(borrow)]
            address: Option<Cow<'a, str>>,
            #[serde(borrow)]
            postcode: Option<Cow<'a, str>>,
            #[serde(borrow)]
            description: Option<Cow<'a, str>>,
            #[serde(borrow, default)]
            words: Vec<Cow<'a, str>>,
        }
        let mut words = super::words::of(self.name());
        // Rarely, a text was redacted and is none any more.
        let legible = if self.body.contains(r#"{"redacted":true}"#) {
            without_redacted(&self.body)
        } else {
            Cow::Borrowed(&*self.body)
        };
        if let Ok(texts) = serde_json::from_str::<Texts<'_>>(&legible) {
            for text in [texts.address, texts.postcode, texts.description].iter().flatten() {
                words.extend(super::words::of(text));
            }
            words.extend(texts.words.iter().flat_map(|t| super::words::of(t)));
        }
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// Where columns that are no field stand in a body, with their name and a comma, when that is all of it that not everybody
/// sees.
fn kept_back(kind: Kind, body: &str, further: Option<&RawValue>) -> (u32, u32) {
    const NAME: &str = "\"further\":";
    let Some(further) = further else { return (0, 0) };
    if there(kind, body).any(|(name, _)| name != "further") {
        return (0, 0);
    }
    let at = further.get().as_ptr() as usize - body.as_ptr() as usize;
    let (from, to) = (at - NAME.len(), at + further.get().len());
    let (from, to) = if body[..from].ends_with(',') { (from - 1, to) } else { (from, to + 1) };
    (from as u32, to as u32)
}

/// Who sees all of a body: decided by the fields that its text seems to have. To take one for there that is not (its
/// name stands in a text) costs time, and shows nobody more.
fn whole_for(kind: Kind, body: &str) -> Level {
    there(kind, body).map(|(_, level)| level).max().unwrap_or(Level::Public)
}

/// The guarded fields that a body seems to have.
fn there(kind: Kind, body: &str) -> impl Iterator<Item = (&'static str, Level)> {
    static GUARDED: LazyLock<Vec<Vec<Guarded>>> =
        LazyLock::new(|| Kind::ALL.iter().map(|kind| guarded(*kind)).collect());
    let there = GUARDED[kind as usize].iter().filter(|guarded| guarded.finder.find(body.as_bytes()).is_some());
    there.map(|guarded| (guarded.name, guarded.level))
}

/// A field that not everybody sees, as it stands in a body.
struct Guarded {
    name: &'static str,
    finder: Finder<'static>,
    level: Level,
}

fn guarded(kind: Kind) -> Vec<Guarded> {
    let level = |field: &Field| match field.seen_by {
        SeenBy::Everyone => None,
        SeenBy::Partners => Some(Level::Partner),
        SeenBy::Importer | SeenBy::ItsView => Some(Level::Admin),
    };
    let finder = |name: &str| Finder::new(&format!("\"{name}\":")).into_owned();
    let guarded = |field: &Field| Some(Guarded { name: field.name, finder: finder(field.name), level: level(field)? });
    fields_of(kind).iter().filter_map(guarded).collect()
}

fn without_redacted(body: &str) -> Cow<'_, str> {
    let mut body = stored(body);
    body.retain(|_, value| !is_redacted(value));
    Cow::Owned(canonical(&body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_takes_little_beside_its_body() {
        // With the two counts of an `Arc`, a block of 224 bytes.
        assert!(size_of::<Entry>() <= 208, "{}", size_of::<Entry>());
    }
    use serde_json::{Value, json};

    fn entry(said: Value) -> Entry {
        let mut body = json!({"id": "01a204c4-2d86-7071-ace9-000000000001", "kind": "place", "version": 1, "links": {},
            "name": "Hall", "visibility": "public", "precision": "exact"});
        body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        Entry::read(body.to_string()).unwrap()
    }

    #[test]
    fn a_name_is_as_it_was_given_with_escapes_and_without() {
        for name in ["Hall", "", "Dŵr & \"Tŷ\"", "a\nb", "é\u{1f600}", "\\"] {
            assert_eq!(entry(json!({"name": name})).name(), name);
        }
    }

    #[test]
    fn what_is_kept_back_is_cut_out_where_nothing_else_is_guarded() {
        let cut = |said: Value| entry(said).without_kept_back().map(|(a, b)| [a, b].concat());
        let mut plain = stored(&entry(json!({})).body);
        let further = json!({"Ward": "a, \"b\" {c}", "further": "x"});
        assert_eq!(cut(json!({"further": further})), Some(canonical(&plain)));
        plain.insert("zone".to_owned(), json!(1));
        assert_eq!(cut(json!({"further": {}, "zone": 1})), Some(canonical(&plain)));
        assert_eq!(cut(json!({})), None);
        assert_eq!(cut(json!({"further": further, "published": []})), None, "what is published has to be looked for");
        assert_eq!(cut(json!({"further": further, "funding": []})), None, "something else is guarded");
    }
}
