use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
use proptest::prelude::*;

use super::*;
use crate::model::hours::slips;

fn hours(text: &str) -> Option<String> {
    match read_words(text) {
        Read::Hours(osm) => Some(osm),
        _ => None,
    }
}

// real.md: opening times 0 of 161 read.
#[test]
fn what_people_write_is_read() {
    let told = [
        ("Wednesday 10am - 4pm", "We 10:00-16:00"),
        ("Mon & Thu 9.30–12", "Mo,Th 09:30-12:00"),
        ("Mon-Fri 9am-5pm", "Mo-Fr 09:00-17:00"),
        ("every day except Sunday 10-4", "Mo-Sa 10:00-16:00"),
        ("Monday to Friday: 9.00am to 5.00pm, Saturday 10am-1pm", "Mo-Fr 09:00-17:00; Sa 10:00-13:00"),
        ("Tuesdays 2pm-4pm", "Tu 14:00-16:00"),
        ("Mon, Wed & Fri 10:00-12:00; Tue closed", "Mo,We,Fr 10:00-12:00; Tu off"),
        ("24/7", "24/7"),
        ("24 hours", "24/7"),
        ("Open 24 hours a day, 7 days a week", "24/7"),
        ("Closed", "off"),
        ("daily 9am-9pm", "Mo-Su 09:00-21:00"),
        ("weekdays 9-5", "Mo-Fr 09:00-17:00"),
        ("Weekends 10-4", "Sa,Su 10:00-16:00"),
        ("w/e 10am-4pm", "Sa,Su 10:00-16:00"),
        ("First Tuesday of the month 2pm-4pm", "Tu[1] 14:00-16:00"),
        ("last Friday of the month 12 noon - 2pm", "Fr[-1] 12:00-14:00"),
        ("1st and 3rd Monday of each month 10am-12noon", "Mo[1,3] 10:00-12:00"),
        ("Second Thurs of every month, 7pm-9pm", "Th[2] 19:00-21:00"),
        ("Mon 10am-12noon", "Mo 10:00-12:00"),
        ("Mon 10am-midday", "Mo 10:00-12:00"),
        ("Fri 7pm-midnight", "Fr 19:00-24:00"),
        ("Fri 6pm-2am", "Fr 18:00-02:00"),
        ("Tues 12 noon to 1.30pm", "Tu 12:00-13:30"),
        ("Tues 0930-1130", "Tu 09:30-11:30"),
        ("Tues 1030-1230", "Tu 10:30-12:30"),
        ("Mon 10-12 and 2-4", "Mo 10:00-12:00,14:00-16:00"),
        ("Mon 9.30-12.30, 1.30-5.00", "Mo 09:30-12:30,13:30-17:00"),
        ("Mon 10-12 & 7-9", "Mo 10:00-12:00,19:00-21:00"),
        ("by appointment", "\"by appointment\""),
        ("By appointment only", "\"by appointment\""),
        ("Mon - Fri by appointment", "Mo-Fr \"by appointment\""),
        ("Mon 10-12 by appointment", "Mo 10:00-12:00 \"by appointment\""),
        ("Mon 10-12. By appointment", "Mo 10:00-12:00 || \"by appointment\""),
        ("Term time only Tues 10-12", "Tu 10:00-12:00; SH off"),
        ("Tues 10-12 (term-time only)", "Tu 10:00-12:00; SH off"),
        ("Tuesdays during term time 10-12", "Tu 10:00-12:00; SH off"),
        ("Mon-Fri 9-5, bank holidays closed", "Mo-Fr 09:00-17:00; PH off"),
        (
            "Open Monday 1-3pm, Thursday 2-4pm\u{a0}\nNot open on Bank Holidays",
            "Mo 13:00-15:00; Th 14:00-16:00; PH off",
        ),
        ("Mon & Thur 1-3pm (except bank holidays)", "Mo,Th 13:00-15:00; PH off"),
        ("Mon/Wed/Fri 10am-2pm", "Mo,We,Fr 10:00-14:00"),
        ("Mon–Thurs 10:00–16:00", "Mo-Th 10:00-16:00"),
        ("Weds 12-2pm", "We 12:00-14:00"),
        ("Mon. 10-12", "Mo 10:00-12:00"),
        ("MON: 10AM TO 2PM\nTUE: 12PM TO 4PM", "Mo 10:00-14:00; Tu 12:00-16:00"),
        ("Sat-Mon 10am-4pm", "Mo,Sa,Su 10:00-16:00"),
        ("10am-4pm Mon-Fri", "Mo-Fr 10:00-16:00"),
        ("9 - 4 weekdays except Wed 9 - 2", "Mo,Tu,Th,Fr 09:00-16:00; We 09:00-14:00"),
        ("Weekdays and Saturdays 10am-4pm, except Thursdays 10am-12.30pm.", "Mo-We,Fr,Sa 10:00-16:00; Th 10:00-12:30"),
        ("Daily (except Tues & Sat) 10:30am - 12pm", "Mo,We-Fr,Su 10:30-12:00"),
        ("Tuesdays & Fridays 12pm - 3pm; 1st Saturday of month 10am - 12noon", "Tu,Fr 12:00-15:00; Sa[1] 10:00-12:00"),
        ("Monday - Thursday 11:30am - 2pm and Monday - Thursday 5pm - 8pm", "Mo-Th 11:30-14:00,17:00-20:00"),
        ("Mon 1-2pm Thurs 10-11am Sat 12- 1pm", "Mo 13:00-14:00; Th 10:00-11:00; Sa 12:00-13:00"),
        ("Monday 8.30am-4", "Mo 08:30-16:00"),
        ("Monday 10 a.m. to 4 p.m.", "Mo 10:00-16:00"),
        ("Monday between 10 and 12", "Mo 10:00-12:00"),
        ("Mon 14:00-16:00", "Mo 14:00-16:00"),
        ("Mon-Fri 9-5; school holidays 10-4", "Mo-Fr 09:00-17:00; SH 10:00-16:00"),
        // OSM as it came.
        ("Mo-Fr 09:00-17:00; PH off", "Mo-Fr 09:00-17:00; PH off"),
        ("Tu 10:00-12:00 || \"by appointment\"", "Tu 10:00-12:00 || \"by appointment\""),
    ];
    let mut wrong = Vec::new();
    for (words, osm) in told {
        if hours(words).as_deref() != Some(osm) {
            wrong.push(format!("{words}: {:?} instead of {osm}", read_words(words)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_can_be_meant_in_two_ways_is_not_guessed_at() {
    for words in [
        "Tuesday 2-4",
        "Tuesday 7-9",
        "Mon 8-10",
        "Mon 9am-5am",
        "Mon 10am-12am",
        "Mo-Fr 9:00-5:00",
        "Tu 2:00-4:00",
        "Mon 10-12 term time only, Wed 2-4pm",
        "Mon-Sat 9am-5pm, first Monday of the month 2pm-4pm",
        "Mon 10-12, Mon 11-2",
        "Mon 2pm-4pm, 10am-12pm",
    ] {
        assert!(matches!(read_words(words), Read::Doubtful(_)), "{words}: {:?}", read_words(words));
    }
}

#[test]
fn what_is_left_over_leaves_all_of_it_in_words() {
    for words in [
        "",
        "NA",
        "Not known",
        "Thursday morning",
        "Wednesday 7:30pm",
        "Tuesday from 11am",
        "Monday & Friday 12noon",
        "Monday",
        "Mon-Fri",
        "Mo-Fr",
        "open",
        "Open",
        "9am-5pm",
        "We are open 10-12",
        "every other Tuesday 10-12",
        "Every second Tuesday 10-12",
        "Tuesdays fortnightly 10-12",
        "alternate Mondays 10-12",
        "Mon or Tue 10-12",
        "Mon 10-12 for women, Tue 10-12 for men",
        "Closed Mondays 10-12",
        "Mon-Fri 9-5 closed for lunch 12-1",
        "Monday - Friday 8am - 4pm. Please ring.",
        "24/7 upon request (need to arrange for one of our team to meet you there)",
        "Mon 25:00-26:00",
        "Mon 9:70-10:00",
        "Mon 2=3pm",
        "Mon 10pm-2",
        "Monday 10-12 Jan-Mar",
        "No opening on Mondays 10-12",
        // What only closes, or only may be, says nothing sure of the rest.
        "Closed Mondays",
        "Sun closed",
        "Closed Sundays and bank holidays",
        "By appointment only, Mon-Fri 9-5",
        "By appointment: Mon 9-5",
        "Appointments Mon 9-5",
        "School holidays only Mon 9-5",
        "School holidays Mon 9-5",
        "First Monday and Tuesday 10-12",
        "1st Mon/Tue 10-12",
        "Last Monday, Tuesday 10-12",
        "Holidays 10-12",
        "6th Monday 10-12",
        "10-12 Mon 2pm-4pm",
        "Mon 10-12, 2-4 Tue",
        "Mon 10-12; 2pm-4pm Tue",
    ] {
        assert_eq!(read_words(words), Read::NotUnderstood, "{words}");
    }
}

// N1
#[test]
fn a_column_for_each_weekday_becomes_one_text() {
    let week = [
        (Monday, "9am-5pm"),
        (Tuesday, "09:00 - 17:00"),
        (Wednesday, "Closed"),
        (Thursday, "10:00-12:00, 14:00-16:00"),
        (Friday, "9-5"),
        (Saturday, "By appointment"),
        (Sunday, ""),
    ];
    let osm = "Mo,Tu,Fr 09:00-17:00; Th 10:00-12:00,14:00-16:00; We off; Sa \"by appointment\"; Su \"not said\"";
    assert_eq!(from_weekdays(&week), Read::Hours(osm.to_owned()));
    assert_eq!(from_weekdays(&[(Monday, ""), (Tuesday, "n/a")]), Read::NotUnderstood);
    assert!(matches!(from_weekdays(&[(Monday, "9am-5pm"), (Tuesday, "2-4")]), Read::Doubtful(_)));
    let kept = from_weekdays(&[(Monday, "9am-5pm"), (Tuesday, "ask \"Ann\"'s team"), (Sunday, "24 hours")]);
    let osm = "Mo 09:00-17:00; Su 00:00-24:00; Tu \"ask 'Ann''s team\"";
    assert_eq!(kept, Read::Hours(osm.to_owned()));
}

proptest! {
    #[test]
    fn whatever_is_read_is_sound_and_no_slip(
        words in proptest::collection::vec(proptest::sample::select(PIECES), 1..9),
        separator in proptest::sample::select(&[" ", ", ", "", "\n"][..]),
    ) {
        let text = words.join(separator);
        if let Read::Hours(osm) = read_words(&text) {
            prop_assert!(crate::model::hours::is_opening_hours(&osm), "{} → {}", text, osm);
            prop_assert_eq!(slips(&osm), vec![], "{} → {}", text, osm);
            prop_assert_eq!(read_words(&osm), Read::Hours(osm.clone()), "{} is read again as something else", osm);
        }
    }
}

const PIECES: &[&str] = &[
    "Mon",
    "Tues",
    "weekdays",
    "Sat",
    "Sundays",
    "daily",
    "-",
    "to",
    "and",
    "&",
    "9",
    "10am",
    "12",
    "12noon",
    "2",
    "4pm",
    "5",
    "17:00",
    "0930",
    "midnight",
    "9-5",
    "10am-12",
    "2-4pm",
    "closed",
    "except",
    "bank holidays",
    "school holidays",
    "term time only",
    "first",
    "last",
    "of the month",
    "every",
    ";",
    ".",
    ":",
    ",",
    "(",
    ")",
    "24/7",
    "24 hours",
    "by appointment",
    "open",
    "é",
    "10.30",
    "\"",
];

// A night shelter's hours are no evening's.
#[test]
fn a_clock_of_twenty_four_hours_is_not_read_as_one_of_twelve() {
    for text in ["Mon-Sun 18:00-8:00", "Mon-Sun 17:00-9:00", "Daily 20:00 - 9"] {
        assert!(matches!(read_words(text), Read::Doubtful(_)), "{text}: {:?}", read_words(text));
    }
    assert_eq!(hours("Mon 6pm-8").as_deref(), Some("Mo 18:00-20:00"));
    assert_eq!(hours("Mon 18:00-20:00").as_deref(), Some("Mo 18:00-20:00"));
    assert_eq!(hours("Mon 9-17:00").as_deref(), Some("Mo 09:00-17:00"));
}

#[test]
fn letters_of_other_scripts_bring_nothing_down() {
    for text in ["kৗ", "Mon kৗ-9", "१२-१३", "Mo ١٢:٣٠", "９-５", "Ｍon 9am-5pm", "a😀", "Tue 9am–5ৗ"]
    {
        assert!(!matches!(read_words(text), Read::Hours(_)), "{text}");
    }
}
