//! What a list gave in words nobody could read is unknown: not the default, and never sure. And what is closed is closed.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Ground, Town, read};

const NEAR: &str = "/nearby?near=54.664,-3.366";

async fn service(town: &Town, ground: &Ground, name: &str, more: Value) -> Value {
    let mut body = json!({"name": name, "provider": ground.provider, "categories": [ground.category],
        "point": {"lon": -3.366, "lat": 54.664}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.add("services", body).await
}

/// Names of an answer by how they fit, each with what is unknown.
fn found(answer: &Value) -> Vec<(String, String)> {
    let features = answer["features"].as_array().unwrap().iter().map(|f| &f["properties"]);
    let of = |p: &Value| {
        let unknown: Vec<&str> = p["unknown"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
        (p["name"].as_str().unwrap().to_owned(), if unknown.is_empty() { "sure".to_owned() } else { unknown.join(" ") })
    };
    features.map(of).collect()
}

fn pair(name: &str, fit: &str) -> (String, String) {
    (name.to_owned(), fit.to_owned())
}

/// Coverage G, R4: status closed is closed on every day, whatever its days say.
#[tokio::test]
async fn what_is_closed_is_closed_on_every_day() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for (name, days) in [
        ("later", json!({"until": "2030-12-31"})),
        ("from later", json!({"from": "2029-01-01"})),
        ("never said", json!({})),
        ("unclear", json!({"unclear": ["until", "from"]})),
    ] {
        let mut body = days.clone();
        body["status"] = json!("closed");
        service(&town, &ground, name, body).await;
    }
    town.add("areas", json!({"name": "A", "area_set": "s", "code": "A", "point": {"lon": -3.366, "lat": 54.664}, "indicators": {"population": 9}})).await;
    for day in ["", "&as_at=2019-01-01", "&as_at=2029-06-01", "&as_at=2035-01-01"] {
        let (_, near) = town.get(&format!("{NEAR}&kind=service{day}")).await;
        assert_eq!(found(&near), [], "{day}");
        let (_, cover) = town.get(&format!("/coverage?within=1km&kind=service{day}")).await;
        assert_eq!(
            (&cover["total"]["weight_covered"], &cover["total"]["weight_unsure"]),
            (&json!(0), &json!(0)),
            "{day}"
        );
        let (_, closed) = town.get(&format!("{NEAR}&kind=service&status=closed{day}")).await;
        assert_eq!(found(&closed).iter().filter(|(_, fit)| fit == "sure").count(), 4, "{day}");
    }
}

/// R4, B20, the question without words: what nobody could read about being there puts a record under "ring first".
#[tokio::test]
async fn an_unclear_status_is_possible_wherever_it_is_asked() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for (name, more) in [
        ("plain", json!({})),
        ("status", json!({"unclear": ["status"]})),
        ("until", json!({"unclear": ["until"]})),
        ("from", json!({"unclear": ["from"], "status": "open"})),
        ("over", json!({"unclear": ["status"], "until": "2020-01-01"})),
        ("to come", json!({"unclear": ["status"], "from": "2090-01-01"})),
        ("paused", json!({"unclear": ["until"], "status": "paused"})),
        ("other", json!({"unclear": ["phone"]})),
    ] {
        service(&town, &ground, name, more).await;
    }
    let possible = ["status", "until", "from"];
    let (_, near) = town.get(&format!("{NEAR}&kind=service")).await;
    let mut expected = vec![pair("plain", "sure"), pair("other", "sure")];
    expected.extend(possible.map(|name| pair(name, "status")));
    let sorted = |mut list: Vec<(String, String)>| {
        list.sort();
        list
    };
    assert_eq!(sorted(found(&near)), sorted(expected.clone()));
    // However few are wanted, how far and chosen by what.
    for words in ["&limit=1", "&within=10m", "&category=befriending&limit=1", "&q=until&limit=1"] {
        let (_, near) = town.get(&format!("{NEAR}&kind=service{words}")).await;
        assert!(found(&near).iter().any(|(_, fit)| fit == "status"), "{words}: {near}");
        assert!(!found(&near).iter().any(|(name, fit)| fit == "sure" && possible.contains(&name.as_str())), "{words}");
    }
    let (_, sure) = town.get(&format!("{NEAR}&kind=service&match=sure")).await;
    assert_eq!(found(&sure).len(), 2);
    let (_, closed) = town.get(&format!("{NEAR}&kind=service&status=closed")).await;
    let closed = sorted(found(&closed));
    assert_eq!(
        closed,
        [
            pair("over", "sure"),
            pair("paused", "status"),
            pair("status", "status"),
            pair("to come", "status"),
            pair("until", "status")
        ]
    );
    // A list without a question of status holds everything; with one it keeps the three answers.
    let listed = async |words: &str| town.get(&format!("/services?{words}")).await.1["total"].clone();
    assert_eq!(listed("limit=100").await, 8);
    assert_eq!(listed("status=open,pilot,closing&match=sure").await, 2);
    assert_eq!(listed("status=open,pilot,closing&match=possible").await, 3);
    town.add("areas", json!({"name": "A", "area_set": "s", "code": "A", "point": {"lon": -3.366, "lat": 54.664}, "indicators": {"population": 9}})).await;
    let covered = async |words: &str| {
        let (_, answer) = town.get(&format!("/coverage?within=1km&kind=service{words}")).await;
        (answer["total"]["weight_covered"].clone(), answer["total"]["weight_unsure"].clone())
    };
    assert_eq!(covered("").await, (json!(9), json!(0)));
    assert_eq!(covered("&q=until").await, (json!(0), json!(9)));
    assert_eq!(covered("&q=paused").await, (json!(0), json!(0)));
}

/// The search stops where enough is sure; what is unclear must be found behind it, after a fold and before.
#[tokio::test]
async fn unclear_places_are_found_behind_many_sure_ones() {
    let town = Town::empty().await;
    let list: String = (0..300).map(|i| format!("Hall {i},{},{}\n", 54.664 + f64::from(i) * 1e-5, -3.366)).collect();
    town.import("kind=place&list=halls", format!("name,lat,lon\n{list}")).await;
    let body = json!({"name": "Perhaps", "point": {"lon": -3.3, "lat": 54.7}, "unclear": ["status"]});
    let made = town.add("places", body).await;
    let (_, near) = town.get(&format!("{NEAR}&kind=place&limit=5")).await;
    assert_eq!(found(&near).last().unwrap(), &pair("Perhaps", "status"), "{near}");
    assert_eq!(found(&near).len(), 6);
    // Another instance reads it all from the data: it is in the base there.
    let other = Town::on(&town.url).await;
    let (_, near) = other.get(&format!("{NEAR}&kind=place&limit=5")).await;
    assert_eq!(found(&near).last().unwrap(), &pair("Perhaps", "status"), "{near}");
    let (_, tiles) = read(other.client.get(format!("{}/tiles/places.json", other.address)).send().await.unwrap()).await;
    assert_eq!(tiles["count"], 301);
    let sure = other.client.get(format!("{}/tiles/places.json?match=sure", other.address)).send().await.unwrap();
    assert_eq!(read(sure).await.1["count"], 300, "the map knows it, too");
    // Once somebody says it, it is sure.
    let path = format!("/places/{}", made["id"].as_str().unwrap());
    let body = json!({"name": "Perhaps", "point": {"lon": -3.3, "lat": 54.7}, "status": "open", "unclear": ["status"]});
    let put = town.admin(Method::PUT, &path).header("If-Match", "\"v1\"").json(&body).send().await.unwrap();
    assert_eq!(put.status(), 200);
    let (_, near) = town.get(&format!("{NEAR}&kind=place&limit=5")).await;
    assert!(found(&near).iter().all(|(_, fit)| fit == "sure"));
}

/// B20: an age that nobody could read leaves the question of age open, unless the other bound decides it.
#[tokio::test]
async fn an_unclear_age_is_unknown_unless_the_known_bound_decides() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for (name, ages, unclear) in [
        ("max 4", json!({"max_age": 4}), "eligibility.min_age"),
        ("min 60", json!({"min_age": 60}), "eligibility.max_age"),
        ("neither", json!({"group": "families"}), "eligibility.min_age"),
        ("clear", json!({"max_age": 4}), "phone"),
    ] {
        service(&town, &ground, name, json!({"eligibility": ages, "unclear": [unclear]})).await;
    }
    service(&town, &ground, "bare", json!({"unclear": ["eligibility.max_age"]})).await;
    for (age, expected) in [
        (0, [("bare", "age"), ("clear", "sure"), ("max 4", "age"), ("neither", "age")].as_slice()),
        (5, &[("bare", "age"), ("neither", "age")]),
        (59, &[("bare", "age"), ("neither", "age")]),
        (60, &[("bare", "age"), ("min 60", "age"), ("neither", "age")]),
    ] {
        let (_, near) = town.get(&format!("{NEAR}&kind=service&age={age}")).await;
        let mut near = found(&near);
        near.sort();
        assert_eq!(near, expected.iter().map(|(name, fit)| pair(name, fit)).collect::<Vec<_>>(), "{age}");
    }
    let indicators = json!({"population": 100, "age_0_4": 10, "age_5_59": 60, "age_60_120": 30});
    town.add("areas", json!({"name": "A", "area_set": "s", "code": "A", "point": {"lon": -3.366, "lat": 54.664}, "indicators": indicators})).await;
    for (q, covered, unsure) in
        [("max", 0, 10), ("min", 0, 30), ("clear", 10, 0), ("bare", 0, 100), ("neither", 0, 100)]
    {
        let (_, answer) = town.get(&format!("/coverage?within=1km&kind=service&q={q}")).await;
        let total = &answer["total"];
        assert_eq!((&total["weight_covered"], &total["weight_unsure"]), (&json!(covered), &json!(unsure)), "{q}");
    }
}

/// For whom it is, in words nobody could read: it may be for who asks, and is surely for nobody.
#[tokio::test]
async fn an_unclear_district_is_unknown() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for name in ["eligibility.districts", "eligibility.practices", "service_area"] {
        service(&town, &ground, name, json!({"unclear": [name]})).await;
    }
    let (_, near) = town.get(&format!("{NEAR}&kind=service")).await;
    assert!(found(&near).iter().all(|(_, fit)| fit == "service_area") && found(&near).len() == 3, "{near}");
    town.add("areas", json!({"name": "A", "area_set": "s", "code": "A", "point": {"lon": -3.366, "lat": 54.664}, "indicators": {"population": 9}})).await;
    let (_, answer) = town.get("/coverage?within=1km&kind=service").await;
    assert_eq!((&answer["total"]["weight_covered"], &answer["total"]["weight_unsure"]), (&json!(0), &json!(9)));
}
