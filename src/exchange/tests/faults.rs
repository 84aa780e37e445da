//! What real lists, users and an adversary found, each with its id and with siblings: the bytes of a list in, what is read
//! of it out. The right values come from the reports and the contract, not from the program.

use serde_json::{Value, json};
use std::ops::ControlFlow;

use super::{Table, map, places, set};
use crate::exchange::*;
use crate::model::{Code, Kind, Problem};

/// A row that was read.
struct Line {
    /// The bodies of its parts, its own first; the problems of a refused one.
    parts: Result<Vec<Value>, Vec<Problem>>,
    warnings: Vec<Problem>,
}

impl Line {
    fn own(&self) -> &Value {
        &self.parts.as_ref().unwrap_or_else(|p| panic!("{p:?}"))[0]
    }

    /// The code of the warning about a column.
    fn warned(&self, column: &str) -> Option<Code> {
        self.warnings.iter().find(|w| w.field == column).map(|w| w.code)
    }

    fn refused(&self) -> (&str, Code) {
        let problem = &self.parts.as_ref().unwrap_err()[0];
        (&problem.field, problem.code)
    }
}

fn file(bytes: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

fn rows(name: &str, bytes: impl AsRef<[u8]>, wanted: &Wanted) -> Vec<Line> {
    let file = file(bytes);
    let found = survey(file.path(), name, wanted).unwrap_or_else(|p| panic!("{name}: {p:?}"));
    let mut out = Vec::new();
    read(file.path(), &found, wanted, &Table(true), &mut |row| {
        let parts = row.parts.map(|parts| parts.into_iter().map(|p| Value::Object(p.body)).collect());
        out.push(Line { parts, warnings: row.warnings });
        ControlFlow::Continue(())
    })
    .unwrap();
    out
}

fn csv(text: &str, wanted: &Wanted) -> Vec<Line> {
    rows("list.csv", text, wanted)
}

/// A field of the row's own record, of every row.
fn each(text: &str, wanted: &Wanted, field: &str) -> Vec<Value> {
    csv(text, wanted).iter().map(|line| line.own().pointer(field).cloned().unwrap_or(Value::Null)).collect()
}

fn groups() -> Wanted {
    set(Kind::Organisation, &[("type", "voluntary")])
}

#[test]
fn b01_a_delimiter_at_the_end_of_every_row_shifts_nothing() {
    let text =
        "Charity Number,Name,Postcode\r\n1126980,Hilltop Carers Group,CA13 9LU,\r\n1126981,Low Mill Club,CA13 9LE,\r\n";
    assert_eq!(each(text, &groups(), "/name"), ["Hilltop Carers Group", "Low Mill Club"]);
    assert_eq!(each(text, &groups(), "/identifiers/0/id"), ["1126980", "1126981"]);
    // Siblings: several too many, another delimiter, numbers that count from one, a heading row that ends so, too.
    for text in [
        "ID,Name,Postcode\n1,A,CA13 9LU,,\n2,B,CA13 9LU,,\n",
        "ID;Name;Postcode\n1;A;CA13 9LU;\n2;B;CA13 9LU;\n",
        "ID,Name,Postcode,\n1,A,CA13 9LU,\n2,B,CA13 9LU,\n",
        "ID,Name,Postcode\n0,A,CA13 9LU,\n1,B,CA13 9LU,\n",
    ] {
        assert_eq!(each(text, &places(), "/name"), ["A", "B"], "{text}");
    }
    // The guard: a true row index is one that counts, before rows whose last cell is filled.
    let index =
        "Name,Charity Number,Postcode\n0,Hilltop Carers Group,1126980,CA13 9LU\n1,Low Mill Club,1126981,CA13 9LE\n";
    assert_eq!(each(index, &groups(), "/name"), ["Hilltop Carers Group", "Low Mill Club"]);
    // A last column without a heading is no reason to shift the others.
    let unnamed = "Number,Name,Postcode\n1126980,A,CA13 9LU,x\n1126981,B,CA13 9LU,y\n";
    assert!(csv(unnamed, &places()).iter().all(|l| l.refused().1 == Code::WrongType));
}

#[test]
fn b02_a_decimal_comma_makes_no_figure_ten_times_too_large() {
    let service = set(Kind::Service, &[]);
    let text = "name;postcode;provider;category;capacity;waiting weeks\nLunch;CA13 9LU;Carers;befriending;12;2,5\n";
    assert_eq!(each(text, &service, "/capacity/waiting_weeks"), [json!(2.5)]);
    let places_of = |text: &str| each(text, &places(), "/point");
    let point = json!({"lat": 54.6627, "lon": -3.3606});
    assert_eq!(places_of("name;lat;lon\nHall;54,6627;-3,3606\n"), std::slice::from_ref(&point));
    assert_eq!(places_of("name;coordinates\nHall;54,6627 -3,3606\n"), [point]);
    // Three decimals of a degree are no thousand.
    assert_eq!(places_of("name;lat;lon\nHall;54,662;-3,360\n"), [json!({"lat": 54.662, "lon": -3.36})]);
    let area = Wanted { area_set: Some("s".into()), ..Wanted::of(Kind::Area) };
    let text = "code,name,lat,lon,population\nZZ201,North End,54.6627,-3.3606,\"1,204\"\n";
    assert_eq!(each(text, &area, "/indicators/population"), [json!(1204)]);
    // A column that shows decimal commas writes all its numbers so.
    let text = "code;name;lat;lon;need_score\nA;A;54,66;-3,36;1,204\nB;B;54,67;-3,36;12,5\n";
    assert_eq!(each(text, &area, "/indicators/need_score"), [json!(1.204), json!(12.5)]);
    // What cannot be meant is told, not guessed.
    let text = "name;postcode;category;waiting weeks\nLunch;CA13 9LU;food;1,2,3\n";
    let lines = csv(text, &service);
    assert_eq!(lines[0].own().get("capacity"), None);
    assert_eq!(lines[0].warned("waiting weeks"), Some(Code::WrongType));
}

#[test]
fn b03_a_closed_column_that_names_days_closes_nobody() {
    let text = "Name,Postcode,Closed\nA,CA13 9LU,Sundays\nB,CA13 9LU,Bank holidays\nC,CA13 9LU,No\nD,CA13 9LU,-\n\
        E,CA13 9LU,Unknown\nF,CA13 9LU,Yes\nG,CA13 9LU,Mon and 1pm-2pm\nH,CA13 9LU,31/03/2020\nI,CA13 9LU,Permanently closed\n\
        J,CA13 9LU,moved away\n";
    let lines = csv(text, &places());
    let status = |i: usize| lines[i].own().get("status").cloned().unwrap_or(Value::Null);
    let unclear = |i: usize| lines[i].own().get("unclear").is_some();
    for i in [0, 1, 2, 3, 6] {
        assert!(status(i).is_null() && !unclear(i), "row {i} is open");
    }
    assert!(lines[0].own()["description"].as_str().unwrap().contains("Closed: Sundays"));
    for i in [4, 9] {
        assert!(status(i).is_null() && unclear(i) && lines[i].warned("Closed").is_some(), "row {i} is unknown");
    }
    assert_eq!((status(5), status(8)), (json!("closed"), json!("closed")));
    assert_eq!(lines[7].own()["until"], "2020-03-31");
}

#[test]
fn b07_refused_rows_come_back_as_they_were() {
    let text = "Name,Postcode,Phone\n@Home Hub,CA13 9L,+44 1900 000101\n-Bump to Baby-,CA13 9,+44 1900 000102\n=1+1 Café,CA13,\n";
    let file = file(text);
    let wanted = places();
    let found = survey(file.path(), "hubs.csv", &wanted).unwrap();
    let mut refused = Refused::new(Vec::new(), &found).unwrap();
    read(file.path(), &found, &wanted, &Table(true), &mut |row| {
        let problems = row.parts.as_ref().unwrap_err().clone();
        refused.row(&row, &problems).unwrap();
        ControlFlow::Continue(())
    })
    .unwrap();
    let returned = String::from_utf8(refused.into_inner().unwrap()).unwrap();
    assert!(returned.contains("'@Home Hub") && returned.contains("'+44 1900"), "no spreadsheet runs it: {returned}");
    let mended =
        returned.replace("CA13 9L,", "CA13 9LU,").replace("CA13 9,", "CA13 9LU,").replace("CA13,", "CA13 9LU,");
    assert_eq!(each(&mended, &wanted, "/name"), ["@Home Hub", "-Bump to Baby-", "=1+1 Café"]);
    assert_eq!(each(&mended, &wanted, "/phone"), [json!("+44 1900 000101"), json!("+44 1900 000102"), Value::Null]);
    let lines = csv(&mended, &wanted);
    assert!(lines.iter().all(|l| l.own().get("further").is_none()), "what was told of the row is no column of it");
}

#[test]
fn b07_r10_refused_features_come_back_with_their_geometry() {
    let outline = json!({"type": "Polygon", "coordinates": [[[-3.0, 54.0], [-2.0, 55.0], [-2.0, 54.0], [-3.0, 55.0], [-3.0, 54.0]]]});
    let text = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "Bow", "rooms": 3}, "geometry": outline}]});
    let file = file(text.to_string());
    let found = survey(file.path(), "a.geojson", &places()).unwrap();
    let mut refused = Refused::new(Vec::new(), &found).unwrap();
    read(file.path(), &found, &places(), &Table(true), &mut |row| {
        let problems = row.parts.as_ref().unwrap_err().clone();
        assert!(problems[0].message.contains("Fix geometries"), "{problems:?}");
        refused.row(&row, &problems).unwrap();
        ControlFlow::Continue(())
    })
    .unwrap();
    let returned: Value = serde_json::from_slice(&refused.into_inner().unwrap()).unwrap();
    let feature = &returned["features"][0];
    assert_eq!(feature["geometry"], outline);
    assert_eq!((&feature["properties"]["name"], &feature["properties"]["refused"]["line"]), (&json!("Bow"), &json!(1)));
}

#[test]
fn b07_a_refused_feature_keeps_a_code_of_its_own() {
    let area = Wanted { area_set: Some("s".into()), ..Wanted::of(Kind::Area) };
    let text = feature(
        json!({"code": "A001", "name": "North", "problem": "damp", "population": 100}),
        json!({"type": "Point", "coordinates": [-33.6, 54.66]}),
    );
    let file = file(&text);
    let found = survey(file.path(), "a.geojson", &area).unwrap();
    let mut refused = Refused::new(Vec::new(), &found).unwrap();
    read(file.path(), &found, &area, &Table(true), &mut |row| {
        refused.row(&row, row.parts.as_ref().unwrap_err()).unwrap();
        ControlFlow::Continue(())
    })
    .unwrap();
    let mended = String::from_utf8(refused.into_inner().unwrap()).unwrap().replace("-33.6", "-3.36");
    let lines = rows("a.geojson", &mended, &area);
    let own = lines[0].own();
    assert_eq!((&own["code"], &own["groups"]), (&json!("A001"), &json!({"problem": "damp"})));
    assert_eq!(own["indicators"], json!({"population": 100}));
}

#[test]
fn b08_one_stray_byte_does_not_garble_a_list() {
    let bytes = b"Name,Postcode\nCaf\xc3\xa9 Solway,CA13 9LU\nSt Mary\x92s Hall,CA13 9LU\nT\xc5\xb7 Newydd \xc2\xa35,CA13 9LU\n";
    let names: Vec<Value> = rows("a.csv", bytes, &places()).iter().map(|l| l.own()["name"].clone()).collect();
    assert_eq!(names, ["Café Solway", "St Mary’s Hall", "Tŷ Newydd £5"]);
    let file = file(bytes);
    assert!(survey(file.path(), "a.csv", &places()).unwrap().notes[0].contains("Windows-1252"));
}

#[test]
fn b09_numbers_cut_short_by_a_spreadsheet_are_left_out_with_what_to_do() {
    let text = "Charity Number,Name,Phone,Company number\n1.12698E+06,Hilltop Carers Group,4.41900E+11,1.2E+07\n";
    let lines = csv(text, &groups());
    let own = lines[0].own();
    assert!(own.get("identifiers").is_none() && own.get("phone").is_none(), "{own}");
    for column in ["Charity Number", "Phone", "Company number"] {
        let warning = lines[0].warnings.iter().find(|w| w.field == column).unwrap();
        assert!(warning.message.contains("format the column as text"), "{}", warning.message);
    }
    // Two such are not one record, whatever they are found again by.
    let text = "Charity Number,Name\n1.12698E+06,One\n1.12698E+06,Two\n";
    assert_eq!(each(text, &groups(), "/name"), ["One", "Two"]);
    let keyed = Wanted { key: Some("Charity Number".into()), ..groups() };
    assert!(csv(text, &keyed).iter().all(|l| l.refused().1 == Code::Required));
    // A number that is a number may be written so.
    let area = Wanted { area_set: Some("s".into()), ..Wanted::of(Kind::Area) };
    let text = "code,name,lat,lon,population\nE06000063,A,54.66,-3.36,1.2E+03\n";
    assert_eq!(each(text, &area, "/indicators/population"), [json!(1200)]);
}

#[test]
fn b10_what_a_spreadsheet_shows_for_a_fault_is_no_name() {
    for fault in ["#REF!", "########", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"] {
        let lines = csv(&format!("Name,Postcode,Phone\n{fault},CA13 9LU,\nHall,CA13 9LU,{fault}\n"), &places());
        assert_eq!(lines[0].refused(), ("Name", Code::Required), "{fault}");
        assert_eq!(lines[1].own().get("phone"), None, "{fault}");
    }
}

#[test]
fn b11_an_end_is_read_in_all_the_ways_a_spreadsheet_writes_it() {
    let text = "Name,Postcode,End date\nA,CA13 9LU,31-Mar-20\nB,CA13 9LU,31/03/20\nC,CA13 9LU,31/03/2020\nD,CA13 9LU,2020\nE,CA13 9LU,soon\n";
    let lines = csv(text, &places());
    for line in &lines[..3] {
        assert_eq!(line.own()["until"], "2020-03-31");
    }
    assert_eq!(lines[3].own()["until"], "2020-12-31");
    // What is no date is unknown, not for ever.
    assert_eq!(lines[4].own()["unclear"], json!(["until"]));
    assert!(lines[4].warnings[0].message.contains("\"soon\""), "{:?}", lines[4].warnings);
}

#[test]
fn b13_headings_are_found_below_titles_and_a_named_delimiter_is_taken() {
    let titled = "Directory of community venues 2026,,\nProduced by the council,,\n,,\nName,Postcode,Phone\nHilltop Hall,CA13 9LU,01900 000101\n";
    assert_eq!(each(titled, &places(), "/phone"), ["01900 000101"]);
    let found = survey(file(titled).path(), "a.csv", &places()).unwrap();
    assert!(found.notes[0].contains("line 4"), "{:?}", found.notes);
    for named in [
        "sep=;\nName;Postcode\nHall, the old one;CA13 9LU\n",
        "\u{feff}\"sep=;\"\r\nName;Postcode\r\nHall, the old one;CA13 9LU\r\n",
    ] {
        assert_eq!(each(named, &places(), "/name"), ["Hall, the old one"]);
    }
    // Where they are not found, a line can be named.
    let odd = "x,y\nBezeichnung,Postcode\nHall,CA13 9LU\n";
    let wanted = Wanted { header_line: Some(2), map: Wanted::read_map("name=Bezeichnung").unwrap(), ..places() };
    assert_eq!(each(odd, &wanted, "/name"), ["Hall"]);
    // A list whose first line is data is not searched for headings in its rows.
    assert!(
        survey(file("Hall,CA13 9LU\nName,Postcode\n").path(), "a.csv", &map(places(), "name=1,postcode=2")).is_err()
    );
}

fn feature(properties: Value, geometry: Value) -> String {
    json!({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": properties, "geometry": geometry}]}).to_string()
}

#[test]
fn b14_a_collection_of_one_geometry_is_that_geometry() {
    let point = json!({"type": "Point", "coordinates": [-3.3606, 54.6627]});
    for geometry in [
        json!({"type": "GeometryCollection", "geometries": [point]}),
        json!({"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": [point]}]}),
        json!({"type": "MultiPoint", "coordinates": [[-3.3606, 54.6627]]}),
    ] {
        let lines = rows("a.geojson", feature(json!({"name": "Hut"}), geometry.clone()), &places());
        assert_eq!(lines[0].own()["point"], json!({"lat": 54.6627, "lon": -3.3606}), "{geometry}");
    }
    let two = json!({"type": "GeometryCollection", "geometries": [point, point]});
    assert_eq!(rows("a.geojson", feature(json!({"name": "Hut"}), two), &places())[0].refused().1, Code::WrongType);
}

#[test]
fn b15_p10_an_address_in_parts_is_one_address() {
    let point = json!({"type": "Point", "coordinates": [-3.36, 54.66]});
    for (properties, address) in [
        (json!({"name": "Hut", "address": {"street": "1 Quay Street", "town": "Maryport"}}), "1 Quay Street, Maryport"),
        (
            json!({"name": "Hut", "addr:housenumber": "12a", "addr:street": "Quay Street", "addr:city": "Maryport"}),
            "12a Quay Street, Maryport",
        ),
        (
            json!({"name": "Hut", "address": {"city": "Maryport", "house_number": "3", "street": "Quay Street"}}),
            "3 Quay Street, Maryport",
        ),
    ] {
        let lines = rows("a.geojson", feature(properties.clone(), point.clone()), &places());
        assert_eq!(lines[0].own()["address"], address, "{properties}");
    }
    let tags = json!({"name": "Hut", "addr:postcode": "CA13 9LU", "contact:phone": "01900 000101", "contact:website": "hut.example.org",
        "contact:email": "hut@example.org", "wheelchair": "limited", "opening_hours": "Tu 10:00-12:00", "operator": "Hut Trust"});
    let lines = rows("a.geojson", feature(tags, point.clone()), &places());
    let own = lines[0].own();
    assert_eq!(
        (&own["postcode"], &own["phone"], &own["email"]),
        (&json!("CA13 9LU"), &json!("01900 000101"), &json!("hut@example.org"))
    );
    assert_eq!((&own["website"], &own["hours"]), (&json!("https://hut.example.org"), &json!("Tu 10:00-12:00")));
    // Limited is neither yes nor no: its word is kept.
    assert!(own.get("accessible").is_none() && own["description"].as_str().unwrap().contains("limited"), "{own}");
    let yes = rows("a.geojson", feature(json!({"name": "Hut", "wheelchair": "yes"}), point), &places());
    assert_eq!(yes[0].own()["accessible"], json!({"step_free": true}));
}

#[test]
fn b16_b17_marks_that_nobody_sees_change_nothing() {
    let text = "Name,Postcode,Lat,Lon\nHilltop Hall,CA13\u{200b} 9LU,,\nOther,,54.66\u{200b},\u{feff}-3.36\n👩\u{200d}👧 Mums and daughters,CA13 9LU,,\nHall\u{202e}llaH,CA13 9LU,,\n";
    let lines = csv(text, &places());
    assert_eq!(lines[0].own()["postcode"], "CA13 9LU");
    assert_eq!(lines[1].own()["point"], json!({"lat": 54.66, "lon": -3.36}));
    assert_eq!(lines[2].own()["name"], "👩\u{200d}👧 Mums and daughters");
    assert_eq!(lines[3].own()["name"], "HallllaH");
    let feature = feature(json!({"name": "Hut\u{200b}", "postcode": "CA13\u{200b} 9LU"}), Value::Null);
    assert_eq!(rows("a.geojson", feature, &places())[0].own()["postcode"], "CA13 9LU");
}

#[test]
fn b19_r12_the_first_sound_contact_is_taken_and_the_rest_is_not_lost() {
    let text = "Name,Postcode,Website,Phone,Email\n\
        A,CA13 9LU,http:/x.example.org,Tel: 01632 960001,a@example.org\n\
        B,CA13 9LU,HTTPS://x.example.org,01632 960002 & 01632 960003,\n\
        C,CA13 9LU,https://example.org/a https://example.org/b,,\n\
        D,CA13 9LU,info@x.example.org,ask at the desk,\n";
    let lines = csv(text, &places());
    assert_eq!(lines[0].own()["website"], "http://x.example.org");
    assert_eq!((&lines[0].own()["phone"], lines[0].warned("Website")), (&json!("01632 960001"), Some(Code::WrongType)));
    assert_eq!((&lines[1].own()["website"], lines[1].warned("Website")), (&json!("https://x.example.org"), None));
    assert_eq!((&lines[1].own()["phone"], lines[1].warned("Phone")), (&json!("01632 960002"), Some(Code::WrongType)));
    assert_eq!(lines[1].own()["further"]["Phone"], "01632 960002 & 01632 960003");
    assert_eq!(lines[2].own()["website"], "https://example.org/a");
    let last = lines[3].own();
    assert_eq!((last.get("website"), &last["email"]), (None, &json!("info@x.example.org")));
    assert_eq!((last.get("phone"), &last["further"]["Phone"]), (None, &json!("ask at the desk")));
}

#[test]
fn b20_an_age_that_cannot_be_read_is_unknown_and_not_no_limit() {
    let text = "Service Name,Category,Postcode,Min Age,Max Age\nA,food,CA13 9LU,18 months,4\nB,food,CA13 9LU,18+,\nC,food,CA13 9LU,any,adult\n";
    let lines = csv(text, &Wanted::of(Kind::Service));
    assert_eq!(lines[0].own()["eligibility"], json!({"max_age": 4}));
    assert_eq!(lines[0].own()["unclear"], json!(["eligibility.min_age"]));
    assert_eq!(lines[0].own()["further"]["Min Age"], "18 months");
    assert_eq!((&lines[1].own()["eligibility"], lines[1].own().get("unclear")), (&json!({"min_age": 18}), None));
    assert_eq!(lines[2].own()["unclear"], json!(["eligibility.max_age"]));
}

#[test]
fn p1_nought_and_nought_is_no_place_and_the_postcode_will_do() {
    for (lat, lon) in [("0", "0"), ("0.0", "0.000"), ("-1", "-1"), ("999", "999"), ("-9999", "-9999")] {
        let text = format!("name,lat,lon,postcode\nHall,{lat},{lon},CA13 9LU\nOther,{lat},{lon},\n");
        let lines = csv(&text, &places());
        assert_eq!(lines[0].own()["point"], json!({"lat": 54.66, "lon": -3.36}), "{lat}");
        assert_eq!(lines[0].warned("lat"), Some(Code::OutsideCountry));
        assert_eq!(lines[1].refused(), ("lat", Code::OutsideCountry));
    }
    // Greenwich lies on nought.
    assert_eq!(each("name,lat,lon\nHall,51.47,0\n", &places(), "/point"), [json!({"lat": 51.47, "lon": 0.0})]);
    let grid = "name,easting,northing,postcode\nHall,0,0,CA13 9LU\n";
    assert_eq!(each(grid, &places(), "/point"), [json!({"lat": 54.66, "lon": -3.36})]);
}

#[test]
fn p3_r4_a_status_is_read_or_unknown_and_never_open_by_silence() {
    let text = "Name,Postcode,Status\nA,CA13 9LU,Permanently Closed\nB,CA13 9LU,Temporarily closed\nC,CA13 9LU,Active\nD,CA13 9LU,Inactive\nE,CA13 9LU,\n";
    let lines = csv(text, &places());
    let status: Vec<Option<&str>> = lines.iter().map(|l| l.own().get("status").and_then(Value::as_str)).collect();
    assert_eq!(status, [Some("closed"), Some("paused"), Some("open"), None, None]);
    let unclear: Vec<bool> = lines.iter().map(|l| l.own().get("unclear").is_some()).collect();
    assert_eq!(unclear, [false, false, false, true, false]);
    assert!(lines[3].own()["description"].as_str().unwrap().contains("Inactive"), "its word is kept");
    assert!(lines[3].warnings[0].message.starts_with("taken as unknown"), "and it is said: {:?}", lines[3].warnings);
    let year = "Name,Postcode,Year Permanently Closed,Facility Operation: 31/12/2023\nMade-up Library,CA13 9LU,2014,Closed\nOpen Library,CA13 9LU,,LA\n";
    let lines = csv(year, &places());
    assert_eq!((&lines[0].own()["until"], lines[1].own().get("until")), (&json!("2014-12-31"), None));
    assert_eq!(lines[1].own()["further"], json!({"Facility Operation: 31/12/2023": "LA"}));
    // Who wanted it hidden and could not be understood is not shown.
    let hidden = csv("Name,Postcode,Visibility\nA,CA13 9LU,confidential\n", &places());
    assert_eq!(hidden[0].refused(), ("Visibility", Code::NotAllowed));
}

#[test]
fn p6_r14_a_postcode_says_what_is_the_matter_with_it() {
    let text = "Name,Postcode\nA,CA13 0AA\nB,CA13 0ZZ\n";
    let lines = csv(text, &places());
    let said = |i: usize| lines[i].parts.as_ref().unwrap_err()[0].message.clone();
    assert!(said(0).contains("has no position in the postcode table"), "{}", said(0));
    assert!(said(1).contains("not in the postcode table") && said(1).contains("given up"), "{}", said(1));
}

#[test]
fn r14_a_telephone_of_ten_digits_is_no_nhs_number() {
    // 01900 ... numbers whose ten digits pass the check: only their being telephones tells.
    for text in ["Ring 016977 2047 to book", "tel. 0169772047", "Call 01697 72047"] {
        let lines = csv(&format!("Name,Postcode,Description\nA,CA13 9LU,{text}\n"), &places());
        assert_eq!(lines[0].own()["description"], text);
    }
    let number = csv("Name,Postcode,Description\nA,CA13 9LU,patient 943 476 5919\n", &places());
    assert!(
        number[0].own().get("description").is_none() && number[0].warned("Description") == Some(Code::PersonalData)
    );
}

#[test]
fn r9_rows_that_say_the_same_go_in_once() {
    let text = "name,postcode,lat,lon,description\nWarm Hub,CA13 9LU,54.66,-3.36,Tea and talk\nWarm Hub,CA13 9LU,54.66,-3.36,Tea and talk\nOther Hub,CA13 9LU,54.66,-3.37,Soup\n";
    let lines = csv(text, &places());
    assert_eq!(lines[0].own()["name"], "Warm Hub");
    assert!(lines[1].parts.as_ref().unwrap().is_empty() && lines[1].warned("name") == Some(Code::RepeatedRow));
    // Blanks around a cell make no other row; one that differs makes all of them refused, with their lines.
    let spaced = text.replace("Tea and talk\nOther", " Tea and talk \nOther");
    assert!(csv(&spaced, &places())[1].parts.as_ref().unwrap().is_empty());
    let third = text.replace("Other Hub,CA13 9LU,54.66,-3.37,Soup", "Warm Hub,CA13 9LU,54.66,-3.36,Soup");
    let lines = csv(&third, &places());
    assert!(lines.iter().all(|l| l.refused().1 == Code::DuplicateKey));
    assert!(lines[0].parts.as_ref().unwrap_err()[0].message.contains("3, 4"));
}

#[test]
fn r9_what_only_a_kept_column_tells_apart_is_said() {
    let text = "Name,Postcode,Remark\nYoga,CA13 9LU,Monday\nYoga,CA13 9LU,Thursday\n";
    let lines = csv(text, &places());
    let said = &lines[1].warnings[0];
    assert!(
        said.code == Code::RepeatedRow && said.message.contains("Remark: Thursday") && said.message.contains("--key")
    );
    let numbered = "FID,Name,Postcode\n1,Yoga,CA13 9LU\n2,Yoga,CA13 9LU\n";
    assert!(csv(numbered, &places())[1].parts.as_ref().unwrap().is_empty(), "a number of the row is no difference");
    // What is refused once is refused again, and all of it comes back.
    let wrong = csv("Name,Postcode\nHall,CA13 9L\nHall,CA13 9L\n", &places());
    assert!(wrong.iter().all(|l| l.refused().1 == Code::PostcodeMalformed));
}

#[test]
fn r12_a_placeholder_for_a_name_is_said() {
    for name in ["Unknown", "unnamed", "TBC", "No name"] {
        let lines = csv(&format!("Name,Postcode\n{name},CA13 9LU\nUnknown Pleasures,CA13 9LU\n"), &places());
        assert!(lines[0].warned("Name").is_some() && lines[1].warned("Name").is_none(), "{name}");
    }
}

#[test]
fn n1_a_column_for_each_weekday_is_taken() {
    let text = "Name,Postcode,Monday,Tuesday,Sunday\nA,CA13 9LU,9am-5pm,,Closed\n";
    let lines = csv(text, &places());
    let own = lines[0].own();
    let said = format!(
        "{}{}",
        own.get("hours").map_or("", |h| h.as_str().unwrap()),
        own.get("description").map_or("", |d| d.as_str().unwrap())
    );
    assert!(said.contains("Mo") && own.get("further").is_none(), "{own}");
}

#[test]
fn a_column_called_open_is_read_by_what_stands_under_it() {
    let hours =
        each("Name,Postcode,Open\nA,CA13 9LU,Wednesday 10am - 4pm\nB,CA13 9LU,Mon-Fri 9-5\n", &places(), "/hours");
    assert_eq!(hours, ["We 10:00-16:00", "Mo-Fr 09:00-17:00"]);
    let status = each("Name,Postcode,Open\nA,CA13 9LU,Yes\nB,CA13 9LU,No\nC,CA13 9LU,\n", &places(), "/status");
    assert_eq!(status, [json!("open"), json!("closed"), Value::Null]);
    let neither = csv("Name,Postcode,Still open\nA,CA13 9LU,Yes\nB,CA13 9LU,No\nC,CA13 9LU,perhaps\n", &places());
    assert_eq!(neither[2].own()["unclear"], json!(["status"]));
}

#[test]
fn n2_a_position_is_read_from_one_cell_in_every_form() {
    let point = json!({"lat": 54.66, "lon": -3.36});
    for (heading, cell) in [
        ("Coordinates", "54.66, -3.36"),
        ("lat_lng", "54.66 -3.36"),
        ("Location", "54.66, -3.36"),
        ("WKT", "POINT (-3.36 54.66)"),
        ("geom", "SRID=4326;POINT(-3.36 54.66)"),
        ("Coordinates", "54°39'36\"N 3°21'36\"W"),
        ("Coordinates", "3.36W, 54.66N"),
        ("Point", "{\"lat\": 54.66, \"lon\": -3.36}"),
    ] {
        let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
        let found = each(&format!("name,{heading}\nHall,{quoted}\n"), &places(), "/point");
        let near = |a: &Value, b: &Value| (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-9;
        assert!(
            near(&found[0]["lat"], &point["lat"]) && near(&found[0]["lon"], &point["lon"]),
            "{heading} {cell}: {found:?}"
        );
    }
    let marks = "name,lat,lon\nHall,54.66,\u{2212}3.36\nOther,54°39'36\"N,3°21'36\"W\n";
    assert_eq!(csv(marks, &places()).iter().filter(|l| l.parts.is_ok()).count(), 2);
    let wrong = csv("name,coordinates,postcode\nHall,somewhere,CA13 9LU\n", &places());
    assert_eq!(wrong[0].refused(), ("coordinates", Code::WrongType));
    // The place of a service stays the name of its place.
    let service = "Service,Category,Location,Postcode\nTea,food,Long Barn,CA13 9LU\n";
    assert_eq!(csv(service, &Wanted::of(Kind::Service))[0].parts.as_ref().unwrap()[1]["name"], "Long Barn");
    let outline = "code,name,wkt\nA,A,\"POLYGON((-3.4 54.6, -3.3 54.6, -3.3 54.7, -3.4 54.6))\"\n";
    let area = Wanted { area_set: Some("s".into()), ..Wanted::of(Kind::Area) };
    assert_eq!(csv(outline, &area)[0].own()["boundary"]["type"], "Polygon");
}

#[test]
fn columns_that_are_no_field_are_kept_and_persons_are_not() {
    let text = "Name,Postcode,Rating,Contact name,Staff e-mail,Rooms,FID,Note\nHall,CA13 9LU,Good,Ann Other,a@example.org,3,7,ask ann@example.org\n";
    let lines = csv(text, &places());
    assert_eq!(lines[0].own()["further"], json!({"Rating": "Good", "Rooms": "3"}));
    assert_eq!(lines[0].warned("Note"), Some(Code::PersonalData));
    let born = csv("Name,Postcode,Remark\nHall,CA13 9LU,Mr B born 3/4/1950\n", &places());
    assert!(born[0].own().get("further").is_none() && born[0].warned("Remark") == Some(Code::PersonalData));
    let long = csv(&format!("Name,Postcode,Story\nHall,CA13 9LU,{}\n", "x".repeat(900)), &places());
    assert_eq!(long[0].own()["further"]["Story"].as_str().unwrap().chars().count(), 500);
    assert_eq!(long[0].warned("Story"), Some(Code::OutOfRange));
    // At most forty; what is beyond is said to be left out.
    let headings: Vec<String> = (0..60).map(|i| format!("col{i}")).collect();
    let wide = format!("Name,Postcode,{}\nHall,CA13 9LU,{}\n", headings.join(","), vec!["x"; 60].join(","));
    assert_eq!(csv(&wide, &places())[0].own()["further"].as_object().unwrap().len(), 40);
    let file = file(&wide);
    assert_eq!(survey(file.path(), "a.csv", &places()).unwrap().unused().count(), 20);
}

#[test]
fn any_input_that_was_reported_is_read_without_a_panic() {
    let Some(folder) = shared("faults/inputs") else { return };
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        for kind in Kind::ALL {
            let wanted = Wanted { area_set: Some("s".into()), set: vec![], ..Wanted::of(*kind) };
            if let Ok(found) = survey(&path, path.file_name().unwrap().to_str().unwrap(), &wanted) {
                read(&path, &found, &wanted, &Table(false), &mut |_| ControlFlow::Continue(())).unwrap();
            }
            let _ = explain(&path, "a", &wanted, &Table(true));
        }
        seen += 1;
    }
    assert!(seen >= 38, "{seen}");
}

#[test]
fn days_in_columns_of_their_own_are_read_together() {
    let hours = |text: &str| each(text, &places(), "/hours")[0].as_str().unwrap_or("").to_owned();
    // A column for the weekdays stands for five; a day that no column is about is unknown, not closed.
    assert_eq!(
        hours("Name,Postcode,Mon-Fri,Saturday,Sunday\nA,CA13 9LU,9am-5pm,10am-2pm,Closed\n"),
        "Mo-Fr 09:00-17:00; Sa 10:00-14:00; Su off"
    );
    assert_eq!(
        hours("Name,Postcode,Weekdays,Saturday\nA,CA13 9LU,9am-5pm,Closed\n"),
        "Mo-Fr 09:00-17:00; Sa off; Su \"not said\""
    );
    // What a day's own column says differs from the usual hours, and counts.
    let beside = "Name,Postcode,Opening times,Saturday\nA,CA13 9LU,Mon-Sat 9am-5pm,Closed\n";
    assert_eq!(hours(beside), "Mo-Sa 09:00-17:00; Sa off");
    let holidays = "Name,Postcode,Opening times,Bank holidays\nA,CA13 9LU,Mon-Sat 9am-5pm,Closed\n";
    assert_eq!(hours(holidays), "Mo-Sa 09:00-17:00; PH off");
    let term = "Name,Postcode,Opening times,Term time only\nA,CA13 9LU,Mon-Fri 9am-5pm,Yes\n";
    assert_eq!(hours(term), "Mo-Fr 09:00-17:00; SH off");
    // A day in words that nobody can read is unknown, and the words stay.
    assert_eq!(
        hours("Name,Postcode,Monday,Tuesday\nA,CA13 9LU,9am-5pm,see noticeboard\n"),
        "Mo 09:00-17:00; Tu \"see noticeboard\"; We-Su \"not said\""
    );
    // What cannot be read is not left out while the rest counts: all of it stays in words.
    for text in [
        "Name,Postcode,Opening times,Bank holidays\nA,CA13 9LU,Mon-Sat 9am-5pm,ask us\n",
        "Name,Postcode,Opening times,Saturday\nA,CA13 9LU,Mon-Sat 9am-5pm,when staff allow\n",
    ] {
        let line = &csv(text, &places())[0];
        assert!(line.own().get("hours").is_none(), "{text}: {}", line.own());
        let kept = line.own()["description"].as_str().unwrap_or("");
        let cell = text.trim_end().rsplit(',').next().unwrap();
        assert!(kept.contains(cell), "{text}: {}", line.own());
    }
}

#[test]
fn days_that_a_column_calls_closed_go_from_the_hours() {
    let text =
        "Name,Postcode,Opening times,Closed\nA,CA13 9LU,Mon-Sat 9am-5pm,Wednesday\nB,CA13 9LU,Mon-Sat 9am-5pm,No\n";
    let lines = csv(text, &places());
    assert_eq!(lines[0].own()["hours"], "Mo-Sa 09:00-17:00; We off");
    assert_eq!(lines[0].own()["description"], "Closed: Wednesday");
    assert_eq!(lines[1].own()["hours"], "Mo-Sa 09:00-17:00");
    assert!(lines.iter().all(|line| line.own().get("status").is_none()));
}

#[test]
fn what_says_that_it_is_gone_is_never_open_by_another_column() {
    let status = |heading: &str, cell: &str| {
        let line = &csv(&format!("Name,Postcode,{heading}\nA,CA13 9LU,{cell}\n"), &places())[0];
        line.own().get("status").and_then(Value::as_str).unwrap_or("").to_owned()
    };
    for heading in ["Closed", "Disused", "Archived", "is_deleted", "Removed", "tags.disused:amenity", "Ceased"] {
        assert_eq!(status(heading, "yes"), "closed", "{heading}");
    }
    for heading in ["Temporarily closed", "temporarily_closed"] {
        assert_eq!(status(heading, "Y"), "paused", "{heading}");
    }
    for (heading, cell) in
        [("EstablishmentStatus (name)", "Closed"), ("Lifecycle", "Ceased"), ("Site status", "Removed")]
    {
        assert_eq!(status(heading, cell), "closed", "{heading} {cell}");
    }
    assert_eq!(status("Live", "no"), "closed");
    // Opening times that say that there are none.
    let shut = |cell: &str| status("Opening times", cell);
    assert_eq!(shut("Permanently closed"), "closed");
    assert_eq!(shut("CLOSED PERMANENTLY from March"), "closed");
    assert_eq!(shut("Temporarily closed"), "paused");
    assert_eq!(shut("Closed until further notice"), "paused");
    // Two columns that contradict each other leave it unknown, and that is said.
    for text in [
        "Name,Postcode,Active,Closed\nA,CA13 9LU,yes,yes\n",
        "Name,Postcode,Status,Active\nA,CA13 9LU,open,no\n",
        "Name,Postcode,Status,Active\nA,CA13 9LU,closed,yes\n",
    ] {
        let line = &csv(text, &places())[0];
        assert!(line.own().get("status").is_none(), "{text} {}", line.own());
        assert_eq!(line.own()["unclear"], json!(["status"]), "{text}");
        assert!(!line.warnings.is_empty(), "{text}");
    }
    assert_eq!(status("Status", "Open / closed on Mondays"), "");
}

#[test]
fn of_two_ends_the_earlier_counts_and_the_last_day_of_a_program_is_none() {
    let text = "Name,Postcode,Close date,End date\nA,CA13 9LU,2024-05-01,2023-01-31\nB,CA13 9LU,2023-01-31,2024-05-01\nC,CA13 9LU,2024-05-01,\n";
    let lines = csv(text, &places());
    let ends: Vec<&Value> = lines.iter().map(|line| &line.own()["until"]).collect();
    assert_eq!(ends, ["2023-01-31", "2023-01-31", "2024-05-01"]);
    assert!(!lines[0].warnings.is_empty() && !lines[1].warnings.is_empty() && lines[2].warnings.is_empty());
    for none in ["31/12/9999", "9999-12-31 00:00:00", "01/01/1900", "1899-12-30"] {
        let line = &csv(&format!("Name,Postcode,End date\nA,CA13 9LU,{none}\n"), &places())[0];
        assert!(line.own().get("until").is_none(), "{none} {}", line.own());
        assert_eq!(line.warned("End date"), Some(Code::WrongType), "{none}");
    }
}

#[test]
fn no_column_that_is_kept_names_or_reaches_a_person() {
    let text = "Name,Postcode,Vicar,Named lead,Partner trust,Notes of ours,Rating\n\
        A,CA13 9LU,Ann Example,Bob Example,Mill Trust,ask ann (at) mill.example.org,Good\n";
    let line = &csv(text, &places())[0];
    assert_eq!(line.own()["further"], json!({"Partner trust": "Mill Trust", "Rating": "Good"}));
    assert!(!serde_json::to_string(line.own()).unwrap().contains("Example"), "{}", line.own());
    assert_eq!(line.warned("Notes of ours"), Some(Code::PersonalData));
}
