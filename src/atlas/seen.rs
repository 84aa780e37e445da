//! The marks of the base as one caller sees them: which hold, which do not, and what stands beside them.

use std::collections::HashMap;

use super::base::KindMarks;
use super::marks::Square;
use super::{Entry, View};
use crate::change::Seq;
use crate::model::{Id, Kind};

impl View {
    /// Public positions of the base by kind. What [`View::differing`] names does not hold for this caller.
    pub fn base_marks(&self) -> &HashMap<Kind, KindMarks> {
        self.atlas.base.marks()
    }

    /// Slots of the base whose marks do not hold: changed since, or seen better by this caller than by the public.
    pub fn differing(&self) -> impl Iterator<Item = u32> + '_ {
        let delicate = if self.viewer().sees_more_than_public() { &self.atlas.base.delicate[..] } else { &[] };
        let shadowed = &self.atlas.overlay.shadowed;
        let apart = delicate.iter().filter(|slot| !shadowed.contains(slot));
        shadowed.iter().chain(apart).copied()
    }

    /// What stands beside the marks of the base: what came since, and what this caller sees better than the public.
    pub fn beside_marks(&self) -> impl Iterator<Item = &Entry> {
        let base = &self.atlas.base;
        let shadowed = &self.atlas.overlay.shadowed;
        let delicate = if self.viewer().sees_more_than_public() { &base.delicate[..] } else { &[] };
        let based = delicate.iter().filter(|slot| !shadowed.contains(slot)).map(|s| &base.entries[*s as usize]);
        let new = self.atlas.overlay.entries.values().flatten();
        based.chain(new).filter_map(|e| self.show(e))
    }

    /// The keys of a slot's marks in the base.
    pub fn keys_in_base(&self, slot: u32) -> impl Iterator<Item = u64> {
        self.atlas.base.public_points(slot).into_iter().map(|point| Square::from(point).key())
    }

    /// The record that stood in this slot when the base was made. Whether it still does, [`View::differing`] tells.
    pub fn at_slot(&self, slot: u32) -> Option<&Entry> {
        self.show_of_base(slot, self.atlas.base.entries.get(slot as usize)?)
    }

    /// The slot of a record that is as the base has it.
    pub fn slot_of(&self, id: Id) -> Option<u32> {
        self.atlas.base.slot(id).filter(|slot| !self.atlas.overlay.shadowed.contains(slot))
    }

    /// The revision at which the base was made: slots mean the same only with the same base.
    pub fn base_made_at(&self) -> Seq {
        self.atlas.base.made_at
    }

    /// How many slots the base has.
    pub fn slots(&self) -> u32 {
        self.atlas.base.entries.len() as u32
    }
}
