//! What would become of a list, column by column; nothing is written.

use std::path::PathBuf;

use super::engine::apart::blocking;
use super::imports::PostcodesSeen;
use super::{App, AppError, Caller};
use crate::auth::Action;
use crate::exchange::{self, Explained, Wanted};

impl App {
    /// Reads a list whole and says what each of its columns is taken for.
    ///
    /// # Errors
    /// The one problem of a file that cannot be read as a list.
    pub async fn explain(
        &self,
        path: PathBuf,
        file_name: String,
        wanted: Wanted,
        caller: &Caller,
    ) -> Result<Explained, AppError> {
        if !caller.role.may(Action::Import, wanted.kind) {
            return Err(AppError::Forbidden);
        }
        let asks = PostcodesSeen(self.view(caller.viewer()));
        let explained = blocking(move || exchange::explain(&path, &file_name, &wanted, &asks)).await?;
        explained.map_err(|problem| AppError::Problems(vec![problem]))
    }
}
