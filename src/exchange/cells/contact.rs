//! Telephones, web pages and e-mail addresses as lists hold them: several in a cell, a word before them, a scheme cut
//! short. The first that is sound is taken; whether the cell held more is told beside it.

use crate::model::shape::{is_email, is_phone, is_url};

/// What was taken of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The first sound value; none where there is no such.
    pub(crate) value: Option<String>,
    /// Whether something else stands in the cell, too.
    pub(crate) more: bool,
    /// Whether it was mended, so that it is not what was written.
    pub(crate) mended: bool,
}

/// The first telephone number of a cell.
pub(crate) fn phone(cell: &str) -> Taken {
    let in_one_line = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let cell = without_label(&in_one_line);
    if let Some(whole) = with_its_nought(cell) {
        return Taken { value: Some(whole), more: false, mended: true };
    }
    if let Some(one) = only_one(cell) {
        return Taken { value: Some(one), more: false, mended: false };
    }
    if sound_phone(cell) && !cell.contains([',', ';', '/', '|']) {
        return Taken { value: Some(cell.to_owned()), more: false, mended: false };
    }
    first(cell, &[" or ", " and ", "&", "/", ";", "|", ",", "\n"], |part| {
        let part = without_label(part);
        // Half a number can't be rung; three digits are a line of their own (111).
        let digits = part.chars().filter(char::is_ascii_digit).count();
        (sound_phone(part) && (digits >= 6 || digits == 3)).then(|| part.to_owned())
    })
}

/// A number of which a spreadsheet took the first nought for nothing: ten digits that begin as numbers here go on.
fn with_its_nought(text: &str) -> Option<String> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    let bare = digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit());
    (bare && digits.starts_with(['1', '2', '3', '7', '8'])).then(|| format!("0{digits}"))
}

/// A cell whose marks stand inside one number: all its digits are those of one.
fn only_one(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let parted = text.contains([',', '/', '|']) && text.chars().all(|c| c.is_ascii_digit() || " ,/|-()".contains(c));
    let one = parted && digits.starts_with('0') && matches!(digits.len(), 10 | 11);
    one.then(|| text.split([' ', ',', '/', '|']).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Enough digits for a number that can be rung, and not those of two.
fn sound_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    // Three are an emergency or help line (111); extensions make a number longer.
    let extended = text.to_lowercase().contains("ext") || text.contains(['#', 'x']);
    is_phone(text) && text.len() <= 40 && digits <= if extended { 18 } else { 15 }
}

/// A number without the word that says that it is one.
fn without_label(text: &str) -> &str {
    let text = text.trim();
    let label = text.find(|c: char| c.is_ascii_digit() || c == '+' || c == '(').unwrap_or(0);
    let known =
        ["tel", "telephone", "phone", "t", "mobile", "mob", "m", "call", "ring", "landline", "office", "no", "number"];
    let (word, number) = text.split_at(label);
    let all_known = word
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .all(|w| known.contains(&w.to_lowercase().as_str()));
    if all_known { number.trim() } else { text }
}

/// The first web page of a cell, with its scheme.
pub(crate) fn url(cell: &str) -> Taken {
    let one = |part: &str| with_scheme(part).filter(|url| is_url(url));
    if let Some(url) = one(cell) {
        let mended = !cell.trim().to_lowercase().contains(&url.to_lowercase()) && cell.contains(":/");
        return Taken { value: Some(url), more: false, mended };
    }
    let mut taken = first(cell, &[" or ", " and ", ";", "|", ",", " ", "\n"], one);
    taken.mended = taken.value.is_some() && cell.contains("http:/") && !cell.contains("http://");
    taken
}

/// A web address with `https://` or `http://` before it; `None` where it is none. What has another scheme is none.
fn with_scheme(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ',']);
    let lower = text.to_lowercase();
    for (scheme, wrong) in
        [("https", &["https://", "https:/", "https//", "https:"]), ("http", &["http://", "http:/", "http//", "http:"])]
    {
        if let Some(start) = wrong.iter().find(|w| lower.starts_with(*w)) {
            let rest = text[start.len()..].trim_start_matches('/');
            return is_host(rest).then(|| format!("{scheme}://{rest}"));
        }
    }
    (is_host(text) && !text.contains("://")).then(|| format!("https://{text}"))
}

/// Whether a text begins as a web address does without its scheme: a name with a dot, no `@`.
fn is_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#']).next().unwrap_or("");
    let name = host.split(':').next().unwrap_or("");
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    name.contains('.')
        && !host.contains('@')
        && name.split('.').all(label)
        && !name.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// The first e-mail address of a cell.
pub(crate) fn email(cell: &str) -> Taken {
    let one = |part: &str| {
        let part = part.trim().trim_start_matches("mailto:").trim_matches(['<', '>', '.', '(', ')']);
        is_email(part).then(|| part.to_owned())
    };
    match one(cell) {
        Some(address) => Taken { value: Some(address), more: false, mended: false },
        None => first(cell, &[" or ", " and ", ";", "|", ",", "/", " ", "\n"], one),
    }
}

/// The first part of a cell that `one` takes, parted by the first of the marks that gives any.
fn first(cell: &str, marks: &[&str], one: impl Fn(&str) -> Option<String>) -> Taken {
    for mark in marks.iter().filter(|m| cell.contains(**m)) {
        let parts: Vec<&str> = cell.split(mark).map(str::trim).filter(|p| !p.is_empty()).collect();
        if let Some(value) = parts.iter().find_map(|part| one(part)) {
            return Taken { value: Some(value), more: parts.len() > 1, mended: false };
        }
        // Several marks in one cell: 01900 1 / 2; 3
        for part in parts.iter().filter(|p| p.len() < cell.trim().len()) {
            let inner = first(part, marks, &one as &dyn Fn(&str) -> Option<String>);
            if inner.value.is_some() {
                return Taken { more: true, ..inner };
            }
        }
    }
    Taken { value: None, more: false, mended: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(taken: Taken) -> (String, bool) {
        (taken.value.unwrap_or_else(|| "?".to_owned()), taken.more)
    }

    // R12.
    #[test]
    fn the_first_sound_telephone_is_taken() {
        for (cell, number, more) in [
            ("01632 960001", "01632 960001", false),
            ("Tel: 01632 960001", "01632 960001", false),
            ("Telephone No. 01632 960001", "01632 960001", false),
            ("01632 960002 & 01632 960003", "01632 960002", true),
            ("01632 960002 / 01632 960003", "01632 960002", true),
            ("01632 960002 or 07700 900003", "01632 960002", true),
            ("01632 960002; mobile 07700 900003", "01632 960002", true),
            ("(01632) 960001 ext 12", "(01632) 960001 ext 12", false),
            ("+44 1900 000101", "+44 1900 000101", false),
            ("111", "111", false),
            ("0161 \n274 2186", "0161 274 2186", false),
            ("0161, 274 2186", "0161 274 2186", false),
            ("0161/274/2186", "0161 274 2186", false),
            ("1617486414", "01617486414", false),
            ("7700900003.0", "07700900003", false),
            ("ask at the desk", "?", false),
        ] {
            assert_eq!(value(phone(cell)), (number.to_owned(), more), "{cell}");
        }
    }

    #[test]
    fn a_number_that_lost_its_nought_is_mended() {
        assert!(phone("1617486414").mended && !phone("01617486414").mended && !phone("0161 748 6414").mended);
    }

    // B19, R12.
    #[test]
    fn a_web_page_has_one_scheme() {
        for (cell, page, more) in [
            ("example.org", "https://example.org", false),
            ("www.example.org/a?b=c", "https://www.example.org/a?b=c", false),
            ("HTTPS://x.example.org", "https://x.example.org", false),
            ("Http://x.example.org/Path", "http://x.example.org/Path", false),
            ("http:/x.example.org", "http://x.example.org", false),
            ("https:x.example.org", "https://x.example.org", false),
            ("http//x.example.org", "http://x.example.org", false),
            ("https://example.org/a https://example.org/b", "https://example.org/a", true),
            ("example.org; example.com", "https://example.org", true),
            ("https://example.org/it's/{here}", "https://example.org/it's/{here}", false),
            ("info@x.example.org", "?", false),
            ("ftp://x.example.org", "?", false),
            ("javascript:alert(1)", "?", false),
            ("none yet", "?", false),
            ("10.30", "?", false),
        ] {
            assert_eq!(value(url(cell)), (page.to_owned(), more), "{cell}");
        }
        assert!(url("http:/x.example.org").mended && !url("http://x.example.org").mended);
    }

    #[test]
    fn the_first_sound_address_is_taken() {
        for (cell, address, more) in [
            ("a@example.org", "a@example.org", false),
            ("mailto:a@example.org", "a@example.org", false),
            ("a@example.org; b@example.org", "a@example.org", true),
            ("a@example.org or ring", "a@example.org", true),
            ("none", "?", false),
        ] {
            assert_eq!(value(email(cell)), (address.to_owned(), more), "{cell}");
        }
    }
}
