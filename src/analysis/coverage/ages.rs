//! Ages: a service for some ages counts the people of those ages, where the areas tell them.

use crate::atlas::Entry;
use crate::atlas::areas::AreaSet;

/// From this age on a band is taken to hold everybody older, too.
const OLDEST: i64 = 100;

/// Whom a service takes by their age.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ages {
    /// The youngest and the oldest it takes, as far as it says; none when it says neither.
    pub limits: Option<(i64, Option<i64>)>,
    /// A limit was given in words that nobody could read: whom it takes is not sure.
    pub unclear: bool,
}

/// The ages that a service takes.
pub fn of(entry: &Entry) -> Ages {
    let (min, max) = entry.facets.ages;
    let limits = (min.is_some() || max.is_some()).then(|| (min.unwrap_or(0).into(), max.map(i64::from)));
    Ages { limits, unclear: entry.facets.ages_unclear }
}

/// Who is taken of an area: everybody, or these age bands.
#[derive(Debug, Clone, Copy, Default)]
pub struct TakenAges {
    /// No age is turned away.
    pub everybody: bool,
    bands: u128,
}

impl TakenAges {
    pub fn add(&mut self, ages: Option<u128>) {
        match ages {
            Some(bands) => self.bands |= bands,
            None => self.everybody = true,
        }
    }

    pub fn or(self, other: TakenAges) -> Self {
        Self { everybody: self.everybody || other.everybody, bands: self.bands | other.bands }
    }

    pub fn anybody(self) -> bool {
        self.everybody || self.bands != 0
    }

    /// Whether nobody of these ages is turned away.
    pub fn takes(self, ages: Option<u128>) -> bool {
        self.everybody || ages.is_some_and(|bands| bands & !self.bands == 0)
    }
}

/// People by age: the indicators `age_<from>_<to>` of a set, youngest first.
#[derive(Debug, Clone, Default)]
pub struct AgeBands<'a> {
    bands: Vec<(i64, i64, &'a [f64])>,
}

impl<'a> AgeBands<'a> {
    /// The bands of a set; none when there are more than anybody has (128).
    pub fn of(set: &'a AreaSet) -> Self {
        let read = |name: &str| {
            let (from, to) = name.strip_prefix("age_")?.split_once('_')?;
            let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
            (0 <= from && from <= to).then_some((from, to))
        };
        let named = set.indicators.iter().filter_map(|(name, (_, values))| {
            let (from, to) = read(name)?;
            Some((from, to, values.as_slice()))
        });
        let mut bands: Vec<(i64, i64, &[f64])> = named.collect();
        bands.sort_by_key(|(from, to, _)| (*from, *to));
        Self { bands: if bands.len() <= 128 { bands } else { Vec::new() } }
    }

    /// The bands of a range of ages, which they must fill without gap and overlap; `None` when they do not. A range
    /// that is open to the old is filled by a last band that reaches far enough.
    pub fn taken(&self, min: i64, max: Option<i64>) -> Option<u128> {
        let (mut taken, mut next) = (0, min);
        for (i, (from, to, _)) in self.bands.iter().enumerate() {
            if *to < min || max.is_some_and(|max| *from > max) {
                continue;
            }
            if *from != next || max.is_some_and(|max| *to > max) {
                return None;
            }
            taken |= 1 << i;
            next = to + 1;
        }
        let is_full = next > OLDEST || max.is_some_and(|max| next > max);
        (taken != 0 && is_full).then_some(taken)
    }

    /// How many people of an area are taken, of `weight` in all and never more; `None` when the area does not tell the
    /// ages asked for.
    pub fn weight(&self, taken: TakenAges, row: usize, weight: f64) -> Option<f64> {
        if taken.everybody {
            return Some(weight);
        }
        let bands = self.bands.iter().enumerate().filter(|(i, _)| taken.bands & (1 << i) != 0);
        let people = bands.map(|(_, (.., people))| Some(people[row]).filter(|n| *n >= 0.0));
        let sum: Option<f64> = people.sum();
        Some(sum?.min(weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(ranges: &[(i64, i64)]) -> AgeBands<'static> {
        AgeBands { bands: ranges.iter().map(|(from, to)| (*from, *to, &[10.0][..])).collect() }
    }

    #[test]
    fn bands_count_where_they_fill_the_ages_asked_for_and_nowhere_else() {
        let three = bands(&[(0, 15), (16, 64), (65, 120)]);
        for (min, max, expected) in [
            (0, Some(15), Some(0b001)),
            (16, None, Some(0b110)),
            (0, None, Some(0b111)),
            (0, Some(120), Some(0b111)),
            (65, Some(120), Some(0b100)),
            (0, Some(130), Some(0b111)),
            (60, None, None),
            (16, Some(70), None),
            (65, Some(110), None),
        ] {
            assert_eq!(three.taken(min, max), expected, "{min} to {max:?}");
        }
        // Coverage C: nobody counted the children.
        let adults = bands(&[(16, 64), (65, 120)]);
        assert_eq!(adults.taken(0, Some(120)), None);
        assert_eq!(adults.taken(0, None), None);
        assert_eq!(adults.taken(16, None), Some(0b11));
        assert_eq!(bands(&[(16, 64)]).taken(16, None), None, "the old are not counted");
        assert_eq!(bands(&[(16, 64)]).taken(16, Some(70)), None);
        assert_eq!(bands(&[(0, 15), (65, 120)]).taken(65, None), Some(0b10), "a gap elsewhere does not matter");
        assert_eq!(bands(&[(0, 15), (65, 120)]).taken(0, None), None);
        assert_eq!(bands(&[(0, 15), (0, 17), (16, 64)]).taken(0, Some(15)), None, "overlaps would count twice");
        assert_eq!(bands(&[]).taken(0, None), None);
    }

    #[test]
    fn no_more_people_are_covered_than_there_are_and_nobody_is_guessed() {
        let mut of = bands(&[(0, 15), (16, 64)]);
        let taken = |bands| TakenAges { everybody: false, bands };
        assert_eq!(of.weight(taken(0b11), 0, 100.0), Some(20.0));
        assert_eq!(of.weight(taken(0b11), 0, 15.0), Some(15.0));
        assert_eq!(of.weight(taken(0b01), 0, 0.0), Some(0.0));
        of.bands[1].2 = &[f64::NAN];
        assert_eq!(of.weight(taken(0b01), 0, 100.0), Some(10.0));
        assert_eq!(of.weight(taken(0b11), 0, 100.0), None);
        assert_eq!(of.weight(TakenAges { everybody: true, bands: 0b11 }, 0, 100.0), Some(100.0));
    }
}
