//! PostgreSQL: any number of instances on one database. The lock on the `head` row is the order of all changes.

mod cells;
mod own;
mod views;

use async_trait::async_trait;
use futures::TryStreamExt;
use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions, PgRow};
use sqlx::{ConnectOptions, Connection, PgConnection, QueryBuilder, Row, Transaction};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc};
use tokio::time::timeout;
use uuid::Uuid;

use super::address::{Address, shown};
use super::append::{VALUES, append_on};
use super::here::Here;
use super::rows::{body_of, id_list, kind_of, number, rows_on, text_list, time_of, upgraded};
use super::shared::{BATCH, PARTS, store_on};
use super::statements::statements_on;
use super::{
    Account, AccountRow, DatasetInfo, LinkRow, PartRow, Purpose, RecordRow, Result, Rows, SecretRow, SessionRow,
    SourceRow, Store, StoreError, Tip, Tx, UndoRow, Which,
};
use crate::change::apply::Present;
use crate::change::{Change, Op, Seq, redact};
use crate::model::record::{all_links, code_of, stored};
use crate::model::{Id, Kind, Point};
use cells::cell_of;

/// A PostgreSQL database as a store.
pub struct Postgres {
    place: String,
    /// One append of this process at a time; the lock on `head` is for those of others.
    turn: Arc<Mutex<()>>,
    hosts: Vec<PgConnectOptions>,
    pool: PgPool,
    /// A server tells itself when its data is gone.
    here: Option<Arc<Here>>,
    /// The ear for NOTIFY; none while it is to be connected (again).
    ear: Mutex<Option<PgListener>>,
    notify: bool,
}

/// How long one host may take to answer when a server is looked for.
const HOST_PATIENCE: Duration = Duration::from_secs(2);
/// How long a caller waits for a connection before another server is looked for.
const POOL_PATIENCE: Duration = Duration::from_secs(1);
/// How an append begins. Its process may be frozen or cut off in the midst of it: the server then lets go of the order
/// of all changes after ten seconds of silence, be it that nothing is asked or that an answer is not taken, and nobody
/// waits in the server for longer than a caller waits for an answer.
const APPEND: &str = "begin; set local idle_in_transaction_session_timeout = '10s'; \
                      set local tcp_user_timeout = '10s'; set local lock_timeout = '20s'";
/// How everything is moved in from elsewhere: one append that may have to wait for its rows.
const MOVE_IN: &str = "begin; set local idle_in_transaction_session_timeout = '10min'; \
                       set local tcp_user_timeout = '10min'";
/// How a lasting look begins. It holds up no append, but changes of the schema and the server's housekeeping.
const BEGIN_LOOK: &str = "begin isolation level repeatable read read only; \
                    set local idle_in_transaction_session_timeout = '10min'; set local tcp_user_timeout = '10min'";
/// The word that instances wake each other with.
const CHANNEL: &str = "commonground";

impl Postgres {
    /// Opens the database of `postgres://USER@HOST,HOST/NAME`, and brings it to the present schema.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] says what to do about a wrong address, password, name or missing right.
    pub async fn open(url: &str) -> Result<Self> {
        let place = shown(url);
        let unusable = |reason: String| StoreError::Unusable { place: shown(url), reason };
        let Address { hosts, notify } = Address::read(url).map_err(unusable)?;
        let hosts: Vec<PgConnectOptions> = hosts.into_iter().map(|h| h.disable_statement_logging()).collect();
        let first = takes_writes(&hosts).await.map_err(|e| unusable(advice(&e)))?;
        // A server may have become a standby since: such a connection is let go of before it is used.
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(POOL_PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!is_standby(connection).await?) }))
            .connect_lazy_with(first);
        let store = Self { place, turn: Arc::default(), hosts, pool, here: None, ear: Mutex::new(None), notify };
        store.migrate().await?;
        Ok(store)
    }

    /// Every statement this store asks, by name.
    pub fn statements() -> Vec<(&'static str, &'static str)> {
        [sql::ALL, own::ALL].concat()
    }

    async fn migrate(&self) -> Result<()> {
        use sqlx::migrate::MigrateError;
        let unusable = |reason: String| StoreError::Unusable { place: self.place.clone(), reason };
        // The lock of a migration is the session's: a connection of its own, which the server ends when it falls silent.
        let connection = self.pool.acquire().await.map_err(|e| unusable(advice(&e)))?;
        let mut connection = connection.detach();
        let bounded = sqlx::query(own::LET_GO_IF_SILENT).execute(&mut connection).await;
        bounded.map_err(|e| unusable(advice(&e)))?;
        sqlx::migrate!("migrations/postgres").run(&mut connection).await.map_err(|e| match e {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => StoreError::Newer(self.place.clone()),
            MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => unusable(advice(&e)),
            other => unusable(other.to_string()),
        })?;
        if let Err(error) = views::bring(&mut connection).await {
            // The service needs no views; whoever asks the database directly does.
            tracing::warn!(%error, "the views of cg_public and cg_full could not be made: {}", advice(&error));
        }
        let _ = connection.close().await;
        Ok(())
    }

    async fn reader(&self) -> Result<PoolConnection<sqlx::Postgres>> {
        if let Ok(connection) = self.pool.acquire().await {
            return Ok(connection);
        }
        let host = takes_writes(&self.hosts).await.map_err(|e| StoreError::Away(e.to_string()))?;
        self.pool.set_connect_options(host);
        Ok(self.pool.acquire().await?)
    }

    async fn writer(&self) -> Result<PoolConnection<sqlx::Postgres>> {
        self.reader().await
    }

    async fn start(&self) -> Result<Transaction<'static, sqlx::Postgres>> {
        self.transaction(APPEND).await
    }

    async fn move_in(&self) -> Result<Transaction<'static, sqlx::Postgres>> {
        self.transaction(MOVE_IN).await
    }

    async fn look(&self) -> Result<Transaction<'static, sqlx::Postgres>> {
        self.transaction(BEGIN_LOOK).await
    }

    async fn transaction(&self, words: &'static str) -> Result<Transaction<'static, sqlx::Postgres>> {
        // The connection that was just tried goes back and is the next one handed out.
        drop(self.reader().await?);
        Ok(self.pool.begin_with(words).await?)
    }

    /// It watches over its pages itself (checksums, amcheck).
    async fn examine(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn let_go(&self) {
        self.ear.lock().await.take();
        self.pool.close().await;
    }

    /// Waits for NOTIFY. Whatever goes wrong with that only means to look again a little later.
    async fn wait_for_news(&self, patience: Duration) {
        if !self.notify {
            return tokio::time::sleep(patience).await;
        }
        let listening = async {
            let mut ear = self.ear.lock().await;
            if ear.is_none() {
                let mut new = PgListener::connect_with(&self.pool).await?;
                new.listen(CHANNEL).await?;
                *ear = Some(new);
            }
            let Some(listener) = ear.as_mut() else { return Ok(()) };
            let heard = listener.recv().await.map(|_| ());
            // Several that came together are one reason to look.
            while listener.next_buffered().is_some() {}
            if heard.is_err() {
                *ear = None;
            }
            heard
        };
        let begun = tokio::time::Instant::now();
        if let Ok(Err(error)) = timeout(patience, listening).await {
            tracing::debug!(%error, "no NOTIFY just now");
            tokio::time::sleep_until(begun + patience).await;
        }
    }
}

/// The first host that answers and is no standby.
async fn takes_writes(hosts: &[PgConnectOptions]) -> std::result::Result<PgConnectOptions, sqlx::Error> {
    let mut fault = sqlx::Error::PoolTimedOut;
    for host in hosts {
        let asked = async {
            let mut connection = PgConnection::connect_with(host).await?;
            let standby = is_standby(&mut connection).await?;
            connection.close().await?;
            Ok(standby)
        };
        match timeout(HOST_PATIENCE, asked).await {
            Ok(Ok(false)) => return Ok(host.clone()),
            Ok(Ok(true)) => fault = sqlx::Error::Protocol(format!("{} is a standby", host.get_host())),
            Ok(Err(error)) => fault = error,
            Err(_) => fault = sqlx::Error::Protocol(format!("{} does not answer", host.get_host())),
        }
    }
    Err(fault)
}

async fn is_standby(connection: &mut PgConnection) -> std::result::Result<bool, sqlx::Error> {
    sqlx::query_scalar(own::IS_STANDBY).fetch_one(connection).await
}

/// What an operator can do about an error, in words.
fn advice(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|e| e.code());
    let hint = match code.as_deref() {
        Some("28P01" | "28000") => "check the user and the password in the address",
        Some("3D000") => "make the database first: createdb NAME",
        Some("42501") => {
            "the role lacks a right: let it own the database (ALTER DATABASE name OWNER TO role), or \
             GRANT CREATE ON DATABASE name TO role and GRANT CREATE ON SCHEMA public TO role"
        }
        _ if matches!(error, sqlx::Error::Io(_)) => "check host and port in the address, and that the server runs",
        _ => return error.to_string(),
    };
    format!("{error}; {hint}")
}

statements_on! { ids: "select value::uuid from jsonb_array_elements_text($1::jsonb)", texts: "select value from jsonb_array_elements_text($1::jsonb)" }
store_on! { store: Postgres, append: PostgresTx, database: sqlx::Postgres, connection: PgConnection, row: PgRow }
append_on! { append: PostgresTx, database: sqlx::Postgres, row: PgRow }
rows_on! { row: PgRow }

impl PostgresTx {
    /// Heard at commit. A wake-up only: who misses it looks at the head a little later.
    async fn tell_others(&mut self, seq: Seq) -> Result<()> {
        sqlx::query(own::WAKE).bind(seq.to_string()).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Keeps the cells of records that may be shown approximately for the views, which can't work out the national grid
    /// themselves.
    async fn follow_records(&mut self, rows: &[RecordRow]) -> Result<()> {
        let older: Vec<Id> = rows.iter().filter(|r| r.version > 1).map(|r| r.id).collect();
        if !older.is_empty() {
            sqlx::query(own::DROP_CELLS).bind(older).execute(&mut *self.tx).await?;
        }
        let (mut ids, mut lons, mut lats) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            if let Some(Point { lon, lat }) = row.body.as_deref().and_then(|body| cell_of(row.kind, body)) {
                ids.push(row.id);
                lons.push(lon);
                lats.push(lat);
            }
        }
        if !ids.is_empty() {
            let put = sqlx::query(own::PUT_CELLS).bind(ids).bind(lons).bind(lats);
            put.execute(&mut *self.tx).await?;
        }
        Ok(())
    }
}
