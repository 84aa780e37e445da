//! Which assets reach an area: by distance, or because they come; and for whom they are.

use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

use super::ages::{self, AgeBands, Ages, TakenAges};
use super::answered::AreaAnswer;
use super::question::{PeopleIn, Question};
use crate::analysis::ctl::{Ctl, Halt, OPEN};
use crate::analysis::delivery;
use crate::analysis::fit::Answer;
use crate::analysis::membership::{self, AskedArea};
use crate::analysis::reach::nearest::AssetPoints;
use crate::atlas::areas::AreaSet;
use crate::atlas::{Entry, View, chord_2};
use crate::model::Point;

/// The assets that count, apart by what decides whom they reach.
pub struct Assets {
    sure: AssetPoints,
    possible: AssetPoints,
    special: Vec<Special>,
    bands: AgeBands,
}

/// An asset that is only for people of some areas, or that comes to them.
struct Special {
    points: Vec<(Point, [f64; 3])>,
    sure: bool,
    /// Answer per row of the set; none when it is for everybody.
    for_row: Option<Arc<Vec<Answer>>>,
    by: Option<&'static str>,
    /// It comes to people's homes, but nobody said where.
    where_unsaid: bool,
    /// The age bands it takes; none when it takes everybody.
    ages: Option<u128>,
}

impl Assets {
    /// The assets of a question; `ignored` hears what can't be taken into account.
    pub fn choose(
        question: &Question,
        set: &AreaSet,
        view: &View,
        ctl: &Ctl,
        ignored: &mut Vec<&'static str>,
    ) -> Result<Self, Halt> {
        Self::choose_where(question, set, (view, ctl), ignored, &|_| true)
    }

    /// The same, without those that surely lie outside the chosen area.
    pub fn inside(question: &Question, chosen: &PeopleIn, set: &AreaSet, view: &View, ctl: &Ctl) -> Result<Self, Halt> {
        let inside = |entry: &Entry| match chosen {
            PeopleIn::Box([west, south, east, north]) => {
                let holds = |p: &Point| (*west..=*east).contains(&p.lon) && (*south..=*north).contains(&p.lat);
                let points = view.points(entry);
                points.is_empty() || points.iter().any(holds)
            }
            // Where nobody can tell, it is not counted as coming from outside.
            PeopleIn::Area(target) => membership::record_in(entry, target, view) != Answer::No,
        };
        Self::choose_where(question, set, (view, ctl), &mut Vec::new(), &inside)
    }

    fn choose_where(
        question: &Question,
        set: &AreaSet,
        (view, ctl): (&View, &Ctl),
        ignored: &mut Vec<&'static str>,
        counts: &(dyn Fn(&Entry) -> bool + Sync),
    ) -> Result<Self, Halt> {
        let (mut sure, mut possible, mut special) = (Vec::new(), Vec::new(), Vec::new());
        let mut known: Known = HashMap::new();
        let bands = if question.weight == "population" { AgeBands::of(set) } else { AgeBands::default() };
        for kind in &question.filter.kinds {
            let mut candidates = view.among(&question.filter.among(*kind));
            // Of several that come to an area the first by id says how: free text chooses them in no order.
            candidates.sort_unstable_by_key(|e| e.id);
            ctl.expect(candidates.len() * question.filter.usual_cost());
            let judge = |e| {
                ctl.tick(question.filter.cost(e))?;
                let counted = e.kind == *kind && counts(e);
                let sure = counted.then(|| question.filter.fit(e, view)).flatten().map(|fit| fit.is_sure());
                Ok(sure.map(|sure| (e, sure, view.points(e))))
            };
            let chosen: Vec<(&Entry, bool, Vec<Point>)> =
                candidates.into_par_iter().map(judge).filter_map(Result::transpose).collect::<Result<_, Halt>>()?;
            let wanted = |sure: bool| question.filter.only() != Some(if sure { "possible" } else { "sure" });
            for (entry, is_sure, points) in chosen.into_iter().filter(|(_, sure, _)| wanted(*sure)) {
                if !says_for_whom(entry) {
                    if is_sure { &mut sure } else { &mut possible }.extend(points);
                    continue;
                }
                ctl.tick(4 * OPEN)?;
                let (by, ages) = (delivery::remote_way(entry), ages::of(entry));
                special.push(Special {
                    points: points.into_iter().map(|p| (p, p.ecef())).collect(),
                    sure: is_sure && !ages.unclear,
                    for_row: for_whom(entry, (&question.areas, set), view, ctl, &mut known)?,
                    by,
                    where_unsaid: by == Some("at_home") && entry.linked("service_area").next().is_none(),
                    ages: ages_taken(ages, &bands, ignored),
                });
            }
        }
        Ok(Self { sure: AssetPoints::new(sure), possible: AssetPoints::new(possible), special, bands })
    }

    /// What looking at one area costs.
    pub fn cost(&self) -> usize {
        OPEN + self.special.len() / 50
    }

    /// What reaches one area.
    pub fn reach(&self, row: usize, set: &AreaSet, weight: f64, question: &Question) -> AreaAnswer {
        // An area that does not say where it is lies within reach of nothing; what comes to its people still does.
        let origin = set.points[row].map(|point| (point, point.ecef()));
        let metres = question.within.metres;
        let mut nearest_m = origin.filter(|_| question.per_area).and_then(|(point, _)| self.sure.nearest_m(point));
        let mut sure = TakenAges::default();
        let mut possible = TakenAges::default();
        sure.everybody = match nearest_m {
            Some(nearest) => nearest <= metres,
            None => !question.per_area && origin.is_some_and(|(point, _)| self.sure.within(point, metres)),
        };
        possible.everybody = origin.is_some_and(|(point, _)| self.possible.within(point, metres));
        let (mut near, mut by) = (sure.everybody, None);
        for asset in &self.special {
            let allowed = asset.for_row.as_ref().map_or(Answer::Yes, |rows| rows[row]);
            if allowed == Answer::No {
                continue;
            }
            // Beyond what can matter, a chord is enough to know it.
            let matters = if question.per_area { nearest_m.map_or(f64::INFINITY, |n| n.max(metres)) } else { metres };
            let distance = origin.and_then(|(point, at)| asset.distance_m(point, &at, matters));
            let reached = distance.is_some_and(|d| d <= metres);
            let comes = asset.by.filter(|_| !reached);
            let is_sure = asset.sure && allowed == Answer::Yes && !(comes.is_some() && asset.where_unsaid);
            if is_sure {
                nearest_m = if question.per_area { smaller(nearest_m, distance) } else { None };
                near |= reached;
                by = by.or(comes);
            }
            if reached || comes.is_some() {
                if is_sure { &mut sure } else { &mut possible }.add(asset.ages);
            }
        }
        // Where something is within reach, its distance is the answer; where help only comes to people, how it comes.
        by = by.filter(|_| !near);
        let covered = self.bands.weight(sure, row, weight);
        let reached = self.bands.weight(sure.or(possible), row, weight);
        // Where an area does not tell its ages, all of it counts, as where no area does.
        let (weight_covered, weight_reached) = (covered.unwrap_or(weight), reached.unwrap_or(weight));
        AreaAnswer {
            row,
            weight,
            nearest_m: nearest_m.filter(|_| by.is_none()),
            covered: sure.anybody(),
            possible: !sure.anybody() && possible.anybody(),
            weight_covered,
            weight_unsure: weight_reached - weight_covered,
            by,
            ages_untold: covered.is_none() || reached.is_none(),
        }
    }
}

impl Special {
    /// Geodesic metres to its nearest point, unless all lie beyond `matters`.
    fn distance_m(&self, origin: Point, at: &[f64; 3], matters: f64) -> Option<f64> {
        let limit = (matters + 1e-6).powi(2);
        let close = self.points.iter().filter(|(_, p)| chord_2(p, at) <= limit);
        close.map(|(p, _)| origin.distance_m(*p)).min_by(f64::total_cmp)
    }
}

/// The age bands that a service takes; none when it takes everybody, or when the bands do not fill its ages.
fn ages_taken(ages: Ages, bands: &AgeBands, ignored: &mut Vec<&'static str>) -> Option<u128> {
    let (min, max) = ages.limits?;
    let taken = bands.taken(min, max);
    if taken.is_none() && !ignored.contains(&"age") {
        ignored.push("age");
    }
    taken
}

/// Whether a service is for some people only, or comes to them.
fn says_for_whom(entry: &Entry) -> bool {
    entry.remote || entry.limited
}

fn smaller(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Answers per row of the set, by the area or the districts they are about: many services share them.
type Known = HashMap<String, Arc<Vec<Answer>>>;

/// For which areas of the set a service is; `None` for all.
fn for_whom(
    entry: &Entry,
    (name, set): (&str, &AreaSet),
    view: &View,
    ctl: &Ctl,
    known: &mut Known,
) -> Result<Option<Arc<Vec<Answer>>>, Halt> {
    let mut limits: Vec<Vec<Arc<Vec<Answer>>>> = Vec::new();
    let rows_in = |target: AskedArea| target.holds_rows(name, set, view, ctl).map(Arc::new);
    let mut areas = Vec::new();
    for area in entry.linked("service_area").filter_map(|id| view.get(id)) {
        let key = area.id.to_string();
        if !known.contains_key(&key) {
            let Some(target) = AskedArea::read(area) else { continue };
            known.insert(key.clone(), rows_in(target)?);
        }
        areas.push(known[&key].clone());
    }
    if !areas.is_empty() {
        limits.push(areas);
    }
    if let Some(codes) = membership::districts_said(entry) {
        let best = || {
            let each = membership::districts(&codes, view).into_iter().map(rows_in);
            let each: Vec<Arc<Vec<Answer>>> = each.collect::<Result<_, Halt>>()?;
            Ok(Arc::new((0..set.len()).map(|row| best_of(&each, row)).collect()))
        };
        let key = codes.join(" ");
        let rows = known.get(&key).map_or_else(best, |rows| Ok(rows.clone()))?;
        known.insert(key, rows.clone());
        limits.push(vec![rows]);
    }
    if membership::is_for_registered(entry) || membership::is_unclear_where(entry) {
        // Who is registered where is not known by area; nor is what nobody could read.
        limits.push(vec![Arc::new(vec![Answer::Unknown; set.len()])]);
    }
    match limits.as_slice() {
        [] => return Ok(None),
        [one] if one.len() == 1 => return Ok(Some(one[0].clone())),
        _ => {}
    }
    let of_row = |row: usize| Answer::all(limits.iter().map(|any| best_of(any, row)));
    Ok(Some(Arc::new((0..set.len()).map(of_row).collect())))
}

fn best_of(any: &[Arc<Vec<Answer>>], row: usize) -> Answer {
    Answer::best(any.iter().map(|answers| answers[row])).unwrap_or(Answer::Unknown)
}
