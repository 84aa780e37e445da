//! Tiles of the map under the map, where this instance serves some of its own.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pmtiles::{Compression, TileCoord};

use super::basemap::Basemap;
use super::error::Refusal;
use super::served::Served;
use super::tiles;
use crate::model::Code;

/// How long a browser need not ask again: the file is the same for as long as the program runs.
const FRESH_TILE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// GET /tiles/base/{z}/{x}/{y}
pub async fn tile(
    State(served): State<Served>,
    Path((z, x, y)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Basemap::Tiles(archive) = &served.setup.basemap else { return Err(none()) };
    let tile = tiles::address(&z, &x, &y)?;
    let (x, y) = tile.column_and_row();
    let coord = TileCoord::new(tile.zoom(), x, y).map_err(|_| none())?;
    let tag = format!("\"{}-{z}-{x}-{y}\"", archive.digest);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.to_str().is_ok_and(|k| k.contains(&tag))) {
        return Ok(dressed(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let head = archive.reader.get_header();
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let as_it_is = head.tile_compression == Compression::Gzip && accepted.contains("gzip");
    let found = match as_it_is {
        true => archive.reader.get_tile(coord).await,
        false => archive.reader.get_tile_decompressed(coord).await,
    };
    let found = found.map_err(|error| {
        tracing::error!(%error, "the basemap could not be read");
        Refusal::bare(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here")
    })?;
    // A tile that the file does not have is empty, not missing: it is the sea, or beyond the edge.
    let Some(bytes) = found else { return Ok(dressed(StatusCode::NO_CONTENT.into_response(), &tag)) };
    let mut response = dressed(Body::from(bytes).into_response(), &tag);
    let media = HeaderValue::from_static(head.tile_type.content_type());
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    if as_it_is {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

fn dressed(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    headers.extend(HeaderValue::from_str(tag).ok().map(|tag| (header::ETAG, tag)));
    headers.insert(header::CACHE_CONTROL, FRESH_TILE);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}

fn none() -> Refusal {
    let say = "this instance serves no basemap of its own tiles";
    Refusal::new(StatusCode::NOT_FOUND, "Not found", "", Code::NotFound, say)
}
