//! Lists (CONTRACT §1): of one kind, in the order of ids, page by page, each of which knows how many there are.

use super::check::check;

const SERVICES: &str = "
    meals    category
    e        service does meals
    d        service status planned
    c        service does meals for age 60+
    b        service status closed does meals
    a        service for professionals
    hall     place
";

#[test]
fn a_list_is_of_all_of_its_kind_planned_closed_and_for_whomever() {
    check(&format!(
        "{SERVICES}
        ? list service
        a, b, c, d, e · 5
        ? list place
        hall · 1
        ? list resource
        nothing · 0
        "
    ));
}

#[test]
fn a_day_a_status_or_whose_it_is_is_judged_when_it_is_asked_for() {
    check(&format!(
        "{SERVICES}
        ? list service as_at=2026-06-01
        a, c, e · 3
        ? list service status=closed,planned
        b, d · 2
        ? list service for=people
        b, c, d, e · 4
        ? list service for=people as_at=2026-06-01
        c, e · 2
        "
    ));
}

#[test]
fn a_page_names_the_last_of_it_where_there_are_more_and_all_pages_know_the_total() {
    check(&format!(
        "{SERVICES}
        ? list service limit=2
        a, b · 5, next after b
        ? list service limit=2 after=b
        c, d · 5, next after d
        ? list service limit=2 after=d
        e · 5
        ? list service limit=5
        a, b, c, d, e · 5
        ? list service after=e
        nothing · 5
        ? list service after=bb limit=1
        c · 5, next after c
        ? walk service limit=2
        a, b, c, d, e · 5
        "
    ));
}

#[test]
fn what_may_fit_is_in_a_list_unless_only_the_sure_are_asked_for() {
    check(&format!(
        "{SERVICES}
        ? list service category=meals age=70
        b, c, e · 3
        ? list service category=meals age=70 match=sure
        c · 1
        ? list service category=meals age=70 match=possible
        b, e · 2
        ? list service category=meals age=70 match=possible limit=1
        b · 2, next after b
        "
    ));
}

#[test]
fn words_of_a_list_are_those_of_every_question_and_a_wrong_one_is_told() {
    check(&format!(
        "{SERVICES}
        ? list service near=here
        refused: near unknown_field
        ? list service limit=0
        refused: limit out_of_range
        ? list service kind=place
        nothing · 0
        "
    ));
}
