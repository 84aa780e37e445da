//! Why something could not be done; the status of each is in one table in `http/error.rs`.

use crate::model::{Code, Problem};
use crate::store::StoreError;

/// What can go wrong in a use case.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A readable body or parameter that is wrong (422).
    #[error("{}", shown(.0))]
    Problems(Vec<Problem>),
    /// There is no such record, or not for this caller (404).
    #[error("there is no such record")]
    NotFound,
    /// The id or code is taken (409).
    #[error("{}", shown(.0))]
    Conflict(Vec<Problem>),
    /// The record changed since it was read (412); the present record as the caller may see it.
    #[error("the record changed since it was read")]
    Stale(Option<String>),
    /// Nobody is signed in (401).
    #[error("sign in to do this")]
    NotSignedIn,
    /// The caller's role does not allow it (403).
    #[error("your role does not allow this")]
    Forbidden,
    /// The data can't be reached (503).
    #[error("{0}")]
    Unavailable(String),
    /// Stored data makes no sense (500).
    #[error("{0}")]
    Damaged(String),
    /// A fault of the program itself, which is in the log (500).
    #[error("something went wrong inside")]
    Fault,
    /// So much is asked that this had no turn (503).
    #[error("too much is being asked")]
    Busy,
    /// The program is ending (503).
    #[error("the program is ending")]
    Ending,
    /// A file that can't be read (CLI: exit 1).
    #[error("{0}")]
    File(String),
}

impl AppError {
    /// A single problem.
    pub fn problem(field: &str, code: Code, message: impl Into<String>) -> Self {
        Self::Problems(vec![Problem::new(field, code, message)])
    }

    /// Stored data that makes no sense.
    pub fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(what) => Self::damaged(format!("stored data is damaged: {what}")),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

fn shown(problems: &[Problem]) -> String {
    let one = |p: &Problem| if p.field.is_empty() { p.message.clone() } else { format!("{}: {}", p.field, p.message) };
    problems.iter().map(one).collect::<Vec<_>>().join("; ")
}
