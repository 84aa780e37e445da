//! Real lists of the shared data, read whole: how many rows are good and why others are not. Skipped where the data is
//! absent.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use crate::exchange::explain::Somewhere;
use crate::exchange::*;
use crate::model::{Code, Kind};

/// Reads a real file; `told` is "rows good", then refused rows by the code of their first problem.
fn check(path: &str, wanted: &Wanted, told: &str) {
    let Some(file) = shared(&format!("data/{path}")) else { return };
    let name = Path::new(path).file_name().and_then(|n| n.to_str()).unwrap();
    let found = survey(&file, name, wanted).unwrap_or_else(|p| panic!("{path}: {p:?}"));
    let (mut good, mut refused) = (0, BTreeMap::<&str, u32>::new());
    let mut example = String::new();
    read(&file, &found, wanted, &Somewhere, &mut |row| {
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
    check("nhs/hospital_nhsuk_2022.csv", &place("hospital"), "1211 rows, 1210 good, 1 required");
    let map = "ODS=1,name=2,address=3,address=4,address=5,address=6,postcode=7,phone=8,lat=9,lon=10";
    check("nhs/pharmacy_nhsuk_2020.csv", &bare(place("pharmacy"), map), "11206 rows, 11204 good, 2 required");
    check("nhs/tu_gp_practices_geo_2025.csv", &place("gp_practice"), "12447 rows, 12377 good, 70 required");
    let map = "ODS=1,name=2,address=5,address=6,address=7,address=8,postcode=10,from=11,until=12,phone=18";
    check(
        "nhs/epraccur_2023.csv",
        &bare(place("gp_practice"), map),
        "15971 rows, 15945 good, 1 postcode_malformed, 25 required",
    );
    check("nhs/etr_2025.csv", &bare(trust(), "ODS=1,name=2,postcode=10"), "273 rows, 273 good");
    check("nhs/points_nhs_trusts22.geojson", &trust(), "218 rows, 218 good");
    check("nhs/trafford_care_homes_cqc.csv", &Wanted::of(Kind::Place), "56 rows, 56 good");
    check("nhs/gm_hospitals.geojson", &place("hospital"), "449 rows, 447 good, 2 duplicate_key");
}

#[test]
fn lists_of_the_voluntary_sector() {
    let place = |of: &str| set(Kind::Place, "type", of);
    let group = || set(Kind::Organisation, "type", "voluntary");
    check("voluntary/libraries_england_2016.csv", &place("library"), "3238 rows, 3206 good, 32 duplicate_key");
    check(
        "voluntary/libraries_taskforce_raw_2016.csv",
        &place("library"),
        "3034 rows, 3029 good, 5 postcode_malformed",
    );
    check("voluntary/gm_food_banks.csv", &set(Kind::Service, "categories", "food"), "171 rows, 171 good");
    check("voluntary/gm_places_of_worship_osm.geojson", &place("faith"), "1620 rows, 1610 good, 10 duplicate_key");
    let by_id = Wanted { key: Some("ID".to_owned()), ..place("faith") };
    check("voluntary/gm_places_of_worship_osm.geojson", &by_id, "1620 rows, 1620 good");
    check("voluntary/charity_sample_ukcat.csv", &group(), "4203 rows, 4201 good, 2 required");
    check("voluntary/dual_registered_charities.csv", &group(), "1503 rows, 1451 good, 52 duplicate_key");
    check("voluntary/ukcat_taxonomy.csv", &set(Kind::Category, "taxonomy", "ukcat"), "254 rows, 254 good");
    check("derived/vcse_360giving_recipients.csv", &group(), "4619 rows, 4542 good, 76 duplicate_key, 1 required");
}

#[test]
fn neighbourhoods_and_boundaries() {
    let area = |set: &str| Wanted { area_set: Some(set.to_owned()), ..Wanted::of(Kind::Area) };
    check("derived/lsoa21_england.csv", &area("lsoa21"), "33755 rows, 33755 good");
    check("boundaries/ltla24_uk.geojson", &area("ltla24"), "361 rows, 361 good");
    check("boundaries/icb22_england.geojson", &area("icb22"), "42 rows, 42 good");
    check("boundaries/regions16_buc_england.geojson", &area("rgn16"), "9 rows, 9 good");
    check("boundaries/small/rutland_ward.geojson", &area("wd25"), "15 rows, 15 good");
    check("boundaries/small/rutland_lsoa.geojson", &area("lsoa21"), "26 rows, 26 good");
    check("boundaries/small/cumberland_ward.geojson", &area("wd25"), "46 rows, 46 good");
    check("boundaries/small/cumberland_lsoa.geojson", &area("lsoa21"), "177 rows, 177 good");
    check("boundaries/small/westmorland_furness_ward.geojson", &area("wd25"), "33 rows, 33 good");
    check("boundaries/small/westmorland_furness_lsoa.geojson", &area("lsoa21"), "142 rows, 142 good");
}

#[test]
fn a_gigabyte_in_one_line_is_refused() {
    use std::io::Write as _;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let chunk = vec![b'x'; 1 << 20];
    (0..1024).for_each(|_| file.write_all(&chunk).unwrap());
    let problem = survey(file.path(), "halls.csv", &Wanted::of(Kind::Place)).unwrap_err();
    assert_eq!(problem.code, Code::NotThisFormat);
}
