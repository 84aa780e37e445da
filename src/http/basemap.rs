//! The map under the map: our own coast, a PMTiles file read here and served as plain tiles, or somebody else's style.

use bytes::Bytes;
use pmtiles::{
    AsyncBackend, AsyncPmTilesReader, BackendResponse, Compression, HashMapCache, PmtError, PmtResult, TileType,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Which map lies under the records.
#[derive(Debug, Clone, Default)]
pub enum Basemap {
    /// Our own coast and towns: nothing is asked of anybody.
    #[default]
    Coast,
    /// A file of tiles.
    Tiles(Arc<Archive>),
    /// Somebody else's style: browsers ask them, and the page says so.
    Style {
        /// The address of the style.
        url: String,
        /// `https://host` of it, for the content security policy.
        origin: String,
    },
}

/// A PMTiles file that is open.
pub struct Archive {
    pub(super) reader: AsyncPmTilesReader<Positions, HashMapCache>,
    /// What tells it from another file.
    pub(super) digest: String,
    metadata: Value,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Archive({})", self.digest)
    }
}

impl Basemap {
    /// Opens a PMTiles file.
    ///
    /// # Errors
    /// In words, without the setting's name: it can't be read, or is nothing that a map can show.
    pub async fn open(path: &std::path::Path) -> Result<Self, String> {
        let shown = path.display();
        let file = File::open(path).map_err(|e| format!("{shown}: {e}"))?;
        if !file.metadata().is_ok_and(|m| m.is_file()) {
            return Err(format!("{shown} is no file"));
        }
        let reader = AsyncPmTilesReader::try_from_cached_source(Positions(Arc::new(file)), HashMapCache::default());
        let reader = reader.await.map_err(|e| format!("{shown} is no PMTiles file of version 3: {e}"))?;
        let head = reader.get_header();
        if !matches!(head.tile_type, TileType::Mvt | TileType::Png | TileType::Jpeg | TileType::Webp | TileType::Avif) {
            return Err(format!("{shown} holds tiles that no map here can show: {:?}", head.tile_type));
        }
        if !matches!(head.tile_compression, Compression::None | Compression::Gzip) {
            return Err(format!(
                "{shown}: tiles must be packed by gzip or not at all, not {:?}",
                head.tile_compression
            ));
        }
        let text = reader.get_metadata().await.unwrap_or_default();
        let metadata = serde_json::from_str(&text).unwrap_or(Value::Null);
        let digest = Sha256::digest(format!("{head:?}{text}").as_bytes());
        let digest = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self::Tiles(Arc::new(Archive { reader, digest, metadata })))
    }

    /// What the page has to know of it.
    pub fn about(&self) -> Value {
        match self {
            Self::Coast => json!({"kind": "coast"}),
            Self::Tiles(archive) => archive.about(),
            Self::Style { url, origin } => {
                json!({"kind": "style", "url": url, "host": origin.trim_start_matches("https://")})
            }
        }
    }

    /// Whose data it is, where the file says so.
    pub fn attribution(&self) -> Option<String> {
        let Self::Tiles(archive) = self else { return None };
        archive.metadata.get("attribution").and_then(Value::as_str).map(plain).filter(|text| !text.is_empty())
    }

    /// Somebody else whom browsers may ask for it.
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Style { origin, .. } => Some(origin),
            _ => None,
        }
    }
}

impl Archive {
    fn about(&self) -> Value {
        let head = self.reader.get_header();
        let layers = self.metadata.get("vector_layers").and_then(Value::as_array);
        let ids: Vec<&str> = layers.into_iter().flatten().filter_map(|l| l.get("id")?.as_str()).collect();
        json!({
            "kind": "tiles",
            "form": if head.tile_type == TileType::Mvt { "vector" } else { "raster" },
            "tiles": "tiles/base/{z}/{x}/{y}",
            "min_zoom": head.min_zoom,
            "max_zoom": head.max_zoom,
            "bounds": [head.min_longitude, head.min_latitude, head.max_longitude, head.max_latitude],
            "layers": ids,
        })
    }
}

/// Foreign HTML becomes plain text.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&copy;", "©").replace("&amp;", "&").replace("&nbsp;", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads by position, not by mapping the file into memory: a file that is cut off while it is served is then an error
/// of one request and not the end of the program.
pub(super) struct Positions(Arc<File>);

impl AsyncBackend for Positions {
    async fn read(&self, offset: u64, length: usize) -> PmtResult<BackendResponse> {
        let file = self.0.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = vec![0; length];
            let mut have = 0;
            while have < length {
                match file.read_at(&mut bytes[have..], offset + have as u64)? {
                    0 => break,
                    n => have += n,
                }
            }
            bytes.truncate(have);
            Ok::<_, std::io::Error>(bytes)
        });
        let bytes = read.await.map_err(|e| PmtError::Reading(std::io::Error::other(e)))??;
        Ok(BackendResponse::new(Bytes::from(bytes)))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_attribution_is_plain_text() {
        let html = "<a href=\"https://x.example\" onclick=\"y()\">&copy; OpenStreetMap</a>\n contributors <script>";
        assert_eq!(super::plain(html), "© OpenStreetMap contributors");
    }
}
