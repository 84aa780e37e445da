//! Several instances on one PostgreSQL: one order, no lost write, whatever goes away.

mod support;

use commonground::app::connect;
use commonground::change::apply;
use commonground::change::{Change, Stamp};
use commonground::clock;
use commonground::model::record::read;
use commonground::model::{Kind, Origin};
use commonground::store::Tip;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::cluster::{Cluster, free_port};
use support::program::{Server, run, text};
use support::{Town, Writers, eventually, eventually_within, findings};
use tempfile::TempDir;

fn hall(name: &str) -> Value {
    json!({"name": name, "type": "community_centre", "point": {"lon": -3.366, "lat": 54.664}})
}

async fn sees(town: &Town, record: &Value) -> bool {
    town.get(&format!("/places/{}", record["id"].as_str().unwrap())).await.0 == 200
}

#[tokio::test]
async fn each_instance_sees_what_the_others_write_with_notify_and_without() {
    let cluster = Cluster::start();
    for (name, words) in [("heard", ""), ("looked_at", "?notify=off")] {
        let url = format!("{}{words}", cluster.database(name));
        let (here, there) = (Town::on(&url).await, Town::on(&url).await);
        let hall_here = here.add("places", hall("here")).await;
        let hall_there = there.add("places", hall("there")).await;
        eventually("the write of the one", || sees(&there, &hall_here)).await;
        eventually("the write of the other", || sees(&here, &hall_there)).await;
        assert_eq!(findings(&url).await, Vec::<String>::new());
    }
}

fn organisation(name: &str, after: Tip) -> Change {
    let by = commonground::app::accounts::COMMAND_LINE;
    let stamp = Stamp { by, at: clock::now(), why: None, batch: clock::new_id() };
    let given = read(Kind::Organisation, &json!({"name": name, "type": "voluntary"})).unwrap();
    let id = clock::new_id();
    let change = apply::create(id, Kind::Organisation, given.body, Some(id), (Origin::Owner, None), &stamp);
    Change { id: clock::new_id(), seq: after.seq + 1, ..change }
}

#[tokio::test]
async fn an_append_waits_for_the_one_before_it_and_a_dropped_one_leaves_no_hole() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let (one, other) = (connect(&url).await.unwrap(), connect(&url).await.unwrap());
    let before = one.head().await.unwrap();
    let mut first = one.begin().await.unwrap();
    first.append(&[organisation("first", first.head())]).await.unwrap();
    let waiting = tokio::spawn(async move {
        let mut second = other.begin().await.unwrap();
        second.append(&[organisation("second", second.head())]).await.unwrap();
        second.commit().await.unwrap();
    });
    let blocked = "select count(*) from pg_stat_activity where datname = 'town' and wait_event_type = 'Lock'";
    eventually("waiting for the lock", || async { cluster.psql("postgres", blocked) == "1" }).await;
    assert!(!waiting.is_finished());
    assert_eq!(one.head().await.unwrap(), before, "readers see neither");
    drop(first);
    waiting.await.unwrap();
    let changes = one.changes(commonground::store::Which::After(0), 100).await.unwrap();
    assert_eq!(changes.iter().map(|c| c.seq).collect::<Vec<_>>(), (1..=before.seq + 1).collect::<Vec<_>>());
    assert!(changes.last().unwrap().after.as_deref().unwrap().contains("second"));
}

struct Balancer {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Balancer {
    /// HAProxy, one request here, the next one there.
    async fn before(instances: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let servers: String = instances
            .iter()
            .enumerate()
            .map(|(i, address)| format!("  server s{i} {} check inter 200ms\n", address.trim_start_matches("http://")))
            .collect();
        let config = format!(
            "global\n  maxconn 200\ndefaults\n  mode http\n  timeout connect 2s\n  timeout client 30s\n  \
             timeout server 30s\nfrontend town\n  bind 127.0.0.1:{port}\n  default_backend instances\n\
             backend instances\n  balance roundrobin\n  option httpchk GET /readyz\n{servers}"
        );
        let path = folder.path().join("haproxy.cfg");
        std::fs::write(&path, config).unwrap();
        let child = Command::new("/usr/sbin/haproxy")
            .arg("-db")
            .arg("-f")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("HAProxy is missing: sudo apt-get install haproxy");
        let balancer = Self { child, address: format!("http://127.0.0.1:{port}"), _folder: folder };
        let ready = format!("{}/readyz", balancer.address);
        eventually("the balancer's start", || async { reqwest::get(&ready).await.is_ok_and(|r| r.status() == 200) })
            .await;
        balancer
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn whoever_names_the_revision_reads_her_own_write_behind_a_balancer() {
    let cluster = Cluster::start();
    // Without NOTIFY the other instance is a while behind: a read that does not say what it needs comes too early.
    let url = format!("{}?notify=off", cluster.database("town"));
    let (one, other) = (Town::on(&url).await, Town::on(&url).await);
    let balancer = Balancer::before(&[&one.address, &other.address]).await;
    let client = Client::new();
    let mut too_early = 0;
    for i in 0..40 {
        let places = format!("{}/api/v1/places", balancer.address);
        let made = client.post(&places).bearer_auth(&one.token).json(&hall(&format!("hall {i}"))).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED);
        let revision = made.headers()["cg-revision"].clone();
        let place = format!("{places}/{}", made.json::<Value>().await.unwrap()["id"].as_str().unwrap());
        too_early += usize::from(client.get(&place).send().await.unwrap().status() == StatusCode::NOT_FOUND);
        for _ in 0..2 {
            let read = client.get(&place).header("At-Least", revision.clone()).send().await.unwrap();
            assert_eq!(read.status(), StatusCode::OK, "hall {i}");
        }
    }
    assert!(too_early > 0, "both instances were never apart: this test tells nothing");
}

/// Sixteen writers on two real programs; one is killed. A writer whose instance is gone goes to the other one with
/// the same id, as a client would.
#[test]
fn nothing_acknowledged_is_lost_when_one_of_two_instances_is_killed_under_sixteen_writers() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let token = text(&run(&url, &["token", "add", "--role", "admin"]).stdout).trim().to_owned();
    let (killed, left) = (Server::again(&url), Server::again(&url));
    let addresses = [killed.address.clone(), left.address.clone()];
    support::program::runtime().block_on(async {
        let (stop, written) = (AtomicBool::new(false), AtomicUsize::new(0));
        let client = Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let writers = (0..16).map(|writer: usize| {
            let (client, addresses, token, stop, written) = (&client, &addresses, &token, &stop, &written);
            async move {
                let mut acknowledged = Vec::new();
                let mut at = writer % 2;
                while !stop.load(Ordering::Relaxed) {
                    let id = clock::new_id();
                    let mut tries = 0;
                    loop {
                        let put = client.put(format!("{}/api/v1/places/{id}", addresses[at])).bearer_auth(token);
                        let sent = put.header("If-None-Match", "*").json(&hall(&format!("of {writer}"))).send().await;
                        let answer = match sent {
                            Ok(answer) if answer.status().is_success() => {
                                acknowledged.push(id.to_string());
                                written.fetch_add(1, Ordering::Relaxed);
                                break;
                            }
                            Ok(answer) => format!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()),
                            Err(error) => error.to_string(),
                        };
                        at = 1 - at;
                        tries += 1;
                        assert!(tries < 50, "no instance takes writes: {answer}");
                    }
                }
                acknowledged
            }
        });
        let written = &written;
        let kill = async {
            let have_written =
                |many| eventually("writing", move || async move { written.load(Ordering::Relaxed) >= many });
            have_written(300).await;
            killed.signal("-KILL");
            have_written(600).await;
            stop.store(true, Ordering::Relaxed);
        };
        let (acknowledged, ()) = futures::join!(futures::future::join_all(writers), kill);
        let acknowledged: HashSet<String> = acknowledged.into_iter().flatten().collect();
        let stored: HashSet<String> =
            cluster.psql("town", "select id from record where body is not null").lines().map(str::to_owned).collect();
        println!("acknowledged {}, stored {}", acknowledged.len(), stored.len());
        assert_eq!(acknowledged.difference(&stored).count(), 0, "acknowledged writes are lost");
        let seen = support::program::get(&left.address, "/places?limit=1").await;
        assert_eq!(seen["total"], stored.len(), "the instance that is left sees all of them");
    });
    let checked = run(&url, &["check"]);
    assert!(checked.status.success(), "{}", text(&checked.stdout));
}

#[tokio::test]
async fn while_the_database_is_away_writes_are_refused_reads_go_on_and_instances_come_back_by_themselves() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let (one, other) = (Town::on(&url).await, Town::on(&url).await);
    let before = one.add("places", hall("before")).await;
    eventually("the write before", || sees(&other, &before)).await;
    assert_eq!(one.get_as_admin("/places").await.0, 200);
    cluster.down();
    let away = Instant::now();
    let mut refused = 0;
    while away.elapsed() < Duration::from_secs(10) || refused == 0 {
        let write = one.admin(Method::POST, "/places").json(&hall("during")).send().await.unwrap();
        assert_eq!(write.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(write.headers().contains_key("retry-after"));
        assert!(!write.text().await.unwrap().contains("127.0.0.1"), "the inside is not told");
        refused += 1;
        for town in [&one, &other] {
            assert!(sees(town, &before).await, "reads go on");
            for path in ["/api/v1/about", "/tiles/places.json", "/readyz"] {
                let answer = town.client.get(format!("{}{path}", town.address)).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK, "{path}");
            }
        }
        assert_eq!(one.get_as_admin("/places").await.0, 200, "a token that is known keeps reading");
    }
    cluster.up();
    let mut after = Value::Null;
    eventually("a write after", || {
        let request = one.admin(Method::POST, "/places").json(&hall("after"));
        async { request.send().await.unwrap().status() == StatusCode::CREATED }
    })
    .await;
    let (_, list) = one.get("/places?q=after").await;
    after.clone_from(&list["items"][0]);
    eventually("the other instance's catching up", || sees(&other, &after)).await;
    assert_eq!(one.get("/places?q=during").await.1["total"], 0, "what was refused is not there");
    assert_eq!(findings(&url).await, Vec::<String>::new());
}

/// Hands bytes to and fro until it is told to fall silent: no answer, no end, as when a cable is pulled.
struct Proxy {
    port: u16,
    silent: Arc<tokio::sync::watch::Sender<bool>>,
}

impl Proxy {
    async fn before(cluster: &Cluster) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, to) = (listener.local_addr().unwrap().port(), cluster.port);
        let silent = Arc::new(tokio::sync::watch::Sender::new(false));
        let told = silent.clone();
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let mut told = told.subscribe();
                tokio::spawn(async move {
                    let mut there = tokio::net::TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut here, &mut there) => {}
                        () = async { drop(told.wait_for(|silent| *silent).await) } => {}
                    }
                    // Both ends stay open and hear nothing more.
                    if *told.borrow() {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { port, silent }
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_for_the_next_one_in_the_address() {
    let cluster = Cluster::start();
    cluster.database("town");
    let proxy = Proxy::before(&cluster).await;
    let url = format!("postgres://cg@127.0.0.1:{},127.0.0.1:{}/town", proxy.port, cluster.port);
    let town = Arc::new(Town::on(&url).await);
    // Under way when it happens: an append that holds the order, writes that wait for it, the looks of the follower.
    let writers = Writers::begin(&town, 8);
    writers.have_written(50).await;
    let held = connect(&url).await.unwrap();
    let _held = held.begin().await.unwrap();
    proxy.silent.send_replace(true);
    // A write may take twenty seconds to be given up, the look of the follower five.
    eventually_within(Duration::from_secs(200), "writing at the next server", || {
        let request = town.admin(Method::POST, "/places").json(&hall("after"));
        async { request.send().await.unwrap().status() == StatusCode::CREATED }
    })
    .await;
    writers.stop().await;
    let direct = Town::on(&cluster.url("town")).await;
    let other = direct.add("places", hall("of another instance")).await;
    eventually("following again", || sees(&town, &other)).await;
    assert_eq!(findings(&cluster.url("town")).await, Vec::<String>::new());
}

/// The server ends what is silent for ten seconds; ten times that is the deadline.
const LET_GO: Duration = Duration::from_secs(100);

async fn can_write(town: &Town, name: &'static str) {
    eventually_within(LET_GO, name, || {
        let request = town.admin(Method::POST, "/places").json(&hall(name));
        async { request.send().await.unwrap().status() == StatusCode::CREATED }
    })
    .await;
}

// F28.
#[tokio::test]
async fn an_append_that_falls_silent_lets_go_of_the_order_and_is_not_acknowledged() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let town = Town::on(&url).await;
    let gone = connect(&url).await.unwrap();
    // The order is taken, something is written, and then nothing more is heard.
    let mut held = gone.begin().await.unwrap();
    let lost = organisation("lost", held.head());
    held.append(std::slice::from_ref(&lost)).await.unwrap();
    can_write(&town, "after").await;
    assert!(held.commit().await.is_err(), "what was let go of cannot be committed");
    assert_eq!(town.get(&format!("/organisations/{}", lost.record.unwrap())).await.0, 404);
    assert_eq!(findings(&url).await, Vec::<String>::new());
}

// F28, as it was found: the process itself is stopped, in the midst of an append.
#[tokio::test]
async fn a_frozen_instance_stops_no_other_writer() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let frozen = Server::again(&url);
    let town = Town::on(&url).await;
    let before = town.add("places", hall("before")).await;
    let path = format!("/places/{}", before["id"].as_str().unwrap());
    let token = text(&run(&url, &["token", "add", "--role", "admin"]).stdout);
    // Its append takes the order and then waits for a row that is locked here.
    let id = before["id"].as_str().unwrap().to_owned();
    let lock = format!("begin; select from record where id = '{id}' for update; select pg_sleep(600)");
    let mut locker = cluster.hold("town", &lock);
    let locked = "select count(*) from pg_stat_activity where query like '%pg_sleep%' and wait_event = 'PgSleep'";
    eventually("the lock", || std::future::ready(cluster.psql("town", locked) == "1")).await;
    let put = Client::new().put(format!("{}/api/v1{path}", frozen.address)).bearer_auth(token.trim());
    let put = put.header("If-Match", "\"v1\"").json(&hall("changed")).timeout(LET_GO);
    let putting = tokio::spawn(put.send());
    let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%record%'";
    eventually("its append's waiting", || std::future::ready(cluster.psql("town", waits) == "1")).await;
    frozen.signal("-STOP");
    cluster.psql("town", "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
    locker.wait().unwrap();
    can_write(&town, "after").await;
    frozen.signal("-CONT");
    let answer = putting.await.unwrap().unwrap();
    assert!(answer.status().is_server_error(), "{}", answer.status());
    assert_eq!(town.get(&path).await.1["name"], "before", "what was not acknowledged is not there");
    assert_eq!(findings(&url).await, Vec::<String>::new());
}

#[tokio::test]
async fn many_undos_at_once_do_not_starve_each_other() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let town = Town::on(&url).await;
    let mut batches = Vec::new();
    for i in 0..14 {
        let place = town.add("places", hall(&format!("hall {i}"))).await;
        let path = format!("/places/{}/history", place["id"].as_str().unwrap());
        batches.push(town.get_as_admin(&path).await.1["items"][0]["batch"].clone());
    }
    let undos = batches.iter().map(|batch| town.post("/undo", json!({"batch": batch})));
    for (status, answer) in futures::future::join_all(undos).await {
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(town.get("/places").await.1["total"], 0);
}

/// One address of two servers, in order.
fn both(first: &Cluster, second: &Cluster) -> String {
    format!("postgres://cg@127.0.0.1:{},127.0.0.1:{}/town", first.port, second.port)
}

#[tokio::test]
async fn a_synchronous_standby_takes_over_with_everything_that_was_acknowledged() {
    let first = Cluster::start();
    first.database("town");
    let second = first.standby(true);
    let synced = "select count(*) from pg_stat_replication where sync_state = 'sync'";
    eventually("synchronous replication", || async { first.psql("postgres", synced) == "1" }).await;
    let url = both(&first, &second);
    let (one, other) = (Arc::new(Town::on(&url).await), Town::on(&url).await);
    let writers = Writers::begin(&one, 8);
    writers.have_written(100).await;
    first.down();
    second.promote();
    let last = hall("on the second server");
    eventually("a write on the second server", || {
        let request = other.admin(Method::POST, "/places").json(&last);
        async { request.send().await.unwrap().status() == StatusCode::CREATED }
    })
    .await;
    let (acknowledged, _) = writers.stop().await;
    let stored = second.psql("town", "select id from record where body is not null");
    let stored: HashSet<String> = stored.lines().map(str::to_owned).collect();
    println!("acknowledged {}, stored {}", acknowledged.len(), stored.len());
    assert_eq!(acknowledged.difference(&stored).count(), 0, "acknowledged writes are lost");
    eventually("both instances' seeing all", || async {
        let total = |town: &Town| {
            let request = town.anybody(Method::GET, "/places?limit=1");
            async { support::read(request.send().await.unwrap()).await.1["total"].clone() }
        };
        total(&one).await == stored.len() && total(&other).await == stored.len()
    })
    .await;
    assert_eq!(findings(&url).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_instance_that_knows_more_than_the_server_that_took_over_drops_it() {
    let first = Cluster::start();
    first.database("town");
    let second = first.standby(false);
    let url = both(&first, &second);
    let town = Town::on(&url).await;
    let kept = town.add("places", hall("kept")).await;
    let received = "select count(*) from pg_stat_replication where replay_lsn = pg_current_wal_lsn()";
    eventually("asynchronous replication", || async { first.psql("postgres", received) == "1" }).await;
    second.down();
    let lost = town.add("places", hall("never sent on")).await;
    assert!(sees(&town, &lost).await);
    first.down();
    second.up();
    second.promote();
    eventually("dropping what is not true any more", || async { !sees(&town, &lost).await }).await;
    assert!(sees(&town, &kept).await);
    eventually("a write on the second server", || {
        let request = town.admin(Method::POST, "/places").json(&hall("new"));
        async { request.send().await.unwrap().status() == StatusCode::CREATED }
    })
    .await;
    assert_eq!(town.get("/places").await.1["total"], 2);
    assert_eq!(findings(&url).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_log_that_parted_from_ours_is_noticed_even_when_it_is_longer() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let town = Town::on(&url).await;
    let mine = town.add("places", hall("mine")).await;
    // Another history: the last change is a different one, and more came after it, all in one moment.
    let other_history = "begin;
        update change set id = gen_random_uuid(), after = replace(after, 'mine', 'theirs') where seq = (select seq from head);
        update record set body = replace(body, 'mine', 'theirs');
        insert into change select seq + 1, gen_random_uuid(), 'access', null, null, by, 0, schema, null, null, by, at,
            null, null, gen_random_uuid() from change where seq = (select seq from head);
        update head set seq = seq + 1;
        commit";
    cluster.psql("town", other_history);
    let path = format!("/places/{}", mine["id"].as_str().unwrap());
    eventually("loading again", || async { town.get(&path).await.1["name"] == "theirs" }).await;
}

#[test]
fn a_database_that_cannot_be_used_is_told_with_what_to_do_and_without_the_password() {
    let cluster = Cluster::start();
    cluster.database("town");
    cluster.psql("postgres", "create role guest login password 'secret'");
    let port = cluster.port;
    let cases = [
        (format!("postgres://cg:secret@127.0.0.1:{}/town", free_port()), "check host and port"),
        (format!("postgres://cg:secret@127.0.0.1:{port}/nowhere"), "createdb"),
        (format!("postgres://nobody:secret@127.0.0.1:{port}/town"), "check the user and the password"),
        (format!("postgres://guest:secret@127.0.0.1:{port}/town"), "GRANT CREATE"),
        (format!("postgres://cg:secret@127.0.0.1:{port}/town?notify=maybe"), "notify must be on or off"),
        ("postgres://cg:secret@127.0.0.1:port/town".to_owned(), "invalid port"),
    ];
    for (url, advice) in cases {
        let refused = run(&url, &["check"]);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{url}: {said}");
        assert!(said.contains(advice), "{url}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
    let url = cluster.url("town");
    assert!(run(&url, &["check"]).status.success());
    cluster.psql("town", "insert into _sqlx_migrations values (9999, 'later', now(), true, '\\x00', 0)");
    let newer = run(&url, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!newer.status.success() && text(&newer.stderr).contains("newer release"), "{}", text(&newer.stderr));
}

#[test]
fn the_address_of_the_data_may_come_from_database_url() {
    let cluster = Cluster::start();
    let url = cluster.database("town");
    let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
    command.arg("check").env("DATABASE_URL", &url).env_remove("COMMONGROUND_DATA").env_remove("COMMONGROUND_CONFIG");
    assert!(command.status().unwrap().success());
    assert_eq!(cluster.psql("town", "select seq from head"), "0", "its tables are made");
}

// F9: what is hidden goes the same way as what never was; with the database away, that way ends where it is asked.
#[tokio::test]
async fn the_history_of_a_hidden_record_is_looked_for_like_that_of_none() {
    let cluster = Cluster::start();
    let town = Town::on(&cluster.database("town")).await;
    let quiet = json!({"name": "Quiet", "point": {"lon": -3.3, "lat": 54.6}, "visibility": "partners"});
    let quiet = town.add("places", quiet).await;
    let absent = "01a204c4-2d86-7071-ace9-80e1176156fa";
    let history = async |id: &str| town.get(&format!("/places/{id}/history")).await.0;
    let hidden = quiet["id"].as_str().unwrap();
    assert_eq!((history(hidden).await, history(absent).await), (404, 404));
    cluster.down();
    assert_eq!((history(hidden).await, history(absent).await), (503, 503));
}
