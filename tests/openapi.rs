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

/// An address as it is described, with something in every slot.
fn filled(path: &str) -> String {
    let layer = if path.ends_with("{layer}") { "places.json" } else { "places" };
    let row = if path.contains("{layer}") { "0.mvt" } else { "0" };
    let slots = [("{id}", ID), ("{z}", "0"), ("{x}", "0"), ("{y}", row), ("{layer}", layer)];
    slots.iter().fold(path.to_owned(), |path, (slot, value)| path.replace(slot, value))
}

/// Of nothing.
const ID: &str = "01a204c4-2d86-7071-ace9-80e1176156fa";

#[tokio::test]
async fn every_described_operation_is_there_and_every_other_method_is_not() {
    let town = Town::demo().await;
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() > 30);
    for (path, item) in paths {
        let address = format!("{}{}", town.address, filled(path));
        let described: BTreeSet<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let request = town.client.request(method.clone(), &address).bearer_auth(&town.token);
            let response = request.header("content-type", "application/json").body("{}").send().await.unwrap();
            let there = response.status() != 405;
            assert_eq!(there, described.contains(method.as_str().to_lowercase().as_str()), "{method} {path}");
        }
    }
}

/// Values that a word's schema takes, and some that it does not.
fn values(schema: &Value) -> (Vec<String>, Vec<String>) {
    let texts = |of: &Value| of.as_array().into_iter().flatten().map(|v| v.as_str().unwrap().to_owned()).collect();
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => {
            let (low, high) = (schema["minimum"].as_i64().unwrap(), schema["maximum"].as_i64());
            let beyond = high.map(|high| (high + 1).to_string());
            let taken = vec![low.to_string(), high.unwrap_or(i64::MAX).to_string()];
            (taken, ["many".to_owned(), (low - 1).to_string()].into_iter().chain(beyond).collect())
        }
        (Some("boolean"), _) => (vec!["true".into(), "false".into()], vec!["perhaps".into()]),
        (Some("array"), _) if schema["items"]["enum"].is_array() => {
            let all: Vec<String> = texts(&schema["items"]["enum"]);
            (vec![all[0].clone(), all.join(",")], vec!["no_such_word".into()])
        }
        (Some("string"), _) if schema["enum"].is_array() => (texts(&schema["enum"]), vec!["no_such_word".into()]),
        (Some("string"), Some("date")) => (vec!["2026-04-01".into()], vec!["1 April".into(), "2026-04-31".into()]),
        (Some("string"), Some("uuid")) => (vec![ID.into()], vec!["of-nothing".into()]),
        _ => (Vec::new(), Vec::new()),
    }
}

#[tokio::test]
async fn every_described_word_is_understood_takes_what_is_described_and_there_is_no_other() {
    let town = Town::demo().await;
    let description = description();
    let mut tried = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        let given: &[(&str, &str)] = match path.as_str() {
            "/api/v1/nearby" => &[("near", "CA13 9LU")],
            "/api/v1/coverage" => &[("within", "5km")],
            "/api/v1/imports" => &[("kind", "place"), ("list", "halls"), ("explain", "true")],
            _ => &[],
        };
        for method in ["get", "post", "delete"] {
            let parameters = item[method]["parameters"].as_array().into_iter().flatten();
            let words: Vec<&Value> = parameters.filter(|p| p["in"] == "query").collect();
            let ask = async |name: &str, value: &str| {
                let others = given.iter().filter(|(word, _)| *word != name);
                let words: Vec<(&str, &str)> = others.copied().chain([(name, value)]).collect();
                let address = format!("{}{}", town.address, filled(path));
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let request = town.client.request(method, address).bearer_auth(&town.token).query(&words);
                problems(&read(request.header("if-match", "*").send().await.unwrap()).await.1)
            };
            // A record that is not there is told before its words are read.
            for word in words.iter().filter(|_| !path.contains("{id}")) {
                let name = word["name"].as_str().unwrap();
                let (taken, refused) = values(&word["schema"]);
                for value in taken.iter().map(String::as_str).chain(["1"].into_iter().filter(|_| taken.is_empty())) {
                    let found = ask(name, value).await.into_iter().filter(|(field, _)| field == name);
                    let found: Vec<_> =
                        found.filter(|(_, code)| !taken.is_empty() || code == "unknown_field").collect();
                    assert_eq!(found, [], "{method} {path}?{name}={value}");
                    tried += 1;
                }
                for value in refused {
                    let found = ask(name, &value).await;
                    assert!(found.iter().any(|(field, _)| field == name), "{method} {path}?{name}={value} is taken");
                }
            }
            if item[method].is_object() && !path.contains("{id}") && path.starts_with("/api/v1") {
                let unknown = ("no_such_word".to_owned(), "unknown_field".to_owned());
                let found = ask("no_such_word", "1").await;
                let reads_words = method == "get" || !words.is_empty();
                assert!(!reads_words || found.contains(&unknown), "{method} {path}: {found:?}");
            }
        }
    }
    assert!(tried > 400, "{tried}");
}

/// The schema itself, where null may stand in its place too.
fn without_null(schema: &Value) -> &Value {
    schema["oneOf"].as_array().and_then(|all| all.iter().find(|form| form["type"] != "null")).unwrap_or(schema)
}

#[tokio::test]
async fn what_a_body_is_described_to_refuse_is_refused_and_what_was_read_may_be_sent() {
    let town = Town::demo().await;
    let description = description();
    let mut refused = 0;
    for kind in Kind::ALL {
        let list = format!("/{}", kind.spec().plural);
        let name = format!("{}Body", kind.name()[..1].to_uppercase() + &kind.name()[1..]);
        let (_, page) = town.get_as_admin(&format!("{list}?limit=1000")).await;
        for record in page["items"].as_array().unwrap() {
            check(&description, &name, record);
        }
        let good = copy_of(*kind, &page["items"][0], "another");
        check(&description, &name, &good);
        let schema = &description["components"]["schemas"][&name];
        assert_eq!(schema["additionalProperties"], false);
        for (field, form) in schema["properties"].as_object().unwrap() {
            let inner = without_null(form);
            let mut wrong: Vec<Value> = Vec::new();
            wrong.extend(inner["maxLength"].as_u64().map(|most| json!("x".repeat(most as usize + 1))));
            wrong.extend(inner["maximum"].as_f64().map(|most| json!(most + 1.0)));
            wrong.extend(inner["minimum"].as_f64().map(|least| json!(least - 1.0)));
            wrong.extend(inner["enum"].is_array().then(|| json!("no such word")));
            wrong.extend((inner["format"] == "uuid" && field != "id").then(|| json!("no id")));
            let needed = schema["required"].as_array().is_some_and(|all| all.contains(&json!(field)));
            wrong.extend(needed.then_some(Value::Null));
            for value in wrong {
                let mut body = good.clone();
                body[field] = value.clone();
                let (status, answer) = town.post(&list, body).await;
                let named = problems(&answer).iter().any(|(of, _)| of == field || of.ends_with(&format!(".{field}")));
                assert!(status == 422 && named, "{list} {field} = {value}: {status} {answer}");
                refused += 1;
            }
        }
    }
    assert!(refused > 80, "{refused}");
    let (status, _) = town.post("/nearby", Value::Null).await;
    assert_eq!(status, 422);
    let place = town.add("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
    let removed = town.admin(Method::DELETE, &format!("/places/{}", place["id"].as_str().unwrap())).send();
    let removed = removed.await.unwrap();
    assert_eq!(removed.status(), 428, "a removal says which version is meant");
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

    /// Asks the API as admin; `path` as described, `address` with its words.
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        address: &str,
        more: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Value {
        self.ask_any(method, &format!("/api/v1{path}"), &format!("/api/v1{address}"), more).await
    }

    async fn ask_any(
        &mut self,
        method: Method,
        path: &str,
        address: &str,
        more: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Value {
        let response = more(self.town.client.request(method.clone(), format!("{}{address}", self.town.address)));
        let response = response.bearer_auth(&self.town.token).send().await.unwrap();
        let status = response.status().as_u16().to_string();
        let media = response.headers()["content-type"].to_str().unwrap().to_owned();
        let there = ["etag", "cg-revision"].map(|name| response.headers().contains_key(name));
        let text = String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned();
        let operation = format!("{} {path}", method.as_str().to_lowercase());
        let (method, path) = operation.split_once(' ').unwrap();
        let headers = &self.description["paths"][path][method]["responses"][&status]["headers"];
        let said = ["ETag", "Cg-Revision"].map(|name| headers[name].is_object());
        assert_eq!(there, said, "{operation}: ETag and Cg-Revision, as answered and as described");
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
    for path in ["/healthz", "/readyz", "/metrics", "/tiles/{layer}", "/tiles/{layer}/{z}/{x}/{y}"] {
        answers.ask_any(Method::GET, path, &filled(path), |request| request).await;
    }
    // Streams are heard elsewhere, and the demonstration has no map of its own to draw behind everything.
    let elsewhere = |operation: &str, media: &str| media == "text/event-stream" || operation.contains("/tiles/base/");
    let never: Vec<_> = answers.unseen.iter().filter(|(operation, _, media)| !elsewhere(operation, media)).collect();
    assert!(never.is_empty(), "described, and never seen: {never:#?}");
}

/// What one would send to make another of it.
fn copy_of(kind: Kind, record: &Value, called: &str) -> Value {
    let mut copy = record.clone();
    let fields = copy.as_object_mut().unwrap();
    for role in kind.spec().links {
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
