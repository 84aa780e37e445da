//! Dates of birth: a word that announces one, and a whole date soon after it.

/// Words that announce one, wherever the date stands in the next few words.
const MARKERS: [&str; 5] = ["date of birth", "birth date", "birthdate", "dob", "born"];

/// Words that do only where the date follows at once: parties are held on birthdays.
const BEFORE_A_DATE: [&str; 2] = ["birthday", "b."];

const MONTH_STARTS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Characters after the word that are looked through for a date.
const NEAR: usize = 30;

pub(super) fn holds_birth_date(text: &str) -> bool {
    let lower = together(&text.to_lowercase());
    let after = |marker: &str, found: &dyn Fn(&str) -> bool| {
        lower.match_indices(marker).any(|(at, _)| {
            let rest = &lower[at + marker.len()..];
            !lower[..at].ends_with(char::is_alphanumeric) && !rest.starts_with(char::is_alphabetic) && {
                let near: String = rest.chars().take(NEAR).collect();
                found(&near)
            }
        })
    };
    MARKERS.iter().any(|marker| after(marker, &holds_date))
        || BEFORE_A_DATE.iter().any(|marker| {
            after(marker, &|near| {
                let begin = near.trim_start_matches(|c: char| !c.is_alphanumeric());
                let begin =
                    ["is", "was", "on"].iter().find_map(|w| begin.strip_prefix(w)).unwrap_or(begin).trim_start();
                let dated = begin.starts_with(|c: char| c.is_ascii_digit())
                    || MONTH_STARTS.iter().any(|m| begin.starts_with(m));
                dated && holds_date(begin)
            })
        })
}

/// The letters d, o, b as one word, whatever stands between them.
fn together(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let apart = |i: usize| chars.get(i).is_some_and(|c| " ./-_".contains(*c));
        let is = |i: usize, letter: char| chars.get(i) == Some(&letter);
        let begins = at == 0 || !chars[at - 1].is_alphanumeric();
        let ends = chars.get(at + 5).is_none_or(|c| !c.is_alphabetic());
        if begins && ends && is(at, 'd') && apart(at + 1) && is(at + 2, 'o') && apart(at + 3) && is(at + 4, 'b') {
            out.push_str("dob");
            at += 5;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

fn holds_date(text: &str) -> bool {
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|s| !s.is_empty()).collect();
    let year = |s: &str| s.len() == 4 && (s.starts_with("19") || s.starts_with("20"));
    let named_month = MONTH_STARTS.iter().any(|m| text.contains(m));
    let has_year = numbers.iter().any(|s| year(s));
    let within = |s: &str, most: u32| s.len() <= 2 && s.parse().is_ok_and(|n: u32| (1..=most).contains(&n));
    let short_form = text.split_whitespace().any(|w| {
        let w = w.trim_matches(|c: char| !c.is_ascii_digit());
        let parts: Vec<&str> = w.split(['/', '-', '.']).collect();
        parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit()))
    });
    let in_three = numbers.windows(3).any(|three| match three {
        [day, month, of] if year(of) => within(day, 31) && within(month, 12),
        [of, month, day] if year(of) => within(day, 31) && within(month, 12),
        _ => false,
    });
    let in_one = numbers.iter().any(|n| n.len() == 8 && (year(&n[..4]) || year(&n[4..])));
    short_form || in_three || in_one || (has_year && named_month && numbers.len() >= 2)
}
