//! How much may be asked, in numbers.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// The limits; the manual's table of settings explains what each one protects.
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
