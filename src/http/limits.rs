//! How much may be asked at once: by everybody together, and by one address. Who is over it hears 503 or 429 with
//! `Retry-After`; nobody waits in a queue that grows.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use metrics::counter;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Served;
use super::error::Refusal;

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

/// The places that are left, and what each address has had of its share.
pub struct Gate {
    places: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    requests: Option<Shares>,
    analyses: Option<Shares>,
    sign_ins: Option<Shares>,
}

impl Gate {
    /// All places free.
    pub fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.concurrent_requests)),
            listeners: Arc::new(Semaphore::new(limits.listeners)),
            requests: Shares::new("requests", limits.requests_per_minute),
            analyses: Shares::new("analyses", limits.analyses_per_minute),
            sign_ins: Shares::new("sign_ins", limits.sign_ins_per_minute),
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
    pub fn listener(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.listeners.clone().try_acquire_owned().map_err(|_| {
            counter!("commonground_refused_total", "why" => "listeners").increment(1);
            Refusal::busy("So many listen already")
        })
    }
}

/// Lets a request in, or says when to come again. Machines that ask whether we live are always let in.
pub async fn gate(State(served): State<Served>, mut request: Request, next: Next) -> Response {
    let client = Client::of(&request, &served.setup.limits.trusted_proxies);
    request.extensions_mut().insert(client);
    if matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics") {
        return next.run(request).await;
    }
    if let Some(Err(refusal)) = served.gate.requests.as_ref().map(|shares| shares.take(client)) {
        return refusal.into_response();
    }
    let Ok(_place) = served.gate.places.try_acquire() else {
        counter!("commonground_refused_total", "why" => "busy").increment(1);
        return Refusal::busy("Too much is being asked just now").into_response();
    };
    next.run(request).await
}

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Whose share a request is taken from; none for this machine itself, which needs none of our protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(Option<IpAddr>);

impl Client {
    fn of(request: &Request, trusted: &[IpNet]) -> Self {
        let Some(Peer(peer)) = request.extensions().get::<Peer>() else { return Self(None) };
        let peer = peer.ip().to_canonical();
        match last_hop(request.headers()).filter(|_| trusted.iter().any(|net| net.contains(&peer))) {
            Some(hop) => Self(Some(network(hop))),
            None => Self(Some(network(peer)).filter(|ip| !ip.is_loopback())),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Client>().copied().unwrap_or(Self(None)))
    }
}

/// The address that the proxy itself saw: the last of the list, since whatever stands before it came from outside.
/// One that can't be read is nobody's in particular, and all of those share one share.
fn last_hop(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let hop = last.to_str().unwrap_or_default().rsplit(',').next().unwrap_or_default().trim();
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let ip = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    Some(ip.unwrap_or(Ipv4Addr::UNSPECIFIED.into()).to_canonical())
}

/// Whoever has one address of version 6 has 2⁶⁴ of them: they count as one.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(six) if !six.is_loopback() => Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).into(),
        other => other,
    }
}

/// What each address has had of something.
struct Shares {
    of: &'static str,
    had: DefaultKeyedRateLimiter<IpAddr>,
    taken: AtomicU32,
}

/// After so many requests, addresses that have their whole share again are forgotten.
const REMEMBERED: u32 = 10_000;

impl Shares {
    fn new(of: &'static str, per_minute: u32) -> Option<Self> {
        let had = RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(per_minute)?));
        Some(Self { of, had, taken: AtomicU32::new(0) })
    }

    fn take(&self, client: Client) -> Result<(), Refusal> {
        let Some(ip) = client.0 else { return Ok(()) };
        if self.taken.fetch_add(1, Ordering::Relaxed) % REMEMBERED == REMEMBERED - 1 {
            self.had.retain_recent();
            self.had.shrink_to_fit();
        }
        self.had.check_key(&ip).map_err(|until| {
            counter!("commonground_refused_total", "why" => self.of).increment(1);
            Refusal::too_many(until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn client(peer: &str, forwarded: &[&str]) -> Client {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(Peer(SocketAddr::new(peer.parse().unwrap(), 1)));
        for line in forwarded {
            request.headers_mut().append("x-forwarded-for", line.parse().unwrap());
        }
        Client::of(&request, &Limits::default().trusted_proxies)
    }

    fn at(ip: &str) -> Client {
        Client(Some(ip.parse().unwrap()))
    }

    #[test]
    fn a_client_is_whom_a_trusted_proxy_saw_and_nobody_else_names_himself() {
        assert_eq!(client("127.0.0.1", &[]), Client(None), "this machine itself");
        assert_eq!(client("203.0.113.7", &[]), at("203.0.113.7"));
        assert_eq!(client("203.0.113.7", &["198.51.100.1"]), at("203.0.113.7"), "a stranger's word is not taken");
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), at("198.51.100.1"));
        assert_eq!(client("127.0.0.1", &["10.9.9.9, 198.51.100.1"]), at("198.51.100.1"), "the last hop only");
        assert_eq!(client("127.0.0.1", &["10.9.9.9", "198.51.100.1:4711"]), at("198.51.100.1"));
        assert_eq!(client("127.0.0.1", &["127.0.0.1"]), at("127.0.0.1"), "through a proxy nobody is this machine");
        assert_eq!(client("127.0.0.1", &["nonsense"]), at("0.0.0.0"));
    }

    #[test]
    fn a_network_of_version_6_counts_as_one() {
        assert_eq!(client("::1", &["2001:db8:1:2:3:4:5:6"]), client("::1", &["2001:db8:1:2::9"]));
        assert_ne!(client("::1", &["2001:db8:1:2::9"]), client("::1", &["2001:db8:1:3::9"]));
        assert_eq!(client("::1", &["[2001:db8::1]:80"]), at("2001:db8::"));
        assert_eq!(client("::ffff:203.0.113.7", &[]), at("203.0.113.7"));
    }

    #[test]
    fn a_share_is_used_up_by_its_own_address_only() {
        let shares = Shares::new("tests", 3).unwrap();
        assert!((0..3).all(|_| shares.take(at("203.0.113.7")).is_ok()));
        assert!(shares.take(at("203.0.113.7")).is_err());
        assert!(shares.take(at("203.0.113.8")).is_ok());
        assert!((0..100).all(|_| shares.take(Client(None)).is_ok()), "this machine is not held back");
        assert!(Shares::new("tests", 0).is_none(), "0 is no limit");
    }
}
