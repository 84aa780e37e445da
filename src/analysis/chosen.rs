//! What the words of a question name: looked up once, where the answer is worked out, before the first record is judged.

use std::collections::HashSet;

use super::ctl::{Ctl, Halt, LOOK, OPEN, opening};
use super::membership::AskedArea;
use crate::atlas::{View, words_of};
use crate::model::{Id, Kind};

/// What the words name, looked up.
#[derive(Default)]
pub struct Chosen {
    /// Records that the free text means.
    pub ids: Option<HashSet<Id>>,
    /// The categories with all narrower ones, sorted.
    pub categories: Option<Vec<Id>>,
    /// The area.
    pub area: Option<AskedArea>,
}

impl Chosen {
    /// Looks up categories, free text and area, as far as they were named, among records of these kinds.
    pub fn of(
        kinds: &[Kind],
        categories: Option<&[Id]>,
        text: Option<&[String]>,
        area: Option<Id>,
        (view, ctl): (&View, &Ctl),
    ) -> Result<Self, Halt> {
        let categories = categories.map(|named| narrower(named, view, ctl)).transpose()?;
        let ids = text.map(|query| meant(query, kinds, view, ctl)).transpose()?;
        let area = area.and_then(|id| view.get(id));
        if let Some(area) = area {
            ctl.tick(opening(area))?;
        }
        Ok(Self { ids, categories, area: area.and_then(AskedArea::read) })
    }
}

/// Words of free text that are looked for; the rest are passed over.
const MOST_WORDS: usize = 8;

/// Little words that say nothing of a need.
const FILLERS: [&str; 22] = [
    "i", "im", "am", "a", "an", "the", "is", "are", "for", "my", "me", "we", "to", "of", "and", "or", "with", "need",
    "help", "feel", "feeling", "some",
];

/// The words of free text that are looked for.
pub fn telling_words(text: &str) -> Vec<String> {
    let all = words_of(text);
    let telling: Vec<String> = all.iter().filter(|w| !FILLERS.contains(&w.as_str())).cloned().collect();
    let mut query = if telling.is_empty() { all } else { telling };
    query.sort_unstable();
    query.dedup();
    query.truncate(MOST_WORDS);
    query
}

/// These categories with all narrower ones, sorted.
fn narrower(named: &[Id], view: &View, ctl: &Ctl) -> Result<Vec<Id>, Halt> {
    let mut all = Vec::new();
    for id in named {
        let terms = view.narrower(*id);
        ctl.tick(terms.len() * OPEN)?;
        all.extend(terms);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Records of these kinds that free text means: by their own words, or by a category that an everyday word stands for.
fn meant(query: &[String], kinds: &[Kind], view: &View, ctl: &Ctl) -> Result<HashSet<Id>, Halt> {
    let mut ids = HashSet::new();
    if query.is_empty() {
        return Ok(ids);
    }
    for entry in view.may_hold(query) {
        ctl.tick(opening(entry))?;
        if !entry.holds(query) {
            continue;
        }
        if kinds.contains(&entry.kind) {
            ids.insert(entry.id);
        }
        if entry.kind == Kind::Category {
            for category in narrower(&[entry.id], view, ctl)? {
                for held in kinds.iter().flat_map(|kind| view.links_from(*kind, category)) {
                    ctl.tick(LOOK)?;
                    ids.insert(held.id);
                }
            }
        }
    }
    Ok(ids)
}
