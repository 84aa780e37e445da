//! Tiles hold what the lists hold, where it is, for whom it is. The truth is worked out here by the slippy map's own
//! formulas from the records' points, and by reading the protobuf back.

mod support;

use commonground::app::App;
use commonground::auth::Role;
use commonground::http::Setup;
use fast_mvt::{MvtGeometry, MvtReaderRef, MvtValueRef};
use jiff::tz::TimeZone;
use reqwest::Method;
use reqwest::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, VARY};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::PI;
use support::{Town, problems, read};

/// One feature, as read back.
#[derive(Debug, Clone, PartialEq)]
struct Feature {
    at: (i32, i32),
    says: BTreeMap<String, String>,
}

impl Feature {
    fn count(&self) -> usize {
        self.says.get("count").map_or(1, |n| n.parse().unwrap())
    }

    fn id(&self) -> &str {
        self.says.get("id").map_or("", String::as_str)
    }
}

fn features(bytes: &[u8], layer: &str) -> Vec<Feature> {
    let reader = MvtReaderRef::new(bytes).unwrap();
    let mut all = Vec::new();
    for one in reader.layers() {
        assert_eq!((one.name(), one.version(), one.extent()), (layer, 2, 4096));
        for feature in one.features() {
            let Ok(MvtGeometry::Point(at)) = feature.geometry() else { panic!("not a point") };
            let says = feature.properties_vec().unwrap().into_iter().map(|(name, value)| {
                let text = match value {
                    MvtValueRef::String(text) => text.to_owned(),
                    MvtValueRef::UInt(n) => n.to_string(),
                    MvtValueRef::Bool(b) => b.to_string(),
                    other => panic!("{other:?}"),
                };
                (name.to_owned(), text)
            });
            all.push(Feature { at: (at.x(), at.y()), says: says.collect() });
        }
    }
    all
}

/// Where a point lies at a zoom, in tiles: the formula of every slippy map.
fn slippy((lon, lat): (f64, f64), z: u32) -> (f64, f64) {
    let n = f64::from(2u32.pow(z));
    let lat = lat.to_radians();
    ((lon + 180.0) / 360.0 * n, (1.0 - (lat.tan() + 1.0 / lat.cos()).ln() / PI) / 2.0 * n)
}

fn tile_of(point: (f64, f64), z: u32) -> (u32, u32) {
    let (x, y) = slippy(point, z);
    (x as u32, y as u32)
}

async fn bytes(address: &str, path: &str, token: Option<&str>) -> Vec<u8> {
    let mut request = reqwest::Client::new().get(format!("{address}/tiles/{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.bytes().await.unwrap().to_vec()
}

async fn tile(address: &str, layer: &str, z: u32, (x, y): (u32, u32), words: &str) -> Vec<Feature> {
    features(&bytes(address, &format!("{layer}/{z}/{x}/{y}.mvt{words}"), None).await, layer)
}

/// The same data served again: there everything is in one segment, where the first has it in several.
async fn served_again(town: &Town) -> String {
    let app = App::open(&town.url, TimeZone::get("Europe/London").unwrap()).await.unwrap();
    app.follow();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = commonground::http::router(app, Setup::default());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// Pseudo-random points in three clouds and all over the north.
fn scattered(n: usize) -> Vec<(f64, f64)> {
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let clouds = [(-3.36, 54.66, 0.02), (-2.75, 54.33, 0.1), (-1.5, 54.9, 0.05), (-2.5, 54.0, 2.0)];
    let point = |i: usize, a: f64, b: f64| {
        let (lon, lat, wide) = clouds[i % clouds.len()];
        let round = |x: f64| (x * 1e6).round() / 1e6;
        (round(lon + wide * (a - 0.5)), round(lat + wide * (b - 0.5)))
    };
    (0..n).map(|i| point(i, next(), next())).collect()
}

async fn town_with_places(points: &[(f64, f64)]) -> Town {
    let town = Town::empty().await;
    let rows: String =
        points.iter().enumerate().map(|(i, (lon, lat))| format!("Hall {i},{lat},{lon},k{i}\n")).collect();
    let words = "kind=place&list=halls&key=key&map=name%3D1,lat%3D2,lon%3D3&set=type%3Dcommunity_centre";
    let (status, answer) = town.import(words, format!("name,lat,lon,key\n{rows}")).await;
    assert_eq!((status, &answer["created"]), (200, &json!(points.len())), "{answer}");
    town
}

#[tokio::test]
async fn every_zoom_holds_every_record_once_and_where_it_is() {
    let points = scattered(700);
    let town = town_with_places(&points).await;
    let again = served_again(&town).await;
    let (_, list) = town.get("/places?limit=1").await;
    assert_eq!(list["total"], 700);
    for z in (0..=14).chain([17, 22]) {
        let mut of_tile: BTreeMap<(u32, u32), Vec<(f64, f64)>> = BTreeMap::new();
        for point in &points {
            let (x, y) = slippy(*point, z);
            let within = (4096.0 * (x - x.floor()), 4096.0 * (y - y.floor()));
            of_tile.entry(tile_of(*point, z)).or_default().push(within);
        }
        let mut total = 0;
        for ((x, y), truth) in of_tile {
            let raw = bytes(&again, &format!("assets/{z}/{x}/{y}.mvt"), None).await;
            assert!(raw.len() < 50_000);
            if z % 4 == 0 {
                let fresh = bytes(&town.address, &format!("assets/{z}/{x}/{y}.mvt"), None).await;
                assert!(raw == fresh, "one segment and several differ at {z}/{x}/{y}");
            }
            let found = features(&raw, "assets");
            total += found.iter().map(Feature::count).sum::<usize>();
            let cell = |at: (f64, f64)| ((at.0 / 512.0) as u32, (at.1 / 512.0) as u32);
            if z >= 14 {
                // One by one, each within a step of where it is; positions are known to 2⁻³² of the world.
                let step = 1.01_f64.max(2f64.powi(z as i32 - 20) + 0.01);
                let mut left = truth.clone();
                for feature in &found {
                    assert!(feature.says["name"].starts_with("Hall ") && feature.says["kind"] == "place");
                    for _ in 0..feature.count() {
                        let near = |p: &(f64, f64)| {
                            (p.0 - f64::from(feature.at.0)).abs() <= step
                                && (p.1 - f64::from(feature.at.1)).abs() <= step
                        };
                        let place = left.iter().position(near).unwrap_or_else(|| panic!("{z}/{x}/{y}: {feature:?}"));
                        left.remove(place);
                    }
                }
                assert!(left.is_empty());
                continue;
            }
            // One feature a cell of 64 pixels, at the mean of its members, with their number.
            let mut cells: BTreeMap<(u32, u32), Vec<(f64, f64)>> = BTreeMap::new();
            for point in truth {
                cells.entry(cell(point)).or_default().push(point);
            }
            assert_eq!(found.len(), cells.len(), "{z}/{x}/{y}");
            for members in cells.values() {
                let n = members.len() as f64;
                let mean = members.iter().fold((0.0, 0.0), |m, p| (m.0 + p.0 / n, m.1 + p.1 / n));
                let here = |f: &&Feature| {
                    (f64::from(f.at.0) - mean.0).abs() <= 1.5 && (f64::from(f.at.1) - mean.1).abs() <= 1.5
                };
                let feature = found.iter().find(here).unwrap_or_else(|| panic!("{z}/{x}/{y}: nothing at {mean:?}"));
                assert_eq!(feature.count(), members.len());
                assert_eq!(feature.says.contains_key("id"), members.len() == 1);
                assert_eq!(feature.says["match"], "sure");
            }
        }
        assert_eq!(total, 700, "zoom {z}");
    }
}

#[tokio::test]
async fn the_tilejson_tells_how_many_there_are_and_where_the_tiles_of_its_words_are() {
    let town = town_with_places(&scattered(100)).await;
    let get = |path: &str| town.client.get(format!("{}/tiles/{path}", town.address)).send();
    let (status, json) = read(get("assets.json").await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!((&json["tilejson"], &json["count"], &json["minzoom"]), (&json!("3.0.0"), &json!(100), &json!(0)));
    assert_eq!(json["tiles"], json!([format!("{}/tiles/assets/{{z}}/{{x}}/{{y}}.mvt", town.address)]));
    assert_eq!(json["vector_layers"][0]["id"], "assets");
    let told: BTreeSet<&String> = json["vector_layers"][0]["fields"].as_object().unwrap().keys().collect();
    assert!(json["attribution"].as_str().unwrap().contains("Open Government Licence"));
    let bounds: Vec<f64> = json["bounds"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
    for (lon, lat) in scattered(100) {
        assert!(bounds[0] <= lon && lon <= bounds[2] + 1e-6 && bounds[1] <= lat && lat <= bounds[3] + 1e-6);
    }
    for feature in tile(&town.address, "assets", 5, tile_of((-2.5, 54.0), 5), "").await {
        assert!(feature.says.keys().all(|name| told.contains(name)), "{feature:?}");
    }
    let (_, json) = read(get("places.json?q=hall+7&type=community_centre").await.unwrap()).await;
    let template = json["tiles"][0].as_str().unwrap();
    assert!(template.ends_with("/tiles/places/{z}/{x}/{y}.mvt?q=hall+7&type=community_centre"), "{template}");
    assert_eq!(json["count"], town.get("/places?q=hall+7").await.1["total"]);
    let (_, json) = read(get("assets.json?q=%7Bz%7D").await.unwrap()).await;
    assert!(json["tiles"][0].as_str().unwrap().ends_with("?q=%7Bz%7D"), "a brace of the words is none of the template");
    assert_eq!((&json["count"], json.get("bounds")), (&json!(0), None));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_its_field() {
    let town = Town::empty().await;
    let ask = |method: Method, path: &str| town.client.request(method, format!("{}/tiles/{path}", town.address)).send();
    for (path, status, field, code) in [
        ("assets/x/0/0.mvt", 400, "z", "wrong_type"),
        ("assets/1/-1/0.mvt", 400, "x", "wrong_type"),
        ("assets/1/0/1.5.mvt", 400, "y", "wrong_type"),
        ("assets/23/0/0.mvt", 422, "z", "out_of_range"),
        ("assets/300/0/0.mvt", 422, "z", "out_of_range"),
        ("assets/3/8/0.mvt", 422, "x", "out_of_range"),
        ("assets/3/0/8.mvt", 422, "y", "out_of_range"),
        ("nothing/1/0/0.mvt", 404, "", "not_found"),
        ("assets/1/0/0", 404, "", "not_found"),
        ("assets/1/0/0.png", 404, "", "not_found"),
        ("assets", 404, "", "not_found"),
        ("nothing.json", 404, "", "not_found"),
        ("assets/1/0/0.mvt?no_such_word=1", 422, "no_such_word", "unknown_field"),
        ("assets/1/0/0.mvt?near=54.6,-3.3", 422, "near", "unknown_field"),
        ("assets/1/0/0.mvt?limit=5", 422, "limit", "unknown_field"),
        ("assets/1/0/0.mvt?type=castle", 422, "type", "not_allowed"),
        ("assets/1/0/0.mvt?category=none", 422, "category", "not_found"),
        ("assets.json?open_at=never", 422, "open_at", "wrong_type"),
    ] {
        let response = ask(Method::GET, path).await.unwrap();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json", "{path}");
        let (said, body) = read(response).await;
        assert_eq!(said, status, "{path}");
        assert!(problems(&body).contains(&(field.to_owned(), code.to_owned())), "{path}: {body}");
    }
    for path in ["assets/1/0/0.mvt", "assets.json"] {
        assert_eq!(ask(Method::POST, path).await.unwrap().status(), 405);
    }
    for kind in commonground::model::Kind::ALL {
        let plural = kind.spec().plural;
        assert_eq!(ask(Method::GET, &format!("{plural}/0/0/0.mvt")).await.unwrap().status(), 200, "{plural}");
        assert_eq!(ask(Method::GET, &format!("{plural}.json")).await.unwrap().status(), 200, "{plural}");
    }
}

#[tokio::test]
async fn a_tile_is_kept_by_its_tag_until_something_changes() {
    let town = town_with_places(&scattered(300)).await;
    let client = reqwest::Client::new();
    let path = format!("{}/tiles/assets/0/0/0.mvt", town.address);
    let first = client.get(&path).send().await.unwrap();
    assert_eq!(first.headers()[CONTENT_TYPE], "application/vnd.mapbox-vector-tile");
    assert_eq!(first.headers()[CACHE_CONTROL], "no-cache");
    for word in ["Cookie", "Authorization", "Accept-Encoding"] {
        assert!(first.headers().get_all(VARY).iter().any(|v| v.to_str().unwrap().contains(word)));
    }
    let tag = first.headers()[ETAG].clone();
    assert!(tag.to_str().unwrap().starts_with("W/\"r"));
    let same = client.get(&path).header(IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!((same.status().as_u16(), same.headers()[ETAG].clone()), (304, tag.clone()));
    assert!(same.bytes().await.unwrap().is_empty());
    let signed = client.get(&path).bearer_auth(&town.token).header(IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(
        (signed.status().as_u16(), &signed.headers()[CACHE_CONTROL]),
        (200, &"private, no-cache".parse().unwrap())
    );
    for other in ["assets/0/0/0.mvt?type=library", "places/0/0/0.mvt"] {
        let other =
            client.get(format!("{}/tiles/{other}", town.address)).header(IF_NONE_MATCH, &tag).send().await.unwrap();
        assert_eq!(other.status(), 200, "other words, other tag");
    }
    let packed = client.get(&path).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers().get(CONTENT_ENCODING).map(|v| v.to_str().unwrap()), Some("gzip"));
    town.add("places", json!({"name": "New hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
    let changed = client.get(&path).header(IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(changed.status(), 200);
    let all = features(&changed.bytes().await.unwrap(), "assets");
    assert_eq!(all.iter().map(Feature::count).sum::<usize>(), 301);
}

#[tokio::test]
async fn a_write_is_on_the_map_at_once() {
    let points = scattered(60);
    let town = town_with_places(&points).await;
    let again = served_again(&town).await;
    let (_, list) = town.get("/places?limit=1000").await;
    let places = list["items"].as_array().unwrap();
    let sum = async |address: &str, words: &str| -> usize {
        tile(address, "assets", 0, (0, 0), words).await.iter().map(Feature::count).sum()
    };
    let wait = async |revision: &Value| {
        let request = reqwest::Client::new().get(format!("{again}/tiles/assets.json"));
        let response = request.header("at-least", revision.to_string()).send().await.unwrap();
        assert_eq!(response.status(), 200, "the other instance follows");
    };
    // Moved: gone from where it was, there where it is, on the one that has it in its base too.
    let id = places[0]["id"].as_str().unwrap();
    let mut moved = places[0].clone();
    let old = (moved["point"]["lon"].as_f64().unwrap(), moved["point"]["lat"].as_f64().unwrap());
    moved["point"] = json!({"lon": 0.5, "lat": 52.5});
    let put = town.admin(Method::PUT, &format!("/places/{id}")).header(IF_MATCH, "\"v1\"").json(&moved);
    let (status, _) = read(put.send().await.unwrap()).await;
    assert_eq!(status, 200);
    wait(&json!(town.app.revision())).await;
    for address in [&town.address, &again] {
        assert_eq!(sum(address, "").await, 60);
        for z in [3, 9, 14, 17] {
            assert!(tile(address, "assets", z, tile_of(old, z), "").await.iter().all(|f| f.id() != id), "still at {z}");
            let there = tile(address, "assets", z, tile_of((0.5, 52.5), z), "").await;
            assert!(z < 9 || there.iter().any(|f| f.id() == id), "not yet at {z}: {there:?}");
        }
    }
    // Removed.
    let delete = town.admin(Method::DELETE, &format!("/places/{}", places[1]["id"].as_str().unwrap()));
    assert_eq!(delete.header(IF_MATCH, "\"v1\"").send().await.unwrap().status(), 200);
    // Closed: no longer what a question without words is about, but there when asked for.
    let mut closed = places[2].clone();
    closed["status"] = json!("closed");
    let put = town.admin(Method::PUT, &format!("/places/{}", places[2]["id"].as_str().unwrap()));
    assert_eq!(put.header(IF_MATCH, "\"v1\"").json(&closed).send().await.unwrap().status(), 200);
    // Over, by its last day.
    let mut over = places[3].clone();
    over["until"] = json!("2020-01-31");
    let put = town.admin(Method::PUT, &format!("/places/{}", places[3]["id"].as_str().unwrap()));
    assert_eq!(put.header(IF_MATCH, "\"v1\"").json(&over).send().await.unwrap().status(), 200);
    wait(&json!(town.app.revision())).await;
    let third = served_again(&town).await;
    for address in [&town.address, &again, &third] {
        assert_eq!(sum(address, "").await, 57);
        assert_eq!(sum(address, "?status=closed").await, 2);
        assert_eq!(sum(address, "?as_at=2019-06-01").await, 58, "it was not over then");
        assert_eq!(sum(address, "?type=community_centre").await, 57);
    }
}

/// Ids of all records in the tiles of a zoom that hold any of these points, with their match.
async fn ids(address: &str, points: &[(f64, f64)], words: &str) -> BTreeMap<String, String> {
    let tiles: BTreeSet<(u32, u32)> = points.iter().map(|p| tile_of(*p, 14)).collect();
    let mut all = BTreeMap::new();
    for at in tiles {
        for feature in tile(address, "services", 14, at, words).await {
            assert_eq!(feature.count(), 1);
            all.insert(feature.id().to_owned(), feature.says["match"].clone());
        }
    }
    all
}

#[tokio::test]
async fn filter_words_choose_the_same_as_in_lists_and_what_does_not_say_is_possible() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let narrower = json!({"name": "Walks", "taxonomy": "services", "code": "walks", "parent": ground.category});
    let narrower = town.add("categories", narrower).await;
    let mut points = Vec::new();
    for i in 0..24 {
        let point = (-3.5 + 0.02 * f64::from(i % 6), 54.5 + 0.02 * f64::from(i / 6));
        points.push(point);
        let category = if i % 2 == 0 { json!(ground.category) } else { narrower["id"].clone() };
        let mut service = json!({"name": format!("Group {i}"), "provider": ground.provider, "categories": [category],
            "point": {"lon": point.0, "lat": point.1}});
        match i % 3 {
            0 => service["cost"] = json!({"free": true}),
            1 => service["cost"] = json!({"free": false}),
            _ => {}
        }
        if i % 4 == 0 {
            service["schedule"] = json!("Th 10:00-12:00");
        }
        if i == 23 {
            service["status"] = json!("paused");
        }
        town.add("services", service).await;
    }
    let again = served_again(&town).await;
    for words in [
        "free=true",
        "free=true&match=sure",
        "free=true&match=possible",
        "open_at=thu",
        "open_at=thu+11:00&free=true",
        "category=walks",
        "category=befriending",
        "category=walks&open_at=fri",
        "q=group+1",
        "q=walks",
        "bbox=-3.49,54.51,-3.43,54.55",
        "status=paused",
        "organisation=ORG",
        "age=70",
    ] {
        let words = words.replace("ORG", &ground.provider);
        // Lists hold what is over and not there yet too, unless a status is named; maps do not.
        let status = if words.contains("status") { "" } else { "&status=pilot,open,closing" };
        let mut expected = BTreeMap::new();
        for fit in ["sure", "possible"].iter().filter(|fit| !words.contains("match=") || words.contains(*fit)) {
            let base = words.replace("&match=sure", "").replace("&match=possible", "");
            let (status, list) = town.get(&format!("/services?limit=1000&match={fit}&{base}{status}")).await;
            assert_eq!(status, 200, "{list}");
            let items = list["items"].as_array().unwrap().iter();
            expected.extend(items.map(|item| (item["id"].as_str().unwrap().to_owned(), (*fit).to_owned())));
        }
        for address in [&town.address, &again] {
            assert_eq!(ids(address, &points, &format!("?{words}")).await, expected, "{words}");
            let far: usize = tile(address, "services", 4, tile_of(points[0], 4), &format!("?{words}"))
                .await
                .iter()
                .map(Feature::count)
                .sum();
            assert_eq!(far, expected.len(), "{words}, far out");
        }
    }
    let far = tile(&again, "services", 4, tile_of(points[0], 4), "?free=true").await;
    let possible: usize = far.iter().map(|f| f.says.get("possible").map_or(0, |n| n.parse().unwrap())).sum();
    assert_eq!((far.len(), possible, far[0].says["match"].as_str()), (1, 7, "sure"));
    let other = tile(&again, "places", 4, tile_of(points[0], 4), "?kind=service").await;
    assert!(other.is_empty(), "a layer of places holds places");
}

#[tokio::test]
async fn what_stands_at_one_place_is_one_feature_that_names_the_first() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    for i in 0..5 {
        let service = json!({"name": format!("Group {i}"), "provider": ground.provider,
            "categories": [ground.category], "places": [ground.place]});
        town.add("services", service).await;
    }
    for z in [14, 17, 22] {
        let found = tile(&town.address, "assets", z, tile_of((-3.366, 54.664), z), "").await;
        assert_eq!((found.len(), found[0].count(), found[0].id()), (1, 6, ground.place.as_str()), "{found:?}");
    }
    let services = tile(&town.address, "services", 10, tile_of((-3.366, 54.664), 10), "").await;
    assert_eq!((services.len(), services[0].count(), services[0].id()), (1, 5, ""));
}

#[tokio::test]
async fn a_crowded_tile_close_in_stays_small() {
    // Two thousand halls on a grid within one tile of zoom 14.
    let points: Vec<(f64, f64)> =
        (0..2000).map(|i| (-3.372 + 0.0003 * f64::from(i % 50), 54.660 + 0.0002 * f64::from(i / 50))).collect();
    let town = town_with_places(&points).await;
    let mut seen = BTreeSet::new();
    for z in 13..=18 {
        let mut total = 0;
        for (x, y) in points.iter().map(|p| tile_of(*p, z)).collect::<BTreeSet<_>>() {
            let raw = bytes(&town.address, &format!("assets/{z}/{x}/{y}.mvt"), None).await;
            assert!(raw.len() < 50_000, "{} bytes at {z}", raw.len());
            let found = features(&raw, "assets");
            total += found.iter().map(Feature::count).sum::<usize>();
            seen.extend(found.iter().filter(|_| z == 17).map(|f| f.id().to_owned()));
        }
        assert_eq!(total, 2000, "zoom {z}");
    }
    assert!(seen.len() > 1900 && !seen.contains(""), "closest in, everything has a name: {}", seen.len());
}

/// Tiles of the public round a place at every zoom, as they are sent.
async fn round(address: &str, at: (f64, f64), token: Option<&str>) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for z in 0..=22 {
        for layer in ["assets", "places", "services"] {
            let (x, y) = tile_of(at, z);
            all.push(bytes(address, &format!("{layer}/{z}/{x}/{y}.mvt"), token).await);
            all.push(bytes(address, &format!("{layer}/{z}/{x}/{y}.mvt?q=house"), token).await);
        }
    }
    all
}

#[tokio::test]
async fn a_public_tile_neither_holds_nor_counts_what_is_not_public() {
    let town = town_with_places(&scattered(40)).await;
    let ground = town.ground().await;
    let at = (-3.35112, 54.65934);
    let before = round(&town.address, at, None).await;
    let point = json!({"lon": at.0, "lat": at.1});
    for (visibility, n) in [("partners", 3), ("organisation", 2)] {
        for i in 0..n {
            let name = format!("Safe house {visibility} {i}");
            let hidden = town.add("places", json!({"name": name, "point": point, "visibility": visibility})).await;
            let service = json!({"name": format!("House group {visibility} {i}"), "provider": ground.provider,
                "categories": [ground.category], "places": [hidden["id"]], "visibility": visibility});
            town.add("services", service).await;
        }
    }
    let again = served_again(&town).await;
    for address in [&town.address, &again] {
        assert!(round(address, at, None).await == before, "not a byte of a public tile may tell of a hidden record");
        let partner = town.token(Role::Commissioner).await;
        for (token, expected) in [(partner.as_str(), 6), (town.token.as_str(), 10)] {
            for z in [0, 9, 14, 17] {
                let (x, y) = tile_of(at, z);
                let raw = bytes(address, &format!("assets/{z}/{x}/{y}.mvt?q=house"), Some(token)).await;
                let count: usize = features(&raw, "assets").iter().map(Feature::count).sum();
                assert_eq!(count, expected, "who may see them sees them at {z}");
            }
        }
        let (_, json) = read(reqwest::get(format!("{address}/tiles/assets.json?q=house")).await.unwrap()).await;
        assert_eq!((&json["count"], json.get("bounds")), (&json!(0), None));
    }
}

#[tokio::test]
async fn an_approximate_place_is_drawn_at_its_cell_centre_at_every_zoom() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let at = (-3.35112, 54.65934);
    let house = json!({"name": "Safe house", "point": {"lon": at.0, "lat": at.1}, "precision": "approximate"});
    let house = town.add("places", house).await;
    let service = json!({"name": "Safe group", "provider": ground.provider, "categories": [ground.category],
        "places": [house["id"]]});
    town.add("services", service).await;
    let (_, shown) = town.get(&format!("/places/{}", house["id"].as_str().unwrap())).await;
    let centre = (shown["point"]["lon"].as_f64().unwrap(), shown["point"]["lat"].as_f64().unwrap());
    let again = served_again(&town).await;
    for address in [&town.address, &again] {
        for z in 14..=22 {
            let (x, y) = slippy(centre, z);
            let found = tile(address, "assets", z, tile_of(centre, z), "?q=safe").await;
            assert_eq!((found.len(), found[0].count()), (1, 2), "both at the centre of the cell, at {z}");
            let expected = (4096.0 * (x - x.floor()), 4096.0 * (y - y.floor()));
            // A step is 9 mm at the deepest zooms: rounding to five digits decides there.
            let step = 1.5_f64.max(2f64.powi(z as i32 - 17));
            assert!(
                (f64::from(found[0].at.0) - expected.0).abs() <= step
                    && (f64::from(found[0].at.1) - expected.1).abs() <= step
            );
            assert_eq!(found[0].says["approximate"], "true");
            let exact = tile(address, "assets", z, tile_of(at, z), "?q=safe").await;
            assert!(z < 15 || exact.is_empty(), "nothing where it really is, at {z}");
            let (ex, ey) = tile_of(at, z);
            let mine = bytes(address, &format!("assets/{z}/{ex}/{ey}.mvt?q=safe"), Some(&town.token)).await;
            let mine = features(&mine, "assets");
            assert_eq!((mine.len(), mine[0].count(), mine[0].says.contains_key("approximate")), (1, 2, false));
        }
        // The other way round: no filter words.
        for (token, n) in [(None, 3), (Some(town.token.as_str()), 3)] {
            let all = features(&bytes(address, "assets/0/0/0.mvt", token).await, "assets");
            assert_eq!(all.iter().map(Feature::count).sum::<usize>(), n);
        }
        let (ex, ey) = tile_of(at, 17);
        assert!(features(&bytes(address, &format!("assets/17/{ex}/{ey}.mvt"), None).await, "assets").is_empty());
        let mine = features(&bytes(address, &format!("assets/17/{ex}/{ey}.mvt"), Some(&town.token)).await, "assets");
        assert_eq!(mine[0].count(), 2);
        let (cx, cy) = tile_of(centre, 17);
        let there = bytes(address, &format!("assets/17/{cx}/{cy}.mvt"), Some(&town.token)).await;
        assert!(features(&there, "assets").is_empty(), "whoever sees where it is does not see it twice");
    }
}

#[tokio::test]
async fn the_box_round_everything_does_not_tell_where_a_hidden_place_was() {
    let town = town_with_places(&scattered(30)).await;
    let far = json!({"name": "Far house", "point": {"lon": 1.234567, "lat": 60.123456}});
    let far = town.add("places", far).await;
    let again = served_again(&town).await;
    let bounds =
        async |address: &str| read(reqwest::get(format!("{address}/tiles/assets.json")).await.unwrap()).await.1;
    for address in [&town.address, &again] {
        let told = bounds(address).await;
        assert!((told["bounds"][2].as_f64().unwrap() - 1.234567).abs() < 1e-6, "{told}");
    }
    let mut hidden = far.clone();
    hidden["visibility"] = json!("organisation");
    let path = format!("/places/{}", far["id"].as_str().unwrap());
    let put = town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&hidden);
    assert_eq!(put.send().await.unwrap().status(), 200);
    let revision = town.app.revision().to_string();
    let seen = reqwest::Client::new().get(format!("{again}/tiles/assets.json")).header("at-least", revision);
    assert_eq!(seen.send().await.unwrap().status(), 200);
    for address in [&town.address, &again] {
        let told = bounds(address).await;
        assert!(told["bounds"][2].as_f64().unwrap() < 1.0 && told["bounds"][3].as_f64().unwrap() < 56.0, "{told}");
        assert_eq!(told["count"], 30);
    }
}
