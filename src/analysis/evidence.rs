//! A gap's evidence asked again: the same question on what is true now, beside what came out then.

use jiff::Zoned;
use serde_json::Value;

use super::asked::Asked;
use super::coverage;
use super::ctl::{Ctl, Unanswered};
use crate::atlas::View;
use crate::model::record::stored;
use crate::model::{Code, Id, Kind, Problem};

/// Then and now.
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    /// What was kept.
    pub then: Value,
    /// What comes out now.
    pub now: coverage::Sums,
}

/// Runs the query of a gap's evidence again, with the caller's eyes; `None` when there is no such gap.
pub fn run(id: Id, view: &View, local: &Zoned, ctl: &Ctl) -> Result<Option<Again>, Unanswered> {
    let Some(gap) = view.get(id).filter(|e| e.kind == Kind::Gap) else { return Ok(None) };
    let body = stored(&view.body(gap));
    let evidence = body.get("evidence");
    let query = evidence.and_then(|e| e.get("query")).and_then(Value::as_str);
    let again = || problem("evidence.query", Code::Required, "this gap was observed, not computed");
    let query = query.ok_or_else(again)?;
    let words = query.split_once('?').map(|(_, words)| words).filter(|_| query.contains("/coverage?"));
    let words = words.ok_or_else(|| {
        problem("evidence.query", Code::NotAllowed, "only /api/v1/coverage questions can be run again")
    })?;
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(words).map_err(|_| problem("evidence.query", Code::WrongType, "can't be read"))?;
    let question = coverage::read(Asked::new(pairs)?, view, local)?;
    let now = coverage::answer(&question, view, ctl)?.total;
    // What was kept is the whole answer, or its sums alone.
    let kept = evidence.and_then(|e| e.get("result"));
    let then = kept.and_then(|k| k.get("total")).or(kept).cloned().unwrap_or(Value::Null);
    Ok(Some(Again { then, now }))
}

fn problem(field: &str, code: Code, message: &str) -> Vec<Problem> {
    vec![Problem::new(field, code, message)]
}
