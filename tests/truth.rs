//! Against truth that others computed: geodesics, the Ordnance Survey's points, polygons, postcodes, synthetic England.

mod support;

use commonground::analysis::Ctl;
use commonground::analysis::reach::nearest::{AssetPoints, Radius, Standpoint};
use commonground::exchange::grid;
use commonground::model::record::read as read_body;
use commonground::model::{Kind, Point, Postcode, polygon};
use geo::{Distance, Euclidean, Intersects, MultiPolygon, Relate};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use support::{Town, shared};

fn rows(file: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(file).unwrap().deserialize().map(|row| row.unwrap()).collect()
}

fn number(row: &BTreeMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

#[test]
fn geodesics_agree_to_a_millimetre_and_thresholds_to_the_rule() {
    let Some(shared) = shared() else { return };
    let pairs = rows(&shared.join("vectors/geo/geodesic_pairs.csv"));
    assert_eq!(pairs.len(), 200);
    for row in &pairs {
        let point = |i: u8| Point { lat: number(row, &format!("lat{i}")), lon: number(row, &format!("lon{i}")) };
        let (a, b, truth) = (point(1), point(2), number(row, "geodesic_m"));
        assert!((a.distance_m(b) - truth).abs() < 1e-3, "pair {}", row["id"]);
        let (x, y) = (a.ecef(), b.ecef());
        let chord = x.iter().zip(y).map(|(p, q)| (p - q).powi(2)).sum::<f64>().sqrt();
        assert!(chord <= truth + 1e-3, "a chord is never longer: pair {}", row["id"]);
        if chord < 1_000_000.0 {
            assert!(commonground::model::geodesic_at_most(chord) >= truth - 1e-3, "pair {}", row["id"]);
        }
        let (from, targets) = (Standpoint::new(a), AssetPoints::new([(b, 0)], &Ctl::free()).unwrap());
        assert!(targets.within(&from, &Radius::new(truth + 1e-3)), "pair {}", row["id"]);
        if truth > 1e-3 {
            assert!(!targets.within(&from, &Radius::new(truth - 1e-3)), "pair {}", row["id"]);
        }
    }
}

#[test]
fn the_ordnance_surveys_forty_points_agree_both_ways() {
    let Some(shared) = shared() else { return };
    let points = rows(&shared.join("vectors/geo/osgb_official_40.csv"));
    assert_eq!(points.len(), 40);
    for row in &points {
        let (e, n) = (number(row, "osgb36_e"), number(row, "osgb36_n"));
        let truth = Point { lat: number(row, "etrs89_lat"), lon: number(row, "etrs89_lon") };
        let point = grid::to_point(e, n).unwrap();
        assert!(point.distance_m(truth) < 0.1, "{}", row["point"]);
        let (to_e, to_n) = grid::from_point(truth).unwrap();
        assert!((to_e - e).hypot(to_n - n) < 0.1, "{}", row["point"]);
    }
}

#[test]
fn postcodes_are_read_as_the_list_says() {
    let Some(shared) = shared() else { return };
    let mut cases = csv::Reader::from_path(shared.join("vectors/geo/postcode_format.csv")).unwrap();
    let cases: Vec<csv::StringRecord> = cases.records().map(Result::unwrap).collect();
    assert!(cases.len() > 15);
    for case in &cases {
        let read = Postcode::parse(&case[0]);
        let good = &case[2] != "0";
        assert_eq!(read.is_some(), good, "{:?}", &case[0]);
        if good {
            assert_eq!(read.unwrap().as_str(), &case[1]);
        }
    }
}

#[test]
fn points_lie_in_and_at_odd_polygons_as_others_say() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("vectors/geo/polygon_cases.json")).unwrap();
    let cases: Value = serde_json::from_str(&text).unwrap();
    let shapes: BTreeMap<String, MultiPolygon> = cases["polygons"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, shape)| (name.clone(), polygon::read(shape).unwrap()))
        .collect();
    let list = cases.as_object().unwrap().iter().find(|(key, value)| *key != "polygons" && value.is_array()).unwrap().1;
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 559);
    for case in list {
        let shape = &shapes[case["polygon"].as_str().or_else(|| case["poly"].as_str()).unwrap()];
        let coordinate =
            |i: usize, name: &str| case.get(name).or_else(|| case["point"].get(i)).unwrap().as_f64().unwrap();
        let point = geo::Point::new(coordinate(0, "x"), coordinate(1, "y"));
        assert_eq!(shape.intersects(&point), case["covers"].as_bool().unwrap(), "covers: {case}");
        assert_eq!(shape.relate(&point).is_contains(), case["contains"].as_bool().unwrap(), "contains: {case}");
        let apart = if shape.intersects(&point) { 0.0 } else { Euclidean.distance(&point, shape) };
        assert!((apart - case["distance"].as_f64().unwrap()).abs() < 1e-9, "distance: {case}");
    }
}

#[test]
fn broken_polygons_are_refused_with_a_reason() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("vectors/geo/invalid_polygons.json")).unwrap();
    let shapes: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert!(shapes.len() >= 6);
    for (name, ring) in shapes {
        let boundary = json!({"type": "Polygon", "coordinates": [ring]});
        let area = json!({"name": "A", "area_set": "s", "code": "1", "point": {"lon": -1.0, "lat": 52.0}, "boundary": boundary});
        let problems = read_body(Kind::Area, &area).unwrap_err();
        assert!(problems.iter().all(|p| p.field.starts_with("boundary")), "{name}: {problems:?}");
        assert!(problems.iter().all(|p| p.message.len() > 15), "{name}: {problems:?}");
    }
}

#[tokio::test]
async fn points_in_real_districts_are_found_in_them() {
    let Some(shared) = shared() else { return };
    let town = Town::empty().await;
    let file = std::fs::read(shared.join("vectors/geo/lad17_england.geojson")).unwrap();
    let (status, answer) = town.import("kind=area&list=districts&area_set=lad17", file).await;
    assert_eq!(
        (status, &answer["created"], &answer["refused"]),
        (200, &json!(326), &json!(0)),
        "{}",
        answer["problems"]
    );
    let view = town.app.view(commonground::atlas::Viewer::PUBLIC);
    let targets: Vec<_> = view
        .of_kind(Kind::Area)
        .filter_map(|e| {
            let body: Value = serde_json::from_str(&e.body).unwrap();
            Some((body["code"].as_str()?.to_owned(), commonground::analysis::membership::AskedArea::read(e)?))
        })
        .collect();
    let cases = rows(&shared.join("vectors/geo/lad17_point_in_polygon_2500.csv"));
    assert_eq!(cases.len(), 2500);
    for case in &cases {
        let point = Point { lon: number(case, "lon"), lat: number(case, "lat") };
        let position = commonground::analysis::membership::AreaClues { point: Some(point), codes: &[] };
        let holds = |t: &commonground::analysis::membership::AskedArea| {
            t.holds(position, &view) == commonground::analysis::Answer::Yes
        };
        let found: Vec<&str> = targets.iter().filter(|(_, t)| holds(t)).map(|(code, _)| code.as_str()).collect();
        let truth: Vec<&str> = Some(case["lad17cd"].as_str()).filter(|c| !c.is_empty()).into_iter().collect();
        assert_eq!(found, truth, "point {}", case["id"]);
    }
}
