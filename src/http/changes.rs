//! What happened, as far as the caller may see it today, and taking it back.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

use super::answer;
use super::ask;
use super::asker::{Asker, NoWords, Words};
use super::client::Client;
use super::error::Refusal;
use super::served::Served;
use super::{events, records};
use crate::analysis::Asked;
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
    client: Client,
) -> Result<Response, Refusal> {
    let mut problems = Problems::new();
    let after = asked.whole("after", 0, i64::MAX, &mut problems).unwrap_or(0) as u64;
    let limit = asked.whole("limit", 1, PAGE as i64, &mut problems).unwrap_or(PAGE as i64) as usize;
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let is_there = records::find(&asker, &plural, &id).is_ok();
    let id: Id = id.parse().map_err(|_| Refusal::not_found())?;
    // For what is hidden the store is asked as for what never was: no difference in time tells one from the other.
    let id = if asker.view.hides(id) { Id::nil() } else { id };
    // What is gone is judged by its last body.
    let gone = if is_there { None } else { as_it_was(&served, client, id).await? };
    let gone = gone.filter(|entry| entry.kind.spec().plural == plural);
    // One more than is told shows whether that was all.
    let mut changes = served.app.history(id, after, limit + 1).await?;
    let more = changes.len() > limit;
    changes.truncate(limit);
    let names = served.app.names().await?;
    let size = size_of(&changes);
    let (view, signed_in) = (asker.view.clone(), asker.caller.is_some());
    let told = move || {
        let there = view.get(id).filter(|_| is_there);
        let judge = there.or(gone.as_ref()).filter(|entry| view.sees(entry)).ok_or_else(Refusal::not_found)?;
        let names = signed_in.then_some(&names);
        let items: Vec<Value> = changes.iter().map(|change| shown(change, judge, &view, names)).collect();
        let next = changes.last().map(|c| c.seq).filter(|_| more);
        Ok(json!({"revision": view.revision(), "items": items, "next": next}).to_string())
    };
    let body = ask::apart(&served, client, size, told).await?;
    Ok(answer::uncached(&asker, StatusCode::OK, answer::JSON, body))
}

fn size_of(changes: &[Change]) -> usize {
    changes.iter().flat_map(|c| [&c.before, &c.after]).flatten().map(String::len).sum()
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
    let (view, size) = (asker.view.clone(), size_of(&changes));
    let told = move || {
        let items: Vec<Value> = changes.iter().filter_map(|c| event(c, &view)).collect();
        Ok(json!({"head": head, "items": items, "next": next}).to_string())
    };
    let body = ask::apart(&served, client, size, told).await?;
    Ok(answer::uncached(&asker, StatusCode::OK, answer::JSON, body))
}

/// POST /undo {"change": "…"} or {"batch": "…"}; {"batch": "…", "stop": true} stops one that is under way.
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
    let stop = asked.flag("stop", &mut problems).unwrap_or(false);
    asked.finish(&mut problems);
    if change.is_some() && batch.is_some() {
        problems.add("batch", Code::NotAllowed, "name a change or a batch, not both");
    }
    if change.is_some() && stop {
        problems.add(
            "stop",
            Code::NotAllowed,
            "a change is taken back at once: only the undo of a batch can be stopped",
        );
    }
    let what: Option<Uuid> = change.or(batch).and_then(|text| text.parse().ok());
    if what.is_none() {
        problems.add("change", Code::Required, "the id of a change or of a batch is needed");
    }
    let what = problems.or(what).map_err(Refusal::problems)?.ok_or_else(Refusal::not_found)?;
    if stop {
        let stopping = served.app.stop_undo(what, caller).await?;
        return Ok(answer::json(&asker, StatusCode::OK, &stopping.answer(&[])));
    }
    // It goes on to its end, whether or not somebody waits for it, or until the program is told to end.
    let (app, by, ending) = (served.app.clone(), caller.clone(), served.setup.ending.clone());
    let undoing = tokio::spawn(async move { app.undo_until(what, &by, &ending).await });
    let undone = undoing.await.map_err(|_| Refusal::fault())??;
    let kept = served.app.named(&undone.kept.first, caller).await?;
    Ok(answer::json(&asker, StatusCode::OK, &undone.answer(&kept)))
}

/// A record that is gone, as it is judged by: its last body, and shown approximately if it ever was.
async fn as_it_was(served: &Served, client: Client, id: Id) -> Result<Option<Entry>, Refusal> {
    let (mut last, mut after) = (None, 0);
    loop {
        let changes = served.app.history(id, after, PAGE).await?;
        let next = changes.last().filter(|_| changes.len() == PAGE).map(|newest| newest.seq);
        let size = size_of(&changes);
        let judged = move || {
            let bodies = changes.iter().flat_map(|c| [&c.before, &c.after]).flatten();
            let read = bodies.filter_map(|body| Entry::read(body.clone()).ok());
            let both = |was: Option<Entry>, mut now: Entry| {
                now.approximate |= was.is_some_and(|was| was.approximate);
                Some(now)
            };
            read.fold(last, both)
        };
        last = ask::apart(served, client, size, move || Ok(judged())).await?;
        match next {
            Some(newest) => after = newest,
            None => return Ok(last),
        }
    }
}

/// A change as it is told; who made it and why, to those who are signed in.
fn shown(change: &Change, judge: &Entry, view: &View, names: Option<&HashMap<Uuid, String>>) -> Value {
    let body = |text: &Option<String>| Some(Value::Object(view.past(judge, stored(text.as_deref()?))));
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
        "by": names.and_then(|names| names.get(&change.by)),
        "at": change.at.to_string(),
        "why": change.why.as_ref().filter(|_| names.is_some()),
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
