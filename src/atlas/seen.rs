//! The marks of the largest segment as one caller sees them: which hold, which do not, and what stands beside them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::marks::Square;
use super::segment::KindMarks;
use super::{Entry, View};
use crate::change::Seq;
use crate::model::{Id, Kind};

impl View {
    /// Public positions of the largest segment by kind. What [`View::differing`] names does not hold for this caller.
    pub fn base_marks(&self) -> &HashMap<Kind, KindMarks> {
        static NONE: LazyLock<HashMap<Kind, KindMarks>> = LazyLock::new(HashMap::new);
        self.atlas.stack.lowest().map_or(&NONE, |tier| tier.segment.marks())
    }

    /// Slots of the largest segment whose marks do not hold: changed since, or seen better by this caller than by the
    /// public.
    pub fn differing(&self) -> impl Iterator<Item = u32> + '_ {
        let covered = self.atlas.stack.lowest().into_iter().flat_map(|tier| tier.covered.iter());
        covered.chain(self.better_seen())
    }

    /// What stands beside the marks of the largest segment: what came since, and what this caller sees better than the
    /// public.
    pub fn beside_marks(&self) -> impl Iterator<Item = &Entry> {
        let last = self.segments().saturating_sub(1);
        let better = self.better_seen().filter_map(move |slot| self.show(last, slot));
        let tiers = self.atlas.stack.tiers().iter().enumerate().take(last);
        better.chain(tiers.flat_map(move |(number, tier)| {
            let slots = 0..tier.segment.entries.len() as u32;
            slots.filter(|slot| !tier.covered.holds(*slot)).filter_map(move |slot| self.show(number, slot))
        }))
    }

    fn better_seen(&self) -> impl Iterator<Item = u32> + '_ {
        let lowest = self.atlas.stack.lowest().filter(|_| self.viewer().sees_more_than_public());
        lowest
            .into_iter()
            .flat_map(|tier| tier.segment.delicate.iter().copied().filter(|slot| !tier.covered.holds(*slot)))
    }

    /// The keys of a slot's marks in the largest segment.
    pub fn keys_in_base(&self, slot: u32) -> impl Iterator<Item = u64> {
        let lowest = self.atlas.stack.lowest();
        let points = lowest.map_or(Vec::new(), |tier| tier.segment.public_points(slot));
        points.into_iter().map(|point| Square::from(point).key())
    }

    /// The record that stood in this slot when the largest segment was made. Whether it still does, [`View::differing`]
    /// tells.
    pub fn at_slot(&self, slot: u32) -> Option<&Entry> {
        (slot < self.base_slots()).then(|| self.show(self.segments() - 1, slot)).flatten()
    }

    /// The slot of a record that is as the largest segment has it.
    pub fn slot_of(&self, id: Id) -> Option<u32> {
        self.stand(id).filter(|(tier, _)| tier + 1 == self.segments()).map(|(_, slot)| slot)
    }

    /// The revision at which the largest segment was made: slots mean the same only with the same one.
    pub fn base_made_at(&self) -> Seq {
        self.atlas.stack.lowest().map_or(0, |tier| tier.segment.made_at)
    }

    /// How many slots the largest segment has.
    pub fn base_slots(&self) -> u32 {
        self.atlas.stack.lowest().map_or(0, |tier| tier.segment.entries.len() as u32)
    }
}
