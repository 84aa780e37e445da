//! Flags of `serve` that an operator rarely needs: how much may be asked, and who watches.

use ipnet::IpNet;

use crate::config::Settings;

/// How much may be asked.
#[derive(clap::Args)]
pub struct LimitArgs {
    /// Proxies whose X-Forwarded-For is believed, with commas between [default: 127.0.0.0/8,::1/128]
    #[arg(long, env = "COMMONGROUND_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Option<Vec<IpNet>>,
    /// Hold this machine's own addresses back like any other: where no proxy of this machine stands in front
    #[arg(long, env = "COMMONGROUND_LIMIT_LOOPBACK", num_args = 0..=1, default_missing_value = "true")]
    limit_loopback: Option<bool>,
    /// A bearer token that may read /metrics and nothing else; better in the environment or the file than here
    #[arg(long, env = "COMMONGROUND_METRICS_TOKEN", hide_env_values = true)]
    metrics_token: Option<String>,
    /// Requests a minute from one address, 0 = no limit [default: 6000]
    #[arg(long, env = "COMMONGROUND_REQUESTS_PER_MINUTE")]
    requests_per_minute: Option<u32>,
    /// Long analyses a minute from one address, 0 = no limit [default: 300]
    #[arg(long, env = "COMMONGROUND_ANALYSES_PER_MINUTE")]
    analyses_per_minute: Option<u32>,
    /// Attempts to sign in a minute from one address, 0 = no limit [default: 20]
    #[arg(long, env = "COMMONGROUND_SIGN_INS_PER_MINUTE")]
    sign_ins_per_minute: Option<u32>,
    /// Requests under way at once [default: 256]
    #[arg(long, env = "COMMONGROUND_CONCURRENT_REQUESTS")]
    concurrent_requests: Option<usize>,
    /// Connections open at once [default: 900]
    #[arg(long, env = "COMMONGROUND_CONNECTIONS")]
    connections: Option<usize>,
    /// Listeners to the event stream at once [default: 400]
    #[arg(long, env = "COMMONGROUND_LISTENERS")]
    listeners: Option<usize>,
    /// Seconds a request may take [default: 60]
    #[arg(long, env = "COMMONGROUND_REQUEST_SECONDS")]
    request_seconds: Option<u64>,
    /// Seconds a peer may leave us waiting [default: 30]
    #[arg(long, env = "COMMONGROUND_PATIENCE_SECONDS")]
    patience_seconds: Option<u64>,
    /// Seconds that requests under way have left at the end [default: 30]
    #[arg(long, env = "COMMONGROUND_SHUTDOWN_SECONDS")]
    shutdown_seconds: Option<u64>,
}

impl LimitArgs {
    /// These beside what was given otherwise.
    pub fn over(&self, given: Settings) -> Settings {
        Settings {
            trusted_proxies: self.trusted_proxies.clone(),
            limit_loopback: self.limit_loopback,
            metrics_token: self.metrics_token.clone(),
            requests_per_minute: self.requests_per_minute,
            analyses_per_minute: self.analyses_per_minute,
            sign_ins_per_minute: self.sign_ins_per_minute,
            concurrent_requests: self.concurrent_requests,
            connections: self.connections,
            listeners: self.listeners,
            request_seconds: self.request_seconds,
            patience_seconds: self.patience_seconds,
            shutdown_seconds: self.shutdown_seconds,
            ..given
        }
    }
}
