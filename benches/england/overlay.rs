//! So many single changes that nothing is folded yet: what an instance looks like that people work on. What they change
//! is in no question that is asked, so that the truth stays.

use serde_json::{Value, json};
use std::time::Instant;

use crate::asking::Asking;

/// Services that are changed.
const CHANGED: usize = 8_000;
/// Places that are added.
const PLACES: usize = 50;
/// Who provides what is changed.
const PROVIDER: &str = "01a20000-0000-7000-8000-0000000f0000";
const WRITERS: usize = 64;

/// Writes it; answers the revision after it.
pub async fn fill(asking: &Asking) -> u64 {
    let begun = Instant::now();
    let mut services: Vec<Value> = Vec::new();
    let mut after = String::new();
    while services.len() < CHANGED {
        let page = asking.get(&format!("/api/v1/services?limit=1000{after}")).await.json();
        services.extend(page["items"].as_array().into_iter().flatten().cloned());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    services.truncate(CHANGED);
    let who = json!({"name": "Fellside Neighbours", "type": "voluntary"});
    assert!(asking.put(&format!("/api/v1/organisations/{PROVIDER}"), None, who.to_string()).await.is_well());
    // Another number than last time, so that each is a change.
    let free = services.first().map_or(0, |s| s["capacity"]["free"].as_i64().unwrap_or(0) + 1) % 1_000;
    let writers = (0..WRITERS).map(|writer| {
        let mine = services.iter().skip(writer).step_by(WRITERS);
        async move {
            for service in mine {
                let mut body = service.clone();
                body["capacity"]["free"] = json!(free);
                // A list may leave it unsaid, a form may not.
                body["links"]["provider"] = json!([PROVIDER]);
                let tag = format!("\"v{}\"", body["version"]);
                let path = format!("/api/v1/services/{}", body["id"].as_str().expect("an id"));
                let told = asking.put(&path, Some(tag), body.to_string()).await;
                assert!(told.is_well(), "{}", String::from_utf8_lossy(&told.body));
            }
        }
    });
    futures::future::join_all(writers).await;
    for n in 0..PLACES {
        let path = format!("/api/v1/places/{}", place(n));
        let hall = json!({"name": format!("Hall {n}"), "point": {"lon": -1.9, "lat": 52.5}});
        assert!(asking.put(&path, None, hall.to_string()).await.is_well(), "a place is added");
    }
    eprintln!("  {} services changed one by one, {:.1} s", services.len(), begun.elapsed().as_secs_f64());
    asking.get("/api/v1/places?limit=1").await.json()["revision"].as_u64().expect("a revision")
}

/// The id of a place that is added, the same in every run.
fn place(n: usize) -> String {
    format!("01a20000-0000-7000-8000-{n:012x}")
}

/// Addresses of the cards of the places that are added.
pub fn cards() -> Vec<String> {
    (0..PLACES).map(|n| format!("/api/v1/places/{}?include=card", place(n))).collect()
}
