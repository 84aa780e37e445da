//! A kind that nobody wrote a line for but its own file passes every boundary: whatever tells kinds apart elsewhere makes
//! one of these tests fail.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::{Setup, openapi, router};
use crate::app::{App, accounts, check, connect};
use crate::auth::Role;

/// An instance of its own, asked in process.
struct Hill {
    router: Router,
    admin: String,
    contributor: String,
    partner: String,
    url: String,
    _folder: TempDir,
}

impl Hill {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("hill.db").display());
        let app = App::open(&url, TimeZone::get("Europe/London").unwrap()).await.unwrap();
        let store = connect(&url).await.unwrap();
        let token = async |role| accounts::add_token(&*store, role, None).await.unwrap();
        let (admin, contributor, partner) =
            (token(Role::Admin).await, token(Role::Contributor).await, token(Role::Commissioner).await);
        Self { router: router(app, Setup::default()), admin, contributor, partner, url, _folder: folder }
    }

    async fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<Value>) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "hill");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if method != "GET" {
            request = request.header(header::IF_MATCH, "*").header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 24).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, None, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    async fn add(&self, plural: &str, body: Value) -> Value {
        let (status, answer) = self.ask("POST", &format!("/api/v1/{plural}"), Some(&self.admin), Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer
    }

    async fn refused(&self, body: Value) -> Vec<(String, String)> {
        let (status, answer) = self.ask("POST", "/api/v1/beacons", Some(&self.admin), Some(body)).await;
        assert_eq!(status, 422, "{answer}");
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let problems = answer["problems"].as_array().unwrap();
        problems.iter().map(|p| (text(&p["field"]), text(&p["code"]))).collect()
    }
}

fn path(record: &Value) -> String {
    format!("/api/v1/{}s/{}", record["kind"].as_str().unwrap(), record["id"].as_str().unwrap())
}

#[tokio::test]
async fn it_is_checked_written_read_changed_and_taken_back() {
    let hill = Hill::new().await;
    assert_eq!(hill.refused(json!({"name": "B", "type": "fire"})).await, [("hills".into(), "required".into())]);
    let faulty = json!({"name": "B", "type": "torch", "point": {"lon": -3.3, "lat": 54.6}, "oils": 1});
    let mut found = hill.refused(faulty).await;
    found.sort();
    assert_eq!(found, [("oils".into(), "unknown_field".into()), ("type".into(), "not_allowed".into())]);
    let body =
        json!({"name": "Skiddaw", "type": "fire", "point": {"lon": -3.148, "lat": 54.651}, "lit": "Th 18:00-20:00"});
    let (status, beacon) = hill.ask("POST", "/api/v1/beacons", Some(&hill.contributor), Some(body.clone())).await;
    assert_eq!(status, 201, "who may add, adds these, too");
    let (status, _) = hill.ask("PUT", &path(&beacon), Some(&hill.contributor), Some(body.clone())).await;
    assert_eq!(status, 403);
    let (_, changed) = hill.ask("PUT", &path(&beacon), Some(&hill.admin), Some(body)).await;
    assert_eq!(changed["version"], 1, "the same again changes nothing");
    let (status, gone) = hill.ask("DELETE", &path(&beacon), Some(&hill.admin), None).await;
    assert_eq!(status, 200);
    assert_eq!(hill.get("/api/v1/beacons").await["total"], 0);
    let (_, undone) = hill.ask("POST", "/api/v1/undo", Some(&hill.admin), Some(json!({"batch": gone["batch"]}))).await;
    assert_eq!(undone["reverted"], json!([beacon["id"]]));
    let history = hill.get(&format!("{}/history", path(&beacon))).await;
    assert_eq!(history["items"].as_array().unwrap().len(), 3);
    assert_eq!(hill.get("/api/v1/changes").await["items"].as_array().unwrap().len(), 3);
    assert!(check::check(&*connect(&hill.url).await.unwrap()).await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn it_is_found_by_every_way_of_asking() {
    let hill = Hill::new().await;
    let trust = hill.add("organisations", json!({"name": "Trust", "type": "voluntary"})).await["id"].clone();
    let place =
        hill.add("places", json!({"name": "Fell", "point": {"lon": -3.148, "lat": 54.651}})).await["id"].clone();
    let area = json!({"name": "A", "area_set": "s", "code": "1", "point": {"lon": -3.148, "lat": 54.651},
        "indicators": {"population": 10}});
    hill.add("areas", area).await;
    let beacon = json!({"name": "Old light", "type": "lamp", "hills": [place], "provider": trust,
        "lit": "Th 18:00-20:00", "from": "2026-01-01", "until": "2026-12-31"});
    let beacon = hill.add("beacons", beacon).await;
    assert_eq!(beacon["owner"], trust);
    let silent = json!({"name": "Silent", "type": "fire", "hills": [place]});
    hill.add("beacons", silent).await;
    for (words, total) in [
        ("type=lamp", 1),
        ("q=old+light", 1),
        ("status=open&as_at=2026-06-01", 2),
        ("status=closed&as_at=2027-06-01", 1),
        ("open_at=2026-06-04T19:00&match=sure", 1),
        ("open_at=2026-06-04T10:00&match=sure", 0),
        ("bbox=-3.2,54.6,-3.1,54.7", 2),
        ("bbox=-3.0,54.6,-2.9,54.7", 0),
    ] {
        assert_eq!(hill.get(&format!("/api/v1/beacons?{words}")).await["total"], total, "{words}");
    }
    let organisation = format!("/api/v1/beacons?organisation={}", trust.as_str().unwrap());
    assert_eq!(hill.get(&organisation).await["total"], 1);
    let near = hill.get("/api/v1/nearby?near=54.651,-3.148&within=100m&as_at=2026-06-01&include=totals").await;
    assert_eq!(near["totals"]["sure"], 3, "looked for unless kinds are named: {near}");
    let covered = hill.get("/api/v1/coverage?within=1km&kind=beacon&as_at=2026-06-01").await;
    assert_eq!(covered["total"]["weight_covered"], 10);
    let points = hill.get("/api/v1/beacons?format=geojson").await;
    assert_eq!(points["features"][0]["geometry"]["coordinates"], json!([-3.148, 54.651]));
    assert_eq!(hill.get("/tiles/beacons.json?as_at=2026-06-01").await["count"], 2);
    assert_eq!(hill.get("/tiles/assets.json?as_at=2026-06-01").await["count"], 3);
    // A hill that moves takes its beacons along.
    let moved = json!({"name": "Fell", "point": {"lon": -2.95, "lat": 54.65}});
    hill.ask("PUT", &format!("/api/v1/places/{}", place.as_str().unwrap()), Some(&hill.admin), Some(moved)).await;
    assert_eq!(hill.get("/api/v1/beacons?bbox=-3.0,54.6,-2.9,54.7").await["total"], 2);
}

#[tokio::test]
async fn it_hides_what_a_kind_says_is_to_be_hidden() {
    let hill = Hill::new().await;
    let trust = hill.add("organisations", json!({"name": "Trust", "type": "voluntary"})).await["id"].clone();
    let refuge = json!({"name": "Refuge", "point": {"lon": -3.148, "lat": 54.651}, "precision": "approximate"});
    let refuge = hill.add("places", refuge).await["id"].clone();
    let fields = json!({"name": "Open", "type": "lamp", "point": {"lon": -3.3, "lat": 54.6}, "oil": "the fund",
        "provider": trust});
    let open = hill.add("beacons", fields).await;
    assert_eq!(hill.get(&path(&open)).await.get("oil"), None, "a field for partners");
    assert!(!hill.get("/api/v1/beacons").await.to_string().contains("the fund"));
    assert!(!hill.get(&format!("{}/history", path(&open))).await.to_string().contains("the fund"));
    let (_, seen) = hill.ask("GET", &path(&open), Some(&hill.partner), None).await;
    assert_eq!(seen["oil"], "the fund");
    let at_refuge = json!({"name": "Hidden light", "type": "lamp", "hills": [refuge], "keeper": "of Quiet Lane",
        "phone": "01632 960001", "lit": "Th 18:00-20:00", "provider": trust});
    let hidden = hill.add("beacons", at_refuge).await;
    let shown = hill.get(&path(&hidden)).await;
    let text = shown.to_string();
    assert!(!text.contains("Quiet") && !text.contains("960001") && !text.contains("54.651"), "{text}");
    assert_eq!(
        (&shown["precision"], &shown["links"], &shown["owner"]),
        (&json!("approximate"), &json!({}), &Value::Null)
    );
    assert_eq!((&shown["type"], &shown["lit"]), (&json!("lamp"), &json!("Th 18:00-20:00")), "what says that it stays");
    let near = hill.get("/api/v1/nearby?near=54.651,-3.148&within=10m&kind=beacon").await;
    assert_eq!(near["features"], json!([]));
    let quiet = json!({"name": "Quiet", "type": "fire", "point": {"lon": -3.3, "lat": 54.6}, "visibility": "partners"});
    let quiet = hill.add("beacons", quiet).await;
    assert_eq!(hill.ask("GET", &path(&quiet), None, None).await.0, 404);
    assert_eq!(hill.ask("GET", &path(&quiet), Some(&hill.partner), None).await.0, 200);
}

#[tokio::test]
async fn lists_of_it_come_in() {
    let hill = Hill::new().await;
    let list = "Name,Type,Lat,Lon,Lit,Oil\nSkiddaw,fire,54.651,-3.148,Th 18:00-20:00,the fund\nNowhere,fire,,,,\n";
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/imports?kind=beacon&list=lights&map=lit=Lit")
        .header(header::HOST, "hill")
        .header(header::AUTHORIZATION, format!("Bearer {}", hill.admin))
        .body(Body::from(list))
        .unwrap();
    let response = hill.router.clone().oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((&answer["created"], &answer["refused"]), (&json!(1), &json!(1)), "{answer}");
    let beacon = hill.get("/api/v1/beacons").await["items"][0].clone();
    assert_eq!(
        (&beacon["name"], &beacon["lit"], &beacon["type"]),
        (&json!("Skiddaw"), &json!("Th 18:00-20:00"), &json!("fire"))
    );
}

#[test]
fn it_is_described() {
    let described = serde_json::to_value(openapi::describe()).unwrap();
    assert!(described["paths"]["/api/v1/beacons"]["post"].is_object());
    assert!(described["components"]["schemas"]["Beacon"]["properties"]["oil"].is_object());
}
