//! A made-up kind, for tests only: everything that a kind can tell of itself, in one file and one line of the registry.

use super::common::{FROM, PHONE, POSTCODE, STATUS, UNTIL};
use super::kind::Kind;
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};

pub(super) const SPEC: Spec = Spec {
    name: "beacon",
    plural: "beacons",
    doc: "A light on a hill.",
    fields: &[
        Field::new("type", Shape::Word(&["fire", "lamp"]), "what burns").required().stays(),
        Field::new("lit", Shape::Hours, "when it is lit").stays(),
        Field::new("keeper", Shape::Prose(200), "who keeps it, as a role"),
        Field::new("oil", Shape::Line(100), "who pays for the oil").partners_only(),
        STATUS,
        FROM,
        UNTIL,
        POSTCODE,
        PHONE,
    ],
    links: &[
        Link::one("provider", Kind::Organisation, "who lights it"),
        Link::many("hills", Kind::Place, "the hills it may stand on"),
        Link::many("categories", Kind::Category, "what it tells"),
    ],
    check: |_, _| {},
    code: None,
    has_type: true,
    owner: Owner::Named("provider"),
    givers: &["hills"],
    position: Position::Needed { or: &["hills"], problem: ("hills", "a beacon needs a hill or a point") },
    life: Life::Open,
    times: Some("lit"),
    ground: false,
    sought: true,
    partners_when: &[],
};
