//! One line in the log and one count for every request: route template, status, time, id. Never a query, a body, an
//! address, a header or a value out of a path: a postcode typed for a person is in none of what is kept.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, gauge, histogram};
use std::time::Instant;
use tracing::Instrument;

/// By this name a request's id comes and goes.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The route of addresses that are not there, or belong to the front end: one name for all of them.
const UNMATCHED: &str = "unmatched";
/// An id that somebody else made is at most this long.
const LONGEST_ID: usize = 64;

/// The id of a request: a proxy's, or our own.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives the request its id, counts it, and writes its line.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = given(&request).unwrap_or_else(|| crate::app::new_id().to_string());
    let route = route(&request);
    let method = known(request.method());
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", id);
    let under_way = UnderWay::begin();
    let mut response = next.run(request).instrument(span.clone()).await;
    drop(under_way);
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    counter!("commonground_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!("commonground_request_seconds", "method" => method, "route" => route.clone()).record(took);
    let ms = took.as_micros() as f64 / 1000.0;
    span.in_scope(|| match route.as_str() {
        // Asked every few seconds by machines; said only to who wants to hear everything.
        "/healthz" | "/readyz" | "/metrics" => tracing::debug!(method, route, status, ms, "answered"),
        _ => tracing::info!(method, route, status, ms, "answered"),
    });
    response.headers_mut().extend(HeaderValue::from_str(&id).ok().map(|id| (HEADER, id)));
    response
}

/// The id that came with the request, if it is one that can stand in a log as it is.
fn given(request: &Request) -> Option<String> {
    let id = request.headers().get(HEADER)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    ((1..=LONGEST_ID).contains(&id.len()) && id.chars().all(plain)).then(|| id.to_owned())
}

/// The template that the address fits, never the address.
fn route(request: &Request) -> String {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    route.filter(|route| !route.contains("__private")).unwrap_or(UNMATCHED).to_owned()
}

/// The method, if it is one of HTTP's own: a client can make up any number of others.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

/// Counts a request as under way for as long as it lives, also when its client goes away.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        gauge!("commonground_requests_under_way").increment(1.0);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        gauge!("commonground_requests_under_way").decrement(1.0);
    }
}
