//! Resource: what people can lend each other, offered or wanted, always through an organisation.

use super::common::{CONTACT, COST, EMAIL, FROM, PHONE, STATUS, UNTIL, WEBSITE};
use super::kind::Kind;
use super::problem::{Code, Problems};
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};
use serde_json::{Map, Value};

/// The words for what is lent.
pub const TYPES: &[&str] =
    &["skill", "volunteer_time", "room", "equipment", "transport", "funding", "knowledge", "reach"];

pub(super) const SPEC: Spec = Spec {
    name: "resource",
    plural: "resources",
    doc: "Something to share, or something that is needed: a room, a skill, time, transport.",
    fields: &[
        Field::new("type", Shape::Word(TYPES), "what sort of thing it is").required().stays(),
        Field::new("side", Shape::Word(&["offered", "wanted"]), "to share, or needed").required().stays(),
        Field::new(
            "amount",
            Shape::Group(&[
                Field::new("number", Shape::Number(0.0, 1e12), "how much").required(),
                Field::new("unit", Shape::Line(40), "of what: hours, £, readers").required(),
                Field::new("per", Shape::Word(&["once", "day", "week", "month", "year"]), "how often"),
            ]),
            "how much of it there is",
        ),
        Field::new("square_metres", Shape::Number(0.0, 1e6), "size of a room, m²"),
        Field::new("seats", Shape::Whole(0, 100_000), "seats"),
        Field::new("use", Shape::Line(300), "what it can be used for"),
        Field::new("slots", Shape::Hours, "weekly slots in which it is open to others (OSM opening hours)").stays(),
        Field::new("slots_per_week", Shape::Number(0.0, 1e4), "slots a week").stays(),
        Field::new("slots_used", Shape::Number(0.0, 1e4), "slots taken").stays(),
        COST,
        STATUS,
        FROM,
        UNTIL,
        PHONE,
        EMAIL,
        WEBSITE,
        CONTACT,
    ],
    links: &[
        Link::one("provider", Kind::Organisation, "the organisation it is offered or wanted through").required(),
        Link::one("place", Kind::Place, "where it is"),
        Link::many("categories", Kind::Category, "what it helps with"),
    ],
    check,
    code: None,
    has_type: true,
    owner: Owner::Named("provider"),
    givers: &["place"],
    position: Position::Free,
    life: Life::Open,
    times: Some("slots"),
    ground: false,
    sought: false,
    partners_when: &["provider", "place"],
};

fn check(body: &Map<String, Value>, problems: &mut Problems) {
    let number = |name: &str| body.get(name).and_then(Value::as_f64);
    if let (Some(used), Some(all)) = (number("slots_used"), number("slots_per_week"))
        && used > all
    {
        problems.add("slots_used", Code::OutOfRange, "is more than slots_per_week");
    }
}
