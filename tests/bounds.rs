//! Whatever one address sends, holds or asks: it is told that the program lives, and the others are answered.

mod support;

use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::Town;
use support::cluster::Cluster;
use support::program::{Server, folder, run, runtime, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior};

/// One address that means no good.
const GREEDY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// Everybody else.
const OTHERS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

/// Nothing is held back by the minute: the shares of what there is at one time must do.
const LIMITS: [&str; 15] = [
    "--demo",
    "--limit-loopback",
    "--requests-per-minute=0",
    "--analyses-per-minute=0",
    "--connections",
    "200",
    "--concurrent-requests",
    "64",
    "--listeners",
    "40",
    "--patience-seconds",
    "20",
    "--request-seconds",
    "30",
    "--log=error",
];
/// Questions of the others while one does its worst.
const ROUNDS: usize = 24;
/// More sockets than the program takes connections.
const MANY: usize = 300;

struct Instance {
    server: Server,
    at: SocketAddr,
    token: String,
    place: String,
    /// How long it usually takes to tell that it lives.
    usual: Duration,
}

#[test]
fn on_sqlite_one_address_takes_nothing_from_the_others() {
    let (_folder, data) = folder();
    runtime().block_on(withstands(&data));
}

#[test]
fn on_postgresql_one_address_takes_nothing_from_the_others() {
    let cluster = Cluster::start();
    runtime().block_on(withstands(&cluster.database("bounds")));
}

async fn withstands(data: &str) {
    let instance = Instance::start(data).await;
    let mut faults = Vec::new();
    for (name, attack) in attacks(&instance) {
        faults.extend(instance.under(name, attack).await);
    }
    assert!(faults.is_empty(), "usually {:?}\n{}", instance.usual, faults.join("\n"));
}

/// What somebody does again and again, so many at a time.
struct Attack {
    many: usize,
    act: Act,
}

enum Act {
    /// Opens a connection, sends this, and from then on one byte a second.
    Drip(String, u8),
    /// Opens a connection, sends this, and neither sends nor reads anything more.
    Hold(String),
    /// Asks one after the other and reads the answers.
    Ask(Vec<String>),
    /// Asks and hangs up at once.
    HangUp(Vec<String>),
}

fn attacks(instance: &Instance) -> Vec<(&'static str, Attack)> {
    let begun = |path: &str, length: usize| {
        format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n")
    };
    let listen = "GET /api/v1/changes HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n";
    let long = || {
        [
            "/api/v1/area-sets",
            "/api/v1/coverage?within=5km&include=per_area",
            "/api/v1/nearby?near=54.66,-3.36&q=a",
            "/api/v1/places?q=a",
            "/api/v1/nearby?near=54.66,-3.36&accessible=toilet&age=70&limit=200",
            "/api/v1/services?open_at=2026-12-01T10:00",
        ]
        .map(get)
        .to_vec()
    };
    let wrong = vec![format!("type={}", vec!["a"; 999].join(",")); 30].join("&");
    let unknown: serde_json::Map<String, Value> = (0..200_000).map(|i| (format!("w{i}"), json!({}))).collect();
    let unknown = Value::Object(unknown).to_string();
    let post = |path: &str, body: &str| {
        let length = body.len();
        let token = &instance.token;
        format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    };
    let heavy = vec![
        get("/api/v1/places?accessible=toilet&limit=1000"),
        get("/api/v1/services?open_at=2026-12-01T10:00&match=possible"),
    ];
    let waiting = get("/api/v1/places").replace("host: x", "host: x\r\nat-least: 99999999");
    let of = |many: usize, act: Act| Attack { many, act };
    vec![
        ("half a head", of(MANY, Act::Drip("GET / HTTP/1.1\r\nhost: x\r\nx: ".to_owned(), b'x'))),
        ("a byte of a body a second", of(MANY, Act::Drip(begun("/api/v1/nearby", 1_000), b' '))),
        ("a head and no body", of(MANY, Act::Hold(begun("/api/v1/nearby", 9)))),
        (
            "a head of a write and no body",
            of(MANY, Act::Hold(post("/api/v1/places", &"x".repeat(99))[..250].to_owned())),
        ),
        ("waiting for what never comes", of(MANY, Act::Ask(vec![waiting]))),
        ("listening", of(MANY, Act::Hold(listen.to_owned()))),
        ("long questions", of(60, Act::Ask(long()))),
        ("long questions and gone", of(60, Act::HangUp(long()))),
        ("wrong words", of(6, Act::Ask(vec![get(format!("/api/v1/places?{wrong}"))]))),
        ("unknown fields", of(4, Act::Ask(vec![post("/api/v1/places", &unknown), post("/api/v1/nearby", &unknown)]))),
        ("heavy lists", of(16, Act::Ask(heavy.clone()))),
        ("heavy lists and gone", of(16, Act::HangUp(heavy))),
        (
            "large answers unread",
            of(MANY, Act::Hold(get("/api/v1/places?limit=1000").replace("connection: close\r\n", ""))),
        ),
    ]
}

fn get(path: impl AsRef<str>) -> String {
    format!("GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", path.as_ref())
}

/// How often one that was refused, or hung up, begins anew: faster than the system takes connections in, nothing is tried
/// but the system.
const PACE: Duration = Duration::from_millis(20);
/// How often a byte comes of what is sent slowly.
const DRIP: Duration = Duration::from_secs(1);

impl Attack {
    /// Begins it, and returns once each of them is at it.
    async fn begin(self, at: SocketAddr) -> JoinSet<()> {
        let mut greedy = JoinSet::new();
        let (act, begun) = (Arc::new(self.act), Arc::new(AtomicUsize::new(0)));
        for _ in 0..self.many {
            let (act, begun) = (act.clone(), begun.clone());
            greedy.spawn(async move {
                let mut pace = tokio::time::interval(PACE);
                pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
                let mut first = Some(begun);
                loop {
                    pace.tick().await;
                    // A refusal ends the connection; the next one is begun.
                    let _ = act.once(at, &mut pace, &mut first).await;
                }
            });
        }
        let all = || std::future::ready(begun.load(Ordering::Relaxed) == self.many);
        support::eventually("all of them being at it", all).await;
        greedy
    }
}

impl Act {
    async fn once(
        &self,
        at: SocketAddr,
        pace: &mut Interval,
        first: &mut Option<Arc<AtomicUsize>>,
    ) -> std::io::Result<()> {
        let mut send = async |what: &str| {
            let connected = connect(GREEDY, at).await;
            if let Some(begun) = first.take() {
                begun.fetch_add(1, Ordering::Relaxed);
            }
            let mut stream = connected?;
            stream.write_all(what.as_bytes()).await?;
            std::io::Result::Ok(stream)
        };
        match self {
            Act::Drip(begin, byte) => {
                let mut stream = send(begin).await?;
                let mut drip = tokio::time::interval(DRIP);
                loop {
                    drip.tick().await;
                    stream.write_all(&[*byte]).await?;
                }
            }
            Act::Hold(begin) => {
                let _stream = send(begin).await?;
                std::future::pending().await
            }
            Act::Ask(questions) => {
                for question in questions {
                    tokio::io::copy(&mut send(question).await?, &mut tokio::io::sink()).await?;
                }
            }
            Act::HangUp(questions) => {
                for question in questions {
                    let _stream = send(question).await?;
                    pace.tick().await;
                }
            }
        }
        Ok(())
    }
}

async fn connect(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    socket.connect(to).await
}

impl Instance {
    async fn start(data: &str) -> Self {
        let server = Server::start(data, &LIMITS);
        let at: SocketAddr = server.address.strip_prefix("http://").unwrap().parse().unwrap();
        let token = text(&run(data, &["token", "add", "--role", "admin"]).stdout).trim().to_owned();
        let mut instance = Self { server, at, token, place: String::new(), usual: Duration::ZERO };
        instance.fill().await;
        let mut times = Vec::new();
        for _ in 0..31 {
            times.push(instance.ask("/healthz").await.1);
        }
        times.sort_unstable();
        instance.usual = times[times.len() / 2];
        instance
    }

    /// Some thousand places, and services that take a while to be judged.
    async fn fill(&mut self) {
        let client = reqwest::Client::builder().local_address(Some(OTHERS.into())).build().unwrap();
        let post =
            |path: String| client.post(format!("{}/api/v1/{path}", self.server.address)).bearer_auth(&self.token);
        let row = |i: usize| {
            let (lat, lon) = (54.0 + (i % 700) as f64 / 1_000.0, -3.4 + (i / 700) as f64 / 100.0);
            format!("Hall of all {i},{lat},{lon},{}\n", ["yes", "no", ""][i % 3])
        };
        let file: String = (0..3_000).map(row).collect();
        let file = format!("name,lat,lon,accessible toilet\n{file}");
        let imported = post("imports?kind=place&list=halls".to_owned()).body(file).send().await.unwrap();
        assert_eq!(imported.status(), 200, "{}", imported.text().await.unwrap());
        let made = async |path: &str, body: Value| -> String {
            let answer = post(path.to_owned()).json(&body).send().await.unwrap();
            assert_eq!(answer.status(), 201);
            answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
        };
        self.place = made("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
        let provider = made("organisations", json!({"name": "Trust", "type": "voluntary"})).await;
        let category = made("categories", json!({"name": "Daily", "taxonomy": "services"})).await;
        let services = (0..120).map(|i| {
            let rule = ["FREQ=DAILY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"][i % 2];
            let schedule = json!({"rrule": rule, "start": "1990-01-01T09:00", "minutes": 30});
            let body = json!({"name": format!("Daily all {i}"), "provider": provider, "categories": [category],
                "places": [self.place], "schedule": schedule});
            made("services", body)
        });
        futures::stream::iter(services).buffer_unordered(8).collect::<Vec<String>>().await;
    }

    /// Status and time of one question of somebody else.
    async fn ask(&self, path: &str) -> (u16, Duration) {
        let since = Instant::now();
        let asked = async {
            let mut stream = connect(OTHERS, self.at).await?;
            stream.write_all(get(path).as_bytes()).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            std::io::Result::Ok(text(&answer))
        };
        let answer = tokio::time::timeout(Duration::from_secs(5), asked).await;
        let head = answer.ok().and_then(Result::ok).unwrap_or_default();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_default();
        (status, since.elapsed())
    }

    /// What the others see while one does this; nothing when they see nothing of it.
    async fn under(&self, name: &str, attack: Attack) -> Vec<String> {
        let greedy = attack.begin(self.at).await;
        let plain = [
            "/api/v1/about".to_owned(),
            format!("/api/v1/places/{}", self.place),
            "/api/v1/area-sets".to_owned(),
            "/tiles/assets/14/8041/5192.mvt?accessible=toilet".to_owned(),
            "/api/v1/nearby?near=54.66,-3.36&kind=place".to_owned(),
        ];
        let (mut alive, mut refused) = (Vec::new(), HashSet::new());
        for path in plain.iter().cycle().take(ROUNDS) {
            alive.push(self.ask("/healthz").await);
            let (status, took) = self.ask(path).await;
            if status != 200 {
                let question = path.split('?').next().unwrap();
                refused.insert(format!("{name}: {question} is answered {status} after some {} s", took.as_secs()));
            }
            if alive.iter().filter(|(status, _)| *status != 200).count() > 1 {
                break;
            }
        }
        drop(greedy);
        let dead = alive.iter().filter(|(status, _)| *status != 200).count();
        let mut times: Vec<Duration> = alive.iter().map(|(_, took)| *took).collect();
        times.sort_unstable();
        // One of them may have met another program of this machine.
        let slowest = times[times.len() - 2];
        if dead > 0 || slowest > (10 * self.usual).max(Duration::from_millis(250)) {
            refused.insert(format!("{name}: /healthz takes {slowest:?}, {dead} of {} have no answer", times.len()));
        }
        self.is_well_again().await;
        let mut refused: Vec<String> = refused.into_iter().collect();
        refused.sort_unstable();
        refused
    }

    /// Once the greedy one is gone, it may ask like anybody.
    async fn is_well_again(&self) {
        let patience = Duration::from_secs(90);
        support::eventually_within(patience, "being well again", || async {
            let asked = async {
                let mut stream = connect(GREEDY, self.at).await?;
                stream.write_all(get("/api/v1/places?limit=1").as_bytes()).await?;
                let mut answer = String::new();
                stream.read_to_string(&mut answer).await?;
                std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
            };
            matches!(tokio::time::timeout(Duration::from_secs(2), asked).await, Ok(Ok(true)))
        })
        .await;
    }
}

/// Refusals of what somebody sent, however much is wrong with it.
#[tokio::test]
async fn a_refusal_is_small_whatever_was_sent() {
    let town = Town::empty().await;
    town.add("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
    let many = |value: Value| -> Value {
        let fields: serde_json::Map<String, Value> =
            (0..20_000).map(|i| (format!("\u{1}field {i}"), value.clone())).collect();
        Value::Object(fields)
    };
    let long = "é".repeat(200_000);
    let within = |name: &str, value: Value| json!({name: value, "name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
    let bodies = [
        many(json!(1)),
        many(json!({"a": []})),
        json!({&long: 1}),
        json!({&long: {&long: 1}}),
        within("links", many(json!(["x"]))),
        within("links", json!({&long: "x"})),
        within("further", many(json!(7))),
        within("further", json!({&long: 7})),
        within("accessible", many(json!(true))),
        within("type", json!(long)),
        within("languages", json!(vec![7; 20_000])),
        within("identifiers", json!(vec![json!({"scheme": 1, "id": 2, "x": 3}); 999])),
        json!(vec![1; 20_000]),
    ];
    for (i, body) in bodies.iter().enumerate() {
        for (method, path) in [
            (Method::POST, "/places"),
            (Method::POST, "/areas"),
            (Method::POST, "/services"),
            (Method::PUT, "/places/01890000-0000-7000-8000-000000000000"),
            (Method::POST, "/nearby"),
            (Method::POST, "/coverage"),
            (Method::POST, "/publish"),
            (Method::POST, "/undo"),
            (Method::POST, "/session"),
        ] {
            let request = town.admin(method.clone(), path).header("if-none-match", "*").json(body);
            is_small(request, &format!("{method} {path} {i}")).await;
        }
    }
    let wrong = |word: &str| vec![format!("{word}={}", vec!["a"; 999].join(",")); 30].join("&");
    let words = (0..150).map(|i| format!("{}{i}=1", "w".repeat(100))).collect::<Vec<_>>().join("&");
    for word in ["type", "kind", "category", "referral", "accessible", "match", "format", "include", "near", "by"] {
        for path in ["places", "services", "nearby", "coverage", "places/x", "area-sets", "gazetteer", "changes"] {
            is_small(town.anybody(Method::GET, &format!("/{path}?{}", wrong(word))), &format!("{path}?{word}")).await;
        }
    }
    for path in ["places", "nearby", "coverage", "gazetteer", "changes"] {
        is_small(town.anybody(Method::GET, &format!("/{path}?{words}")), &format!("{path}?words")).await;
        is_small(town.anybody(Method::GET, &format!("/{path}?q={}", "a".repeat(50_000))), path).await;
    }
    let imported = format!("/imports?kind=place&list=x&{words}");
    is_small(town.admin(Method::POST, &imported).body("name,lat,lon\n"), "imports").await;
}

async fn is_small(request: reqwest::RequestBuilder, what: &str) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    assert!(text.len() <= 64_000, "{what}: {status} with {} bytes", text.len());
    assert!(status < 500 && status != 201, "{what}: {status}");
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    if let Some(problems) = told["problems"].as_array() {
        assert!(problems.len() <= 102 && told["detail"].as_str().unwrap().len() < 5_000, "{what}");
    }
}
