//! A page of a list with two filter words, and the card of one record.

use std::time::Duration;
use tokio::runtime::Runtime;

use crate::asking::{Asking, Spread, spread};
use crate::data::Which;
use crate::nearest::number;
use crate::overlay;
use crate::table::{Aim, Table};
use crate::truth::lists::list;
use crate::truth::wanted::{MOMENTS, Wanted};
use crate::truth::{World, agreed};

const PAGES: usize = 120;
/// One of so many pages is compared.
const EVERY: usize = 17;
const LONG: Duration = Duration::from_secs(60);

/// Pages of twenty: a category and one word more, or two words of which neither has an index.
pub fn pages(which: Which, server: &str, world: &World, runtime: &Runtime, table: &mut Table) {
    let asking = Asking::of(server);
    let asked: Vec<Wanted> = (0..PAGES).map(asked).collect();
    let path = |wanted: &Wanted| format!("/api/v1/services?limit=20{}", wanted.words());
    let mut compared = 0;
    for wanted in asked.iter().step_by(EVERY) {
        let told = runtime.block_on(asking.get(&path(wanted)));
        if !told.is_well() {
            continue;
        }
        let (page, truth) = (told.json(), list(world, wanted));
        let found = page["items"].as_array().into_iter().flatten().map(|item| number(&item["name"]));
        let found: Vec<u64> = found.collect();
        assert_eq!((page["total"].as_u64(), &found[..]), (Some(truth.len() as u64), &truth[..truth.len().min(20)]));
        compared += 1;
    }
    agreed("pages of lists", compared, PAGES.div_ceil(EVERY));
    let paths: Vec<String> = asked.iter().map(path).collect();
    let took = runtime.block_on(spread(&asking, &paths, LONG));
    put(which, "a list page with two filters", &took, paths.len(), table);
}

fn asked(i: usize) -> Wanted {
    let category = Wanted { category: Some(1 + i * 7 % 60), ..Wanted::default() };
    match i % 6 {
        0 => Wanted { age: Some(70), ..category },
        1 => Wanted { referral: Some("self"), ..category },
        2 => Wanted { delivery: Some("at_home"), ..category },
        3 => Wanted { accepting: Some("yes"), ..category },
        4 => Wanted { open_at: Some(&MOMENTS[i % 3]), ..category },
        _ => Wanted { free: Some(true), age: Some(14), ..Wanted::default() },
    }
}

/// Cards of a thousand services, those that people have been working on where it is lived in; and of places.
pub fn cards(which: Which, server: &str, runtime: &Runtime, table: &mut Table) {
    let asking = Asking::of(server);
    let page = runtime.block_on(asking.get("/api/v1/services?limit=1000")).json();
    let ids = page["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str());
    let services: Vec<String> = ids.map(|id| format!("/api/v1/services/{id}?include=card")).collect();
    let took = runtime.block_on(spread(&asking, &services, LONG));
    put(which, "a service's card", &took, services.len(), table);
    if which == Which::Lived {
        let places = overlay::cards();
        let took = runtime.block_on(spread(&asking, &places, LONG));
        put(which, "a place's card", &took, places.len(), table);
    }
}

fn put(which: Which, work: &str, took: &Spread, of: usize, table: &mut Table) {
    table.add(which, &format!("{work}, median"), &took.said(of), took.median * 1e3, "ms", &Aim::AtMost(5.0));
    table.add(which, &format!("{work}, worst"), "", took.worst * 1e3, "ms", &Aim::AtMost(20.0));
}
