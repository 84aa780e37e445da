//! NHS numbers: ten digits whose last checks the others (modulus 11; NHS Data Dictionary, "NHS NUMBER"). Scotland's
//! begin with a day of birth (0101…), so that a leading nought does not yet make a telephone of one.

use std::ops::Range;

/// Digits that stand together, as part of a text.
type Group = Range<usize>;

/// Signs that may stand between two groups of one number; after more, another number begins.
const MOST_SIGNS_BETWEEN: usize = 3;

/// Words before a number that say what it is, though nothing stands between.
const GLUED: [&str; 6] = ["nhs", "nhsno", "nhsnumber", "no", "number", "chi"];

/// Words that say that a telephone follows.
const SAID: [&str; 10] =
    ["tel", "telephone", "phone", "ring", "call", "mobile", "helpline", "text", "fax", "freephone"];

/// Whether a valid one stands in a text: ten digits together, or as 3-3-4, or parted otherwise and alone.
pub(super) fn holds_nhs_number(text: &str) -> bool {
    sequences(text).iter().any(|groups| {
        let is_one = |some: &[Group]| {
            let digits: String = some.iter().map(|g| &text[g.clone()]).collect();
            checks(&digits) && !is_telephone(text, some)
        };
        let lengths: Vec<usize> = groups.iter().map(Group::len).collect();
        let together = (0..groups.len()).any(|i| lengths[i] == 10 && is_one(&groups[i..=i]));
        let parted = lengths.windows(3).enumerate().any(|(i, three)| three == [3, 3, 4] && is_one(&groups[i..i + 3]));
        let dated = groups.iter().any(|g| g.len() == 4 && matches!(&text[g.start..g.start + 2], "19" | "20"));
        together || parted || (!dated && is_one(groups))
    })
}

fn checks(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let [first @ .., check] = digits.as_slice() else { return false };
    let sum: u32 = first.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 10 && (11 - sum % 11) % 11 == *check
}

/// Groups of digits with only signs and blanks between them. One that letters touch is part of a word or an id.
fn sequences(text: &str) -> Vec<Vec<Group>> {
    let mut sequences: Vec<Vec<Group>> = vec![Vec::new()];
    for group in groups(text) {
        let before = &text[..group.start];
        let word: String = before.chars().rev().take_while(|c| c.is_alphabetic()).collect();
        let word: String = word.chars().rev().flat_map(char::to_lowercase).collect();
        let bounded = !text[group.end..].starts_with(char::is_alphanumeric)
            && (word.is_empty() || GLUED.contains(&word.as_str()));
        let last = sequences.last().and_then(|s| s.last());
        let joined = last.is_some_and(|last| {
            let between = &text[last.end..group.start];
            between.chars().count() <= MOST_SIGNS_BETWEEN && between.chars().all(is_between)
        });
        if !joined || !bounded || !word.is_empty() {
            sequences.push(Vec::new());
        }
        if bounded && let Some(sequence) = sequences.last_mut() {
            sequence.push(group);
        }
    }
    sequences
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, _) in text.match_indices(|c: char| c.is_ascii_digit()) {
        match groups.last_mut() {
            Some(group) if group.end == at => group.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// Signs that may part the digits of one number. (A comma parts numbers, a colon times.)
fn is_between(c: char) -> bool {
    c.is_whitespace() || "-./_()[]{}+".contains(c) || ('\u{2010}'..='\u{2015}').contains(&c) || c == '\u{2212}'
}

/// Whether digits are a telephone: the country's code stands before them; or they begin 01, 02, 03, 07 or 08, and
/// either the area's code stands apart or a word before says so.
fn is_telephone(text: &str, groups: &[Group]) -> bool {
    let Some(first) = groups.first() else { return false };
    let before = text[..first.start].trim_end_matches(is_between);
    let alone = |code: &str| before.strip_suffix(code).is_some_and(|b| !b.ends_with(|c: char| c.is_alphanumeric()));
    if alone("44") || alone("0044") {
        return true;
    }
    let code = ["01", "02", "03", "07", "08"].iter().any(|code| text[first.clone()].starts_with(code));
    let apart = (4..=6).contains(&first.len());
    let near: Vec<char> = text[..first.start].chars().rev().take(24).collect();
    let near: String = near.into_iter().rev().flat_map(char::to_lowercase).collect();
    code && (apart || near.split(|c: char| !c.is_alphanumeric()).any(|word| SAID.contains(&word)))
}
