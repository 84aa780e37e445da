//! What happened to a record, and in order.

use std::collections::HashMap;
use uuid::Uuid;

use super::{App, AppError};
use crate::change::{Change, Seq};
use crate::model::Id;
use crate::store::Which;

impl App {
    /// Changes of one record after a number, oldest first; none when there never was one.
    pub async fn history(&self, id: Id, after: Seq, limit: usize) -> Result<Vec<Change>, AppError> {
        Ok(self.store.changes(Which::OfRecord(id, after), limit).await?)
    }

    /// Changes after a number, in order, and the present head.
    pub async fn changes(&self, after: Seq, limit: usize) -> Result<(Seq, Vec<Change>), AppError> {
        let changes = self.store.changes(Which::After(after), limit).await?;
        Ok((self.store.head().await?.seq, changes))
    }

    /// Names of accounts, for showing who did something.
    pub async fn names(&self) -> Result<HashMap<Uuid, String>, AppError> {
        Ok(self.store.accounts().await?.into_iter().map(|a| (a.id, a.name)).collect())
    }
}
