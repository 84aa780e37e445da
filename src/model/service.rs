//! Service: what is done for people, for whom, and how they get in.

use super::common::{ADDRESS, CONTACT, COST, EMAIL, FROM, FUNDING, PHONE, POSTCODE, REFERRAL, STATUS, UNTIL, WEBSITE};
use super::kind::Kind;
use super::problem::{Code, Problems};
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};
use super::withheld::ON_REQUEST;
use serde_json::{Map, Value};

/// Ways a service reaches people.
pub const DELIVERY: &[&str] = &["at_place", "outreach", "at_home", "telephone", "online"];

/// Words for whose service it is; silence is people's.
pub const FOR: &[&str] = &["people", "professionals", "organisations"];

/// Words for whether it takes people now.
pub const ACCEPTING: &[&str] = &["yes", "waiting_list", "no", "unknown"];

pub(super) const SPEC: Spec = Spec {
    name: "service",
    plural: "services",
    doc: "What is done for people: a group, an activity, a clinic, a telephone line.",
    fields: &[
        Field::new("delivery", Shape::List(&Shape::Word(DELIVERY)), "how it reaches people").stays(),
        Field::new(
            "for",
            Shape::Word(FOR),
            "whose service it is: people's unless said; what is for professionals or organisations is not looked for \
             on behalf of a person",
        )
        .stays(),
        Field::new(
            "does",
            Shape::List(&Shape::Group(&[
                Field::new("provider", Shape::Linked("provider"), "one of its providers").required(),
                Field::new("text", Shape::Prose(300), "what this one does in it").required(),
            ])),
            "what each of several providers does",
        ),
        Field::new("eligibility", Shape::Group(ELIGIBILITY), "whom it is for"),
        REFERRAL,
        Field::new(
            "accepting",
            Shape::Group(&[
                Field::new("value", Shape::Word(ACCEPTING), "whether it takes people").required(),
                Field::new("at", Shape::Moment, "when that was known"),
            ]),
            "whether it takes people now",
        )
        .stays(),
        Field::new(
            "capacity",
            Shape::Group(&[
                Field::new("places", Shape::Number(0.0, 1e6), "places at one time"),
                Field::new("per_week", Shape::Number(0.0, 1e6), "places a week"),
                Field::new("free", Shape::Number(0.0, 1e6), "places free now"),
                Field::new("waiting_weeks", Shape::Number(0.0, 520.0), "weeks people wait"),
            ]),
            "how many it can take",
        )
        .stays(),
        COST,
        Field::new("schedule", Shape::Schedule, "when it runs").stays(),
        Field::new("languages", Shape::List(&Shape::Code(35)), "languages spoken (BCP 47: en, pl)").stays(),
        Field::new("first_visit", Shape::Prose(1000), "what happens the first time").stays(),
        Field::new("someone_can_come_with_you", Shape::Flag, "somebody can come along the first time"),
        Field::new("transport_offered", Shape::Flag, "it fetches people"),
        Field::new(ON_REQUEST, Shape::Flag, "where it is held is told to who asks").stays(),
        Field::new(
            "checks",
            Shape::List(&Shape::Group(&[
                Field::new("what", Shape::Word(&["safeguarding", "insurance", "dbs"]), "what was checked").required(),
                Field::new("at", Shape::Moment, "when"),
                Field::new("by", Shape::Line(120), "the organisation or role that saw it"),
            ])),
            "what was checked about it",
        )
        .stays(),
        STATUS,
        FROM,
        UNTIL,
        FUNDING,
        ADDRESS,
        POSTCODE,
        PHONE,
        EMAIL,
        WEBSITE,
        CONTACT,
    ],
    links: &[
        Link::many("provider", Kind::Organisation, "who provides it: one or several, equal, in alphabetical order")
            .required(),
        Link::many("categories", Kind::Category, "what it does").required(),
        Link::many("places", Kind::Place, "where it is held"),
        Link::many("service_area", Kind::Area, "where people must live"),
        Link::many("refers_to", Kind::Service, "where it sends people on"),
    ],
    check,
    code: None,
    has_type: false,
    owner: Owner::Named("provider"),
    givers: &["places"],
    position: Position::Needed {
        or: &["places", "service_area"],
        problem: ("places", "a service needs places, a point, a postcode or a service_area"),
    },
    life: Life::Open,
    times: Some("schedule"),
    ground: false,
    sought: true,
    partners_when: &[],
};

const ELIGIBILITY: &[Field] = &[
    Field::new("min_age", Shape::Whole(0, 130), "youngest age, years").stays(),
    Field::new("max_age", Shape::Whole(0, 130), "oldest age, years").stays(),
    Field::new("districts", Shape::List(&Shape::Code(40)), "codes of the districts people must live in"),
    Field::new("practices", Shape::List(&Shape::Code(40)), "ODS codes of the practices people must be registered with"),
    Field::new("group", Shape::Line(300), "for whom, in words: carers, new parents").stays(),
];

fn check(body: &Map<String, Value>, problems: &mut Problems) {
    let age = |name: &str| body.get("eligibility").and_then(|e| e.get(name)).and_then(Value::as_i64);
    if let (Some(min), Some(max)) = (age("min_age"), age("max_age"))
        && min > max
    {
        problems.add("eligibility.max_age", Code::OutOfRange, "is below min_age");
    }
}
