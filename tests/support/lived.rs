//! The same England, lived in: the same million services and 36,000 areas, described as unevenly as people describe
//! them after some years. Whom they are for, how they come to people, where, when, in which words; some hidden, some
//! shown approximately; areas with ages and districts. Drawn from streams of its own, so the plain files stay as they
//! are; a digest of its own is held by `tests/england.rs`.

use std::fmt::Write;

use crate::england::{self, AREAS, uniform};
use crate::times;

/// Where draws about services come from, and those about areas and words.
const SERVICE: u64 = 40;
const AREA: u64 = 42;
const WORDS: u64 = 43;

/// What somebody tells of a service.
pub struct Service {
    pub number: u64,
    pub category: usize,
    pub capacity: u32,
    pub lon: f64,
    pub lat: f64,
    /// The youngest and the oldest it takes; 60 % say one of them or both.
    pub ages: (Option<u32>, Option<u32>),
    pub delivery: &'static [&'static str],
    /// A district's code, sometimes that of a small area.
    pub service_area: Option<String>,
    pub approximate: bool,
    pub partners_only: bool,
    /// Which of the texts about opening times.
    pub times: Option<usize>,
    pub referral: &'static [&'static str],
    pub accepting: Option<&'static str>,
    pub free: Option<bool>,
    pub languages: &'static [&'static str],
}

/// An area with its ages.
pub struct Area {
    pub plain: england::Area,
    /// 0 to 15, 16 to 64, 65 and older: all its people.
    pub ages: [u32; 3],
    pub district: String,
}

/// A district.
pub struct District {
    pub code: String,
    pub people: u32,
    pub lon: f64,
    pub lat: f64,
}

/// Words for ages, the usual ones more often: those that bands of people fill, and those that cut one.
const AGES: [(Option<u32>, Option<u32>); 14] = [
    (Some(16), None),
    (Some(18), None),
    (Some(18), None),
    (None, Some(15)),
    (Some(0), Some(15)),
    (Some(0), Some(4)),
    (Some(5), Some(15)),
    (Some(16), Some(64)),
    (Some(18), Some(64)),
    (Some(65), None),
    (Some(65), Some(120)),
    (Some(50), None),
    (Some(11), Some(25)),
    (None, Some(64)),
];
const REFERRAL: [&[&str]; 6] = [
    &["self"],
    &["self", "gp"],
    &["gp"],
    &["any_professional"],
    &["self", "any_professional"],
    &["social_prescribing"],
];
const LANGUAGES: [&[&str]; 4] = [&["en"], &["en", "pl"], &["en", "ur", "pa"], &["bn"]];

/// Each service, in the order of the plain ones.
pub fn each_service() -> impl Iterator<Item = Service> {
    england::each_asset().map(|asset| {
        let draw = |k| uniform(SERVICE, asset.number, k);
        let one_of = |k: u64, n: usize| ((draw(k) * n as f64) as usize).min(n - 1);
        let delivery = delivery(draw(2), draw(3));
        let has_area = draw(4) < if delivery.contains(&"at_home") { 0.5 } else { 0.0556 };
        let service_area = has_area.then(|| match draw(5) < 0.9 {
            true => district_code(one_of(6, england::CENTRES)),
            false => format!("X{:08}", 1 + one_of(6, AREAS)),
        });
        Service {
            number: asset.number,
            category: asset.category,
            capacity: asset.capacity,
            lon: asset.lon,
            lat: asset.lat,
            ages: if draw(0) < 0.6 { AGES[one_of(1, AGES.len())] } else { (None, None) },
            delivery,
            service_area,
            approximate: draw(7) < 0.05,
            partners_only: draw(8) < 0.02,
            times: (draw(9) < 0.3).then(|| one_of(10, times::TEXTS)),
            referral: if draw(11) < 0.6 { REFERRAL[one_of(12, REFERRAL.len())] } else { &[] },
            accepting: (draw(13) < 0.5).then(|| match draw(14) {
                x if x < 0.7 => "yes",
                x if x < 0.9 => "waiting_list",
                _ => "no",
            }),
            free: (draw(15) < 0.6).then(|| draw(16) < 0.8),
            languages: if draw(17) < 0.15 { LANGUAGES[one_of(18, LANGUAGES.len())] } else { &[] },
        }
    })
}

/// A fifth comes to people, some of that to a place as well; most of the rest does not say.
fn delivery(how: f64, also: f64) -> &'static [&'static str] {
    let at_place = also < 0.3;
    match how {
        x if x < 0.10 => {
            if at_place {
                &["at_home", "at_place"]
            } else {
                &["at_home"]
            }
        }
        x if x < 0.15 => {
            if at_place {
                &["at_place", "telephone"]
            } else {
                &["telephone"]
            }
        }
        x if x < 0.20 => {
            if at_place {
                &["at_place", "online"]
            } else {
                &["online"]
            }
        }
        x if x < 0.50 => &["at_place"],
        _ => &[],
    }
}

/// What a service says of itself: some words, common ones more often; four in ten say something.
pub fn description(number: u64) -> Option<String> {
    if uniform(WORDS, number, 0) >= 0.4 {
        return None;
    }
    let many = 4 + (uniform(WORDS, number, 1) * 6.0) as u64;
    let words = (0..many).map(|k| word((DISTINCT_WORDS.powf(uniform(WORDS, number, 2 + k)) - 1.0) as usize));
    Some(words.collect::<Vec<_>>().join(" "))
}

/// So many words there are, about as many as in a county's directories.
const DISTINCT_WORDS: f64 = 8_000.0;
const COMMON: [&str; 24] = [
    "group",
    "support",
    "community",
    "people",
    "families",
    "lunch",
    "advice",
    "friendship",
    "walking",
    "carers",
    "young",
    "wellbeing",
    "exercise",
    "garden",
    "transport",
    "dementia",
    "befriending",
    "singing",
    "counselling",
    "parents",
    "bereavement",
    "cooking",
    "repair",
    "football",
];
const BEGIN: [&str; 20] = [
    "ash", "bram", "cold", "dun", "elm", "farn", "green", "hart", "kirk", "long", "mar", "nor", "oak", "pen", "rad",
    "stan", "thorn", "up", "whit", "york",
];
const MIDDLE: [&str; 20] = [
    "ber", "cas", "der", "en", "fel", "ger", "hol", "ing", "ker", "low", "mer", "ning", "or", "per", "ring", "sel",
    "ter", "um", "ver", "wor",
];
const END: [&str; 20] = [
    "bury", "by", "church", "combe", "dale", "don", "fell", "field", "ford", "gate", "ham", "hurst", "ley", "mere",
    "stead", "stoke", "ton", "wick", "wold", "worth",
];

/// Word number so much: words of the field, then what places are called.
fn word(n: usize) -> String {
    let of_place = |n: usize| format!("{}{}{}", BEGIN[n % 20], MIDDLE[n / 20 % 20], END[n / 400 % 20]);
    COMMON.get(n).map_or_else(|| of_place(n - COMMON.len()), |word| (*word).to_owned())
}

/// Each area, in the order of the plain ones.
pub fn each_area() -> impl Iterator<Item = Area> {
    let centres = england::centres();
    england::each_area().map(move |plain| {
        let children = (f64::from(plain.people) * (0.12 + 0.1 * uniform(AREA, plain.number, 0))) as u32;
        let ages = [children, plain.people - children - plain.older, plain.older];
        let district = district_code(nearest(&centres, plain.lon, plain.lat));
        Area { plain, ages, district }
    })
}

/// A centre's district is what lies nearest to it, by degrees with those of longitude as long as in the Midlands.
fn nearest(centres: &[(f64, f64)], lon: f64, lat: f64) -> usize {
    let square = |(x, y): &(f64, f64)| ((x - lon) * 0.6).powi(2) + (y - lat).powi(2);
    let by = |a: &usize, b: &usize| square(&centres[*a]).total_cmp(&square(&centres[*b]));
    (0..centres.len()).min_by(by).expect("there are centres")
}

fn district_code(centre: usize) -> String {
    format!("D{:03}", centre + 1)
}

/// Each district, its people those of its areas.
pub fn districts() -> Vec<District> {
    let district = |(i, (lon, lat))| District { code: district_code(i), people: 0, lon, lat };
    let mut all: Vec<District> = england::centres().into_iter().enumerate().map(district).collect();
    for area in each_area() {
        all[area.district[1..].parse::<usize>().expect("a number") - 1].people += area.plain.people;
    }
    all
}

/// Services as lines, tabs between: `id name category capacity lon lat min max delivery service_area precision visibility
/// schedule referral accepting free languages description`.
pub fn services() -> String {
    let times: Vec<String> = times::all().iter().map(ToString::to_string).collect();
    let mut out = String::with_capacity(130 * england::ASSETS);
    for s in each_service() {
        let n = s.number;
        write!(out, "{n}\tAsset {n}\t{}\t{}\t{:.6}\t{:.6}", s.category, s.capacity, s.lon, s.lat).unwrap();
        let age = |age: Option<u32>| age.map_or_else(String::new, |years| years.to_string());
        let (min, max) = (age(s.ages.0), age(s.ages.1));
        let precision = if s.approximate { "approximate" } else { "" };
        let visibility = if s.partners_only { "partners" } else { "" };
        let free = s.free.map_or_else(String::new, |free| free.to_string());
        let said = description(n).unwrap_or_default();
        let cells: [&str; 12] = [
            &min,
            &max,
            &s.delivery.join(";"),
            s.service_area.as_deref().unwrap_or(""),
            precision,
            visibility,
            s.times.map_or("", |at| times[at].as_str()),
            &s.referral.join(";"),
            s.accepting.unwrap_or(""),
            &free,
            &s.languages.join(";"),
            &said,
        ];
        cells.iter().for_each(|cell| write!(out, "\t{cell}").unwrap());
        out.push('\n');
    }
    out
}

/// Areas as lines `code population need older 0–15 16–64 65–120 district lon lat`, tabs between.
pub fn areas() -> String {
    let mut out = String::with_capacity(80 * AREAS);
    for Area { plain: a, ages: [young, adult, old], district } in each_area() {
        write!(out, "X{:08}\t{}\t{:.4}\t{}\t", a.number, a.people, a.need, a.older).unwrap();
        writeln!(out, "{young}\t{adult}\t{old}\t{district}\t{:.6}\t{:.6}", a.lon, a.lat).unwrap();
    }
    out
}

/// Districts as lines `code name population lon lat`, tabs between.
pub fn districts_file() -> String {
    let mut out = String::new();
    for d in districts() {
        writeln!(out, "{}\tDistrict {}\t{}\t{:.6}\t{:.6}", d.code, d.code, d.people, d.lon, d.lat).unwrap();
    }
    out
}
