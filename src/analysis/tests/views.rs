//! Who is shown what (CONTRACT §5). That an answer equals that of an instance which holds only what the asker is shown is
//! tried with every question of every case.

use super::check::check;

const TOWN: &str = "
    council  organisation
    trust    organisation
    meals    category
    hall     place at N100
    staff    place at N200 seen_by partners
    refuge   place at N300 type other seen_by own kept_by trust
    fair     place at N400 seen_by spring
    lunch    service at hall does meals by council
    rota     service at hall does meals by council seen_by partners
    secret   service at refuge does meals by trust
";

#[test]
fn a_record_is_shown_to_its_audience_and_to_nobody_else() {
    check(&format!(
        "{TOWN}
        ? list place
        hall · 1
        ? guest of spring: list place
        fair, hall · 2
        ? guest of autumn: list place
        hall · 1
        ? partner: list place
        hall, staff · 2
        ? partner of council: list place
        hall, staff · 2
        ? partner of trust: list place
        hall, refuge, staff · 3
        ? admin: list place
        fair, hall, refuge, staff · 4
        "
    ));
}

#[test]
fn what_is_hidden_is_near_nothing_in_no_category_and_found_by_no_word() {
    check(&format!(
        "{TOWN}
        ? nearby kind=place
        sure: hall 100 m
        ? partner: nearby kind=place
        sure: hall 100 m, staff 200 m
        ? list service category=meals
        lunch, secret · 2
        ? partner: list service category=meals
        lunch, rota, secret · 3
        ? which q=rota
        nothing
        ? partner: which q=rota
        sure: rota
        ? nearby near=refuge
        refused: near not_found
        ? record name=refuge
        not there
        "
    ));
}

#[test]
fn a_link_to_what_is_hidden_is_gone_and_the_place_is_told_on_request() {
    check(&format!(
        "{TOWN}
        ? record name=secret
        {{links:{{categories:[meals],provider:[trust]}},name:secret,owner:trust,place_on_request:true}}
        ? partner of trust: record name=secret
        {{links:{{categories:[meals],places:[refuge],provider:[trust]}},name:secret,owner:trust}}
        ? nearby kind=service
        sure: lunch 100 m
        ? partner of trust: nearby kind=service
        sure: lunch 100 m, rota 100 m, secret 300 m
        "
    ));
}

const REFUGES: &str = r#"
    trust    organisation
    council  organisation
    D1       area of district at N0 outline S3000W3000 N3000E3000
    safe     category
    house    place at N100 type other address "1 Secret Lane" step_free open "Mo-Fr 09:00-17:00" approximate kept_by trust
    help     service at house in D1 does safe by trust for age 18+ for districts D1 takes self
    own      service at N200 by council approximate at_place free
    hall     place at N100 type library
"#;

#[test]
fn an_approximate_place_stands_in_the_middle_of_its_cell_for_all_but_its_owner() {
    check(&format!(
        "{REFUGES}
        ? nearby kind=place
        sure: hall 100 m, house 2222 m
        ? partner of council: nearby kind=place
        sure: hall 100 m, house 2222 m
        ? partner of trust: nearby kind=place
        sure: hall 100 m, house 100 m
        ? admin: nearby kind=place
        sure: hall 100 m, house 100 m
        "
    ));
}

#[test]
fn of_what_is_approximate_only_what_may_stay_is_shown() {
    check(&format!(
        "{REFUGES}
        ? record name=house
        {{hours:Mo-Fr 09:00-17:00,links:{{}},name:house,point:{{lat:54.67994,lon:-3.3586}},precision:approximate,type:other}}
        ? record name=help
        {{eligibility:{{min_age:18}},links:{{categories:[safe]}},name:help,place_on_request:true,point:{{lat:54.67994,lon:-3.3586}},precision:approximate,referral:[self],unclear:[eligibility.districts,eligibility.practices,service_area]}}
        "
    ));
}

#[test]
fn what_is_gone_of_it_decides_nothing_and_is_unknown() {
    check(&format!(
        "{REFUGES}
        ? which accessible=true kind=place
        possible: hall (accessible), house (accessible)
        ? partner of trust: which accessible=true kind=place
        sure: house · possible: hall (accessible)
        ? which area=D1
        sure: hall · possible: help (area, service_area), house (area), own (area, service_area)
        ? nearby kind=service
        possible: help 2222 m (service_area), own 2222 m (service_area)
        "
    ));
}

#[test]
fn coverage_counts_nobody_by_what_is_not_shown() {
    check(
        "
        trust    organisation
        D1       area of district at N0
        S1       area at N0 people 100 in D1
        S2       area at N0 people 50
        house    place at N100 approximate kept_by trust
        visits   service at house in D1 at_home by trust
        hidden   service at N0 seen_by own by trust
        ? coverage within=100m areas=small include=per_area kind=service
        covers 0 of 150 in 0 of 2, 150 unsure
        S1: possible 0 of 100 and perhaps 100
        S2: possible 0 of 50 and perhaps 50
        ? partner of trust: coverage within=100m areas=small include=per_area kind=service
        covers 150 of 150 in 2 of 2
        S1: covered 100 of 100, 0 m
        S2: covered 50 of 50, 0 m
        ",
    );
}

#[test]
fn a_term_that_is_hidden_joins_nothing_to_its_wider_one() {
    check(
        "
        food     category
        meals    category in food seen_by partners
        lunch    service does meals
        ? list service category=food
        nothing · 0
        ? partner: list service category=food
        lunch · 1
        ? which category=meals
        refused: category not_found
        ",
    );
}

#[test]
fn an_organisation_that_is_hidden_owns_nothing_in_sight() {
    check(
        "
        shy      organisation seen_by partners
        lunch    service by shy
        ? record name=lunch
        {links:{},name:lunch,point:{lat:54.66,lon:-3.36}}
        ? list service organisation=shy
        refused: organisation not_found
        ? partner: list service organisation=shy
        lunch · 1
        ",
    );
}
