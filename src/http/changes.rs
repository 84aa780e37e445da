//! What happened, as far as the caller may see it today, and taking it back.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

use super::answer;
use super::asker::{Asker, NoWords, Words};
use super::client::Client;
use super::error::Refusal;
use super::served::Served;
use super::{events, records};
use crate::analysis::Asked;
use crate::app::App;
use crate::atlas::{Entry, View};
use crate::change::Change;
use crate::model::record::stored;
use crate::model::{Code, Id, Problems};

/// The most changes of one page of a history.
const PAGE: usize = 1_000;

/// GET /{plural}/{id}/history: of a deleted record too, for who could see it.
pub async fn history(
    State(served): State<Served>,
    asker: Asker,
    Path((plural, id)): Path<(String, String)>,
    Words(mut asked): Words,
) -> Result<Response, Refusal> {
    let mut problems = Problems::new();
    let after = asked.whole("after", 0, i64::MAX, &mut problems).unwrap_or(0) as u64;
    let limit = asked.whole("limit", 1, PAGE as i64, &mut problems).unwrap_or(PAGE as i64) as usize;
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let there = records::find(&asker, &plural, &id);
    let id: Id = id.parse().map_err(|_| Refusal::not_found())?;
    // Asked in any case: that somebody may not see a record is told by no difference in time.
    let was = as_it_was(&served.app, id).await?;
    // One more than is told shows whether that was all.
    let mut changes = served.app.history(id, after, limit + 1).await?;
    let more = changes.len() > limit;
    changes.truncate(limit);
    let next = changes.last().map(|c| c.seq).filter(|_| more);
    let names = served.app.names().await?;
    let is_hidden = asker.view.hides(id);
    // What is gone is judged by its last body.
    let gone = was.filter(|_| there.is_err() && !is_hidden);
    let judge = there.ok().or(gone.as_ref()).filter(|entry| asker.view.sees(entry)).ok_or_else(Refusal::not_found)?;
    let items: Vec<Value> = changes.iter().map(|c| shown(c, judge, &asker, &names)).collect();
    let body = json!({"revision": asker.view.revision(), "items": items, "next": next});
    Ok(answer::json(&asker, StatusCode::OK, &body))
}

/// GET /changes?after=SEQ: that something changed may be seen; what, only as far as the caller's view reaches. As an
/// event stream it goes on with what comes.
pub async fn list(
    State(served): State<Served>,
    asker: Asker,
    Words(mut asked): Words,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if events::wanted(&headers) {
        return events::stream(&served, asked, client, &headers).await;
    }
    let mut problems = Problems::new();
    let after = asked.whole("after", 0, i64::MAX, &mut problems).unwrap_or(0) as u64;
    let limit = asked.whole("limit", 1, 1000, &mut problems).unwrap_or(100) as usize;
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let (head, mut changes) = served.app.changes(after, limit).await?;
    // The log may be ahead of what is readable here: what is not yet judged by the view is not yet told.
    let head = head.min(asker.view.revision());
    changes.retain(|c| c.seq <= head);
    let next = changes.last().map(|c| c.seq).filter(|seq| *seq < head);
    let items: Vec<Value> = changes.iter().filter_map(|c| event(c, &asker.view)).collect();
    Ok(answer::json(&asker, StatusCode::OK, &json!({"head": head, "items": items, "next": next})))
}

/// POST /undo {"change": "…"} or {"batch": "…"}
pub async fn undo(
    State(served): State<Served>,
    asker: Asker,
    _: NoWords,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let caller = asker.signed_in()?;
    let mut asked = Asked::from_json(&answer::read_json(&headers, &body)?).map_err(Refusal::problems)?;
    let mut problems = Problems::new();
    let (change, batch) = (asked.one("change", &mut problems), asked.one("batch", &mut problems));
    asked.finish(&mut problems);
    if change.is_some() && batch.is_some() {
        problems.add("batch", Code::NotAllowed, "name a change or a batch, not both");
    }
    let what: Option<Uuid> = change.or(batch).and_then(|text| text.parse().ok());
    if what.is_none() {
        problems.add("change", Code::Required, "the id of a change or of a batch is needed");
    }
    let what = problems.or(what).map_err(Refusal::problems)?.ok_or_else(Refusal::not_found)?;
    let undone = served.app.undo(what, caller).await?;
    let kept = served.app.named(&undone.kept, caller).await?;
    let body = json!({
        "batch": undone.batch,
        "reverted": undone.reverted,
        "kept": kept,
        "revision": undone.revision,
    });
    Ok(answer::json(&asker, StatusCode::OK, &body))
}

/// A record that is gone, as it is judged by: its last body, and shown approximately if it ever was.
async fn as_it_was(app: &App, id: Id) -> Result<Option<Entry>, Refusal> {
    let (mut last, mut approximate, mut after) = (None, false, 0);
    loop {
        let changes = app.history(id, after, PAGE).await?;
        for body in changes.iter().flat_map(|c| [&c.before, &c.after]).flatten() {
            if let Ok(entry) = Entry::read(body.clone()) {
                approximate |= entry.approximate;
                last = Some(entry);
            }
        }
        match changes.last() {
            Some(newest) => after = newest.seq,
            None => return Ok(last.map(|entry| Entry { approximate, ..entry })),
        }
    }
}

fn shown(change: &Change, judge: &Entry, asker: &Asker, names: &HashMap<Uuid, String>) -> Value {
    let signed_in = asker.caller.is_some();
    let body = |text: &Option<String>| Some(Value::Object(asker.view.past(judge, stored(text.as_deref()?))));
    json!({
        "seq": change.seq,
        "id": change.id,
        "op": change.op.as_str(),
        "of": change.of,
        "kind": change.kind.map(|k| k.name()),
        "record": change.record,
        "version": change.version,
        "before": body(&change.before),
        "after": body(&change.after),
        // Anonymous callers see that it changed, not which account did it.
        "by": if signed_in { names.get(&change.by).cloned() } else { None },
        "at": change.at.to_string(),
        "why": if signed_in { change.why.clone() } else { None },
        "batch": change.batch,
    })
}

fn event(change: &Change, view: &View) -> Option<Value> {
    let id = change.record?;
    let kind = change.kind?;
    let op = match view.get(id) {
        Some(_) => change.op.as_str(),
        // Deleted, or not for this caller: both look alike, and only where the caller once could see it.
        None if was_seen(change, view) => "gone",
        None => return None,
    };
    Some(json!({"seq": change.seq, "op": op, "kind": kind.name(), "id": id, "at": change.at.to_string()}))
}

/// Whether the caller could see the record before this change.
fn was_seen(change: &Change, view: &View) -> bool {
    change.before.clone().and_then(|body| Entry::read(body).ok()).is_some_and(|entry| view.sees(&entry))
}
