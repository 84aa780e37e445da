//! Areas add up: who lies where, and how many people that is.

mod support;

use commonground::analysis::membership::AskedArea;
use commonground::analysis::register::Register;
use commonground::analysis::{Asked, Ctl, coverage};
use commonground::atlas::{Atlas, Datasets, Entry, View, Viewer};
use commonground::model::Kind;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use support::{Ground, Town, problem, problems, shared};

/// A square of a kilometre or ten, south-west corner first.
fn square(west: f64, south: f64, size: f64) -> Value {
    let (east, north) = (west + size, south + size);
    json!({"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]})
}

async fn area(town: &Town, set: &str, code: &str, at: (f64, f64), more: Value) -> Value {
    let mut body =
        json!({"name": format!("Area {code}"), "area_set": set, "code": code, "point": {"lon": at.0, "lat": at.1}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.add("areas", body).await
}

async fn service(town: &Town, ground: &Ground, more: Value) -> Value {
    let mut body = json!({"name": "Company", "provider": ground.provider, "categories": [ground.category]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.add("services", body).await
}

async fn total(town: &Town, words: &str) -> Value {
    let (status, answer) = town.get(&format!("/coverage?areas=small&within=2km&{words}")).await;
    assert_eq!(status, 200, "{words}: {answer}");
    answer["total"].clone()
}

/// (areas, people, covered, unsure)
fn counts(total: &Value) -> (i64, i64, i64, i64) {
    let n = |name: &str| total[name].as_f64().unwrap() as i64;
    (n("areas"), n("weight"), n("weight_covered"), n("weight_unsure"))
}

/// R3: what a column names is where an area lies, and nowhere else, whatever outlines say.
#[tokio::test]
async fn the_lists_of_the_report_put_each_area_into_one_district() {
    let Some(shared) = shared() else { return };
    let town = Town::empty().await;
    let list = |name: &str| std::fs::read(shared.join("faults/inputs").join(name)).unwrap();
    for (words, name) in [
        ("kind=area&list=districts&area_set=district", "real-two-districts.geojson"),
        ("kind=area&list=small&area_set=small", "real-border-areas.csv"),
    ] {
        let (status, answer) = town.import(words, list(name)).await;
        assert_eq!((status, &answer["created"]), (200, &json!(2)), "{answer}");
    }
    town.add("places", json!({"name": "Hall", "point": {"lon": -3.35, "lat": 54.65}})).await;
    assert_eq!(counts(&total(&town, "people_in=D1").await), (2, 1500, 1000, 0));
    assert_eq!(counts(&total(&town, "people_in=D2").await), (0, 0, 0, 0), "the column names the other one");
    let (_, by) = town.get("/coverage?areas=small&within=2km&by=district").await;
    assert_eq!((by["groups"].as_array().unwrap().len(), &by["groups"][0]["weight"]), (1, &json!(1500)));
    let (_, inside) = town.get("/areas?area=D2&limit=10").await;
    assert_eq!(inside["total"], 1, "itself: {inside}");
}

/// Coverage A: the point of an area's parent says nothing of where the area is.
#[tokio::test]
async fn a_parents_point_never_stands_for_the_areas_own() {
    for (own, parents, areas, covered) in [((0.5, 0.5), (5.0, 5.0), 1, 100), ((5.0, 5.0), (0.5, 0.5), 0, 0)] {
        let town = Town::empty().await;
        let ground = town.ground().await;
        let at = |(x, y): (f64, f64)| (-3.0 + x / 100.0, 54.0 + y / 100.0);
        area(&town, "drawn", "P", at((0.5, 0.5)), json!({"boundary": square(-3.0, 54.0, 0.01)})).await;
        area(&town, "ward", "W", at(parents), json!({})).await;
        area(&town, "small", "S", at(own), json!({"parent": "W", "indicators": {"population": 100}})).await;
        assert_eq!(total(&town, "people_in=P").await["areas"], areas, "people_in");
        let telephone = json!({"point": {"lon": -3.0, "lat": 54.0}, "service_area": ["P"], "delivery": ["telephone"]});
        service(&town, &ground, telephone).await;
        assert_eq!(counts(&total(&town, "kind=service").await), (1, 100, covered, 0), "service_area");
        let (_, listed) = town.get("/areas?area=P&match=sure").await;
        let is_listed = listed["items"].as_array().unwrap().iter().any(|item| item["code"] == "S");
        assert_eq!(is_listed, areas == 1, "the word area: {listed}");
    }
}

/// Coverage D, and siblings: what is known to lie in one area of a set lies in no other; a column of another set's codes
/// tells nothing; and the same by districts.
#[tokio::test]
async fn known_to_lie_elsewhere_is_a_no() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for code in ["E06000063", "E06000064"] {
        area(&town, "district24", code, (-3.3, 54.7), json!({})).await;
    }
    area(&town, "region", "R1", (-3.3, 54.7), json!({})).await;
    let people = |n: i64, column: Value| json!({"indicators": {"population": n}, "groups": column});
    area(&town, "small", "S1", (-3.0, 54.0), people(100, json!({"ltla": "E06000064"}))).await;
    area(&town, "small", "S2", (-3.0, 54.0), people(20, json!({"ltla": "E06000063"}))).await;
    area(&town, "small", "S3", (-3.0, 54.0), people(3, json!({"rgn": "R1"}))).await;
    for (extra, covered, unsure) in [
        (json!({"service_area": ["E06000063"], "delivery": ["telephone"]}), 20, 3),
        (json!({"eligibility": {"districts": ["E06000063"]}}), 20, 3),
        (json!({"eligibility": {"districts": ["E06000063", "E06000064"]}}), 120, 3),
        // A district that nobody brought in is told apart by the register's codes.
        (json!({"eligibility": {"districts": ["E06000001"]}}), 0, 3),
    ] {
        let mut body = extra.clone();
        body["point"] = json!({"lon": -3.0, "lat": 54.0});
        let made = service(&town, &ground, body).await;
        assert_eq!(counts(&total(&town, "kind=service").await), (3, 123, covered, unsure), "{extra}");
        let path = format!("/services/{}", made["id"].as_str().unwrap());
        let gone = town.admin(reqwest::Method::DELETE, &path).header("If-Match", "\"v1\"").send().await.unwrap();
        assert!(gone.status().is_success());
    }
}

/// The line between two neighbours is the lower code's alone: for areas, for places, and for who asks from there.
#[tokio::test]
async fn what_stands_on_a_shared_line_counts_once() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for (code, west, south) in [("D2", -3.0, 54.0), ("D1", -2.5, 54.0), ("D3", -3.0, 54.5), ("D4", -2.5, 54.5)] {
        area(&town, "district", code, (west + 0.1, south + 0.1), json!({"boundary": square(west, south, 0.5)})).await;
    }
    let spots = [
        ("on the line", (-2.5, 54.2), "D1"),
        ("corner", (-2.5, 54.5), "D1"),
        ("west", (-2.75, 54.5), "D2"),
        ("rim", (-3.0, 54.75), "D3"),
    ];
    for (i, (name, at, _)) in spots.iter().enumerate() {
        area(&town, "small", &format!("S{i}"), *at, json!({"indicators": {"population": 10}})).await;
        town.add("places", json!({"name": name, "point": {"lon": at.0, "lat": at.1}})).await;
    }
    for code in ["D1", "D2", "D3", "D4"] {
        let mine: Vec<&str> = spots.iter().filter(|(.., of)| *of == code).map(|(name, ..)| *name).collect();
        assert_eq!(total(&town, &format!("people_in={code}")).await["areas"], json!(mine.len()), "{code}");
        let (_, places) = town.get(&format!("/places?area={code}")).await;
        let found: BTreeSet<&str> =
            places["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
        assert_eq!(found, mine.into_iter().collect(), "{code}");
        service(&town, &ground, json!({"name": code, "service_area": [code], "delivery": ["telephone"]})).await;
    }
    let (_, found) = town.get("/nearby?near=54.5,-2.5&kind=service").await;
    let names: Vec<&Value> = found["features"].as_array().unwrap().iter().map(|f| &f["properties"]["name"]).collect();
    assert_eq!(names, [&json!("D1")], "{found}");
    let (_, groups) = town.get("/coverage?areas=small&within=2km&by=district").await;
    let sum: i64 = groups["groups"].as_array().unwrap().iter().map(|g| g["weight"].as_i64().unwrap()).sum();
    assert_eq!(sum, 40);
}

/// Coverage B, C and E: people of some ages.
#[tokio::test]
async fn people_of_some_ages_are_never_more_than_there_are() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let at = (-3.0, 54.0);
    let ask = async |set: &str, words: &str| {
        let (_, answer) = town.get(&format!("/coverage?areas={set}&within=500m&kind=service{words}")).await;
        (answer["total"].clone(), answer["ignored"].clone())
    };
    let of_ages = async |ages: Value, lon: f64| {
        service(&town, &ground, json!({"point": {"lon": lon, "lat": 54.0}, "eligibility": ages})).await
    };
    let bands = |ages: Value| json!({"indicators": ages});
    area(&town, "b", "B1", at, bands(json!({"population": 10, "age_0_15": 60, "age_16_64": 40, "age_65_120": 0})))
        .await;
    area(&town, "b", "B2", (-3.001, 54.0), bands(json!({"age_0_15": 60, "age_16_64": 40, "age_65_120": 0}))).await;
    area(&town, "c", "C1", at, bands(json!({"population": 130, "age_16_64": 80, "age_65_120": 20}))).await;
    let young = of_ages(json!({"max_age": 15}), -3.0).await;
    let (b, ignored) = ask("b", "").await;
    assert_eq!((counts(&b), &ignored), ((2, 10, 10, 0), &json!([])));
    assert_eq!((&b["share"], &b["share_possible"], &b["areas_without_weight"]), (&json!(1.0), &json!(1.0), &json!(1)));
    of_ages(json!({}), -3.0).await;
    let (b, _) = ask("b", "&referral=self").await;
    assert_eq!((counts(&b), &b["share_possible"]), ((2, 10, 0, 10), &json!(1.0)), "all may be, and no more than all");
    let (c, ignored) = ask("c", "").await;
    assert_eq!((counts(&c), &ignored), ((1, 130, 130, 0), &json!(["age"])), "nobody counted those below 16");
    drop(young);
    let adults = Town::empty().await;
    let ground = adults.ground().await;
    area(&adults, "c", "C1", at, bands(json!({"population": 130, "age_16_64": 80, "age_65_120": 20}))).await;
    area(&adults, "d", "D1", at, bands(json!({"population": 130, "age_16_64": 80}))).await;
    for (ages, set, covered, ignores) in [
        (json!({"min_age": 0, "max_age": 120}), "c", 130, true),
        (json!({"min_age": 16}), "c", 100, false),
        (json!({"min_age": 65}), "c", 20, false),
        (json!({"max_age": 64}), "c", 130, true),
        (json!({"min_age": 16}), "d", 130, true),
        (json!({"min_age": 16, "max_age": 64}), "d", 80, false),
    ] {
        let body = json!({"point": {"lon": -3.0, "lat": 54.0}, "eligibility": ages});
        let made = service(&adults, &ground, body).await;
        let (_, answer) = adults.get(&format!("/coverage?areas={set}&within=500m&kind=service")).await;
        let expected = (covered, if ignores { json!(["age"]) } else { json!([]) });
        assert_eq!(
            (answer["total"]["weight_covered"].as_i64().unwrap(), answer["ignored"].clone()),
            expected,
            "{ages}"
        );
        let path = format!("/services/{}", made["id"].as_str().unwrap());
        adults.admin(reqwest::Method::DELETE, &path).header("If-Match", "\"v1\"").send().await.unwrap();
    }
}

/// Coverage E: who is served from outside is counted by people. Those of one age may be, those of another not.
#[tokio::test]
async fn weight_from_outside_goes_by_people() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let ages = json!({"population": 100, "age_0_15": 20, "age_16_64": 50, "age_65_120": 30});
    area(&town, "small", "S1", (-3.0, 54.0), json!({"indicators": ages})).await;
    let at = |lon: f64, ages: Value| json!({"point": {"lon": lon, "lat": 54.0}, "eligibility": ages});
    service(&town, &ground, at(-3.001, json!({"min_age": 65}))).await;
    service(&town, &ground, at(-2.995, json!({"max_age": 15}))).await;
    let words = "kind=service&people_in=-3.002,53.9,-2.999,54.1";
    let answer = total(&town, words).await;
    assert_eq!((&answer["weight_covered"], &answer["weight_from_outside"]), (&json!(50), &json!(20)));
    service(&town, &ground, at(-2.995, json!({}))).await;
    let answer = total(&town, words).await;
    assert_eq!((&answer["weight_covered"], &answer["weight_from_outside"]), (&json!(100), &json!(70)));
    service(&town, &ground, at(-3.001, json!({}))).await;
    assert_eq!(total(&town, words).await["weight_from_outside"], 0);
}

/// R11: an answer says how many of its areas do not tell their people, in all and by group.
#[tokio::test]
async fn areas_that_do_not_say_how_many_live_there_are_counted() {
    let town = Town::empty().await;
    for (code, indicators, side) in [
        ("S1", json!({"population": 100, "no_car": 0.5, "change": -20}), "east"),
        ("S2", json!({"no_car": 0.5, "change": 30}), "east"),
        ("S3", json!({"population": 0}), "west"),
    ] {
        area(&town, "small", code, (-3.0, 54.0), json!({"indicators": indicators, "groups": {"side": side}})).await;
    }
    town.add("places", json!({"name": "Hall", "point": {"lon": -3.0, "lat": 54.0}})).await;
    let (_, answer) = town.get("/coverage?areas=small&within=1km&by=side").await;
    let unsaid = |sums: &Value| sums["areas_without_weight"].clone();
    assert_eq!((unsaid(&answer["total"]), answer["total"]["areas_covered"].clone()), (json!(1), json!(3)));
    assert_eq!((unsaid(&answer["groups"][0]), unsaid(&answer["groups"][1])), (json!(1), json!(0)));
    assert_eq!(unsaid(&total(&town, "weight=no_car").await), 2, "a rate of nobody knows how many, and none at all");
    let change = total(&town, "weight=change").await;
    assert_eq!(
        (unsaid(&change), &change["weight"], &change["share"]),
        (json!(2), &json!(30), &json!(1.0)),
        "below nothing"
    );
    area(&town, "none", "N1", (-3.0, 54.0), json!({})).await;
    let (_, none) = town.get("/coverage?areas=none&within=1km").await;
    assert_eq!((unsaid(&none["total"]), &none["total"]["areas"]), (json!(1), &json!(1)));
}

/// Real districts and England's small areas: by the outlines alone as plain ray casting has it, and by the column.
/// Older releases took areas without a point: such data loads, and they lie within reach of nothing.
#[tokio::test]
async fn areas_that_do_not_say_where_they_are_are_counted_and_reached_by_nothing_but_what_comes() {
    let town = Town::empty().await;
    let (_, refused) = town.post("/areas", json!({"name": "N", "area_set": "s", "code": "N", "point": null})).await;
    assert_eq!(problems(&refused), problem("point", "required"));
    let point = json!({"lon": -3.3, "lat": 54.6});
    let body = |code: &str| json!({"name": code, "area_set": "s", "code": code, "indicators": {"population": 100}});
    let mut there = body("A");
    there["point"] = point.clone();
    let at = |body: Value| {
        let own = json!({"id": "01a204c4-2d86-7071-ace9-0000000000ff", "version": 1, "kind": "service", "name": "Hall",
            "visibility": "public", "precision": "exact", "links": {}, "point": point});
        let mut body = body;
        body.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        Arc::new(Entry::read(body.to_string()).unwrap())
    };
    let view = in_memory_with(vec![there, body("N")], vec![at(json!({}))]);
    for by in [None, Some("quintile:population")] {
        let words: Vec<(&str, &str)> = [("within", "5km"), ("areas", "s"), ("include", "per_area")]
            .into_iter()
            .chain(by.map(|by| ("by", by)))
            .collect();
        let answered = ask(&words, &view);
        assert_eq!((answered.total.areas, answered.total.areas_covered), (2, 1));
        let nearest: Vec<Option<f64>> = answered.per_area.iter().map(|area| area.nearest_m).collect();
        assert_eq!(nearest, [Some(0.0), None]);
    }
    let boxed = ask(&[("within", "5km"), ("areas", "s"), ("people_in", "-9,49,2,61")], &view);
    assert_eq!(boxed.total.areas, 1, "what does not say where it is lies in no box");
    let remote = in_memory_with(vec![body("N")], vec![at(json!({"delivery": ["telephone"]}))]);
    assert_eq!(ask(&[("within", "5km"), ("areas", "s")], &remote).total.areas_covered, 1);
}

#[test]
fn real_districts_hold_the_people_that_plain_ray_casting_counts() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("data/boundaries/ltla24_uk.geojson")).unwrap();
    let features: Value = serde_json::from_str(&text).unwrap();
    let mut refused = BTreeSet::new();
    let mut districts: Vec<(String, Value)> = Vec::new();
    for feature in features["features"].as_array().unwrap() {
        let code = feature["properties"]["ltla24_code"].as_str().unwrap().to_owned();
        let body = json!({"name": code, "area_set": "ltla24", "code": code, "point": {"lon": -1.0, "lat": 53.0},
            "boundary": feature["geometry"]});
        // Outlines that are not sound are refused where they come in; they stand aside here.
        match commonground::model::record::read(Kind::Area, &body) {
            Ok(_) => districts.push((code, body)),
            Err(_) => drop(refused.insert(code)),
        }
    }
    assert!(districts.len() > 340 && refused.len() < 15, "{refused:?}");
    let mut list = csv::Reader::from_path(shared.join("data/derived/lsoa21_england.csv")).unwrap();
    let small: Vec<BTreeMap<String, String>> = list.deserialize().map(|row| row.unwrap()).collect();
    assert_eq!(small.len(), 33_755);
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
    let view = |with_column: bool| {
        let mut bodies: Vec<Value> = districts.iter().map(|(_, body)| body.clone()).collect();
        for row in &small {
            let groups = if with_column { json!({"ltla24_code": row["ltla24_code"]}) } else { json!({}) };
            bodies.push(json!({"name": row["lsoa21_name"], "area_set": "lsoa21", "code": row["lsoa21_code"],
                "point": {"lon": number(row, "lon"), "lat": number(row, "lat")},
                "indicators": {"population": number(row, "pop_all")}, "groups": groups}));
        }
        in_memory(bodies)
    };
    let whole: f64 = small.iter().map(|row| number(row, "pop_all")).sum();
    let outlined = view(false);
    let rings: Vec<(&String, _)> = districts.iter().map(|(code, body)| (code, rings_of(&body["boundary"]))).collect();
    let mut expected: BTreeMap<&str, f64> = BTreeMap::new();
    let mut nowhere = 0.0;
    for row in &small {
        let at = [number(row, "lon"), number(row, "lat")];
        let holding: Vec<&String> =
            rings.iter().filter(|(_, rings)| casts_odd(rings, at)).map(|(code, _)| *code).collect();
        holding.iter().for_each(|code| *expected.entry(code).or_default() += number(row, "pop_all"));
        nowhere += if holding.is_empty() { number(row, "pop_all") } else { 0.0 };
        assert!(holding.len() < 2, "{} lies in {holding:?}", row["lsoa21_code"]);
    }
    let held: f64 = expected.values().sum();
    assert!(held + nowhere == whole && held > 0.97 * whole, "{held} of {whole}");
    assert_eq!(people_by_district(&outlined), expected.iter().map(|(code, n)| ((*code).to_owned(), *n)).collect());
    let set = outlined.area_set("lsoa21").unwrap();
    let people = &set.indicator("population").unwrap().1;
    for (code, _) in &districts {
        let target = AskedArea::read(outlined.by_code(Kind::Area, code).unwrap()).unwrap();
        let rows = target.rows("lsoa21", &Register::of(set), &outlined, &Ctl::free()).unwrap();
        let sum: f64 = rows.yes.iter().map(|row| people[*row as usize]).sum();
        assert_eq!(sum, expected.get(code.as_str()).copied().unwrap_or_default(), "{code}");
        assert!(rows.unknown.is_empty(), "{code} is drawn");
    }
    // With the column every area is in the district it names, those of refused outlines and on rough coasts as well.
    let mut named: BTreeMap<String, f64> = BTreeMap::new();
    small.iter().for_each(|row| *named.entry(row["ltla24_code"].clone()).or_default() += number(row, "pop_all"));
    assert_eq!(named.values().sum::<f64>(), whole);
    let columned = view(true);
    assert_eq!(people_by_district(&columned), named);
    for code in ["E06000063", "E09000033", "E06000001"] {
        let asked = [("areas", "lsoa21"), ("within", "1km"), ("people_in", code)];
        assert_eq!(ask(&asked, &columned).total.weight, named[code], "{code}");
    }
}

/// By code, also where a district is called by its name: here both are the same.
fn people_by_district(view: &View) -> BTreeMap<String, f64> {
    let asked = [("areas", "lsoa21"), ("within", "1km"), ("by", "district")];
    ask(&asked, view).groups.into_iter().map(|(key, sums)| (key, sums.weight)).collect()
}

fn ask(words: &[(&str, &str)], view: &View) -> coverage::Answered {
    let words = words.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let now = "2026-06-01T12:00[Europe/London]".parse().unwrap();
    let question = coverage::read(Asked::new(words).unwrap(), view, &now).unwrap();
    coverage::answer(&question, view, &Ctl::free()).unwrap()
}

fn in_memory(bodies: Vec<Value>) -> View {
    in_memory_with(bodies, Vec::new())
}

/// Areas of these bodies, and other records beside them.
fn in_memory_with(bodies: Vec<Value>, others: Vec<Arc<Entry>>) -> View {
    let entries = bodies.into_iter().enumerate().map(|(i, mut body)| {
        let own = json!({"id": format!("01a204c4-2d86-7071-ace9-{i:012x}"), "version": 1, "kind": "area",
            "visibility": "public", "precision": "exact", "links": {}});
        body.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        Arc::new(Entry::read(body.to_string()).unwrap())
    });
    View::new(Arc::new(Atlas::build(1, entries.chain(others).collect())), Arc::new(Datasets::default()), Viewer::PUBLIC)
}

/// All rings of a (multi)polygon, holes and islands alike, each with its southern and northern end.
fn rings_of(boundary: &Value) -> Vec<(Vec<[f64; 2]>, f64, f64)> {
    let rings: Vec<Vec<[f64; 2]>> = match boundary["type"].as_str().unwrap() {
        "Polygon" => serde_json::from_value(boundary["coordinates"].clone()).unwrap(),
        _ => serde_json::from_value::<Vec<Vec<Vec<[f64; 2]>>>>(boundary["coordinates"].clone()).unwrap().concat(),
    };
    let end = |ring: &[[f64; 2]], of: fn(f64, f64) -> f64| ring.iter().map(|at| at[1]).reduce(of).unwrap();
    rings.into_iter().map(|ring| (ring.clone(), end(&ring, f64::min), end(&ring, f64::max))).collect()
}

/// Whether a ray to the east crosses an odd number of edges. Rings that lie north or south of it are crossed by none.
fn casts_odd(rings: &[(Vec<[f64; 2]>, f64, f64)], [x, y]: [f64; 2]) -> bool {
    let level = rings.iter().filter(|(_, south, north)| *south <= y && y <= *north);
    let edges = level.flat_map(|(ring, ..)| ring.windows(2).map(|pair| (pair[0], pair[1])));
    let crosses = |(a, b): &([f64; 2], [f64; 2])| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    edges.filter(crosses).count() % 2 == 1
}
