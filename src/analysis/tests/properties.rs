//! Towns of chance: what the program answers is what the plain definition says, whatever is asked; and however a town came
//! to be what it is, it answers as one that is loaded.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed};
use serde_json::Value;
use std::collections::BTreeMap;

use super::ask::{AskedText, Held};
use super::plain::Plain;
use super::random::{self, ASKERS, Line, LinesOfTown};
use super::town::{TownText, id};

/// The same towns every time.
fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2026),
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}

fn asked(who: &str, question: &str) -> AskedText {
    AskedText::read(&format!("{who}: {question}"))
}

fn agrees(town: &LinesOfTown, questions: &[(&str, String)]) -> Result<(), TestCaseError> {
    let town = TownText::read(&town.text());
    let held = Held::built(&town);
    for (who, question) in questions {
        let asked = asked(who, question);
        let (found, expected) = (held.answer(&asked), Plain::answer(&town.bodies, &asked));
        prop_assert!(found == expected, "{who}: {question}\nanswers  {found}\nby definition  {expected}");
    }
    Ok(())
}

fn questions(of: BoxedStrategy<String>) -> impl Strategy<Value = Vec<(&'static str, String)>> {
    vec((select(&ASKERS), of), 1..8)
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn what_is_near_is_what_the_plain_definition_has(
        town in random::town(4..40), questions in questions(random::near_question())
    ) {
        agrees(&town, &questions)?;
    }

    #[test]
    fn all_pages_of_a_list_are_what_fits_in_order(
        town in random::town(4..40), questions in questions(random::list_question())
    ) {
        agrees(&town, &questions)?;
    }

    #[test]
    fn who_can_get_there_is_what_the_plain_definition_has(
        town in random::town(4..24), questions in questions(random::cover_question())
    ) {
        agrees(&town, &questions)?;
    }

    /// No rule can know more than the asker is shown.
    #[test]
    fn an_answer_is_that_of_an_instance_which_holds_only_what_is_shown(
        town in random::town(4..24),
        who in select(&ASKERS),
        questions in vec(prop_oneof![random::near_question(), random::list_question(), random::cover_question()], 4..10)
    ) {
        let town = TownText::read(&town.text());
        prop_assume!(!stands_where_it_is_not_shown(&town, who));
        let held = Held::built(&town);
        let shown = held.shown_to(&super::ask::viewer(who));
        for question in questions {
            let asked = asked(who, &question);
            let (all, alone) = (held.answer(&asked), shown.answer(&asked));
            prop_assert!(all == alone, "{who}: {question}\nof all  {all}\nof what is shown  {alone}");
        }
    }

    #[test]
    fn what_would_be_with_some_more_records_is_what_is_with_them(
        town in random::town(4..20),
        drawn in vec(proptest::bool::ANY, 60),
        questions in vec(prop_oneof![random::near_question(), random::list_question(), random::cover_question()], 2..5)
    ) {
        let town = TownText::read(&town.text());
        let drafts = town.bodies.keys().zip(&drawn).filter(|(_, drawn)| **drawn).map(|(name, _)| name.clone()).collect();
        let (supposed, loaded) = (Held::supposed(&town, &drafts), Held::built(&town));
        for question in questions {
            for who in ASKERS {
                let asked = asked(who, &question);
                let (would, is) = (supposed.answer(&asked), loaded.answer(&asked));
                prop_assert!(would == is, "{who}: {question}\nwould  {would}\nis  {is}");
            }
        }
    }

    #[test]
    fn however_a_town_came_about_it_answers_as_one_that_is_loaded(
        town in random::town(4..12),
        groups in vec((vec(step(), 1..5), 0..8u8), 1..8),
        questions in vec(prop_oneof![random::near_question(), random::list_question(), random::cover_question()], 2..5)
    ) {
        let mut town = TownText::read(&town.text());
        let mut held = Held::built(&town);
        for (steps, how) in groups {
            let changes: Vec<(Option<Value>, Option<Value>)> =
                steps.iter().filter_map(|step| change(&mut town, step)).collect();
            let changes: Vec<_> = changes.iter().map(|(before, after)| (before.as_ref(), after.as_ref())).collect();
            match how {
                0 => held.publish(&changes),
                1..4 => held.publish_on_top(&changes),
                many => held.publish_while_folding(usize::from(many) - 3, &changes),
            }
        }
        let loaded = Held::built(&town);
        for question in questions {
            for who in ASKERS {
                let asked = asked(who, &question);
                let (came, loaded) = (held.answer(&asked), loaded.answer(&asked));
                prop_assert!(came == loaded, "{who}: {question}\nas it came  {came}\nas it is loaded  {loaded}");
            }
        }
    }
}

/// Whether the asker's organisation provides something at a place whose position is withheld from it: it is taken to
/// know where its own service is, which is more than it is shown of the place.
fn stands_where_it_is_not_shown(town: &TownText, who: &str) -> bool {
    let mine = who.split_once(" of ").map_or(Value::Null, |(_, of)| Value::from(id(of).to_string()));
    let links = |body: &Value, role: &str| body["links"][role].as_array().cloned().unwrap_or_default();
    let withheld = |place: &Value| place["precision"] == "approximate" && place["owner"] != mine;
    let withheld: Vec<&Value> =
        town.bodies.values().filter(|place| withheld(place)).map(|place| &place["id"]).collect();
    let stands =
        |body: &Value| [links(body, "places"), links(body, "place")].concat().iter().any(|id| withheld.contains(&id));
    mine.is_string() && town.bodies.values().any(|body| links(body, "provider").contains(&mine) && stands(body))
}

/// A record is said anew or comes to be, or one is taken away.
fn step() -> impl Strategy<Value = Result<Line, Index>> {
    prop_oneof![5 => random::anew().prop_map(Ok), 1 => any::<Index>().prop_map(Err)]
}

/// What a step does to a town: the body before, and the body after. What others name stays.
fn change(town: &mut TownText, step: &Result<Line, Index>) -> Option<(Option<Value>, Option<Value>)> {
    match step {
        Ok((name, line)) => {
            let before = town.bodies.remove(name);
            town.add(&format!("{name} {line}"));
            Some((before, town.bodies.get(name).cloned()))
        }
        Err(index) => {
            let names: Vec<String> = free(&town.bodies);
            let name = names.get(index.index(names.len().max(1)))?;
            Some((town.bodies.remove(name), None))
        }
    }
}

/// Names of records that no other names.
fn free(bodies: &BTreeMap<String, Value>) -> Vec<String> {
    let all: String = bodies.values().map(Value::to_string).collect();
    let named = |name: &str| all.matches(&id(name).to_string()).count() > 1;
    bodies.keys().filter(|name| name.starts_with(['s', 'g', 'r']) && !named(name)).cloned().collect()
}
