//! No patients, ever: free text is refused when it holds what looks like an NHS number or a date of birth.

use serde_json::{Value, json};
use std::iter::once;

/// What stands where a personal value was erased.
pub fn redacted() -> Value {
    json!({"redacted": true})
}

/// Whether a value was erased.
pub fn is_redacted(value: &Value) -> bool {
    value.as_object().is_some_and(|o| o.len() == 1 && o.get("redacted") == Some(&Value::Bool(true)))
}

/// Says what was found, for the message; `None` when the text is clean.
pub fn finding(text: &str) -> Option<&'static str> {
    if holds_nhs_number(text) {
        return Some("This looks like an NHS number.");
    }
    holds_birth_date(text).then_some("This looks like a date of birth.")
}

/// Ten digits, alone or as 3-3-4, whose check digit is right (modulus 11; NHS Data Dictionary, "NHS NUMBER"), and which
/// are no telephone number.
fn holds_nhs_number(text: &str) -> bool {
    digit_runs(text).any(|(digits, at)| {
        digits.len() == 10 && nhs_check_digit_fits(&digits) && !is_telephone(&text[..at], &text[at..])
    })
}

/// Whether a run of ten digits is a telephone number with an area code: it begins 01, 02, 03, 07 or 08, and either its
/// code stands apart or a word before it says so. (Scotland's numbers of patients begin with a day: 0101…)
fn is_telephone(before: &str, from: &str) -> bool {
    let first: String = from.chars().take_while(char::is_ascii_digit).collect();
    let code = ["01", "02", "03", "07", "08"].iter().any(|c| first.starts_with(c));
    let apart = (4..=6).contains(&first.len());
    let near: String =
        before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect::<String>().to_lowercase();
    let mut words = near.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let said = words.any(|w| ["tel", "telephone", "phone", "ring", "call", "mobile", "helpline", "text"].contains(&w));
    code && (apart || said)
}

fn nhs_check_digit_fits(digits: &[u8]) -> bool {
    let sum: u32 = digits[..9].iter().zip((2..=10).rev()).map(|(d, weight)| u32::from(*d) * weight).sum();
    match 11 - sum % 11 {
        11 => digits[9] == 0,
        10 => false,
        check => u32::from(digits[9]) == check,
    }
}

/// Runs of digits with where each begins; single spaces and hyphens inside a run do not end it.
fn digit_runs(text: &str) -> impl Iterator<Item = (Vec<u8>, usize)> + '_ {
    let mut run = Vec::new();
    let mut begun = 0;
    let mut gap = false;
    text.char_indices().chain(once((text.len(), '\0'))).filter_map(move |(at, c)| {
        if let Some(d) = c.to_digit(10) {
            if run.is_empty() {
                begun = at;
            }
            run.push(d as u8);
            gap = false;
            return None;
        }
        if !run.is_empty() && !gap && (c == ' ' || c == '-') {
            gap = true;
            return None;
        }
        gap = false;
        (!run.is_empty()).then(|| (std::mem::take(&mut run), begun))
    })
}

/// "DOB", "born" or "date of birth" with a full date within the next 30 characters.
fn holds_birth_date(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["date of birth", "d.o.b", "dob", "born"].iter().any(|marker| {
        lower.match_indices(marker).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let near: String = lower[at + marker.len()..].chars().take(30).collect();
            !before.is_some_and(char::is_alphanumeric) && holds_date(&near)
        })
    })
}

fn holds_date(text: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|s| !s.is_empty()).collect();
    let year = |s: &&&str| s.len() == 4 && (s.starts_with("19") || s.starts_with("20"));
    let named_month = MONTHS.iter().any(|m| text.contains(m));
    let has_year = numbers.iter().any(|s| year(&s));
    let short_form = text.split_whitespace().any(|w| {
        let w = w.trim_matches(|c: char| !c.is_ascii_digit());
        let parts: Vec<&str> = w.split(['/', '-', '.']).collect();
        parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit()))
    });
    short_form || (has_year && named_month && numbers.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::finding;

    #[test]
    fn an_nhs_number_is_found_with_and_without_spaces() {
        for text in ["ref 943 476 5919", "9434765919", "no. 943-476-5919, please"] {
            assert!(finding(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in ["ring 01900 829990", "943 476 5918", "£1,000,000,000", "charity 1126980", "in 2009"] {
            assert!(finding(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_date_of_birth_is_found() {
        for text in ["(DOB 3/4/1950)", "DOB 3/4/1950", "born on 3 April 1950", "date of birth: 1950-04-03"] {
            assert!(finding(text).is_some(), "{text}");
        }
        for text in ["born of the floods of 2009", "newborn group 10/4/2026", "opens 3/4/2026"] {
            assert!(finding(text).is_none(), "{text}");
        }
    }
}
