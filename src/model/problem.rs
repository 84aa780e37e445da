//! A fault in input: which field, a stable code for programs, a sentence for people that says what to do.

use serde::Serialize;

/// One fault. The `field` is a path such as `eligibility.min_age`; empty when the whole input is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Path of the field, column or parameter at fault.
    pub field: String,
    /// Stable for ever; clients may switch on it.
    pub code: Code,
    /// What is wrong and what to do, in plain words.
    pub message: String,
}

impl Problem {
    /// A problem with `field`.
    pub fn new(field: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }

    /// What stands at the end of a list from which `more` were left out.
    pub fn more(more: usize) -> Self {
        Self::new("", Code::MoreProblems, format!("and {more} more that are not listed"))
    }
}

/// Problems that are told one by one: whoever mends these is told of the rest the next time.
const MOST_PROBLEMS: usize = 100;
/// The longest path that is repeated to who sent it, characters.
const LONGEST_PATH: usize = 200;

/// At most so many characters of a text, for a message.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// The stable problem codes of the contract; more may come, none changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name),* }

        impl Code {
            /// Every code, for the OpenAPI description.
            pub const ALL: &[&str] = &[$($text),*];

            /// The code as it stands in answers.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }
        }
    };
}

codes! {
    /// A field the kind does not have.
    UnknownField = "unknown_field",
    /// Missing, and the record makes no sense without it.
    Required = "required",
    /// Text where a number belongs, and the like.
    WrongType = "wrong_type",
    /// Not one of the words allowed here, or not yet possible.
    NotAllowed = "not_allowed",
    /// Too long, too large, too small.
    OutOfRange = "out_of_range",
    /// A reference to something that is not there, or not visible to the caller.
    NotFound = "not_found",
    /// The id or code is taken by another record.
    AlreadyExists = "already_exists",
    /// Something links to the record.
    InUse = "in_use",
    /// The record changed since it was read.
    Stale = "stale",
    /// Not the form of a UK postcode.
    PostcodeMalformed = "postcode_malformed",
    /// Well formed, but not in the postcode table.
    PostcodeUnknown = "postcode_unknown",
    /// No postcode table is loaded.
    PostcodesNotLoaded = "postcodes_not_loaded",
    /// No street network is loaded.
    NetworkNotLoaded = "network_not_loaded",
    /// Further from the network than can be walked to it.
    OffNetwork = "off_network",
    /// Outside 49–61.5 N, 9 W–2.5 E.
    OutsideCountry = "outside_country",
    /// Two rows of one file have the same key.
    DuplicateKey = "duplicate_key",
    /// The file is not of the format that was expected.
    NotThisFormat = "not_this_format",
    /// The file ends in the middle.
    CutOff = "cut_off",
    /// Looks like an NHS number or a date of birth.
    PersonalData = "personal_data",
    /// More than one address may ask for in a minute.
    TooManyRequests = "too_many_requests",
    /// More is wrong than is told one by one.
    MoreProblems = "more_problems",
    /// A warning: latitude and longitude stood in each other's place and were swapped.
    Swapped = "swapped",
    /// A warning: an outline crossed itself, and the crossings were taken out.
    Mended = "mended",
    /// A warning: the row says the same as another one of its file, and went in once.
    RepeatedRow = "repeated_row",
    /// A warning: two rows of one file say different things of one place or organisation; the first one counts.
    RowsDisagree = "rows_disagree",
    /// A warning: another list said otherwise before; its word stays.
    OtherList = "other_list",
    /// A warning: a category word the taxonomy does not know became a term under "unsorted".
    Unsorted = "unsorted",
    /// A warning: the postcode's old area was split; the nearest of the new ones was taken.
    Ambiguous = "ambiguous",
}

/// Collects problems under a path that grows and shrinks while a body is walked. Whatever was sent, what is kept of it
/// is bounded; all are counted.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Problem>,
    /// How many there were beyond those.
    more: usize,
    path: Vec<String>,
}

impl Problems {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a problem with `field` under the present path (`""` = the place where we are).
    pub fn add(&mut self, field: &str, code: Code, message: impl Into<String>) {
        if self.found.len() >= MOST_PROBLEMS {
            self.more += 1;
            return;
        }
        let mut path = self.path.join(".");
        if !field.is_empty() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(field);
        }
        self.found.push(Problem::new(cut(&path, LONGEST_PATH), code, message));
    }

    /// Walks into `step` while `inner` runs.
    pub fn at<T>(&mut self, step: &str, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step.to_owned());
        let out = inner(self);
        self.path.pop();
        out
    }

    /// True while nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many so far; lets a caller see whether a step added any.
    pub fn len(&self) -> usize {
        self.found.len() + self.more
    }

    /// What was found; the last one says how many more there were.
    pub fn into_vec(mut self) -> Vec<Problem> {
        self.found.extend((self.more > 0).then(|| Problem::more(self.more)));
        self.found
    }

    /// `value` when nothing was wrong.
    pub fn or<T>(self, value: T) -> Result<T, Vec<Problem>> {
        if self.found.is_empty() { Ok(value) } else { Err(self.into_vec()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_are_told_and_all_are_counted() {
        let mut problems = Problems::new();
        for i in 0..100_000 {
            problems.at("list", |p| p.add(&i.to_string(), Code::WrongType, "must be text"));
        }
        assert_eq!(problems.len(), 100_000, "a step can be seen to have added some");
        let found = problems.into_vec();
        assert_eq!(found.len(), 101);
        assert_eq!((found[99].field.as_str(), found[99].code), ("list.99", Code::WrongType));
        assert_eq!((found[100].field.as_str(), found[100].code), ("", Code::MoreProblems));
        assert!(found[100].message.contains("99900 more"), "{}", found[100].message);
        let mut few = Problems::new();
        (0..100).for_each(|_| few.add("a", Code::WrongType, "must be text"));
        assert_eq!(few.or(()).unwrap_err().len(), 100, "nothing is left out, and nothing is said of it");
    }

    #[test]
    fn a_path_is_repeated_only_so_far() {
        let mut problems = Problems::new();
        problems.at(&"é".repeat(1_000_000), |p| p.add(&"x".repeat(1_000_000), Code::UnknownField, "no such field"));
        let found = problems.into_vec();
        assert_eq!(found[0].field.chars().count(), 200);
        assert!(found[0].field.ends_with('…'));
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }
}
