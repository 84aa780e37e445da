//! A town as one caller is shown it, and a second instance with that and nothing else in it.

use crate::questions::Asker;
use crate::support::answers::{Answer, Instance, Question, Who};
use crate::support::records::{Records, change_id, stamp};
use commonground::app::accounts::COMMAND_LINE;
use commonground::change::{Change, Op, SCHEMA};
use commonground::model::Link;
use commonground::model::record::{at, canonical, fields_of};
use commonground::model::shape::{Field, SeenBy, Shape};
use commonground::model::{Id, Kind};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Dozens of records in a town.
const DOZENS: usize = 2;
/// So many differences are told.
const TOLD: usize = 15;

pub struct Town {
    pub seed: u64,
    pub who: Who,
    pub records: Records,
    /// Everything.
    pub all: Instance,
    /// What the caller is shown of everything: the word in addresses, the body.
    pub shown: Vec<(&'static str, Value)>,
    /// What the caller is shown, and nothing else.
    alone: Instance,
    asker: Asker,
}

/// The towns of so many seeds, as anybody and as a partner, asked so often each.
pub async fn compare(towns: u64, often: usize, ask: fn(&mut Asker) -> Question) {
    let mut differences = Differences::default();
    for seed in 0..towns {
        for who in [Who::Anybody, Who::Partner] {
            Town::random(seed, who).await.compare(often, ask, &mut differences).await;
        }
    }
    differences.are_none();
}

impl Town {
    pub async fn random(seed: u64, who: Who) -> Self {
        Self::of(Records::random(seed, DOZENS), seed, who).await
    }

    /// One of these records.
    pub async fn of(records: Records, seed: u64, who: Who) -> Self {
        let changes = records.changes();
        // Some towns lie in the base of the atlas, some partly in what came since.
        let at_start = if seed.is_multiple_of(6) { changes.len() / 2 } else { changes.len() };
        let all = Instance::of(&changes, at_start).await;
        let shown = shown(&all, who).await;
        let alone = Instance::of(&made_of(&shown), usize::MAX).await;
        let asker = Asker::new(seed, &records);
        Self { seed, who, records, all, shown, alone, asker }
    }

    /// One of which only the whole is wanted.
    pub async fn on_a_server(seed: u64, url: &str) -> Self {
        let records = Records::random(seed, DOZENS);
        let all = Instance::holding(url, &records.changes(), usize::MAX).await;
        let asker = Asker::new(seed, &records);
        let alone = Instance::of(&[], 0).await;
        Self { seed, who: Who::Anybody, records, all, shown: Vec::new(), alone, asker }
    }

    /// One whose records were renamed, hidden, shown, moved and taken away; in the second instance happened what the
    /// caller is shown of that.
    pub async fn with_history(seed: u64, who: Who, urls: Option<[String; 2]>) -> Self {
        let mut records = Records::random(seed, DOZENS);
        let made = records.changes();
        let changes = [made.clone(), records.later(&made)].concat();
        let all = match &urls {
            Some([url, _]) => Instance::holding(url, &changes, usize::MAX).await,
            None => Instance::of(&changes, usize::MAX).await,
        };
        let mut happened: BTreeMap<u64, Value> = BTreeMap::new();
        for question in crate::histories(&ids(&records)) {
            let answer = all.ask(who, &question).await;
            if answer.status == 200 {
                let items = answer.json()["items"].as_array().unwrap().clone();
                happened.extend(items.into_iter().map(|item| (item["seq"].as_u64().unwrap(), item)));
            }
        }
        let happened: Vec<Change> =
            happened.values().enumerate().map(|(i, item)| change_of(item, i as u64 + 1)).collect();
        let alone = match &urls {
            Some([_, url]) => Instance::holding(url, &happened, usize::MAX).await,
            None => Instance::of(&happened, usize::MAX).await,
        };
        let asker = Asker::new(seed, &records);
        Self { seed, who, records, all, shown: Vec::new(), alone, asker }
    }

    /// Asks both so often.
    pub async fn compare(&mut self, often: usize, ask: fn(&mut Asker) -> Question, differences: &mut Differences) {
        for _ in 0..often {
            let question = ask(&mut self.asker);
            self.compare_one(question, differences).await;
        }
    }

    /// Asks both each of these.
    pub async fn compare_all(&mut self, questions: fn(&[(Kind, Id)]) -> Vec<Question>, differences: &mut Differences) {
        for question in questions(&ids(&self.records)) {
            self.compare_one(question, differences).await;
        }
    }

    /// Asks both this.
    pub async fn compare_one(&self, question: Question, differences: &mut Differences) {
        differences.asked += 1;
        let Some(mut found) = self.differ(&question, differences).await else { return };
        // Words that make no difference are left out of what is told.
        let mut question = question;
        while let Some((fewer, still)) = self.with_fewer_words(&question, differences).await {
            (question, found) = (fewer, still);
        }
        differences.add(self, &question, found);
    }

    async fn with_fewer_words(&self, question: &Question, differences: &mut Differences) -> Option<(Question, Found)> {
        let (path, words) = question.path.split_once('?')?;
        let words: Vec<&str> = words.split('&').collect();
        for i in 0..words.len() {
            let fewer: Vec<&str> = words.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, w)| *w).collect();
            let mark = if fewer.is_empty() { "" } else { "?" };
            let fewer = Question { path: format!("{path}{mark}{}", fewer.join("&")), body: question.body.clone() };
            if let Some(found) = self.differ(&fewer, differences).await {
                return Some((fewer, found));
            }
        }
        None
    }

    async fn differ(&self, question: &Question, differences: &mut Differences) -> Option<Found> {
        let (a, b) = (self.all.ask(self.who, question).await, self.alone.ask(self.who, question).await);
        differences.answered += usize::from(a.status == 200);
        first_difference(&a, &b)
    }

    /// Records that are there and not for the caller.
    pub fn hidden(&self) -> Vec<Id> {
        let seen: BTreeSet<&str> = self.shown.iter().map(|(_, body)| body["id"].as_str().unwrap()).collect();
        self.records.all.iter().map(|r| r.id).filter(|id| !seen.contains(id.to_string().as_str())).collect()
    }

    /// Records whose own position, or one they stand on, is approximate.
    pub fn withheld(&self) -> BTreeSet<Id> {
        let approximate = |body: &Value| body["precision"] == "approximate" || body["home_address"] == true;
        let own: BTreeSet<Id> = self.records.all.iter().filter(|r| approximate(&r.body)).map(|r| r.id).collect();
        let stands = |r: &&crate::support::records::Record| {
            let places = ["places", "place"].iter().flat_map(|role| r.body["links"][*role].as_array());
            places.flatten().any(|id| own.contains(&id.as_str().unwrap().parse().unwrap()))
        };
        let held: Vec<Id> = self.records.all.iter().filter(stands).map(|r| r.id).collect();
        own.into_iter().chain(held).collect()
    }
}

fn ids(records: &Records) -> Vec<(Kind, Id)> {
    records.all.iter().map(|r| (r.kind, r.id)).collect()
}

async fn shown(instance: &Instance, who: Who) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let plural = kind.spec().plural;
        all.extend(instance.list(who, plural).await.into_iter().map(|body| (plural, body)));
    }
    all
}

/// Changes that make records of these bodies, as they stand.
fn made_of(shown: &[(&str, Value)]) -> Vec<Change> {
    let made = |(i, (_, body)): (usize, &(&str, Value))| {
        let item = json!({"op": "create", "kind": body["kind"], "record": body["id"], "version": body["version"],
            "before": null, "after": body});
        change_of(&item, i as u64 + 1)
    };
    shown.iter().enumerate().map(made).collect()
}

/// A change as histories tell it.
fn change_of(item: &Value, seq: u64) -> Change {
    let body = |name: &str| item[name].as_object().map(canonical);
    Change {
        seq,
        id: change_id(seq),
        op: Op::by_name(item["op"].as_str().unwrap()).unwrap(),
        of: None,
        kind: Kind::by_name(item["kind"].as_str().unwrap()),
        record: Some(item["record"].as_str().unwrap().parse().unwrap()),
        version: item["version"].as_u64().unwrap() as u32,
        schema: SCHEMA,
        before: body("before"),
        after: body("after"),
        by: COMMAND_LINE,
        at: stamp(seq).at,
        why: None,
        exercise: None,
        batch: change_id(seq),
    }
}

/// Where two answers differ first: the place in them, what one says, what the other.
struct Found {
    at: String,
    all: String,
    alone: String,
}

/// Questions that are answered in one way by the whole and in another by what is shown.
#[derive(Default)]
pub struct Differences {
    asked: usize,
    answered: usize,
    differ: usize,
    /// By what was asked and where the answers differ: how often, and the smallest example.
    kinds: BTreeMap<String, (usize, String)>,
}

impl Differences {
    fn add(&mut self, town: &Town, question: &Question, found: Found) {
        let text = format!(
            "seed {}, {:?}: {question}\n      at {}\n      of all       {}\n      of the shown {}",
            town.seed, town.who, found.at, found.all, found.alone
        );
        let path = question.path.split(['?', '.']).next().unwrap_or_default();
        let route: Vec<&str> = path.split('/').filter(|part| part.len() < 20 && part.parse::<u32>().is_err()).collect();
        let words = question.path.split_once('?').map_or("", |(_, words)| words);
        let words: Vec<&str> = words.split('&').map(|word| word.split('=').next().unwrap_or_default()).collect();
        let at: String =
            found.at.split('.').filter(|step| step.parse::<usize>().is_err()).collect::<Vec<_>>().join(".");
        self.note(format!("{} {} at {at}", route.join("/"), words.join(" ")), text);
    }

    /// A row of a view of the database beside the record it should be.
    pub fn add_row(&mut self, seed: u64, plural: &str, row: &Value, expected: &Map<String, Value>) {
        self.asked += 1;
        self.answered += 1;
        let same = |a: &Value, b: &Value| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            _ => a == b,
        };
        for (column, value) in expected.iter().filter(|(column, value)| !same(value, &row[column.as_str()])) {
            let text = format!(
                "seed {seed}: row {}\n      says {}\n      record says {value}",
                row["id"],
                row[column.as_str()]
            );
            self.note(format!("cg_public.{plural}.{column}"), text);
        }
    }

    fn note(&mut self, kind: String, text: String) {
        self.differ += 1;
        let (often, smallest) = self.kinds.entry(kind).or_insert((0, text.clone()));
        *often += 1;
        if text.len() < smallest.len() {
            *smallest = text;
        }
    }

    /// Fails with the smallest example of each kind of difference, most frequent first.
    pub fn are_none(&self) {
        assert!(self.asked > 0 && self.answered * 8 > self.asked, "{} of {} were answered", self.answered, self.asked);
        let mut kinds: Vec<(&String, &(usize, String))> = self.kinds.iter().collect();
        kinds.sort_by_key(|(_, (often, text))| (std::cmp::Reverse(*often), text.len()));
        let told: Vec<String> =
            kinds.iter().take(TOLD).map(|(kind, (often, text))| format!("{often} × {kind}\n    {text}")).collect();
        assert!(
            self.differ == 0,
            "{} of {} questions are answered by more than is shown, in {} ways:\n\n{}",
            self.differ,
            self.asked,
            self.kinds.len(),
            told.join("\n\n")
        );
    }
}

fn first_difference(a: &Answer, b: &Answer) -> Option<Found> {
    let (a, b) = (a.normal(), b.normal());
    let (at, a, b) = differing(&a, &b, String::new())?;
    let short = |value: Option<&Value>| {
        let text = value.map_or("nothing".to_owned(), Value::to_string);
        text.chars().take(300).collect::<String>()
    };
    Some(Found { at, all: short(a), alone: short(b) })
}

/// The first place where two values differ; of lists whose items have ids, the first item that only one has.
fn differing<'a>(a: &'a Value, b: &'a Value, path: String) -> Option<(String, Option<&'a Value>, Option<&'a Value>)> {
    if a == b {
        return None;
    }
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let names: BTreeSet<&String> = x.keys().chain(y.keys()).collect();
            names.into_iter().find_map(|name| match (x.get(name), y.get(name)) {
                (Some(a), Some(b)) => differing(a, b, format!("{path}.{name}")),
                (a, b) => Some((format!("{path}.{name}"), a, b)),
            })
        }
        (Value::Array(x), Value::Array(y)) => {
            let only = |these: &'a [Value], those: &[Value]| {
                these.iter().find(|item| item["id"].is_string() && those.iter().all(|other| other["id"] != item["id"]))
            };
            match (only(x, y), only(y, x)) {
                (None, None) if x.len() == y.len() => {
                    (0..x.len()).find_map(|i| differing(&x[i], &y[i], format!("{path}.{i}")))
                }
                (None, None) => Some((path, Some(a), Some(b))),
                (a, b) => Some((path, a, b)),
            }
        }
        _ => Some((path, Some(a), Some(b))),
    }
}

/// The row that a record as it is shown makes in the view of its kind.
pub fn as_row(kind: Kind, record: &Value, geometry: &Value) -> Map<String, Value> {
    let body = record.as_object().unwrap();
    let mut row = Map::new();
    for field in fields_of(kind).iter().filter(|f| !matches!(f.seen_by, SeenBy::Partners | SeenBy::Importer)) {
        columns(field, "", body, &mut row);
    }
    for Link { name, .. } in kind.spec().links {
        let mut ids = body["links"].get(*name).and_then(Value::as_array).cloned().unwrap_or_default();
        ids.sort_by_key(Value::to_string);
        row.insert(format!("{name}_ids"), if ids.is_empty() { Value::Null } else { Value::Array(ids) });
    }
    let own = &body["point"];
    let (lon, lat) = match own.is_object() {
        true => (own["lon"].clone(), own["lat"].clone()),
        false => (geometry["coordinates"][0].clone(), geometry["coordinates"][1].clone()),
    };
    row.insert("lon".to_owned(), lon);
    row.insert("lat".to_owned(), lat);
    row
}

fn columns(field: &Field, above: &str, body: &Map<String, Value>, row: &mut Map<String, Value>) {
    let path = format!("{above}{}", field.name);
    match field.shape {
        Shape::Point => {}
        Shape::Group(inner) => inner.iter().for_each(|f| columns(f, &format!("{path}."), body, row)),
        // A list of nothing says nothing.
        _ => {
            let value = at(body, &path).filter(|value| **value != json!([]));
            row.insert(path.replace('.', "_"), value.cloned().unwrap_or(Value::Null));
        }
    }
}
