//! From what went wrong to what the client is told: one table. RFC 9457; a 5xx says nothing of the inside.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use metrics::counter;
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;

use super::trace::RequestId;
use crate::app::AppError;
use crate::model::{Code, Problem, cut};

/// An answer that is not what was hoped for.
#[derive(Debug, Clone)]
pub struct Refusal {
    status: StatusCode,
    title: &'static str,
    problems: Vec<Problem>,
    /// The present record, when the writer knew an older one.
    present: Option<String>,
    /// Seconds after which asking again makes sense, where it is not the usual moment.
    retry_after: Option<u64>,
    /// The request, by which an operator finds its lines in the log; told where the fault is ours.
    instance: Option<String>,
}

impl Refusal {
    /// A refusal with one problem.
    pub fn new(status: StatusCode, title: &'static str, field: &str, code: Code, message: &str) -> Self {
        Self { problems: vec![Problem::new(field, code, message)], ..Self::bare(status, title) }
    }

    /// A refusal that needs no more words.
    pub fn bare(status: StatusCode, title: &'static str) -> Self {
        Self { status, title, problems: Vec::new(), present: None, retry_after: None, instance: None }
    }

    /// An address of which parts can't be read at all.
    pub fn unreadable(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::bare(StatusCode::BAD_REQUEST, "Can't be read") }
    }

    /// A body or parameter that can be read but is wrong.
    pub fn problems(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::bare(StatusCode::UNPROCESSABLE_ENTITY, "Some of this can't be used") }
    }

    /// There is no such record, or not for this caller.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", "", Code::NotFound, "there is no such record")
    }

    /// One address or account asks for more than its share; `seconds` until it may again.
    pub fn too_many(whose: &str, what: &str, seconds: u64) -> Self {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        let say = format!("This {whose} has made too many {what} this minute. Try again in {seconds} {unit}.");
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", "", Code::TooManyRequests, &say);
        Self { retry_after: Some(seconds), ..refusal }
    }

    /// The program is at fault; what happened is in the log.
    pub fn fault() -> Self {
        Self::bare(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here")
    }

    /// All places are taken.
    pub fn busy(title: &'static str) -> Self {
        Self::bare(StatusCode::SERVICE_UNAVAILABLE, title)
    }
}

/// There is no place left, or none for this client.
pub fn refused(why: &'static str, title: &'static str) -> Refusal {
    counter!("commonground_refused_total", "why" => why).increment(1);
    Refusal::busy(title)
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        let bare = Self::bare;
        match error {
            AppError::Problems(problems) => Self::problems(problems),
            AppError::NotFound => Self::not_found(),
            AppError::Conflict(problems) => {
                Self { problems, ..bare(StatusCode::CONFLICT, "Conflict with another record") }
            }
            AppError::Stale(present) => {
                let say = "the record changed since it was read: look at the present one and try again";
                let problems = vec![Problem::new("If-Match", Code::Stale, say)];
                Self {
                    problems,
                    present,
                    ..bare(StatusCode::PRECONDITION_FAILED, "The record has changed since you read it")
                }
            }
            AppError::NotSignedIn => bare(StatusCode::UNAUTHORIZED, "Sign in to do this"),
            AppError::Forbidden => bare(StatusCode::FORBIDDEN, "Your role does not allow this"),
            AppError::Damaged(what) => {
                tracing::error!(%what, "stored data is damaged");
                Self::fault()
            }
            AppError::Unavailable(error) => {
                tracing::error!(%error, "the store failed");
                bare(StatusCode::SERVICE_UNAVAILABLE, "The data can't be reached just now")
            }
            AppError::Fault => Self::fault(),
            AppError::Busy => refused("analyses", "Busy: too many long questions at once"),
            AppError::Ending => bare(StatusCode::SERVICE_UNAVAILABLE, "The service is ending"),
            AppError::File(what) => {
                tracing::error!(%what, "a file failed");
                Self::fault()
            }
        }
    }
}

/// The longest message that is told, characters: one may name all indicators of an area set.
const LONGEST_MESSAGE: usize = 1_000;
/// Bytes of problems that are told one by one; of the rest, the number is.
const MOST_PROBLEM_BYTES: usize = 40_000;
/// The longest sum of them in one sentence, characters.
const LONGEST_DETAIL: usize = 1_000;

impl Refusal {
    /// The problem document (RFC 9457); its size is bounded, whatever was sent.
    pub fn document(&self) -> Value {
        let problems = told(&self.problems);
        let mut body = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": detail(&problems),
            "problems": problems,
        });
        if let Some(present) =
            self.present.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok())
        {
            body["present"] = present;
        }
        if let Some(instance) = &self.instance {
            body["instance"] = json!(instance);
        }
        body
    }
}

/// As many problems as have room, and how many more there are.
fn told(problems: &[Problem]) -> Vec<Problem> {
    let mut told = Vec::new();
    let mut room = MOST_PROBLEM_BYTES;
    for (i, problem) in problems.iter().enumerate() {
        let problem = Problem { message: cut(&problem.message, LONGEST_MESSAGE), ..problem.clone() };
        let size = json!(problem).to_string().len();
        if size > room {
            told.push(left_out(&problems[i..]));
            break;
        }
        room -= size;
        told.push(problem);
    }
    told
}

/// What is told instead of these; the last of them may itself stand for others.
fn left_out(problems: &[Problem]) -> Problem {
    match problems {
        [here @ .., last] if last.code == Code::MoreProblems => {
            Problem { message: format!("and {} more, {}", here.len(), last.message), ..last.clone() }
        }
        all => Problem::more(all.len()),
    }
}

/// The problems in one sentence, or the first of them.
fn detail(problems: &[Problem]) -> String {
    let mut detail = String::new();
    for (i, problem) in problems.iter().enumerate() {
        let next = said(problem);
        if i > 0 && detail.len() + next.len() > LONGEST_DETAIL {
            return format!("{detail}; and more");
        }
        detail = if i == 0 { next } else { format!("{detail}; {next}") };
    }
    detail
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.document().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let usual = (self.status == StatusCode::SERVICE_UNAVAILABLE).then_some(2);
        headers.extend(self.retry_after.or(usual).map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status.is_server_error() && self.instance.is_none() {
            // Kept, so that the request's id can still be told with it.
            response.extensions_mut().insert(self);
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

/// Refusals that the framework words for itself (too large, not readable, from another site) in the same form; and
/// in those where the fault is ours, the id of the request.
pub async fn in_the_form_of_problems(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    // Whoever asked what nobody foresaw is told so, and keeps the connection.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| Refusal::fault().into_response());
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        return Refusal { instance: id, ..refusal }.into_response();
    }
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if media.starts_with("application/problem+json") || media.starts_with("text/html") {
        return response;
    }
    let allowed = response.headers_mut().remove(header::ALLOW);
    let title = match status {
        StatusCode::METHOD_NOT_ALLOWED => "Not possible here",
        StatusCode::NOT_ACCEPTABLE => "No such encoding: ask for gzip, br, or none",
        StatusCode::PAYLOAD_TOO_LARGE => "Too large",
        StatusCode::FORBIDDEN => "Not from another site",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::SERVICE_UNAVAILABLE => "This took too long",
        _ => "Can't be read",
    };
    let refusal = Refusal { instance: id.filter(|_| status.is_server_error()), ..Refusal::bare(status, title) };
    let mut response = refusal.into_response();
    response.headers_mut().extend(allowed.map(|methods| (header::ALLOW, methods)));
    response
}
