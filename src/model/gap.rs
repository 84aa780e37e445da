//! Gap: something missing, where, for how many, why we think so, and who is to close it.

use super::kind::Kind;
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};

/// Why people are not served.
pub const REASONS: &[&str] = &[
    "none_here",
    "too_far",
    "wrong_times",
    "full",
    "wait_too_long",
    "not_eligible",
    "no_route_in",
    "unaffordable",
    "not_accessible",
    "not_known_about",
];

/// The life of a gap.
pub const STATUS: &[&str] = &["spotted", "agreed", "in_progress", "closed", "rejected"];

pub(super) const SPEC: Spec = Spec {
    name: "gap",
    plural: "gaps",
    doc: "Something missing: what, where, why, for how many, and the evidence.",
    fields: &[
        Field::new("what", Shape::Line(300), "the service or capability that is missing").required().stays(),
        Field::new("reason", Shape::Word(REASONS), "why people are not served").required().stays(),
        Field::new("people", Shape::Whole(0, 100_000_000), "how many people it concerns").stays(),
        Field::new(
            "evidence",
            Shape::Group(&[
                Field::new("query", Shape::Line(2000), "the question it was computed by, with its words"),
                Field::new("revision", Shape::Whole(0, i64::MAX), "the number of the last change it knew"),
                Field::new("view", Shape::Word(&["public", "partners", "organisation"]), "what the asker could see"),
                Field::new("at", Shape::Moment, "when"),
                Field::new("result", Shape::Object, "the numbers that came out"),
                Field::new("observed", Shape::Prose(2000), "what was seen or heard, when it was not computed"),
            ]),
            "how it is known",
        )
        .by_its_view(),
        Field::new("status", Shape::Word(STATUS), "how far it is").stays(),
        Field::new(
            "answer",
            Shape::Word(&[
                "back_what_people_do",
                "use_what_is_here",
                "build_ourselves",
                "find_a_partner",
                "commission",
                "leave_open",
            ]),
            "how it is to be closed",
        )
        .stays(),
        Field::new("due", Shape::Date, "by when").stays(),
    ],
    links: &[
        Link::one("area", Kind::Area, "where"),
        Link::one("place", Kind::Place, "the place it was noticed at"),
        Link::one("category", Kind::Category, "what sort of service is missing"),
        Link::one("lead", Kind::Organisation, "the organisation that closes it"),
    ],
    check: |_, _| {},
    code: None,
    has_type: false,
    owner: Owner::Nobody,
    givers: &["place", "area"],
    position: Position::Needed { or: &["area"], problem: ("area", "a gap needs an area or a point") },
    life: Life::Steps,
    times: None,
    ground: false,
    sought: false,
    partners_when: &["lead", "place"],
};
