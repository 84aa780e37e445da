//! The filter words, one by one (CONTRACT §1): what fits, what may fit because it does not say, what does not.

use super::check::check;

#[test]
fn kind_is_service_and_place_unless_it_is_said() {
    check(
        "
        council  organisation
        hall     place
        lunch    service
        room     resource at hall
        gap      gap
        ? which
        sure: hall, lunch
        ? which kind=place
        sure: hall
        ? which kind=resource,gap
        sure: gap, room
        ? which kind=castle
        refused: kind not_allowed
        ",
    );
}

#[test]
fn type_is_one_of_those_asked_for_and_what_has_no_types_is_none() {
    check(
        "
        books    place type library
        hall     place type community_centre
        house    place
        lunch    service
        ? which type=library
        sure: books · possible: house (type)
        ? which type=library,community_centre
        sure: books, hall · possible: house (type)
        ? which type=teapot
        refused: type not_allowed
        ",
    );
}

#[test]
fn category_takes_in_its_narrower_terms_and_what_an_everyday_word_means() {
    check(
        "
        food     category
        meals    category in food
        soup     category in meals
        advice   category
        hungry   category means meals,advice
        bank     service does food
        lunch    service does meals
        ladle    service does soup
        debt     service does advice
        walk     service
        ? which category=food
        sure: bank, ladle, lunch
        ? which category=soup
        sure: ladle
        ? which category=soup,advice
        sure: debt, ladle
        ? which category=hungry
        sure: debt, ladle, lunch
        ? which category=dance
        refused: category not_found
        ",
    );
}

#[test]
fn organisation_is_who_provides_owns_leads_or_is_the_parent_of_it() {
    check(
        "
        council  organisation
        office   organisation part_of council
        trust    organisation
        lunch    service by council
        both     service by council,trust
        clinic   service by trust
        hall     place kept_by council
        gap      gap by council
        ? which organisation=council
        sure: both, hall, lunch
        ? list organisation organisation=council
        council, office · 2
        ? list gap organisation=council
        gap · 1
        ? list gap organisation=trust
        nothing · 0
        ",
    );
}

#[test]
fn referral_by_any_professional_is_that_of_every_professional_and_of_nobody_else() {
    check(
        "
        door     service takes self
        doctor   service takes gp
        anyone   service takes any_professional
        silent   service
        ? which referral=self
        sure: door · possible: silent (referral)
        ? which referral=gp
        sure: anyone, doctor · possible: silent (referral)
        ? which referral=self,hospital
        sure: anyone, door · possible: silent (referral)
        ? which referral=other
        possible: silent (referral)
        ",
    );
}

#[test]
fn delivery_is_one_of_the_ways_it_names() {
    check(
        "
        lunch    service at_place
        visits   service at_place at_home
        line     service telephone
        silent   service
        ? which delivery=at_place
        sure: lunch, visits · possible: silent (delivery)
        ? which delivery=at_home,telephone
        sure: visits · comes: line · possible: silent (delivery)
        ",
    );
}

#[test]
fn open_at_a_moment_or_on_any_part_of_a_day() {
    check(
        r#"
        lunch    service open "Th 12:00-14:00"
        market   place open "Mo-Fr 09:00-17:00"
        puzzle   place open "Mo-Fr 09:00-sunset"
        silent   service
        ? which open_at=now
        sure: market, puzzle · possible: silent (open_at)
        ? which "open_at=thu 13:00"
        sure: lunch, market, puzzle · possible: silent (open_at)
        ? which "open_at=thu 15:00"
        sure: market · possible: puzzle (open_at), silent (open_at)
        ? which open_at=thu
        sure: lunch, market, puzzle · possible: silent (open_at)
        ? which open_at=2026-06-07
        possible: silent (open_at)
        ? which open_at=2026-06-04T12:30:00Z
        sure: lunch, market, puzzle · possible: silent (open_at)
        ? which open_at=2026-06-04T13:30:00Z
        sure: market, puzzle · possible: silent (open_at)
        ? which open_at=soon
        refused: open_at wrong_type
        "#,
    );
}

#[test]
fn age_takes_who_is_within_the_limits_and_silence_may_fit() {
    check(
        "
        lunch    service for age 60+
        club     service for age ..15
        work     service for age 16-64
        silent   service
        odd      service for age ..90 unclear eligibility.min_age
        hall     place
        ? which age=70
        sure: lunch · possible: hall (age), odd (age), silent (age)
        ? which age=60
        sure: lunch, work · possible: hall (age), odd (age), silent (age)
        ? which age=15
        sure: club · possible: hall (age), odd (age), silent (age)
        ? which age=95
        sure: lunch · possible: hall (age), silent (age)
        ? which age=131
        refused: age out_of_range
        ",
    );
}

#[test]
fn language_is_that_of_its_tag_whatever_the_region() {
    check(
        "
        english  service speaks en-GB
        both     service speaks en,pl
        welsh    service speaks cy
        silent   service
        ? which language=en
        sure: both, english · possible: silent (language)
        ? which language=PL
        sure: both · possible: silent (language)
        ",
    );
}

#[test]
fn accessible_is_the_word_of_a_place_for_itself_and_for_what_is_held_there() {
    check(
        "
        good     place step_free toilet
        steps    place not step_free
        vague    place step_free
        silent   place
        a        service at good
        b        service at steps
        c        service at steps,good
        d        service at steps,silent
        e        service
        f        service at steps telephone
        ? which accessible=true kind=place
        sure: good, vague · possible: silent (accessible)
        ? which accessible=step_free,toilet kind=place
        sure: good · possible: silent (accessible), vague (accessible)
        ? list service accessible=true match=sure
        a, c, f · 3
        ? list service accessible=true match=possible
        d, e · 2
        ",
    );
}

#[test]
fn free_is_what_says_so_and_paid_for_what_says_that() {
    check(
        "
        gift     service free
        shop     service paid
        silent   service
        ? which free=true
        sure: gift · possible: silent (free)
        ? which free=false
        sure: shop · possible: silent (free)
        ",
    );
}

#[test]
fn free_capacity_is_more_than_no_place() {
    check(
        "
        roomy    service free_places 3
        full     service free_places 0
        silent   service
        ? which free_capacity=true
        sure: roomy · possible: silent (free_capacity)
        ? which free_capacity=false
        sure: full, roomy, silent
        ",
    );
}

#[test]
fn accepting_that_is_said_to_be_unknown_may_be_anything() {
    check(
        "
        yes      service accepting yes
        wait     service accepting waiting_list
        no       service accepting no
        unknown  service accepting unknown
        silent   service
        ? which accepting=yes
        sure: yes · possible: silent (accepting), unknown (accepting)
        ? which accepting=yes,waiting_list
        sure: wait, yes · possible: silent (accepting), unknown (accepting)
        ? which accepting=unknown
        sure: unknown · possible: silent (accepting)
        ",
    );
}

#[test]
fn assured_since_goes_by_the_local_day_and_what_never_was_may_be() {
    check(
        "
        new      service checked 2026-05-01T09:00:00Z
        edge     service checked 2026-04-01T00:30:00+01:00
        before   service checked 2026-03-31T23:30:00+01:00
        never    service
        ? which assured_since=2026-04-01
        sure: edge, new · possible: never (assured_since)
        ",
    );
}

#[test]
fn checked_within_leaves_open_what_was_checked_before() {
    check(
        "
        new      service checked 2026-05-01T09:00:00Z
        edge     service checked 2026-03-01T00:00:00Z
        old      service checked 2026-02-28T23:00:00Z
        never    service
        ? which checked_within=3mo
        sure: edge, new · possible: never (checked), old (checked)
        ? which checked_within=3mo as_at=2026-05-28
        sure: edge, new, old · possible: never (checked)
        ? which checked_within=soon
        refused: checked_within wrong_type
        ",
    );
}

#[test]
fn status_is_pilot_open_or_closing_unless_it_is_said_and_silence_is_open() {
    check(
        "
        planned  service status planned
        pilot    service status pilot
        open     service status open
        silent   service
        paused   service status paused
        closing  service status closing
        closed   service status closed
        ? which
        sure: closing, open, pilot, silent
        ? which status=paused,closed
        sure: closed, paused
        ? which status=open
        sure: open, silent
        ",
    );
}

#[test]
fn as_at_judges_first_and_last_days_and_closed_stays_closed() {
    check(
        "
        autumn   service from 2026-09-01
        spring   service until 2026-03-31
        soon     service status planned from 2026-09-01
        ever     service status planned
        shut     service status closed until 2030-12-31
        today    service from 2026-06-01 until 2026-06-01
        ? which
        sure: today
        ? which as_at=2026-09-01
        sure: autumn, soon
        ? which as_at=2026-03-31
        sure: spring
        ? which as_at=2026-06-02 status=planned
        sure: autumn, ever, soon
        ? which as_at=2026-06-02 status=closed
        sure: shut, spring, today
        ? which as_at=20260602
        refused: as_at wrong_type
        ",
    );
}

#[test]
fn a_day_or_a_status_that_nobody_could_read_leaves_it_open() {
    check(
        "
        over     service unclear until
        begins   service unclear from
        status   service unclear status
        shut     service status closed unclear until
        past     service unclear status until 2026-05-31
        ? which
        possible: begins (status), over (status), status (status)
        ? which status=closed
        sure: past, shut · possible: over (status), status (status)
        ? which status=paused
        possible: status (status)
        ",
    );
}

#[test]
fn for_is_people_unless_it_is_said_and_silence_is_theirs() {
    check(
        "
        lunch    service
        said     service for people
        advice   service for professionals
        grants   service for organisations
        hall     place
        ? which
        sure: hall, lunch, said
        ? which for=professionals
        sure: advice, hall
        ? which for=people,organisations
        sure: grants, hall, lunch, said
        ",
    );
}

#[test]
fn q_finds_by_the_beginnings_of_words_and_by_what_a_category_is_called() {
    check(
        r#"
        meals    category words "hot dinner"
        lonely   category means chat
        chat     category
        lunch    service called "Soup and Company" does meals
        walks    service called "Walking group" says "good company outdoors" does chat
        hall     place called "Soup Hall" address "1 Station Street"
        ? which q=soup
        sure: hall, lunch
        ? which q=comp
        sure: lunch, walks
        ? which "q=company, soup"
        sure: lunch
        ? which q=dinner
        sure: lunch
        ? which "q=I am lonely"
        sure: walks
        ? which q=station
        sure: hall
        ? which q=oup
        nothing
        "#,
    );
}

#[test]
fn bbox_holds_what_has_a_point_in_it_its_edge_included() {
    check(
        "
        near     place at 54.66,-3.36
        edge     place at 54.67,-3.36
        far      place at 54.68,-3.36
        both     service at near,far
        line     service telephone
        ? which bbox=-3.37,54.65,-3.35,54.67
        sure: both, near, edge
        ? which bbox=54.65,-3.37,54.67,-3.35
        refused: bbox outside_country
        ",
    );
}

#[test]
fn area_is_where_it_lies_and_where_nobody_can_tell_it_may_fit() {
    check(
        "
        D1       area of district at N500 outline S1000W1000 N1000E1000
        D2       area of district at E5000
        inside   place at N100
        outside  place at N3000
        nowhere  service telephone
        ? which area=D1
        sure: inside · possible: nowhere (area)
        ? which area=D2
        possible: outside (area), nowhere (area)
        ? which area=D3
        refused: area not_found
        ",
    );
}

#[test]
fn match_keeps_the_sure_or_the_possible_and_both_are_both() {
    check(
        "
        lunch    service for age 60+
        silent   service
        line     service telephone for age 60+
        ? which age=70 match=sure
        sure: lunch · comes: line
        ? which age=70 match=possible
        possible: silent (age)
        ? which age=70 match=sure,possible
        sure: lunch · comes: line · possible: silent (age)
        ? which age=70 match=perhaps
        refused: match not_allowed
        ",
    );
}

#[test]
fn all_words_must_be_met_and_every_one_left_open_is_named() {
    check(
        "
        lunch    service for age 60+ free
        paid     service for age 60+ paid
        silent   service
        half     service for age 60+
        ? which age=70 free=true
        sure: lunch · possible: half (free), silent (age, free)
        ? which age=70 colour=red
        refused: colour unknown_field
        ",
    );
}
