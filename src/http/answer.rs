//! Answers with what caches and clients need: revision, ETag, Vary, and 304 where nothing changed.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::asker::Asker;
use super::error::Refusal;
use super::protocol::REVISION;
use crate::model::Code;

/// Media types.
pub const JSON: &str = "application/json";
/// GeoJSON (RFC 7946).
pub const GEOJSON: &str = "application/geo+json";
/// Mapbox Vector Tile.
pub const MVT: &str = "application/vnd.mapbox-vector-tile";
/// Comma-separated values.
pub const CSV: &str = "text/csv; charset=utf-8";

/// The ETag of one record: its version, and a digest of what this caller is shown of it.
pub fn record_tag(version: u32, body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    let short: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"v{version}-{short}\"")
}

/// The version an `If-Match` names, given the present one: `"v3"` or `"v3-…"`; of a list the present one if it is
/// there; `*` means whichever it is.
pub fn version_of(tags: &HeaderValue, present: u32) -> Option<u32> {
    let version = |tag: &str| -> Option<u32> {
        let text = tag.trim().trim_start_matches("W/").trim_matches('"');
        text.strip_prefix('v')?.split('-').next()?.parse().ok()
    };
    let tags = tags.to_str().ok()?.trim();
    if tags == "*" {
        return Some(present);
    }
    let named: Vec<u32> = tags.split(',').filter_map(version).collect();
    named.iter().find(|v| **v == present).or(named.first()).copied()
}

/// One record, its tag made already.
pub fn tagged(asker: &Asker, headers: &HeaderMap, tag: &str, body: impl Into<Body>) -> Response {
    finish(asker, StatusCode::OK, headers, tag, JSON, body)
}

/// One record.
pub fn record(asker: &Asker, status: StatusCode, headers: &HeaderMap, version: u32, body: String) -> Response {
    let tag = record_tag(version, &body);
    finish(asker, status, headers, &tag, JSON, body)
}

/// A set: weakly tagged by what it was made from, `made_of` being the words of the question.
pub fn set(asker: &Asker, headers: &HeaderMap, made_of: &str, media: &'static str, body: impl Into<Body>) -> Response {
    let tag = set_tag(asker, made_of, media);
    finish(asker, StatusCode::OK, headers, &tag, media, body)
}

/// The answer to somebody who has this set already; none when it has to be made.
pub fn unchanged_set(asker: &Asker, headers: &HeaderMap, made_of: &str, media: &'static str) -> Option<Response> {
    // `*` knows any answer there is; whether there is one is known once it is made.
    if headers.get(header::IF_NONE_MATCH).is_none_or(|tags| tags == "*") {
        return None;
    }
    let tag = set_tag(asker, made_of, media);
    is_known(headers, &tag).then(|| finish(asker, StatusCode::OK, headers, &tag, media, Body::empty()))
}

/// All that a set is made from.
pub fn set_key(asker: &Asker, made_of: &str) -> String {
    // What begins or ends by itself changes with the day; what is open now, with the minute.
    let minute = made_of.contains("open_at").then(|| asker.local.timestamp().as_second() / 60);
    let moment = minute.map_or_else(|| asker.local.date().to_string(), |minute| minute.to_string());
    let view = &asker.view;
    format!("{}|{:?}|{:?}|{made_of}|{moment}", view.revision(), view.last_change(), view.viewer())
}

fn set_tag(asker: &Asker, made_of: &str, media: &str) -> String {
    let key = format!("{}|{media}", set_key(asker, made_of));
    let digest: String = Sha256::digest(key.as_bytes())[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"r{}-{digest}\"", asker.view.revision())
}

/// A plain JSON answer that nobody caches.
pub fn json(asker: &Asker, status: StatusCode, body: &Value) -> Response {
    uncached(asker, status, JSON, body.to_string())
}

/// The same, rendered already.
pub fn uncached(asker: &Asker, status: StatusCode, media: &'static str, body: impl Into<Body>) -> Response {
    let mut response = (status, body.into()).into_response();
    dress(asker, &mut response, media);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Reads a JSON body, or says why it can't be read.
pub fn read_json(headers: &HeaderMap, body: &Bytes) -> Result<Value, Refusal> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or(JSON);
    if !media.split(';').next().is_some_and(|m| m.trim() == JSON || m.trim().ends_with("+json")) {
        let say = "send application/json";
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Not JSON",
            "Content-Type",
            Code::NotThisFormat,
            say,
        ));
    }
    serde_json::from_slice(body).map_err(|e| {
        let say = format!("the body is not JSON: line {}, column {}", e.line(), e.column());
        Refusal::new(StatusCode::BAD_REQUEST, "Can't be read", "", Code::NotThisFormat, &say)
    })
}

/// What is the same for everybody and changes only with the program, under a tag of its own.
pub fn fixed(headers: &HeaderMap, media: HeaderValue, body: impl Into<Body>, digest: &[u8]) -> Response {
    let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{short}\"");
    let mut response = match is_known(headers, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => body.into().into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    response
}

fn finish(
    asker: &Asker,
    status: StatusCode,
    headers: &HeaderMap,
    tag: &str,
    media: &'static str,
    body: impl Into<Body>,
) -> Response {
    let unchanged = status == StatusCode::OK && is_known(headers, tag);
    let mut response = match unchanged {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => (status, body.into()).into_response(),
    };
    dress(asker, &mut response, media);
    let headers = response.headers_mut();
    headers.extend(HeaderValue::from_str(tag).ok().map(|tag| (header::ETAG, tag)));
    let cache = if asker.caller.is_some() { "private, no-cache" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// Whether the asker has what this tag stands for.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.is_some_and(|k| k.trim() == "*" || k.split(',').any(|t| weak(t) == weak(tag)))
}

fn dress(asker: &Asker, response: &mut Response, media: &'static str) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::VARY, HeaderValue::from_static("Cookie, Authorization, Accept, Accept-Encoding"));
    headers.insert(REVISION, HeaderValue::from(asker.view.revision()));
}
