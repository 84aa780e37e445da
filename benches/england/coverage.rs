//! Who can get there: 36,000 areas against the 16,445 services of a category, in process; the sums over HTTP against the
//! truth, area by area for some.

use commonground::analysis::{Asked, Ctl, coverage as who};
use commonground::atlas::View;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

use crate::asking::Asking;
use crate::data::{Which, now, shared};
use crate::peers::Peers;
use crate::table::{Aim, Table, median};
use crate::truth::coverage::Chosen;
use crate::truth::wanted::Wanted;
use crate::truth::{World, agreed};

const TIMES: usize = 25;
/// So long each work is repeated at the most.
const LONG: Duration = Duration::from_secs(20);
/// Areas of which each is looked at by itself.
const AREAS: usize = 100;

/// Seconds for the sums, and for every area's nearest too.
pub fn in_process(which: Which, view: &View, peers: &Peers, table: &mut Table) {
    let shown = peers.shown(&[
        ("scipy, planar", "scipy national coverage"),
        ("DuckDB", "duckdb coverage"),
        ("PostGIS", "iv_coverage_temp"),
    ]);
    for (work, include, most) in [("totals", false, 0.02), ("with every area's nearest", true, 0.05)] {
        let (all, mut times) = (Instant::now(), Vec::new());
        while times.len() < TIMES && (times.is_empty() || all.elapsed() < LONG) {
            let begun = Instant::now();
            std::hint::black_box(who::answer(&question(include, view), view, &Ctl::free())).expect("nothing stops it");
            times.push(begun.elapsed().as_secs_f64());
        }
        let aim = if which == Which::Plain { Aim::AtMost(most) } else { Aim::OfPlain(3.0) };
        table.add(which, &format!("national coverage at 5 km, {work}"), &shown, median(times), "s", &aim);
    }
}

fn question(per_area: bool, view: &View) -> who::Question {
    let mut words = vec![("category", "20"), ("kind", "service"), ("areas", "synthetic"), ("within", "5000m")];
    words.extend(per_area.then_some(("include", "per_area")));
    let words = words.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let asked = Asked::new(words).expect("the words are known");
    who::read(asked, view, &now()).expect("the question can be read")
}

/// What is said over HTTP, against the truth.
pub fn compare(which: Which, server: &str, world: &World, runtime: &Runtime, table: &mut Table) {
    let asking = Asking::of(server);
    if which == Which::Plain {
        known(&asking, runtime);
    }
    let words = [
        Wanted { category: Some(20), ..Wanted::default() },
        Wanted { category: Some(20), delivery: Some("at_home"), ..Wanted::default() },
        Wanted { category: Some(20), delivery: Some("at_place"), referral: Some("self"), ..Wanted::default() },
    ];
    let mut compared = 0;
    for wanted in &words {
        let path = format!("/api/v1/coverage?areas=synthetic&kind=service&within=5km{}", wanted.words());
        let chosen = Chosen::of(world, wanted, which == Which::Lived);
        let told = runtime.block_on(asking.get(&path));
        if !told.is_well() {
            let work = format!("coverage over HTTP:{}", wanted.words());
            table.say(which, &work, &format!("{} after {:.0} s", told.status, told.seconds));
            continue;
        }
        let (told, truth) = (told.json(), chosen.totals(&world.areas, 5_000.0));
        let known = json!({"areas_covered": truth.areas_covered, "covered": truth.covered, "unsure": truth.unsure});
        let total = &told["total"];
        let found = json!({"areas_covered": total["areas_covered"], "covered": total["weight_covered"],
            "unsure": total["weight_unsure"]});
        assert_eq!(found, known, "{path}");
        by_area(&asking, &path, world, &chosen, runtime);
        compared += 1;
    }
    agreed(&format!("coverage, sums and {AREAS} areas of each"), compared, words.len());
}

fn by_area(asking: &Asking, path: &str, world: &World, chosen: &Chosen<'_>, runtime: &Runtime) {
    let told = runtime.block_on(asking.get(&format!("{path}&include=per_area")));
    if !told.is_well() {
        return;
    }
    let told = told.json();
    let rows = told["per_area"].as_array().expect("areas");
    for row in rows.iter().step_by(rows.len() / AREAS) {
        let number: usize = row["code"].as_str().and_then(|code| code[1..].parse().ok()).expect("a code");
        let truth = chosen.area(&world.areas[number - 1], 5_000.0);
        assert_eq!(row["covered"], truth.covered, "{path} {row}");
        let metres = (row["nearest_m"].as_f64(), truth.nearest_m);
        let same = match metres {
            (Some(found), Some(known)) => (found - known).abs() < 1e-3,
            (found, known) => found == known,
        };
        assert!(same, "{path} {row}: {metres:?}");
    }
}

/// The sums that the shared files know.
fn known(asking: &Asking, runtime: &Runtime) {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("bench/expected.json")).expect("the known answers");
    let truth: Value = serde_json::from_str(&text).expect("JSON");
    for metres in [1600, 5000, 8000] {
        let path = format!("/api/v1/coverage?category=20&kind=service&areas=synthetic&within={metres}m");
        let total = runtime.block_on(asking.get(&path)).json()["total"].take();
        let known = &truth["coverage"][format!("geodesic_{metres}")];
        assert_eq!((&total["weight_covered"], &total["areas_covered"]), (&known["pop"], &known["areas"]), "{metres} m");
    }
    agreed("coverage at 1.6, 5 and 8 km as others know it", 3, 3);
}
