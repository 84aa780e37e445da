//! Records over HTTP: made, read, replaced, removed, taken back; and every refusal by its code.

mod support;

use reqwest::Method;
use reqwest::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use serde_json::json;
use support::{Town, problem, problems, read};

const POINT: &str = r#"{"lon": -3.366, "lat": 54.664}"#;

fn point() -> serde_json::Value {
    serde_json::from_str(POINT).unwrap()
}

#[tokio::test]
async fn a_record_of_every_kind_is_made_from_its_minimal_body_and_read_back() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for (plural, body) in [
        ("places", json!({"name": "Hall", "point": point()})),
        ("organisations", json!({"name": "Trust", "type": "nhs_trust"})),
        (
            "services",
            json!({"name": "Lunch", "provider": ground.provider, "categories": ["befriending"], "places": [ground.place]}),
        ),
        (
            "services",
            json!({"name": "Walk", "provider": ground.provider, "categories": [ground.category], "point": point()}),
        ),
        (
            "areas",
            json!({"name": "A", "area_set": "s", "code": "A1", "point": point(), "indicators": {"population": 1500}}),
        ),
        ("categories", json!({"name": "Food", "taxonomy": "services"})),
        ("resources", json!({"name": "Room", "type": "room", "side": "offered", "provider": ground.provider})),
        ("gaps", json!({"name": "G", "what": "Befriending", "reason": "none_here", "point": point()})),
    ] {
        let made = town.add(plural, body.clone()).await;
        let (status, again) = town.get_as_admin(&format!("/{plural}/{}", made["id"].as_str().unwrap())).await;
        assert_eq!((status, &again), (200, &made));
        assert_eq!((&made["name"], &made["version"]), (&body["name"], &json!(1)));
        for key in [
            "id",
            "kind",
            "version",
            "owner",
            "visibility",
            "precision",
            "links",
            "point",
            "sources",
            "assured",
            "created_at",
            "updated_at",
        ] {
            assert!(made.get(key).is_some(), "{plural} lacks {key}");
        }
    }
    let (_, list) = town.get("/services").await;
    assert_eq!(list["total"], 2);
    let service = list["items"].as_array().unwrap().iter().find(|s| s["name"] == "Lunch").unwrap();
    assert_eq!(service["links"]["categories"], json!([ground.category]), "a code is resolved to its id");
    assert_eq!(service["owner"], json!(ground.provider));
}

#[tokio::test]
async fn the_same_id_and_body_again_is_the_stored_record_and_another_body_is_refused() {
    let town = Town::empty().await;
    let id = "01a204c4-2d86-7071-ace9-80e1176156fa";
    let body = json!({"id": id, "name": "Hall", "point": point()});
    let put = |body: serde_json::Value| {
        town.admin(Method::PUT, &format!("/places/{id}")).header(IF_NONE_MATCH, "*").json(&body)
    };
    let (status, first) = read(put(body.clone()).send().await.unwrap()).await;
    assert_eq!(status, 201, "{first}");
    let (status, again) = read(put(body.clone()).send().await.unwrap()).await;
    assert_eq!((status, &again), (200, &first));
    let (status, again) = town.post("/places", body).await;
    assert_eq!((status, &again), (200, &first), "by POST too");
    let (status, other) = read(put(json!({"name": "Other", "point": point()})).send().await.unwrap()).await;
    assert_eq!((status, problems(&other)), (409, problem("id", "already_exists")));
    assert_eq!(town.get("/places").await.1["total"], 1);
}

#[tokio::test]
async fn replacing_needs_the_version_that_was_read() {
    let town = Town::empty().await;
    let made = town.add("places", json!({"name": "Hall", "point": point()})).await;
    let path = format!("/places/{}", made["id"].as_str().unwrap());
    let body = json!({"name": "New hall", "point": point()});
    let (status, missing) = read(town.admin(Method::PUT, &path).json(&body).send().await.unwrap()).await;
    assert_eq!((status, problems(&missing)), (428, problem("If-Match", "required")));
    let response = town.admin(Method::GET, &path).send().await.unwrap();
    let tag = response.headers()[ETAG].clone();
    let (status, done) =
        read(town.admin(Method::PUT, &path).header(IF_MATCH, tag).json(&body).send().await.unwrap()).await;
    assert_eq!((status, &done["name"], &done["version"]), (200, &json!("New hall"), &json!(2)));
    let (status, stale) =
        read(town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&body).send().await.unwrap()).await;
    assert_eq!((status, problems(&stale)), (412, problem("If-Match", "stale")));
    assert_eq!(stale["present"]["version"], 2, "the present record comes with the refusal");
    // A body as it was read, the server's own fields included, can be sent back.
    let (status, _) =
        read(town.admin(Method::PUT, &path).header(IF_MATCH, "\"v2\"").json(&done).send().await.unwrap()).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn removing_what_others_link_to_is_refused_until_the_links_go_too() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let service = json!({"name": "Lunch", "provider": ground.provider, "categories": [ground.category], "places": [ground.place]});
    let service = town.add("services", service).await;
    let path = format!("/places/{}", ground.place);
    let delete = |path: &str| town.admin(Method::DELETE, path).header(IF_MATCH, "\"v1\"");
    let (status, refused) = read(delete(&path).send().await.unwrap()).await;
    assert_eq!((status, problems(&refused)), (409, problem("", "in_use")));
    assert!(refused["detail"].as_str().unwrap().contains("Lunch"));
    let (status, _) = read(delete(&format!("{path}?cascade=links")).send().await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(town.get(&path).await.0, 404);
    let (_, unlinked) = town.get(&format!("/services/{}", service["id"].as_str().unwrap())).await;
    assert!(unlinked["links"].get("places").is_none());
    let (status, history) = town.get_as_admin(&format!("{path}/history")).await;
    assert_eq!((status, history["items"].as_array().unwrap().len()), (200, 2), "its history stays");
    assert_eq!(town.get(&format!("{path}/history")).await.0, 200, "for whoever could see it");
}

#[tokio::test]
async fn an_undo_takes_back_what_nobody_touched_and_can_be_undone() {
    let town = Town::empty().await;
    let made = town.add("places", json!({"name": "Hall", "point": point(), "address": "Main Street"})).await;
    let path = format!("/places/{}", made["id"].as_str().unwrap());
    let change = json!({"name": "Church hall", "point": point(), "address": "Market Place"});
    town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&change).send().await.unwrap();
    let later = json!({"name": "Church hall", "point": point(), "address": "Station Road"});
    town.admin(Method::PUT, &path).header(IF_MATCH, "\"v2\"").json(&later).send().await.unwrap();
    let (_, history) = town.get_as_admin(&format!("{path}/history")).await;
    let (status, undone) = town.post("/undo", json!({"change": history["items"][1]["id"]})).await;
    assert_eq!(status, 200, "{undone}");
    assert_eq!(undone["kept"][0]["field"], "address", "somebody wrote the address since");
    let (_, now) = town.get(&path).await;
    assert_eq!((&now["name"], &now["address"]), (&json!("Hall"), &json!("Station Road")));
    let (status, _) = town.post("/undo", json!({"batch": undone["batch"]})).await;
    assert_eq!(status, 200);
    assert_eq!(town.get(&path).await.1["name"], "Church hall");
}

#[tokio::test]
async fn undoing_a_creation_removes_it_unless_others_link_to_it_and_undoing_a_removal_brings_it_back() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let (_, history) = town.get_as_admin(&format!("/places/{}/history", ground.place)).await;
    let created = history["items"][0]["batch"].clone();
    let service = json!({"name": "Lunch", "provider": ground.provider, "categories": [ground.category], "places": [ground.place]});
    let service = town.add("services", service).await;
    let (_, undone) = town.post("/undo", json!({"batch": created})).await;
    assert_eq!((undone["reverted"].as_array().unwrap().len(), &undone["kept"][0]["record"]), (0, &json!(ground.place)));
    let path = format!("/services/{}", service["id"].as_str().unwrap());
    let (_, gone) = read(town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v1\"").send().await.unwrap()).await;
    assert_eq!(town.get(&path).await.0, 404);
    town.post("/undo", json!({"batch": gone["batch"]})).await;
    let (status, back) = town.get(&path).await;
    assert_eq!((status, &back["name"], &back["version"]), (200, &json!("Lunch"), &json!(3)));
}

#[tokio::test]
async fn every_fault_of_a_body_is_told_with_field_and_code() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let service = |extra: serde_json::Value| {
        let mut body =
            json!({"name": "S", "provider": ground.provider, "categories": [ground.category], "point": point()});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    for (plural, body, field, code) in [
        ("places", json!({"name": "x", "point": point(), "colour": "red"}), "colour", "unknown_field"),
        ("places", json!({"point": point()}), "name", "required"),
        ("places", json!({"name": "x"}), "point", "required"),
        ("places", json!({"name": 5, "point": point()}), "name", "wrong_type"),
        ("places", json!({"name": "x", "point": point(), "type": "palace"}), "type", "not_allowed"),
        ("places", json!({"name": "x", "postcode": "CA13"}), "postcode", "postcode_malformed"),
        ("places", json!({"name": "x", "postcode": "CA13 9LU"}), "postcode", "postcodes_not_loaded"),
        ("places", json!({"name": "x", "point": {"lon": 54.6, "lat": -3.3}}), "point", "outside_country"),
        ("places", json!({"name": "x", "point": point(), "hours": "sometimes"}), "hours", "wrong_type"),
        ("places", json!({"id": "5", "name": "x", "point": point()}), "id", "wrong_type"),
        ("services", service(json!({"capacity": {"free": -1}})), "capacity.free", "out_of_range"),
        (
            "services",
            service(json!({"eligibility": {"min_age": 60, "max_age": 50}})),
            "eligibility.max_age",
            "out_of_range",
        ),
        ("services", service(json!({"description": "ask for Ann, NHS 943 476 5919"})), "description", "personal_data"),
        ("services", service(json!({"first_visit": "DOB 3/4/1950"})), "first_visit", "personal_data"),
        ("services", service(json!({"provider": "01a204c4-2d86-7071-ace9-80e1176156fa"})), "provider", "not_found"),
        ("services", service(json!({"categories": ["knitting"]})), "categories", "not_found"),
        ("services", service(json!({"website": "javascript:alert(1)"})), "website", "wrong_type"),
        ("gaps", json!({"name": "g", "what": "x", "reason": "none_here"}), "area", "required"),
        ("resources", json!({"name": "r", "type": "room", "side": "offered"}), "provider", "required"),
    ] {
        let (status, answer) = town.post(&format!("/{plural}"), body.clone()).await;
        assert_eq!((status, problems(&answer)), (422, problem(field, code)), "{body}");
        let message = answer["problems"][0]["message"].as_str().unwrap();
        assert!(message.len() > 8 && !message.contains("Error"), "{message}");
    }
    assert_eq!(town.get("/services").await.1["total"], 0, "nothing of a refused body is kept");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_apart_from_what_is_wrong() {
    let town = Town::empty().await;
    let request = || town.admin(Method::POST, "/places");
    let json_type = "application/json";
    let (status, _) = read(request().header("content-type", json_type).body("{").send().await.unwrap()).await;
    assert_eq!(status, 400);
    let (status, _) = read(request().header("content-type", "text/plain").body("{}").send().await.unwrap()).await;
    assert_eq!(status, 415);
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(5 << 20));
    let (status, _) = read(request().header("content-type", json_type).body(large).send().await.unwrap()).await;
    assert_eq!(status, 413);
    assert_eq!(town.get("/palaces").await.0, 404);
    assert_eq!(town.get("/places/nonsense").await.0, 404);
    assert_eq!(town.post("/coverage/x", json!({})).await.0, 405);
    let (status, answer) = town.get("/places?colour=red").await;
    assert_eq!((status, problems(&answer)), (422, problem("colour", "unknown_field")));
}

#[tokio::test]
async fn a_code_is_taken_once_in_its_set() {
    let town = Town::empty().await;
    let area = |set: &str| json!({"name": "A", "area_set": set, "code": "A1", "point": point()});
    town.add("areas", area("one")).await;
    town.add("areas", area("two")).await;
    let (status, answer) = town.post("/areas", area("one")).await;
    assert_eq!((status, problems(&answer)), (409, problem("code", "already_exists")));
}

#[tokio::test]
async fn lists_come_in_pages_in_order_of_id_and_say_when_nothing_changed() {
    let town = Town::empty().await;
    for i in 0..7 {
        town.add("places", json!({"name": format!("Hall {i}"), "point": point()})).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let (_, page) = town.get(&format!("/places?limit=3{after}")).await;
        assert_eq!(page["total"], 7);
        seen.extend(page["items"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (7, &sorted));
    let response = town.anybody(Method::GET, "/places").send().await.unwrap();
    let tag = response.headers()[ETAG].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/"));
    let again = town.anybody(Method::GET, "/places").header(IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    town.add("places", json!({"name": "One more", "point": point()})).await;
    let changed = town.anybody(Method::GET, "/places").header(IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(changed.status(), 200);
}

#[tokio::test]
async fn a_read_can_wait_for_a_revision_and_gives_up_on_one_that_never_comes() {
    let town = Town::empty().await;
    let made =
        town.admin(Method::POST, "/places").json(&json!({"name": "Hall", "point": point()})).send().await.unwrap();
    let revision = made.headers()["cg-revision"].to_str().unwrap().to_owned();
    let read = town.anybody(Method::GET, "/places").header("At-Least", &revision).send().await.unwrap();
    assert_eq!(read.status(), 200);
    let never = town.anybody(Method::GET, "/places").header("At-Least", "999999").send().await.unwrap();
    assert_eq!((never.status().as_u16(), never.headers()["retry-after"].to_str().unwrap()), (503, "2"));
}

#[tokio::test]
async fn a_new_postcode_brings_its_own_point() {
    let town = Town::demo().await;
    let made = town.add("places", json!({"name": "Hall", "postcode": "CA13 9LU"})).await;
    let mut moved = made.clone();
    moved["postcode"] = json!("CA1 1RL");
    let path = format!("/places/{}", made["id"].as_str().unwrap());
    let (_, now) =
        read(town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&moved).send().await.unwrap()).await;
    assert_ne!(now["point"], made["point"]);
}

#[tokio::test]
async fn an_if_match_may_be_a_star_or_a_list() {
    let town = Town::empty().await;
    let made = town.add("places", json!({"name": "Hall", "point": point()})).await;
    let path = format!("/places/{}", made["id"].as_str().unwrap());
    for (tags, expected) in [("*", 200), ("\"v7\", \"v2\"", 200), ("\"v7\", \"v9\"", 412), ("\"abc\"", 400)] {
        let body = json!({"name": format!("Hall {tags}"), "point": point()});
        let put = town.admin(Method::PUT, &path).header(IF_MATCH, tags).json(&body).send().await.unwrap();
        assert_eq!(put.status().as_u16(), expected, "{tags}");
    }
}

#[tokio::test]
async fn refusals_of_every_origin_have_the_form_of_problems() {
    let town = Town::empty().await;
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(5 << 20));
    let form = |response: &reqwest::Response| response.headers()["content-type"].to_str().unwrap().to_owned();
    let request = town.admin(Method::POST, "/places").header("content-type", "application/json").body(large);
    assert_eq!(form(&request.send().await.unwrap()), "application/problem+json");
    let foreign = town.anybody(Method::POST, "/places").header("origin", "https://elsewhere.example").body("{}");
    assert_eq!(form(&foreign.send().await.unwrap()), "application/problem+json");
    for path in ["/tiles/places/0/0/0.png", "/ogc/"] {
        let missing = reqwest::get(format!("{}{path}", town.address)).await.unwrap();
        assert_eq!(missing.status(), 404, "{path} is not the page's to answer");
    }
    assert_eq!(reqwest::get(format!("{}/readyz", town.address)).await.unwrap().text().await.unwrap(), "ready");
}

#[tokio::test]
async fn an_undo_does_not_take_a_code_from_who_has_it_now() {
    let town = Town::empty().await;
    let category = json!({"name": "Z", "taxonomy": "services", "code": "zed"});
    let first = town.add("categories", category.clone()).await;
    let path = format!("/categories/{}", first["id"].as_str().unwrap());
    let (_, gone) = read(town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v1\"").send().await.unwrap()).await;
    town.add("categories", category).await;
    let (status, undone) = town.post("/undo", json!({"batch": gone["batch"]})).await;
    assert_eq!((status, &undone["kept"][0]["field"]), (200, &json!("code")), "{undone}");
}
