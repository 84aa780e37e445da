//! Synthetic England: the files are the ones everybody else measures on, and coverage is right to the last person. The
//! one that is lived in is always the same, too.

#[path = "support/england.rs"]
mod england;
#[path = "support/lived.rs"]
mod lived;
mod support;
#[path = "support/times.rs"]
mod times;

use chrono::{Datelike, NaiveDate, TimeDelta};
use commonground::model::hours::holidays::bank_holidays;
use commonground::model::hours::{Calendar, Nation, Window, open_in};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{Town, shared};

/// Digests of the files that are lived in: districts, areas, services.
const LIVED: [&str; 3] = [
    "8216302122514e4bd6191ee5c9c6ae3baabd4b359a8a2e1d7b0c72ffcada1abc",
    "84909fddd4a1d6416425885145cedc5070fbbc193c39cd6f9a38f0ecb38d8355",
    "18043c5b16e0524426adb2aff002ac29c8ee28fcd282641c1dd10872990fc479",
];

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_england_that_is_lived_in_is_always_the_same() {
    let found = [lived::districts_file(), lived::areas(), lived::services()].map(|text| digest(&text));
    assert_eq!(found, LIVED);
}

#[test]
fn as_many_services_say_something_as_the_bench_promises() {
    let (mut ages, mut comes, mut area, mut approximate, mut hidden, mut times) = (0, 0, 0, 0, 0, 0);
    for service in lived::each_service() {
        ages += usize::from(service.ages != (None, None));
        comes += usize::from(service.delivery.iter().any(|way| *way != "at_place"));
        area += usize::from(service.service_area.is_some());
        approximate += usize::from(service.approximate);
        hidden += usize::from(service.partners_only);
        times += usize::from(service.times.is_some());
    }
    let percent = [ages, comes, area, approximate, hidden, times].map(|n| (n as f64 / 1e4).round());
    assert_eq!(percent, [60.0, 20.0, 10.0, 5.0, 2.0, 30.0]);
    for area in lived::each_area() {
        assert_eq!(area.ages.iter().sum::<u32>(), area.plain.people);
    }
}

#[test]
fn what_a_text_about_times_is_made_of_is_what_it_is_read_as() {
    let holidays: Vec<NaiveDate> =
        (2026..=2027).flat_map(|year| bank_holidays(Nation::EnglandAndWales, year)).collect();
    let first = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    for (i, times) in times::all().iter().enumerate().step_by(7) {
        // A day of the month is hit too seldom by chance.
        let of_a_month = times.to_string().contains('[');
        let drawn = |k| (england::uniform(99, i as u64, k) * 120.0) as i64;
        let days: Vec<i64> = if of_a_month { (0..120).collect() } else { (0..6).map(drawn).collect() };
        for (k, ahead) in days.into_iter().enumerate() {
            let date = first + TimeDelta::days(ahead);
            let minute = (england::uniform(99, i as u64, 10 + k as u64 % 6) * 1440.0) as u16;
            let day = times::Day {
                month: date.month() as u8,
                day: date.day() as u8,
                days_in_month: date.num_days_in_month(),
                weekday: date.weekday().num_days_from_monday() as u8,
                bank_holiday: holidays.contains(&date),
            };
            let at = date.and_hms_opt(u32::from(minute) / 60, u32::from(minute) % 60, 0).unwrap();
            let whole = Window { from: date.and_hms_opt(0, 0, 0).unwrap(), to: (date + TimeDelta::days(1)).into() };
            for (window, minute) in [(Window { from: at, to: at }, Some(minute)), (whole, None)] {
                let read = open_in(&json!(times.to_string()), window, &Calendar::default());
                assert_eq!(read, Some(times.is_open(day, minute)), "{times} at {at}, {minute:?}");
            }
        }
    }
}

#[tokio::test]
async fn coverage_of_synthetic_england_is_right_to_the_last_person() {
    let Some(shared) = shared() else { return };
    let truth = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(shared.join("bench").join(name)).unwrap()).unwrap()
    };
    let (meta, expected) = (truth("meta.json"), truth("expected.json"));
    let (areas, assets) = (england::areas(), england::assets());
    for (name, text) in [("area.tsv", &areas), ("asset.tsv", &assets), ("query.tsv", &england::queries())] {
        assert_eq!(meta["sha256"][name], digest(text).as_str(), "{name}");
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
