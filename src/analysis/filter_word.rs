//! What a filter word is made of.

use jiff::Zoned;

use super::filter::Filter;
use super::word::{Said, Word};
use crate::atlas::View;
use crate::model::{Code, Id, Kind, Problem};

/// A word by which assets are chosen.
pub struct FilterWord {
    /// What it is called, what it takes, what is said of it.
    pub word: Word,
    /// Puts what was given into a filter.
    pub put: fn(Said, &mut Filter, &Circumstances<'_>) -> Result<(), Vec<Problem>>,
}

/// What words are read with.
pub struct Circumstances<'a> {
    /// What the caller sees.
    pub view: &'a View,
    /// Now, in the instance's zone.
    pub now: &'a Zoned,
}

/// One thing wrong with what was given.
pub fn wrong(field: &str, code: Code, say: &str) -> Result<(), Vec<Problem>> {
    Err(vec![Problem::new(field, code, say)])
}

/// The record of a kind that a text names by its id or its code.
pub fn find(name: &str, kind: Kind, view: &View) -> Option<Id> {
    let by_id = name.parse().ok().and_then(|id: Id| view.get(id)).filter(|e| e.kind == kind);
    by_id.or_else(|| view.by_code(kind, name)).map(|e| e.id)
}
