//! What people type, and what they copy from an answer, is taken as they mean it; what can't be meant is told.

mod support;

use reqwest::Method;
use reqwest::header::IF_MATCH;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::{Town, problem, problems, read};

fn names(answer: &Value) -> BTreeSet<String> {
    let features = answer["features"].as_array().unwrap().iter();
    features.map(|f| f["properties"]["name"].as_str().unwrap().to_owned()).collect()
}

/// B18: accents, ligatures, apostrophes and Welsh circumflexes, in the record, in the question, or in both.
#[tokio::test]
async fn a_word_is_found_with_and_without_its_accents() {
    let town = Town::empty().await;
    for name in [
        "Café Solway",
        "Cafe Quay",
        "Cafe\u{301} Harbour",
        "Tŷ Newydd",
        "Straße Hall",
        "St Mary’s Hall",
        "Łódź Club",
        "Young Oﬃcers",
    ] {
        town.add("places", json!({"name": name, "point": {"lon": -3.366, "lat": 54.664}})).await;
    }
    for (q, found) in [
        ("cafe", 3),
        ("café", 3),
        ("cafe\u{301}", 3),
        ("CAFÉ", 3),
        ("caf", 3),
        ("ty newydd", 1),
        ("tŷ", 1),
        ("strasse", 1),
        ("straße", 1),
        ("st marys", 1),
        ("st mary's", 1),
        ("st mary’s", 1),
        ("lodz", 1),
        ("officers", 1),
        ("oﬃcers", 1),
        ("cafes", 0),
    ] {
        let query = serde_urlencoded::to_string([("q", q)]).unwrap();
        let (_, list) = town.get(&format!("/places?{query}")).await;
        assert_eq!(list["total"], found, "{q}: {list}");
        let (_, near) = town.get(&format!("/nearby?near=54.664,-3.366&{query}")).await;
        assert_eq!(names(&near).len(), found, "{q}");
    }
}

/// P4: a box in the other order is told, with the right order in the message.
#[tokio::test]
async fn a_box_with_latitude_first_is_told() {
    let town = Town::demo().await;
    let turned = "54.6,-3.4,54.7,-3.3";
    for (path, field) in [
        (format!("/places?bbox={turned}"), "bbox"),
        (format!("/nearby?near=54.66,-3.36&bbox={turned}"), "bbox"),
        (format!("/coverage?within=1km&people_in={turned}"), "people_in"),
        (format!("/coverage?within=1km&bbox={turned}"), "bbox"),
    ] {
        let (status, answer) = town.get(&path).await;
        assert_eq!((status, problems(&answer)), (422, problem(field, "outside_country")), "{path}");
        let say = answer["problems"][0]["message"].as_str().unwrap();
        assert!(say.contains("west,south,east,north: -3.4,54.6,-3.3,54.7"), "{say}");
    }
    let right = town.get("/places?bbox=-3.4,54.6,-3.3,54.7").await;
    assert!(right.0 == 200 && right.1["total"].as_u64().unwrap() > 0);
    for path in ["/places?bbox=-9.5,48,3,62", "/places?bbox=10,10,11,11", "/places?bbox=-180,-90,180,90"] {
        assert_eq!(town.get(path).await.0, 200, "{path}: not turned round, only wide or far");
    }
    for path in ["/places?bbox=-3.3,54.6,-3.4,54.7", "/coverage?within=1km&people_in=1,2,3"] {
        assert_eq!(problems(&town.get(path).await.1)[0].1, "wrong_type", "{path}");
    }
    let tile =
        town.client.get(format!("{}/tiles/places/9/251/163.mvt?bbox={turned}", town.address)).send().await.unwrap();
    assert_eq!(tile.status(), 422);
}

/// P8: lengths and times in the words people use, positions however their numbers are parted.
#[tokio::test]
async fn distances_and_positions_are_read_as_people_write_them() {
    let town = Town::demo().await;
    let reach = async |within: &str| {
        let query = serde_urlencoded::to_string([("within", within)]).unwrap();
        town.get(&format!("/nearby?near=54.66,-3.36&{query}")).await.1["reach"].clone()
    };
    for (within, metres, rule) in [
        ("500 metres", 500.0, "straight_line"),
        ("500 meter", 500.0, "straight_line"),
        ("2 miles", 3218.688, "straight_line"),
        ("1.5 kilometres", 1500.0, "straight_line"),
        ("20 minutes walk", 1600.0, "walking_straight_line"),
        ("20 min walking", 1600.0, "walking_straight_line"),
    ] {
        assert_eq!(reach(within).await, json!({"within_m": metres, "rule": rule}), "{within}");
    }
    let (_, expected) = town.get("/nearby?near=54.66,-3.36&limit=3").await;
    for near in ["54.66 -3.36", "54.66  -3.36", "54.66;-3.36", "54.66, -3.36", " 54.66 ; -3.36 "] {
        let query = serde_urlencoded::to_string([("near", near)]).unwrap();
        let (status, found) = town.get(&format!("/nearby?{query}&limit=3")).await;
        assert_eq!((status, &found["features"]), (200, &expected["features"]), "{near}");
    }
    for near in ["-3.36,54.66", "-3.36 54.66"] {
        let query = serde_urlencoded::to_string([("near", near)]).unwrap();
        let (_, refused) = town.get(&format!("/nearby?{query}")).await;
        assert_eq!(problems(&refused), problem("near", "outside_country"));
        let say = refused["problems"][0]["message"].as_str().unwrap();
        assert!(say.contains("changed places") && say.contains("54.66,-3.36"), "{say}");
    }
    let (_, far) = town.get("/nearby?near=40.7,-74.0").await;
    assert!(!far["problems"][0]["message"].as_str().unwrap().contains("changed places"));
}

/// P7: asked again with the distance that an answer shows, the same result is there; with less, it is not.
#[tokio::test]
async fn the_distance_that_is_shown_keeps_its_result() {
    let town = Town::demo().await;
    let (_, all) = town.get("/nearby?near=54.66411,-3.36577&limit=200").await;
    let mut tried = 0;
    for feature in all["features"].as_array().unwrap() {
        let Some(distance) = feature["properties"]["distance_m"].as_f64().filter(|d| *d > 0.0) else { continue };
        let kept = async |metres: f64| {
            let (_, again) = town.get(&format!("/nearby?near=54.66411,-3.36577&limit=200&within={metres}m")).await;
            let features = again["features"].as_array().unwrap();
            features.iter().any(|f| f["id"] == feature["id"] && f["properties"]["distance_m"] == distance)
        };
        assert!(kept(distance).await, "{feature}");
        assert!(!kept(distance - 1e-4).await, "{feature}");
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
    let question = "/coverage?areas=neighbourhood&category=befriending&include=per_area";
    let (_, cover) = town.get(&format!("{question}&within=1m")).await;
    let csv = town.anybody(Method::GET, &format!("{question}&within=1m&format=csv")).send().await.unwrap();
    let csv = csv.text().await.unwrap();
    for area in cover["per_area"].as_array().unwrap().iter().take(8) {
        let Some(nearest) = area["nearest_m"].as_f64() else { continue };
        let (_, again) = town.get(&format!("{question}&within={nearest}m")).await;
        let same = again["per_area"].as_array().unwrap().iter().find(|a| a["id"] == area["id"]).unwrap();
        assert_eq!(same["covered"], true, "{area}");
        assert!(csv.contains(&format!(",{nearest},")), "the table shows the same: {nearest}");
    }
}

/// Coverage F: numbers come back as they were sent, and a box whose edge is the number sent holds the point.
#[tokio::test]
async fn a_position_comes_back_as_it_was_sent() {
    let town = Town::empty().await;
    for (i, (lon, lat)) in [
        ("-1.9344406054180339", "52.48624990000001"),
        ("-0.12775829999999998", "51.507350900000006"),
        ("-3.3660000000000005", "54.664000000000001"),
        ("0.1", "50.299999999999997"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!("{{\"name\": \"P{i}\", \"point\": {{\"lon\": {lon}, \"lat\": {lat}}}}}");
        let request = town.admin(Method::POST, "/places").header("content-type", "application/json").body(body);
        let (status, made) = read(request.send().await.unwrap()).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_str().unwrap();
        let text = town.anybody(Method::GET, &format!("/places/{id}")).send().await.unwrap().text().await.unwrap();
        let shortest = |text: &str| text.parse::<f64>().unwrap().to_string();
        let point = format!("\"point\":{{\"lat\":{},\"lon\":{}}}", shortest(lat), shortest(lon));
        assert!(text.contains(&point), "{text} should hold {point}");
        for edges in [format!("{lon},{lat},1.5,55"), format!("-8,50,{lon},{lat}"), format!("{lon},{lat},{lon},{lat}")] {
            let (_, list) = town.get(&format!("/places?bbox={edges}")).await;
            let held = list["items"].as_array().unwrap().iter().any(|item| item["id"] == id);
            assert!(held, "{edges} misses the point");
        }
    }
}

/// B21: no term is wider than itself, directly or through others; nor an area, nor an organisation.
#[tokio::test]
async fn nothing_stands_above_itself() {
    let town = Town::empty().await;
    let category =
        |name: &str, more: Value| (name.to_owned(), "categories", json!({"name": name, "taxonomy": "services"}), more);
    let area = |name: &str, more: Value| {
        (
            name.to_owned(),
            "areas",
            json!({"name": name, "area_set": "s", "code": name, "point": {"lon": -3.0, "lat": 54.0}}),
            more,
        )
    };
    for (_, plural, body, more) in
        [category("Food", json!({"description": "x"})), area("A", json!({"description": "x"}))]
    {
        let with = |name: &str, parent: &Value| {
            let mut body = body.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body["name"] = json!(name);
            if plural == "areas" {
                body["code"] = json!(name);
            }
            body["parent"] = parent.clone();
            body
        };
        let top = town.add(plural, with("top", &Value::Null)).await;
        let middle = town.add(plural, with("middle", &top["id"])).await;
        let low = town.add(plural, with("low", &middle["id"])).await;
        let put = async |record: &Value, name: &str, parent: &Value| {
            let path = format!("/{plural}/{}", record["id"].as_str().unwrap());
            read(
                town.admin(Method::PUT, &path)
                    .header(IF_MATCH, "\"v1\"")
                    .json(&with(name, parent))
                    .send()
                    .await
                    .unwrap(),
            )
            .await
        };
        for parent in [&top, &middle, &low] {
            let (status, refused) = put(&top, "top", &parent["id"]).await;
            assert_eq!((status, problems(&refused)), (422, problem("parent", "not_allowed")), "{plural}");
        }
        let own = json!("01a204c4-2d86-7071-ace9-80e1176156fa");
        let mut itself = with("itself", &own);
        itself["id"] = own;
        let (status, refused) = town.post(&format!("/{plural}"), itself).await;
        assert_eq!(status, 422, "{refused}");
        assert_eq!(put(&low, "low", &top["id"]).await.0, 200, "one step up is no circle");
    }
    let trust = town.add("organisations", json!({"name": "Trust", "type": "nhs_trust"})).await;
    let ward = town.add("organisations", json!({"name": "Ward", "type": "nhs_trust", "parent": trust["id"]})).await;
    let path = format!("/organisations/{}", trust["id"].as_str().unwrap());
    let body = json!({"name": "Trust", "type": "nhs_trust", "parent": ward["id"]});
    let (status, refused) =
        read(town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&body).send().await.unwrap()).await;
    assert_eq!((status, problems(&refused)), (422, problem("parent", "not_allowed")));
}

/// B21: two writers, each right by itself, don't close a circle together; nor does an undo.
#[tokio::test]
async fn two_writers_and_an_undo_close_no_circle_together() {
    let town = Town::empty().await;
    let body = |name: &str, parent: &Value| json!({"name": name, "taxonomy": "services", "parent": parent});
    for round in 0..10 {
        let a = town.add("categories", body("a", &Value::Null)).await;
        let b = town.add("categories", body("b", &Value::Null)).await;
        let put = |record: &Value, name: &str, parent: &Value| {
            let path = format!("/categories/{}", record["id"].as_str().unwrap());
            town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&body(name, parent)).send()
        };
        let (one, other) = tokio::join!(put(&a, "a", &b["id"]), put(&b, "b", &a["id"]));
        let mut statuses = [one.unwrap().status().as_u16(), other.unwrap().status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "round {round}");
    }
    let a = town.add("categories", body("a", &Value::Null)).await;
    let b = town.add("categories", body("b", &a["id"])).await;
    let put = async |record: &Value, version: u32, name: &str, parent: &Value| {
        let path = format!("/categories/{}", record["id"].as_str().unwrap());
        let request =
            town.admin(Method::PUT, &path).header(IF_MATCH, format!("\"v{version}\"")).json(&body(name, parent));
        assert_eq!(request.send().await.unwrap().status(), 200);
    };
    put(&b, 1, "b", &Value::Null).await;
    put(&a, 1, "a", &b["id"]).await;
    let (_, history) = town.get_as_admin(&format!("/categories/{}/history", b["id"].as_str().unwrap())).await;
    let items = history["items"].as_array().unwrap();
    let update = items.iter().find(|change| change["op"] == "update").unwrap();
    let (status, undone) = town.post("/undo", json!({"change": update["id"]})).await;
    assert_eq!(status, 200, "{undone}");
    assert_eq!((&undone["reverted"], &undone["kept"][0]["field"]), (&json!([]), &json!("links.parent")));
}
