//! Who can get there: for each area whether an asset reaches it, and how many people that is (CONTRACT §4).

mod ages;
mod answered;
mod assets;
mod question;

pub use answered::{Answered, AreaAnswer, Sums};
pub use question::{Question, read};

use rayon::prelude::*;
use std::collections::BTreeMap;

use super::ctl::{Ctl, Halt, LOOK};
use super::fit::Answer;
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::Point;
use crate::model::area::IndicatorType;
use assets::Assets;
use question::PeopleIn;

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
