//! Numbers as people and spreadsheets write them. A comma groups thousands only where three digits follow each; a
//! number that could be meant in two ways is read as most of its column is.

/// How a text can be taken for a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum NumberRead {
    /// It is this number, however its column writes.
    Plain(f64),
    /// A comma marks its decimals: `2,5`.
    DecimalComma(f64),
    /// `1,204`: a thousand and more, or a little more than one.
    Either { grouped: f64, decimal: f64 },
}

/// Reads a number; `None` when it is none, or none that is finite.
pub(crate) fn read(text: &str) -> Option<NumberRead> {
    let text: String = text.chars().filter(|c| !is_blank(*c)).map(|c| if is_minus(c) { '-' } else { c }).collect();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(&text)),
    };
    // A sign is only ever the first mark; words such as "inf" are no numbers of a list.
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',') {
        return None;
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| sign * n);
    let (commas, dots) = (digits.matches(',').count(), digits.matches('.').count());
    match (commas, dots) {
        (0, 0 | 1) => number(digits).map(NumberRead::Plain),
        (0, _) => is_grouped(digits, '.').then(|| number(&digits.replace('.', "")).map(NumberRead::Plain))?,
        (1, 0) => {
            let decimal = number(&digits.replace(',', "."))?;
            match is_grouped(digits, ',') {
                true => Some(NumberRead::Either { grouped: number(&digits.replace(',', ""))?, decimal }),
                false => Some(NumberRead::DecimalComma(decimal)),
            }
        }
        (_, 0) => is_grouped(digits, ',').then(|| number(&digits.replace(',', "")).map(NumberRead::Plain))?,
        _ => both(digits, number),
    }
}

/// The number of a text whose column writes decimals with a comma, or not.
pub(crate) fn of(text: &str, decimal_comma: bool) -> Option<f64> {
    Some(match read(text)? {
        NumberRead::Plain(n) | NumberRead::DecimalComma(n) => n,
        NumberRead::Either { grouped, decimal } => {
            if decimal_comma {
                decimal
            } else {
                grouped
            }
        }
    })
}

/// `1,204.5` and `1.204,5`: the last mark is the decimals'.
fn both(digits: &str, number: impl Fn(&str) -> Option<f64>) -> Option<NumberRead> {
    let (comma, dot) = (digits.rfind(',')?, digits.rfind('.')?);
    let (group, mark) = if comma < dot { (',', '.') } else { ('.', ',') };
    let (whole, fraction) = digits.rsplit_once(mark)?;
    if !is_grouped(whole, group) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let read = number(&format!("{}.{fraction}", whole.replace(group, "")))?;
    Some(if mark == ',' { NumberRead::DecimalComma(read) } else { NumberRead::Plain(read) })
}

/// Whether a mark stands before every three digits, and never first.
fn is_grouped(digits: &str, mark: char) -> bool {
    let mut groups = digits.split(mark);
    let first = groups.next().unwrap_or("");
    let all_digits = |g: &str| g.bytes().all(|b| b.is_ascii_digit());
    // Nobody groups what begins with a nought: 0,250 is a quarter.
    (1..=3).contains(&first.len())
        && all_digits(first)
        && !first.starts_with('0')
        && groups.all(|g| g.len() == 3 && all_digits(g))
}

/// Whether a text is a number as a spreadsheet shows a long one: `4.41900E+11`. Its last digits are lost.
pub(crate) fn is_shortened(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.trim().split_once(['E', 'e']) else { return false };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    whole.len() == 1 && digits(whole) && digits(fraction) && exponent.strip_prefix('+').is_some_and(digits)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}'
}

fn is_minus(c: char) -> bool {
    matches!(c, '\u{2212}' | '\u{2013}' | '\u{2010}' | '\u{2011}' | '\u{ff0d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_groups_only_where_three_digits_follow_each() {
        for (text, number) in [
            ("1,204", 1204.0),
            ("1,204,500", 1_204_500.0),
            ("1,204.5", 1204.5),
            ("1.204,5", 1204.5),
            ("1.204.500", 1_204_500.0),
            ("1 204", 1204.0),
            ("2,5", 2.5),
            ("0,250", 0.25),
            ("54,6627", 54.6627),
            ("-3,3606", -3.3606),
            ("\u{2212}3.36", -3.36),
            ("12", 12.0),
            ("1e3", 1000.0),
            (".5", 0.5),
        ] {
            assert_eq!(of(text, false), Some(number), "{text}");
        }
        assert_eq!(of("1,204", true), Some(1.204));
        for text in ["1,2,3", "12,34,567", "1.2.3", "x", "", "-", "nan", "inf", "1,204,5", "1..2", "1,20.5"] {
            assert_eq!(of(text, false), None, "{text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_shortened_is_known() {
        for text in ["1.12698E+06", "4.41900E+11", "4,419E+11", "4e+11"] {
            assert!(is_shortened(text), "{text}");
        }
        for text in ["E06000063", "1E6", "12.5", "SC012345", "1.5E-3"] {
            assert!(!is_shortened(text), "{text}");
        }
    }
}
