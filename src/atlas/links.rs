//! Who names whom: the records of a segment that name a record, wherever that one stands.

use super::at_once;
use crate::model::Id;

/// References by what they name; four bytes each, and twenty for every record that is named.
#[derive(Debug, Default)]
pub struct Links {
    /// What is named, sorted.
    targets: Vec<Id>,
    /// Where the references to each begin, and where the last ones end.
    starts: Vec<u32>,
    /// Slots of those that name it, in order.
    sources: Vec<u32>,
}

impl Links {
    /// Of these pairs: what is named, slot of the one that names it.
    pub fn build(mut pairs: Vec<(Id, u32)>) -> Self {
        at_once::sort(&mut pairs);
        pairs.dedup();
        let mut links = Self { sources: Vec::with_capacity(pairs.len()), ..Self::default() };
        for (target, source) in pairs {
            if links.targets.last() != Some(&target) {
                links.targets.push(target);
                links.starts.push(links.sources.len() as u32);
            }
            links.sources.push(source);
        }
        links.starts.push(links.sources.len() as u32);
        links.targets.shrink_to_fit();
        links.starts.shrink_to_fit();
        links
    }

    /// Slots of the records that name one, in order.
    pub fn to(&self, target: Id) -> &[u32] {
        match self.targets.binary_search(&target) {
            Ok(at) => &self.sources[self.starts[at] as usize..self.starts[at + 1] as usize],
            Err(_) => &[],
        }
    }

    /// How many bytes it takes.
    pub fn weight(&self) -> usize {
        size_of_val(&*self.targets) + 4 * (self.starts.len() + self.sources.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finds_those_that_name_it_once_and_in_order() {
        let id = |n: u128| Id::from_u128(n);
        let links = Links::build(vec![(id(2), 9), (id(1), 4), (id(2), 3), (id(2), 9), (id(7), 0)]);
        assert_eq!(links.to(id(1)), [4]);
        assert_eq!(links.to(id(2)), [3, 9]);
        assert_eq!(links.to(id(7)), [0]);
        assert_eq!((links.to(id(3)), links.to(id(8))), (&[][..], &[][..]));
        assert_eq!(Links::default().to(id(1)), [] as [u32; 0]);
    }
}
