//! The description is true: what it names is there, what is there it names, and answers are of its schemas.

mod support;

use commonground::http::openapi;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::{Town, problems, read};

fn description() -> Value {
    serde_json::to_value(openapi::describe()).unwrap()
}

fn check(description: &Value, name: &str, instance: &Value) {
    let mut schema = description.clone();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$ref"] = json!(format!("#/components/schemas/{name}"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(instance).map(|e| format!("{}: {e}", e.instance_path)).collect();
    assert!(faults.is_empty(), "{name}: {faults:#?}\n{instance}");
}

#[tokio::test]
async fn every_described_operation_is_there_and_every_other_method_is_not() {
    let town = Town::demo().await;
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() > 25);
    for (path, item) in paths {
        let address = path.strip_prefix("/api/v1").unwrap().replace("{id}", "01a204c4-2d86-7071-ace9-80e1176156fa");
        let described: BTreeSet<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let response = town.admin(method.clone(), &address).header("content-type", "application/json").body("{}");
            let status = response.send().await.unwrap().status().as_u16();
            let there = status != 405;
            assert_eq!(there, described.contains(method.as_str().to_lowercase().as_str()), "{method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn every_described_word_is_understood_and_no_other() {
    let town = Town::demo().await;
    let description = description();
    for (path, base) in [
        ("/nearby", "near=CA13+9LU"),
        ("/coverage", "within=5km"),
        ("/places", ""),
        ("/gazetteer", ""),
        ("/changes", ""),
    ] {
        let parameters = description["paths"][format!("/api/v1{path}")]["get"]["parameters"].as_array().unwrap();
        assert!(!parameters.is_empty());
        for parameter in parameters.iter().filter(|p| p["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let address = if base.starts_with(&format!("{name}=")) {
                format!("{path}?{base}")
            } else {
                format!("{path}?{base}&{name}=1")
            };
            let (_, answer) = town.get(&address).await;
            let unknown = problems(&answer).into_iter().any(|(field, code)| field == name && code == "unknown_field");
            assert!(!unknown, "{address} does not know {name}");
        }
        let (_, answer) = town.get(&format!("{path}?{base}&no_such_word=1")).await;
        assert!(problems(&answer).contains(&("no_such_word".to_owned(), "unknown_field".to_owned())), "{path}");
    }
}

#[tokio::test]
async fn answers_are_of_their_schemas() {
    let town = Town::demo().await;
    let description = description();
    for kind in commonground::model::Kind::ALL {
        let plural = kind.spec().plural;
        let (_, page) = town.get(&format!("/{plural}?limit=1000")).await;
        check(&description, "Page", &page);
        let name = kind.name()[..1].to_uppercase() + &kind.name()[1..];
        let items = page["items"].as_array().unwrap();
        assert!(!items.is_empty());
        for item in items {
            check(&description, &name, item);
        }
        let (_, one) = town.get(&format!("/{plural}/{}?include=card", items[0]["id"].as_str().unwrap())).await;
        check(&description, &name, &one);
    }
    let (_, found) = town.get("/nearby?near=CA13+9LU&open_at=thu").await;
    check(&description, "FeatureCollection", &found);
    let (_, coverage) = town.get("/coverage?within=5km&by=district&include=per_area").await;
    check(&description, "Coverage", &coverage);
    let events = town.anybody(Method::GET, "/changes?after=0").header("accept", "text/event-stream");
    let mut events = events.send().await.unwrap();
    let mut heard = String::new();
    while !heard.contains("\ndata: ") || !heard.ends_with("\n\n") {
        heard.push_str(std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap());
    }
    let told =
        heard.lines().filter_map(|line| line.strip_prefix("data: ")).map(|data| serde_json::from_str(data).unwrap());
    told.for_each(|event| check(&description, "Event", &event));
    let (_, refusal) = town.get("/nearby").await;
    check(&description, "Problem", &refusal);
    let stale = town.admin(Method::POST, "/places").json(&json!({})).send().await.unwrap();
    check(&description, "Problem", &read(stale).await.1);
}

#[tokio::test]
async fn the_description_is_served() {
    let town = Town::empty().await;
    let (status, served) = town.get("/openapi.json").await;
    assert_eq!((status, served), (200, description()));
}
