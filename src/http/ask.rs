//! One way to ask: words → key → 304, before anything is made → short ones at once, within a budget → long ones in the
//! pool, where equal questions that are under way share one answer → the answer, or its progress and then the answer.
//!
//! # Design
//!
//! A running computation can't be moved to another thread. So a question begins where it was asked, with a budget of
//! work ([`crate::analysis::Ctl`]); when that is spent it is given up, and begun again in the pool. What is known to be
//! long goes there at once. Who waits holds the work: when nobody does any more, it ends at its next tick.

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures::Stream;
use serde_json::json;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer;
use super::asker::Asker;
use super::client::Client;
pub use super::desk::{Ended, Held, Rendered, Task};
use super::desk::{Flight, Flights};
use super::error::Refusal;
use super::events;
use super::places::Place;
use super::served::Served;
use crate::analysis::{Asked, Ctl};
use crate::app::AppError;

/// Work that is done where a question is asked, about two milliseconds of it; with more it goes to the pool.
const BUDGET: u64 = 2_000;

/// How often progress is told.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);

/// Who asks, whose share it is taken from, and how the answer is wanted: what every question begins with.
pub struct Asking {
    /// What is asked of.
    pub served: Served,
    /// Who asks.
    pub asker: Asker,
    /// Whose share it is taken from.
    pub client: Client,
    /// How the answer is wanted, and what of it is known.
    pub headers: HeaderMap,
}

impl FromRequestParts<Served> for Asking {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Refusal> {
        let asker = Asker::from_request_parts(parts, served).await?;
        let Ok(client) = Client::from_request_parts(parts, served).await;
        Ok(Self { served: served.clone(), asker, client, headers: parts.headers.clone() })
    }
}

impl Asking {
    /// A question made of these words, whose answer will be of this media type.
    pub fn question(&self, made_of: impl Into<String>, media: &'static str) -> Ask<'_> {
        Ask { asking: self, made_of: made_of.into(), media, counted: false }
    }

    /// The words of a question in a body.
    pub async fn words(&self, body: Bytes) -> Result<Asked, Refusal> {
        let (headers, size) = (self.headers.clone(), body.len());
        let words = move || Asked::from_json(&answer::read_json(&headers, &body)?).map_err(Refusal::problems);
        apart(&self.served, self.client, size, words).await
    }
}

/// A question.
pub struct Ask<'a> {
    asking: &'a Asking,
    made_of: String,
    media: &'static str,
    counted: bool,
}

impl Ask<'_> {
    /// Where it is known to be long, it counts as an analysis. What only turns out to be waits for its turn.
    pub fn counted(self) -> Self {
        Self { counted: true, ..self }
    }

    /// The answer to a set, or that it is unchanged; as a stream where that is wanted.
    pub async fn set(
        self,
        work: impl Fn(Held<'_>) -> Result<Rendered, Ended> + Send + Sync + 'static,
    ) -> Result<Response, Refusal> {
        if events::wanted(&self.asking.headers) {
            return self.stream(work);
        }
        if let Some(unchanged) = self.unchanged() {
            return Ok(unchanged);
        }
        let answer = self.answer(work).await?;
        Ok(self.made(answer.media, answer.body))
    }

    /// The answer to what nobody keeps; as a stream where that is wanted.
    pub async fn once(
        self,
        work: impl Fn(Held<'_>) -> Result<Rendered, Ended> + Send + Sync + 'static,
    ) -> Result<Response, Refusal> {
        if events::wanted(&self.asking.headers) {
            return self.stream(work);
        }
        let answer = self.answer(work).await?;
        Ok(answer::uncached(&self.asking.asker, StatusCode::OK, answer.media, answer.body))
    }

    /// The answer.
    pub async fn answer(
        &self,
        work: impl Fn(Held<'_>) -> Result<Rendered, Ended> + Send + Sync + 'static,
    ) -> Result<Rendered, Refusal> {
        self.run(&self.asking.served.desk.answers, || self.key(), work).await
    }

    /// That the caller has the answer; none when it has to be made.
    pub fn unchanged(&self) -> Option<Response> {
        answer::unchanged_set(&self.asking.asker, &self.asking.headers, &self.made_of, self.media)
    }

    /// The answer, made of something that others share.
    pub fn made(&self, media: &'static str, body: impl Into<Body>) -> Response {
        answer::set(&self.asking.asker, &self.asking.headers, &self.made_of, media, body)
    }

    fn key(&self) -> String {
        format!("{}|{}", answer::set_key(&self.asking.asker, &self.made_of), self.media)
    }

    /// Whatever the work makes, under a key of its own.
    pub async fn run<T: Clone + Send + Sync + 'static>(
        &self,
        flights: &Arc<Flights<T>>,
        key: impl FnOnce() -> String,
        work: impl Fn(Held<'_>) -> Result<T, Ended> + Send + Sync + 'static,
    ) -> Result<T, Refusal> {
        let short = Ctl::within(BUDGET);
        match catch_unwind(AssertUnwindSafe(|| work(Held { ctl: &short, in_pool: false }))) {
            Ok(Ok(made)) => return Ok(made),
            Ok(Err(Ended::Refused(refusal))) => return Err(refusal),
            Ok(Err(Ended::Long)) if self.counted => self.asking.served.gate.analysis(self.asking.client)?,
            Ok(Err(Ended::Long | Ended::Halted | Ended::Apart)) => {}
            Err(_) => return Err(Refusal::fault()),
        }
        let pool = &self.asking.served.desk.pool;
        let mut flight = flights.join(key(), &self.asking.served.app, pool, self.asking.client, Arc::new(work));
        flight.arrived().await
    }

    /// Progress, then the answer, on this connection; closing it ends the work.
    fn stream(
        self,
        work: impl Fn(Held<'_>) -> Result<Rendered, Ended> + Send + Sync + 'static,
    ) -> Result<Response, Refusal> {
        if self.counted {
            self.asking.served.gate.analysis(self.asking.client)?;
        }
        let place = self.asking.served.gate.listener(self.asking.client)?;
        let desk = &self.asking.served.desk;
        let flight =
            desk.answers.join(self.key(), &self.asking.served.app, &desk.pool, self.asking.client, Arc::new(work));
        let until = Instant::now() + self.asking.served.setup.limits.request;
        let ending = self.asking.served.setup.ending.clone();
        let told = Telling { flight, until, ending, furthest: 0.0, begun: false, _place: place };
        Ok(events::response(told.events()))
    }
}

/// An answer that is told as events.
struct Telling {
    flight: Flight<Rendered>,
    until: Instant,
    ending: CancellationToken,
    furthest: f64,
    begun: bool,
    _place: Place,
}

impl Telling {
    fn events(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        futures::stream::unfold(Some(self), |told| async {
            let mut told = told?;
            match told.next().await {
                Ok(progress) => Some((Ok(Bytes::from(progress)), Some(told))),
                Err(last) => Some((Ok(Bytes::from(last)), None)),
            }
        })
    }

    /// The next event; the last one as an error.
    async fn next(&mut self) -> Result<String, String> {
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(self.progress());
        }
        let refusal = tokio::select! {
            arrived = self.flight.arrived() => match arrived {
                Ok(answer) => return Err(event("answer", &String::from_utf8_lossy(&answer.body))),
                Err(refusal) => refusal,
            },
            () = self.ending.cancelled() => AppError::Ending.into(),
            () = tokio::time::sleep_until(self.until) => Refusal::busy("This took too long"),
            () = tokio::time::sleep(PROGRESS_EVERY) => return Ok(self.progress()),
        };
        Err(event("problem", &refusal.document().to_string()))
    }

    fn progress(&mut self) -> String {
        self.furthest = self.furthest.max((self.flight.share() * 1e3).round() / 1e3);
        event("progress", &json!({"done": self.furthest, "best": null}).to_string())
    }
}

/// One event (WHATWG HTML §9.2); what has several lines comes as several.
fn event(name: &str, data: &str) -> String {
    let lines: Vec<String> = data.lines().map(|line| format!("data: {line}\n")).collect();
    format!("event: {name}\n{}\n", lines.concat())
}

/// Bytes up to which bodies are read, or written, where they are; more of them in the pool.
const SMALL: usize = 16 << 10;

/// Reads or writes so many bytes of bodies: at once where they are few, else in the pool.
pub async fn apart<T: Send + 'static>(
    served: &Served,
    client: Client,
    size: usize,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    if size <= SMALL {
        return work();
    }
    let turn = served.desk.pool.turn(client).await?;
    let worked = served.app.analysis(move || {
        let _turn = turn;
        work()
    });
    worked.await?
}

#[cfg(test)]
mod tests {
    use super::event;

    #[test]
    fn an_event_is_a_name_and_lines() {
        assert_eq!(event("answer", "{}"), "event: answer\ndata: {}\n\n");
        assert_eq!(event("answer", "a,b\r\n1,2\r\n"), "event: answer\ndata: a,b\ndata: 1,2\n\n");
    }
}
