//! POST /imports: the file is the body; the words are those of the command line.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;
use std::io::Write;

use super::answer;
use super::asker::{Asker, NoWords, Words};
use super::error::Refusal;
use super::intake::Pieces;
use super::served::Served;
use crate::analysis::Asked;
use crate::app::imports::Import;
use crate::exchange::Wanted;
use crate::model::{Code, Kind, Origin, Problem, Problems};

/// The largest file taken over HTTP; larger ones go in from the command line.
const FILE_LIMIT: usize = 1 << 30;

/// POST /imports
pub async fn import(
    State(served): State<Served>,
    asker: Asker,
    Words(asked): Words,
    body: Body,
) -> Result<Response, Refusal> {
    let caller = asker.signed_in()?;
    let mut asked = asked;
    let mut problems = Problems::new();
    let explain = asked.flag("explain", &mut problems) == Some(true);
    let read = read(asked);
    let mut import = match (read, problems.into_vec()) {
        (Ok(import), none) if none.is_empty() => import,
        (read, found) => {
            return Err(Refusal::problems(found.into_iter().chain(read.err().unwrap_or_default()).collect()));
        }
    };
    let file = spool(Pieces::of(body, served.setup.limits.patience)).await?;
    import.path = file.path().to_owned();
    if explain {
        let explained = served.app.explain(import.path, import.file_name, import.wanted, caller).await?;
        return Ok(answer::json(&asker, StatusCode::OK, &json!(explained)));
    }
    let imported = served.app.import(import, caller, &|_, _| {}).await?;
    let mut body = serde_json::to_value(&imported).unwrap_or_default();
    if !imported.refused_file.is_empty() {
        let name = if imported.unit == "feature" { "refused_geojson" } else { "refused_csv" };
        body[name] = json!(String::from_utf8_lossy(&imported.refused_file));
    }
    Ok(answer::json(&asker, StatusCode::OK, &body))
}

fn read(mut asked: Asked) -> Result<Import, Vec<Problem>> {
    let mut problems = Problems::new();
    let kinds: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).collect();
    if !asked.has("kind") {
        problems.add("kind", Code::Required, format!("kind is needed: one of {}", kinds.join(", ")));
    }
    let kind = asked.word("kind", &kinds, &mut problems).and_then(|k| Kind::by_name(&k));
    let mut wanted = Wanted::of(kind.unwrap_or(Kind::Place));
    wanted.list = asked.one("list", &mut problems);
    wanted.key = asked.one("key", &mut problems);
    wanted.area_set = asked.one("area_set", &mut problems);
    wanted.no_header = asked.flag("no_header", &mut problems) == Some(true);
    wanted.header_line = asked.whole("header_line", 1, 1_000, &mut problems).map(|n| n as u64);
    let mut note = Vec::new();
    if let Some(text) = asked.one("map", &mut problems) {
        wanted.map = Wanted::read_map(&text).unwrap_or_else(|p| {
            note.push(p);
            Vec::new()
        });
    }
    for text in asked.each("set") {
        Wanted::read_set(&text).map_or_else(|p| note.push(p), |set| wanted.set.push(set));
    }
    for text in asked.each("set_indicator") {
        Wanted::read_set_indicator(&text).map_or_else(|p| note.push(p), |set| wanted.set_indicator.push(set));
    }
    if let Some(text) = asked.one("delimiter", &mut problems) {
        wanted.delimiter = Wanted::read_delimiter(&text).map_err(|p| note.push(p)).ok();
    }
    let origins: Vec<&str> = Origin::ALL.iter().map(|o| o.as_str()).collect();
    let origin = asked.word("origin", &origins, &mut problems).and_then(|o| Origin::by_name(&o));
    let file_name = asked.one("file", &mut problems).or_else(|| wanted.list.clone());
    let import = Import {
        path: std::path::PathBuf::new(),
        file_name: file_name.unwrap_or_default(),
        origin: origin.unwrap_or(Origin::OpenData),
        owner: None,
        complete: asked.flag("complete", &mut problems) == Some(true),
        replace: asked.flag("replace", &mut problems) == Some(true),
        dry_run: asked.flag("dry_run", &mut problems) == Some(true),
        wanted,
    };
    if import.file_name.is_empty() {
        problems.add("list", Code::Required, "list is needed: what this list is called");
    }
    asked.finish(&mut problems);
    let mut found = problems.into_vec();
    found.extend(note);
    if found.is_empty() { Ok(import) } else { Err(found) }
}

/// The body as a file: it is read twice, and a gigabyte does not fit into memory.
async fn spool(mut pieces: Pieces) -> Result<tempfile::NamedTempFile, Refusal> {
    let failed = |_| Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "The file could not be kept");
    let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
    let mut size = 0;
    while let Some(bytes) = pieces.next().await? {
        size += bytes.len();
        if size > FILE_LIMIT {
            let say = "files of more than 1 GB go in by commonground import";
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", "", Code::OutOfRange, say));
        }
        file.write_all(&bytes).map_err(failed)?;
    }
    file.flush().map_err(failed)?;
    Ok(file)
}

/// POST /publish {"list": "…", "column": "…", "withdraw": false}
pub async fn publish(
    State(served): State<Served>,
    asker: Asker,
    _: NoWords,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let caller = asker.signed_in()?;
    let body = answer::read_json(&headers, &body)?;
    let mut problems = Problems::new();
    let mut asked = Asked::from_json(&body).map_err(Refusal::problems)?;
    let mut needed = |asked: &mut Asked, name: &str| {
        let given = asked.one(name, &mut problems);
        if given.is_none() {
            problems.add(name, Code::Required, format!("{name} is needed"));
        }
        given.unwrap_or_default()
    };
    let (list, column) = (needed(&mut asked, "list"), needed(&mut asked, "column"));
    let withdraw = asked.flag("withdraw", &mut problems) == Some(true);
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let done = served.app.publish(&list, &column, !withdraw, caller).await?;
    Ok(answer::json(&asker, StatusCode::OK, &json!({"batch": done.batch, "records": done.records})))
}
