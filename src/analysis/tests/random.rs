//! Towns and questions of chance, as text: what fails is shown as a town that can be read, and is made smaller before.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A record of chance: its name, and the rest of its line.
pub type Line = (String, String);

/// A town of chance; shown as its text.
#[derive(Clone)]
pub struct LinesOfTown(Vec<Line>);

impl LinesOfTown {
    /// Its text.
    pub fn text(&self) -> String {
        self.0.iter().map(|(name, line)| format!("{name} {line}\n")).collect()
    }
}

impl std::fmt::Debug for LinesOfTown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n{}", self.text())
    }
}

/// What a record may say, each with a blank before it, or nothing.
type Saying = BoxedStrategy<String>;

const CATEGORIES: [&str; 4] = ["food", "meals", "chat", "advice"];
const ORGANISATIONS: [&str; 3] = ["council", "shy", "trust"];
const PLACES: [&str; 6] = ["p0", "p1", "p2", "p3", "p4", "p5"];
const DISTRICTS: [&str; 4] = ["D1", "D2", "D3", "R1"];
const AREAS: [&str; 11] = ["D1", "D2", "D3", "R1", "S0", "S1", "S2", "S3", "S4", "S5", "S6"];

/// Whoever asks.
pub const ASKERS: [&str; 6] =
    ["anybody", "partner", "partner of trust", "partner of council", "guest of spring", "admin"];

/// A town: what others name is always there, then so many services and other records.
pub fn town(services: std::ops::Range<usize>) -> BoxedStrategy<LinesOfTown> {
    let services = vec(service(), services).prop_map(|all| numbered("s", all));
    let resources = vec(resource(), 0..4).prop_map(|all| numbered("r", all));
    let gaps = vec(gap(), 0..4).prop_map(|all| numbered("g", all));
    (ground(), services, resources, gaps).prop_map(|(a, b, c, d)| LinesOfTown([a, b, c, d].concat())).boxed()
}

/// A record of a town said anew; areas, organisations and places keep their names, so that what names them may stay.
pub fn anew() -> BoxedStrategy<Line> {
    let of = |names: &'static [&'static str], line: Saying| (named(names), line).boxed();
    prop_oneof![
        4 => (0..9usize, service()).prop_map(|(i, line)| (format!("s{i:02}"), line)),
        3 => of(&PLACES, place()),
        1 => of(&ORGANISATIONS, organisation()),
        1 => of(&DISTRICTS[..3], district()),
        1 => of(&AREAS[4..], small_area()),
        1 => (0..3usize, gap()).prop_map(|(i, line)| (format!("g{i:02}"), line)),
    ]
    .boxed()
}

/// A question about what is near, a list or coverage: the asker is to be put before it.
pub fn near_question() -> BoxedStrategy<String> {
    let more = [
        always(prop_oneof![spot().prop_map(|at| format!(" near={at}")), Just(" near=p0".to_owned())]),
        maybe(60, " within=", &["900m", "1600m", "3000m", "8000m", "20000m"]),
        maybe(40, " limit=", &["1", "2", "5", "200"]),
        maybe(15, " kind=", &["service", "place", "service,resource"]),
    ];
    joined("nearby", more.into_iter().chain(filter_words()))
}

/// A list, walked through page by page.
pub fn list_question() -> BoxedStrategy<String> {
    let kind = always(
        select(&["service", "service", "place", "resource", "gap", "organisation"]).prop_map(|kind| format!(" {kind}")),
    );
    joined("walk", [kind, maybe(100, " limit=", &["1", "2", "3", "7"])].into_iter().chain(filter_words()))
}

/// Who can get there.
pub fn cover_question() -> BoxedStrategy<String> {
    let more = [
        maybe(100, " areas=", &["small"]),
        maybe(70, " include=", &["per_area"]),
        maybe(100, " within=", &["1m", "900m", "1600m", "3000m", "8000m"]),
        maybe(60, " weight=", &["population", "older", "no_car"]),
        maybe(60, " by=", &["district", "district", "part", "quintile:need"]),
        maybe(15, " kind=", &["service", "place", "service,place,resource"]),
        prop_oneof![
            6 => Just(String::new()),
            2 => select(&AREAS).prop_map(|area| format!(" people_in={area}")),
            2 => edges().prop_map(|edges| format!(" people_in={edges}")),
        ]
        .boxed(),
    ];
    joined("coverage", more.into_iter().chain(filter_words()))
}

fn filter_words() -> Vec<Saying> {
    vec![
        maybe(7, " type=", &["library", "clinic,hub", "room"]),
        maybe(25, " category=", &["food", "meals", "advice", "lonely", "chat,advice"]),
        maybe(8, " organisation=", &["council", "trust"]),
        maybe(10, " referral=", &["self", "gp", "gp,self", "other"]),
        maybe(10, " delivery=", &["at_place", "telephone,online", "at_home"]),
        maybe(8, " open_at=", &["now", "mon", "tue", "\"tue 09:30\"", "2026-06-08T10:30", "sun"]),
        maybe(12, " age=", &["0", "15", "16", "40", "65", "90"]),
        maybe(7, " language=", &["en", "pl"]),
        maybe(7, " accessible=", &["true", "toilet", "step_free,parking"]),
        maybe(8, " free=", &["true", "false"]),
        maybe(6, " free_capacity=", &["true"]),
        maybe(8, " accepting=", &["yes", "yes,waiting_list", "unknown"]),
        maybe(6, " assured_since=", &["2026-04-01", "2025-01-15"]),
        maybe(6, " checked_within=", &["2mo", "12mo"]),
        maybe(12, " status=", &["closed", "planned,paused", "open", "pilot,closing"]),
        maybe(15, " as_at=", &["2026-06-01", "2026-12-01", "2025-01-01"]),
        maybe(8, " for=", &["people", "professionals", "people,organisations"]),
        maybe(12, " q=", &["warm", "\"soup hall\"", "hot", "comp", "s0"]),
        prop_oneof![9 => Just(String::new()), 1 => edges().prop_map(|edges| format!(" bbox={edges}"))].boxed(),
        maybe(10, " area=", &["D1", "D2", "R1", "S1"]),
        maybe(20, " match=", &["sure", "possible", "sure,possible"]),
    ]
}

/// Categories, organisations, areas and places.
fn ground() -> BoxedStrategy<Vec<Line>> {
    let fixed = [
        ("food", "category"),
        ("meals", "category in food words \"hot dinner\""),
        ("chat", "category in food says \"good company\""),
        ("advice", "category"),
        ("lonely", "category means chat"),
    ];
    let fixed: Vec<Line> = fixed.iter().map(|(name, line)| ((*name).to_owned(), (*line).to_owned())).collect();
    let each = |names: &'static [&'static str], line: Saying| {
        let named =
            move |lines: Vec<String>| names.iter().map(|name| (*name).to_owned()).zip(lines).collect::<Vec<Line>>();
        vec(line, names.len()).prop_map(named)
    };
    let organisations = each(&ORGANISATIONS, organisation());
    let districts = each(&DISTRICTS[..3], district());
    let region = each(&DISTRICTS[3..], joined("area of region", [at(), perhaps(50, outline())]));
    let small = each(&AREAS[4..], small_area());
    let places = each(&PLACES[1..], place());
    // One place that everybody sees, and one area that says all its numbers.
    let sure = spot().prop_map(|at| {
        vec![
            ("p0".to_owned(), format!("place at {at} type library")),
            ("S9".to_owned(), format!("area at {at} people 80 counts older=20,no_car=0.5,need=4 column part=north")),
        ]
    });
    let all = (organisations, districts, region, small, places, sure);
    all.prop_map(move |(a, b, c, d, e, f)| [fixed.clone(), a, b, c, d, e, f].concat()).boxed()
}

fn organisation() -> Saying {
    joined(
        "organisation",
        [maybe(30, " seen_by ", &["partners", "own"]), maybe(40, " type ", &["voluntary", "nhs_trust"])],
    )
}

fn district() -> Saying {
    joined("area of district", [at(), perhaps(70, outline())])
}

fn small_area() -> Saying {
    let number = |name: &'static str, most: usize| (2..most).prop_map(move |n| format!(" counts {name}={n}")).boxed();
    joined(
        "area",
        [
            at(),
            perhaps(85, (0..150usize).prop_map(|n| format!(" people {n}")).boxed()),
            perhaps(80, number("older", 60)),
            perhaps(90, number("need", 9)),
            maybe(80, " counts no_car=", &["0", "0.25", "0.5", "1"]),
            prop_oneof![
                3 => Just(String::new()),
                3 => (0..40usize, 0..90usize, 0..40usize)
                    .prop_map(|(a, b, c)| format!(" counts age_0_15={a},age_16_64={b},age_65_120={c}")),
                1 => (0..40usize, 0..40usize).prop_map(|(a, b)| format!(" counts age_0_15={a},age_65_120={b}")),
            ]
            .boxed(),
            maybe(25, " in ", &DISTRICTS),
            maybe(25, " column district=", &["D1", "D2", "R1", "elsewhere"]),
            maybe(20, " column part=", &["north", "south", "D2"]),
        ],
    )
}

fn place() -> Saying {
    let says = [
        at(),
        maybe(60, " type ", &["library", "clinic", "other"]),
        maybe(40, " ", &["step_free", "step_free toilet", "not step_free parking", "toilet"]),
        maybe(40, " kept_by ", &ORGANISATIONS),
        maybe(30, " open ", &["\"Mo 10:00-14:00\"", "\"Tu-We 09:00-10:00\"", "24/7"]),
        maybe(30, " called ", &["\"Warm Hall\"", "\"Soup Kitchen\""]),
        maybe(20, " address ", &["\"1 Soup Street\""]),
        maybe(12, " unclear ", &["status", "from", "until"]),
    ];
    joined("place", says.into_iter().chain(life()).chain(audience()))
}

fn service() -> Saying {
    let says = [
        prop_oneof![
            4 => at(),
            3 => some(" at ", &PLACES),
            1 => (some(" at ", &PLACES), at()).prop_map(|(a, b)| a + &b),
            1 => Just(" nowhere".to_owned()),
        ]
        .boxed(),
        perhaps(80, some(" does ", &CATEGORIES)),
        perhaps(25, some(" in ", &AREAS)),
        maybe(25, " ", &["at_place", "at_home", "telephone", "online at_place", "at_home telephone", "outreach"]),
        maybe(30, " for age ", &["16+", "65+", "..15", "16-64", "0-120", "50+", "65-120"]),
        perhaps(10, some(" for districts ", &["D1", "D2", "R1", "nowhere"])),
        maybe(5, " for practices ", &["A81001"]),
        maybe(15, " for ", &["people", "professionals", "organisations"]),
        maybe(60, " by ", &["council", "trust", "shy", "council,trust"]),
        perhaps(50, some(" takes ", &["self", "gp", "any_professional"])),
        maybe(50, " ", &["free", "paid"]),
        maybe(30, " free_places ", &["0", "3"]),
        maybe(40, " accepting ", &["yes", "waiting_list", "no", "unknown"]),
        maybe(30, " speaks ", &["en-GB", "en,pl", "cy"]),
        maybe(30, " open ", &["\"Mo 10:00-14:00\"", "\"Tu-We 09:00-10:00\"", "24/7"]),
        maybe(30, " called ", &["\"Warm Soup\"", "\"Hot company\""]),
        maybe(20, " says ", &["\"a hall, and soup\"", "company"]),
        maybe(
            15,
            " unclear ",
            &["status", "until", "eligibility.min_age", "from,eligibility.max_age", "service_area,until"],
        ),
        maybe(5, " unclear ", &["eligibility.districts", "eligibility.practices,status"]),
    ];
    joined("service", says.into_iter().chain(life()).chain(audience()))
}

fn resource() -> Saying {
    let says = [
        prop_oneof![at(), select(&PLACES).prop_map(|place| format!(" at {place}"))].boxed(),
        maybe(60, " by ", &ORGANISATIONS),
        maybe(50, " does ", &CATEGORIES),
        maybe(30, " type ", &["room", "skill"]),
        maybe(30, " ", &["free", "paid"]),
    ];
    joined("resource", says.into_iter().chain(life()).chain(audience()))
}

fn gap() -> Saying {
    let says = [
        prop_oneof![
            at(),
            select(&PLACES).prop_map(|place| format!(" at {place}")),
            select(&AREAS).prop_map(|area| format!(" in {area} nowhere")),
        ]
        .boxed(),
        maybe(30, " does ", &CATEGORIES),
        maybe(30, " by ", &ORGANISATIONS),
    ];
    joined("gap", says.into_iter().chain(audience()))
}

/// Status and days round 1 June 2026; when it was checked.
fn life() -> [Saying; 4] {
    [
        maybe(40, " status ", &["open", "planned", "paused", "closing", "closed", "pilot"]),
        maybe(25, " from ", &["2020-01-01", "2026-09-01"]),
        maybe(25, " until ", &["2026-03-31", "2030-12-31"]),
        maybe(30, " checked ", &["2026-04-01T00:30:00+01:00", "2026-03-31T23:30:00+01:00", "2025-01-15T12:00:00Z"]),
    ]
}

fn audience() -> [Saying; 2] {
    [maybe(25, " seen_by ", &["partners", "own", "spring"]), maybe(15, " ", &["approximate"])]
}

/// A crossing of the grid, or the middle between four.
fn spot() -> Saying {
    let grid = (0..10usize, 0..10usize, any::<bool>());
    let spot = |(i, j, aside): (usize, usize, bool)| {
        let (lat, lon) = if aside { (0.0047, 0.0113) } else { (0.0, 0.0) };
        format!("{:.4},{:.4}", 54.6 + 0.01 * j as f64 + lat, -3.4 + 0.02 * i as f64 + lon)
    };
    grid.prop_map(spot).boxed()
}

fn at() -> Saying {
    spot().prop_map(|spot| format!(" at {spot}")).boxed()
}

/// A box along the lines of the grid: what stands on one stands exactly on it.
fn sides() -> impl Strategy<Value = [String; 4]> {
    (0..7usize, 0..7usize, 1..8usize, 1..8usize).prop_map(|(i, j, wide, high)| {
        let (lat, lon) =
            (|j: usize| format!("{:.4}", 54.6 + 0.01 * j as f64), |i: usize| format!("{:.4}", -3.4 + 0.02 * i as f64));
        [lon(i), lat(j), lon(i + wide), lat(j + high)]
    })
}

fn outline() -> Saying {
    sides().prop_map(|[west, south, east, north]| format!(" outline {south},{west} {north},{east}")).boxed()
}

fn edges() -> Saying {
    sides().prop_map(|sides| sides.join(",")).boxed()
}

fn named(names: &'static [&'static str]) -> BoxedStrategy<String> {
    select(names).prop_map(str::to_owned).boxed()
}

fn numbered(letter: &'static str, lines: Vec<String>) -> Vec<Line> {
    lines.into_iter().enumerate().map(|(i, line)| (format!("{letter}{i:02}"), line)).collect()
}

fn always(saying: impl Strategy<Value = String> + 'static) -> Saying {
    saying.boxed()
}

/// In so many of a hundred.
fn perhaps(percent: u32, saying: Saying) -> Saying {
    proptest::option::weighted(f64::from(percent) / 100.0, saying).prop_map(Option::unwrap_or_default).boxed()
}

fn maybe(percent: u32, word: &'static str, values: &'static [&'static str]) -> Saying {
    let saying = select(values).prop_map(move |value| format!("{word}{value}")).boxed();
    if percent == 100 { saying } else { perhaps(percent, saying) }
}

/// One to three of these.
fn some(word: &'static str, values: &'static [&'static str]) -> Saying {
    subsequence(values, 1..=values.len().min(3)).prop_map(move |some| format!("{word}{}", some.join(","))).boxed()
}

fn joined(first: &'static str, says: impl IntoIterator<Item = Saying>) -> Saying {
    let says: Vec<Saying> = says.into_iter().collect();
    says.prop_map(move |says| first.to_owned() + &says.concat()).boxed()
}
