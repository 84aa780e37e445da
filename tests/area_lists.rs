//! Several lists of the same areas: each adds what it brings and takes nothing away, whatever came first.

mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::cluster::Cluster;
use support::{Town, findings};

const PEOPLE: &str = "code,name,population,lonely_pct,district,lon,lat\n\
    A001,North Made-up,1500,20,Made-up,-3.3600,54.6600\nA002,South Made-up,1600,30,Made-up,-3.3600,54.6400\n";
const SCORES: &str = "code,need_score,Left behind?\nA001,12.5,TRUE\nA002,31.0,FALSE\n";
const SCORES_WITH_POINT: &str = "code,name,need_score,lon,lat\n\
    A001,North Made-up,12.5,-3.3600,54.6600\nA002,South Made-up,31.0,-3.3600,54.6400\n";

fn outlines() -> String {
    let square = |code: &str, name: &str, south: f64| {
        let (n, s) = (south + 0.05, south);
        json!({"type": "Feature", "properties": {"code": code, "name": name, "RGN": "N1", "Shape__Area": 1234567.8},
            "geometry": {"type": "Polygon", "coordinates": [[[-3.4, s], [-3.2, s], [-3.2, n], [-3.4, n], [-3.4, s]]]}})
    };
    let features = [square("A001", "North Made-up", 54.65), square("A002", "South Made-up", 54.6)];
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

async fn bring(town: &Town, list: &str, more: &str, file: &str) -> Value {
    let name = if file.starts_with('{') { "file=a.geojson" } else { "file=a.csv" };
    let (status, answer) =
        town.import(&format!("kind=area&area_set=made&list={list}&{name}{more}"), file.to_owned()).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// What is known of the areas, without what the server itself notes.
async fn areas(town: &Town) -> BTreeMap<String, Value> {
    let (_, list) = town.get("/areas?limit=100").await;
    let known = |area: &Value| {
        let mut area = area.clone();
        for own in ["id", "version", "sources", "origins", "created_at", "updated_at"] {
            area.as_object_mut().unwrap().remove(own);
        }
        area
    };
    list["items"].as_array().unwrap().iter().map(|a| (a["code"].as_str().unwrap().to_owned(), known(a))).collect()
}

async fn figures(town: &Town) -> Value {
    town.add("places", json!({"name": "Hall", "point": {"lon": -3.36, "lat": 54.66}})).await;
    let (status, answer) = town.get("/coverage?within=1km&areas=made&kind=place&by=district&include=per_area").await;
    assert_eq!(status, 200, "{answer}");
    let per_area: Vec<Value> = answer["per_area"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| json!([a["code"], a["nearest_m"], a["weight"]]))
        .collect();
    let (_, lonely) = town.get("/coverage?within=1km&areas=made&kind=place&weight=lonely_pct").await;
    json!([answer["total"], answer["groups"], per_area, lonely["total"]])
}

// R1.
#[tokio::test]
async fn a_second_list_adds_to_areas_and_takes_nothing_away() {
    adds(&Town::empty().await).await;
}

#[tokio::test]
async fn a_second_list_adds_to_areas_on_postgresql_too() {
    let cluster = Cluster::start();
    let town = Town::on(&cluster.database("town")).await;
    adds(&town).await;
    let rows = "ref,service name,venue,address,lat,lon,provider\n1,Tea,Long Barn,Mill Lane,54.66,-3.36,N\n\
        2,Knit,Long Barn,\"Mill Lane, Town\",54.66,-3.36,N\n";
    for created in [2, 0] {
        let (_, answer) = town.import("kind=service&list=groups&key=ref&complete=true", rows).await;
        assert_eq!(
            (&answer["created"], &answer["updated"], &answer["gone"]),
            (&json!(created), &json!(0), &json!(0)),
            "{answer}"
        );
    }
}

async fn adds(town: &Town) {
    bring(town, "first", "", PEOPLE).await;
    let before = areas(town).await;
    let answer = bring(town, "outlines", "", &outlines()).await;
    assert_eq!((&answer["updated"], &answer["refused"]), (&json!(2), &json!(0)), "{answer}");
    bring(town, "need", "", SCORES_WITH_POINT).await;
    let after = areas(town).await;
    for (code, area) in &after {
        let old = &before[code];
        assert_eq!(area["point"], old["point"], "a population-weighted point stays");
        assert_eq!(area["indicators"]["population"], old["indicators"]["population"]);
        assert_eq!(area["indicators"]["lonely_pct"], old["indicators"]["lonely_pct"]);
        assert_eq!((&area["groups"]["district"], &area["groups"]["RGN"]), (&json!("Made-up"), &json!("N1")));
        assert!(area["boundary"].is_object() && area["indicators"]["need_score"].is_number());
    }
    // All come again: nothing changes.
    for (list, file) in [("first", PEOPLE.to_owned()), ("outlines", outlines()), ("need", SCORES_WITH_POINT.to_owned())]
    {
        assert_eq!(bring(town, list, "", &file).await["unchanged"], 2, "{list}");
    }
    assert_eq!(areas(town).await, after);
    assert_eq!(findings(&town.url).await, Vec::<String>::new());
}

// R1: the figures of any order are the same.
#[tokio::test]
async fn three_lists_give_the_same_areas_in_every_order() {
    let lists = [("first", PEOPLE.to_owned()), ("outlines", outlines()), ("need", SCORES_WITH_POINT.to_owned())];
    let mut seen: Option<(BTreeMap<String, Value>, Value)> = None;
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let town = Town::empty().await;
        for i in order {
            let answer = bring(&town, lists[i].0, "", &lists[i].1).await;
            assert_eq!(answer["refused"], 0, "{order:?}: {answer}");
        }
        let now = (areas(&town).await, figures(&town).await);
        let first = seen.get_or_insert_with(|| now.clone());
        assert_eq!(*first, now, "{order:?}");
    }
    let (_, sums) = seen.unwrap();
    assert_eq!((&sums[0]["weight"], &sums[0]["weight_covered"]), (&json!(3100), &json!(1500)));
}

// R2: code-and-number tables join by code; they cannot make an area, and say so.
#[tokio::test]
async fn a_table_of_codes_and_numbers_joins_by_code() {
    let town = Town::empty().await;
    let early = bring(&town, "need", "", SCORES).await;
    assert_eq!(
        (&early["refused"], &early["problems"][0]["field"], &early["problems"][0]["code"]),
        (&json!(2), &json!("code"), &json!("not_found"))
    );
    bring(&town, "first", "", PEOPLE).await;
    let more = format!("{SCORES}A003,1,TRUE\n");
    let answer = bring(&town, "need", "", &more).await;
    assert_eq!((&answer["updated"], &answer["refused"]), (&json!(2), &json!(1)), "{answer}");
    let now = areas(&town).await;
    let area = &now["A001"];
    assert_eq!((&area["indicators"]["need_score"], &area["groups"]["Left behind?"]), (&json!(12.5), &json!("TRUE")));
    assert_eq!(area["name"], "North Made-up", "a code that stands for a name replaces none");
    assert_eq!(area["point"], json!({"lon": -3.36, "lat": 54.66}));
    // A file without a column says nothing of it; one with an empty cell does.
    bring(&town, "need", "", "code,need_score\nA001,13\nA002,31\n").await;
    let now = areas(&town).await;
    assert_eq!(now["A001"]["groups"]["Left behind?"], "TRUE");
    assert_eq!(now["A001"]["indicators"]["need_score"], 13);
    bring(&town, "need", "", "code,need_score,Left behind?\nA001,13,\nA002,31,FALSE\n").await;
    assert_eq!(areas(&town).await["A001"]["groups"], json!({"district": "Made-up"}));
    assert_eq!(areas(&town).await["A001"]["indicators"]["population"], 1500);
}

// R1: files of one name, a year apart, need not hold the same columns.
#[tokio::test]
async fn another_file_of_the_same_name_takes_nothing_away() {
    let town = Town::empty().await;
    bring(&town, "areas", "", PEOPLE).await;
    let before = areas(&town).await;
    for file in [SCORES, "code,population\nA001,1500\nA002,1600\n"] {
        let answer = bring(&town, "areas", "", file).await;
        assert_eq!(answer["refused"], 0, "{answer}");
    }
    let now = areas(&town).await;
    assert_eq!((&now["A001"]["point"], &now["A001"]["name"]), (&before["A001"]["point"], &before["A001"]["name"]));
    assert_eq!(now["A001"]["indicators"], json!({"population": 1500, "lonely_pct": 0.2, "need_score": 12.5}));
    assert_eq!(bring(&town, "areas", "", PEOPLE).await["updated"], 0);
}

#[tokio::test]
async fn where_two_lists_bring_the_same_indicator_the_second_is_refused_unless_replacement_is_asked_for() {
    let town = Town::empty().await;
    bring(&town, "first", "", PEOPLE).await;
    let before = areas(&town).await;
    let other = "code,population,older_pct\nA001,1700,9\nA002,1600,8\n";
    let answer = bring(&town, "second", "", other).await;
    // Where both say the same there is nothing to refuse.
    assert_eq!((&answer["updated"], &answer["refused"]), (&json!(1), &json!(1)), "{answer}");
    let problem = &answer["problems"][0];
    assert_eq!(
        (&problem["field"], &problem["code"], &problem["value"]),
        (&json!("population"), &json!("already_exists"), &json!("1700"))
    );
    assert!(
        problem["message"].as_str().unwrap().contains("\"first\"")
            && problem["message"].as_str().unwrap().contains("--replace")
    );
    assert_eq!(areas(&town).await["A001"], before["A001"], "nothing of a refused row is in");
    let answer = bring(&town, "second", "&replace=true", other).await;
    assert_eq!(answer["refused"], 0);
    assert!(answer["notes"][0].as_str().unwrap().contains("population: 1 values of the list \"first\""), "{answer}");
    assert_eq!(areas(&town).await["A001"]["indicators"]["population"], 1700);
    // The first list, unchanged, does not take it back; changed, it is refused in its turn.
    assert_eq!(bring(&town, "first", "", PEOPLE).await["unchanged"], 2);
    let answer = bring(&town, "first", "", &PEOPLE.replace("1500", "1501")).await;
    assert_eq!(answer["problems"][0]["code"], "already_exists", "{answer}");
    // Groups likewise; a name or point of another list stays, and that is said.
    let groups = "code,name,district,lon,lat\nA001,Up North,Elsewhere,-3.3600,54.6600\n";
    assert_eq!(bring(&town, "third", "", groups).await["problems"][0]["field"], "district");
    let named = "code,name,lon,lat\nA001,Up North,-3.3700,54.6600\n";
    let answer = bring(&town, "fourth", "", named).await;
    assert_eq!((&answer["refused"], &answer["warned_by_code"]), (&json!(0), &json!({"other_list": 2})), "{answer}");
    let now = areas(&town).await;
    assert_eq!((&now["A001"]["name"], &now["A001"]["point"]["lon"]), (&json!("North Made-up"), &json!(-3.36)));
}

// R1: an outline's point gives way to one that somebody gave, and moves with its own list's outline until then.
#[tokio::test]
async fn a_point_inside_an_outline_only_fills_a_void() {
    let town = Town::empty().await;
    bring(&town, "outlines", "", &outlines()).await;
    let inside = areas(&town).await["A001"]["point"].clone();
    let moved = outlines().replace("-3.2", "-3.3");
    bring(&town, "outlines", "", &moved).await;
    assert_ne!(areas(&town).await["A001"]["point"], inside);
    bring(&town, "first", "", PEOPLE).await;
    bring(&town, "outlines", "", &outlines()).await;
    assert_eq!(areas(&town).await["A001"]["point"], json!({"lon": -3.36, "lat": 54.66}));
}

// R6: undo of one of several lists takes its own, and the same list brings it again.
#[tokio::test]
async fn an_undone_list_of_areas_takes_its_own_and_may_come_again() {
    let town = Town::empty().await;
    bring(&town, "first", "", PEOPLE).await;
    let before = areas(&town).await;
    let need = bring(&town, "need", "", SCORES).await;
    bring(&town, "outlines", "", &outlines()).await;
    let with_all = areas(&town).await;
    let (status, undone) = town.post("/undo", json!({"batch": need["batch"]})).await;
    assert_eq!((status, &undone["kept"]), (200, &json!([])), "{undone}");
    let now = areas(&town).await;
    assert_eq!(now["A001"]["indicators"].get("need_score"), None);
    assert_eq!(now["A001"]["indicators"]["population"], before["A001"]["indicators"]["population"]);
    assert!(now["A001"]["boundary"].is_object());
    assert_eq!(bring(&town, "need", "", SCORES).await["updated"], 2);
    assert_eq!(areas(&town).await, with_all);
    assert_eq!(findings(&town.url).await, Vec::<String>::new());
}

// R10, R11.
#[tokio::test]
async fn an_outline_that_crosses_itself_by_a_slip_is_mended_and_a_total_is_the_population() {
    let town = Town::empty().await;
    let slip = json!({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "A001", "name": "North"},
        "geometry": {"type": "Polygon", "coordinates": [[[-3.4, 54.65], [-3.2, 54.65], [-3.2, 54.7], [-3.3, 54.7], [-3.3, 54.7001],
            [-3.29999, 54.7], [-3.30001, 54.70005], [-3.4, 54.7], [-3.4, 54.65]]]}}]});
    let answer = bring(&town, "outlines", "", &slip.to_string()).await;
    assert_eq!((&answer["created"], &answer["warned_by_code"]), (&json!(1), &json!({"mended": 1})), "{answer}");
    let (status, _) = town.get("/coverage?within=1km&areas=made&people_in=A001").await;
    assert_eq!(status, 200, "it can be asked for");
    let total = "code,name,total_pop_2018,lon,lat\nA001,North,1500,-3.36,54.66\nA002,South,1600,-3.36,54.64\n";
    bring(&town, "people", "", total).await;
    let (_, answer) = town.get("/coverage?within=1km&areas=made").await;
    assert_eq!(answer["total"]["weight"], 3100, "{answer}");
}

// R1 on real lists: outlines onto LSOA 2021 change no figure.
#[tokio::test]
async fn real_outlines_change_no_figure_of_real_neighbourhoods() {
    let Some(data) = support::shared().map(|shared| shared.join("data")) else { return };
    let town = Town::empty().await;
    let people = std::fs::read(data.join("derived/lsoa21_england.csv")).unwrap();
    let cumbria: Vec<&[u8]> = people
        .split(|b| *b == b'\n')
        .enumerate()
        .filter(|(i, line)| {
            *i == 0 || [&b"E06000063"[..], b"E06000064", b"E06000017"].iter().any(|c| line.windows(9).any(|w| w == *c))
        })
        .map(|(_, line)| line)
        .collect();
    let (status, answer) = town.import("kind=area&area_set=lsoa21&list=lsoa", cumbria.join(&b'\n')).await;
    assert_eq!((status, &answer["created"]), (200, &json!(345)), "{answer}");
    for i in 0..20 {
        let at = json!({"lon": -3.4 + 0.04 * f64::from(i), "lat": 54.4 + 0.02 * f64::from(i)});
        town.add("places", json!({"name": format!("P{i}"), "type": "pharmacy", "point": at})).await;
    }
    let question = "/coverage?within=5km&areas=lsoa21&type=pharmacy&by=ltla24_name";
    let (_, before) = town.get(question).await;
    assert_eq!(before["groups"].as_array().unwrap().len(), 3);
    for name in ["cumberland", "westmorland_furness", "rutland"] {
        let outlines = std::fs::read(data.join(format!("boundaries/small/{name}_lsoa.geojson"))).unwrap();
        let (status, answer) =
            town.import(&format!("kind=area&area_set=lsoa21&list={name}&file=a.geojson"), outlines).await;
        assert_eq!((status, &answer["refused"], &answer["created"]), (200, &json!(0), &json!(0)), "{answer}");
    }
    let (_, after) = town.get(question).await;
    assert_eq!((&before["total"], &before["groups"]), (&after["total"], &after["groups"]));
}
