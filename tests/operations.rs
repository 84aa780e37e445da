//! What an operator relies on: readiness, numbers, request ids, and limits that hold.

mod support;

use commonground::auth::Role;
use commonground::http::{Door, Limits, Setup};
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use std::cell::RefCell;
use std::time::Duration;
use support::{Town, problem, problems, read};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn town(limits: Limits) -> Town {
    Town::with(Setup { limits, ..Setup::default() }).await
}

async fn socket(town: &Town) -> TcpStream {
    TcpStream::connect(town.address.strip_prefix("http://").unwrap()).await.unwrap()
}

/// All that comes until the other side closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut text)).await;
    assert!(read.is_ok(), "the connection stays open");
    String::from_utf8_lossy(&text).into_owned()
}

/// The beginning of a write whose body is still to come.
async fn begun(town: &Town) -> TcpStream {
    let mut stream = socket(town).await;
    let head = format!(
        "POST /api/v1/places HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        town.token,
        HALL.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

const HALL: &str = r#"{"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}}"#;

#[tokio::test]
async fn while_the_records_are_read_it_lives_but_is_not_ready() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let door = Door::starting();
    let setup = Setup::default();
    tokio::spawn(commonground::http::serve(listener, door.clone(), Limits::default(), setup.ending.clone()));
    let get = |path: &str| reqwest::get(format!("{address}{path}"));
    assert_eq!(get("/healthz").await.unwrap().status(), 200);
    for path in ["/readyz", "/api/v1/places", "/metrics", "/", "/api/v1/openapi.json"] {
        let answer = get(path).await.unwrap();
        assert!(answer.headers().contains_key("retry-after"), "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        assert_eq!(answer.status(), 503, "{path}");
    }
    let town = Town::empty().await;
    door.serve(commonground::http::router(town.app.clone(), setup));
    assert_eq!(get("/readyz").await.unwrap().text().await.unwrap(), "ready");
    assert_eq!(get("/api/v1/places").await.unwrap().status(), 200);
}

#[tokio::test]
async fn numbers_are_for_who_runs_it() {
    let setup = Setup { metrics_token: Some("a long secret".to_owned()), ..Setup::default() };
    let town = Town::with(setup).await;
    let visitor = town.token(Role::Visitor).await;
    let ask = |token: Option<String>| {
        let request = town.client.get(format!("{}/metrics", town.address));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(ask(None).await, 401);
    assert_eq!(ask(Some("another".to_owned())).await, 401);
    assert_eq!(ask(Some(visitor)).await, 403);
    assert_eq!(ask(Some(town.token.clone())).await, 200);
    assert_eq!(ask(Some("a long secret".to_owned())).await, 200);
    let elsewhere = town.anybody(Method::GET, "/places").bearer_auth("a long secret");
    assert_eq!(elsewhere.send().await.unwrap().status(), 401, "it opens nothing else");
    let none = Town::empty().await;
    let empty = none.client.get(format!("{}/metrics", none.address)).bearer_auth("").send().await.unwrap();
    assert_eq!(empty.status(), 401, "no token set is not an empty token");
}

async fn numbers(town: &Town) -> String {
    let request = town.client.get(format!("{}/metrics", town.address)).bearer_auth(&town.token);
    let answer = request.send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    answer.text().await.unwrap()
}

/// The sum of all lines of a metric that hold these labels.
fn sum(numbers: &str, name: &str, labels: &[&str]) -> f64 {
    let lines = numbers.lines().filter(|line| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
            && labels.iter().all(|l| line.contains(l))
    });
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

#[tokio::test]
async fn numbers_tell_of_requests_commits_segments_follower_listeners_and_imports() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let writes =
        (0..50).map(|i| town.post("/places", json!({"name": format!("H {i}"), "point": {"lon": -3.3, "lat": 54.6}})));
    futures::future::join_all(writes).await;
    town.get(&format!("/places/{}", ground.place)).await;
    town.import("kind=place&list=some", "name,lat,lon\nA,54.6,-3.3\nB,54.6,-3.31\nC,99,99\n").await;
    let listening = town.anybody(Method::GET, "/changes").header(ACCEPT, "text/event-stream").send().await.unwrap();
    let numbers = numbers(&town).await;
    let one = |name: &str| sum(&numbers, name, &[]);
    let places = ["method=\"POST\"", "route=\"/api/v1/{plural}\"", "status=\"201\""];
    assert_eq!(sum(&numbers, "commonground_requests_total", &places), 53.0, "{numbers}");
    let shown = ["method=\"GET\"", "route=\"/api/v1/{plural}/{id}\"", "status=\"200\""];
    assert_eq!(sum(&numbers, "commonground_requests_total", &shown), 1.0);
    assert_eq!(sum(&numbers, "commonground_request_seconds_count", &places[..2]), 53.0);
    assert_eq!(one("commonground_changes_total"), 55.0, "{numbers}");
    let commits = one("commonground_commits_total");
    assert!((5.0..=54.0).contains(&commits), "orders that come together share a commit: {commits}");
    assert_eq!(one("commonground_commit_orders_sum"), 53.0);
    assert_eq!((one("commonground_records"), one("commonground_newer_records")), (55.0, 55.0));
    assert_eq!(one("commonground_revision"), town.app.revision() as f64);
    assert_eq!((one("commonground_follower_behind_changes"), one("commonground_store_up")), (0.0, 1.0));
    assert!(one("commonground_follower_last_look_seconds") < 10.0);
    assert_eq!(one("commonground_event_listeners"), 1.0);
    assert_eq!((one("commonground_import_rows_total"), one("commonground_imports_running")), (3.0, 0.0));
    assert_eq!(one("commonground_import_rows_left"), 0.0);
    drop(listening);
}

#[tokio::test]
async fn numbers_hold_nothing_that_a_caller_wrote() {
    let town = Town::demo().await;
    for path in ["/nearby?near=CA13+9LU&q=secretword", "/places/secretid", "/secretkind", "/places/a/secretpart"] {
        town.get(path).await;
    }
    for path in ["/secretpage", "/secret.file", "/api/secret", "/api/v1/x/secret/y/z"] {
        reqwest::get(format!("{}{path}", town.address)).await.unwrap();
    }
    let made_up = Method::from_bytes(b"SECRETMETHOD").unwrap();
    town.anybody(made_up, "/places").send().await.unwrap();
    let numbers = numbers(&town).await;
    assert!(!numbers.to_lowercase().contains("secret") && !numbers.contains("CA13"), "{numbers}");
    assert!(sum(&numbers, "commonground_requests_total", &["route=\"unmatched\""]) >= 3.0, "{numbers}");
    assert!(!numbers.contains("__private"), "{numbers}");
}

#[tokio::test]
async fn every_answer_carries_the_id_of_its_request() {
    let town = Town::empty().await;
    let id = |given: Option<&str>| {
        let request = town.anybody(Method::GET, "/places");
        let request = match given {
            Some(given) => request.header("x-request-id", given),
            None => request,
        };
        async { request.send().await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned() }
    };
    assert_eq!(id(Some("edge-01.AB_c")).await, "edge-01.AB_c", "a proxy's id is taken over");
    let own = id(None).await;
    assert_eq!(own.parse::<uuid::Uuid>().unwrap().get_version_num(), 7);
    assert_ne!(own, id(None).await);
    for bad in ["two words", "line\tfeed", "CA13 9LU", "{\"json\": 1}", &"x".repeat(65), ""] {
        assert_ne!(id(Some(bad)).await, bad);
    }
    let page = reqwest::get(format!("{}/no-such.file", town.address)).await.unwrap();
    assert!(page.headers().contains_key("x-request-id"));
}

#[tokio::test]
async fn an_address_that_asks_too_much_waits_and_others_do_not() {
    let town = town(Limits { requests_per_minute: 5, ..Limits::default() }).await;
    let from = |address: &str| town.anybody(Method::GET, "/places").header("x-forwarded-for", address).send();
    for _ in 0..5 {
        assert_eq!(from("203.0.113.7").await.unwrap().status(), 200);
    }
    let refused = from("203.0.113.7").await.unwrap();
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let (status, answer) = read(refused).await;
    assert_eq!((status, problems(&answer)), (429, problem("", "too_many_requests")));
    assert_eq!(
        from("198.51.100.1, 203.0.113.7").await.unwrap().status(),
        429,
        "what it says of itself changes nothing"
    );
    assert_eq!(from("203.0.113.8").await.unwrap().status(), 200);
    for _ in 0..20 {
        assert_eq!(town.get("/places").await.0, 200, "this machine itself is not held back");
    }
    let alive = town.client.get(format!("{}/healthz", town.address)).header("x-forwarded-for", "203.0.113.7");
    assert_eq!(alive.send().await.unwrap().status(), 200, "who asks whether it lives is always answered");
    let numbers = town.client.get(format!("{}/metrics", town.address)).header("x-forwarded-for", "203.0.113.7");
    assert_eq!(numbers.send().await.unwrap().status(), 429, "the numbers are asked for like anything else");
    let somebody = || town.admin(Method::GET, "/places").header("x-forwarded-for", "203.0.113.7").send();
    for _ in 0..5 {
        assert_eq!(somebody().await.unwrap().status(), 200, "who is signed in there is found out, and has a share");
    }
    let nobody = town.anybody(Method::GET, "/places").bearer_auth("guessed").header("x-forwarded-for", "203.0.113.9");
    for expected in [401; 5] {
        assert_eq!(nobody.try_clone().unwrap().send().await.unwrap().status(), expected);
    }
}

#[tokio::test]
async fn a_stranger_who_names_another_address_is_not_believed() {
    let limits = Limits { requests_per_minute: 2, trusted_proxies: Vec::new(), ..Limits::default() };
    let town = town(limits).await;
    for i in 0..10 {
        let request = town.anybody(Method::GET, "/places").header("x-forwarded-for", format!("203.0.113.{i}"));
        // Nobody is trusted, so each of these is this machine, which has no share.
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn long_analyses_and_attempts_to_sign_in_have_shares_of_their_own() {
    let limits = Limits { analyses_per_minute: 2, sign_ins_per_minute: 2, ..Limits::default() };
    let town = town(limits).await;
    town.app.load_demo(&commonground::app::Caller::command_line()).await.unwrap();
    let ask = |method: Method, path: &str, body: Value| {
        let request = town.anybody(method, path).header("x-forwarded-for", "203.0.113.7").json(&body);
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(ask(Method::GET, "/coverage?within=5km", json!(null)).await, 200);
    assert_eq!(ask(Method::GET, "/coverage?within=6km", json!(null)).await, 200);
    for path in ["/coverage?within=5km", "/coverage?within=7km"] {
        assert_eq!(ask(Method::GET, path, json!(null)).await, 429, "{path}");
    }
    assert_eq!(ask(Method::POST, "/coverage", json!({"within": "5km"})).await, 429);
    for path in ["/nearby?near=54.66,-3.36", "/nearby?near=54.66,-3.36&q=lonely", "/services?q=lonely&age=70"] {
        assert_eq!(ask(Method::GET, path, json!(null)).await, 200, "{path} is answered at once, and is none");
    }
    for expected in [401, 401, 429] {
        assert_eq!(ask(Method::POST, "/session", json!({"link": "guessed"})).await, expected);
    }
}

#[tokio::test]
async fn more_at_once_than_there_are_places_is_refused_at_once() {
    let town = town(Limits { concurrent_requests: 1, ..Limits::default() }).await;
    town.app.load_demo(&commonground::app::Caller::command_line()).await.unwrap();
    let found = RefCell::new(None);
    support::eventually("one of many at once is refused", || async {
        let many = (1..50).map(|km| town.anybody(Method::GET, &format!("/coverage?within={km}km")).send());
        let answers = futures::future::join_all(many).await.into_iter().map(Result::unwrap);
        let (refused, answered): (Vec<_>, Vec<_>) = answers.partition(|answer| answer.status() == 503);
        assert!(answered.iter().any(|answer| answer.status() == 200), "who has a place keeps it");
        found.replace(refused.into_iter().next()).is_some() || found.borrow().is_some()
    })
    .await;
    let refused = found.take().unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    let id = refused.headers()["x-request-id"].to_str().unwrap().to_owned();
    let (_, answer) = read(refused).await;
    assert_eq!(answer["instance"], json!(id), "where the fault is ours, the log can be asked: {answer}");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(reqwest::get(format!("{}{path}", town.address)).await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn who_still_sends_or_waits_takes_no_place() {
    let town = town(Limits { concurrent_requests: 1, ..Limits::default() }).await;
    let mut slow = begun(&town).await;
    let waiting = town.anybody(Method::GET, "/places").header("at-least", "99999999").send();
    let others = async {
        for _ in 0..20 {
            assert_eq!(town.get("/places").await.0, 200);
            town.add("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
        }
        slow.write_all(HALL.as_bytes()).await.unwrap();
        assert!(rest(slow).await.starts_with("HTTP/1.1 201"), "and is answered once all is there");
    };
    let (waited, ()) = tokio::join!(waiting, others);
    assert_eq!(waited.unwrap().status(), 503);
}

/// The store answers no write until this is dropped.
async fn hang(town: &Town) -> sqlx::SqliteConnection {
    let mut connection = sqlx::SqliteConnection::connect(&town.url).await.unwrap();
    connection.execute("begin immediate").await.unwrap();
    connection
}

#[tokio::test]
async fn while_the_store_hangs_writes_wait_and_readers_go_on() {
    let town = town(Limits { concurrent_requests: 2, ..Limits::default() }).await;
    let hanging = hang(&town).await;
    let write = || town.post("/places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}}));
    let others = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        for _ in 0..20 {
            assert_eq!(town.get("/places").await.0, 200);
        }
        assert_eq!(write().await.0, 503, "who writes now is told so at once");
        hanging.close().await.unwrap();
    };
    let (first, second, ()) = tokio::join!(write(), write(), others);
    assert_eq!((first.0, second.0), (201, 201), "{first:?} {second:?}");
}

#[tokio::test]
async fn nothing_is_taken_in_from_who_may_not_write_anyhow() {
    let town = Town::empty().await;
    let mut stream = socket(&town).await;
    let head =
        "POST /api/v1/places HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4000000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(rest(stream).await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn who_is_signed_in_has_a_share_by_account() {
    let town = town(Limits { requests_per_minute: 5, analyses_per_minute: 2, ..Limits::default() }).await;
    town.app.load_demo(&commonground::app::Caller::command_line()).await.unwrap();
    let hall = |path: &str| town.anybody(Method::GET, path).header("x-forwarded-for", "203.0.113.7");
    let (one, other) = (town.token(Role::Commissioner).await, town.token(Role::Commissioner).await);
    let asked = async |token: &str, path: &str| hall(path).bearer_auth(token).send().await.unwrap();
    // The first question of each is the address's: until then nobody is known.
    for token in [&one, &other] {
        assert_eq!(asked(token, "/places").await.status(), 200);
    }
    for _ in 0..3 {
        assert_eq!(hall("/places").send().await.unwrap().status(), 200);
    }
    let refused = hall("/places").send().await.unwrap();
    let told = read(refused).await;
    let say = told.1["detail"].as_str().unwrap().to_owned();
    assert!(say.starts_with("This address has made too many requests this minute. Try again in "), "{say}");
    for token in [&one, &other] {
        assert_eq!(asked(token, "/coverage?within=5km").await.status(), 200);
        assert_eq!(asked(token, "/coverage?within=6km").await.status(), 200);
    }
    let (status, told) = read(asked(&one, "/coverage?within=7km").await).await;
    let say = told["detail"].as_str().unwrap().to_owned();
    assert_eq!(status, 429);
    assert!(say.starts_with("This account has made too many analyses this minute. Try again in "), "{say}");
    assert_eq!(asked(&one, "/places").await.status(), 200);
    assert_eq!(asked(&one, "/places").await.status(), 200);
    assert_eq!(asked(&one, "/places").await.status(), 429, "an account's share ends, too");
    assert_eq!(asked(&other, "/places").await.status(), 200);
}

#[tokio::test]
async fn what_takes_too_long_is_told_so() {
    let town = town(Limits { request: Duration::from_millis(100), ..Limits::default() }).await;
    let _hanging = hang(&town).await;
    let mut stream = begun(&town).await;
    stream.write_all(HALL.as_bytes()).await.unwrap();
    let answer = rest(stream).await.to_lowercase();
    assert!(answer.starts_with("http/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: 2") && answer.contains("content-type: application/problem+json"), "{answer}");
    assert!(answer.contains("\"instance\":\"") && answer.contains("took too long"), "{answer}");
}

#[tokio::test]
async fn who_falls_silent_does_not_keep_a_connection() {
    let town = town(Limits { patience: Duration::from_millis(200), ..Limits::default() }).await;
    let mut slow = socket(&town).await;
    slow.write_all(b"GET /api/v1/places HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    let answer = rest(slow).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    let mut file = socket(&town).await;
    let head = format!(
        "POST /api/v1/imports?kind=place&list=x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 99\r\n\r\nname,",
        town.token
    );
    file.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(file).await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("cut_off"), "{answer}");
}

#[tokio::test]
async fn there_are_so_many_connections_and_the_next_waits_for_one_to_end() {
    let town = town(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = socket(&town).await;
    let mut ask_on_the_first = async || {
        first.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"ok") {
            assert_ne!(first.read_buf(&mut answer).await.unwrap(), 0, "it is kept open");
        }
    };
    ask_on_the_first().await;
    let mut next = std::pin::pin!(reqwest::get(format!("{}/healthz", town.address)));
    for _ in 0..50 {
        tokio::select! {
            biased;
            answer = &mut next => panic!("both have a place: {answer:?}"),
            () = ask_on_the_first() => {}
        }
    }
    drop(first);
    assert_eq!(next.await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_busy_machine_of_its_own_is_never_held_back() {
    let town = Town::empty().await;
    let writer = |w: u32| {
        let town = &town;
        async move {
            for i in 0..20 {
                let (status, answer) = town
                    .post("/places", json!({"name": format!("{w} {i}"), "point": {"lon": -3.3, "lat": 54.6}}))
                    .await;
                assert_eq!(status, 201, "{answer}");
            }
        }
    };
    futures::future::join_all((0..64).map(writer)).await;
}
