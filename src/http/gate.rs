//! The places that are left, and what each client has had of its share.

use axum::http::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use metrics::counter;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::client::{Accounts, Client, Whose, is_shown};
use super::error::{Refusal, refused};
use super::limits::Limits;
use super::places::{Place, Places};

/// Requests a minute that an address which has had its share may still make with a token or a session's cookie, so that
/// those who sit there and are signed in become known.
const LOOK_UPS: u32 = 60;

/// The places that are left, and what each client has had of its share.
pub struct Gate {
    /// Requests that are not answered yet, whatever they wait for.
    pub(super) open: Arc<Places>,
    pub(super) reads: Arc<Places>,
    pub(super) writes: Arc<Places>,
    listeners: Arc<Places>,
    pub(super) requests: Option<Shares>,
    analyses: Option<Shares>,
    sign_ins: Option<Shares>,
    look_ups: Option<Shares>,
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
            look_ups: Shares::new("look_ups", "requests", LOOK_UPS),
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

    /// Whether somebody at an address that has had its share shows who they are, and may be looked up: known by account,
    /// they have a share of their own.
    pub fn may_be_somebody(&self, client: Client, headers: &HeaderMap) -> bool {
        let shows = matches!(client.0, Some(Whose::Address(_))) && is_shown(headers);
        shows && self.look_ups.as_ref().is_some_and(|shares| shares.take(client).is_ok())
    }

    /// A listener's place, kept for as long as it listens.
    pub fn listener(&self, client: Client) -> Result<Place, Refusal> {
        self.listeners.take(client).ok_or_else(|| refused("listeners", "Too many listeners"))
    }
}

/// What each client has had of something.
pub(super) struct Shares {
    of: &'static str,
    what: &'static str,
    had: DefaultKeyedRateLimiter<Whose>,
    taken: AtomicU32,
}

/// Requests after which clients that have their whole share again are forgotten.
const REMEMBERED: u32 = 10_000;

impl Shares {
    fn new(of: &'static str, what: &'static str, per_minute: u32) -> Option<Self> {
        let had = RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(per_minute)?));
        Some(Self { of, what, had, taken: AtomicU32::new(0) })
    }

    /// A part of this client's share; says when to come again where it has had all of it.
    pub(super) fn take(&self, client: Client) -> Result<(), Refusal> {
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
