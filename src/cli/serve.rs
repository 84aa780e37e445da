//! `commonground serve`: the map and the API on one address, until it is told to end.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::ending::end_when_told;
use super::say::aside;
use crate::app::{self, App, AppError, Caller, accounts};
use crate::config::{BasemapSetting, Settings};
use crate::http::{self, Door, Limits, Setup};
use crate::model::hours::Nation;

/// Serves until SIGINT or SIGTERM; requests under way are finished first.
pub async fn run(settings: Settings, demo: bool) -> Result<ExitCode, AppError> {
    let begun = Instant::now();
    let ending = CancellationToken::new();
    tokio::spawn(end_when_told(ending.clone()));
    // Before anything is read or written: a wrong file is told at once.
    let basemap = basemap(&settings).await.map_err(AppError::File)?;
    let listen = settings.listen();
    let zone = settings.zone().map_err(AppError::File)?;
    let nation = Nation::by_name(settings.holidays()).unwrap_or_default();
    let store = app::connect(settings.data()).await?;
    if !listen.ip().is_loopback() {
        may_listen(&settings, listen, accounts::has_admin(&*store).await?)?;
    }
    // Bound before anything is written: a port that is taken leaves the data as it was.
    let cannot = |e: std::io::Error| AppError::File(format!("can't listen on {listen}: {e}"));
    let listener = TcpListener::bind(listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let limits = limits(&settings);
    let door = Door::starting();
    let serving = tokio::spawn(http::serve(listener, door.clone(), limits.clone(), ending.clone()));
    let loading = async {
        let app = App::on(store, zone).await?.in_nation(nation);
        let is_new = app.is_new();
        if demo && is_new {
            aside!("Loading the demonstration …");
            app.load_demo(&Caller::command_line()).await?;
        }
        Ok::<_, AppError>((app, is_new))
    };
    let (app, is_new) = tokio::select! {
        loaded = loading => loaded?,
        () = ending.cancelled() => return Ok(ExitCode::SUCCESS),
    };
    app.follow();
    app.prepare();
    tokio::spawn(http::metrics::keep_up());
    door.serve(http::router(app.clone(), setup(&settings, basemap, limits, ending)));
    tracing::info!(revision = app.revision(), seconds = begun.elapsed().as_secs_f32(), "ready");
    say(&format!("Common Ground is at http://{address}"));
    if is_new {
        let link = app.admin_link().await?;
        say(&format!("Sign in once, within 24 hours: {}", link_address(&settings, address, &link)));
    }
    serving.await.map_err(|_| AppError::Ending)?;
    app.close().await;
    tracing::info!(revision = app.revision(), "ended");
    Ok(ExitCode::SUCCESS)
}

/// Says it on standard output; that nobody reads there any more is no reason to stop serving.
fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn basemap(settings: &Settings) -> Result<http::Basemap, String> {
    match settings.basemap()? {
        BasemapSetting::Coast => Ok(http::Basemap::Coast),
        BasemapSetting::File(path) => http::Basemap::open(&path).await.map_err(|e| format!("basemap: {e}")),
        BasemapSetting::Style { url, origin } => Ok(http::Basemap::Style { url, origin }),
    }
}

/// The address that signs in. The secret stands behind the #, so no server log ever sees it.
pub fn link_address(settings: &Settings, listen: SocketAddr, secret: &str) -> String {
    let base = settings.public_url.clone().unwrap_or_else(|| format!("http://{listen}"));
    format!("{}/#/sign-in/{secret}", base.trim_end_matches('/'))
}

/// Off loopback, somebody must be in charge, and the network must be one that is trusted with plain http.
fn may_listen(settings: &Settings, listen: SocketAddr, has_admin: bool) -> Result<(), AppError> {
    if settings.insecure_lan != Some(true) {
        let say = "plain http off loopback: put a TLS proxy in front of a loopback address, or say --insecure-lan";
        return Err(AppError::File(format!("listen {listen}: {say}")));
    }
    if !has_admin {
        let say = "nobody is admin yet: serve on 127.0.0.1 first and use the link it prints, or make a token (token add --role admin)";
        return Err(AppError::File(format!("listen {listen}: {say}")));
    }
    Ok(())
}

fn setup(settings: &Settings, basemap: http::Basemap, limits: Limits, ending: CancellationToken) -> Setup {
    Setup {
        name: settings.name().to_owned(),
        licence: settings.licence().to_owned(),
        public_url: settings.public_url.clone(),
        basemap,
        over_tls: settings.public_url.as_deref().is_some_and(|url| url.starts_with("https:")),
        metrics_token: settings.metrics_token.clone(),
        limits,
        ending,
    }
}

fn limits(settings: &Settings) -> Limits {
    let usual = Limits::default();
    let seconds = |given: Option<u64>, usual| given.map_or(usual, Duration::from_secs);
    Limits {
        trusted_proxies: settings.trusted_proxies.clone().unwrap_or(usual.trusted_proxies),
        limit_loopback: settings.limit_loopback.unwrap_or(usual.limit_loopback),
        requests_per_minute: settings.requests_per_minute.unwrap_or(usual.requests_per_minute),
        analyses_per_minute: settings.analyses_per_minute.unwrap_or(usual.analyses_per_minute),
        sign_ins_per_minute: settings.sign_ins_per_minute.unwrap_or(usual.sign_ins_per_minute),
        concurrent_requests: settings.concurrent_requests.unwrap_or(usual.concurrent_requests),
        connections: settings.connections.unwrap_or(usual.connections),
        listeners: settings.listeners.unwrap_or(usual.listeners),
        request: seconds(settings.request_seconds, usual.request),
        patience: seconds(settings.patience_seconds, usual.patience),
        shutdown: seconds(settings.shutdown_seconds, usual.shutdown),
    }
}
