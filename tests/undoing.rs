//! Large undos: whoever cuts one off, stops it or comes in between, it can be gone on with and is one batch in the end.

mod support;

use commonground::app::{App, Caller, connect};
use commonground::change::{Change, Op};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::process::Stdio;
use support::cluster::Cluster;
use support::program::{Server, file, folder, program, run, signal, text};
use support::{Town, eventually, findings};

/// A list of so many halls.
fn halls(many: usize) -> String {
    let row = |i: usize| format!("Hall {i},54.{},-3.3,H{i}\n", 5000 + i);
    "name,lat,lon,ref\n".to_owned() + &(0..many).map(row).collect::<String>()
}

const MANY: usize = 1_500;

/// The changes that undos made since.
async fn undos(app: &App, after: u64) -> Vec<Change> {
    let changes = app.changes(after, 100_000).await.unwrap().1;
    changes.into_iter().filter(|change| change.op == Op::Undo).collect()
}

fn batches(changes: &[Change]) -> HashSet<String> {
    changes.iter().map(|change| change.batch.to_string()).collect()
}

/// Brings the halls in and begins to take them back; answers the batch, and the request that is on its way.
async fn begun(town: &Town) -> (String, tokio::task::JoinHandle<(u16, Value)>) {
    let (_, imported) = town.import("kind=place&list=halls&key=ref", halls(MANY)).await;
    assert_eq!(imported["created"], MANY, "{imported}");
    let before = town.app.revision();
    let batch = imported["batch"].as_str().unwrap().to_owned();
    let request = town.admin(Method::POST, "/undo").json(&json!({"batch": batch}));
    let undoing = tokio::spawn(async move { support::read(request.send().await.unwrap()).await });
    eventually("its first chunk", || std::future::ready(town.app.revision() > before)).await;
    (batch, undoing)
}

#[tokio::test]
async fn of_what_is_many_the_first_thousand_and_the_number_are_told() {
    let town = Town::empty().await;
    let (batch, undoing) = begun(&town).await;
    let (status, undone) = undoing.await.unwrap();
    assert_eq!((status, undone["reverted"].as_array().unwrap().len()), (200, 1_000));
    assert_eq!(undone["totals"], json!({"reverted": MANY, "kept": 0}));
    assert_eq!((&undone["more"], &undone["stopped"]), (&json!(true), &json!(false)));
    let (_, again) = town.post("/undo", json!({"batch": batch})).await;
    assert_eq!((&again["totals"], &again["more"]), (&json!({"reverted": 0, "kept": 0}), &json!(false)));
    // The same file brings them back.
    let (_, back) = town.import("kind=place&list=halls&key=ref", halls(MANY)).await;
    assert_eq!(back["created"], MANY, "{back}");
}

#[tokio::test]
async fn an_undo_is_stopped_between_its_chunks_also_by_another_instance_and_gone_on_with() {
    let cluster = Cluster::start();
    for url in [None, Some(cluster.database("town"))] {
        let town = if let Some(url) = &url { Town::on(url).await } else { Town::empty().await };
        let other = Town::on(&town.url).await;
        let before = town.app.revision();
        let (batch, undoing) = begun(&town).await;
        let (status, stopping) = other.post("/undo", json!({"batch": batch, "stop": true})).await;
        assert_eq!((status, &stopping["stopped"]), (200, &json!(true)), "{stopping}");
        let (_, stopped) = undoing.await.unwrap();
        assert_eq!((&stopped["stopped"], &stopped["batch"]), (&json!(true), &stopping["batch"]), "{stopped}");
        let done = stopped["totals"]["reverted"].as_u64().unwrap();
        assert!(done > 0 && done < MANY as u64, "{stopped}");
        assert_eq!(undos(&town.app, before).await.len() as u64, done, "what was done is told, and stays");
        // It goes on as the batch it was, and is taken back as one.
        let (_, rest) = town.post("/undo", json!({"batch": batch})).await;
        assert_eq!((&rest["stopped"], &rest["batch"]), (&json!(false), &stopped["batch"]), "{rest}");
        assert_eq!(rest["totals"]["reverted"], MANY as u64 - done);
        assert_eq!(town.get("/places").await.1["total"], 0);
        let (_, back) = town.post("/undo", json!({"batch": rest["batch"]})).await;
        assert_eq!(back["totals"], json!({"reverted": MANY, "kept": 0}));
        assert_eq!(town.get("/places").await.1["total"], MANY);
        assert_eq!(findings(&town.url).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_was_stopped_and_taken_back_in_turn_begins_as_another_batch() {
    let town = Town::empty().await;
    let (batch, undoing) = begun(&town).await;
    town.post("/undo", json!({"batch": batch, "stop": true})).await;
    let (_, stopped) = undoing.await.unwrap();
    let (_, back) = town.post("/undo", json!({"batch": stopped["batch"]})).await;
    assert_eq!(back["totals"]["reverted"], stopped["totals"]["reverted"]);
    assert_eq!(town.get("/places").await.1["total"], MANY);
    let (_, anew) = town.post("/undo", json!({"batch": batch})).await;
    // What went and came back was touched since.
    let done = stopped["totals"]["reverted"].as_u64().unwrap();
    assert_eq!(anew["totals"], json!({"reverted": MANY as u64 - done, "kept": done}));
    assert_ne!(anew["batch"], stopped["batch"]);
}

#[tokio::test]
async fn only_an_undo_that_is_under_way_can_be_stopped_and_only_by_who_may_undo() {
    let town = Town::empty().await;
    let hall = json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
    town.add("places", hall).await;
    let change = town.app.changes(0, 100).await.unwrap().1.pop().unwrap();
    let stop = |body: Value| town.post("/undo", body);
    let (status, answer) = stop(json!({"batch": change.batch, "stop": true})).await;
    assert_eq!((status, support::problems(&answer)), (422, support::problem("batch", "not_found")));
    let (status, answer) = stop(json!({"change": change.id, "stop": true})).await;
    assert_eq!((status, support::problems(&answer)), (422, support::problem("stop", "not_allowed")));
    let token = town.token(commonground::auth::Role::Contributor).await;
    let request = town.anybody(Method::POST, "/undo").bearer_auth(token);
    let answer = request.json(&json!({"batch": change.batch, "stop": true})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(town.get("/places").await.1["total"], 1, "nothing was taken back");
}

#[tokio::test]
async fn a_venue_that_later_rows_add_to_goes_with_the_rows_that_made_it() {
    let town = Town::empty().await;
    let rows = "ref,name,category,venue,address,lat,lon,phone\n\
        1,Tea,food,Long Barn,,54.66,-3.36,\n2,Talk,food,Long Barn,Mill Lane,54.66,-3.36,\n";
    let (_, imported) = town.import("kind=service&list=groups&key=ref", rows).await;
    assert_eq!(imported["created"], 2, "{imported}");
    let (_, undone) = town.post("/undo", json!({"batch": imported["batch"]})).await;
    assert_eq!(undone["kept"], json!([]), "{undone}");
    for kind in ["services", "places", "organisations", "categories"] {
        assert_eq!(town.get(&format!("/{kind}")).await.1["total"], 0, "{kind}");
    }
}

/// What somebody writes meanwhile on a record that had its turn is theirs, and no reason to keep anything.
#[tokio::test]
async fn who_edits_between_two_chunks_keeps_nothing_from_going_back() {
    let town = Town::empty().await;
    town.import("kind=place&list=halls&key=ref", halls(MANY)).await;
    let changed = halls(MANY).replace("Hall ", "Old Hall ");
    let (_, imported) = town.import("kind=place&list=halls&key=ref", changed).await;
    assert_eq!(imported["updated"], MANY, "{imported}");
    let before = town.app.revision();
    let batch = json!({"batch": imported["batch"]});
    let caller = Caller::command_line();
    let undo = town.app.undo(imported["batch"].as_str().unwrap().parse().unwrap(), &caller);
    tokio::select! {
        biased;
        () = eventually("its first chunk", || std::future::ready(town.app.revision() > before)) => {}
        _ = undo => panic!("it was done before it could be cut off"),
    }
    let id = undos(&town.app, before).await[0].record.unwrap();
    let mut hall = town.get(&format!("/places/{id}")).await.1;
    hall["phone"] = json!("01632 960001");
    let put = town.admin(Method::PUT, &format!("/places/{id}")).header("If-Match", "\"v3\"").json(&hall);
    assert_eq!(put.send().await.unwrap().status(), 200);
    let (_, rest) = town.post("/undo", batch).await;
    assert_eq!(rest["kept"], json!([]), "{rest}");
    let (_, now) = town.get(&format!("/places/{id}")).await;
    assert!(now["phone"] == "01632 960001" && !now["name"].as_str().unwrap().starts_with("Old"), "{now}");
}

/// Begins an undo in a program of its own, takes the order when its first chunk is done, and kills it while the second
/// one waits.
async fn killed_in_its_second_chunk(data: &str, list: &str) {
    let imported = run(data, &["import", list, "--kind", "place", "--key", "ref", "--json"]);
    let imported: Value = serde_json::from_slice(&imported.stdout).unwrap();
    let batch = imported["batch"].as_str().unwrap().to_owned();
    let token = text(&run(data, &["token", "add", "--role", "admin"]).stdout).trim().to_owned();
    let store = connect(data).await.unwrap();
    let before = store.head().await.unwrap().seq;
    let ask = |server: &Server| -> RequestBuilder {
        Client::new().post(format!("{}/api/v1/undo", server.address)).bearer_auth(&token).json(&json!({"batch": batch}))
    };
    {
        let mut server = Server::again(data);
        let undoing = tokio::spawn(ask(&server).send());
        while store.head().await.unwrap().seq == before {
            tokio::task::yield_now().await;
        }
        let held = store.begin().await.unwrap();
        assert!(held.head().seq < before + MANY as u64, "it was done before it could be killed");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        assert!(undoing.await.unwrap().is_err());
    }
    let server = Server::again(data);
    let undone = support::read(ask(&server).send().await.unwrap()).await;
    assert_eq!(undone.0, 200, "{}", undone.1);
    let app = App::open(data, jiff::tz::TimeZone::UTC).await.unwrap();
    let changes = undos(&app, before).await;
    let records: HashSet<_> = changes.iter().map(|change| change.record).collect();
    assert_eq!((changes.len(), records.len()), (MANY, MANY), "each is taken back, and none twice");
    assert_eq!(batches(&changes), HashSet::from([undone.1["batch"].as_str().unwrap().to_owned()]));
    assert!(undone.1["totals"]["reverted"].as_u64().unwrap() < MANY as u64, "it went on where it was");
    assert_eq!(findings(data).await, Vec::<String>::new());
    // The list may bring again what went before the kill and after it.
    let again = run(data, &["import", list, "--kind", "place", "--key", "ref", "--json"]);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["created"], MANY, "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_midst_it_goes_on_where_it_was_on_sqlite() {
    let (folder, data) = folder();
    let list = file(&folder, "halls.csv", &halls(MANY));
    killed_in_its_second_chunk(&data, list.to_str().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_midst_it_goes_on_where_it_was_on_postgres() {
    let (cluster, folder) = (Cluster::start(), folder().0);
    let list = file(&folder, "halls.csv", &halls(MANY));
    killed_in_its_second_chunk(&cluster.database("town"), list.to_str().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_in_the_midst_cuts_it_off_and_it_goes_on() {
    let cluster = Cluster::start();
    let town = Town::on(&cluster.database("town")).await;
    let before = town.app.revision();
    let (batch, undoing) = begun(&town).await;
    cluster.down();
    let (status, _) = undoing.await.unwrap();
    assert_eq!(status, 503);
    cluster.up();
    let again = || async { town.post("/undo", json!({"batch": batch})).await.0 == 200 };
    eventually("its going on", again).await;
    let changes = undos(&town.app, before).await;
    assert_eq!((changes.len(), batches(&changes).len()), (MANY, 1));
    assert_eq!(town.get("/places").await.1["total"], 0);
    assert_eq!(findings(&town.url).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_end_stops_after_its_chunk_and_says_so() {
    let (folder, data) = folder();
    let list = file(&folder, "halls.csv", &halls(MANY));
    let imported = run(&data, &["import", list.to_str().unwrap(), "--kind", "place", "--key", "ref", "--json"]);
    let imported: Value = serde_json::from_slice(&imported.stdout).unwrap();
    let token = text(&run(&data, &["token", "add", "--role", "admin"]).stdout).trim().to_owned();
    let store = connect(&data).await.unwrap();
    let before = store.head().await.unwrap().seq;
    let mut server = Server::again(&data);
    let request = Client::new().post(format!("{}/api/v1/undo", server.address)).bearer_auth(token);
    let undoing = tokio::spawn(request.json(&json!({"batch": imported["batch"]})).send());
    while store.head().await.unwrap().seq == before {
        tokio::task::yield_now().await;
    }
    server.signal("-TERM");
    let (status, stopped) = support::read(undoing.await.unwrap().unwrap()).await;
    assert_eq!((status, &stopped["stopped"]), (200, &json!(true)), "{stopped}");
    assert!(server.child.wait().unwrap().success());
    let left = run(&data, &["undo", imported["batch"].as_str().unwrap(), "--json"]);
    let left: Value = serde_json::from_slice(&left.stdout).unwrap();
    let sum = |answer: &Value| answer["totals"]["reverted"].as_u64().unwrap();
    assert_eq!((sum(&stopped) + sum(&left), &left["batch"]), (MANY as u64, &stopped["batch"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_is_stopped_by_ctrl_c_and_gone_on_with() {
    let (folder, data) = folder();
    let list = file(&folder, "halls.csv", &halls(MANY));
    let imported = run(&data, &["import", list.to_str().unwrap(), "--kind", "place", "--key", "ref", "--json"]);
    let imported: Value = serde_json::from_slice(&imported.stdout).unwrap();
    let batch = imported["batch"].as_str().unwrap();
    let store = connect(&data).await.unwrap();
    let before = store.head().await.unwrap().seq;
    let mut command = program(&data, &["undo", batch]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while store.head().await.unwrap().seq == before {
        tokio::task::yield_now().await;
    }
    signal(&child, "-INT");
    let stopped = child.wait_with_output().unwrap();
    let said = text(&stopped.stdout);
    assert_eq!(stopped.status.code(), Some(2), "{said}");
    let on = format!("To go on with it: commonground undo {batch}");
    assert!(said.contains("records went back") && said.contains(&on) && said.contains("To take that back"), "{said}");
    let rest = run(&data, &["undo", batch]);
    assert!(rest.status.success(), "{}", text(&rest.stdout));
    let batch_of = |said: &str| said.trim().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(batch_of(&text(&rest.stdout)), batch_of(&said), "as the batch it was");
    assert_eq!(text(&run(&data, &["check"]).stdout).matches("Nothing to say").count(), 1);
}
