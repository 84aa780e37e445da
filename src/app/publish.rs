//! A column of a list that is no field of ours is kept for admins; here one shows it to everybody, or hides it again.
//! What the list brings later follows.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::engine::ledger::Ledger;
use super::{App, AppError, Caller};
use crate::atlas::Entry;
use crate::auth::{Action, Role};
use crate::change::{Op, Stamp, apply};
use crate::clock;
use crate::model::record::stored;
use crate::model::{Body, Code, Id, Kind, Problem};

/// Records of one append.
const PUBLISH_CHUNK: usize = 1_000;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The batch that undoes it.
    pub batch: Uuid,
    /// Records whose column is shown, or hidden, now.
    pub records: u64,
}

impl App {
    /// Shows (or hides) the column with this heading on every record that the list brought.
    ///
    /// # Errors
    /// Not found, with the columns there are, when no record of the list has such a column.
    pub async fn publish(&self, list: &str, column: &str, shown: bool, caller: &Caller) -> Result<Published, AppError> {
        if caller.role != Role::Admin || !caller.role.may(Action::Import, Kind::Place) {
            return Err(AppError::Forbidden);
        }
        let view = self.view(caller.viewer());
        let mut ids: Vec<Id> = Vec::new();
        let mut columns: BTreeSet<String> = BTreeSet::new();
        for kind in Kind::ALL {
            for entry in view.of_kind(*kind).filter(|e| e.body.contains("\"further\":")) {
                let headings = headings_of(entry, list);
                if headings.iter().any(|h| h == column) {
                    ids.push(entry.id);
                }
                columns.extend(headings);
            }
        }
        if ids.is_empty() {
            let there: Vec<String> = columns.into_iter().collect();
            let known = if there.is_empty() {
                "it has none that is kept".to_owned()
            } else {
                format!("it has {}", there.join(", "))
            };
            let say = format!("the list \"{list}\" keeps no column \"{column}\"; {known}");
            return Err(AppError::Problems(vec![Problem::new("column", Code::NotFound, say)]));
        }
        let why = format!("{} column {column} of {list}", if shown { "published" } else { "withdrew" });
        let stamp = Stamp { by: caller.account, at: clock::now(), why: Some(why), batch: clock::new_id() };
        let mut records = 0;
        for chunk in ids.chunks(PUBLISH_CHUNK) {
            let mut ledger = Ledger::open(&*self.store).await?;
            for (_, present) in ledger.present(chunk).await? {
                let Some(body) = present.body.as_ref().and_then(|b| with_column(b, column, shown)) else { continue };
                ledger.stage(apply::updated(Op::Update, &present, body, &stamp));
                records += 1;
            }
            let changes = ledger.commit().await?;
            self.feed.publish(changes).await?;
        }
        Ok(Published { batch: stamp.batch, records })
    }
}

/// Headings of the columns that a record keeps, if the list brought it.
fn headings_of(entry: &Entry, list: &str) -> Vec<String> {
    let body = stored(&entry.body);
    let of_list = |s: &Value| s.get("list").and_then(Value::as_str) == Some(list);
    let brought = body.get("sources").and_then(Value::as_array).is_some_and(|s| s.iter().any(of_list));
    let kept = body.get("further").and_then(Value::as_object).filter(|_| brought);
    kept.into_iter().flat_map(|kept| kept.keys().cloned()).collect()
}

/// The body with the column shown or hidden; `None` where it is so already.
fn with_column(body: &Body, column: &str, shown: bool) -> Option<Body> {
    let mut headings: Vec<Value> = body.get("published").and_then(Value::as_array).cloned().unwrap_or_default();
    if headings.iter().any(|h| h == column) == shown {
        return None;
    }
    if shown {
        headings.push(json!(column))
    } else {
        headings.retain(|h| h != column)
    }
    let mut body = body.clone();
    if headings.is_empty() {
        body.remove("published");
    } else {
        body.insert("published".to_owned(), Value::Array(headings));
    }
    Some(body)
}
