//! A town as text: a record a line, its name, its kind, and what it says.
//!
//! ```text
//! hall    place     at N120 step_free
//! lunch   service   at hall for age 60+ open "Th 12:00-14:00" by council
//! phone   service   telephone in D1
//! ```
//!
//! `N120E300` is so many metres north and east of the middle of the town. What says nowhere where it is stands in the
//! middle, unless it says `nowhere` or comes to people. An id is the name itself, so that records stand in the order of
//! their names. A word that is not known, or that does not make a record the program would take, panics.

use geo::{Destination, Geodesic};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::model::record::read_row;
use crate::model::{Id, Kind, Point};

/// The middle of every town.
pub const MIDDLE: Point = Point { lon: -3.36, lat: 54.66 };

/// What a town is made of: its records as they are stored, by name, and the reference data beside them.
#[derive(Debug, Clone, Default)]
pub struct TownText {
    /// Stored bodies.
    pub bodies: BTreeMap<String, Value>,
    /// Postcodes with their points, and the codes of their districts.
    pub postcodes: Vec<(String, Point, Option<String>)>,
    /// Codes of areas with what followed them.
    pub successors: Vec<(String, Vec<String>)>,
}

impl TownText {
    /// Reads a town.
    pub fn read(text: &str) -> Self {
        let mut town = Self::default();
        text.lines().filter(|line| !line.trim().is_empty()).for_each(|line| drop(town.add(line)));
        town.every_name_is_known();
        town
    }

    /// Takes in one more line; answers the name of the record it made, if it made one.
    pub fn add(&mut self, line: &str) -> Option<String> {
        let mut words = words_of(line).into_iter();
        let (name, kind) = words.next().zip(words.next()).unwrap_or_else(|| panic!("a name and a kind in `{line}`"));
        match kind.as_str() {
            "postcode" => self.postcodes.push(postcode(name, words)),
            "becomes" => self.successors.push((name, words.collect())),
            kind => {
                let kind = Kind::by_name(kind).unwrap_or_else(|| panic!("there is no kind `{kind}`: `{line}`"));
                let body = record(&name, kind, words, line);
                let before = self.bodies.insert(name.clone(), body);
                assert!(before.is_none(), "there are two of the name `{name}`");
                return Some(name);
            }
        }
        None
    }

    /// The bodies, what is named before what names it.
    pub fn in_order(&self) -> Vec<&Value> {
        let mut all: Vec<(&String, &Value)> = Vec::new();
        while all.len() < self.bodies.len() {
            let there = |name: &String| all.iter().any(|(other, _)| *other == name);
            let ready = |(name, body): &(&String, &Value)| {
                !there(name) && named(body).iter().all(|other| there(other) || other == *name)
            };
            let next: Vec<(&String, &Value)> = self.bodies.iter().filter(ready).collect();
            assert!(!next.is_empty(), "some records name each other in a circle");
            all.extend(next);
        }
        all.into_iter().map(|(_, body)| body).collect()
    }

    /// Whether every record that is named stands in the town.
    pub fn every_name_is_known(&self) {
        for (name, body) in &self.bodies {
            for other in named(body) {
                assert!(self.bodies.contains_key(&other), "`{name}` names `{other}`, which is not in the town");
            }
        }
    }
}

/// The names of the records that a body names; exercises are no records yet.
fn named(body: &Value) -> Vec<String> {
    let links = body["links"].as_object().into_iter().flatten().filter(|(role, _)| *role != "exercise");
    let ids = links.flat_map(|(_, ids)| ids.as_array().into_iter().flatten()).chain(Some(&body["owner"]));
    ids.filter_map(|id| Some(name_of(id.as_str()?.parse().expect("an id")))).collect()
}

/// The id of a name.
pub fn id(name: &str) -> Id {
    let mut bytes = [0; 16];
    assert!(name.len() <= bytes.len(), "`{name}` is too long a name: an id takes 16 letters");
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Id::from_bytes(bytes)
}

/// The name of an id.
pub fn name_of(id: Id) -> String {
    String::from_utf8_lossy(id.as_bytes()).trim_end_matches('\0').to_owned()
}

/// The words of a line; what stands in quotes is one, wherever they begin.
pub fn words_of(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()))
            }
            c => word.push(c),
        }
    }
    assert!(!quoted, "a quote is open in `{line}`");
    words.extend(Some(word).filter(|w| !w.is_empty()));
    words
}

/// A point: `54.66,-3.36`, or metres from the middle such as `N120`, `S50W1000`.
pub fn point(text: &str) -> Option<Point> {
    if let Some((lat, lon)) = text.split_once(',') {
        return Some(Point { lat: lat.parse().ok()?, lon: lon.parse().ok()? });
    }
    let mut at: geo::Point = MIDDLE.into();
    let mut rest = text;
    while !rest.is_empty() {
        let bearing = match rest.as_bytes()[0] {
            b'N' => 0.0,
            b'E' => 90.0,
            b'S' => 180.0,
            b'W' => 270.0,
            _ => return None,
        };
        let end = rest[1..].find(|c: char| !c.is_ascii_digit() && c != '.').map_or(rest.len(), |at| at + 1);
        at = Geodesic.destination(at, bearing, rest[1..end].parse().ok()?);
        rest = &rest[end..];
    }
    (!text.is_empty()).then(|| Point { lon: at.x(), lat: at.y() })
}

fn postcode(code: String, words: impl Iterator<Item = String>) -> (String, Point, Option<String>) {
    let words: Vec<String> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (at, district) = match words.as_slice() {
        ["at", at] => (at, None),
        ["at", at, "in", district] => (at, Some((*district).to_owned())),
        _ => panic!("`{code} postcode at N10 in E07000001`, not `{words:?}`"),
    };
    (code, point(at).unwrap_or_else(|| panic!("`{at}` is no point")), district)
}

fn record(name: &str, kind: Kind, words: impl Iterator<Item = String>, line: &str) -> Value {
    let mut body = json!({"id": id(name), "kind": kind.name(), "version": 1, "name": name, "visibility": "public",
        "precision": "exact", "links": {}, "owner": null, "sources": []});
    for (field, value) in usual(kind, name) {
        body[field] = value;
    }
    let mut saying = Saying { body, kind, line, nowhere: false };
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let mut next = || words.next().unwrap_or_else(|| panic!("something after `{word}` in `{line}`"));
        saying.take(&word, &mut next);
    }
    saying.body()
}

/// What a form would ask for and a case seldom needs to say.
fn usual(kind: Kind, name: &str) -> Vec<(&'static str, Value)> {
    match kind {
        Kind::Category => vec![("taxonomy", json!("services")), ("code", json!(name))],
        Kind::Area => vec![("area_set", json!("small")), ("code", json!(name))],
        Kind::Organisation => vec![("type", json!("voluntary")), ("owner", json!(id(name)))],
        Kind::Resource => vec![("type", json!("room")), ("side", json!("offered"))],
        Kind::Gap => vec![("what", json!(name)), ("reason", json!("none_here"))],
        _ => Vec::new(),
    }
}

/// A record while its line is read.
struct Saying<'a> {
    body: Value,
    kind: Kind,
    line: &'a str,
    nowhere: bool,
}

impl Saying<'_> {
    /// Takes in a word, with those that belong to it.
    fn take(&mut self, word: &str, next: &mut dyn FnMut() -> String) {
        match word {
            "at" => self.stands(&next()),
            "nowhere" => self.nowhere = true,
            "in" => {
                let role =
                    if self.kind.link("parent").is_some() { "parent" } else { self.role("service_area", "area") };
                self.link(role, &next());
            }
            "by" => {
                let names = next();
                let owns = !matches!(self.kind, Kind::Place | Kind::Organisation) && !names.contains(',');
                self.link(self.role("provider", "lead"), &names);
                if owns && self.kind.link("provider").is_some() {
                    self.body["owner"] = json!(id(&names));
                }
            }
            "kept_by" => self.body["owner"] = json!(id(&next())),
            "part_of" => self.link("parent", &next()),
            "does" => self.link(self.role("categories", "category"), &next()),
            "means" => {
                self.link("means", &next());
                self.body["taxonomy"] = json!("everyday");
            }
            "for" => self.whom(&next(), next),
            "telephone" | "online" | "at_home" | "at_place" | "outreach" => self.push("delivery", word),
            "open" => {
                let field = self.kind.spec().times.unwrap_or_else(|| panic!("no times: `{}`", self.line));
                self.body[field] = json!(next());
            }
            "takes" => self.body["referral"] = list(&next()),
            "speaks" => self.body["languages"] = list(&next()),
            "accepting" => self.body["accepting"] = json!({"value": next()}),
            "free_places" => self.body["capacity"]["free"] = number(&next()),
            "free" => self.body["cost"]["free"] = json!(true),
            "paid" => self.body["cost"]["free"] = json!(false),
            "step_free" | "toilet" | "parking" => self.body["accessible"][word] = json!(true),
            "not" => self.body["accessible"][next()] = json!(false),
            "checked" => self.body["assured"] = json!({"by": "a visitor", "at": next()}),
            "unclear" => self.body["unclear"] = list(&next()),
            "called" => self.body["name"] = json!(next()),
            "says" => self.body["description"] = json!(next()),
            "words" => self.body["words"] = list(&next()),
            "type" | "status" | "from" | "until" | "postcode" | "address" => self.body[word] = json!(next()),
            "approximate" => self.body["precision"] = json!("approximate"),
            "seen_by" => self.seen_by(&next()),
            "of" => self.body["area_set"] = json!(next()),
            "people" => self.body["indicators"]["population"] = number(&next()),
            "counts" => self.pairs("indicators", &next(), number),
            "column" => self.pairs("groups", &next(), |text| json!(text)),
            "outline" => self.outline(&next(), &next()),
            _ => panic!("`{word}` is no word of a town: `{}`", self.line),
        }
    }

    fn stands(&mut self, at: &str) {
        match point(at) {
            Some(point) => self.body["point"] = json!(point),
            None => self.link(self.role("places", "place"), at),
        }
    }

    /// The role of the two that the kind has.
    fn role(&self, one: &'static str, other: &'static str) -> &'static str {
        [one, other].into_iter().find(|role| self.kind.link(role).is_some()).unwrap_or(one)
    }

    fn link(&mut self, role: &str, names: &str) {
        assert!(self.kind.link(role).is_some(), "a {} has no role {role}: `{}`", self.kind.name(), self.line);
        let ids: Vec<Id> = names.split(',').map(id).collect();
        self.body["links"][role] = json!(ids);
    }

    fn whom(&mut self, what: &str, next: &mut dyn FnMut() -> String) {
        let eligibility = |name: &str| ("eligibility".to_owned(), name.to_owned());
        match what {
            "age" => {
                let ages = next();
                let bound = |text: &str| json!(text.parse::<i64>().unwrap_or_else(|_| panic!("`{ages}` is no age")));
                let (min, max) = match (ages.strip_suffix('+'), ages.strip_prefix(".."), ages.split_once('-')) {
                    (Some(min), ..) => (Some(bound(min)), None),
                    (_, Some(max), _) => (None, Some(bound(max))),
                    (.., Some((min, max))) => (Some(bound(min)), Some(bound(max))),
                    _ => panic!("ages are 60+, ..15 or 16-64, not `{ages}`"),
                };
                for (name, bound) in [("min_age", min), ("max_age", max)] {
                    if let Some(bound) = bound {
                        self.body["eligibility"][name] = bound;
                    }
                }
            }
            "districts" | "practices" => {
                let (group, name) = eligibility(what);
                self.body[group][name] = list(&next());
            }
            "people" | "professionals" | "organisations" => self.body["for"] = json!(what),
            _ => panic!("`for {what}`: for age, districts, practices, people, professionals or organisations"),
        }
    }

    fn seen_by(&mut self, whom: &str) {
        match whom {
            "partners" => self.body["visibility"] = json!("partners"),
            "own" => self.body["visibility"] = json!("organisation"),
            exercise => {
                self.body["visibility"] = json!("exercise");
                self.body["links"]["exercise"] = json!([id(exercise)]);
            }
        }
    }

    fn push(&mut self, field: &str, word: &str) {
        match &mut self.body[field] {
            Value::Array(words) => words.push(json!(word)),
            none => *none = json!([word]),
        }
    }

    fn pairs(&mut self, field: &str, text: &str, read: fn(&str) -> Value) {
        for pair in text.split(',') {
            let (name, value) = pair.split_once('=').unwrap_or_else(|| panic!("name=value, not `{pair}`"));
            self.body[field][name] = read(value);
        }
    }

    fn outline(&mut self, one: &str, other: &str) {
        let corner = |text: &str| point(text).unwrap_or_else(|| panic!("`{text}` is no corner"));
        let (a, b) = (corner(one), corner(other));
        let ring = [[a.lon, a.lat], [b.lon, a.lat], [b.lon, b.lat], [a.lon, b.lat], [a.lon, a.lat]];
        self.body["boundary"] = json!({"type": "Polygon", "coordinates": [ring]});
    }

    /// The body, of which the program would have nothing to say.
    fn body(mut self) -> Value {
        let links = &self.body["links"];
        let placed = |role| links.get(role).is_some();
        let comes = self.body["delivery"].as_array().is_some_and(|ways| {
            ways.iter().all(|way| ["telephone", "online", "at_home"].iter().any(|remote| way == remote))
        });
        let somewhere = ["places", "place", "service_area", "area"].into_iter().any(placed) || comes;
        let stands = matches!(self.kind, Kind::Place | Kind::Service | Kind::Resource | Kind::Gap | Kind::Area);
        if stands && self.body["point"].is_null() && !somewhere && !self.nowhere {
            self.body["point"] = json!(MIDDLE);
        }
        self.is_sound();
        self.body.as_object_mut().expect("an object").retain(|name, value| name == "owner" || !value.is_null());
        self.body
    }

    fn is_sound(&self) {
        let mut given = self.body.clone();
        given["id"] = Value::Null;
        if given["visibility"] == "exercise" {
            given["visibility"] = Value::Null;
            given["links"].as_object_mut().expect("links").remove("exercise");
        }
        let told = |problem: &crate::model::Problem| !["point", "places", "area"].contains(&problem.field.as_str());
        let problems = read_row(self.kind, &given).err().unwrap_or_default();
        let problems: Vec<_> = problems.into_iter().filter(told).collect();
        assert!(problems.is_empty(), "`{}` makes no record: {problems:?}", self.line);
    }
}

fn list(text: &str) -> Value {
    json!(text.split(',').collect::<Vec<_>>())
}

fn number(text: &str) -> Value {
    json!(text.parse::<f64>().unwrap_or_else(|_| panic!("`{text}` is no number")))
}
