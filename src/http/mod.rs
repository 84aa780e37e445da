//! How it is asked: handlers extract, call and answer. No SQL, no rules.

mod about;
mod answer;
mod ask;
mod asker;
mod assets;
mod base_tiles;
mod basemap;
mod changes;
mod client;
mod counts;
mod coverage;
mod desk;
mod door;
mod entrance;
mod error;
mod events;
mod gate;
mod imports;
mod intake;
mod layers;
mod limits;
#[cfg(test)]
mod made_up_kind;
pub mod metrics;
pub mod nearby;
pub mod openapi;
mod places;
mod protocol;
mod records;
pub mod rights;
pub mod routes;
mod served;
mod session;
mod sessions;
mod tiles;
mod trace;
pub mod words;

pub use basemap::Basemap;
pub use door::{Door, serve};
pub use limits::Limits;
pub use served::{Served, Setup};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::app::App;
use counts::Counts;
use desk::Desk;
use gate::Gate;
use layers::Layers;
use served::Reachable;

/// How long a browser keeps the cookie, at most. The session ends long before, when nobody uses it (`app/accounts.rs`).
const COOKIE_DAYS: i64 = 30;

/// The whole service: API and front end.
pub fn router(app: App, setup: Setup) -> Router {
    router_with(app, setup, Router::new())
}

/// The same with further routes inside all its layers.
pub fn router_with(app: App, setup: Setup, more: Router<Served>) -> Router {
    metrics::recorder();
    let (gate, description) = (Gate::new(&setup.limits), openapi::served());
    let (desk, layers, counts) = (Desk::default(), Layers::default(), Counts::default());
    let served = Served::of(Reachable { app, setup, gate, desk, layers, counts, description });
    let policy = policy(served.setup.basemap.origin());
    let sessions = SessionManagerLayer::new(sessions::Sessions(Arc::new(served.app.clone())))
        .with_name(sessions::COOKIE)
        .with_same_site(SameSite::Lax)
        .with_secure(served.setup.over_tls)
        .with_expiry(Expiry::OnInactivity(time::Duration::days(COOKIE_DAYS)));
    routes::router(&served)
        .merge(more)
        .fallback(assets::serve)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(intake::RECORD))
        .layer(sessions)
        .layer(from_this_site(served.setup.public_url.as_deref()))
        .layer(from_fn_with_state(served.clone(), entrance::gate))
        .layer(CompressionLayer::new())
        .layer(from_fn(error::in_the_form_of_problems))
        .layer(from_fn(protocol::weak_when_encoded))
        .layer(from_fn(protocol::for_other_sites))
        .layer(from_fn(protocol::one_host))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, policy))
        .layer(SetResponseHeaderLayer::if_not_present(header::REFERRER_POLICY, value("same-origin")))
        .layer(SetResponseHeaderLayer::if_not_present(header::X_CONTENT_TYPE_OPTIONS, value("nosniff")))
        .layer(SetResponseHeaderLayer::if_not_present(
            PERMISSIONS,
            value("geolocation=(self), camera=(), microphone=()"),
        ))
        .layer(from_fn(trace::trace))
        .with_state(served)
}

/// Writes come from pages of this site: of the host that is asked, or of the address that people type, which a proxy may
/// write otherwise.
fn from_this_site(public_url: Option<&str>) -> CsrfLayer {
    let trusted = public_url.and_then(protocol::origin_of).and_then(|o| CsrfLayer::new().add_trusted_origin(o).ok());
    trusted.unwrap_or_default()
}

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// Nothing from elsewhere: not a font, not a tile, not a script. Where the operator chose somebody else's style, what
/// that asks of the same host: the style and its tiles, its pictures.
fn policy(also: Option<&str>) -> HeaderValue {
    let also = also.map(|origin| format!(" {origin}")).unwrap_or_default();
    let text = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{also}; \
         worker-src 'self'; connect-src 'self'{also}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).expect("an origin holds nothing that a header can't")
}

fn value(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}
