//! Addresses of PostgreSQL as operators write them: `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME?notify=off`.
//! The driver knows one host; several, tried in order, are ours to read.

use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;

/// An address that was understood.
pub struct Address {
    /// One way to connect for each host, in the order written.
    pub hosts: Vec<PgConnectOptions>,
    /// Whether to wait for NOTIFY; off behind a pooler that knows no LISTEN.
    pub notify: bool,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// In words: what is wrong with it.
    pub fn read(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        let rest = rest.ok_or("it must begin with postgres://")?;
        let (rest, words) = rest.split_once('?').unwrap_or((rest, ""));
        let (who, name) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = match who.rsplit_once('@') {
            Some((user, hosts)) => (format!("{user}@"), hosts),
            None => (String::new(), who),
        };
        let (ours, others): (Vec<&str>, Vec<&str>) =
            words.split('&').filter(|w| !w.is_empty()).partition(|word| word.starts_with("notify="));
        let notify = match ours.last() {
            None | Some(&"notify=on") => true,
            Some(&"notify=off") => false,
            Some(_) => return Err("notify must be on or off".to_owned()),
        };
        let one = |host: &str| {
            let url = format!("postgres://{user}{host}/{name}?{}", others.join("&"));
            let options = PgConnectOptions::from_str(url.trim_end_matches('?')).map_err(|e| e.to_string())?;
            Ok(options.application_name("commonground"))
        };
        let hosts = hosts.split(',').map(one).collect::<Result<Vec<_>, String>>()?;
        Ok(Self { hosts, notify })
    }
}

/// An address without its password, for messages and logs.
pub fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // A password may hold / and ? where they do not belong: all before the last @ is who, not where.
    let (user, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
    let user = user.split(':').next().filter(|u| !u.is_empty()).map_or(String::new(), |u| format!("{u}@"));
    let (place, words) = rest.split_once('?').unwrap_or((rest, ""));
    let words: Vec<&str> = words.split('&').filter(|w| !w.is_empty() && !w.starts_with("password=")).collect();
    let words = if words.is_empty() { String::new() } else { format!("?{}", words.join("&")) };
    format!("{scheme}://{user}{place}{words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_hosts_are_kept_in_order() {
        let address = Address::read("postgres://cg:p%40ss@db1:5433,db2/place?sslmode=disable&notify=off").unwrap();
        let hosts: Vec<_> = address.hosts.iter().map(|h| (h.get_host().to_owned(), h.get_port())).collect();
        assert_eq!(hosts, [("db1".to_owned(), 5433), ("db2".to_owned(), 5432)]);
        assert_eq!(address.hosts[1].get_database(), Some("place"));
        assert!(!address.notify);
    }

    #[test]
    fn a_wrong_address_is_told_in_words() {
        for url in ["mysql://x/y", "postgres://h:port/x", "postgres://h/x?notify=maybe"] {
            assert!(Address::read(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://cg:secret@db1,db2/place",
            "postgres://cg:a/secret?b@db1/place",
            "postgres://cg@db/place?password=secret&sslmode=disable",
        ] {
            assert!(!shown(url).contains("secret"), "{}", shown(url));
            assert!(shown(url).contains("place"));
        }
        assert_eq!(shown("sqlite:town.db"), "sqlite:town.db");
    }
}
