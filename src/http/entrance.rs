//! How much may be asked at once: by everybody together, and by one address. Who is over it hears 503 or 429 with
//! `Retry-After`; nobody waits in a queue that grows.
//!
//! - Of what all share (connections, requests, listeners) nobody has more than a quarter. Who is signed in has a share
//!   by account: a hospital may be one address.
//! - A place is taken where something is worked on: not while a body is sent, nor while a revision is waited for. Writes
//!   have places of their own: while the store hangs, they wait, and readers go on.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::client::Client;
use super::error::refused;
use super::intake;
use super::served::Served;

const BUSY: &str = "Busy: too much is being asked just now";

/// Lets a request in, or says when to come again. Machines that ask whether we live are always let in.
pub async fn gate(State(served): State<Served>, mut request: Request, next: Next) -> Response {
    let address = Client::of(&request, &served.setup.limits);
    let client = served.gate.accounts.client(address, request.headers());
    request.extensions_mut().insert(client);
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    let refusal = served.gate.requests.as_ref().and_then(|shares| shares.take(client).err());
    let open = served.gate.open.take(client);
    if (refusal.is_some() || open.is_none()) && !served.gate.may_be_somebody(client, request.headers()) {
        return refusal.unwrap_or_else(|| refused("busy", BUSY)).into_response();
    }
    next.run(request).await
}

/// How a request is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It reads, within the time of a request.
    Reads,
    /// It writes, within the time of a request.
    Writes,
    /// It writes for as long as it takes.
    WritesLong,
    /// It takes a large file in, piece by piece, and needs no place.
    TakesFile,
    /// It is answered whatever else goes on.
    Always,
}

/// Gives a request its place once all of it is there, and what it waits for has come.
pub async fn place(State((served, work)): State<(Served, Work)>, request: Request, next: Next) -> Response {
    if let Err(refusal) = intake::revision(&served, request.headers()).await {
        return refusal.into_response();
    }
    let client = request.extensions().get().copied().unwrap_or(Client::HERE);
    let places = if work == Work::Reads { &served.gate.reads } else { &served.gate.writes };
    let Some(_place) = places.take(client) else { return refused("busy", BUSY).into_response() };
    next.run(request).await
}
