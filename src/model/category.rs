//! Category: a term of a taxonomy. One taxonomy says what services do; another holds everyday words for needs.

use super::kind::Kind;
use super::shape::{Field, Shape};
use super::spec::{Life, Link, Owner, Position, Spec};

/// The taxonomy of what services do.
pub const SERVICES: &str = "services";

/// The taxonomy of everyday words for needs; its terms `means` service categories.
pub const EVERYDAY: &str = "everyday";

pub(super) const SPEC: Spec = Spec {
    name: "category",
    plural: "categories",
    doc: "A term: what services do (taxonomy services), or an everyday word for a need (taxonomy everyday).",
    fields: &[
        Field::new("taxonomy", Shape::Code(40), "the taxonomy it belongs to").required(),
        Field::new("code", Shape::Code(80), "its code in the taxonomy"),
        Field::new("words", Shape::List(&Shape::Line(80)), "other everyday words for the same"),
    ],
    links: &[
        Link::one("parent", Kind::Category, "the wider term"),
        Link::many("means", Kind::Category, "the service categories an everyday word stands for"),
    ],
    check: |_, _| {},
    code: Some(("taxonomy", "code")),
    has_type: false,
    owner: Owner::Nobody,
    givers: &[],
    position: Position::Free,
    life: Life::Always,
    times: None,
    ground: true,
    sought: false,
    partners_when: &[],
};
