//! The description is true: what it names is there, what is there it names, and answers are of its schemas.

mod support;

use commonground::http::openapi;
use commonground::model::Kind;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use support::{Town, problems, read};

fn description() -> Value {
    serde_json::to_value(openapi::describe()).unwrap()
}

fn faults(description: &Value, form: &Value, instance: &Value) -> Vec<String> {
    let mut schema = description.clone();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema.as_object_mut().unwrap().extend(form.as_object().unwrap().clone());
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(instance).map(|e| format!("{}: {e}", e.instance_path)).collect()
}

fn check(description: &Value, name: &str, instance: &Value) {
    let faults = faults(description, &json!({"$ref": format!("#/components/schemas/{name}")}), instance);
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

/// Answers as they come, each against what is described of it, and what was described and never came.
struct Answers<'a> {
    town: &'a Town,
    description: Value,
    unseen: BTreeSet<(String, String, String)>,
}

impl<'a> Answers<'a> {
    fn of(town: &'a Town) -> Self {
        let description = description();
        let mut unseen = BTreeSet::new();
        for (path, item) in description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                for status in ["200", "201"] {
                    let forms = operation["responses"][status]["content"].as_object();
                    let name = |media: &String| (format!("{method} {path}"), status.to_owned(), media.clone());
                    unseen.extend(forms.into_iter().flat_map(|forms| forms.keys().map(name)));
                }
            }
        }
        Self { town, description, unseen }
    }

    /// Asks as admin; `path` as described, `address` with its words.
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        address: &str,
        more: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Value {
        let response = more(self.town.admin(method.clone(), address)).send().await.unwrap();
        let status = response.status().as_u16().to_string();
        let media = response.headers()["content-type"].to_str().unwrap().to_owned();
        let text = response.text().await.unwrap();
        let operation = format!("{} /api/v1{path}", method.as_str().to_lowercase());
        let (method, path) = operation.split_once(' ').unwrap();
        let schema = &self.description["paths"][path][method]["responses"][&status]["content"][&media]["schema"];
        assert!(schema.is_object(), "{operation} answers {status} {media}, which is not described: {text}");
        let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
        let faults = faults(&self.description, schema, &answer);
        assert!(faults.is_empty(), "{address}: {faults:#?}\n{answer}");
        self.unseen.remove(&(operation, status, media));
        answer
    }

    async fn get(&mut self, path: &str, address: &str) -> Value {
        self.ask(Method::GET, path, address, |request| request).await
    }
}

#[tokio::test]
async fn every_described_answer_comes_as_it_is_described() {
    let town = Town::demo().await;
    let mut answers = Answers::of(&town);
    for (number, kind) in Kind::ALL.iter().enumerate() {
        let (list, one) = (format!("/{}", kind.spec().plural), format!("/{}/{{id}}", kind.spec().plural));
        let page = answers.get(&list, &format!("{list}?limit=1000")).await;
        answers.get(&list, &format!("{list}?limit=50&format=geojson")).await;
        let first = page["items"][0].clone();
        let at = format!("{list}/{}", first["id"].as_str().unwrap());
        answers.get(&one, &at).await;
        answers.get(&one, &format!("{at}?include=card")).await;
        answers.get(&format!("{one}/history"), &format!("{at}/history")).await;
        let copy = copy_of(*kind, &first, "copy");
        let made = answers.ask(Method::POST, &list, &list, |r| r.json(&copy)).await;
        let made = format!("{list}/{}", made["id"].as_str().unwrap());
        let named = format!("{list}/01a204c4-2d86-7071-ace9-80e1176156f{number}");
        let again = copy_of(*kind, &first, "second copy");
        answers.ask(Method::PUT, &one, &named, |r| r.header("if-none-match", "*").json(&again)).await;
        answers.ask(Method::PUT, &one, &named, |r| r.header("if-match", "*").json(&again)).await;
        let mut same = again.clone();
        same["id"] = json!(named.rsplit('/').next());
        answers.ask(Method::POST, &list, &list, |r| r.json(&same)).await;
        answers.ask(Method::DELETE, &one, &made, |r| r.header("if-match", "*")).await;
        answers.ask(Method::DELETE, &one, &named, |r| r.header("if-match", "*")).await;
    }
    for path in ["/about", "/area-sets", "/gazetteer", "/changes", "/openapi.json"] {
        answers.get(path, path).await;
    }
    for words in ["near=CA13+9LU&open_at=thu", "near=CA13+9LU&kind=organisation,resource,gap,area,category"] {
        answers.get("/nearby", &format!("/nearby?{words}")).await;
    }
    answers.ask(Method::POST, "/nearby", "/nearby", |r| r.json(&json!({"near": "CA13 9LU", "within": "5km"}))).await;
    for method in [Method::GET, Method::POST] {
        for format in ["json", "csv", "geojson"] {
            let words = json!({"within": "5km", "by": "district", "include": "per_area", "format": format});
            let asked = |r: RequestBuilder| if method == Method::GET { r.query(&words) } else { r.json(&words) };
            answers.ask(method.clone(), "/coverage", "/coverage", asked).await;
        }
    }
    let gap = json!({"name": "No lunch club", "what": "lunch club", "reason": "too_far", "point": {"lon": -3.36, "lat": 54.66},
        "evidence": {"query": "/api/v1/coverage?within=5km", "result": {"areas": 1}}});
    let gap = town.add("gaps", gap).await;
    let address = format!("/gaps/{}/evidence", gap["id"].as_str().unwrap());
    answers.ask(Method::POST, "/gaps/{id}/evidence", &address, |r| r).await;
    let words = "kind=place&list=halls&set=type=community_centre&key=key";
    let file = "key,name,lat,lon,Colour\n1,Hall,54.66,-3.36,red\n2,,54.66,-3.36,blue\n3,Shed,54.67,-3.36,\n";
    answers.ask(Method::POST, "/imports", &format!("/imports?{words}&explain=true"), |r| r.body(file)).await;
    let imported = answers.ask(Method::POST, "/imports", &format!("/imports?{words}"), |r| r.body(file)).await;
    assert_eq!((&imported["created"], &imported["refused"]), (&json!(2), &json!(1)), "{imported}");
    let column = json!({"list": "halls", "column": "Colour"});
    answers.ask(Method::POST, "/publish", "/publish", |r| r.json(&column)).await;
    let shorter = "key,name,lat,lon\n1,Hall,54.66,-3.36\n";
    answers.ask(Method::POST, "/imports", &format!("/imports?{words}&complete=true"), |r| r.body(shorter)).await;
    let feature = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"key": "8", "name": "Shed"}, "geometry": {"type": "Point", "coordinates": [-3.3, 54.6]}},
        {"type": "Feature", "properties": {"key": "9", "name": ""}, "geometry": {"type": "Point", "coordinates": [-3.3, 54.6]}}]});
    let words = "kind=place&list=sheds&file=sheds.geojson&set=type=community_centre&key=key";
    answers.ask(Method::POST, "/imports", &format!("/imports?{words}"), |r| r.body(feature.to_string())).await;
    let batch = json!({"batch": imported["batch"]});
    let undone = answers.ask(Method::POST, "/undo", "/undo", |r| r.json(&batch)).await;
    assert_ne!(undone["kept"], json!([]), "{undone}");
    answers.get("/session", "/session").await;
    let store = commonground::app::connect(&town.url).await.unwrap();
    let link = commonground::app::accounts::reset_admin(&*store).await.unwrap();
    answers.ask(Method::POST, "/session", "/session", |r| r.json(&json!({"link": link}))).await;
    answers.ask(Method::DELETE, "/session", "/session", |r| r).await;
    let never: Vec<_> = answers.unseen.iter().filter(|(_, _, media)| media != "text/event-stream").collect();
    assert!(never.is_empty(), "described, and never seen: {never:#?}");
}

/// What one would send to make another of it.
fn copy_of(kind: Kind, record: &Value, called: &str) -> Value {
    let mut copy = record.clone();
    let fields = copy.as_object_mut().unwrap();
    for role in kind.spec().roles {
        if let Some(ids) = record["links"].get(role.name) {
            fields.insert(role.name.to_owned(), if role.many { ids.clone() } else { ids[0].clone() });
        }
    }
    for own in ["id", "kind", "version", "owner", "sources", "origins", "created_at", "updated_at", "links"] {
        fields.remove(own);
    }
    if let Some(code) = record["code"].as_str() {
        fields.insert("code".to_owned(), json!(format!("{code} {called}")));
    }
    copy
}

#[tokio::test]
async fn events_and_refusals_are_of_their_schemas() {
    let town = Town::demo().await;
    let description = description();
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

/// The front end's types are made of this file.
#[test]
fn the_description_that_is_kept_for_the_front_end_is_the_present_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    let present = format!("{}\n", serde_json::to_string_pretty(&openapi::describe()).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &present).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let say = "web/openapi.json is of an earlier description: UPDATE=1 cargo nextest run --test openapi, \
               then npm run api in web/";
    assert!(kept == present, "{say}");
}

#[tokio::test]
async fn the_description_is_served() {
    let town = Town::empty().await;
    let (status, served) = town.get("/openapi.json").await;
    assert_eq!((status, served), (200, description()));
}
