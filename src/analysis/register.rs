//! What the national register's codes of districts tell where records tell nothing: areas and postcodes hold them in
//! columns, and a code that is another district's says where something is not.

use std::cell::OnceCell;
use std::sync::Arc;

use super::ctl::{Ctl, Halt, LOOK};
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::Kind;

/// A district that is looked for: a record, or one of which the code alone is known.
#[derive(Debug, Clone, Copy)]
pub struct District<'a> {
    /// Its code.
    pub code: &'a str,
    /// Whether it is a record here.
    pub is_record: bool,
}

/// Rows of a set that lie in something, and those of which nobody knows; both in order. The others do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsIn {
    /// Surely.
    pub yes: Vec<u32>,
    /// Perhaps: very many areas often share what is not known of them.
    pub unknown: Arc<[u32]>,
}

/// The codes of districts that the areas of a set hold in their columns.
pub struct Register<'a> {
    /// The set.
    pub set: &'a AreaSet,
    districts: OnceCell<Vec<(&'a str, &'a [u32])>>,
    all: OnceCell<Arc<[u32]>>,
}

impl<'a> Register<'a> {
    /// Of a set; nothing is read before it is asked.
    pub fn of(set: &'a AreaSet) -> Self {
        Self { set, districts: OnceCell::new(), all: OnceCell::new() }
    }

    /// All rows of the set.
    pub fn all(&self) -> &Arc<[u32]> {
        self.all.get_or_init(|| (0..self.set.len() as u32).collect())
    }

    /// Which of the rows that nothing else tells of lie in a district.
    pub fn rows(&self, district: District<'_>, open: &Arc<[u32]>, view: &View, ctl: &Ctl) -> Result<RowsIn, Halt> {
        let yes = if district.is_record { &[][..] } else { self.set.saying(district.code) };
        let tells = is_district(district.code) && !open.is_empty();
        if !tells && yes.is_empty() {
            return Ok(RowsIn { yes: Vec::new(), unknown: open.clone() });
        }
        let mut known = vec![false; self.set.len()];
        let mut mark = |rows: &[u32]| rows.iter().for_each(|row| known[*row as usize] = true);
        mark(yes);
        if tells {
            let districts = self.districts();
            ctl.tick((districts.len() + self.set.len() / 50) * LOOK)?;
            let others = districts.iter().filter(|(code, _)| district.is_not(code, view));
            others.for_each(|(_, rows)| mark(rows));
        }
        let unknown = open.iter().copied().filter(|row| !known[*row as usize]).collect();
        Ok(RowsIn { yes: yes.to_vec(), unknown })
    }

    fn districts(&self) -> &[(&'a str, &'a [u32])] {
        let read = || {
            let said = self.set.said().iter().filter(|(text, _)| is_district(text));
            said.map(|(text, rows)| (text.as_str(), rows.as_slice())).collect()
        };
        self.districts.get_or_init(read)
    }
}

impl District<'_> {
    /// Whether a code surely names another district than this one: both are the register's, they are not records here of
    /// different sets, perhaps of different years, and this one did not follow it.
    pub fn is_not(&self, code: &str, view: &View) -> bool {
        is_district(self.code)
            && is_district(code)
            && code != self.code
            && (!self.is_record || view.by_code(Kind::Area, code).is_none())
            && !view.datasets().successors(code).iter().any(|later| later == self.code)
    }
}

/// Whether a code is one of a district of the United Kingdom (ONS: E06–E09, N09, S12, W06).
pub fn is_district(code: &str) -> bool {
    ["E06", "E07", "E08", "E09", "N09", "S12", "W06"].iter().any(|start| code.starts_with(start)) && code.len() == 9
}
