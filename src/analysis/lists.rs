//! Plain lists of one kind: filtered, in order of id, page by page.

use jiff::Zoned;

use super::asked::Asked;
use super::ctl::{Ctl, Halt, LOOK};
use super::filter::Filter;
use super::fit::Fit;
use super::words;
use crate::atlas::{Entry, View};
use crate::model::{Code, Id, Kind, Problem, Problems};

/// What a page of a list is asked with.
pub struct Question {
    filter: Filter,
    limit: usize,
    after: Option<Id>,
}

/// A page.
pub struct Page<'a> {
    /// The records of the page.
    pub items: Vec<&'a Entry>,
    /// How many there are on all pages.
    pub total: usize,
    /// Where the next page begins after, if there is one.
    pub next: Option<Id>,
}

/// Reads the words of a list of `kind`.
pub fn read(mut asked: Asked, kind: Kind, view: &View, now: &Zoned) -> Result<Question, Vec<Problem>> {
    let mut problems = Problems::new();
    let every_status = !kind.spec().sought || asked_for_all(&mut asked);
    let anybody = !asked.has("for");
    let mut filter = words::read(&mut asked, view, now, &[kind], &mut problems);
    if every_status {
        filter = filter.of_every_status();
    }
    if anybody {
        filter = filter.for_anybody();
    }
    let limit = asked.whole("limit", 1, 1000, &mut problems).unwrap_or(100) as usize;
    let after = asked.one("after", &mut problems).and_then(|text| {
        let id = text.parse().ok();
        if id.is_none() {
            problems.add("after", Code::WrongType, "must be the id that `next` gave");
        }
        id
    });
    asked.finish(&mut problems);
    problems.or(Question { filter, limit, after })
}

/// Answers it; records that may fit are in, as they are in every list.
pub fn page<'a>(question: &Question, kind: Kind, view: &'a View, ctl: &Ctl) -> Result<Page<'a>, Halt> {
    question.filter.look_up(view, ctl)?;
    let among = question.filter.among(kind);
    ctl.tick(view.at_most(&among))?;
    let mut fitting = Vec::new();
    let candidates: Vec<&Entry> = view.among(&among).into_iter().filter(|e| e.kind == kind).collect();
    ctl.expect(candidates.len() * LOOK);
    let wanted = |fit: &Fit| match question.filter.only() {
        Some("sure") => fit.is_sure(),
        Some(_) => !fit.is_sure(),
        None => true,
    };
    for entry in candidates {
        ctl.tick(question.filter.cost(entry))?;
        if question.filter.fit(entry, view).is_some_and(|fit| wanted(&fit)) {
            fitting.push(entry);
        }
    }
    fitting.sort_unstable_by_key(|e| e.id);
    let total = fitting.len();
    let from = question.after.map_or(0, |after| fitting.partition_point(|e| e.id <= after));
    let items: Vec<&Entry> = fitting[from..].iter().take(question.limit).copied().collect();
    let more = from + items.len() < total;
    let next = items.last().filter(|_| more).map(|e| e.id);
    Ok(Page { items, total, next })
}

/// A list is of what is there, planned and closed too, unless a day or a status is asked for.
fn asked_for_all(asked: &mut Asked) -> bool {
    !asked.has("status") && !asked.has("as_at")
}
