//! The front end, built by `web/` and carried inside the binary.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::{answer, error};

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// First steps of addresses that are answered by programs, now or later: what is not there is told, and is no page.
const OURS: [&str; 7] = ["api", "tiles", "healthz", "readyz", "metrics", "ogc", "oruk"];

/// A file of the front end; the page itself for every address it routes.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if OURS.contains(&path.split('/').next().unwrap_or_default()) {
        return error::no_such_address().await.into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        let allowed = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (allowed, error::no_such_method().await).into_response();
    }
    if let Some(file) = Built::get(path) {
        return built(path, file, &headers);
    }
    match Built::get("index.html") {
        // What has an ending is a file, and it is not there.
        Some(page) if !path.rsplit('/').next().unwrap_or_default().contains('.') => built("index.html", page, &headers),
        Some(_) => StatusCode::NOT_FOUND.into_response(),
        None => (StatusCode::NOT_FOUND, "The front end was not built: see make run.\n").into_response(),
    }
}

fn built(path: &str, file: rust_embed::EmbeddedFile, headers: &HeaderMap) -> Response {
    let media = HeaderValue::from_str(file.metadata.mimetype());
    let media = media.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = answer::fixed(headers, media, file.data.into_owned(), &file.metadata.sha256_hash());
    // Built files carry a digest in their name: they never change. The page does.
    if path.starts_with("assets/") {
        let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, for_ever);
    }
    response
}
