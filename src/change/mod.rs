//! What happened: drafts become changes, changes become the present and can be taken back. Pure: no IO, no clock.

pub mod apply;
pub mod diff;
pub mod redact;
pub mod undo;
pub mod upgrade;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{Id, Kind};

/// The number of a change: gapless, in the order in which changes became true.
pub type Seq = u64;

/// The shape in which bodies are stored today; see [`upgrade`].
pub const SCHEMA: u32 = 1;

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What a change did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Op { $($(#[$doc])* $name),* }

        impl Op {
            /// As stored and answered.
            pub fn as_str(self) -> &'static str {
                match self { $(Op::$name => $text),* }
            }

            /// The operation of that name.
            pub fn by_name(name: &str) -> Option<Op> {
                match name { $($text => Some(Op::$name),)* _ => None }
            }
        }
    };
}

ops! {
    /// A record came to be.
    Create = "create",
    /// Its fields changed.
    Update = "update",
    /// It is gone; its history stays.
    Delete = "delete",
    /// It is back.
    Restore = "restore",
    /// An earlier change was taken back, as far as nobody touched it since.
    Undo = "undo",
    /// It became one with another record.
    Merge = "merge",
    /// A personal value was overwritten everywhere.
    Redact = "redact",
    /// A dataset was replaced.
    Dataset = "dataset",
    /// An account's role, session or token changed.
    Access = "access",
}

/// One entry of the log. Bodies are canonical JSON text of the whole stored record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Place in the order.
    pub seq: Seq,
    /// Its own identity.
    pub id: Uuid,
    /// What it did.
    pub op: Op,
    /// The change it takes back, or the record it merged into.
    pub of: Option<Uuid>,
    /// The kind of its record; none for datasets and access.
    pub kind: Option<Kind>,
    /// Its record, or the account an access change is about.
    pub record: Option<Id>,
    /// The record's version after it.
    pub version: u32,
    /// The shape of its bodies.
    pub schema: u32,
    /// The body before, if there was one.
    pub before: Option<String>,
    /// The body after, if there is one.
    pub after: Option<String>,
    /// The account that did it.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
    /// Why, in the writer's words.
    pub why: Option<String>,
    /// The exercise it was made in.
    pub exercise: Option<Uuid>,
    /// The batch it belongs to: one form, one import, one undo.
    pub batch: Uuid,
}

/// Who makes a change, when, why, together with what.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The account.
    pub by: Uuid,
    /// The moment.
    pub at: Timestamp,
    /// The reason given.
    pub why: Option<String>,
    /// The batch.
    pub batch: Uuid,
}
