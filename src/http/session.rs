//! Signing in by the one-time link, and out.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;
use tower_sessions::Session;

use super::answer;
use super::asker::{Asker, NoWords};
use super::client::Client;
use super::error::Refusal;
use super::served::Served;
use super::sessions::ACCOUNT;
use crate::analysis::Asked;
use crate::model::{Code, Problems};

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
) -> Result<Response, Refusal> {
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
pub async fn sign_out(asker: Asker, _: NoWords, session: Session) -> Result<Response, Refusal> {
    session
        .flush()
        .await
        .map_err(|_| Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "The data can't be reached just now"))?;
    Ok(answer::json(&asker, StatusCode::OK, &json!({"account": null, "role": null})))
}
