//! Which assets reach an area: by distance, or because they come; and for whom they are. Assets that are for
//! the same people, and come in the same way, are one class and looked at together; an area asks the classes that are for
//! its people, and no others.

use rayon::prelude::*;
use std::collections::HashMap;

use super::ages::{AgeBands, TakenAges};
use super::answered::AreaAnswer;
use super::assets::{Asset, Whom};
use super::catchments::Catchments;
use crate::analysis::ctl::{Ctl, Halt, LOOK, OPEN};
use crate::analysis::fit::Answer;
use crate::analysis::reach::nearest::{AssetPoints, Radius, Standpoint};
use crate::atlas::areas::AreaSet;
use crate::model::Point;

/// What looking at one area costs.
pub const COST: usize = OPEN;

/// The assets that count, by what decides whom they reach.
pub struct Classes<'a> {
    /// For people of everywhere, sure ones first.
    everywhere: Vec<Class>,
    /// For people of some areas, by the number of their catchment.
    local: Vec<Vec<Class>>,
    /// For people of areas of which nobody knows where they lie, by the number of the part.
    perhaps: Vec<Perhaps>,
    catchments: &'a Catchments,
    bands: &'a AgeBands<'a>,
}

/// Assets for the same people.
struct Class {
    whom: Whom,
    /// The number of its first asset: how that one comes is told, where several come.
    first: usize,
    points: AssetPoints,
}

/// Assets that may be for the people of some areas: whom they take, if they are.
struct Perhaps {
    takes: Vec<(usize, Option<u128>)>,
    /// Those that come to people.
    come: Vec<usize>,
    /// Catchment people can go to the others.
    points: AssetPoints,
}

impl<'a> Classes<'a> {
    /// Of these assets; their catchments are numbered as in `catchments`.
    pub fn of<'b>(
        assets: impl Iterator<Item = &'b Asset>,
        catchments: &'a Catchments,
        bands: &'a AgeBands<'a>,
        ctl: &Ctl,
    ) -> Result<Self, Halt> {
        let mut numbers: HashMap<Whom, usize> = HashMap::new();
        let mut gathered: Vec<(Whom, usize, Vec<Point>)> = Vec::new();
        for (number, asset) in assets.enumerate() {
            ctl.tick(LOOK)?;
            let at = *numbers.entry(asset.whom).or_insert(gathered.len());
            if at == gathered.len() {
                gathered.push((asset.whom, number, Vec::new()));
            }
            gathered[at].2.extend(&asset.points);
        }
        let class = |(whom, first, points): (Whom, usize, Vec<Point>)| {
            let points = AssetPoints::new(points.into_iter().map(|point| (point, 0)), ctl)?;
            Ok(Class { whom, first, points })
        };
        let classes: Vec<Class> = gathered.into_par_iter().map(class).collect::<Result<_, Halt>>()?;
        let mut all = Self { everywhere: Vec::new(), local: Vec::new(), perhaps: Vec::new(), catchments, bands };
        for class in classes {
            let into = match class.whom.catchment {
                None => &mut all.everywhere,
                Some(catchment) => {
                    let catchment = catchment as usize;
                    let more = (catchment + 1).max(all.local.len());
                    all.local.resize_with(more, Vec::new);
                    &mut all.local[catchment]
                }
            };
            into.push(class);
        }
        // What settles most comes first.
        let order = |whom: &Whom| (!whom.sure, whom.ages.is_some(), whom.way.is_none() || whom.where_unsaid);
        all.everywhere.sort_by_key(|class| order(&class.whom));
        let perhaps = catchments.parts().map(|part| Perhaps::of(part, &all.local, ctl));
        all.perhaps = perhaps.collect::<Result<_, Halt>>()?;
        Ok(all)
    }

    /// What reaches one area. Without `nearest`, what is nearest and how help comes is left out.
    pub fn at(&self, row: usize, set: &AreaSet, weight: f64, radius: &Radius, nearest: bool) -> AreaAnswer {
        // An area that does not say where it is lies within reach of nothing; what comes to its people still does.
        let mut seen = Seen::from(set.points[row].map(Standpoint::new), radius, nearest);
        for class in &self.everywhere {
            seen.look_at(class, Answer::Yes);
            if seen.is_settled() {
                break;
            }
        }
        if !seen.is_settled() {
            self.local_at(row, &mut seen);
        }
        self.answer(row, weight, &seen)
    }

    fn local_at(&self, row: usize, seen: &mut Seen<'_>) {
        for (catchment, allowed) in self.catchments.at(row) {
            self.local.get(catchment).into_iter().flatten().for_each(|class| seen.look_at(class, allowed));
        }
        for part in self.catchments.parts_at(row) {
            if seen.sure.or(seen.possible).everybody {
                break;
            }
            seen.look_at_perhaps(&self.perhaps[part], &|catchment| {
                self.catchments.answer(catchment, row) != Answer::No
            });
        }
    }

    fn answer(&self, row: usize, weight: f64, seen: &Seen<'_>) -> AreaAnswer {
        // Catchment something is within reach, its distance is the answer; where help only comes to people, how it comes.
        let by = seen.comes.filter(|_| seen.nearest > seen.radius.metres).map(|(_, way)| way);
        let nearest_m = Some(seen.nearest).filter(|nearest| seen.by_distance && nearest.is_finite() && by.is_none());
        let covered = self.bands.weight(seen.sure, row, weight);
        let reached = self.bands.weight(seen.sure.or(seen.possible), row, weight);
        // Catchment an area does not tell its ages, all of it counts, as where no area does.
        let (weight_covered, weight_reached) = (covered.unwrap_or(weight), reached.unwrap_or(weight));
        AreaAnswer {
            row,
            weight,
            nearest_m,
            covered: seen.sure.anybody(),
            possible: !seen.sure.anybody() && seen.possible.anybody(),
            weight_covered,
            weight_unsure: weight_reached - weight_covered,
            by,
            ages_untold: covered.is_none() || reached.is_none(),
        }
    }
}

impl Perhaps {
    fn of(catchments: &[u32], local: &[Vec<Class>], ctl: &Ctl) -> Result<Self, Halt> {
        let (mut takes, mut come, mut points) = (Vec::new(), Vec::new(), Vec::new());
        for catchment in catchments.iter().map(|catchment| *catchment as usize) {
            for class in local.get(catchment).into_iter().flatten() {
                ctl.tick(LOOK)?;
                if class.whom.way.is_some() {
                    come.push(takes.len());
                } else {
                    points.extend(class.points.iter().map(|(point, _)| (point, takes.len() as u32)));
                }
                takes.push((catchment, class.whom.ages));
            }
        }
        Ok(Self { takes, come, points: AssetPoints::new(points, ctl)? })
    }
}

/// What was seen from one area.
struct Seen<'a> {
    from: Option<Standpoint>,
    radius: &'a Radius,
    /// Distances are asked for, and how help comes.
    by_distance: bool,
    /// Metres to the nearest that is surely for its people.
    nearest: f64,
    /// How the first of those comes that surely come.
    comes: Option<(usize, &'static str)>,
    sure: TakenAges,
    possible: TakenAges,
}

impl<'a> Seen<'a> {
    fn from(from: Option<Standpoint>, radius: &'a Radius, by_distance: bool) -> Self {
        let (sure, possible) = (TakenAges::default(), TakenAges::default());
        Self { from, radius, by_distance, nearest: f64::INFINITY, comes: None, sure, possible }
    }

    /// Whether nothing that is looked at can change the answer any more.
    fn is_settled(&self) -> bool {
        self.sure.everybody && !self.by_distance
    }

    /// Takes in a class that is surely, or perhaps, for the people here.
    fn look_at(&mut self, class: &Class, allowed: Answer) {
        let Whom { sure, way, where_unsaid, ages, .. } = class.whom;
        if !(sure && allowed == Answer::Yes) {
            if !self.sure.or(self.possible).takes(ages) && (way.is_some() || self.reaches(class)) {
                self.possible.add(ages);
            }
            return;
        }
        if let Some(way) = way.filter(|_| !where_unsaid) {
            self.sure.add(ages);
            if self.comes.is_none_or(|(first, _)| class.first < first) {
                self.comes = Some((class.first, way));
            }
        }
        if !self.by_distance && self.sure.takes(ages) {
            return;
        }
        // Who comes to nobody knows where is there for those who can go; to others they come perhaps.
        if where_unsaid && !self.reaches(class) {
            return self.possible.add(ages);
        }
        if self.is_reached(class) || where_unsaid {
            self.sure.add(ages);
        }
    }

    /// Whether a class is within reach, where that can tell of more people; takes in its distance.
    fn is_reached(&mut self, class: &Class) -> bool {
        if !self.by_distance {
            return self.reaches(class);
        }
        let before = self.nearest;
        match self.from.and_then(|from| class.points.nearest_below(&from, before)) {
            Some(nearer) => {
                self.nearest = nearer;
                nearer <= self.radius.metres
            }
            // No nearer than another that is within reach itself.
            None => before <= self.radius.metres && !self.sure.takes(class.whom.ages) && self.reaches(class),
        }
    }

    fn look_at_perhaps(&mut self, perhaps: &Perhaps, lets_in: &dyn Fn(usize) -> bool) {
        let mut take = |at: usize| {
            let (catchment, ages) = perhaps.takes[at];
            if !self.sure.or(self.possible).takes(ages) && lets_in(catchment) {
                self.possible.add(ages);
            }
            self.sure.or(self.possible).everybody
        };
        if perhaps.come.iter().any(|at| take(*at)) {
            return;
        }
        if let Some(from) = self.from {
            perhaps.points.any_within(&from, self.radius, &mut |at| take(at as usize));
        }
    }

    fn reaches(&self, class: &Class) -> bool {
        self.from.is_some_and(|from| class.points.within(&from, self.radius))
    }
}
