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

/// So many towns each kind of question is asked about.
const TOWNS: u64 = 16;

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
async fn what_the_instance_is_and_which_areas_it_knows() {
    compare(TOWNS, 3, Asker::about).await;
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
    for seed in 0..3 {
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
const STAY: [&str; 24] = [
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
    assert!(looked_at > 300, "only {looked_at} records were withheld");
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
    for seed in 0..TOWNS {
        for who in [Who::Anybody, Who::Partner] {
            let town = Town::random(seed, who).await;
            let hidden: BTreeSet<String> = town.hidden().iter().map(Id::to_string).collect();
            assert!(!hidden.is_empty());
            for (plural, body) in &town.shown {
                let text = body.to_string();
                let named: Vec<&String> = hidden.iter().filter(|id| text.contains(id.as_str())).collect();
                assert!(named.is_empty(), "seed {seed}, {who:?}: {plural} names {named:?}: {text}");
            }
        }
    }
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
