//! What is told of an undo: of what may be many, the first and the number.

use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

use crate::app::{App, AppError, Caller};
use crate::change::Seq;
use crate::change::undo::Kept;
use crate::model::Id;

/// Records, and things that were kept, which are told one by one.
pub const MOST_UNDONE_TOLD: usize = 1_000;

/// The first of many, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few<T> {
    /// The first thousand.
    pub first: Vec<T>,
    /// How many there are.
    pub all: u64,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { first: Vec::new(), all: 0 }
    }
}

impl<T> Few<T> {
    /// Whether there are more than are told.
    pub fn is_cut(&self) -> bool {
        self.all > self.first.len() as u64
    }

    /// Takes in more.
    pub(super) fn add(&mut self, more: Vec<T>) {
        self.all += more.len() as u64;
        self.first.extend(more.into_iter().take(MOST_UNDONE_TOLD - self.first.len()));
    }
}

/// What an undo did since it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The batch the undo was written as.
    pub batch: Uuid,
    /// Records that went back.
    pub reverted: Few<Id>,
    /// What was left as it is.
    pub kept: Few<Kept>,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// The number of the last change after it.
    pub revision: Seq,
}

impl Undone {
    pub(super) fn new(batch: Uuid, revision: Seq) -> Self {
        Self { batch, reverted: Few::default(), kept: Few::default(), stopped: false, revision }
    }

    /// As it is answered; `kept` with names.
    pub fn answer(&self, kept: &[KeptNamed]) -> Value {
        json!({
            "batch": self.batch,
            "reverted": self.reverted.first,
            "kept": kept,
            "totals": {"reverted": self.reverted.all, "kept": self.kept.all},
            "more": self.reverted.is_cut() || self.kept.is_cut(),
            "stopped": self.stopped,
            "revision": self.revision,
        })
    }

    pub(super) fn stopped(self) -> Self {
        Self { stopped: true, ..self }
    }
}

/// Something that an undo left as it is, with names for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptNamed {
    /// What was left.
    #[serde(flatten)]
    pub kept: Kept,
    /// The record's kind.
    pub kind: Option<&'static str>,
    /// Its name, as far as the caller sees it.
    pub name: Option<String>,
    /// Who touched it since.
    pub by_name: Option<String>,
}

impl KeptNamed {
    /// In words.
    pub fn told(&self) -> String {
        let name =
            self.name.as_ref().map_or_else(|| self.kept.record.to_string(), |n| format!("{n} ({})", self.kept.record));
        let what = self.kept.field.as_ref().map_or_else(|| "the record itself".to_owned(), Clone::clone);
        let why = match (&self.by_name, self.kept.by) {
            (Some(by), _) => format!("{by} changed it since"),
            (None, Some(_)) => "somebody changed it since".to_owned(),
            (None, None) => "other records need it".to_owned(),
        };
        format!("{name}: {what}, since {why}")
    }
}

impl App {
    /// What an undo kept, with the names of the records and of who touched them.
    pub async fn named(&self, kept: &[Kept], caller: &Caller) -> Result<Vec<KeptNamed>, AppError> {
        let (view, accounts): (_, HashMap<Uuid, String>) = (self.view(caller.viewer()), self.names().await?);
        let named = kept.iter().map(|kept| {
            let entry = view.get(kept.record);
            KeptNamed {
                kept: kept.clone(),
                kind: entry.map(|e| e.kind.name()),
                name: entry.map(|e| e.name().to_owned()),
                by_name: kept.by.and_then(|by| accounts.get(&by).cloned()),
            }
        });
        Ok(named.collect())
    }
}
