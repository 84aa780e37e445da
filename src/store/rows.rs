//! From rows to what they mean, the same for both databases.

use jiff::Timestamp;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::HashMap;

use super::{Result, StoreError};
use crate::change::{Change, Seq, upgrade};
use crate::model::{Body, Id, Kind};

macro_rules! rows_on {
    (row: $Row:ty) => {
        fn tip_of(row: &$Row) -> Result<Tip> {
            Ok(Tip { seq: row.try_get::<i64, _>(0)? as Seq, change: row.try_get(1)? })
        }

        /// A change with its bodies as they are stored.
        fn change_of(row: &$Row) -> Result<Change> {
            let op: &str = row.try_get("op")?;
            Ok(Change {
                seq: row.try_get::<i64, _>("seq")? as Seq,
                id: row.try_get("id")?,
                op: Op::by_name(op).ok_or_else(|| StoreError::Damaged(format!("unknown operation {op}")))?,
                of: row.try_get("of")?,
                kind: row.try_get::<Option<&str>, _>("kind")?.map(kind_of).transpose()?,
                record: row.try_get("record")?,
                version: row.try_get::<i32, _>("version")? as u32,
                schema: row.try_get::<i32, _>("schema")? as u32,
                before: row.try_get("before")?,
                after: row.try_get("after")?,
                by: row.try_get("by")?,
                at: time_of(row.try_get("at")?)?,
                why: row.try_get("why")?,
                exercise: row.try_get("exercise")?,
                batch: row.try_get("batch")?,
            })
        }

        fn record_row(row: &$Row) -> Result<RecordRow> {
            Ok(RecordRow {
                id: row.try_get(0)?,
                kind: kind_of(row.try_get(1)?)?,
                version: row.try_get::<i32, _>(2)? as u32,
                code: row.try_get(3)?,
                body: row.try_get(4)?,
            })
        }

        fn link_row(row: &$Row) -> Result<LinkRow> {
            Ok(LinkRow { source: row.try_get(0)?, role: row.try_get(1)?, target: row.try_get(2)? })
        }

        /// What a list brought, fit to be read.
        fn source_of(row: &$Row) -> Result<SourceRow> {
            let source = source_row(row)?;
            body_of(&source.part)?;
            Ok(source)
        }

        /// The same as it is stored.
        fn source_row(row: &$Row) -> Result<SourceRow> {
            Ok(SourceRow {
                list: row.try_get(0)?,
                key: row.try_get(1)?,
                role: row.try_get(2)?,
                record: row.try_get(3)?,
                part: row.try_get(4)?,
            })
        }

        fn undo_row(row: &$Row) -> Result<UndoRow> {
            Ok(UndoRow { batch: row.try_get(0)?, undo: row.try_get(1)?, stop: row.try_get(2)? })
        }

        fn dataset_of(row: &$Row) -> Result<DatasetInfo> {
            Ok(DatasetInfo {
                name: row.try_get(0)?,
                version: row.try_get(1)?,
                rows: row.try_get::<i64, _>(2)? as u64,
                loaded_at: time_of(row.try_get(3)?)?,
            })
        }

        fn part_row(row: &$Row) -> Result<PartRow> {
            let part = row.try_get::<i32, _>(2)? as u32;
            Ok(PartRow { name: row.try_get(0)?, version: row.try_get(1)?, part, bytes: row.try_get(3)? })
        }

        fn account_of(row: &$Row) -> Result<Account> {
            Ok(Account { id: row.try_get(0)?, name: row.try_get(1)?, role: row.try_get(2)? })
        }

        fn account_row(row: &$Row) -> Result<AccountRow> {
            let (name, role) = (row.try_get(1)?, row.try_get(2)?);
            Ok(AccountRow { id: row.try_get(0)?, name, role, created_at: row.try_get(3)? })
        }

        fn secret_row(row: &$Row) -> Result<SecretRow> {
            Ok(SecretRow {
                digest: row.try_get(0)?,
                account: row.try_get(1)?,
                purpose: row.try_get(2)?,
                expires_at: row.try_get(3)?,
                created_at: row.try_get(4)?,
            })
        }

        fn session_of(row: &$Row) -> Result<SessionRow> {
            let (data, expires_at, account) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            Ok(SessionRow { id: row.try_get(0)?, data, expires_at, account })
        }
    };
}

pub(super) use rows_on;

/// A change with its bodies in today's shape.
pub(super) fn upgraded(change: Change) -> Result<Change> {
    let (seq, schema) = (change.seq, change.schema);
    let body = |text: Option<String>| {
        let body = text.map(|t| upgrade::body(t, schema).map_err(StoreError::Damaged)).transpose()?;
        let damaged = |e| StoreError::Damaged(format!("a body of change {seq} can't be read: {e}"));
        if let Some(text) = &body {
            serde_json::from_str::<HashMap<Cow<'_, str>, IgnoredAny>>(text).map_err(damaged)?;
        }
        Ok::<_, StoreError>(body)
    };
    Ok(Change { before: body(change.before)?, after: body(change.after)?, ..change })
}

/// A number of a change as databases count: more than they can is the most they can.
pub(super) fn number(seq: Seq) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// A stored body. What is damaged on the disk is an answer here, so that it stops nobody but who asks for it.
pub(super) fn body_of(text: &str) -> Result<Body> {
    serde_json::from_str(text).map_err(|e| StoreError::Damaged(format!("a body can't be read: {e}")))
}

pub(super) fn kind_of(name: &str) -> Result<Kind> {
    Kind::by_name(name).ok_or_else(|| StoreError::Damaged(format!("unknown kind {name}")))
}

pub(super) fn time_of(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| StoreError::Damaged(format!("{text} is no time")))
}

/// Ids as JSON text, 32 digits each: one value to bind, however many they are.
pub(super) fn id_list(ids: &[Id]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    text_list(&ids)
}

/// Texts as JSON text.
pub(super) fn text_list(texts: &[String]) -> String {
    serde_json::to_string(texts).expect("texts can be written")
}
