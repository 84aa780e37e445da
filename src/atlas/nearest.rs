//! The nearest of what one caller may see, over all segments.

use hashbrown::HashSet;
use itertools::kmerge_by;

use super::spots::chord_2;
use super::trees::{TreeKey, Trees};
use super::{Entry, View, face, remote};
use crate::model::{Id, Kind, Point};

type Stream<'a> = Box<dyn Iterator<Item = (f64, &'a Entry)> + 'a>;

/// Records by rising distance: what a question without any words settles, and what it may leave open, each by itself.
pub struct Nearest<'a> {
    settled: Ahead<'a>,
    open: Ahead<'a>,
}

/// A stream with the next of it.
struct Ahead<'a> {
    next: Option<(f64, &'a Entry)>,
    rest: Stream<'a>,
    seen: HashSet<Id>,
}

impl<'a> Ahead<'a> {
    fn of(rest: Stream<'a>) -> Self {
        let mut ahead = Self { next: None, rest, seen: HashSet::new() };
        ahead.pull();
        ahead
    }

    fn pull(&mut self) -> Option<(f64, &'a Entry)> {
        // A record at several places, or in several categories, comes once.
        let seen = &mut self.seen;
        let next = self.rest.find(|(_, entry)| seen.insert(entry.id));
        std::mem::replace(&mut self.next, next)
    }
}

impl<'a> Nearest<'a> {
    /// The next of all, with its chord, metres; of what may be left open only, where nothing else is wanted any more.
    pub fn next(&mut self, only_open: bool) -> Option<(f64, &'a Entry)> {
        let first = match (&self.settled.next, &self.open.next) {
            (Some(a), Some(b)) => a.0 <= b.0,
            (settled, _) => settled.is_some(),
        };
        let next = if first && !only_open { self.settled.pull() } else { self.open.pull() };
        next.map(|(chord_2, entry)| (chord_2.sqrt(), entry))
    }
}

impl View {
    /// Records of a kind, of some categories or of all, by rising distance from a point.
    pub fn nearest(&self, kind: Kind, categories: Option<&[Id]>, origin: Point) -> Nearest<'_> {
        let keys = remote::keys(kind, categories);
        let at = origin.ecef();
        let streams = |open| {
            Ahead::of(Box::new(kmerge_by(self.streams(&keys, at, open), |a: &(f64, &Entry), b: &(f64, &Entry)| {
                a.0 < b.0
            })))
        };
        Nearest { settled: streams(false), open: streams(true) }
    }

    fn streams<'a>(&'a self, keys: &[TreeKey], at: [f64; 3], open: bool) -> Vec<Stream<'a>> {
        // Where this caller sees it may not be where the public does.
        let more = self.viewer().sees_more_than_public();
        let mut streams: Vec<Stream<'a>> = Vec::new();
        for (number, tier) in self.atlas.stack.tiers().iter().enumerate() {
            let segment = &*tier.segment;
            for tree in keys.iter().filter_map(|key| segment.trees.get(*key, open)) {
                let near = tree.nearest_neighbor_iter_with_distance_2(&at);
                let there = near.filter(|(spot, _)| !tier.covered.holds(spot.slot));
                let mine = there.filter(move |(spot, _)| !(more && segment.delicate.binary_search(&spot.slot).is_ok()));
                streams.push(Box::new(mine.filter_map(move |(spot, d2)| Some((d2, self.show(number, spot.slot)?)))));
            }
            if !more || segment.delicate.is_empty() {
                continue;
            }
            for tree in keys.iter().filter_map(|key| self.own_trees(number).get(*key, open)) {
                let near = tree.nearest_neighbor_iter_with_distance_2(&at);
                let there = near.filter(|(spot, _)| !tier.covered.holds(spot.slot));
                streams.push(Box::new(there.filter_map(move |(spot, d2)| Some((d2, self.show(number, spot.slot)?)))));
            }
        }
        streams
    }

    /// Where this caller sees the delicate records of a segment.
    fn own_trees(&self, number: usize) -> &Trees {
        let segment = &self.atlas.stack.tiers()[number].segment;
        let points = |slot: u32| face::points_for(&*self.atlas, self.viewer(), &segment.entries[slot as usize]);
        let slots = || segment.delicate.iter().copied();
        // What of it the caller may be shown otherwise may be left open.
        self.faces[number].trees.get_or_init(|| Trees::of(slots(), &segment.entries, &points, &|_| true))
    }

    /// The square of the chord from a record to a place, m²; none when the caller sees it nowhere.
    pub fn chord_2(&self, entry: &Entry, at: &[f64; 3]) -> Option<f64> {
        self.points(entry).iter().map(|p| chord_2(&p.ecef(), at)).min_by(f64::total_cmp)
    }
}
