//! The few facts of a record that questions read, beside its body: read once, when it comes into memory.

use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

use super::head::{Eligibility, Head};
use super::interned::Interned;
use super::lenient::{Scalar, Texts};
use crate::model::Kind;
use crate::model::common::REFERRAL_ROUTES;
use crate::model::hours::Times;
use crate::model::service::{ACCEPTING, DELIVERY, FOR};
use crate::model::withheld::FOR_WHOM;

/// What a record says of itself. Whatever is not said, or is of a type it should not be, is unknown.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    /// How it reaches people: words of [`DELIVERY`].
    pub delivery: WordSet,
    /// Who may refer: words of [`REFERRAL_ROUTES`].
    pub referral: WordSet,
    /// Whether it takes people on: a word of [`ACCEPTING`].
    pub accepting: WordSet,
    /// Whose it is, where that is not people's: a word of [`FOR`].
    pub for_others: WordSet,
    /// The youngest and the oldest it takes, years, as far as it says.
    pub ages: (Option<u8>, Option<u8>),
    /// It says for whom it is: areas, districts, ages, practices; or says it in words that nobody could read.
    pub limited: bool,
    /// A bound of age was given in words that nobody could read.
    pub ages_unclear: bool,
    /// It takes only people who are registered with certain practices.
    pub for_registered: bool,
    /// Where the people live whom it takes was given in words that nobody could read.
    pub where_unclear: bool,
    /// What of its life was given in words that nobody could read.
    pub unclear: Unclear,
    /// Whether it costs nothing.
    pub free: Option<bool>,
    /// Whether it has free places.
    pub free_places: Option<bool>,
    /// Whether one gets in without steps, whether it has an accessible toilet, and accessible parking: [`ACCESS`].
    pub accessible: [Option<bool>; 3],
    /// Its days, where it names any.
    pub days: Option<Box<Days>>,
    /// When it is open.
    pub times: Option<Arc<Times>>,
    /// What it lists.
    pub lists: Option<Arc<Lists>>,
}

/// WordSet for what [`Facets::accessible`] tells, in its order.
pub const ACCESS: [&str; 3] = ["step_free", "toilet", "parking"];

/// What of a record's life nobody could read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unclear {
    /// Its status.
    pub status: bool,
    /// Its first day.
    pub from: bool,
    /// Its last day.
    pub until: bool,
}

impl Unclear {
    /// Whether any of it.
    pub fn any(self) -> bool {
        self.status || self.from || self.until
    }
}

/// Days that a record names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// When it was checked.
    pub checked: Checked,
}

/// A day, as it was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Day {
    /// Not at all.
    #[default]
    Unsaid,
    /// As something that is no day.
    Unread,
    /// This one.
    On(Date),
}

impl Day {
    fn of(said: Option<&Scalar<'_>>) -> Self {
        match said {
            None => Self::Unsaid,
            Some(said) => said.text().and_then(|text| text.parse().ok()).map_or(Self::Unread, Self::On),
        }
    }

    /// The day.
    pub fn date(self) -> Option<Date> {
        if let Self::On(date) = self { Some(date) } else { None }
    }
}

/// When a record was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Checked {
    /// It does not say.
    #[default]
    Unsaid,
    /// On a day.
    On(Date),
    /// At a moment, in whole seconds since 1970.
    At(i64),
}

/// Lists that few records have.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Languages without their regions, lower case.
    pub languages: Vec<Box<str>>,
    /// Codes of the districts that people must live in.
    pub districts: Vec<String>,
}

/// Some words of a list of words that the model knows, and whether there were others beside them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WordSet(u16);

/// The bit of words that nobody knows: older releases took any.
const OTHER: u16 = 1 << 15;

impl WordSet {
    /// These of the words in `list`.
    pub fn of<'a>(list: &[&str], said: impl IntoIterator<Item = &'a str>) -> Self {
        let bit = |word: &str| list.iter().position(|known| *known == word).map_or(OTHER, |at| 1 << at);
        Self(said.into_iter().fold(0, |bits, word| bits | bit(word)))
    }

    /// Whether nothing was said.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a word is among both.
    pub fn meets(self, other: WordSet) -> bool {
        self.0 & other.0 & !OTHER != 0
    }

    /// Whether any of these words is said; none when nothing is.
    pub fn any(self, wanted: WordSet) -> Option<bool> {
        (!self.is_empty()).then(|| self.meets(wanted))
    }

    /// Those of both.
    pub fn with(self, others: WordSet) -> Self {
        Self(self.0 | others.0)
    }

    /// Those that are not among `others`.
    pub fn without(self, others: WordSet) -> Self {
        Self(self.0 & !others.0)
    }
}

static TIMES: Interned<Times> = Interned::new();
static LISTS: Interned<Lists> = Interned::new();

/// Reads all opening times that some record has, rather than when somebody asks.
pub fn prepare_times() {
    TIMES.all().iter().for_each(|times| times.prepare());
}

impl Facets {
    /// The facts that the head of a body tells of a record of this kind.
    pub(super) fn of(head: &Head<'_>, kind: Kind, body: &str) -> Self {
        let is_unclear = |path: &str| head.unclear.given().is_some_and(|mut names| names.any(|name| name == path));
        let words =
            |list: &[&str], said: &Texts<'_>| said.given().map_or(WordSet::default(), |said| WordSet::of(list, said));
        let eligibility = head.eligibility.as_ref().map(|group| &group.0);
        let age = |bound: fn(&Eligibility<'_>) -> Option<i64>| {
            eligibility.and_then(bound).map(|years| years.clamp(0, i64::from(u8::MAX)) as u8)
        };
        let access = &head.accessible.0;
        let whose = head.r#for.text().filter(|whose| *whose != FOR[0]);
        let times = kind.spec().times.and_then(|field| head.times(field, body));
        Facets {
            delivery: words(DELIVERY, &head.delivery),
            referral: words(REFERRAL_ROUTES, &head.referral),
            accepting: WordSet::of(ACCEPTING, head.accepting.0.value.text()),
            for_others: WordSet::of(FOR, whose),
            ages: (age(|e| e.min_age.whole()), age(|e| e.max_age.whole())),
            limited: eligibility.is_some()
                || head.links.of("service_area").next().is_some()
                || FOR_WHOM.iter().any(|path| is_unclear(path)),
            ages_unclear: is_unclear("eligibility.min_age") || is_unclear("eligibility.max_age"),
            for_registered: eligibility.is_some_and(|e| e.practices.0.as_ref().is_some_and(|list| !list.is_empty())),
            where_unclear: ["service_area", "eligibility.districts", "eligibility.practices"]
                .iter()
                .any(|p| is_unclear(p)),
            unclear: Unclear { status: is_unclear("status"), from: is_unclear("from"), until: is_unclear("until") },
            free: head.cost.0.free.flag(),
            free_places: head.capacity.0.free.number().map(|free| free > 0.0),
            accessible: [access.step_free.flag(), access.toilet.flag(), access.parking.flag()],
            days: days(head),
            times: times
                .map(|said| TIMES.of(said.get(), || Times::of(serde_json::from_str(said.get()).unwrap_or_default()))),
            lists: lists(head, eligibility),
        }
    }
}

fn days(head: &Head<'_>) -> Option<Box<Days>> {
    let checked = head.assured.0.at.text().map_or(Checked::Unsaid, |at| match at.parse::<Timestamp>() {
        Ok(moment) => Checked::At(moment.as_second()),
        Err(_) => at.parse().map_or(Checked::Unsaid, Checked::On),
    });
    let days = Days { from: Day::of(head.from.as_ref()), until: Day::of(head.until.as_ref()), checked };
    (days != Days::default()).then(|| Box::new(days))
}

fn lists(head: &Head<'_>, eligibility: Option<&Eligibility<'_>>) -> Option<Arc<Lists>> {
    let languages: Vec<&str> = head.languages.given().into_iter().flatten().collect();
    let districts: Vec<&str> = eligibility.and_then(|e| e.districts.given()).into_iter().flatten().collect();
    if languages.is_empty() && districts.is_empty() {
        return None;
    }
    let key = format!("{}\n{}", languages.join("\t"), districts.join("\t"));
    let made = || Lists {
        languages: languages.iter().map(|tag| language(tag).into()).collect(),
        districts: districts.iter().map(|code| (*code).to_owned()).collect(),
    };
    Some(LISTS.of(&key, made))
}

/// A language without its region, lower case: `en` of `en-GB`.
pub fn language(tag: &str) -> String {
    tag.split('-').next().unwrap_or(tag).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::Entry;
    use serde_json::{Value, json};

    fn facets(kind: Kind, said: Value) -> Facets {
        let mut body = json!({"id": "01a204c4-2d86-7071-ace9-000000000001", "kind": kind.name(), "version": 1,
            "links": {}, "name": "A \"quoted\" name", "visibility": "public", "precision": "exact"});
        body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        Entry::read(body.to_string()).unwrap().facets
    }

    #[test]
    fn what_a_record_says_is_read_and_silence_stays_silence() {
        let said = facets(
            Kind::Service,
            json!({"delivery": ["at_home", "by owl"], "referral": ["gp"], "accepting": {"value": "no"}, "for": "professionals",
                "eligibility": {"min_age": 18, "districts": ["E07000028"], "practices": ["A1"]}, "cost": {"free": false},
                "capacity": {"free": 0.5}, "languages": ["en-GB", "PL"], "from": "2026-01-31", "until": "soon",
                "assured": {"at": "2026-02-03"}, "schedule": "Mo 10:00-12:00", "unclear": ["status", "eligibility.max_age"]}),
        );
        assert!(
            said.delivery.meets(WordSet::of(DELIVERY, ["at_home"]))
                && !said.delivery.meets(WordSet::of(DELIVERY, ["online", "by cart"]))
        );
        assert_eq!(said.referral.any(WordSet::of(REFERRAL_ROUTES, ["self"])), Some(false));
        assert_eq!(said.accepting, WordSet::of(ACCEPTING, ["no"]));
        assert_eq!(said.for_others, WordSet::of(FOR, ["professionals"]));
        assert_eq!((said.ages, said.ages_unclear, said.limited), ((Some(18), None), true, true));
        assert!(said.for_registered && !said.where_unclear);
        assert_eq!(said.unclear, Unclear { status: true, ..Unclear::default() });
        assert_eq!((said.free, said.free_places), (Some(false), Some(true)));
        let days = said.days.unwrap();
        assert_eq!((days.from.date(), days.until), (Some(Date::constant(2026, 1, 31)), Day::Unread));
        assert_eq!(days.checked, Checked::On(Date::constant(2026, 2, 3)));
        assert!(said.times.is_some());
        let lists = said.lists.unwrap();
        assert_eq!(
            (lists.languages.join(" "), lists.districts.join(" ")),
            ("en pl".to_owned(), "E07000028".to_owned())
        );

        let silent = facets(
            Kind::Service,
            json!({"from": null, "eligibility": null, "hours": "Mo 10:00-12:00", "for": "people"}),
        );
        assert_eq!(silent.delivery.any(WordSet::of(DELIVERY, ["online"])), None);
        assert!(silent.for_others.is_empty() && !silent.limited && silent.days.is_none() && silent.lists.is_none());
        assert!(silent.times.is_none(), "hours are a place's");
        assert_eq!((silent.ages, silent.free, silent.free_places), ((None, None), None, None));
    }

    #[test]
    fn what_is_redacted_or_of_another_type_is_not_said() {
        let redacted = json!({"redacted": true});
        let odd = [
            redacted,
            json!(7),
            json!("x"),
            json!([1]),
            json!(true),
            json!({"min_age": "old", "value": 1, "free": "no", "at": 5}),
        ];
        let names = [
            "delivery",
            "referral",
            "languages",
            "eligibility",
            "accepting",
            "capacity",
            "cost",
            "accessible",
            "assured",
            "for",
            "schedule",
            "unclear",
        ];
        for value in &odd {
            let body: serde_json::Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), value.clone())).collect();
            let said = facets(Kind::Service, Value::Object(body));
            assert_eq!(
                (said.ages, said.free, said.free_places, said.accessible),
                ((None, None), None, None, [None; 3]),
                "{value}"
            );
            assert!(said.accepting.is_empty() && said.days.is_none() && said.lists.is_none(), "{value}");
        }
    }

    #[test]
    fn times_that_are_alike_are_one() {
        let of = |text: &str| facets(Kind::Place, json!({"hours": text})).times.unwrap();
        let (a, b) = (of("Mo 10:00-12:01"), of("Mo 10:00-12:02"));
        assert!(Arc::ptr_eq(&a, &of("Mo 10:00-12:01")) && !Arc::ptr_eq(&a, &b));
    }
}
