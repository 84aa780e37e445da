//! A SQLite file: WAL, every commit on the disk before it is acknowledged, one writer at a time.

use async_trait::async_trait;
use futures::TryStreamExt;
use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Row, Transaction};
use std::collections::HashMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc};
use uuid::Uuid;

use super::append::{VALUES, append_on};
use super::here::Here;
use super::rows::{body_of, id_list, kind_of, number, rows_on, text_list, time_of, upgraded};
use super::shared::{BATCH, PARTS, store_on};
use super::statements::{statements, statements_on};
use super::{
    Account, AccountRow, DatasetInfo, LinkRow, PartRow, Purpose, RecordRow, Result, Rows, SecretRow, SessionRow,
    SourceRow, Store, StoreError, Tip, Tx, UndoRow, Which,
};
use crate::change::apply::Present;
use crate::change::{Change, Op, Seq, redact};
use crate::model::record::{all_links, code_of, stored};
use crate::model::{Id, Kind};

/// A SQLite file as a store.
pub struct Sqlite {
    place: String,
    /// One append of this process at a time; the lock on `head` is for those of others.
    turn: Arc<Mutex<()>>,
    readers: SqlitePool,
    writer: SqlitePool,
    here: Option<Arc<Here>>,
}

impl Sqlite {
    /// Opens (and makes, where it is new) the file of `sqlite:PATH`, and brings it to the present schema.
    pub async fn open(url: &str) -> Result<Self> {
        let unusable = |e: sqlx::Error| StoreError::Unusable { place: url.to_owned(), reason: e.to_string() };
        let options = SqliteConnectOptions::from_str(url)
            .map_err(unusable)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .pragma("cache_size", "-4096")
            .pragma("journal_size_limit", "67108864")
            .disable_statement_logging();
        let file = options.get_filename().to_owned();
        make_private(options.get_filename()).map_err(|e| unusable(sqlx::Error::Io(e)))?;
        // On a full disk SQLite rolls back by itself, which the driver does not notice: its connection would refuse
        // every further append. Such a one is let go of.
        let pool = |most: u32| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .acquire_timeout(Duration::from_secs(30))
                .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        };
        // Appends come back to the same pages again and again; whoever reads everything at start never does.
        let writer = pool(1).connect_with(options.clone().pragma("cache_size", "-65536")).await.map_err(unusable)?;
        migrate(&writer, url).await?;
        let readers = pool(4).connect_with(options).await.map_err(unusable)?;
        let here = Here::of(&file).map(Arc::new);
        Ok(Self { place: url.to_owned(), turn: Arc::default(), readers, writer, here })
    }

    /// Every statement this store asks, by name.
    pub fn statements() -> Vec<(&'static str, &'static str)> {
        [sql::ALL, own::ALL].concat()
    }

    async fn reader(&self) -> Result<PoolConnection<sqlx::Sqlite>> {
        Ok(self.readers.acquire().await?)
    }

    async fn writer(&self) -> Result<PoolConnection<sqlx::Sqlite>> {
        self.here.as_ref().map_or(Ok(()), |here| here.still())?;
        Ok(self.writer.acquire().await?)
    }

    async fn start(&self) -> Result<Transaction<'static, sqlx::Sqlite>> {
        self.here.as_ref().map_or(Ok(()), |here| here.still())?;
        Ok(self.writer.begin_with("begin immediate").await?)
    }

    async fn move_in(&self) -> Result<Transaction<'static, sqlx::Sqlite>> {
        self.start().await
    }

    async fn look(&self) -> Result<Transaction<'static, sqlx::Sqlite>> {
        Ok(self.readers.begin().await?)
    }

    /// Looks at every page and every index.
    async fn examine(&self) -> Result<Vec<String>> {
        let said: Vec<String> = sqlx::query_scalar(own::INTEGRITY).fetch_all(&mut *self.reader().await?).await?;
        Ok(said.into_iter().filter(|line| line != "ok").collect())
    }

    async fn let_go(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A file tells nobody: it is looked at again.
    async fn wait_for_news(&self, patience: Duration) {
        tokio::time::sleep(patience).await;
    }
}

/// A file that is new is readable for nobody else; SQLite gives what it puts beside it the same rights.
fn make_private(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let in_memory = file.as_os_str().is_empty() || file.starts_with(":memory:") || file.starts_with("file:");
    if in_memory || file.exists() || !file.parent().is_none_or(|p| p.as_os_str().is_empty() || p.exists()) {
        return Ok(());
    }
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map(|_| ())
}

async fn migrate(pool: &SqlitePool, url: &str) -> Result<()> {
    use sqlx::migrate::MigrateError;
    sqlx::migrate!("migrations/sqlite").run(pool).await.map_err(|e| match e {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => StoreError::Newer(url.to_owned()),
        other => StoreError::Unusable { place: url.to_owned(), reason: other.to_string() },
    })
}

mod own {
    use super::statements;
    statements! {
        INTEGRITY = "pragma integrity_check";
    }
}

statements_on! { ids: "select unhex(value) from json_each($1)", texts: "select value from json_each($1)" }
store_on! { store: Sqlite, append: SqliteTx, database: sqlx::Sqlite, connection: SqliteConnection, row: SqliteRow }
append_on! { append: SqliteTx, database: sqlx::Sqlite, row: SqliteRow }
rows_on! { row: SqliteRow }

impl SqliteTx {
    /// Other processes look at the head.
    async fn tell_others(&mut self, _seq: Seq) -> Result<()> {
        Ok(())
    }

    /// Nothing stands beside records here.
    async fn follow_records(&mut self, _rows: &[RecordRow]) -> Result<()> {
        Ok(())
    }
}
