//! Times that never send anybody to a shut door: beside npm `opening_hours`, beside PyPI `holidays`, and over HTTP.

mod support;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use commonground::app::{AppError, Caller};
use commonground::model::Code;
use commonground::model::hours::holidays::bank_holidays;
use commonground::model::hours::{Calendar, Nation, Read, Window, open_in, read_words};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use support::program::{Server, file, folder, get, program, run, runtime, text};
use support::{Town, problem, problems};

/// So many moments each expression is asked at.
const MOMENTS: usize = 160;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn an_independent_reading_agrees_at_random_minutes_of_five_years() {
    let file = std::fs::read_to_string(root().join("fixtures/hours/expressions.txt")).unwrap();
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let expressions: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    assert!(expressions.len() >= 300);
    let mut random = Random(20_260_701);
    let moments: Vec<Vec<NaiveDateTime>> = expressions.iter().map(|_| random.moments()).collect();
    let mut questions = Vec::new();
    for (columns, moments) in expressions.iter().zip(&moments) {
        let at: Vec<i64> = moments.iter().map(|m| m.and_utc().timestamp_millis()).collect();
        // Where the text has more than one reading, these stand behind it, and what all agree on is known.
        let readings = if columns.len() > 1 { &columns[1..] } else { &columns[..] };
        questions.extend(readings.iter().map(|text| json!({"text": text, "at": at})));
    }
    let mut answers = ask(&questions).into_iter();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut compared = 0;
    let mut explained = BTreeSet::new();
    for (columns, moments) in expressions.iter().zip(&moments) {
        let text = columns[0];
        let readings: Vec<Value> = answers.by_ref().take((columns.len() - 1).max(1)).collect();
        for (i, moment) in moments.iter().enumerate() {
            let mut theirs: Vec<&str> = readings.iter().map(|r| r[i].as_str().unwrap_or("fault")).collect();
            theirs.dedup();
            let theirs = if theirs.len() == 1 { theirs[0] } else { "unknown" };
            let window = Window { from: *moment, to: *moment };
            let ours = match open_in(&json!(text), window, &Calendar::default()) {
                Some(true) => "open",
                Some(false) => "closed",
                None => "unknown",
            };
            compared += 1;
            if ours == theirs {
                continue;
            }
            match DIFFERENCES.iter().find(|difference| difference.0 == text && (difference.1)(ours, theirs, *moment)) {
                Some(difference) => _ = explained.insert(difference.0),
                None => wrong
                    .entry(text)
                    .or_default()
                    .push(format!("{} {ours}, theirs {theirs}", moment.format("%a %F %R"))),
            }
        }
    }
    let shown: Vec<String> = wrong
        .iter()
        .map(|(text, all)| format!("{text}: {} of them: {:?}", all.len(), &all[..all.len().min(4)]))
        .collect();
    assert!(wrong.is_empty(), "{shown:#?}");
    assert_eq!(compared, expressions.len() * MOMENTS);
    for (text, _, why) in DIFFERENCES {
        assert!(explained.contains(text), "{text} does not differ any more: {why}");
    }
}

/// Whether a difference (ours, theirs, when) is the one that is explained.
type Explained = fn(&str, &str, NaiveDateTime) -> bool;

/// What the two answer differently, and why ours stands.
const DIFFERENCES: &[(&str, Explained, &str)] = &[
    ("sunrise-sunset", left_open, SUN),
    ("dawn-dusk", left_open, SUN),
    ("10:00-sunset", left_open, SUN),
    ("sunrise-18:00", left_open, SUN),
    ("sunset-sunrise", left_open, SUN),
    ("Apr-Sep sunrise-sunset", left_open, SUN),
    ("(sunrise+01:00)-(sunset-01:00)", left_open, SUN),
    ("Mo-Fr sunrise-20:00", left_open, SUN),
    (
        "Mo 10:00-12:00+",
        left_open,
        "`<time>-<extended_time>+` has an open end (OSM specification); the package passes over the plus",
    ),
    ("24/7 open \"ring the bell\"", left_open, "a condition behind `open`: somebody may have to be there"),
    ("Mo-Fr 09:00-15:00; SH Mo-Fr 10:00-12:00", left_open, JOINED),
    ("SH Mo,We 10:00-12:00", left_open, JOINED),
    ("Mo - Fr 09:00-17:00", left_open, REFUSED),
    ("Mo-Fr: 09:00-17:00", left_open, REFUSED),
    ("Mo-Su 10:00-17:00; Dec 25,26 off; Jan 01 off", left_open, REFUSED),
];

const SUN: &str = "ours is the same answer for the whole country, theirs is for one place: known only where all agree";
const JOINED: &str = "a day that is one of the two only: left open, never open";
const REFUSED: &str = "not in the specification's grammar: refused when it is typed, unknown where it is stored";

/// Ours leaves open what theirs decides: nobody is sent to a shut door.
fn left_open(ours: &str, _: &str, _: NaiveDateTime) -> bool {
    ours == "unknown"
}

/// The answers of the package, one a question.
fn ask(questions: &[Value]) -> Vec<Value> {
    let mut node = Command::new("node")
        .arg(root().join("web/test/opening-hours.peer.mjs"))
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("node is there: `make test` says so");
    let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let mut stdin = node.stdin.take().unwrap();
    let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = node.wait_with_output().unwrap();
    writing.join().unwrap();
    assert!(output.status.success(), "web/node_modules has opening_hours after `npm ci` in web");
    let answers: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(answers.len(), questions.len());
    answers
}

/// Fixed numbers that look random (splitmix64, G. L. Steele and others, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    /// Minutes of 2024–2028; every third on a quarter of an hour, where things begin and end.
    fn moments(&mut self) -> Vec<NaiveDateTime> {
        let begin = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let days = 366 + 365 * 3 + 366;
        let moment = |i: usize| {
            let minute = self.below(days * 24 * 60);
            let minute = if i.is_multiple_of(3) { minute / 15 * 15 } else { minute };
            begin + TimeDelta::minutes(minute as i64)
        };
        (0..MOMENTS).map(moment).collect()
    }
}

/// A stretch is open where a moment of it surely is, closed where all are.
#[test]
fn a_day_is_answered_as_its_moments_are() {
    let file = std::fs::read_to_string(root().join("fixtures/hours/expressions.txt")).unwrap();
    let texts = file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next());
    let mut random = Random(7);
    for text in texts.filter(|text| !text.is_empty()) {
        let from = random.moments()[0].date().and_hms_opt(0, 0, 0).unwrap();
        let calendar = Calendar::default();
        let answer = |from, to| open_in(&json!(text), Window { from, to }, &calendar);
        let quarters = (0..96).map(|n| from + TimeDelta::minutes(15 * n));
        let moments: Vec<Option<bool>> = quarters.map(|at| answer(at, at)).collect();
        let expected = match moments.contains(&Some(true)) {
            true => Some(true),
            false => moments.iter().all(|m| *m == Some(false)).then_some(false),
        };
        assert_eq!(answer(from, from + TimeDelta::days(1)), expected, "{text} on {from}");
    }
}

/// Nation, and its days with their names.
fn published(text: &str) -> BTreeMap<String, BTreeSet<NaiveDate>> {
    let mut days: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap) {
        days.entry(row[0].to_owned()).or_default().insert(row[1].parse().unwrap());
    }
    days
}

fn ours(years: std::ops::RangeInclusive<i32>) -> BTreeMap<String, BTreeSet<NaiveDate>> {
    let of = |nation| years.clone().flat_map(move |year| bank_holidays(nation, year)).collect();
    Nation::ALL.into_iter().map(|nation| (nation.as_str().to_owned(), of(nation))).collect()
}

// F10, B04: `fixtures/holidays` was written by tests/support/bank_holidays.py from PyPI `holidays` 0.109.
#[test]
fn bank_holidays_of_every_nation_are_those_of_an_independent_list() {
    let list = std::fs::read_to_string(root().join("fixtures/holidays/2020-2030.csv")).unwrap();
    let published = published(&list);
    let counts: Vec<usize> = published.values().map(BTreeSet::len).collect();
    assert_eq!(counts, [101, 129, 120], "England and Wales, Northern Ireland, Scotland");
    assert_eq!(ours(2020..=2030), published);
}

#[test]
fn the_list_of_bank_holidays_is_what_the_package_says_today() {
    let python = root().join("target/peers/bin/python");
    if !python.exists() {
        assert!(std::env::var_os("COMMONGROUND_PEERS").is_none(), "the peers were promised: make peers");
        println!("NOT COMPARED with PyPI holidays: `make peers` installs it");
        return;
    }
    let script = root().join("tests/support/bank_holidays.py");
    let output = Command::new(python).arg(script).args(["2007", "2060"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let list = std::fs::read_to_string(root().join("fixtures/holidays/2020-2030.csv")).unwrap();
    for line in list.lines() {
        assert!(text.lines().any(|said| said == line), "the fixture has {line}, the package has not");
    }
    let (ours, theirs) = (ours(2007..=2060), published(&text));
    for (nation, days) in &theirs {
        let differs: Vec<_> = days.symmetric_difference(&ours[nation]).collect();
        assert!(differs.is_empty(), "{nation}: {differs:?}");
    }
    assert_eq!(theirs.len(), ours.len());
}

// real.md: opening times 0 of 161 read. The rest says nothing, tells a story beside, or does not say until when.
#[test]
fn a_real_list_of_food_banks_is_read_for_the_most_part() {
    let Some(shared) = support::shared() else { return };
    let mut list = csv::Reader::from_path(shared.join("data/voluntary/gm_food_banks.csv")).unwrap();
    let column = list.headers().unwrap().iter().position(|heading| heading == "Opening times").unwrap();
    let cells: Vec<String> = list.records().map(|row| row.unwrap()[column].trim().to_owned()).collect();
    let said: Vec<&String> = cells.iter().filter(|cell| !["", "NA", "N/A"].contains(&cell.as_str())).collect();
    let read = said.iter().filter(|cell| matches!(read_words(cell), Read::Hours(_))).count();
    assert_eq!(said.len(), 164, "three of them: not relevant, see above, timetabled route");
    assert!(read >= 114, "{read} of {}", said.len());
}

/// The names of places found at a moment, and how surely.
async fn open_at(town: &Town, when: &str) -> BTreeMap<String, String> {
    let (status, found) = town.get(&format!("/nearby?near=54.664,-3.366&kind=place&limit=200&open_at={when}")).await;
    assert_eq!(status, 200, "{found}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let features = found["features"].as_array().unwrap().iter().map(|f| &f["properties"]);
    features.map(|p| (text(&p["name"]), text(&p["match"]))).collect()
}

fn found(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, how)| ((*name).to_owned(), (*how).to_owned())).collect()
}

async fn place(town: &Town, name: &str, more: Value) {
    let mut body = json!({"name": name, "point": {"lon": -3.366, "lat": 54.664}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.add("places", body).await;
}

const OFFICE: &str = "Mo-Fr 09:00-17:00; PH off";

// B04, F10
#[tokio::test]
async fn an_office_is_closed_on_the_bank_holidays_of_where_it_is() {
    let town = Town::empty().await;
    place(&town, "Here", json!({"hours": OFFICE})).await;
    place(&town, "Leeds", json!({"hours": OFFICE, "postcode": "LS1 1AA"})).await;
    place(&town, "Edinburgh", json!({"hours": OFFICE, "postcode": "EH1 1AA"})).await;
    place(&town, "Belfast", json!({"hours": OFFICE, "postcode": "BT1 5GS"})).await;
    let hidden = json!({"hours": OFFICE, "postcode": "EH1 1AA", "precision": "approximate"});
    place(&town, "Hidden", hidden).await;
    let all = [("Here", "sure"), ("Leeds", "sure"), ("Edinburgh", "sure"), ("Belfast", "sure"), ("Hidden", "sure")];
    let without =
        |names: &[&str]| found(&all.into_iter().filter(|(name, _)| !names.contains(name)).collect::<Vec<_>>());
    for (when, closed) in [
        ("2027-03-29T10:00", &["Here", "Leeds", "Belfast", "Hidden"][..]),
        ("2026-04-06T10:00", &["Here", "Leeds", "Belfast", "Hidden"]),
        ("2026-08-31T10:00", &["Here", "Leeds", "Belfast", "Hidden"]),
        ("2026-08-03T10:00", &["Edinburgh"]),
        ("2027-03-17T10:00", &["Belfast"]),
        ("2026-01-02T10:00", &["Edinburgh"]),
        ("2027-01-01T10:00", &["Here", "Leeds", "Edinburgh", "Belfast", "Hidden"]),
        ("2026-12-28", &["Here", "Leeds", "Edinburgh", "Belfast", "Hidden"]),
        ("2027-03-30T10:00", &[]),
    ] {
        assert_eq!(open_at(&town, when).await, without(closed), "{when}");
    }
    let by_admin = town.get_as_admin("/nearby?near=54.664,-3.366&kind=place&open_at=2027-03-29T10:00").await.1;
    assert_eq!(
        by_admin["features"].as_array().unwrap().len(),
        2,
        "who may know where it is gets its own days: {by_admin}"
    );
}

#[tokio::test]
async fn a_service_keeps_the_bank_holidays_of_its_place_or_of_its_area() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let hall = json!({"name": "Hall", "point": {"lon": -3.366, "lat": 54.664}, "postcode": "EH1 1AA"});
    let hall = town.add("places", hall).await;
    let area =
        json!({"name": "Fife", "area_set": "district", "code": "S12000047", "point": {"lon": -3.3, "lat": 54.7}});
    town.add("areas", area).await;
    for (name, more) in [
        ("At the hall", json!({"places": [hall["id"]]})),
        ("In Fife", json!({"service_area": ["S12000047"], "delivery": ["telephone"]})),
        ("Anywhere", json!({"point": {"lon": -3.366, "lat": 54.664}})),
    ] {
        let mut body =
            json!({"name": name, "provider": ground.provider, "categories": [ground.category], "schedule": OFFICE});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        town.add("services", body).await;
    }
    let names = |answer: Value| -> BTreeSet<String> {
        answer["items"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap().to_owned()).collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let (_, easter) = town.get("/services?open_at=2027-03-29T10:00").await;
    assert_eq!(names(easter), set(&["At the hall", "In Fife"]));
    let (_, august) = town.get("/services?open_at=2026-08-03T10:00").await;
    assert_eq!(names(august), set(&["Anywhere"]));
}

#[test]
fn an_instance_of_scotland_keeps_scotlands_bank_holidays() {
    let (folder, data) = folder();
    let list =
        file(&folder, "offices.csv", &format!("name,lat,lon,opening hours\nAdvice office,54.664,-3.366,{OFFICE}\n"));
    assert!(run(&data, &["import", list.to_str().unwrap(), "--kind", "place"]).status.success());
    let open = |nation: &str| {
        let words = ["serve", "--listen", "127.0.0.1:0", "--holidays", nation];
        let server = Server::of(program(&data, &words).stdout(Stdio::piped()).stderr(Stdio::null()));
        runtime().block_on(async {
            let easter = get(&server.address, "/places?open_at=2027-03-29T10:00").await["total"].as_u64();
            let august = get(&server.address, "/places?open_at=2026-08-03T10:00").await["total"].as_u64();
            (easter, august)
        })
    };
    assert_eq!(open("scotland"), (Some(1), Some(0)));
    assert_eq!(open("england-and-wales"), (Some(0), Some(1)));
    let wrong = run(&data, &["serve", "--listen", "127.0.0.1:0", "--holidays", "france"]);
    assert_eq!(wrong.status.code(), Some(64));
    assert!(text(&wrong.stderr).contains("england-and-wales, scotland, northern-ireland"));
}

// B05
#[tokio::test]
async fn by_appointment_is_to_be_rung_first() {
    let town = Town::empty().await;
    place(&town, "Foot clinic", json!({"hours": "Tu,Th 09:00-11:00,14:00-16:00 || \"by appointment\""})).await;
    for when in ["2026-11-28T10:30", "2026-12-25T01:00", "2026-11-26T12:30", "sat"] {
        assert_eq!(open_at(&town, when).await, found(&[("Foot clinic", "possible")]), "{when}");
    }
    for when in ["2026-11-26T09:30", "2026-11-26", "thu"] {
        assert_eq!(open_at(&town, when).await, found(&[("Foot clinic", "sure")]), "{when}");
    }
}

// B06
#[tokio::test]
async fn school_holidays_are_known_once_term_dates_are_brought_in() {
    let town = Town::empty().await;
    place(&town, "Toddlers", json!({"hours": "Tu 10:00-12:00; SH off"})).await;
    let possible = found(&[("Toddlers", "possible")]);
    assert_eq!(open_at(&town, "2026-08-11T10:30").await, possible);
    assert_eq!(open_at(&town, "2026-11-24T10:30").await, possible);
    let terms = town.path("terms.csv");
    let list = "term,start date,end date\nAutumn,02/09/2026,18/12/2026\nHalf term,26/10/2026,30/10/2026\nSpring,05/01/2027,25/03/2027\n";
    std::fs::write(&terms, list).unwrap();
    let other = Town::on(&town.url).await;
    let (info, counted) = town.app.import_dataset("term-dates", terms.clone(), &Caller::command_line()).await.unwrap();
    assert_eq!((info.name.as_str(), info.rows, counted.taken), ("term-dates", 3, 3));
    assert_eq!(open_at(&town, "2026-11-24T10:30").await, found(&[("Toddlers", "sure")]));
    assert_eq!(open_at(&town, "2026-10-27T10:30").await, found(&[]));
    assert_eq!(open_at(&town, "2026-12-22T10:30").await, found(&[]));
    assert_eq!(open_at(&town, "2026-08-11T10:30").await, possible, "before the first term nobody knows");
    let (_, about) = town.get("/about").await;
    assert_eq!(about["datasets"][0]["name"], "term-dates");
    let known = || async { open_at(&other, "2026-11-24T10:30").await == found(&[("Toddlers", "sure")]) };
    support::eventually("another instance learning the terms", known).await;
    std::fs::write(&terms, "term,start,end\nAutumn,soon,later\n").unwrap();
    let refused = town.app.import_dataset("term-dates", terms, &Caller::command_line()).await.unwrap_err();
    assert!(matches!(refused, AppError::Problems(problems) if problems[0].code == Code::NotThisFormat));
    assert_eq!(
        open_at(&town, "2026-11-24T10:30").await,
        found(&[("Toddlers", "sure")]),
        "a file of nothing changes nothing"
    );
}

#[tokio::test]
async fn the_terms_of_a_records_own_district_count() {
    let town = Town::empty().await;
    let postcodes = town.path("postcodes.csv");
    let table = "pcds,e,n,lad\nCA13 9LU,312345,530567,E06000063\nLA9 4DP,351500,492600,E06000064\n";
    std::fs::write(&postcodes, table).unwrap();
    let terms = town.path("terms.csv");
    let list = "name,from,to,district\nAutumn,2026-09-02,2026-10-16,E06000063\nAutumn 2,2026-10-26,2026-12-18,E06000063\n\
        Autumn,2026-09-02,2026-10-23,E06000064\nAutumn 2,2026-11-02,2026-12-18,E06000064\n";
    std::fs::write(&terms, list).unwrap();
    for (name, path) in [("postcodes", postcodes), ("term-dates", terms)] {
        town.app.import_dataset(name, path, &Caller::command_line()).await.unwrap();
    }
    let toddlers = "Tu 10:00-12:00; SH off";
    place(&town, "Cockermouth", json!({"hours": toddlers, "postcode": "CA13 9LU"})).await;
    place(&town, "Kendal", json!({"hours": toddlers, "postcode": "LA9 4DP"})).await;
    place(&town, "Somewhere", json!({"hours": toddlers})).await;
    let half_term = [("2026-10-20T10:30", "Kendal"), ("2026-10-27T10:30", "Cockermouth")];
    for (when, open) in half_term {
        assert_eq!(open_at(&town, when).await, found(&[(open, "sure"), ("Somewhere", "possible")]), "{when}");
    }
    let all = [("Cockermouth", "sure"), ("Kendal", "sure"), ("Somewhere", "sure")];
    assert_eq!(open_at(&town, "2026-11-24T10:30").await, found(&all), "all districts agree");
}

// P2
#[tokio::test]
async fn a_slip_of_twelve_hours_is_asked_back_by_the_form_and_left_out_of_a_list() {
    let town = Town::empty().await;
    let office = |hours: &str| json!({"name": "Mill office", "point": {"lon": -3.366, "lat": 54.664}, "hours": hours});
    for slip in ["Mo-Fr 9:00-5:00", "Mo-Fr 10:00-4:00", "Mo-Fr 9:30-12:30,1:30-5:00", "Tu 2:00-4:00"] {
        let (status, answer) = town.post("/places", office(slip)).await;
        assert_eq!((status, problems(&answer)), (422, problem("hours", "wrong_type")), "{slip}");
        assert!(answer["problems"][0]["message"].as_str().unwrap().contains("did you mean"), "{answer}");
    }
    let (_, answer) = town.post("/places", office("Mo-Fr 9:00-5:00")).await;
    let question = answer["problems"][0]["message"].as_str().unwrap();
    assert!(question.contains("09:00-17:00") && question.contains("09:00-29:00"), "{question}");
    for meant in ["Fr 22:00-02:00", "Fr 18:00-03:00", "Mo-Fr 09:00-29:00", "Mo-Fr 09:00-17:00"] {
        assert_eq!(town.post("/places", office(meant)).await.0, 201, "{meant}");
    }
    let town = Town::empty().await;
    let list = "name,lat,lon,opening hours\nMill office,54.664,-3.366,Mo-Fr 9:00-5:00\n";
    let (status, answer) = town.import("kind=place&list=offices", list).await;
    assert_eq!((status, &answer["created"]), (200, &json!(1)), "{answer}");
    for when in ["2026-11-26T02:00", "2026-11-26T10:00"] {
        assert_eq!(open_at(&town, when).await, found(&[("Mill office", "possible")]), "{when}");
    }
}

// F16, P8
#[tokio::test]
async fn a_moment_with_an_offset_is_no_local_hour() {
    let town = Town::empty().await;
    place(&town, "Hall", json!({"hours": "We 17:00-18:00"})).await;
    for (when, open) in [
        ("2026-07-01T16:30:00%2B00:00", true),
        ("2026-07-01T16:30:00+00:00", true),
        ("2026-07-01T16:30:00Z", true),
        ("2026-07-01T17:30:00%2B01:00", true),
        ("2026-07-01T17:30:00+01:00", true),
        ("2026-07-01T17:30:00", true),
        ("2026-07-01T17:30:00Z", false),
        ("2026-07-01T17:30:00+00:00", false),
        ("2026-07-01T16:30", false),
        ("wed+5pm", true),
        ("wednesday+17.30", true),
        ("wed+5am", false),
    ] {
        assert_eq!(open_at(&town, when).await.len(), usize::from(open), "{when}");
    }
    for wrong in ["2026-07-01T17:30+1", "thu+9", "2026-07-01T17:30BST", "someday"] {
        let (status, answer) = town.get(&format!("/places?open_at={wrong}")).await;
        assert_eq!((status, problems(&answer)), (422, problem("open_at", "wrong_type")), "{wrong}");
    }
}
