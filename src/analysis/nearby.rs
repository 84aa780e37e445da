//! What is near: by distance, then what comes to people, then what may fit and should be rung first.

use jiff::Zoned;

use super::asked::Asked;
use super::ctl::{Ctl, Halt, LOOK, OPEN};
use super::delivery;
use super::filter::Filter;
use super::fit::{Answer, Fit};
use super::membership::{self, AreaClues};
use super::reach::{self, Near, Within};
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
    let filter = words::read(&mut asked, view, now, &Kind::sought(), &mut problems);
    asked.finish(&mut problems);
    match (near, problems.into_vec()) {
        (Some(near), none) if none.is_empty() => Ok(Question { near, within, filter, limit }),
        (_, found) => Err(found),
    }
}

/// Answers it.
pub fn answer<'a>(question: &Question, view: &'a View, ctl: &Ctl) -> Result<Answered<'a>, Halt> {
    question.filter.look_up(view, ctl)?;
    let mut sure = Run::new(question.limit);
    let mut possible = Run::new(question.limit);
    for kind in &question.filter.kinds {
        by_distance(question, *kind, view, ctl, (&mut sure, &mut possible))?;
    }
    let mut without_travel: Vec<Found<'a>> = Vec::new();
    for kind in question.filter.kinds.iter().filter(|kind| kind.has("delivery")) {
        surely_coming(question, *kind, view, ctl, &mut without_travel)?;
        possibly_coming(question, *kind, view, ctl, &mut possible)?;
    }
    without_travel.sort_by(|a, b| (a.entry.name(), a.entry.id).cmp(&(b.entry.name(), b.entry.id)));
    without_travel.truncate(question.limit);
    let mut answered = Answered { sure: sure.found, without_travel, possible: possible.found };
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

/// What looking at a record from here costs.
fn cost(question: &Question, entry: &Entry) -> usize {
    // The areas it is for may have to be read.
    question.filter.cost(entry) + if entry.depends_on_where() { 5 * OPEN } else { LOOK }
}

fn by_distance<'a>(
    question: &Question,
    kind: Kind,
    view: &'a View,
    ctl: &Ctl,
    (sure, possible): (&mut Run<'a>, &mut Run<'a>),
) -> Result<(), Halt> {
    let most = question.within.map_or(f64::INFINITY, |w| w.metres);
    let filter = &question.filter;
    // Few records that free text chose are looked at one by one; of many, the near ones are.
    if filter.meant(view).is_some_and(|many| many <= FEW) {
        return among_few(question, kind, view, ctl, (sure, possible));
    }
    let mut nearest = view.nearest(kind, filter.categories(view), question.near.point);
    let mut only_open = false;
    while let Some((chord, entry)) = nearest.next(only_open) {
        ctl.tick(cost(question, entry))?;
        // A chord is never longer than the geodesic: nothing after this can be nearer than it.
        let enough = sure.is_settled(chord);
        only_open = enough && (!filter.may_leave_open() || possible.is_settled(chord));
        if chord > most + 1e-6 || (enough && possible.is_settled(chord)) {
            break;
        }
        weigh(question, (kind, entry), chord, view, (sure, possible));
    }
    Ok(())
}

/// Records that are looked at one by one, wherever they are.
const FEW: usize = 2_000;

fn among_few<'a>(
    question: &Question,
    kind: Kind,
    view: &'a View,
    ctl: &Ctl,
    (sure, possible): (&mut Run<'a>, &mut Run<'a>),
) -> Result<(), Halt> {
    let at = question.near.point.ecef();
    for entry in view.among(&question.filter.among(kind, view)) {
        ctl.tick(cost(question, entry))?;
        if let Some(chord_2) = view.chord_2(entry, &at) {
            weigh(question, (kind, entry), chord_2.sqrt(), view, (sure, possible));
        }
    }
    Ok(())
}

/// Puts a record that lies so far away where it belongs, if it fits at all.
fn weigh<'a>(
    question: &Question,
    (kind, entry): (Kind, &'a Entry),
    chord: f64,
    view: &'a View,
    (sure, possible): (&mut Run<'a>, &mut Run<'a>),
) {
    let near = &question.near;
    if entry.kind != kind || (entry.remote && (chord > travelled(question.within) || !delivery::has_a_place(entry))) {
        return;
    }
    let fit = question.filter.fit(entry, view).and_then(|fit| fit.and("service_area", serves(entry, near, view)));
    let Some(fit) = fit else { return };
    let distance = view.points(entry).iter().map(|p| p.distance_m(near.point)).fold(f64::INFINITY, f64::min);
    if question.within.is_some_and(|within| distance > within.metres) {
        return;
    }
    let run = if fit.is_sure() { sure } else { possible };
    run.add(Found { entry, distance_m: Some(distance), unknown: fit.unknown, by: None });
}

/// How far people are taken to go to a service that comes to them, too, metres: as far as was said, else an hour's
/// bus ride.
fn travelled(within: Option<Within>) -> f64 {
    within.map_or(30_000.0, |w| w.metres)
}

/// Whether a service comes to people at `near`, and what of that is open; none when it does not, or is gone to.
fn comes<'a>(question: &Question, entry: &'a Entry, view: &View) -> Option<Found<'a>> {
    let by = delivery::remote_way(entry)?;
    let in_reach = |p: Point| p.distance_m(question.near.point) <= travelled(question.within);
    if delivery::has_a_place(entry) && view.points(entry).into_iter().any(in_reach) {
        return None;
    }
    let fit = question.filter.fit(entry, view)?;
    let comes = match (serves(entry, &question.near, view), by) {
        // It comes to people's homes, but nobody said where.
        (Answer::Yes, "at_home") if entry.linked("service_area").next().is_none() => Answer::Unknown,
        (answer, _) => answer,
    };
    let Fit { unknown } = fit.and("service_area", comes)?;
    Some(Found { entry, distance_m: None, unknown, by: Some(by) })
}

/// Services that surely come to people, the first of them by name.
fn surely_coming<'a>(
    question: &Question,
    kind: Kind,
    view: &'a View,
    ctl: &Ctl,
    found: &mut Vec<Found<'a>>,
) -> Result<(), Halt> {
    let categories = question.filter.categories(view);
    let sure = |entry| comes(question, entry, view).filter(|found| found.unknown.is_empty());
    let mut many = 0;
    for entry in view.coming_anywhere(kind, categories) {
        ctl.tick(cost(question, entry))?;
        if let Some(one) = sure(entry) {
            found.push(one);
            many += 1;
        }
        if many == question.limit {
            break;
        }
    }
    let position = AreaClues { point: Some(question.near.point), codes: &question.near.codes };
    let holds = |area| membership::in_any(&membership::area(area, view), position, view) == Answer::Yes;
    for entry in view.coming_to(kind, categories, &holds) {
        ctl.tick(cost(question, entry))?;
        found.extend(sure(entry));
    }
    Ok(())
}

/// Services that may come to people, as far as there is room for them.
fn possibly_coming<'a>(
    question: &Question,
    kind: Kind,
    view: &'a View,
    ctl: &Ctl,
    possible: &mut Run<'a>,
) -> Result<(), Halt> {
    let categories = question.filter.categories(view);
    for entry in view.may_come(kind, categories, question.filter.may_leave_open()) {
        if possible.is_full_of_nearer(entry) {
            break;
        }
        ctl.tick(cost(question, entry))?;
        if let Some(one) = comes(question, entry, view).filter(|found| !found.unknown.is_empty()) {
            possible.add(one);
        }
    }
    Ok(())
}

/// Whether a service is for people who live at `near`: its area and its districts.
fn serves(entry: &Entry, near: &Near, view: &View) -> Answer {
    if !entry.facets.limited {
        return Answer::Yes;
    }
    let position = AreaClues { point: Some(near.point), codes: &near.codes };
    let mut answers = Vec::new();
    let areas = membership::targets(entry, "service_area", view);
    if !areas.is_empty() {
        answers.push(membership::in_any(&areas, position, view));
    }
    if let Some(codes) = membership::districts_said(entry) {
        answers.push(membership::in_any(&membership::districts(codes, view), position, view));
    }
    if membership::is_untold_where(entry) {
        // Where somebody is registered is not told by where they live; nor is what nobody could read.
        answers.push(Answer::Unknown);
    }
    Answer::all(answers)
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
