//! From what went wrong to what the client is told: one table. RFC 9457; a 5xx says nothing of the inside.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::AppError;
use crate::model::{Code, Problem};

/// An answer that is not what was hoped for.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    title: &'static str,
    problems: Vec<Problem>,
    /// The present record, when the writer knew an older one.
    present: Option<String>,
}

impl Refusal {
    /// A refusal with one problem.
    pub fn new(status: StatusCode, title: &'static str, field: &str, code: Code, message: &str) -> Self {
        Self { status, title, problems: vec![Problem::new(field, code, message)], present: None }
    }

    /// A refusal that needs no more words.
    pub fn bare(status: StatusCode, title: &'static str) -> Self {
        Self { status, title, problems: Vec::new(), present: None }
    }

    /// An address of which parts can't be read at all.
    pub fn unreadable(problems: Vec<Problem>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, title: "Can't be read", problems, present: None }
    }

    /// A body or parameter that can be read but is wrong.
    pub fn problems(problems: Vec<Problem>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, title: "Some of this can't be used", problems, present: None }
    }

    /// There is no such record, or not for this caller.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", "", Code::NotFound, "there is no such record")
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        let bare = |status, title| Self { status, title, problems: Vec::new(), present: None };
        match error {
            AppError::Problems(problems) => Self::problems(problems),
            AppError::NotFound => Self::not_found(),
            AppError::Conflict(problems) => {
                Self { problems, ..bare(StatusCode::CONFLICT, "This is in the way of something else") }
            }
            AppError::Stale(present) => {
                let say = "the record changed since it was read: look at the present one and try again";
                let problems = vec![Problem::new("If-Match", Code::Stale, say)];
                Self { problems, present, ..bare(StatusCode::PRECONDITION_FAILED, "Somebody was faster") }
            }
            AppError::NotSignedIn => bare(StatusCode::UNAUTHORIZED, "Sign in to do this"),
            AppError::Forbidden => bare(StatusCode::FORBIDDEN, "Your role does not allow this"),
            AppError::Damaged(what) => {
                tracing::error!(%what, "stored data is damaged");
                bare(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here")
            }
            AppError::Unavailable(error) => {
                tracing::error!(%error, "the store failed");
                bare(StatusCode::SERVICE_UNAVAILABLE, "The data can't be reached just now")
            }
            AppError::Ending => bare(StatusCode::SERVICE_UNAVAILABLE, "The service is ending"),
            AppError::File(what) => {
                tracing::error!(%what, "a file failed");
                bare(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here")
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let detail = self.problems.iter().map(said).collect::<Vec<_>>().join("; ");
        let mut body = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": detail,
            "problems": self.problems,
        });
        if let Some(present) = self.present.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok()) {
            body["present"] = present;
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Addresses under /api/v1 that are not there.
pub async fn no_such_address() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "Not found",
        "",
        Code::NotFound,
        "there is no such address; see /api/v1/openapi.json",
    )
}

/// Addresses that are there, but not for this method.
pub async fn no_such_method() -> Refusal {
    let say = "this address does not take this method; see /api/v1/openapi.json";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Not possible here", "", Code::NotAllowed, say)
}

fn said(problem: &Problem) -> String {
    if problem.field.is_empty() { problem.message.clone() } else { format!("{}: {}", problem.field, problem.message) }
}

/// Refusals that the framework words for itself (too large, not readable, from another site) in the same form.
pub async fn in_the_form_of_problems(response: Response) -> Response {
    let status = response.status();
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let worded = media.starts_with("application/problem+json") || media.starts_with("text/html");
    if worded || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let title = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Too large",
        StatusCode::FORBIDDEN => "Not from another site",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::SERVICE_UNAVAILABLE => "This took too long",
        _ => "Can't be read",
    };
    Refusal::bare(status, title).into_response()
}
