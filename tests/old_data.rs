//! What release 0.1.0 took and a later rule may forbid: it loads, is shown, followed, undone and brought back as it
//! stands, on both stores; only who next changes it is told. And data as the first migration made it opens.

mod support;

use commonground::change::{Change, Op};
use commonground::model::record::{all_links, code_of, read, stored};
use commonground::model::{Id, Kind};
use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use support::answers::{Instance, Question, Who};
use support::cluster::Cluster;
use support::{eventually, findings, log};
use tempfile::TempDir;

const ODD: &str = "v1-odd.ndjson";

/// An empty place in a file and one on a server.
struct Places {
    urls: [String; 2],
    _folder: TempDir,
    _cluster: Cluster,
}

impl Places {
    fn empty() -> Self {
        let (folder, cluster) = (TempDir::new().unwrap(), Cluster::start());
        let urls = [format!("sqlite:{}", folder.path().join("old.db").display()), cluster.database("old")];
        Self { urls, _folder: folder, _cluster: cluster }
    }
}

/// The records of a log as its last changes left them.
fn last(log: &[Change]) -> BTreeMap<Id, (Kind, u32, Option<String>)> {
    let of_records = log.iter().filter_map(|c| Some((c.record?, (c.kind?, c.version, c.after.clone()))));
    of_records.collect()
}

fn address(kind: Kind, id: Id) -> String {
    format!("/{}/{id}", kind.spec().plural)
}

/// Every way of looking at them.
fn questions(log: &[Change]) -> Vec<Question> {
    let mut asked: Vec<String> = Vec::new();
    for kind in Kind::ALL {
        let plural = kind.spec().plural;
        let words = [
            "",
            "format=geojson",
            "q=an",
            "q=lonely",
            "bbox=-3.5,54.6,-3.3,54.7",
            "area=O1",
            "age=70",
            "as_at=2026-06-01",
        ];
        asked.extend(words.map(|words| format!("/{plural}?{words}")));
        asked.push(format!("/tiles/{plural}.json"));
    }
    for (id, (kind, ..)) in last(log) {
        let path = address(kind, id);
        asked.extend([format!("{path}?include=card"), format!("{path}/history"), format!("/nearby?near={id}")]);
    }
    for words in ["", "&category=company", "&category=loop", "&category=ring-1", "&area=O1", "&area=O2", "&area=O3"] {
        asked.push(format!("/nearby?near=54.66,-3.36&kind=service,place,gap,resource{words}"));
        for format in ["json&include=per_area", "csv", "geojson"] {
            asked.push(format!("/coverage?within=2km&areas=odd&format={format}{words}"));
        }
    }
    for people_in in ["O1", "O2", "O3", "-3.5,54.6,-3.3,54.7"] {
        asked.push(format!("/coverage?within=2km&areas=odd&people_in={people_in}"));
    }
    for by in ["district", "quintile:population", "population"] {
        asked.push(format!("/coverage?within=2km&areas=odd&by={by}"));
    }
    asked.extend(["/about", "/area-sets", "/changes?limit=1000"].map(str::to_owned));
    asked.extend((0..15).map(|z| {
        let n = f64::from(1 << z);
        let y = (1.0 - 54.66_f64.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n;
        format!("/tiles/assets/{z}/{}/{}.mvt", ((-3.36 + 180.0) / 360.0 * n) as u32, y as u32)
    }));
    asked.into_iter().map(Question::get).collect()
}

#[tokio::test]
async fn it_is_shown_everywhere_and_nothing_breaks() {
    let (places, log) = (Places::empty(), log::read(ODD));
    for url in &places.urls {
        let instance = Instance::holding(url, &log, usize::MAX).await;
        let mut broken = Vec::new();
        for question in questions(&log) {
            for who in [Who::Anybody, Who::Admin] {
                let answer = instance.ask(who, &question).await;
                // A record without a position is a place to be near to for nobody: that is told, not broken.
                if answer.status != 200 && answer.status != 422 {
                    broken.push(format!("{who:?}: {question}: {}", answer.status));
                }
            }
        }
        assert!(broken.is_empty(), "{url}: {} questions broke:\n{}", broken.len(), broken.join("\n"));
        for kind in Kind::ALL {
            let kept = last(&log).values().filter(|(k, ..)| k == kind).count();
            let shown = instance.list(Who::Admin, kind.spec().plural).await;
            assert_eq!(shown.len(), kept, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn it_is_stored_and_answered_as_it_came_and_the_check_finds_nothing() {
    let (places, log) = (Places::empty(), log::read(ODD));
    for url in &places.urls {
        let instance = Instance::holding(url, &log, usize::MAX).await;
        for (id, (kind, _, body)) in last(&log) {
            let shown = instance.ask(Who::Admin, &Question::get(address(kind, id))).await.json();
            assert_eq!(shown, serde_json::from_str::<Value>(&body.unwrap()).unwrap());
        }
        assert_eq!(findings(url).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn who_follows_answers_as_who_loads() {
    let (places, log) = (Places::empty(), log::read(ODD));
    for url in &places.urls {
        // Some of the areas are there before, others come.
        let follows = Instance::holding(url, &log, 8).await;
        let loads = Instance::on(url).await;
        follows.has_seen_all().await;
        let mut differ = Vec::new();
        for question in questions(&log) {
            let (a, b) = (follows.ask(Who::Admin, &question).await, loads.ask(Who::Admin, &question).await);
            // What breaks breaks in both; that it does is told above.
            let breaks = a.status >= 500 && a.status == b.status;
            if !breaks && a.normal() != b.normal() {
                differ.push(question.to_string());
            }
        }
        assert!(differ.is_empty(), "{url}:\n{}", differ.join("\n"));
    }
}

#[tokio::test]
async fn what_is_taken_away_comes_back_as_it_was() {
    let (places, log) = (Places::empty(), log::read(ODD));
    for url in &places.urls {
        let instance = Instance::holding(url, &log, usize::MAX).await;
        let mut lost = Vec::new();
        for (id, (kind, ..)) in last(&log) {
            let path = address(kind, id);
            let before = instance.list_all().await;
            let tag = format!("\"v{}\"", instance.ask(Who::Admin, &Question::get(&path)).await.json()["version"]);
            let gone = instance.as_admin("DELETE", &format!("{path}?cascade=links"), Some(&tag), None).await;
            assert_eq!(gone.status, 200, "{path}: {}", gone.json());
            assert_eq!(instance.ask(Who::Admin, &Question::get(&path)).await.status, 404);
            let batch = format!("{{\"batch\": {}}}", gone.json()["batch"]);
            let undone = instance.ask(Who::Admin, &Question::post("/undo", batch)).await;
            assert_eq!(undone.status, 200, "{path}: {}", undone.json());
            if instance.list_all().await != before {
                lost.push(format!("{path}: {}", undone.json()));
            }
        }
        assert!(lost.is_empty(), "{url}: not all came back:\n{}", lost.join("\n"));
        assert_eq!(findings(url).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn each_of_its_changes_can_be_undone() {
    let (places, log) = (Places::empty(), log::read(ODD));
    for url in &places.urls {
        let instance = Instance::holding(url, &log, usize::MAX).await;
        for change in log.iter().rev().filter(|c| c.op == Op::Update) {
            let undo = Question::post("/undo", format!("{{\"change\": \"{}\"}}", change.id));
            let undone = instance.ask(Who::Admin, &undo).await;
            assert_eq!(undone.status, 200, "{}", undone.json());
            let path = address(change.kind.unwrap(), change.record.unwrap());
            let mut now = instance.ask(Who::Admin, &Question::get(path)).await.json();
            let mut before: Value = serde_json::from_str(change.before.as_deref().unwrap()).unwrap();
            for body in [&mut now, &mut before] {
                body.as_object_mut()
                    .unwrap()
                    .retain(|name, _| !["version", "updated_at", "origins"].contains(&name.as_str()));
            }
            assert_eq!(now, before);
        }
        assert_eq!(findings(url).await, Vec::<String>::new());
    }
}

/// The fields named where each record is written again as it stands; none where that is taken.
async fn written_again(url: &str) -> BTreeMap<String, Vec<String>> {
    let log = log::read(ODD);
    let instance = Instance::holding(url, &log, usize::MAX).await;
    let mut refused = BTreeMap::new();
    for (id, (kind, version, _)) in last(&log) {
        let path = address(kind, id);
        let body = instance.ask(Who::Admin, &Question::get(&path)).await.json();
        let answer = instance.as_admin("PUT", &path, Some(&format!("\"v{version}\"")), Some(&body)).await;
        let named: Vec<String> = support::problems(&answer.json()).into_iter().map(|(field, _)| field).collect();
        // What the rules say of the body by itself is what the writer is told.
        let forbidden: Vec<String> = read(kind, &body).err().unwrap_or_default().into_iter().map(|p| p.field).collect();
        match answer.status {
            200 => assert!(forbidden.is_empty(), "{} is taken: {forbidden:?}", body["name"]),
            422 => assert!(forbidden.iter().all(|field| named.contains(field)), "{}: {named:?}", body["name"]),
            other => panic!("{}: {other}", body["name"]),
        }
        refused.insert(body["name"].as_str().unwrap().to_owned(), named);
    }
    refused
}

#[tokio::test]
async fn it_is_refused_only_by_a_rule_and_only_when_it_is_next_changed() {
    let places = Places::empty();
    for url in &places.urls {
        let refused = written_again(url).await;
        assert_eq!(refused["A hall whose number is a person's"], ["description"]);
        for name in ["With one provider", "Registered Trust", "Where it is known", "Company"] {
            assert_eq!(refused[name], [""; 0], "{name}");
        }
    }
}

/// Null is unknown: it stands for no point; and a number of the NHS is one however it is written, wherever it stands.
#[tokio::test]
async fn what_has_no_position_or_holds_the_number_of_a_patient_is_refused_when_it_is_next_changed() {
    let places = Places::empty();
    for url in &places.urls {
        let refused = written_again(url).await;
        let expected = [
            ("A hall with dots", vec!["address", "description"]),
            ("An area without a point", vec!["point"]),
            ("A place without a point", vec!["point"]),
            ("Nowhere at all", vec!["places"]),
            ("Missing nowhere", vec!["area"]),
        ];
        let found: Vec<(&str, Vec<String>)> = expected
            .iter()
            .map(|(name, _)| {
                let mut fields = refused[*name].clone();
                fields.sort_unstable();
                (*name, fields)
            })
            .collect();
        let expected = expected.map(|(name, fields)| (name, fields.into_iter().map(str::to_owned).collect()));
        assert_eq!(found, expected);
    }
}

/// The first migration alone, with the rows that the first release put in; then the program of today on it.
#[tokio::test]
async fn data_as_the_first_migration_made_it_opens_is_served_followed_and_checked() {
    for name in ["v1.ndjson", ODD] {
        let (places, log) = (Places::empty(), log::read(name));
        let [file, server] = &places.urls;
        let folder = TempDir::new().unwrap();
        let mut sqlite = SqliteConnection::connect(&format!("{file}?mode=rwc")).await.unwrap();
        first_migration("sqlite", &folder).await.run(&mut sqlite).await.unwrap();
        sqlite
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(rows(&log, |id| format!("x'{}'", id.simple())))))
            .await
            .unwrap();
        sqlite.close().await.unwrap();
        let mut postgres = PgConnection::connect(server).await.unwrap();
        first_migration("postgres", &folder).await.run(&mut postgres).await.unwrap();
        postgres.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(rows(&log, |id| format!("'{id}'"))))).await.unwrap();
        postgres.close().await.unwrap();
        for url in &places.urls {
            let served = Instance::on(url).await;
            for (id, (kind, _, body)) in last(&log) {
                let shown = served.ask(Who::Admin, &Question::get(address(kind, id))).await;
                match body {
                    Some(body) => assert_eq!(shown.json(), serde_json::from_str::<Value>(&body).unwrap()),
                    None => assert_eq!(shown.status, 404),
                }
                let history = served.ask(Who::Admin, &Question::get(format!("{}/history", address(kind, id)))).await;
                assert_eq!(history.status, 200);
            }
            assert_eq!(findings(url).await, Vec::<String>::new());
            // Another follows what is written on it now.
            let other = Instance::on(url).await;
            let body = serde_json::json!({"name": "Written today", "point": {"lon": -3.3, "lat": 54.6}});
            assert_eq!(served.as_admin("POST", "/places", None, Some(&body)).await.status, 201);
            eventually("following", || async {
                other.ask(Who::Anybody, &Question::get("/places?q=written+today")).await.json()["total"] == 1
            })
            .await;
            assert_eq!(findings(url).await, Vec::<String>::new());
        }
    }
}

/// A migrator that knows the first migration of a store only.
async fn first_migration(store: &str, folder: &TempDir) -> Migrator {
    let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(store), folder.path().join(store));
    fs::create_dir_all(&to).unwrap();
    let first = fs::read_dir(from).unwrap().map(|f| f.unwrap().path());
    let first: Vec<_> = first.filter(|f| f.file_name().unwrap().to_str().unwrap().starts_with("0001_")).collect();
    assert_eq!(first.len(), 1);
    fs::copy(&first[0], to.join(first[0].file_name().unwrap())).unwrap();
    Migrator::new(to).await.unwrap()
}

/// The rows that a log makes in the tables of the first migration.
fn rows(log: &[Change], id: fn(&Id) -> String) -> String {
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let or_null = |value: Option<String>| value.unwrap_or_else(|| "null".to_owned());
    let mut sql = String::new();
    for c in log {
        let values = [
            c.seq.to_string(),
            id(&c.id),
            text(c.op.as_str()),
            or_null(c.of.as_ref().map(id)),
            or_null(c.kind.map(|kind| text(kind.name()))),
            or_null(c.record.as_ref().map(id)),
            c.version.to_string(),
            c.schema.to_string(),
            or_null(c.before.as_deref().map(text)),
            or_null(c.after.as_deref().map(text)),
            id(&c.by),
            text(&c.at.to_string()),
            or_null(c.why.as_deref().map(text)),
            or_null(c.exercise.as_ref().map(id)),
            id(&c.batch),
        ];
        sql.push_str(&format!("insert into change values ({});\n", values.join(", ")));
    }
    let present = last(log);
    for (record, (kind, version, body)) in &present {
        let code = body.as_deref().and_then(|body| code_of(*kind, &stored(body)));
        let values = [
            id(record),
            text(kind.name()),
            version.to_string(),
            or_null(code.as_deref().map(text)),
            or_null(body.as_deref().map(text)),
        ];
        sql.push_str(&format!("insert into record values ({});\n", values.join(", ")));
    }
    for (record, (_, _, body)) in &present {
        for (role, target) in body.iter().flat_map(|body| all_links(&stored(body))) {
            sql.push_str(&format!("insert into link values ({}, {}, {});\n", id(record), text(&role), id(&target)));
        }
    }
    sql + &format!("update head set seq = {};\n", log.last().unwrap().seq)
}
