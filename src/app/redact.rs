//! Erasing a personal value: overwritten in the record, in every change of its history and in what lists brought.

use super::AppError;
use super::caller::COMMAND_LINE;
use crate::change::{Change, Op, SCHEMA, Stamp, apply, redact};
use crate::clock;
use crate::model::record::{canonical, stored};
use crate::model::{Body, Code, Id, Problem, Problems};
use crate::store::{SourceRow, Store};

/// What was overwritten.
#[derive(Debug, PartialEq, Eq)]
pub struct Redacted {
    /// Changes of the history.
    pub changes: usize,
    /// Rows that lists had brought.
    pub sources: usize,
}

/// Overwrites these fields of a record wherever they are stored, and appends the change that tells every follower.
/// It can't be undone.
///
/// # Errors
/// When there never was such a record, or a field is not one that could name or reach a person.
pub async fn redact(store: &dyn Store, id: Id, fields: &[String]) -> Result<Redacted, AppError> {
    // Taking the order first: nobody can add to the history while it is rewritten.
    let mut tx = store.begin().await?;
    let present = tx.present(&[id]).await?.pop().ok_or(AppError::NotFound)?;
    let able = redact::redactable(present.kind);
    let mut problems = Problems::new();
    for field in fields.iter().filter(|f| !able.contains(f)) {
        problems.add(field, Code::NotAllowed, format!("can't be redacted; what can: {}", able.join(", ")));
    }
    problems.or(()).map_err(AppError::Problems)?;
    let history = tx.histories(&[id]).await?;
    let overwritten: Vec<Change> = history.iter().filter_map(|c| redact::change(c, fields)).collect();
    let sources: Vec<SourceRow> = tx
        .sources_of(&[id])
        .await?
        .into_iter()
        .filter_map(|row| Some(SourceRow { part: redact::body(&row.part, fields)?, ..row }))
        .collect();
    if overwritten.is_empty() && sources.is_empty() {
        return Err(AppError::problem(&fields.join(", "), Code::NotFound, "nothing of it is stored"));
    }
    tx.overwrite(&overwritten).await?;
    tx.put_sources(&sources).await?;
    let without = |body: &Body| redact::body(&canonical(body), fields).map_or_else(|| body.clone(), |t| stored(&t));
    let present = apply::Present { body: present.body.as_ref().map(without), ..present };
    let stamp = Stamp {
        by: COMMAND_LINE,
        at: clock::now(),
        why: Some(format!("redacted {}", fields.join(", "))),
        batch: clock::new_id(),
    };
    let mut change = match present.body.clone() {
        Some(body) => apply::updated(Op::Redact, &present, body, &stamp),
        None => gone(&present, &stamp),
    };
    change.id = clock::new_id();
    change.seq = tx.head().seq + 1;
    tx.append(&[change]).await?;
    tx.commit().await?;
    Ok(Redacted { changes: overwritten.len(), sources: sources.len() })
}

/// The change that tells of a record that was deleted before: it has no body.
fn gone(present: &apply::Present, stamp: &Stamp) -> Change {
    Change {
        seq: 0,
        id: present.id,
        op: Op::Redact,
        of: None,
        kind: Some(present.kind),
        record: Some(present.id),
        version: present.version + 1,
        schema: SCHEMA,
        before: None,
        after: None,
        by: stamp.by,
        at: stamp.at,
        why: stamp.why.clone(),
        exercise: None,
        batch: stamp.batch,
    }
}

/// Reads the id of a record from the command line.
///
/// # Errors
/// When it is no id.
pub fn id(text: &str) -> Result<Id, AppError> {
    text.parse().map_err(|_| AppError::Problems(vec![Problem::new("record", Code::WrongType, "must be a record's id")]))
}
