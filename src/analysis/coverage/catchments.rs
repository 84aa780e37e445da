//! Catchments: for the people of which areas services are. Services that say the same share one, and an area of the set
//! is told those that let its people in, so that nobody asks all of them about all areas.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::ctl::{Ctl, Halt, LOOK};
use crate::analysis::fit::Answer;
use crate::analysis::membership::{self, AskedArea};
use crate::analysis::register::{Register, RowsIn};
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::Id;

/// Where people must live whom a service takes, as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Catchment {
    /// In one of these areas, if it names any.
    pub areas: Vec<Id>,
    /// In a district of one of these codes, if it names any.
    pub districts: Vec<String>,
}

/// The catchments of some services, by their numbers, for the areas of one set.
#[derive(Default)]
pub struct Catchments {
    /// Of each, lists of numbers of targets: people must live in one of each list.
    all_of: Vec<Vec<Vec<usize>>>,
    targets: Vec<Target>,
    /// By row, the targets that surely hold it.
    holders: Vec<Vec<u32>>,
    parts: Vec<Part>,
}

/// An area or a district that catchments name.
struct Target {
    rows: RowsIn,
    catchments: Vec<u32>,
}

/// Rows of which nobody knows whether they lie in some targets: most targets have these rows in common with others.
struct Part {
    rows: Arc<[u32]>,
    catchments: Vec<u32>,
}

impl Catchments {
    /// Of what services say, numbered in this order.
    pub fn of(said: &[Catchment], (name, set): (&str, &AreaSet), view: &View, ctl: &Ctl) -> Result<Self, Halt> {
        let mut all = Self { holders: vec![Vec::new(); set.len()], ..Self::default() };
        let register = Register::of(set);
        let mut numbers: HashMap<(Option<Id>, String), usize> = HashMap::new();
        for (number, said) in (0..).zip(said) {
            let areas = said.areas.iter().filter_map(|id| AskedArea::find(view.get(*id)?, view));
            let lists = [areas.collect(), membership::districts(&said.districts, view)];
            let named = [!said.areas.is_empty(), !said.districts.is_empty()];
            let mut all_of = Vec::new();
            for (list, _) in lists.into_iter().zip(named).filter(|(_, named)| *named) {
                let mut any_of = Vec::new();
                for target in list {
                    let (id, code) = target.key();
                    let next = all.targets.len();
                    let at = *numbers.entry((id, code.to_owned())).or_insert(next);
                    if at == next {
                        all.add(target.rows(name, &register, view, ctl)?);
                    }
                    any_of.push(at);
                }
                if any_of.is_empty() {
                    // None of the codes is a district's today: nobody knows where that is.
                    any_of.push(all.targets.len());
                    all.add(RowsIn { yes: Vec::new(), unknown: register.all().clone() });
                }
                all_of.push(any_of);
            }
            for target in all_of.iter().flatten() {
                all.targets[*target].catchments.push(number);
            }
            all.all_of.push(all_of);
        }
        all.index(ctl)?;
        Ok(all)
    }

    fn add(&mut self, rows: RowsIn) {
        self.targets.push(Target { rows, catchments: Vec::new() });
    }

    fn index(&mut self, ctl: &Ctl) -> Result<(), Halt> {
        for (number, target) in (0..).zip(&self.targets) {
            ctl.tick(LOOK + target.rows.yes.len() / 100)?;
            target.rows.yes.iter().for_each(|row| self.holders[*row as usize].push(number));
            let unknown = &target.rows.unknown;
            if unknown.is_empty() {
                continue;
            }
            match self.parts.iter_mut().find(|part| Arc::ptr_eq(&part.rows, unknown) || part.rows == *unknown) {
                Some(part) => part.catchments.extend(&target.catchments),
                None => self.parts.push(Part { rows: unknown.clone(), catchments: target.catchments.clone() }),
            }
        }
        for part in &mut self.parts {
            part.catchments.sort_unstable();
            part.catchments.dedup();
        }
        Ok(())
    }

    /// Catchments of which some area surely holds a row, with whether they let its people in: yes or perhaps.
    pub fn at(&self, row: usize) -> impl Iterator<Item = (usize, Answer)> + '_ {
        let catchments = self.holders[row].iter().flat_map(|target| &self.targets[*target as usize].catchments);
        let answers = catchments.map(move |catchment| (*catchment as usize, self.answer(*catchment as usize, row)));
        answers.filter(|(_, answer)| *answer != Answer::No)
    }

    /// Each part, by its number: the catchments that may let in the people of rows of which nobody knows where they lie.
    pub fn parts(&self) -> impl Iterator<Item = &[u32]> {
        self.parts.iter().map(|part| part.catchments.as_slice())
    }

    /// Numbers of the parts that a row belongs to.
    pub fn parts_at(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let holds = move |part: &Part| part.rows.binary_search(&(row as u32)).is_ok();
        self.parts.iter().enumerate().filter(move |(_, part)| holds(part)).map(|(number, _)| number)
    }

    /// Whether a catchment lets the people of a row in.
    pub fn answer(&self, catchment: usize, row: usize) -> Answer {
        let any_of = |targets: &Vec<usize>| {
            Answer::best(targets.iter().map(|target| self.targets[*target].answer(row as u32)))
                .unwrap_or(Answer::Unknown)
        };
        Answer::all(self.all_of[catchment].iter().map(any_of))
    }
}

impl Target {
    fn answer(&self, row: u32) -> Answer {
        match (self.rows.yes.binary_search(&row), self.rows.unknown.binary_search(&row)) {
            (Ok(_), _) => Answer::Yes,
            (_, Ok(_)) => Answer::Unknown,
            _ => Answer::No,
        }
    }
}
