//! Signing in by the one-time link, and sessions kept in the store.

use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;
use std::fmt;
use time::OffsetDateTime;
use tower_sessions::Session;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};
use uuid::Uuid;

use super::Served;
use super::answer;
use super::asker::{Asker, NoWords};
use super::client::Client;
use super::error::Refusal;
use crate::analysis::Asked;
use crate::app::App;
use crate::model::{Code, Problems};

/// The cookie that holds a session's id.
pub const COOKIE: &str = "cg_session";
/// The session's key for the account that is signed in.
pub const ACCOUNT: &str = "account";

/// GET /session
pub async fn show(asker: Asker, _: NoWords) -> Response {
    let body = match &asker.caller {
        Some(caller) => json!({"account": caller.name, "role": caller.role.as_str()}),
        None => json!({"account": null, "role": null}),
    };
    answer::json(&asker, StatusCode::OK, &body)
}

/// POST /session {"link": "…"}
pub async fn sign_in(
    State(served): State<Served>,
    asker: Asker,
    session: Session,
    _: NoWords,
    client: Client,
    headers: HeaderMap,
    body: Bytes,
) -> std::result::Result<Response, Refusal> {
    served.gate.sign_in(client)?;
    let body = answer::read_json(&headers, &body)?;
    let mut asked = Asked::from_json(&body).map_err(Refusal::problems)?;
    let mut problems = Problems::new();
    let link = asked.one("link", &mut problems).unwrap_or_default();
    if link.is_empty() {
        problems.add("link", Code::Required, "the link's secret is needed");
    }
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let Some(caller) = served.app.use_link(&link).await? else {
        let say = "this link was used or is too old; commonground user reset admin prints another";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "This link does not work", "link", Code::NotFound, say));
    };
    let kept = async {
        // A new id at every sign-in, so that nobody can prepare a session for somebody else.
        session.cycle_id().await?;
        session.insert(ACCOUNT, caller.account).await
    };
    kept.await.map_err(|_| Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "The data can't be reached just now"))?;
    let body = json!({"account": caller.name, "role": caller.role.as_str()});
    Ok(answer::json(&asker, StatusCode::OK, &body))
}

/// DELETE /session
pub async fn sign_out(asker: Asker, _: NoWords, session: Session) -> std::result::Result<Response, Refusal> {
    session
        .flush()
        .await
        .map_err(|_| Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "The data can't be reached just now"))?;
    Ok(answer::json(&asker, StatusCode::OK, &json!({"account": null, "role": null})))
}

/// Sessions, kept where everything else is. When one ends is decided there, not by the cookie.
#[derive(Clone)]
pub struct Kept(pub App);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

#[async_trait]
impl SessionStore for Kept {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let id = record.id.to_string();
        let kept = self.0.put_session(&id, data_of(record)?, account_of(record)).await;
        kept.map_err(|e| Error::Backend(e.to_string()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let kept = self.0.change_session(&record.id.to_string(), &data_of(record)?).await;
        kept.map_err(|e| Error::Backend(e.to_string()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = self.0.session(&id.to_string()).await.map_err(|e| Error::Backend(e.to_string()))?;
        let Some((data, expires_at)) = row else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires_at).map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let record = self.load(id).await?;
        let account = record.as_ref().and_then(account_of);
        self.0.drop_session(&id.to_string(), account).await.map_err(|e| Error::Backend(e.to_string()))
    }
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))
}

fn account_of(record: &Record) -> Option<Uuid> {
    serde_json::from_value(record.data.get(ACCOUNT)?.clone()).ok()
}
