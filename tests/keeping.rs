//! What is kept stays whole: copies, backups, old logs, what is erased, what is withdrawn, disks that fill or fail.

mod support;

use commonground::app::{connect, transfer};
use commonground::auth::Role;
use commonground::change::{Op, Stamp, apply};
use commonground::model::Origin;
use commonground::model::record::{code_of, links_of, read, stored};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::cluster::Cluster;
use support::program::{Server, run, text};
use support::{Town, Writers, eventually, findings, problem, problems, read as read_answer};
use tempfile::TempDir;

fn file(folder: &TempDir, name: &str) -> String {
    format!("sqlite:{}", folder.path().join(name).display())
}

/// The last word of what copy, backup and restore print.
fn digest(said: &str) -> String {
    said.trim().rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_copy_to_postgres_and_back_loses_nothing_and_changes_no_byte() {
    let cluster = Cluster::start();
    let folder = TempDir::new().unwrap();
    let town = Town::demo().await;
    town.token(Role::Contributor).await;
    let (first, there, back) = (town.url.clone(), cluster.database("there"), file(&folder, "back.db"));
    let out = run(&first, &["copy", &first, &there]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let home = run(&first, &["copy", &there, &back]);
    assert!(home.status.success(), "{}", text(&home.stderr));
    println!("there {}back  {}", text(&out.stdout), text(&home.stdout));
    assert_eq!(digest(&text(&out.stdout)), digest(&text(&home.stdout)));
    assert_eq!(digest(&text(&out.stdout)).len(), 64);
    for url in [&there, &back] {
        assert_eq!(findings(url).await, Vec::<String>::new());
    }
    // The rows themselves, read by others than the program.
    let bodies = "select seq, after, before from change order by seq";
    let sqlite = sqlite_rows(&back, bodies).await;
    assert_eq!(sqlite, sqlite_rows(&first, bodies).await);
    let json = "select coalesce(json_agg(json_build_array(seq, after, before) order by seq), '[]') from change";
    let postgres: Vec<(i64, Option<String>, Option<String>)> =
        serde_json::from_str(&cluster.psql("there", json)).unwrap();
    assert_eq!(sqlite, postgres);
    // What was a town is the same town: its token works, its datasets answer.
    let moved = Town::on(&there).await;
    let request = moved.anybody(Method::GET, "/places?limit=200").bearer_auth(&town.token);
    let (_, places) = support::read(request.send().await.unwrap()).await;
    assert!(places["items"] == town.get_as_admin("/places?limit=200").await.1["items"]);
    let near = "/nearby?near=CA13+9LU";
    assert!(moved.get(near).await.1["features"] == town.get(near).await.1["features"]);
}

async fn sqlite_rows(url: &str, sql: &'static str) -> Vec<(i64, Option<String>, Option<String>)> {
    use sqlx::Connection;
    let mut db = sqlx::SqliteConnection::connect(url).await.unwrap();
    sqlx::query_as(sql).fetch_all(&mut db).await.unwrap()
}

#[tokio::test]
async fn a_place_that_holds_data_is_never_copied_over_and_a_copy_that_breaks_off_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let (town, other) = (Town::demo().await, Town::demo().await);
    let refused = run(&town.url, &["copy", &town.url, &other.url]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("name an empty place"), "{}", text(&refused.stderr));
    // Rows that end before their end: the place stays empty.
    let empty = connect(&file(&folder, "empty.db")).await.unwrap();
    let (out, coming) = tokio::sync::mpsc::channel(1);
    let from = connect(&town.url).await.unwrap();
    let (pass, passed) = tokio::sync::mpsc::channel(1);
    let cut = async move {
        let mut coming = coming;
        for _ in 0..4 {
            pass.send(tokio::sync::mpsc::Receiver::recv(&mut coming).await.unwrap()).await.unwrap();
        }
    };
    let (sent, (), taken) = futures::join!(from.hand_over(out), cut, empty.take_over(passed));
    assert!(sent.is_ok() && taken.is_err());
    assert_eq!(empty.head().await.unwrap().seq, 0);
    assert!(transfer::copy(&*from, &*empty).await.is_ok(), "and can be copied to afterwards");
}

/// The drill: back up while sixteen write, lose the place, restore into an empty one, go on.
#[tokio::test]
async fn a_backup_made_while_others_write_is_whole_and_restores_into_an_empty_place() {
    let cluster = Cluster::start();
    let folder = TempDir::new().unwrap();
    for (name, url) in [("file", file(&folder, "town.db")), ("server", cluster.database("town"))] {
        let town = Arc::new(Town::on(&url).await);
        let writers = Writers::begin(&town, 16);
        writers.have_written(50).await;
        let before = town.get("/places?limit=1").await.1["total"].as_u64().unwrap();
        let backup = folder.path().join(format!("{name}.backup"));
        let (url_then, path) = (url.clone(), backup.display().to_string());
        let made = tokio::task::spawn_blocking(move || run(&url_then, &["backup", &path])).await.unwrap();
        assert!(made.status.success(), "{}", text(&made.stderr));
        assert_eq!(writers.stop().await.1, 0, "none was refused");
        let after = town.get("/places?limit=1").await.1["total"].as_u64().unwrap();
        let again = run(&url, &["backup", &backup.display().to_string()]);
        assert_eq!(again.status.code(), Some(1), "a backup is never overwritten");
        assert!(text(&again.stderr).contains("there already"));
        let restored = match name {
            "file" => cluster.database("restored"),
            _ => file(&folder, "restored.db"),
        };
        let done = run(&restored, &["restore", &backup.display().to_string()]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        assert_eq!(digest(&text(&made.stdout)), digest(&text(&done.stdout)));
        let checked = run(&restored, &["check"]);
        assert!(checked.status.success(), "{}", text(&checked.stdout));
        let place = Town::on(&restored).await;
        let kept = place.get("/places?limit=1").await.1["total"].as_u64().unwrap();
        assert!((before..=after).contains(&kept), "{before} {kept} {after}");
        place.add("places", json!({"name": "New", "point": {"lon": -3.3, "lat": 54.6}})).await;
        let full = run(&restored, &["restore", &backup.display().to_string()]);
        assert!(!full.status.success() && text(&full.stderr).contains("name an empty place"));
    }
    let nothing = run(&file(&folder, "x.db"), &["restore", "no-such-file"]);
    assert!(!nothing.status.success() && text(&nothing.stderr).contains("no-such-file"));
    let garbage = folder.path().join("garbage");
    std::fs::write(&garbage, "not a backup ".repeat(100)).unwrap();
    let wrong = run(&file(&folder, "y.db"), &["restore", &garbage.display().to_string()]);
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("not a database"), "{}", text(&wrong.stderr));
}

/// Whatever room there is: a backup that says it was made can be restored, and one that could not leaves no file.
#[test]
fn a_backup_onto_a_disk_without_room_says_so() {
    let folder = TempDir::new().unwrap();
    let data = file(&folder, "town.db");
    assert!(run(&data, &["demo"]).status.success());
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let script = "mount -t tmpfs -o size=$4k tmpfs \"$1\" && cd \"$1\" && \"$2\" backup town.backup --data \"$3\" \
                  && \"$2\" restore town.backup --data \"sqlite:$1/../restored-$4.db\" && exit 0; \
                  test ! -e town.backup && exit 7; exit 8";
    let mut ends = Vec::new();
    for kilobytes in (500..5_000).step_by(300) {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]).arg(&disk);
        command.arg(env!("CARGO_BIN_EXE_commonground")).args([&data, &kilobytes.to_string()]);
        let ended = command.env_remove("COMMONGROUND_CONFIG").output().unwrap();
        ends.push(ended.status.code().unwrap());
        assert_ne!(ends.last(), Some(&8), "{kilobytes} kB: {}", text(&ended.stderr));
    }
    assert!(ends.contains(&0) && ends.contains(&7), "{ends:?}");
}

#[tokio::test]
async fn a_damaged_row_stops_nobody_but_who_asks_for_it() {
    let town = Town::empty().await;
    let hall = town.add("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
    let id = hall["id"].as_str().unwrap();
    sqlite_rows(&town.url, "update record set body = '{\"name\": ' returning 0, null, null").await;
    sqlite_rows(&town.url, "update change set after = 'lost' where after is not null returning 0, null, null").await;
    let put = town.admin(Method::PUT, &format!("/places/{id}")).header("if-match", "\"v1\"");
    let (status, _) =
        read_answer(put.json(&json!({"name": "Hall", "postcode": "CA13 9LU"})).send().await.unwrap()).await;
    assert_eq!(status, 500);
    let link = json!({"name": "Lunch", "places": [id], "provider": id, "categories": [id]});
    assert_eq!(town.post("/services", link).await.0, 500);
    assert_eq!(town.get_as_admin(&format!("/places/{id}/history")).await.0, 500);
    let batch = json!({"batch": "01a204c4-2d86-7071-ace9-80e1176156fa"});
    assert_eq!(town.post("/undo", batch).await.0, 422);
    // Everybody else writes on, and what is in memory is served.
    town.add("places", json!({"name": "Barn", "point": {"lon": -3.3, "lat": 54.6}})).await;
    assert_eq!(town.get("/places").await.1["total"], 2);
    let ready = town.client.get(format!("{}/readyz", town.address)).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    let found = findings(&town.url).await;
    assert!(found.iter().any(|f| f.contains(&format!("body of record {id} can't be read"))), "{found:?}");
}

#[tokio::test]
async fn a_file_that_is_not_there_any_more_takes_no_writes() {
    let town = Town::empty().await;
    let path = town.path("town.db");
    let (elsewhere, copy) = (town.path("elsewhere.db"), town.path("copy.db"));
    let hall = |name: &str| json!({"name": name, "point": {"lon": -3.3, "lat": 54.6}});
    town.add("places", hall("before")).await;
    std::fs::copy(&path, &copy).unwrap();
    std::fs::rename(&path, &elsewhere).unwrap();
    assert_eq!(town.post("/places", hall("renamed")).await.0, 503);
    assert_eq!(town.import("kind=place&list=l", "name,lat,lon\nHall,54.6,-3.3\n").await.0, 503);
    assert_eq!(town.get("/places").await.1["total"], 1, "reads go on");
    std::fs::copy(&copy, &path).unwrap();
    assert_eq!(town.post("/places", hall("replaced")).await.0, 503);
    std::fs::rename(&elsewhere, &path).unwrap();
    town.add("places", hall("back")).await;
    let log = town.path("town.db-wal");
    std::fs::rename(&log, &elsewhere).unwrap();
    assert_eq!(town.post("/places", hall("without what is written first")).await.0, 503);
    std::fs::rename(&elsewhere, &log).unwrap();
    town.add("places", hall("back again")).await;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(town.post("/places", hall("deleted")).await.0, 503);
    assert_eq!(town.get("/places").await.1["total"], 3);
}

#[test]
fn what_ends_well_leaves_one_file_that_is_whole() {
    let folder = TempDir::new().unwrap();
    let data = file(&folder, "town.db");
    let whole = |records: u64| {
        let alone = TempDir::new().unwrap();
        std::fs::copy(folder.path().join("town.db"), alone.path().join("town.db")).unwrap();
        let waits = std::fs::metadata(folder.path().join("town.db-wal")).map_or(0, |log| log.len());
        assert_eq!(waits, 0, "something waits beside the file");
        let checked = text(&run(&file(&alone, "town.db"), &["check"]).stdout);
        assert!(checked.contains(&format!(" {records} records compared")), "{checked}");
    };
    let token = text(&run(&data, &["token", "add", "--role", "admin"]).stdout).trim().to_owned();
    whole(0);
    let list = folder.path().join("halls.csv");
    std::fs::write(&list, "name,lat,lon\nHall,54.6,-3.3\nBarn,54.61,-3.3\n").unwrap();
    assert!(run(&data, &["import", &list.display().to_string(), "--kind", "place"]).status.success());
    whole(2);
    let mut server = Server::again(&data);
    support::program::runtime().block_on(async {
        let client = reqwest::Client::new();
        for i in 0..20 {
            let body = json!({"name": format!("Hall {i}"), "point": {"lon": -3.3, "lat": 54.6}});
            let write = client.post(format!("{}/api/v1/places", server.address)).bearer_auth(&token).json(&body);
            assert_eq!(write.send().await.unwrap().status(), StatusCode::CREATED);
        }
    });
    server.signal("-TERM");
    assert!(server.child.wait().unwrap().success());
    whole(22);
}

#[tokio::test]
async fn a_check_looks_at_indexes_and_at_datasets_too() {
    let town = Town::demo().await;
    assert_eq!(findings(&town.url).await, Vec::<String>::new());
    sqlite_rows(&town.url, "update dataset_part set bytes = x'00' where name = 'gazetteer' returning 0, null, null")
        .await;
    sqlite_rows(&town.url, "update dataset set rows = rows + 1 where name = 'area-codes' returning 0, null, null")
        .await;
    let found = findings(&town.url).await;
    let said = |what: &str| found.iter().any(|f| f.contains(what));
    assert!(found.len() == 2 && said("dataset gazetteer") && said("dataset area-codes"), "{found:?}");
    // An index that says another order than it has.
    use sqlx::Connection;
    let mut db = sqlx::SqliteConnection::connect(&town.url).await.unwrap();
    for sql in [
        "pragma writable_schema = on",
        "update sqlite_schema set sql = replace(sql, '(batch, seq)', '(batch, seq desc)') where name = 'change_of_batch'",
    ] {
        sqlx::query(sql).execute(&mut db).await.unwrap();
    }
    drop(db);
    let found = findings(&town.url).await;
    assert!(found.iter().any(|f| f.starts_with("the database says: ") && f.contains("change_of_batch")), "{found:?}");
}

#[tokio::test]
async fn an_account_is_not_called_by_a_part_of_its_token() {
    let town = Town::empty().await;
    let token = town.token(Role::Contributor).await;
    let store = connect(&town.url).await.unwrap();
    let accounts = store.accounts().await.unwrap();
    let of_program = accounts.iter().find(|a| a.name.starts_with("token ")).unwrap();
    assert!(
        !of_program.name.contains(&token[..6]) && of_program.id.simple().to_string().ends_with(&of_program.name[6..])
    );
}

#[tokio::test]
async fn a_check_beside_a_busy_server_finds_nothing() {
    let cluster = Cluster::start();
    let folder = TempDir::new().unwrap();
    for url in [file(&folder, "town.db"), cluster.database("town")] {
        let town = Arc::new(Town::on(&url).await);
        let writers = Writers::begin(&town, 8);
        for _ in 0..5 {
            assert_eq!(findings(&url).await, Vec::<String>::new());
        }
        assert_eq!(writers.stop().await.1, 0, "none was refused");
    }
}

#[tokio::test]
async fn a_key_of_any_length_names_its_row_on_every_store() {
    let cluster = Cluster::start();
    let folder = TempDir::new().unwrap();
    let list = format!("id,name,lat,lon\n{},Long,54.6,-3.3\n2,Short,54.7,-3.3\n", "k".repeat(6_000));
    for url in [file(&folder, "town.db"), cluster.database("town")] {
        let town = Town::on(&url).await;
        let (_, first) = town.import("kind=place&list=halls&key=id", list.clone()).await;
        assert_eq!((&first["created"], &first["refused"]), (&json!(2), &json!(0)), "{first}");
        let (_, again) = town.import("kind=place&list=halls&key=id", list.clone()).await;
        assert_eq!(again["unchanged"], 2, "{again}");
    }
}

#[tokio::test]
async fn the_log_of_the_first_release_loads_into_every_store() {
    let cluster = Cluster::start();
    let folder = TempDir::new().unwrap();
    let log = support::log::read("v1.ndjson");
    let ops: HashSet<&str> = log.iter().map(|c| c.op.as_str()).collect();
    assert!(["create", "update", "delete", "undo", "redact", "dataset", "access"].iter().all(|op| ops.contains(op)));
    for url in [file(&folder, "old.db"), cluster.database("old")] {
        let store = connect(&url).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        // The log names an account that this place does not have.
        tx.append(&log).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(findings(&url).await, Vec::<String>::new());
        let town = Town::on(&url).await;
        let mut last: BTreeMap<_, Option<Value>> = BTreeMap::new();
        for change in log.iter().filter(|c| c.kind.is_some()) {
            let after = change.after.as_deref().map(|text| serde_json::from_str(text).unwrap());
            last.insert((change.kind.unwrap().spec().plural, change.record.unwrap()), after);
        }
        for ((plural, id), body) in last {
            let (status, shown) = town.get_as_admin(&format!("/{plural}/{id}")).await;
            match body {
                Some(body) => assert_eq!((status, shown), (200, body)),
                None => assert_eq!(status, 404),
            }
        }
    }
}

/// What is stored of a record today is, byte for byte, what the first release stored. Whoever changes that has to raise
/// the schema, write the step in change/upgrade.rs, and put a further log beside this one.
#[test]
fn what_is_stored_of_a_record_has_not_changed_since_the_first_release() {
    let mut compared = 0;
    for change in support::log::read("v1.ndjson").into_iter().filter(|c| c.op == Op::Create) {
        let text = change.after.unwrap();
        let (kind, body) = (change.kind.unwrap(), stored(&text));
        let given = read(kind, &Value::Object(body.clone())).unwrap();
        let source = body["sources"].as_array().unwrap().first().map(|s| apply::Source {
            list: s["list"].as_str().unwrap().to_owned(),
            key: s["key"].as_str().unwrap().to_owned(),
        });
        let origin = Origin::by_name(body["origins"]["*"].as_str().unwrap()).unwrap();
        let owner = body["owner"].as_str().map(|id| id.parse().unwrap());
        let stamp = Stamp { by: change.by, at: change.at, why: None, batch: change.batch };
        let made = apply::create(change.record.unwrap(), kind, given.body, owner, (origin, source.as_ref()), &stamp);
        assert_eq!(made.after.unwrap(), text);
        compared += 1;
    }
    assert!(compared > 12);
}

#[tokio::test]
async fn an_erased_value_is_gone_everywhere_and_no_list_and_no_undo_brings_it_back() {
    let cluster = Cluster::start();
    let folder = TempDir::new().unwrap();
    for url in [file(&folder, "town.db"), cluster.database("town")] {
        let (town, other) = (Town::on(&url).await, Town::on(&url).await);
        let list = "id,name,lat,lon,phone,email\n1,Hall,54.6,-3.3,01900 829990,office@example.org\n";
        let (_, first) = town.import("kind=place&list=halls&key=id", list).await;
        assert_eq!(first["created"], 1, "{first}");
        let (_, found) = town.get("/places").await;
        let id = found["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/places/{id}");
        let changed = list.replace("Hall", "Hall and Garden").replace("829990", "829991");
        town.import("kind=place&list=halls&key=id", changed.clone()).await;
        assert_eq!(town.get(&path).await.1["phone"], "01900 829991");

        assert_eq!(run(&url, &["redact", &id, "name"]).status.code(), Some(1), "a name stays");
        assert_eq!(run(&url, &["redact", &id, "postcode"]).status.code(), Some(1));
        assert_eq!(run(&url, &["redact", "no-id", "phone"]).status.code(), Some(1));
        let done = run(&url, &["redact", &id, "phone"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        assert!(text(&done.stdout).contains("2 changes and 1 rows of lists"), "{}", text(&done.stdout));
        let erased = json!({"redacted": true});
        for instance in [&town, &other] {
            eventually("the erasure", || async { instance.get(&path).await.1["phone"] == erased }).await;
        }
        assert_eq!(town.get(&path).await.1["email"], "office@example.org", "only what was named goes");
        assert_eq!(findings(&url).await, Vec::<String>::new());
        assert!(!everything(&url).await.contains("82999"), "a trace is left");

        // Neither the same list nor a changed one nor an undo of what went before brings it back.
        for list in [list.to_owned(), changed, list.replace("829990", "829992")] {
            let (_, answer) = town.import("kind=place&list=halls&key=id&origin=owner", list).await;
            assert_eq!(answer["refused"], 0, "{answer}");
            assert_eq!(town.get(&path).await.1["phone"], erased);
            assert!(!everything(&url).await.contains("82999"), "a list brought it back");
        }
        let history = town.get_as_admin(&format!("{path}/history")).await.1;
        let items = history["items"].as_array().unwrap();
        let redaction = items.iter().find(|c| c["op"] == "redact").unwrap();
        let (status, refused) = town.post("/undo", json!({"change": redaction["id"]})).await;
        assert_eq!((status, problems(&refused)), (422, problem("change", "not_allowed")));
        let batch = items.iter().find(|c| c["op"] == "update").unwrap()["batch"].clone();
        assert_eq!(town.post("/undo", json!({"batch": batch})).await.0, 200);
        assert_eq!(town.get(&path).await.1["phone"], erased);

        // Whoever reads the record and sends it back changes nothing; its owner may say a new number.
        let (_, mut body) = town.get_as_admin(&path).await;
        let version = body["version"].clone();
        let request = town.admin(Method::PUT, &path).header("If-Match", format!("\"v{version}\""));
        let (status, same) = support::read(request.json(&body).send().await.unwrap()).await;
        assert_eq!((status, &same["version"]), (200, &version));
        body["phone"] = json!("01900 111222");
        let request = town.admin(Method::PUT, &path).header("If-Match", format!("\"v{version}\""));
        assert_eq!(support::read(request.json(&body).send().await.unwrap()).await.1["phone"], "01900 111222");

        // Of a record that is gone, the history is erased.
        let version = body["version"].as_u64().unwrap() + 1;
        let request = town.admin(Method::DELETE, &path).header("If-Match", format!("\"v{version}\""));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
        assert!(run(&url, &["redact", &id, "phone", "email"]).status.success());
        assert!(!everything(&url).await.contains("111222"));
        assert_eq!(findings(&url).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_was_erased_stays_so_when_its_import_is_undone_and_comes_again() {
    let town = Town::empty().await;
    let list = "id,name,lat,lon,phone\n1,Hall,54.6,-3.3,01900 829990\n";
    let (_, first) = town.import("kind=place&list=halls&key=id", list).await;
    let id = town.get("/places").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(run(&town.url, &["redact", &id, "phone"]).status.success());
    let path = format!("/places/{id}");
    eventually("the erasure", || async { town.get(&path).await.1["phone"] == json!({"redacted": true}) }).await;
    // A record changed since its import stays when that is undone; so it is removed by hand, then undone and back.
    assert_eq!(town.post("/undo", json!({"batch": first["batch"]})).await.0, 200);
    let (status, there) = town.get_as_admin(&path).await;
    if status == 200 {
        let tag = format!("\"v{}\"", there["version"]);
        assert_eq!(
            town.admin(Method::DELETE, &path).header("If-Match", tag).send().await.unwrap().status(),
            StatusCode::OK
        );
    }
    for words in ["kind=place&list=halls&key=id", "kind=place&list=halls&key=id&origin=owner"] {
        town.import(words, list).await;
        assert!(!everything(&town.url).await.contains("829990"), "the list brought it back");
    }
    // The history of what is gone is still there for who may see it.
    if town.get_as_admin(&path).await.0 == 404 {
        assert_eq!(town.get_as_admin(&format!("{path}/history")).await.0, 200);
    }
}

/// A line that somebody words may name a person as free text does, by itself or inside a group.
#[tokio::test]
async fn a_line_that_somebody_worded_is_erased_and_its_list_does_not_bring_it_back() {
    let town = Town::empty().await;
    let list = "id,name,category,lat,lon,cost,venue,address\n1,Tea,food,54.6,-3.3,ask Mrs Browne,Barn,c/o Mrs Browne\n";
    let words = "kind=service&list=groups&key=id&map=cost.text%3D6";
    let (_, first) = town.import(words, list).await;
    assert_eq!(first["created"], 1, "{first}");
    let only = async |kind: &str| town.get(&format!("/{kind}")).await.1["items"][0].clone();
    assert_eq!(only("services").await["cost"]["text"], "ask Mrs Browne");
    let erased = json!({"redacted": true});
    for (kind, field) in [("services", "cost.text"), ("places", "address")] {
        let id = only(kind).await["id"].as_str().unwrap().to_owned();
        let done = run(&town.url, &["redact", &id, field]);
        assert!(done.status.success(), "{field}: {}", text(&done.stderr));
    }
    let is_gone =
        || async { only("services").await["cost"]["text"] == erased && only("places").await["address"] == erased };
    eventually("the erasure", is_gone).await;
    assert!(!everything(&town.url).await.contains("Browne"), "a trace is left");
    for changed in [list.to_owned(), list.replace("Mrs Browne", "old Mrs Browne"), list.replace("Tea", "Talk")] {
        let (_, answer) = town.import(words, changed).await;
        assert_eq!(answer["refused"], 0, "{answer}");
        assert!(is_gone().await && !everything(&town.url).await.contains("Browne"), "the list brought it back");
    }
    assert_eq!(findings(&town.url).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_mark_of_an_erased_value_hides_nothing_else() {
    let town = Town::empty().await;
    let sly =
        json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}, "phone": {"redacted": true, "note": "Mrs B"}});
    let (status, refused) = town.post("/places", sly).await;
    assert_eq!((status, problems(&refused)), (422, problem("phone", "wrong_type")));
    let gap = json!({"name": "G", "what": "Befriending", "reason": "none_here", "point": {"lon": -3.3, "lat": 54.6},
        "evidence": {"observed": "Mrs Browne rang twice"}});
    let gap = town.add("gaps", gap).await;
    let id = gap["id"].as_str().unwrap();
    let done = run(&town.url, &["redact", id, "evidence.observed"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(!everything(&town.url).await.contains("Browne"));
    assert_eq!(findings(&town.url).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_place_that_was_shown_approximately_is_so_in_its_history_when_it_is_gone() {
    let town = Town::empty().await;
    let refuge = json!({"name": "Refuge", "point": {"lon": -3.3666, "lat": 54.6613}, "address": "9 Quiet Lane"});
    let refuge = town.add("places", refuge).await;
    let path = format!("/places/{}", refuge["id"].as_str().unwrap());
    let mut hidden = refuge.clone();
    hidden["precision"] = json!("approximate");
    let put = town.admin(Method::PUT, &path).header("If-Match", "\"v1\"").json(&hidden).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);
    let gone = town.admin(Method::DELETE, &path).header("If-Match", "\"v2\"").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::OK);
    let (status, history) = town.get(&format!("{path}/history")).await;
    assert_eq!((status, history["items"].as_array().unwrap().len()), (200, 3));
    assert!(!history.to_string().contains("Quiet Lane") && !history.to_string().contains("3.3666"), "{history}");
    assert!(town.get_as_admin(&format!("{path}/history")).await.1.to_string().contains("Quiet Lane"));
}

#[tokio::test]
async fn a_copy_of_the_data_opens_nobodys_session_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let town = Town::empty().await;
    let link = town.app.admin_link().await.unwrap();
    let signed_in = town.anybody(Method::POST, "/session").json(&json!({"link": link})).send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let all = everything(&town.url).await;
    assert!(all.contains("Sessions") && !all.contains(cookie.split('=').nth(1).unwrap()));
    let backup = town.path("town.backup");
    assert!(run(&town.url, &["backup", &backup.display().to_string()]).status.success());
    for path in [town.url.trim_start_matches("sqlite:"), backup.to_str().unwrap()] {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{path}");
    }
    // A new link ends what the old ones began.
    assert!(run(&town.url, &["user", "reset", "admin"]).status.success());
    eventually("the end of the session", || async {
        let request = town.client.get(format!("{}/api/v1/session", town.address)).header("Cookie", cookie.clone());
        support::read(request.send().await.unwrap()).await.1["role"] == Value::Null
    })
    .await;
}

/// Every row of a store as text.
async fn everything(url: &str) -> String {
    let store = connect(url).await.unwrap();
    let (out, mut coming) = tokio::sync::mpsc::channel(8);
    let gather = async {
        let mut all = String::new();
        while let Some(rows) = coming.recv().await {
            all.push_str(&format!("{rows:?}"));
        }
        all
    };
    let (sent, all) = futures::join!(store.hand_over(out), gather);
    sent.unwrap();
    all
}

#[tokio::test]
async fn what_an_account_lost_it_has_lost_on_every_instance_within_a_second() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let (here, there) = (Town::on(&url).await, Town::on(&url).await);
    let store = connect(&url).await.unwrap();
    let token = commonground::app::accounts::add_token(&*store, Role::Contributor, Some("helper")).await.unwrap();
    let write = |town: &Town, token: &str| {
        let body = json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
        let request = town.anybody(Method::POST, "/places").bearer_auth(token).json(&body);
        async { request.send().await.unwrap().status() }
    };
    for town in [&here, &there] {
        assert_eq!(write(town, &token).await, StatusCode::CREATED);
    }
    assert!(run(&url, &["user", "role", "helper", "visitor"]).status.success());
    for town in [&here, &there] {
        eventually("the smaller role", || async { write(town, &token).await == StatusCode::FORBIDDEN }).await;
    }
    assert!(text(&run(&url, &["token", "list"]).stdout).contains("visitor       helper"));
    assert!(run(&url, &["token", "revoke", "helper"]).status.success());
    for town in [&here, &there] {
        eventually("the end of the token", || async { write(town, &token).await == StatusCode::UNAUTHORIZED }).await;
    }
    for words in
        [&["token", "revoke", "nobody"][..], &["token", "revoke", "admin"], &["user", "role", "admin", "visitor"]]
    {
        assert_eq!(run(&url, words).status.code(), Some(1), "{words:?}");
    }
    // Who signs out here is signed out there.
    let link = here.app.admin_link().await.unwrap();
    let signed_in = here.anybody(Method::POST, "/session").json(&json!({"link": link})).send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let role = |town: &Town| {
        let request = town.client.get(format!("{}/api/v1/session", town.address)).header("Cookie", cookie.clone());
        async { support::read(request.send().await.unwrap()).await.1["role"].clone() }
    };
    assert_eq!(role(&there).await, "admin");
    let out = here.anybody(Method::DELETE, "/session").send().await.unwrap();
    assert_eq!(out.status(), StatusCode::OK);
    eventually("signing out there", || async { role(&there).await == Value::Null }).await;
}

#[tokio::test]
async fn the_public_views_show_what_the_public_api_shows_and_nothing_more() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    cluster.psql("town", "create extension postgis");
    let town = Town::on(&url).await;
    town.app.load_demo(&commonground::app::Caller::command_line()).await.unwrap();
    let refuge = json!({"name": "Refuge", "point": {"lon": -3.3666, "lat": 54.6613}, "home_address": true,
        "address": "1 Quiet Lane", "phone": "01900 829990"});
    let refuge = town.add("places", refuge).await;
    let secret = json!({"name": "Hidden", "point": {"lon": -3.36, "lat": 54.66}, "visibility": "partners"});
    let secret = town.add("places", secret).await;
    let provider = town.get("/organisations?limit=1").await.1["items"][0]["id"].clone();
    let category = town.get("/categories?limit=1").await.1["items"][0]["id"].clone();
    let area = town.get("/areas?limit=1").await.1["items"][0]["id"].clone();
    let service = json!({"name": "Help", "provider": provider, "categories": [category], "service_area": [area],
        "places": [refuge["id"], secret["id"]], "funding": [{"source": "the fund"}]});
    town.add("services", service).await;
    let gap = |view: &str| {
        json!({"name": view, "what": "Befriending", "reason": "none_here", "point": {"lon": -3.3, "lat": 54.6},
            "evidence": {"view": view, "query": "/api/v1/coverage", "observed": "what was heard"}})
    };
    for view in ["public", "partners", "organisation"] {
        town.add("gaps", gap(view)).await;
    }
    let told = "select name from cg_public.gaps where evidence_observed is not null or evidence_query is not null
        or evidence_result is not null or evidence_view is not null or evidence_at is not null order by name";
    assert!(!cluster.psql("town", told).contains("partners") && !cluster.psql("town", told).contains("organisation"));
    assert!(cluster.psql("town", told).contains("public"));
    for plural in ["organisations", "places", "services", "resources", "areas", "gaps", "categories"] {
        let public = town.get(&format!("/{plural}?format=geojson&limit=1000")).await.1;
        let shown = public["features"].as_array().unwrap();
        assert!(!shown.is_empty(), "{plural}");
        let view = format!("select coalesce(json_agg(v), '[]') from cg_public.{plural} v");
        let rows: Vec<Value> = serde_json::from_str(&cluster.psql("town", &view)).unwrap();
        let rows: BTreeMap<&str, &Value> = rows.iter().map(|r| (r["id"].as_str().unwrap(), r)).collect();
        assert_eq!(rows.len(), shown.len(), "{plural}");
        for feature in shown {
            let (body, row) = (&feature["properties"], rows[feature["id"].as_str().unwrap()]);
            for field in ["name", "description", "address", "postcode", "phone", "email", "status", "type"] {
                assert_eq!(row.get(field).unwrap_or(&Value::Null), body.get(field).unwrap_or(&Value::Null), "{body}");
            }
            assert!(row.get("funding").is_none());
            for (role, ids) in body["links"].as_object().unwrap() {
                let mut ids = ids.as_array().unwrap().clone();
                ids.sort_by_key(ToString::to_string);
                assert_eq!(row[format!("{role}_ids")], json!(ids), "{role} of {body}");
            }
            let linked: Vec<&String> = row.as_object().unwrap().keys().filter(|k| k.ends_with("_ids")).collect();
            for column in linked.iter().filter(|c| !row[c.as_str()].is_null()) {
                assert!(body["links"].get(column.trim_end_matches("_ids")).is_some(), "{column} of {body}");
            }
            if feature["geometry"]["type"] == "Point" {
                let at: Vec<f64> = serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
                assert!((row["lon"].as_f64().unwrap() - at[0]).abs() < 1e-9, "{row} {at:?}");
                assert!((row["lat"].as_f64().unwrap() - at[1]).abs() < 1e-9, "{row} {at:?}");
                assert_eq!(row["geom"]["coordinates"][0], row["lon"]);
            }
        }
        let full = cluster.psql("town", &format!("select count(*) from cg_full.{plural}"));
        let all = town.get_as_admin(&format!("/{plural}?limit=1")).await.1["total"].to_string();
        assert_eq!(full, all, "{plural}");
    }
    assert_eq!(cluster.psql("town", "select address from cg_full.places where name = 'Refuge'"), "1 Quiet Lane");

    // Whoever is granted the public views sees them and nothing else.
    cluster.psql(
        "town",
        "create role reader login; grant usage on schema cg_public to reader;
        grant select on all tables in schema cg_public to reader",
    );
    assert!(cluster.try_psql("town", "reader", "select count(*) from cg_public.places").0);
    for hidden in ["cg_full.places", "record", "change", "account", "secret", "session"] {
        let (ok, said) = cluster.try_psql("town", "reader", &format!("select count(*) from {hidden}"));
        assert!(!ok && said.contains("permission denied"), "{hidden}: {said}");
    }
    // Not even a function of their own, run on every row, tells what the view leaves out.
    let leak = "create function pg_temp.leak(t text) returns bool language plpgsql cost 0.0000001 as
        $$ begin raise notice 'LEAK %', t; return true; end $$; select name from cg_public.places where pg_temp.leak(name)";
    let (_, said) = cluster.try_psql("town", "reader", leak);
    assert!(said.contains("LEAK Refuge") && !said.contains("LEAK Hidden"), "{said}");
    // GDAL opens them as layers with geometry.
    let source = format!("PG:host=127.0.0.1 port={} user=reader dbname=town schemas=cg_public", cluster.port);
    let info = Command::new("ogrinfo").args(["-ro", "-al", "-so", &source]).output();
    let info = text(&info.expect("GDAL is missing: sudo apt-get install gdal-bin").stdout);
    for layer in ["places", "services", "areas", "gaps", "resources", "organisations", "categories"] {
        assert!(info.contains(&format!("Layer name: {layer}")), "{info}");
    }
    assert!(info.contains("Geometry Column 1 = geom") || info.contains("Geometry Column = geom"), "{info}");
    assert!(info.contains("capacity_per_week: Real") && info.contains("eligibility_min_age: Integer64"), "{info}");
    // A second start changes nothing; without PostGIS the views have lon and lat.
    Town::on(&url).await;
    let plain = cluster.database("plain");
    Town::on(&plain).await;
    assert_eq!(cluster.psql("plain", "select count(lon) from cg_public.places"), "0");
}

#[tokio::test]
async fn history_is_in_order_of_its_numbers_when_the_clock_jumps_back() {
    let town = Town::empty().await;
    let hall = town.add("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
    let id = hall["id"].as_str().unwrap().parse().unwrap();
    // Written while the clock was ten years ahead.
    let store = connect(&town.url).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let present = tx.present(&[id]).await.unwrap().pop().unwrap();
    let at = "2036-01-01T00:00:00Z".parse().unwrap();
    let stamp =
        Stamp { by: commonground::app::accounts::COMMAND_LINE, at, why: None, batch: commonground::clock::new_id() };
    let mut body = present.body.clone().unwrap();
    body.insert("name".into(), json!("Hall of the future"));
    let mut change = apply::updated(Op::Update, &present, body, &stamp);
    change.seq = tx.head().seq + 1;
    change.id = commonground::clock::new_id();
    tx.append(&[change]).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/places/{id}");
    eventually("the write of the future", || async { town.get(&path).await.1["version"] == 2 }).await;
    let (_, mut now) = town.get_as_admin(&path).await;
    now["name"] = json!("Hall of today");
    let put = town.admin(Method::PUT, &path).header("If-Match", "\"v2\"").json(&now).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);
    let (_, history) = town.get_as_admin(&format!("{path}/history")).await;
    let versions: Vec<u64> =
        history["items"].as_array().unwrap().iter().map(|c| c["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(town.get(&path).await.1["name"], "Hall of today");
    assert_eq!(findings(&town.url).await, Vec::<String>::new());
}

/// A disk of eight megabytes of its own, with a server on it: full, then freed.
#[test]
fn a_full_disk_refuses_writes_loses_nothing_and_heals_when_there_is_room() {
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let script = "mount -t tmpfs -o size=8m tmpfs \"$1\" && head -c 2000000 /dev/zero > \"$1/ballast\" && \
                  \"$2\" token add --role admin --data \"sqlite:$1/town.db\" > \"$1/../token\" && \
                  exec \"$2\" serve --listen 127.0.0.1:0 --data \"sqlite:$1/town.db\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(&disk).arg(env!("CARGO_BIN_EXE_commonground")).env_remove("COMMONGROUND_CONFIG");
    let server = Server::of(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let token = std::fs::read_to_string(folder.path().join("token")).unwrap().trim().to_owned();
    // The server's own root shows the disk that only it has.
    let inside = format!("/proc/{}/root{}", server.child.id(), disk.display());
    support::program::runtime().block_on(async {
        let client = reqwest::Client::new();
        let places = format!("{}/api/v1/places", server.address);
        let mut acknowledged = HashSet::new();
        let mut refused = 0;
        while refused < 3 {
            let body = json!({"name": "Hall", "description": "x".repeat(4_000), "point": {"lon": -3.3, "lat": 54.6}});
            let answer = client.post(&places).bearer_auth(&token).json(&body).send().await.unwrap();
            match answer.status() {
                StatusCode::CREATED => {
                    acknowledged.insert(answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned());
                }
                status => {
                    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
                    assert!(answer.headers().contains_key("retry-after"));
                    refused += 1;
                }
            }
            assert!(acknowledged.len() < 5_000, "the disk never filled");
        }
        println!("{} acknowledged before the disk was full", acknowledged.len());
        assert_eq!(
            support::program::get(&server.address, "/places?limit=1").await["total"],
            acknowledged.len(),
            "reads go on"
        );
        std::fs::remove_file(format!("{inside}/ballast")).unwrap();
        let body = json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
        eventually("a write with room", || {
            let request = client.post(&places).bearer_auth(&token).json(&body);
            async { request.send().await.unwrap().status() == StatusCode::CREATED }
        })
        .await;
        assert_eq!(support::program::get(&server.address, "/places?limit=1").await["total"], acknowledged.len() + 1);
    });
    let kept = folder.path().join("kept.db");
    server.signal("-KILL");
    for ending in ["", "-wal"] {
        let from = format!("{inside}/town.db{ending}");
        let _ = std::fs::copy(from, format!("{}{ending}", kept.display()));
    }
    let checked = run(&format!("sqlite:{}", kept.display()), &["check"]);
    assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
}

#[test]
fn a_damaged_page_is_told_and_not_served() {
    let folder = TempDir::new().unwrap();
    let data = file(&folder, "town.db");
    assert!(run(&file(&folder, "first.db"), &["demo"]).status.success());
    let path = folder.path().join("town.db");
    // A backup is one file: nothing of it waits beside it.
    assert!(run(&file(&folder, "first.db"), &["backup", &path.display().to_string()]).status.success());
    let mut bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() > 400_000, "the log is in the file itself");
    // A quarter of the pages, from the middle on.
    let (from, to) = (bytes.len() / 2 / 4096 * 4096, bytes.len() * 3 / 4 / 4096 * 4096);
    bytes[from..to].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    for words in [&["check"][..], &["serve", "--listen", "127.0.0.1:0"], &["backup", "out.db"]] {
        let said = support::program::program(&data, words).current_dir(folder.path()).output().unwrap();
        assert_eq!(said.status.code(), Some(1), "{words:?}: {}", text(&said.stdout));
        assert!(text(&said.stderr).contains("malformed"), "{words:?}: {}", text(&said.stderr));
        assert!(text(&said.stderr).contains("restore"), "{words:?} says what to do: {}", text(&said.stderr));
    }
    assert!(!folder.path().join("out.db").exists(), "no backup is better than half of one");
}

#[test]
fn codes_and_links_of_the_old_log_are_read_as_they_were_meant() {
    let log = support::log::read("v1.ndjson");
    let area = log.iter().find(|c| c.after.as_deref().is_some_and(|t| t.contains("\"Beckside\""))).unwrap();
    let body = stored(area.after.as_deref().unwrap());
    assert_eq!(code_of(area.kind.unwrap(), &body).as_deref(), Some("neighbourhood/N1"));
    assert_eq!(links_of(&body, "parent").count(), 1);
}
