//! Some slots of a segment, in order: as a run that an index holds, as a list, or as a bit each where they are many.

use std::borrow::Cow;

/// A bit for each slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Takes in a slot; whether it is new.
    pub fn add(&mut self, slot: u32) -> bool {
        let (word, bit) = (slot as usize / 64, 1 << (slot % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }

    /// Whether a slot is in.
    pub fn holds(&self, slot: u32) -> bool {
        self.0.get(slot as usize / 64).is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }

    /// Takes a slot out.
    pub fn take_out(&mut self, slot: u32) {
        if let Some(word) = self.0.get_mut(slot as usize / 64) {
            *word &= !(1 << (slot % 64));
        }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Those that are among others, too.
    pub fn and(&self, others: &Bits) -> Self {
        Self(self.0.iter().zip(&others.0).map(|(a, b)| a & b).collect())
    }

    /// Those from a slot on, in order.
    pub fn from(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let (begin, skipped) = (first as usize / 64, first % 64);
        self.0.iter().enumerate().skip(begin).flat_map(move |(at, word)| {
            let mut left = if at == begin { word & (u64::MAX << skipped) } else { *word };
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some((at * 64) as u32 + bit)
            })
        })
    }
}

impl FromIterator<u32> for Bits {
    fn from_iter<I: IntoIterator<Item = u32>>(slots: I) -> Self {
        let mut bits = Self::default();
        let slots = slots.into_iter();
        slots.for_each(|slot| {
            bits.add(slot);
        });
        bits
    }
}

/// Some slots, in order.
#[derive(Debug, Clone)]
pub enum Slots<'a> {
    /// As an index holds them.
    Run(&'a [u32]),
    /// A list.
    List(Vec<u32>),
    /// A bit each.
    Many(Cow<'a, Bits>),
}

/// With more of them than this, a bit each is quicker than a sorted list.
const MANY: usize = 4_096;

impl<'a> Slots<'a> {
    /// All slots of some runs, each of which is in order; once each.
    pub fn of_runs(runs: Vec<&'a [u32]>) -> Self {
        match runs.as_slice() {
            [] => Self::Run(&[]),
            [one] => Self::Run(one),
            _ if runs.iter().map(|run| run.len()).sum::<usize>() > MANY => {
                Self::Many(Cow::Owned(runs.into_iter().flatten().copied().collect()))
            }
            _ => Self::of_list(runs.concat()),
        }
    }

    /// Of a list in whatever order.
    pub fn of_list(mut slots: Vec<u32>) -> Self {
        slots.sort_unstable();
        slots.dedup();
        Self::List(slots)
    }

    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Run(run) => run.len(),
            Self::List(list) => list.len(),
            Self::Many(bits) => bits.count(),
        }
    }

    /// Whether a slot is among them.
    pub fn holds(&self, slot: u32) -> bool {
        match self {
            Self::Run(run) => run.binary_search(&slot).is_ok(),
            Self::List(list) => list.binary_search(&slot).is_ok(),
            Self::Many(bits) => bits.holds(slot),
        }
    }

    /// Those from a slot on, in order.
    pub fn from(&self, first: u32) -> Box<dyn Iterator<Item = u32> + Send + '_> {
        let tail = |list: &'_ [u32]| list.partition_point(|slot| *slot < first);
        match self {
            Self::Run(run) => Box::new(run[tail(run)..].iter().copied()),
            Self::List(list) => Box::new(list[tail(list)..].iter().copied()),
            Self::Many(bits) => Box::new(bits.from(first)),
        }
    }

    /// A bit each.
    pub fn into_bits(self) -> Bits {
        match self {
            Self::Run(run) => run.iter().copied().collect(),
            Self::List(list) => list.into_iter().collect(),
            Self::Many(bits) => bits.into_owned(),
        }
    }

    /// Those from a slot on, in order, for as long as the index lives.
    pub fn into_from(self, first: u32) -> Box<dyn Iterator<Item = u32> + Send + 'a> {
        match self {
            Self::Run(run) => Box::new(run[run.partition_point(|slot| *slot < first)..].iter().copied()),
            Self::List(list) => Box::new(list.into_iter().skip_while(move |slot| *slot < first)),
            Self::Many(Cow::Borrowed(bits)) => Box::new(bits.from(first)),
            Self::Many(Cow::Owned(bits)) => Box::new(bits.from(first).collect::<Vec<_>>().into_iter()),
        }
    }

    /// Those that are among others, too.
    pub fn and(self, others: &Slots<'_>) -> Slots<'a> {
        if self.len() > MANY {
            Self::Many(Cow::Owned(self.from(0).filter(|slot| others.holds(*slot)).collect()))
        } else {
            Self::List(self.from(0).filter(|slot| others.holds(*slot)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// However slots are kept, they are the same slots in the same order.
        #[test]
        fn runs_lists_and_bits_hold_the_same(a in prop::collection::vec(0..300u32, 0..40), b in prop::collection::vec(0..300u32, 0..40), first in 0..310u32) {
            let set: BTreeSet<u32> = a.iter().copied().collect();
            let sorted: Vec<u32> = set.iter().copied().collect();
            let other: BTreeSet<u32> = b.iter().copied().collect();
            let both: Vec<u32> = set.intersection(&other).copied().collect();
            for slots in [Slots::Run(&sorted), Slots::of_list(a.clone()), Slots::Many(Cow::Owned(a.iter().copied().collect()))] {
                prop_assert_eq!(slots.len(), set.len());
                prop_assert!((0..310).all(|slot| slots.holds(slot) == set.contains(&slot)));
                prop_assert_eq!(slots.from(first).collect::<Vec<_>>(), set.range(first..).copied().collect::<Vec<_>>());
                for others in [Slots::of_list(b.clone()), Slots::Many(Cow::Owned(b.iter().copied().collect()))] {
                    prop_assert_eq!(slots.clone().and(&others).from(0).collect::<Vec<_>>(), both.clone());
                }
            }
            let bits: Bits = a.iter().copied().collect();
            let others: Bits = b.iter().copied().collect();
            prop_assert_eq!(bits.and(&others).from(0).collect::<Vec<_>>(), both.clone());
            let mut fewer = bits.clone();
            b.iter().for_each(|slot| fewer.take_out(*slot));
            prop_assert_eq!(fewer.from(0).collect::<Vec<_>>(), set.difference(&other).copied().collect::<Vec<_>>());
            prop_assert_eq!(Slots::Run(&sorted).into_bits(), bits);
            let (left, right) = sorted.split_at(sorted.len() / 2);
            prop_assert_eq!(Slots::of_runs(vec![right, left, left]).from(0).collect::<Vec<_>>(), sorted.clone());
        }
    }
}
