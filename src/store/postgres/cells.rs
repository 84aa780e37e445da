//! Grid cells of records, which the views show where the position is withheld.

use crate::model::record::stored;
use crate::model::{Kind, Point, cell};

/// The centre of the cell that a record is in, where it may be shown approximately: by its own word, or because of a place
/// that it stands on.
pub(super) fn cell_of(kind: Kind, body: &str) -> Option<Point> {
    let stands_on = |role: &str| body.contains(&format!("\"{role}\":["));
    let may_be = body.contains(r#""precision":"approximate""#) || kind.spec().givers.iter().any(|role| stands_on(role));
    let body = may_be.then(|| stored(body))?;
    serde_json::from_value::<Point>(body.get("point")?.clone()).ok().map(cell::centre)
}
