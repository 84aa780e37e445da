//! Service: what is done for people, for whom, and how they get in.

use super::common::{ADDRESS, CONTACT, COST, EMAIL, FROM, PHONE, POSTCODE, REFERRAL, STATUS, UNTIL, WEBSITE};
use super::kind::{Kind, Role, Spec};
use super::problem::{Code, Problems};
use super::shape::{Field, Shape};
use serde_json::{Map, Value};

/// Ways a service reaches people.
pub const DELIVERY: &[&str] = &["at_place", "outreach", "at_home", "telephone", "online"];

/// Words for whether it takes people now.
pub const ACCEPTING: &[&str] = &["yes", "waiting_list", "no", "unknown"];

pub(super) const SPEC: Spec = Spec {
    name: "service",
    plural: "services",
    doc: "What is done for people: a group, an activity, a clinic, a telephone line.",
    fields: &[
        Field::new("delivery", Shape::List(&Shape::Word(DELIVERY)), "how it reaches people"),
        Field::new("eligibility", Shape::Group(ELIGIBILITY), "whom it is for"),
        REFERRAL,
        Field::new(
            "accepting",
            Shape::Group(&[
                Field::new("value", Shape::Word(ACCEPTING), "whether it takes people").required(),
                Field::new("at", Shape::Moment, "when that was known"),
            ]),
            "whether it takes people now",
        ),
        Field::new(
            "capacity",
            Shape::Group(&[
                Field::new("per_week", Shape::Number(0.0, 1e6), "places a week"),
                Field::new("free", Shape::Number(0.0, 1e6), "places free now"),
                Field::new("waiting_weeks", Shape::Number(0.0, 520.0), "weeks people wait"),
            ]),
            "how many it can take",
        ),
        COST,
        Field::new("schedule", Shape::Schedule, "when it runs"),
        Field::new("languages", Shape::List(&Shape::Code(35)), "languages spoken (BCP 47: en, pl)"),
        Field::new("first_visit", Shape::Prose(1000), "what happens the first time"),
        Field::new("someone_can_come_with_you", Shape::Flag, "somebody can come along the first time"),
        Field::new("transport_offered", Shape::Flag, "it fetches people"),
        Field::new(
            "checks",
            Shape::List(&Shape::Group(&[
                Field::new("what", Shape::Word(&["safeguarding", "insurance", "dbs"]), "what was checked").required(),
                Field::new("at", Shape::Moment, "when"),
                Field::new("by", Shape::Line(120), "the organisation or role that saw it"),
            ])),
            "what was checked about it",
        ),
        STATUS,
        FROM,
        UNTIL,
        Field::new(
            "funding",
            Shape::List(&Shape::Group(&[
                Field::new("source", Shape::Line(200), "who pays").required(),
                Field::new("form", Shape::Line(80), "grant, contract, donations"),
                Field::new("until", Shape::Date, "last day that is paid for"),
            ])),
            "what pays for it",
        )
        .partners_only(),
        ADDRESS,
        POSTCODE,
        PHONE,
        EMAIL,
        WEBSITE,
        CONTACT,
    ],
    roles: &[
        Role::one("provider", Kind::Organisation, "who provides it").required(),
        Role::many("categories", Kind::Category, "what it does").required(),
        Role::many("places", Kind::Place, "where it is held"),
        Role::many("service_area", Kind::Area, "where people must live"),
        Role::many("refers_to", Kind::Service, "where it sends people on"),
    ],
    check,
    code: None,
    has_type: false,
};

const ELIGIBILITY: &[Field] = &[
    Field::new("min_age", Shape::Whole(0, 130), "youngest age, years"),
    Field::new("max_age", Shape::Whole(0, 130), "oldest age, years"),
    Field::new("districts", Shape::List(&Shape::Code(40)), "codes of the districts people must live in"),
    Field::new("practices", Shape::List(&Shape::Code(40)), "ODS codes of the practices people must be registered with"),
    Field::new("group", Shape::Line(300), "for whom, in words: carers, new parents"),
];

fn check(body: &Map<String, Value>, problems: &mut Problems) {
    let linked = |role: &str| body.get("links").and_then(|l| l.get(role)).is_some();
    if !body.contains_key("point") && !body.contains_key("postcode") && !linked("places") && !linked("service_area") {
        problems.add("places", Code::Required, "a service needs places, a point, a postcode or a service_area");
    }
    let age = |name: &str| body.get("eligibility").and_then(|e| e.get(name)).and_then(Value::as_i64);
    if let (Some(min), Some(max)) = (age("min_age"), age("max_age"))
        && min > max
    {
        problems.add("eligibility.max_age", Code::OutOfRange, "is below min_age");
    }
}
