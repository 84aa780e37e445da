//! Plain lists of one kind: filtered, in order of id, page by page.

use jiff::Zoned;
use rayon::prelude::*;

use super::asked::Asked;
use super::ctl::{Ctl, Halt};
use super::filter::Filter;
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

/// Answers it; records that may fit are in, as they are in every list. `total` where it is known from before.
pub fn page<'a>(
    question: &Question,
    kind: Kind,
    view: &'a View,
    ctl: &Ctl,
    total: Option<usize>,
) -> Result<Page<'a>, Halt> {
    let filter = &question.filter;
    filter.look_up(view, ctl)?;
    let among = filter.among(kind, view);
    let fits = |entry: &Entry| {
        let fit = filter.fit(entry, view).filter(|_| entry.kind == kind);
        fit.is_some_and(|fit| match filter.only() {
            Some("sure") => fit.is_sure(),
            Some(_) => !fit.is_sure(),
            None => true,
        })
    };
    let mut items = Vec::with_capacity(question.limit + 1);
    for entry in view.in_order(&among, question.after) {
        ctl.tick(filter.cost(entry))?;
        if fits(entry) {
            items.push(entry);
        }
        if items.len() > question.limit {
            break;
        }
    }
    let more = items.len() > question.limit;
    items.truncate(question.limit);
    let next = items.last().filter(|_| more).map(|entry| entry.id);
    let total = match total {
        Some(total) => total,
        None if filter.is_one_index() && filter.kinds == [kind] => view.count(&among),
        // All of them are on this page.
        None if question.after.is_none() && !more => items.len(),
        None => count(&view.among(&among), &fits, filter, ctl)?,
    };
    Ok(Page { items, total, next })
}

/// How many fit.
fn count(
    candidates: &[&Entry],
    fits: &(dyn Fn(&Entry) -> bool + Sync),
    filter: &Filter,
    ctl: &Ctl,
) -> Result<usize, Halt> {
    ctl.expect(candidates.len() / AT_ONCE);
    let of_some = |some: &[&Entry]| {
        let cost: usize = some.iter().map(|entry| filter.cost(entry)).sum();
        ctl.tick(cost / AT_ONCE)?;
        Ok(some.iter().filter(|entry| fits(entry)).count())
    };
    candidates.par_chunks(1_024).map(of_some).sum()
}

/// Records that are counted in the time of looking at one: they lie side by side, and nothing is made of them.
const AT_ONCE: usize = 10;

/// A list is of what is there, planned and closed too, unless a day or a status is asked for.
fn asked_for_all(asked: &mut Asked) -> bool {
    !asked.has("status") && !asked.has("as_at")
}
