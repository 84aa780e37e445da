//! Settings: by flag, by `COMMONGROUND_*` in the environment, or in one TOML file, in that order of strength.

use ipnet::IpNet;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A secret that is typed into a file is at least this long.
const SHORTEST_TOKEN: usize = 16;

/// Nations that have bank holidays of their own, as the government's list names them.
const HOLIDAYS: [&str; 3] = ["england-and-wales", "scotland", "northern-ireland"];

/// Every setting of a running instance. A file that names another one is refused.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the data is: `sqlite:PATH`.
    pub data: Option<String>,
    /// The address to serve on. Off loopback it needs `insecure_lan` or a TLS proxy in front.
    pub listen: Option<SocketAddr>,
    /// The address that people type, when it is not the one listened on.
    pub public_url: Option<String>,
    /// The name of the place this instance serves, shown in the header.
    pub name: Option<String>,
    /// Time zone in which opening hours are meant.
    pub tz: Option<String>,
    /// Whose bank holidays hold where a record does not tell: `england-and-wales`, `scotland` or `northern-ireland`.
    pub holidays: Option<String>,
    /// Licence of contributed data, shown and given with every export.
    pub licence: Option<String>,
    /// The map under the map: `coast`, a PMTiles file, or the https address of somebody else's style.
    pub basemap: Option<String>,
    /// Allows plain http off loopback, on a network you trust.
    pub insecure_lan: Option<bool>,
    /// What to log: error, warn, info, debug, or a filter.
    pub log: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed, as networks. Loopback unless said.
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// Holds this machine's own addresses back like any other: where no proxy of this machine stands in front.
    pub limit_loopback: Option<bool>,
    /// A bearer token that may read `/metrics` and nothing else.
    pub metrics_token: Option<String>,
    /// Requests a minute from one address; 0 = no limit.
    pub requests_per_minute: Option<u32>,
    /// Long analyses a minute from one address; 0 = no limit.
    pub analyses_per_minute: Option<u32>,
    /// Attempts to sign in a minute from one address; 0 = no limit.
    pub sign_ins_per_minute: Option<u32>,
    /// Requests under way at once, all addresses together.
    pub concurrent_requests: Option<usize>,
    /// Connections open at once.
    pub connections: Option<usize>,
    /// Listeners to the event stream at once.
    pub listeners: Option<usize>,
    /// Seconds that a request may take; imports and undos have no limit of their own.
    pub request_seconds: Option<u64>,
    /// Seconds that a peer may leave us waiting: for the head of its request, for the next piece of a file, for
    /// reading what we send.
    pub patience_seconds: Option<u64>,
    /// Seconds that requests under way have left once the program is told to end.
    pub shutdown_seconds: Option<u64>,
}

impl Settings {
    /// Names of all settings, as they stand in the file.
    pub const NAMES: [&str; 22] = [
        "data",
        "listen",
        "public_url",
        "name",
        "tz",
        "holidays",
        "licence",
        "basemap",
        "insecure_lan",
        "log",
        "trusted_proxies",
        "limit_loopback",
        "metrics_token",
        "requests_per_minute",
        "analyses_per_minute",
        "sign_ins_per_minute",
        "concurrent_requests",
        "connections",
        "listeners",
        "request_seconds",
        "patience_seconds",
        "shutdown_seconds",
    ];

    /// Reads a TOML file.
    ///
    /// # Errors
    /// In words: the file can't be read, or holds something that is no setting.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// These settings, with `weaker` where they are silent.
    pub fn or(self, weaker: Self) -> Self {
        Self {
            data: self.data.or(weaker.data),
            listen: self.listen.or(weaker.listen),
            public_url: self.public_url.or(weaker.public_url),
            name: self.name.or(weaker.name),
            tz: self.tz.or(weaker.tz),
            holidays: self.holidays.or(weaker.holidays),
            licence: self.licence.or(weaker.licence),
            basemap: self.basemap.or(weaker.basemap),
            insecure_lan: self.insecure_lan.or(weaker.insecure_lan),
            log: self.log.or(weaker.log),
            trusted_proxies: self.trusted_proxies.or(weaker.trusted_proxies),
            limit_loopback: self.limit_loopback.or(weaker.limit_loopback),
            metrics_token: self.metrics_token.or(weaker.metrics_token),
            requests_per_minute: self.requests_per_minute.or(weaker.requests_per_minute),
            analyses_per_minute: self.analyses_per_minute.or(weaker.analyses_per_minute),
            sign_ins_per_minute: self.sign_ins_per_minute.or(weaker.sign_ins_per_minute),
            concurrent_requests: self.concurrent_requests.or(weaker.concurrent_requests),
            connections: self.connections.or(weaker.connections),
            listeners: self.listeners.or(weaker.listeners),
            request_seconds: self.request_seconds.or(weaker.request_seconds),
            patience_seconds: self.patience_seconds.or(weaker.patience_seconds),
            shutdown_seconds: self.shutdown_seconds.or(weaker.shutdown_seconds),
        }
    }

    /// Whether they make sense.
    ///
    /// # Errors
    /// In words: which one does not, and what would.
    pub fn check(&self) -> Result<(), String> {
        self.zone()?;
        if !HOLIDAYS.contains(&self.holidays()) {
            return Err(format!("holidays: {} is not one of {}", self.holidays(), HOLIDAYS.join(", ")));
        }
        let some = |name: &str, given: Option<u64>| match given {
            Some(0) => Err(format!("{name}: must be at least 1")),
            _ => Ok(()),
        };
        some("concurrent_requests", self.concurrent_requests.map(|n| n as u64))?;
        some("connections", self.connections.map(|n| n as u64))?;
        some("request_seconds", self.request_seconds)?;
        some("patience_seconds", self.patience_seconds)?;
        match &self.metrics_token {
            Some(token) if token.len() < SHORTEST_TOKEN => {
                Err(format!("metrics_token: must have at least {SHORTEST_TOKEN} characters, so that nobody guesses it"))
            }
            _ => Ok(()),
        }
    }

    /// Where the data is; a file in the present folder when nothing was said.
    pub fn data(&self) -> &str {
        self.data.as_deref().unwrap_or("sqlite:commonground.db")
    }

    /// Where to serve.
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    /// The zone that opening hours are meant in.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn zone(&self) -> Result<jiff::tz::TimeZone, String> {
        let name = self.tz.as_deref().unwrap_or("Europe/London");
        jiff::tz::TimeZone::get(name).map_err(|_| format!("tz: there is no time zone {name}"))
    }

    /// Whose bank holidays hold where a record does not tell.
    pub fn holidays(&self) -> &str {
        self.holidays.as_deref().unwrap_or(HOLIDAYS[0])
    }

    /// The name shown in the header.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("Common Ground")
    }

    /// The map under the map.
    ///
    /// # Errors
    /// When it is an address that is not https, or none at all.
    pub fn basemap(&self) -> Result<BasemapSetting, String> {
        match self.basemap.as_deref().map(str::trim) {
            None | Some("" | "coast") => Ok(BasemapSetting::Coast),
            Some(url) if url.contains("://") => {
                let origin = origin(url).ok_or_else(|| {
                    format!("basemap: {url} is no address of a style; it must begin with https:// and a host")
                })?;
                Ok(BasemapSetting::Style { url: url.to_owned(), origin })
            }
            Some(path) => Ok(BasemapSetting::File(path.into())),
        }
    }

    /// Licence of contributed data.
    pub fn licence(&self) -> &str {
        self.licence.as_deref().unwrap_or("Open Government Licence v3.0")
    }
}

/// The three forms of a map under the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasemapSetting {
    /// Our own coast and towns.
    Coast,
    /// A PMTiles file.
    File(PathBuf),
    /// Somebody else's style.
    Style {
        /// Its address.
        url: String,
        /// `https://host` of it.
        origin: String,
    },
}

/// `https://host:port` of an https address without a name or password in it.
fn origin(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let sound = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
    let whole = url.chars().all(|c| c.is_ascii_graphic());
    let named = host.starts_with(|c: char| c.is_ascii_alphanumeric());
    (whole && named && host.chars().all(sound)).then(|| format!("https://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_an_unknown_setting_is_refused() {
        assert!(toml::from_str::<Settings>("listne = '127.0.0.1:1'").is_err());
        assert!(toml::from_str::<Settings>("listen = '127.0.0.1:1'").is_ok());
    }

    #[test]
    fn a_basemap_is_the_coast_a_file_or_a_style_over_https() {
        let of = |text: &str| Settings { basemap: Some(text.to_owned()), ..Settings::default() }.basemap();
        assert_eq!(Settings::default().basemap(), Ok(BasemapSetting::Coast));
        assert_eq!(of("coast"), Ok(BasemapSetting::Coast));
        assert_eq!(of("maps/cumbria.pmtiles"), Ok(BasemapSetting::File("maps/cumbria.pmtiles".into())));
        let url = "https://tiles.example:8443/style.json?key=1";
        let origin = "https://tiles.example:8443".to_owned();
        assert_eq!(of(url), Ok(BasemapSetting::Style { url: url.to_owned(), origin }));
        for wrong in [
            "http://tiles.example/style.json",
            "ftp://tiles.example/s",
            "https://",
            "https:///style.json",
            "https://me:secret@tiles.example/s",
            "https://a;b.example/s",
            "https://a.example/s;\nscript-src *",
            "https://*.example/s",
        ] {
            assert!(of(wrong).unwrap_err().starts_with("basemap: "), "{wrong}");
        }
    }

    #[test]
    fn settings_that_make_no_sense_are_refused_by_name() {
        for wrong in [
            "tz = 'Mars/Olympus'",
            "holidays = 'france'",
            "connections = 0",
            "concurrent_requests = 0",
            "request_seconds = 0",
        ]
        .into_iter()
        .chain(["patience_seconds = 0", "metrics_token = ''", "metrics_token = 'guessable'"])
        {
            let name = wrong.split(' ').next().unwrap();
            let refused = toml::from_str::<Settings>(wrong).unwrap().check().unwrap_err();
            assert!(refused.starts_with(&format!("{name}: ")), "{refused}");
        }
        for good in [
            "holidays = 'scotland'",
            "requests_per_minute = 0",
            "listeners = 0",
            "shutdown_seconds = 0",
            "metrics_token = '0123456789abcdef'",
        ] {
            assert!(toml::from_str::<Settings>(good).unwrap().check().is_ok(), "{good}");
        }
        assert!(toml::from_str::<Settings>("trusted_proxies = ['everybody']").is_err());
        assert!(toml::from_str::<Settings>("connections = -1").is_err());
    }

    #[test]
    fn the_list_of_names_is_whole() {
        for name in Settings::NAMES {
            let value = match name {
                "listen" => "'127.0.0.1:1'",
                "insecure_lan" | "limit_loopback" => "true",
                "trusted_proxies" => "['10.0.0.0/8', '::1/128']",
                "data" | "public_url" | "name" | "tz" | "holidays" | "licence" | "basemap" | "log"
                | "metrics_token" => "'x'",
                _ => "7",
            };
            let read = toml::from_str::<Settings>(&format!("{name} = {value}"));
            assert!(read.is_ok_and(|s| format!("{:?}", s.or(Settings::default())).contains("Some(")), "{name}");
        }
        // A setting that is not listed would be a field beyond these.
        assert_eq!(format!("{:?}", Settings::default()).matches(": None").count(), Settings::NAMES.len());
    }
}
