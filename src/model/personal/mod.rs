//! No patients, ever: what people word is refused when it holds what looks like an NHS number or a date of birth.
//!
//! What is looked through is decided by a field's shape (`shape.rs`): every text, apart from codes, telephones,
//! addresses of the web and e-mail. Ids and numbers are never looked into.

mod birth;
mod number;

use serde_json::{Value, json};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

use super::text::clean;

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
    let text = plain(text);
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if number::holds_nhs_number(&text) {
        return Some("This looks like an NHS number.");
    }
    birth::holds_birth_date(&text).then_some("This looks like a date of birth.")
}

/// The text as whoever reads it understands it: digits of any script and width are digits, blanks are blanks.
fn plain(text: &str) -> Cow<'_, str> {
    let text = if text.contains("%20") { Cow::Owned(text.replace("%20", " ")) } else { Cow::Borrowed(text) };
    if text.is_ascii() {
        return text;
    }
    Cow::Owned(clean(&text).nfkc().map(|c| digit(c).unwrap_or(c)).collect())
}

/// The ASCII digit of a decimal digit. Unicode keeps the ten of a script side by side, and never changes where.
fn digit(c: char) -> Option<char> {
    const NOUGHTS: [u32; 34] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
        0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
        0xA900, 0xA9D0, 0xAA50, 0xABF0,
    ];
    let nought = NOUGHTS.iter().find(|nought| (**nought..**nought + 10).contains(&u32::from(c)))?;
    char::from_digit(u32::from(c) - nought, 10)
}

#[cfg(test)]
mod tests {
    use super::finding;

    #[test]
    fn an_nhs_number_is_found_however_it_is_parted() {
        for text in [
            "ref 943 476 5919",
            "9434765919",
            "no. 943-476-5919, please",
            "943.476.5919",
            "943/476/5919",
            "943_476_5919",
            "943  476  5919",
            "943\u{a0}476\u{2009}5919",
            "943\n476\n5919",
            "(943) 476 5919",
            "[943][476][5919]",
            "943 - 476 - 5919",
            "943\u{2013}476\u{2013}5919",
            "943+476+5919",
            "near=943%20476%205919",
            "９４３４７６５９１９",
            "９４３　４７６　５９１９",
            "٩٤٣٤٧٦٥٩١٩",
            "94\u{200b}34765919",
            "NHS9434765919",
            "seen on 12 943 476 5919",
            "94 34 76 59 19",
        ] {
            assert!(finding(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "ring 01900 829990",
            "943 476 5918",
            "£1,000,000,000",
            "charity 1126980",
            "in 2009",
            // Inside ids.
            "01a204c4-2d86-7071-ace9-80e9434765919156",
            "01a204c4-2d86-7071-9434765919ab",
            "E9434765919",
            "9434765919a",
            // Telephones.
            "016977 2345",
            "tel 0101010109",
            "+44 943 476 5919",
            "0044 943 476 5919",
        ] {
            assert!(finding(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_number_that_begins_with_a_nought_is_a_telephone_only_where_it_is_written_or_said_to_be_one() {
        for text in ["0101010109", "patient 010 101 0109"] {
            assert!(finding(text).is_some(), "{text}");
        }
        for text in ["01010 10109", "ring 0101010109", "Tel: 0101010109"] {
            assert!(finding(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_date_of_birth_is_found() {
        for text in [
            "(DOB 3/4/1950)",
            "DOB 3/4/1950",
            "dob:3.4.50",
            "DOB 03 04 1950",
            "dob 19500403",
            "born on 3 April 1950",
            "born 3rd Apr 1950",
            "date of birth: 1950-04-03",
            "birth date 3/4/1950",
            "D O B 3/4/1950",
            "d.o.b. 3/4/1950",
            "D/O/B 3/4/1950",
            "Birthday: 3/4/1950",
            "her birthday is 3 April 1950",
            "b. 3/4/1950",
            "b. 3 April 1950",
            "ＤＯＢ ３/４/１９５０",
        ] {
            assert!(finding(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_dates_are_left_alone() {
        for text in [
            "born of the floods of 2009",
            "newborn group 10/4/2026",
            "opens 3/4/2026",
            "Borneo evening 10/4/2026",
            "birthday party for the hall on 10/4/2026",
            "Hall B. Opens 3/4/2026",
            "adobe 3/4/2026",
            "born and bred here since 1950",
        ] {
            assert!(finding(text).is_none(), "{text}");
        }
    }
}
