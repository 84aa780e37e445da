//! Where records are, by kind and category. What a question without any words settles stands apart from what it may leave
//! open (it is for the people of some area, nobody could read whether it is there, or some are shown it otherwise): once
//! enough is found that fits, the search goes on among the latter only.

use rayon::prelude::*;
use rstar::RTree;
use std::collections::HashMap;
use std::sync::Arc;

use super::at_once::{self, FEW};
use super::entry::Entry;
use super::spots::{Spot, Tree};
use crate::model::{Id, Kind, Point};

/// What a tree is of: a kind, or the records of a kind in one category.
pub type TreeKey = (Kind, Option<Id>);

/// Trees of some records of a segment.
#[derive(Default)]
pub struct Trees {
    settled: HashMap<TreeKey, Tree>,
    open: HashMap<TreeKey, Tree>,
}

impl Trees {
    /// Of these records, wherever `points` says that they are; `is_delicate` where some are shown one otherwise.
    pub fn build(
        entries: &[Arc<Entry>],
        points: &(dyn Fn(u32) -> Vec<Point> + Sync),
        is_delicate: &(dyn Fn(u32) -> bool + Sync),
    ) -> Self {
        Self::of(0..entries.len() as u32, entries, points, is_delicate)
    }

    /// Of some of them only.
    pub fn of(
        slots: impl Iterator<Item = u32>,
        entries: &[Arc<Entry>],
        points: &(dyn Fn(u32) -> Vec<Point> + Sync),
        is_delicate: &(dyn Fn(u32) -> bool + Sync),
    ) -> Self {
        // Numbers of trees and slots first: the spots of one tree need not wait in memory for those of the others.
        let mut numbers: HashMap<(TreeKey, bool), u32> = HashMap::new();
        let mut stands: Vec<(u32, u32)> = Vec::with_capacity(2 * entries.len());
        for slot in slots {
            let entry = &entries[slot as usize];
            let open = entry.may_be_left_open() || is_delicate(slot);
            let categories = entry.linked("categories").chain(entry.linked("category")).map(Some);
            for category in std::iter::once(None).chain(categories) {
                let next = numbers.len() as u32;
                let number = *numbers.entry(((entry.kind, category), open)).or_insert(next);
                stands.push((number, slot));
            }
        }
        at_once::sort(&mut stands);
        stands.dedup();
        let spots = |slot: u32| points(slot).into_iter().map(move |point| Spot::new(point, slot));
        let runs: Vec<&[(u32, u32)]> = stands.chunk_by(|a, b| a.0 == b.0).collect();
        let tree =
            |run: &&[(u32, u32)]| RTree::bulk_load_with_params(run.iter().flat_map(|(_, slot)| spots(*slot)).collect());
        let built: Vec<Tree> =
            if stands.len() < FEW { runs.iter().map(tree).collect() } else { runs.par_iter().map(tree).collect() };
        let mut keys: Vec<((TreeKey, bool), u32)> = numbers.into_iter().collect();
        keys.sort_unstable_by_key(|(_, number)| *number);
        let mut trees = Self::default();
        for (((key, open), _), tree) in keys.into_iter().zip(built) {
            if open { &mut trees.open } else { &mut trees.settled }.insert(key, tree);
        }
        trees
    }

    /// The tree of a kind or of one category of it: of what a question without words may leave open, or of the rest.
    pub fn get(&self, key: TreeKey, open: bool) -> Option<&Tree> {
        if open { self.open.get(&key) } else { self.settled.get(&key) }
    }

    /// How many bytes they take, about: nodes that hold ten spots on average.
    pub fn weight(&self) -> usize {
        self.settled.values().chain(self.open.values()).map(|tree| tree.size() * (size_of::<Spot>() + 16)).sum()
    }
}
