//! What it is: kind, type, category, whose, and in free words.

use crate::analysis::filter_word::{FilterWord, find, wrong};
use std::collections::BTreeSet;

use crate::analysis::chosen::telling_words;
use crate::analysis::fit::Answer;
use crate::analysis::word::{Takes, Word};
use crate::model::shape::shown;
use crate::model::{Code, Kind, Problem};

pub const KIND: FilterWord = FilterWord {
    word: Word::new("kind", Takes::SomeOf(kinds), "kinds of record; service and place unless said"),
    put: |given, filter, _| {
        let kinds: BTreeSet<Kind> = given.texts().iter().filter_map(|name| Kind::by_name(name)).collect();
        if !kinds.is_empty() {
            filter.kinds = kinds.into_iter().collect();
        }
        Ok(())
    },
};

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.name()).collect()
}

pub const TYPE: FilterWord = FilterWord {
    word: Word::new("type", Takes::SomeOf(|| Kind::words("type")), "the record's type"),
    put: |given, filter, _| {
        let types = given.texts();
        filter.may_want("type", move |record, _| match record.r#type {
            Some(said) => Answer::from(Some(types.iter().any(|wanted| wanted == said))),
            None if record.kind.spec().has_type => Answer::Unknown,
            None => Answer::No,
        });
        Ok(())
    },
};

pub const CATEGORY: FilterWord = FilterWord {
    word: Word::new("category", Takes::Texts, "ids or codes of categories; narrower terms are in"),
    put: |given, filter, around| {
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        for name in given.texts() {
            let say = || format!("no category has the id or code \"{}\"", shown(&name));
            match find(&name, Kind::Category, around.view) {
                Some(id) => found.push(id),
                None => problems.push(Problem::new("category", Code::NotFound, say())),
            }
        }
        filter.narrowing.categories = Some(found);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    },
};

/// Roles by which a record is an organisation's.
const OF_ORGANISATION: [&str; 3] = ["provider", "parent", "lead"];

pub const ORGANISATION: FilterWord = FilterWord {
    word: Word::new("organisation", Takes::Text, "id of the organisation that provides or owns it"),
    put: |given, filter, around| {
        let Some(organisation) = find(&given.text(), Kind::Organisation, around.view) else {
            return wrong("organisation", Code::NotFound, "no organisation has this id or code");
        };
        filter.narrowing.named = Some(organisation);
        filter.want("organisation", move |record, _| {
            let of = record.id == organisation
                || record.owner == Some(organisation)
                || OF_ORGANISATION.iter().any(|role| record.linked(role).any(|id| id == organisation));
            Answer::from(Some(of))
        });
        Ok(())
    },
};

pub const Q: FilterWord = FilterWord {
    word: Word::new("q", Takes::Text, "free text; everyday words of need are understood"),
    put: |given, filter, _| {
        let text = given.text();
        filter.narrowing.text = Some(telling_words(&text)).filter(|_| !text.trim().is_empty());
        Ok(())
    },
};

pub const MATCH: FilterWord = FilterWord {
    word: Word::new("match", Takes::SomeOf(|| vec!["sure", "possible"]), "sure or possible only"),
    put: |given, filter, _| {
        let mut named = given.texts();
        // Both are what is answered when neither is named.
        filter.only = named.pop().filter(|_| named.is_empty());
        Ok(())
    },
};
