//! Asking a server over HTTP, never longer than a question may take.

use reqwest::Client;
use serde_json::Value;
use std::time::{Duration, Instant};

use crate::table::median;

/// A little longer than the program itself takes at most.
const PATIENCE: Duration = Duration::from_secs(75);

/// Who asks.
#[derive(Clone)]
pub struct Asking {
    client: Client,
    address: String,
    token: Option<String>,
}

/// An answer, and how long it took.
pub struct Told {
    /// 0 where none came.
    pub status: u16,
    /// Until its last byte.
    pub seconds: f64,
    /// What came.
    pub body: Vec<u8>,
}

impl Told {
    /// As JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether it is an answer.
    pub fn is_well(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Asking {
    /// As anybody.
    pub fn of(address: &str) -> Self {
        let client = Client::builder().timeout(PATIENCE).build().expect("a client");
        Self { client, address: address.to_owned(), token: None }
    }

    /// As an admin.
    pub fn with(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Told {
        self.send(self.client.get(format!("{}{path}", self.address))).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Told {
        let request = self.client.post(format!("{}{path}", self.address)).header("content-type", "application/json");
        self.send(request.body(body)).await
    }

    /// PUT of what is known by its tag; without one, of what is new.
    pub async fn put(&self, path: &str, tag: Option<String>, body: String) -> Told {
        let request = self.client.put(format!("{}{path}", self.address)).header("content-type", "application/json");
        let request = match tag {
            Some(tag) => request.header("if-match", tag),
            None => request.header("if-none-match", "*"),
        };
        self.send(request.body(body)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Told {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let begun = Instant::now();
        let (status, body) = match request.send().await {
            Ok(answer) => (answer.status().as_u16(), answer.bytes().await.map(|b| b.to_vec()).unwrap_or_default()),
            Err(_) => (0, Vec::new()),
        };
        Told { status, seconds: begun.elapsed().as_secs_f64(), body }
    }
}

/// How long some questions took, one after the other.
pub struct Spread {
    /// The middle one, seconds.
    pub median: f64,
    /// The longest.
    pub worst: f64,
    /// How many were asked before the time was over.
    pub asked: usize,
    /// How many of them had no answer.
    pub failed: usize,
}

/// Asks one after the other, as far as the time goes.
pub async fn spread(asking: &Asking, paths: &[String], time: Duration) -> Spread {
    let (begun, mut took, mut failed) = (Instant::now(), Vec::new(), 0);
    for path in paths {
        if begun.elapsed() > time {
            break;
        }
        let told = asking.get(path).await;
        failed += usize::from(!told.is_well());
        took.push(told.seconds);
    }
    let worst = took.iter().copied().fold(0.0, f64::max);
    Spread { asked: took.len(), worst, median: median(took), failed }
}

impl Spread {
    /// What the table says beside the figures.
    pub fn said(&self, of: usize) -> String {
        let failed = if self.failed > 0 { format!(", {} without an answer", self.failed) } else { String::new() };
        if self.asked < of { format!("{} of {of} asked in the time there was{failed}", self.asked) } else { failed }
    }
}
