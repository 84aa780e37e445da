//! The event stream of `/changes`: what the public sees change, as it changes (server-sent events, WHATWG HTML §9.2).
//!
//! `event: change` carries one record; `many` says that reading again is less work than being told; `reset` that it
//! can't be told from where the listener was. An `id:` stands only where everything up to it has been told, so who comes
//! back with `Last-Event-ID` has missed nothing, and may at most hear something twice.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use serde_json::{json, value::RawValue};
use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::error::Refusal;
use super::places::Place;
use super::served::Served;
use crate::analysis::Asked;
use crate::app::listening::{Batch, Event, Listener, Told};
use crate::change::Seq;
use crate::model::{Code, Problems};

/// The media type.
pub const EVENTS: &str = "text/event-stream";
/// The header that a listener comes back with.
pub const LAST: HeaderName = HeaderName::from_static("last-event-id");
/// Not to be gathered up by a proxy before it is passed on.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// How often a word is sent when nothing happens: proxies cut what is silent, and who is gone is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Whether the caller asks for events.
pub fn wanted(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    accepts.flat_map(|v| v.split(',')).any(|media| media.split(';').next().unwrap_or_default().trim() == EVENTS)
}

/// GET /changes, Accept: text/event-stream
pub async fn stream(
    served: &Served,
    mut asked: Asked,
    client: Client,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let mut problems = Problems::new();
    let after = asked.whole("after", 0, i64::MAX, &mut problems).map(|n| n as Seq);
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    // A browser that comes back asks the same address again: what it says it heard last is newer.
    let since = last_heard(headers)?.or(after);
    let place = served.gate.listener(client)?;
    let listener = served.app.listen(since).await?;
    let ending = served.setup.ending.clone();
    Ok(response(told(listener, ending, place)))
}

/// A stream of events as an answer.
pub fn response(events: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static) -> Response {
    let mut response = Body::from_stream(events).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(EVENTS));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    response
}

fn last_heard(headers: &HeaderMap) -> Result<Option<Seq>, Refusal> {
    let Some(given) = headers.get(LAST).filter(|v| !v.is_empty()) else { return Ok(None) };
    given.to_str().ok().and_then(|text| text.trim().parse().ok()).map(Some).ok_or_else(|| {
        let say = "must be the id of an event as it was sent";
        Refusal::new(StatusCode::BAD_REQUEST, "Can't be read", "Last-Event-ID", Code::WrongType, say)
    })
}

/// Ends when the program does, and when the listener does not keep up: it comes back by itself and is told the rest.
fn told(listener: Listener, ending: CancellationToken, place: Place) -> impl Stream<Item = Result<Bytes, Infallible>> {
    // What is known at once, so that who goes away before anything happened can come back too. Not, though, what
    // still has to be told of a time of absence.
    let opening = (!listener.is_behind()).then(|| Bytes::from(format!(": listening\nid: {}\n\n", listener.known)));
    let opening = opening.unwrap_or_else(|| Bytes::from_static(b": listening\n\n"));
    futures::stream::unfold((listener, ending, place, Some(opening)), |(mut listener, ending, place, opening)| async {
        let piece = match opening {
            Some(opening) => opening,
            None => tokio::select! {
                biased;
                () = ending.cancelled() => return None,
                next = tokio::time::timeout(HEARTBEAT, listener.next()) => match next {
                    Ok(batch) => batch?.text(text),
                    Err(_) => Bytes::from(format!(": still here\nid: {}\n\n", listener.known)),
                },
            },
        };
        Some((Ok(piece), (listener, ending, place, None)))
    })
}

/// A batch as it is sent, its id with the last of its events. One with nothing to tell still moves the id on.
fn text(batch: &Batch) -> String {
    let mut out = String::new();
    let again = || json!({"seq": batch.to}).to_string();
    match &batch.told {
        Told::Each(events) => {
            for (i, event) in events.iter().enumerate() {
                one(&mut out, "change", (i + 1 == events.len()).then_some(batch.to), &data(event));
            }
        }
        Told::Many => one(&mut out, "many", Some(batch.to), &again()),
        Told::Reset => one(&mut out, "reset", Some(batch.to), &again()),
    }
    if out.is_empty() {
        out = format!("id: {}\n\n", batch.to);
    }
    out
}

fn one(out: &mut String, event: &str, id: Option<Seq>, data: &str) {
    if let Some(id) = id {
        let _ = writeln!(out, "id: {id}");
    }
    let _ = write!(out, "event: {event}\ndata: {data}\n\n");
}

fn data(event: &Event) -> String {
    // Bodies are stored as canonical JSON, which has no line breaks: they go in as they are.
    let record = event.body.as_deref().and_then(|body| serde_json::from_str::<&RawValue>(body).ok());
    let head = json!({
        "seq": event.seq,
        "op": event.happening.as_str(),
        "kind": event.kind.name(),
        "id": event.id,
        "version": event.version,
        "points": event.points,
    })
    .to_string();
    let record = record.map_or("null", RawValue::get);
    format!("{},\"record\":{record}}}", &head[..head.len() - 1])
}
