//! Who may see and do what; and that hidden things stay hidden whatever is asked.

mod support;

use commonground::app::{App, accounts, connect};
use commonground::auth::Role;
use reqwest::Method;
use reqwest::header::{CACHE_CONTROL, COOKIE, IF_MATCH, SET_COOKIE, VARY};
use serde_json::{Value, json};
use support::{Ground, Town, read};
use uuid::Uuid;

/// A refuge whose position is approximate, and a group that only partners see.
async fn refuge(town: &Town) -> (Ground, Value, Value) {
    let ground = town.ground().await;
    let refuge = json!({"name": "Safe house", "point": {"lon": -3.35112, "lat": 54.65934}, "precision": "approximate",
        "address": "7 Hidden Lane", "postcode": "CA13 0AA", "phone": "01632 960001"});
    let refuge = town.add("places", refuge).await;
    let service = json!({"name": "Refuge support", "provider": ground.provider, "categories": [ground.category],
        "places": [refuge["id"]], "funding": [{"source": "Council"}]});
    let service = town.add("services", service).await;
    (ground, refuge, service)
}

#[tokio::test]
async fn writing_needs_somebody_and_reading_needs_nobody() {
    let town = Town::empty().await;
    let body = json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
    let (status, _) = read(town.anybody(Method::POST, "/places").json(&body).send().await.unwrap()).await;
    assert_eq!(status, 401);
    for (role, expected) in
        [(Role::Visitor, 403), (Role::Commissioner, 403), (Role::Contributor, 201), (Role::Admin, 201)]
    {
        let token = town.token(role).await;
        let request = town.anybody(Method::POST, "/places").bearer_auth(token).json(&body);
        assert_eq!(request.send().await.unwrap().status().as_u16(), expected, "{role:?}");
    }
    let contributor = town.token(Role::Contributor).await;
    let (_, list) = town.get("/places").await;
    let path = format!("/places/{}", list["items"][0]["id"].as_str().unwrap());
    let delete = town.anybody(Method::DELETE, &path).bearer_auth(&contributor).header(IF_MATCH, "\"v1\"");
    assert_eq!(delete.send().await.unwrap().status(), 403);
    let import =
        town.anybody(Method::POST, "/imports?kind=place&list=x").bearer_auth(&contributor).body("name,lat,lon\n");
    assert_eq!(import.send().await.unwrap().status(), 403);
    let wrong = town.anybody(Method::GET, "/places").bearer_auth("nonsense").send().await.unwrap();
    assert_eq!(wrong.status(), 401, "a wrong token is told, not taken for nobody");
    assert_eq!(town.get("/places").await.0, 200);
}

#[tokio::test]
async fn the_admin_link_signs_in_once() {
    let town = Town::empty().await;
    let link = town.app.admin_link().await.unwrap();
    let sign_in = || town.anybody(Method::POST, "/session").json(&json!({"link": link}));
    let response = sign_in().send().await.unwrap();
    assert_eq!(response.status(), 200);
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let (_, session) = town.get("/session").await;
    assert_eq!(session, json!({"account": "admin", "role": "admin"}));
    let body = json!({"name": "Hall", "point": {"lon": -3.3, "lat": 54.6}});
    let write = town.anybody(Method::POST, "/places").json(&body).send().await.unwrap();
    assert_eq!(write.status(), 201);
    let foreign = town.anybody(Method::POST, "/places").header("origin", "https://elsewhere.example").json(&body);
    assert_eq!(foreign.send().await.unwrap().status(), 403, "a form of another site can't write");
    assert_eq!(sign_in().send().await.unwrap().status(), 401, "a link works once");
    let (_, out) = read(town.anybody(Method::DELETE, "/session").send().await.unwrap()).await;
    assert_eq!(out["account"], Value::Null);
    assert_eq!(town.get("/session").await.1["account"], Value::Null);
    let stolen = cookie.split(';').next().unwrap().to_owned();
    let reuse = reqwest::Client::new().get(format!("{}/api/v1/session", town.address)).header(COOKIE, stolen);
    assert_eq!(
        read(reuse.send().await.unwrap()).await.1["account"],
        Value::Null,
        "a cookie of an ended session is dead"
    );
}

/// The ends of the sessions that are kept.
async fn ends(town: &Town) -> Vec<i64> {
    use sqlx::Connection;
    let mut db = sqlx::SqliteConnection::connect(&town.url).await.unwrap();
    sqlx::query_scalar("select expires_at from session order by expires_at").fetch_all(&mut db).await.unwrap()
}

/// Every session ends so many seconds from now.
async fn end_in(town: &Town, seconds: i64) -> i64 {
    use sqlx::Connection;
    let mut db = sqlx::SqliteConnection::connect(&town.url).await.unwrap();
    let end = now() + seconds;
    sqlx::query("update session set expires_at = $1").bind(end).execute(&mut db).await.unwrap();
    end
}

fn now() -> i64 {
    commonground::clock::now().as_second()
}

#[tokio::test]
async fn a_session_ends_twelve_hours_after_it_was_last_used() {
    const HOUR: i64 = 3600;
    let town = Town::empty().await;
    let link = town.app.admin_link().await.unwrap();
    let signed = town.anybody(Method::POST, "/session").json(&json!({"link": link})).send().await.unwrap();
    let cookie = signed.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let near = |end: i64, hours: i64| (end - now() - hours * HOUR).abs() < 60;
    assert!(near(ends(&town).await[0], 12));
    // Another instance each time: what is known of a session is not asked for again for half a minute.
    let used = async || {
        let other = Town::on(&town.url).await;
        let request = other.anybody(Method::GET, "/session").header(COOKIE, &cookie);
        read(request.send().await.unwrap()).await.1["account"].clone()
    };
    end_in(&town, 2 * HOUR).await;
    assert_eq!(used().await, "admin");
    assert!(near(ends(&town).await[0], 12), "use moves the end away");
    let end = end_in(&town, 12 * HOUR - 600).await;
    assert_eq!(used().await, "admin");
    assert_eq!(ends(&town).await, [end], "but not with every request");
    end_in(&town, -1).await;
    assert_eq!(used().await, Value::Null);
    assert!(near(ends(&town).await[0], 0), "what has ended stays so");
}

#[tokio::test]
async fn only_an_admins_session_shows_that_somebody_is_in_charge_and_each_ends_with_its_own_account() {
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("town.db").display());
    let app = App::open(&url, jiff::tz::TimeZone::UTC).await.unwrap();
    let store = connect(&url).await.unwrap();
    accounts::add_token(&*store, Role::Contributor, Some("helper")).await.unwrap();
    let helper = accounts::named(&*store, "helper").await.unwrap();
    let sign_in = async |id: &str, account: Uuid| {
        app.put_session(id, json!({"account": account}).to_string(), Some(account)).await.unwrap();
    };
    sign_in("helper's", helper.id).await;
    assert!(!accounts::has_admin(&*store).await.unwrap());
    sign_in("admin's", accounts::ADMIN).await;
    assert!(accounts::has_admin(&*store).await.unwrap());
    let there =
        async |id: &str| App::open(&url, jiff::tz::TimeZone::UTC).await.unwrap().session(id).await.unwrap().is_some();
    accounts::reset_admin(&*store).await.unwrap();
    assert_eq!((there("admin's").await, there("helper's").await), (false, true));
    accounts::revoke(&*store, &helper).await.unwrap();
    assert!(!there("helper's").await);
    // A request that was under way when its session ended brings it back no more.
    app.change_session("helper's", "{}").await.unwrap();
    assert!(!there("helper's").await);
}

#[tokio::test]
async fn a_refuge_cannot_be_located() {
    let town = Town::empty().await;
    let (_, refuge, service) = refuge(&town).await;
    let exact = [(-3.35112, 54.65934)];
    // Nearness from three sides tells the cell's centre, and nothing else.
    let mut centres = Vec::new();
    for near in ["54.66,-3.40", "54.60,-3.35", "54.70,-3.30"] {
        let (_, found) = town.get(&format!("/nearby?near={near}&within=30km")).await;
        for feature in found["features"].as_array().unwrap() {
            if ["Safe house", "Refuge support"].contains(&feature["properties"]["name"].as_str().unwrap()) {
                centres.push(feature["geometry"]["coordinates"].clone());
                let from = near.split_once(',').map(|(lat, lon)| (lon.parse().unwrap(), lat.parse().unwrap())).unwrap();
                let said = feature["properties"]["distance_m"].as_f64().unwrap();
                let at = &feature["geometry"]["coordinates"];
                let to_centre = metres(from, (at[0].as_f64().unwrap(), at[1].as_f64().unwrap()));
                assert!((said - to_centre).abs() < 0.01, "the distance is the centre's");
            }
        }
    }
    assert_eq!(centres.len(), 6);
    assert!(centres.iter().all(|c| *c == centres[0]));
    assert!(metres((centres[0][0].as_f64().unwrap(), centres[0][1].as_f64().unwrap()), exact[0]) > 100.0);
    for path in [
        format!("/places/{}", refuge["id"].as_str().unwrap()),
        "/places".to_owned(),
        "/places?format=geojson".to_owned(),
        format!("/services/{}?include=card", service["id"].as_str().unwrap()),
        format!("/places/{}/history", refuge["id"].as_str().unwrap()),
        "/nearby?near=54.66,-3.35".to_owned(),
        "/nearby?near=54.66,-3.35&q=hidden".to_owned(),
        "/changes".to_owned(),
    ] {
        let (_, answer) = town.get(&path).await;
        let text = answer.to_string();
        for secret in ["Hidden Lane", "CA13 0AA", "960001", "-3.35112", "54.65934"] {
            assert!(!text.contains(secret), "{path} tells {secret}");
        }
    }
    let (_, found) = town.get("/places?q=hidden").await;
    assert_eq!(found["total"], 0, "a search by its address does not find it either");
    let (_, seen) = town.get_as_admin(&format!("/places/{}", refuge["id"].as_str().unwrap())).await;
    assert_eq!((&seen["address"], &seen["point"]["lon"]), (&json!("7 Hidden Lane"), &json!(-3.35112)));
    let (_, found) = town.get_as_admin("/nearby?near=54.65934,-3.35112&within=10m&include=totals").await;
    assert_eq!(found["totals"]["sure"], 2, "who may see it finds it where it is");
    let (_, bare) = town.get("/nearby?near=54.65934,-3.35112&within=10m&include=totals").await;
    assert_eq!(bare["totals"]["sure"], 0);
}

#[tokio::test]
async fn what_only_partners_see_is_not_there_for_others() {
    let town = Town::empty().await;
    let (ground, _, service) = refuge(&town).await;
    let quiet = json!({"name": "Quiet hall", "point": {"lon": -3.36, "lat": 54.66}, "visibility": "partners"});
    let quiet = town.add("places", quiet).await;
    let group = json!({"name": "Open group", "provider": ground.provider, "categories": [ground.category], "places": [quiet["id"]]});
    let group = town.add("services", group).await;
    let id = quiet["id"].as_str().unwrap();
    assert_eq!(town.get(&format!("/places/{id}")).await.0, 404);
    assert_eq!(town.get(&format!("/places/{id}/history")).await.0, 404);
    assert_eq!(town.get(&format!("/nearby?near={id}")).await.0, 422);
    let (_, shown) = town.get(&format!("/services/{}", group["id"].as_str().unwrap())).await;
    assert!(shown["links"].get("places").is_none(), "the link is not shown");
    let (_, found) = town.get("/nearby?near=54.66,-3.36&within=5km").await;
    assert!(!found.to_string().contains("Quiet hall") && !found.to_string().contains("Open group"));
    let partner = town.token(Role::Commissioner).await;
    let request = town.anybody(Method::GET, "/nearby?near=54.66,-3.36&within=5km").bearer_auth(&partner);
    let text = read(request.send().await.unwrap()).await.1.to_string();
    assert!(text.contains("Quiet hall") && text.contains("Open group"));
    let paid = json!({"name": "Lunch", "provider": ground.provider, "categories": [ground.category],
        "places": [ground.place], "funding": [{"source": "Council"}]});
    let paid = town.add("services", paid).await;
    for (record, source) in [(&paid, json!("Council")), (&service, Value::Null)] {
        let path = format!("/services/{}", record["id"].as_str().unwrap());
        assert!(town.get(&path).await.1.get("funding").is_none(), "funding is for partners");
        let (_, seen) = read(town.anybody(Method::GET, &path).bearer_auth(&partner).send().await.unwrap()).await;
        assert_eq!(seen["funding"][0]["source"], source, "and of a refuge for nobody");
        assert!(!seen.to_string().contains("-3.35112"), "partners do not see where the refuge is");
    }
    let (status, refused) = town
        .post(
            "/gaps",
            json!({"name": "g", "what": "x", "reason": "none_here", "place": id, "point": {"lon": -3.3, "lat": 54.6}}),
        )
        .await;
    assert_eq!(status, 201, "{refused}");
}

#[tokio::test]
async fn hiding_a_place_changes_what_is_said_of_its_services() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let service = json!({"name": "Lunch", "provider": ground.provider, "categories": [ground.category], "places": [ground.place]});
    let service = town.add("services", service).await;
    let path = format!("/services/{}", service["id"].as_str().unwrap());
    let tag = |response: &reqwest::Response| response.headers()["etag"].to_str().unwrap().to_owned();
    let before = tag(&town.anybody(Method::GET, &path).send().await.unwrap());
    let (_, place) = town.get_as_admin(&format!("/places/{}", ground.place)).await;
    let mut hidden = place.clone();
    hidden["visibility"] = json!("organisation");
    let put = town.admin(Method::PUT, &format!("/places/{}", ground.place)).header(IF_MATCH, "\"v1\"").json(&hidden);
    assert_eq!(put.send().await.unwrap().status(), 200);
    let after = tag(&town.anybody(Method::GET, &path).send().await.unwrap());
    assert_ne!(before, after);
    assert_eq!(before.split('-').next(), after.split('-').next(), "its own version is the same");
    let (_, found) = town.get("/nearby?near=54.664,-3.366&within=5km&include=totals").await;
    assert_eq!(found["totals"]["sure"], 0, "nor is it found where the place was");
    let (_, changes) = town.get("/changes").await;
    let events: Vec<&Value> =
        changes["items"].as_array().unwrap().iter().filter(|c| c["id"] == json!(ground.place)).collect();
    assert!(events.iter().all(|e| e["op"] == "gone"), "{events:?}");
}

#[tokio::test]
async fn answers_to_the_signed_in_are_private_and_vary() {
    let town = Town::empty().await;
    let open = town.anybody(Method::GET, "/places").send().await.unwrap();
    let vary = open.headers()[VARY].to_str().unwrap().to_lowercase();
    assert!(["cookie", "authorization", "accept"].iter().all(|word| vary.contains(word)), "{vary}");
    let closed = town.admin(Method::GET, "/places").send().await.unwrap();
    assert!(closed.headers()[CACHE_CONTROL].to_str().unwrap().contains("private"));
}

#[tokio::test]
async fn approximate_positions_stay_the_same_however_often_they_are_asked() {
    let town = Town::empty().await;
    let (_, refuge, _) = refuge(&town).await;
    let path = format!("/places/{}", refuge["id"].as_str().unwrap());
    let first = town.get(&path).await.1["point"].clone();
    for _ in 0..5 {
        assert_eq!(town.get(&path).await.1["point"], first);
    }
    let back = town.get_as_admin(&path).await.1;
    let put = town.admin(Method::PUT, &path).header(IF_MATCH, "\"v1\"").json(&back);
    assert_eq!(put.send().await.unwrap().status(), 200);
    assert_eq!(town.get(&path).await.1["point"], first);
}

fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let point = |(lon, lat)| commonground::model::Point { lon, lat };
    point(a).distance_m(point(b))
}

#[tokio::test]
async fn the_past_of_a_service_does_not_give_its_refuge_away() {
    let town = Town::empty().await;
    let (ground, refuge, service) = refuge(&town).await;
    let path = format!("/services/{}", service["id"].as_str().unwrap());
    let at_refuge = json!({"name": "Refuge support", "provider": ground.provider, "categories": [ground.category],
        "places": [refuge["id"]], "address": "9 Secret Lane", "point": {"lon": -3.35113, "lat": 54.65935}});
    let moved = json!({"name": "Support", "provider": ground.provider, "categories": [ground.category], "places": [ground.place]});
    for (body, version) in [(at_refuge, "\"v1\""), (moved, "\"v2\"")] {
        let put = town.admin(Method::PUT, &path).header(IF_MATCH, version).json(&body).send().await.unwrap();
        assert_eq!(put.status(), 200);
    }
    let (_, history) = town.get(&format!("{path}/history")).await;
    let text = history.to_string();
    assert!(!text.contains("Secret Lane") && !text.contains("-3.35113"), "{text}");
    assert_eq!(town.get("/services?q=secret").await.1["total"], 0);
}

#[tokio::test]
async fn an_approximate_service_does_not_name_the_exact_place_it_is_at() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let service = json!({"name": "Quiet group", "provider": ground.provider, "categories": [ground.category],
        "places": [ground.place], "precision": "approximate"});
    let service = town.add("services", service).await;
    let (_, shown) = town.get(&format!("/services/{}?include=card", service["id"].as_str().unwrap())).await;
    assert!(!shown.to_string().contains(&ground.place), "{shown}");
    assert_eq!(shown["card"]["place"], Value::Null);
}

#[tokio::test]
async fn evidence_is_shown_only_to_who_sees_as_much_as_its_maker() {
    let town = Town::empty().await;
    let evidence = json!({"query": "/api/v1/coverage?within=5km", "view": "organisation", "result": {"secret": 77}});
    let gap =
        json!({"name": "G", "what": "x", "reason": "full", "point": {"lon": -3.3, "lat": 54.6}, "evidence": evidence});
    let gap = town.add("gaps", gap).await;
    let path = format!("/gaps/{}", gap["id"].as_str().unwrap());
    assert!(town.get(&path).await.1.get("evidence").is_none());
    assert!(!town.get("/gaps").await.1.to_string().contains("secret"));
    assert!(!town.get(&format!("{path}/history")).await.1.to_string().contains("secret"));
    let (_, again) = read(town.anybody(Method::POST, &format!("{path}/evidence")).send().await.unwrap()).await;
    assert!(!again.to_string().contains("secret"), "{again}");
    assert_eq!(town.get_as_admin(&path).await.1["evidence"]["result"]["secret"], 77);
}

#[tokio::test]
async fn hidden_organisations_are_neither_named_as_owners_nor_linked_to_by_others() {
    let town = Town::empty().await;
    let ground = town.ground().await;
    let hidden = json!({"name": "Hidden", "type": "voluntary", "visibility": "organisation"});
    let hidden = town.add("organisations", hidden).await;
    let service =
        json!({"name": "S", "provider": hidden["id"], "categories": [ground.category], "places": [ground.place]});
    let service = town.add("services", service.clone()).await;
    let (_, shown) = town.get(&format!("/services/{}", service["id"].as_str().unwrap())).await;
    assert!(!shown.to_string().contains(hidden["id"].as_str().unwrap()), "{shown}");
    let contributor = town.token(Role::Contributor).await;
    let mut ids = Vec::new();
    for provider in [hidden["id"].clone(), json!("01a204c4-2d86-7071-ace9-80e1176156fa")] {
        let body =
            json!({"name": "T", "provider": provider, "categories": [ground.category], "places": [ground.place]});
        let request = town.anybody(Method::POST, "/services").bearer_auth(&contributor).json(&body);
        let (status, answer) = read(request.send().await.unwrap()).await;
        ids.push((status, support::problems(&answer)));
    }
    assert_eq!(ids[0], ids[1], "hidden and absent answer alike");
    assert_eq!(ids[0], (422, support::problem("provider", "not_found")));
    let unseen = json!({"name": "Mine", "point": {"lon": -3.3, "lat": 54.6}, "visibility": "organisation"});
    let request = town.anybody(Method::POST, "/places").bearer_auth(&contributor).json(&unseen);
    let (status, answer) = read(request.send().await.unwrap()).await;
    assert_eq!((status, support::problems(&answer)), (422, support::problem("visibility", "not_allowed")));
}

#[tokio::test]
async fn who_could_see_a_record_hears_that_it_is_gone() {
    let town = Town::empty().await;
    let quiet = json!({"name": "Quiet", "point": {"lon": -3.3, "lat": 54.6}, "visibility": "partners"});
    let quiet = town.add("places", quiet).await;
    let path = format!("/places/{}", quiet["id"].as_str().unwrap());
    town.admin(Method::DELETE, &path).header(IF_MATCH, "\"v1\"").send().await.unwrap();
    let partner = town.token(Role::Commissioner).await;
    let request = town.anybody(Method::GET, "/changes").bearer_auth(&partner);
    let events = read(request.send().await.unwrap()).await.1;
    assert!(
        events["items"].as_array().unwrap().iter().any(|e| e["op"] == "gone" && e["id"] == quiet["id"]),
        "{events}"
    );
    assert!(!town.get("/changes").await.1.to_string().contains(quiet["id"].as_str().unwrap()), "others hear nothing");
    assert_eq!(town.get(&format!("{path}/history")).await.0, 404);
}

// F3
#[tokio::test]
async fn guessing_a_body_tells_a_stranger_nothing_and_its_maker_may_send_it_again() {
    let town = Town::empty().await;
    let (maker, stranger) = (town.token(Role::Contributor).await, town.token(Role::Contributor).await);
    let send = async |method: Method, path: &str, token: &str, body: &Value| {
        let request = town.anybody(method.clone(), path).bearer_auth(token).json(body);
        let request = if method == Method::PUT { request.header("if-none-match", "*") } else { request };
        let (status, answer) = read(request.send().await.unwrap()).await;
        (status, support::problems(&answer), answer["detail"].clone())
    };
    let id = |n: u32| format!("01a204c4-2d86-7071-ace9-80e1176156{n:02}");
    let home = |n: u32, lon: f64| json!({"id": id(n), "name": "Home", "home_address": true, "point": {"lon": lon, "lat": 54.6}});
    assert_eq!(send(Method::POST, "/places", &maker, &home(10, -3.3)).await.0, 201);
    assert_eq!(send(Method::POST, "/places", &maker, &home(10, -3.3)).await.0, 200);
    let mut hidden = home(11, -3.3);
    hidden["visibility"] = json!("organisation");
    town.add("places", hidden.clone()).await;
    town.add("places", home(12, -3.3)).await;
    let gone = town.admin(Method::DELETE, &format!("/places/{}", id(12))).header(IF_MATCH, "\"v1\"");
    assert_eq!(gone.send().await.unwrap().status(), 200);
    let mut answers = Vec::new();
    for body in [home(10, -3.3), home(10, -3.2), hidden, home(11, -3.2), home(12, -3.3), home(12, -3.2)] {
        let mut body = body;
        // Nobody but its own may write what only its own see: that would be told first.
        body.as_object_mut().unwrap().remove("visibility");
        answers.push(send(Method::POST, "/places", &stranger, &body).await);
        answers.push(send(Method::PUT, &format!("/places/{}", body["id"].as_str().unwrap()), &stranger, &body).await);
    }
    assert_eq!((answers[0].0, &answers[0].1), (409, &support::problem("id", "already_exists")));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
}

// F8
#[tokio::test]
async fn evidence_that_names_no_view_is_for_who_sees_as_much_as_its_writer() {
    let town = Town::empty().await;
    let (contributor, partner) = (town.token(Role::Contributor).await, town.token(Role::Commissioner).await);
    let gap = json!({"name": "G", "what": "x", "reason": "full", "point": {"lon": -3.3, "lat": 54.6},
        "evidence": {"query": "/api/v1/coverage?within=5km", "result": {"secret": 77}}});
    let by_admin = town.add("gaps", gap.clone()).await;
    let request = town.anybody(Method::POST, "/gaps").bearer_auth(&contributor).json(&gap);
    let by_contributor = read(request.send().await.unwrap()).await.1;
    for (record, view, anybody, partners) in
        [(&by_admin, "organisation", false, false), (&by_contributor, "partners", false, true)]
    {
        let path = format!("/gaps/{}", record["id"].as_str().unwrap());
        assert_eq!(town.get_as_admin(&path).await.1["evidence"]["view"], view);
        assert_eq!(town.get(&path).await.1.get("evidence").is_some(), anybody);
        let seen = read(town.anybody(Method::GET, &path).bearer_auth(&partner).send().await.unwrap()).await.1;
        assert_eq!(seen.get("evidence").is_some(), partners, "{view}");
    }
}
