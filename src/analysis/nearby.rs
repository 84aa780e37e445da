//! What is near: by distance, then what comes to people, then what may fit and should be rung first.

use jiff::Zoned;
use rayon::prelude::*;
use std::ops::Add;

use super::asked::Asked;
use super::ctl::{Ctl, Halt, OPEN};
use super::delivery;
use super::filter::Filter;
use super::fit::{Answer, Fit};
use super::membership::AreaClues;
use super::reach::{self, Near, Within};
use super::standing::Standing;
use super::words;
use crate::atlas::{Entry, View};
use crate::model::{Code, Kind, Point, Problem, Problems};

/// What is asked.
pub struct Question {
    /// Where from.
    pub near: Near,
    /// How far, if it matters.
    pub within: Option<Within>,
    filter: Filter,
    limit: usize,
    with_totals: bool,
}

/// One record of the answer.
pub struct Found<'a> {
    /// The record.
    pub entry: &'a Entry,
    /// Geodesic metres; none when nobody travels.
    pub distance_m: Option<f64>,
    /// Words that it leaves open.
    pub unknown: Vec<&'static str>,
    /// How it reaches people who do not travel.
    pub by: Option<&'static str>,
}

/// The three runs, each at most as long as the limit.
pub struct Answered<'a> {
    /// What surely fits, by distance then id.
    pub sure: Vec<Found<'a>>,
    /// What surely fits and nobody travels to, by name.
    pub without_travel: Vec<Found<'a>>,
    /// What may fit, by distance then id.
    pub possible: Vec<Found<'a>>,
    /// How many there are in all; none unless asked for.
    pub totals: Option<Totals>,
}

/// How many there are, whatever the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// What surely fits and lies as near as was asked.
    pub sure: usize,
    /// What surely fits and nobody travels to.
    pub without_travel: usize,
    /// What may fit.
    pub possible: usize,
    /// What fits, or may, and lies farther away.
    pub beyond: usize,
}

impl Add for Totals {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sure: self.sure + other.sure,
            without_travel: self.without_travel + other.without_travel,
            possible: self.possible + other.possible,
            beyond: self.beyond + other.beyond,
        }
    }
}

/// What reading the words costs: a name is looked for among those of all towns.
pub fn cost_of_reading(asked: &Asked, view: &View) -> usize {
    let is_name = |text: &str| !text.chars().any(|c| c.is_ascii_digit());
    if asked.given("near").any(is_name) { view.datasets().towns.len() / 4 } else { 0 }
}

/// Reads the words of the question.
pub fn read(mut asked: Asked, view: &View, now: &Zoned) -> Result<Question, Vec<Problem>> {
    let mut problems = Problems::new();
    let mut note = |problem: Problem| problems.add(&problem.field, problem.code, problem.message);
    let mut given = Problems::new();
    let near = match asked.one("near", &mut given) {
        None => {
            note(Problem::new("near", Code::Required, "near is needed: lat,lon, a postcode, a town or an id"));
            None
        }
        Some(text) => reach::near(&text, view).map_err(&mut note).ok(),
    };
    let within = asked.one("within", &mut given);
    let within = within.and_then(|text| reach::within(&text).map_err(&mut note).ok());
    given.into_vec().into_iter().for_each(&mut note);
    let limit = asked.whole("limit", 1, 200, &mut problems).unwrap_or(20) as usize;
    let with_totals = !asked.words("include", &["totals"], &mut problems).is_empty();
    let filter = words::read(&mut asked, view, now, &Kind::sought(), &mut problems);
    asked.finish(&mut problems);
    match (near, problems.into_vec()) {
        (Some(near), none) if none.is_empty() => Ok(Question { near, within, filter, limit, with_totals }),
        (_, found) => Err(found),
    }
}

/// Answers it.
pub fn answer<'a>(question: &Question, view: &'a View, ctl: &Ctl) -> Result<Answered<'a>, Halt> {
    question.filter.look_up(view, ctl)?;
    let clues = AreaClues { point: Some(question.near.point), codes: &question.near.codes };
    let search = Search { question, view, ctl, standing: Standing::new(clues, view) };
    let mut sure = Run::new(question.limit);
    let mut possible = Run::new(question.limit);
    for kind in &question.filter.kinds {
        search.by_distance(*kind, &mut sure, &mut possible)?;
    }
    let mut without_travel: Vec<Found<'a>> = Vec::new();
    for kind in question.filter.kinds.iter().filter(|kind| kind.has("delivery")) {
        search.surely_coming(*kind, &mut without_travel)?;
        search.possibly_coming(*kind, &mut possible)?;
    }
    without_travel.sort_by(|a, b| (a.entry.name(), a.entry.id).cmp(&(b.entry.name(), b.entry.id)));
    without_travel.truncate(question.limit);
    let totals = question.with_totals.then(|| search.totals()).transpose()?;
    let mut answered = Answered { sure: sure.found, without_travel, possible: possible.found, totals };
    match question.filter.only() {
        Some("sure") => answered.possible.clear(),
        Some(_) => {
            answered.sure.clear();
            answered.without_travel.clear();
        }
        None => {}
    }
    Ok(answered)
}

/// So many records are looked at one by one, wherever they are, rather than by distance.
const FEW: usize = 2_000;

/// A question that is being answered.
struct Search<'q, 'a> {
    question: &'q Question,
    view: &'a View,
    ctl: &'q Ctl,
    standing: Standing<'q>,
}

impl<'a> Search<'_, 'a> {
    fn by_distance(&self, kind: Kind, sure: &mut Run<'a>, possible: &mut Run<'a>) -> Result<(), Halt> {
        let Self { question, view, .. } = *self;
        let most = question.within.map_or(f64::INFINITY, |w| w.metres);
        let filter = &question.filter;
        // Few records that free text chose are looked at one by one; of many, the near ones are.
        if filter.meant(kind, view).is_some_and(|many| many <= FEW) {
            return self.among_all(kind, sure, possible);
        }
        let mut nearest = view.nearest(kind, filter.categories(view), question.near.point);
        let (mut only_open, mut looked_at) = (false, 0);
        while let Some((chord, entry)) = nearest.next(only_open) {
            self.look_at(entry)?;
            // A chord is never longer than the geodesic: nothing after this can be nearer than it.
            let enough = sure.is_settled(chord);
            only_open = enough && !filter.may_leave_open();
            if chord > most + 1e-6 || (enough && possible.is_settled(chord)) {
                break;
            }
            looked_at += 1;
            if looked_at > FEW {
                // What fits is rare, or far: looking at each where it stands costs less than going on by distance.
                sure.found.retain(|found| found.entry.kind != kind);
                possible.found.retain(|found| found.entry.kind != kind);
                return self.among_all(kind, sure, possible);
            }
            self.weigh((kind, entry), chord, sure, possible);
        }
        Ok(())
    }

    /// The same by looking at each of a kind, in no order of distance.
    fn among_all(&self, kind: Kind, sure: &mut Run<'a>, possible: &mut Run<'a>) -> Result<(), Halt> {
        let at = self.question.near.point.ecef();
        for entry in self.view.among(&self.question.filter.among(kind, self.view)) {
            self.look_at(entry)?;
            if let Some(chord_2) = self.view.chord_2(entry, &at) {
                self.weigh((kind, entry), chord_2.sqrt(), sure, possible);
            }
        }
        Ok(())
    }

    /// Tells what looking at a record costs.
    fn look_at(&self, entry: &Entry) -> Result<(), Halt> {
        self.ctl.tick(self.question.filter.cost(entry) + if entry.depends_on_where() { OPEN } else { 0 })
    }

    /// Puts a record that lies so far away where it belongs, if it fits at all.
    fn weigh(&self, (kind, entry): (Kind, &'a Entry), chord: f64, sure: &mut Run<'a>, possible: &mut Run<'a>) {
        if sure.is_settled(chord) && possible.is_settled(chord) {
            return;
        }
        let Some(fit) = self.fit_to_go((kind, entry), chord) else { return };
        let run = if fit.is_sure() { sure } else { possible };
        if !run.is_settled(chord) && self.question.within.is_none_or(|within| chord <= within.metres + 1e-6) {
            let distance = self.distance_m(entry);
            if self.question.within.is_none_or(|within| distance <= within.metres) {
                run.add(Found { entry, distance_m: Some(distance), unknown: fit.unknown, by: None });
            }
        }
    }

    /// Whether people go to a record that lies so far away, and what of that is open; none when they do not.
    fn fit_to_go(&self, (kind, entry): (Kind, &'a Entry), chord: f64) -> Option<Fit> {
        let Self { question, view, .. } = *self;
        let comes_only = || chord > travelled(question.within) || !delivery::has_a_place(entry);
        if entry.kind != kind || (entry.remote && comes_only()) {
            return None;
        }
        question.filter.fit(entry, view)?.and("service_area", self.standing.is_served_by(entry))
    }

    /// Geodesic metres to a record.
    fn distance_m(&self, entry: &Entry) -> f64 {
        let near = self.question.near.point;
        self.view.points(entry).iter().map(|p| p.distance_m(near)).fold(f64::INFINITY, f64::min)
    }

    /// How many there are of all kinds, near and far.
    fn totals(&self) -> Result<Totals, Halt> {
        let Self { question, view, .. } = *self;
        let mut totals = Totals::default();
        for kind in &question.filter.kinds {
            let candidates = view.among(&question.filter.among(*kind, view));
            self.ctl.expect(candidates.len());
            let of_some = |some: &[&'a Entry]| {
                some.iter().try_fold(Totals::default(), |sum, entry| {
                    self.look_at(entry)?;
                    Ok(sum + self.total(*kind, entry))
                })
            };
            let counted = candidates.par_chunks(1_024).map(of_some);
            totals = totals + counted.try_reduce(Totals::default, |a, b| Ok(a + b))?;
        }
        Ok(totals)
    }

    fn total(&self, kind: Kind, entry: &'a Entry) -> Totals {
        let at = self.question.near.point.ecef();
        let chord = self.view.chord_2(entry, &at).map(f64::sqrt);
        let gone_to =
            chord.and_then(|chord| Some((self.fit_to_go((kind, entry), chord)?, Some(self.distance_m(entry)))));
        let comes =
            || self.comes(entry).filter(|_| entry.kind == kind).map(|found| (Fit { unknown: found.unknown }, None));
        let found = gone_to.or_else(comes);
        let wanted = |(fit, _): &(Fit, Option<f64>)| match self.question.filter.only() {
            Some("sure") => fit.is_sure(),
            Some(_) => !fit.is_sure(),
            None => true,
        };
        let within = |metres: f64| self.question.within.is_none_or(|within| metres <= within.metres);
        let mut totals = Totals::default();
        match found.filter(wanted) {
            None => {}
            Some((_, Some(metres))) if !within(metres) => totals.beyond = 1,
            Some((fit, _)) if !fit.is_sure() => totals.possible = 1,
            Some((_, None)) => totals.without_travel = 1,
            Some((_, Some(_))) => totals.sure = 1,
        }
        totals
    }

    /// Services that surely come to people, the first of them by name.
    fn surely_coming(&self, kind: Kind, found: &mut Vec<Found<'a>>) -> Result<(), Halt> {
        let Self { question, view, .. } = *self;
        let categories = question.filter.categories(view);
        let sure = |entry| self.comes(entry).filter(|found| found.unknown.is_empty());
        let mut many = 0;
        for entry in view.coming_anywhere(kind, categories) {
            self.look_at(entry)?;
            if let Some(one) = sure(entry) {
                found.push(one);
                many += 1;
            }
            if many == question.limit {
                break;
            }
        }
        for entry in view.coming_to(kind, categories, &self.standing.areas()) {
            self.look_at(entry)?;
            found.extend(sure(entry));
        }
        Ok(())
    }

    /// Services that may come to people, as far as there is room for them.
    fn possibly_coming(&self, kind: Kind, possible: &mut Run<'a>) -> Result<(), Halt> {
        let Self { question, view, .. } = *self;
        let categories = question.filter.categories(view);
        for entry in view.may_come(kind, categories, question.filter.may_leave_open()) {
            if possible.is_full_of_nearer(entry) {
                break;
            }
            self.look_at(entry)?;
            if let Some(one) = self.comes(entry).filter(|found| !found.unknown.is_empty()) {
                possible.add(one);
            }
        }
        Ok(())
    }

    /// Whether a service comes to the people, and what of that is open; none when it does not, or is gone to.
    fn comes(&self, entry: &'a Entry) -> Option<Found<'a>> {
        let Self { question, view, .. } = *self;
        let by = delivery::remote_way(entry)?;
        let in_reach = |p: Point| p.distance_m(question.near.point) <= travelled(question.within);
        if delivery::has_a_place(entry) && view.points(entry).into_iter().any(in_reach) {
            return None;
        }
        let fit = question.filter.fit(entry, view)?;
        let comes = match (self.standing.is_served_by(entry), by) {
            // It comes to people's homes, but nobody said where.
            (Answer::Yes, "at_home") if entry.linked("service_area").next().is_none() => Answer::Unknown,
            (answer, _) => answer,
        };
        let Fit { unknown } = fit.and("service_area", comes)?;
        Some(Found { entry, distance_m: None, unknown, by: Some(by) })
    }
}

/// How far people are taken to go to a service that comes to them, too, metres: as far as was said, else an hour's
/// bus ride.
fn travelled(within: Option<Within>) -> f64 {
    within.map_or(30_000.0, |w| w.metres)
}

/// The nearest so far, never more than the limit.
struct Run<'a> {
    found: Vec<Found<'a>>,
    limit: usize,
}

impl<'a> Run<'a> {
    fn new(limit: usize) -> Self {
        Self { found: Vec::with_capacity(limit + 1), limit }
    }

    /// Whether nothing at `chord` or beyond can still come in.
    fn is_settled(&self, chord: f64) -> bool {
        let last = self.found.last().and_then(|f| f.distance_m);
        self.found.len() >= self.limit && last.is_some_and(|d| chord > d)
    }

    /// Whether a record that nobody travels to, and all that follow it by id, come after those that are in.
    fn is_full_of_nearer(&self, entry: &Entry) -> bool {
        let last = self.found.last().filter(|_| self.found.len() >= self.limit);
        last.is_some_and(|last| last.distance_m.is_some() || last.entry.id < entry.id)
    }

    fn add(&mut self, item: Found<'a>) {
        let key = |f: &Found<'_>| (f.distance_m.unwrap_or(f64::INFINITY), f.entry.id);
        let (distance, id) = key(&item);
        let at = self.found.partition_point(|f| {
            let (d, i) = key(f);
            d.total_cmp(&distance).then(i.cmp(&id)).is_lt()
        });
        self.found.insert(at, item);
        self.found.truncate(self.limit);
    }
}
