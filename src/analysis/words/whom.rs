//! For whom it is, and how they get in.

use crate::analysis::filter_word::FilterWord;
use crate::analysis::fit::Answer;
use crate::analysis::word::{Said, Takes, Word};
use crate::atlas::facets::{WordSet, language};
use crate::model::common::REFERRAL_ROUTES;
use crate::model::service;

fn words(list: &[&str], given: Said) -> WordSet {
    WordSet::of(list, given.texts().iter().map(String::as_str))
}

pub const REFERRAL: FilterWord = FilterWord {
    word: Word::new("referral", Takes::SomeOf(|| REFERRAL_ROUTES.to_vec()), "a way in"),
    put: |given, filter, _| {
        let wanted = words(REFERRAL_ROUTES, given);
        // "Any professional" takes referrals of every professional; nobody's self-referral.
        let nobodys = wanted.without(WordSet::of(REFERRAL_ROUTES, ["self", "other"])).is_empty();
        let any = WordSet::of(REFERRAL_ROUTES, ["any_professional"]);
        let wanted = if nobodys { wanted } else { wanted.with(any) };
        filter.may_want("referral", move |record, _| Answer::from(record.facets.referral.any(wanted)));
        Ok(())
    },
};

pub const AGE: FilterWord = FilterWord {
    word: Word::new("age", Takes::Whole(0, 130), "age of the person, years"),
    put: |given, filter, _| {
        let Said::Whole(age) = given else { return Ok(()) };
        // A bound that it names decides against who is beyond it; whatever of the two is not known decides for nobody.
        filter.may_want("age", move |record, _| {
            let (min, max) = record.facets.ages;
            let beyond = min.is_some_and(|min| age < min.into()) || max.is_some_and(|max| age > max.into());
            match (beyond, min.is_none() && max.is_none()) {
                (true, _) => Answer::No,
                (false, silent) if silent || record.facets.ages_unclear => Answer::Unknown,
                _ => Answer::Yes,
            }
        });
        Ok(())
    },
};

pub const LANGUAGE: FilterWord = FilterWord {
    word: Word::new("language", Takes::Text, "a language, BCP 47"),
    put: |given, filter, _| {
        let wanted = language(&given.text());
        filter.may_want("language", move |record, _| {
            let spoken = record.facets.lists.as_ref().map(|lists| &lists.languages).filter(|list| !list.is_empty());
            Answer::from(spoken.map(|spoken| spoken.iter().any(|one| **one == *wanted)))
        });
        Ok(())
    },
};

pub const FREE: FilterWord = FilterWord {
    word: Word::new("free", Takes::Flag, "true: costs nothing"),
    put: |given, filter, _| {
        let wanted = given == Said::Flag(true);
        filter.may_want("free", move |record, _| Answer::from(record.facets.free.map(|free| free == wanted)));
        Ok(())
    },
};

pub const FREE_CAPACITY: FilterWord = FilterWord {
    word: Word::new("free_capacity", Takes::Flag, "true: has free places"),
    put: |given, filter, _| {
        if given == Said::Flag(true) {
            filter.may_want("free_capacity", |record, _| Answer::from(record.facets.free_places));
        }
        Ok(())
    },
};

pub const ACCEPTING: FilterWord = FilterWord {
    word: Word::new("accepting", Takes::SomeOf(|| service::ACCEPTING.to_vec()), "whether it takes people on"),
    put: |given, filter, _| {
        let wanted = words(service::ACCEPTING, given);
        let unknown = WordSet::of(service::ACCEPTING, ["unknown"]);
        // Who says that nobody knows has not said it, unless that is asked for.
        let silence = if wanted.meets(unknown) { WordSet::default() } else { unknown };
        filter
            .may_want("accepting", move |record, _| Answer::from(record.facets.accepting.without(silence).any(wanted)));
        Ok(())
    },
};

pub const FOR: FilterWord = FilterWord {
    word: Word::new(
        "for",
        Takes::SomeOf(|| service::FOR.to_vec()),
        "whose service it is; people unless said, in lists anybody",
    ),
    put: |given, filter, _| {
        filter.whose = Some(words(service::FOR, given));
        Ok(())
    },
};
