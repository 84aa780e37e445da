//! Which area something lies in (CONTRACT §3, §4): itself, what names it by code, outlines, and never a guess.

use super::check::check;

/// Whose people are counted tells where each of three areas lies.
fn lies(town: &str, questions: &str) {
    check(&format!("hall place at N50000\n{town}\n{questions}"));
}

#[test]
fn an_area_lies_in_itself_and_in_no_other_of_its_set() {
    lies(
        "
        S1       area at N0 people 1 outline S1000W1000 N1000E1000
        S2       area at N10 people 2
        ",
        "
        ? coverage within=1km people_in=S1
        covers 0 of 1 in 0 of 1
        ? coverage within=1km people_in=S2
        covers 0 of 2 in 0 of 1
        ",
    );
}

#[test]
fn a_parent_or_a_column_is_before_every_outline_and_settles_the_set() {
    lies(
        "
        D1       area of district at N0 outline S1000W1000 N1000E1000
        D2       area of district at N9000
        S1       area at N0 people 1
        S2       area at N10 people 2 in D2
        S3       area at N20 people 4 column lad=D2
        S4       area at N30 people 8 column lad=elsewhere
        ",
        "
        ? coverage within=1km areas=small people_in=D1
        covers 0 of 9 in 0 of 2
        ? coverage within=1km areas=small people_in=D2
        covers 0 of 6 in 0 of 2
        ",
    );
}

#[test]
fn what_a_parent_lies_in_by_name_its_parts_lie_in_and_a_parents_point_is_not_theirs() {
    lies(
        "
        R1       area of region at N0
        R2       area of region at N9000 outline S1000W1000 N1000E1000
        D1       area of district at N0 in R1
        D2       area of district at N0
        S1       area at N5000 people 1 in D1
        S2       area at N5000 people 2 in D2
        ",
        "
        ? coverage within=1km areas=small people_in=R1
        covers 0 of 1 in 0 of 1
        ? coverage within=1km areas=small people_in=R2
        covers 0 of 0 in 0 of 0
        ",
    );
}

#[test]
fn of_overlapping_outlines_each_holds_it_and_a_shared_line_is_in_the_lower_code() {
    lies(
        "
        D2       area of district at N0 outline 54.60,-3.40 54.66,-3.30
        D1       area of district at N0 outline 54.66,-3.40 54.70,-3.30
        D3       area of district at N0 outline 54.60,-3.40 54.70,-3.30
        S1       area at 54.66,-3.36 people 1
        S2       area at 54.65,-3.36 people 2
        S3       area at 54.60,-3.36 people 4
        ",
        "
        ? coverage within=1km areas=small people_in=D1
        covers 0 of 1 in 0 of 1
        ? coverage within=1km areas=small people_in=D2
        covers 0 of 6 in 0 of 2
        ? coverage within=1km areas=small people_in=D3
        covers 0 of 3 in 0 of 2
        ",
    );
}

#[test]
fn where_another_of_the_set_holds_it_it_is_not_in_one_without_an_outline() {
    check(
        "
        D1       area of district at N0 outline S1000W1000 N1000E1000
        D2       area of district at N9000
        S1       area at N0 people 1
        S2       area at N5000 people 2
        line     service telephone in D2
        ? coverage within=1km areas=small include=per_area
        covers 0 of 3 in 0 of 2, 2 unsure
        S1: missed 0 of 1
        S2: possible 0 of 2 and perhaps 2
        ",
    );
}

#[test]
fn a_code_of_earlier_years_is_the_one_that_alone_followed_it() {
    lies(
        "
        OLD1     becomes D1
        OLD2     becomes D1 D2
        D1       area of district at N0
        D2       area of district at N9000
        S1       area at N0 people 1 column lad=OLD1
        S2       area at N0 people 2 column lad=OLD2
        ",
        "
        ? coverage within=1km areas=small people_in=D1
        covers 0 of 1 in 0 of 1
        ? coverage within=1km areas=small people_in=D2
        covers 0 of 0 in 0 of 0
        ",
    );
}

#[test]
fn a_record_lies_in_the_outline_of_its_point_else_where_its_postcode_says() {
    check(
        r#"
        CA139LU  postcode at N0 in E06000063
        E06000063 area of district at N0
        D1       area of ward at N0 outline S100W100 N100E100
        drawn    place at N0
        beyond   place at N500
        posted   place at N900 postcode "CA13 9LU"
        twice    service at drawn,beyond
        line     service telephone
        ? list place area=D1
        drawn · 1
        ? list service area=D1
        line, twice · 2
        ? list place area=E06000063 match=sure
        posted · 1
        ? list place area=E06000063 match=possible
        beyond, drawn · 2
        "#,
    );
}
