//! What is asked of the atlas, in process, on two threads: the nearest of a category, and who can get there.

use commonground::analysis::{Asked, Ctl, coverage as who, nearby};
use commonground::atlas::View;
use commonground::http::nearby::render;
use commonground::model::record::stored;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::peers::Peers;
use crate::table::{Aim, Table, median};
use crate::{data, england};

/// A question: where, and for which category.
pub struct Query {
    pub number: u32,
    pub category: u32,
    pub lon: f64,
    pub lat: f64,
}

/// The ten thousand questions of the shared files.
pub fn queries() -> Vec<Query> {
    let read = |line: &str| {
        let mut parts = line.split('\t');
        let mut next = || parts.next().expect("four columns").parse::<f64>().expect("a number");
        Query { number: next() as u32, category: next() as u32, lon: next(), lat: next() }
    };
    england::queries().lines().map(read).collect()
}

fn asked(words: &[(&str, String)]) -> Asked {
    Asked::new(words.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
        .expect("the words are known")
}

fn question(query: &Query, view: &View) -> nearby::Question {
    let words = [
        ("near", format!("{},{}", query.lat, query.lon)),
        ("kind", "service".to_owned()),
        ("category", query.category.to_string()),
        ("limit", "10".to_owned()),
    ];
    nearby::read(asked(&words), view, &now()).expect("the question can be read")
}

fn now() -> jiff::Zoned {
    commonground::clock::local(&jiff::tz::TimeZone::UTC)
}

/// Ten nearest of a category, with their bodies rendered.
pub fn nearest(view: &View, peers: &Peers, table: &mut Table) {
    compare_nearest(view);
    let queries = queries();
    let (done, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (begun, long) = (Instant::now(), Duration::from_secs(4));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while begun.elapsed() < long {
                    let query = &queries[next.fetch_add(1, Ordering::Relaxed) % queries.len()];
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
    let aim = Aim::Times(3.0, peers.get("i_knn10_category c=2"));
    table.add("10 nearest of a category, bodies rendered, 2 threads", &shown, rate, "q/s", &aim);
}

/// The 250 known answers of both kinds, asset by asset.
fn compare_nearest(view: &View) {
    let Some(shared) = data::shared() else { return };
    let key = |entry: &commonground::atlas::Entry| -> u64 {
        stored(&entry.body)["sources"][0]["key"].as_str().expect("a key").parse().expect("a number")
    };
    let queries: BTreeMap<u32, Query> = queries().into_iter().map(|q| (q.number, q)).collect();
    let read = |name: &str| std::fs::read_to_string(shared.join("bench").join(name)).expect("the known answers");
    let mut truth: BTreeMap<u32, Vec<(u64, f64)>> = BTreeMap::new();
    for line in read("knn_within_250.csv").lines().skip(1) {
        let parts: Vec<&str> = line.split(',').collect();
        let found = (parts[3].parse().expect("an asset"), parts[4].parse().expect("metres"));
        truth.entry(parts[0].parse().expect("a query")).or_default().push(found);
    }
    for (number, truth) in &truth {
        let question = question(&queries[number], view);
        let found = nearby::answer(&question, view, &Ctl::free()).expect("nothing stops it");
        assert_eq!(found.sure.len().min(10), truth.len(), "query {number}");
        for (ours, (asset, metres)) in found.sure.iter().zip(truth) {
            let distance = ours.distance_m.expect("a distance");
            assert!((distance - metres).abs() < 2e-3, "query {number}: {distance} {metres}");
            assert_eq!(key(ours.entry), *asset, "query {number}");
        }
    }
    let mut within = 0;
    for line in read("within2km_250.csv").lines().skip(1) {
        let parts: Vec<&str> = line.split(',').collect();
        let query = &queries[&parts[0].parse().expect("a query")];
        let words = [
            ("near", format!("{},{}", query.lat, query.lon)),
            ("kind", "service".to_owned()),
            ("category", query.category.to_string()),
            ("within", "2000m".to_owned()),
            ("limit", "200".to_owned()),
        ];
        let question = nearby::read(asked(&words), view, &now()).expect("the question can be read");
        let mut found: Vec<u64> = nearby::answer(&question, view, &Ctl::free())
            .expect("nothing stops it")
            .sure
            .iter()
            .map(|f| key(f.entry))
            .collect();
        let mut known: Vec<u64> =
            parts[3].split(';').filter(|s| !s.is_empty()).map(|s| s.parse().expect("an asset")).collect();
        found.sort_unstable();
        known.sort_unstable();
        assert_eq!(found, known, "query {}", parts[0]);
        within += 1;
    }
    eprintln!("  {} nearest and {within} within 2 km: as known", truth.len());
}

/// 36,000 areas, 16,445 services.
pub fn coverage(view: &View, peers: &Peers, table: &mut Table) {
    let question = |metres: u32, include: bool| {
        let mut words = vec![
            ("category", "20".to_owned()),
            ("kind", "service".to_owned()),
            ("areas", "synthetic".to_owned()),
            ("within", format!("{metres}m")),
        ];
        if include {
            words.push(("include", "per_area".to_owned()));
        }
        who::read(asked(&words), view, &now()).expect("the question can be read")
    };
    if let Some(shared) = data::shared() {
        let text = std::fs::read_to_string(shared.join("bench/expected.json")).expect("the known answers");
        let truth: Value = serde_json::from_str(&text).expect("JSON");
        for metres in [1600, 5000, 8000] {
            let total = who::answer(&question(metres, false), view, &Ctl::free()).expect("nothing stops it").total;
            let known = &truth["coverage"][format!("geodesic_{metres}")];
            assert_eq!(
                (total.covered, total.areas_covered as u64),
                (known["pop"].as_f64().unwrap_or(-1.0), known["areas"].as_u64().unwrap_or(0)),
                "{metres} m"
            );
        }
        eprintln!("  coverage at 1.6, 5 and 8 km: as known");
    }
    let shown = peers.shown(&[
        ("scipy, planar", "scipy national coverage"),
        ("DuckDB", "duckdb coverage"),
        ("PostGIS", "iv_coverage_temp"),
    ]);
    for (work, include, aim) in [("totals", false, 0.02), ("with every area's nearest", true, 0.05)] {
        let times = (0..25).map(|_| {
            let begun = Instant::now();
            std::hint::black_box(who::answer(&question(5000, include), view, &Ctl::free())).expect("nothing stops it");
            begun.elapsed().as_secs_f64()
        });
        let seconds = median(times.collect());
        table.add(&format!("national coverage at 5 km, {work}"), &shown, seconds, "s", &Aim::AtMost(aim));
    }
}
