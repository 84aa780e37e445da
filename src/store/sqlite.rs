//! A SQLite file: WAL, every commit on the disk before it is acknowledged, one writer at a time.

use async_trait::async_trait;
use futures::TryStreamExt;
use jiff::Timestamp;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, QueryBuilder, Row, Transaction};
use std::str::FromStr;
use std::time::Duration;
use uuid::Uuid;

use super::{
    Account, DatasetInfo, Purpose, Result, SessionRow, SourceRow, Store, StoreError, StoredRecord, Tx, Wanted,
};
use crate::change::apply::Present;
use crate::change::{Change, Op, Seq, upgrade};
use crate::model::record::{all_links, code_of, stored};
use crate::model::{Id, Kind};

/// SQLite takes 32,766 values a statement; rows of a bulk write are cut to fit.
const VALUES: usize = 32_000;

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

struct SqliteTx {
    tx: Transaction<'static, sqlx::Sqlite>,
    head: Seq,
}

#[async_trait]
impl Tx for SqliteTx {
    fn head(&self) -> Seq {
        self.head
    }

    async fn present(&mut self, ids: &[Id]) -> Result<Vec<Present>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "select id, kind, version, body from record where id in (select unhex(value) from json_each(?1))",
        )
        .bind(hex_list(ids))
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Present {
                    id: row.try_get(0)?,
                    kind: kind_of(row.try_get(1)?)?,
                    version: row.try_get::<u32, _>(2)?,
                    body: row.try_get::<Option<String>, _>(3)?.as_deref().map(stored),
                })
            })
            .collect()
    }

    async fn by_code(&mut self, kind: Kind, codes: &[String]) -> Result<Vec<(String, Id)>> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        let rows =
            sqlx::query("select code, id from record where kind = ?1 and code in (select value from json_each(?2))")
                .bind(kind.name())
                .bind(serde_json::to_string(codes).expect("texts can be written"))
                .fetch_all(&mut *self.tx)
                .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    async fn links_to(&mut self, ids: &[Id]) -> Result<Vec<(Id, String, Id)>> {
        let rows = sqlx::query(
            "select source, role, target from link where target in (select unhex(value) from json_each(?1))",
        )
        .bind(hex_list(ids))
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    async fn sources(&mut self, list: &str, keys: &[String]) -> Result<Vec<SourceRow>> {
        let rows = sqlx::query(
            "select key, role, record, part from source where list = ?1 and key in (select value from json_each(?2))",
        )
        .bind(list)
        .bind(serde_json::to_string(keys).expect("texts can be written"))
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(SourceRow {
                    list: list.to_owned(),
                    key: row.try_get(0)?,
                    role: row.try_get(1)?,
                    record: row.try_get(2)?,
                    part: row.try_get(3)?,
                })
            })
            .collect()
    }

    async fn append(&mut self, changes: &[Change]) -> Result<()> {
        let Some(last) = changes.last() else { return Ok(()) };
        sqlx::query("update head set seq = ?1").bind(last.seq as i64).execute(&mut *self.tx).await?;
        for chunk in changes.chunks(VALUES / 15) {
            let mut sql = QueryBuilder::new(
                "insert into change (seq, id, op, of, kind, record, version, schema, before, after, by, at, why,
                 exercise, batch) ",
            );
            sql.push_values(chunk, |mut row, c| {
                row.push_bind(c.seq as i64)
                    .push_bind(c.id)
                    .push_bind(c.op.as_str())
                    .push_bind(c.of)
                    .push_bind(c.kind.map(Kind::name))
                    .push_bind(c.record)
                    .push_bind(c.version)
                    .push_bind(c.schema)
                    .push_bind(c.before.as_deref())
                    .push_bind(c.after.as_deref())
                    .push_bind(c.by)
                    .push_bind(c.at.to_string())
                    .push_bind(c.why.as_deref())
                    .push_bind(c.exercise)
                    .push_bind(c.batch);
            });
            sql.build().execute(&mut *self.tx).await?;
        }
        self.bring_records(changes).await?;
        self.head = last.seq;
        Ok(())
    }

    async fn put_sources(&mut self, rows: &[SourceRow]) -> Result<()> {
        for chunk in rows.chunks(VALUES / 5) {
            let mut sql = QueryBuilder::new("insert into source (list, key, role, record, part) ");
            sql.push_values(chunk, |mut row, s| {
                row.push_bind(&s.list).push_bind(&s.key).push_bind(&s.role).push_bind(s.record).push_bind(&s.part);
            });
            sql.push(" on conflict (list, key, role) do update set record = excluded.record, part = excluded.part");
            sql.build().execute(&mut *self.tx).await?;
        }
        Ok(())
    }

    async fn forget_parts(&mut self, records: &[Id]) -> Result<()> {
        sqlx::query("update source set part = '{}' where record in (select unhex(value) from json_each(?1))")
            .bind(hex_list(records))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn put_dataset(&mut self, info: &DatasetInfo) -> Result<()> {
        // Only what is replaced goes: the parts of another import that is under way stay.
        let before: Option<Uuid> = sqlx::query_scalar("select version from dataset where name = ?1")
            .bind(&info.name)
            .fetch_optional(&mut *self.tx)
            .await?;
        sqlx::query(
            "insert into dataset (name, version, rows, loaded_at) values (?1, ?2, ?3, ?4) on conflict (name)
             do update set version = excluded.version, rows = excluded.rows, loaded_at = excluded.loaded_at",
        )
        .bind(&info.name)
        .bind(info.version)
        .bind(info.rows as i64)
        .bind(info.loaded_at.to_string())
        .execute(&mut *self.tx)
        .await?;
        sqlx::query("delete from dataset_part where name = ?1 and version = ?2")
            .bind(&info.name)
            .bind(before)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn put_account(&mut self, account: &Account, at: Timestamp) -> Result<()> {
        sqlx::query("insert into account (id, name, role, created_at) values (?1, ?2, ?3, ?4)")
            .bind(account.id)
            .bind(&account.name)
            .bind(&account.role)
            .bind(at.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn put_secret(
        &mut self,
        digest: &[u8],
        account: Uuid,
        purpose: Purpose,
        expires: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<()> {
        let purpose = match purpose {
            Purpose::Link => "link",
            Purpose::Token => "token",
        };
        sqlx::query(
            "insert into secret (digest, account, purpose, expires_at, created_at) values (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(digest)
        .bind(account)
        .bind(purpose)
        .bind(expires.map(|t| t.to_string()))
        .bind(at.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.tx.commit().await?;
        Ok(())
    }
}

impl SqliteTx {
    /// Records and links as the changes say; of several changes to one record the last counts.
    async fn bring_records(&mut self, changes: &[Change]) -> Result<()> {
        let mut last: std::collections::HashMap<Id, &Change> = std::collections::HashMap::new();
        for change in changes.iter().filter(|c| c.kind.is_some()) {
            if let Some(id) = change.record {
                last.insert(id, change);
            }
        }
        let mut rows: Vec<(Id, &Change, Kind)> =
            last.into_iter().filter_map(|(id, c)| Some((id, c, c.kind?))).collect();
        rows.sort_unstable_by_key(|(id, ..)| *id);
        let bodies: Vec<_> = rows.iter().map(|(_, c, _)| c.after.as_deref().map(stored)).collect();
        // Codes may change hands within one append: they are let go of before they are taken.
        let known: Vec<Id> = rows.iter().filter(|(_, c, _)| c.before.is_some()).map(|(id, ..)| *id).collect();
        if !known.is_empty() {
            sqlx::query(
                "update record set code = null
                 where code is not null and id in (select unhex(value) from json_each(?1))",
            )
            .bind(hex_list(&known))
            .execute(&mut *self.tx)
            .await?;
        }
        let with_bodies: Vec<_> = rows.iter().zip(&bodies).collect();
        for chunk in with_bodies.chunks(VALUES / 5) {
            let mut sql = QueryBuilder::new("insert into record (id, kind, version, code, body) ");
            sql.push_values(chunk, |mut row, ((id, change, kind), body)| {
                row.push_bind(*id)
                    .push_bind(kind.name())
                    .push_bind(change.version)
                    .push_bind(body.as_ref().and_then(|b| code_of(*kind, b)))
                    .push_bind(change.after.as_deref());
            });
            sql.push(
                " on conflict (id) do update set version = excluded.version, code = excluded.code,
                 body = excluded.body",
            );
            sql.build().execute(&mut *self.tx).await?;
        }
        if !known.is_empty() {
            sqlx::query("delete from link where source in (select unhex(value) from json_each(?1))")
                .bind(hex_list(&known))
                .execute(&mut *self.tx)
                .await?;
        }
        let links: Vec<(Id, String, Id)> = with_bodies
            .iter()
            .filter_map(|((id, ..), body)| Some((*id, body.as_ref()?)))
            .flat_map(|(id, body)| all_links(body).into_iter().map(move |(role, target)| (id, role, target)))
            .collect();
        for chunk in links.chunks(VALUES / 3) {
            let mut sql = QueryBuilder::new("insert into link (source, role, target) ");
            sql.push_values(chunk, |mut row, (source, role, target)| {
                row.push_bind(*source).push_bind(role).push_bind(*target);
            });
            sql.build().execute(&mut *self.tx).await?;
        }
        Ok(())
    }
}

fn hex_list(ids: &[Id]) -> String {
    let mut text = String::with_capacity(ids.len() * 35 + 2);
    text.push('[');
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(&id.simple().to_string());
        text.push('"');
    }
    text.push(']');
    text
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
