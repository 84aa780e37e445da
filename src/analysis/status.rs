//! Where a place, a service or a resource is in its life on a day: by its status, its first day and its last.

use jiff::civil::Date;

use crate::atlas::Facets;
use crate::atlas::facets::Day;
use crate::model::common::STATUS;
use crate::model::shape::Shape;

/// The statuses a record may have on a day: one where it is clear about itself; each that its words allow where a list
/// gave its status or one of its days in words that nobody could read.
pub fn on_day<'a>(stated: Option<&'a str>, facets: &Facets, day: Date) -> Vec<&'a str> {
    let days = facets.days.as_deref().copied().unwrap_or_default();
    let unclear = facets.unclear;
    // Whether a day lies before another, as far as that is known.
    let either = |is_unclear: bool, known: bool| if is_unclear { vec![false, true] } else { vec![known] };
    let is_over = either(unclear.until, days.until.date().is_some_and(|until| until < day));
    let is_to_come = either(unclear.from, days.from.date().is_some_and(|from| from > day));
    let begins = days.from != Day::Unsaid || unclear.from;
    let statuses: Vec<&str> = match (STATUS.shape, unclear.status) {
        (Shape::Word(words), true) => words.to_vec(),
        _ => vec![stated.unwrap_or("open")],
    };
    let mut all: Vec<&str> = Vec::new();
    for status in statuses {
        for over in &is_over {
            all.extend(is_to_come.iter().map(|to_come| one(status, begins, *over, *to_come)));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// What is closed is closed on every day; a last day that is over closes it, a first day that is to come has it planned,
/// and what was planned for a day that has come is open.
fn one(status: &str, begins: bool, over: bool, to_come: bool) -> &str {
    match status {
        "closed" => "closed",
        _ if over => "closed",
        _ if to_come => "planned",
        "planned" if begins => "open",
        status => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::Entry;
    use serde_json::{Value, json};

    fn on(day: &str, stated: Option<&'static str>, said: Value) -> Vec<&'static str> {
        let mut body = json!({"id": "01a204c4-2d86-7071-ace9-000000000001", "kind": "place", "version": 1, "links": {},
            "name": "Hall", "visibility": "public", "precision": "exact"});
        body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        on_day(stated, &Entry::read(body.to_string()).unwrap().facets, day.parse().unwrap())
    }

    #[test]
    fn days_and_status_say_where_it_is_in_its_life() {
        let year = json!({"from": "2026-01-01", "until": "2026-12-31"});
        for (day, stated, expected) in [
            ("2026-06-01", None, "open"),
            ("2026-12-31", Some("closing"), "closing"),
            ("2027-01-01", Some("closing"), "closed"),
            ("2025-12-31", Some("open"), "planned"),
            ("2026-01-01", Some("planned"), "open"),
            ("2026-06-01", Some("paused"), "paused"),
        ] {
            assert_eq!(on(day, stated, year.clone()), [expected], "{day} {stated:?}");
        }
        assert_eq!(on("2026-06-01", Some("planned"), json!({"until": "2027-01-01"})), ["planned"]);
    }

    /// Coverage G: a last day that is to come, a first day that is to come, a day of the past: it stays closed.
    #[test]
    fn closed_is_closed_on_every_day() {
        for day in ["2020-01-01", "2026-06-01", "2031-01-01"] {
            for body in [
                json!({}),
                json!({"until": "2030-12-31"}),
                json!({"from": "2030-01-01"}),
                json!({"from": "2019-01-01", "until": "2030-12-31"}),
                json!({"unclear": ["until", "from"]}),
            ] {
                assert_eq!(on(day, Some("closed"), body.clone()), ["closed"], "{day} {body}");
            }
        }
    }

    #[test]
    fn what_nobody_could_read_may_be_anything_that_the_rest_allows() {
        let day = "2026-06-01";
        assert_eq!(on(day, None, json!({"unclear": ["until"]})), ["closed", "open"]);
        assert_eq!(on(day, Some("paused"), json!({"unclear": ["until"]})), ["closed", "paused"]);
        assert_eq!(on(day, None, json!({"unclear": ["from"]})), ["open", "planned"]);
        assert_eq!(on(day, Some("planned"), json!({"unclear": ["from"]})), ["open", "planned"]);
        assert_eq!(on(day, None, json!({"unclear": ["status"]})).len(), 6);
        assert_eq!(on(day, None, json!({"unclear": ["status"], "until": "2026-05-31"})), ["closed"]);
        assert_eq!(on(day, None, json!({"unclear": ["status"], "from": "2026-07-01"})), ["closed", "planned"]);
    }
}
