//! Records of every kind: lists, one, and writing.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{self, version_of};
use super::ask::{self, Asking, Held, Rendered};
use super::asker::{Asker, NoWords, Words};
use super::client::Client;
use super::error::Refusal;
use super::nearby;
use super::protocol::REVISION;
use super::served::Served;
use crate::analysis::ctl::{LOOK, opening};
use crate::analysis::lists::{self, Page};
use crate::analysis::{Ctl, Halt, card};
use crate::app::orders::{Order, Receipt, Step};
use crate::atlas::{Entry, View};
use crate::model::record::{self, Given, canonical, stored};
use crate::model::shape::Shape;
use crate::model::{Code, Id, Kind, Problems};

/// GET /{plural}
pub async fn list(asking: Asking, Path(plural): Path<String>, Words(mut asked): Words) -> Result<Response, Refusal> {
    let kind = kind(&plural)?;
    let made_of = format!("{plural}{asked:?}");
    let mut problems = Problems::new();
    let geojson = asked.word("format", &["json", "geojson"], &mut problems).is_some_and(|f| f == "geojson");
    problems.or(()).map_err(Refusal::problems)?;
    let media = if geojson { answer::GEOJSON } else { answer::JSON };
    let (view, local, served) = (asking.asker.view.clone(), asking.asker.local.clone(), asking.served.clone());
    // Every page has the same total.
    let counted = answer::set_key(&asking.asker, &format!("count {plural}{:?}", asked.without(&["limit", "after"])));
    let work = move |held: Held<'_>| {
        let question = lists::read(asked.clone(), kind, &view, &local)?;
        let page = lists::page(&question, kind, &view, held.ctl, served.counts.known(&counted))?;
        served.counts.keep(counted.clone(), page.total);
        Ok(Rendered::new(media, render(&page, &view, geojson, held.ctl)?))
    };
    asking.question(made_of, media).set(work).await
}

fn render(page: &Page<'_>, view: &View, geojson: bool, ctl: &Ctl) -> Result<String, Halt> {
    let mut bodies = Vec::with_capacity(page.items.len());
    for entry in &page.items {
        ctl.tick(if geojson { opening(entry) } else { LOOK + entry.body.len() / 1024 })?;
        bodies.push(item(view, entry, geojson));
    }
    let head = json!({"revision": view.revision(), "total": page.total, "next": page.next}).to_string();
    let begin = if geojson { "\"type\":\"FeatureCollection\",\"features\":[" } else { "\"items\":[" };
    Ok(format!("{},{begin}{}]}}", &head[..head.len() - 1], bodies.join(",")))
}

/// GET /{plural}/{id}
pub async fn show(
    asking: Asking,
    Path((plural, id)): Path<(String, String)>,
    Words(mut asked): Words,
) -> Result<Response, Refusal> {
    let entry = find(&asking.asker, &plural, &id)?;
    let (id, version) = (entry.id, entry.version);
    let ask = asking.question(format!("{plural}/{id} {asked:?}"), answer::JSON);
    let mut problems = Problems::new();
    let with_card = asked.words("include", &["card"], &mut problems).len() == 1;
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let view = asking.asker.view.clone();
    let asked = ask.answer(move |held| {
        let entry = view.get(id).ok_or_else(Refusal::not_found)?;
        held.ctl.tick(opening(entry))?;
        let mut body = view.body(entry).into_owned();
        if with_card {
            body = format!("{{\"card\":{},{}", card::of(entry, &view), &body[1..]);
        }
        let tag = Some(answer::record_tag(version, &body));
        Ok(Rendered { tag, ..Rendered::new(answer::JSON, body) })
    });
    let answer = asked.await?;
    Ok(answer::tagged(&asking.asker, &asking.headers, answer.tag.as_deref().unwrap_or_default(), answer.body))
}

/// POST /{plural}
pub async fn create(
    State(served): State<Served>,
    asker: Asker,
    Path(plural): Path<String>,
    client: Client,
    _: NoWords,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let kind = kind(&plural)?;
    let given = read(&served, client, kind, &headers, body).await?;
    write(&served, &asker, Step::Create { kind, given }).await
}

/// PUT /{plural}/{id}
pub async fn put(
    State(served): State<Served>,
    asker: Asker,
    Path((plural, id)): Path<(String, String)>,
    client: Client,
    _: NoWords,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let kind = kind(&plural)?;
    let id = self::id(&id)?;
    let mut given = read(&served, client, kind, &headers, body).await?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|v| v == "*") {
        if id.get_version_num() != 7 {
            let say = "must be a UUID of version 7";
            return Err(Refusal::problems(vec![crate::model::Problem::new("id", Code::WrongType, say)]));
        }
        if given.id.is_some_and(|other| other != id) {
            let say = "is not the id of the address";
            return Err(Refusal::problems(vec![crate::model::Problem::new("id", Code::NotAllowed, say)]));
        }
        given.id = Some(id);
        return write(&served, &asker, Step::Create { kind, given }).await;
    }
    let present = find(&asker, &plural, &id.to_string())?.version;
    let version = if_match(&headers, present)?;
    write(&served, &asker, Step::Replace { id, kind, given, version }).await
}

/// DELETE /{plural}/{id}
pub async fn delete(
    State(served): State<Served>,
    asker: Asker,
    Path((plural, id)): Path<(String, String)>,
    Words(mut asked): Words,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = asker.signed_in()?;
    let entry = find(&asker, &plural, &id)?;
    let version = if_match(&headers, entry.version)?;
    let mut problems = Problems::new();
    let cascade = asked.words("cascade", &["links"], &mut problems).len() == 1;
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let step = Step::Delete { id: entry.id, kind: entry.kind, version, cascade };
    let receipt = served.app.write(Order { steps: vec![step], why: None }, caller).await?;
    let body = json!({"revision": receipt.revision, "batch": receipt.batch});
    Ok(with_revision(answer::json(&asker, StatusCode::OK, &body), &receipt))
}

async fn write(served: &Served, asker: &Asker, step: Step) -> Result<Response, Refusal> {
    let caller = asker.signed_in()?;
    let (Step::Create { kind, .. } | Step::Replace { kind, .. } | Step::Delete { kind, .. }) = &step;
    let kind = *kind;
    let receipt = served.app.write(Order { steps: vec![step], why: None }, caller).await?;
    let written = receipt.records.first().ok_or_else(Refusal::not_found)?;
    // The writer reads what it wrote, with its own eyes.
    let view = served.app.view(asker.view.viewer().clone());
    let status = if written.created { StatusCode::CREATED } else { StatusCode::OK };
    let (version, body) = match view.get(written.id) {
        Some(entry) => (entry.version, view.body(entry).into_owned()),
        None => return Err(Refusal::not_found()),
    };
    let mut response = answer::record(asker, status, &HeaderMap::new(), version, body);
    if written.created {
        let location = format!("/api/v1/{}/{}", kind.spec().plural, written.id);
        response.headers_mut().extend(HeaderValue::from_str(&location).ok().map(|v| (header::LOCATION, v)));
    }
    Ok(with_revision(response, &receipt))
}

fn with_revision(mut response: Response, receipt: &Receipt) -> Response {
    response.headers_mut().insert(REVISION, HeaderValue::from(receipt.revision));
    response
}

fn item(view: &View, entry: &Entry, geojson: bool) -> String {
    let body = view.body(entry);
    if !geojson {
        return body.into_owned();
    }
    let point = || nearby::point(view.points(entry).first().copied());
    let (geometry, properties) = if has_outline(entry.kind) {
        let mut shown = stored(&body);
        let outline = shown.remove("boundary");
        (outline.map_or_else(point, |outline| outline.to_string()), canonical(&shown))
    } else {
        (point(), body.into_owned())
    };
    let id = entry.id;
    format!("{{\"type\":\"Feature\",\"id\":\"{id}\",\"geometry\":{geometry},\"properties\":{properties}}}")
}

fn has_outline(kind: Kind) -> bool {
    kind.spec().fields.iter().any(|field| matches!(field.shape, Shape::Boundary))
}

fn kind(plural: &str) -> Result<Kind, Refusal> {
    Kind::by_plural(plural).ok_or_else(|| {
        let say = "there is no such address; see /api/v1/openapi.json";
        Refusal::new(StatusCode::NOT_FOUND, "Not found", "", Code::NotFound, say)
    })
}

fn id(text: &str) -> Result<Id, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}

/// The record of this address, if the caller sees it.
pub fn find<'a>(asker: &'a Asker, plural: &str, text: &str) -> Result<&'a Entry, Refusal> {
    let kind = kind(plural)?;
    let id = id(text)?;
    asker.view.get(id).filter(|e| e.kind == kind).ok_or_else(Refusal::not_found)
}

async fn read(served: &Served, client: Client, kind: Kind, headers: &HeaderMap, body: Bytes) -> Result<Given, Refusal> {
    let (headers, size) = (headers.clone(), body.len());
    let given = move || {
        let value: Value = answer::read_json(&headers, &body)?;
        record::read(kind, &value).map_err(Refusal::problems)
    };
    ask::apart(served, client, size, given).await
}

fn if_match(headers: &HeaderMap, present: u32) -> Result<u32, Refusal> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        let say = "say which version you read: If-Match: \"v3\"";
        let status = StatusCode::PRECONDITION_REQUIRED;
        return Err(Refusal::new(status, "Which version?", "If-Match", Code::Required, say));
    };
    version_of(tag, present).ok_or_else(|| {
        let say = "must be the ETag as read, such as \"v3\"";
        Refusal::new(StatusCode::BAD_REQUEST, "Can't be read", "If-Match", Code::WrongType, say)
    })
}
