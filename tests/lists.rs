//! Lists brought in over HTTP: identity, owners' words, coming again, taking back, and every refusal.

mod support;

use futures::FutureExt;
use reqwest::Method;
use reqwest::header::IF_MATCH;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use support::{Town, eventually, problem, problems, read};

const HALLS: &str = "name,postcode,lat,lon,phone\n\
    Christ Church Rooms,CA13 9LU,54.661,-3.366,01632 960001\n\
    Kirkgate Centre,CA13 9PJ,54.663,-3.361,\n";

fn counts(answer: &Value) -> [u64; 5] {
    ["created", "updated", "unchanged", "refused", "kept_local"].map(|k| answer[k].as_u64().unwrap_or(999))
}

#[tokio::test]
async fn coming_again_a_list_changes_only_what_changed_in_it() {
    let town = Town::empty().await;
    let words = "kind=place&list=halls&set=type%3Dcommunity_centre";
    let (status, first) = town.import(words, HALLS).await;
    assert_eq!((status, counts(&first)), (200, [2, 0, 0, 0, 0]), "{first}");
    assert_eq!(counts(&town.import(words, HALLS).await.1), [0, 0, 2, 0, 0]);
    let (_, list) = town.get("/places").await;
    let kirkgate = list["items"].as_array().unwrap().iter().find(|p| p["name"] == "Kirkgate Centre").unwrap().clone();
    assert_eq!(kirkgate["type"], "community_centre");
    assert_eq!(kirkgate["sources"][0]["list"], "halls");
    assert_eq!(kirkgate["origins"], json!({"*": "open_data"}));
    // Somebody here corrects the telephone; the list changes both the telephone and the position of the hall.
    let path = format!("/places/{}", kirkgate["id"].as_str().unwrap());
    let mut corrected = kirkgate.clone();
    corrected["phone"] = json!("01632 960777");
    let put = town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&corrected).send().await.unwrap();
    assert_eq!(put.status(), 200);
    let newer = HALLS.replace("54.663,-3.361,", "54.6635,-3.361,01632 960888");
    assert_eq!(counts(&town.import(words, newer.clone()).await.1), [0, 1, 1, 0, 1]);
    let (_, now) = town.get(&path).await;
    assert_eq!(
        (&now["phone"], &now["point"]["lat"]),
        (&json!("01632 960777"), &json!(54.6635)),
        "the owner's word wins"
    );
    assert_eq!(now["origins"]["phone"], "owner");
    // The same newer list once more: what was kept out once is not told again.
    assert_eq!(counts(&town.import(words, newer).await.1), [0, 0, 2, 0, 0]);
}

#[tokio::test]
async fn what_was_removed_here_is_not_brought_back_but_an_undone_import_is() {
    let town = Town::empty().await;
    let words = "kind=place&list=halls";
    let (_, first) = town.import(words, HALLS).await;
    let (_, list) = town.get("/places").await;
    let path = format!("/places/{}", list["items"][0]["id"].as_str().unwrap());
    town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v1\"").send().await.unwrap();
    town.import(words, HALLS.replace("960001", "960002")).await;
    assert_eq!(town.get("/places").await.1["total"], 1);
    let (_, undone) = town.post("/undo", json!({"batch": first["batch"]})).await;
    assert_eq!(undone["reverted"].as_array().unwrap().len(), 1, "{undone}");
    assert_eq!(town.get("/places").await.1["total"], 0);
    let (_, again) = town.import(words, HALLS).await;
    assert_eq!(again["created"], 1, "the one that the undo took away");
}

#[tokio::test]
async fn a_row_can_tell_a_service_its_place_and_its_provider() {
    let town = Town::empty().await;
    town.add("categories", json!({"name": "Lunch club", "taxonomy": "services", "code": "lunch-club"})).await;
    let file = "name,provider,place name,place postcode,lat,lon,categories\n\
        Tuesday lunch,Age Concern,Church Hall,CA13 9LU,54.661,-3.366,Lunch club\n\
        Friday lunch,Age Concern,Church Hall,CA13 9LU,54.661,-3.366,lunch-club;Bingo\n";
    let (status, answer) = town.import("kind=service&list=lunches", file).await;
    assert_eq!((status, counts(&answer)), (200, [2, 0, 0, 0, 0]), "{answer}");
    assert_eq!(answer["warned_by_code"], json!({"unsorted": 1}));
    assert_eq!(town.get("/organisations").await.1["total"], 1, "the provider is made once");
    assert_eq!(town.get("/places").await.1["total"], 1, "and so is the place");
    let (_, services) = town.get("/services").await;
    let friday = services["items"].as_array().unwrap().iter().find(|s| s["name"] == "Friday lunch").unwrap();
    assert_eq!(friday["links"]["categories"].as_array().unwrap().len(), 2);
    let (_, bingo) = town.get("/categories?q=bingo").await;
    let (_, unsorted) = town.get("/categories?q=unsorted").await;
    assert_eq!(bingo["items"][0]["links"]["parent"][0], unsorted["items"][0]["id"]);
}

#[tokio::test]
async fn areas_bring_their_indicators_and_a_second_file_adds_to_them_by_code() {
    let town = Town::empty().await;
    let file = "code,name,population,lon,lat,older_pct,imd_decile,district\n\
        A1,One,1000,-3.0,54.0,25,3,North\nA2,Two,500,-3.1,54.1,10,9,South\n";
    let (status, answer) = town.import("kind=area&list=areas&area_set=test", file).await;
    assert_eq!((status, counts(&answer)), (200, [2, 0, 0, 0, 0]), "{answer}");
    let (_, list) = town.get("/areas").await;
    assert_eq!(list["items"][0]["indicators"], json!({"population": 1000, "older_pct": 0.25, "imd_decile": 3}));
    assert_eq!(list["items"][0]["groups"], json!({"district": "North"}));
    let (_, sets) = town.get("/area-sets").await;
    let types: Vec<&Value> = sets["items"][0]["indicators"].as_array().unwrap().iter().map(|i| &i["type"]).collect();
    assert_eq!(types, ["score", "rate", "count"]);
    let (_, sums) = town.get("/coverage?within=1km&areas=test&weight=older_pct").await;
    assert_eq!(sums["total"]["weight"], 300, "a rate weighs its value times the population");
    let more = "code,name,lon,lat,lonely_rank\nA1,One,-3.0,54.0,7\n";
    let (_, answer) = town.import("kind=area&list=loneliness&area_set=test", more).await;
    assert_eq!(counts(&answer), [0, 1, 0, 0, 0], "{answer}");
    assert_eq!(town.get("/areas").await.1["total"], 2);
}

#[tokio::test]
async fn bad_rows_are_refused_one_by_one_and_come_back() {
    let town = Town::demo().await;
    let file = "name,postcode,lat,lon\n\
        Good,,54.661,-3.366\n\
        Swapped,,-3.366,54.661\n\
        Abroad,,48.85,2.35\n\
        No such postcode,CA13 0ZZ,,\n\
        Malformed,CA13,,\n\
        Twice,CA13 9LU,54.661,-3.366\n\
        Twice,CA13 9LU,54.662,-3.366\n\
        Nowhere,,,\n\
        ,CA13 9LU,,\n\
        =HYPERLINK(1),CA13,,\n";
    let (status, answer) = town.import("kind=place&list=mixed", file).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!((&answer["created"], &answer["refused"], &answer["rows"]), (&json!(2), &json!(8), &json!(10)));
    let by_code = &answer["refused_by_code"];
    for (code, rows) in
        [("outside_country", 1), ("postcode_unknown", 1), ("postcode_malformed", 2), ("duplicate_key", 2)]
    {
        assert_eq!(by_code[code], rows, "{code}: {answer}");
    }
    assert_eq!(answer["warned_by_code"]["swapped"], 1);
    let twice: Vec<&Value> =
        answer["problems"].as_array().unwrap().iter().filter(|p| p["code"] == "duplicate_key").collect();
    assert_eq!(twice.iter().map(|p| p["line"].as_u64().unwrap()).collect::<Vec<_>>(), [7, 8]);
    let returned = answer["refused_csv"].as_str().unwrap();
    assert_eq!(returned.lines().count(), 9);
    assert!(returned.contains("'=HYPERLINK"), "a formula comes back as text");
    let (_, swapped) = town.get("/places?q=swapped").await;
    assert_eq!(swapped["items"][0]["point"], json!({"lon": -3.366, "lat": 54.661}));
}

#[tokio::test]
async fn a_file_that_is_broken_or_nothing_of_the_sort_changes_nothing() {
    let town = Town::empty().await;
    let cut = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":\"A\"},\
        \"geometry\":{\"type\":\"Point\",\"coordinates\":[-3.3,54.6]}},{\"type\":\"Feat";
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend([0u8; 200]);
    for (name, file, code) in [
        ("cut geojson", cut.as_bytes().to_vec(), "cut_off"),
        ("cut quote", b"name,lat,lon\nA,54.6,-3.3\n\"B,54.6,-3.3\n".to_vec(), "cut_off"),
        ("zip", zip, "not_this_format"),
        ("empty", Vec::new(), "not_this_format"),
        ("long line", format!("name,lat,lon\n{}", "x".repeat(3 << 20)).into_bytes(), "not_this_format"),
        ("no position", b"name,colour\nA,red\n".to_vec(), "required"),
    ] {
        let (status, answer) = town.import("kind=place&list=broken", file).await;
        assert_eq!((status, problems(&answer)[0].1.as_str()), (422, code), "{name}: {answer}");
        assert_eq!(problems(&answer).len(), 1, "{name}");
    }
    let (_, places) = town.get("/places").await;
    assert_eq!(places["total"], 0);
}

#[tokio::test]
async fn the_words_of_an_import_are_checked() {
    let town = Town::empty().await;
    for (words, field, code) in [
        ("list=x", "kind", "required"),
        ("kind=palace&list=x", "kind", "not_allowed"),
        ("kind=place", "list", "required"),
        ("kind=place&list=x&colour=red", "colour", "unknown_field"),
        ("kind=place&list=x&map=name", "map", "wrong_type"),
        ("kind=place&list=x&delimiter=abc", "delimiter", "not_allowed"),
    ] {
        let (status, answer) = town.import(words, HALLS).await;
        assert_eq!((status, problems(&answer)), (422, problem(field, code)), "{words}");
    }
    let (status, _) =
        read(town.anybody(Method::POST, "/imports?kind=place&list=x").body(HALLS).send().await.unwrap()).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_does_nothing() {
    let town = Town::empty().await;
    let (_, answer) = town.import("kind=place&list=halls&dry_run=true", HALLS).await;
    assert_eq!((counts(&answer), &answer["dry_run"]), ([2, 0, 0, 0, 0], &json!(true)));
    assert_eq!(town.get("/places").await.1["total"], 0);
}

#[tokio::test]
async fn a_complete_list_tells_what_it_no_longer_names() {
    let town = Town::empty().await;
    town.import("kind=place&list=halls", HALLS).await;
    let shorter: String = HALLS.lines().take(2).map(|l| format!("{l}\n")).collect();
    let (_, partial) = town.import("kind=place&list=halls", shorter.clone()).await;
    assert_eq!(partial.get("gone"), None, "a list that is not complete says nothing of what it does not name");
    let (_, complete) = town.import("kind=place&list=halls&complete=true", shorter).await;
    assert_eq!(complete["gone"], 1);
    assert_eq!(town.get("/places").await.1["total"], 2, "gone is reported, not removed");
}

#[tokio::test]
async fn a_refused_row_leaves_nothing_behind_for_the_next() {
    let town = Town::empty().await;
    let file = "name,lat,lon,categories,service_area\nA,54.6,-3.3,Bingo,NOPE1\nB,54.6,-3.3,Bingo,\n";
    let (status, answer) = town.import("kind=service&list=x&map=service_area%3D5", file).await;
    assert_eq!((status, counts(&answer)), (200, [1, 0, 0, 1, 0]), "{answer}");
    let (_, services) = town.get("/services").await;
    let category = services["items"][0]["links"]["categories"][0].as_str().unwrap();
    assert_eq!(town.get(&format!("/categories/{category}")).await.0, 200);
}

#[tokio::test]
async fn an_import_undone_and_undone_again_is_found_again_and_not_doubled() {
    let town = Town::empty().await;
    let (_, first) = town.import("kind=place&list=halls", HALLS).await;
    let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|p| p["id"].clone()).collect::<Vec<_>>();
    let before = ids(&town.get("/places").await.1);
    let (_, undone) = town.post("/undo", json!({"batch": first["batch"]})).await;
    town.post("/undo", json!({"batch": undone["batch"]})).await;
    town.import("kind=place&list=halls", HALLS).await;
    assert_eq!(ids(&town.get("/places").await.1), before);
    town.post("/undo", json!({"batch": first["batch"]})).await;
}

#[tokio::test]
async fn a_provider_that_was_removed_here_is_not_linked_again() {
    let town = Town::empty().await;
    let row = |name: &str| format!("{name},Age Concern,54.661,-3.366,Lunch\n");
    let head = "name,provider,lat,lon,categories\n";
    town.import("kind=service&list=lunches", format!("{head}{}", row("Tuesday lunch"))).await;
    let (_, organisations) = town.get("/organisations").await;
    let path = format!("/organisations/{}?cascade=links", organisations["items"][0]["id"].as_str().unwrap());
    let gone = town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v1\"").send().await.unwrap();
    assert_eq!(gone.status(), 200);
    let newer = format!("{head}{}{}", row("Tuesday lunch"), row("Friday lunch"));
    let (_, answer) = town.import("kind=service&list=lunches", newer).await;
    assert_eq!(counts(&answer), [1, 0, 1, 0, 0], "{answer}");
    let (_, services) = town.get("/services").await;
    for service in services["items"].as_array().unwrap() {
        assert_eq!((service["links"].get("provider"), &service["owner"]), (None, &Value::Null), "{service}");
    }
}

#[tokio::test]
async fn codes_can_change_hands_within_one_list() {
    let town = Town::empty().await;
    let file = |a: &str, b: &str| format!("key,code,name,lat,lon\n1,{a},One,54.6,-3.3\n2,{b},Two,54.7,-3.3\n");
    let words = "kind=area&list=areas&area_set=s&key=key";
    assert_eq!(counts(&town.import(words, file("A", "B")).await.1), [2, 0, 0, 0, 0]);
    let (status, answer) = town.import(words, file("B", "A")).await;
    assert_eq!((status, counts(&answer)), (200, [0, 2, 0, 0, 0]), "{answer}");
    let (_, areas) = town.get("/areas").await;
    let one = areas["items"].as_array().unwrap().iter().find(|a| a["name"] == "One").unwrap();
    assert_eq!(one["code"], "B");
}

#[tokio::test]
async fn a_column_that_is_the_key_is_still_read() {
    let town = Town::empty().await;
    let (status, answer) = town.import("kind=place&list=x&key=name", "name,lat,lon\nHall,54.6,-3.3\n").await;
    assert_eq!((status, counts(&answer)), (200, [1, 0, 0, 0, 0]), "{answer}");
    assert_eq!(town.get("/places").await.1["items"][0]["name"], "Hall");
}

#[tokio::test]
async fn an_undone_edit_gives_the_field_back_to_the_list() {
    let town = Town::empty().await;
    town.import("kind=place&list=halls", HALLS).await;
    let (_, list) = town.get("/places?q=christ").await;
    let mut hall = list["items"][0].clone();
    let path = format!("/places/{}", hall["id"].as_str().unwrap());
    hall["phone"] = json!("01632 960999");
    town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&hall).send().await.unwrap();
    let (_, history) = town.get_as_admin(&format!("{path}/history")).await;
    town.post("/undo", json!({"change": history["items"][1]["id"]})).await;
    let (_, answer) = town.import("kind=place&list=halls", HALLS.replace("960001", "960002")).await;
    assert_eq!(counts(&answer), [0, 1, 1, 0, 0], "{answer}");
    assert_eq!(town.get(&path).await.1["phone"], "01632 960002");
}

const NOVEMBER: &str =
    "ref,name,lat,lon,phone\n1,Made-up Hall,54.66,-3.36,01632 960001\n2,Other Hall,54.67,-3.37,01632 960002\n";
const DECEMBER: &str = "ref,name,lat,lon,phone\n1,Made-up Hall,54.66,-3.36,01632 960111\n2,Other Hall,54.67,-3.37,01632 960002\n\
    3,Third Hall,54.68,-3.38,01632 960003\n";

// R6.
#[tokio::test]
async fn after_an_undo_the_same_file_brings_again_what_the_undo_took() {
    let town = Town::empty().await;
    let words = "kind=place&list=halls&key=ref";
    town.import(words, NOVEMBER).await;
    let (_, december) = town.import(words, DECEMBER).await;
    let (_, undone) = town.post("/undo", json!({"batch": december["batch"]})).await;
    let phone = async || town.get("/places?q=made").await.1["items"][0]["phone"].clone();
    assert_eq!(phone().await, "01632 960001");
    let (_, again) = town.import(words, DECEMBER).await;
    assert_eq!(counts(&again), [1, 1, 1, 0, 0], "{again}");
    assert_eq!(phone().await, "01632 960111");
    // The undo taken back in its turn: the list has nothing to add.
    town.post("/undo", json!({"batch": again["batch"]})).await;
    town.post("/undo", json!({"batch": undone["batch"]})).await;
    let (_, last) = town.import(words, DECEMBER).await;
    assert_eq!(phone().await, "01632 960111");
    assert_eq!(town.import(words, DECEMBER).await.1["unchanged"], 3, "{last}");
}

// R6: what somebody here wrote since is not brought back, and what was undone of a link comes again.
#[tokio::test]
async fn after_an_undo_links_come_again_too() {
    let town = Town::empty().await;
    let words = "kind=service&list=groups&key=ref";
    let rows =
        |category: &str| format!("ref,name,category,lat,lon,provider\n1,Tea,{category},54.66,-3.36,Neighbours\n");
    town.import(words, rows("Talk")).await;
    let (_, second) = town.import(words, rows("Food")).await;
    town.post("/undo", json!({"batch": second["batch"]})).await;
    let category = async || {
        let (_, page) = town.get("/services").await;
        let id = page["items"][0]["links"]["categories"][0].as_str().unwrap().to_owned();
        town.get(&format!("/categories/{id}")).await.1["name"].clone()
    };
    assert_eq!(category().await, "Talk");
    let (_, again) = town.import(words, rows("Food")).await;
    assert_eq!((again["updated"].clone(), category().await), (json!(1), json!("Food")), "{again}");
}

// R5.
#[tokio::test]
async fn one_venue_written_in_two_ways_comes_to_rest() {
    let town = Town::empty().await;
    let rows = "ref,service name,venue,address,lat,lon,provider,venue phone\n\
        1,Tea and talk,Long Barn,Mill Lane,54.66,-3.36,Neighbours Together,\n\
        2,Knit and natter,Long Barn,\"Mill Lane, Madeuptown\",54.66,-3.36,Neighbours Together,\n\
        3,Chess,Long Barn,,54.66,-3.36,Neighbours Together,\n";
    let words = "kind=service&list=groups&key=ref&map=place.phone%3Dvenue%20phone";
    let (_, first) = town.import(words, rows).await;
    assert_eq!((&first["created"], &first["warned_by_code"]["rows_disagree"]), (&json!(3), &json!(1)), "{first}");
    let (_, place) = town.get("/places").await;
    assert_eq!((&place["total"], &place["items"][0]["version"]), (&json!(1), &json!(1)), "{place}");
    for _ in 0..2 {
        assert_eq!(counts(&town.import(words, rows).await.1), [0, 0, 3, 0, 0]);
    }
    let head = town.get("/changes").await.1["head"].clone();
    town.import(words, rows).await;
    assert_eq!(town.get("/changes").await.1["head"], head, "nothing is written");
    assert_eq!(town.get("/places").await.1["items"][0]["address"], "Mill Lane");
    // What only the third row says of the venue is added, stays, and goes when no row says it any more.
    let told = rows.replace(
        "3,Chess,Long Barn,,54.66,-3.36,Neighbours Together,",
        "3,Chess,Long Barn,,54.66,-3.36,Neighbours Together,01632 960001",
    );
    town.import(words, told.clone()).await;
    assert_eq!(town.get("/places").await.1["items"][0]["phone"], "01632 960001");
    assert_eq!(counts(&town.import(words, told).await.1), [0, 0, 3, 0, 0]);
    town.import(words, rows).await;
    assert_eq!(town.get("/places").await.1["items"][0].get("phone"), None);
    assert_eq!(counts(&town.import(words, rows).await.1), [0, 0, 3, 0, 0]);
}

// R13.
#[tokio::test]
async fn a_list_that_is_here_under_another_name_is_said() {
    let town = Town::empty().await;
    let halls = "name,lat,lon\nA,54.66,-3.36\nB,54.67,-3.37\n";
    let (_, first) = town.import("kind=place&file=halls.csv", halls).await;
    assert_eq!(first["notes"], json!([]));
    // Copies of a file are the same list.
    for copy in ["halls%20(1).csv", "Copy%20of%20halls.csv", "halls-2026-11.csv"] {
        assert_eq!(counts(&town.import(&format!("kind=place&file={copy}"), halls).await.1), [0, 0, 2, 0, 0], "{copy}");
    }
    let (_, other) = town.import("kind=place&file=halls-december.csv", halls).await;
    let note = other["notes"][0].as_str().unwrap_or_default();
    assert!(
        note.contains("2 of the first 2 rows") && note.contains("\"halls\"") && note.contains("commonground undo"),
        "{other}"
    );
    let (_, dry) = town.import("kind=place&list=third&dry_run=true", halls).await;
    assert!(dry["notes"][0].as_str().unwrap().contains("\"halls"), "said before anything is written: {dry}");
    let (_, new) =
        town.import("kind=place&list=others", "name,lat,lon\nC,54.66,-3.36\nD,54.67,-3.37\nA,54.66,-3.36\n").await;
    assert_eq!(new["notes"], json!([]), "one of three is no other name");
}

// R9.
#[tokio::test]
async fn equal_rows_go_in_once_with_a_warning() {
    let town = Town::empty().await;
    let rows = "name,lat,lon,description\nWarm Hub,54.66,-3.36,Tea\nWarm Hub,54.66,-3.36,Tea\nOther,54.67,-3.36,Soup\n";
    let (_, answer) = town.import("kind=place&list=hubs", rows).await;
    assert_eq!(
        (&answer["created"], &answer["refused"], &answer["warned_by_code"]),
        (&json!(2), &json!(0), &json!({"repeated_row": 1})),
        "{answer}"
    );
    assert_eq!(answer["warnings"][0]["line"], 3);
    assert_eq!(town.get("/places").await.1["total"], 2);
}

// R14: who is gone is told by name, and once.
#[tokio::test]
async fn what_a_complete_list_no_longer_names_is_told_by_name_and_once() {
    let town = Town::empty().await;
    let words = "kind=place&list=halls&complete=true";
    let row = |name: &str| format!("{name},54.6{},-3.36\n", name.len());
    let list = |names: &[&str]| format!("name,lat,lon\n{}", names.iter().map(|n| row(n)).collect::<String>());
    town.import(words, list(&["A", "BB", "CCC"])).await;
    let names = |answer: &Value| -> Vec<String> {
        let gone = answer["newly_gone"].as_array().cloned().unwrap_or_default();
        gone.iter().map(|g| g["name"].as_str().unwrap().to_owned()).collect()
    };
    let (_, dry) = town.import(&format!("{words}&dry_run=true"), list(&["A", "BB"])).await;
    assert_eq!(names(&dry), ["CCC"]);
    let (_, second) = town.import(words, list(&["A", "BB"])).await;
    assert_eq!((second["gone"].clone(), names(&second)), (json!(1), vec!["CCC".to_owned()]));
    let (_, third) = town.import(words, list(&["A"])).await;
    assert_eq!((third["gone"].clone(), names(&third)), (json!(2), vec!["BB".to_owned()]));
    // Who comes back is there, unchanged, and can be gone again.
    let (_, fourth) = town.import(words, list(&["A", "CCC"])).await;
    assert_eq!(
        (&fourth["gone"], &fourth["unchanged"], &fourth["updated"]),
        (&json!(1), &json!(2), &json!(0)),
        "{fourth}"
    );
    assert_eq!(names(&town.import(words, list(&["A"])).await.1), ["CCC"]);
    // Who stands in a refused row is on the list.
    let keyed = "kind=place&list=keyed&key=ref&complete=true";
    town.import(keyed, "ref,name,lat,lon\n1,A,54.66,-3.36\n2,B,54.67,-3.36\n").await;
    let (_, refused) = town.import(keyed, "ref,name,lat,lon\n1,A,54.66,-3.36\n2,B,99,-3.36\n").await;
    assert_eq!((&refused["refused"], &refused["gone"]), (&json!(1), &json!(0)), "{refused}");
}

#[tokio::test]
async fn a_column_that_is_no_field_is_kept_for_admins_until_one_publishes_it() {
    let town = Town::empty().await;
    let rows = "name,lat,lon,Rating,Inspector\nA,54.66,-3.36,Good,x\nB,54.67,-3.37,Poor,y\n";
    let (_, answer) = town.import("kind=place&list=homes", rows).await;
    assert_eq!(answer["further_columns"], json!(["Rating", "Inspector"]), "{answer}");
    let shown = async |place: usize| town.get("/places").await.1["items"][place].clone();
    assert!(shown(0).await.get("further").is_none());
    let partner = town.token(commonground::auth::Role::Commissioner).await;
    let seen = town.anybody(Method::GET, "/places").bearer_auth(partner).send().await.unwrap().text().await.unwrap();
    assert!(!seen.contains("Rating") && !seen.contains("Good"), "nor partners");
    let (_, own) = town.get_as_admin("/places").await;
    assert_eq!(own["items"][0]["further"], json!({"Rating": "Good", "Inspector": "x"}));
    assert_eq!(town.get("/places?q=good").await.1["total"], 0, "it cannot be searched for");
    // Nobody else publishes, and what is not there is told with what is.
    let contributor = town.token(commonground::auth::Role::Contributor).await;
    let body = json!({"list": "homes", "column": "Rating"});
    let forbidden = town.anybody(Method::POST, "/publish").bearer_auth(contributor).json(&body).send().await.unwrap();
    assert_eq!(forbidden.status(), 403);
    assert_eq!(town.anybody(Method::POST, "/publish").json(&body).send().await.unwrap().status(), 401);
    let (status, wrong) = town.post("/publish", json!({"list": "homes", "column": "Ratings"})).await;
    assert!(status == 422 && wrong.to_string().contains("Inspector, Rating"), "{wrong}");
    let (_, done) = town.post("/publish", body.clone()).await;
    assert_eq!(done["records"], 2);
    assert_eq!(shown(0).await["further"], json!({"Rating": "Good"}));
    // What the list brings later follows; a hidden position takes it away; undo hides it again.
    town.import("kind=place&list=homes", format!("{rows}C,54.68,-3.38,Fair,z\n")).await;
    assert_eq!(shown(2).await["further"], json!({"Rating": "Fair"}));
    let id = shown(1).await["id"].as_str().unwrap().to_owned();
    let mut hidden = town.get_as_admin(&format!("/places/{id}")).await.1;
    hidden["precision"] = json!("approximate");
    let put =
        town.admin(Method::PUT, &format!("/places/{id}")).header("If-Match", format!("\"v{}\"", hidden["version"]));
    assert_eq!(put.json(&hidden).send().await.unwrap().status(), 200);
    assert!(shown(1).await.get("further").is_none() && shown(1).await.get("published").is_none());
    let (_, back) = town.post("/publish", json!({"list": "homes", "column": "Rating", "withdraw": true})).await;
    assert_eq!(back["records"], 3);
    assert!(shown(0).await.get("further").is_none());
    let first = shown(0).await["id"].as_str().unwrap().to_owned();
    let (_, past) = town.get(&format!("/places/{first}/history")).await;
    assert!(
        past["items"].as_array().unwrap().len() >= 3 && !past.to_string().contains("Good"),
        "history follows today: {past}"
    );
    let (_, again) = town.import("kind=place&list=homes", format!("{rows}C,54.68,-3.38,Fair,z\n")).await;
    assert_eq!(again["unchanged"], 3, "{again}");
}

// Further columns pass the checks of a form, too.
#[tokio::test]
async fn further_columns_of_a_form_are_checked() {
    let town = Town::empty().await;
    let place = |further: Value| json!({"name": "A", "point": {"lon": -3.36, "lat": 54.66}, "further": further});
    for (further, code) in [
        (json!({"Note": "patient 943 476 5919"}), "personal_data"),
        (json!({"Note": "x".repeat(501)}), "out_of_range"),
        (json!({"Note": 3}), "wrong_type"),
        (json!("Note"), "wrong_type"),
        (Value::Object((0..41).map(|i| (format!("c{i}"), json!("x"))).collect()), "out_of_range"),
    ] {
        let (status, answer) = town.post("/places", place(further)).await;
        assert_eq!((status, &answer["problems"][0]["code"]), (422, &json!(code)), "{answer}");
    }
}

#[tokio::test]
async fn a_list_can_be_explained_over_http_and_nothing_is_written() {
    let town = Town::demo().await;
    let rows = "Name,Postcode,Rating,Closed,Contact name\nHall,CA13 9LU,Good,Sundays,Ann\nOther,CA13 9L,Poor,No,Bob\n";
    let head = town.get("/changes").await.1["head"].clone();
    let (status, told) = town.import("kind=place&list=halls&explain=true", rows).await;
    assert_eq!((status, &told["rows"], &told["good"]), (200, &json!(2), &json!(1)), "{told}");
    let column = |i: usize| &told["columns"][i];
    assert_eq!((&column(0)["taken_as"], &column(0)["examples"][0]["after"]), (&json!("name"), &json!("Hall")));
    assert!(column(1)["examples"][1]["after"].as_str().unwrap().contains("refused"), "{told}");
    assert!(column(2)["taken_as"].as_str().unwrap().starts_with("no field"), "{told}");
    assert_eq!((&column(2)["kept"], &column(2)["left_out"]), (&json!(1), &json!(1)));
    assert!(column(4)["taken_as"].as_str().unwrap().contains("persons"));
    assert_eq!(town.get("/changes").await.1["head"], head);
    let contributor = town.token(commonground::auth::Role::Contributor).await;
    let asked = town.anybody(Method::POST, "/imports?kind=place&list=x&explain=true").bearer_auth(contributor);
    assert_eq!(asked.body(rows).send().await.unwrap().status(), 403);
}

// P11: a cell of several categories, where it is none by itself.
#[tokio::test]
async fn categories_between_commas_are_several() {
    let town = Town::empty().await;
    town.add("categories", json!({"name": "Advice, guidance", "taxonomy": "services", "code": "advice"})).await;
    let rows = "name,category,lat,lon\nTea,\"Food, Company\",54.66,-3.36\nDesk,\"Advice, guidance\",54.67,-3.36\n";
    town.import("kind=service&list=groups", rows).await;
    let (_, page) = town.get("/services").await;
    let links = |i: usize| page["items"][i]["links"]["categories"].as_array().unwrap().len();
    assert_eq!((links(0), links(1)), (2, 1));
}

// Charity tags become categories when asked.
#[tokio::test]
async fn tags_of_charities_are_categories_when_asked_for() {
    let town = Town::empty().await;
    town.import("kind=category&list=ukcat&set=taxonomy%3Dukcat", "Code,tag\nED101,Learning\nCA103,Carers\n").await;
    let rows = "reg_number,name,UKCAT\n1000003,Research Centre,ED101;CA103\n";
    let plain = "kind=organisation&list=plain&set=type%3Dvoluntary";
    town.import(plain, rows).await;
    let (_, page) = town.get_as_admin("/organisations").await;
    assert_eq!(page["items"][0]["further"]["UKCAT"], "ED101;CA103", "{page}");
    let (_, asked) =
        town.import("kind=organisation&list=tagged&set=type%3Dvoluntary&map=categories%3DUKCAT", rows).await;
    assert_eq!(asked["refused"], 0, "{asked}");
    assert_eq!(town.get("/organisations?category=ED101").await.1["total"], 1);
}

// B21: lists close no circle either.
#[tokio::test]
async fn a_list_puts_no_term_above_itself() {
    let town = Town::empty().await;
    let words = "kind=category&list=terms&set=taxonomy%3Dservices&map=parent%3Dwider";
    town.import(words, "code,name,wider\na,A,\nb,B,a\n").await;
    let (_, answer) = town.import(words, "code,name,wider\na,A,b\nb,B,a\n").await;
    assert_eq!((&answer["refused"], &answer["problems"][0]["field"]), (&json!(1), &json!("parent")), "{answer}");
}

#[tokio::test]
async fn a_refused_row_says_nothing_of_the_venue_it_shares() {
    let town = Town::empty().await;
    let rows = "ref,name,category,venue,address,lat,lon,service area\n\
        1,Tea,food,Long Barn,Wrong Lane,54.66,-3.36,NOWHERE\n2,Talk,food,Long Barn,Mill Lane,54.66,-3.36,\n";
    let (_, answer) = town.import("kind=service&list=groups&key=ref", rows).await;
    assert_eq!(
        (&answer["created"], &answer["refused"], &answer["warned_by_code"]["rows_disagree"]),
        (&json!(1), &json!(1), &Value::Null),
        "{answer}"
    );
    assert_eq!(town.get("/places").await.1["items"][0]["address"], "Mill Lane");
}

#[tokio::test]
async fn a_value_for_every_row_may_hold_a_comma() {
    let town = Town::empty().await;
    let words = "kind=place&list=halls&set=address%3D1%20High%20Street%2C%20Town&set=type%3Dlibrary";
    let (_, answer) = town.import(words, "name,lat,lon\nA,54.66,-3.36\n").await;
    assert_eq!(answer["created"], 1, "{answer}");
    let (_, page) = town.get("/places").await;
    assert_eq!(
        (&page["items"][0]["address"], &page["items"][0]["type"]),
        (&json!("1 High Street, Town"), &json!("library"))
    );
}

/// A list of so many halls.
fn halls(many: usize) -> String {
    let row = |i: usize| format!("Hall {i},54.{},-3.3,H{i}\n", 5000 + i);
    "name,lat,lon,ref\n".to_owned() + &(0..many).map(row).collect::<String>()
}

/// Waits until something was written: of an undo, its first chunk.
async fn moves_on(town: &Town, before: u64) {
    while town.app.revision() == before {
        tokio::task::yield_now().await;
    }
}

/// The numbers of the changes that were made by undoing, and of the others since.
async fn undone_and_others(town: &Town, after: u64) -> (Vec<u64>, Vec<u64>) {
    let mut numbers = (Vec::new(), Vec::new());
    let changes = town.app.changes(after, 100_000).await.unwrap().1;
    for change in changes {
        if change.op == commonground::change::Op::Undo { &mut numbers.0 } else { &mut numbers.1 }.push(change.seq);
    }
    numbers
}

#[tokio::test]
async fn a_large_import_is_undone_in_chunks_and_others_write_between_them() {
    let town = Town::empty().await;
    let (_, imported) = town.import("kind=place&list=halls&key=ref", halls(2_500)).await;
    assert_eq!(imported["created"], 2_500, "{imported}");
    let before = town.app.revision();
    let done = AtomicBool::new(false);
    let undo = town.post("/undo", json!({"batch": imported["batch"]}));
    let write = async {
        // The first chunk is written: from here on others write for as long as the undo goes on.
        moves_on(&town, before).await;
        let mut barns = 0;
        while !done.load(Ordering::Relaxed) {
            town.add("places", json!({"name": format!("Barn {barns}"), "point": {"lon": -3.3, "lat": 54.6}})).await;
            barns += 1;
        }
        barns
    };
    let undo = undo.inspect(|_| done.store(true, Ordering::Relaxed));
    let ((status, undone), barns) = futures::join!(undo, write);
    assert_eq!((status, &undone["totals"]["reverted"]), (200, &json!(2_500)));
    assert_eq!(undone["kept"], json!([]));
    assert_eq!(town.get("/places").await.1["total"], barns);
    let (undoing, others) = undone_and_others(&town, before).await;
    let between = others.iter().filter(|seq| (undoing[0]..*undoing.last().unwrap()).contains(seq)).count();
    assert!(undoing.len() == 2_500 && between > 0, "nobody wrote while the undo was under way");
    // An undo is one batch, however many chunks it was written in, and can be undone in its turn.
    let (_, back) = town.post("/undo", json!({"batch": undone["batch"]})).await;
    assert_eq!(back["totals"]["reverted"], 2_500);
    assert_eq!(town.get("/places").await.1["total"], 2_500 + barns);
}

#[tokio::test]
async fn an_undo_that_was_cut_off_is_finished_by_asking_again() {
    let town = Town::empty().await;
    let (_, imported) = town.import("kind=place&list=halls&key=ref", halls(2_500)).await;
    let before = town.app.revision();
    {
        let caller = commonground::app::Caller::command_line();
        let undo = town.app.undo(imported["batch"].as_str().unwrap().parse().unwrap(), &caller);
        tokio::select! {
            biased;
            () = moves_on(&town, before) => {}
            _ = undo => panic!("it was done before it could be cut off"),
        }
    }
    let left = town.get("/places").await.1["total"].as_u64().unwrap();
    assert!(left > 0 && left < 2_500, "{left}");
    let (_, rest) = town.post("/undo", json!({"batch": imported["batch"]})).await;
    assert_eq!((&rest["totals"]["reverted"], &rest["kept"]), (&json!(left), &json!([])));
    assert_eq!(town.get("/places").await.1["total"], 0);
    assert_eq!(support::findings(&town.url).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_undo_goes_on_to_its_end_when_who_asked_for_it_leaves() {
    let town = Town::empty().await;
    let (_, imported) = town.import("kind=place&list=halls&key=ref", halls(2_500)).await;
    let before = town.app.revision();
    let undo = town.admin(Method::POST, "/undo").json(&json!({"batch": imported["batch"]})).send();
    tokio::select! {
        biased;
        () = moves_on(&town, before) => {}
        _ = undo => panic!("it was done before anybody could leave"),
    }
    assert_ne!(town.get("/places").await.1["total"], 0, "it was done before anybody left");
    support::eventually("all of it is taken back", || async { town.get("/places").await.1["total"] == 0 }).await;
    let batches: std::collections::HashSet<_> =
        town.app.changes(before, 10_000).await.unwrap().1.iter().map(|change| change.batch).collect();
    assert_eq!(batches.len(), 1, "as one batch, which can be undone in its turn");
}

#[tokio::test]
async fn a_long_history_is_told_page_by_page() {
    let town = Town::empty().await;
    let hall = json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
    let path = format!("/places/{}", town.add("places", hall.clone()).await["id"].as_str().unwrap());
    for version in 1..5 {
        let mut body = hall.clone();
        body["name"] = json!(format!("Hall {version}"));
        let put = town.admin(Method::PUT, &path).header(IF_MATCH, format!("\"v{version}\"")).json(&body);
        assert_eq!(put.send().await.unwrap().status(), 200);
    }
    let page = async |words: &str| town.get(&format!("{path}/history{words}")).await.1;
    let versions = |page: &Value| {
        page["items"].as_array().unwrap().iter().map(|i| i["version"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let all = page("").await;
    assert_eq!((versions(&all), &all["next"]), (vec![1, 2, 3, 4, 5], &Value::Null));
    let first = page("?limit=3").await;
    assert_eq!(versions(&first), [1, 2, 3]);
    let rest = page(&format!("?limit=2&after={}", first["next"])).await;
    assert_eq!((versions(&rest), &rest["next"]), (vec![4, 5], &Value::Null));
    assert_eq!(town.get(&format!("{path}/history?limit=0")).await.0, 422);
    assert_eq!(town.get(&format!("{path}/history?foo=1")).await.0, 422);
    // Of what is gone, too, and judged by all of it.
    town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v5\"").send().await.unwrap();
    assert_eq!(versions(&page("?limit=2").await), [1, 2]);
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(town.get(&format!("/services/{id}/history")).await.0, 404, "it never was a service");
}

#[tokio::test]
async fn one_dataset_is_replaced_and_the_others_stay_and_tokens_make_no_town_old() {
    use commonground::atlas::Viewer;
    use commonground::auth::Role;
    let town = Town::empty().await;
    for _ in 0..5 {
        town.token(Role::Contributor).await;
    }
    eventually("the tokens", || async { town.app.revision() >= 6 }).await;
    assert!(town.app.is_new());
    let dataset = async |name: &str, text: &str| {
        let path = town.path(name);
        std::fs::write(&path, text).unwrap();
        town.app.import_dataset(name, path, &commonground::app::Caller::command_line()).await.unwrap();
    };
    dataset("gazetteer", "name,county,lat,lon,size\nCockermouth,Cumbria,54.66,-3.36,2\n").await;
    assert!(!town.app.is_new());
    let other = Town::on(&town.url).await;
    let view = |town: &Town| town.app.view(Viewer::PUBLIC);
    let towns = |town: &Town| view(town).datasets().towns.clone();
    let (here, there) = (towns(&town), towns(&other));
    assert_eq!((here.len(), there.len()), (1, 1));
    dataset("area-codes", "old,new\nE1,E2\n").await;
    eventually("the other instance's catching up", || async { !view(&other).datasets().area_codes.is_empty() }).await;
    assert!(Arc::ptr_eq(&here, &towns(&town)) && Arc::ptr_eq(&there, &towns(&other)), "read again for nothing");
    let (_, about) = other.get("/about").await;
    let names: Vec<&str> = about["datasets"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["area-codes", "gazetteer"]);
}
