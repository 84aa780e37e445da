//! One story for every store: what an append promises, told without HTTP.

mod support;

use commonground::app::connect;
use commonground::change::apply::{self, present_after};
use commonground::change::{Change, Stamp};
use commonground::clock;
use commonground::model::record::{read, stored};
use commonground::model::{Id, Kind, Origin};
use commonground::store::{DatasetInfo, Postgres, SourceRow, Sqlite, Store, Tip, Which};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};
use support::cluster::Cluster;
use tempfile::TempDir;

fn stamp() -> Stamp {
    Stamp { by: commonground::app::accounts::COMMAND_LINE, at: clock::now(), why: None, batch: clock::new_id() }
}

fn numbered(mut changes: Vec<Change>, head: u64) -> Vec<Change> {
    for (change, seq) in changes.iter_mut().zip(head + 1..) {
        change.seq = seq;
        change.id = clock::new_id();
    }
    changes
}

async fn append(store: &dyn Store, changes: Vec<Change>) -> Vec<Change> {
    let mut tx = store.begin().await.unwrap();
    let changes = numbered(changes, tx.head().seq);
    tx.append(&changes).await.unwrap();
    tx.commit().await.unwrap();
    changes
}

fn organisation(name: &str) -> (Id, Change) {
    let id = clock::new_id();
    let given = read(Kind::Organisation, &json!({"name": name, "type": "voluntary"})).unwrap();
    (id, apply::create(id, Kind::Organisation, given.body, Some(id), (Origin::Owner, None), &stamp()))
}

#[tokio::test]
async fn sqlite_keeps_the_story() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("story.db").display());
    let store = connect(&url).await.unwrap();
    story(&*store).await;
    let again = connect(&url).await.unwrap();
    let report = commonground::app::check::check(&*again).await.unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[tokio::test]
async fn postgres_keeps_the_story() {
    let cluster = Cluster::start();
    let url = cluster.database("story");
    let store = connect(&url).await.unwrap();
    story(&*store).await;
    let again = connect(&url).await.unwrap();
    let report = commonground::app::check::check(&*again).await.unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[tokio::test]
async fn every_statement_is_one_that_its_database_understands() {
    let cluster = Cluster::start();
    let url = cluster.database("story");
    connect(&url).await.unwrap();
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    for (name, text) in Postgres::statements() {
        postgres.prepare(AssertSqlSafe(text).into_sql_str()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("story.db").display());
    connect(&url).await.unwrap();
    let mut sqlite = SqliteConnection::connect(&url).await.unwrap();
    for (name, text) in Sqlite::statements() {
        sqlite.prepare(AssertSqlSafe(text).into_sql_str()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    assert!(Sqlite::statements().len() > 40);
}

async fn story(store: &dyn Store) {
    // Numbers are gapless, and a dropped append leaves no trace.
    assert_eq!(store.head().await.unwrap(), Tip::default());
    let (parent, first) = organisation("Parent");
    append(store, vec![first]).await;
    let (_, dropped) = organisation("Dropped");
    let mut tx = store.begin().await.unwrap();
    tx.append(&numbered(vec![dropped], tx.head().seq)).await.unwrap();
    drop(tx);
    let (child, second) = organisation("Child");
    let second = append(store, vec![second]).await;
    assert_eq!((second[0].seq, store.head().await.unwrap().seq), (2, 2));

    // What is read through an append is the present, and links follow bodies.
    let mut tx = store.begin().await.unwrap();
    let present = tx.present(&[child, clock::new_id()]).await.unwrap();
    assert_eq!(present.len(), 1);
    let mut body = present[0].body.clone().unwrap();
    body.insert("links".into(), json!({"parent": [parent]}));
    let linked = apply::updated(commonground::change::Op::Update, &present[0], body, &stamp());
    let linked = numbered(vec![linked], tx.head().seq);
    tx.append(&linked).await.unwrap();
    assert_eq!(tx.links_to(&[parent]).await.unwrap(), [(child, "parent".to_owned(), parent)]);
    tx.commit().await.unwrap();

    // Deleting keeps the number of the version and the history; the link is gone.
    let present = present_after(&linked[0]).unwrap();
    append(store, vec![apply::delete(&present, &stamp()).unwrap()]).await;
    let mut tx = store.begin().await.unwrap();
    let gone = tx.present(&[child]).await.unwrap();
    assert_eq!((gone[0].version, gone[0].body.is_none()), (3, true));
    assert!(tx.links_to(&[parent]).await.unwrap().is_empty());
    drop(tx);
    let history = store.changes(Which::OfRecord(child, 0), 10).await.unwrap();
    assert_eq!(history.iter().map(|c| c.op.as_str()).collect::<Vec<_>>(), ["create", "update", "delete"]);
    assert_eq!(stored(history[2].before.as_deref().unwrap())["name"], "Child");
    assert_eq!(store.changes(Which::After(1), 1).await.unwrap()[0].seq, 2);
    assert_eq!(store.changes(Which::ById(history[0].id), 1).await.unwrap(), history[..1]);
    assert_eq!(store.touched(history[0].batch).await.unwrap(), [(child, history[0].seq)]);

    // What is there is handed out with the head it belongs to.
    let (out, mut coming) = tokio::sync::mpsc::channel(9);
    let head = store.bodies(out).await.unwrap();
    let page = coming.recv().await.unwrap();
    assert!(page.lines().count() == 1 && page.contains(&parent.to_string()), "{page}");
    assert_eq!((coming.recv().await, head), (None, store.head().await.unwrap()));
    assert_eq!(head, Tip { seq: 4, change: Some(history[2].id) });

    // What lists brought is remembered, replaced and forgotten.
    let row = |part: &str| SourceRow {
        list: "l".into(),
        key: "k".into(),
        role: "self".into(),
        record: parent,
        part: part.into(),
    };
    for part in ["{\"n\":1}", "{\"n\":2}"] {
        let mut tx = store.begin().await.unwrap();
        tx.put_sources(&[row(part)]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.sources("l", &["k".into(), "other".into()]).await.unwrap(), [row("{\"n\":2}")]);
    assert_eq!(tx.sources_of(&[parent, child]).await.unwrap(), [row("{\"n\":2}")]);
    assert_eq!(tx.sources_of(&[]).await.unwrap(), []);
    assert_eq!(tx.lists_with("other", &["k".into(), "z".into()]).await.unwrap(), [("l".to_owned(), 1)]);
    assert_eq!(tx.lists_with("l", &["k".into()]).await.unwrap(), [], "a list is no other list than itself");
    drop(tx);
    let mut brought = Vec::new();
    store.each_source("l", &mut |row| brought.push(row)).await.unwrap();
    assert_eq!(brought, [row("{\"n\":2}")]);
    let mut tx = store.begin().await.unwrap();
    tx.forget_parts(&[parent]).await.unwrap();
    assert_eq!(
        tx.sources("l", &["k".into()]).await.unwrap(),
        [row("{}")],
        "what it said is forgotten, not whose it was"
    );
    drop(tx);

    // Codes name one record of a kind.
    let area = clock::new_id();
    let given =
        read(Kind::Area, &json!({"name": "A", "area_set": "s", "code": "1", "point": {"lon": -3.0, "lat": 54.0}}))
            .unwrap();
    append(store, vec![apply::create(area, Kind::Area, given.body, None, (Origin::Owner, None), &stamp())]).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.by_code(Kind::Area, &["s/1".into(), "s/2".into()]).await.unwrap(), [("s/1".to_owned(), area)]);
    drop(tx);

    // A dataset changes over as a whole.
    for bytes in [b"old".to_vec(), b"new".repeat(2)] {
        let info = DatasetInfo { name: "d".into(), version: clock::new_id(), rows: 1, loaded_at: clock::now() };
        for (part, chunk) in bytes.chunks(3).enumerate() {
            store.put_dataset_part("d", info.version, part as u32, chunk).await.unwrap();
        }
        let mut tx = store.begin().await.unwrap();
        tx.put_dataset(&info).await.unwrap();
        tx.commit().await.unwrap();
        let kept = store.datasets().await.unwrap();
        assert_eq!(kept, [info]);
        assert_eq!(store.dataset_bytes(&kept[0]).await.unwrap(), bytes);
    }

    // Two appends at once: the second waits for the first, and no number is missing.
    let (left, right) = (organisation("Left").1, organisation("Right").1);
    futures::join!(append(store, vec![left]), append(store, vec![right]));
    let seqs: Vec<u64> = store.changes(Which::After(0), 100).await.unwrap().iter().map(|c| c.seq).collect();
    assert_eq!(seqs, (1..=7).collect::<Vec<u64>>());
}
