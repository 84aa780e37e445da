//! Who can get there (CONTRACT §4): reach, service areas, ages, districts, who comes, and whose people are counted.

use super::check::check;

#[test]
fn an_area_is_covered_by_the_nearest_within_reach() {
    check(
        "
        S1       area at N0 people 100
        S2       area at N2000 people 50
        S3       area at N9000 people 30
        hall     place at N1000
        far      place at N3500
        ? coverage within=1100m include=per_area
        covers 150 of 180 in 2 of 3
        S1: covered 100 of 100, 1000 m
        S2: covered 50 of 50, 1000 m
        S3: missed 0 of 30, 5500 m
        ? coverage within=900m
        covers 0 of 180 in 0 of 3
        ? coverage
        refused: within required
        ",
    );
}

#[test]
fn what_may_fit_covers_nobody_for_sure() {
    check(
        "
        S1       area at N0 people 100
        S2       area at N5000 people 50
        sure     service at N0 for age 60+
        silent   service at N5000
        ? coverage within=1km age=70 include=per_area
        covers 100 of 150 in 1 of 2, 50 unsure
        S1: covered 100 of 100, 0 m
        S2: possible 0 of 50 and perhaps 50, 5000 m
        ignored: age
        ? coverage within=1km age=70 match=possible
        covers 0 of 150 in 0 of 2, 50 unsure
        ",
    );
}

#[test]
fn a_service_area_lets_in_who_lies_in_it() {
    check(
        "
        D1       area of district at N0
        D2       area of district at N9000
        S1       area at N0 people 100 in D1
        S2       area at N100 people 50 in D2
        S3       area at N200 people 30
        lunch    service at N0 in D1
        ? coverage within=1km areas=small include=per_area
        covers 100 of 180 in 1 of 3, 30 unsure
        S1: covered 100 of 100, 0 m
        S2: missed 0 of 50
        S3: possible 0 of 30 and perhaps 30
        ",
    );
}

#[test]
fn who_comes_reaches_everybody_in_its_area_and_says_how() {
    check(
        "
        D1       area of district at N0
        S1       area at N0 people 100 in D1
        S2       area at N9000 people 50 in D1
        S3       area at N9000 people 30
        visits   service at N0 at_place at_home in D1
        ? coverage within=1km areas=small include=per_area
        covers 150 of 180 in 2 of 3, 30 unsure
        S1: covered 100 of 100, 0 m
        S2: covered 50 of 50, by at_home
        S3: possible 0 of 30 and perhaps 30
        ",
    );
}

#[test]
fn telephone_reaches_everywhere_and_at_home_without_an_area_perhaps() {
    check(
        "
        S1       area at N0 people 100
        line     service telephone for age 18+
        visits   service at_home
        ? coverage within=1km include=per_area kind=service
        covers 100 of 100 in 1 of 1
        S1: covered 100 of 100, by telephone
        ignored: age
        ? coverage within=1km include=per_area delivery=at_home
        covers 0 of 100 in 0 of 1, 100 unsure
        S1: possible 0 of 100 and perhaps 100
        ",
    );
}

#[test]
fn ages_count_the_people_of_the_bands_that_tile_them_and_never_more_than_there_are() {
    check(
        "
        S1       area at N0 people 100 counts age_0_15=20,age_16_64=60,age_65_120=30
        S2       area at N100 people 50 counts age_0_15=10,age_16_64=60,age_65_120=30
        old      service at N0 for age 65+
        young    service at N0 for age ..15
        work     service at N0 for age 16-64
        ? coverage within=1km q=old include=per_area
        covers 60 of 150 in 2 of 2
        S1: covered 30 of 100, 0 m
        S2: covered 30 of 50, 100 m
        ? coverage within=1km q=young
        covers 30 of 150 in 2 of 2
        ? coverage within=1km include=per_area
        covers 150 of 150 in 2 of 2
        S1: covered 100 of 100, 0 m
        S2: covered 50 of 50, 100 m
        ",
    );
}

#[test]
fn ages_that_no_bands_tile_are_ignored_and_that_is_said() {
    check(
        "
        S1       area at N0 people 100 counts age_0_15=20,age_16_64=60,older=10
        S2       area at N100 people 50 counts age_0_15=10
        old      service at N0 for age 65+
        half     service at N0 for age 10-20
        work     service at N0 for age 16-64
        ? coverage within=1km q=old
        covers 150 of 150 in 2 of 2
        ignored: age
        ? coverage within=1km q=half
        covers 150 of 150 in 2 of 2
        ignored: age
        ? coverage within=1km q=work include=per_area
        covers 110 of 150 in 2 of 2
        S1: covered 60 of 100, 0 m
        S2: covered 50 of 50, 100 m
        ignored: age
        ? coverage within=1km q=work weight=older
        covers 10 of 10 in 2 of 2, 1 without weight
        ignored: age
        ",
    );
}

#[test]
fn an_age_that_nobody_could_read_covers_nobody_for_sure() {
    check(
        "
        S1       area at N0 people 100 counts age_0_15=20,age_16_64=50,age_65_120=30
        odd      service at N0 for age 65+ unclear eligibility.max_age
        ? coverage within=1km include=per_area
        covers 0 of 100 in 0 of 1, 30 unsure
        S1: possible 0 of 100 and perhaps 30
        ",
    );
}

#[test]
fn districts_are_decided_for_each_area_and_practices_for_none() {
    check(
        "
        D1       area of district at N0
        S1       area at N0 people 100 in D1
        S2       area at N10 people 50 column district=D9
        S3       area at N20 people 30 column district=D2
        lunch    service at N0 for districts D1
        dance    service at N0 for districts D9
        club     service at N0 for practices A81001
        ? coverage within=1km areas=small include=per_area q=lunch
        covers 100 of 180 in 1 of 3, 80 unsure
        S1: covered 100 of 100, 0 m
        S2: possible 0 of 50 and perhaps 50
        S3: possible 0 of 30 and perhaps 30
        ? coverage within=1km areas=small q=dance
        covers 50 of 180 in 1 of 3, 130 unsure
        ? coverage within=1km areas=small q=club
        covers 0 of 180 in 0 of 3, 180 unsure
        ",
    );
}

#[test]
fn districts_of_the_register_are_not_one_another() {
    check(
        "
        S1       area at N0 people 100 column district=E07000026
        S2       area at N0 people 50 column district=E07000121
        S3       area at N0 people 30 column district=somewhere
        lunch    service at N0 for districts E07000026
        ? coverage within=1km areas=small include=per_area
        covers 100 of 180 in 1 of 3, 30 unsure
        S1: covered 100 of 100, 0 m
        S2: missed 0 of 50
        S3: possible 0 of 30 and perhaps 30
        ",
    );
}

#[test]
fn people_in_an_area_are_those_that_surely_lie_in_it() {
    check(
        "
        D1       area of district at N0 outline S500W500 N500E500
        D2       area of district at N9000
        S1       area at N0 people 100
        S2       area at N100 people 50 in D2
        S3       area at N9000 people 30
        hall     place at N0
        ? coverage within=1km areas=small people_in=D1 include=per_area
        covers 100 of 100 in 1 of 1
        S1: covered 100 of 100, 0 m
        ? coverage within=1km areas=small people_in=D2
        covers 50 of 50 in 1 of 1, 50 from outside
        ? coverage within=1km areas=small people_in=S100W100..N8999E100
        covers 150 of 150 in 2 of 2
        ? coverage within=1km areas=small people_in=D3
        refused: people_in not_found
        ? coverage within=1km areas=small people_in=hall
        refused: people_in not_found
        ",
    );
}

#[test]
fn a_box_holds_the_areas_whose_points_lie_in_it_its_edge_included() {
    check(
        "
        S1       area at 54.66,-3.36 people 100
        S2       area at 54.67,-3.35 people 50
        S3       area at 54.68,-3.35 people 30
        hall     place at 54.66,-3.36
        ? coverage within=9km people_in=-3.36,54.66,-3.35,54.67
        covers 150 of 150 in 2 of 2
        ",
    );
}

#[test]
fn weight_from_outside_is_of_people_whom_nothing_inside_takes() {
    check(
        "
        D1       area of district at N0 outline S1000W1000 N1000E1000
        S1       area at N0 people 100 counts age_0_15=20,age_16_64=50,age_65_120=30
        S2       area at S900 people 50 counts age_0_15=10,age_16_64=25,age_65_120=15
        inside   service at N0 for age 65+
        outside  service at N1500
        ? coverage within=2km areas=small people_in=D1 include=per_area
        covers 115 of 150 in 2 of 2, 70 from outside
        S1: covered 100 of 100, 0 m
        S2: covered 15 of 50, 900 m
        ",
    );
}

#[test]
fn weight_is_a_count_or_a_rate_of_the_population_and_never_a_score() {
    check(
        "
        S1       area at N0 people 100 counts older=40,no_car=0.5,need_score=3
        S2       area at N9000 people 60 counts older=10,no_car=0.25,need_score=9
        S3       area at N0 counts older=5,no_car=1,need_score=1
        hall     place at N0
        ? coverage within=1km
        covers 100 of 160 in 2 of 3, 1 without weight
        ? coverage within=1km weight=older
        covers 45 of 55 in 2 of 3
        ? coverage within=1km weight=no_car
        covers 50 of 65 in 2 of 3, 1 without weight
        ? coverage within=1km weight=need_score
        refused: weight not_allowed
        ? coverage within=1km weight=cars
        refused: weight not_found
        ",
    );
}

#[test]
fn groups_are_of_a_column_of_few_values_or_of_equal_parts() {
    check(
        "
        S1       area at N0 people 100 column part=north counts band=2,need=5
        S2       area at N10 people 50 column part=south counts band=10,need=5
        S3       area at N9000 people 30 column part=north counts band=2,need=1
        S4       area at N20 people 20 counts need=0.5
        hall     place at N0
        ? coverage within=1km by=part
        covers 170 of 200 in 3 of 4
        north: covers 100 of 130 in 1 of 2
        south: covers 50 of 50 in 1 of 1
        ? coverage within=1km by=band
        covers 170 of 200 in 3 of 4
        2: covers 100 of 130 in 1 of 2
        10: covers 50 of 50 in 1 of 1
        ? coverage within=1km by=quintile:need
        covers 170 of 200 in 3 of 4
        1: covers 20 of 20 in 1 of 1
        2: covers 0 of 30 in 0 of 1
        3: covers 100 of 100 in 1 of 1
        4: covers 50 of 50 in 1 of 1
        ? coverage within=1km by=need
        refused: by out_of_range
        ? coverage within=1km by=octile:need
        refused: by not_allowed
        ? coverage within=1km by=colour
        refused: by not_found
        ",
    );
}

#[test]
fn groups_by_district_are_of_what_each_area_lies_in() {
    check(
        "
        D1       area of district at N0 outline S1000W1000 N1000E1000
        D2       area of district at N9000
        S1       area at N0 people 100
        S2       area at N100 people 50 in D2
        S3       area at N9000 people 30
        hall     place at N0
        ? coverage within=1km areas=small by=district
        covers 150 of 180 in 2 of 3
        D1: covers 100 of 100 in 1 of 1
        D2: covers 50 of 50 in 1 of 1
        ",
    );
}

#[test]
fn the_areas_asked_about_are_the_set_with_most_people_unless_it_is_named() {
    check(
        "
        D1       area of district at N0 people 500
        S1       area at N0 people 100
        S2       area at N0 people 50
        hall     place at N0
        ? coverage within=1km
        covers 150 of 150 in 2 of 2
        ? coverage within=1km areas=district
        covers 500 of 500 in 1 of 1
        ? coverage within=1km areas=ward
        refused: areas not_found
        ",
    );
}

#[test]
fn filter_words_choose_what_covers() {
    check(
        "
        S1       area at N0 people 100
        meals    category
        hall     place at N0 type library
        lunch    service at N0 does meals free
        shut     service at N0 does meals status closed
        ? coverage within=1km category=meals
        covers 100 of 100 in 1 of 1
        ? coverage within=1km category=meals status=closed
        covers 100 of 100 in 1 of 1
        ? coverage within=1km category=meals free=false
        covers 0 of 100 in 0 of 1
        ? coverage within=1km type=clinic kind=place
        covers 0 of 100 in 0 of 1
        ",
    );
}

#[test]
fn of_several_that_come_the_first_by_id_says_how_whatever_chose_them() {
    check(
        r#"
        S1       area at N0 people 100
        a        service telephone called "Soup a"
        b        service online called "Soup b"
        c        service online called "Soup c"
        d        service online called "Soup d"
        e        service online called "Soup e"
        f        service online called "Soup f"
        ? coverage within=1km include=per_area
        covers 100 of 100 in 1 of 1
        S1: covered 100 of 100, by telephone
        ? coverage within=1km include=per_area q=soup
        covers 100 of 100 in 1 of 1
        S1: covered 100 of 100, by telephone
        "#,
    );
}
