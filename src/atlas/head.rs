//! The parts of a stored body that are read when it comes into memory; the rest stays text.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;

use super::lenient::{Group, References, Scalar, Texts};
use crate::model::{Id, Point};

/// What is read of every record.
#[derive(Deserialize)]
pub struct Head<'a> {
    pub id: Id,
    pub version: u32,
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow)]
    pub visibility: Cow<'a, str>,
    #[serde(borrow)]
    pub precision: Cow<'a, str>,
    pub owner: Option<Id>,
    pub point: Option<Point>,
    #[serde(borrow)]
    pub links: References<'a>,
    #[serde(borrow, default)]
    pub r#type: Scalar<'a>,
    #[serde(borrow, default)]
    pub status: Scalar<'a>,
    #[serde(borrow, default)]
    pub code: Scalar<'a>,
    #[serde(borrow, default)]
    pub further: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub published: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub delivery: Texts<'a>,
    #[serde(borrow, default)]
    pub referral: Texts<'a>,
    #[serde(borrow, default)]
    pub languages: Texts<'a>,
    #[serde(borrow, default)]
    pub unclear: Texts<'a>,
    #[serde(borrow, default)]
    pub eligibility: Option<Group<Eligibility<'a>>>,
    #[serde(borrow, default)]
    pub accepting: Group<Accepting<'a>>,
    #[serde(borrow, default)]
    pub capacity: Group<Capacity<'a>>,
    #[serde(borrow, default)]
    pub cost: Group<Cost<'a>>,
    #[serde(borrow, default)]
    pub accessible: Group<Accessible<'a>>,
    #[serde(borrow, default)]
    pub assured: Group<Assured<'a>>,
    #[serde(borrow, default)]
    pub from: Option<Scalar<'a>>,
    #[serde(borrow, default)]
    pub until: Option<Scalar<'a>>,
    #[serde(borrow, default)]
    pub r#for: Scalar<'a>,
    #[serde(borrow, default)]
    pub schedule: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub hours: Option<&'a RawValue>,
}

impl<'a> Head<'a> {
    /// What stands in the field that tells the times of a kind.
    pub fn times(&self, field: &str, body: &'a str) -> Option<&'a RawValue> {
        match field {
            "schedule" => self.schedule,
            "hours" => self.hours,
            // Few are of such a kind.
            other => serde_json::from_str::<HashMap<Cow<'a, str>, &'a RawValue>>(body).ok()?.remove(other),
        }
    }
}

#[derive(Deserialize, Default)]
pub struct Eligibility<'a> {
    #[serde(borrow, default)]
    pub min_age: Scalar<'a>,
    #[serde(borrow, default)]
    pub max_age: Scalar<'a>,
    #[serde(borrow, default)]
    pub districts: Texts<'a>,
    #[serde(borrow, default)]
    pub practices: Texts<'a>,
}

#[derive(Deserialize, Default)]
pub struct Accepting<'a> {
    #[serde(borrow, default)]
    pub value: Scalar<'a>,
}

#[derive(Deserialize, Default)]
pub struct Capacity<'a> {
    #[serde(borrow, default)]
    pub free: Scalar<'a>,
}

#[derive(Deserialize, Default)]
pub struct Cost<'a> {
    #[serde(borrow, default)]
    pub free: Scalar<'a>,
}

#[derive(Deserialize, Default)]
pub struct Accessible<'a> {
    #[serde(borrow, default)]
    pub step_free: Scalar<'a>,
    #[serde(borrow, default)]
    pub toilet: Scalar<'a>,
    #[serde(borrow, default)]
    pub parking: Scalar<'a>,
}

#[derive(Deserialize, Default)]
pub struct Assured<'a> {
    #[serde(borrow, default)]
    pub at: Scalar<'a>,
}
