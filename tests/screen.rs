//! What the screen that brings lists in stands on: columns are named after a first look, and a list is taken back after
//! one of its columns was shown.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::Town;

const HALLS: &str = "name,lat,lon,Rating\nHill Hall,54.664,-3.366,Good\nLow Hall,54.665,-3.367,Fair\n";

async fn shown(town: &Town, list: &str) -> Value {
    let (status, done) = town.post("/publish", json!({"list": list, "column": "Rating"})).await;
    assert_eq!(status, 200, "{done}");
    done
}

async fn names(town: &Town) -> Vec<String> {
    let (_, page) = town.get("/places").await;
    page["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect()
}

/// Showing a column says nothing of one's own: it does not hold what the list made in place.
#[tokio::test]
async fn a_list_is_taken_back_whole_after_its_column_was_shown_or_hidden_again() {
    for hidden_again in [false, true] {
        let town = Town::empty().await;
        let (_, brought) = town.import("kind=place&list=halls", HALLS).await;
        shown(&town, "halls").await;
        if hidden_again {
            town.post("/publish", json!({"list": "halls", "column": "Rating", "withdraw": true})).await;
        }
        let (status, back) = town.post("/undo", json!({"batch": brought["batch"]})).await;
        assert_eq!((status, back["reverted"].as_array().unwrap().len()), (200, 2), "{back}");
        assert_eq!((&back["kept"], names(&town).await), (&json!([]), vec![]));
    }
}

/// What somebody wrote since stays, whether or not a column was shown.
#[tokio::test]
async fn what_somebody_wrote_after_a_column_was_shown_is_kept() {
    let town = Town::empty().await;
    let (_, brought) = town.import("kind=place&list=halls", HALLS).await;
    shown(&town, "halls").await;
    let (_, page) = town.get_as_admin("/places?q=hill").await;
    let mut hall = page["items"][0].clone();
    hall["phone"] = json!("01900 000101");
    let path = format!("/places/{}", hall["id"].as_str().unwrap());
    let tag = format!("\"v{}\"", hall["version"]);
    let put = town.admin(Method::PUT, &path).header("If-Match", tag).json(&hall).send().await.unwrap();
    assert_eq!(put.status(), 200);
    let (_, back) = town.post("/undo", json!({"batch": brought["batch"]})).await;
    assert_eq!(back["reverted"].as_array().unwrap().len(), 1, "{back}");
    assert_eq!(
        (back["kept"][0]["name"].as_str(), names(&town).await),
        (Some("Hill Hall"), vec!["Hill Hall".to_owned()])
    );
}

/// B13's sibling: whoever names a column after the first look has not moved the headings.
#[tokio::test]
async fn headings_below_a_title_are_found_when_a_column_is_named_too() {
    let town = Town::empty().await;
    let file =
        "Halls of the county,,,\nas of November,,,\nName,Lat,Lon,What goes on\nHill Hall,54.664,-3.366,Tea and talk\n";
    for words in ["", "&map=description%3D4", "&map=description%3DWhat%20goes%20on"] {
        let (status, told) = town.import(&format!("kind=place&list=halls&explain=true{words}"), file).await;
        assert_eq!(status, 200, "{words}: {told}");
        let headings: Vec<&str> =
            told["columns"].as_array().unwrap().iter().map(|c| c["heading"].as_str().unwrap()).collect();
        assert_eq!(headings, ["Name", "Lat", "Lon", "What goes on"], "{words}");
        assert_eq!((&told["rows"], &told["good"]), (&json!(1), &json!(1)), "{words}");
    }
}
