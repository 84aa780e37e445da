//! Writing records: what somebody asked for is checked against what is true inside the append, then staged.

use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::HashSet;

use super::engine::feed::Feed;
use super::engine::ledger::Ledger;
use super::engine::writer::Stages;
pub use super::engine::writer::{Receipt, Written};
use super::{App, AppError, Caller};
use crate::atlas::View;
use crate::auth::{Action, Role};
use crate::change::apply::Present;
use crate::change::{Stamp, apply, diff};
use crate::clock;
use crate::model::record::{Given, code_of, links_of, usual_visibility};
use crate::model::shape::SeenBy;
use crate::model::{Body, Code, Id, Kind, Origin, Owner, Position, Postcode, Problem, Problems};
use crate::store::Which;

/// What is to be done, all of it or nothing.
#[derive(Debug, Clone)]
pub struct Order {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The writer's reason.
    pub why: Option<String>,
}

/// One step of an order.
#[derive(Debug, Clone)]
pub enum Step {
    /// A new record. The same id with the same body again is no fault and no change.
    Create {
        /// Its kind.
        kind: Kind,
        /// What was given, checked.
        given: Given,
    },
    /// The whole of a record replaced.
    Replace {
        /// Its id.
        id: Id,
        /// Its kind.
        kind: Kind,
        /// What was given, checked.
        given: Given,
        /// The version the writer knows.
        version: u32,
    },
    /// A record taken away.
    Delete {
        /// Its id.
        id: Id,
        /// Its kind.
        kind: Kind,
        /// The version the writer knows.
        version: u32,
        /// Takes references to it out of other records instead of refusing.
        cascade: bool,
    },
}

impl App {
    /// Carries out an order: durable and readable when this returns. What the caller's role does not allow is refused
    /// before it waits for a turn.
    pub async fn write(&self, order: Order, caller: &Caller) -> Result<Receipt, AppError> {
        order.allowed_to(caller)?;
        self.writer.write(Box::new(Ordered { order, caller: caller.clone() })).await
    }
}

impl Order {
    fn allowed_to(&self, caller: &Caller) -> Result<(), AppError> {
        for step in &self.steps {
            let (action, kind) = match step {
                Step::Create { kind, .. } => (Action::Create, *kind),
                Step::Replace { kind, .. } | Step::Delete { kind, .. } => (Action::Change, *kind),
            };
            if !caller.role.may(action, kind) {
                return Err(AppError::Forbidden);
            }
        }
        Ok(())
    }
}

/// An order and whose it is.
struct Ordered {
    order: Order,
    caller: Caller,
}

#[async_trait]
impl Stages for Ordered {
    async fn stage(&self, ledger: &mut Ledger, feed: &Feed) -> Result<Receipt, AppError> {
        let (order, caller) = (self.order.clone(), &self.caller);
        let batch = clock::new_id();
        let stamp = Stamp { by: caller.account, at: clock::now(), why: order.why, batch };
        let view = feed.view(caller.viewer());
        let mut records = Vec::new();
        for step in order.steps {
            records.push(match step {
                Step::Create { kind, given } => create(ledger, kind, given, caller, &view, &stamp).await?,
                Step::Replace { id, kind, given, version } => {
                    replace(ledger, (id, kind, version), given, caller, &view, &stamp).await?
                }
                Step::Delete { id, kind, version, cascade } => {
                    delete(ledger, (id, kind, version), cascade, &view, &stamp).await?
                }
            });
        }
        Ok(Receipt { revision: ledger.head(), batch, records })
    }
}

async fn create(
    ledger: &mut Ledger,
    kind: Kind,
    given: Given,
    caller: &Caller,
    view: &View,
    stamp: &Stamp,
) -> Result<Written, AppError> {
    let id = given.id.unwrap_or_else(clock::new_id);
    let body = settle(ledger, kind, given.body, view).await?;
    let owner = owner_of(kind, caller);
    may_see(kind, &body, owner, caller)?;
    if let Some(there) = ledger.present(&[id]).await?.remove(&id) {
        let same = there.kind == kind && there.body.as_ref().is_some_and(|b| same_fields(b, &body));
        // Guessing a body must tell nothing to who can't read it: only its maker sends the same again.
        if same && made_by(ledger, id, caller).await? {
            return Ok(Written { id, created: false });
        }
        let say = "this id is taken: the record is another one, or was one; make another id";
        return Err(AppError::Conflict(vec![Problem::new("id", Code::AlreadyExists, say)]));
    }
    free_code(ledger, kind, &body, id).await?;
    not_above_itself(ledger, kind, &body, id).await?;
    ledger.stage(apply::create(id, kind, body, owner, (Origin::Owner, None), stamp));
    Ok(Written { id, created: true })
}

/// Whether the caller made the record, or runs the instance.
async fn made_by(ledger: &mut Ledger, id: Id, caller: &Caller) -> Result<bool, AppError> {
    if caller.role == Role::Admin {
        return Ok(true);
    }
    let first = ledger.tx().changes(Which::OfRecord(id, 0), 1).await?;
    Ok(first.first().is_some_and(|change| change.by == caller.account))
}

async fn replace(
    ledger: &mut Ledger,
    (id, kind, version): (Id, Kind, u32),
    given: Given,
    caller: &Caller,
    view: &View,
    stamp: &Stamp,
) -> Result<Written, AppError> {
    if given.id.is_some_and(|other| other != id) {
        return Err(AppError::problem("id", Code::NotAllowed, "is not the id of the address"));
    }
    let present = present_for(ledger, (id, kind, version), view).await?;
    let mut fields = given.body;
    forget_old_point(&mut fields, present.body.as_ref());
    let body = settle(ledger, kind, fields, view).await?;
    may_see(kind, &body, owner_of(kind, caller), caller)?;
    free_code(ledger, kind, &body, id).await?;
    not_above_itself(ledger, kind, &body, id).await?;
    let before = || present.body.as_ref().and_then(|b| serde_json::from_value(b.get("owner")?.clone()).ok());
    let owner = owner_of(kind, caller).or_else(|| (kind.spec().owner == Owner::Maker).then(before)?);
    if let Some(change) = apply::replace(&present, body, owner, Origin::Owner, stamp) {
        ledger.stage(change);
    }
    Ok(Written { id, created: false })
}

async fn delete(
    ledger: &mut Ledger,
    (id, kind, version): (Id, Kind, u32),
    cascade: bool,
    view: &View,
    stamp: &Stamp,
) -> Result<Written, AppError> {
    let present = present_for(ledger, (id, kind, version), view).await?;
    let mut sources: Vec<Id> = ledger.links_to(&[id]).await?.into_iter().map(|(source, _)| source).collect();
    sources.retain(|source| *source != id);
    sources.dedup();
    if !sources.is_empty() && !cascade {
        return Err(AppError::Conflict(vec![in_use(&sources, view)]));
    }
    let linked = ledger.present(&sources).await?;
    for source in &sources {
        if let Some(change) = linked.get(source).and_then(|p| apply::unlink(p, &[id], stamp)) {
            ledger.stage(change);
        }
    }
    if let Some(change) = apply::delete(&present, stamp) {
        ledger.stage(change);
    }
    Ok(Written { id, created: false })
}

/// The record as it is now, for a caller who sees it and knows its present version.
async fn present_for(
    ledger: &mut Ledger,
    (id, kind, version): (Id, Kind, u32),
    view: &View,
) -> Result<Present, AppError> {
    let present = ledger.present(&[id]).await?.remove(&id).filter(|p| p.kind == kind && p.body.is_some());
    let present = present.filter(|p| !view.hides(p.id)).ok_or(AppError::NotFound)?;
    if present.version != version {
        return Err(AppError::Stale(view.get(id).map(|e| view.body(e).into_owned())));
    }
    Ok(present)
}

/// Resolves references and finds the position of a postcode: the body as it will be stored.
pub async fn settle(ledger: &mut Ledger, kind: Kind, mut body: Body, view: &View) -> Result<Body, AppError> {
    let mut problems = Problems::new();
    resolve_links(ledger, kind, &mut body, view, &mut problems).await?;
    say_whose_view(kind, &mut body, view);
    locate(kind, &mut body, view, &mut problems);
    problems.or(body).map_err(AppError::Problems)
}

async fn resolve_links(
    ledger: &mut Ledger,
    kind: Kind,
    body: &mut Body,
    view: &View,
    problems: &mut Problems,
) -> Result<(), AppError> {
    let Some(Value::Object(links)) = body.get_mut("links") else { return Ok(()) };
    for (name, refs) in links.iter_mut() {
        let Some(link) = kind.link(name) else { continue };
        let texts: Vec<String> =
            refs.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
        let ids: Vec<Option<Id>> = texts
            .iter()
            .map(|text| text.parse().ok().or_else(|| view.by_code(link.target, text).map(|e| e.id)))
            .map(|id: Option<Id>| id.filter(|id| !view.hides(*id)))
            .collect();
        let known = ledger.present(&ids.iter().flatten().copied().collect::<Vec<_>>()).await?;
        let mut found: Vec<Value> = Vec::new();
        for (text, id) in texts.iter().zip(ids) {
            let there = id.and_then(|id| known.get(&id)).filter(|p| p.kind == link.target && p.body.is_some());
            match there {
                Some(there) if !found.contains(&json!(there.id)) => found.push(json!(there.id)),
                Some(_) => {}
                None => {
                    let shown = crate::model::shape::shown(text);
                    problems.add(name, Code::NotFound, format!("there is no {} \"{shown}\"", link.target.name()));
                }
            }
        }
        if link.many && link.target == Kind::Organisation {
            // Equal ones stand in the order of their names, so that none is first by merit.
            found.sort_by_key(|id| {
                id.as_str().and_then(|id| id.parse().ok()).and_then(|id: Id| name_of(known.get(&id)?))
            });
        }
        *refs = Value::Array(found);
    }
    Ok(())
}

fn name_of(present: &Present) -> Option<String> {
    Some(present.body.as_ref()?.get("name")?.as_str()?.to_lowercase())
}

/// What was found out by somebody is for who sees as much, unless the writer says for whom it is.
fn say_whose_view(kind: Kind, body: &mut Body, view: &View) {
    let by_view = kind.spec().fields.iter().filter(|field| field.seen_by == SeenBy::ItsView);
    for field in by_view {
        if let Some(Value::Object(found)) = body.get_mut(field.name) {
            found.entry("view").or_insert_with(|| json!(view.viewer().level.view()));
        }
    }
}

/// Gives a record with a postcode and no point the postcode's point. Where nothing else tells the position, not
/// finding one is a problem.
fn locate(kind: Kind, body: &mut Body, view: &View, problems: &mut Problems) {
    if body.contains_key("point") {
        return;
    }
    let Some(code) = body.get("postcode").and_then(Value::as_str).and_then(Postcode::parse) else { return };
    let needed = match kind.spec().position {
        Position::Needed { or, .. } => or.iter().all(|role| links_of(body, role).next().is_none()),
        Position::Free => false,
    };
    let Some(table) = &view.datasets().postcodes else {
        if needed {
            let say = "no postcode table is loaded: commonground import FILE.csv.gz --dataset postcodes";
            problems.add("postcode", Code::PostcodesNotLoaded, say);
        }
        return;
    };
    match table.get(&code).and_then(|facts| facts.point) {
        Some(point) => {
            body.insert("point".to_owned(), json!(point));
        }
        None if needed => {
            let say = format!("{} is not in the postcode table; give a point instead", code.as_str());
            problems.add("postcode", Code::PostcodeUnknown, say);
        }
        None => {}
    }
}

/// Who changes the postcode and sends the point back as it was read means the new postcode's point.
fn forget_old_point(fields: &mut Body, before: Option<&Body>) {
    let Some(before) = before else { return };
    let same = |name: &str| diff::get(fields, name) == diff::get(before, name);
    if !same("postcode") && fields.contains_key("postcode") && same("point") {
        fields.remove("point");
    }
}

async fn free_code(ledger: &mut Ledger, kind: Kind, body: &Body, id: Id) -> Result<(), AppError> {
    let Some(code) = code_of(kind, body) else { return Ok(()) };
    match ledger.by_code(kind, &code).await? {
        Some(other) if other != id => {
            let say = format!("another {} has the code {code}", kind.name());
            Err(AppError::Conflict(vec![Problem::new("code", Code::AlreadyExists, say)]))
        }
        _ => Ok(()),
    }
}

async fn not_above_itself(ledger: &mut Ledger, kind: Kind, body: &Body, id: Id) -> Result<(), AppError> {
    match circle(ledger, kind, body, id, &HashSet::new()).await? {
        Some(problem) => Err(AppError::Problems(vec![problem])),
        None => Ok(()),
    }
}

/// The problem of a record that would stand above itself, by its own parents or through others. Asked inside the append,
/// with everything staged: two writers can't close a circle together. One that has only records `of_old` in it was there
/// before there was a rule, and may come back.
pub async fn circle(
    ledger: &mut Ledger,
    kind: Kind,
    body: &Body,
    id: Id,
    of_old: &HashSet<Id>,
) -> Result<Option<Problem>, AppError> {
    let is_of_old = |id: Id| of_old.contains(&id);
    let round = round(ledger, kind, body, id, &is_of_old).await?;
    Ok(round.map(|_| {
        let say = format!("this {} would stand above itself: choose one that does not lie below it", kind.name());
        Problem::new("parent", Code::NotAllowed, say)
    }))
}

/// The records above one that would stand above itself; none where it does not.
pub async fn round(
    ledger: &mut Ledger,
    kind: Kind,
    body: &Body,
    id: Id,
    is_of_old: &(dyn Fn(Id) -> bool + Sync),
) -> Result<Option<HashSet<Id>>, AppError> {
    if kind.link("parent").is_none_or(|link| link.target != kind) {
        return Ok(None);
    }
    let mut above: Vec<(Id, bool)> = links_of(body, "parent").map(|parent| (parent, true)).collect();
    let mut seen: HashSet<Id> = HashSet::new();
    while let Some((parent, only_old)) = above.pop() {
        let only_old = only_old && is_of_old(parent);
        if parent == id && only_old {
            continue;
        }
        if parent == id {
            return Ok(Some(seen));
        }
        // What was there before anybody looked may go in circles without it.
        if seen.insert(parent) {
            let known = ledger.present(&[parent]).await?.remove(&parent);
            let body = known.and_then(|present| present.body);
            above.extend(body.iter().flat_map(|body| links_of(body, "parent")).map(|next| (next, only_old)));
        }
    }
    Ok(None)
}

/// Whose a new record is that is its maker's; of other kinds their bodies tell.
fn owner_of(kind: Kind, caller: &Caller) -> Option<Id> {
    caller.organisation.filter(|_| kind.spec().owner == Owner::Maker)
}

/// A caller may only write a record that they can read afterwards.
fn may_see(kind: Kind, body: &Body, owner: Option<Id>, caller: &Caller) -> Result<(), AppError> {
    let visibility = body.get("visibility").and_then(Value::as_str).unwrap_or(usual_visibility(kind, body));
    let own = (owner.is_some() && owner == caller.organisation) || caller.viewer().owned(kind, body);
    if visibility != "public" && kind.spec().ground {
        let say = "this is everybody's ground: only public is possible";
        return Err(AppError::problem("visibility", Code::NotAllowed, say));
    }
    if visibility == "organisation" && !own {
        let say = "you could not see it yourself: choose partners or public";
        return Err(AppError::problem("visibility", Code::NotAllowed, say));
    }
    Ok(())
}

fn same_fields(stored: &Body, given: &Body) -> bool {
    let own = |field: &String| {
        // What the server adds where the client was silent does not make another body of it.
        let silent = diff::get(given, field).is_none();
        let usual = ["visibility", "precision"].contains(&field.as_str());
        !(silent && usual)
    };
    diff::fields(stored, given).iter().filter(|field| own(field)).count() == 0
}

fn in_use(sources: &[Id], view: &View) -> Problem {
    let seen: Vec<String> = sources
        .iter()
        .filter_map(|id| view.get(*id))
        .take(10)
        .map(|e| format!("{} \"{}\" ({})", e.kind.name(), e.name(), e.id))
        .collect();
    let who = if seen.is_empty() { "other records".to_owned() } else { seen.join(", ") };
    Problem::new("", Code::InUse, format!("it is linked to by {who}; cascade=links takes these links out too"))
}
