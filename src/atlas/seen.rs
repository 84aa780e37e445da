//! The marks of the base as one caller sees them: which hold, which do not, and what stands beside them.

use std::collections::HashMap;
use std::sync::Arc;

use super::marks::{KindMarks, Square};
use super::{Entry, View, public_points};
use crate::change::Seq;
use crate::model::{Id, Kind};

impl View {
    /// Public positions of the base by kind. What [`View::differing`] names does not hold for this caller.
    pub fn base_marks(&self) -> &HashMap<Kind, KindMarks> {
        self.atlas.base.marks()
    }

    /// Slots of the base whose marks do not hold: changed since, or seen better by this caller than by the public.
    pub fn differing(&self) -> impl Iterator<Item = u32> + '_ {
        let restricted = if self.viewer.sees_more_than_public() { &self.atlas.base.restricted[..] } else { &[] };
        let shadowed = &self.atlas.overlay.shadowed;
        let apart = restricted.iter().filter(|slot| !shadowed.contains(slot));
        shadowed.iter().chain(apart).copied()
    }

    /// What stands beside the marks of the base: what came since, and what this caller sees better than the public.
    pub fn beside_marks(&self) -> impl Iterator<Item = &Entry> {
        let base = &self.atlas.base;
        let shadowed = &self.atlas.overlay.shadowed;
        let restricted = if self.viewer.sees_more_than_public() { &base.restricted[..] } else { &[] };
        let based = restricted.iter().filter(|slot| !shadowed.contains(slot)).map(|s| &base.entries[*s as usize]);
        let new = self.atlas.overlay.entries.values().flatten();
        based.chain(new).map(Arc::as_ref).filter(|e| self.sees(e))
    }

    /// The keys of a slot's marks in the base.
    pub fn keys_in_base(&self, slot: u32) -> impl Iterator<Item = u64> {
        let base = &*self.atlas.base;
        public_points(base, &base.entries[slot as usize]).into_iter().map(|point| Square::from(point).key())
    }

    /// The record that stood in this slot when the base was made. Whether it still does, [`View::differing`] tells.
    pub fn at_slot(&self, slot: u32) -> Option<&Entry> {
        self.atlas.base.entries.get(slot as usize).map(Arc::as_ref).filter(|e| self.sees(e))
    }

    /// Whether somebody may see more of the record in this slot than the public does.
    pub fn is_restricted_in_base(&self, slot: u32) -> bool {
        self.atlas.base.restricted.binary_search(&slot).is_ok()
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
