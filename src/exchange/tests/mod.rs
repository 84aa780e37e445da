//! Lists as text in, what they were read as as text out.

mod faults;
mod truth;

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::*;
use crate::model::area::IndicatorType;
use crate::model::{Kind, Point, Postcode};

/// A postcode table of two, or none at all.
struct Table(bool);

impl Lookups for Table {
    fn postcodes_loaded(&self) -> bool {
        self.0
    }

    fn postcode(&self, code: &Postcode) -> Whereabouts {
        match code.as_str() {
            "CA13 9LU" | "LE15 6AJ" => Whereabouts::At(Point { lon: -3.36, lat: 54.66 }),
            "CA13 0AA" => Whereabouts::Nowhere,
            _ => Whereabouts::Unknown,
        }
    }
}

/// Both readings of a text as a file of that name; every row in one line, or the one problem of the file.
fn told(name: &str, bytes: impl AsRef<[u8]>, wanted: &Wanted) -> String {
    told_with(name, bytes.as_ref(), wanted, &Table(true))
}

fn told_with(name: &str, bytes: &[u8], wanted: &Wanted, lookups: &dyn Lookups) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let found = match survey(file.path(), name, wanted) {
        Ok(found) => found,
        Err(p) => return format!("{}: {} {}", p.field, p.code.as_str(), p.message),
    };
    let mut out = String::new();
    read(file.path(), &found, wanted, lookups, &mut |row| {
        write!(out, "{}", row.line).unwrap();
        match &row.parts {
            Ok(parts) => {
                for part in parts {
                    write!(out, " {} {} {}", part.role, part.key, serde_json::to_string(&part.body).unwrap()).unwrap();
                }
            }
            Err(problems) => problems.iter().for_each(|p| write!(out, " !{} {}", p.field, p.code.as_str()).unwrap()),
        }
        row.warnings.iter().for_each(|p| write!(out, " ~{} {}", p.field, p.code.as_str()).unwrap());
        out.push('\n');
        ControlFlow::Continue(())
    })
    .unwrap();
    out
}

fn places() -> Wanted {
    Wanted::of(Kind::Place)
}

fn set(kind: Kind, pairs: &[(&str, &str)]) -> Wanted {
    let set = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Wanted { set, ..Wanted::of(kind) }
}

fn map(wanted: Wanted, text: &str) -> Wanted {
    Wanted { map: Wanted::read_map(text).unwrap(), ..wanted }
}

#[test]
fn a_hall_is_the_same_hall_in_every_form() {
    let first = told("a.csv", "Name,Lat,Long\nHall é,54.66,-3.36\n", &places());
    assert!(first.starts_with("2 self hall é|-3.3600,54.6600 {\"name\":\"Hall é\",\"point\""), "{first}");
    for (text, why) in [
        (&b"Name;Lat;Long\r\nHall \xE9;54.66;-3.36\r\n"[..], "cp1252, semicolon, CRLF"),
        ("\u{feff}Name\tLat\tLong\nHall é\t54.66\t-3.36".as_bytes(), "BOM, tab, no end"),
        ("Name¬Lat¬Long\rHall é¬54.66¬-3.36\r".as_bytes(), "¬ and bare CR"),
        (b"\xFF\xFEN\0a\0m\0e\0,\0L\0a\0t\0,\0L\0o\0n\0g\0\n\0H\0a\0l\0l\0 \0\xE9\0,\x005\x004\0.\x006\x006\0,\0-\x003\0.\x003\x006\0", "UTF-16"),
        ("Name,Lat,Long\n<b>Hall</b> &eacute;,\"54.66\",-3.36,,\n".as_bytes(), "HTML and empty cells at the end"),
    ] {
        assert_eq!(told("a.csv", text, &places()), first, "{why}");
    }
    let json = r#"{"features":[{"type":"Feature","properties":{"name":"Hall é"},"geometry":{"type":"Point","coordinates":[-3.36,54.66]}}],"type":"FeatureCollection"}"#;
    assert_eq!(told("a.geojson", json, &places()), first.replacen('2', "1", 1));
}

#[test]
fn positions_are_taken_in_their_order_and_from_every_form() {
    let text = "name,lat,lon,easting,northing,grid_ref,postcode\n\
        A,54.66,-3.36,1,1,x,CA1\n\
        B,,,312345,530567,x,CA1\n\
        C,,,,,NY 123 305,CA1\n\
        D,,,,,,ca139lu\n\
        E,,,,,,CA13 9LX\n\
        F,,,,,,CA13\n\
        G,-3.36,54.66,,,,\n\
        H,0,0,,,,\n\
        I,,,,,,\n\
        J,x,1,,,,\n";
    let told = told("a.csv", text, &places());
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].ends_with("~postcode postcode_malformed"), "{}", lines[0]);
    assert!(lines[1].contains("\"lat\":54.66"), "{}", lines[1]);
    assert!(lines[2].contains("\"lat\":54.66"), "{}", lines[2]);
    assert!(lines[3].contains("\"postcode\":\"CA13 9LU\""));
    assert_eq!(lines[4], "6 !postcode postcode_unknown");
    assert_eq!(lines[5], "7 !postcode postcode_malformed");
    assert!(lines[6].contains("\"lat\":54.66,\"lon\":-3.36") && lines[6].ends_with("~lat swapped"), "{}", lines[6]);
    assert_eq!(lines[7], "9 !lat outside_country");
    assert_eq!(lines[8], "10 !point required");
    assert_eq!(lines[9], "11 !lat wrong_type");
}

#[test]
fn without_a_postcode_table_the_row_says_what_to_type() {
    let told = |kind: Wanted| told_with("a.csv", b"name,postcode\nA,CA13 9LU\n", &kind, &Table(false));
    assert_eq!(told(places()), "2 !postcode postcodes_not_loaded\n");
    let trust = told(set(Kind::Organisation, &[("type", "voluntary")]));
    assert!(trust.contains("\"postcode\":\"CA13 9LU\"") && trust.contains("~postcode postcodes_not_loaded"), "{trust}");
}

#[test]
fn rows_with_equal_keys_are_all_refused_and_others_go_in() {
    let text = "name,postcode\nHall,CA13 9LU\nOther,CA13 9LU\nhall,ca139lu\n";
    let told_ = told("a.csv", text, &places());
    assert!(told_.starts_with("2 !name duplicate_key\n3 self other|CA13 9LU"), "{told_}");
    assert!(told_.ends_with("4 !name duplicate_key\n"), "{told_}");
    let keyed = Wanted { key: Some("id".into()), ..places() };
    assert!(!told("a.csv", "id,name,postcode\n1,Hall,CA13 9LU\n2,Hall,CA13 9LU\n", &keyed).contains('!'));
}

#[test]
fn ragged_rows_are_padded_or_refused() {
    let told = told("a.csv", "name,lat,lon,phone\nA,54.66,-3.36\nB,1,2,3,4\n", &places());
    assert!(told.starts_with("2 self a|"), "{told}");
    assert!(told.ends_with("3 ! wrong_type\n"), "{told}");
}

#[test]
fn one_problem_tells_what_is_wrong_with_a_whole_file() {
    for (name, text, code, hint) in [
        ("a.csv", &b"PK\x03\x04rest"[..], "not_this_format", "zip"),
        ("a.csv", b"name,lat,lon\nA,54,\"-3", "cut_off", "line 2"),
        ("a.csv", b"name,lat,lon\n", "not_this_format", "no rows"),
        ("a.csv", b"caption,lat,lon\n1,2,3\n", "required", "--map name="),
        ("a.csv", b"name,phone\nA,1\n", "required", "--map lat="),
        ("a.csv", b"A81001,Densham,TS18 1HU\nA81002,Queens,TS18 2AW\n", "not_this_format", "--no-header"),
        ("a.geojson", br#"{"type":"FeatureCollection","features":[{"type":"Feature","prop"#, "cut_off", "cut off"),
        ("a.geojson", br#"{"success":true,"result":[]}"#, "not_this_format", "not a GeoJSON"),
        ("a.geojson", b"name,lat,lon\nA,54,-3\n", "not_this_format", "JSON"),
        ("a.geojson", br#"{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:3857"}},"features":[{"type":"Feature","properties":{"name":"a"},"geometry":null}]}"#, "not_this_format", "3857"),
    ] {
        let told = told(name, text, &places());
        assert!(told.contains(code) && told.contains(hint), "{told}");
    }
}

#[test]
fn columns_without_headings_are_mapped_by_number() {
    let wanted = map(
        Wanted { no_header: true, ..set(Kind::Place, &[("type", "pharmacy")]) },
        "ODS=1,name=2,address=3,address=4,postcode=5,lat=6,lon=7",
    );
    let told = told("p.csv", "FA512,Lords,Unit 61,Newmarket,CB8 8EQ,52.24,0.4\n", &wanted);
    assert!(told.starts_with("1 self FA512 {\"address\":\"Unit 61, Newmarket\",\"identifiers\":[{\"id\":\"FA512\",\"scheme\":\"ODS\"}],\"name\":\"Lords\",\"point\":{\"lat\":52.24,\"lon\":0.4},\"postcode\":\"CB8 8EQ\",\"type\":\"pharmacy\"}"), "{told}");
}

#[test]
fn records_that_are_known_already_are_linked_by_their_id() {
    let id = "0190a5c8-0000-7000-8000-000000000001";
    let wanted = set(Kind::Service, &[("places", id), ("provider", id), ("categories", "Food")]);
    let told = told("a.csv", "name\nLunch\n", &wanted);
    assert_eq!(
        told,
        format!(
            "2 self lunch| {{\"links\":{{\"categories\":[\"Food\"],\"places\":[\"{id}\"],\"provider\":[\"{id}\"]}},\"name\":\"Lunch\"}}\n"
        )
    );
}

#[test]
fn every_file_that_is_refused_whole_says_the_code_in_its_name() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/import/refused");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let told = told(&name, std::fs::read(file.path()).unwrap(), &places());
        let code = name.split("--").next().unwrap();
        assert!(told.contains(&format!(": {code} ")), "{name}: {told}");
        seen += 1;
    }
    assert!(seen >= 8);
}

#[test]
fn a_wrong_option_is_told_with_what_there_is() {
    let text = "name,lat,lon\nA,54.66,-3.36\n";
    assert!(told("a.csv", text, &map(places(), "name=9")).contains("no column 9; the columns are 1 name, 2 lat"));
    assert!(told("a.csv", text, &map(places(), "nmae=1")).contains("unknown_field"));
    assert!(told("a.csv", text, &set(Kind::Place, &[("type", "palace")])).contains("not_allowed"));
}

#[test]
fn a_row_of_a_service_tells_where_and_who() {
    let text = "Service name,Organisation,Charity number,Venue,Address,Postcode,Categories,Min age,Opening times,referral,cost.free,eligibility.group\n\
        Lunch,Age Help,1126980,Christ Church Rooms,South St,CA13 9LU,Food; Company,55,Th 10:00-12:00,Self referral,yes,carers\n\
        Chat,Age Help,1126980,,,,Company,55,every other Thursday,\"self, by letter\",,\n";
    let wanted = set(Kind::Service, &[("delivery", "at_place")]);
    let told = told("groups.csv", text, &wanted);
    let lines: Vec<&str> = told.lines().collect();
    for part in [
        "self lunch|CA13 9LU",
        "\"links\":{\"categories\":[\"Food\",\"Company\"],\"places\":[\"@place\"],\"provider\":[\"@provider\"]}",
        "\"schedule\":\"Th 10:00-12:00\"",
        "\"referral\":[\"self\"]",
        "\"eligibility\":{\"group\":\"carers\",\"min_age\":55}",
        "\"cost\":{\"free\":true}",
        "place christ church rooms|CA13 9LU {\"address\":\"South St\"",
        "provider 1126980 {\"identifiers\":[{\"id\":\"1126980\",\"scheme\":\"GB-CHC\"}],\"name\":\"Age Help\",\"type\":\"voluntary\"}",
    ] {
        assert!(lines[0].contains(part), "{part}\n{}", lines[0]);
    }
    assert_eq!(lines[1], "3 !point required");
}

#[test]
fn what_does_not_fit_is_kept_in_words_or_left_out_with_a_warning() {
    let text = "name,lat,lon,opening times,email,phone,type,closed,notes\n\
        A,54.66,-3.36,most mornings,not an address,NA,castle,XL,Ring first\n";
    let told = told("a.csv", text, &places());
    assert!(told.contains("\"description\":\"Ring first\\nOpening times: most mornings\""), "{told}");
    assert!(told.contains("\"unclear\":[\"status\"]") && !told.contains("\"status\":"), "{told}");
    assert!(told.contains("\"further\":{\"closed\":\"XL\",\"type\":\"castle\"}"), "{told}");
    let warned = "~closed wrong_type ~type not_allowed ~email wrong_type\n";
    assert!(told.ends_with(warned) && !told.contains("phone"), "{told}");
    let note = "name,lat,lon,notes\nA,54.66,-3.36,for Ann: DOB 3/4/1950\n";
    let personal = told_with("a.csv", note.as_bytes(), &places(), &Table(true));
    assert!(personal.ends_with("~notes personal_data\n"), "{personal}");
}

#[test]
fn columns_of_numbers_become_indicators_and_words_become_groups() {
    let text = "LSOA21CD,LSOA21NM,pop_all,Pct_alone,IMD_decile,perc,urban,lon,lat\n\
        E01,One,1477.0,25,8.0,23.2,UN1,-0.1,51.5\n\
        E02,Two,\"1,226\",50,10,0.5,1,-0.1,51.5\n";
    let mut wanted = Wanted { area_set: Some("lsoa21".into()), ..Wanted::of(Kind::Area) };
    wanted.set_indicator = vec![Wanted::read_set_indicator("perc=score").unwrap()];
    assert_eq!(wanted.set_indicator[0].1, IndicatorType::Score);
    let told = told("a.csv", text, &wanted);
    let line = told.lines().next().unwrap();
    for part in [
        "2 self E01 {\"area_set\":\"lsoa21\",\"code\":\"E01\",\"groups\":{\"urban\":\"UN1\"}",
        "\"indicator_types\":{\"perc\":\"score\"}",
        "\"indicators\":{\"IMD_decile\":8,\"Pct_alone\":0.25,\"perc\":23.2,\"population\":1477}",
        "\"name\":\"One\"",
    ] {
        assert!(line.contains(part), "{part}\n{line}");
    }
    assert!(told.contains("\"population\":1226"));
    let unset = told_with("a.csv", text.as_bytes(), &Wanted::of(Kind::Area), &Table(true));
    assert!(unset.contains("--area-set"), "{unset}");
}

#[test]
fn shapes_become_boundaries_of_areas_and_points_of_places() {
    let ring = "[[[-3.4,54.6],[-3.3,54.6],[-3.3,54.7],[-3.4,54.7],[-3.4,54.6]]]";
    let file = |geometry: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"WD25CD":"E05","WD25NM":"Ward","x":null}},"geometry":{geometry}}}]}}"#
        )
    };
    let polygon = |ring: &str| file(&format!(r#"{{"type":"Polygon","coordinates":{ring}}}"#));
    let areas = Wanted { area_set: Some("wd25".into()), ..Wanted::of(Kind::Area) };
    let area = told("w.geojson", polygon(ring), &areas);
    assert!(
        area.contains("\"boundary\":{") && area.contains("\"code\":\"E05\"") && area.contains("\"point\":{"),
        "{area}"
    );
    let place = told("w.geojson", polygon(ring), &places());
    assert!(!place.contains("boundary") && place.contains("\"point\":{\"lat\":54.6"), "{place}");
    let bow = "[[[-3.4,54.6],[-3.3,54.7],[-3.3,54.6],[-3.4,54.7],[-3.4,54.6]]]";
    assert!(told("w.geojson", polygon(bow), &areas).contains("!geometry wrong_type"));
    let turned = "[[[54.6,-3.4],[54.6,-3.3],[54.7,-3.3],[54.7,-3.4],[54.6,-3.4]]]";
    assert!(told("w.geojson", polygon(turned), &areas).contains("~geometry swapped"));
    assert!(told("w.geojson", polygon("[[[NaN,54.6],[1,2]]]"), &areas).contains("!geometry wrong_type"));
    assert!(
        told("w.geojson", file(r#"{"type":"LineString","coordinates":[[-3,54],[-3,55]]}"#), &places())
            .contains("!geometry")
    );
    let metres = r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::27700"}},"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[312345,530567]}}]}"#;
    assert!(told("m.geojson", metres, &places()).contains("\"lat\":54.66"));
}

#[test]
fn a_file_can_be_left_in_the_middle() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "name,lat,lon\nA,54.66,-3.36\nB,54.66,-3.36\n").unwrap();
    let found = survey(file.path(), "a.csv", &places()).unwrap();
    let mut seen = 0;
    let mut stop = |_: Row| {
        seen += 1;
        ControlFlow::Break(())
    };
    read(file.path(), &found, &places(), &Table(true), &mut stop).unwrap();
    assert_eq!(seen, 1);
}

#[test]
fn refused_rows_come_back_without_formulas() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "name,lat,lon\n=cmd(),0,-3.36\n").unwrap();
    let found = survey(file.path(), "a.csv", &places()).unwrap();
    let mut out = Vec::new();
    let mut refused = Refused::new(&mut out, &found).unwrap();
    read(file.path(), &found, &places(), &Table(true), &mut |row| {
        refused.row(&row, row.parts.as_ref().unwrap_err()).unwrap();
        ControlFlow::Continue(())
    })
    .unwrap();
    refused.into_inner().unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("name,lat,lon,line,code,problem\n'=cmd(),0,-3.36,2,outside_country,"), "{text}");
}

#[test]
fn every_word_of_the_table_is_a_target_of_some_kind() {
    for line in plan::headings::TABLE {
        assert!(Kind::ALL.iter().any(|kind| plan::steps::target(*kind, line.path).is_some()), "{}", line.path);
    }
}

#[test]
fn opening_times_in_peoples_words_are_read() {
    let text = "Name,Postcode,Opening times\nA,CA13 9LU,Wednesday 10am - 4pm\nB,CA13 9LU,Mon & Thu 9.30–12\n";
    let told = told("a.csv", text, &places());
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].contains("\"hours\":\"We 10:00-16:00\""), "{told}");
    assert!(lines[1].contains("\"hours\":\"Mo,Th 09:30-12:00\""), "{told}");
    let week = "Name,Postcode,Monday,Tuesday,Sunday\nA,CA13 9LU,9am-5pm,,Closed\n";
    let week = super::tests::told("a.csv", week, &places());
    assert!(week.contains("\"hours\":\"Mo 09:00-17:00; Tu-Sa \\\"not said\\\"; Su off\""), "{week}");
}

#[test]
fn a_food_banks_own_words_are_kept() {
    let text = "Name,Referral method,Opening times,Address,Postcode,Contact,Website\n\
        Salvation Army,Voucher from a GP,Wednesday 9:30am - 12noon or when we are in,\"102 St George's Road, Town\",CA13 9LU,,www.example.org\n";
    let wanted = set(Kind::Service, &[("categories", "Food bank")]);
    assert_eq!(
        told("food_banks.csv", text, &wanted),
        "2 self salvation army|CA13 9LU {\"address\":\"102 St George's Road, Town\",\
         \"description\":\"How to be referred: Voucher from a GP\\nOpening times: Wednesday 9:30am - 12noon or when we are in\",\
         \"links\":{\"categories\":[\"Food bank\"]},\"name\":\"Salvation Army\",\"point\":{\"lat\":54.66,\"lon\":-3.36},\
         \"postcode\":\"CA13 9LU\",\"website\":\"https://www.example.org\"}\n"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_that_others_write_brings_it_down(
        cells in proptest::collection::vec("\\PC{0,12}|[0-9:;,. MoFr-]{0,14}|<[a-z&;#x0-9]{0,8}>?|[A-Z]{2} ?[0-9]{1,9}", 24),
        json in "[\\[\\]{}\":,a-c0-9.N-]{0,40}",
    ) {
        let quoted: Vec<String> = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
        let heading = "name,lat,lon,easting,northing,grid_ref,postcode,address,hours,schedule,phone,website,type,\
            charity number,referral,min age,closed,until,coordinates,wkt,wheelchair,status,email,rating";
        let text = format!("{heading}\n{}\nHall,54.66,-3.36\n", quoted.join(","));
        for kind in [Kind::Place, Kind::Service] {
            let told = told("a.csv", &text, &Wanted::of(kind));
            proptest::prop_assert!(told.lines().count() >= 2, "{told}");
        }
        told("a.geojson", format!("{{\"type\":\"FeatureCollection\",\"features\":[{json}"), &places());
        told("a.geojson", format!("{{\"type\":\"FeatureCollection\",\"features\":[{{\"properties\":{{\"name\":\"a\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{json}}}}}]}}"), &places());
        told("a.csv", text.as_bytes().iter().rev().copied().collect::<Vec<u8>>(), &places());
    }
}
