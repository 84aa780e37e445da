//! How the work of an ordinary county grows with its list: 10,000, 50,000 and 200,000 services in halls, with providers,
//! ages and opening times, over 33,755 areas; brought in, brought in again, asked and walked through.

use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

use crate::asking::{Asking, Told};
use crate::data::{Copied, token};
use crate::lived::{self, Service};
use crate::nearest::number;
use crate::server::{Server, kilobytes};
use crate::table::{median, short};
use crate::truth::coverage::Chosen;
use crate::truth::lists::list;
use crate::truth::wanted::{MOMENTS, Wanted};
use crate::truth::{World, agreed};
use crate::{england, times};

const SIZES: [usize; 3] = [10_000, 50_000, 200_000];
/// As many small areas as England has.
const AREAS: usize = 33_755;
const CATEGORIES: usize = 40;
const WORDS: [&str; 5] = ["lunch", "walking", "singing", "advice", "friendship"];
/// The longest walk through all pages, and the longest import.
const WALK: Duration = Duration::from_secs(120);
const IMPORT: Duration = Duration::from_secs(400);

/// Columns of sizes, lines of work.
#[derive(Default)]
struct Growth {
    lines: Vec<(String, Vec<String>)>,
}

impl Growth {
    fn add(&mut self, work: &str, shown: String) {
        eprintln!("  {work}: {shown}");
        match self.lines.iter_mut().find(|(known, _)| known == work) {
            Some((_, cells)) => cells.push(shown),
            None => self.lines.push((work.to_owned(), vec![shown])),
        }
    }
}

/// Measures it and prints a table of its own.
pub fn measure(folder: &Path, runtime: &Runtime) {
    let mut growth = Growth::default();
    for size in SIZES {
        eprintln!("{size} services");
        of_size(size, folder, runtime, &mut growth);
    }
    println!("\n| growth | {} |\n|---|---|---|---|", SIZES.map(|size| size.to_string()).join(" | "));
    for (work, cells) in &growth.lines {
        println!("| {work} | {} |", cells.join(" | "));
    }
}

fn of_size(size: usize, folder: &Path, runtime: &Runtime, growth: &mut Growth) {
    let data = Copied::new(folder.join("growth.db"));
    let address = format!("sqlite:{}", folder.join("growth.db").display());
    let areas: String = lived::areas().lines().take(AREAS).flat_map(|line| [line, "\n"]).collect();
    let world = world(size);
    let (areas, whole, few) = (
        file(folder, "areas", &areas),
        file(folder, "services", &lines(&world, 0, "")),
        file(folder, "few", &lines(&world, size - 20, " anew")),
    );
    import(&areas, AREA_WORDS, &address).expect("the areas come in");
    let took = |brought: Option<(f64, u64)>| {
        brought.map_or("not in time".to_owned(), |(s, kb)| format!("{} s, {} MB", short(s), kb / 1024))
    };
    growth.add("import, command line; peak", took(import(&whole, SERVICE_WORDS, &address)));
    growth.add("the same file again", took(import(&whole, SERVICE_WORDS, &address)));
    growth.add("20 changed rows into it, command line", took(import(&few, SERVICE_WORDS, &address)));
    let token = token(&address);
    let begun = Instant::now();
    let server = Server::start(&address);
    let ready = begun.elapsed().as_secs_f64();
    growth.add("start to ready; memory", format!("{} s, {} MB", short(ready), server.memory() >> 20));
    let asking = Asking::of(&server.address);
    let again = std::fs::read(file(folder, "few", &lines(&world, size - 20, ""))).expect("it was just written");
    let words: String = SERVICE_WORDS.iter().map(|word| word[2..].replace('\t', "%09") + "&").collect();
    let path = format!("/api/v1/imports?{words}no_header=true&delimiter=tab");
    let told = runtime.block_on(asking.clone().with(&token).post(&path, again));
    growth.add("20 changed rows into it, over HTTP", shown(&told));
    assert_eq!(told.json()["updated"], 20, "{}", String::from_utf8_lossy(&told.body));
    questions(&asking, &world, runtime, growth);
    growth.add("walk through all services, 500 a page", walk(&asking, size, runtime));
    coverage(&asking, &world, runtime, growth);
    drop((server, data));
}

const AREA_WORDS: &[&str] = &[
    "--kind=area",
    "--area-set=synthetic",
    "--map=code=1,name=1,population=2,need=3,older=4,age_0_15=5,age_16_64=6,age_65_120=7,groups.district=8,lon=9,lat=10",
    "--set-indicator=need=score",
];
const SERVICE_WORDS: &[&str] = &[
    "--kind=service",
    "--list=growth",
    "--key=1",
    "--map=name=2,categories=3,place.name=4,provider.name=5,eligibility.min_age=6,schedule=7,lon=8,lat=9",
];

/// Four services share a hall, eight a provider; three of four say from which age on, two of three when.
fn world(size: usize) -> World {
    const AGES: [u32; 5] = [16, 18, 65, 50, 0];
    let mut hall = (0.0, 0.0);
    let services = england::each_asset().take(size).enumerate().map(|(i, asset)| {
        if i % 4 == 0 {
            hall = (asset.lon, asset.lat);
        }
        Service {
            number: asset.number,
            category: 1 + i * 7 % CATEGORIES,
            capacity: asset.capacity,
            lon: hall.0,
            lat: hall.1,
            ages: ((i % 4 != 3).then(|| AGES[i / 4 % 5]), None),
            delivery: &[],
            service_area: None,
            approximate: false,
            partners_only: false,
            times: (i % 3 != 2).then_some(i % times::TEXTS),
            referral: &[],
            accepting: None,
            free: None,
            languages: &[],
        }
    });
    World { services: services.collect(), times: times::all(), areas: lived::each_area().take(AREAS).collect() }
}

/// A line each from this one on, with something behind the name.
fn lines(world: &World, from: usize, behind: &str) -> String {
    let mut out = String::new();
    for (i, s) in world.services.iter().enumerate().skip(from) {
        let age = s.ages.0.map_or_else(String::new, |years| years.to_string());
        let times = s.times.map_or_else(String::new, |at| world.times[at].to_string());
        let (hall, provider, word) = (i / 4, i / 8, WORDS[i % 5]);
        write!(out, "{}\tA {word}{behind} group {}\t{}\t", s.number, s.number, s.category).unwrap();
        writeln!(out, "Hall {hall}\tProvider {provider}\t{age}\t{times}\t{:.6}\t{:.6}", s.lon, s.lat).unwrap();
    }
    out
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(format!("growth-{name}.tsv"));
    std::fs::write(&path, text).expect("target can be written");
    path
}

/// Seconds and peak kB of an import; none where it takes too long.
fn import(file: &Path, words: &[&str], address: &str) -> Option<(f64, u64)> {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_commonground"));
    command.arg("import").arg(file).args(["--no-header", "--delimiter=tab", "--data", address]).args(words);
    let mut child = command.stdout(Stdio::null()).spawn().expect("the program starts");
    let mut peak = 0;
    loop {
        if let Some(status) = child.try_wait().expect("it is ours") {
            assert!(status.success(), "the import of {} failed", file.display());
            return Some((begun.elapsed().as_secs_f64(), peak));
        }
        peak = peak.max(kilobytes(child.id(), "VmHWM:"));
        if begun.elapsed() > IMPORT {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn shown(told: &Told) -> String {
    match told.is_well() {
        true => format!("{} ms", short(told.seconds * 1e3)),
        false => format!("{} after {} s", told.status, short(told.seconds)),
    }
}

/// The middle of three; of what takes long, the first.
fn asked(asking: &Asking, path: &str, runtime: &Runtime) -> (Told, String) {
    let ask = |limit: usize| runtime.block_on(asking.get(&format!("{path}&limit={limit}")));
    let first = ask(200);
    if !first.is_well() || first.seconds > 3.0 {
        let said = shown(&first);
        return (first, said);
    }
    let said = format!("{} ms", short(median(vec![first.seconds, ask(199).seconds, ask(198).seconds]) * 1e3));
    (first, said)
}

fn questions(asking: &Asking, world: &World, runtime: &Runtime, growth: &mut Growth) {
    let near = "/api/v1/nearby?near=51.51,-0.12&kind=service";
    for (work, words) in [
        ("nearby, 5 km", "&within=5km"),
        ("nearby, no `within`, limit 200", ""),
        ("nearby, q and open_at", "&q=lunch&open_at=2026-12-03T11:00"),
    ] {
        let (told, said) = asked(asking, &format!("{near}{words}"), runtime);
        assert!(told.is_well(), "{work}");
        growth.add(work, said);
    }
    let there = |wanted: &Wanted| list(world, wanted).len();
    let in_box = |s: &&Service| (-2.0..=-1.0).contains(&s.lon) && (52.0..=53.0).contains(&s.lat);
    let (category, open_at) =
        (Wanted { category: Some(8), ..Wanted::default() }, Wanted { open_at: Some(&MOMENTS[0]), ..Wanted::default() });
    let lists = [
        ("services, limit 200", String::new(), world.services.len()),
        ("services, category", category.words(), there(&category)),
        ("services, q", "&q=lunch".to_owned(), world.services.len().div_ceil(5)),
        ("services, bbox", "&bbox=-2,52,-1,53".to_owned(), world.services.iter().filter(in_box).count()),
        ("services, open_at", open_at.words(), there(&open_at)),
    ];
    let of = lists.len();
    for (work, words, known) in lists {
        let (told, said) = asked(asking, &format!("/api/v1/services?{}", words.trim_start_matches('&')), runtime);
        assert!(!told.is_well() || told.json()["total"] == known, "{work}: {}, not {known}", told.json()["total"]);
        growth.add(work, said);
    }
    agreed("totals of lists", of, of);
}

/// Every page; each service comes once.
fn walk(asking: &Asking, size: usize, runtime: &Runtime) -> String {
    let (begun, mut seen, mut after, mut pages) = (Instant::now(), HashSet::new(), String::new(), 0);
    loop {
        let told = runtime.block_on(asking.get(&format!("/api/v1/services?limit=500{after}")));
        let page: Value = told.json();
        for item in page["items"].as_array().into_iter().flatten() {
            assert!(seen.insert(number(&item["name"])), "{} comes twice", item["name"]);
        }
        pages += 1;
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
        if begun.elapsed() > WALK {
            return format!("{pages} pages in {} s", WALK.as_secs());
        }
    }
    assert_eq!(seen.len(), size, "services of all pages");
    let seconds = begun.elapsed().as_secs_f64();
    format!("{} s, {} ms a page", short(seconds), short(seconds * 1e3 / f64::from(pages)))
}

fn coverage(asking: &Asking, world: &World, runtime: &Runtime, growth: &mut Growth) {
    let one = Wanted { category: Some(8), ..Wanted::default() };
    for (work, wanted, metres) in [
        ("coverage, 1 of 40 categories, 5 km", one, 5_000.0),
        ("coverage, all services, 1,600 m", Wanted::default(), 1_600.0),
    ] {
        let path = format!("/api/v1/coverage?kind=service&areas=synthetic&within={metres}m{}", wanted.words());
        let told = runtime.block_on(asking.get(&path));
        growth.add(work, shown(&told));
        if told.is_well() {
            let (total, truth) =
                (told.json()["total"].take(), Chosen::of(world, &wanted, true).totals(&world.areas, metres));
            assert_eq!(
                (&total["areas_covered"], &total["weight_covered"]),
                (&truth.areas_covered.into(), &truth.covered.into()),
                "{work}"
            );
        }
    }
}
