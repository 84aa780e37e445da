//! Who can get there: for each area whether an asset reaches it, and how many people that is (CONTRACT §4).

use jiff::Zoned;
use rayon::prelude::*;
use std::collections::BTreeMap;

mod ages;
mod assets;

use assets::Assets;

use super::asked::Asked;
use super::ctl::{Ctl, Halt, LOOK};
use super::filter::{Filter, read_box};
use super::fit::Answer;
use super::groups::{self, By};
use super::membership::Target;
use super::reach::{self, Within};
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::area::IndicatorType;
use crate::model::{Code, Id, Kind, Point, Problem, Problems};

/// What is asked.
pub struct Question {
    filter: Filter,
    /// How far.
    pub within: Within,
    /// Name of the area set.
    pub areas: String,
    /// What is counted.
    pub weight: String,
    by: Option<By>,
    people_in: Option<PeopleIn>,
    /// Whether every area is wanted, too.
    pub per_area: bool,
}

enum PeopleIn {
    Box([f64; 4]),
    Area(Target),
}

/// Sums over some areas.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sums {
    /// How many areas.
    pub areas: usize,
    /// Those surely reached.
    pub areas_covered: usize,
    /// People (or what is counted) in all.
    pub weight: f64,
    /// Surely reached.
    pub covered: f64,
    /// Reached only by what may fit.
    pub unsure: f64,
    /// Covered only by assets outside the chosen area.
    pub from_outside: f64,
    /// Areas that do not say how many people (or what is counted) they have: they stand in no other number but `areas`.
    pub without_weight: usize,
}

/// One area of the answer.
#[derive(Debug, Clone)]
pub struct AreaAnswer {
    /// Row in the set.
    pub row: usize,
    /// People in it.
    pub weight: f64,
    /// Geodesic metres to the nearest sure asset, reached or not; none when it comes by another way.
    pub nearest_m: Option<f64>,
    /// Somebody in it is surely reached.
    pub covered: bool,
    /// Somebody in it is reached only by what may fit.
    pub possible: bool,
    /// People surely reached: all, or those of the ages that are taken.
    pub weight_covered: f64,
    /// People reached only by what may fit.
    pub weight_unsure: f64,
    /// How an asset comes to the people who need not travel.
    pub by: Option<&'static str>,
    /// It does not tell how many people of the ages asked for it has: all of them were counted.
    pub ages_untold: bool,
}

/// The answer.
pub struct Answered {
    /// All chosen areas.
    pub total: Sums,
    /// By group; numbers in their order, words in theirs.
    pub groups: Vec<(String, Sums)>,
    /// Words and limits that could not be taken into account.
    pub ignored: Vec<&'static str>,
    /// Each area; empty unless asked for.
    pub per_area: Vec<AreaAnswer>,
}

/// Reads the words of the question.
pub fn read(mut asked: Asked, view: &View, now: &Zoned) -> Result<Question, Vec<Problem>> {
    let mut problems = Problems::new();
    let filter = Filter::read(&mut asked, view, now, &Kind::sought(), &mut problems);
    let within = asked.one("within", &mut problems);
    let areas = asked.one("areas", &mut problems);
    let weight = asked.one("weight", &mut problems).unwrap_or_else(|| "population".to_owned());
    let by = asked.one("by", &mut problems);
    let people_in = asked.one("people_in", &mut problems);
    let per_area = asked.words("include", &["per_area"], &mut problems).len() == 1;
    asked.finish(&mut problems);
    let mut note = |p: Problem| problems.add(&p.field, p.code, p.message);
    let within = match within {
        Some(text) => reach::within(&text).map_err(&mut note).ok(),
        None => {
            note(Problem::new("within", Code::Required, "within is needed: how far counts as there, such as 1600m"));
            None
        }
    };
    let people_in = people_in.and_then(|text| read_people_in(&text, view).map_err(&mut note).ok());
    let set = area_set(areas.as_deref(), view).map_err(&mut note).ok();
    let mut read_by = None;
    if let Some((_, set)) = set {
        check_weight(&weight, set).map_err(&mut note).ok();
        read_by = by.and_then(|by| groups::read(&by, set).map_err(&mut note).ok());
    }
    let found = problems.into_vec();
    match (within, set) {
        (Some(within), Some((name, _))) if found.is_empty() => {
            Ok(Question { filter, within, areas: name.to_owned(), weight, by: read_by, people_in, per_area })
        }
        _ => Err(found),
    }
}

/// Answers it. Exact: every area counts by its geodesic distance, the threshold included.
pub fn answer(question: &Question, view: &View, ctl: &Ctl) -> Result<Answered, Halt> {
    question.filter.look_up(view, ctl)?;
    let empty = AreaSet::default();
    let set = view.area_set(&question.areas).unwrap_or(&empty);
    let rows = chosen_rows(question.people_in.as_ref(), (&question.areas, set), view, ctl)?;
    let by = question.by.as_ref().map(|by| by.groups((&question.areas, set), &rows, view, ctl)).transpose()?;
    let weights = weights(&question.weight, set);
    let mut ignored = Vec::new();
    let assets = Assets::choose(question, set, view, ctl, &mut ignored)?;
    let inside = question.people_in.as_ref().map(|chosen| Assets::inside(question, chosen, set, view, ctl));
    let inside = inside.transpose()?;
    ctl.expect(rows.len() * assets.cost());
    let answers: Vec<(AreaAnswer, f64)> = rows
        .par_iter()
        .map(|row| {
            ctl.tick(assets.cost())?;
            let weight = weights[*row].unwrap_or(0.0);
            let answer = assets.reach(*row, set, weight, question);
            let outside = match &inside {
                Some(near) if answer.covered => {
                    // By people, not by area: those whom nothing inside takes.
                    answer.weight_covered - near.reach(*row, set, weight, question).weight_covered
                }
                _ => 0.0,
            };
            Ok((answer, outside.max(0.0)))
        })
        .collect::<Result<_, Halt>>()?;
    if answers.iter().any(|(answer, _)| answer.ages_untold) && !ignored.contains(&"age") {
        ignored.push("age");
    }
    let mut total = Sums::default();
    let mut by_group: BTreeMap<String, Sums> = BTreeMap::new();
    for (answer, outside) in &answers {
        let known = weights[answer.row].is_some();
        total.add(answer, *outside, known);
        if let Some(key) = by.as_ref().and_then(|by| by[answer.row].clone()) {
            by_group.entry(key).or_default().add(answer, *outside, known);
        }
    }
    let per_area = if question.per_area { answers.into_iter().map(|(a, _)| a).collect() } else { Vec::new() };
    let mut groups: Vec<(String, Sums)> = by_group.into_iter().collect();
    groups.sort_by_key(|(key, _)| key.parse::<i64>().unwrap_or(i64::MAX));
    Ok(Answered { total, groups, ignored, per_area })
}

impl Sums {
    fn add(&mut self, area: &AreaAnswer, outside: f64, known: bool) {
        self.areas += 1;
        self.without_weight += usize::from(!known);
        self.weight += area.weight;
        if area.covered {
            self.areas_covered += 1;
        }
        self.covered += area.weight_covered;
        self.unsure += area.weight_unsure;
        self.from_outside += outside;
    }

    /// Share of the weight surely reached, 0–1; 0 when there is no weight.
    pub fn share(&self) -> f64 {
        share(self.covered, self.weight)
    }

    /// Share reached when all that may fit does.
    pub fn share_possible(&self) -> f64 {
        share(self.covered + self.unsure, self.weight)
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole * 1e5).round() / 1e5 } else { 0.0 }
}

fn read_people_in(text: &str, view: &View) -> Result<PeopleIn, Problem> {
    if text.contains(',') {
        return read_box("people_in", text).map(PeopleIn::Box);
    }
    let by_id = text.parse().ok().and_then(|id: Id| view.get(id));
    if by_id.is_some_and(|e| e.kind != Kind::Area) {
        return Err(Problem::new("people_in", Code::NotAllowed, "must be an area or a box; other shapes come later"));
    }
    let area = by_id.or_else(|| view.by_code(Kind::Area, text)).and_then(Target::read);
    let missing =
        || Problem::new("people_in", Code::NotFound, "no area has this id or code; a box is west,south,east,north");
    area.map(PeopleIn::Area).ok_or_else(missing)
}

fn area_set<'a>(name: Option<&str>, view: &'a View) -> Result<(&'a str, &'a AreaSet), Problem> {
    let tables = view.area_tables();
    match name {
        None => tables.usual().ok_or_else(|| {
            Problem::new(
                "areas",
                Code::NotFound,
                "there are no areas yet: commonground import FILE --kind area --area-set NAME",
            )
        }),
        Some(name) => tables.iter().find(|(n, _)| *n == name).ok_or_else(|| {
            let names: Vec<&str> = tables.iter().map(|(n, _)| n).collect();
            Problem::new("areas", Code::NotFound, format!("there is no such area set; there are {}", names.join(", ")))
        }),
    }
}

fn check_weight(name: &str, set: &AreaSet) -> Result<(), Problem> {
    if name.parse::<Id>().is_ok() {
        return Err(Problem::new("weight", Code::NotAllowed, "needs and villages can't be used yet"));
    }
    match set.indicator(name) {
        Some((IndicatorType::Score, _)) => {
            Err(Problem::new("weight", Code::NotAllowed, format!("{name} is a score: it ranks, it can't be added up")))
        }
        Some(_) => Ok(()),
        None if name == "population" => Ok(()),
        None => {
            let names: Vec<&str> = set.indicators.keys().map(String::as_str).collect();
            Err(Problem::new("weight", Code::NotFound, format!("these areas have {}", names.join(", "))))
        }
    }
}

/// What each area counts: a count its value, a rate its value times the population. `None` where it does not say;
/// below nothing is no number of anything.
fn weights(name: &str, set: &AreaSet) -> Vec<Option<f64>> {
    let said = |n: f64| (n >= 0.0).then_some(n);
    match set.indicator(name) {
        Some((IndicatorType::Rate, rates)) => match set.indicator("population") {
            Some((_, people)) => rates.iter().zip(people).map(|(rate, n)| Some(said(*rate)? * said(*n)?)).collect(),
            None => vec![None; set.len()],
        },
        Some((_, values)) => values.iter().copied().map(said).collect(),
        None => vec![None; set.len()],
    }
}

fn chosen_rows(
    people_in: Option<&PeopleIn>,
    (name, set): (&str, &AreaSet),
    view: &View,
    ctl: &Ctl,
) -> Result<Vec<usize>, Halt> {
    ctl.tick(set.len() * LOOK)?;
    Ok(match people_in {
        None => (0..set.len()).collect(),
        Some(PeopleIn::Box([west, south, east, north])) => {
            let inside = |p: &Point| (*west..=*east).contains(&p.lon) && (*south..=*north).contains(&p.lat);
            (0..set.len()).filter(|row| set.points[*row].as_ref().is_some_and(inside)).collect()
        }
        Some(PeopleIn::Area(target)) => {
            let answers = target.holds_rows(name, set, view, ctl)?;
            (0..set.len()).filter(|row| answers[*row] == Answer::Yes).collect()
        }
    })
}
