//! Where it is kept. All SQL of the program lives in this folder, behind one narrow trait.
//!
//! A [`Store`] is asked outside of writes; a [`Tx`] is one append: beginning it takes the `head` row, which is the
//! order of all changes, so whatever is read through it stays true until it is committed.
//!
//! What reads the same in both dialects of SQL stands once, in `shared.rs`, `append.rs`, `statements.rs` and `rows.rs`; what does
//! not, in the file of its store.

mod address;
mod append;
mod held;
mod here;
mod moving;
mod postgres;
mod rows;
mod shared;
mod sqlite;
mod statements;

pub use address::shown;
pub use held::{Account, DatasetInfo, Purpose, SessionRow, SourceRow, Tip, UndoRow, Which};
pub use moving::{AccountRow, LinkRow, PartRow, RecordRow, Rows, SecretRow};
pub use postgres::Postgres;
pub use sqlite::Sqlite;

use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::change::apply::Present;
use crate::change::{Change, Seq};
use crate::model::{Id, Kind};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The place where data should be is not usable: wrong address, no rights, not a database (exit 1; 503).
    #[error("the data at {place} can't be used: {reason}")]
    Unusable {
        /// The address as the operator wrote it, without its password.
        place: String,
        /// What the database said, and what to do.
        reason: String,
    },
    /// The place that data should be brought to holds data already (exit 1).
    #[error("there is data already at {0}: name an empty place")]
    NotEmpty(String),
    /// The data was written by a newer release (exit 1).
    #[error("the data at {0} was written by a newer release of Common Ground: install that release to use it")]
    Newer(String),
    /// What was read makes no sense (exit 1; 500).
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The database went away or failed (503).
    #[error("the database failed: {0}")]
    Failed(sqlx::Error),
    /// None of the named servers takes writes just now (503).
    #[error("no server takes writes just now: {0}")]
    Away(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // SQLITE_CORRUPT and SQLITE_NOTADB; PostgreSQL's data_corrupted and index_corrupted.
        let code = error.as_database_error().and_then(|e| e.code()).unwrap_or_default();
        if matches!(code.as_ref(), "11" | "26" | "267" | "523" | "779" | "XX001" | "XX002") {
            let say = "restore the last backup into a new place (commonground restore FILE --data …)";
            return Self::Damaged(format!("{error}; {say}"));
        }
        Self::Failed(error)
    }
}

/// What every operation here answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Where it is kept; SQLite or PostgreSQL.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Begins an append: waits for those before it, then holds the order until commit or drop.
    async fn begin(&self) -> Result<Box<dyn Tx>>;
    /// The last change.
    async fn head(&self) -> Result<Tip>;
    /// Returns when another process may have written, at the latest after `patience`.
    async fn news(&self, patience: Duration);
    /// Changes in order, at most `limit`.
    async fn changes(&self, wanted: Which, limit: usize) -> Result<Vec<Change>>;
    /// The records of a batch, each with its newest change of that batch: those that were there before first, so that what
    /// comes back to them is known before what the batch made may go; then newest first. The number is 0 where all that the
    /// batch did to a record was to erase something of it.
    async fn touched(&self, batch: Uuid) -> Result<Vec<(Id, Seq)>>;
    /// The body of every record that is there, one a line, some thousand lines at a time; answers the last change they
    /// know. Much faster than record by record: what a start is made of.
    async fn bodies(&self, out: mpsc::Sender<String>) -> Result<Tip>;
    /// What a list brought as its rows' own records, of those that are there.
    async fn each_source(&self, list: &str, sink: &mut (dyn FnMut(SourceRow) + Send)) -> Result<()>;

    /// What is loaded.
    async fn datasets(&self) -> Result<Vec<DatasetInfo>>;
    /// The bytes of a dataset.
    async fn dataset_bytes(&self, info: &DatasetInfo) -> Result<Vec<u8>>;
    /// Writes one part of a version that nothing refers to yet.
    async fn put_dataset_part(&self, name: &str, version: Uuid, part: u32, bytes: &[u8]) -> Result<()>;

    /// All accounts.
    async fn accounts(&self) -> Result<Vec<Account>>;
    /// The account of this id.
    async fn account(&self, id: Uuid) -> Result<Option<Account>>;
    /// Whether an admin's token exists, or a session of an admin that has not expired.
    async fn has_admin(&self, now: i64) -> Result<bool>;
    /// The account a token belongs to.
    async fn account_by_token(&self, digest: &[u8]) -> Result<Option<Account>>;
    /// Takes a link out of the store: the account it signs in, if it was there and had not expired.
    async fn use_link(&self, digest: &[u8], now: Timestamp) -> Result<Option<Account>>;
    /// Keeps a new session, and lets go of those that have expired.
    async fn put_session(&self, session: &SessionRow, now: i64) -> Result<()>;
    /// Gives a session that is there a later end, and other data where there are some. One that was ended stays so.
    async fn extend_session(&self, id: &str, data: Option<&str>, expires_at: i64) -> Result<()>;
    /// A session that has not expired.
    async fn session(&self, id: &str, now: i64) -> Result<Option<SessionRow>>;
    /// Ends a session.
    async fn drop_session(&self, id: &str) -> Result<()>;

    /// What the database itself finds wrong with how it keeps the data; empty when all is well.
    async fn unsound(&self) -> Result<Vec<String>>;

    /// Lets go of every connection; a file is whole by itself then.
    async fn close(&self);
    /// Hands out every row of every table as of one moment, parents before children, [`Rows::End`] last. Stops quietly
    /// when nobody takes any more.
    async fn hand_over(&self, out: mpsc::Sender<Rows>) -> Result<()>;
    /// Takes over what another store hands out, all of it or (when the end does not come) nothing.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] where anything was ever written.
    async fn take_over(&self, coming: mpsc::Receiver<Rows>) -> Result<()>;
}

/// One append.
#[async_trait]
pub trait Tx: Send {
    /// The last change before this append.
    fn head(&self) -> Tip;
    /// The same as [`Store::changes`], on the connection that this append holds already.
    async fn changes(&mut self, wanted: Which, limit: usize) -> Result<Vec<Change>>;
    /// All changes of these records: those of each in order.
    async fn histories(&mut self, ids: &[Id]) -> Result<Vec<Change>>;
    /// The records of these ids that are or were there.
    async fn present(&mut self, ids: &[Id]) -> Result<Vec<Present>>;
    /// The records that carry these codes.
    async fn by_code(&mut self, kind: Kind, codes: &[String]) -> Result<Vec<(String, Id)>>;
    /// Links to these records, as (source, role, target).
    async fn links_to(&mut self, ids: &[Id]) -> Result<Vec<(Id, String, Id)>>;
    /// Overwrites the bodies of changes that are there: for redaction only.
    async fn overwrite(&mut self, changes: &[Change]) -> Result<()>;
    /// What lists brought that became these records.
    async fn sources_of(&mut self, records: &[Id]) -> Result<Vec<SourceRow>>;
    /// How many rows' own records each other list brought under these keys.
    async fn lists_with(&mut self, list: &str, keys: &[String]) -> Result<Vec<(String, u64)>>;
    /// What a list brought under these keys, every role.
    async fn sources(&mut self, list: &str, keys: &[String]) -> Result<Vec<SourceRow>>;
    /// Appends changes (numbered from `head() + 1`) and brings records and links to what they say.
    async fn append(&mut self, changes: &[Change]) -> Result<()>;
    /// Remembers what a list brought.
    async fn put_sources(&mut self, rows: &[SourceRow]) -> Result<()>;
    /// Forgets what lists said of these records, but not that it was them, so a list may bring them again; and not that
    /// something of it was erased.
    async fn forget_parts(&mut self, records: &[Id]) -> Result<()>;
    /// The undo of a batch that is not done yet.
    async fn undo_of(&mut self, batch: Uuid) -> Result<Option<UndoRow>>;
    /// Remembers an undo that is not done yet.
    async fn put_undo(&mut self, row: &UndoRow) -> Result<()>;
    /// Forgets the undo of a batch, and the one that was written as it.
    async fn drop_undo(&mut self, batch: Uuid) -> Result<()>;
    /// Makes a written dataset version the present one.
    async fn put_dataset(&mut self, info: &DatasetInfo) -> Result<()>;
    /// Adds an account.
    async fn put_account(&mut self, account: &Account, at: Timestamp) -> Result<()>;
    /// Ends every session of an account.
    async fn drop_sessions(&mut self, account: Uuid) -> Result<()>;
    /// Gives an account another role.
    async fn put_role(&mut self, account: Uuid, role: &str) -> Result<()>;
    /// Takes an account's secrets away.
    async fn drop_secrets(&mut self, account: Uuid) -> Result<()>;
    /// Adds a secret of an account.
    async fn put_secret(
        &mut self,
        digest: &[u8],
        account: Uuid,
        purpose: Purpose,
        expires: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<()>;
    /// Durable from here on.
    async fn commit(self: Box<Self>) -> Result<()>;
}
