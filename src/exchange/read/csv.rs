//! Rows of a delimited file, one at a time, with the line of the file each begins on. Finds out the delimiter, bounds
//! what a row may take, and notices a file that ends inside a quote, which `csv` alone reads as one long cell.

use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::bytes::{self, cut_off, not_this_format};
use super::encoding::Encoding;
use super::filtered::{Filtered, Mend};
use super::text::{self, Since, Text};
use crate::exchange::cells::without_marks;
use crate::model::Problem;

/// A record longer than this is no row of a list.
const LONGEST_ROW: usize = 1 << 20;

/// Stands for a delimiter that takes several bytes.
const STAND_IN: u8 = 0x1F;

/// A last line that no file holds: inside a quote it does not come out as a line of its own.
const END: &str = "\u{1}\u{1}end of file\u{1}";
const TAIL: &[u8] = b"\n\x01\x01end of file\x01\n";

/// The rows of a delimited text.
pub(crate) struct Records {
    reader: csv::Reader<Filtered<Unspaced>>,
    since: Since,
    record: StringRecord,
    started_at: u64,
}

impl Records {
    /// The rows of a file.
    pub(crate) fn open(path: &Path, encoding: Encoding, delimiter: char) -> Result<Self, Problem> {
        Ok(Self::new(Box::new(bytes::open(path)?), encoding, delimiter))
    }

    /// The rows of anything that can be read.
    pub(crate) fn new(from: Box<dyn Read>, encoding: Encoding, delimiter: char) -> Self {
        let (text, since) = Text::new(from, encoding, LONGEST_ROW);
        let text = if delimiter.is_ascii() { text } else { text.stand_in(delimiter, STAND_IN) };
        let unspaced = Unspaced { delimiter: byte_of(delimiter), quoted: false, ended: false, held: Some(0) };
        let reader = ReaderBuilder::new()
            .delimiter(byte_of(delimiter))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(64 * 1024)
            .from_reader(Filtered::new(text.tail(TAIL), unspaced));
        Self { reader, since, record: StringRecord::new(), started_at: 1 }
    }

    /// The next row that holds anything, with the line it begins on.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, Problem> {
        loop {
            if !self.reader.read_record(&mut self.record).map_err(|e| self.unreadable(&e))? {
                return Ok(None);
            }
            self.since.set(0);
            // Counted back from where the row ends, since blank lines before it belong to no row.
            let inside = self.record.as_slice().bytes().filter(|b| *b == b'\n').count() as u64;
            self.started_at = self.reader.position().line().saturating_sub(1 + inside);
            if self.record.as_slice().len() > LONGEST_ROW {
                return Err(too_long(self.started_at));
            }
            if self.record.as_slice().ends_with(END) && self.record.len() == 1 && self.record[0] == *END {
                return Ok(None);
            }
            if self.record.as_slice().contains(END) {
                return Err(cut_off(&format!(
                    "the file ends inside a quoted cell that begins on line {}: it was cut off, or a quote is missing",
                    // No line end closes this row.
                    self.started_at + 1
                )));
            }
            if let Some(clean) = without_marks(&self.record) {
                self.record = clean;
            }
            if self.record.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some((self.started_at, &self.record)));
            }
        }
    }

    fn unreadable(&self, error: &csv::Error) -> Problem {
        match error.kind() {
            csv::ErrorKind::Io(e) if text::is_too_long(e) => too_long(self.reader.position().line()),
            csv::ErrorKind::Io(e) => cut_off(&format!("the file cannot be read to its end: {e}")),
            _ => not_this_format(&format!("line {} is not text", self.reader.position().line())),
        }
    }
}

/// Text without blanks between a delimiter and the quote after it: `Name, "1 High Street, Town"` is two cells, which the
/// quote alone does not tell.
struct Unspaced {
    delimiter: u8,
    quoted: bool,
    /// Whether the last byte ended a quoted cell, so that a quote after it goes on with it.
    ended: bool,
    /// Blanks after a delimiter or a line end, of which nobody knows yet what follows.
    held: Option<usize>,
}

impl Mend for Unspaced {
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.quoted {
            self.quoted = byte != b'"';
            self.ended = !self.quoted;
            out.push(byte);
            return;
        }
        let goes_on = std::mem::take(&mut self.ended) && byte == b'"';
        match (byte, self.held) {
            (b' ', Some(blanks)) if self.delimiter != b' ' => {
                self.held = Some(blanks + 1);
                return;
            }
            (b'"', Some(_)) => self.quoted = true,
            (b'"', None) => self.quoted = goes_on,
            (_, Some(blanks)) => out.extend(std::iter::repeat_n(b' ', blanks)),
            _ => {}
        }
        self.held = (byte == self.delimiter || byte == b'\n').then_some(0);
        out.push(byte);
    }
}

fn too_long(line: u64) -> Problem {
    not_this_format(&format!(
        "the row beginning on line {line} is longer than 1 MiB: this is not a list, or a quote there is never closed"
    ))
}

fn byte_of(delimiter: char) -> u8 {
    u8::try_from(delimiter).ok().filter(u8::is_ascii).unwrap_or(STAND_IN)
}

/// The delimiter that the first line names as a spreadsheet wants it: `sep=;`.
pub(crate) fn named_delimiter(path: &Path, encoding: Encoding) -> Result<Option<char>, Problem> {
    let (text, _) = Text::new(Box::new(bytes::open(path)?), encoding, LONGEST_ROW);
    let mut start = Vec::new();
    let _ = text.take(64).read_to_end(&mut start);
    let start = String::from_utf8_lossy(&start);
    let line =
        start.split('\n').next().unwrap_or("").trim_start_matches('\u{feff}').trim_matches('"').trim_end_matches(' ');
    let Some(mark) = line.get(..4).filter(|s| s.eq_ignore_ascii_case("sep=")).map(|_| &line[4..]) else {
        return Ok(None);
    };
    let mut chars = mark.chars();
    Ok(chars.next().filter(|_| chars.next().is_none()))
}

/// The delimiter that cuts the first rows of a file most evenly.
pub(crate) fn guess_delimiter(path: &Path, encoding: Encoding) -> Result<char, Problem> {
    Ok(guess_delimiter_of(Box::new(bytes::open(path)?), encoding))
}

/// The delimiter that cuts the first rows of anything most evenly; a comma when none does.
pub(crate) fn guess_delimiter_of(from: Box<dyn Read>, encoding: Encoding) -> char {
    let (text, _) = Text::new(from, encoding, LONGEST_ROW);
    let mut start = Vec::new();
    // What cannot be read here is said where the rows are read.
    let _ = text.take(LONGEST_ROW as u64 / 4).read_to_end(&mut start);
    let start = String::from_utf8_lossy(&start);
    let mut best = (0.0, ',');
    for delimiter in [',', ';', '\t', '|', '¬'] {
        let score = evenness(&start, delimiter);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// 0 when the delimiter does not cut the heading; else more, the more rows have as many cells as most have.
fn evenness(start: &str, delimiter: char) -> f64 {
    let swapped;
    let text = if delimiter.is_ascii() {
        start
    } else {
        swapped = start.replace(delimiter, "\u{1F}");
        &swapped
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(byte_of(delimiter))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let widths: Vec<usize> = reader.records().take(100).map_while(Result::ok).map(|r| r.len()).collect();
    let Some(&heading) = widths.first() else { return 0.0 };
    let most = widths.iter().copied().max_by_key(|w| widths.iter().filter(|v| *v == w).count()).unwrap_or(0);
    if heading < 2 || most < 2 {
        return 0.0;
    }
    let even = widths.iter().filter(|w| **w == most).count() as f64 / widths.len() as f64;
    even * even * (most as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Code;

    fn rows(text: &str, delimiter: char) -> Result<Vec<(u64, Vec<String>)>, Code> {
        let from = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mut records = Records::new(from, Encoding::Utf8, delimiter);
        let mut out = Vec::new();
        while let Some((line, row)) = records.next().map_err(|p| p.code)? {
            out.push((line, row.iter().map(str::to_owned).collect()));
        }
        Ok(out)
    }

    #[test]
    fn lines_are_those_of_the_file_with_blanks_and_quoted_lines_counted() {
        let read = rows("a,b\n\n1,\"two\nlines\"\r\n,\n\n3,4", ',').unwrap();
        let lines: Vec<u64> = read.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 7]);
        assert_eq!(read[1].1, ["1", "two\nlines"]);
    }

    #[test]
    fn bare_carriage_returns_end_lines() {
        assert_eq!(
            rows("a,b\r1,2\r", ',').unwrap(),
            [(1, vec!["a".to_owned(), "b".to_owned()]), (2, vec!["1".to_owned(), "2".to_owned()])]
        );
    }

    #[test]
    fn a_quote_that_never_closes_is_a_file_cut_off() {
        assert_eq!(rows("a,b\n1,\"two", ','), Err(Code::CutOff));
        assert!(rows("a,b\n1,two\"", ',').is_ok());
    }

    // P12.
    #[test]
    fn blanks_before_a_quote_do_not_cut_a_cell() {
        let cells = |text: &str| rows(text, ',').unwrap().pop().unwrap().1;
        assert_eq!(cells("Hall, \"1 High Street, Town\",x"), ["Hall", "1 High Street, Town", "x"]);
        assert_eq!(cells(" \"a, b\" ,  c d, \"say \"\"tea\"\", please\""), ["a, b ", "  c d", "say \"tea\", please"]);
        assert_eq!(cells("a 5\" pipe, b, c"), ["a 5\" pipe", " b", " c"]);
        let three = rows("a,b\n\"x\"\"\", \"y, z\"\n", ',').unwrap();
        assert_eq!(three[1].1, ["x\"", "y, z"]);
    }

    #[test]
    fn an_endless_line_is_refused_without_being_held() {
        struct Endless;
        impl Read for Endless {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                into.fill(b'x');
                Ok(into.len())
            }
        }
        let mut records = Records::new(Box::new(Endless), Encoding::Utf8, ',');
        assert_eq!(records.next().unwrap_err().code, Code::NotThisFormat);
    }

    #[test]
    fn delimiters_are_found_out() {
        for (delimiter, text) in [
            (',', "name,address\nA,\"1; 2; 3\"\n"),
            (';', "name;address\nA;\"1, High Street, Town\"\nB;2, Low Street, Town\n"),
            ('\t', "name\taddress\nA\t1, High Street\n"),
            ('|', "name|b\nA|1, High\n"),
            ('¬', "R0A¬MANCHESTER TRUST¬Y62\r\nR0B¬SOUTH, TYNESIDE¬Y63\r\n"),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            assert_eq!(guess_delimiter(file.path(), Encoding::Utf8).unwrap(), delimiter);
        }
        assert_eq!(rows("a¬b\n1¬é\n", '¬').unwrap()[1].1, ["1", "é"]);
    }
}
