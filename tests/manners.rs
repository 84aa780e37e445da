//! What HTTP asks of every answer: addresses that are not there, methods, hosts, tags, encodings, other sites; and words that
//! nobody reads or that are given twice.

mod support;

use commonground::http::Setup;
use reqwest::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH, ORIGIN, VARY,
};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use support::{Town, problem, problems, read};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PROBLEM: &str = "application/problem+json";

fn header(response: &Response, name: reqwest::header::HeaderName) -> String {
    response.headers().get(name).map_or_else(String::new, |v| v.to_str().unwrap().to_owned())
}

async fn ask(town: &Town, method: Method, path: &str) -> Response {
    Client::new().request(method, format!("{}{path}", town.address)).send().await.unwrap()
}

async fn hall(town: &Town) -> String {
    let hall = town.add("places", json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}})).await;
    format!("/api/v1/places/{}", hall["id"].as_str().unwrap())
}

#[tokio::test]
async fn what_is_not_there_is_told_as_a_problem_and_is_no_page() {
    let town = Town::empty().await;
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/places",
        "/api/v1/nothing/at/all",
        "/healthz/",
        "/readyz/",
        "/metrics/",
        "/tiles",
        "/tiles/",
        "/tiles/places/0/0",
        "/ogc",
        "/ogc/collections",
        "/oruk",
        "/oruk/services",
    ] {
        let missing = ask(&town, Method::GET, path).await;
        assert_eq!((missing.status().as_u16(), header(&missing, CONTENT_TYPE).as_str()), (404, PROBLEM), "{path}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_told_with_those_that_are() {
    let town = Town::empty().await;
    for (method, path, among) in [
        (Method::POST, "/", "GET"),
        (Method::DELETE, "/map", "GET"),
        (Method::POST, "/healthz", "GET"),
        (Method::DELETE, "/metrics", "GET"),
        (Method::PUT, "/api/v1/about", "GET"),
        (Method::GET, "/api/v1/undo", "POST"),
        (Method::POST, "/tiles/places.json", "GET"),
        (Method::PATCH, "/api/v1/places", "POST"),
    ] {
        let refused = ask(&town, method.clone(), path).await;
        assert_eq!((refused.status().as_u16(), header(&refused, CONTENT_TYPE).as_str()), (405, PROBLEM), "{path}");
        assert!(header(&refused, ALLOW).contains(among), "{method} {path}: {:?}", header(&refused, ALLOW));
    }
}

#[tokio::test]
async fn a_tag_stands_for_the_same_bytes_or_says_that_it_does_not() {
    let town = Town::empty().await;
    let path = hall(&town).await;
    let get = async |encoding: &str, known: Option<&str>| {
        let request = Client::new().get(format!("{}{path}", town.address)).header(ACCEPT_ENCODING, encoding);
        let request = known.iter().fold(request, |request, tag| request.header(IF_NONE_MATCH, *tag));
        request.send().await.unwrap()
    };
    let plain = header(&get("identity", None).await, ETAG);
    assert!(plain.starts_with("\"v1-"), "{plain}");
    for encoding in ["gzip", "br"] {
        let packed = get(encoding, None).await;
        assert_eq!(header(&packed, CONTENT_ENCODING), encoding);
        assert_eq!(header(&packed, ETAG), format!("W/{plain}"));
        assert_eq!(get(encoding, Some(&format!("W/{plain}"))).await.status(), 304);
    }
    assert_eq!(get("identity", Some("*")).await.status(), 304);
    for (words, status) in [("", 304), ("?foo=1", 422)] {
        let list = Client::new().get(format!("{}/api/v1/places{words}", town.address)).header(IF_NONE_MATCH, "*");
        assert_eq!(list.send().await.unwrap().status(), status, "places{words}");
    }
    let neither = get("identity;q=0", None).await;
    assert_eq!((neither.status().as_u16(), header(&neither, CONTENT_TYPE).as_str()), (406, PROBLEM));
    assert!(neither.text().await.unwrap().len() < 500, "a refusal is not the answer");
}

#[tokio::test]
async fn what_changes_with_the_program_only_has_a_tag_too() {
    let town = Town::empty().await;
    let described = ask(&town, Method::GET, "/api/v1/openapi.json").await;
    let tag = header(&described, ETAG);
    assert!(tag.starts_with('"') && header(&described, CONTENT_TYPE) == "application/json", "{tag}");
    let again = Client::new().get(format!("{}/api/v1/openapi.json", town.address)).header(IF_NONE_MATCH, tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let page = ask(&town, Method::GET, "/").await;
    if page.status() == 200 {
        assert!(header(&page, ETAG).starts_with('"'));
    }
}

#[tokio::test]
async fn what_is_no_text_is_not_guessed_at() {
    let town = Town::empty().await;
    for path in ["/places?q=%FF", "/places?%FF=1", "/nearby?near=%C3", "/about?x=%E2%82"] {
        assert_eq!(town.get(path).await.0, 400, "{path}");
    }
    assert_eq!(town.get("/places?q=caf%C3%A9&limit=1").await.0, 200);
    assert_eq!(town.get("/places?q=100%").await.0, 200);
}

async fn raw(town: &Town, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(town.address.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_request_names_its_host_once() {
    let town = Town::empty().await;
    for (hosts, version, status) in [
        ("", "1.1", "400"),
        ("Host: a\r\nHost: b\r\n", "1.1", "400"),
        ("Host: a\r\n", "1.1", "200"),
        ("", "1.0", "200"),
    ] {
        let line = raw(&town, &format!("GET /healthz HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n")).await;
        assert!(line.contains(status), "{hosts:?} {version}: {line}");
    }
}

#[tokio::test]
async fn a_bearers_scheme_is_written_in_any_case() {
    let town = Town::with(Setup { metrics_token: Some("watcher".to_owned()), ..Setup::default() }).await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let given = |path: &str, token: &str| {
            let request = Client::new().get(format!("{}{path}", town.address));
            request.header(AUTHORIZATION, format!("{scheme} {token}")).send()
        };
        let (_, session) = read(given("/api/v1/session", &town.token).await.unwrap()).await;
        assert_eq!(session["account"], "tester", "{scheme}");
        assert_eq!(given("/metrics", "watcher").await.unwrap().status(), 200, "{scheme}");
    }
    let basic = Client::new().get(format!("{}/api/v1/session", town.address));
    let basic = basic.header(AUTHORIZATION, format!("Basic {}", town.token)).send().await.unwrap();
    assert_eq!(basic.status(), 401);
}

#[tokio::test]
async fn a_proxy_may_write_the_host_otherwise() {
    let public_url = Some("https://Map.example.org/".to_owned());
    let town = Town::with(Setup { public_url, ..Setup::default() }).await;
    for (origin, status) in [("https://map.example.org", 201), ("https://elsewhere.example", 403)] {
        let body = json!({"name": origin, "point": {"lon": -3.3, "lat": 54.6}});
        let write = town.admin(Method::POST, "/places").header(ORIGIN, origin).json(&body);
        assert_eq!(write.send().await.unwrap().status().as_u16(), status, "{origin}");
    }
}

#[tokio::test]
async fn maps_of_other_sites_read_what_is_everybodys_and_nothing_else() {
    let town = Town::empty().await;
    let path = hall(&town).await;
    let open = |response: &Response| header(response, ACCESS_CONTROL_ALLOW_ORIGIN);
    let reads = [path.as_str(), "/api/v1/places", "/api/v1/about", "/tiles/places.json", "/tiles/places/0/0/0.mvt"];
    for path in reads {
        let request =
            || Client::new().get(format!("{}{path}", town.address)).header(ORIGIN, "https://elsewhere.example");
        let read = request().send().await.unwrap();
        assert_eq!((read.status().as_u16(), open(&read).as_str()), (200, "*"), "{path}");
        assert!(!read.headers().contains_key("access-control-allow-credentials"));
        assert!(header(&read, VARY).contains("Cookie"), "{path}: who is signed in gets another answer");
        assert!(read.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
        for named in [request().bearer_auth(&town.token), request().header(COOKIE, "cg_session=x")] {
            assert_eq!(open(&named.send().await.unwrap()), "", "{path}");
        }
        let leave = |method: &'static str| {
            let request = Client::new().request(Method::OPTIONS, format!("{}{path}", town.address));
            request.header(ORIGIN, "https://elsewhere.example").header(ACCESS_CONTROL_REQUEST_METHOD, method).send()
        };
        let given = leave("GET").await.unwrap();
        assert_eq!((given.status().as_u16(), open(&given).as_str()), (204, "*"), "{path}");
        assert!(header(&given, ACCESS_CONTROL_ALLOW_HEADERS).contains("If-None-Match"));
        for method in ["POST", "PUT", "DELETE"] {
            let refused = leave(method).await.unwrap();
            assert!(refused.status() == 405 && open(&refused).is_empty(), "{method} {path}");
        }
    }
    let body = json!({"name": "Barn", "point": {"lon": -3.3, "lat": 54.6}});
    let write = town.admin(Method::POST, "/places").json(&body).send().await.unwrap();
    assert_eq!((write.status().as_u16(), open(&write).as_str()), (201, ""));
    assert_eq!(open(&ask(&town, Method::GET, "/metrics").await), "");
}

#[tokio::test]
async fn words_that_nobody_reads_are_a_problem_wherever_they_stand() {
    let town = Town::empty().await;
    let path = hall(&town).await.replace("/api/v1", "");
    let history = format!("{path}/history");
    for path in ["/about", "/area-sets", "/session", "/changes", "/openapi.json", &history] {
        let (status, answer) = town.get_as_admin(&format!("{path}?foo=1")).await;
        assert_eq!((status, problems(&answer)), (422, problem("foo", "unknown_field")), "{path}");
    }
    let body = json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
    for (method, path) in [
        (Method::POST, "/places"),
        (Method::PUT, path.as_str()),
        (Method::POST, "/undo"),
        (Method::POST, "/session"),
        (Method::DELETE, "/session"),
        (Method::POST, "/publish"),
        (Method::POST, "/coverage"),
        (Method::POST, "/nearby"),
        (Method::POST, "/gaps/01a204c4-2d86-7071-ace9-80e1176156fa/evidence"),
    ] {
        let request = town.admin(method.clone(), &format!("{path}?foo=1")).header("if-match", "\"v1\"");
        let (status, answer) = read(request.json(&body).send().await.unwrap()).await;
        assert_eq!((status, problems(&answer)), (422, problem("foo", "unknown_field")), "{method} {path}");
    }
    let id = "01a204c4-2d86-7071-ace9-80e1176156fa";
    for (path, body, field) in [
        ("/undo", json!({"batch": id, "foo": 1}), "foo"),
        ("/undo", json!({"batch": id, "change": id}), "batch"),
        ("/session", json!({"link": "x", "foo": 1}), "foo"),
    ] {
        let (status, answer) = town.post(path, body).await;
        assert_eq!((status, problems(&answer)[0].0.as_str()), (422, field), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_word_given_twice_is_meant_once_or_is_a_problem() {
    let town = Town::empty().await;
    let path = hall(&town).await.replace("/api/v1", "");
    let untyped = town.get("/places?type=library&match=possible").await.1["total"].clone();
    assert_eq!(untyped, 1);
    for words in ["match=sure,possible", "match=possible&match=sure"] {
        assert_eq!(town.get(&format!("/places?type=library&{words}")).await.1["total"], 1, "{words}: both");
    }
    assert!(town.get(&format!("{path}?include=card,card")).await.1["card"].is_object());
    for (words, field) in [("format=json,geojson", "format"), ("format=geojson&format=json", "format")] {
        let (status, answer) = town.get(&format!("/places?{words}")).await;
        assert_eq!((status, problems(&answer)), (422, problem(field, "out_of_range")), "{words}");
    }
    assert_eq!(town.get("/places?format=json,json").await.0, 200);
    for words in ["as_at=20260101", "assured_since=20260401", "as_at=2026-01-01T00:00"] {
        let (status, answer) = town.get(&format!("/places?{words}")).await;
        assert_eq!((status, problems(&answer)[0].1.as_str()), (422, "wrong_type"), "{words}");
    }
}

#[tokio::test]
async fn the_day_that_something_was_checked_on_is_the_day_here() {
    let town = Town::empty().await;
    let at = |at: &str| json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}, "assured": {"by": "x", "at": at}});
    // Half past midnight in summer is still the day before by the world's clock.
    for (moment, since, fits) in [
        ("2026-04-01T00:30:00+01:00", "2026-04-01", 1),
        ("2026-04-01T00:30:00+01:00", "2026-04-02", 0),
        ("2026-03-31T23:30:00+01:00", "2026-04-01", 0),
        ("2026-04-01", "2026-04-01", 1),
        ("2026-03-31", "2026-04-01", 0),
        ("2026-01-01T00:00:00Z", "2026-01-01", 1),
    ] {
        let hall = town.add("places", at(moment)).await;
        let (_, found) = town.get(&format!("/places?assured_since={since}")).await;
        assert_eq!(found["total"], fits, "{moment} since {since}");
        let path = format!("/places/{}", hall["id"].as_str().unwrap());
        town.admin(Method::DELETE, &path).header("if-match", "\"v1\"").send().await.unwrap();
    }
}

#[tokio::test]
async fn an_outline_is_sent_once() {
    let town = Town::empty().await;
    let outline = json!({"type": "Polygon", "coordinates": [[[-3.4, 54.6], [-3.3, 54.6], [-3.3, 54.7], [-3.4, 54.6]]]});
    let area =
        json!({"name": "A", "area_set": "s", "code": "1", "point": {"lon": -3.3, "lat": 54.6}, "boundary": outline});
    town.add("areas", area).await;
    town.add("areas", json!({"name": "B", "area_set": "s", "code": "2", "point": {"lon": -3.2, "lat": 54.6}})).await;
    hall(&town).await;
    let (_, areas) = town.get("/areas?format=geojson").await;
    let drawn = &areas["features"].as_array().unwrap()[0];
    assert_eq!(drawn["geometry"]["type"], "Polygon");
    assert_eq!((&drawn["properties"]["boundary"], &drawn["properties"]["name"]), (&Value::Null, &json!("A")));
    assert_eq!(areas["features"][1]["geometry"]["type"], "Point");
    let (_, places) = town.get("/places?format=geojson").await;
    assert_eq!(places["features"][0]["geometry"], json!({"type": "Point", "coordinates": [-3.3, 54.6]}));
}

#[tokio::test]
async fn letters_may_be_composed_or_not_and_links_name_nobody() {
    let town = Town::empty().await;
    let cafe = json!({"name": "Cafe\u{301} Cockermouth", "point": {"lon": -3.3, "lat": 54.6}});
    assert_eq!(town.add("places", cafe).await["name"], "Caf\u{e9} Cockermouth");
    for q in ["caf%C3%A9", "cafe%CC%81", "cafe"] {
        assert_eq!(town.get(&format!("/places?q={q}")).await.1["total"], 1, "{q}");
    }
    let list = |name: &str| format!("name,lat,lon\n{name},54.61,-3.3\n");
    let (_, first) = town.import("kind=place&list=halls", list("The\u{301} Hall")).await;
    let (_, again) = town.import("kind=place&list=halls", list("Th\u{e9} Hall")).await;
    assert_eq!((&first["created"], &again["unchanged"]), (&json!(1), &json!(1)), "{again}");
    for (website, status) in [
        ("https://user:pass@example.org/", 422),
        ("https://nhs.uk@evil.example/", 422),
        ("https://evil.example\\@nhs.uk/", 201),
        ("https://example.org/@somebody?at=a@b", 201),
    ] {
        let body = json!({"name": website, "point": {"lon": -3.3, "lat": 54.6}, "website": website});
        assert_eq!(town.post("/places", body).await.0, status, "{website}");
    }
}
