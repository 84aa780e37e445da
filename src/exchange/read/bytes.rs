//! The bytes of a file, and what may be wrong with it as a whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::model::{Code, Problem};

pub(super) const READ_CHUNK: usize = 64 * 1024;

/// A file opened for reading, or the problem that says why not.
pub(crate) fn open(path: &Path) -> Result<File, Problem> {
    File::open(path).map_err(|e| Problem::new("", Code::NotFound, format!("{} cannot be opened: {e}", path.display())))
}

/// One problem about the whole file.
pub(crate) fn not_this_format(message: &str) -> Problem {
    Problem::new("", Code::NotThisFormat, message)
}

/// One problem about a file that ends in the middle.
pub(crate) fn cut_off(message: &str) -> Problem {
    Problem::new("", Code::CutOff, message)
}

pub(super) fn read_some(from: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, Problem> {
    loop {
        match from.read(buffer) {
            Ok(n) => return Ok(n),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(not_this_format(&format!("the file cannot be read: {e}"))),
        }
    }
}
