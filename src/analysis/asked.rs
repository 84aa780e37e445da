//! The words of a question, from an address or a body; what nobody reads is a problem, not ignored.

use serde_json::Value;

use crate::model::shape::shown;
use crate::model::{Code, Problem, Problems};

/// Words of a question; more than anybody asks are refused.
const MOST_WORDS_ASKED: usize = 200;
/// Bytes of a word of a question, or of what it is given; a longer one is refused.
const LONGEST_WORD: usize = 2_000;

/// Words with their values, as asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    words: Vec<(String, String)>,
}

impl Asked {
    /// Words of an address, already decoded.
    pub fn new(words: Vec<(String, String)>) -> Result<Self, Vec<Problem>> {
        if words.len() > MOST_WORDS_ASKED
            || words.iter().any(|(name, value)| name.len() > LONGEST_WORD || value.len() > LONGEST_WORD)
        {
            return Err(without_measure());
        }
        Ok(Self { words })
    }

    /// Words of a JSON object: texts, numbers, true/false, or lists of them.
    pub fn from_json(body: &Value) -> Result<Self, Vec<Problem>> {
        let Value::Object(fields) = body else {
            return Err(vec![Problem::new("", Code::WrongType, "the body must be a JSON object of words")]);
        };
        if fields.values().map(|value| value.as_array().map_or(1, Vec::len)).sum::<usize>() > MOST_WORDS_ASKED {
            return Err(without_measure());
        }
        let mut words = Vec::new();
        let mut problems = Problems::new();
        for (name, value) in fields {
            let values = match value {
                Value::Array(list) => list.as_slice(),
                one => std::slice::from_ref(one),
            };
            for value in values {
                match value {
                    Value::Null => {}
                    Value::String(text) => words.push((name.clone(), text.clone())),
                    Value::Bool(_) | Value::Number(_) => words.push((name.clone(), value.to_string())),
                    _ => problems.add(name, Code::WrongType, "must be text, a number, true, false, or a list of these"),
                }
            }
        }
        problems.or(())?;
        Self::new(words)
    }

    /// Whether a word was given at all.
    pub fn has(&self, name: &str) -> bool {
        self.words.iter().any(|(n, _)| n == name)
    }

    /// The same question without some of its words.
    pub fn without(&self, names: &[&str]) -> Self {
        Self { words: self.words.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect() }
    }

    /// The values of a word as they were given; they stay there.
    pub fn given<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.words.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The single value of a word; given twice is a problem.
    pub fn one(&mut self, name: &str, problems: &mut Problems) -> Option<String> {
        let mut values = self.take(name);
        if values.len() > 1 {
            problems.add(name, Code::OutOfRange, "may be given once only");
        }
        values.pop()
    }

    /// All values of a word as they were given: they may hold commas.
    pub fn each(&mut self, name: &str) -> Vec<String> {
        self.take(name)
    }

    /// All values of a word: given several times, or with commas. The same one twice says no more than once.
    pub fn list(&mut self, name: &str) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for given in self.take(name) {
            for value in given.split(',').map(str::trim).filter(|v| !v.is_empty()) {
                if !values.iter().any(|v| v == value) {
                    values.push(value.to_owned());
                }
            }
        }
        values
    }

    /// The single value of a word that must be among `allowed`; several different ones are a problem.
    pub fn word(&mut self, name: &str, allowed: &[&str], problems: &mut Problems) -> Option<String> {
        let mut values = self.words(name, allowed, problems);
        if values.len() > 1 {
            problems.add(name, Code::OutOfRange, format!("takes one of {}, not several", allowed.join(", ")));
        }
        values.pop()
    }

    /// Values of a word that must be among `allowed`.
    pub fn words(&mut self, name: &str, allowed: &[&str], problems: &mut Problems) -> Vec<String> {
        let values = self.list(name);
        for (i, value) in values.iter().filter(|v| !allowed.contains(&v.as_str())).enumerate() {
            // What is allowed is said once, however much is wrong.
            let allowed = if i == 0 { allowed.join(", ") } else { "them either".to_owned() };
            problems.add(name, Code::NotAllowed, format!("\"{}\" is not one of {allowed}", shown(value)));
        }
        values
    }

    /// A whole number between two bounds.
    pub fn whole(&mut self, name: &str, low: i64, high: i64, problems: &mut Problems) -> Option<i64> {
        let text = self.one(name, problems)?;
        match text.trim().parse::<i64>() {
            Ok(n) if (low..=high).contains(&n) => Some(n),
            Ok(_) => {
                problems.add(name, Code::OutOfRange, format!("must lie between {low} and {high}"));
                None
            }
            Err(_) => {
                problems.add(name, Code::WrongType, "must be a whole number");
                None
            }
        }
    }

    /// true or false.
    pub fn flag(&mut self, name: &str, problems: &mut Problems) -> Option<bool> {
        let text = self.one(name, problems)?;
        match text.trim() {
            "true" | "yes" | "1" | "" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => {
                problems.add(name, Code::WrongType, "must be true or false");
                None
            }
        }
    }

    /// A date.
    pub fn date(&mut self, name: &str, problems: &mut Problems) -> Option<jiff::civil::Date> {
        let text = self.one(name, problems)?;
        // 20260401 is a date to some and a number to others.
        let date = Some(text.trim()).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        if date.is_none() {
            problems.add(name, Code::WrongType, "must be a date such as 2026-04-01");
        }
        date
    }

    /// Nothing is asked here: every word is one too many.
    pub fn nothing(self) -> Result<(), Vec<Problem>> {
        let mut problems = Problems::new();
        self.finish(&mut problems);
        problems.or(())
    }

    /// Whatever is left was not understood.
    pub fn finish(self, problems: &mut Problems) {
        let mut seen = Vec::new();
        for (name, _) in self.words {
            if !seen.contains(&name) {
                problems.add(&name, Code::UnknownField, format!("there is no word {} here", shown(&name)));
                seen.push(name);
            }
        }
    }

    fn take(&mut self, name: &str) -> Vec<String> {
        if !self.has(name) {
            return Vec::new();
        }
        let (taken, rest) = std::mem::take(&mut self.words).into_iter().partition(|(n, _)| n == name);
        self.words = rest;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, v)| v).collect()
    }
}

fn without_measure() -> Vec<Problem> {
    let say = format!("a question has at most {MOST_WORDS_ASKED} words of at most {LONGEST_WORD} characters");
    vec![Problem::new("", Code::OutOfRange, say)]
}
