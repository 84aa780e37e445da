//! Which records count as assets of a question, and what of each decides whom it reaches.

use rayon::prelude::*;
use std::collections::HashMap;

use super::ages::{self, AgeBands, Ages};
use super::catchments::Catchment;
use super::question::{PeopleIn, Question};
use crate::analysis::ctl::{Ctl, Halt, LOOK};
use crate::analysis::delivery;
use crate::analysis::fit::Answer;
use crate::analysis::membership;
use crate::atlas::{Entry, View};
use crate::model::{Kind, Point};

/// Records that fit, or may.
pub struct Assets {
    /// In order of kind and id.
    pub assets: Vec<Asset>,
    /// The catchments of those that have one, each once.
    pub catchments: Vec<Catchment>,
}

/// A record that fits, or may.
pub struct Asset {
    /// Where it is.
    pub points: Vec<Point>,
    /// It may be in the chosen area; so are all where none is chosen.
    pub inside: bool,
    /// Whom it reaches.
    pub whom: Whom,
}

/// What decides whom an asset reaches, beside where it is: very many assets have the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Whom {
    /// It fits, and says whom it takes in words that can be read.
    pub sure: bool,
    /// The number of its catchment; none when it is for people of everywhere.
    pub catchment: Option<u32>,
    /// How it comes to people, if it does.
    pub way: Option<&'static str>,
    /// It comes to people's homes, but nobody said where.
    pub where_unsaid: bool,
    /// The age bands it takes; none when it takes everybody.
    pub ages: Option<u128>,
}

/// A record as it was read, before equal catchments have a number.
struct Read {
    asset: Asset,
    lives: Catchment,
    ages_untold: bool,
}

impl Assets {
    /// The assets of a question; `ignored` hears what can't be taken into account.
    pub fn choose(
        question: &Question,
        bands: &AgeBands<'_>,
        view: &View,
        ctl: &Ctl,
        ignored: &mut Vec<&'static str>,
    ) -> Result<Self, Halt> {
        let mut chosen = Self { assets: Vec::new(), catchments: Vec::new() };
        let mut numbers: HashMap<Catchment, u32> = HashMap::new();
        for kind in &question.filter.kinds {
            let among = question.filter.among(*kind, view);
            let candidates = view.among(&among);
            ctl.expect(candidates.len() * LOOK);
            let read = |entry| read(entry, *kind, question, bands, (view, ctl)).transpose();
            let found: Vec<Read> = candidates.into_par_iter().filter_map(read).collect::<Result<_, Halt>>()?;
            for Read { mut asset, lives, ages_untold } in found {
                if ages_untold && !ignored.contains(&"age") {
                    ignored.push("age");
                }
                if lives != Catchment::default() {
                    let next = numbers.len() as u32;
                    asset.whom.catchment = Some(*numbers.entry(lives).or_insert(next));
                }
                chosen.assets.push(asset);
            }
        }
        let mut catchments: Vec<(Catchment, u32)> = numbers.into_iter().collect();
        catchments.sort_unstable_by_key(|(_, number)| *number);
        chosen.catchments = catchments.into_iter().map(|(lives, _)| lives).collect();
        Ok(chosen)
    }
}

/// What of a record counts; none when it does not fit, or is not what is asked for.
fn read(
    entry: &Entry,
    kind: Kind,
    question: &Question,
    bands: &AgeBands<'_>,
    (view, ctl): (&View, &Ctl),
) -> Result<Option<Read>, Halt> {
    ctl.tick(question.filter.cost(entry))?;
    if entry.kind != kind {
        return Ok(None);
    }
    let Some(sure) = question.filter.fit(entry, view).map(|fit| fit.is_sure()) else { return Ok(None) };
    if question.filter.only() == Some(if sure { "possible" } else { "sure" }) {
        return Ok(None);
    }
    let points = view.points(entry);
    let inside = question.people_in.as_ref().is_none_or(|chosen| is_inside(entry, &points, chosen, view));
    let mut whom = Whom { sure, ..Whom::default() };
    let (mut lives, mut ages_untold) = (Catchment::default(), false);
    if entry.remote || entry.facets.limited {
        let ages = ages::of(entry);
        whom.way = delivery::remote_way(entry);
        whom.where_unsaid = whom.way == Some("at_home") && entry.linked("service_area").next().is_none();
        whom.ages = taken(ages, bands);
        ages_untold = ages.limits.is_some() && whom.ages.is_none();
        // Who is registered where is not known by area; nor is what nobody could read.
        whom.sure = sure && !ages.unclear && !membership::is_untold_where(entry);
        let is_area = |id: &_| view.get(*id).is_some_and(|area| area.kind == Kind::Area);
        lives = Catchment {
            areas: entry.linked("service_area").filter(is_area).collect(),
            districts: membership::districts_said(entry).unwrap_or_default().to_vec(),
        };
    }
    Ok(Some(Read { asset: Asset { points, inside, whom }, lives, ages_untold }))
}

/// The age bands that a service takes; none when it takes everybody, or when the bands do not fill its ages.
fn taken(ages: Ages, bands: &AgeBands<'_>) -> Option<u128> {
    let (min, max) = ages.limits?;
    bands.taken(min, max)
}

/// Whether a record does not surely lie outside the chosen area.
fn is_inside(entry: &Entry, points: &[Point], chosen: &PeopleIn, view: &View) -> bool {
    match chosen {
        PeopleIn::Box([west, south, east, north]) => {
            let holds = |p: &Point| (*west..=*east).contains(&p.lon) && (*south..=*north).contains(&p.lat);
            points.is_empty() || points.iter().any(holds)
        }
        // Where nobody can tell, it is not counted as coming from outside.
        PeopleIn::Area(target) => membership::record_in(entry, target, view) != Answer::No,
    }
}
