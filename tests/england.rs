//! Synthetic England: the files are the ones everybody else measures on, and coverage is right to the last person.

#[path = "support/england.rs"]
mod england;
mod support;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{Town, shared};

#[tokio::test]
async fn coverage_of_synthetic_england_is_right_to_the_last_person() {
    let Some(shared) = shared() else { return };
    let truth = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(shared.join("bench").join(name)).unwrap()).unwrap()
    };
    let (meta, expected) = (truth("meta.json"), truth("expected.json"));
    let (areas, assets) = (england::areas(), england::assets());
    for (name, text) in [("area.tsv", &areas), ("asset.tsv", &assets), ("query.tsv", &england::queries())] {
        let digest: String = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(meta["sha256"][name], digest.as_str(), "{name}");
    }
    let town = Town::empty().await;
    let words = "kind=area&list=areas&area_set=synthetic&no_header=true&delimiter=tab&set_indicator=need%3Dscore&map=";
    let map = "code%3D2,name%3D2,population%3D3,need%3D4,older%3D5,lon%3D6,lat%3D7";
    let (status, answer) = town.import(&format!("{words}{map}"), areas).await;
    assert_eq!((status, &answer["created"], &answer["refused"]), (200, &json!(36_000), &json!(0)), "{answer}");
    let of_category: String =
        assets.lines().filter(|l| l.split('\t').nth(3) == Some("20")).map(|l| format!("{l}\n")).collect();
    let words = "kind=service&list=assets&key=1&no_header=true&delimiter=tab&map=name%3D2,categories%3D4,capacity.per_week%3D5,lon%3D6,lat%3D7";
    let (status, answer) = town.import(words, of_category).await;
    assert_eq!((status, &answer["created"]), (200, &json!(16_445)), "{answer}");
    for metres in [1600, 5000, 8000] {
        let (_, answer) = town.get(&format!("/coverage?category=20&within={metres}m&areas=synthetic")).await;
        let truth = &expected["coverage"][format!("geodesic_{metres}")];
        let total = &answer["total"];
        assert_eq!((&total["areas_covered"], &total["weight_covered"]), (&truth["areas"], &truth["pop"]), "{metres} m");
    }
    let quintiles = &expected["coverage_1600_geodesic_by_need_quintile"];
    for (weight, whole, covered) in [("population", "pop", "covered"), ("older", "older", "older_covered")] {
        let path = format!("/coverage?category=20&within=1600m&areas=synthetic&by=quintile:need&weight={weight}");
        let (_, answer) = town.get(&path).await;
        for group in answer["groups"].as_array().unwrap() {
            let truth = &quintiles[group["key"].as_str().unwrap()];
            assert_eq!(
                (&group["weight"], &group["weight_covered"]),
                (&truth[whole], &truth[covered]),
                "{weight} {group}"
            );
        }
        assert_eq!(answer["groups"].as_array().unwrap().len(), 5);
    }
}
