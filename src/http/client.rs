//! Whose share a request is taken from: an address's, or an account's.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

use super::limits::Limits;
use super::sessions::COOKIE;

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Whose share it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Of whoever asks from this address, or this network of version 6.
    Address(IpAddr),
    /// Of an account, wherever it asks from.
    Account(Uuid),
}

impl Whose {
    /// What it is called in a sentence.
    pub fn what(self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Account(_) => "account",
        }
    }
}

/// Whose share a request is taken from; none for who is not held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(pub Option<Whose>);

impl Client {
    /// This machine itself, which needs none of our protection.
    pub const HERE: Self = Self(None);

    /// Whoever sent this request, as far as its address tells.
    pub fn of(request: &Request, limits: &Limits) -> Self {
        let Some(Peer(peer)) = request.extensions().get::<Peer>() else { return Self::HERE };
        let peer = peer.ip().to_canonical();
        let is_trusted = |ip: &IpAddr| limits.trusted_proxies.iter().any(|net| net.contains(ip));
        match forwarded_for(request.headers(), &is_trusted).filter(|_| is_trusted(&peer)) {
            Some(hop) => Self::at(hop),
            None if peer.is_loopback() && !limits.limit_loopback => Self::HERE,
            None => Self::at(peer),
        }
    }

    /// Whose connection this is. A proxy's are everybody's: its requests are told apart, not its connections.
    pub fn of_connection(peer: SocketAddr, limits: &Limits) -> Self {
        let peer = peer.ip().to_canonical();
        let is_proxy = |net: &IpNet| net.contains(&peer);
        match peer.is_loopback() {
            true if limits.limit_loopback => Self::at(peer),
            false if !limits.trusted_proxies.iter().any(is_proxy) => Self::at(peer),
            _ => Self::HERE,
        }
    }

    fn at(ip: IpAddr) -> Self {
        Self(Some(Whose::Address(network(ip))))
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Client>().copied().unwrap_or(Self::HERE))
    }
}

/// The address that the outermost of our own proxies saw: the last one of the list that is none of theirs, since
/// whatever stands before it came from outside. Entries that can't be read all count as one client.
fn forwarded_for(headers: &HeaderMap, is_trusted: &dyn Fn(&IpAddr) -> bool) -> Option<IpAddr> {
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().unwrap_or_default()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut seen = None;
    for hop in hops.map(hop) {
        seen = Some(hop);
        if !is_trusted(&hop) {
            break;
        }
    }
    seen
}

fn hop(text: &str) -> IpAddr {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let ip = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    ip.unwrap_or(Ipv4Addr::UNSPECIFIED.into()).to_canonical()
}

/// Whoever has addresses of version 6 has a network of them, of 56 bits as a rule (RIPE-690): they count as one.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(six) if !six.is_loopback() => Ipv6Addr::from_bits(six.to_bits() & !(u128::MAX >> 56)).into(),
        other => other,
    }
}

/// Signed-in callers that are remembered; when there would be more, all are forgotten, and told by their address again.
const MOST_ACCOUNTS: usize = 10_000;

/// Which account each recently accepted token or cookie belongs to. It opens nothing: it only tells whose share a request
/// is taken from, before anything is looked up.
#[derive(Default)]
pub struct Accounts {
    known: Mutex<HashMap<[u8; 32], Uuid>>,
}

impl Accounts {
    /// The account of a request, where it is known by what the request shows; else the address. Who is not held back
    /// stays so.
    pub fn client(&self, address: Client, headers: &HeaderMap) -> Client {
        if address == Client::HERE {
            return address;
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let account = shown(headers).and_then(|digest| known.get(&digest).copied());
        account.map_or(address, |account| Client(Some(Whose::Account(account))))
    }

    /// What these headers show is this account's.
    pub fn remember(&self, headers: &HeaderMap, account: Uuid) {
        let Some(digest) = shown(headers) else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_ACCOUNTS {
            known.clear();
        }
        known.insert(digest, account);
    }
}

/// Whether these headers show a token or a session.
pub fn is_shown(headers: &HeaderMap) -> bool {
    shown(headers).is_some()
}

/// The digest of a token or of a session's cookie.
fn shown(headers: &HeaderMap) -> Option<[u8; 32]> {
    if let Some(token) = headers.get(header::AUTHORIZATION) {
        return Some(Sha256::digest(token.as_bytes()).into());
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = cookies.flat_map(|line| line.split(';')).map(str::trim);
    let session = cookies.find(|cookie| cookie.split_once('=').is_some_and(|(name, _)| name == COOKIE))?;
    Some(Sha256::digest(session.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn of(limits: &Limits, peer: &str, forwarded: &[&str]) -> Client {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(Peer(SocketAddr::new(peer.parse().unwrap(), 1)));
        for line in forwarded {
            request.headers_mut().append("x-forwarded-for", line.parse().unwrap());
        }
        Client::of(&request, limits)
    }

    fn client(peer: &str, forwarded: &[&str]) -> Client {
        of(&Limits::default(), peer, forwarded)
    }

    fn at(ip: &str) -> Client {
        Client(Some(Whose::Address(ip.parse().unwrap())))
    }

    #[test]
    fn a_client_is_whom_a_trusted_proxy_saw_and_no_other_is_believed() {
        assert_eq!(client("127.0.0.1", &[]), Client::HERE, "this machine itself");
        assert_eq!(client("203.0.113.7", &[]), at("203.0.113.7"));
        assert_eq!(client("203.0.113.7", &["198.51.100.1"]), at("203.0.113.7"), "a stranger's word is not taken");
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), at("198.51.100.1"));
        assert_eq!(client("127.0.0.1", &["10.9.9.9, 198.51.100.1"]), at("198.51.100.1"), "the last hop only");
        assert_eq!(client("127.0.0.1", &["10.9.9.9", "198.51.100.1:4711"]), at("198.51.100.1"));
        assert_eq!(client("127.0.0.1", &["127.0.0.1"]), at("127.0.0.1"), "through a proxy nobody is this machine");
        assert_eq!(client("127.0.0.1", &["nonsense"]), at("0.0.0.0"));
    }

    #[test]
    fn proxies_behind_one_another_are_passed_over() {
        let inner: IpNet = "10.0.0.0/8".parse().unwrap();
        let mut limits = Limits::default();
        limits.trusted_proxies.push(inner);
        let client = |forwarded: &[&str]| of(&limits, "127.0.0.1", forwarded);
        assert_eq!(client(&["198.51.100.1, 10.0.0.2"]), at("198.51.100.1"));
        assert_eq!(client(&["203.0.113.9, 198.51.100.1, 10.0.0.3", "10.0.0.2, 127.0.0.1"]), at("198.51.100.1"));
        assert_eq!(client(&["10.0.0.9, 10.0.0.2"]), at("10.0.0.9"), "of proxies only, the first of them asks");
        assert_eq!(client(&["198.51.100.1, nonsense, 10.0.0.2"]), at("0.0.0.0"));
    }

    #[test]
    fn a_network_of_version_6_counts_as_one() {
        assert_eq!(client("::1", &["2001:db8:1:2:3:4:5:6"]), client("::1", &["2001:db8:1:ff::9"]));
        assert_ne!(client("::1", &["2001:db8:1:2::9"]), client("::1", &["2001:db8:1:102::9"]));
        assert_eq!(client("::1", &["[2001:db8::1]:80"]), at("2001:db8::"));
        assert_eq!(client("::ffff:203.0.113.7", &[]), at("203.0.113.7"));
    }

    #[test]
    fn this_machine_is_held_back_where_that_is_asked_for() {
        let limits = Limits { limit_loopback: true, ..Limits::default() };
        assert_eq!(of(&limits, "127.0.0.2", &[]), at("127.0.0.2"));
        assert_eq!(of(&limits, "127.0.0.2", &["198.51.100.1"]), at("198.51.100.1"));
        let connection =
            |limits: &Limits, peer: &str| Client::of_connection((peer.parse::<IpAddr>().unwrap(), 1).into(), limits);
        assert_eq!(connection(&limits, "127.0.0.2"), at("127.0.0.2"));
        assert_eq!(connection(&Limits::default(), "127.0.0.2"), Client::HERE);
        assert_eq!(connection(&Limits::default(), "203.0.113.7"), at("203.0.113.7"));
        let proxy = Limits { trusted_proxies: vec!["203.0.113.7/32".parse().unwrap()], ..limits };
        assert_eq!(connection(&proxy, "203.0.113.7"), Client::HERE, "a proxy's connections are everybody's");
    }

    #[test]
    fn who_is_signed_in_has_a_share_by_account_wherever_the_request_comes_from() {
        let accounts = Accounts::default();
        let show = |name: header::HeaderName, text: &str| HeaderMap::from_iter([(name, text.parse().unwrap())]);
        let (token, cookie) =
            (show(header::AUTHORIZATION, "Bearer x"), show(header::COOKIE, &format!("a=1; {COOKIE}=s; b=2")));
        let account = Uuid::from_u128(7);
        assert_eq!(accounts.client(at("203.0.113.7"), &token), at("203.0.113.7"), "until it is known");
        accounts.remember(&token, account);
        accounts.remember(&cookie, account);
        let held = Client(Some(Whose::Account(account)));
        for headers in [&token, &cookie, &show(header::COOKIE, &format!("{COOKIE}=s"))] {
            assert_eq!(accounts.client(at("203.0.113.7"), headers), held);
        }
        assert_eq!(accounts.client(at("203.0.113.7"), &show(header::AUTHORIZATION, "Bearer y")), at("203.0.113.7"));
        assert_eq!(accounts.client(at("203.0.113.7"), &HeaderMap::new()), at("203.0.113.7"));
        assert_eq!(accounts.client(Client::HERE, &token), Client::HERE);
    }
}
