//! Three answers, not two: a record fits, does not fit, or may fit because it does not say.

/// The answer to one question about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It does not say.
    Unknown,
}

impl Answer {
    /// An answer from what a record says, if it says.
    pub fn from(said: Option<bool>) -> Self {
        match said {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::Unknown,
        }
    }

    /// All of several: one no is enough; yes needs all to be yes.
    pub fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
        answers.into_iter().fold(Answer::Yes, |all, one| match (all, one) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
            _ => Answer::Yes,
        })
    }

    /// The better of several: one yes is enough; no needs all to be no.
    pub fn best(answers: impl IntoIterator<Item = Answer>) -> Option<Answer> {
        answers.into_iter().reduce(|a, b| match (a, b) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
            _ => Answer::No,
        })
    }
}

/// The answer to all questions about a record: no, or yes with what is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// The words it left open; it fits surely when there are none.
    pub unknown: Vec<&'static str>,
}

impl Fit {
    /// Fits as far as was asked.
    pub fn new() -> Self {
        Self { unknown: Vec::new() }
    }

    /// Takes in one more answer; `None` when the record is out.
    pub fn and(mut self, word: &'static str, answer: Answer) -> Option<Self> {
        match answer {
            Answer::Yes => Some(self),
            Answer::No => None,
            Answer::Unknown => {
                self.unknown.push(word);
                Some(self)
            }
        }
    }

    /// Nothing is left open.
    pub fn is_sure(&self) -> bool {
        self.unknown.is_empty()
    }
}

impl Default for Fit {
    fn default() -> Self {
        Self::new()
    }
}
