//! A word of free text: a thousand words of the data's own, whole and in their beginnings, as people type them.

use std::time::Duration;
use tokio::runtime::Runtime;

use crate::asking::{Asking, spread};
use crate::data::Which;
use crate::england::{ASSETS, uniform};
use crate::questions;
use crate::table::{Aim, Table};
use crate::truth::lists::{Words, words_of};
use crate::truth::{World, agreed};

const WORDS: usize = 1_000;
const COMPARED: usize = 100;
/// So long each address is asked at the most.
const LONG: Duration = Duration::from_secs(90);
/// Where the draws come from.
const STREAM: u64 = 50;

/// Median and worst, as a list and near somewhere.
pub fn measure(which: Which, server: &str, world: &World, runtime: &Runtime, table: &mut Table) {
    let asking = Asking::of(server);
    let words = drawn(which);
    compare(&asking, &words, which, world, runtime);
    let near = |(i, word): (usize, &String)| {
        let (lon, lat) = questions::ALL[i].at;
        format!("/api/v1/nearby?near={lat},{lon}&q={word}&kind=service&limit=10")
    };
    let lists: Vec<String> = words.iter().map(|word| format!("/api/v1/services?q={word}&limit=20")).collect();
    let near: Vec<String> = words.iter().enumerate().map(near).collect();
    for (work, paths) in [("a word of free text, list", lists), ("a word of free text, nearby", near)] {
        let took = runtime.block_on(spread(&asking, &paths, LONG));
        let said = took.said(paths.len());
        table.add(which, &format!("{work}, median"), &said, took.median * 1e3, "ms", &Aim::AtMost(5.0));
        table.add(which, &format!("{work}, worst"), "", took.worst * 1e3, "ms", &Aim::AtMost(20.0));
    }
}

/// Words of random services; half of them cut somewhere.
fn drawn(which: Which) -> Vec<String> {
    let one = |i: u64| {
        let below = |k: u64, n: usize| ((uniform(STREAM, i, k) * n as f64) as usize).min(n - 1);
        let words = words_of(1 + below(0, ASSETS) as u64, which);
        let word = &words[below(1, words.len())];
        let whole = uniform(STREAM, i, 2) < 0.5;
        if whole { word.clone() } else { word[..1 + below(3, word.len())].to_owned() }
    };
    (0..WORDS as u64).map(one).collect()
}

/// How many there are of each.
fn compare(asking: &Asking, words: &[String], which: Which, world: &World, runtime: &Runtime) {
    let truth = Words::of(world, which);
    let (begun, mut compared) = (std::time::Instant::now(), 0);
    for word in words.iter().step_by(WORDS / COMPARED) {
        if begun.elapsed() > LONG / 3 {
            break;
        }
        let told = runtime.block_on(asking.get(&format!("/api/v1/services?q={word}&limit=1")));
        if !told.is_well() {
            continue;
        }
        assert_eq!(told.json()["total"], truth.beginning(word), "{word}");
        compared += 1;
    }
    agreed("free text", compared, COMPARED);
}
