//! What the words of a question name: looked up once, where the answer is worked out, before the first record is judged.

use std::sync::Arc;

use super::ctl::{Ctl, Halt, LOOK, OPEN, opening};
use crate::atlas::{Bits, Entry, Holding, View, words_of};
use crate::model::{Id, Kind};

/// What the words name, looked up.
#[derive(Default)]
pub struct Chosen {
    /// Records of each kind that the free text means: slots of each segment.
    pub meant: Option<Vec<(Kind, Arc<Vec<Bits>>)>>,
    /// The categories with all narrower ones, sorted.
    pub categories: Option<Vec<Id>>,
}

/// What words name that has to be looked up, as they name it.
#[derive(Debug, Default, PartialEq)]
pub struct Narrowing {
    /// Categories; `None` when none was named.
    pub categories: Option<Vec<Id>>,
    /// An organisation or a place that a record must name.
    pub named: Option<Id>,
    /// Words of free text.
    pub text: Option<Vec<String>>,
    /// West, south, east, north, degrees.
    pub bbox: Option<[f64; 4]>,
    /// An area.
    pub area: Option<Id>,
}

impl Chosen {
    /// Records of a kind that the free text means; `None` when there is none.
    pub fn meant(&self, kind: Kind) -> Option<&Arc<Vec<Bits>>> {
        self.meant.as_ref()?.iter().find(|(of, _)| *of == kind).map(|(_, sets)| sets)
    }

    /// Looks up categories, free text and area, as far as they were named, among records of these kinds.
    pub fn of(narrowing: &Narrowing, kinds: &[Kind], view: &View, ctl: &Ctl) -> Result<Self, Halt> {
        let categories = narrowing.categories.as_ref().map(|named| narrower(named, view, ctl)).transpose()?;
        let meant = narrowing.text.as_ref().map(|query| meant(query, kinds, view, ctl)).transpose()?;
        let of_kind = |sets: &[Bits], kind: &Kind| (*kind, Arc::new(view.of_those(sets, *kind)));
        let meant = meant.map(|sets| kinds.iter().map(|kind| of_kind(&sets, kind)).collect());
        Ok(Self { meant, categories })
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
fn meant(query: &[String], kinds: &[Kind], view: &View, ctl: &Ctl) -> Result<Vec<Bits>, Halt> {
    let mut meant = vec![Bits::default(); view.segments()];
    if query.is_empty() {
        return Ok(meant);
    }
    for Holding { number, mut surely, doubtful } in view.holding(query) {
        ctl.tick(surely.count() / AT_ONCE)?;
        for slot in doubtful {
            let Some(entry) = view.at((number, slot)) else { continue };
            ctl.tick(opening(entry))?;
            if entry.holds(query) {
                surely.add(slot);
            }
        }
        meant[number] = surely;
    }
    let holds = |category: &Entry| view.stand(category.id).is_some_and(|(tier, slot)| meant[tier].holds(slot));
    let categories: Vec<Id> = view.of_kind(Kind::Category).filter(|category| holds(category)).map(|e| e.id).collect();
    for category in narrower(&categories, view, ctl)? {
        for held in kinds.iter().flat_map(|kind| view.links_from(*kind, category)) {
            ctl.tick(LOOK)?;
            if let Some((tier, slot)) = view.stand(held.id) {
                meant[tier].add(slot);
            }
        }
    }
    Ok(meant)
}

/// Records that the index alone tells of in the time of looking at one.
const AT_ONCE: usize = 5_000;
