//! Which records of a segment newer segments hold anew, or hold as gone: they are passed over.

use std::collections::BTreeMap;

use super::slots::Bits;
use crate::model::Kind;

/// Slots that are passed over; a copy of a million bits takes some microseconds.
#[derive(Debug, Clone, Default)]
pub struct Covered {
    bits: Bits,
    of_kind: BTreeMap<Kind, usize>,
    len: usize,
}

impl Covered {
    /// Takes in a slot of this kind; it may be in already.
    pub fn add(&mut self, slot: u32, kind: Kind) {
        if self.bits.add(slot) {
            self.len += 1;
            *self.of_kind.entry(kind).or_default() += 1;
        }
    }

    /// Whether a slot is covered.
    pub fn holds(&self, slot: u32) -> bool {
        self.len > 0 && self.bits.holds(slot)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many of a kind.
    pub fn of_kind(&self, kind: Kind) -> usize {
        self.of_kind.get(&kind).copied().unwrap_or_default()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.bits.from(0)
    }
}
