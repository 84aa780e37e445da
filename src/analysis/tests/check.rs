//! A case: a town, what is asked of it, what it answers, in one text.

use super::ask::{AskedText, Held};
use super::town::TownText;

/// Reads a town, and questions about it with their answers, and compares.
///
/// A line that begins with `?` is a question; what follows it, to the next question, is the answer. Everything before
/// the first question is the town. Each question is asked of the town as it is loaded, of one whose records were published
/// one by one, and of an instance that holds only what the asker is shown: all answer alike.
#[track_caller]
pub fn check(case: &str) {
    let case: Vec<&str> = case.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let first = case.iter().position(|line| line.starts_with('?')).expect("a case asks something");
    let town = TownText::read(&case[..first].join("\n"));
    let (built, published) = (Held::built(&town), Held::published(&town));
    let mut found: Vec<String> = Vec::new();
    for question in case[first..].iter().filter_map(|line| line.strip_prefix('?')) {
        let asked = AskedText::read(question.trim());
        let answer = built.answer(&asked);
        assert_eq!(published.answer(&asked), answer, "published one by one: {question}");
        assert_eq!(built.shown_to(&asked.viewer).answer(&asked), answer, "of what is shown and no more: {question}");
        found.push(format!("?{question}"));
        found.extend(answer.lines().map(str::to_owned));
    }
    let (found, expected) = (found.join("\n"), case[first..].join("\n"));
    assert!(found == expected, "expected\n{expected}\n\nfound\n{found}\n");
}
