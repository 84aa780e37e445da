//! HTML out of cells: descriptions that were written for a web page become plain text.

use std::borrow::Cow;

use crate::model::text::clean;

/// A cell without HTML: tags go, breaks become line breaks, entities become characters.
pub(crate) fn plain_text(cell: &str) -> Cow<'_, str> {
    let has_entity = cell.contains('&') && cell.contains(';');
    let has_tag = || cell.match_indices('<').any(|(at, _)| is_tag(&cell[at..]));
    let is_stray = |c: char| c.is_control() && c != '\n' && c != '\t';
    let cell = match clean(cell) {
        Cow::Borrowed(cell) => cell,
        Cow::Owned(cell) => return Cow::Owned(plain_text(&cell).into_owned()),
    };
    if cell.chars().any(is_stray) {
        let clean: String = cell.chars().map(|c| if is_stray(c) { mended(c) } else { c }).collect();
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
