//! What is near (CONTRACT §1): three runs, how far, how many, and whom a service is for.

use super::check::check;

#[test]
fn what_is_sure_stands_by_distance_what_comes_by_name_and_what_may_fit_by_distance() {
    check(
        "
        D1       area of district at N100 outline S5000W5000 N5000E5000
        far      place at N900 type library
        near     place at E120 type library
        vague    place at S500
        zebra    service telephone in D1
        aunts    service at_home in D1
        ? nearby
        sure: near 120 m, vague 500 m, far 900 m · comes: aunts by at_home, zebra by telephone
        ? nearby type=library
        sure: near 120 m, far 900 m · possible: vague 500 m (type)
        ? nearby near=N500
        sure: far 400 m, near 514 m, vague 1000 m · comes: aunts by at_home, zebra by telephone
        ? nearby near=N20000
        sure: far 19100 m, near 20000 m, vague 20500 m
        ",
    );
}

#[test]
fn of_equally_near_ones_the_lower_id_is_first() {
    check(
        "
        c        place at N100
        a        place at N100
        b        service at c
        d        place at N99
        ? nearby
        sure: d 99 m, a 100 m, b 100 m, c 100 m
        ? nearby limit=2
        sure: d 99 m, a 100 m
        ",
    );
}

#[test]
fn the_limit_is_that_of_each_run() {
    check(
        "
        a        service at N1 for age 60+
        b        service at N2 for age 60+
        c        service at N3
        d        service at N4
        e        service telephone for age 60+
        f        service telephone for age 60+
        ? nearby age=70 limit=1
        sure: a 1 m · comes: e by telephone · possible: c 3 m (age)
        ? nearby age=70 limit=3
        sure: a 1 m, b 2 m · comes: e by telephone, f by telephone · possible: c 3 m (age), d 4 m (age)
        ? nearby limit=0
        refused: limit out_of_range
        ? nearby limit=201
        refused: limit out_of_range
        ",
    );
}

#[test]
fn a_record_at_several_places_stands_once_at_the_nearest() {
    check(
        "
        hall     place at N900
        church   place at E300
        lunch    service at hall,church
        club     service at S100W50
        both     service at hall at S700
        ? nearby
        sure: club 112 m, church 300 m, lunch 300 m, both 700 m, hall 900 m
        ",
    );
}

#[test]
fn within_keeps_what_is_no_farther_and_what_comes_whatever_the_distance() {
    check(
        "
        hall     place at N1000
        edge     place at 54.67,-3.36
        line     service telephone
        ? nearby within=999m
        comes: line by telephone
        ? nearby within=1001m
        sure: hall 1000 m · comes: line by telephone
        ? nearby within=1113m
        sure: hall 1000 m · comes: line by telephone
        ? nearby within=1114m
        sure: hall 1000 m, edge 1113 m · comes: line by telephone
        ? nearby \"within=14min walk\"
        sure: hall 1000 m, edge 1113 m · comes: line by telephone
        ? nearby \"within=15min drive\"
        refused: within network_not_loaded
        ",
    );
}

#[test]
fn near_is_a_point_a_postcode_or_a_record() {
    check(
        "
        CA139LU  postcode at N1000
        hall     place at N900
        line     service telephone
        ? nearby near=CA139LU
        sure: hall 100 m · comes: line by telephone
        ? nearby near=hall
        sure: hall 0 m · comes: line by telephone
        ? nearby near=line
        refused: near not_found
        ? nearby near=CA139XX
        refused: near postcode_unknown
        ? nearby near=10,10
        refused: near outside_country
        ",
    );
}

#[test]
fn a_service_is_for_who_lives_in_its_area_and_unknown_where_nobody_can_tell() {
    check(
        "
        D1       area of district at N100 outline S2000W2000 N2000E2000
        D2       area of district at E5000
        here     service at_home in D1
        there    service at_home in D2
        either   service at_home in D1,D2
        lunch    service at N50 in D1
        supper   service at N60 in D2
        ? nearby
        sure: lunch 50 m · comes: either by at_home, here by at_home
        ? nearby near=N9000
        possible: supper 8940 m (service_area), either by at_home (service_area), there by at_home (service_area)
        ",
    );
}

#[test]
fn a_postcode_tells_of_the_district_where_no_outline_does() {
    check(
        "
        CA139LU  postcode at N10 in E07000026
        LA11AA   postcode at N10 in E07000121
        E07000026 becomes E06000063
        E06000063 area of district at N100
        home     service at_home in E06000063
        lunch    service at N50 for districts E07000026
        ? nearby near=CA139LU
        sure: lunch 40 m · comes: home by at_home
        ? nearby near=LA11AA
        nothing
        ? nearby
        possible: lunch 50 m (service_area), home by at_home (service_area)
        ",
    );
}

#[test]
fn who_must_be_registered_somewhere_is_told_by_nothing() {
    check(
        "
        lunch    service for practices A81001
        club     service unclear eligibility.districts
        walk     service
        ? nearby
        sure: walk 0 m · possible: club 0 m (service_area), lunch 0 m (service_area)
        ",
    );
}

#[test]
fn what_comes_to_people_says_how_and_at_home_needs_to_say_where() {
    check(
        "
        D1       area of district at N100 outline S2000W2000 N2000E2000
        visits   service at_home
        line     service at_home telephone
        web      service online telephone
        local    service at_home telephone in D1
        only     service in D1
        lost     service nowhere
        ? nearby match=sure
        comes: line by telephone, local by at_home, only by inside_service_area, web by telephone
        ? nearby match=possible
        possible: visits by at_home (service_area)
        ",
    );
}

#[test]
fn what_has_a_place_too_is_near_within_reach_and_comes_beyond_it() {
    check(
        "
        both     service at N4000 at_place telephone
        held     service at N4000 telephone
        silent   service at N4000
        ? nearby
        sure: both 4000 m, silent 4000 m · comes: held by telephone
        ? nearby within=5km
        sure: both 4000 m, silent 4000 m · comes: held by telephone
        ? nearby within=1km
        comes: both by telephone, held by telephone
        ? nearby near=N50000
        sure: silent 46000 m · comes: both by telephone, held by telephone
        ",
    );
}

#[test]
fn what_left_several_words_open_names_each_of_them() {
    check(
        "
        D2       area of district at E5000
        lunch    service at N10 in D2 unclear until
        ? nearby age=30 free=true
        possible: lunch 10 m (age, free, service_area, status)
        ",
    );
}

#[test]
fn words_that_are_missing_or_wrong_are_all_told() {
    check(
        "
        hall     place
        ? nearby \"near=Nowhere Town\" age=old colour=red within=far
        refused: near not_found, within wrong_type, age wrong_type, colour unknown_field
        ",
    );
}
