//! What the partnerships that the product grew from need to say: several equal providers, whose service it is, what pays
//! for it, what is only the partners' to know, and when it was last looked at.

mod support;

use commonground::auth::Role;
use reqwest::Method;
use reqwest::header::IF_MATCH;
use serde_json::{Value, json};
use support::{Town, problem, problems, read};

async fn organisation(town: &Town, name: &str) -> Value {
    town.add("organisations", json!({"name": name, "type": "voluntary"})).await["id"].clone()
}

#[tokio::test]
async fn providers_are_equal_and_stand_in_the_order_of_their_names() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let (zeal, aid) = (organisation(&town, "Zeal").await, organisation(&town, "aid").await);
    let does = json!([{"provider": zeal, "text": "the kitchen"}, {"provider": aid, "text": "the hall"}]);
    let lunch = json!({"name": "Lunch", "provider": [zeal, aid], "categories": [ground.category],
        "places": [ground.place], "does": does});
    let lunch = town.add("services", lunch).await;
    assert_eq!(lunch["links"]["provider"], json!([aid, zeal]));
    assert_eq!(lunch["owner"], Value::Null, "none of equals is the owner");
    let path = format!("/services/{}", lunch["id"].as_str().unwrap());
    let card = town.get(&format!("{path}?include=card")).await.1["card"].clone();
    let names: Vec<&Value> = card["providers"].as_array().unwrap().iter().map(|p| &p["name"]).collect();
    assert_eq!(names, ["aid", "Zeal"]);
    for id in [&zeal, &aid] {
        let found = town.get(&format!("/services?organisation={}", id.as_str().unwrap())).await.1;
        assert_eq!(found["total"], 1);
    }
    // A provider that goes takes with it what was said of it.
    let gone = town.admin(Method::DELETE, &format!("/organisations/{}?cascade=links", zeal.as_str().unwrap()));
    assert_eq!(gone.header(IF_MATCH, "\"v1\"").send().await.unwrap().status(), 200);
    let left = town.get(&path).await.1;
    assert_eq!((&left["links"]["provider"], &left["owner"]), (&json!([aid]), &aid));
    assert_eq!(left["does"], json!([{"provider": aid, "text": "the hall"}]));
}

#[tokio::test]
async fn what_is_said_of_a_provider_is_said_of_one_that_is_named_and_seen() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let quiet = json!({"name": "Quiet", "type": "voluntary", "visibility": "partners"});
    let quiet = town.add("organisations", quiet).await["id"].clone();
    let body = |providers: Value, who: &Value| {
        json!({"name": "Lunch", "provider": providers, "categories": [ground.category], "places": [ground.place],
            "does": [{"provider": who, "text": "the kitchen"}]})
    };
    let (status, answer) = town.post("/services", body(json!([ground.provider]), &quiet)).await;
    assert_eq!((status, problems(&answer)), (422, problem("does.0.provider", "not_found")));
    let (status, answer) = town.post("/services", body(json!([ground.provider]), &json!("nobody"))).await;
    assert_eq!((status, problems(&answer)), (422, problem("does.0.provider", "wrong_type")));
    let lunch = town.add("services", body(json!([ground.provider, quiet]), &quiet)).await;
    let shown = town.get(&format!("/services/{}", lunch["id"].as_str().unwrap())).await.1;
    assert!(!shown.to_string().contains(quiet.as_str().unwrap()), "{shown}");
    assert_eq!(shown["links"]["provider"], json!([ground.provider]));
}

#[tokio::test]
async fn what_is_for_professionals_or_organisations_is_not_looked_for_on_behalf_of_a_person() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let area = json!({"name": "A", "area_set": "s", "code": "1", "point": {"lon": -3.36, "lat": 54.66},
        "indicators": {"population": 100}});
    town.add("areas", area).await;
    for (name, whose) in [("Lunch", None), ("Advice line", Some("professionals")), ("Payroll", Some("organisations"))] {
        let body = json!({"name": name, "provider": ground.provider, "categories": [ground.category],
            "point": {"lon": -3.36, "lat": 54.66}, "for": whose});
        town.add("services", body).await;
    }
    let names = |answer: &Value| -> Vec<String> {
        let features = answer["features"].as_array().unwrap();
        features.iter().map(|f| f["properties"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let near = "/nearby?near=54.66,-3.36&kind=service";
    assert_eq!(names(&town.get(near).await.1), ["Lunch"]);
    assert_eq!(names(&town.get(&format!("{near}&for=professionals")).await.1), ["Advice line"]);
    assert_eq!(names(&town.get(&format!("{near}&for=people,organisations")).await.1).len(), 2);
    let covered = |words: &str| format!("/coverage?within=5km&kind=service{words}");
    let weight = |answer: Value| answer["total"]["weight_covered"].clone();
    assert_eq!(weight(town.get(&covered("&for=organisations&q=payroll")).await.1), 100);
    assert_eq!(weight(town.get(&covered("&q=payroll")).await.1), 0);
    let tile = |words: &str| format!("{}/tiles/services.json{words}", town.address);
    for (words, count) in [("", 1), ("?for=professionals", 1), ("?for=people,professionals,organisations", 3)] {
        let layer: Value = town.client.get(tile(words)).send().await.unwrap().json().await.unwrap();
        assert_eq!(layer["count"], count, "{words}");
    }
    assert_eq!(town.get("/services").await.1["total"], 3, "a list is of what is there");
    assert_eq!(town.get("/services?for=people").await.1["total"], 1);
    let (status, answer) = town.get(&format!("{near}&for=doctors")).await;
    assert_eq!((status, problems(&answer)), (422, problem("for", "not_allowed")));
}

#[tokio::test]
async fn offers_and_gaps_that_name_somebody_are_the_partners_unless_said() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let point = json!({"lon": -3.36, "lat": 54.66});
    let room = |visibility: Option<&str>| json!({"name": "Room", "type": "room", "side": "offered", "provider": ground.provider, "visibility": visibility});
    let gap = |named: Value| {
        let mut body = json!({"name": "G", "what": "x", "reason": "full", "point": point});
        body.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
        body
    };
    for (plural, body, expected) in [
        ("resources", room(None), "partners"),
        ("resources", room(Some("public")), "public"),
        ("gaps", gap(json!({})), "public"),
        ("gaps", gap(json!({"lead": ground.provider})), "partners"),
        ("gaps", gap(json!({"place": ground.place})), "partners"),
        ("gaps", gap(json!({"place": ground.place, "visibility": "public"})), "public"),
    ] {
        let record = town.add(plural, body.clone()).await;
        assert_eq!(record["visibility"], expected, "{body}");
        let path = format!("/{plural}/{}", record["id"].as_str().unwrap());
        assert_eq!(town.get(&path).await.0, if expected == "public" { 200 } else { 404 });
        // What was sent again is the same record, whatever the server added to it.
        let mut again = body.clone();
        again["id"] = record["id"].clone();
        assert_eq!(town.post(&format!("/{plural}"), again).await.0, 200);
    }
}

#[tokio::test]
async fn funding_of_organisations_and_places_is_for_partners() {
    let town = Town::empty().await;
    let funding = json!([{"source": "Lottery", "until": "2027-03-31"}]);
    let partner = town.token(Role::Commissioner).await;
    for (plural, body) in [
        ("organisations", json!({"name": "Trust", "type": "voluntary", "funding": funding})),
        ("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}, "funding": funding})),
    ] {
        let record = town.add(plural, body).await;
        let path = format!("/{plural}/{}", record["id"].as_str().unwrap());
        assert_eq!(town.get(&path).await.1.get("funding"), None);
        assert!(!town.get(&format!("{path}/history")).await.1.to_string().contains("Lottery"));
        let seen = read(town.anybody(Method::GET, &path).bearer_auth(&partner).send().await.unwrap()).await.1;
        assert_eq!(seen["funding"], funding);
    }
}

#[tokio::test]
async fn what_was_not_checked_lately_may_fit() {
    let town = Town::empty().await;
    for (name, at) in [("New", Some("2026-06-01")), ("Old", Some("2024-06-01")), ("Never", None)] {
        let assured = at.map(|at| json!({"by": "hub", "at": at}));
        let place = json!({"name": name, "point": {"lon": -3.3, "lat": 54.6}, "assured": assured});
        town.add("places", place).await;
    }
    let asked = |words: &str| format!("/nearby?near=54.6,-3.3&as_at=2026-11-01&checked_within={words}&include=totals");
    let found = town.get(&asked("12mo")).await.1;
    let told: Vec<(String, String)> = found["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["properties"]["name"].as_str().unwrap().to_owned(), f["properties"]["unknown"].to_string()))
        .collect();
    let pair = |name: &str, unknown: &str| (name.to_owned(), unknown.to_owned());
    assert_eq!(told[0], pair("New", "[]"));
    assert_eq!(told.len(), 3, "nothing is a no");
    assert!(told[1..].iter().all(|(_, unknown)| unknown == "[\"checked\"]"), "{told:?}");
    for (words, sure) in [("153d", 1), ("152d", 0), ("5mo", 1), ("4mo", 0), ("3y", 2), ("200w", 2)] {
        assert_eq!(town.get(&asked(words)).await.1["totals"]["sure"], sure, "{words}");
    }
    for wrong in ["12", "mo", "12 months ago", "-1y", "1.5y", "99999y", "12MO1"] {
        let (status, answer) = town.get(&asked(wrong)).await;
        assert_eq!((status, problems(&answer)), (422, problem("checked_within", "wrong_type")), "{wrong}");
    }
}

#[tokio::test]
async fn further_words_of_the_seeds_are_taken() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let newsletter = json!({"name": "Parish news", "type": "reach", "side": "offered", "provider": ground.provider,
        "amount": {"number": 1200, "unit": "readers", "per": "month"}});
    assert_eq!(town.add("resources", newsletter).await["amount"]["number"], 1200);
    let gap = json!({"name": "G", "what": "x", "reason": "full", "point": {"lon": -3.3, "lat": 54.6},
        "answer": "back_what_people_do"});
    town.add("gaps", gap).await;
    let group = json!({"name": "Group", "provider": ground.provider, "categories": [ground.category],
        "places": [ground.place], "capacity": {"places": 12, "per_week": 24}});
    assert_eq!(town.add("services", group).await["capacity"]["places"], 12);
    let (status, answer) = town
        .post(
            "/resources",
            json!({"name": "R", "type": "reach", "side": "offered", "provider": ground.provider,
            "amount": {"number": 3}}),
        )
        .await;
    assert_eq!((status, problems(&answer)), (422, problem("amount.unit", "required")));
}
