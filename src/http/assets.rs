//! The front end, built by `web/` and carried inside the binary.

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// Beginnings of addresses that are not there yet.
const LATER: [&str; 2] = ["ogc/", "oruk/"];

/// A file of the front end; the page itself for every address it routes.
pub async fn serve(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    // Addresses of the contract that come later are not the page's to answer.
    if LATER.iter().any(|start| path.starts_with(start)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(file) = Built::get(path) {
        return answer(path, file);
    }
    match Built::get("index.html") {
        // What has an ending is a file, and it is not there.
        Some(page) if !path.rsplit('/').next().unwrap_or_default().contains('.') => answer("index.html", page),
        Some(_) => StatusCode::NOT_FOUND.into_response(),
        None => (StatusCode::NOT_FOUND, "The front end was not built: see make run.\n").into_response(),
    }
}

fn answer(path: &str, file: rust_embed::EmbeddedFile) -> Response {
    // Built files carry a digest in their name: they never change. The page does.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let media = HeaderValue::from_str(file.metadata.mimetype());
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::CONTENT_TYPE, media.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    response
}
