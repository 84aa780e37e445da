//! Coverage as the contract words it (CONTRACT §4), in plain loops over everything: slow, and easy to check by eye.

use std::collections::BTreeMap;

use crate::town::{Area, Asset, CATEGORIES, Shape, Town, as_point};

/// Yes, no, or it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    Yes,
    No,
    Unknown,
}

use Say::{No, Unknown, Yes};

fn yes(is: bool) -> Say {
    if is { Yes } else { No }
}

fn any(all: impl IntoIterator<Item = Say>) -> Say {
    let all: Vec<Say> = all.into_iter().collect();
    if all.contains(&Yes) {
        Yes
    } else if all.is_empty() || all.contains(&Unknown) {
        Unknown
    } else {
        No
    }
}

fn every(all: impl IntoIterator<Item = Say>) -> Say {
    let all: Vec<Say> = all.into_iter().collect();
    if all.contains(&No) {
        No
    } else if all.contains(&Unknown) {
        Unknown
    } else {
        Yes
    }
}

/// What is asked; words that are not given are empty or none.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub kinds: Vec<&'static str>,
    pub category: Option<&'static str>,
    pub referral: Option<&'static str>,
    pub free: bool,
    pub age: Option<i64>,
    pub status: Vec<&'static str>,
    pub day: &'static str,
    pub area: Option<usize>,
    pub only: Option<&'static str>,
    pub within: f64,
    pub weight: &'static str,
    pub by: Option<&'static str>,
    pub people_in: Option<PeopleIn>,
}

#[derive(Debug, Clone, Copy)]
pub enum PeopleIn {
    Area(usize),
    Box([f64; 4]),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sums {
    pub areas: usize,
    pub areas_covered: usize,
    pub weight: f64,
    pub covered: f64,
    pub unsure: f64,
    pub from_outside: f64,
    pub without_weight: usize,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub code: String,
    pub weight: f64,
    pub nearest_m: Option<f64>,
    pub covered: bool,
    pub possible: bool,
    pub by: Option<&'static str>,
}

#[derive(Debug)]
pub struct Answer {
    pub total: Sums,
    pub groups: BTreeMap<String, Sums>,
    pub rows: Vec<Row>,
    pub ignores_age: bool,
}

/// −1 within, 0 on the line, 1 beyond.
fn side(shape: &Shape, (lon, lat): (f64, f64)) -> i8 {
    let of = |[w, s, e, n]: [f64; 4]| match (
        w <= lon && lon <= e && s <= lat && lat <= n,
        w < lon && lon < e && s < lat && lat < n,
    ) {
        (_, true) => -1,
        (true, false) => 0,
        _ => 1,
    };
    match (of(shape.outer), shape.hole.map(of)) {
        (-1, Some(-1)) => 1,
        (-1, Some(0)) => 0,
        (outer, _) => outer,
    }
}

/// The outlines of a set that hold a point: all that have it within; of those on whose line it lies, the lowest code's.
fn drawn(town: &Town, set: &str, at: (f64, f64)) -> Vec<usize> {
    let of_set = || (0..town.areas.len()).filter(|i| town.areas[*i].set == set && town.areas[*i].shape.is_some());
    let on = |i: &usize, wanted: i8| side(town.areas[*i].shape.as_ref().unwrap(), at) == wanted;
    let mut all: Vec<usize> = of_set().filter(|i| on(i, -1)).collect();
    all.extend(of_set().filter(|i| on(i, 0)).min_by_key(|i| town.areas[*i].code.clone()));
    all
}

/// What an area's parents and columns name of a set by code.
fn named(town: &Town, area: usize, set: &str) -> Vec<usize> {
    let mut all = Vec::new();
    let mut above = town.areas[area].parent;
    while let Some(parent) = above {
        all.extend((town.areas[parent].set == set).then_some(parent));
        above = town.areas[parent].parent;
    }
    for code in town.areas[area].columns.values() {
        let of_set =
            |code: &String| (0..town.areas.len()).find(|i| town.areas[*i].set == set && town.areas[*i].code == *code);
        let later: Vec<usize> = later(town, code).iter().filter_map(of_set).collect();
        // One that was split has several that followed it: nobody knows which.
        all.extend(of_set(code).or(later.first().copied().filter(|_| later.len() == 1)));
    }
    all
}

/// A code with all that followed it.
fn later(town: &Town, code: &str) -> Vec<String> {
    let mut all = vec![code.to_owned()];
    for i in 0.. {
        let Some(code) = all.get(i) else { return all };
        let after = town.followed.get(code).cloned().unwrap_or_default();
        all.extend(after.into_iter().filter(|code| !all.contains(code)).collect::<Vec<_>>());
    }
    all
}

/// What the codes that an area holds tell of a district where nothing else does.
fn by_register(town: &Town, area: usize, code: &str, is_record: bool) -> Say {
    let registered = |code: &str| code.starts_with("E06") && code.len() == 9;
    let held: Vec<&String> = town.areas[area].columns.values().chain([&town.areas[area].code]).collect();
    let is_other = |other: &&&String| {
        registered(code)
            && registered(other)
            && other.as_str() != code
            && !later(town, other).iter().any(|later| later == code)
            && !(is_record && town.areas.iter().any(|area| area.code == ***other))
    };
    if !is_record && held.iter().any(|held| held.as_str() == code) {
        Yes
    } else if held.iter().any(|held| is_other(&held)) {
        No
    } else {
        Unknown
    }
}

/// Whether an area lies in another.
pub fn area_in(town: &Town, area: usize, target: usize) -> Say {
    let (of, into) = (&town.areas[area], &town.areas[target]);
    if of.set == into.set {
        return yes(area == target);
    }
    let named = named(town, area, into.set);
    if !named.is_empty() {
        return yes(named.contains(&target));
    }
    match point_in(town, of.at, target) {
        Unknown => by_register(town, area, &into.code, true),
        drawn => drawn,
    }
}

/// Whether a point lies in an area by its outline; without one, not where another of its set holds it.
fn point_in(town: &Town, at: (f64, f64), target: usize) -> Say {
    let holding = drawn(town, town.areas[target].set, at);
    match &town.areas[target].shape {
        Some(_) => yes(holding.contains(&target)),
        None if !holding.is_empty() => No,
        None => Unknown,
    }
}

fn points(of: &Asset) -> Vec<(f64, f64)> {
    of.at.into_iter().chain(of.places.iter().map(|(_, at)| *at)).collect()
}

fn asset_in(town: &Town, of: &Asset, target: usize) -> Say {
    any(points(of).into_iter().map(|at| point_in(town, at, target)))
}

/// The statuses it may have on the day.
fn statuses(of: &Asset, day: &str) -> Vec<&'static str> {
    let unclear = |name| of.unclear.contains(&name);
    let all = ["planned", "pilot", "open", "paused", "closing", "closed"];
    let stated = if unclear("status") { all.to_vec() } else { vec![of.status.unwrap_or("open")] };
    let over = if unclear("until") { vec![true, false] } else { vec![of.until.is_some_and(|until| until < day)] };
    let to_come = if unclear("from") { vec![true, false] } else { vec![of.from.is_some_and(|from| from > day)] };
    let begins = unclear("from") || of.from.is_some();
    let mut found = Vec::new();
    for status in stated {
        for over in &over {
            for to_come in &to_come {
                found.push(match (status, over, to_come) {
                    ("closed", ..) | (_, true, _) => "closed",
                    (_, _, true) => "planned",
                    ("planned", ..) if begins => "open",
                    (status, ..) => status,
                });
            }
        }
    }
    found
}

/// Whether an asset fits the filter words.
fn fits(town: &Town, of: &Asset, asked: &Asked) -> Say {
    if !asked.kinds.contains(&of.kind) {
        return No;
    }
    let wider = |code: &str| CATEGORIES.iter().find(|(c, _)| *c == code).map_or("", |(_, parent)| parent);
    let category = asked.category.is_none_or(|wanted| of.category == wanted || wider(of.category) == wanted);
    let wanted = if asked.status.is_empty() { vec!["pilot", "open", "closing"] } else { asked.status.clone() };
    let may_be = statuses(of, asked.day);
    let running = match may_be.iter().filter(|status| wanted.contains(status)).count() {
        0 => No,
        n if n == may_be.len() => Yes,
        _ => Unknown,
    };
    let referral = asked.referral.map_or(Yes, |way| match of.referral.is_empty() {
        true => Unknown,
        false => yes(of.referral.contains(&way) || (way != "self" && of.referral.contains(&"any_professional"))),
    });
    let free = if asked.free { of.free.map_or(Unknown, yes) } else { Yes };
    let age = asked.age.map_or(Yes, |age| {
        let unclear = of.unclear.iter().any(|name| name.ends_with("_age"));
        match (of.min_age.is_some_and(|min| age < min) || of.max_age.is_some_and(|max| age > max), unclear) {
            (true, _) => No,
            (false, false) if of.min_age.is_some() || of.max_age.is_some() => Yes,
            _ => Unknown,
        }
    });
    let area = asked.area.map_or(Yes, |target| asset_in(town, of, target));
    let fit = every([yes(category), running, referral, free, age, area]);
    match asked.only {
        Some("sure") if fit != Yes => No,
        Some("possible") if fit != Unknown => No,
        _ => fit,
    }
}

/// Whether a service is for the people of an area, by where they live.
fn is_for(town: &Town, of: &Asset, area: usize) -> Say {
    let mut all = Vec::new();
    if !of.service_area.is_empty() {
        all.push(any(of.service_area.iter().map(|target| area_in(town, area, *target))));
    }
    if !of.districts.is_empty() {
        let codes = of.districts.iter().flat_map(|code| later(town, code));
        all.push(any(codes.filter_map(|code| {
            // A district that is no record here is known by its code alone; one of earlier years is no district any more.
            let by_code = || (!town.followed.contains_key(&code)).then(|| by_register(town, area, &code, false));
            let target = town.areas.iter().position(|a| a.set == "district" && a.code == code);
            target.map(|target| area_in(town, area, target)).or_else(by_code)
        })));
    }
    if of.practices || of.unclear.contains(&"eligibility.districts") {
        all.push(Unknown);
    }
    every(all)
}

/// How it comes to people, if it does.
fn comes(of: &Asset) -> Option<&'static str> {
    if of.kind != "service" {
        return None;
    }
    let everywhere = of.service_area.is_empty();
    let order = if everywhere { ["telephone", "online", "at_home"] } else { ["at_home", "telephone", "online"] };
    let way = order.into_iter().find(|way| of.delivery.contains(way));
    way.or((points(of).is_empty() && of.places.is_empty() && !everywhere).then_some("inside_service_area"))
}

/// The bands `age_<from>_<to>` that fill the ages of an asset, if they do.
fn bands(of: &Asset, bands: &[(i64, i64)]) -> Option<Vec<(i64, i64)>> {
    let (min, max) = (of.min_age.unwrap_or(0), of.max_age);
    let touched: Vec<(i64, i64)> =
        bands.iter().copied().filter(|(from, to)| *to >= min && max.is_none_or(|max| *from <= max)).collect();
    // Every age that is asked for lies in one band, and every band in the ages asked for.
    let last = max.unwrap_or(100).min(100);
    let once = (min..=last).all(|age| touched.iter().filter(|(from, to)| (*from..=*to).contains(&age)).count() == 1);
    let inside = touched.iter().all(|(from, to)| *from >= min && max.is_none_or(|max| *to <= max));
    (once && inside && !touched.is_empty()).then_some(touched)
}

/// Who of an area is reached by assets: everybody, or people of some ages.
#[derive(Default, Clone)]
struct Reached {
    everybody: bool,
    bands: Vec<(i64, i64)>,
}

impl Reached {
    fn anybody(&self) -> bool {
        self.everybody || !self.bands.is_empty()
    }

    /// Never more than the weight; all of it, and a word about it, where the area does not tell its ages.
    fn people(&self, area: &Area, weight: f64, ignores_age: &mut bool) -> f64 {
        if self.everybody {
            return weight;
        }
        let mut bands = self.bands.clone();
        bands.sort_unstable();
        bands.dedup();
        let told: Option<Vec<f64>> =
            bands.iter().map(|(from, to)| area.numbers.get(&format!("age_{from}_{to}")).copied()).collect();
        match told {
            Some(people) => people.iter().sum::<f64>().min(weight),
            None => {
                *ignores_age = true;
                weight
            }
        }
    }
}

fn weight_of(area: &Area, name: &str) -> Option<f64> {
    match name {
        "no_car" => Some(area.numbers.get(name)? * area.numbers.get("population")?),
        _ => area.numbers.get(name).copied(),
    }
}

/// The whole answer.
pub fn answer(town: &Town, asked: &Asked) -> Answer {
    let small: Vec<usize> = (0..town.areas.len()).filter(|i| town.areas[*i].set == "small").collect();
    let chosen: Vec<usize> = small.iter().copied().filter(|i| is_chosen(town, *i, asked)).collect();
    let all_bands: Vec<(i64, i64)> = match asked.weight {
        "population" => bands_of(town),
        _ => Vec::new(),
    };
    let assets: Vec<(&Asset, Say)> =
        town.assets.iter().map(|of| (of, fits(town, of, asked))).filter(|(_, fit)| *fit != No).collect();
    let mut ignores_age = assets.iter().any(|(of, _)| has_ages(of) && bands(of, &all_bands).is_none());
    let groups_of = groups(town, &small, &chosen, asked.by);
    let mut answer = Answer { total: Sums::default(), groups: BTreeMap::new(), rows: Vec::new(), ignores_age: false };
    for area in &chosen {
        let weight = weight_of(&town.areas[*area], asked.weight);
        let (mut sure, mut inside, mut possible) = (Reached::default(), Reached::default(), Reached::default());
        let (mut nearest, mut near, mut by) = (f64::INFINITY, false, None);
        for (of, fit) in &assets {
            let allowed = if of.kind == "service" { is_for(town, of, *area) } else { Yes };
            let at = as_point(town.areas[*area].at);
            let distance = points(of).into_iter().map(|p| at.distance_m(as_point(p))).fold(f64::INFINITY, f64::min);
            let reached = distance <= asked.within;
            let way = comes(of).filter(|_| !reached);
            // It comes to people's homes, and nobody said where.
            let unsaid = way == Some("at_home") && of.service_area.is_empty();
            let unclear = of.unclear.iter().any(|name| name.ends_with("_age"));
            if allowed == No {
                continue;
            }
            let is_sure = *fit == Yes && allowed == Yes && !unsaid && !unclear;
            if is_sure {
                nearest = nearest.min(distance);
                near |= reached;
                by = by.or(way);
            }
            if !reached && way.is_none() {
                continue;
            }
            let taken = if has_ages(of) { bands(of, &all_bands) } else { None };
            let mut into = vec![if is_sure { &mut sure } else { &mut possible }];
            if is_sure && is_inside(town, of, asked) {
                into.push(&mut inside);
            }
            for reached in into {
                match &taken {
                    Some(bands) => reached.bands.extend(bands),
                    None => reached.everybody = true,
                }
            }
        }
        let mut all = sure.clone();
        all.everybody |= possible.everybody;
        all.bands.extend(&possible.bands);
        let of_area = &town.areas[*area];
        let whole = weight.unwrap_or(0.0);
        let mut people = |of: &Reached| of.people(of_area, whole, &mut ignores_age);
        let (covered, reached, from_inside) = (people(&sure), people(&all), people(&inside));
        let by = by.filter(|_| !near);
        answer.rows.push(Row {
            code: of_area.code.clone(),
            weight: whole,
            nearest_m: Some(nearest).filter(|n| n.is_finite() && by.is_none()),
            covered: sure.anybody(),
            possible: !sure.anybody() && possible.anybody(),
            by,
        });
        let key = groups_of.get(area).cloned();
        let mut sums = vec![&mut answer.total];
        if let Some(key) = key {
            sums.push(answer.groups.entry(key).or_default());
        }
        for sums in sums {
            sums.areas += 1;
            sums.areas_covered += usize::from(sure.anybody());
            sums.weight += whole;
            sums.covered += covered;
            sums.unsure += reached - covered;
            sums.from_outside += if asked.people_in.is_some() { covered - from_inside } else { 0.0 };
            sums.without_weight += usize::from(weight.is_none());
        }
    }
    answer.ignores_age = ignores_age;
    answer
}

fn has_ages(of: &Asset) -> bool {
    of.min_age.is_some() || of.max_age.is_some()
}

fn bands_of(town: &Town) -> Vec<(i64, i64)> {
    let names = town.areas.iter().filter(|a| a.set == "small").flat_map(|a| a.numbers.keys());
    let mut all: Vec<(i64, i64)> = names
        .filter_map(|name| name.strip_prefix("age_")?.split_once('_'))
        .map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn in_box([west, south, east, north]: [f64; 4], (lon, lat): (f64, f64)) -> bool {
    west <= lon && lon <= east && south <= lat && lat <= north
}

fn is_chosen(town: &Town, area: usize, asked: &Asked) -> bool {
    match asked.people_in {
        None => true,
        Some(PeopleIn::Area(target)) => area_in(town, area, target) == Yes,
        Some(PeopleIn::Box(edges)) => in_box(edges, town.areas[area].at),
    }
}

/// Whether an asset does not surely lie outside what was chosen.
fn is_inside(town: &Town, of: &Asset, asked: &Asked) -> bool {
    match asked.people_in {
        None => true,
        Some(PeopleIn::Area(target)) => asset_in(town, of, target) != No,
        Some(PeopleIn::Box(edges)) => points(of).is_empty() || points(of).into_iter().any(|at| in_box(edges, at)),
    }
}

/// The group of each area that has one. Districts are called by their codes here.
fn groups(town: &Town, small: &[usize], chosen: &[usize], by: Option<&str>) -> BTreeMap<usize, String> {
    let mut found = BTreeMap::new();
    match by {
        None => {}
        Some("district") => {
            for area in small {
                let named = named(town, *area, "district");
                let held = if named.is_empty() { drawn(town, "district", town.areas[*area].at) } else { named };
                found.extend(held.iter().map(|i| &town.areas[*i].code).min().map(|code| (*area, code.clone())));
            }
            let said = groups_by_column(town, small, "district");
            // What a column says counts where nobody knows more, if it holds the register's codes or nothing else is known.
            if found.is_empty() || said.values().any(|code| code.starts_with("E06")) {
                for (area, code) in said {
                    found.entry(area).or_insert(code);
                }
            }
        }
        Some("quintile:need") => {
            let number = |area: &usize| town.areas[*area].numbers.get("need").copied();
            let mut order: Vec<usize> = chosen.iter().copied().filter(|area| number(area).is_some()).collect();
            order.sort_by(|a, b| {
                let key = |i: &usize| (number(i).unwrap(), town.areas[*i].code.clone());
                key(a).partial_cmp(&key(b)).unwrap()
            });
            let n = order.len();
            found.extend(order.into_iter().enumerate().map(|(i, area)| (area, (5 * i / n + 1).to_string())));
        }
        Some(column) => found = groups_by_column(town, small, column),
    }
    found
}

fn groups_by_column(town: &Town, small: &[usize], column: &str) -> BTreeMap<usize, String> {
    small.iter().filter_map(|i| Some((*i, town.areas[*i].columns.get(column)?.clone()))).collect()
}
