//! Which areas of one set lie in which areas of another, as a table: worked out once, and read by every question that
//! limits services to areas or sums by them. What it says is the rule's of `analysis/membership.rs`.

use std::sync::Arc;

/// Where one area lies in another set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lies {
    /// In these of its areas, as far as anybody knows: in order, perhaps none.
    In(Vec<usize>),
    /// It does not say where it is at all.
    Nowhere,
}

/// Where each area of a set lies in another set, and the reverse.
#[derive(Debug)]
pub struct Nesting {
    holders: Lists,
    held: Lists,
    open: Arc<[u32]>,
    nowhere: Arc<[u32]>,
}

impl Nesting {
    /// Of where each area lies, in order of its row, in a set of `there` areas.
    pub fn of(each: &[Lies], there: usize) -> Self {
        let (mut open, mut nowhere) = (Vec::new(), Vec::new());
        let mut holders = Lists::default();
        let mut held: Vec<Vec<u32>> = vec![Vec::new(); there];
        for (row, lies) in (0..).zip(each) {
            let rows = match lies {
                Lies::In(rows) => rows.as_slice(),
                Lies::Nowhere => &[],
            };
            if rows.is_empty() {
                open.push(row);
            }
            if *lies == Lies::Nowhere {
                nowhere.push(row);
            }
            rows.iter().for_each(|above| held[*above].push(row));
            holders.push(rows.iter().map(|above| *above as u32));
        }
        let mut below = Lists::default();
        held.into_iter().for_each(|rows| below.push(rows.into_iter()));
        Self { holders, held: below, open: open.into(), nowhere: nowhere.into() }
    }

    /// Rows of the other set that hold a row of this one, in order.
    pub fn holders(&self, row: usize) -> &[u32] {
        self.holders.get(row)
    }

    /// Rows of this set that a row of the other one holds, in order.
    pub fn held(&self, above: usize) -> &[u32] {
        self.held.get(above)
    }

    /// Rows that nothing is known to hold.
    pub fn open(&self) -> &Arc<[u32]> {
        &self.open
    }

    /// Those of them that do not say where they are: no outline can tell.
    pub fn nowhere(&self) -> &Arc<[u32]> {
        &self.nowhere
    }
}

/// A list a row, one behind the other.
#[derive(Debug, Default)]
struct Lists {
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl Lists {
    fn push(&mut self, rows: impl Iterator<Item = u32>) {
        self.rows.extend(rows);
        self.ends.push(self.rows.len() as u32);
    }

    fn get(&self, row: usize) -> &[u32] {
        let from = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rows[from as usize..self.ends[row] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_from_both_sides() {
        let each = [Lies::In(vec![1]), Lies::Nowhere, Lies::In(vec![0, 1]), Lies::In(vec![]), Lies::In(vec![1])];
        let nesting = Nesting::of(&each, 3);
        let holders: Vec<&[u32]> = (0..5).map(|row| nesting.holders(row)).collect();
        assert_eq!(holders, [&[1][..], &[], &[0, 1], &[], &[1]]);
        let held: Vec<&[u32]> = (0..3).map(|above| nesting.held(above)).collect();
        assert_eq!(held, [&[2][..], &[0, 2, 4], &[]]);
        assert_eq!((&nesting.open()[..], &nesting.nowhere()[..]), (&[1, 3][..], &[1][..]));
    }
}
