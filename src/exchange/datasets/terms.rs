//! Term dates of schools: `name,start,end`, with a district's code where a file holds several. A row that calls itself a
//! holiday is one; every other row is a term, and what lies between terms is holiday.

use std::path::Path;

use super::{Counted, Table, missing};
use crate::exchange::cells::date::{self, Edge};
use crate::model::hours::{Nation, Term};
use crate::model::{Code, Problem};

/// Days of the longest half-term holiday; what is called half term and lasts longer is half of a term.
const HALF_TERM_DAYS: i32 = 16;
/// Nothing that lasts longer is a term, or a holiday.
const LONGEST_DAYS: i32 = 200;

/// Reads term dates, CSV or gzipped CSV.
pub fn terms(path: &Path, each: &mut dyn FnMut(Term)) -> Result<Counted, Problem> {
    let mut table = Table::open(path)?;
    let find = |words: &[&str]| words.iter().find_map(|w| table.headings.iter().position(|h| h == w));
    let from = find(&[
        "start",
        "from",
        "startdate",
        "startsfrom",
        "begins",
        "begin",
        "starts",
        "firstday",
        "opens",
        "datefrom",
    ]);
    let until = find(&["end", "until", "to", "enddate", "ends", "lastday", "closes", "finish", "dateto"]);
    let name = find(&["name", "term", "title", "description", "event", "period", "summary"]);
    let kind = find(&["type", "kind", "sort"]);
    let district = find(&[
        "districtcode",
        "authoritycode",
        "ladcode",
        "lacode",
        "areacode",
        "code",
        "district",
        "authority",
        "lad",
        "la",
        "localauthority",
    ]);
    let from = from.ok_or_else(|| missing("first day", "start", &table.headings))?;
    let until = until.ok_or_else(|| missing("last day", "end", &table.headings))?;
    let mut counted = Counted::default();
    while let Some((line, row)) = table.records.next()? {
        counted.rows += 1;
        let cell = |column: Option<usize>| column.and_then(|c| row.get(c)).map(str::trim).filter(|c| !c.is_empty());
        let (Some(first), Some(last)) = (cell(Some(from)), cell(Some(until))) else {
            counted.refuse(Code::Required, line);
            continue;
        };
        let (Some(from), Some(until)) = (date::read(first, false, Edge::First), date::read(last, false, Edge::Last))
        else {
            counted.refuse(Code::WrongType, line);
            continue;
        };
        let days = (until - from).get_days() + 1;
        if !(1..=LONGEST_DAYS).contains(&days) {
            counted.refuse(Code::OutOfRange, line);
            continue;
        }
        let district = cell(district);
        if district.is_some_and(|code| Nation::of_area(code).is_none()) {
            counted.refuse(Code::NotAllowed, line);
            continue;
        }
        let name = cell(name).unwrap_or_default();
        let holiday = is_holiday(name, cell(kind).unwrap_or_default(), days);
        counted.taken += 1;
        each(Term { name: name.to_owned(), from, until, district: district.map(str::to_owned), holiday });
    }
    match counted.taken {
        0 => {
            let say = "no row names a first and a last day, such as 2026-09-02 or 02/09/2026, and a district (if any) by \
                       its code, such as E06000063";
            Err(Problem::new("", Code::NotThisFormat, say))
        }
        _ => Ok(counted),
    }
}

fn is_holiday(name: &str, kind: &str, days: i32) -> bool {
    let text = format!("{name} {kind}").to_lowercase();
    let calls_itself =
        ["holiday", "vacation", "break", "closed", "closure", "inset"].iter().any(|word| text.contains(word));
    let half_term = text.contains("half term") || text.contains("half-term");
    calls_itself || (half_term && days <= HALF_TERM_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First day, last day, whether a holiday.
    type Row = (String, String, bool);

    fn read(text: &str) -> (Vec<Row>, Result<Counted, Problem>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let mut seen = Vec::new();
        let counted = terms(file.path(), &mut |t| seen.push((t.from.to_string(), t.until.to_string(), t.holiday)));
        (seen, counted)
    }

    #[test]
    fn days_are_read_as_lists_write_them_and_holidays_told_from_terms() {
        let text = "Term,Start date,End date\nAutumn 2026,2026-09-02,18/12/2026\n\
            Autumn half term,Monday 26th October 2026,30-Oct-2026\nChristmas holiday,21 December 2026,1 January 2027\n\
            Half term 1,2026-09-02,2026-10-23\n";
        let (seen, counted) = read(text);
        let row = |from: &str, until: &str, holiday| (from.to_owned(), until.to_owned(), holiday);
        let expected = [
            row("2026-09-02", "2026-12-18", false),
            row("2026-10-26", "2026-10-30", true),
            row("2026-12-21", "2027-01-01", true),
            row("2026-09-02", "2026-10-23", false),
        ];
        assert_eq!(seen, expected);
        assert_eq!(counted.unwrap().taken, 4);
    }

    #[test]
    fn what_is_no_term_is_refused_by_line() {
        let text = "name,from,to,district\na,2026-09-02,2026-12-18,E06000063\nb,2026-12-18,2026-09-02,\nc,,2026-09-02,\n\
            d,soon,2026-09-02,\ne,2026-09-02,2026-12-18,Cumberland\nf,2026-09-02,2028-09-02,\n";
        let counted = read(text).1.unwrap();
        let refused: Vec<_> = counted.refused.iter().map(|r| (r.code, r.lines.clone())).collect();
        let expected = [
            (Code::OutOfRange, vec![3, 7]),
            (Code::Required, vec![4]),
            (Code::WrongType, vec![5]),
            (Code::NotAllowed, vec![6]),
        ];
        assert_eq!((counted.taken, refused), (1, expected.to_vec()));
        for nothing in ["", "name,from\na,2026-09-02\n", "name,from,to\na,soon,later\n"] {
            assert_eq!(read(nothing).1.unwrap_err().code, Code::NotThisFormat, "{nothing}");
        }
    }
}
