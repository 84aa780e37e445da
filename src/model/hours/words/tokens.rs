//! The words of opening times. A word that is not known here ends the reading: it might be the one that matters.

use jiff::civil::Weekday::{self, Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::clock::{Clock, Half};
use super::fault::Fault;

/// The comment of what is open by appointment.
pub(super) const BY_APPOINTMENT: &str = "by appointment";

/// One word or mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Day(Weekday),
    /// Weekdays, weekend, daily.
    Days(&'static [Weekday]),
    /// First, 2nd, last (-1).
    Nth(i8),
    Time(Clock),
    /// From … to …
    Dash,
    /// `,` `/`
    Comma,
    And,
    /// `;` `.` and the end of a line.
    Stop,
    Colon,
    Every,
    Of,
    Month,
    Between,
    Closed,
    Except,
    BankHolidays,
    SchoolHolidays,
    TermTime,
    AllDay,
    Appointment,
}

const ALL: &[Weekday] = &[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];

/// What runs of words mean, the longest first; `None` for words that say nothing by themselves.
fn meanings() -> [(&'static [&'static str], Option<Token>); 86] {
    use Token::*;
    let weekdays = || Some(Days(&ALL[..5]));
    let weekend = || Some(Days(&ALL[5..]));
    let daily = || Some(Days(ALL));
    [
        (&["24", "hours", "a", "day", "7", "days", "a", "week"], Some(AllDay)),
        (&["24", "hours", "7", "days", "a", "week"], Some(AllDay)),
        (&["24", "hours", "a", "day"], Some(AllDay)),
        (&["24", "hours"], Some(AllDay)),
        (&["24", "hrs"], Some(AllDay)),
        (&["24hrs"], Some(AllDay)),
        (&["24hours"], Some(AllDay)),
        (&["seven", "days", "a", "week"], daily()),
        (&["7", "days", "a", "week"], daily()),
        (&["7", "days"], daily()),
        (&["every", "day"], daily()),
        (&["each", "day"], daily()),
        (&["everyday"], daily()),
        (&["daily"], daily()),
        (&["week", "days"], weekdays()),
        (&["weekdays"], weekdays()),
        (&["weekday"], weekdays()),
        (&["weekends"], weekend()),
        (&["weekend"], weekend()),
        (&["local", "school", "term", "time"], Some(TermTime)),
        (&["during", "school", "term", "time"], Some(TermTime)),
        (&["during", "term", "time"], Some(TermTime)),
        (&["in", "term", "time"], Some(TermTime)),
        (&["school", "term", "time"], Some(TermTime)),
        (&["school", "terms"], Some(TermTime)),
        (&["term", "time"], Some(TermTime)),
        (&["termtime"], Some(TermTime)),
        (&["in", "school", "holidays"], Some(SchoolHolidays)),
        (&["during", "school", "holidays"], Some(SchoolHolidays)),
        (&["school", "holidays"], Some(SchoolHolidays)),
        (&["school", "hols"], Some(SchoolHolidays)),
        (&["bank", "and", "public", "holidays"], Some(BankHolidays)),
        (&["bank", "holidays"], Some(BankHolidays)),
        (&["bank", "holiday"], Some(BankHolidays)),
        (&["bank", "hols"], Some(BankHolidays)),
        (&["bank", "hol"], Some(BankHolidays)),
        (&["public", "holidays"], Some(BankHolidays)),
        (&["public", "holiday"], Some(BankHolidays)),
        (&["by", "prior", "appointment"], Some(Appointment)),
        (&["by", "appointment"], Some(Appointment)),
        (&["on", "request"], Some(Appointment)),
        (&["appointment"], Some(Appointment)),
        (&["appointments"], Some(Appointment)),
        (&["not", "including"], Some(Except)),
        (&["apart", "from"], Some(Except)),
        (&["other", "than"], Some(Except)),
        (&["but", "not"], Some(Except)),
        (&["except", "for"], Some(Except)),
        (&["except"], Some(Except)),
        (&["excluding"], Some(Except)),
        (&["excl"], Some(Except)),
        (&["not", "open"], Some(Closed)),
        (&["closed"], Some(Closed)),
        (&["shut"], Some(Closed)),
        (&["first"], Some(Nth(1))),
        (&["second"], Some(Nth(2))),
        (&["third"], Some(Nth(3))),
        (&["fourth"], Some(Nth(4))),
        (&["fifth"], Some(Nth(5))),
        (&["last"], Some(Nth(-1))),
        (&["noon"], Some(Time(Clock::NOON))),
        (&["midday"], Some(Time(Clock::NOON))),
        (&["midnight"], Some(Time(Clock::MIDNIGHT))),
        (&["every"], Some(Every)),
        (&["each"], Some(Every)),
        (&["of"], Some(Of)),
        (&["in"], Some(Of)),
        (&["month"], Some(Month)),
        (&["monthly"], Some(Month)),
        (&["between"], Some(Between)),
        (&["and"], Some(And)),
        (&["to"], Some(Dash)),
        (&["till"], Some(Dash)),
        (&["until"], Some(Dash)),
        (&["til"], Some(Dash)),
        (&["through"], Some(Dash)),
        (&["opening", "hours"], None),
        (&["opening", "times"], None),
        (&["open"], None),
        (&["hours"], None),
        (&["the"], None),
        (&["from"], None),
        (&["on"], None),
        (&["at"], None),
        (&["is"], None),
        (&["only"], None),
    ]
}

const DAY_NAMES: [(Weekday, &[&str]); 7] = [
    (Monday, &["monday", "mondays", "mon", "mons", "mo"]),
    (Tuesday, &["tuesday", "tuesdays", "tue", "tues", "tu"]),
    // "We" is more often somebody than a day.
    (Wednesday, &["wednesday", "wednesdays", "wed", "weds"]),
    (Thursday, &["thursday", "thursdays", "thu", "thur", "thurs", "th"]),
    (Friday, &["friday", "fridays", "fri", "fris", "fr"]),
    (Saturday, &["saturday", "saturdays", "sat", "sats", "sa"]),
    (Sunday, &["sunday", "sundays", "sun", "suns", "su"]),
];

/// A piece of text before it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Letters, lower case; digits alone.
    Word(String),
    /// A time of day, an ordinal.
    Known(Token),
}

/// Text as tokens.
pub(super) fn read(text: &str) -> Result<Vec<Token>, Fault> {
    let pieces = pieces(text)?;
    let meanings = meanings();
    let mut tokens = Vec::new();
    let mut rest = &pieces[..];
    'next: while let Some(first) = rest.first() {
        let is = |piece: &Piece, word: &str| matches!(piece, Piece::Word(w) if w == word);
        for (words, meaning) in &meanings {
            // Marks may stand within a run: term-time; 24 hours a day, 7 days a week.
            let mark = |at: usize, token: &Token| matches!(rest.get(at), Some(Piece::Known(mark)) if mark == token);
            let mut at = 0;
            let fits = words.iter().enumerate().all(|(i, word)| {
                let passed_over =
                    (*word == "time" && mark(at, &Token::Dash)) || (*word == "7" && mark(at, &Token::Comma));
                at += usize::from(i > 0 && passed_over);
                at += 1;
                rest.get(at - 1).is_some_and(|piece| is(piece, word))
            });
            if fits {
                rest = &rest[at..];
                tokens.extend(meaning.clone());
                continue 'next;
            }
        }
        rest = &rest[1..];
        tokens.push(match first {
            Piece::Known(token) => token.clone(),
            Piece::Word(word) => of_word(word).ok_or(Fault::NotUnderstood)?,
        });
    }
    Ok(tokens)
}

fn of_word(word: &str) -> Option<Token> {
    if let Some((day, _)) = DAY_NAMES.iter().find(|(_, names)| names.contains(&word)) {
        return Some(Token::Day(*day));
    }
    // A number by itself is an hour.
    Clock::of_digits(word, None, None).map(Token::Time)
}

fn pieces(text: &str) -> Result<Vec<Piece>, Fault> {
    let text = text.to_lowercase().replace("w/e", " weekend ").replace("24/7", " 24 hours ").replace(['’', '\''], "");
    let text = text.replace("a.m.", "am").replace("p.m.", "pm").replace("a.m", "am").replace("p.m", "pm");
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let (piece, after) = number(rest)?;
            pieces.push(piece);
            rest = after;
        } else if first.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            pieces.push(Piece::Word(word.to_owned()));
            // "Mon." is no end of a sentence.
            rest = if of_word(word).is_some() { after.strip_prefix('.').unwrap_or(after) } else { after };
        } else {
            let token = match first {
                '-' | '–' | '—' | '−' | '‑' | '‐' => Some(Token::Dash),
                ',' | '/' => Some(Token::Comma),
                '&' | '+' => Some(Token::And),
                ';' | '.' | '\n' | '|' | '•' => Some(Token::Stop),
                ':' => Some(Token::Colon),
                '(' | ')' => None,
                c if c.is_whitespace() => None,
                _ => return Err(Fault::NotUnderstood),
            };
            pieces.extend(token.map(Piece::Known));
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(pieces)
}

/// `9`, `9.30`, `09:30`, `0930`, with am, pm, noon or midnight behind it; `1st`.
fn number(text: &str) -> Result<(Piece, &str), Fault> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (hours, mut rest) = text.split_at(digits(text));
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| rest.strip_prefix(end));
    if let Some(after) = ordinal.filter(|after| !after.starts_with(char::is_alphabetic)) {
        let nth = hours.parse::<i8>().ok().filter(|n| (1..=5).contains(n)).ok_or(Fault::NotUnderstood)?;
        return Ok((Piece::Known(Token::Nth(nth)), after));
    }
    let mut minutes = None;
    if let Some(after) = rest.strip_prefix([':', '.'])
        && digits(after) == 2
    {
        minutes = Some(&after[..2]);
        rest = &after[2..];
    }
    let behind = rest.trim_start_matches([' ', '\u{a0}']);
    let end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
    let mark = match &behind[..end] {
        "am" => Some(Half::Am),
        "pm" => Some(Half::Pm),
        "noon" | "midday" => Some(Half::Noon),
        "midnight" => Some(Half::Midnight),
        _ => None,
    };
    if mark.is_none() && minutes.is_none() {
        return Ok((Piece::Word(hours.to_owned()), rest));
    }
    let rest = if mark.is_some() { &behind[end..] } else { rest };
    let clock = Clock::of_digits(hours, minutes, mark).ok_or(Fault::NotUnderstood)?;
    Ok((Piece::Known(Token::Time(clock)), rest))
}
