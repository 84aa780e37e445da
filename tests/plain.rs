//! Coverage against the contract's own words: a brute-force reading of them, and the program, are asked the same random
//! questions about the same random towns, and must agree on every sum, every group and every area.

#[path = "plain/definition.rs"]
mod definition;
#[path = "support/dice.rs"]
mod dice;
#[path = "plain/town.rs"]
mod town;

use commonground::analysis::coverage::{self, Answered, Sums};
use commonground::analysis::membership::{self, AreaClues, AskedArea};
use commonground::analysis::register::Register;
use commonground::analysis::standing::Standing;
use commonground::analysis::{Answer, Asked, Ctl};
use commonground::atlas::View;
use commonground::model::Kind;
use definition::{PeopleIn, Say};
use dice::Dice;
use jiff::Zoned;
use town::{CATEGORIES, Town, x, y};

/// So many towns, each asked so often.
const TOWNS: u64 = 600;
const QUESTIONS: usize = 4;

#[test]
fn every_answer_is_that_of_the_plain_definition() {
    let now: Zoned = "2026-06-01T12:00[Europe/London]".parse().unwrap();
    let (mut covered, mut unsure, mut outside, mut grouped, mut aged) = (0, 0, 0, 0, 0);
    for seed in 0..TOWNS {
        let town = Town::random(seed);
        let view = town.view();
        let mut dice = Dice(seed ^ 0xC0FF_EE00);
        for _ in 0..QUESTIONS {
            let asked = question(&town, &mut dice);
            let expected = definition::answer(&town, &asked);
            let words = words(&town, &asked);
            let answered = coverage::read(Asked::new(words.clone()).unwrap(), &view, &now)
                .map(|question| coverage::answer(&question, &view, &Ctl::free()).unwrap());
            let answered = match answered {
                Ok(answered) => answered,
                // A town whose areas never say a number or a column does not know the word.
                Err(problems) if problems.iter().all(|p| ["weight", "by"].contains(&p.field.as_str())) => continue,
                Err(problems) => panic!("seed {seed}: {words:?} is refused: {problems:?}"),
            };
            if let Err(why) = same(&town, &view, &expected, &answered) {
                panic!("seed {seed}: {why}\n{words:?}\n{expected:#?}\n{:#?}\n{town:#?}", answered.total);
            }
            // Without the areas one by one, less is looked at; the sums are the same.
            let words = words.into_iter().filter(|(name, _)| name != "include").collect();
            let question = coverage::read(Asked::new(words).unwrap(), &view, &now).unwrap();
            let sums = coverage::answer(&question, &view, &Ctl::free()).unwrap();
            assert_eq!((&sums.total, &sums.groups), (&answered.total, &answered.groups), "seed {seed}: {town:#?}");
            assert_eq!(sums.ignored, answered.ignored, "seed {seed}: {town:#?}");
            covered += usize::from(expected.total.covered > 0.0);
            unsure += usize::from(expected.total.unsure > 0.0);
            outside += usize::from(expected.total.from_outside > 0.0);
            grouped += usize::from(expected.groups.len() > 1);
            aged += usize::from(expected.ignores_age);
        }
    }
    // Questions that ask nothing would agree, too.
    for (what, n) in
        [("covered", covered), ("unsure", unsure), ("outside", outside), ("grouped", grouped), ("aged", aged)]
    {
        assert!(n >= 30, "only {n} answers are {what}");
    }
}

#[test]
fn every_area_lies_where_the_plain_definition_has_it() {
    let mut seen = [0; 3];
    for seed in 0..TOWNS {
        let town = Town::random(seed);
        let view = town.view();
        for (i, target) in town.areas.iter().enumerate() {
            let read = AskedArea::read(view.get(target.id.parse().unwrap()).unwrap()).unwrap();
            for (j, area) in town.areas.iter().enumerate() {
                let expected = match definition::area_in(&town, j, i) {
                    Say::Yes => Answer::Yes,
                    Say::No => Answer::No,
                    Say::Unknown => Answer::Unknown,
                };
                let found = read.holds_area(view.get(area.id.parse().unwrap()).unwrap(), &view);
                assert_eq!(found, expected, "seed {seed}: {} in {}\n{town:#?}", area.code, target.code);
                seen[found as usize] += 1;
            }
            same_rows(&read, &view, seed);
        }
        let codes: Vec<String> = town.assets.iter().flat_map(|asset| asset.districts.clone()).collect();
        membership::districts(&codes, &view).iter().for_each(|district| same_rows(district, &view, seed));
    }
    assert!(seen.iter().all(|n| *n > 500), "{seen:?}");
}

/// What is read from tables is what asking area by area tells.
fn same_rows(target: &AskedArea, view: &View, seed: u64) {
    for (name, set) in view.area_tables().iter() {
        let rows = target.rows(name, &Register::of(set), view, &Ctl::free()).unwrap();
        let of = |row: usize| target.holds_area(view.get(set.ids[row]).unwrap(), view);
        let those = |answer| (0..set.len()).filter(|row| of(*row) == answer).map(|row| row as u32).collect::<Vec<_>>();
        let expected = (those(Answer::Yes), those(Answer::Unknown));
        assert_eq!((rows.yes, rows.unknown.to_vec()), expected, "seed {seed}: {:?} of {name}", target.key());
    }
}

/// A position that is asked about many services is told of each what it would be told of that one alone.
#[test]
fn a_standing_position_is_served_by_those_that_serve_it_when_they_are_asked_alone() {
    let mut seen = [0; 3];
    for seed in 0..TOWNS {
        let town = Town::random(seed);
        let view = town.view();
        let mut dice = Dice(seed ^ 0x57A2_D000);
        let areas: Vec<&town::Area> = town.areas.iter().collect();
        for _ in 0..4 {
            let point = dice.of_100(80).then(|| town::as_point(dice.one(&areas).at));
            let codes: Vec<String> = dice.some(&areas, 15).iter().map(|area| area.code.clone()).collect();
            let clues = AreaClues { point, codes: &codes };
            let standing = Standing::new(clues, &view);
            for service in view.of_kind(Kind::Service) {
                let areas = membership::targets(service, "service_area", &view);
                let said = membership::districts_said(service);
                let districts = said.map(|said| membership::districts(said, &view));
                let untold = membership::is_untold_where(service);
                let of_areas = (!areas.is_empty()).then(|| membership::in_any(&areas, clues, &view));
                let of_districts = districts.map(|districts| membership::in_any(&districts, clues, &view));
                let all = of_areas.into_iter().chain(of_districts).chain(untold.then_some(Answer::Unknown));
                let (expected, found) = (Answer::all(all), standing.is_served_by(service));
                assert_eq!(found, expected, "seed {seed}: {codes:?} {point:?}\n{}\n{town:#?}", service.body);
                seen[found as usize] += 1;
            }
        }
    }
    assert!(seen.iter().all(|n| *n > 500), "{seen:?}");
}

/// Where districts tile the town and nothing else is said, each area lies in one of them: their sums are the whole's.
#[test]
fn sums_over_districts_that_tile_are_the_whole() {
    let now: Zoned = "2026-06-01T12:00[Europe/London]".parse().unwrap();
    let mut on_a_line = 0;
    for seed in 0..TOWNS {
        let mut town = Town::random(seed);
        town.areas.retain(|area| area.set != "ward" && (area.set != "district" || !area.code.ends_with('5')));
        for area in &mut town.areas {
            (area.parent, area.columns) = (None, Default::default());
            // Everybody lives within the grid, or on its line.
            area.at = (area.at.0.min(x(8)), area.at.1.min(y(8)));
        }
        let tiles = town.areas.iter().filter(|area| area.set == "district");
        let boxes: Vec<[f64; 4]> = tiles.clone().filter_map(|tile| Some(tile.shape.as_ref()?.outer)).collect();
        let size = |[west, south, east, north]: &[f64; 4]| (east - west) * (north - south);
        let whole = (x(8) - x(0)) * (y(8) - y(0));
        if boxes.len() != tiles.count() || (boxes.iter().map(size).sum::<f64>() - whole).abs() > 1e-9 {
            continue;
        }
        town.areas.iter_mut().filter_map(|area| area.shape.as_mut()).for_each(|shape| shape.hole = None);
        town.assets.iter_mut().for_each(|asset| asset.service_area.clear());
        let view = town.view();
        let ask = |more: &[(&str, String)]| {
            let mut words = vec![("within".to_owned(), "2km".to_owned()), ("areas".to_owned(), "small".to_owned())];
            words.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            let question = coverage::read(Asked::new(words).unwrap(), &view, &now).unwrap();
            coverage::answer(&question, &view, &Ctl::free()).unwrap()
        };
        let all = ask(&[("by", "district".to_owned())]);
        let codes: Vec<&String> = town.areas.iter().filter(|a| a.set == "district").map(|a| &a.code).collect();
        let each: Vec<Sums> = codes.iter().map(|code| ask(&[("people_in", (*code).clone())]).total).collect();
        let groups: Vec<Sums> = all.groups.iter().map(|(_, sums)| sums.clone()).collect();
        for parts in [&each, &groups] {
            let sum = |of: fn(&Sums) -> f64| parts.iter().map(of).sum::<f64>();
            let fields: [fn(&Sums) -> f64; 4] = [|s| s.areas as f64, |s| s.weight, |s| s.covered, |s| s.unsure];
            for of in fields {
                assert!(
                    (sum(of) - of(&all.total)).abs() < 1e-9,
                    "seed {seed}: {parts:#?}\n{:#?}\n{town:#?}",
                    all.total
                );
            }
        }
        let small = town.areas.iter().filter(|area| area.set == "small");
        let shared = |at: (f64, f64)| {
            let touches = |[w, s, e, n]: &&[f64; 4]| *w <= at.0 && at.0 <= *e && *s <= at.1 && at.1 <= *n;
            boxes.iter().filter(touches).count() > 1
        };
        on_a_line += small.filter(|area| shared(area.at)).count();
    }
    assert!(on_a_line > 50, "only {on_a_line} areas stand where districts meet");
}

fn question(town: &Town, dice: &mut Dice) -> definition::Asked {
    let areas: Vec<usize> = (0..town.areas.len()).collect();
    let people_in = match dice.below(4) {
        0 => Some(PeopleIn::Area(dice.one(&areas))),
        1 => Some(PeopleIn::Box([x(1), y(1), x(3 + dice.below(6)), y(3 + dice.below(6))])),
        _ => None,
    };
    definition::Asked {
        kinds: dice.one(&[vec!["service", "place"], vec!["service"], vec!["service"], vec!["place"]]),
        category: dice.of_100(30).then(|| dice.one(&CATEGORIES).0),
        referral: dice.of_100(15).then(|| dice.one(&["self", "gp"])),
        free: dice.of_100(10),
        age: dice.of_100(12).then(|| dice.one(&[0, 15, 16, 40, 65, 90])),
        status: if dice.of_100(10) { dice.some(&["closed", "planned", "open", "paused"], 50) } else { Vec::new() },
        day: dice.one(&["2026-06-01", "2026-06-01", "2026-06-01", "2026-12-01", "2025-01-01"]),
        area: dice.of_100(8).then(|| dice.one(&areas)),
        only: dice.of_100(12).then(|| dice.one(&["sure", "possible"])),
        within: dice.one(&[1.0, 900.0, 1_600.0, 3_000.0, 8_000.0]),
        weight: dice.one(&["population", "population", "population", "older", "no_car"]),
        by: dice.of_100(60).then(|| dice.one(&["district", "district", "part", "quintile:need"])),
        people_in,
    }
}

fn words(town: &Town, asked: &definition::Asked) -> Vec<(String, String)> {
    let mut words: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| words.push((name.to_owned(), value));
    put("areas", "small".to_owned());
    put("include", "per_area".to_owned());
    put("within", format!("{}m", asked.within));
    put("weight", asked.weight.to_owned());
    put("kind", asked.kinds.join(","));
    put("as_at", asked.day.to_owned());
    let texts = [("category", asked.category), ("referral", asked.referral), ("match", asked.only), ("by", asked.by)];
    texts.into_iter().for_each(|(name, value)| value.into_iter().for_each(|value| put(name, value.to_owned())));
    if asked.free {
        put("free", "true".to_owned());
    }
    asked.age.into_iter().for_each(|age| put("age", age.to_string()));
    asked.status.iter().for_each(|status| put("status", (*status).to_owned()));
    let code = |i: usize| format!("{}/{}", town.areas[i].set, town.areas[i].code);
    asked.area.into_iter().for_each(|i| put("area", code(i)));
    match asked.people_in {
        Some(PeopleIn::Area(i)) => put("people_in", code(i)),
        Some(PeopleIn::Box([w, s, e, n])) => put("people_in", format!("{w},{s},{e},{n}")),
        None => {}
    }
    words
}

fn same(town: &Town, view: &View, expected: &definition::Answer, found: &Answered) -> Result<(), String> {
    let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
    let sums = |name: &str, a: &definition::Sums, b: &Sums| {
        let counts = (a.areas, a.areas_covered, a.without_weight) == (b.areas, b.areas_covered, b.without_weight);
        let people = close(a.weight, b.weight) && close(a.covered, b.covered) && close(a.unsure, b.unsure);
        let sound = b.unsure >= 0.0
            && (0.0..=1.0).contains(&b.share())
            && b.share() <= b.share_possible()
            && b.share_possible() <= 1.0;
        let all = counts && people && sound && close(a.from_outside, b.from_outside);
        if all { Ok(()) } else { Err(format!("{name}: {a:?} but {b:?}")) }
    };
    sums("total", &expected.total, &found.total)?;
    let code_of =
        |key: &String| town.areas.iter().find(|a| a.set == "district" && a.name == *key).map(|a| a.code.clone());
    let groups: Vec<(String, &Sums)> =
        found.groups.iter().map(|(key, sums)| (code_of(key).unwrap_or_else(|| key.clone()), sums)).collect();
    if groups.len() != expected.groups.len() {
        return Err(format!("groups: {:?} but {groups:?}", expected.groups));
    }
    for (key, found) in groups {
        let expected = expected.groups.get(&key).ok_or_else(|| format!("there is no group {key}"))?;
        sums(&key, expected, found)?;
    }
    if expected.ignores_age != found.ignored.contains(&"age") {
        return Err(format!("ignored: {}", expected.ignores_age));
    }
    let set = view.area_set("small").unwrap();
    if expected.rows.len() != found.per_area.len() {
        return Err("other areas".to_owned());
    }
    for (a, b) in expected.rows.iter().zip(&found.per_area) {
        let near = match (a.nearest_m, b.nearest_m) {
            (Some(a), Some(b)) => close(a, b),
            (a, b) => a == b,
        };
        let states = (a.covered, a.possible, a.by) == (b.covered, b.possible, b.by);
        if a.code != set.codes[b.row] || !near || !states || !close(a.weight, b.weight) {
            return Err(format!("{a:?} but {b:?}"));
        }
    }
    Ok(())
}
