//! Every answer of a read equals that of an instance that holds only what its caller is shown. Random towns with every
//! delicate thing are asked as one caller sees them; what this caller is shown, list by list, is laid as it stands into
//! a second, empty instance; and both are asked the same.

#[path = "views/compared.rs"]
mod compared;
#[path = "views/questions.rs"]
mod questions;
mod support;

use commonground::model::{Id, Kind};
use compared::{Differences, Town, as_row, compare};
use questions::Asker;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use support::answers::{Question, Who};
use support::cluster::Cluster;
use support::records::Records;

/// So many towns each kind of question is asked about.
const TOWNS: u64 = 10;

#[tokio::test]
async fn lists() {
    compare(TOWNS, 60, Asker::list).await;
}

#[tokio::test]
async fn single_records_and_their_cards() {
    compare(TOWNS, 60, Asker::record).await;
}

#[tokio::test]
async fn words_of_free_text() {
    compare(TOWNS, 60, Asker::free_text).await;
}

#[tokio::test]
async fn what_is_near() {
    compare(TOWNS, 60, Asker::near).await;
}

#[tokio::test]
async fn who_is_covered() {
    compare(TOWNS, 60, Asker::coverage).await;
}

#[tokio::test]
async fn tiles() {
    compare(TOWNS, 60, Asker::tile).await;
}

#[tokio::test]
async fn descriptions_of_tiles() {
    compare(TOWNS, 30, Asker::tile_json).await;
}

#[tokio::test]
async fn evidence_asked_again() {
    compare(TOWNS, 20, Asker::evidence).await;
}

/// What everybody sees is not different for who sees everything: the comparison itself adds nothing.
#[tokio::test]
async fn who_sees_everything_is_answered_alike_by_a_copy() {
    let mut differences = Differences::default();
    for seed in 0..4 {
        let mut town = Town::random(seed, Who::Admin).await;
        let ways = [Asker::list, Asker::record, Asker::free_text, Asker::near, Asker::coverage, Asker::tile];
        for ask in ways {
            town.compare(40, ask, &mut differences).await;
        }
    }
    differences.are_none();
}

/// A record's history is that of an instance in which only the shown part of it ever happened; of what is hidden there
/// is none.
#[tokio::test]
async fn histories_in_a_file() {
    let mut differences = Differences::default();
    for seed in 0..TOWNS / 2 {
        for who in [Who::Anybody, Who::Partner] {
            let mut town = Town::with_history(seed, who, None).await;
            town.compare_all(histories, &mut differences).await;
        }
    }
    differences.are_none();
}

#[tokio::test]
async fn histories_on_a_server() {
    let cluster = Cluster::start();
    let mut differences = Differences::default();
    for seed in 0..2 {
        for who in [Who::Anybody, Who::Partner] {
            let urls = ["all", "shown"].map(|name| cluster.database(&format!("{name}_{seed}_{who:?}").to_lowercase()));
            let mut town = Town::with_history(seed, who, Some(urls)).await;
            town.compare_all(histories, &mut differences).await;
        }
    }
    differences.are_none();
}

fn histories(records: &[(Kind, Id)]) -> Vec<Question> {
    let of = |(kind, id): &(Kind, Id)| Question::get(format!("/{}/{id}/history", kind.spec().plural));
    records.iter().map(of).collect()
}

/// The fields that stay of an approximate place and of what is held there (CONTRACT §5), beside what frames any record.
/// `status`, `from` and `until` are of its times.
const STAY: [&str; 26] = [
    // Without its way of coming to people, a telephone line would be answered as a visit.
    "delivery",
    "place_on_request",
    "name",
    "type",
    "description",
    "eligibility",
    "referral",
    "accepting",
    "capacity",
    "cost",
    "hours",
    "schedule",
    "slots",
    "status",
    "from",
    "until",
    "languages",
    "first_visit",
    "checks",
    "assured",
    "contact_role",
    "email",
    "point",
    "links",
    "sources",
    "owner",
];
const FRAME: [&str; 9] =
    ["id", "kind", "version", "visibility", "precision", "origins", "unclear", "created_at", "updated_at"];

#[tokio::test]
async fn of_what_is_approximate_only_the_named_fields_stay() {
    let mut shown: BTreeMap<String, String> = BTreeMap::new();
    let mut looked_at = 0;
    for seed in 0..TOWNS {
        for who in [Who::Anybody, Who::Partner] {
            let town = Town::random(seed, who).await;
            let withheld = town.withheld();
            for kind in [Kind::Place, Kind::Service, Kind::Resource, Kind::Gap, Kind::Organisation] {
                for body in town.all.list(who, kind.spec().plural).await {
                    let id: Id = body["id"].as_str().unwrap().parse().unwrap();
                    if withheld.contains(&id) {
                        looked_at += 1;
                        for field in too_much(&body, kind) {
                            let at = format!("{kind:?} {field}");
                            shown.entry(at).or_insert_with(|| format!("seed {seed}, {who:?}: {body}"));
                        }
                    }
                }
            }
        }
    }
    assert!(looked_at > 100, "only {looked_at} records were withheld");
    let told: Vec<String> = shown.iter().map(|(field, example)| format!("{field}\n    {example}")).collect();
    assert!(shown.is_empty(), "shown of what is approximate: {:?}\n{}", shown.keys(), told.join("\n"));
}

/// What a body says that it should not.
fn too_much(body: &Value, kind: Kind) -> Vec<String> {
    let fields = body.as_object().unwrap();
    let says = |value: &Value| !value.is_null() && *value != json!([]) && *value != json!({});
    // Gaps and resources have fields that tell what they are about and nothing of where; the question that evidence
    // names does.
    let own: &[&str] = match kind {
        Kind::Gap => &["what", "reason", "people", "answer", "due"],
        Kind::Resource => &["side", "use", "seats", "square_metres", "slots_per_week", "slots_used"],
        _ => &[],
    };
    let stays = |name: &str| STAY.contains(&name) || FRAME.contains(&name) || own.contains(&name);
    let mut found: Vec<String> =
        fields.iter().filter(|(name, value)| says(value) && !stays(name)).map(|(name, _)| name.clone()).collect();
    for name in body["eligibility"].as_object().into_iter().flatten().map(|(name, _)| name) {
        if !["min_age", "max_age", "group"].contains(&name.as_str()) {
            found.push(format!("eligibility.{name}"));
        }
    }
    for role in body["links"].as_object().into_iter().flatten().map(|(role, _)| role) {
        if !["categories", "category"].contains(&role.as_str()) {
            found.push(format!("links.{role}"));
        }
    }
    if says(&body["owner"]) && kind != Kind::Organisation {
        found.push("owner".to_owned());
    }
    if body["sources"].as_array().into_iter().flatten().any(|source| source["key"] != "") {
        found.push("sources.key".to_owned());
    }
    found
}

#[tokio::test]
async fn what_is_shown_names_nothing_that_is_not() {
    let mut many = 0;
    for seed in 0..TOWNS {
        for who in [Who::Anybody, Who::Partner] {
            let town = Town::random(seed, who).await;
            let hidden: BTreeSet<String> = town.hidden().iter().map(Id::to_string).collect();
            many += hidden.len();
            for (plural, body) in &town.shown {
                let text = body.to_string();
                let named: Vec<&String> = hidden.iter().filter(|id| text.contains(id.as_str())).collect();
                assert!(named.is_empty(), "seed {seed}, {who:?}: {plural} names {named:?}: {text}");
            }
        }
    }
    assert!(many > 50, "only {many} records were hidden");
}

/// Evidence is for who sees at least as much as the one it was found for; where that is not said, for nobody else than
/// who sees everything.
#[tokio::test]
async fn evidence_is_shown_to_whom_its_view_names() {
    let (mut kept_back, mut told) = (0, Vec::new());
    for seed in 0..TOWNS {
        for who in [Who::Anybody, Who::Partner] {
            let town = Town::random(seed, who).await;
            for record in town.records.all.iter().filter(|r| r.kind == Kind::Gap) {
                let (evidence, view) = (&record.body["evidence"], record.body["evidence"]["view"].as_str());
                let may = view == Some("public") || (view == Some("partners") && who == Who::Partner);
                kept_back += usize::from(evidence.is_object() && !may);
                let shown = town.shown.iter().find(|(_, body)| body["id"] == json!(record.id));
                if let Some((_, body)) = shown.filter(|(_, body)| body["evidence"].is_object() && !may) {
                    told.push(format!("seed {seed}, {who:?}, view {view:?}: {body}"));
                }
            }
        }
    }
    assert!(kept_back > 20, "only {kept_back} were to be kept back");
    assert!(told.is_empty(), "{} times evidence is shown to others:\n{}", told.len(), told.join("\n"));
}

fn id(n: u32) -> String {
    format!("01a204c4-2d86-7071-8000-{n:012x}")
}

/// A district that reaches so far, seen by these.
fn district(n: u32, west: f64, east: f64, visibility: &str) -> (Kind, Value) {
    let ring = [[west, 54.5], [east, 54.5], [east, 54.8], [west, 54.8], [west, 54.5]];
    let body = json!({"id": id(n), "name": format!("District {n}"), "area_set": "district", "code": format!("D{n}"),
        "visibility": visibility, "point": {"lon": (west + east) / 2.0, "lat": 54.66}, "indicators": {"population": 100},
        "groups": {"part": format!("Part {n}")}, "boundary": {"type": "Polygon", "coordinates": [ring]}});
    (Kind::Area, body)
}

fn place(n: u32, lon: f64, visibility: &str, precision: &str) -> (Kind, Value) {
    let body = json!({"id": id(n), "name": format!("Place {n}"), "visibility": visibility, "precision": precision,
        "point": {"lon": lon, "lat": 54.66}});
    (Kind::Place, body)
}

fn category(n: u32, visibility: &str, links: Value) -> (Kind, Value) {
    let body = json!({"id": id(n), "name": format!("Term{n}"), "taxonomy": "services", "code": format!("term{n}"),
        "words": [format!("word{n}")], "visibility": visibility, "links": links});
    (Kind::Category, body)
}

/// What an instance says of itself is about what the caller is shown.
#[tokio::test]
async fn what_the_instance_is() {
    let mut differences = Differences::default();
    let places = [
        place(1, -3.3, "public", "exact"),
        place(2, -3.49, "organisation", "exact"),
        place(3, -3.11, "public", "approximate"),
    ];
    for who in [Who::Anybody, Who::Partner] {
        let town = Town::of(Records::of(places.clone().into()), 0, who).await;
        for path in ["/about", "/area-sets", "/session", "/gazetteer"] {
            town.compare_one(Question::get(path), &mut differences).await;
        }
    }
    differences.are_none();
}

/// Areas and categories are seldom hidden; those that are, are not there.
#[tokio::test]
async fn areas_and_categories_that_are_hidden() {
    let mut differences = Differences::default();
    let service = |n: u32, category: u32| {
        let links = json!({"provider": [id(1)], "categories": [id(category)], "places": [id(2)]});
        (Kind::Service, json!({"id": id(n), "name": format!("Service {n}"), "links": links}))
    };
    let records = [
        category(11, "public", json!({})),
        category(12, "organisation", json!({"parent": [id(11)]})),
        category(13, "public", json!({"parent": [id(12)]})),
        district(21, -3.5, -3.3, "public"),
        district(22, -3.3, -3.1, "organisation"),
        (Kind::Organisation, json!({"id": id(1), "name": "Trust", "type": "voluntary"})),
        place(2, -3.2, "public", "exact"),
        service(31, 11),
        service(32, 12),
        service(33, 13),
    ];
    for who in [Who::Anybody, Who::Partner] {
        let town = Town::of(Records::of(records.clone().into()), 0, who).await;
        for path in ["/about", "/area-sets", "/services?area=D22", "/places?area=D21", "/places?area=D22"] {
            town.compare_one(Question::get(path), &mut differences).await;
        }
        for words in ["", "&by=part", "&people_in=D22", "&people_in=D21", "&format=geojson"] {
            let question = format!("/coverage?within=20km&areas=district&include=per_area{words}");
            town.compare_one(Question::get(question), &mut differences).await;
        }
        for n in 11..14 {
            for path in ["/services?category=term", "/nearby?near=54.66,-3.2&category=term", "/services?q=word"] {
                town.compare_one(Question::get(format!("{path}{n}")), &mut differences).await;
            }
        }
    }
    differences.are_none();
}

/// The smallest case: one service at an approximate point, for people of the western district only. Which one that is
/// is told by no answer.
#[tokio::test]
async fn an_area_that_is_not_shown_decides_nothing() {
    let service = json!({"id": id(9), "name": "Juniper", "precision": "approximate", "point": {"lon": -3.3, "lat": 54.66},
        "delivery": ["at_home"], "links": {"provider": [id(5)], "categories": [id(6)], "service_area": [id(1)]}});
    let records = [
        category(6, "public", json!({})),
        district(1, -3.5, -3.3, "public"),
        district(2, -3.3, -3.1, "public"),
        (Kind::Organisation, json!({"id": id(5), "name": "Trust", "type": "voluntary"})),
        (Kind::Service, service),
    ];
    let mut differences = Differences::default();
    let town = Town::of(Records::of(records.into()), 0, Who::Anybody).await;
    assert_eq!(town.shown.last().unwrap().1["links"]["service_area"], Value::Null);
    for words in ["near=54.66,-3.45", "near=54.66,-3.15", "near=54.66,-3.45&within=1m", "near=54.66,-3.15&within=1m"] {
        town.compare_one(Question::get(format!("/nearby?{words}")), &mut differences).await;
    }
    for words in ["within=1m", "within=20km", "within=1m&by=district", "within=1m&people_in=D1"] {
        let question = format!("/coverage?areas=district&include=per_area&{words}");
        town.compare_one(Question::get(question), &mut differences).await;
    }
    differences.are_none();
}

/// Each row that the public may read in the database is the record as the public is shown it, and none is missing.
#[tokio::test]
async fn views_of_the_database() {
    let cluster = Cluster::start();
    let mut differences = Differences::default();
    for seed in 0..6 {
        let url = cluster.database(&format!("views_{seed}"));
        let town = Town::on_a_server(seed, &url).await;
        for kind in Kind::ALL {
            let plural = kind.spec().plural;
            let sql = format!("select coalesce(json_agg(to_jsonb(v) order by v.id), '[]') from cg_public.{plural} v");
            let rows: Vec<Value> = serde_json::from_str(&cluster.psql(&format!("views_{seed}"), &sql)).unwrap();
            let shown = town.all.list(Who::Anybody, plural).await;
            let ids = |list: &[Value]| list.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
            assert_eq!(ids(&rows), ids(&shown), "seed {seed}: {plural}");
            let drawn = Question::get(format!("/{plural}?format=geojson&limit=1000"));
            let drawn = town.all.ask(Who::Anybody, &drawn).await.json();
            for (i, (row, record)) in rows.iter().zip(&shown).enumerate() {
                let expected = as_row(*kind, record, &drawn["features"][i]["geometry"]);
                differences.add_row(seed, plural, row, &expected);
            }
        }
    }
    differences.are_none();
}
