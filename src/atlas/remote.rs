//! Services that come to people: at home, by telephone, online, or because they live in an area. By name where everybody
//! is reached, since answers give them so; by the area they are for; and by id where it has to be looked at each.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::Entry;
use super::trees::TreeKey;
use crate::model::{Id, Kind};

/// Those of a segment, by kind and by category.
#[derive(Debug, Default)]
pub struct Remote(HashMap<TreeKey, Coming>);

/// Slots of services that come to people.
#[derive(Debug, Default)]
pub struct Coming {
    /// Those that come to everybody, wherever they live, in order of name, then id.
    pub anywhere: Vec<u32>,
    /// Those that come where people live in some areas, by each of these.
    pub by_area: HashMap<Id, Vec<u32>>,
    /// Those of which it has to be looked at each whether they come, in order of id.
    pub judged: Vec<u32>,
    /// Those that never surely come, as far as the public can know, in order of id.
    pub unsure: Vec<u32>,
    /// All but those that come to everybody, in order of id.
    pub depending: Vec<u32>,
    /// All of them, in order of id.
    pub all: Vec<u32>,
}

/// How a record is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// To everybody as it is stored.
    Alike,
    /// To some with less of its links.
    Otherwise,
    /// To the public without its position, or not at all.
    Withheld,
}

impl Remote {
    /// Of these records.
    pub fn build(entries: &[Arc<Entry>], shown: &dyn Fn(u32) -> Shown) -> Self {
        let mut of: HashMap<TreeKey, Coming> = HashMap::new();
        for (slot, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.kind.has("delivery")) {
            let slot = slot as u32;
            let shown = shown(slot);
            if !entry.remote && shown == Shown::Alike {
                continue;
            }
            let categories = entry.linked("categories").chain(entry.linked("category")).map(Some);
            for category in std::iter::once(None).chain(categories) {
                of.entry((entry.kind, category)).or_default().add(slot, entry, shown);
            }
        }
        let name = |slot: u32| (entries[slot as usize].name(), entries[slot as usize].id);
        for coming in of.values_mut() {
            coming.anywhere.sort_unstable_by(|a, b| name(*a).cmp(&name(*b)));
            [&mut coming.anywhere, &mut coming.judged, &mut coming.unsure, &mut coming.depending, &mut coming.all]
                .into_iter()
                .chain(coming.by_area.values_mut())
                .for_each(Vec::dedup);
        }
        Self(of)
    }

    /// Those of a kind, or of one category of it.
    pub fn get(&self, key: TreeKey) -> Option<&Coming> {
        self.0.get(&key)
    }

    /// How many bytes it takes, about.
    pub fn weight(&self) -> usize {
        let of = |coming: &Coming| {
            let areas: usize = coming.by_area.values().map(|slots| 24 + 4 * slots.len()).sum();
            let lists = [&coming.anywhere, &coming.judged, &coming.unsure, &coming.depending, &coming.all];
            areas + lists.iter().map(|slots| 4 * slots.len()).sum::<usize>()
        };
        self.0.values().map(of).sum()
    }
}

impl Coming {
    fn add(&mut self, slot: u32, entry: &Entry, shown: Shown) {
        let areas = || entry.linked("service_area");
        self.all.push(slot);
        if shown == Shown::Alike && !entry.may_be_left_open() && entry.comes_anywhere() {
            return self.anywhere.push(slot);
        }
        self.depending.push(slot);
        let facets = &entry.facets;
        let by_districts = facets.lists.as_ref().is_some_and(|lists| !lists.districts.is_empty());
        if shown == Shown::Withheld || facets.for_registered || facets.where_unclear {
            self.unsure.push(slot);
        } else if shown == Shown::Otherwise || facets.unclear.any() || by_districts {
            self.judged.push(slot);
        } else if areas().next().is_some() {
            areas().for_each(|area| self.by_area.entry(area).or_default().push(slot));
        } else {
            // It comes to people's homes, but nobody said where.
            self.unsure.push(slot);
        }
    }
}

/// Where to look for a kind, or for some categories of it.
pub fn keys(kind: Kind, categories: Option<&[Id]>) -> Vec<TreeKey> {
    match categories {
        None => vec![(kind, None)],
        Some(categories) => categories.iter().map(|category| (kind, Some(*category))).collect(),
    }
}
