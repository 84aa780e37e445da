//! A SQLite file: WAL, every commit on the disk before it is acknowledged, one writer at a time.

mod append;

use async_trait::async_trait;
use futures::TryStreamExt;
use jiff::Timestamp;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row};
use std::str::FromStr;
use std::time::Duration;
use uuid::Uuid;

use append::SqliteTx;

use super::{Account, DatasetInfo, Result, SessionRow, Store, StoreError, StoredRecord, Tx, Wanted};
use crate::change::{Change, Op, Seq, upgrade};
use crate::model::{Id, Kind};

/// A SQLite file as a store.
pub struct Sqlite {
    readers: SqlitePool,
    writer: SqlitePool,
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
            .pragma("cache_size", "-65536")
            .pragma("journal_size_limit", "67108864")
            .disable_statement_logging();
        let pool = |most: u32| SqlitePoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(30));
        let writer = pool(1).connect_with(options.clone()).await.map_err(unusable)?;
        migrate(&writer, url).await?;
        let readers = pool(4).connect_with(options).await.map_err(unusable)?;
        Ok(Self { readers, writer })
    }
}

async fn migrate(pool: &SqlitePool, url: &str) -> Result<()> {
    use sqlx::migrate::MigrateError;
    sqlx::migrate!("migrations/sqlite").run(pool).await.map_err(|e| match e {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => StoreError::Newer(url.to_owned()),
        other => StoreError::Unusable { place: url.to_owned(), reason: other.to_string() },
    })
}

#[async_trait]
impl Store for Sqlite {
    async fn begin(&self) -> Result<Box<dyn Tx>> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let head: i64 = sqlx::query_scalar("update head set seq = seq returning seq").fetch_one(&mut *tx).await?;
        Ok(Box::new(SqliteTx { tx, head: head as Seq }))
    }

    async fn head(&self) -> Result<Seq> {
        let head: i64 = sqlx::query_scalar("select seq from head").fetch_one(&self.readers).await?;
        Ok(head as Seq)
    }

    async fn changes(&self, wanted: Wanted, limit: usize) -> Result<Vec<Change>> {
        const AFTER: &str = "select * from change where seq > ?1 order by seq limit ?2";
        const RECORD: &str = "select * from change where record = ?1 order by seq limit ?2";
        const BATCH: &str = "select * from change where batch = ?1 order by seq limit ?2";
        const ONE: &str = "select * from change where id = ?1 limit ?2";
        let query = match wanted {
            Wanted::After(seq) => sqlx::query(AFTER).bind(seq as i64),
            Wanted::OfRecord(id) => sqlx::query(RECORD).bind(id),
            Wanted::OfBatch(id) => sqlx::query(BATCH).bind(id),
            Wanted::ById(id) => sqlx::query(ONE).bind(id),
        };
        let rows = query.bind(limit as i64).fetch_all(&self.readers).await?;
        rows.iter().map(change_of).collect()
    }

    async fn each_record(&self, sink: &mut (dyn FnMut(StoredRecord) + Send)) -> Result<Seq> {
        // One read transaction, so that the records and the head are of the same moment.
        let mut tx = self.readers.begin().await?;
        let head: i64 = sqlx::query_scalar("select seq from head").fetch_one(&mut *tx).await?;
        let mut rows = sqlx::query("select id, kind, version, body from record where body is not null").fetch(&mut *tx);
        while let Some(row) = rows.try_next().await? {
            sink(StoredRecord {
                id: row.try_get(0)?,
                kind: kind_of(row.try_get(1)?)?,
                version: row.try_get::<u32, _>(2)?,
                body: row.try_get(3)?,
            });
        }
        Ok(head as Seq)
    }

    async fn each_link(&self, sink: &mut (dyn FnMut(Id, String, Id) + Send)) -> Result<()> {
        let mut rows = sqlx::query("select source, role, target from link").fetch(&self.readers);
        while let Some(row) = rows.try_next().await? {
            sink(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        }
        Ok(())
    }

    async fn each_source_key(&self, list: &str, sink: &mut (dyn FnMut(String) + Send)) -> Result<()> {
        let mut rows = sqlx::query(
            "select s.key from source s join record r on r.id = s.record
             where s.list = ?1 and s.role = 'self' and r.body is not null",
        )
        .bind(list)
        .fetch(&self.readers);
        while let Some(row) = rows.try_next().await? {
            sink(row.try_get(0)?);
        }
        Ok(())
    }

    async fn datasets(&self) -> Result<Vec<DatasetInfo>> {
        let rows = sqlx::query("select name, version, rows, loaded_at from dataset order by name")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(DatasetInfo {
                    name: row.try_get(0)?,
                    version: row.try_get(1)?,
                    rows: row.try_get::<i64, _>(2)? as u64,
                    loaded_at: time_of(row.try_get(3)?)?,
                })
            })
            .collect()
    }

    async fn dataset_bytes(&self, info: &DatasetInfo) -> Result<Vec<u8>> {
        let mut rows = sqlx::query("select bytes from dataset_part where name = ?1 and version = ?2 order by part")
            .bind(&info.name)
            .bind(info.version)
            .fetch(&self.readers);
        let mut bytes = Vec::new();
        while let Some(row) = rows.try_next().await? {
            bytes.extend_from_slice(row.try_get(0)?);
        }
        Ok(bytes)
    }

    async fn put_dataset_part(&self, name: &str, version: Uuid, part: u32, bytes: &[u8]) -> Result<()> {
        sqlx::query("insert into dataset_part (name, version, part, bytes) values (?1, ?2, ?3, ?4)")
            .bind(name)
            .bind(version)
            .bind(part)
            .bind(bytes)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn accounts(&self) -> Result<Vec<Account>> {
        let rows = sqlx::query("select id, name, role from account order by name").fetch_all(&self.readers).await?;
        rows.iter().map(account_of).collect()
    }

    async fn has_admin(&self, now: i64) -> Result<bool> {
        let found: bool = sqlx::query_scalar(
            "select exists (select 1 from session where expires_at > ?1) or exists (select 1 from secret s join account a on a.id = s.account
             where s.purpose = 'token' and a.role = 'admin')",
        )
        .bind(now)
        .fetch_one(&self.readers)
        .await?;
        Ok(found)
    }

    async fn account_by_token(&self, digest: &[u8]) -> Result<Option<Account>> {
        let row = sqlx::query(
            "select a.id, a.name, a.role from secret s join account a on a.id = s.account
             where s.digest = ?1 and s.purpose = 'token'",
        )
        .bind(digest)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(account_of).transpose()
    }

    async fn use_link(&self, digest: &[u8], now: Timestamp) -> Result<Option<Account>> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let row = sqlx::query(
            "delete from secret where digest = ?1 and purpose = 'link' and expires_at > ?2 returning account",
        )
        .bind(digest)
        .bind(now.to_string())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let account = sqlx::query("select id, name, role from account where id = ?1")
            .bind(row.try_get::<Uuid, _>(0)?)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        account.as_ref().map(account_of).transpose()
    }

    async fn put_session(&self, session: &SessionRow, now: i64) -> Result<()> {
        sqlx::query("delete from session where expires_at <= ?1").bind(now).execute(&self.writer).await?;
        sqlx::query(
            "insert into session (id, data, expires_at) values (?1, ?2, ?3)
             on conflict (id) do update set data = excluded.data, expires_at = excluded.expires_at",
        )
        .bind(&session.id)
        .bind(&session.data)
        .bind(session.expires_at)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn session(&self, id: &str, now: i64) -> Result<Option<SessionRow>> {
        let row = sqlx::query("select id, data, expires_at from session where id = ?1 and expires_at > ?2")
            .bind(id)
            .bind(now)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| Ok(SessionRow { id: row.try_get(0)?, data: row.try_get(1)?, expires_at: row.try_get(2)? }))
            .transpose()
    }

    async fn drop_session(&self, id: &str) -> Result<()> {
        sqlx::query("delete from session where id = ?1").bind(id).execute(&self.writer).await?;
        Ok(())
    }
}

fn change_of(row: &SqliteRow) -> Result<Change> {
    let schema: u32 = row.try_get("schema")?;
    let body = |name: &str| -> Result<Option<String>> {
        let text: Option<String> = row.try_get(name)?;
        text.map(|t| upgrade::body(t, schema).map_err(StoreError::Damaged)).transpose()
    };
    let op: &str = row.try_get("op")?;
    Ok(Change {
        seq: row.try_get::<i64, _>("seq")? as Seq,
        id: row.try_get("id")?,
        op: Op::by_name(op).ok_or_else(|| StoreError::Damaged(format!("unknown operation {op}")))?,
        of: row.try_get("of")?,
        kind: row.try_get::<Option<&str>, _>("kind")?.map(kind_of).transpose()?,
        record: row.try_get("record")?,
        version: row.try_get("version")?,
        schema,
        before: body("before")?,
        after: body("after")?,
        by: row.try_get("by")?,
        at: time_of(row.try_get("at")?)?,
        why: row.try_get("why")?,
        exercise: row.try_get("exercise")?,
        batch: row.try_get("batch")?,
    })
}

fn account_of(row: &SqliteRow) -> Result<Account> {
    Ok(Account { id: row.try_get(0)?, name: row.try_get(1)?, role: row.try_get(2)? })
}

fn kind_of(name: &str) -> Result<Kind> {
    Kind::by_name(name).ok_or_else(|| StoreError::Damaged(format!("unknown kind {name}")))
}

fn time_of(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| StoreError::Damaged(format!("{text} is no time")))
}
