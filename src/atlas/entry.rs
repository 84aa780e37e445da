//! One record in memory: its stored body as text, and beside it the little that indexes and filters need often.

use memchr::memmem::Finder;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::audience::{Audience, Level};
use crate::model::personal::is_redacted;
use crate::model::record::{canonical, fields_of, stored};
use crate::model::shape::{Field, SeenBy};
use crate::model::withheld::FOR_WHOM;
use crate::model::{Id, Kind, Owner, Point, service};

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
    /// Its code, without the set it belongs to; few have one.
    pub code: Option<Box<Box<str>>>,
    /// A service that reaches people where they are, or of which only its area is known.
    pub remote: bool,
    /// It says for whom it is: areas, districts, ages, practices; or says it in words that nobody could read.
    pub limited: bool,
    /// Whether it is there depends on the day, or on words that nobody could read.
    pub dated: bool,
    /// Its status, its first or its last day was given in words that nobody could read.
    pub unclear: bool,
    /// It says that it is for others than people: for professionals or organisations.
    pub for_others: bool,
    /// `status`, where given: one of the words its kind knows.
    pub status: Option<&'static &'static str>,
    /// The organisation that owns it.
    pub owner: Option<Id>,
    /// Where it is by its own word.
    pub point: Option<Point>,
    /// References: index of the role in the kind's list, target.
    pub links: Box<[(u8, Id)]>,
    /// Its name.
    pub name: Box<str>,
    /// The stored body: canonical JSON of the whole record.
    pub body: Box<str>,
}

/// Ways of delivery for which nobody travels to a place.
pub const REMOTE: [&str; 3] = ["at_home", "telephone", "online"];

/// The parts of a body that are read when it comes into memory.
#[derive(Deserialize)]
struct Head<'a> {
    id: Id,
    version: u32,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    visibility: Cow<'a, str>,
    #[serde(borrow)]
    precision: Cow<'a, str>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    owner: Option<Id>,
    point: Option<Point>,
    #[serde(borrow)]
    links: BTreeMap<Cow<'a, str>, Vec<Id>>,
    #[serde(borrow, default)]
    delivery: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    unclear: Vec<Cow<'a, str>>,
    from: Option<IgnoredAny>,
    until: Option<IgnoredAny>,
    eligibility: Option<IgnoredAny>,
    #[serde(borrow)]
    r#for: Option<Cow<'a, str>>,
    #[serde(borrow)]
    r#type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
}

impl Entry {
    /// Reads a stored body; `Err` says what is wrong with it (which means that stored data is damaged).
    pub fn read(body: String) -> Result<Self, String> {
        let head: Head<'_> = serde_json::from_str(&body).map_err(|e| e.to_string())?;
        let kind = Kind::by_name(&head.kind).ok_or_else(|| format!("unknown kind {}", head.kind))?;
        let links = head.links.iter().flat_map(|(role, targets)| {
            let role = kind.link_index(role);
            targets.iter().filter_map(move |target| Some((role?, *target)))
        });
        let unclear = |names: &[&str]| head.unclear.iter().any(|name| names.contains(&name.as_ref()));
        let unclear_when = unclear(&["status", "from", "until"]);
        Ok(Self {
            id: head.id,
            kind,
            version: head.version,
            audience: Audience::of(&head.visibility, head.links.get("exercise").and_then(|ids| ids.first().copied())),
            approximate: head.precision == "approximate" && !kind.spec().ground,
            withheld: false,
            whole_for: whole_for(kind, &body),
            r#type: head.r#type.and_then(|word| kind.word("type", &word)),
            code: head.code.filter(|_| kind.spec().code.is_some()).map(|code| Box::new(code.into())),
            remote: kind.has("delivery")
                && (head.delivery.iter().any(|way| REMOTE.contains(&way.as_ref()))
                    || (head.point.is_none() && !head.links.contains_key("places"))),
            limited: head.eligibility.is_some() || head.links.contains_key("service_area") || unclear(&FOR_WHOM),
            dated: unclear_when || head.from.is_some() || head.until.is_some(),
            unclear: unclear_when,
            for_others: head.r#for.is_some_and(|whose| whose != service::FOR[0]),
            status: head.status.and_then(|word| kind.word("status", &word)),
            owner: head.owner,
            point: head.point,
            links: links.collect(),
            name: head.name.into(),
            body: body.into(),
        })
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

    /// Words of its name, description and address; lower case, for the text index.
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
        let mut words = super::words::of(&self.name);
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

/// Who sees all of a body: decided by the fields that its text seems to have. To take one for there that is not (its
/// name stands in a text) costs time, and shows nobody more.
fn whole_for(kind: Kind, body: &str) -> Level {
    static GUARDED: LazyLock<Vec<Vec<(Finder<'static>, Level)>>> =
        LazyLock::new(|| Kind::ALL.iter().map(|kind| guarded(*kind)).collect());
    let there = GUARDED[kind as usize].iter().filter(|(name, _)| name.find(body.as_bytes()).is_some());
    there.map(|(_, level)| *level).max().unwrap_or(Level::Public)
}

/// The fields of a kind that not everybody sees, as they stand in a body.
fn guarded(kind: Kind) -> Vec<(Finder<'static>, Level)> {
    let level = |field: &Field| match field.seen_by {
        SeenBy::Everyone => None,
        SeenBy::Partners => Some(Level::Partner),
        SeenBy::Importer | SeenBy::ItsView => Some(Level::Admin),
    };
    let named = |name: &str| Finder::new(&format!("\"{name}\":")).into_owned();
    fields_of(kind).iter().filter_map(|field| Some((named(field.name), level(field)?))).collect()
}

fn without_redacted(body: &str) -> Cow<'_, str> {
    let mut body = stored(body);
    body.retain(|_, value| !is_redacted(value));
    Cow::Owned(canonical(&body))
}
