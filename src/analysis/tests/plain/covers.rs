//! Who can get there (CONTRACT §4).

use serde_json::Value;
use std::collections::BTreeMap;

use super::near::{is_untold, way};
use super::{Plain, Say, corners, fits, in_box, is_unclear, lies, links, metres, point, texts, word};
use crate::analysis::tests::ask::{AskedText, area_text, sums_text};

#[derive(Default, Clone)]
struct Counted {
    areas: usize,
    areas_covered: usize,
    weight: f64,
    covered: f64,
    unsure: f64,
    from_outside: f64,
    without_weight: usize,
}

/// Ages from, to.
type Band = (i64, i64);

/// Who of an area is reached: everybody, or people of some ages.
#[derive(Default, Clone)]
struct Reached {
    everybody: bool,
    bands: Vec<Band>,
}

/// The answer, as text.
pub fn answer(plain: &Plain<'_>, asked: &AskedText) -> String {
    let small: Vec<&Value> = plain.of_kind("area").filter(|area| area["area_set"] == "small").collect();
    let chosen: Vec<&Value> = small.iter().copied().filter(|area| is_chosen(plain, area, asked)).collect();
    let weight = word(asked, "weight").unwrap_or("population");
    let bands = if weight == "population" { bands_of(&small) } else { Vec::new() };
    let assets = plain.shown.iter().filter_map(|body| Some((body, fits::fit(plain, body, asked)?)));
    let assets: Vec<(&Value, bool)> = assets
        .map(|(body, open)| (body, open.is_empty(), fits::is_wanted(&Some(open), asked)))
        .filter(|(.., wanted)| *wanted)
        .map(|(body, sure, _)| (body, sure))
        .collect();
    let mut ignores_age = assets.iter().any(|(body, _)| has_ages(body) && taken(body, &bands).is_none());
    let group_of = groups(plain, &small, &chosen, word(asked, "by"));
    let (mut total, mut groups, mut rows) = (Counted::default(), BTreeMap::<String, Counted>::new(), Vec::new());
    for area in chosen {
        let whole = weight_of(area, weight);
        let people = whole.unwrap_or(0.0);
        let reach = reach(plain, area, &assets, &bands, asked);
        let mut either = reach.sure.clone();
        either.everybody |= reach.possible.everybody;
        either.bands.extend(&reach.possible.bands);
        let mut count = |of: &Reached| of.people(area, people, &mut ignores_age);
        let (covered, reached, from_inside) = (count(&reach.sure), count(&either), count(&reach.inside));
        let state = (reach.sure.anybody(), !reach.sure.anybody() && reach.possible.anybody());
        let code = area["code"].as_str().expect("a code");
        let nearest = Some(reach.nearest).filter(|n| n.is_finite() && reach.by.is_none());
        rows.push(area_text(code, state, [covered, people, reached - covered], nearest, reach.by));
        let group = group_of.get(code).map(|key| groups.entry(key.clone()).or_default());
        for sums in [Some(&mut total), group].into_iter().flatten() {
            sums.areas += 1;
            sums.areas_covered += usize::from(state.0);
            sums.weight += people;
            sums.covered += covered;
            sums.unsure += reached - covered;
            sums.from_outside += if word(asked, "people_in").is_some() { covered - from_inside } else { 0.0 };
            sums.without_weight += usize::from(whole.is_none());
        }
    }
    let sums = |of: &Counted| {
        let counts = (of.areas_covered, of.areas, of.without_weight);
        sums_text(counts, [of.covered, of.weight, of.unsure, of.from_outside])
    };
    let mut groups: Vec<(String, Counted)> = groups.into_iter().collect();
    groups.sort_by_key(|(key, _)| key.parse::<i64>().unwrap_or(i64::MAX));
    let mut lines = vec![sums(&total)];
    lines.extend(groups.iter().map(|(key, of)| format!("{key}: {}", sums(of))));
    lines.extend(word(asked, "include").map(|_| rows).into_iter().flatten());
    lines.extend(ignores_age.then(|| "ignored: age".to_owned()));
    lines.join("\n")
}

/// What reaches an area.
struct Reach {
    sure: Reached,
    possible: Reached,
    /// By what does not surely lie outside the chosen area.
    inside: Reached,
    nearest: f64,
    by: Option<&'static str>,
}

fn reach(plain: &Plain<'_>, area: &Value, assets: &[(&Value, bool)], bands: &[Band], asked: &AskedText) -> Reach {
    let mut all = Reach {
        sure: Reached::default(),
        possible: Reached::default(),
        inside: Reached::default(),
        nearest: f64::INFINITY,
        by: None,
    };
    let at = point(&area["point"]);
    let mut near = false;
    for (body, sure) in assets {
        let allowed = is_for(plain, body, area);
        let metres_to = |p: crate::model::Point| at.map_or(f64::INFINITY, |at| at.distance_m(p));
        let distance = plain.points(body).into_iter().map(metres_to).fold(f64::INFINITY, f64::min);
        let reached = distance <= metres(asked).expect("how far");
        let way = way(body).filter(|_| !reached);
        // It comes to people's homes, and nobody said where.
        let unsaid = way == Some("at_home") && links(body, "service_area").next().is_none();
        let unclear = ["eligibility.min_age", "eligibility.max_age"].iter().any(|path| is_unclear(body, path));
        if allowed == Say::No {
            continue;
        }
        let is_sure = *sure && allowed == Say::Yes && !unsaid && !unclear;
        if is_sure {
            all.nearest = all.nearest.min(distance);
            near |= reached;
            all.by = all.by.or(way);
        }
        if !reached && way.is_none() {
            continue;
        }
        let taken = if has_ages(body) { taken(body, bands) } else { None };
        let mut into = vec![if is_sure { &mut all.sure } else { &mut all.possible }];
        if is_sure && is_inside(plain, body, asked) {
            into.push(&mut all.inside);
        }
        for reached in into {
            match &taken {
                Some(bands) => reached.bands.extend(bands),
                None => reached.everybody = true,
            }
        }
    }
    all.by = all.by.filter(|_| !near);
    all
}

impl Reached {
    fn anybody(&self) -> bool {
        self.everybody || !self.bands.is_empty()
    }

    /// Never more than the weight; all of it, and a word about it, where the area does not tell its ages.
    fn people(&self, area: &Value, weight: f64, ignores_age: &mut bool) -> f64 {
        if self.everybody {
            return weight;
        }
        let mut bands = self.bands.clone();
        bands.sort_unstable();
        bands.dedup();
        let of_band = |(from, to): &Band| area["indicators"][format!("age_{from}_{to}")].as_f64();
        let told: Option<Vec<f64>> = bands.iter().map(of_band).collect();
        *ignores_age |= told.is_none();
        told.map_or(weight, |people| people.iter().sum::<f64>().min(weight))
    }
}

/// Whether it is for the people of an area, by where they live.
fn is_for(plain: &Plain<'_>, body: &Value, area: &Value) -> Say {
    let mut all = Vec::new();
    let areas: Vec<&Value> = links(body, "service_area").filter_map(|id| plain.get(id)).collect();
    if !areas.is_empty() {
        all.push(Say::any(areas.into_iter().map(|target| lies::area_in(plain, area, target))));
    }
    let districts = texts(&body["eligibility"]["districts"]);
    if !districts.is_empty() {
        all.push(Say::any(districts.into_iter().map(|code| {
            // A district that is no record here is known by its code alone.
            let named = area["groups"].as_object().is_some_and(|columns| columns.values().any(|held| held == code));
            let by_code = if named { Say::Yes } else { Say::Unknown };
            let known = plain.of_kind("area").find(|area| area["code"] == code);
            known.map_or(by_code, |target| lies::area_in(plain, area, target))
        })));
    }
    all.extend(is_untold(body).then_some(Say::Unknown));
    Say::every(all)
}

/// Whether it does not surely lie outside of whose people are counted.
fn is_inside(plain: &Plain<'_>, body: &Value, asked: &AskedText) -> bool {
    let Some(people_in) = word(asked, "people_in") else { return true };
    match corners(people_in) {
        Some(edges) => {
            let points = plain.points(body);
            points.is_empty() || points.into_iter().any(|at| in_box(edges, at))
        }
        None => lies::record_in(plain, body, of_code(plain, people_in)) != Say::No,
    }
}

fn is_chosen(plain: &Plain<'_>, area: &Value, asked: &AskedText) -> bool {
    let Some(people_in) = word(asked, "people_in") else { return true };
    match corners(people_in) {
        Some(edges) => point(&area["point"]).is_some_and(|at| in_box(edges, at)),
        None => lies::area_in(plain, area, of_code(plain, people_in)) == Say::Yes,
    }
}

fn of_code<'a>(plain: &'a Plain<'_>, code: &str) -> &'a Value {
    plain.of_kind("area").find(|area| area["code"] == code).expect("an area of the town")
}

/// A count its value; a rate, whose values all lie in 0–1, its value times the population.
fn weight_of(area: &Value, name: &str) -> Option<f64> {
    let number = |name: &str| area["indicators"][name].as_f64();
    if name == "no_car" { Some(number(name)? * number("population")?) } else { number(name) }
}

fn has_ages(body: &Value) -> bool {
    ["min_age", "max_age"].iter().any(|name| !body["eligibility"][name].is_null())
}

fn bands_of(areas: &[&Value]) -> Vec<Band> {
    let names = areas.iter().flat_map(|area| area["indicators"].as_object()).flat_map(|numbers| numbers.keys());
    let band = |name: &String| {
        let (from, to) = name.strip_prefix("age_")?.split_once('_')?;
        Some((from.parse().ok()?, to.parse().ok()?))
    };
    let mut all: Vec<Band> = names.filter_map(band).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The bands that fill its ages: every age lies in one of them, and all of each lies in its ages.
fn taken(body: &Value, bands: &[Band]) -> Option<Vec<Band>> {
    let bound = |name: &str| body["eligibility"][name].as_i64();
    let (min, max) = (bound("min_age").unwrap_or(0), bound("max_age"));
    let touched: Vec<Band> =
        bands.iter().copied().filter(|(from, to)| *to >= min && max.is_none_or(|max| *from <= max)).collect();
    // Nobody is counted by years beyond a hundred.
    let last = max.unwrap_or(100).min(100);
    let once = (min..=last).all(|age| touched.iter().filter(|(from, to)| (*from..=*to).contains(&age)).count() == 1);
    let inside = touched.iter().all(|(from, to)| *from >= min && max.is_none_or(|max| *to <= max));
    (once && inside && !touched.is_empty()).then_some(touched)
}

/// The group of each area that has one, by code.
fn groups(plain: &Plain<'_>, small: &[&Value], chosen: &[&Value], by: Option<&str>) -> BTreeMap<String, String> {
    let code = |area: &Value| area["code"].as_str().expect("a code").to_owned();
    let column = |name: &str| -> BTreeMap<String, String> {
        small.iter().filter_map(|area| Some((code(area), area["groups"][name].as_str()?.to_owned()))).collect()
    };
    match by {
        None => BTreeMap::new(),
        Some("district") => {
            // Of several that hold it the lowest code, so that groups add up.
            let lowest = |area: &Value| {
                let held = lies::known_in(plain, area, &Value::from("district"));
                Some((code(area), held.into_iter().map(code).min()?))
            };
            let known: BTreeMap<String, String> = small.iter().filter_map(|area| lowest(area)).collect();
            // Where nobody knows of any district: what a column of that name says.
            if known.is_empty() { column("district") } else { known }
        }
        Some("quintile:need") => {
            let number = |area: &Value| area["indicators"]["need"].as_f64();
            let mut order: Vec<&Value> = chosen.iter().copied().filter(|area| number(area).is_some()).collect();
            order.sort_by(|a, b| {
                number(a).partial_cmp(&number(b)).expect("numbers").then_with(|| code(a).cmp(&code(b)))
            });
            let n = order.len();
            order.into_iter().enumerate().map(|(i, area)| (code(area), (5 * i / n + 1).to_string())).collect()
        }
        Some(name) => column(name),
    }
}
