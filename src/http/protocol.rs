//! What HTTP itself asks of every answer, whatever it is about: one Host, a way to be encoded that is acceptable, tags that
//! tell encodings apart, and leave for other sites to read what is everybody's.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::Refusal;
use crate::model::Code;

/// The number of the last change an answer knows.
pub const REVISION: HeaderName = HeaderName::from_static("cg-revision");

/// A request names the host it is for, once (RFC 9112 §3.2).
pub async fn one_host(request: Request, next: Next) -> Response {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        let say = "a request names its host, once";
        return Refusal::new(StatusCode::BAD_REQUEST, "Can't be read", "Host", Code::Required, say).into_response();
    }
    next.run(request).await
}

/// Encoded, an answer is another representation: its tag no longer stands for the same bytes (RFC 9110 §8.8.1).
pub async fn weak_when_encoded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.headers().contains_key(header::CONTENT_ENCODING) {
        let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let strong = tag.filter(|tag| !tag.starts_with("W/"));
        if let Some(weak) = strong.and_then(|tag| HeaderValue::from_str(&format!("W/{tag}")).ok()) {
            response.headers_mut().insert(header::ETAG, weak);
        }
    }
    response
}

/// Headers of a question that other sites may send.
const MAY_SEND: HeaderValue = HeaderValue::from_static("Accept, If-None-Match, At-Least, Last-Event-ID");
/// How long a browser need not ask for leave again, seconds.
const LEAVE: HeaderValue = HeaderValue::from_static("86400");
const READS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
const ANYBODY: HeaderValue = HeaderValue::from_static("*");

/// Maps of other sites may read what everybody may: lists, answers and tiles, by GET. What is written, and what
/// somebody who is signed in sees, stays with this site.
pub async fn for_other_sites(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let shared = path.starts_with("/api/") || path.starts_with("/tiles/");
    if !shared {
        return next.run(request).await;
    }
    if asks_leave_to_read(&request) {
        let mut leave = StatusCode::NO_CONTENT.into_response();
        let headers = leave.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, READS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, MAY_SEND);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, LEAVE);
        return leave;
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let nobody = !names_somebody(request.headers());
    let mut response = next.run(request).await;
    if reads && nobody {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, shown());
    }
    response
}

fn asks_leave_to_read(request: &Request) -> bool {
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_METHOD);
    *request.method() == Method::OPTIONS && wanted.is_some_and(|method| method == "GET" || method == "HEAD")
}

fn names_somebody(headers: &HeaderMap) -> bool {
    headers.contains_key(header::COOKIE) || headers.contains_key(header::AUTHORIZATION)
}

/// Headers of an answer that scripts of other sites may see.
fn shown() -> HeaderValue {
    let names: [&HeaderName; 3] = [&header::ETAG, &REVISION, &header::RETRY_AFTER];
    HeaderValue::from_str(&names.map(HeaderName::as_str).join(", ")).expect("names of headers are text")
}

/// The secret of `Authorization: Bearer …`; the scheme may be written in any case (RFC 9110 §11.1).
pub fn bearer(given: &HeaderValue) -> Option<&str> {
    let (scheme, secret) = given.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim_start())
}

/// Scheme, host and port of an address, as a browser names where a page is from.
pub fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    (!host.is_empty() && !host.contains('@')).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::origin_of;

    #[test]
    fn where_a_page_is_from_is_written_as_browsers_write_it() {
        for (address, origin) in [
            ("https://Map.Example.org/cumbria/?a#b", "https://map.example.org"),
            ("https://map.example.org:443", "https://map.example.org"),
            ("http://localhost:8080/", "http://localhost:8080"),
        ] {
            assert_eq!(origin_of(address).as_deref(), Some(origin));
        }
        assert_eq!(origin_of("map.example.org"), None);
    }
}
