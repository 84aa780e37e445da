//! Words that questions are asked with: what each is called, what it takes, and what is said of it. Reading, checking and
//! describing go by the same item.

use jiff::civil::Date;

use super::asked::Asked;
use crate::model::Problems;

/// One word of a question.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// One sentence for people.
    pub doc: &'static str,
    /// Nothing is answered without it.
    pub required: bool,
}

/// What a word takes.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// Text, which may have a form of its own.
    Text,
    /// Texts, with commas between them or given one by one.
    Texts,
    /// The id of something.
    Id,
    /// A day, such as 2026-04-01.
    Day,
    /// true or false.
    Flag,
    /// A whole number between these, both taken in.
    Whole(i64, i64),
    /// One of these.
    OneOf(fn() -> Vec<&'static str>),
    /// Some of these, with commas between them or given one by one.
    SomeOf(fn() -> Vec<&'static str>),
    /// Texts, each given by itself.
    Each,
}

/// What was given for a word, as it takes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A text, or one of some words.
    Text(String),
    /// Texts, or some of some words; never none.
    Texts(Vec<String>),
    /// A day.
    Day(Date),
    /// true or false.
    Flag(bool),
    /// A number.
    Whole(i64),
}

impl Word {
    /// A word.
    pub const fn new(name: &'static str, takes: Takes, doc: &'static str) -> Self {
        Self { name, takes, doc, required: false }
    }

    /// A word without which nothing is answered.
    pub const fn needed(name: &'static str, takes: Takes, doc: &'static str) -> Self {
        Self { name, takes, doc, required: true }
    }

    /// What was given for it; none when nothing was, or nothing that it takes.
    pub fn given(&self, asked: &mut Asked, problems: &mut Problems) -> Option<Said> {
        let name = self.name;
        if !asked.has(name) {
            return None;
        }
        let some = |texts: Vec<String>| (!texts.is_empty()).then_some(Said::Texts(texts));
        match self.takes {
            Takes::Text | Takes::Id => asked.one(name, problems).map(Said::Text),
            Takes::Texts => some(asked.list(name)),
            Takes::Each => some(asked.each(name)),
            Takes::Day => asked.date(name, problems).map(Said::Day),
            Takes::Flag => asked.flag(name, problems).map(Said::Flag),
            Takes::Whole(low, high) => asked.whole(name, low, high, problems).map(Said::Whole),
            Takes::OneOf(words) => asked.word(name, &words(), problems).map(Said::Text),
            Takes::SomeOf(words) => some(asked.words(name, &words(), problems)),
        }
    }
}

impl Said {
    /// The text of a word that takes one.
    pub fn text(self) -> String {
        match self {
            Said::Text(text) => text,
            Said::Texts(mut texts) => texts.swap_remove(0),
            Said::Day(day) => day.to_string(),
            Said::Flag(flag) => flag.to_string(),
            Said::Whole(number) => number.to_string(),
        }
    }

    /// The texts of a word that takes some.
    pub fn texts(self) -> Vec<String> {
        match self {
            Said::Texts(texts) => texts,
            one => vec![one.text()],
        }
    }
}
