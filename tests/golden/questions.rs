//! What is asked: every route that reads, every filter word, every form of an answer, and many ways of being refused.
//! `<kind:name>` stands for an id. Nothing depends on the day: what would is asked with one.

use crate::support::answers::{Question, Who};
use crate::support::records::{AREAS, Records};
use commonground::model::Kind;

type Asked = Vec<(Vec<Who>, Question)>;

const ALL: [Who; 3] = [Who::Anybody, Who::Partner, Who::Admin];

/// A day that answers are asked for.
const DAY: &str = "as_at=2026-11-20";

/// Filter words that every town knows.
const WORDS: [&str; 42] = [
    "kind=service",
    "kind=place",
    "kind=service,resource,gap",
    "type=hub",
    "type=library,gp_practice",
    "referral=self",
    "referral=gp,hospital",
    "delivery=at_home",
    "delivery=telephone,online",
    "open_at=2026-11-19T10:30",
    "open_at=2026-11-19",
    "open_at=2026-12-25T10:00",
    "open_at=2026-11-19T10:30Z",
    "age=70",
    "age=0",
    "age=17",
    "language=en",
    "language=pl",
    "accessible=true",
    "accessible=toilet",
    "accessible=step_free,parking",
    "free=true",
    "free=false",
    "free_capacity=true",
    "accepting=yes",
    "accepting=waiting_list,unknown",
    "assured_since=2026-01-01",
    "assured_since=2026-11-01",
    "status=planned",
    "status=closed,paused",
    "status=spotted,agreed",
    "as_at=2025-06-01",
    "as_at=2028-01-01",
    "match=sure",
    "match=possible",
    "bbox=-3.5,54.6,-3.3,54.7",
    "bbox=-3.366,54.6639,-3.366,54.6639",
    "age=70&free=true&match=sure",
    "referral=self&delivery=at_place&open_at=2026-11-19T10:30",
    "type=hub&accessible=step_free&match=possible",
    "kind=place&type=hub&bbox=-3.6,54.5,-3.0,54.8",
    "accepting=yes&free_capacity=true&language=en",
];

/// Ways of asking that are refused, whatever the town.
const REFUSED: [&str; 67] = [
    "/places?colour=red",
    "/places?colour=red&shade=blue&type=castle",
    "/places?type=castle",
    "/places?kind=castle",
    "/places?category=nothing-of-that-code",
    "/places?organisation=nobody",
    "/places?area=nowhere",
    "/places?referral=friend",
    "/places?delivery=pigeon",
    "/places?open_at=yesterday week",
    "/places?open_at=2026-13-01",
    "/places?age=old",
    "/places?age=131",
    "/places?age=-1",
    "/places?age=5&age=6",
    "/places?free=perhaps",
    "/places?free_capacity=2",
    "/places?accepting=maybe",
    "/places?accessible=lift",
    "/places?assured_since=lately",
    "/places?status=asleep",
    "/places?as_at=2026-02-30",
    "/places?match=certain",
    "/places?bbox=1,2,3",
    "/places?bbox=a,b,c,d",
    "/places?bbox=-3,55,-4,54",
    "/places?bbox=54.6,-3.5,54.7,-3.3",
    "/places?limit=0",
    "/places?limit=1001",
    "/places?limit=many",
    "/places?after=elsewhere",
    "/places?format=shapefile",
    "/castles",
    "/places/elsewhere",
    "/places/01a204c4-2d86-7071-8000-000000000000",
    "/places/01a204c4-2d86-7071-8000-000000000000/history",
    "/castles/01a204c4-2d86-7071-8000-000000000000",
    "/nearby",
    "/nearby?near=",
    "/nearby?near=54.66",
    "/nearby?near=-3.36,54.66",
    "/nearby?near=48.85,2.35",
    "/nearby?near=CA13 9L",
    "/nearby?near=ZZ99 9ZZ",
    "/nearby?near=Atlantis",
    "/nearby?near=01a204c4-2d86-7071-8000-000000000000",
    "/nearby?near=54.66,-3.36&within=far",
    "/nearby?near=54.66,-3.36&within=0m",
    "/nearby?near=54.66,-3.36&within=1001km",
    "/nearby?near=54.66,-3.36&within=15min drive",
    "/nearby?near=54.66,-3.36&limit=201",
    "/nearby?near=54.66,-3.36&limit=x&within=y&type=z&colour=red",
    "/coverage?within=far",
    "/coverage?areas=nowhere&within=1km",
    "/coverage?within=1km&weight=hopes",
    "/coverage?within=1km&by=colour",
    "/coverage?within=1km&people_in=nowhere",
    "/coverage?within=1km&format=xml",
    "/coverage?within=1km&include=everything",
    "/coverage",
    "/gazetteer?limit=5000",
    "/changes?after=-1",
    "/changes?limit=0",
    "/tiles/castles/8/125/80.mvt",
    "/tiles/places/x/0/0.mvt",
    "/tiles/places/30/0/0.mvt",
    "/tiles/places/3/9/9.mvt",
];

/// Bodies that are refused, or are the same words as an address.
const POSTED: [(&str, &str); 14] = [
    ("/nearby", "{\"near\": \"54.66,-3.36\", \"as_at\": \"2026-11-20\"}"),
    ("/nearby", "{\"near\": \"54.66,-3.36\", \"within\": \"5km\", \"age\": 70, \"as_at\": \"2026-11-20\"}"),
    (
        "/nearby",
        "{\"near\": \"54.66,-3.36\", \"kind\": [\"place\", \"service\"], \"free\": true, \"as_at\": \"2026-11-20\"}",
    ),
    ("/nearby", "{\"near\": null}"),
    ("/nearby", "{\"near\": {\"lat\": 54.66}}"),
    ("/nearby", "[]"),
    ("/nearby", "{"),
    ("/nearby", "{\"near\": \"54.66,-3.36\", \"colour\": \"red\"}"),
    ("/coverage", "{\"within\": \"2km\", \"as_at\": \"2026-11-20\"}"),
    ("/coverage", "{\"within\": \"2km\", \"include\": \"per_area\", \"as_at\": \"2026-11-20\"}"),
    ("/coverage", "{\"within\": 2000}"),
    ("/coverage", "null"),
    ("/places", "{\"name\": \"Nobody may\"}"),
    ("/undo", "{}"),
];

/// What an admin sends that is refused: nothing of it is ever kept.
const REFUSED_BODIES: [(&str, &str); 24] = [
    ("/places", "{}"),
    ("/places", "{\"name\": \"\", \"point\": {\"lon\": 1}}"),
    ("/places", "{\"name\": \"Hall\", \"point\": {\"lon\": 54.6, \"lat\": -3.3}}"),
    ("/places", "{\"name\": \"Hall\", \"point\": {\"lon\": 2.35, \"lat\": 48.85}}"),
    ("/places", "{\"name\": \"Hall\", \"point\": [54.6, -3.3], \"colour\": \"red\"}"),
    (
        "/places",
        "{\"name\": 7, \"point\": {\"lon\": -3.3, \"lat\": 54.6}, \"type\": \"castle\", \"visibility\": \"nobody\"}",
    ),
    ("/places", "{\"name\": \"Hall\", \"postcode\": \"NOT ONE\"}"),
    (
        "/places",
        "{\"name\": \"Hall\", \"point\": {\"lon\": -3.3, \"lat\": 54.6}, \"hours\": \"whenever\", \"website\": \"javascript:1\", \"email\": \"at\", \"phone\": \"ring\"}",
    ),
    ("/places", "{\"name\": \"Hall\", \"point\": {\"lon\": -3.3, \"lat\": 54.6}, \"id\": \"elsewhere\"}"),
    ("/places", "{\"name\": \"Hall\", \"point\": {\"lon\": -3.3, \"lat\": 54.6}, \"kind\": \"service\"}"),
    ("/places", "{\"name\": \"Hall\", \"point\": {\"lon\": -3.3, \"lat\": 54.6}, \"provider\": \"nobody\"}"),
    (
        "/places",
        "{\"name\": \"Hall\", \"point\": {\"lon\": -3.3, \"lat\": 54.6}, \"description\": \"NHS 943 476 5919\"}",
    ),
    ("/services", "{\"name\": \"Group\"}"),
    (
        "/services",
        "{\"name\": \"Group\", \"provider\": \"nobody\", \"categories\": [\"nothing\"], \"places\": [\"nowhere\"]}",
    ),
    ("/services", "{\"name\": \"Group\", \"eligibility\": {\"min_age\": 70, \"max_age\": 60, \"colour\": 1}}"),
    (
        "/services",
        "{\"name\": \"Group\", \"delivery\": [\"pigeon\"], \"referral\": \"self\", \"accepting\": {\"value\": \"maybe\"}, \"schedule\": {\"rrule\": \"X\"}}",
    ),
    ("/organisations", "{\"name\": \"Trust\", \"type\": \"castle\", \"identifiers\": [{\"scheme\": \"ODS\"}]}"),
    ("/areas", "{\"name\": \"Area\"}"),
    (
        "/areas",
        "{\"name\": \"Area\", \"area_set\": \"s\", \"code\": \"1\", \"point\": {\"lon\": -3.3, \"lat\": 54.6}, \"indicators\": {\"population\": -1}, \"boundary\": {\"type\": \"Point\"}}",
    ),
    ("/categories", "{\"name\": \"Term\", \"words\": \"one\"}"),
    (
        "/resources",
        "{\"name\": \"Room\", \"type\": \"room\", \"side\": \"neither\", \"slots_per_week\": 1, \"slots_used\": 2}",
    ),
    ("/gaps", "{\"name\": \"Gap\", \"reason\": \"because\"}"),
    (
        "/gaps",
        "{\"name\": \"Gap\", \"what\": \"Chat\", \"reason\": \"full\", \"evidence\": {\"view\": \"everybody\", \"at\": \"noon\"}}",
    ),
    ("/places", "\"a text\""),
];

pub fn of_the_demonstration() -> Asked {
    let mut asked = Asked::new();
    asked.extend(shared("54.6639,-3.366", "neighbourhood"));
    for words in REFUSED {
        asked.push((vec![Who::Anybody], Question::get(words)));
    }
    for (path, body) in POSTED {
        asked.push((vec![Who::Anybody], Question::post(path, body)));
    }
    for (path, body) in REFUSED_BODIES {
        asked.push((vec![Who::Admin], Question::post(path, body)));
    }
    asked.extend(near_in_the_demonstration());
    asked.extend(coverage_of_the_demonstration());
    let lists = [
        "/places?category=company",
        "/services?category=company",
        "/services?category=befriending&referral=self",
        "/services?category=services/lunch-club",
        "/services?organisation=<organisation:Derwent Neighbours>",
        "/places?organisation=<organisation:Derwent Neighbours>",
        "/resources?organisation=<organisation:Derwent Bank Rugby Club>",
        "/services?area=CU001",
        "/places?area=neighbourhood/CU001",
        "/places?area=E06000064&limit=3",
        "/services?area=<area:Keswick>",
        "/services?q=lonely",
        "/services?q=i feel lonely and need some company",
        "/services?q=lunch",
        "/services?q=lunch keswick",
        "/places?q=library",
        "/places?q=main street cockermouth",
        "/places?q=ca13",
        "/organisations?q=trust",
        "/organisations?type=nhs_trust",
        "/categories?q=befriend",
        "/gaps?q=alston",
        "/resources?type=room",
        "/services?q=zzz",
        "/services?q=%20",
        "/places?limit=5&after=<place:Keswick health and wellbeing hub>",
        "/places?limit=5&after=<place:Senhouse Shed workshop, Maryport>",
        "/places?limit=3&format=geojson&type=hub",
        "/areas?limit=3&format=geojson",
        "/gaps?format=geojson",
    ];
    asked.extend(lists.map(|path| (vec![Who::Anybody], Question::get(path))));
    let records = [
        "/places/<place:Cockermouth health and wellbeing hub>",
        "/services/<service:Thursday Company>",
        "/services/<service:Telephone Friends>",
        "/organisations/<organisation:Derwent Neighbours>",
        "/areas/<area:Cockermouth>",
        "/categories/<category:lonely>",
        "/resources/<resource:Quiet room at the hub>",
        "/gaps/<gap:No company within reach on Alston Moor>",
    ];
    for path in records {
        let forms = ["", "?include=card", "/history"].map(|form| Question::get(format!("{path}{form}")));
        asked.extend(forms.map(|question| (ALL.to_vec(), question)));
    }
    let others = [
        "/gazetteer?q=ke",
        "/gazetteer?q=alston&limit=3",
        "/gazetteer?limit=2",
        "/changes?limit=5",
        "/changes?after=10&limit=5",
        "/services/<place:Cockermouth Library>",
        "/places/<place:Cockermouth Library>?include=everything",
        "/places/<place:Cockermouth Library>?colour=red",
    ];
    asked.extend(others.map(|path| (vec![Who::Anybody], Question::get(path))));
    asked.extend(tiles((-3.366, 54.6639), &["assets", "places", "services", "gaps", "areas"]));
    asked
}

fn near_in_the_demonstration() -> Asked {
    let near = [
        "near=CA13 9LU",
        "near=ca139lu&within=5km",
        "near=CA13 9LU&within=1mi",
        "near=CA13 9LU&within=20min walk",
        "near=CA13 9LU&q=lonely&open_at=2026-11-19T10:30&referral=self",
        "near=CA13 9LU&category=company",
        "near=CA13 9LU&category=company&within=3km&match=sure",
        "near=CA13 9&limit=3",
        "near=CA13&limit=3",
        "near=Keswick&limit=5",
        "near=keswick&kind=resource",
        "near=Alston&category=befriending",
        "near=Alston&kind=gap",
        "near=<place:Maryport Library>&within=2km",
        "near=<service:Thursday Company>&limit=4",
        "near=<area:Keswick>&limit=4",
        "near=<service:Telephone Friends>",
        "near=54.6,-3.1&limit=200",
        "near=54.6,-3.1&limit=1",
        "near=54.8119,-2.4411&within=1m",
        "near=54.66,-3.36&organisation=<organisation:Derwent Neighbours>",
        "near=54.66,-3.36&area=CU001",
        "near=54.66,-3.36&area=E06000064&limit=5",
        "near=54.66,-3.36&bbox=-3.4,54.6,-3.3,54.7",
        "near=LA9 4PY&age=16&within=10km",
        "near=CA1 1EJ&delivery=at_home",
        "near=CA1 1EJ&language=pl",
        "near=CA1 1EJ&accepting=yes&free=true",
        "near=LA14 1PT&kind=organisation",
    ];
    near.map(|words| (vec![Who::Anybody], on_a_day(&format!("/nearby?{words}")))).into()
}

fn coverage_of_the_demonstration() -> Asked {
    let coverage = [
        "within=5km",
        "within=5km&category=company",
        "within=5km&category=company&by=district",
        "within=5km&category=company&delivery=at_place&by=district&include=per_area",
        "within=2km&category=company&delivery=at_place&by=quintile:older_people",
        "within=20min walk&delivery=at_place&age=70&weight=no_car_households",
        "within=5km&delivery=at_place&people_in=E06000064&by=district&format=csv",
        "within=5km&delivery=at_place&referral=self&match=sure&format=geojson",
        "within=2km&category=lunch-club&by=district&include=per_area",
        "within=20min walk&category=company",
        "within=5km&category=befriending&weight=older_people",
        "within=5km&category=befriending&weight=no_car_households&by=district",
        "within=5km&people_in=E06000063",
        "within=5km&people_in=<area:Westmorland and Furness>&by=district",
        "within=5km&people_in=-3.6,54.5,-3.0,54.8&include=per_area",
        "within=5km&category=company&by=quintile:older_people",
        "within=5km&category=company&by=decile:population",
        "within=5km&areas=district24&include=per_area",
        "within=5km&q=lunch&format=csv",
        "within=5km&q=lunch&format=geojson",
        "within=5km&kind=place&type=library",
        "within=5km&kind=place&type=pharmacy&by=district&format=csv",
        "within=10km&organisation=<organisation:Derwent Neighbours>",
        "within=10km&age=70&category=company",
        "within=10km&delivery=at_home&include=per_area",
        "within=10km&referral=self&open_at=2026-11-19T10:30",
        "within=1m",
        "within=5km&match=possible",
        "within=5km&match=sure&free=true",
    ];
    coverage.map(|words| (vec![Who::Anybody], on_a_day(&format!("/coverage?{words}")))).into()
}

pub fn of_a_random_town(records: &Records) -> Asked {
    let mut asked: Asked =
        shared("54.66,-3.3", "small").into_iter().map(|(_, question)| (ALL.to_vec(), question)).collect();
    let told = |kind: Kind, n: usize| {
        let of = records.all.iter().filter(move |r| r.kind == kind).take(n);
        of.map(move |r| format!("<{}:{}>", kind.name(), r.body["name"].as_str().unwrap())).collect::<Vec<_>>()
    };
    // A service or a gap may be gone again.
    for (kind, n) in [(Kind::Place, 8), (Kind::Organisation, 5)] {
        for name in told(kind, n) {
            let path = format!("/{}/{name}", kind.spec().plural);
            let forms = ["?include=card", "/history"].map(|form| Question::get(format!("{path}{form}")));
            asked.extend(forms.map(|question| (ALL.to_vec(), question)));
        }
    }
    for name in told(Kind::Organisation, 4) {
        asked.push((vec![Who::Anybody, Who::Admin], Question::get(format!("/services?organisation={name}"))));
    }
    for name in told(Kind::Place, 6) {
        asked.push((vec![Who::Anybody, Who::Admin], on_a_day(&format!("/nearby?near={name}&limit=5"))));
    }
    for code in AREAS {
        asked.push((vec![Who::Anybody], on_a_day(&format!("/services?area={code}"))));
        asked.push((
            vec![Who::Anybody],
            on_a_day(&format!("/coverage?within=2km&areas=small&people_in={code}&by=district")),
        ));
    }
    for word in records.words().iter().step_by(17) {
        asked.push((
            vec![Who::Anybody, Who::Admin],
            on_a_day(&format!("/nearby?near=54.66,-3.3&kind=place,service,gap,resource,organisation&q={word}")),
        ));
    }
    asked.push((ALL.to_vec(), Question::get("/changes?limit=1000")));
    asked.extend(tiles((-3.3, 54.66), &["assets", "resources"]));
    asked
}

/// What any town is asked.
fn shared(near: &str, areas: &str) -> Asked {
    let mut asked = Asked::new();
    for kind in Kind::ALL {
        let plural = kind.spec().plural;
        asked.push((ALL.to_vec(), Question::get(format!("/{plural}?limit=1000"))));
    }
    for words in WORDS {
        let plain = if words.contains("kind=") { "services" } else { "places" };
        let kinds = if words.contains("kind=") || words.contains("type=") { plain } else { "services" };
        asked.push((vec![Who::Anybody], on_a_day(&format!("/{kinds}?{words}"))));
        asked.push((vec![Who::Anybody], on_a_day(&format!("/nearby?near={near}&limit=6&{words}"))));
    }
    for words in WORDS.iter().step_by(2) {
        // What comes by telephone reaches everybody, and would hide what places reach.
        let held = if words.contains("delivery") || words.contains("kind") { "" } else { "&delivery=at_place" };
        asked.push((vec![Who::Anybody], on_a_day(&format!("/coverage?within=3km&areas={areas}{held}&{words}"))));
    }
    for path in ["/about", "/area-sets", "/session"] {
        asked.push((vec![Who::Anybody], Question::get(path)));
    }
    for (kind, format) in [("place", "csv"), ("service", "geojson")] {
        asked
            .push((ALL.to_vec(), on_a_day(&format!("/coverage?within=2km&areas={areas}&kind={kind}&format={format}"))));
    }
    asked
}

/// One layer and its description at every other zoom.
fn tiles((lon, lat): (f64, f64), layers: &[&str]) -> Asked {
    let mut asked = Asked::new();
    for layer in layers {
        asked.push((ALL.to_vec(), on_a_day(&format!("/tiles/{layer}.json"))));
        for z in [0, 4, 8, 10, 12, 14] {
            let n = f64::from(1 << z);
            let x = ((lon + 180.0) / 360.0 * n) as u32;
            let y = ((1.0 - (lat.to_radians().tan().asinh() / std::f64::consts::PI)) / 2.0 * n) as u32;
            let who = if z == 10 { ALL.to_vec() } else { vec![Who::Anybody] };
            asked.push((who.clone(), on_a_day(&format!("/tiles/{layer}/{z}/{x}/{y}.mvt"))));
            if z == 10 {
                asked.push((who, on_a_day(&format!("/tiles/{layer}/{z}/{x}/{y}.mvt?referral=self&match=sure"))));
            }
        }
    }
    asked
}

fn on_a_day(path: &str) -> Question {
    let said = path.contains("as_at=");
    let mark = if path.contains('?') { '&' } else { '?' };
    Question::get(if said { path.to_owned() } else { format!("{path}{mark}{DAY}") })
}
