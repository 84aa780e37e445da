//! Questions asked of the whole service within this process, and answers made comparable: without what differs from
//! one instance to the next (revisions, versions, times, ids of changes).

use super::records::append;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use commonground::app::{App, accounts, connect};
use commonground::atlas::Viewer;
use commonground::auth::Role;
use commonground::change::Change;
use commonground::http::Setup;
use commonground::model::Kind;
use commonground::store::Store;
use fast_mvt::{MvtGeometry, MvtReaderRef, MvtValueRef};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

/// Whose eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Anybody,
    Partner,
    Admin,
}

/// A question: GET of an address, or POST where there is a body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub path: String,
    pub body: Option<String>,
}

impl Question {
    pub fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), body: None }
    }

    pub fn post(path: impl Into<String>, body: impl fmt::Display) -> Self {
        Self { path: path.into(), body: Some(body.to_string()) }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Some(body) => write!(f, "POST {} {body}", self.path),
            None => write!(f, "GET {}", self.path),
        }
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub media: String,
    pub bytes: Vec<u8>,
}

/// The whole service in this process, with a token for everybody who has one.
pub struct Instance {
    pub app: App,
    pub url: String,
    store: Arc<dyn Store>,
    router: Router,
    partner: String,
    admin: String,
    _folder: Option<TempDir>,
}

impl Instance {
    /// One on a file of its own that holds these changes: the first of them are there when it starts, the others come
    /// while it runs.
    pub async fn of(changes: &[Change], at_start: usize) -> Self {
        let folder = folder();
        let url = format!("sqlite:{}", folder.path().join("town.db").display());
        let mut instance = Self::holding(&url, changes, at_start).await;
        instance._folder = Some(folder);
        instance
    }

    /// The same on an empty place that is there already.
    pub async fn holding(url: &str, changes: &[Change], at_start: usize) -> Self {
        let store = connect(url).await.unwrap();
        let (first, later) = changes.split_at(at_start.min(changes.len()));
        append(&*store, first).await;
        if later.is_empty() {
            return Self::on(url).await;
        }
        let app = App::on(store.clone(), zone()).await.unwrap();
        // What is worked out once, for all who ask, is there before the rest comes.
        app.view(Viewer::ADMIN).area_tables();
        app.follow();
        append(&*store, later).await;
        let tokens = tokens(&*store).await;
        let instance = Self::with(url, store, app, tokens);
        instance.has_seen_all().await;
        instance
    }

    /// One on data that is there.
    pub async fn on(url: &str) -> Self {
        let store = connect(url).await.unwrap();
        let tokens = tokens(&*store).await;
        let app = App::on(store.clone(), zone()).await.unwrap();
        app.follow();
        Self::with(url, store, app, tokens)
    }

    fn with(url: &str, store: Arc<dyn Store>, app: App, [partner, admin]: [String; 2]) -> Self {
        let router = commonground::http::router(app.clone(), Setup::default());
        Self { app, url: url.to_owned(), store, router, partner, admin, _folder: None }
    }

    /// Waits until what is in the store is in memory.
    pub async fn has_seen_all(&self) {
        let head = self.store.head().await.unwrap().seq;
        super::eventually("following", || std::future::ready(self.app.revision() >= head)).await;
    }

    pub async fn ask(&self, who: Who, question: &Question) -> Answer {
        let prefix = if question.path.starts_with("/tiles/") { "" } else { "/api/v1" };
        let mut request = Request::builder().header("host", "town").uri(format!("{prefix}{}", question.path));
        let token = match who {
            Who::Anybody => None,
            Who::Partner => Some(&self.partner),
            Who::Admin => Some(&self.admin),
        };
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = match &question.body {
            Some(body) => {
                request.method("POST").header(header::CONTENT_TYPE, "application/json").body(body.clone().into())
            }
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    /// A request as the admin.
    pub async fn as_admin(&self, method: &str, path: &str, if_match: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().header("host", "town").method(method).uri(format!("/api/v1{path}"));
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.admin));
        if let Some(tag) = if_match {
            request = request.header(header::IF_MATCH, tag);
        }
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.to_string().into()),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let media = response.headers().get(header::CONTENT_TYPE);
        let media = media.and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Answer { status, media, bytes }
    }

    /// Every record of a kind that is shown, in order of id.
    pub async fn list(&self, who: Who, plural: &str) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.ask(who, &Question::get(format!("/{plural}?limit=7{after}"))).await.json();
            all.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    }
}

impl Instance {
    /// Every record of every kind, without what writing numbers.
    pub async fn list_all(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for kind in Kind::ALL {
            all.extend(self.list(Who::Admin, kind.spec().plural).await);
        }
        all.iter_mut().for_each(without_numbers);
        all
    }
}

/// Made after all else: what the records' changes are numbered by is the same in every instance.
async fn tokens(store: &dyn Store) -> [String; 2] {
    let partner = accounts::add_token(store, Role::Commissioner, Some("partner")).await.unwrap();
    [partner, accounts::add_token(store, Role::Admin, Some("admin of the test")).await.unwrap()]
}

/// In memory where the machine has such a place: very many small files are written, and none has to outlive the power.
fn folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

/// What to call ids in an answer that is kept: a record's by its kind and name.
#[derive(Default)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    /// Of all records that are there.
    pub async fn of(instance: &Instance) -> Self {
        let mut names = BTreeMap::new();
        for kind in Kind::ALL {
            for record in instance.list(Who::Admin, kind.spec().plural).await {
                let name = format!("<{}:{}>", kind.name(), record["name"].as_str().unwrap());
                names.insert(record["id"].as_str().unwrap().to_owned(), name);
            }
        }
        Self(names)
    }

    /// The text with every id replaced; one that no record has is `<id>`.
    pub fn masked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('-') {
            let from = at.checked_sub(8).unwrap_or(at);
            let found = rest.get(from..from + 36).filter(|t| uuid::Uuid::try_parse(t).is_ok() && from + 8 == at);
            let end = if found.is_some() { from + 36 } else { at + 1 };
            match found {
                Some(id) => {
                    out.push_str(&rest[..from]);
                    out.push_str(self.0.get(id).map_or("<id>", String::as_str));
                }
                None => out.push_str(&rest[..end]),
            }
            rest = &rest[end..];
        }
        out + rest
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The answer without what differs from one instance to the next.
    pub fn normal(&self) -> Value {
        let body = if self.media.contains("vector-tile") {
            tile(&self.bytes)
        } else if self.media.contains("json") {
            let mut body = self.json();
            without_numbers(&mut body);
            body
        } else {
            Value::from(String::from_utf8_lossy(&self.bytes).lines().collect::<Vec<_>>())
        };
        json!({"status": self.status, "media": self.media, "body": body})
    }
}

/// Takes revisions, versions and times of writing out, wherever they stand; and, of what happened, ids and numbers.
fn without_numbers(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let mut counts = vec!["revision", "version", "head", "created_at", "updated_at", "loaded_at"];
            // A change has an id of its own, an event that of its record.
            match (fields.contains_key("op"), fields.contains_key("record")) {
                (true, true) => counts.extend(["seq", "at", "batch", "of", "id"]),
                (true, false) => counts.extend(["seq", "at"]),
                (false, _) => {}
            }
            // A list of records goes on after an id, one of changes after a number.
            fields.retain(|name, v| !(counts.contains(&name.as_str()) || (name == "next" && v.is_number())));
            fields.values_mut().for_each(without_numbers);
        }
        Value::Array(items) => items.iter_mut().for_each(without_numbers),
        _ => {}
    }
}

/// The features of a tile, as read back.
fn tile(bytes: &[u8]) -> Value {
    let mut all = Vec::new();
    for layer in MvtReaderRef::new(bytes).unwrap().layers() {
        for feature in layer.features() {
            let Ok(MvtGeometry::Point(at)) = feature.geometry() else { panic!("not a point") };
            let says = feature.properties_vec().unwrap().into_iter().map(|(name, value)| {
                let value = match value {
                    MvtValueRef::String(text) => json!(text),
                    MvtValueRef::UInt(n) => json!(n),
                    MvtValueRef::Bool(flag) => json!(flag),
                    other => panic!("{other:?}"),
                };
                (name.to_owned(), value)
            });
            all.push(json!({"layer": layer.name(), "at": [at.x(), at.y()], "says": says.collect::<Map<_, _>>()}));
        }
    }
    Value::Array(all)
}
