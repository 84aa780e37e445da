//! The event stream: what the public hears when something changes; and what must never be heard.

mod support;

use commonground::atlas::Viewer;
use commonground::http::{Limits, Setup};
use commonground::model::Kind;
use reqwest::Method;
use reqwest::header::{ACCEPT, IF_MATCH};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use support::eventually;
use support::{Ground, Town, problems, read};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Somebody who listens.
struct Ear {
    response: reqwest::Response,
    heard: String,
    /// The id that a browser would come back with.
    last: String,
}

/// One event.
#[derive(Debug)]
struct Heard {
    event: String,
    data: Value,
}

impl Ear {
    async fn open(town: &Town, path: &str, last: Option<&str>) -> Self {
        let request = town.anybody(Method::GET, path).header(ACCEPT, "text/event-stream");
        let request = match last {
            Some(last) => request.header("last-event-id", last),
            None => request,
        };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(response.headers().get("content-encoding").is_none());
        let mut ear = Self { response, heard: String::new(), last: String::new() };
        assert!(ear.block().await.unwrap().starts_with(": listening"));
        ear
    }

    /// What is sent between two empty lines; none when the stream ended.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.heard.split_once("\n\n") {
                let block = block.to_owned();
                self.heard = rest.to_owned();
                if let Some(id) = block.lines().find_map(|line| line.strip_prefix("id: ")) {
                    self.last = id.to_owned();
                }
                return Some(block);
            }
            let piece = tokio::time::timeout(Duration::from_secs(10), self.response.chunk());
            let piece = piece.await.expect("nothing was heard").ok().flatten()?;
            self.heard.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    async fn next(&mut self) -> Heard {
        loop {
            let block = self.block().await.expect("the stream ended");
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if let (Some(event), Some(data)) = (field("event: "), field("data: ")) {
                return Heard { event: event.to_owned(), data: serde_json::from_str(data).unwrap() };
            }
        }
    }

    /// The next changes, up to and with the record of this name.
    async fn until(&mut self, name: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let heard = self.next().await;
            assert_eq!(heard.event, "change", "{heard:?}");
            all.push(heard.data.clone());
            if heard.data["record"]["name"] == name {
                return all;
            }
        }
    }
}

fn place(name: &str) -> Value {
    json!({"name": name, "point": {"lon": -3.3, "lat": 54.6}})
}

/// Writes a record as read, with some fields changed.
async fn change(town: &Town, plural: &str, id: &Value, fields: Value) -> Value {
    let path = format!("/{plural}/{}", id.as_str().unwrap());
    let (_, mut body) = town.get_as_admin(&path).await;
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    let version = format!("\"v{}\"", body["version"]);
    let (status, body) =
        read(town.admin(Method::PUT, &path).header(IF_MATCH, version).json(&body).send().await.unwrap()).await;
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn what_is_added_changed_and_removed_is_heard_as_it_happens() {
    let town = Town::empty().await;
    let mut ear = Ear::open(&town, "/changes", None).await;
    let hall = town.add("places", place("Hall")).await;
    let added = ear.next().await;
    assert_eq!(added.event, "change");
    let told = |heard: &Heard| (heard.data["op"].clone(), heard.data["id"].clone(), heard.data["version"].clone());
    assert_eq!(told(&added), (json!("added"), hall["id"].clone(), json!(1)));
    let (_, shown) = town.get(&format!("/places/{}", hall["id"].as_str().unwrap())).await;
    assert_eq!((&added.data["record"], &added.data["kind"]), (&shown, &json!("place")), "as anybody reads it");
    assert_eq!(added.data["points"], json!([{"lon": -3.3, "lat": 54.6}]));
    change(&town, "places", &hall["id"], json!({"name": "Village hall"})).await;
    let changed = ear.next().await;
    assert_eq!(told(&changed), (json!("changed"), hall["id"].clone(), json!(2)));
    let path = format!("/places/{}", hall["id"].as_str().unwrap());
    town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v2\"").send().await.unwrap();
    let gone = ear.next().await;
    assert_eq!(told(&gone), (json!("gone"), hall["id"].clone(), json!(2)));
    assert_eq!((&gone.data["record"], &gone.data["points"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn what_the_public_does_not_see_is_never_heard_whoever_listens() {
    let town = Town::empty().await;
    let mut ear = Ear::open(&town, "/changes", None).await;
    let mut quiet = place("Quiet hall");
    quiet["visibility"] = json!("partners");
    let quiet = town.add("places", quiet).await;
    change(&town, "places", &quiet["id"], json!({"name": "Quieter hall"})).await;
    let path = format!("/places/{}", quiet["id"].as_str().unwrap());
    town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v2\"").send().await.unwrap();
    town.add("places", place("Marker")).await;
    let heard = ear.until("Marker").await;
    assert_eq!(heard.len(), 1, "{heard:?}");
    // Nor by an admin, nor by who comes back: this stream is the public's.
    let request = town.admin(Method::GET, "/changes?after=1").header(ACCEPT, "text/event-stream");
    let mut ear = Ear { response: request.send().await.unwrap(), heard: String::new(), last: String::new() };
    let heard = ear.until("Marker").await;
    assert_eq!(heard.len(), 1, "{heard:?}");
    let wrong = town.anybody(Method::GET, "/changes").header(ACCEPT, "text/event-stream").bearer_auth("nonsense");
    assert_eq!(wrong.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_place_that_becomes_approximate_or_hidden_takes_what_is_said_of_its_services_along() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let safe = json!({"name": "Safe house", "point": {"lon": -3.35112, "lat": 54.65934}, "address": "7 Hidden Lane"});
    let safe = town.add("places", safe).await;
    let service = json!({"name": "Support", "provider": ground.provider, "categories": [ground.category],
        "places": [safe["id"]]});
    let service = town.add("services", service).await;
    let before = town.app.revision();
    let mut ear = Ear::open(&town, "/changes", None).await;
    let by_id = |heard: Vec<Value>| -> (Value, Value) {
        let find = |id: &Value| heard.iter().find(|h| h["id"] == *id).cloned().unwrap_or_default();
        (find(&safe["id"]), find(&service["id"]))
    };
    change(&town, "places", &safe["id"], json!({"precision": "approximate"})).await;
    let (place, held) = by_id(vec![ear.next().await.data, ear.next().await.data]);
    assert_eq!((&place["op"], &held["op"]), (&json!("changed"), &json!("changed")));
    assert_eq!(place["points"], held["points"], "the service is shown where the place is: at the cell's centre");
    for told in [&place, &held] {
        let text = told.to_string();
        assert!(!text.contains("Hidden Lane") && !text.contains("-3.35112") && !text.contains("54.65934"), "{text}");
    }
    change(&town, "places", &safe["id"], json!({"visibility": "organisation"})).await;
    let (place, held) = by_id(vec![ear.next().await.data, ear.next().await.data]);
    assert_eq!((&place["op"], &held["op"]), (&json!("gone"), &json!("changed")));
    assert!(held["record"]["links"].get("places").is_none() && held["points"] == json!([]), "{held}");
    // Who was away meanwhile hears the same: what is gone, and what is said of the service today.
    let mut late = Ear::open(&town, &format!("/changes?after={before}"), None).await;
    let (place, held) = by_id(vec![late.next().await.data, late.next().await.data]);
    assert_eq!((&place["op"], &held["op"]), (&json!("gone"), &json!("changed")));
    change(&town, "places", &safe["id"], json!({"visibility": "public"})).await;
    let (place, held) = by_id(vec![ear.next().await.data, ear.next().await.data]);
    assert_eq!((&place["op"], &held["op"]), (&json!("added"), &json!("changed")));
    assert!(!place.to_string().contains("-3.35112"));
}

#[tokio::test]
async fn a_hidden_organisation_is_no_longer_named_as_the_owner_of_anything() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let service = json!({"name": "Lunch", "provider": ground.provider, "categories": [ground.category], "places": [ground.place]});
    let service = town.add("services", service).await;
    let mut ear = Ear::open(&town, "/changes", None).await;
    change(&town, "organisations", &json!(ground.provider), json!({"visibility": "partners"})).await;
    let heard = [ear.next().await.data, ear.next().await.data];
    let of = |id: &Value| heard.iter().find(|h| h["id"] == *id).unwrap();
    assert_eq!(of(&json!(ground.provider))["op"], "gone");
    assert_eq!(of(&service["id"])["op"], "changed");
    assert!(!of(&service["id"])["record"].to_string().contains(&ground.provider));
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed_as_the_public_sees_it_today() {
    let town = Town::empty().await;
    let mut ear = Ear::open(&town, "/changes", None).await;
    let (stays, goes) = (town.add("places", place("Stays")).await, town.add("places", place("Goes")).await);
    ear.until("Goes").await;
    // The id moves on with the batch's last word.
    let last = format!("{}", town.app.revision());
    while ear.last != last {
        ear.block().await.unwrap();
    }
    drop(ear);
    change(&town, "places", &stays["id"], json!({"name": "Stays on"})).await;
    change(&town, "places", &goes["id"], json!({"visibility": "partners"})).await;
    let passing = town.add("places", place("Passing")).await;
    change(&town, "places", &passing["id"], json!({"visibility": "partners"})).await;
    town.add("places", place("New")).await;
    let mut ear = Ear::open(&town, "/changes?after=0", Some(&last)).await;
    let heard = ear.until("New").await;
    let ops: Vec<(&str, &Value)> = heard.iter().map(|h| (h["op"].as_str().unwrap(), &h["id"])).collect();
    assert_eq!(ops[..2], [("changed", &stays["id"]), ("gone", &goes["id"])], "the header is newer than the address");
    assert_eq!((ops[2], ops[3].0), (("gone", &passing["id"]), "added"), "what came and went may have been heard");
    assert_eq!(heard[0]["record"]["name"], "Stays on");
    let again = town.add("places", place("And on")).await;
    assert_eq!(ear.until("And on").await[0]["id"], again["id"], "and it goes on with what comes");
}

#[tokio::test]
async fn an_id_that_is_too_old_or_from_the_future_means_reading_again() {
    let town = Town::empty().await;
    let mut ear = Ear::open(&town, "/changes", Some("999999")).await;
    assert_eq!(ear.next().await.event, "reset");
    let rows: String = (0..1200).map(|i| format!("Hall {i},54.6,-3.{i:04}\n")).collect();
    let (status, answer) = town.import("kind=place&list=halls", format!("name,lat,lon\n{rows}")).await;
    assert_eq!((status, &answer["created"]), (200, &json!(1200)));
    let mut ear = Ear::open(&town, "/changes?after=1", None).await;
    let reset = ear.next().await;
    assert_eq!((reset.event.as_str(), &reset.data["seq"]), ("reset", &json!(town.app.revision())));
    town.add("places", place("After")).await;
    assert_eq!(ear.until("After").await.len(), 1, "it goes on from there");
    for (path, last, status, field) in [
        ("/changes", "yesterday", 400, "Last-Event-ID"),
        ("/changes?after=soon", "", 422, "after"),
        ("/changes?limit=1", "", 422, "limit"),
    ] {
        let request = town.anybody(Method::GET, path).header(ACCEPT, "text/event-stream").header("last-event-id", last);
        let (is, answer) = read(request.send().await.unwrap()).await;
        assert_eq!((is, problems(&answer)[0].0.as_str()), (status, field), "{answer}");
    }
}

#[tokio::test]
async fn a_list_is_heard_once_a_chunk_and_a_long_one_as_many() {
    let town = Town::empty().await;
    let rows = |n: usize| (0..n).map(|i| format!("Hall {i},54.6,-3.{i:04}\n")).collect::<String>();
    let mut ear = Ear::open(&town, "/changes", None).await;
    town.import("kind=place&list=some", format!("name,lat,lon\n{}", rows(20))).await;
    for _ in 0..20 {
        assert_eq!(ear.next().await.data["op"], "added");
    }
    // Rows of services bring their places and providers: more than a thousand records a chunk.
    let ground = town.ground().await;
    let rows: String = (0..1500).map(|i| format!("Group {i},54.6,-3.{i:04},Provider {i},befriending\n")).collect();
    let header = "name,lat,lon,provider,category\n";
    while ear.next().await.data["id"] != json!(ground.place) {}
    let (_, answer) = town.import("kind=service&list=groups", format!("{header}{rows}")).await;
    assert_eq!(answer["created"], 1500, "{answer}");
    let revision = town.app.revision();
    let mut many = 0;
    loop {
        let heard = ear.next().await;
        many += u32::from(heard.event == "many");
        if heard.data["seq"] == json!(revision) {
            break;
        }
    }
    assert!(many >= 1, "three thousand records are not told one by one");
}

#[tokio::test]
async fn the_plain_answer_of_changes_stays_what_it_was() {
    let town = Town::empty().await;
    town.add("places", place("Hall")).await;
    for accept in ["application/json", "*/*", "text/html"] {
        let (status, answer) =
            read(town.anybody(Method::GET, "/changes").header(ACCEPT, accept).send().await.unwrap()).await;
        assert_eq!((status, answer["items"].as_array().map(Vec::len)), (200, Some(1)), "{accept}");
    }
    let several = town.anybody(Method::GET, "/changes").header(ACCEPT, "application/json, text/event-stream;q=0.5");
    assert_eq!(several.send().await.unwrap().headers()["content-type"], "text/event-stream");
}

#[tokio::test]
async fn so_many_may_listen_and_no_more() {
    let limits = Limits { listeners: 1, ..Limits::default() };
    let town = Town::with(Setup { limits, ..Setup::default() }).await;
    let ear = Ear::open(&town, "/changes", None).await;
    let request = || town.anybody(Method::GET, "/changes").header(ACCEPT, "text/event-stream").send();
    let refused = request().await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"2".parse().unwrap()));
    assert_eq!(town.get("/changes").await.0, 200, "reading the log is another thing");
    drop(ear);
    // Who has gone away is noticed when there is something to tell.
    eventually("a free place", || async {
        town.add("places", place("Hall")).await;
        request().await.unwrap().status() == 200
    })
    .await;
}

#[tokio::test]
async fn a_listener_that_never_reads_is_let_go_and_costs_nobody_anything() {
    let limits = Limits { patience: Duration::from_millis(300), ..Limits::default() };
    let town = Town::with(Setup { limits, ..Setup::default() }).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut deaf = socket.connect(town.address.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap();
    deaf.write_all(b"GET /api/v1/changes HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n").await.unwrap();
    eventually("listening", || async { town.app.figures().listeners == 1 }).await;
    let mut ear = Ear::open(&town, "/changes", None).await;
    let long = "x".repeat(4_000);
    let telling = async {
        let mut told = 0_u32;
        while town.app.figures().listeners == 2 {
            let name = format!("Hall {told}");
            let mut hall = place(&name);
            hall["description"] = json!(long);
            town.add("places", hall).await;
            ear.until(&name).await;
            told += 1;
        }
    };
    let let_go = tokio::time::timeout(Duration::from_secs(60), telling).await;
    assert!(let_go.is_ok(), "it never reads, and is still there");
    town.add("places", place("Afterwards")).await;
    assert_eq!(ear.until("Afterwards").await.len(), 1, "others heard everything");
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), deaf.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "its connection is closed");
}

#[tokio::test]
async fn a_burst_that_nobody_listens_to_is_not_worked_out_and_one_that_is_arrives_whole() {
    let town = Town::empty().await;
    let mut ear = Ear::open(&town, "/changes", None).await;
    let writes = (0..200).map(|i| town.post("/places", place(&format!("Hall {i}"))));
    let answers = futures::future::join_all(writes).await;
    assert!(answers.iter().all(|(status, _)| *status == 201));
    let mut heard = std::collections::BTreeSet::new();
    while heard.len() < 200 {
        let told = ear.next().await;
        assert_eq!(told.data["op"], "added");
        assert!(heard.insert(told.data["id"].as_str().unwrap().to_owned()), "told twice");
    }
}

#[tokio::test]
async fn streams_end_when_the_program_does() {
    let setup = Setup::default();
    let ending = setup.ending.clone();
    let town = Town::with(setup).await;
    let mut ear = Ear::open(&town, "/changes", None).await;
    ending.cancel();
    assert!(ear.block().await.is_none());
}

/// A copy kept up by events alone, with a connection that breaks again and again, is what the public sees in the end.
#[tokio::test]
async fn a_copy_that_only_listens_becomes_what_the_public_sees() {
    for chances in 1..=3 {
        a_copy_by_chance(Chance(chances)).await;
    }
}

async fn a_copy_by_chance(mut chance: Chance) {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let mut copy: HashMap<String, (Value, Value)> = HashMap::new();
    let mut last = "0".to_owned();
    let mut ids: Vec<(&str, Value)> = Vec::new();
    for round in 0..30 {
        let mut ear = Ear::open(&town, "/changes", Some(&last)).await;
        for step in 0..chance.below(12) {
            something(&town, &ground, &mut ids, &mut chance, step).await;
            if chance.below(3) == 0 {
                // Hears a little, if there is anything to hear, and may be cut off in the midst of it.
                let little = tokio::time::timeout(Duration::from_millis(5), ear.next()).await;
                if let Ok(heard) = little {
                    keep(&mut copy, &heard, &town).await;
                }
                last = if ear.last.is_empty() { last } else { ear.last.clone() };
            }
        }
        if round % 5 == 4 {
            town.add("places", place(&format!("Marker {round}"))).await;
            loop {
                let heard = ear.next().await;
                keep(&mut copy, &heard, &town).await;
                if heard.data["record"]["name"] == format!("Marker {round}") {
                    break;
                }
            }
            last = if ear.last.is_empty() { last } else { ear.last.clone() };
        }
    }
    let mut ear = Ear::open(&town, "/changes", Some(&last)).await;
    town.add("places", place("The end")).await;
    loop {
        let heard = ear.next().await;
        keep(&mut copy, &heard, &town).await;
        if heard.data["record"]["name"] == "The end" {
            break;
        }
    }
    let view = town.app.view(Viewer::PUBLIC);
    let mut seen: HashMap<String, (Value, Value)> = HashMap::new();
    for entry in Kind::ALL.iter().flat_map(|kind| view.of_kind(*kind)) {
        let body = serde_json::from_str(&view.body(entry)).unwrap();
        seen.insert(entry.id.to_string(), (body, serde_json::to_value(view.points(entry)).unwrap()));
    }
    assert!(seen.len() > 20);
    for (id, is) in &seen {
        assert_eq!(copy.get(id), Some(is), "{id}");
    }
    let ghosts: Vec<&String> = copy.keys().filter(|id| !seen.contains_key(*id)).collect();
    assert!(ghosts.is_empty(), "{ghosts:?}");
}

/// What a client does with an event.
async fn keep(copy: &mut HashMap<String, (Value, Value)>, heard: &Heard, town: &Town) {
    let id = heard.data["id"].as_str().unwrap_or_default().to_owned();
    match (heard.event.as_str(), heard.data["op"].as_str()) {
        ("change", Some("gone")) => drop(copy.remove(&id)),
        ("change", _) => drop(copy.insert(id, (heard.data["record"].clone(), heard.data["points"].clone()))),
        (event, _) => panic!("{event} at {}", town.app.revision()),
    }
}

/// Something that happens in a town: records come, change, move, hide, blur, and go.
async fn something(town: &Town, ground: &Ground, ids: &mut Vec<(&'static str, Value)>, chance: &mut Chance, step: u64) {
    let precision = ["exact", "exact", "approximate"][chance.below(3) as usize];
    let visibility = ["public", "public", "partners", "organisation"][chance.below(4) as usize];
    let point = json!({"lon": -3.3 - chance.below(100) as f64 / 1000.0, "lat": 54.6});
    let places: Vec<Value> = ids.iter().filter(|(plural, _)| *plural == "places").map(|(_, id)| id.clone()).collect();
    let known = ids.len() as u64;
    match chance.below(6) {
        0 | 1 => {
            let body = json!({"name": format!("Place {step}"), "point": point, "address": "1 Some Street",
                "precision": precision, "visibility": visibility});
            ids.push(("places", town.add("places", body).await["id"].clone()));
        }
        2 => {
            let at = places.get(chance.below(places.len().max(1) as u64) as usize).cloned();
            let body = json!({"name": format!("Service {step}"), "provider": ground.provider, "address": "2 Some Street",
                "categories": [ground.category], "places": [at.unwrap_or(json!(ground.place)), ground.place],
                "precision": precision, "visibility": visibility});
            ids.push(("services", town.add("services", body).await["id"].clone()));
        }
        3 | 4 if known > 0 => {
            let (plural, id) = ids[chance.below(known) as usize].clone();
            let fields = match plural {
                "places" => json!({"precision": precision, "visibility": visibility, "point": point}),
                _ => json!({"precision": precision, "visibility": visibility}),
            };
            change(town, plural, &id, fields).await;
        }
        5 if known > 0 && chance.below(2) == 0 => {
            let (plural, id) = ids.swap_remove(chance.below(known) as usize);
            let path = format!("/{plural}/{}?cascade=links", id.as_str().unwrap());
            let gone = town.admin(Method::DELETE, &path).header(IF_MATCH, "*").send().await.unwrap();
            assert_eq!(gone.status(), 200);
            if chance.below(2) == 0 {
                let (_, gone) = read(gone).await;
                assert_eq!(town.post("/undo", json!({"batch": gone["batch"]})).await.0, 200);
                ids.push((plural, id));
            }
        }
        _ => {
            change(town, "organisations", &json!(ground.provider), json!({"visibility": visibility})).await;
        }
    }
}

/// The same chances on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}
