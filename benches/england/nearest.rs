//! The ten nearest of a category: over HTTP beside the same bytes from a plain route, alone and with filter words; and in
//! process with their bodies rendered, beside PostGIS.

use commonground::analysis::{Asked, Ctl, nearby};
use commonground::atlas::View;
use commonground::http::nearby::render;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

use crate::asking::Asking;
use crate::data::{Data, Which, now};
use crate::peers::Peers;
use crate::plain_route;
use crate::questions::{self, BESIDE, Query, Words};
use crate::server::Server;
use crate::table::{Aim, Table, median};
use crate::truth::nearest::{Runs, answer};
use crate::truth::{World, agreed};

const REQUESTS: usize = 30_000;
const CONNECTIONS: usize = 4;
/// So long each turn lasts at the most; there are three.
const TURN: Duration = Duration::from_secs(8);
/// Questions whose answers are compared, as far as the time goes.
const COMPARED: usize = 100;
const COMPARING: Duration = Duration::from_secs(45);

const WORK: &str = "10 nearest over HTTP, processor time a request";

/// Over HTTP.
pub fn over_http(data: &Data, server: &Server, world: &World, runtime: &Runtime, table: &mut Table) {
    let asking = Asking::of(&server.address);
    let plain = beside(data, &asking, runtime);
    let mut alone = None;
    for (name, wanted) in BESIDE {
        runtime.block_on(compare(&asking, world, name, wanted));
        let paths: Vec<String> = questions::ALL.iter().map(|q| q.path(&wanted(q))).collect();
        let work = format!("{WORK}{name}");
        // In turns, so that a busy moment of the machine falls on both.
        let (mut of_ours, mut of_plain, mut rate) = (Vec::new(), Vec::new(), 0.0);
        for _ in 0..3 {
            let asking = Asking::of(&plain.address);
            of_plain.extend(runtime.block_on(cost(&plain, &asking, &[plain_route::PATH.to_owned()])).map(|c| c.0));
            let Some((seconds, a_second)) = runtime.block_on(cost(server, &asking_of(server), &paths)) else { break };
            of_ours.push(seconds);
            rate = a_second;
        }
        if of_ours.is_empty() {
            table.say(data.which, &work, "no answer in time");
            continue;
        }
        let (ours, of_plain) = (median(of_ours) * 1e6, median(of_plain) * 1e6);
        let shown = format!("the same bytes from a plain route {of_plain:.1} µs");
        let first = *alone.get_or_insert(ours);
        let plain_alone = table.plain(WORK);
        let aim = match (name, data.which) {
            ("", Which::Plain) => Aim::Within(2.0, "a plain route", Some(of_plain)),
            ("", Which::Lived) => Aim::OfPlain(1.5),
            (_, Which::Plain) => Aim::Within(4.0, "nearest alone", Some(first)),
            (_, Which::Lived) => Aim::Within(4.0, "plain nearest alone", plain_alone),
        };
        table.add(data.which, &work, if name.is_empty() { &shown } else { "" }, ours, "µs", &aim);
        if name.is_empty() {
            let work = "the same, answers to 4 connections on the same two cores";
            table.add(data.which, work, "", rate, "/s", &Aim::None);
        }
    }
}

fn asking_of(server: &Server) -> Asking {
    Asking::of(&server.address)
}

/// The comparing server, with an answer of the usual size.
fn beside(data: &Data, asking: &Asking, runtime: &Runtime) -> Server {
    let mut sizes = runtime.block_on(async {
        let (mut answers, begun) = (Vec::new(), Instant::now());
        for query in questions::ALL.iter().take(200) {
            if begun.elapsed() < TURN {
                answers.push(asking.get(&query.path(&BESIDE[0].1(query))).await.body);
            }
        }
        answers
    });
    sizes.sort_by_key(Vec::len);
    let body = data.folder.join("hello.json");
    std::fs::write(&body, &sizes[sizes.len() / 2]).expect("target can be written");
    plain_route::start(&body)
}

/// Processor seconds of the server for one request, and answers a second; none where a request fails.
async fn cost(server: &Server, asking: &Asking, paths: &[String]) -> Option<(f64, f64)> {
    let first = asking.get(&paths[0]).await;
    // What takes long is asked by one alone: who waits for a turn would be sent away.
    let connections = if first.seconds > 0.2 { 1 } else { CONNECTIONS };
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(usize::from(!first.is_well())));
    let (begun, before) = (Instant::now(), server.seconds());
    let connections = (0..connections).map(|_| async {
        let mut done = 0;
        while begun.elapsed() < TURN && failed.load(Ordering::Relaxed) == 0 {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= REQUESTS {
                break;
            }
            let told = asking.get(&paths[at % paths.len()]).await;
            failed.fetch_add(usize::from(!told.is_well()), Ordering::Relaxed);
            done += 1;
        }
        done
    });
    let done: usize = futures::future::join_all(connections).await.into_iter().sum();
    let well = failed.load(Ordering::Relaxed) == 0 && done > 0;
    well.then(|| ((server.seconds() - before) / done as f64, done as f64 / begun.elapsed().as_secs_f64()))
}

/// Answers against the truth, as far as the time goes.
async fn compare(asking: &Asking, world: &World, name: &str, wanted: Words) {
    let (begun, mut compared) = (Instant::now(), 0);
    for query in questions::ALL.iter().step_by(97).take(COMPARED) {
        if begun.elapsed() > COMPARING {
            break;
        }
        let wanted = wanted(query);
        let told = asking.get(&query.path(&wanted)).await;
        if !told.is_well() {
            continue;
        }
        let (found, known) = (runs(&told.json()), answer(world, &wanted, query.at, 10));
        assert!(same(&found, &known), "{}\n{found:?}\n{known:?}", query.path(&wanted));
        compared += 1;
    }
    agreed(&format!("10 nearest{name}"), compared, COMPARED);
}

fn runs(answer: &Value) -> Runs {
    let mut runs = Runs::default();
    for feature in answer["features"].as_array().into_iter().flatten() {
        let of = &feature["properties"];
        let number = number(&of["name"]);
        let metres = of["distance_m"].as_f64().unwrap_or(f64::INFINITY);
        match of["run"].as_str() {
            Some("sure") => runs.sure.push((number, metres)),
            Some("without_travel") => runs.without_travel.push(number),
            _ => runs.possible.push((number, metres)),
        }
    }
    runs
}

/// The number of an asset by its name.
pub fn number(name: &Value) -> u64 {
    name.as_str().and_then(|name| name.rsplit(' ').next()?.parse().ok()).expect("an asset is called by its number")
}

/// The same services in the same order, as far away to the millimetre.
fn same(found: &Runs, known: &Runs) -> bool {
    let run = |found: &[(u64, f64)], known: &[(u64, f64)]| {
        let one = |((a, x), (b, y)): (&(u64, f64), &(u64, f64))| a == b && (x == y || (x - y).abs() < 1e-3);
        found.len() == known.len() && found.iter().zip(known).all(one)
    };
    run(&found.sure, &known.sure)
        && run(&found.possible, &known.possible)
        && found.without_travel == known.without_travel
}

/// In process, on two threads.
pub fn in_process(which: Which, view: &View, peers: &Peers, table: &mut Table) {
    let (done, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (begun, long) = (Instant::now(), Duration::from_secs(4));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while begun.elapsed() < long {
                    let query = &questions::ALL[next.fetch_add(1, Ordering::Relaxed) % questions::ALL.len()];
                    let question = question(query, view);
                    let answered = nearby::answer(&question, view, &Ctl::free()).expect("nothing stops it");
                    std::hint::black_box(render(&question, &answered, view, &Ctl::free())).expect("nothing stops it");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let rate = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    let shown = peers.shown(&[("PostGIS", "i_knn10_category c=2"), ("scipy, one thread", "scipy kNN10 by category")]);
    let times = if which == Which::Plain { 5.0 } else { 3.0 };
    let aim = Aim::Times(times, "PostGIS", peers.get("i_knn10_category c=2"));
    table.add(which, "10 nearest in process, bodies rendered, 2 threads", &shown, rate, "q/s", &aim);
}

fn question(query: &Query, view: &View) -> nearby::Question {
    let words = [
        ("near", format!("{},{}", query.at.1, query.at.0)),
        ("kind", "service".to_owned()),
        ("category", query.category.to_string()),
        ("limit", "10".to_owned()),
    ];
    let asked = Asked::new(words.map(|(name, value)| (name.to_owned(), value)).into()).expect("the words are known");
    nearby::read(asked, view, &now()).expect("the question can be read")
}
