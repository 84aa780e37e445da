//! Place: where. A hub is a place with a coordinator that takes referrals.

use super::common::{
    ADDRESS, CONTACT, EMAIL, FROM, FUNDING, IDENTIFIERS, PHONE, POSTCODE, REFERRAL, STATUS, UNTIL, WEBSITE,
    check_identifiers,
};
use super::kind::Kind;
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};

/// The words for what a place is.
pub const TYPES: &[&str] = &[
    "hub",
    "hospital",
    "clinic",
    "gp_practice",
    "pharmacy",
    "community_centre",
    "library",
    "faith",
    "school",
    "leisure",
    "green_space",
    "care_home",
    "other",
];

pub(super) const SPEC: Spec = Spec {
    name: "place",
    plural: "places",
    doc: "Where: a building, a room's building, a green space, with its point.",
    fields: &[
        Field::new("type", Shape::Word(TYPES), "what sort of place it is").stays(),
        ADDRESS,
        POSTCODE,
        Field::new("hours", Shape::Hours, "when it is open (OSM opening hours)").stays(),
        Field::new(
            "accessible",
            Shape::Group(&[
                Field::new("step_free", Shape::Flag, "can be entered without steps"),
                Field::new("toilet", Shape::Flag, "has an accessible toilet"),
                Field::new("parking", Shape::Flag, "has accessible parking"),
            ]),
            "what somebody with a wheelchair or a walking frame needs to know",
        ),
        STATUS,
        FROM,
        UNTIL,
        REFERRAL,
        Field::new("home_address", Shape::Flag, "somebody lives here: the position is always approximate"),
        IDENTIFIERS,
        FUNDING,
        PHONE,
        EMAIL,
        WEBSITE,
        CONTACT,
    ],
    links: &[Link::one("provider", Kind::Organisation, "who runs it")],
    check: check_identifiers,
    code: None,
    has_type: true,
    owner: Owner::Maker,
    givers: &[],
    position: Position::Needed { or: &[], problem: ("point", "a place needs a point or a postcode") },
    life: Life::Open,
    times: Some("hours"),
    ground: false,
    sought: true,
    partners_when: &[],
};
