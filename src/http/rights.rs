//! Who may ask something at all: turned away before anything is taken in. Whether somebody may do it to this very record
//! is asked where the record is known (`app`).

use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::asker;
use super::error::Refusal;
use super::served::Served;
use crate::app::AppError;
use crate::auth::Action;
use crate::model::Kind;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever comes by.
    Anybody,
    /// Whose role allows one of these for records of the address's kind, or of some kind where it names none.
    May(&'static [Action]),
    /// Who runs the instance: an admin, or a program with the token of the settings. The address itself asks.
    Operator,
}

/// Lets in whose role allows one of these for records of the address's kind, or of some kind where it names none.
pub async fn ask(
    State((served, actions)): State<(Served, &'static [Action])>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let plural = params.iter().find(|(name, _)| *name == "plural").map(|(_, plural)| plural);
    let (mut parts, body) = request.into_parts();
    let admitted = async {
        let caller = asker::caller(&mut parts, &served).await?.ok_or(AppError::NotSignedIn)?;
        let may = |kind: Kind| actions.iter().any(|action| caller.role.may(*action, kind));
        let admitted = match plural.map(Kind::by_plural) {
            None => Kind::ALL.iter().any(|kind| may(*kind)),
            Some(Some(kind)) => may(kind),
            // An address of no kind is told where it is looked for.
            Some(None) => true,
        };
        if admitted { Ok(()) } else { Err(Refusal::from(AppError::Forbidden)) }
    };
    let away = || Refusal::busy("The data can't be reached just now");
    let admitted = tokio::time::timeout(served.setup.limits.request, admitted).await;
    match admitted.unwrap_or_else(|_| Err(away())) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => refusal.into_response(),
    }
}
