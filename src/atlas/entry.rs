//! One record in memory: its stored body as text, and beside it the little that indexes and filters need often.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::BTreeMap;

use super::view::Level;
use crate::model::personal::is_redacted;
use crate::model::record::{canonical, stored};
use crate::model::{Id, Kind, Point};

/// Who may see a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Everyone.
    Public,
    /// Accounts with a role on this instance.
    Partners,
    /// Its own organisation.
    Organisation,
}

/// A record, ready to be found and handed out.
#[derive(Debug)]
pub struct Entry {
    /// Identity.
    pub id: Id,
    /// Kind.
    pub kind: Kind,
    /// Version.
    pub version: u32,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its position is shown as the centre of its grid cell.
    pub approximate: bool,
    /// Who sees all of its fields: funding is for partners, evidence for who sees as much as its maker did.
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

/// Fields that say for whom something is, as lists of unclear ones name them.
const FOR_WHOM: [&str; 5] =
    ["service_area", "eligibility.districts", "eligibility.practices", "eligibility.min_age", "eligibility.max_age"];

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
    funding: Option<IgnoredAny>,
    further: Option<IgnoredAny>,
    eligibility: Option<IgnoredAny>,
    #[serde(borrow)]
    r#type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    evidence: Option<Evidence<'a>>,
}

#[derive(Deserialize)]
struct Evidence<'a> {
    #[serde(borrow, default)]
    view: Cow<'a, str>,
}

/// Who may see evidence that was found with this view.
pub fn evidence_level(view: &str) -> Level {
    match view {
        "organisation" => Level::Admin,
        "partners" => Level::Partner,
        _ => Level::Public,
    }
}

impl Entry {
    /// Reads a stored body; `Err` says what is wrong with it (which means that stored data is damaged).
    pub fn read(body: String) -> Result<Self, String> {
        let head: Head<'_> = serde_json::from_str(&body).map_err(|e| e.to_string())?;
        let kind = Kind::by_name(&head.kind).ok_or_else(|| format!("unknown kind {}", head.kind))?;
        let links = head.links.iter().flat_map(|(role, targets)| {
            let role = kind.role_index(role);
            targets.iter().filter_map(move |target| Some((role?, *target)))
        });
        let unclear = |names: &[&str]| head.unclear.iter().any(|name| names.contains(&name.as_ref()));
        let unclear_when = unclear(&["status", "from", "until"]);
        Ok(Self {
            id: head.id,
            kind,
            version: head.version,
            visibility: match head.visibility.as_ref() {
                "public" => Visibility::Public,
                "partners" => Visibility::Partners,
                _ => Visibility::Organisation,
            },
            approximate: head.precision == "approximate" && !kind.spec().ground,
            whole_for: head.evidence.map_or(Level::Public, |e| evidence_level(&e.view)).max(
                match (head.further, head.funding) {
                    (Some(_), _) => Level::Admin,
                    (None, Some(_)) => Level::Partner,
                    (None, None) => Level::Public,
                },
            ),
            r#type: head.r#type.and_then(|word| kind.word("type", &word)),
            code: head.code.filter(|_| kind.spec().code.is_some()).map(|code| Box::new(code.into())),
            remote: kind.has("delivery")
                && (head.delivery.iter().any(|way| REMOTE.contains(&way.as_ref()))
                    || (head.point.is_none() && !head.links.contains_key("places"))),
            limited: head.eligibility.is_some() || head.links.contains_key("service_area") || unclear(&FOR_WHOM),
            dated: unclear_when || head.from.is_some() || head.until.is_some(),
            unclear: unclear_when,
            status: head.status.and_then(|word| kind.word("status", &word)),
            owner: head.owner,
            point: head.point,
            links: links.collect(),
            name: head.name.into(),
            body: body.into(),
        })
    }

    /// The targets of one of its roles.
    pub fn linked(&self, role: &str) -> impl Iterator<Item = Id> + '_ {
        let index = self.kind.role_index(role);
        self.links.iter().filter(move |(r, _)| Some(*r) == index).map(|(_, id)| *id)
    }

    /// The records that tell where it is when it doesn't say so itself: places, or a gap's area.
    pub fn position_givers(&self) -> impl Iterator<Item = Id> + '_ {
        self.kind.spec().givers.iter().flat_map(|role| self.linked(role))
    }

    /// Words of its name, description and, where its position is shown, address; lower case, for the text index.
    pub fn words(&self, with_position: bool) -> Vec<String> {
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
            let open = with_position && !self.approximate;
            for text in [texts.address.filter(|_| open), texts.postcode.filter(|_| open), texts.description] {
                words.extend(text.iter().flat_map(|t| super::words::of(t)));
            }
            words.extend(texts.words.iter().flat_map(|t| super::words::of(t)));
        }
        words.sort_unstable();
        words.dedup();
        words
    }
}

fn without_redacted(body: &str) -> Cow<'_, str> {
    let mut body = stored(body);
    body.retain(|_, value| !is_redacted(value));
    Cow::Owned(canonical(&body))
}
