//! Ages: a service for some ages counts the people of those ages, where the areas tell them.

use crate::atlas::Entry;
use crate::atlas::areas::AreaSet;
use crate::model::record::stored;

/// Youngest and oldest age that a service takes, where it says.
pub fn of(entry: &Entry) -> Option<(i64, i64)> {
    let body = stored(&entry.body);
    let bound = |name: &str| body.get("eligibility")?.get(name)?.as_i64();
    let (min, max) = (bound("min_age"), bound("max_age"));
    (min.is_some() || max.is_some()).then(|| (min.unwrap_or(0), max.unwrap_or(i64::MAX)))
}

/// Who is taken of an area: everybody, or these age bands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// No age is turned away.
    pub everybody: bool,
    bands: u64,
}

impl Taken {
    pub fn add(&mut self, ages: Option<u64>) {
        match ages {
            Some(bands) => self.bands |= bands,
            None => self.everybody = true,
        }
    }

    pub fn or(self, other: Taken) -> Self {
        Self { everybody: self.everybody || other.everybody, bands: self.bands | other.bands }
    }

    pub fn anybody(self) -> bool {
        self.everybody || self.bands != 0
    }
}

/// People by age: the indicators `age_<from>_<to>` of a set, youngest first.
#[derive(Debug, Clone, Default)]
pub struct AgeBands {
    bands: Vec<(i64, i64, Vec<f64>)>,
}

impl AgeBands {
    /// The bands of a set, if they follow each other without a gap; at most 64.
    pub fn of(set: &AreaSet) -> Self {
        let read = |name: &str| {
            let (from, to) = name.strip_prefix("age_")?.split_once('_')?;
            Some((from.parse().ok()?, to.parse().ok()?))
        };
        let named = set.indicators.iter().filter_map(|(name, (_, values))| {
            let (from, to): (i64, i64) = read(name)?;
            Some((from, to, values.clone()))
        });
        let mut bands: Vec<(i64, i64, Vec<f64>)> = named.collect();
        bands.sort_by_key(|(from, ..)| *from);
        let tiled = bands.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0) && bands.len() <= 64;
        Self { bands: if tiled { bands } else { Vec::new() } }
    }

    /// The bands within a range of ages, which they must fill exactly; `None` when they do not.
    pub fn taken(&self, min: i64, max: i64) -> Option<u64> {
        let mut taken = 0;
        for (i, (from, to, _)) in self.bands.iter().enumerate() {
            match (*from >= min && *to <= max, *to < min || *from > max) {
                (true, _) => taken |= 1 << i,
                (false, true) => {}
                (false, false) => return None,
            }
        }
        (taken != 0).then_some(taken)
    }

    /// How many people of an area are taken, of `weight` in all.
    pub fn weight(&self, taken: Taken, row: usize, weight: f64) -> f64 {
        if taken.everybody {
            return weight;
        }
        let bands = self.bands.iter().enumerate().filter(|(i, _)| taken.bands & (1 << i) != 0);
        bands.map(|(_, (.., people))| people[row]).filter(|n| !n.is_nan()).sum()
    }
}
