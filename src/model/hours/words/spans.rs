//! From one time of day to another, where one of the two may tell what the other leaves out.

use super::clock::{Clock, NOON};
use super::fault::Fault;
use super::tokens::Token;

/// From and until, minutes since midnight; the latter is smaller where it runs into the next day.
pub(super) type Span = (u16, u16);

/// Spans of one day (`10-12 and 2-4`), and what follows them.
pub(super) fn spans(tokens: &[Token]) -> Result<(Vec<Span>, &[Token]), Fault> {
    let mut spans: Vec<Span> = Vec::new();
    let mut rest = tokens;
    loop {
        let (between, times) = match rest {
            [Token::Between, times @ ..] => (true, times),
            times => (false, times),
        };
        let (from, until, after) = match times {
            [Token::Time(from), Token::Dash, Token::Time(until), after @ ..] => (*from, *until, after),
            [Token::Time(from), Token::And, Token::Time(until), after @ ..] if between => (*from, *until, after),
            _ => return Err(Fault::NotUnderstood),
        };
        let span = span(from, until, spans.last().map(|(_, until)| *until))?;
        if spans.last().is_some_and(|(from, until)| span.0 < *until || until < from) {
            return Err(Fault::Doubtful(format!("{} comes before what it stands behind", shown(span.0))));
        }
        spans.push(span);
        rest = after;
        let further = rest.iter().take_while(|token| matches!(token, Token::Comma | Token::And)).count();
        if further == 0 || !matches!(rest.get(further), Some(Token::Time(_) | Token::Between)) {
            return Ok((spans, rest));
        }
        rest = &rest[further..];
    }
}

/// A span, where one of its two ends may tell the half of the day for both; `before` is the end of the one before it.
fn span(from: Clock, until: Clock, before: Option<u16>) -> Result<Span, Fault> {
    let not_understood = Err(Fault::NotUnderstood);
    let doubtful = |why: String| Err(Fault::Doubtful(why));
    if let (Clock::Full(start), Clock::Bare(end)) = (from, until) {
        let (early, late) = (shown(end), shown(end % NOON + NOON));
        return doubtful(format!("{} to {early}: until {late}, or until the next morning?", shown(start)));
    }
    let sure = |clock| if let Clock::Full(minutes) = clock { Clock::Sure(minutes) } else { clock };
    match (sure(from), sure(until)) {
        (Clock::Midnight, Clock::Midnight) => Ok((0, 2 * NOON)),
        (Clock::Midnight, until) => until.am().map(|until| (0, until)).ok_or(Fault::NotUnderstood),
        (Clock::Sure(from), Clock::Midnight) if from >= NOON => Ok((from, 2 * NOON)),
        (from @ Clock::Bare(_), Clock::Midnight) => from.pm().map(|from| (from, 2 * NOON)).ok_or(Fault::NotUnderstood),
        (Clock::Sure(from), Clock::Midnight) => doubtful(format!("from {} to midnight or to noon?", shown(from))),
        (Clock::Sure(from), Clock::Sure(until)) if from < until || from >= 16 * 60 => Ok((from, until)),
        (Clock::Sure(from), Clock::Sure(until)) => {
            doubtful(format!("{} to {} runs through the night", shown(from), shown(until)))
        }
        (from @ Clock::Bare(_), Clock::Sure(end)) => {
            let fits = |start: &u16| *start < end && before.is_none_or(|before| *start >= before);
            // The later half of the day is nearer to its end: "1.30 - 3.30pm", but "10 - 2pm".
            match [from.pm(), from.am()].into_iter().flatten().find(fits) {
                Some(start) => Ok((start, end)),
                None => not_understood,
            }
        }
        (Clock::Sure(start), until @ Clock::Bare(_)) => {
            match [until.am(), until.pm()].into_iter().flatten().find(|end| *end > start) {
                Some(end) => Ok((start, end)),
                None => not_understood,
            }
        }
        (Clock::Full(_), _) | (_, Clock::Full(_)) => not_understood,
        (Clock::Bare(_), Clock::Bare(_)) => both_bare(from, until, before),
    }
}

/// Nobody said am or pm. From nine o'clock on a morning is meant; what goes back before the time in front of it is an
/// afternoon; `2-4` and `7-9` can be either.
fn both_bare(from: Clock, until: Clock, before: Option<u16>) -> Result<Span, Fault> {
    let (am, pm) = (from.am().unwrap_or_default(), from.pm().unwrap_or_default());
    let end_after = |start: u16| [until.am(), until.pm()].into_iter().flatten().find(|end| *end > start);
    let start = match before {
        Some(before) if am < before => pm,
        _ => am,
    };
    let Some(end) = end_after(start) else { return Err(Fault::NotUnderstood) };
    let either = start < 7 * 60 || (start < 9 * 60 && end < NOON);
    if either {
        let why = format!("{} to {}: in the morning or in the afternoon?", shown(start), shown(end));
        return Err(Fault::Doubtful(why));
    }
    Ok((start, end))
}

/// `09:30`.
pub(super) fn shown(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
