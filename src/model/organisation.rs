//! Organisation: who.

use super::common::{ADDRESS, CONTACT, EMAIL, FUNDING, IDENTIFIERS, PHONE, POSTCODE, WEBSITE, check_identifiers};
use super::kind::Kind;
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};

/// The words for what an organisation is.
pub const TYPES: &[&str] = &[
    "nhs_trust",
    "nhs_foundation_trust",
    "commissioner",
    "primary_care",
    "local_authority",
    "voluntary",
    "community_group",
    "social_enterprise",
    "private",
    "education",
    "other",
];

pub(super) const SPEC: Spec = Spec {
    name: "organisation",
    plural: "organisations",
    doc: "Who: a trust, a charity, a council, a group.",
    fields: &[
        Field::new("type", Shape::Word(TYPES), "what sort of organisation it is").required().stays(),
        IDENTIFIERS,
        FUNDING,
        Field::new(
            "open_to",
            Shape::List(&Shape::Word(&[
                "partnering",
                "hosting",
                "sub_contract",
                "referrals",
                "sharing_rooms",
                "ask_first",
            ])),
            "what it would talk about with others",
        ),
        ADDRESS,
        POSTCODE,
        PHONE,
        EMAIL,
        WEBSITE,
        CONTACT,
    ],
    links: &[
        Link::one("parent", Kind::Organisation, "the organisation it belongs to"),
        Link::many("categories", Kind::Category, "what it works on, such as a charity's tags"),
    ],
    check: check_identifiers,
    code: None,
    has_type: true,
    owner: Owner::Itself,
    givers: &[],
    position: Position::Free,
    life: Life::Always,
    times: None,
    ground: false,
    sought: false,
    partners_when: &[],
};
