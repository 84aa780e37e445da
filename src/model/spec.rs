//! What a kind tells of itself: its fields, its links, and the facts that the rest of the program goes by.

use serde_json::{Map, Value};

use super::kind::Kind;
use super::problem::Problems;
use super::shape::Field;

/// What a kind is made of; each kind's file holds one.
#[derive(Debug)]
pub struct Spec {
    /// `service`.
    pub name: &'static str,
    /// `services`: the word in addresses.
    pub plural: &'static str,
    /// One sentence for OpenAPI and the manual.
    pub doc: &'static str,
    /// Fields of its own, beside those that every record has.
    pub fields: &'static [Field],
    /// How it refers to other records.
    pub links: &'static [Link],
    /// Rules between fields, after each field was checked by itself.
    pub check: fn(&Map<String, Value>, &mut Problems),
    /// The fields that together name it among its kind (`area_set` + `code`), when it has such a name.
    pub code: Option<(&'static str, &'static str)>,
    /// The field a filter's `type` compares, when it has one.
    pub has_type: bool,
    /// Whose its records are.
    pub owner: Owner,
    /// Roles whose targets tell where a record is when it does not say so itself.
    pub givers: &'static [&'static str],
    /// What must tell where a record is.
    pub position: Position,
    /// How it begins and ends.
    pub life: Life,
    /// The field that says when it is open.
    pub times: Option<&'static str>,
    /// Everybody's ground: only admins lay it, and it is always public and exact.
    pub ground: bool,
    /// What people look for when they do not say what.
    pub sought: bool,
    /// Naming something under one of these roles makes it the partners' unless its visibility is said.
    pub partners_when: &'static [&'static str],
}

/// Whose a record is (CONTRACT §3): who may change it at once, and who sees it where only its own people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The record itself: an organisation.
    Itself,
    /// The organisations it names under this role.
    Named(&'static str),
    /// The organisation of whoever made it, or that it was imported for.
    Maker,
    /// Nobody's: facilitators and admins keep it.
    Nobody,
}

/// What must tell where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// It may be nowhere in particular.
    Free,
    /// A point (or a postcode that gives one), else something under one of these roles.
    Needed {
        /// The roles that will do instead.
        or: &'static [&'static str],
        /// The problem's field and sentence where there is neither.
        problem: (&'static str, &'static str),
    },
}

/// How a record begins and ends, as `status`, `from` and `until` tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It is always there.
    Always,
    /// Planned, open, closed; silence is open.
    Open,
    /// Steps of work: each of them counts until one is asked for.
    Steps,
}

/// A named reference from one kind to another.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// Its name under `links`.
    pub name: &'static str,
    /// What it points to.
    pub target: Kind,
    /// One, or a list.
    pub many: bool,
    /// Needed in a form; imports may leave it unknown.
    pub required: bool,
    /// One sentence for people and OpenAPI.
    pub doc: &'static str,
}

impl Link {
    /// A reference to one record.
    pub const fn one(name: &'static str, target: Kind, doc: &'static str) -> Self {
        Self { name, target, many: false, required: false, doc }
    }

    /// A reference to any number of records.
    pub const fn many(name: &'static str, target: Kind, doc: &'static str) -> Self {
        Self { name, target, many: true, required: false, doc }
    }

    /// Needed in a form.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}
