//! Small work on values: HTML out of cells, and reading and writing inside nested bodies.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::model::Body;

/// A cell without HTML: tags go, breaks become line breaks, entities become characters.
pub(super) fn plain_text(cell: &str) -> Cow<'_, str> {
    let has_entity = cell.contains('&') && cell.contains(';');
    let has_tag = || cell.match_indices('<').any(|(at, _)| is_tag(&cell[at..]));
    let is_stray = |c: char| c.is_control() && c != '\n' && c != '\t' || is_invisible(c);
    if cell.chars().any(is_stray) {
        let clean: String =
            cell.chars().filter(|c| !is_invisible(*c)).map(|c| if is_stray(c) { mended(c) } else { c }).collect();
        return Cow::Owned(plain_text(&clean).into_owned());
    }
    if !has_entity && !has_tag() {
        return Cow::Borrowed(cell);
    }
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if is_tag(rest) {
            let end = rest.find('>').map_or(rest.len(), |e| e + 1);
            let tag = rest[1..end].trim_start_matches('/').to_ascii_lowercase();
            if ["br", "p", "div", "li", "tr", "h"].iter().any(|t| tag.starts_with(t)) && !out.ends_with('\n') {
                out.push('\n');
            }
            let opens = !rest.starts_with("</");
            rest = &rest[end..];
            if opens && (tag.starts_with("script") || tag.starts_with("style")) {
                let close = rest.find("</").unwrap_or(rest.len());
                rest = &rest[close..];
            }
        } else if let Some((character, length)) = entity(rest) {
            out.push(character);
            rest = &rest[length..];
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Marks that take no room: they make two equal names different.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

/// A Windows character that somebody took for Latin-1 on the way to UTF-8; any other control character is a blank.
fn mended(c: char) -> char {
    let byte = u8::try_from(c).unwrap_or(b' ');
    let bytes = [byte];
    let (text, _, _) = encoding_rs::WINDOWS_1252.decode(&bytes);
    text.chars().next().filter(|c| !c.is_control()).unwrap_or(' ')
}

fn is_tag(text: &str) -> bool {
    if !text.starts_with('<') {
        return false;
    }
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('/') => chars.next().is_some_and(|c| c.is_ascii_alphabetic()),
        Some(c) => (c.is_ascii_alphabetic() || c == '!') && text.contains('>'),
        None => false,
    }
}

fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.find(';').filter(|e| *e <= 10)?;
    let name = &text[1..end];
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "pound" => '£',
        "ndash" => '–',
        "mdash" => '—',
        "rsquo" => '’',
        "lsquo" => '‘',
        "rdquo" => '”',
        "ldquo" => '“',
        "eacute" => 'é',
        _ => {
            let code = name.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
    };
    Some((character, end + 1))
}

/// Puts a value where `path` says; steps are parted by NUL, since names of indicators hold dots.
pub(super) fn put(body: &mut Body, path: &str, value: Value) {
    match path.split_once('\u{0}') {
        None => {
            body.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = body.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// The value at a dotted path.
pub(super) fn get<'a>(body: &'a Body, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.');
    let first = body.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

/// Takes out what a problem's path points at: a field of a group, else the whole first field.
pub(super) fn take_out(body: &mut Body, path: &str) -> Option<Value> {
    let (root, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    if let (Some(rest), Some(Value::Object(group))) = (rest, body.get_mut(root)) {
        let taken = group.remove(rest);
        if group.is_empty() {
            body.remove(root);
        }
        if taken.is_some() {
            return taken;
        }
    }
    body.remove(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_plain_text_and_plain_text_stays() {
        assert_eq!(
            plain_text("<p>Tea &amp; toast</p><br/>£2 &#8211; <b>all</b> welcome"),
            "\nTea & toast\n£2 – all welcome"
        );
        for same in ["Tea & toast; 2 < 3", "a < b > c", "Q&A", "<3", "under 5s; AT&T"] {
            assert_eq!(plain_text(same), same);
        }
        assert_eq!(plain_text("97 \u{96} 99 Cock o\u{92} Hoop\u{b}Road\u{200b}"), "97 – 99 Cock o’ Hoop Road");
        assert_eq!(plain_text("x<script>alert(1)</script>y"), "xy");
    }
}
