//! From the bytes of a file to clean text: lists come from every decade of spreadsheet programs, so the encoding is
//! found out rather than asked for, the three line ends become one, and nothing is ever held whole: a file of one
//! endless line costs a megabyte, not its length.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::bytes::READ_CHUNK;
use super::encoding::{Decode, Encoding};

/// Counts what was read since the last whole record; the reader of records sets it back to nought.
pub(crate) type Since = Rc<Cell<usize>>;

/// Set on the error that ends a record without an end.
#[derive(Debug)]
pub(crate) struct TooLong;

impl std::fmt::Display for TooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a record is too long")
    }
}

impl std::error::Error for TooLong {}

/// Whether an error is the guard's.
pub(crate) fn is_too_long(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<TooLong>())
}

/// The characters of a file as UTF-8 with `\n` line ends.
pub(crate) struct Text {
    from: Box<dyn Read>,
    decoder: Option<Decode>,
    /// A delimiter of several bytes and the byte that stands for it.
    stand_in: Option<(String, u8)>,
    raw: Vec<u8>,
    out: Vec<u8>,
    at: usize,
    after_cr: bool,
    started: bool,
    ended: bool,
    tail: &'static [u8],
    since: Since,
    limit: usize,
}

impl Text {
    /// Reads `from`; an error ends it when `limit` bytes came without the counter being set back.
    pub(crate) fn new(from: Box<dyn Read>, encoding: Encoding, limit: usize) -> (Self, Since) {
        let since = Since::default();
        let decoder = (encoding != Encoding::Utf8).then(|| encoding.decoder());
        let text = Self {
            from,
            decoder,
            stand_in: None,
            raw: vec![0; READ_CHUNK],
            out: Vec::with_capacity(READ_CHUNK * 2),
            at: 0,
            after_cr: false,
            started: false,
            ended: false,
            tail: b"",
            since: since.clone(),
            limit,
        };
        (text, since)
    }

    /// Writes `byte` wherever the file says `delimiter`, which takes several bytes.
    pub(crate) fn stand_in(mut self, delimiter: char, byte: u8) -> Self {
        // A decoder hands over whole characters only, so that the delimiter is never cut in two.
        self.decoder.get_or_insert_with(|| Encoding::Utf8.decoder());
        self.stand_in = Some((delimiter.to_string(), byte));
        self
    }

    /// Ends the text with `tail`, which the file does not hold.
    pub(crate) fn tail(mut self, tail: &'static [u8]) -> Self {
        self.tail = tail;
        self
    }

    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.at = 0;
        while self.out.is_empty() && !self.ended {
            let got = self.from.read(&mut self.raw)?;
            self.ended = got == 0;
            match self.decoder.take() {
                Some(mut decoder) => {
                    let text = decoder.text(&self.raw[..got], self.ended);
                    let text = match &self.stand_in {
                        Some((delimiter, byte)) => text.replace(delimiter, &char::from(*byte).to_string()),
                        None => text,
                    };
                    self.take(text.as_bytes());
                    self.decoder = Some(decoder);
                }
                None => {
                    let raw = std::mem::take(&mut self.raw);
                    let bom = !self.started && raw[..got].starts_with(b"\xEF\xBB\xBF");
                    self.take(&raw[if bom { 3 } else { 0 }..got]);
                    self.raw = raw;
                }
            }
            self.started = true;
        }
        if self.ended && self.out.is_empty() {
            self.out.extend_from_slice(std::mem::take(&mut self.tail));
        }
        let since = self.since.get() + self.out.len();
        self.since.set(since);
        if since > self.limit + 2 * READ_CHUNK { Err(io::Error::other(TooLong)) } else { Ok(()) }
    }

    /// Takes bytes over with CRLF and lone CR as LF, without the NULs that some programs leave behind.
    fn take(&mut self, bytes: &[u8]) {
        if !self.after_cr && !bytes.contains(&b'\r') && !bytes.contains(&0) {
            self.out.extend_from_slice(bytes);
            return;
        }
        for &byte in bytes {
            match byte {
                b'\r' => self.out.push(b'\n'),
                b'\n' if self.after_cr => {}
                0 => continue,
                _ => self.out.push(byte),
            }
            self.after_cr = byte == b'\r';
        }
    }
}

impl Read for Text {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.out.len() {
            self.refill()?;
        }
        let n = into.len().min(self.out.len() - self.at);
        into[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &'static [u8], encoding: Encoding) -> String {
        let mut out = String::new();
        Text::new(Box::new(bytes), encoding, 1 << 20).0.read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn three_line_ends_become_one() {
        assert_eq!(text(b"a\r\nb\rc\nd\r", Encoding::Utf8), "a\nb\nc\nd\n");
    }
}
