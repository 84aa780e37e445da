//! `commonground serve`: the map and the API on one address, until it is told to end.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;
use tokio::net::TcpListener;

use crate::app::{App, AppError, Caller};
use crate::config::{Basemap, Settings};
use crate::http::{self, Setup};

/// Serves until SIGINT or SIGTERM; requests under way are finished first.
pub async fn run(settings: Settings, demo: bool) -> Result<ExitCode, AppError> {
    let begun = Instant::now();
    // Before anything is read or written: a wrong file is told at once.
    let basemap = basemap(&settings).await.map_err(AppError::File)?;
    let app = App::open(settings.data(), settings.zone().map_err(AppError::File)?).await?;
    let listen = settings.listen();
    may_listen(&app, &settings, listen).await?;
    // Bound before anything is written: a port that is taken leaves the data as it was.
    let cannot = |e: std::io::Error| AppError::File(format!("can't listen on {listen}: {e}"));
    let listener = TcpListener::bind(listen).await.map_err(cannot)?;
    let is_new = app.is_new();
    if demo && is_new {
        eprintln!("Loading the demonstration …");
        app.load_demo(&Caller::command_line()).await?;
    }
    app.follow();
    app.prepare_map();
    let address = listener.local_addr().map_err(cannot)?;
    tracing::info!(revision = app.revision(), seconds = begun.elapsed().as_secs_f32(), "ready");
    println!("Common Ground is at http://{address}");
    if is_new {
        let link = app.admin_link().await?;
        println!("Sign in once, within 24 hours: {}", link_address(&settings, address, &link));
    }
    let over_tls = settings.public_url.as_deref().is_some_and(|url| url.starts_with("https:"));
    let setup = Setup {
        name: settings.name().to_owned(),
        licence: settings.licence().to_owned(),
        public_url: settings.public_url.clone(),
        basemap,
        over_tls,
    };
    let router = http::router(app, setup);
    let serve = axum::serve(listener, router).with_graceful_shutdown(told_to_end());
    serve.await.map_err(cannot)?;
    Ok(ExitCode::SUCCESS)
}

async fn basemap(settings: &Settings) -> Result<http::Basemap, String> {
    match settings.basemap()? {
        Basemap::Coast => Ok(http::Basemap::Coast),
        Basemap::File(path) => http::Basemap::open(&path).await.map_err(|e| format!("basemap: {e}")),
        Basemap::Style { url, origin } => Ok(http::Basemap::Style { url, origin }),
    }
}

/// The address that signs in. The secret stands behind the #, so no server log ever sees it.
pub fn link_address(settings: &Settings, listen: SocketAddr, secret: &str) -> String {
    let base = settings.public_url.clone().unwrap_or_else(|| format!("http://{listen}"));
    format!("{}/#/sign-in/{secret}", base.trim_end_matches('/'))
}

/// Off loopback, somebody must be in charge, and the network must be one that is trusted with plain http.
async fn may_listen(app: &App, settings: &Settings, listen: SocketAddr) -> Result<(), AppError> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    if settings.insecure_lan != Some(true) {
        let say = "plain http off loopback: put a TLS proxy in front of a loopback address, or say --insecure-lan";
        return Err(AppError::File(format!("listen {listen}: {say}")));
    }
    if !app.has_admin().await? {
        let say = "nobody is admin yet: serve on 127.0.0.1 first and use the link it prints, or make a token (token add --role admin)";
        return Err(AppError::File(format!("listen {listen}: {say}")));
    }
    Ok(())
}

async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = match signal(SignalKind::terminate()) {
        Ok(term) => term,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}
