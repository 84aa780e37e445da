//! One append on SQLite: what is read through it, and how changes, records and links are written together.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Transaction};
use std::collections::HashMap;
use uuid::Uuid;

use super::kind_of;
use crate::change::apply::Present;
use crate::change::{Change, Seq};
use crate::model::record::{all_links, code_of, stored};
use crate::model::{Id, Kind};
use crate::store::{Account, DatasetInfo, Purpose, Result, SourceRow, Tx};

/// SQLite takes 32,766 values a statement; rows of a bulk write are cut to fit.
const VALUES: usize = 32_000;

/// An append under way.
pub struct SqliteTx {
    pub(super) tx: Transaction<'static, sqlx::Sqlite>,
    pub(super) head: Seq,
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
        let mut last: HashMap<Id, &Change> = HashMap::new();
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
