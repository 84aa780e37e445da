//! What is asked for when a list is brought in.

use std::path::PathBuf;

use crate::exchange::Wanted;
use crate::model::{Id, Origin};

/// What is to be brought in.
pub struct Import {
    /// The file.
    pub path: PathBuf,
    /// Its name, which the list is named after.
    pub file_name: String,
    /// How it is to be read.
    pub wanted: Wanted,
    /// Whose word it is.
    pub origin: Origin,
    /// The organisation it is brought in for, which owns the places it makes.
    pub owner: Option<Id>,
    /// The list holds everything there is, so what it no longer names is reported as gone.
    pub complete: bool,
    /// This list's word counts where another list said otherwise.
    pub replace: bool,
    /// Only say what would happen.
    pub dry_run: bool,
}
