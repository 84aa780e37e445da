//! Is the file still the one that is open? A file that was deleted, renamed or replaced under a running program takes
//! writes as before, and all of them are gone at the next start.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Result, StoreError};

/// A file and which one it was when it was opened.
#[derive(Debug)]
pub struct Here {
    file: PathBuf,
    /// What SQLite writes first, beside it.
    log: PathBuf,
    device_and_number: (u64, u64),
}

impl Here {
    /// The file that has just been opened; none when the data is in memory only.
    pub fn of(file: &Path) -> Option<Self> {
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        Some(Self { device_and_number: identity(file)?, file: file.to_owned(), log: log.into() })
    }

    /// Whether it is still there.
    ///
    /// # Errors
    /// Unusable, with what to do.
    pub fn still(&self) -> Result<()> {
        if identity(&self.file) == Some(self.device_and_number) { Ok(()) } else { Err(self.gone(&self.file)) }
    }

    /// The same, and whether what is about to be committed has where to go.
    ///
    /// # Errors
    /// Unusable, with what to do.
    pub fn takes_commits(&self) -> Result<()> {
        self.still()?;
        if self.log.exists() { Ok(()) } else { Err(self.gone(&self.log)) }
    }

    fn gone(&self, file: &Path) -> StoreError {
        let reason = format!(
            "{} was deleted, renamed or replaced while it was open, so nothing more is written: put it back, or stop \
             the program and start it on the file that you want",
            file.display()
        );
        StoreError::Unusable { place: self.file.display().to_string(), reason }
    }
}

fn identity(file: &Path) -> Option<(u64, u64)> {
    let data = std::fs::metadata(file).ok()?;
    Some((data.dev(), data.ino()))
}
