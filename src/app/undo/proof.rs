//! On small logs of any course, undoing in chunks comes to the same as its definition: everything at once, and of what
//! the batch made what stays links to stays, too.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::append::{Others, Undoing};
use super::told::Undone;
use crate::app::engine::ledger::Ledger;
use crate::app::engine::pace::Pace;
use crate::app::{App, Caller, check, connect, redact};
use crate::change::apply::{self, Present};
use crate::change::undo::{self, Past};
use crate::change::{Change, Op, Stamp};
use crate::clock;
use crate::model::record::{all_links, stored};
use crate::model::{Body, Id, Kind, Origin};
use crate::store::Which;

/// One deed: whose batch it is of, what is done, to which record, with which other.
type Deed = (bool, u8, usize, usize);

/// Any deed; three of four are of the batch.
fn any_deed() -> impl Strategy<Value = Deed> {
    (prop::bool::weighted(0.75), 0..8_u8, 0..8_usize, 0..8_usize)
}

const LONG_AGO: &str = "2026-01-01T00:00:00Z";
const ALL: usize = 1_000;

fn body(value: Value) -> Body {
    value.as_object().unwrap().clone()
}

/// A log, and which of its batches is to be taken back.
struct Story {
    ledger: Ledger,
    ids: Vec<Id>,
    erased: Vec<Id>,
    batch: Uuid,
    codes: bool,
}

impl Story {
    async fn tell(folder: &Path, deeds: &[Deed], codes: bool) -> Uuid {
        let store = connect(&address(folder, "told")).await.unwrap();
        let ledger = Ledger::open(&*store).await.unwrap();
        let mut story = Self { ledger, ids: Vec::new(), erased: Vec::new(), batch: clock::new_id(), codes };
        for deed in deeds {
            story.deed(*deed).await;
        }
        let Self { ledger, erased, batch, .. } = story;
        ledger.commit().await.unwrap();
        for id in erased {
            // Nothing of it may be stored.
            let _ = redact::redact(&*store, id, &["phone".to_owned()]).await;
        }
        store.close().await;
        batch
    }

    fn stamp(&self, of_batch: bool) -> Stamp {
        let batch = if of_batch { self.batch } else { clock::new_id() };
        Stamp { by: Uuid::from_u128(u128::from(of_batch)), at: LONG_AGO.parse().unwrap(), why: None, batch }
    }

    fn role(&self) -> &'static str {
        if self.codes { "parent" } else { "refers_to" }
    }

    /// A record that is there, counted from the newest.
    async fn there(&mut self, which: usize) -> Option<Present> {
        let known = self.ledger.present(&self.ids).await.unwrap();
        let there: Vec<&Present> =
            self.ids.iter().rev().filter_map(|id| known.get(id)).filter(|p| p.body.is_some()).collect();
        there.get(which % there.len().max(1)).map(|present| (*present).clone())
    }

    async fn deed(&mut self, (of_batch, what, which, other): Deed) {
        let stamp = self.stamp(of_batch);
        let (present, other_one) = (self.there(which).await, self.there(other).await);
        let edited = |present: &Present, edit: &dyn Fn(&mut Body)| {
            let mut body = present.body.clone().unwrap();
            edit(&mut body);
            apply::updated(Op::Update, present, body, &stamp)
        };
        match (what % 8, present) {
            (0 | 1, _) | (_, None) => {
                let links = other_one.filter(|_| which % 3 > 0).map_or(json!({}), |o| json!({self.role(): [o.id]}));
                let id = clock::new_id();
                let mut fields = body(json!({"name": "made", "phone": "1", "links": links}));
                let code = json!(format!("c{}", other % 3));
                let mut kind = Kind::Service;
                if self.codes {
                    kind = Kind::Category;
                    fields.insert("taxonomy".to_owned(), json!("t"));
                    if self.ledger.by_code(kind, &format!("t/{}", code.as_str().unwrap())).await.unwrap().is_none() {
                        fields.insert("code".to_owned(), code);
                    }
                }
                self.ledger.stage(apply::create(id, kind, fields, None, (Origin::Owner, None), &stamp));
                self.ids.push(id);
            }
            (2, Some(present)) => {
                let name = json!(format!("name {other}"));
                self.ledger.stage(edited(&present, &|body| drop(body.insert("name".to_owned(), name.clone()))));
            }
            (3, Some(present)) => {
                let phone = json!(format!("phone {other}"));
                self.ledger.stage(edited(&present, &|body| drop(body.insert("phone".to_owned(), phone.clone()))));
            }
            (4, Some(present)) => {
                let links = other_one.map_or(json!({}), |o| json!({self.role(): [o.id]}));
                self.ledger.stage(edited(&present, &|body| drop(body.insert("links".to_owned(), links.clone()))));
            }
            (5, Some(present)) => {
                self.ledger.stage(edited(&present, &|body| drop(body.insert("links".to_owned(), json!({})))));
            }
            (6, Some(present)) => {
                for (source, target) in self.ledger.links_to(&[present.id]).await.unwrap() {
                    let linking = self.ledger.present(&[source]).await.unwrap().remove(&source).unwrap();
                    self.ledger.stage(apply::unlink(&linking, &[target], &stamp).unwrap());
                }
                let present = self.ledger.present(&[present.id]).await.unwrap().remove(&present.id).unwrap();
                self.ledger.stage(apply::delete(&present, &stamp).unwrap());
            }
            (_, Some(present)) => self.erased.push(present.id),
        }
    }
}

fn address(folder: &Path, name: &str) -> String {
    format!("sqlite:{}", folder.join(name).display())
}

async fn open(folder: &Path, name: &str) -> App {
    std::fs::copy(folder.join("told"), folder.join(name)).unwrap();
    App::open(&address(folder, name), TimeZone::UTC).await.unwrap()
}

/// What an undo comes to: bodies, who went back, what was kept.
#[derive(Debug, PartialEq)]
struct Outcome {
    bodies: BTreeMap<Id, Value>,
    reverted: BTreeSet<Id>,
    kept: BTreeSet<(Id, Option<String>)>,
}

/// A body without what tells when it was written.
fn timeless(mut body: Body) -> Value {
    body.remove("version");
    body.remove("updated_at");
    Value::Object(body)
}

async fn log(app: &App) -> Vec<Change> {
    app.store.changes(Which::After(0), 10_000).await.unwrap()
}

async fn outcome(app: &App, undone: &Undone) -> Outcome {
    let ids: Vec<Id> = log(app).await.iter().filter_map(|c| c.record).collect();
    let mut tx = app.store.begin().await.unwrap();
    let present = tx.present(&ids).await.unwrap();
    Outcome {
        bodies: present.into_iter().filter_map(|p| Some((p.id, timeless(p.body?)))).collect(),
        reverted: undone.reverted.first.iter().copied().collect(),
        kept: undone.kept.first.iter().map(|k| (k.record, k.field.clone())).collect(),
    }
}

/// The definition: all records at once. Of those that the batch made and nobody touched since, the most go of which none
/// is linked to by what is there afterwards; a link to what is not there then is left out.
async fn defined(app: &App, batch: Uuid) -> Outcome {
    let mut histories: BTreeMap<Id, Vec<Change>> = BTreeMap::new();
    for change in log(app).await.into_iter().filter(|c| c.kind.is_some()) {
        histories.entry(change.record.unwrap()).or_default().push(change);
    }
    let ids: Vec<Id> = histories.keys().copied().collect();
    let mut bodies: BTreeMap<Id, Body> = BTreeMap::new();
    let (mut turns, mut kept) = (HashMap::new(), BTreeSet::new());
    let stamp = Stamp { by: Uuid::nil(), at: LONG_AGO.parse().unwrap(), why: None, batch: clock::new_id() };
    let mut tx = app.store.begin().await.unwrap();
    for present in tx.present(&ids).await.unwrap() {
        let history = &histories[&present.id];
        if history.iter().any(|c| c.batch == batch && c.op != Op::Redact) {
            turns.insert(present.id, undo::undo(&Past { present: &present, history }, &|c| c.batch == batch, &stamp));
        }
        bodies.extend(present.body.map(|body| (present.id, body)));
    }
    let mut going: BTreeSet<Id> = turns.iter().filter(|(_, t)| t.change.is_some()).map(|(id, _)| *id).collect();
    let after = loop {
        let mut after = bodies.clone();
        for id in &going {
            match turns[id].change.as_ref().unwrap().after.as_deref() {
                Some(body) => after.insert(*id, stored(body)),
                None => after.remove(id),
            };
        }
        let links = |id: &Id| {
            after.iter().any(|(source, body)| source != id && all_links(body).iter().any(|(_, target)| target == id))
        };
        let before = going.len();
        going.retain(|id| !(turns[id].made && links(id)));
        if going.len() == before {
            break after;
        }
    };
    for (id, turn) in &turns {
        match turn.made && !going.contains(id) {
            true => drop(kept.insert((*id, None))),
            false => kept.extend(turn.kept.iter().map(|k| (*id, k.field.clone()))),
        }
    }
    let mut whole = after.clone();
    for id in &going {
        let Some(body) = whole.get_mut(id) else { continue };
        for (role, target) in all_links(body) {
            if !after.contains_key(&target) {
                apply::drop_links(body, &[target]);
                kept.insert((*id, Some(format!("links.{role}"))));
            }
        }
    }
    let bodies = whole.into_iter().map(|(id, body)| (id, timeless(body))).collect();
    Outcome { bodies, reverted: going, kept }
}

async fn undone(app: &App, batch: Uuid, most: usize) -> Option<Undone> {
    let stop = CancellationToken::new();
    app.undo_at(Pace::of(most), batch, &Caller::command_line(), &stop).await.ok()
}

/// Makes so many appends of an undo, of one record each, and is then cut off; answers the batch they were written as.
async fn cut_off(app: &App, batch: Uuid, appends: usize) -> Uuid {
    let ids: Vec<Id> =
        app.store.touched(batch).await.unwrap().into_iter().filter(|(_, seq)| *seq > 0).map(|(id, _)| id).collect();
    let stamp = Stamp { by: Uuid::nil(), at: clock::now(), why: None, batch: clock::new_id() };
    let mut undoing = Undoing::new(app, batch, |c, what| c.batch == what, stamp, &ids);
    for id in ids.iter().take(appends) {
        undoing.append(&[*id], Others::Awaited).await.unwrap();
    }
    undoing.undone.batch
}

async fn agrees(deeds: &[Deed], appends: usize) -> Result<(), TestCaseError> {
    let folder = TempDir::new().unwrap();
    let batch = Story::tell(folder.path(), deeds, false).await;
    let app = open(folder.path(), "defined").await;
    let wanted = defined(&app, batch).await;
    app.close().await;
    for most in [1, 2, 3, ALL] {
        let app = open(folder.path(), &format!("by {most}")).await;
        let Some(first) = undone(&app, batch, most).await else { return Ok(()) };
        prop_assert_eq!(&outcome(&app, &first).await, &wanted, "by {}", most);
        prop_assert_eq!(app.store.touched(first.batch).await.unwrap().len(), wanted.reverted.len(), "it is one batch");
        // Asking again finds nothing more to do, and the undo is undone like any other batch.
        let again = undone(&app, batch, most).await.unwrap();
        prop_assert_eq!(again.reverted.all, 0);
        if !wanted.reverted.is_empty() {
            let back = defined(&app, first.batch).await;
            let second = undone(&app, first.batch, most).await.unwrap();
            prop_assert_eq!(&outcome(&app, &second).await, &back, "and back by {}", most);
        }
        app.close().await;
        let findings = check::check(&*connect(&address(folder.path(), &format!("by {most}"))).await.unwrap()).await;
        prop_assert_eq!(findings.unwrap().findings, Vec::<String>::new());
    }
    let app = open(folder.path(), "cut off").await;
    let part = cut_off(&app, batch, appends).await;
    let rest = undone(&app, batch, 2).await.unwrap();
    prop_assert_eq!(outcome(&app, &rest).await.bodies, wanted.bodies, "cut off after {}", appends);
    if !wanted.reverted.is_empty() && appends > 0 {
        prop_assert!(rest.reverted.all == 0 || rest.batch == part, "what was cut off goes on as the batch it was");
    }
    let mut batches = BTreeMap::<Id, usize>::new();
    log(&app)
        .await
        .iter()
        .filter(|c| c.op == Op::Undo)
        .for_each(|c| *batches.entry(c.record.unwrap()).or_default() += 1);
    prop_assert_eq!(batches.keys().copied().collect::<BTreeSet<_>>(), wanted.reverted);
    prop_assert!(batches.values().all(|times| *times == 1), "nothing is taken back twice");
    Ok(())
}

/// Where codes change hands, and records are put above each other, who comes first counts; how large the chunks are
/// does not.
async fn does_not_depend(deeds: &[Deed]) -> Result<(), TestCaseError> {
    let folder = TempDir::new().unwrap();
    let batch = Story::tell(folder.path(), deeds, true).await;
    let mut known = None;
    for most in [ALL, 1, 2, 3] {
        let app = open(folder.path(), &format!("by {most}")).await;
        let Some(first) = undone(&app, batch, most).await else { return Ok(()) };
        let first = outcome(&app, &first).await;
        app.close().await;
        prop_assert_eq!(known.get_or_insert_with(|| first.bodies.clone()), &first.bodies, "by {}", most);
    }
    Ok(())
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[tokio::test]
async fn what_the_batch_made_and_linked_to_each_other_goes_together_unless_somebody_else_links_to_it() {
    // One is made, a second that links to it, and the first then links to the second.
    let knot = [(true, 0, 0, 0), (true, 0, 1, 0), (true, 4, 1, 0)];
    agrees(&knot, 1).await.unwrap();
    let folder = TempDir::new().unwrap();
    let batch = Story::tell(folder.path(), &knot, false).await;
    let app = open(folder.path(), "one by one").await;
    assert_eq!(undone(&app, batch, 1).await.unwrap().reverted.all, 2);
    // A third one, of the batch, hangs on the knot; somebody else's holds all of it.
    agrees(&[&knot[..], &[(true, 0, 1, 1)]].concat(), 2).await.unwrap();
    agrees(&[&knot[..], &[(false, 0, 1, 1)]].concat(), 2).await.unwrap();
    agrees(&[&knot[..], &[(false, 2, 0, 0)]].concat(), 2).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_chunks_of_any_size_it_comes_to_the_same_as_all_at_once(
        deeds in prop::collection::vec(any_deed(), 1..24),
        appends in 0_usize..6,
    ) {
        run(agrees(&deeds, appends))?;
    }

    #[test]
    fn where_codes_and_parents_change_the_size_of_chunks_makes_no_difference(
        deeds in prop::collection::vec(any_deed(), 1..16),
    ) {
        run(does_not_depend(&deeds))?;
    }
}
