//! Real lists of the shared data, read whole: how many rows are good and why others are not. Skipped where the data is
//! absent.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use super::*;
use crate::model::Kind;

/// Every postcode is in the middle of England.
struct Anywhere;

impl Lookups for Anywhere {
    fn postcodes_loaded(&self) -> bool {
        true
    }

    fn postcode(&self, _: &Postcode) -> Option<Point> {
        Some(Point { lon: -1.5, lat: 52.5 })
    }
}

/// Reads a real file; `told` is "rows good", then refused rows by the code of their first problem.
fn check(path: &str, wanted: &Wanted, told: &str) {
    let Some(file) = shared(&format!("data/{path}")) else { return };
    let name = Path::new(path).file_name().and_then(|n| n.to_str()).unwrap();
    let found = survey(&file, name, wanted).unwrap_or_else(|p| panic!("{path}: {p:?}"));
    let (mut good, mut refused) = (0, BTreeMap::<&str, u32>::new());
    let mut example = String::new();
    read(&file, &found, wanted, &Anywhere, &mut |row| {
        match &row.parts {
            Ok(_) => good += 1,
            Err(problems) => {
                example = format!("{}: {problems:?}", row.line);
                *refused.entry(problems[0].code.as_str()).or_default() += 1;
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    let refused: String = refused.iter().map(|(code, n)| format!(", {n} {code}")).collect();
    assert_eq!(format!("{} rows, {good} good{refused}", found.rows), told, "{path} {example}");
}

fn set(kind: Kind, field: &str, value: &str) -> Wanted {
    Wanted { set: vec![(field.to_owned(), value.to_owned())], ..Wanted::of(kind) }
}

fn bare(wanted: Wanted, map: &str) -> Wanted {
    Wanted { no_header: true, map: Wanted::read_map(map).unwrap(), ..wanted }
}

#[test]
fn lists_of_the_nhs() {
    let place = |of: &str| set(Kind::Place, "type", of);
    let trust = || set(Kind::Organisation, "type", "nhs_trust");
    check("nhs/hospital_nhsuk_2022.csv", &place("hospital"), "A");
    let map = "ODS=1,name=2,address=3,address=4,address=5,address=6,postcode=7,phone=8,lat=9,lon=10";
    check("nhs/pharmacy_nhsuk_2020.csv", &bare(place("pharmacy"), map), "A");
    check("nhs/tu_gp_practices_geo_2025.csv", &place("gp_practice"), "A");
    let map = "ODS=1,name=2,address=5,address=6,address=7,address=8,postcode=10,from=11,until=12,phone=18";
    check("nhs/epraccur_2023.csv", &bare(place("gp_practice"), map), "A");
    check("nhs/etr_2025.csv", &bare(trust(), "ODS=1,name=2,postcode=10"), "A");
    check("nhs/points_nhs_trusts22.geojson", &trust(), "A");
    check("nhs/trafford_care_homes_cqc.csv", &Wanted::of(Kind::Place), "A");
    check("nhs/gm_hospitals.geojson", &place("hospital"), "A");
}

#[test]
fn lists_of_the_voluntary_sector() {
    let place = |of: &str| set(Kind::Place, "type", of);
    let group = || set(Kind::Organisation, "type", "voluntary");
    check("voluntary/libraries_england_2016.csv", &place("library"), "A");
    check("voluntary/libraries_taskforce_raw_2016.csv", &place("library"), "A");
    check("voluntary/gm_food_banks.csv", &set(Kind::Service, "categories", "food"), "A");
    check("voluntary/gm_places_of_worship_osm.geojson", &place("faith"), "A");
    let by_id = Wanted { key: Some("ID".to_owned()), ..place("faith") };
    check("voluntary/gm_places_of_worship_osm.geojson", &by_id, "A");
    check("voluntary/charity_sample_ukcat.csv", &group(), "A");
    check("voluntary/dual_registered_charities.csv", &group(), "A");
    check("voluntary/ukcat_taxonomy.csv", &set(Kind::Category, "taxonomy", "ukcat"), "A");
    check("derived/vcse_360giving_recipients.csv", &group(), "A");
}

#[test]
fn neighbourhoods_and_boundaries() {
    let area = |set: &str| Wanted { area_set: Some(set.to_owned()), ..Wanted::of(Kind::Area) };
    check("derived/lsoa21_england.csv", &area("lsoa21"), "A");
    check("boundaries/ltla24_uk.geojson", &area("ltla24"), "A");
    check("boundaries/icb22_england.geojson", &area("icb22"), "A");
    check("boundaries/regions16_buc_england.geojson", &area("rgn16"), "A");
    for ward in ["rutland", "cumberland", "westmorland_furness"] {
        check(&format!("boundaries/small/{ward}_ward.geojson"), &area("wd25"), ward);
        check(&format!("boundaries/small/{ward}_lsoa.geojson"), &area("lsoa21"), ward);
    }
}

#[test]
#[ignore = "measures; run in a release build"]
fn a_hundred_thousand_rows_are_read_twice() {
    use std::fmt::Write as _;
    let mut text = "name,postcode,lat,lon,phone,website,opening times,type\n".to_owned();
    for i in 0..100_000 {
        writeln!(text, "Hall {i},CA13 9LU,54.{i},-3.36,01900 829990,www.example.org/{i},Mo-Fr 09:00-17:00,hub")
            .unwrap();
    }
    let wanted = Wanted::of(Kind::Place);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let found = survey(file.path(), "halls.csv", &wanted).unwrap();
    let mut good = 0u32;
    read(file.path(), &found, &wanted, &Anywhere, &mut |row| {
        good += u32::from(row.parts.is_ok());
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((found.rows, good), (100_000, 100_000));
}
