//! Who can get there: for each area whether an asset reaches it, and how many people that is (CONTRACT §4).

mod ages;
mod answered;
mod assets;
mod catchments;
mod classes;
mod question;
mod weights;

pub use answered::{Answered, AreaAnswer, Sums};
pub use question::{Question, read};

use rayon::prelude::*;
use std::collections::BTreeMap;

use super::ctl::{Ctl, Halt, LOOK};
use super::reach::nearest::Radius;
use super::register::Register;
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::Point;
use ages::AgeBands;
use assets::Assets;
use catchments::Catchments;
use classes::Classes;
use question::PeopleIn;
use weights::Weights;

/// Answers it. Exact: every area counts by its geodesic distance, the threshold included.
pub fn answer(question: &Question, view: &View, ctl: &Ctl) -> Result<Answered, Halt> {
    question.filter.look_up(view, ctl)?;
    let empty = AreaSet::default();
    let set = view.area_set(&question.areas).unwrap_or(&empty);
    let rows = chosen_rows(question.people_in.as_ref(), (&question.areas, set), view, ctl)?;
    let by = question.by.as_ref().map(|by| by.groups((&question.areas, set), &rows, view, ctl)).transpose()?;
    let weights = Weights::of(&question.weight, set);
    let bands = if question.weight == "population" { AgeBands::of(set) } else { AgeBands::default() };
    let mut ignored = Vec::new();
    let chosen = Assets::choose(question, &bands, view, ctl, &mut ignored)?;
    let catchments = Catchments::of(&chosen.catchments, (&question.areas, set), view, ctl)?;
    let all = Classes::of(chosen.assets.iter(), &catchments, &bands, ctl)?;
    let inside = question.people_in.as_ref().map(|_| chosen.assets.iter().filter(|asset| asset.inside));
    let inside = inside.map(|assets| Classes::of(assets, &catchments, &bands, ctl)).transpose()?;
    let radius = Radius::new(question.within.metres);
    ctl.expect(rows.len() * classes::COST);
    let answers: Vec<(AreaAnswer, f64)> = rows
        .par_iter()
        .map(|row| {
            ctl.tick(classes::COST)?;
            let weight = weights.at(*row).unwrap_or(0.0);
            let answer = all.at(*row, set, weight, &radius, question.per_area);
            let outside = match &inside {
                Some(near) if answer.covered => {
                    // By people, not by area: those whom nothing inside takes.
                    answer.weight_covered - near.at(*row, set, weight, &radius, false).weight_covered
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
        let known = weights.at(answer.row).is_some();
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
            let found = target.rows(name, &Register::of(set), view, ctl)?;
            found.yes.into_iter().map(|row| row as usize).collect()
        }
    })
}
