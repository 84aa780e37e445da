//! A small basemap, made here: land, water and a road round Cockermouth, by the names that Protomaps gives its layers.

use fast_mvt::{MvtCoord, MvtGeomType, MvtLayerBuilder};
use pmtiles::{Compression, PmTilesWriter, TileCoord, TileType};
use std::fs::File;
use std::path::Path;

/// The tiles of zooms 0 to 10 that hold Cockermouth, each with the same drawing.
pub const TILES: [(u8, u32, u32); 3] = [(0, 0, 0), (6, 31, 20), (10, 502, 325)];

/// The drawing, as it is before it is packed.
pub fn drawing() -> Vec<u8> {
    let corner = |x, y| MvtCoord { x, y };
    let mut earth = MvtLayerBuilder::new("earth").unwrap().feature_of(MvtGeomType::Polygon);
    earth.ring([corner(0, 0), corner(4096, 0), corner(4096, 4096), corner(0, 4096)], true).unwrap();
    let mut water = earth.end().layer("water").unwrap().feature_of(MvtGeomType::Polygon);
    water.ring([corner(0, 0), corner(2048, 0), corner(2048, 4096), corner(0, 4096)], true).unwrap();
    let mut road = water.end().layer("roads").unwrap().feature_of(MvtGeomType::LineString);
    road.line([corner(2048, 2048), corner(4096, 2048)]).unwrap();
    road.tag("kind", "major_road").unwrap();
    road.tag("name", "Main Street").unwrap();
    road.end().encode()
}

/// Writes it.
pub fn write(path: &Path) {
    let layers = r#"[{"id":"earth","fields":{}},{"id":"water","fields":{}},{"id":"roads","fields":{}}]"#;
    let attribution = r#"<a href=\"https://example.org\">&copy; Somebody's survey</a>"#;
    let writer = PmTilesWriter::new(TileType::Mvt)
        .tile_compression(Compression::Gzip)
        .max_zoom(10)
        .bounds(-4.0, 54.0, -3.0, 55.0)
        .metadata(format!(r#"{{"attribution":"{attribution}","vector_layers":{layers}}}"#));
    let mut file = writer.create(File::create(path).unwrap()).unwrap();
    for (z, x, y) in TILES {
        file.add_tile(TileCoord::new(z, x, y).unwrap(), &drawing()).unwrap();
    }
    file.finalize().unwrap();
}
