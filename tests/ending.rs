//! The real program from its start to its end: when it is ready, what it writes into its log, and that being told to
//! end loses nothing and cuts nobody off.

mod support;

use reqwest::Client;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use support::program::{Server, folder, get, program, run, runtime, text};
use support::{comes_true, eventually, eventually_within};

const HALL: &str = r#"{"name": "Begun before the end", "point": {"lon": -3.3, "lat": 54.6}}"#;

fn token(data: &str) -> String {
    assert!(run(data, &["check"]).status.success());
    text(&run(data, &["token", "add", "--role", "admin"]).stdout).trim().to_owned()
}

/// Ends by itself, and well.
fn ends(child: &mut Child) {
    let mut ended = None;
    comes_true("its end", || {
        ended = child.try_wait().unwrap();
        ended.is_some()
    });
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
}

#[test]
fn it_is_ready_when_everything_is_in_memory_and_not_before() {
    let (_folder, data) = folder();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let words = ["serve", "--demo", "--listen", &free];
    let mut child = program(&data, &words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    runtime().block_on(async {
        let client = Client::new();
        let status = |path: &str| {
            let request = client.get(format!("http://{free}{path}")).send();
            async { request.await.ok().map(|answer| answer.status().as_u16()) }
        };
        let lived_before = Cell::new(false);
        eventually_within(Duration::from_secs(60), "being ready", || async {
            let (alive, ready) = (status("/healthz").await, status("/readyz").await);
            assert!(matches!(alive, None | Some(200)), "{alive:?}");
            assert!(matches!(ready, None | Some(200 | 503)), "{ready:?}");
            lived_before.set(lived_before.get() || (alive == Some(200) && ready != Some(200)));
            ready == Some(200)
        })
        .await;
        assert!(lived_before.get(), "it answers while the records are read");
        assert!(get(&format!("http://{free}"), "/services").await["total"].as_u64().unwrap() > 40, "all is there");
    });
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    assert_eq!(first.trim(), format!("Common Ground is at http://{free}"));
    support::program::signal(&child, "-TERM");
    ends(&mut child);
}

#[test]
fn the_log_tells_of_every_request_and_of_nobody() {
    let (folder, data) = folder();
    let token = token(&data);
    let path = folder.path().join("log.json");
    let log = std::fs::File::create(&path).unwrap();
    let mut child = program(&data, &["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "debug"])
        .env("COMMONGROUND_METRICS_TOKEN", "metrics-secret-0123")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.next().unwrap().rsplit(' ').next().unwrap().to_owned();
    let link = text(&run(&data, &["user", "reset", "admin"]).stdout).trim().rsplit('/').next().unwrap().to_owned();
    let cookie = runtime().block_on(async {
        let client = Client::new();
        let url = |path: &str| format!("{address}/api/v1{path}");
        let id = ("x-request-id", "mine-1");
        let asked = client
            .get(url("/nearby?near=CA13+9LU&q=zzquery"))
            .header(id.0, id.1)
            .header("x-forwarded-for", "203.0.113.77");
        asked.send().await.unwrap();
        client.post(url("/nearby")).json(&json!({"near": "CA13 9LU", "q": "zzbody"})).send().await.unwrap();
        client.get(url("/places/zzpath")).send().await.unwrap();
        client.get(format!("{address}/zzpage?postcode=CA139LU")).header("user-agent", "zzagent").send().await.unwrap();
        client.get(url("/places")).bearer_auth("zzwrongtoken").send().await.unwrap();
        let body = json!({"name": "zzhall", "point": {"lon": -3.31234, "lat": 54.6}, "postcode": "CA13 9LU"});
        assert_eq!(client.post(url("/places")).bearer_auth(&token).json(&body).send().await.unwrap().status(), 201);
        let wrong = json!({"name": "zzhall", "zzfield": "zzvalue"});
        client.post(url("/places")).bearer_auth(&token).json(&wrong).send().await.unwrap();
        let list = "name,lat,lon\nzzrow,54.6,-3.3\n";
        client.post(url("/imports?kind=place&list=zzlist")).bearer_auth(&token).body(list).send().await.unwrap();
        client.get(format!("{address}/metrics")).bearer_auth("metrics-secret-0123").send().await.unwrap();
        let signed = client.post(url("/session")).json(&json!({"link": link})).send().await.unwrap();
        assert_eq!(signed.status(), 200);
        let cookie = signed.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        client.get(url("/session")).header("cookie", &cookie).send().await.unwrap();
        cookie
    });
    support::program::signal(&child, "-TERM");
    ends(&mut child);
    let log = std::fs::read_to_string(&path).unwrap();
    let cookie = cookie.split_once('=').unwrap().1;
    for secret in
        ["CA13", "9LU", "zz", "203.0.113", "127.0.0.1", "-3.31234", "metrics-secret-0123", &token, &link, cookie]
    {
        let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "the log tells {secret}: {told:#?}");
    }
    let answered: Vec<Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["fields"]["message"] == "answered")
        .collect();
    let of = |route: &str, status: u16| {
        let fits = |line: &&Value| line["fields"]["route"] == route && line["fields"]["status"] == status;
        answered.iter().filter(fits).collect::<Vec<_>>()
    };
    assert_eq!(of("/api/v1/nearby", 200).len(), 2, "{answered:#?}");
    assert_eq!(of("/api/v1/nearby", 200)[0]["span"]["id"], "mine-1");
    assert_eq!(of("/api/v1/{plural}/{id}", 404).len(), 1);
    assert_eq!((of("/api/v1/{plural}", 201).len(), of("/api/v1/{plural}", 401).len()), (1, 1));
    assert_eq!(of("/api/v1/{plural}", 422)[0]["fields"]["method"], "POST");
    assert!(of("/api/v1/imports", 200)[0]["fields"]["ms"].as_f64().unwrap() > 0.0);
}

/// Writers that never stop, and an end in the midst of them, again and again.
#[test]
fn told_to_end_under_writers_it_loses_no_acknowledged_write() {
    const ENDS: u32 = 10;
    let (_folder, data) = folder();
    let token = token(&data);
    let runtime = runtime();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..ENDS {
        let mut server = Server::again(&data);
        // The end comes after another number of writes in each round.
        let (many, written) = (1 + round * 7919 % 100, AtomicU32::new(0));
        let process = server.child.id();
        let client = Client::new();
        let writers = (0..8).map(|writer| {
            let (client, url) = (client.clone(), format!("{}/api/v1/places", server.address));
            let (token, written) = (token.clone(), &written);
            async move {
                let mut done = Vec::new();
                for i in 0.. {
                    let name = format!("{process} {writer} {i}");
                    let body = json!({"name": name, "point": {"lon": -3.3, "lat": 54.6}});
                    match client.post(&url).bearer_auth(&token).json(&body).send().await {
                        Ok(answer) if answer.status() == 201 => {
                            done.push(name);
                            written.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(answer) => panic!("a write was refused: {}", answer.status()),
                        Err(_) => break,
                    }
                }
                done
            }
        });
        let end = async {
            eventually("writing", || async { written.load(Ordering::Relaxed) >= many }).await;
            server.signal("-TERM");
        };
        let (written, ()) = runtime.block_on(async { futures::join!(futures::future::join_all(writers), end) });
        ends(&mut server.child);
        acknowledged.extend(written.into_iter().flatten());
    }
    assert!(acknowledged.len() > ENDS as usize, "too few writes to tell: {}", acknowledged.len());
    assert!(run(&data, &["check"]).status.success());
    let server = Server::again(&data);
    let stored = runtime.block_on(names(&server.address));
    let lost: Vec<&String> = acknowledged.iter().filter(|name| !stored.contains(*name)).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged writes are lost", lost.len(), acknowledged.len());
}

async fn names(address: &str) -> std::collections::HashSet<String> {
    let mut stored = std::collections::HashSet::new();
    let mut after = String::new();
    loop {
        let page = get(address, &format!("/places?limit=1000{after}")).await;
        stored.extend(page["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return stored,
        }
    }
}

#[test]
fn a_request_under_way_is_finished_while_nobody_new_is_let_in() {
    let (_folder, data) = folder();
    let token = token(&data);
    let mut server = Server::again(&data);
    let host = server.address.strip_prefix("http://").unwrap().to_owned();
    let mut under_way = TcpStream::connect(&host).unwrap();
    under_way.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let head = format!(
        "POST /api/v1/places HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        HALL.len()
    );
    under_way.write_all(head.as_bytes()).unwrap();
    // The body is asked for: from here on the request is under way.
    let mut invited = [0; 25];
    under_way.read_exact(&mut invited).unwrap();
    assert!(text(&invited).starts_with("HTTP/1.1 100"), "{}", text(&invited));
    server.signal("-TERM");
    comes_true("letting nobody in", || TcpStream::connect(&host).is_err());
    assert!(server.child.try_wait().unwrap().is_none(), "it waits for what is under way");
    under_way.write_all(HALL.as_bytes()).unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    ends(&mut server.child);
    let server = Server::again(&data);
    assert!(runtime().block_on(names(&server.address)).contains("Begun before the end"));
}

#[test]
fn a_listener_hears_the_end_and_does_not_put_it_off() {
    let (_folder, data) = folder();
    assert!(run(&data, &["check"]).status.success());
    let mut server = Server::start(&data, &[]);
    runtime().block_on(async {
        let request =
            Client::new().get(format!("{}/api/v1/changes", server.address)).header(ACCEPT, "text/event-stream");
        let mut listening = request.send().await.unwrap();
        assert!(listening.chunk().await.unwrap().unwrap().starts_with(b": listening"));
        server.signal("-TERM");
        let end = tokio::time::timeout(Duration::from_secs(10), listening.chunk()).await.unwrap();
        assert!(matches!(end, Ok(None)), "the stream ends as it should: {end:?}");
    });
    ends(&mut server.child);
}

#[test]
fn who_never_finishes_does_not_put_the_end_off_for_ever() {
    let (_folder, data) = folder();
    assert!(run(&data, &["check"]).status.success());
    let mut server = Server::start(&data, &["--shutdown-seconds", "1"]);
    let mut never = TcpStream::connect(server.address.strip_prefix("http://").unwrap()).unwrap();
    never
        .write_all(b"POST /api/v1/nearby HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n")
        .unwrap();
    never.read_exact(&mut [0; 25]).unwrap();
    server.signal("-TERM");
    ends(&mut server.child);
    let mut server = Server::start(&data, &["--shutdown-seconds", "600"]);
    let mut never = TcpStream::connect(server.address.strip_prefix("http://").unwrap()).unwrap();
    never
        .write_all(b"POST /api/v1/nearby HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n")
        .unwrap();
    never.read_exact(&mut [0; 25]).unwrap();
    comes_true("ending for who insists", || {
        server.signal("-INT");
        server.child.try_wait().unwrap().is_some()
    });
}
