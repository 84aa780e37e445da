//! Small random towns: what a brute-force reading of the contract and the program are both asked about.

use crate::dice::Dice;
use commonground::atlas::{Atlas, Datasets, Entry, View, Viewer};
use commonground::model::Point;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A box with an optional hole: west, south, east, north.
#[derive(Debug, Clone)]
pub struct Shape {
    pub outer: [f64; 4],
    pub hole: Option<[f64; 4]>,
}

#[derive(Debug, Clone, Default)]
pub struct Area {
    pub id: String,
    pub set: &'static str,
    pub code: String,
    pub name: String,
    pub at: (f64, f64),
    /// Index of another area.
    pub parent: Option<usize>,
    pub columns: BTreeMap<&'static str, String>,
    pub numbers: BTreeMap<String, f64>,
    pub shape: Option<Shape>,
}

#[derive(Debug, Clone, Default)]
pub struct Asset {
    pub id: String,
    pub kind: &'static str,
    pub at: Option<(f64, f64)>,
    /// Ids of places, with their positions.
    pub places: Vec<(String, (f64, f64))>,
    pub category: &'static str,
    pub delivery: Vec<&'static str>,
    /// Indices of areas.
    pub service_area: Vec<usize>,
    pub districts: Vec<String>,
    pub practices: bool,
    pub min_age: Option<i64>,
    pub max_age: Option<i64>,
    pub unclear: Vec<&'static str>,
    pub status: Option<&'static str>,
    pub from: Option<&'static str>,
    pub until: Option<&'static str>,
    pub referral: Vec<&'static str>,
    pub free: Option<bool>,
}

#[derive(Debug, Clone, Default)]
pub struct Town {
    pub areas: Vec<Area>,
    pub assets: Vec<Asset>,
    /// Codes of earlier years with those that followed them.
    pub followed: HashMap<String, Vec<String>>,
    /// Its districts have codes of the national register.
    registered: bool,
    next_id: u32,
}

/// Lines of the grid that outlines follow: what stands on one stands exactly on it.
pub fn x(i: usize) -> f64 {
    -3.2 + i as f64 * 0.02
}

pub fn y(j: usize) -> f64 {
    54.5 + j as f64 * 0.01
}

fn corners(west: usize, south: usize, east: usize, north: usize) -> [f64; 4] {
    [x(west), y(south), x(east), y(north)]
}

/// Categories: `meals` and `chat` are narrower terms of `food`.
pub const CATEGORIES: [(&str, &str); 4] = [("food", ""), ("meals", "food"), ("chat", "food"), ("advice", "")];

impl Town {
    pub fn random(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut town = Town { registered: dice.of_100(40), ..Town::default() };
        if town.registered {
            for (code, later) in [(96, 97), (97, 1), (98, 2), (98, 3)] {
                town.followed.entry(register_code(code)).or_default().push(register_code(later));
            }
        }
        town.districts(&mut dice);
        town.small_areas(&mut dice);
        let places: Vec<(String, (f64, f64))> = (0..dice.below(4)).map(|_| (town.id(), spot(&mut dice))).collect();
        for (id, at) in &places {
            let mut place = Asset { id: id.clone(), kind: "place", at: Some(*at), ..Asset::default() };
            life(&mut place, &mut dice);
            town.assets.push(place);
        }
        let many = dice.one(&[6, 6, 6, 40]);
        for _ in 0..2 + dice.below(many) {
            let service = town.service(&places, &mut dice);
            town.assets.push(service);
        }
        town
    }

    fn id(&mut self) -> String {
        self.next_id += 1;
        format!("01a204c4-2d86-7071-ace9-{:012x}", self.next_id)
    }

    /// The code of district number `i`: from 96 on they are of earlier years, from 90 on of other places.
    fn district_code(&self, i: usize) -> String {
        if self.registered { register_code(i) } else { format!("D{i}") }
    }

    /// Two or four districts that tile the grid, some with outlines; perhaps one that lies over them; wards without
    /// outlines in some; a region round half of it.
    fn districts(&mut self, dice: &mut Dice) {
        let (cut, height) = (2 + dice.below(5), if dice.of_100(50) { 8 } else { 3 + dice.below(3) });
        let mut boxes = vec![corners(0, 0, cut, height), corners(cut, 0, 8, height)];
        if height < 8 {
            boxes.extend([corners(0, height, cut, 8), corners(cut, height, 8, 8)]);
        }
        if dice.of_100(30) {
            boxes.push(corners(1, 1, 1 + dice.below(7).max(1), 5));
        }
        let drawn = dice.one(&[100, 100, 60, 0]);
        for (i, outer) in boxes.into_iter().enumerate() {
            let inner = [outer[0] + 0.005, outer[1] + 0.005, outer[0] + 0.015, outer[1] + 0.008];
            let shape = Shape { outer, hole: dice.of_100(20).then_some(inner) };
            let shape = dice.of_100(drawn).then_some(shape);
            let (id, at) = (self.id(), spot(dice));
            let (code, name) = (self.district_code(i + 1), format!("District {}", i + 1));
            self.areas.push(Area { id, set: "district", code, name, at, shape, ..Area::default() });
        }
        let whole = dice.of_100(50).then(|| Shape { outer: corners(0, 0, 4, 8), hole: None });
        let (id, at) = (self.id(), spot(dice));
        self.areas.push(Area {
            id,
            set: "region",
            code: "R1".into(),
            name: "R".into(),
            at,
            shape: whole,
            ..Area::default()
        });
        for i in 0..dice.below(3) {
            let (id, at, parent) = (self.id(), spot(dice), dice.of_100(70).then_some(0));
            let code = format!("W{}", i + 1);
            self.areas.push(Area { id, set: "ward", code, name: "W".into(), at, parent, ..Area::default() });
        }
    }

    fn small_areas(&mut self, dice: &mut Dice) {
        let above = self.areas.len();
        let with_columns = dice.of_100(50);
        let bands: &[(&str, u64)] = dice.one(&[
            &[][..],
            &[("age_0_15", 40), ("age_16_64", 90), ("age_65_120", 40)][..],
            &[("age_16_64", 90), ("age_65_120", 40)][..],
            &[("age_0_15", 40), ("age_65_120", 40)][..],
            &[("age_0_15", 40), ("age_16_64", 90)][..],
            &[("age_0_15", 40), ("age_16_64", 90), ("age_60_120", 50)][..],
        ]);
        for i in 0..3 + dice.below(7) {
            let mut area =
                Area { id: self.id(), set: "small", code: format!("S{i:02}"), at: spot(dice), ..Area::default() };
            area.name = format!("Small {i}");
            area.parent = dice.of_100(25).then(|| dice.below(above));
            if with_columns && dice.of_100(60) {
                let codes = [1, 2, 3, 91, 96, 98].map(|i| self.district_code(i));
                let others = ["R1", "elsewhere"].map(str::to_owned);
                area.columns.insert("district", dice.one(&[&codes[..], &others[..]].concat()));
            }
            if dice.of_100(20) {
                area.columns.insert("part", dice.one(&["north", "south", "D2", "W1"]).to_owned());
            }
            for (name, most, chance) in [("population", 150, 85), ("older", 60, 80), ("need", 9, 90)] {
                if dice.of_100(chance) {
                    area.numbers.insert(name.to_owned(), dice.below(most) as f64);
                }
            }
            if dice.of_100(80) {
                area.numbers.insert("no_car".to_owned(), dice.below(5) as f64 / 4.0);
            }
            for (name, most) in bands {
                let people = dice.below(*most as usize) as f64;
                dice.of_100(97).then(|| area.numbers.insert((*name).to_owned(), people));
            }
            self.areas.push(area);
        }
    }

    fn service(&mut self, places: &[(String, (f64, f64))], dice: &mut Dice) -> Asset {
        let mut of = Asset { id: self.id(), kind: "service", category: dice.one(&CATEGORIES).0, ..Asset::default() };
        of.at = dice.of_100(70).then(|| spot(dice));
        of.places = dice.some(places, 25);
        let any: Vec<usize> = (0..self.areas.len()).collect();
        of.service_area = dice.at_times(35, &any, 20);
        if dice.of_100(15) {
            let codes = [1, 2, 3, 91, 92, 96, 97, 98].map(|i| self.district_code(i));
            of.districts = dice.some(&[&codes[..], &["nowhere".to_owned()]].concat(), 25);
        }
        of.practices = dice.of_100(6);
        of.delivery = dice.at_times(30, &["at_place", "at_home", "telephone", "online"], 40);
        let (min, max) = dice.one(&[
            (None, None),
            (None, None),
            (None, None),
            (Some(16), None),
            (Some(65), None),
            (None, Some(15)),
            (Some(0), Some(120)),
            (Some(16), Some(64)),
            (Some(50), None),
            (Some(65), Some(120)),
        ]);
        (of.min_age, of.max_age) = (min, max);
        for (path, given) in [("eligibility.min_age", min.is_some()), ("eligibility.max_age", max.is_some())] {
            if !given && dice.of_100(6) {
                of.unclear.push(path);
            }
        }
        if of.districts.is_empty() && dice.of_100(4) {
            of.unclear.push("eligibility.districts");
        }
        of.referral = dice.at_times(60, &["self", "gp", "any_professional"], 50);
        of.free = dice.one(&[None, Some(true), Some(false)]);
        life(&mut of, dice);
        of
    }

    /// The same town as the program holds it.
    pub fn view(&self) -> View {
        let mut bodies: Vec<Value> = Vec::new();
        for (i, (code, _)) in CATEGORIES.iter().enumerate() {
            bodies.push(
                json!({"id": category_id(i), "kind": "category", "name": code, "taxonomy": "services", "code": code}),
            );
            if let Some(parent) = CATEGORIES.iter().position(|(c, _)| *c == CATEGORIES[i].1) {
                bodies[i]["links"] = json!({"parent": [category_id(parent)]});
            }
        }
        bodies.extend(self.areas.iter().map(|area| self.area(area)));
        bodies.extend(self.assets.iter().map(|asset| self.asset(asset)));
        let entries = bodies.into_iter().map(|mut body| {
            let all = body.as_object_mut().unwrap();
            for (name, value) in [
                ("version", json!(1)),
                ("visibility", json!("public")),
                ("precision", json!("exact")),
                ("links", json!({})),
            ] {
                all.entry(name).or_insert(value);
            }
            Arc::new(Entry::read(body.to_string()).unwrap())
        });
        let datasets = Datasets { area_codes: Arc::new(self.followed.clone()), ..Datasets::default() };
        View::new(Arc::new(Atlas::build(1, entries.collect())), Arc::new(datasets), Viewer::PUBLIC)
    }

    fn area(&self, area: &Area) -> Value {
        let mut body = json!({"id": area.id, "kind": "area", "name": area.name, "area_set": area.set, "code": area.code,
            "point": point(area.at), "indicators": area.numbers, "groups": area.columns});
        if let Some(parent) = area.parent {
            body["links"] = json!({"parent": [self.areas[parent].id]});
        }
        if let Some(shape) = &area.shape {
            let ring = |[w, s, e, n]: [f64; 4]| [[w, s], [e, s], [e, n], [w, n], [w, s]];
            let rings: Vec<_> = [shape.outer].into_iter().chain(shape.hole).map(ring).collect();
            body["boundary"] = json!({"type": "Polygon", "coordinates": rings});
        }
        body
    }

    fn asset(&self, of: &Asset) -> Value {
        let mut body = json!({"id": of.id, "kind": of.kind, "name": format!("{} {}", of.kind, of.id)});
        let mut put = |name: &str, value: Value| body.as_object_mut().unwrap().insert(name.to_owned(), value);
        of.at.map(|at| put("point", point(at)));
        for (name, value) in [("status", of.status), ("from", of.from), ("until", of.until)] {
            value.map(|value| put(name, json!(value)));
        }
        of.free.map(|free| put("cost", json!({"free": free})));
        for (name, list) in [("delivery", &of.delivery), ("referral", &of.referral), ("unclear", &of.unclear)] {
            (!list.is_empty()).then(|| put(name, json!(list)));
        }
        let mut eligibility = Map::new();
        of.min_age.map(|age| eligibility.insert("min_age".into(), json!(age)));
        of.max_age.map(|age| eligibility.insert("max_age".into(), json!(age)));
        (!of.districts.is_empty()).then(|| eligibility.insert("districts".into(), json!(of.districts)));
        of.practices.then(|| eligibility.insert("practices".into(), json!(["A81001"])));
        (!eligibility.is_empty()).then(|| put("eligibility", Value::Object(eligibility)));
        let mut links = Map::new();
        let places: Vec<&String> = of.places.iter().map(|(id, _)| id).collect();
        (!places.is_empty()).then(|| links.insert("places".into(), json!(places)));
        let areas: Vec<&String> = of.service_area.iter().map(|i| &self.areas[*i].id).collect();
        (!areas.is_empty()).then(|| links.insert("service_area".into(), json!(areas)));
        if let Some(i) = CATEGORIES.iter().position(|(code, _)| *code == of.category) {
            links.insert("categories".into(), json!([category_id(i)]));
        }
        put("links", Value::Object(links));
        body
    }
}

fn register_code(i: usize) -> String {
    format!("E060000{i:02}")
}

fn category_id(i: usize) -> String {
    format!("01a204c4-2d86-7071-ace8-{i:012x}")
}

fn point((lon, lat): (f64, f64)) -> Value {
    json!({"lon": lon, "lat": lat})
}

/// A crossing of the grid, or the middle between four, in and round the districts.
fn spot(dice: &mut Dice) -> (f64, f64) {
    let (i, j) = (dice.below(10), dice.below(10));
    let aside = if dice.of_100(50) { (0.0, 0.0) } else { (0.0113, 0.0047) };
    (x(i) + aside.0, y(j) + aside.1)
}

/// Status and days round 1 June 2026.
fn life(of: &mut Asset, dice: &mut Dice) {
    of.status =
        dice.one(&[None, None, None, Some("open"), Some("planned"), Some("paused"), Some("closing"), Some("closed")]);
    of.from = dice.one(&[None, None, None, Some("2020-01-01"), Some("2026-09-01")]);
    of.until = dice.one(&[None, None, None, Some("2026-03-31"), Some("2030-12-31")]);
    for (name, given) in [("status", of.status.is_some()), ("from", of.from.is_some()), ("until", of.until.is_some())] {
        if !given && dice.of_100(6) {
            of.unclear.push(name);
        }
    }
}

pub fn as_point((lon, lat): (f64, f64)) -> Point {
    Point { lon, lat }
}
