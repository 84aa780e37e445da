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
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use metrics::counter;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::Served;
use super::client::{Accounts, Client, Whose};
use super::error::Refusal;
use super::intake;
use super::places::{Place, Places};

/// How much may be asked; what each is for stands with the settings.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether this machine's own addresses are held back like any other. Behind a proxy of this machine they are not:
    /// who asks through it is told by its `X-Forwarded-For`.
    pub limit_loopback: bool,
    /// Requests a minute from one address; 0 = no limit.
    pub requests_per_minute: u32,
    /// Long analyses a minute from one address; 0 = no limit.
    pub analyses_per_minute: u32,
    /// Attempts to sign in a minute from one address; 0 = no limit.
    pub sign_ins_per_minute: u32,
    /// Requests under way at once.
    pub concurrent_requests: usize,
    /// Connections open at once.
    pub connections: usize,
    /// Listeners to the event stream at once.
    pub listeners: usize,
    /// How long a request may take.
    pub request: Duration,
    /// How long a peer may leave us waiting.
    pub patience: Duration,
    /// How long requests under way have left at the end.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let loopback =
            [IpNet::new_assert(Ipv4Addr::new(127, 0, 0, 0).into(), 8), IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST))];
        Self {
            trusted_proxies: loopback.to_vec(),
            limit_loopback: false,
            // A whole hospital may come from one address.
            requests_per_minute: 6_000,
            analyses_per_minute: 300,
            sign_ins_per_minute: 20,
            concurrent_requests: 256,
            // Fits into the 1,024 open files that most systems allow unless told otherwise.
            connections: 900,
            listeners: 400,
            request: Duration::from_secs(60),
            patience: Duration::from_secs(30),
            shutdown: Duration::from_secs(30),
        }
    }
}

/// The places that are left, and what each client has had of its share.
pub struct Gate {
    /// Requests that are not answered yet, whatever they wait for.
    open: Arc<Places>,
    reads: Arc<Places>,
    writes: Arc<Places>,
    listeners: Arc<Places>,
    requests: Option<Shares>,
    analyses: Option<Shares>,
    sign_ins: Option<Shares>,
    /// Who is known to be signed in.
    pub accounts: Accounts,
}

impl Gate {
    /// All places free.
    pub fn new(limits: &Limits) -> Self {
        Self {
            open: Places::shared(limits.connections),
            reads: Places::shared(limits.concurrent_requests),
            writes: Places::shared(limits.concurrent_requests),
            listeners: Places::shared(limits.listeners),
            requests: Shares::new("requests", "requests", limits.requests_per_minute),
            analyses: Shares::new("analyses", "analyses", limits.analyses_per_minute),
            sign_ins: Shares::new("sign_ins", "attempts to sign in", limits.sign_ins_per_minute),
            accounts: Accounts::default(),
        }
    }

    /// A long analysis for this client.
    pub fn analysis(&self, client: Client) -> Result<(), Refusal> {
        self.analyses.as_ref().map_or(Ok(()), |shares| shares.take(client))
    }

    /// An attempt of this client to sign in.
    pub fn sign_in(&self, client: Client) -> Result<(), Refusal> {
        self.sign_ins.as_ref().map_or(Ok(()), |shares| shares.take(client))
    }

    /// A listener's place, kept for as long as it listens.
    pub fn listener(&self, client: Client) -> Result<Place, Refusal> {
        self.listeners.take(client).ok_or_else(|| refused("listeners", "Too many listeners"))
    }
}

/// There is no place left, or none for this client.
pub fn refused(why: &'static str, title: &'static str) -> Refusal {
    counter!("commonground_refused_total", "why" => why).increment(1);
    Refusal::busy(title)
}

const BUSY: &str = "Busy: too much is being asked just now";

/// Lets a request in, or says when to come again. Machines that ask whether we live are always let in.
pub async fn gate(State(served): State<Served>, mut request: Request, next: Next) -> Response {
    let address = Client::of(&request, &served.setup.limits);
    let client = served.gate.accounts.client(address, request.headers());
    request.extensions_mut().insert(client);
    if matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics") {
        return next.run(request).await;
    }
    if let Some(Err(refusal)) = served.gate.requests.as_ref().map(|shares| shares.take(client)) {
        return refusal.into_response();
    }
    let Some(_open) = served.gate.open.take(client) else { return refused("busy", BUSY).into_response() };
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

/// What each client has had of something.
struct Shares {
    of: &'static str,
    what: &'static str,
    had: DefaultKeyedRateLimiter<Whose>,
    taken: AtomicU32,
}

/// After so many requests, clients that have their whole share again are forgotten.
const REMEMBERED: u32 = 10_000;

impl Shares {
    fn new(of: &'static str, what: &'static str, per_minute: u32) -> Option<Self> {
        let had = RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(per_minute)?));
        Some(Self { of, what, had, taken: AtomicU32::new(0) })
    }

    fn take(&self, client: Client) -> Result<(), Refusal> {
        let Some(whose) = client.0 else { return Ok(()) };
        if self.taken.fetch_add(1, Ordering::Relaxed) % REMEMBERED == REMEMBERED - 1 {
            self.had.retain_recent();
            self.had.shrink_to_fit();
        }
        self.had.check_key(&whose).map_err(|until| {
            counter!("commonground_refused_total", "why" => self.of).increment(1);
            let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Refusal::too_many(whose.what(), self.what, seconds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_used_up_by_its_own_address_only() {
        let at = |ip: &str| Client(Some(Whose::Address(ip.parse().unwrap())));
        let shares = Shares::new("tests", "tests", 3).unwrap();
        assert!((0..3).all(|_| shares.take(at("203.0.113.7")).is_ok()));
        assert!(shares.take(at("203.0.113.7")).is_err());
        assert!(shares.take(at("203.0.113.8")).is_ok());
        assert!((0..100).all(|_| shares.take(Client::HERE).is_ok()), "this machine is not held back");
        assert!(Shares::new("tests", "tests", 0).is_none(), "0 is no limit");
    }
}
