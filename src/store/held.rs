//! What a store is asked for and answers with, one by one; what moves between stores in masses is in `moving.rs`.

use jiff::Timestamp;
use uuid::Uuid;

use crate::change::Seq;
use crate::model::Id;

/// The end of the log: the number of the last change, and which change that is. Two instances that agree on both
/// agree on all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tip {
    /// Its number.
    pub seq: Seq,
    /// Its id; none where there is no change yet.
    pub change: Option<Uuid>,
}

/// Which changes are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// Those after a number, in order.
    After(Seq),
    /// Those of one record after a number, in order.
    OfRecord(Id, Seq),
    /// The one with this id.
    ById(Uuid),
}

/// What a list brought once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// The list.
    pub list: String,
    /// The row's key.
    pub key: String,
    /// Which part of the row.
    pub role: String,
    /// The record it became.
    pub record: Id,
    /// The part as it came last, canonical JSON.
    pub part: String,
}

/// An undo of a batch that is under way, or was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoRow {
    /// What is taken back.
    pub batch: Uuid,
    /// The batch it is written as.
    pub undo: Uuid,
    /// Somebody wants it to stop.
    pub stop: bool,
}

/// A dataset that is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetInfo {
    /// Its name: postcodes, area-codes, gazetteer, term-dates.
    pub name: String,
    /// Changes with every load.
    pub version: Uuid,
    /// Rows taken in.
    pub rows: u64,
    /// When.
    pub loaded_at: Timestamp,
}

/// Somebody or something that may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identity; `by` of changes.
    pub id: Uuid,
    /// Shown in history.
    pub name: String,
    /// The role's name.
    pub role: String,
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signs in once.
    Link,
    /// A bearer token.
    Token,
}

impl Purpose {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Link => "link",
            Purpose::Token => "token",
        }
    }
}

/// A session of a browser, kept until it expires or its account's access ends.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// The cookie's value, as text.
    pub id: String,
    /// JSON.
    pub data: String,
    /// Seconds since 1970.
    pub expires_at: i64,
    /// Whose it is.
    pub account: Option<Uuid>,
}
