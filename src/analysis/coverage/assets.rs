//! Which assets reach an area: by distance, or because they come; and for whom they are.

use std::collections::HashMap;
use std::sync::Arc;

use super::ages::{self, AgeBands, Taken};
use super::{AreaAnswer, PeopleIn, Question};
use crate::analysis::delivery;
use crate::analysis::fit::Answer;
use crate::analysis::membership::{self, Target};
use crate::analysis::reach::nearest::Targets;
use crate::atlas::areas::AreaSet;
use crate::atlas::{Entry, View};
use crate::model::record::stored;
use crate::model::{Id, Kind, Point};

/// The assets that count, apart by what decides whom they reach.
pub struct Assets {
    sure: Targets,
    possible: Targets,
    special: Vec<Special>,
    bands: AgeBands,
}

/// An asset that is only for people of some areas, or that comes to them.
struct Special {
    points: Vec<Point>,
    sure: bool,
    /// Answer per row of the set; none when it is for everybody.
    for_row: Option<Arc<Vec<Answer>>>,
    by: Option<&'static str>,
    /// The age bands it takes; none when it takes everybody.
    ages: Option<u64>,
}

impl Assets {
    /// The assets of a question; `ignored` hears what can't be taken into account.
    pub fn choose(question: &Question, set: &AreaSet, view: &View, ignored: &mut Vec<&'static str>) -> Self {
        let (mut sure, mut possible, mut special) = (Vec::new(), Vec::new(), Vec::new());
        let mut known: HashMap<Id, Arc<Vec<Answer>>> = HashMap::new();
        let bands = if question.weight == "population" { AgeBands::of(set) } else { AgeBands::default() };
        for kind in &question.filter.kinds {
            for entry in view.among(&question.filter.among(*kind)).into_iter().filter(|e| e.kind == *kind) {
                let Some(fit) = question.filter.fit(entry, view) else { continue };
                if fit.is_sure() && question.filter.only() == Some("possible") {
                    continue;
                }
                let plain = entry.kind != Kind::Service || !says_for_whom(entry);
                if plain {
                    if fit.is_sure() { &mut sure } else { &mut possible }.extend(view.points(entry));
                    continue;
                }
                let ages = match ages::of(entry) {
                    Some((min, max)) => bands.taken(min, max).or_else(|| {
                        if !ignored.contains(&"age") {
                            ignored.push("age");
                        }
                        None
                    }),
                    None => None,
                };
                let for_row = for_whom(entry, &question.areas, set, view, &mut known);
                let by = delivery::remote_way(entry);
                special.push(Special { points: view.points(entry), sure: fit.is_sure(), for_row, by, ages });
            }
        }
        Self { sure: Targets::new(sure), possible: Targets::new(possible), special, bands }
    }

    /// The same assets, only those that lie inside the chosen area.
    pub fn within(&self, chosen: &PeopleIn, view: &View) -> Self {
        let holds = |p: &Point| match chosen {
            PeopleIn::Box([west, south, east, north]) => {
                (*west..=*east).contains(&p.lon) && (*south..=*north).contains(&p.lat)
            }
            PeopleIn::Area(target) => {
                target.holds(membership::Position { point: Some(*p), codes: &[] }, view) == Answer::Yes
            }
        };
        let lies_inside = |s: &&Special| s.points.is_empty() || s.points.iter().any(&holds);
        let special = self.special.iter().filter(lies_inside).map(|s| Special {
            points: s.points.iter().copied().filter(&holds).collect(),
            for_row: s.for_row.clone(),
            ..*s
        });
        Self {
            sure: Targets::new(self.sure.points().filter(&holds)),
            possible: Targets::new(std::iter::empty()),
            special: special.collect(),
            bands: self.bands.clone(),
        }
    }

    /// What reaches one area.
    pub fn reach(&self, row: usize, set: &AreaSet, weight: f64, question: &Question) -> AreaAnswer {
        let origin = set.points[row];
        let metres = question.within.metres;
        let mut nearest_m = if question.per_area { self.sure.nearest_m(origin) } else { None };
        let mut sure = Taken::default();
        let mut possible = Taken::default();
        sure.everybody = match nearest_m {
            Some(nearest) => nearest <= metres,
            None => !question.per_area && self.sure.within(origin, metres),
        };
        possible.everybody = self.possible.within(origin, metres);
        let (mut near, mut by) = (sure.everybody, None);
        for asset in &self.special {
            let allowed = asset.for_row.as_ref().map_or(Answer::Yes, |rows| rows[row]);
            if allowed == Answer::No {
                continue;
            }
            let distance = asset.points.iter().map(|p| origin.distance_m(*p)).min_by(f64::total_cmp);
            let reached = distance.is_some_and(|d| d <= metres);
            if asset.sure && allowed == Answer::Yes {
                nearest_m = if question.per_area { smaller(nearest_m, distance) } else { None };
                near |= reached;
                by = by.or(asset.by);
                if reached || asset.by.is_some() {
                    sure.add(asset.ages);
                }
            } else if reached || asset.by.is_some() {
                possible.add(asset.ages);
            }
        }
        // Where something is within reach, its distance is the answer; where help only comes to people, how it comes.
        by = by.filter(|_| !near);
        let weight_covered = self.bands.weight(sure, row, weight);
        let weight_reached = self.bands.weight(sure.or(possible), row, weight);
        AreaAnswer {
            row,
            weight,
            nearest_m: nearest_m.filter(|_| by.is_none()),
            covered: sure.anybody(),
            possible: !sure.anybody() && possible.anybody(),
            weight_covered,
            weight_unsure: weight_reached - weight_covered,
            by,
        }
    }

    /// Whether anybody of an area is surely reached.
    pub fn covers(&self, row: usize, set: &AreaSet, question: &Question) -> bool {
        self.reach(row, set, 0.0, question).covered
    }
}

/// Whether a service is for some people only, or comes to them.
fn says_for_whom(entry: &Entry) -> bool {
    entry.remote || entry.linked("service_area").next().is_some() || entry.body.contains("\"eligibility\"")
}

fn smaller(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// For which areas of the set a service is; `None` for all.
fn for_whom(
    entry: &Entry,
    name: &str,
    set: &AreaSet,
    view: &View,
    known: &mut HashMap<Id, Arc<Vec<Answer>>>,
) -> Option<Arc<Vec<Answer>>> {
    let mut limits: Vec<Vec<Arc<Vec<Answer>>>> = Vec::new();
    let mut of_area = |area: &Entry| {
        let target = Target::read(area)?;
        let rows = known.entry(area.id).or_insert_with(|| Arc::new(membership::of_set(&target, name, set, view)));
        Some(rows.clone())
    };
    let areas: Vec<_> = entry.linked("service_area").filter_map(|id| view.get(id)).filter_map(&mut of_area).collect();
    if !areas.is_empty() {
        limits.push(areas);
    } else if delivery::remote_way(entry) == Some("at_home") {
        // It comes to people's homes, but nobody said where.
        limits.push(vec![Arc::new(vec![Answer::Unknown; set.len()])]);
    }
    let districts = membership::districts(entry);
    if !districts.is_empty() {
        limits.push(vec![Arc::new(by_district(&districts, set, view))]);
    }
    let body = stored(&entry.body);
    if body
        .get("eligibility")
        .and_then(|e| e.get("practices"))
        .is_some_and(|p| p.as_array().is_some_and(|l| !l.is_empty()))
    {
        // Who is registered where is not known by area.
        limits.push(vec![Arc::new(vec![Answer::Unknown; set.len()])]);
    }
    if limits.is_empty() {
        return None;
    }
    let of_row = |row: usize| {
        let answers = limits.iter().map(|any| Answer::best(any.iter().map(|a| a[row])).unwrap_or(Answer::Unknown));
        answers.fold(Answer::Yes, |all, one| match (all, one) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
            _ => Answer::Yes,
        })
    };
    Some(Arc::new((0..set.len()).map(of_row).collect()))
}

fn by_district(districts: &[String], set: &AreaSet, view: &View) -> Vec<Answer> {
    let today: Vec<String> = districts.iter().flat_map(|code| view.datasets().successors(code)).collect();
    let code_of = |id: Id| stored(&view.get(id)?.body).get("code").and_then(|c| c.as_str().map(str::to_owned));
    let mut parents: HashMap<Id, Option<String>> = HashMap::new();
    (0..set.len())
        .map(|row| {
            let parent = set.parents[row].and_then(|id| parents.entry(id).or_insert_with(|| code_of(id)).clone());
            let columns = set.groups.values().map(|c| c[row].clone());
            let codes: Vec<String> = columns.chain(parent).chain([set.codes[row].clone()]).collect();
            if codes.iter().any(|code| today.contains(code)) {
                Answer::Yes
            } else if codes.iter().any(|code| membership::is_district(code)) {
                Answer::No
            } else {
                Answer::Unknown
            }
        })
        .collect()
}
