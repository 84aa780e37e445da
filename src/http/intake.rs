//! What comes in before anything is worked on: a body, piece by piece, and the revision that is waited for. No place is
//! taken yet, so who sends slowly holds up nobody.

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use std::time::Duration;
use tokio::time::Instant;

use super::asker;
use super::error::Refusal;
use super::served::Served;
use crate::atlas::Viewer;
use crate::model::Code;

/// The largest body of a record.
pub const RECORD: usize = 4 << 20;
/// The largest body of a question: anybody may ask one.
pub const QUESTION: usize = 1 << 20;
/// Lowest speed, bytes a second; slower senders are cut off.
const SLOWEST: f64 = 4_096.0;

/// Takes in all of a body of at most so many bytes, before anything is worked on.
pub async fn whole(State((served, most)): State<(Served, usize)>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match all_of(body, &parts.headers, most, served.setup.limits.patience).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn all_of(body: Body, headers: &HeaderMap, most: usize, patience: Duration) -> Result<Vec<u8>, Refusal> {
    let too_large = || Refusal::bare(StatusCode::PAYLOAD_TOO_LARGE, "Too large");
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return Err(too_large());
    }
    let mut pieces = Pieces::of(body, patience);
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await? {
        if bytes.len() + piece.len() > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Waits for the revision that a request must not be answered before.
pub async fn revision(served: &Served, headers: &HeaderMap) -> Result<(), Refusal> {
    // What can't be read is told where it is read.
    let Ok(Some(revision)) = asker::at_least(headers) else { return Ok(()) };
    served.app.view_at_least(Viewer::PUBLIC, revision).await.map(drop).ok_or_else(asker::not_seen_yet)
}

/// A body as it comes. Its sender may be silent for as long as we are patient, and be slow, but not for ever: in each
/// such time as much must come as the lowest speed brings.
pub struct Pieces {
    stream: BodyDataStream,
    patience: Duration,
    until: Instant,
    had: usize,
}

impl Pieces {
    /// Of this body.
    pub fn of(body: Body, patience: Duration) -> Self {
        Self { stream: body.into_data_stream(), patience, until: Instant::now() + patience, had: 0 }
    }

    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            match tokio::time::timeout_at(self.until, self.stream.next()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Ok(piece))) => {
                    self.had += piece.len();
                    return Ok(Some(piece));
                }
                Ok(Some(Err(_))) => return Err(cut_off("the connection ended before what was sent did")),
                Err(_) if self.had as f64 >= SLOWEST * self.patience.as_secs_f64() => {
                    self.had = 0;
                    self.until = Instant::now() + self.patience;
                }
                Err(_) => return Err(cut_off("the body arrived too slowly")),
            }
        }
    }
}

fn cut_off(say: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "Cut off", "", Code::CutOff, say)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    const PATIENCE: Duration = Duration::from_millis(200);

    /// Whether all of a body was taken in, and how long that took.
    async fn taken_in(piece: usize, every: Duration, many: usize) -> (bool, Duration) {
        taken_in_after(piece, piece, every, many).await
    }

    /// The same, with a first piece of its own.
    async fn taken_in_after(first: usize, piece: usize, every: Duration, many: usize) -> (bool, Duration) {
        let stream = futures::stream::unfold(0, move |i| async move {
            tokio::time::sleep(every).await;
            (i < many)
                .then(|| (Ok::<_, Infallible>(Bytes::from(vec![b'x'; if i == 0 { first } else { piece }])), i + 1))
        });
        let begun = Instant::now();
        let mut pieces = Pieces::of(Body::from_stream(stream), PATIENCE);
        loop {
            match pieces.next().await {
                Ok(Some(_)) => {}
                end => return (end.is_ok(), begun.elapsed()),
            }
        }
    }

    #[tokio::test]
    async fn who_sends_a_byte_now_and_then_is_not_waited_for() {
        let now_and_then = PATIENCE / 10;
        let (all, took) = taken_in(1, now_and_then, 10_000).await;
        assert!(!all && took < 5 * PATIENCE, "{took:?}");
        let (all, took) = taken_in(1, 100 * PATIENCE, 2).await;
        assert!(!all && took < 5 * PATIENCE, "nor who says nothing: {took:?}");
        let (all, took) = taken_in_after(1 << 20, 1, now_and_then, 10_000).await;
        assert!(!all && took < 5 * PATIENCE, "what came at first buys no time: {took:?}");
        let (all, took) = taken_in(4_000, now_and_then, 40).await;
        assert!(all && took > PATIENCE, "a file may take long that comes on: {took:?}");
    }
}
