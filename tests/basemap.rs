//! The map under the map in its three forms, and what is refused.

#[path = "support/pmtiles.rs"]
mod pmtiles_file;
mod support;

use commonground::app::App;
use commonground::http::{Basemap, Setup};
use jiff::tz::TimeZone;
use reqwest::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use support::{problems, read, shared};
use tempfile::TempDir;

const POLICY: &str = "content-security-policy";

async fn serve(basemap: Basemap) -> (String, TempDir) {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("town.db").display());
    let app = App::open(&url, TimeZone::UTC).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = commonground::http::router(app, Setup { basemap, ..Setup::default() });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, folder)
}

async fn about(address: &str) -> Value {
    read(reqwest::get(format!("{address}/api/v1/about")).await.unwrap()).await.1
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut whole).unwrap();
    whole
}

#[tokio::test]
async fn a_file_of_vector_tiles_is_served_as_plain_tiles() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("cumbria.pmtiles");
    pmtiles_file::write(&path);
    let (address, _folder) = serve(Basemap::open(&path).await.unwrap()).await;
    let told = about(&address).await;
    assert_eq!(
        told["basemap"],
        json!({"kind": "tiles", "form": "vector", "tiles": "tiles/base/{z}/{x}/{y}", "min_zoom": 0, "max_zoom": 10,
            "bounds": [-4.0, 54.0, -3.0, 55.0], "layers": ["earth", "water", "roads"]})
    );
    assert!(told["attribution"].as_array().unwrap().contains(&json!("© Somebody's survey")), "as plain text: {told}");
    let client = reqwest::Client::new();
    for (z, x, y) in pmtiles_file::TILES {
        let path = format!("{address}/tiles/base/{z}/{x}/{y}");
        let packed = client.get(&path).header(ACCEPT_ENCODING, "gzip, br").send().await.unwrap();
        assert_eq!(packed.headers()[CONTENT_TYPE], "application/vnd.mapbox-vector-tile");
        assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip", "as it lies in the file");
        assert_eq!(packed.headers()[CACHE_CONTROL], "public, max-age=3600");
        let tag = packed.headers()[ETAG].clone();
        assert_eq!(unpacked(&packed.bytes().await.unwrap()), pmtiles_file::drawing());
        let plain = client.get(&path).send().await.unwrap();
        assert!(plain.headers().get(CONTENT_ENCODING).is_none());
        assert_eq!(plain.bytes().await.unwrap(), pmtiles_file::drawing());
        let again = client.get(&path).header(IF_NONE_MATCH, &tag).send().await.unwrap();
        assert_eq!(again.status(), 304);
    }
    assert_eq!(
        client.get(format!("{address}/tiles/base/10/0/0")).send().await.unwrap().status(),
        204,
        "not in the file"
    );
    for (path, status, field) in [("10/0/x", 400, "y"), ("23/0/0", 422, "z"), ("3/8/0", 422, "x"), ("3/0/8", 422, "y")]
    {
        let (said, body) = read(client.get(format!("{address}/tiles/base/{path}")).send().await.unwrap()).await;
        assert_eq!((said, problems(&body)[0].0.as_str()), (status, field), "{path}");
    }
    let head = client.get(&address).send().await.unwrap();
    assert!(!head.headers()[POLICY].to_str().unwrap().contains("http"), "a file of one's own asks nobody else");
}

#[tokio::test]
async fn a_file_that_is_cut_off_while_it_is_served_fails_one_request_and_tells_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("cumbria.pmtiles");
    pmtiles_file::write(&path);
    let (address, _folder) = serve(Basemap::open(&path).await.unwrap()).await;
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(16_384).unwrap();
    let (status, body) = read(reqwest::get(format!("{address}/tiles/base/0/0/0")).await.unwrap()).await;
    assert_eq!((status, &body["detail"]), (500, &json!("")), "{body}");
    assert_eq!(reqwest::get(format!("{address}/healthz")).await.unwrap().status(), 200, "all else goes on");
}

#[tokio::test]
async fn files_that_others_made_are_read() {
    let Some(shared) = shared() else { return };
    let of = |name: &str| shared.join("data/basemap/pmtiles").join(name);
    for (name, layer) in
        [("test_fixture_1.pmtiles", "test_fixture_1pmtiles"), ("test_fixture_2.pmtiles", "test_fixture_2pmtiles")]
    {
        let (address, _folder) = serve(Basemap::open(&of(name)).await.unwrap()).await;
        assert_eq!(about(&address).await["basemap"]["layers"], json!([layer]));
        let tile = reqwest::get(format!("{address}/tiles/base/0/0/0")).await.unwrap().bytes().await.unwrap();
        let reader = fast_mvt::MvtReaderRef::new(&tile).unwrap();
        assert_eq!(reader.layers().map(|l| l.name().to_owned()).collect::<Vec<_>>(), [layer]);
    }
    let (address, _folder) = serve(Basemap::open(&of("webp2.pmtiles")).await.unwrap()).await;
    let told = about(&address).await["basemap"].clone();
    assert_eq!((&told["form"], &told["min_zoom"]), (&json!("raster"), &json!(0)));
    let tile = reqwest::get(format!("{address}/tiles/base/0/0/0")).await.unwrap();
    assert_eq!(tile.headers()[CONTENT_TYPE], "image/webp");
    assert!(tile.bytes().await.unwrap().starts_with(b"RIFF"));
}

#[tokio::test]
async fn somebody_elses_style_is_named_and_only_its_host_may_be_asked() {
    let (address, _folder) = serve(Basemap::Coast).await;
    let ours = reqwest::get(&address).await.unwrap().headers()[POLICY].to_str().unwrap().to_owned();
    assert_eq!(about(&address).await["basemap"], json!({"kind": "coast"}));
    assert_eq!(reqwest::get(format!("{address}/tiles/base/0/0/0")).await.unwrap().status(), 404);
    assert!(
        ours.contains("connect-src 'self';") && ours.contains("img-src 'self' data: blob:;") && !ours.contains("http")
    );
    let (url, origin) = ("https://tiles.example:8443/style.json".to_owned(), "https://tiles.example:8443".to_owned());
    let (address, _folder) = serve(Basemap::Style { url: url.clone(), origin }).await;
    let told = about(&address).await["basemap"].clone();
    assert_eq!(told, json!({"kind": "style", "url": url, "host": "tiles.example:8443"}));
    let theirs = reqwest::get(&address).await.unwrap().headers()[POLICY].to_str().unwrap().to_owned();
    assert!(theirs.contains("connect-src 'self' https://tiles.example:8443;"), "{theirs}");
    assert!(theirs.contains("img-src 'self' data: blob: https://tiles.example:8443;"), "{theirs}");
    assert_eq!(theirs.replace(" https://tiles.example:8443", ""), ours, "and nothing else is different");
}

fn started(basemap: &str, folder: &Path) -> (Option<i32>, String) {
    let data = folder.join("new.db");
    let mut child = Command::new(env!("CARGO_BIN_EXE_commonground"))
        .args(["serve", "--listen", "127.0.0.1:0", "--basemap", basemap])
        .args(["--data", &format!("sqlite:{}", data.display())])
        .env_remove("COMMONGROUND_CONFIG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!data.exists(), "nothing was begun for {basemap}");
    (status.code(), said)
}

#[test]
fn a_basemap_that_is_none_stops_the_start_and_names_the_setting() {
    let folder = TempDir::new().unwrap();
    let written = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let good = folder.path().join("good.pmtiles");
    pmtiles_file::write(&good);
    let mut of_no_type = std::fs::read(&good).unwrap();
    of_no_type[99] = 0;
    let mut packed_otherwise = std::fs::read(&good).unwrap();
    packed_otherwise[98] = 4;
    let mut wrong = vec![
        ("missing.pmtiles".to_owned(), "missing.pmtiles"),
        (folder.path().display().to_string(), "is no file"),
        (written("text.pmtiles", b"This is an invalid tile archive"), "no PMTiles file"),
        (written("empty.pmtiles", b""), "no PMTiles file"),
        (written("cut.pmtiles", &std::fs::read(&good).unwrap()[..100]), "no PMTiles file"),
        (written("no_type.pmtiles", &of_no_type), "no map here can show"),
        (written("zstd.pmtiles", &packed_otherwise), "packed by gzip"),
        ("http://tiles.example/style.json".to_owned(), "https://"),
        ("https://me:secret@tiles.example/style.json".to_owned(), "https://"),
    ];
    if let Some(shared) = shared() {
        let path = shared.join("data/basemap/pmtiles/invalid.pmtiles");
        wrong.push((path.display().to_string(), "no PMTiles file"));
    }
    for (basemap, because) in wrong {
        let (code, said) = started(&basemap, folder.path());
        assert_eq!(code, Some(1), "{basemap}: {said}");
        assert!(said.contains("basemap: ") && said.contains(because), "{basemap}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
