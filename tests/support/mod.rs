//! What boundary tests share: the real app on a free port with a new file, and the shared truth.
#![expect(dead_code, reason = "each test file uses its own part of this")]

pub mod answers;
pub mod cluster;
pub mod dice;
pub mod log;
pub mod program;
pub mod records;

use commonground::app::{App, Caller, accounts, check, connect};
use commonground::auth::Role;
use commonground::http::{Door, Setup};
use jiff::tz::TimeZone;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// A running instance of its own, with an admin's token.
pub struct Town {
    pub address: String,
    pub app: App,
    pub token: String,
    pub client: Client,
    pub url: String,
    folder: TempDir,
}

impl Town {
    /// An instance with nothing in it.
    pub async fn empty() -> Self {
        Self::with(Setup::default()).await
    }

    /// An instance with nothing in it, and with settings.
    pub async fn with(setup: Setup) -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("town.db").display());
        Self::at(&url, folder, setup).await
    }

    /// One more instance on data that others may serve too.
    pub async fn on(url: &str) -> Self {
        Self::at(url, TempDir::new().unwrap(), Setup::default()).await
    }

    async fn at(url: &str, folder: TempDir, setup: Setup) -> Self {
        let url = url.to_owned();
        let app = App::open(&url, TimeZone::get("Europe/London").unwrap()).await.unwrap();
        app.follow();
        let store = commonground::app::connect(&url).await.unwrap();
        let token = accounts::add_token(&*store, Role::Admin, Some("tester")).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (limits, ending) = (setup.limits.clone(), setup.ending.clone());
        let door = Door::open(commonground::http::router(app.clone(), setup));
        tokio::spawn(commonground::http::serve(listener, door, limits, ending));
        let client = Client::builder().cookie_store(true).build().unwrap();
        Self { address, app, token, client, url, folder }
    }

    /// An instance with the demonstration.
    pub async fn demo() -> Self {
        let town = Self::empty().await;
        town.app.load_demo(&Caller::command_line()).await.unwrap();
        town
    }

    /// A token of another role.
    pub async fn token(&self, role: Role) -> String {
        let store = commonground::app::connect(&self.url).await.unwrap();
        accounts::add_token(&*store, role, None).await.unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A request as anybody.
    pub fn anybody(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", self.address))
    }

    /// A request as admin.
    pub fn admin(&self, method: Method, path: &str) -> RequestBuilder {
        self.anybody(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        read(self.anybody(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn get_as_admin(&self, path: &str) -> (u16, Value) {
        read(self.admin(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        read(self.admin(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    /// Adds a record and answers it.
    pub async fn add(&self, plural: &str, body: Value) -> Value {
        let (status, record) = self.post(&format!("/{plural}"), body).await;
        assert_eq!(status, 201, "{record}");
        record
    }

    /// A provider, a category and a place to hang services on; answers their ids.
    pub async fn ground(&self) -> Ground {
        let provider = self.add("organisations", json!({"name": "Fellside Trust", "type": "voluntary"})).await;
        let category =
            self.add("categories", json!({"name": "Befriending", "taxonomy": "services", "code": "befriending"})).await;
        let place = json!({"name": "Hall", "type": "community_centre", "point": {"lon": -3.366, "lat": 54.664}});
        let place = self.add("places", place).await;
        let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
        Ground { provider: id(&provider), category: id(&category), place: id(&place) }
    }

    pub async fn import(&self, words: &str, file: impl Into<Vec<u8>>) -> (u16, Value) {
        let request = self.admin(Method::POST, &format!("/imports?{words}"));
        read(request.body(file.into()).send().await.unwrap()).await
    }
}

pub struct Ground {
    pub provider: String,
    pub category: String,
    pub place: String,
}

/// What is promised within a second may take ten.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Asks until the answer is as hoped for; that it never comes is told rather than waited for.
pub async fn eventually<F: Future<Output = bool>>(what: &str, asked: impl FnMut() -> F) {
    eventually_within(DEADLINE, what, asked).await;
}

/// The same for what is promised within more than a second.
pub async fn eventually_within<F: Future<Output = bool>>(most: Duration, what: &str, mut asked: impl FnMut() -> F) {
    let looking = async {
        while !asked().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(most, looking).await.is_ok(), "{what} did not happen in time");
}

/// The same for what is asked without waiting.
pub fn comes_true(what: &str, mut asked: impl FnMut() -> bool) {
    program::runtime().block_on(eventually(what, || std::future::ready(asked())));
}

/// Many who write places to one instance until they are told to stop; a refusal is counted and does not discourage them.
pub struct Writers {
    stop: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
    acknowledged: Arc<Mutex<HashSet<String>>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Writers {
    pub fn begin(town: &Arc<Town>, many: usize) -> Self {
        let (stop, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let acknowledged = Arc::new(Mutex::new(HashSet::new()));
        let write = |writer: usize| {
            let (town, stop) = (town.clone(), stop.clone());
            let (acknowledged, refused) = (acknowledged.clone(), refused.clone());
            async move {
                while !stop.load(Ordering::Relaxed) {
                    let body = json!({"name": format!("Hall of {writer}"), "point": {"lon": -3.3, "lat": 54.6}});
                    let answer = town.admin(Method::POST, "/places").json(&body).send().await.unwrap();
                    if answer.status() == 201 {
                        let id = read(answer).await.1["id"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().insert(id);
                    } else {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        };
        let tasks = (0..many).map(|writer| tokio::spawn(write(writer))).collect();
        Self { stop, refused, acknowledged, tasks }
    }

    /// Waits until so many writes are acknowledged, those before included.
    pub async fn have_written(&self, many: usize) {
        eventually("writing", || async { self.acknowledged.lock().unwrap().len() >= many }).await;
    }

    /// The ids of what was acknowledged, and how many writes were refused, once the last one is done.
    pub async fn stop(self) -> (HashSet<String>, usize) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        let acknowledged = std::mem::take(&mut *self.acknowledged.lock().unwrap());
        (acknowledged, self.refused.load(Ordering::Relaxed))
    }
}

/// What a check of the data finds.
pub async fn findings(url: &str) -> Vec<String> {
    check::check(&*connect(url).await.unwrap()).await.unwrap().findings
}

pub async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// (field, code) of the problems of an answer.
pub fn problems(body: &Value) -> Vec<(String, String)> {
    let list = body["problems"].as_array().cloned().unwrap_or_default();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    list.iter().map(|p| (text(&p["field"]), text(&p["code"]))).collect()
}

pub fn problem(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

/// The shared data and truth; none where it is absent and nobody promised it.
pub fn shared() -> Option<PathBuf> {
    let promised = std::env::var_os("COMMONGROUND_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = match &promised {
        Some(path) if path.is_relative() => Path::new(env!("CARGO_MANIFEST_DIR")).join(path),
        Some(path) => path.clone(),
        None => beside,
    };
    assert!(
        folder.is_dir() || promised.is_none(),
        "COMMONGROUND_SHARED names {}, which is not there",
        folder.display()
    );
    folder.is_dir().then_some(folder)
}
