//! Text as it is kept: without what nobody sees, since marks that take no room make two equal names different, and some
//! turn round what follows them; and with letters composed (NFC), since "é" may be written as one character or as two.
//! Joiners stay where they join something: emoji and scripts that need them.

use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A text without marks that take no room, its letters composed.
///
/// ```
/// use commonground::model::text::clean;
/// assert_eq!(clean("CA13\u{200b} 9LU"), "CA13 9LU");
/// assert_eq!(clean("👩\u{200d}👧"), "👩\u{200d}👧");
/// assert_eq!(clean("Cafe\u{301}"), "Café");
/// ```
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains('\0') {
        return Cow::Borrowed(text);
    }
    match without_invisible(text) {
        seen if is_nfc(&seen) => seen,
        seen => Cow::Owned(seen.nfc().collect()),
    }
}

fn without_invisible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) && !text.contains(is_joiner) {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let beside = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(|c| !c.is_ascii() && !is_invisible(*c));
    let stays = |(i, c): &(usize, char)| {
        !is_invisible(*c) && (!is_joiner(*c) || (beside(i.checked_sub(1)) && beside(Some(i + 1))))
    };
    let clean: String = chars.iter().copied().enumerate().filter(stays).map(|(_, c)| c).collect();
    if clean == text { Cow::Borrowed(text) } else { Cow::Owned(clean) }
}

/// Marks without width, and marks that turn the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\0' | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    // B16, B17.
    #[test]
    fn what_nobody_sees_goes_and_what_joins_stays() {
        for (text, left) in [
            ("CA13\u{200b} 9LU", "CA13 9LU"),
            ("54.6627\u{200b}", "54.6627"),
            ("Hall\u{202e}llaH", "HallllaH"),
            ("\u{feff}Name", "Name"),
            ("Vil\u{ad}lage", "Village"),
            ("a\u{200d}b", "ab"),
            ("\u{200d}👧", "👧"),
            ("\u{2066}Hall\u{2069}", "Hall"),
            ("a\0b", "ab"),
            ("Cafe\u{301}", "Caf\u{e9}"),
            ("Caf\u{200b}e\u{301}", "Caf\u{e9}"),
            ("Ty\u{302} Gwyn", "T\u{177} Gwyn"),
        ] {
            assert_eq!(clean(text), left);
        }
        for same in ["Hall", "👩\u{200d}👧 Mums", "👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "❤\u{fe0f}"]
        {
            assert_eq!(clean(same), same);
        }
    }
}
