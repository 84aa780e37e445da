//! Nearby and coverage over HTTP: three answers, three runs, and every refusal of their words.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Ground, Town, problem, problems, read};

fn names(found: &Value, run: &str) -> Vec<String> {
    let features = found["features"].as_array().unwrap().iter();
    let of_run = features.filter(|f| f["properties"]["run"] == run);
    of_run.map(|f| f["properties"]["name"].as_str().unwrap().to_owned()).collect()
}

/// Services round one point: what each says differs.
async fn town_of_services() -> (Town, Ground) {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let district = json!({"name": "Cumberland", "area_set": "district24", "code": "E06000063", "point": {"lon": -3.3, "lat": 54.7}});
    town.add("areas", district).await;
    for (name, extra) in [
        (
            "Thursday",
            json!({"point": {"lon": -3.366, "lat": 54.665}, "schedule": "Th 10:00-12:00", "referral": ["self"], "cost": {"free": true}}),
        ),
        ("Monday", json!({"point": {"lon": -3.366, "lat": 54.666}, "schedule": "Mo 10:00-12:00", "referral": ["gp"]})),
        ("Silent", json!({"point": {"lon": -3.366, "lat": 54.667}})),
        (
            "Telephone",
            json!({"point": {"lon": -3.366, "lat": 54.668}, "delivery": ["telephone"], "schedule": "Mo-Su", "referral": ["self"]}),
        ),
        (
            "Visitors",
            json!({"service_area": ["E06000063"], "delivery": ["at_home"], "schedule": "Th", "referral": ["any_professional"]}),
        ),
        ("Closed", json!({"point": {"lon": -3.366, "lat": 54.6655}, "status": "closed"})),
        ("Planned", json!({"point": {"lon": -3.366, "lat": 54.6656}, "status": "planned", "from": "2030-01-01"})),
    ] {
        let mut body = json!({"name": name, "provider": ground.provider, "categories": [ground.category]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        town.add("services", body).await;
    }
    (town, ground)
}

#[tokio::test]
async fn what_is_near_comes_in_three_runs() {
    let (town, _) = town_of_services().await;
    let (status, found) = town.get("/nearby?near=54.664,-3.366&kind=service&open_at=thu&referral=self").await;
    assert_eq!(status, 200, "{found}");
    assert_eq!(names(&found, "sure"), ["Thursday"]);
    assert_eq!(names(&found, "without_travel"), ["Telephone"]);
    assert_eq!(names(&found, "possible"), ["Silent"], "the visitors take no self-referral, Monday is not Thursday");
    let silent = found["features"].as_array().unwrap().iter().find(|f| f["properties"]["name"] == "Silent").unwrap();
    assert_eq!(silent["properties"]["unknown"], json!(["referral", "open_at"]));
    assert_eq!(silent["properties"]["match"], "possible");
    let phone = found["features"].as_array().unwrap().iter().find(|f| f["properties"]["name"] == "Telephone").unwrap();
    assert_eq!(
        (&phone["geometry"], &phone["properties"]["distance_m"], &phone["properties"]["by"]),
        (&Value::Null, &Value::Null, &json!("telephone"))
    );
}

#[tokio::test]
async fn without_filters_everything_that_runs_is_sure_and_sorted_by_distance() {
    let (town, _) = town_of_services().await;
    let (_, found) = town.get("/nearby?near=54.664,-3.366&kind=service").await;
    assert_eq!(names(&found, "sure"), ["Thursday", "Monday", "Silent"]);
    let (_, all) = town.get("/nearby?near=54.664,-3.366&kind=service&status=closed,planned").await;
    assert_eq!(names(&all, "sure"), ["Closed", "Planned"]);
    let (_, later) = town.get("/nearby?near=54.664,-3.366&kind=service&as_at=2030-06-01").await;
    assert!(names(&later, "sure").contains(&"Planned".to_owned()), "on that day it runs");
    let (_, one) = town.get("/nearby?near=54.664,-3.366&kind=service&limit=1").await;
    assert_eq!(names(&one, "sure"), ["Thursday"]);
    let (_, close) = town.get("/nearby?near=54.664,-3.366&kind=service&within=150m").await;
    assert_eq!(names(&close, "sure"), ["Thursday"]);
}

#[tokio::test]
async fn a_question_by_post_says_the_same_and_stands_in_no_address() {
    let (town, _) = town_of_services().await;
    let (_, by_address) = town.get("/nearby?near=54.664,-3.366&referral=self&limit=5").await;
    let body = json!({"near": "54.664,-3.366", "referral": ["self"], "limit": 5});
    let (status, by_body) = read(town.anybody(Method::POST, "/nearby").json(&body).send().await.unwrap()).await;
    assert_eq!((status, by_body), (200, by_address));
}

#[tokio::test]
async fn professionals_are_taken_where_any_professional_may_refer() {
    let (town, _) = town_of_services().await;
    let (_, found) = town.get("/nearby?near=54.664,-3.366&kind=service&referral=gp").await;
    assert_eq!(names(&found, "sure"), ["Monday"]);
    assert_eq!(names(&found, "possible").last().unwrap(), "Visitors", "nobody can tell the area of a bare point");
}

#[tokio::test]
async fn everyday_words_find_what_they_mean() {
    let town = Town::demo().await;
    for (words, expected) in
        [("lonely", "Thursday Company"), ("I am lonely", "Thursday Company"), ("no money for food", "food bank")]
    {
        let words = words.replace(' ', "+");
        let (_, found) = town.get(&format!("/nearby?near=CA13+9LU&q={words}&within=10km")).await;
        let all = found["features"].to_string().to_lowercase();
        assert!(all.contains(&expected.to_lowercase()), "{words}: {found}");
    }
    let (_, nothing) = town.get("/nearby?near=CA13+9LU&q=quantum+physics").await;
    assert_eq!(nothing["features"], json!([]));
}

#[tokio::test]
async fn a_place_is_found_by_postcode_sector_town_and_id() {
    let town = Town::demo().await;
    let (_, hub) = town.get("/places?type=hub&q=cockermouth").await;
    let id = hub["items"][0]["id"].as_str().unwrap();
    for near in ["CA13+9LU", "ca139lu", "CA13+9", "CA13", "Cockermouth", "54.664,-3.366", id] {
        let (status, found) = town.get(&format!("/nearby?near={near}&type=hub&kind=place&limit=1")).await;
        assert_eq!(status, 200, "{near}: {found}");
        assert_eq!(names(&found, "sure"), ["Cockermouth health and wellbeing hub"], "{near}");
    }
}

#[tokio::test]
async fn every_fault_of_a_question_is_told() {
    let town = Town::demo().await;
    for (path, field, code) in [
        ("/nearby", "near", "required"),
        ("/nearby?near=CA13+9LUU", "near", "postcode_malformed"),
        ("/nearby?near=CA13+0ZZ", "near", "postcode_unknown"),
        ("/nearby?near=Atlantis", "near", "not_found"),
        ("/nearby?near=0,0", "near", "outside_country"),
        ("/nearby?near=-3.36,54.66", "near", "outside_country"),
        ("/nearby?near=CA13+9LU&within=far", "within", "wrong_type"),
        ("/nearby?near=CA13+9LU&within=15min+drive", "within", "network_not_loaded"),
        ("/nearby?near=CA13+9LU&within=0m", "within", "out_of_range"),
        ("/nearby?near=CA13+9LU&limit=201", "limit", "out_of_range"),
        ("/nearby?near=CA13+9LU&open_at=soon", "open_at", "wrong_type"),
        ("/nearby?near=CA13+9LU&referral=magic", "referral", "not_allowed"),
        ("/nearby?near=CA13+9LU&category=magic", "category", "not_found"),
        ("/nearby?near=CA13+9LU&bbox=1,2", "bbox", "wrong_type"),
        ("/nearby?near=CA13+9LU&age=old", "age", "wrong_type"),
        ("/nearby?near=CA13+9LU&colour=red", "colour", "unknown_field"),
        ("/coverage", "within", "required"),
        ("/coverage?within=5km&areas=moon", "areas", "not_found"),
        ("/coverage?within=5km&weight=moon", "weight", "not_found"),
        ("/coverage?within=5km&weight=01a204c4-2d86-7071-ace9-80e1176156fa", "weight", "not_allowed"),
        ("/coverage?within=5km&by=village", "by", "not_allowed"),
        ("/coverage?within=5km&by=population", "by", "out_of_range"),
        ("/coverage?within=5km&people_in=moon", "people_in", "not_found"),
        ("/coverage?within=15min+drive", "within", "network_not_loaded"),
    ] {
        let (status, answer) = town.get(path).await;
        assert_eq!((status, problems(&answer)), (422, problem(field, code)), "{path}");
    }
    let empty = Town::empty().await;
    let (status, answer) = empty.get("/nearby?near=CA13+9LU").await;
    assert_eq!((status, problems(&answer)), (422, problem("near", "postcodes_not_loaded")));
    assert!(answer["detail"].as_str().unwrap().contains("--dataset postcodes"), "the command to type is said");
    assert_eq!(problems(&empty.get("/coverage?within=5km").await.1), problem("areas", "not_found"));
}

/// Three areas in a row of a kilometre each, with 100, 200 and 400 people.
async fn row_of_areas(town: &Town) {
    for (i, people) in [(0, 100), (1, 200), (2, 400)] {
        let point = json!({"lon": -3.0, "lat": 54.0 + f64::from(i) * 0.01});
        let body = json!({"name": format!("Area {i}"), "area_set": "row", "code": format!("A{i}"), "point": point,
            "indicators": {"population": people, "older": people / 10, "no_car": 0.25, "imd_decile": i + 1},
            "groups": {"side": if i == 0 { "south" } else { "north" }}});
        town.add("areas", body).await;
    }
}

#[tokio::test]
async fn coverage_counts_people_and_says_what_it_does_not_know() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    row_of_areas(&town).await;
    let service = |name: &str, extra: Value| {
        let mut body = json!({"name": name, "provider": ground.provider, "categories": [ground.category]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    town.add("services", service("Sure", json!({"point": {"lon": -3.0, "lat": 54.0}, "referral": ["self"]}))).await;
    town.add("services", service("Silent", json!({"point": {"lon": -3.0, "lat": 54.01}}))).await;
    let (status, answer) = town.get("/coverage?within=500m&areas=row&referral=self&by=side&include=per_area").await;
    assert_eq!(status, 200, "{answer}");
    let expected = json!({"areas": 3, "areas_covered": 1, "weight": 700, "weight_covered": 100, "share": 0.14286,
        "share_possible": 0.42857, "weight_unsure": 200, "weight_from_outside": 0,
        "areas_without_weight": 0});
    assert_eq!(answer["total"], expected);
    assert_eq!(answer["groups"][1]["key"], "south");
    assert_eq!(answer["groups"][1]["share"], 1.0);
    let row = answer["per_area"].as_array().unwrap();
    assert_eq!((&row[0]["code"], &row[0]["nearest_m"], &row[0]["covered"]), (&json!("A0"), &json!(0.0), &json!(true)));
    assert_eq!(
        (&row[2]["covered"], &row[2]["possible"]),
        (&json!(false), &json!(false)),
        "nothing in reach is an answer"
    );
    assert!((row[1]["nearest_m"].as_f64().unwrap() - 1113.0).abs() < 1.0);
    for (weight, total) in [("older", 70), ("no_car", 175)] {
        let (_, answer) = town.get(&format!("/coverage?within=500m&areas=row&weight={weight}")).await;
        assert_eq!(answer["total"]["weight"], total, "{weight}");
    }
    let (status, refused) = town.get("/coverage?within=500m&areas=row&weight=imd_decile").await;
    assert_eq!((status, problems(&refused)), (422, problem("weight", "not_allowed")), "a decile is no weight");
    let (_, box_) = town.get("/coverage?within=1200m&areas=row&people_in=-3.1,54.005,-2.9,54.1").await;
    assert_eq!((&box_["total"]["areas"], &box_["total"]["weight"]), (&json!(2), &json!(600)));
    let (_, outside) = town.get("/coverage?within=1200m&areas=row&referral=self&people_in=-3.1,54.005,-2.9,54.1").await;
    assert_eq!(
        (&outside["total"]["weight_covered"], &outside["total"]["weight_from_outside"]),
        (&json!(200), &json!(200))
    );
}

#[tokio::test]
async fn a_service_for_some_areas_reaches_only_them_and_a_telephone_reaches_all() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    row_of_areas(&town).await;
    let body = |name: &str, extra: Value| {
        let mut body = json!({"name": name, "provider": ground.provider, "categories": [ground.category]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    let limited = town
        .add("services", body("Limited", json!({"point": {"lon": -3.0, "lat": 54.01}, "service_area": ["A2"]})))
        .await;
    let (_, answer) = town.get("/coverage?within=5km&areas=row&kind=service&include=per_area").await;
    assert_eq!((&answer["total"]["weight_covered"], &answer["per_area"][2]["covered"]), (&json!(400), &json!(true)));
    town.add("services", body("Line", json!({"point": {"lon": -2.0, "lat": 53.0}, "delivery": ["telephone"]}))).await;
    let (_, answer) = town.get("/coverage?within=5km&areas=row&kind=service&include=per_area").await;
    assert_eq!(answer["total"]["share"], 1.0);
    let first = &answer["per_area"][0];
    assert_eq!((&first["by"], &first["nearest_m"]), (&json!("telephone"), &Value::Null), "{limited}");
}

#[tokio::test]
async fn ages_count_where_the_areas_tell_them_and_are_named_as_ignored_where_not() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    row_of_areas(&town).await;
    for (name, min, max) in [("Young", 0, 15), ("Old", 65, 120)] {
        let body = json!({"name": name, "provider": ground.provider, "categories": [ground.category],
            "point": {"lon": -3.0, "lat": 54.0}, "eligibility": {"min_age": min, "max_age": max}});
        town.add("services", body).await;
    }
    let (_, answer) = town.get("/coverage?within=500m&areas=row&kind=service").await;
    assert_eq!((&answer["ignored"], &answer["total"]["weight_covered"]), (&json!(["age"]), &json!(100)));
    let banded = json!({"name": "Banded", "area_set": "bands", "code": "B1", "point": {"lon": -3.0, "lat": 54.0},
        "indicators": {"population": 100, "age_0_15": 20, "age_16_64": 50, "age_65_120": 30}});
    town.add("areas", banded).await;
    let (_, answer) = town.get("/coverage?within=500m&areas=bands&kind=service").await;
    assert_eq!((&answer["ignored"], &answer["total"]["weight_covered"]), (&json!([]), &json!(50)), "the union of both");
    let body = json!({"name": "Across", "provider": ground.provider, "categories": [ground.category],
        "point": {"lon": -3.0, "lat": 54.0}, "eligibility": {"min_age": 60}});
    town.add("services", body).await;
    let (_, answer) = town.get("/coverage?within=500m&areas=bands&kind=service").await;
    assert_eq!(answer["ignored"], json!(["age"]), "60 cuts a band in two");
}

#[tokio::test]
async fn a_csv_and_a_geojson_of_areas_can_be_taken_away() {
    let town = Town::demo().await;
    let request = town.anybody(Method::GET, "/coverage?within=5km&areas=neighbourhood&category=befriending&format=csv");
    let response = request.send().await.unwrap();
    assert!(response.headers()["content-disposition"].to_str().unwrap().contains("attachment"));
    let text = response.text().await.unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("code,name,weight,nearest_m,covered,possible,by"));
    assert_eq!(lines.count(), 51);
    let (_, shapes) = town.get("/coverage?within=5km&areas=neighbourhood&category=befriending&format=geojson").await;
    assert_eq!(shapes["features"].as_array().unwrap().len(), 51);
    assert_eq!(shapes["features"][0]["geometry"]["type"], "Point");
}

#[tokio::test]
async fn a_gaps_evidence_can_be_asked_again() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    row_of_areas(&town).await;
    let query = "/api/v1/coverage?within=500m&areas=row&category=befriending";
    let (_, then) = town.get(query.strip_prefix("/api/v1").unwrap()).await;
    let evidence = json!({"query": query, "revision": then["revision"], "view": then["view"], "at": "2026-11-22", "result": then["total"]});
    let gap = json!({"name": "No befriending", "what": "Befriending", "reason": "none_here", "area": "A2", "people": 400, "evidence": evidence});
    let gap = town.add("gaps", gap).await;
    let path = format!("/gaps/{}/evidence", gap["id"].as_str().unwrap());
    let (status, again) = read(town.anybody(Method::POST, &path).send().await.unwrap()).await;
    assert_eq!((status, &again["changed"]), (200, &json!(false)), "{again}");
    town.add("services", json!({"name": "New", "provider": ground.provider, "categories": ["befriending"], "point": {"lon": -3.0, "lat": 54.02}})).await;
    let (_, again) = read(town.anybody(Method::POST, &path).send().await.unwrap()).await;
    assert_eq!((&again["changed"], &again["now"]["weight_covered"]), (&json!(true), &json!(400)));
    let whole = json!({"query": query, "view": "public", "at": "2026-11-22", "result": {"total": again["now"], "within": "500m"}});
    let whole = json!({"name": "Whole", "what": "Befriending", "reason": "none_here", "area": "A0", "evidence": whole});
    let whole = town.add("gaps", whole).await;
    let path = format!("/gaps/{}/evidence", whole["id"].as_str().unwrap());
    let (_, same) = read(town.anybody(Method::POST, &path).send().await.unwrap()).await;
    assert_eq!(same["changed"], false, "the whole answer may be kept, too: {same}");
    let observed = json!({"name": "Seen", "what": "x", "reason": "full", "area": "A1", "evidence": {"observed": "turned away", "at": "2026-11-01"}});
    let observed = town.add("gaps", observed).await;
    let path = format!("/gaps/{}/evidence", observed["id"].as_str().unwrap());
    let (status, refused) = read(town.anybody(Method::POST, &path).send().await.unwrap()).await;
    assert_eq!((status, problems(&refused)), (422, problem("evidence.query", "required")));
}

#[tokio::test]
async fn what_may_fit_is_found_though_enough_is_sure_and_much_further() {
    let (town, ground) = town_of_services().await;
    for i in 0..5 {
        let body = json!({"name": format!("Far {i}"), "provider": ground.provider, "categories": [ground.category],
            "point": {"lon": -1.0, "lat": 52.0}});
        town.add("services", body).await;
    }
    let local = json!({"name": "Local", "provider": ground.provider, "categories": [ground.category],
        "point": {"lon": -3.3, "lat": 54.6}, "service_area": ["E06000063"]});
    town.add("services", local).await;
    let (_, found) = town.get("/nearby?near=54.664,-3.366&kind=service&limit=3").await;
    assert_eq!(names(&found, "possible")[0], "Local");
    let (_, outreach) = town.get("/nearby?near=54.664,-3.366&kind=service&limit=3&match=sure").await;
    assert_eq!(names(&outreach, "possible"), Vec::<String>::new());
}

#[tokio::test]
async fn a_group_with_a_telephone_has_its_distance_and_outreach_is_never_lost() {
    let (town, ground) = town_of_services().await;
    for (name, extra) in [
        ("Both", json!({"point": {"lon": -3.366, "lat": 54.6641}, "delivery": ["at_place", "telephone"]})),
        ("Outreach", json!({"service_area": ["E06000063"], "delivery": ["outreach"]})),
        ("Registered", json!({"point": {"lon": -3.366, "lat": 54.6642}, "eligibility": {"practices": ["A81001"]}})),
    ] {
        let mut body = json!({"name": name, "provider": ground.provider, "categories": [ground.category]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        town.add("services", body).await;
    }
    let (_, found) = town.get("/nearby?near=54.664,-3.366&kind=service").await;
    assert_eq!(names(&found, "sure")[0], "Both");
    let possible = names(&found, "possible");
    assert!(possible.contains(&"Outreach".to_owned()) && possible.contains(&"Registered".to_owned()), "{possible:?}");
}

#[tokio::test]
async fn coverage_agrees_with_nearby_on_who_can_walk_there_and_on_what_is_outside() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    row_of_areas(&town).await;
    let both = json!({"name": "Both", "provider": ground.provider, "categories": [ground.category],
        "point": {"lon": -3.0, "lat": 54.0}, "delivery": ["at_place", "at_home"]});
    town.add("services", both).await;
    let (_, answer) = town.get("/coverage?within=500m&areas=row&kind=service").await;
    assert_eq!((&answer["total"]["weight_covered"], &answer["total"]["weight_unsure"]), (&json!(100), &json!(600)));
    let (_, sure) = town.get("/coverage?within=500m&areas=row&kind=service&match=sure").await;
    assert_eq!(sure["total"]["weight_covered"], 100);
    let (_, inside) = town.get("/coverage?within=500m&areas=row&kind=service&people_in=A0").await;
    assert_eq!(inside["total"]["weight_from_outside"], 0, "nobody can tell that it lies outside");
    for (path, field) in [
        ("/coverage?within=5km&people_in=1,1,0,0", "people_in"),
        ("/coverage?within=5km&people_in=nan,nan,nan,nan", "people_in"),
        ("/places?bbox=-4,54,x,-3,55", "bbox"),
    ] {
        assert_eq!(problems(&town.get(path).await.1), problem(field, "wrong_type"), "{path}");
    }
    for (path, field) in [("/places?status=bogus", "status"), ("/places?type=bogus", "type")] {
        assert_eq!(problems(&town.get(path).await.1), problem(field, "not_allowed"), "{path}");
    }
}

#[tokio::test]
async fn questions_without_measure_are_refused_before_they_cost_anything() {
    let town = Town::empty().await;
    let words: serde_json::Map<String, Value> = (0..5000).map(|i| (format!("w{i}"), json!("x"))).collect();
    let (status, answer) = read(town.anybody(Method::POST, "/nearby").json(&words).send().await.unwrap()).await;
    assert_eq!((status, problems(&answer)), (422, problem("", "out_of_range")));
    let long = json!({"near": "54.6,-3.3", "q": "a ".repeat(5000)});
    let (status, _) = read(town.anybody(Method::POST, "/nearby").json(&long).send().await.unwrap()).await;
    assert_eq!(status, 422);
    let ground = town.ground().await;
    let hang = json!({"name": "S", "provider": ground.provider, "categories": [ground.category], "places": [ground.place],
        "schedule": {"rrule": "FREQ=SECONDLY", "start": "2000-01-01T10:00", "minutes": 60}});
    let (status, answer) = town.post("/services", hang).await;
    assert_eq!((status, problems(&answer)), (422, problem("schedule.rrule", "wrong_type")));
}

/// Name and data of the events of a stream that ended.
fn events(text: &str) -> Vec<(String, Value)> {
    let one = |event: &str| {
        let (name, data) = event.split_once('\n').unwrap();
        let data = data.strip_prefix("data: ").unwrap();
        (name.strip_prefix("event: ").unwrap().to_owned(), serde_json::from_str(data).unwrap())
    };
    text.split("\n\n").filter(|event| !event.is_empty()).map(one).collect()
}

#[tokio::test]
async fn a_long_question_tells_how_far_it_is_and_then_the_answer_on_one_connection() {
    let town = Town::demo().await;
    let evidence = json!({"query": "/api/v1/coverage?within=5km", "view": "public", "result": {"areas": 1}});
    let gap =
        json!({"name": "G", "what": "x", "reason": "full", "point": {"lon": -3.3, "lat": 54.6}, "evidence": evidence});
    let gap = town.add("gaps", gap).await;
    let again = format!("/gaps/{}/evidence", gap["id"].as_str().unwrap());
    for (method, path, words) in [
        (Method::GET, "/coverage?within=5km&include=per_area", None),
        (Method::POST, "/coverage", Some(json!({"within": "1600m", "by": "district"}))),
        (Method::GET, "/nearby?near=54.66,-3.36&q=lonely", None),
        (Method::POST, "/nearby", Some(json!({"near": "54.66,-3.36"}))),
        (Method::GET, "/services?limit=3", None),
        (Method::GET, "/places?accessible=toilet&format=geojson", None),
        (Method::POST, again.as_str(), None),
    ] {
        let ask = || match &words {
            Some(words) => town.anybody(method.clone(), path).json(words),
            None => town.anybody(method.clone(), path),
        };
        let plain = read(ask().send().await.unwrap()).await;
        assert_eq!(plain.0, 200, "{path}: {}", plain.1);
        let answer = ask().header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream", "{path}");
        let told = events(&answer.text().await.unwrap());
        let (last, before) = told.split_last().unwrap();
        assert_eq!((last.0.as_str(), &last.1), ("answer", &plain.1), "{path}");
        assert!(!before.is_empty(), "{path}");
        let mut furthest = 0.0;
        for (name, data) in before {
            assert_eq!((name.as_str(), &data["best"]), ("progress", &Value::Null), "{path}");
            let done = data["done"].as_f64().unwrap();
            assert!((furthest..=1.0).contains(&done), "{path}: {told:?}");
            furthest = done;
        }
    }
}

#[tokio::test]
async fn a_stream_tells_what_is_wrong_with_its_question() {
    let town = Town::demo().await;
    for path in ["/coverage", "/coverage?within=far", "/nearby?near=nowhere-at-all", "/places?limit=0"] {
        let plain = read(town.anybody(Method::GET, path).send().await.unwrap()).await;
        let answer = town.anybody(Method::GET, path).header("accept", "text/event-stream").send().await.unwrap();
        let told = events(&answer.text().await.unwrap());
        let (name, problem) = told.last().unwrap();
        assert_eq!((name.as_str(), &problem["status"]), ("problem", &json!(422)), "{path}");
        assert_eq!(problems(problem), problems(&plain.1), "{path}");
    }
    let csv = town.anybody(Method::GET, "/coverage?within=5km&format=csv").header("accept", "text/event-stream");
    let told = csv.send().await.unwrap().text().await.unwrap();
    assert!(told.contains("event: answer\ndata: code,name,weight,nearest_m,covered,possible,by\ndata: "), "{told}");
}

#[tokio::test]
async fn what_is_known_is_not_worked_out_again() {
    let town = Town::demo().await;
    let place = town.get("/places?limit=1").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    for path in [
        "/places?q=hall",
        &format!("/places/{place}?include=card"),
        "/nearby?near=54.66,-3.36&q=lonely",
        "/coverage?within=5km",
        "/coverage?within=5km&format=csv",
        "/area-sets",
        "/gazetteer?q=cock",
    ] {
        let first = town.anybody(Method::GET, path).send().await.unwrap();
        let tag = first.headers()["etag"].clone();
        let again = town.anybody(Method::GET, path).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &tag), "{path}");
        let other = town.anybody(Method::GET, path).header("if-none-match", "W/\"another\"").send().await.unwrap();
        assert_eq!(other.status(), 200, "{path}");
    }
}
