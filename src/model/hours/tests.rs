use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::json;

fn moment(text: &str) -> Window {
    let at = text.parse().unwrap();
    Window { from: at, to: at }
}

fn day(text: &str) -> Window {
    let from: chrono::NaiveDateTime = format!("{text}T00:00:00").parse().unwrap();
    Window { from, to: from + TimeDelta::days(1) }
}

const OPEN: Option<bool> = Some(true);
const CLOSED: Option<bool> = Some(false);
const UNKNOWN: Option<bool> = None;

/// What a text answers at moments (`2026-11-26T10:30`) or on whole days (`2026-11-26`).
fn check(text: &str, expected: &[(&str, Option<bool>)]) {
    check_in(&Calendar::default(), text, expected);
}

fn check_in(calendar: &Calendar<'_>, text: &str, expected: &[(&str, Option<bool>)]) {
    assert!(is_opening_hours(text), "{text}");
    for (when, answer) in expected {
        let window = if when.len() == 10 { day(when) } else { moment(&format!("{when}:00")) };
        assert_eq!(open_in(&json!(text), window, calendar), *answer, "{text} at {when}");
    }
}

#[test]
fn a_weekly_group_is_open_on_its_day_only() {
    let expected = [("2026-11-26T10:30", OPEN), ("2026-11-26T12:30", CLOSED), ("2026-11-25T10:30", CLOSED)];
    check("Th 10:00-12:00", &expected);
    check("Th 10:00-12:00", &[("2026-11-26T10:00", OPEN), ("2026-11-26T12:00", CLOSED), ("2026-11-26", OPEN)]);
}

// B04, F10
#[test]
fn every_bank_holiday_of_the_nation_counts() {
    let office = "Mo-Fr 09:00-17:00; PH off";
    let in_nation = |nation| Calendar { nation, ..Calendar::default() };
    for (closed_on, england, scotland, ireland) in [
        ("2027-01-01T10:00", CLOSED, CLOSED, CLOSED),
        ("2026-01-02T10:00", OPEN, CLOSED, OPEN),
        ("2027-03-17T10:00", OPEN, OPEN, CLOSED),
        ("2027-03-26T10:00", CLOSED, CLOSED, CLOSED),
        ("2027-03-29T10:00", CLOSED, OPEN, CLOSED),
        ("2026-04-06T10:00", CLOSED, OPEN, CLOSED),
        ("2026-05-04T10:00", CLOSED, CLOSED, CLOSED),
        ("2026-05-25T10:00", CLOSED, CLOSED, CLOSED),
        ("2026-06-15T10:00", OPEN, CLOSED, OPEN),
        ("2026-07-13T10:00", OPEN, OPEN, CLOSED),
        ("2026-08-03T10:00", OPEN, CLOSED, OPEN),
        ("2026-08-31T10:00", CLOSED, OPEN, CLOSED),
        ("2026-11-30T10:00", OPEN, CLOSED, OPEN),
        ("2026-12-24T10:00", OPEN, OPEN, OPEN),
        ("2026-12-25T10:00", CLOSED, CLOSED, CLOSED),
        ("2026-12-28T10:00", CLOSED, CLOSED, CLOSED),
        ("2027-12-28T10:00", CLOSED, CLOSED, CLOSED),
        ("2020-05-04T10:00", OPEN, OPEN, OPEN),
        ("2020-05-08T10:00", CLOSED, CLOSED, CLOSED),
        ("2022-05-30T10:00", OPEN, OPEN, OPEN),
        ("2022-06-02T10:00", CLOSED, CLOSED, CLOSED),
        ("2022-09-19T10:00", CLOSED, CLOSED, CLOSED),
        ("2023-05-08T10:00", CLOSED, CLOSED, CLOSED),
    ] {
        for (nation, answer) in Nation::ALL.into_iter().zip([england, scotland, ireland]) {
            check_in(&in_nation(nation), office, &[(closed_on, answer)]);
            let on_holidays = if answer == CLOSED { OPEN } else { CLOSED };
            check_in(&in_nation(nation), "PH 10:00-11:00", &[(closed_on, on_holidays)]);
        }
    }
}

#[test]
fn easter_is_where_the_tables_have_it() {
    // Dates of Easter as the Astronomical Applications Department of the US Naval Observatory gives them.
    for date in [
        "1990-04-15",
        "2000-04-23",
        "2008-03-23",
        "2011-04-24",
        "2019-04-21",
        "2024-03-31",
        "2025-04-20",
        "2038-04-25",
        "2049-04-18",
        "2076-04-19",
        "2100-03-28",
    ] {
        let date: chrono::NaiveDate = date.parse().unwrap();
        assert_eq!(holidays::easter(chrono::Datelike::year(&date)), Some(date));
    }
}

#[test]
fn a_postcode_or_a_code_of_an_area_tells_the_nation() {
    let of = |text: &str| Nation::of_postcode(&crate::model::Postcode::parse(text).unwrap());
    assert_eq!(of("CA13 9LU"), Some(Nation::EnglandAndWales));
    assert_eq!(of("CF10 1EP"), Some(Nation::EnglandAndWales));
    assert_eq!(of("G1 1AA"), Some(Nation::Scotland));
    assert_eq!(of("GU1 1AA"), Some(Nation::EnglandAndWales));
    assert_eq!(of("DG16 5EA"), Some(Nation::Scotland));
    assert_eq!(of("BT1 5GS"), Some(Nation::NorthernIreland));
    assert_eq!(of("TD15 1AA"), None, "Berwick is in England, Kelso is not");
    assert_eq!(Nation::of_area("S12000006"), Some(Nation::Scotland));
    assert_eq!(Nation::of_area("N09000001"), Some(Nation::NorthernIreland));
    assert_eq!(Nation::of_area("W06000015"), Some(Nation::EnglandAndWales));
    for no in ["", "E", "E0600006", "E0600006X", "X06000001", "É12345678", "north"] {
        assert_eq!(Nation::of_area(no), None, "{no}");
    }
}

// B05
#[test]
fn by_appointment_is_unknown_and_never_open() {
    let named = "Tu,Th 09:00-11:00,14:00-16:00 || \"by appointment\"";
    check(
        named,
        &[
            ("2026-11-28T10:30", UNKNOWN),
            ("2026-12-25T01:00", UNKNOWN),
            ("2026-11-26T12:30", UNKNOWN),
            ("2026-11-26T09:30", OPEN),
            ("2026-11-26T15:59", OPEN),
            ("2026-11-26T16:00", UNKNOWN),
            ("2026-11-26", OPEN),
            ("2026-11-28", UNKNOWN),
        ],
    );
    check("\"by appointment\"", &[("2026-11-28T10:30", UNKNOWN), ("2026-11-28", UNKNOWN)]);
    let within =
        [("2026-11-26T10:30", UNKNOWN), ("2026-11-26T18:30", CLOSED), ("2026-11-28", CLOSED), ("2026-11-26", UNKNOWN)];
    check("Mo-Fr 09:00-17:00 \"by appointment\"", &within);
    check("Mo-Fr 09:00-17:00 open \"by appointment\"", &within);
    check("Mo-Fr 09:00-17:00 open \"please ring first\"", &within);
    check("Mo-Fr 09:00-17:00 open \"if the weather is fine\"", &within);
    check("Mo-Fr 09:00-17:00 open \"bring a friend\"", &[("2026-11-26T10:30", OPEN), ("2026-11-26T18:30", CLOSED)]);
    check("Mo-Fr 09:00-17:00 unknown \"maybe\"", &within);
    check("Mo-Fr 09:00-17:00 unknown", &within);
    check("Mo-Fr 09:00-17:00 \"Term time only\"", &within);
    check("Mo-Fr 09:00-17:00 open \"in the large hall\"", &[("2026-11-26T10:30", OPEN), ("2026-11-26T18:30", CLOSED)]);
    check(
        "Mo-Fr 09:00-17:00; Sa \"by appointment\"",
        &[("2026-11-26T10:30", OPEN), ("2026-11-28T03:00", UNKNOWN), ("2026-11-28", UNKNOWN), ("2026-11-29", CLOSED)],
    );
    check("off \"Christmas\"", &[("2026-11-26T10:30", CLOSED), ("2026-11-26", CLOSED)]);
    check(
        "Mo-Fr 09:00-17:00; Dec 24-26 off \"Christmas\"",
        &[("2026-12-24T10:30", CLOSED), ("2026-12-23T10:30", OPEN)],
    );
    // What follows a fallback overrides all before it.
    check(
        "Mo-Su 10:00-18:00 || \"ring\"; Su off",
        &[
            ("2026-11-26T11:00", OPEN),
            ("2026-11-26T19:00", UNKNOWN),
            ("2026-11-29T11:00", CLOSED),
            ("2026-11-29", CLOSED),
        ],
    );
    check(
        "Mo 10:00-12:00 || Mo 14:00-16:00 unknown || \"ring\"",
        &[("2026-11-23T11:00", OPEN), ("2026-11-23T15:00", UNKNOWN), ("2026-11-24T15:00", UNKNOWN)],
    );
    check("Mo 10:00-12:00 || Mo 14:00-16:00", &[("2026-11-23T15:00", OPEN), ("2026-11-23T13:00", CLOSED)]);
}

// B06
#[test]
fn school_holidays_that_nobody_knows_are_unknown_where_they_matter() {
    check(
        "Tu 10:00-12:00; SH off",
        &[
            ("2026-08-11T10:30", UNKNOWN),
            ("2026-11-24T10:30", UNKNOWN),
            ("2026-08-11T12:30", CLOSED),
            ("2026-08-12T10:30", CLOSED),
            ("2026-08-11", UNKNOWN),
            ("2026-08-12", CLOSED),
        ],
    );
    check("SH Mo-Fr 10:00-12:00", &[("2026-08-10T10:30", UNKNOWN), ("2026-08-10T12:30", CLOSED)]);
    check(
        "PH Mo 10:00-12:00",
        &[("2026-08-31T10:30", OPEN), ("2026-08-24T10:30", UNKNOWN), ("2026-08-25T10:30", CLOSED)],
    );
    check("PH,Mo 10:00-12:00", &[("2026-12-25T10:30", OPEN), ("2026-08-24T10:30", OPEN), ("2026-08-25T10:30", CLOSED)]);
    check("Mo-Fr 09:00-15:00; SH 10:00-12:00", &[("2026-08-11T10:30", OPEN), ("2026-08-11T09:30", UNKNOWN)]);
    check("Tu 10:00-12:00; SH off || \"ring\"", &[("2026-08-11T10:30", UNKNOWN), ("2026-08-11T13:30", UNKNOWN)]);
    check("Tu 10:00-12:00; SH,PH off", &[("2026-08-11T10:30", UNKNOWN), ("2026-12-29T13:00", CLOSED)]);
    // A comment that names them is no selector.
    check("Tu 10:00-12:00 open \"SHED\"", &[("2026-08-11T10:30", OPEN)]);
}

fn term(from: &str, until: &str, district: Option<&str>, holiday: bool) -> Term {
    let (from, until) = (from.parse().unwrap(), until.parse().unwrap());
    Term { name: String::new(), from, until, district: district.map(str::to_owned), holiday }
}

#[test]
fn term_dates_make_school_holidays_known_as_far_as_they_reach() {
    let terms = Terms(vec![
        term("2026-09-02", "2026-12-18", None, false),
        term("2026-10-26", "2026-10-30", None, true),
        term("2027-01-05", "2027-03-25", None, false),
    ]);
    let calendar = Calendar { terms: Some(&terms), ..Calendar::default() };
    check_in(
        &calendar,
        "Tu 10:00-12:00; SH off",
        &[
            ("2026-11-24T10:30", OPEN),
            ("2026-10-27T10:30", CLOSED),
            ("2026-12-22T10:30", CLOSED),
            ("2027-01-05T10:30", OPEN),
            ("2026-08-11T10:30", UNKNOWN),
            ("2027-03-30T10:30", UNKNOWN),
            ("2026-12-22", CLOSED),
        ],
    );
    let holidays =
        Terms(vec![term("2026-10-26", "2026-10-30", None, true), term("2026-12-21", "2027-01-01", None, true)]);
    let calendar = Calendar { terms: Some(&holidays), ..Calendar::default() };
    check_in(&calendar, "Tu 10:00-12:00; SH off", &[("2026-11-24T10:30", OPEN), ("2026-10-27T10:30", CLOSED)]);
}

#[test]
fn the_terms_of_the_district_count_and_where_it_is_not_known_what_all_agree_on() {
    let terms = Terms(vec![
        term("2026-09-02", "2026-10-16", Some("E06000063"), false),
        term("2026-10-26", "2026-12-18", Some("E06000063"), false),
        term("2026-09-02", "2026-10-23", Some("E06000064"), false),
        term("2026-11-02", "2026-12-18", Some("E06000064"), false),
    ]);
    let of = |district: &[&str], day: &str| {
        let districts: Vec<String> = district.iter().map(|d| (*d).to_owned()).collect();
        terms.is_holiday(&districts, day.parse().unwrap())
    };
    assert_eq!(of(&["E06000063"], "2026-10-20"), Some(true));
    assert_eq!(of(&["E06000064"], "2026-10-20"), Some(false));
    assert_eq!(of(&["E01019078", "E06000064"], "2026-10-27"), Some(true));
    assert_eq!(of(&[], "2026-10-20"), None);
    assert_eq!(of(&[], "2026-11-20"), Some(false));
    assert_eq!(of(&["E06000001"], "2026-10-27"), None);
    assert_eq!(of(&["E06000063"], "2027-01-20"), None);
    assert_eq!(Terms::default().is_holiday(&[], "2026-10-20".parse().unwrap()), None);
}

// P2
#[test]
fn a_slip_of_twelve_hours_is_never_open_at_night() {
    check(
        "Mo-Fr 9:00-5:00",
        &[
            ("2026-11-26T02:00", UNKNOWN),
            ("2026-11-26T10:00", OPEN),
            ("2026-11-26T16:59", OPEN),
            ("2026-11-26T17:00", UNKNOWN),
            ("2026-11-26T08:00", CLOSED),
            ("2026-11-29T12:00", CLOSED),
            ("2026-11-28T02:00", UNKNOWN),
            ("2026-11-28T06:00", CLOSED),
            ("2026-11-26", OPEN),
        ],
    );
    check(
        "Tu 2:00-4:00",
        &[("2026-11-24T02:30", UNKNOWN), ("2026-11-24T14:30", UNKNOWN), ("2026-11-24T10:30", CLOSED)],
    );
    check(
        "Tu 9:30-12:30,1:30-5:00",
        &[("2026-11-24T10:00", OPEN), ("2026-11-24T02:00", UNKNOWN), ("2026-11-24T15:00", UNKNOWN)],
    );
    check("Tu 12:00-2:00", &[("2026-11-24T13:00", OPEN), ("2026-11-25T01:00", UNKNOWN), ("2026-11-24T20:00", UNKNOWN)]);
    check("Mo-Fr 9:00-5:00 \"ring\"", &[("2026-11-26T02:00", UNKNOWN), ("2026-11-26T10:00", UNKNOWN)]);
    check("Mo-Fr 9:00-5:00; PH off", &[("2026-11-26T02:00", UNKNOWN), ("2026-12-25T10:00", CLOSED)]);
    // Meant as they stand.
    check("Fr 22:00-02:00", &[("2026-11-27T23:00", OPEN), ("2026-11-28T01:59", OPEN), ("2026-11-28T02:00", CLOSED)]);
    check("Fr 18:00-03:00", &[("2026-11-28T02:00", OPEN)]);
    check("Fr 09:00-29:00", &[("2026-11-28T02:00", OPEN)]);
    check("Sa 01:00-05:00 open", &[("2026-11-28T02:00", OPEN)]);
    check("Mo-Su 00:00-06:00", &[("2026-11-28T02:00", OPEN)]);
    check("24/7", &[("2026-11-28T02:00", OPEN)]);
}

#[test]
fn slips_are_told_with_what_was_probably_meant_and_how_to_say_otherwise() {
    let told = |text: &str| slips(text).into_iter().map(|s| (s.written, s.probably, s.really)).collect::<Vec<_>>();
    let slip = |a: &str, b: &str, c: &str| vec![(a.to_owned(), b.to_owned(), c.to_owned())];
    assert_eq!(told("Mo-Fr 9:00-5:00"), slip("09:00-05:00", "09:00-17:00", "09:00-29:00"));
    assert_eq!(told("10:00-04:00"), slip("10:00-04:00", "10:00-16:00", "10:00-28:00"));
    assert_eq!(told("Mo 9:00-9:00"), slip("09:00-09:00", "09:00-21:00", "09:00-33:00"));
    assert_eq!(told("Mo 12:00-2:00"), slip("12:00-02:00", "12:00-14:00", "12:00-26:00"));
    assert_eq!(told("Mo 9:30-12:30,1:30-5:00"), slip("01:30-05:00", "13:30-17:00", "01:30-05:00 open"));
    assert_eq!(told("Mo 10:00-12:00,6:00-8:00"), slip("06:00-08:00", "18:00-20:00", "06:00-08:00 open"));
    assert_eq!(told("Mo 2:00-4:00"), slip("02:00-04:00", "14:00-16:00", "02:00-04:00 open"));
    for (written, _, really) in ["9:00-5:00", "12:00-2:00", "2:00-4:00"].iter().flat_map(|text| told(text)) {
        assert_eq!(told(&really), [], "the way out of {written} is asked back again");
        assert!(is_opening_hours(&really));
    }
    for meant in [
        "22:00-02:00",
        "18:00-03:00",
        "16:00-01:00",
        "14:00-01:00",
        "09:00-24:00",
        "09:00-00:00",
        "09:00-29:00",
        "06:00-09:00",
        "00:00-06:00",
        "05:00-09:00",
        "14:00-16:00,09:00-12:00",
        "9:00-5:00 off",
        "10:00+",
        "24/7",
        "sunrise-sunset",
        "nonsense",
        "08:00-12:00,12:00-14:00",
    ] {
        assert_eq!(told(meant), [], "{meant}");
    }
}

#[test]
fn a_night_is_kept_where_the_next_day_has_hours_of_its_own() {
    let text = "Mo-Fr 18:00-03:00; Sa,Su 20:00-04:00; PH off";
    check(
        text,
        &[
            ("2026-11-23T03:30", OPEN),
            ("2026-11-28T02:30", CLOSED),
            ("2026-11-23T04:30", CLOSED),
            ("2026-12-25T01:30", CLOSED),
        ],
    );
    check(
        "Mo 09:00-17:00; Su[-1] 22:00-02:00",
        &[("2026-11-30T01:00", OPEN), ("2026-11-23T01:00", CLOSED), ("2026-11-30T10:00", OPEN)],
    );
}

#[test]
fn days_listed_with_a_blank_are_no_days_that_are_open_throughout() {
    check(
        "Mo,Tu, We 10:00-12:00",
        &[("2026-11-23T02:00", CLOSED), ("2026-11-23T11:00", OPEN), ("2026-11-25T11:00", OPEN)],
    );
    check("Mo, Tu, We 10:00-12:00", &[("2026-11-24T02:00", CLOSED), ("2026-11-23T11:00", OPEN)]);
    check("Mo 00:00-24:00, Tu 10:00-12:00", &[("2026-11-23T02:00", OPEN), ("2026-11-24T02:00", CLOSED)]);
    check(
        "Mo 10:00-12:00, We 14:00-16:00",
        &[("2026-11-23T11:00", OPEN), ("2026-11-23T15:00", CLOSED), ("2026-11-25T15:00", OPEN)],
    );
}

#[test]
fn an_open_end_is_unknown_from_where_nobody_said() {
    check(
        "Tu 18:00+",
        &[
            ("2026-11-24T17:59", CLOSED),
            ("2026-11-24T18:30", UNKNOWN),
            ("2026-11-25T05:00", CLOSED),
            ("2026-11-24", UNKNOWN),
        ],
    );
    check(
        "Tu 10:00-12:00+",
        &[("2026-11-24T11:00", OPEN), ("2026-11-24T12:30", UNKNOWN), ("2026-11-24T09:30", CLOSED)],
    );
    check(
        "Tu 10:00-12:00,14:00+",
        &[("2026-11-24T11:00", OPEN), ("2026-11-24T13:00", CLOSED), ("2026-11-24T15:00", UNKNOWN)],
    );
}

#[test]
fn what_follows_the_sun_is_known_where_every_place_of_the_country_agrees() {
    check(
        "sunrise-sunset",
        &[
            ("2026-12-21T12:00", OPEN),
            ("2026-06-21T12:00", OPEN),
            ("2026-12-21T17:00", UNKNOWN),
            ("2026-12-21T23:30", CLOSED),
            ("2026-12-21T02:00", CLOSED),
        ],
    );
    check(
        "sunset-sunrise",
        &[
            ("2026-12-21T12:00", CLOSED),
            ("2026-12-21T23:30", OPEN),
            ("2026-12-22T02:00", OPEN),
            ("2026-12-21T18:00", UNKNOWN),
        ],
    );
    check("10:00-sunset", &[("2026-12-21T12:00", OPEN), ("2026-12-21T16:00", UNKNOWN), ("2026-12-21T23:30", CLOSED)]);
    check("sunset-22:00", &[("2026-12-21T12:00", CLOSED), ("2026-12-21T20:00", UNKNOWN), ("2026-12-21T23:00", CLOSED)]);
    check("(sunrise+01:00)-(sunset-01:00)", &[("2026-12-21T12:00", OPEN), ("2026-12-21T22:30", CLOSED)]);
    check(
        "10:00-18:00; dusk-24:00 off",
        &[("2026-12-21T12:00", OPEN), ("2026-12-21T17:00", UNKNOWN), ("2026-12-21T19:00", CLOSED)],
    );
}

#[test]
fn rules_that_repeat_within_a_day_or_never_come_true_do_not_hang() {
    assert!(!is_recurrence("FREQ=SECONDLY", "1990-01-01T10:00"));
    let never = json!({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "start": "2026-01-01T10:00", "minutes": 60});
    assert_eq!(open_in(&never, moment("2026-07-02T11:15:00"), &Calendar::default()), CLOSED);
}

#[test]
fn a_monthly_rule_keeps_its_local_hour_across_the_clock_change() {
    let group = json!({"rrule": "FREQ=MONTHLY;BYDAY=1TH", "start": "2026-01-01T10:00", "minutes": 90});
    let answer = |at| open_in(&group, moment(at), &Calendar::default());
    assert_eq!(answer("2026-07-02T11:15:00"), OPEN);
    assert_eq!(answer("2026-12-03T11:15:00"), OPEN);
    assert_eq!(answer("2026-12-10T11:15:00"), CLOSED);
}

const FRAGMENTS: &[&str] = &[
    "Mo",
    "Tu-Th",
    "Fr[1]",
    "Su[-1]",
    "Sa-Mo",
    "PH",
    "SH",
    "24/7",
    "off",
    "open",
    "unknown",
    "\"x\"",
    "\"by appointment\"",
    "09:00-17:00",
    "9:00-5:00",
    "22:00-02:00",
    "10:00+",
    "18:00-20:00+",
    "00:00-48:00",
    "sunrise-sunset",
    "dusk-23:59",
    "(sunset-20:00)-24:00",
    "dawn-(dawn+00:01)",
    "10:00-16:00/01:30",
    "Jan-Mar",
    "Feb 29",
    "Dec 24-Jan 02",
    "easter -2 days",
    "week 01-53/2",
    "2026",
    "2024-2028/2",
    "PH +1 day",
    "2:00-4:00",
];

proptest! {
    #[test]
    fn no_text_that_is_kept_stops_the_program(
        pieces in proptest::collection::vec((proptest::sample::select(FRAGMENTS), proptest::sample::select(&[" ", ",", ", ", "; ", " || "][..])), 1..7),
        minute in 0i64..60 * 24 * 365 * 40,
        days in 0i64..3,
    ) {
        let mut text: String = pieces.iter().flat_map(|(piece, mark)| [*piece, *mark]).collect();
        text.truncate(text.len() - pieces.last().map_or(0, |(_, mark)| mark.len()));
        let from = moment("1999-12-30T00:00:00").from + TimeDelta::minutes(minute);
        let window = Window { from, to: from + TimeDelta::days(days) };
        // Whatever it answers, what is no opening hours is never open.
        let answer = open_in(&json!(text), window, &Calendar::default());
        prop_assert!(is_opening_hours(&text) || answer.is_none());
        for slip in slips(&text) {
            prop_assert!(is_opening_hours(&slip.really) && is_opening_hours(&slip.probably), "{:?}", slip);
        }
    }
}
