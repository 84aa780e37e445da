//! One position and all the areas that records name: each area is compared with it once, however many records name it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::ctl::Ctl;
use super::fit::Answer;
use super::membership::{self, AreaClues, AskedArea};
use crate::atlas::{Entry, View};
use crate::model::{Id, Kind};

/// Where somebody is, for as long as a question is answered.
pub struct Standing<'a> {
    clues: AreaClues<'a>,
    view: &'a View,
    known: Mutex<Known>,
}

/// What was compared already; none for what is no area.
#[derive(Default)]
struct Known {
    areas: HashMap<Id, Option<Answer>>,
    districts: HashMap<String, Option<Answer>>,
}

impl<'a> Standing<'a> {
    /// At a position.
    pub fn new(clues: AreaClues<'a>, view: &'a View) -> Self {
        Self { clues, view, known: Mutex::default() }
    }

    /// Whether it is in any of these areas; `None` when there are none that the caller may see.
    pub fn in_any(&self, areas: impl Iterator<Item = Id>) -> Option<Answer> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut compared = |id: Id| *known.areas.entry(id).or_insert_with(|| self.in_area(id));
        Answer::best(areas.filter_map(&mut compared))
    }

    /// The areas that surely hold it.
    pub fn areas(&self) -> Vec<Id> {
        let tables = self.view.area_tables();
        let coded = self.clues.codes.iter().filter_map(|code| self.view.by_code(Kind::Area, code)).map(|area| area.id);
        let coded: Vec<Id> = coded.collect();
        let mut areas = coded.clone();
        for (name, set) in tables.iter() {
            let drawn = self.clues.point.and_then(|point| Some(set.outlines()?.holding(point))).unwrap_or_default();
            areas.extend(drawn.into_iter().map(|row| set.ids[row]));
            for (within, of, row) in
                coded.iter().filter_map(|id| tables.find(*id)).filter(|(within, ..)| *within != name)
            {
                // Worked out once for the two sets; nobody's question alone is stopped by it.
                let nesting = membership::nesting((within, of), (name, set), self.view, &Ctl::free());
                let holders = nesting.iter().flat_map(|nesting| nesting.holders(row));
                areas.extend(holders.map(|row| set.ids[*row as usize]));
            }
        }
        // An area that not everybody sees stands in no table.
        if self.view.held(Kind::Area) != tables.len() {
            areas.extend(self.view.of_kind(Kind::Area).map(|area| area.id).filter(|id| tables.find(*id).is_none()));
        }
        areas.sort_unstable();
        areas.dedup();
        areas.retain(|area| self.in_any(std::iter::once(*area)) == Some(Answer::Yes));
        areas
    }

    /// Whether it is in any of the districts of these codes, by the codes that are theirs today.
    pub fn in_districts(&self, codes: &[String]) -> Answer {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let compared = |code: &String| match known.districts.get(code) {
            Some(answer) => *answer,
            None => *known.districts.entry(code.clone()).or_insert(self.in_district(code)),
        };
        Answer::best(codes.iter().filter_map(compared)).unwrap_or(Answer::Unknown)
    }

    /// Whether a service is for people who live there: its area and its districts.
    pub fn is_served_by(&self, entry: &Entry) -> Answer {
        if !entry.depends_on_where() {
            return Answer::Yes;
        }
        let areas = self.in_any(entry.linked("service_area"));
        let districts = membership::districts_said(entry).map(|codes| self.in_districts(codes));
        // Where somebody is registered is not told by where they live; nor is what nobody could read.
        let untold = membership::is_untold_where(entry).then_some(Answer::Unknown);
        Answer::all(areas.into_iter().chain(districts).chain(untold))
    }

    fn in_area(&self, id: Id) -> Option<Answer> {
        let area = AskedArea::find(self.view.get(id)?, self.view)?;
        Some(area.holds(self.clues, self.view))
    }

    fn in_district(&self, code: &str) -> Option<Answer> {
        let areas = membership::districts(&[code.to_owned()], self.view);
        Answer::best(areas.iter().map(|area| area.holds(self.clues, self.view)))
    }
}
