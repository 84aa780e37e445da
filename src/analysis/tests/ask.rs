//! What a town is asked, and what it answers, as text. Whatever a case or a property wants of the program is said here.
//!
//! ```text
//! nearby within=5km age=70                     sure: lunch 120 m · comes: phone by telephone · possible: hall 40 m (age)
//! which age=70                                 sure: lunch · comes: phone · possible: hall (age)
//! partner of council: list service free=true   lunch · 1
//! walk service limit=2                         every page of the list, one after another
//! coverage within=1km include=per_area         covers 150 of 300 in 2 of 3 …
//! record name=hall                             what is shown of it
//! ```

use jiff::{Timestamp, Zoned};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::town::{TownText, id, name_of, words_of};
use crate::analysis::coverage::{self, AreaAnswer, Sums};
use crate::analysis::nearby::{self, Found};
use crate::analysis::{Asked, Ctl, lists};
use crate::atlas::postcodes::PostcodesBuilder;
use crate::atlas::{Atlas, Datasets, Entry, Level, View, Viewer};
use crate::change::{Change, Op, SCHEMA};
use crate::model::{Id, Kind, Postcode, Problem};

/// When everything is asked: a Monday at noon.
pub const NOW: &str = "2026-06-01T12:00[Europe/London]";

/// A question: whose eyes, what is asked, with which words.
#[derive(Debug, Clone)]
pub struct AskedText {
    pub viewer: Viewer,
    /// `nearby`, `which`, `list`, `walk`, `coverage`, `record`.
    pub what: String,
    /// Of a list: its kind.
    pub kind: Option<Kind>,
    /// Words, names in them being ids already.
    pub words: Vec<(String, String)>,
}

impl AskedText {
    /// Reads a question: `partner of council: list service category=meals`.
    pub fn read(text: &str) -> Self {
        let (who, what) = text.split_once(": ").unwrap_or(("anybody", text));
        let mut words = words_of(what).into_iter();
        let what = words.next().unwrap_or_else(|| panic!("nothing is asked: `{text}`"));
        let kind = matches!(what.as_str(), "list" | "walk").then(|| words.next().expect("the kind of a list"));
        let kind = kind.map(|kind| Kind::by_name(&kind).unwrap_or_else(|| panic!("there is no kind `{kind}`")));
        let words = words.map(|word| {
            let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("name=value, not `{word}`"));
            (name.to_owned(), value.to_owned())
        });
        let mut asked = Self { viewer: viewer(who), what, kind, words: words.collect() };
        let mut usual = |what: &str, name: &str, value: &str| {
            if asked.what == what && !asked.words.iter().any(|(given, _)| given == name) {
                asked.words.push((name.to_owned(), value.to_owned()));
            }
        };
        usual("nearby", "near", "here");
        usual("which", "near", "here");
        usual("which", "limit", "200");
        asked.words.iter_mut().for_each(|(name, value)| named(name, value));
        asked
    }
}

/// `anybody`, `partner`, `partner of council`, `guest of fair`, `admin`.
pub fn viewer(who: &str) -> Viewer {
    match who.split_once(" of ").unwrap_or((who, "")) {
        ("anybody", "") => Viewer::PUBLIC,
        ("admin", "") => Viewer::ADMIN,
        ("partner", "") => Viewer { level: Level::Partner, ..Viewer::PUBLIC },
        ("partner", of) => Viewer { level: Level::Partner, organisation: Some(id(of)), ..Viewer::PUBLIC },
        ("guest", of) => Viewer { exercises: vec![id(of)], ..Viewer::PUBLIC },
        _ => panic!("nobody is `{who}`"),
    }
}

/// Where a word takes an id, a case says a name.
fn named(word: &str, value: &mut String) {
    let middle = super::town::MIDDLE;
    match word {
        "near" if value == "here" => *value = format!("{},{}", middle.lat, middle.lon),
        "near" if value.starts_with(|c: char| c.is_ascii_lowercase()) => *value = id(value).to_string(),
        "near" | "bbox" | "people_in" => {
            let corners: Vec<_> = value.split("..").filter_map(super::town::point).collect();
            match corners.as_slice() {
                [at] if word == "near" => *value = format!("{},{}", at.lat, at.lon),
                [a, b] => *value = format!("{},{},{},{}", a.lon, a.lat, b.lon, b.lat),
                _ => {}
            }
        }
        "organisation" | "after" | "name" => *value = id(value).to_string(),
        _ => {}
    }
}

/// The records of one moment, to be asked.
pub struct Held {
    atlas: Arc<Atlas>,
    datasets: Arc<Datasets>,
}

impl Held {
    /// A town as it is loaded at the start.
    pub fn built(town: &TownText) -> Self {
        Self { atlas: Arc::new(Atlas::build(1, town.bodies.values().map(entry).collect())), datasets: datasets(town) }
    }

    /// A town that came record by record: each is published by itself.
    pub fn published(town: &TownText) -> Self {
        let mut held = Self { atlas: Arc::default(), datasets: datasets(town) };
        town.in_order().into_iter().for_each(|body| held.publish(&[(None, Some(body))]));
        held
    }

    /// A town as it would be with these records of it, if the others were there.
    pub fn supposed(town: &TownText, drafts: &BTreeSet<String>) -> Self {
        let (drafts, there): (Vec<_>, Vec<_>) = town.bodies.iter().partition(|(name, _)| drafts.contains(*name));
        let entries = |some: Vec<(&String, &Value)>| some.into_iter().map(|(_, body)| entry(body)).collect();
        let there = Atlas::build(1, entries(there));
        Self { atlas: Arc::new(there.with(entries(drafts))), datasets: datasets(town) }
    }

    /// Publishes changes, each of a body before and a body after, as one group.
    pub fn publish(&mut self, changes: &[(Option<&Value>, Option<&Value>)]) {
        let changes = self.numbered(changes);
        self.atlas = Arc::new(self.atlas.publish(&changes).expect("bodies that can be read"));
    }

    /// The same on top of what is there, as a segment of its own.
    pub fn publish_on_top(&mut self, changes: &[(Option<&Value>, Option<&Value>)]) {
        self.atlas = Arc::new(self.atlas.while_folding());
        self.publish(changes);
    }

    /// The same while some of the newest segments are folded into one: what comes in between lies on top.
    pub fn publish_while_folding(&mut self, many: usize, changes: &[(Option<&Value>, Option<&Value>)]) {
        let fold = self.atlas.fold_newest(many.clamp(1, self.atlas.segments().len()));
        self.publish_on_top(changes);
        let segment = fold.run();
        self.publish(changes);
        self.atlas = Arc::new(self.atlas.folded(&fold, segment));
    }

    /// An instance that holds what a viewer is shown, and nothing else.
    pub fn shown_to(&self, viewer: &Viewer) -> Self {
        let (view, whole) = (self.view(viewer), self.view(&Viewer::ADMIN));
        let body = |view: &View, id| -> Value {
            let shown = view.get(id).map(|shown| view.body(shown));
            serde_json::from_str(&shown.expect("it is shown")).expect("a body")
        };
        let shown = Kind::ALL.iter().flat_map(|kind| view.of_kind(*kind)).map(|shown| {
            let (mut told, stored) = (body(&view, shown.id), body(&whole, shown.id));
            if stored["visibility"] == "exercise" {
                // An exercise is no record yet: what is shown does not name it.
                told["links"]["exercise"] = stored["links"]["exercise"].clone();
            }
            entry(&told)
        });
        Self { atlas: Arc::new(Atlas::build(1, shown.collect())), datasets: self.datasets.clone() }
    }

    fn numbered(&self, changes: &[(Option<&Value>, Option<&Value>)]) -> Vec<Change> {
        let number = |(i, (before, after)): (usize, &(Option<&Value>, Option<&Value>))| {
            change(self.atlas.revision() + 1 + i as u64, *before, *after)
        };
        changes.iter().enumerate().map(number).collect()
    }

    fn view(&self, viewer: &Viewer) -> View {
        View::new(self.atlas.clone(), self.datasets.clone(), viewer.clone())
    }

    /// Asks it.
    pub fn answer(&self, asked: &AskedText) -> String {
        let now: Zoned = NOW.parse().expect("a moment");
        let view = self.view(&asked.viewer);
        let words = Asked::new(asked.words.clone()).expect("not too many words");
        match (asked.what.as_str(), asked.kind) {
            (what @ ("nearby" | "which"), _) => match nearby::read(words, &view, &now) {
                Ok(question) => {
                    near(&nearby::answer(&question, &view, &Ctl::free()).expect("an answer"), what == "nearby")
                }
                Err(problems) => refused(problems),
            },
            ("list", Some(kind)) => match page(words, kind, &view, &now) {
                Ok((items, total, None)) => format!("{} · {total}", listed(&items)),
                Ok((items, total, Some(next))) => format!("{} · {total}, next after {next}", listed(&items)),
                Err(problems) => refused(problems),
            },
            ("walk", Some(kind)) => walk(asked, kind, &view, &now),
            ("coverage", _) => match coverage::read(words, &view, &now) {
                Ok(question) => {
                    covered(coverage::answer(&question, &view, &Ctl::free()).expect("an answer"), &question, &view)
                }
                Err(problems) => refused(problems),
            },
            ("record", _) => {
                let (_, id) = asked.words.iter().find(|(word, _)| word == "name").expect("record name=hall");
                let shown = view.get(id.parse().expect("an id"));
                shown.map_or("not there".to_owned(), |entry| record(&view.body(entry)))
            }
            (what, _) => panic!("nobody can ask `{what}`"),
        }
    }
}

fn entry(body: &Value) -> Arc<Entry> {
    Arc::new(Entry::read(body.to_string()).expect("a body that can be read"))
}

fn datasets(town: &TownText) -> Arc<Datasets> {
    let mut table = PostcodesBuilder::default();
    for (code, point, district) in &town.postcodes {
        let code = Postcode::parse(code).unwrap_or_else(|| panic!("`{code}` is no postcode"));
        table.add(&code, Some(*point), district.as_deref(), None);
    }
    let postcodes = (!town.postcodes.is_empty()).then(|| Arc::new(table.build()));
    let area_codes: HashMap<String, Vec<String>> = town.successors.iter().cloned().collect();
    Arc::new(Datasets { postcodes, area_codes: Arc::new(area_codes), ..Datasets::default() })
}

fn change(seq: u64, before: Option<&Value>, after: Option<&Value>) -> Change {
    let told = after.or(before).expect("a body before or after");
    Change {
        seq,
        id: Id::from_u128(seq.into()),
        op: match (before, after) {
            (None, _) => Op::Create,
            (_, None) => Op::Delete,
            _ => Op::Update,
        },
        of: None,
        kind: told["kind"].as_str().and_then(Kind::by_name),
        record: told["id"].as_str().and_then(|id| id.parse().ok()),
        version: 1,
        schema: SCHEMA,
        before: before.map(Value::to_string),
        after: after.map(Value::to_string),
        by: Id::nil(),
        at: Timestamp::UNIX_EPOCH,
        why: None,
        exercise: None,
        batch: Id::nil(),
    }
}

fn refused(problems: Vec<Problem>) -> String {
    let said: Vec<String> = problems.iter().map(|p| format!("{} {}", p.field, p.code.as_str())).collect();
    format!("refused: {}", said.join(", "))
}

type PageText = (Vec<String>, usize, Option<String>);

fn page(words: Asked, kind: Kind, view: &View, now: &Zoned) -> Result<PageText, Vec<Problem>> {
    let question = lists::read(words, kind, view, now)?;
    let page = lists::page(&question, kind, view, &Ctl::free(), None).expect("a page");
    let names = page.items.iter().map(|entry| name_of(entry.id)).collect();
    Ok((names, page.total, page.next.map(name_of)))
}

/// What a body says beside what every body does; ids are names.
fn record(body: &str) -> String {
    let Ok(Value::Object(mut body)) = serde_json::from_str(body) else { panic!("a body is an object") };
    for (field, usual) in [("visibility", "public"), ("precision", "exact")] {
        body.retain(|name, value| name != field || value != usual);
    }
    body.retain(|name, value| !["id", "kind", "version", "sources"].contains(&name.as_str()) && !value.is_null());
    let mut text = Value::Object(body).to_string();
    while let Some(at) = text.match_indices('"').map(|(at, _)| at + 1).find(|at| id_at(&text, *at).is_some()) {
        let name = name_of(id_at(&text, at).expect("an id"));
        text.replace_range(at..at + 36, &name);
    }
    text.replace('"', "")
}

fn id_at(text: &str, at: usize) -> Option<Id> {
    text.get(at..at + 36).filter(|id| id.contains('-')).and_then(|id| id.parse().ok())
}

/// All pages of a list, one after another, each of which knows the same total.
fn walk(asked: &AskedText, kind: Kind, view: &View, now: &Zoned) -> String {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let mut words = asked.words.clone();
        words.extend(after.map(|name: String| ("after".to_owned(), id(&name).to_string())));
        let (items, total, next) = match page(Asked::new(words).expect("words"), kind, view, now) {
            Ok(page) => page,
            Err(problems) => return refused(problems),
        };
        all.extend(items);
        after = next;
        if after.is_none() {
            assert_eq!(all.len(), total, "the pages hold as many as they say");
            return format!("{} · {total}", listed(&all));
        }
        assert!(all.len() < total, "there is a next page, and nothing more");
    }
}

/// Names, or that there are none.
pub fn listed(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn near(answered: &nearby::Answered<'_>, how_far: bool) -> String {
    let shown = |found: &Found<'_>| {
        let unknown = found.unknown.iter().map(|word| (*word).to_owned()).collect();
        let (distance_m, by) = if how_far { (found.distance_m, found.by) } else { (None, None) };
        near_item(&name_of(found.entry.id), distance_m, by, unknown)
    };
    let run = |found: &[Found<'_>]| found.iter().map(shown).collect::<Vec<_>>();
    near_runs([run(&answered.sure), run(&answered.without_travel), run(&answered.possible)])
}

/// How a record stands in an answer about what is near.
pub fn near_item(name: &str, distance_m: Option<f64>, by: Option<&str>, mut unknown: Vec<String>) -> String {
    unknown.sort_unstable();
    let distance = distance_m.map(|m| format!(" {m:.0} m")).unwrap_or_default();
    let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
    let unknown = if unknown.is_empty() { String::new() } else { format!(" ({})", unknown.join(", ")) };
    format!("{name}{distance}{by}{unknown}")
}

/// The three runs of an answer about what is near.
pub fn near_runs(runs: [Vec<String>; 3]) -> String {
    let named = ["sure", "comes", "possible"].into_iter().zip(runs).filter(|(_, run)| !run.is_empty());
    let all: Vec<String> = named.map(|(name, run)| format!("{name}: {}", run.join(", "))).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(" · ") }
}

fn covered(answered: coverage::Answered, question: &coverage::Question, view: &View) -> String {
    let set = view.area_set(&question.areas).expect("the set that was asked about");
    let sums = |s: &Sums| {
        let counted = (s.areas_covered, s.areas, s.without_weight);
        sums_text(counted, [s.covered, s.weight, s.unsure, s.from_outside])
    };
    let mut lines = vec![sums(&answered.total)];
    lines.extend(answered.groups.iter().map(|(key, of)| format!("{key}: {}", sums(of))));
    let row = |a: &AreaAnswer| {
        let people = [a.weight_covered, a.weight, a.weight_unsure];
        area_text(&set.codes[a.row], (a.covered, a.possible), people, a.nearest_m, a.by)
    };
    lines.extend(answered.per_area.iter().map(row));
    if !answered.ignored.is_empty() {
        lines.push(format!("ignored: {}", answered.ignored.join(", ")));
    }
    lines.join("\n")
}

/// Sums of coverage: areas covered, all, and without weight; people covered, all, unsure, and covered from outside.
pub fn sums_text((covered, all, without): (usize, usize, usize), people: [f64; 4]) -> String {
    let [people_covered, weight, unsure, outside] = people.map(rounded);
    let mut text = format!("covers {people_covered} of {weight} in {covered} of {all}");
    let more = [(unsure, " unsure"), (outside, " from outside"), (without as f64, " without weight")];
    more.into_iter().filter(|(n, _)| *n != 0.0).for_each(|(n, what)| text += &format!(", {n}{what}"));
    text
}

/// One area of coverage.
pub fn area_text(
    code: &str,
    (covered, possible): (bool, bool),
    people: [f64; 3],
    nearest_m: Option<f64>,
    by: Option<&str>,
) -> String {
    let [people_covered, weight, unsure] = people.map(rounded);
    let state = if covered {
        "covered"
    } else if possible {
        "possible"
    } else {
        "missed"
    };
    let unsure = if unsure == 0.0 { String::new() } else { format!(" and perhaps {unsure}") };
    let nearest = nearest_m.map(|m| format!(", {m:.0} m")).unwrap_or_default();
    let by = by.map(|by| format!(", by {by}")).unwrap_or_default();
    format!("{code}: {state} {people_covered} of {weight}{unsure}{nearest}{by}")
}

/// To a thousandth: sums in another order differ behind it.
fn rounded(n: f64) -> f64 {
    (n * 1e3).round() / 1e3 + 0.0
}
