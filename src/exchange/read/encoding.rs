//! How the characters of a file are written, found out rather than asked for: lists come from every decade of spreadsheet
//! programs, and are pasted together from several.

use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::path::Path;

use super::bytes::{READ_CHUNK, not_this_format, open, read_some};
use crate::model::Problem;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Windows1252,
    Utf16Le,
    Utf16Be,
    /// UTF-8 with bytes of Windows-1252 in between, as when lists are pasted together.
    Mixed,
}

impl Encoding {
    /// As shown to people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "Windows-1252",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Mixed => "UTF-8 with some Windows-1252",
        }
    }

    pub(super) fn decoder(self) -> Decode {
        let encoding = match self {
            Self::Mixed => return Decode::Mixed(Vec::new()),
            Self::Utf8 => UTF_8,
            Self::Windows1252 => WINDOWS_1252,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
        };
        Decode::One(encoding.new_decoder_with_bom_removal())
    }
}

/// Bytes to characters, a chunk at a time.
pub(super) enum Decode {
    One(Decoder),
    /// What is no UTF-8 is Windows-1252; holds the beginning of a character that the last chunk cut in two.
    Mixed(Vec<u8>),
}

impl Decode {
    pub(super) fn text(&mut self, raw: &[u8], last: bool) -> String {
        match self {
            Self::One(decoder) => {
                let room = decoder.max_utf8_buffer_length(raw.len()).unwrap_or(raw.len() * 3 + 16);
                let mut text = String::with_capacity(room);
                let _ = decoder.decode_to_string(raw, &mut text, last);
                text
            }
            Self::Mixed(begun) => {
                begun.extend_from_slice(raw);
                let bytes = std::mem::take(begun);
                let (text, rest) = mixed(&bytes, last);
                begun.extend_from_slice(rest);
                text
            }
        }
    }
}

/// The characters of bytes that are UTF-8 but for some of Windows-1252, and what is left for the next chunk.
fn mixed(mut bytes: &[u8], last: bool) -> (String, &[u8]) {
    let mut text = String::with_capacity(bytes.len() + 16);
    loop {
        match std::str::from_utf8(bytes) {
            Ok(good) => {
                text.push_str(good);
                return (text, &[]);
            }
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                text.push_str(std::str::from_utf8(good).unwrap_or_default());
                if error.error_len().is_none() && !last {
                    return (text, bad);
                }
                let (one, rest) = bad.split_at(1);
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(one).0);
                bytes = rest;
            }
        }
    }
}

/// How files that are not text begin, what they are, and what to do.
const NOT_TEXT: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "save the sheet as CSV, or unpack the archive"),
    (b"\xD0\xCF\x11\xE0", "an old Excel or Word file", "save the sheet as CSV"),
    (b"\x1F\x8B", "gzip-compressed", "unpack it first (gunzip)"),
    (b"%PDF", "a PDF", "ask the publisher for the table behind it, as CSV"),
    (b"7z\xBC\xAF", "a 7-zip archive", "unpack it first"),
    (b"SQLite format 3\0", "a SQLite database or GeoPackage", "export the table as CSV or GeoJSON"),
];

/// Finds out what the file is written in by reading it once; refuses what is not text at all.
pub(crate) fn sniff(path: &Path) -> Result<Encoding, Problem> {
    let mut file = open(path)?;
    let mut buffer = vec![0; READ_CHUNK];
    let mut kept = 0;
    let (mut first, mut traits) = (true, Traits::default());
    loop {
        let got = read_some(&mut file, &mut buffer[kept..])?;
        let bytes = &buffer[..kept + got];
        if first {
            first = false;
            if let Some(encoding) = by_first_bytes(bytes)? {
                return Ok(encoding);
            }
        }
        traits.note(&bytes[kept..]);
        if got == 0 {
            // A character cut in two at the very end is not UTF-8 either.
            traits.stray |= kept > 0;
            return traits.encoding();
        }
        kept = traits.note_characters(bytes);
        let end = bytes.len();
        buffer.copy_within(end - kept..end, 0);
    }
}

/// What the bytes of a file have in common.
#[derive(Default)]
struct Traits {
    nuls: usize,
    lines: usize,
    controls: usize,
    /// Characters of several bytes in UTF-8.
    wide: bool,
    /// Bytes that are no UTF-8.
    stray: bool,
}

impl Traits {
    fn note(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                0 => self.nuls += 1,
                b'\n' | b'\r' => self.lines += 1,
                1..=8 | 14..=31 => self.controls += 1,
                _ => {}
            }
        }
    }

    /// Answers how many bytes at the end begin a character that goes on in the next chunk.
    fn note_characters(&mut self, mut bytes: &[u8]) -> usize {
        loop {
            let error = match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.wide |= !text.trim_start_matches('\u{feff}').is_ascii();
                    return 0;
                }
                Err(error) => error,
            };
            let (good, bad) = bytes.split_at(error.valid_up_to());
            self.wide |= !good.is_ascii();
            match error.error_len() {
                None => return bad.len(),
                Some(length) => {
                    self.stray = true;
                    bytes = &bad[length..];
                }
            }
        }
    }

    /// A list has a stray NUL now and then; what has more of them than lines, or is full of other controls, is no text.
    fn encoding(&self) -> Result<Encoding, Problem> {
        if self.nuls > 0 && (self.nuls > self.lines || self.controls > self.lines) {
            return Err(not_this_format("the file holds bytes that are not text; export the list as CSV or GeoJSON"));
        }
        Ok(match (self.stray, self.wide) {
            (false, _) => Encoding::Utf8,
            (true, false) => Encoding::Windows1252,
            (true, true) => Encoding::Mixed,
        })
    }
}

fn by_first_bytes(bytes: &[u8]) -> Result<Option<Encoding>, Problem> {
    if let Some((_, what, advice)) = NOT_TEXT.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        return Err(not_this_format(&format!("the file is {what}, not CSV or GeoJSON: {advice}")));
    }
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match start.iter().find(|b| !b.is_ascii_whitespace()) {
        None if bytes.len() < READ_CHUNK => Err(not_this_format("the file is empty")),
        Some(b'<') => Err(not_this_format(
            "the file is a web page or XML, not CSV or GeoJSON: download the list itself, not the page about it",
        )),
        _ if bytes.starts_with(b"\xFF\xFE") => Ok(Some(Encoding::Utf16Le)),
        _ if bytes.starts_with(b"\xFE\xFF") => Ok(Some(Encoding::Utf16Be)),
        _ => Ok(unmarked_utf_16(bytes)),
    }
}

/// UTF-16 whose first mark is missing: of the text of a list nearly every second byte is nought.
fn unmarked_utf_16(bytes: &[u8]) -> Option<Encoding> {
    let pairs = bytes.len().min(4096) / 2;
    let noughts = |at: usize| bytes.chunks_exact(2).take(pairs).filter(|pair| pair[at] == 0).count();
    let (even, odd) = (noughts(0), noughts(1));
    match pairs >= 4 {
        true if odd * 10 > pairs * 8 && even * 10 < pairs => Some(Encoding::Utf16Le),
        true if even * 10 > pairs * 8 && odd * 10 < pairs => Some(Encoding::Utf16Be),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::read::text::Text;
    use crate::model::Code;
    use std::io::Read;

    fn text(bytes: &'static [u8], encoding: Encoding) -> String {
        let mut out = String::new();
        Text::new(Box::new(bytes), encoding, 1 << 20).0.read_to_string(&mut out).unwrap();
        out
    }

    fn sniffed(bytes: &[u8]) -> Result<Encoding, Code> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        sniff(file.path()).map_err(|p| p.code)
    }

    #[test]
    fn encodings_are_found_out() {
        assert_eq!(sniffed("\u{feff}na\u{ef}ve".as_bytes()), Ok(Encoding::Utf8));
        assert_eq!(sniffed(b"na\xEFve \x96 ok"), Ok(Encoding::Windows1252));
        assert_eq!(text(b"na\xEFve \x96 ok", Encoding::Windows1252), "na\u{ef}ve \u{2013} ok");
        assert_eq!(sniffed(b"\xFF\xFEa\0b\0"), Ok(Encoding::Utf16Le));
        assert_eq!(text(b"\xFF\xFEa\0b\0", Encoding::Utf16Le), "ab");
        assert_eq!(text(b"\xEF\xBB\xBFa", Encoding::Utf8), "a");
    }

    // B08: lists are pasted together; one stray byte does not turn all others.
    #[test]
    fn stray_bytes_are_read_by_themselves() {
        let bytes = b"Caf\xc3\xa9 Solway\nSt Mary\x92s Hall\nT\xc5\xb7 Newydd \xc2\xa35\nRendezvous at No\xebl\xe9\n";
        assert_eq!(sniffed(bytes), Ok(Encoding::Mixed));
        let read = "Café Solway\nSt Mary’s Hall\nTŷ Newydd £5\nRendezvous at Noëlé\n";
        assert_eq!(text(bytes, Encoding::Mixed), read);
        // Wherever the chunks part.
        for at in 0..bytes.len() {
            let mut decoder = Encoding::Mixed.decoder();
            let parts = decoder.text(&bytes[..at], false) + &decoder.text(&bytes[at..], true);
            assert_eq!(parts, read, "{at}");
        }
    }

    // P5.
    #[test]
    fn utf_16_without_its_mark_and_a_nul_in_a_cell_are_read() {
        let le: Vec<u8> = "Name,Postcode\nCafé,CA13 9LU\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "Name,Postcode\nCafé,CA13 9LU\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(sniffed(&le), Ok(Encoding::Utf16Le));
        assert_eq!(sniffed(&be), Ok(Encoding::Utf16Be));
        let nul = b"Name,Postcode\nHall\0,CA13 9LU\n";
        assert_eq!(sniffed(nul), Ok(Encoding::Utf8));
        assert_eq!(text(nul, Encoding::Utf8), "Name,Postcode\nHall,CA13 9LU\n");
    }

    #[test]
    fn a_character_on_the_edge_of_a_chunk_stays_whole() {
        let mut bytes = vec![b'a'; READ_CHUNK - 1];
        bytes.extend("é and more".as_bytes());
        assert_eq!(sniffed(&bytes), Ok(Encoding::Utf8));
        bytes.truncate(READ_CHUNK);
        assert_eq!(sniffed(&bytes), Ok(Encoding::Windows1252));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        for bytes in [&b"PK\x03\x04rest"[..], b"\x1F\x8B\x08", b"%PDF-1.7", b"", b" \n", b"<!doctype html>", b"a\0b"] {
            assert_eq!(sniffed(bytes), Err(Code::NotThisFormat), "{bytes:?}");
        }
    }
}
