//! Who calls, and what they see: every handler takes an [`Asker`], and none sees more than its view.

use axum::extract::{FromRequestParts, RawQuery};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use jiff::Zoned;
use tower_sessions::Session;
use uuid::Uuid;

use super::error::Refusal;
use super::protocol::bearer;
use super::served::Served;
use super::sessions::ACCOUNT;
use crate::analysis::Asked;
use crate::app::{AppError, Caller};
use crate::atlas::{View, Viewer};
use crate::model::Code;

/// A caller with the view it has, and the local time of asking.
pub struct Asker {
    /// The account; nobody when not signed in.
    pub caller: Option<Caller>,
    /// What the caller sees.
    pub view: View,
    /// Now, in the instance's zone.
    pub local: Zoned,
}

impl Asker {
    /// The account, or a refusal that asks to sign in.
    pub fn signed_in(&self) -> Result<&Caller, Refusal> {
        self.caller.as_ref().ok_or_else(|| AppError::NotSignedIn.into())
    }
}

impl FromRequestParts<Served> for Asker {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Refusal> {
        let caller = caller(parts, served).await?;
        if let Some(caller) = &caller {
            served.gate.accounts.remember(&parts.headers, caller.account);
        }
        let viewer = caller.as_ref().map_or(Viewer::PUBLIC, Caller::viewer);
        let view = match at_least(&parts.headers)? {
            None => served.app.view(viewer),
            Some(revision) => served.app.view_at_least(viewer, revision).await.ok_or_else(not_seen_yet)?,
        };
        Ok(Self { caller, view, local: served.app.local_time() })
    }
}

/// The words after the question mark.
pub struct Words(pub Asked);

impl FromRequestParts<Served> for Words {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Refusal> {
        let RawQuery(query) = RawQuery::from_request_parts(parts, served).await.unwrap_or(RawQuery(None));
        let query = query.unwrap_or_default();
        let unreadable =
            || Refusal::new(StatusCode::BAD_REQUEST, "Can't be read", "", Code::WrongType, "the address can't be read");
        let pairs = serde_urlencoded::from_str(&query).ok().filter(|_| is_text(&query)).ok_or_else(unreadable)?;
        Asked::new(pairs).map(Self).map_err(Refusal::problems)
    }
}

/// Whether what is written as `%FF` is text when it is put together; the decoder takes anything.
fn is_text(query: &str) -> bool {
    let mut bytes = Vec::with_capacity(query.len());
    let mut rest = query.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        let escaped = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// Nothing after the question mark.
pub struct NoWords;

impl FromRequestParts<Served> for NoWords {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Refusal> {
        let Words(asked) = Words::from_request_parts(parts, served).await?;
        asked.nothing().map(|()| Self).map_err(Refusal::problems)
    }
}

/// The revision that was waited for did not arrive in time.
pub fn not_seen_yet() -> Refusal {
    Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "This instance has not seen that revision yet")
}

/// The account that a request's token or session stands for.
pub async fn caller(parts: &mut Parts, served: &Served) -> Result<Option<Caller>, Refusal> {
    if let Some(given) = parts.headers.get(header::AUTHORIZATION) {
        let token = bearer(given);
        let caller = match token {
            Some(token) => served.app.by_token(token).await?,
            None => None,
        };
        // A wrong token is told, rather than quietly taken for nobody.
        return caller.map(Some).ok_or_else(|| AppError::NotSignedIn.into());
    }
    if !parts.headers.contains_key(header::COOKIE) {
        return Ok(None);
    }
    let Ok(session) = Session::from_request_parts(parts, served).await else { return Ok(None) };
    // While the store is away, somebody who may be signed in is not taken for nobody.
    let away = |_| Refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "The data can't be reached just now");
    let account: Option<Uuid> = session.get(ACCOUNT).await.map_err(away)?;
    match account {
        Some(account) => Ok(served.app.by_account(account).await?),
        None => Ok(None),
    }
}

/// The revision that a request waits for before it is answered.
pub fn at_least(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let Some(given) = headers.get("at-least") else { return Ok(None) };
    given.to_str().ok().and_then(|text| text.trim().parse().ok()).map(Some).ok_or_else(|| {
        let say = "must be the number of a revision";
        Refusal::new(StatusCode::BAD_REQUEST, "Can't be read", "At-Least", Code::WrongType, say)
    })
}
