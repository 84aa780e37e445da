//! What each area counts: a count its value, a rate its value times the population.

use crate::atlas::areas::AreaSet;
use crate::model::area::IndicatorType;

/// What is counted, read from the columns of a set.
pub struct Weights<'a> {
    values: &'a [f64],
    /// Of whom the values are a share.
    people: Option<&'a [f64]>,
}

impl<'a> Weights<'a> {
    /// By the name of an indicator.
    pub fn of(name: &str, set: &'a AreaSet) -> Self {
        let column = |name: &str| set.indicator(name).map_or(&[][..], |(_, values)| values.as_slice());
        let is_rate = set.indicator(name).is_some_and(|(kind, _)| *kind == IndicatorType::Rate);
        Self { values: column(name), people: is_rate.then(|| column("population")) }
    }

    /// Of an area; `None` where it does not say. Below nothing is no number of anything.
    pub fn at(&self, row: usize) -> Option<f64> {
        let said = |column: &[f64]| column.get(row).copied().filter(|n| *n >= 0.0);
        let value = said(self.values)?;
        Some(match self.people {
            Some(people) => value * said(people)?,
            None => value,
        })
    }
}
