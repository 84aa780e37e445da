//! What moves from one store to another: rows as they are stored, byte for byte, in batches of one table.

use uuid::Uuid;

use super::held::{DatasetInfo, SessionRow, SourceRow, Tip, UndoRow};
use crate::change::Change;
use crate::model::{Id, Kind};

/// Some rows of one table, in the order of its key.
#[derive(Debug)]
pub enum Rows {
    /// Accounts.
    Accounts(Vec<AccountRow>),
    /// Digests of secrets.
    Secrets(Vec<SecretRow>),
    /// Sessions.
    Sessions(Vec<SessionRow>),
    /// The log; bodies in the shape they were written in.
    Changes(Vec<Change>),
    /// Records, deleted ones too.
    Records(Vec<RecordRow>),
    /// Links.
    Links(Vec<LinkRow>),
    /// What lists brought.
    Sources(Vec<SourceRow>),
    /// Undos that are not done yet.
    Undos(Vec<UndoRow>),
    /// Which datasets are loaded.
    Datasets(Vec<DatasetInfo>),
    /// Their bytes.
    Parts(Vec<PartRow>),
    /// That was all; the log ends here.
    End(Tip),
}

/// An account with its day of birth.
#[derive(Debug)]
pub struct AccountRow {
    /// Identity.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Role.
    pub role: String,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

/// What is kept of a secret.
#[derive(Debug)]
pub struct SecretRow {
    /// SHA-256.
    pub digest: Vec<u8>,
    /// Whose.
    pub account: Uuid,
    /// `link` or `token`.
    pub purpose: String,
    /// When it ends, RFC 3339.
    pub expires_at: Option<String>,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

/// A record, there or deleted.
#[derive(Debug)]
pub struct RecordRow {
    /// Identity.
    pub id: Id,
    /// Kind.
    pub kind: Kind,
    /// Version.
    pub version: u32,
    /// The text it is named by.
    pub code: Option<String>,
    /// Canonical JSON; none once it is deleted.
    pub body: Option<String>,
}

/// A link.
#[derive(Debug)]
pub struct LinkRow {
    /// From.
    pub source: Id,
    /// As what.
    pub role: String,
    /// To.
    pub target: Id,
}

/// Some bytes of a dataset.
#[derive(Debug)]
pub struct PartRow {
    /// The dataset.
    pub name: String,
    /// Its version.
    pub version: Uuid,
    /// Which part.
    pub part: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}
