//! From the log to memory: loads all records at start, publishes what is committed here, follows what other
//! processes commit, and folds segments when they have grown.

use arc_swap::ArcSwap;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};

use super::apart::{apart, blocking};
use super::events::Events;
use super::kept::{self, Loaded, Piece};
use super::known::Known;
use super::ledger::Committed;
use super::pulse::Pulse;
use crate::app::AppError;
use crate::atlas::{Atlas, Entry, Fold, View, Viewer};
use crate::change::{Change, Op, Seq};
use crate::store::{DatasetInfo, Store, StoreError, Tip, Which};

/// How often other processes' writes are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Changes of others that are read and brought in together; the rest follow in the next round.
const CHANGES_AT_ONCE: usize = 5_000;
/// How long a store may say nothing; then it counts as away.
const SILENCE: Duration = Duration::from_secs(5);
/// Pages of records that wait to be looked into; the store reads no further until one is.
const PAGES_WAITING: usize = 4;
/// How long a reader waits for a revision it was promised.
const REVISION_PATIENCE: Duration = Duration::from_secs(2);

/// The present, shared by all readers.
pub struct Feed {
    store: Arc<dyn Store>,
    atlas: ArcSwap<Atlas>,
    datasets: ArcSwap<Loaded>,
    /// Held while a new atlas is made.
    publishing: Mutex<Publishing>,
    revision: watch::Sender<Seq>,
    /// What was looked up of accounts; forgotten when the log says that access changed.
    pub known: Known,
    events: Arc<Events>,
    pulse: Pulse,
    /// Nobody needs to follow any more.
    ended: AtomicBool,
    /// What areas say is being worked out.
    preparing: AtomicBool,
}

/// What whoever makes the next atlas has to know.
struct Publishing {
    /// The last change in the present atlas: an instance that agrees with the log on it agrees on all before.
    tip: Tip,
    /// A fold is running.
    folding: bool,
    /// Grows when everything is loaded again: a fold begun before that is of no use after it.
    loaded: u64,
}

impl Feed {
    /// Reads every record and dataset.
    pub async fn load(store: Arc<dyn Store>) -> Result<Arc<Self>, AppError> {
        let (atlas, tip) = read_all(&*store).await?;
        let datasets = kept::load(&*store).await?;
        Ok(Arc::new(Self {
            store,
            atlas: ArcSwap::from_pointee(atlas),
            datasets: ArcSwap::from_pointee(datasets),
            publishing: Mutex::new(Publishing { tip, folding: false, loaded: 0 }),
            revision: watch::Sender::new(tip.seq),
            known: Known::default(),
            events: Events::new(),
            pulse: Pulse::new(tip.seq),
            ended: AtomicBool::new(false),
            preparing: AtomicBool::new(false),
        }))
    }

    /// What a caller sees now.
    pub fn view(&self, viewer: Viewer) -> View {
        View::new(self.atlas.load_full(), self.datasets.load().data.clone(), viewer)
    }

    /// The present, whole.
    pub fn atlas(&self) -> Arc<Atlas> {
        self.atlas.load_full()
    }

    /// Which datasets are loaded.
    pub fn datasets(&self) -> Arc<Vec<DatasetInfo>> {
        self.datasets.load().infos.clone()
    }

    /// Tells who listens.
    pub fn events(&self) -> &Arc<Events> {
        &self.events
    }

    /// What is known of the store.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Revision, records, and how many each segment holds, newest first.
    pub fn sizes(&self) -> (Seq, usize, Vec<usize>) {
        let atlas = self.atlas.load();
        (atlas.revision(), atlas.len(), atlas.segments())
    }

    /// Waits for a revision; false when it did not come in time.
    pub async fn at_least(&self, revision: Seq) -> bool {
        let mut seen = self.revision.subscribe();
        tokio::time::timeout(REVISION_PATIENCE, seen.wait_for(|now| *now >= revision)).await.is_ok()
    }

    /// Makes committed changes visible. Returns when they are.
    pub async fn publish(self: &Arc<Self>, committed: Committed) -> Result<(), AppError> {
        if committed.changes.is_empty() {
            return Ok(());
        }
        // Read before the lock is taken: nobody else's write waits for it.
        let pieces = self.read_pieces(self.datasets.load().missing(&committed.changes, &[])).await?;
        let mut publishing = self.publishing.lock().await;
        if publishing.tip == committed.after {
            return self.bring_in(committed.changes, pieces, &mut publishing);
        }
        drop(publishing);
        self.follow_up(pieces).await
    }

    /// Brings in what the log has and the atlas has not.
    async fn follow_up(self: &Arc<Self>, mut pieces: Vec<Piece>) -> Result<(), AppError> {
        loop {
            let missing = {
                let mut publishing = self.publishing.lock().await;
                self.catch_up(pieces, &mut publishing).await?
            };
            if missing.is_empty() {
                return Ok(());
            }
            pieces = self.read_pieces(missing).await?;
        }
    }

    async fn read_pieces(&self, names: Vec<String>) -> Result<Vec<Piece>, AppError> {
        let mut pieces = Vec::with_capacity(names.len());
        for name in names {
            pieces.push(kept::load_one(&*self.store, &name).await?);
        }
        Ok(pieces)
    }

    /// What others write matters no more.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Looks for other processes' writes for as long as the program runs.
    pub async fn follow(self: Arc<Self>) {
        loop {
            self.store.news(LOOK_EVERY).await;
            if self.ended.load(Ordering::Relaxed) {
                return;
            }
            if let Err(error) = apart(self.follow_up(Vec::new())).await.flatten() {
                tracing::warn!(%error, "the log can't be followed just now; trying again");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }

    /// The same as far as it can be done with these datasets; answers the names of those that must be read first.
    async fn catch_up(
        self: &Arc<Self>,
        pieces: Vec<Piece>,
        publishing: &mut Publishing,
    ) -> Result<Vec<String>, AppError> {
        let known = publishing.tip;
        let head = in_time(self.store.head()).await;
        self.pulse.looked(head.as_ref().ok().map(|head| head.seq));
        let head = head?;
        if head == known {
            return Ok(Vec::new());
        }
        if head.seq <= known.seq {
            return self.load_again(publishing, head).await.map(|()| Vec::new());
        }
        // The last change we know is read with what follows it: if it is another one now, the logs part before it.
        let mut changes =
            in_time(self.store.changes(Which::After(known.seq.saturating_sub(1)), CHANGES_AT_ONCE)).await?;
        if known.seq > 0 && changes.first().map(|c| c.id) != known.change {
            return self.load_again(publishing, head).await.map(|()| Vec::new());
        }
        changes.retain(|c| c.seq > known.seq);
        let mut pieces = pieces;
        while !changes.is_empty() {
            let missing = self.datasets.load().missing(&changes, &pieces);
            if !missing.is_empty() {
                return Ok(missing);
            }
            self.bring_in(changes, std::mem::take(&mut pieces), publishing)?;
            changes = in_time(self.store.changes(Which::After(publishing.tip.seq), CHANGES_AT_ONCE)).await?;
        }
        Ok(Vec::new())
    }

    /// A standby that had not received everything took over: what only this instance still knows is not true any more.
    async fn load_again(&self, publishing: &mut Publishing, head: Tip) -> Result<(), AppError> {
        tracing::error!(
            known = publishing.tip.seq,
            head = head.seq,
            "this instance knows changes that the database does not have: dropping them and loading again"
        );
        let (atlas, tip) = read_all(&*self.store).await?;
        self.datasets.store(Arc::new(kept::load(&*self.store).await?));
        self.known.forget_all();
        *publishing = Publishing { tip, folding: false, loaded: publishing.loaded + 1 };
        self.show(Arc::new(atlas));
        self.events.begin_again(tip.seq);
        Ok(())
    }

    fn bring_in(
        self: &Arc<Self>,
        changes: Vec<Change>,
        pieces: Vec<Piece>,
        publishing: &mut Publishing,
    ) -> Result<(), AppError> {
        let Some(tip) = changes.last().map(|c| Tip { seq: c.seq, change: Some(c.id) }) else { return Ok(()) };
        for piece in pieces {
            self.datasets.store(Arc::new(self.datasets.load().with(piece)));
        }
        if changes.iter().any(|c| c.op == Op::Access) {
            self.known.forget_all();
        }
        let before = self.atlas.load_full();
        let next = Arc::new(before.publish(&changes).map_err(AppError::damaged)?);
        publishing.tip = tip;
        self.show(next.clone());
        self.events.published(&before, &next, &changes);
        self.fold_what_is_worth_it(publishing);
        self.prepare_areas();
        Ok(())
    }

    /// What areas say is worked out as soon as an area changed, apart from everything, until it is of the present.
    fn prepare_areas(self: &Arc<Self>) {
        if self.atlas.load().has_area_tables() || self.preparing.swap(true, Ordering::Relaxed) {
            return;
        }
        let feed = self.clone();
        tokio::task::spawn_blocking(move || {
            loop {
                let atlas = feed.atlas();
                atlas.area_tables();
                if feed.atlas.load().has_area_tables() {
                    break;
                }
            }
            feed.preparing.store(false, Ordering::Relaxed);
        });
    }

    fn show(&self, atlas: Arc<Atlas>) {
        let revision = atlas.revision();
        self.atlas.store(atlas);
        self.revision.send_replace(revision);
    }

    /// Begins a fold, unless one is running. Until it is done, nothing becomes part of what is folded.
    fn fold_what_is_worth_it(self: &Arc<Self>, publishing: &mut Publishing) {
        let atlas = self.atlas.load_full();
        if let Some(fold) = Some(()).filter(|()| !publishing.folding).and_then(|()| atlas.fold()) {
            publishing.folding = true;
            self.atlas.store(Arc::new(atlas.while_folding()));
            tokio::spawn(self.clone().fold(fold, publishing.loaded));
        }
    }

    /// Runs apart from writes; what they brought meanwhile lies on top.
    async fn fold(self: Arc<Self>, fold: Fold, loaded: u64) {
        let folded = blocking(move || (fold.run(), fold)).await;
        let mut publishing = self.publishing.lock().await;
        if publishing.loaded != loaded {
            return;
        }
        publishing.folding = false;
        match folded {
            Ok((segment, fold)) => {
                self.atlas.store(Arc::new(self.atlas.load().folded(&fold, segment)));
                self.fold_what_is_worth_it(&mut publishing);
            }
            Err(error) => tracing::error!(%error, "segments could not be folded"),
        }
    }
}

/// A server may fall silent in the middle of an answer: who publishes must not wait for it longer than this.
async fn in_time<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let silent = || StoreError::Away("it does not answer".to_owned());
    tokio::time::timeout(SILENCE, asked).await.map_err(|_| silent())?
}

/// All records of the store, indexed, and the change they are as of.
async fn read_all(store: &dyn Store) -> Result<(Atlas, Tip), AppError> {
    let (out, mut coming) = mpsc::channel::<String>(PAGES_WAITING);
    // The store reads the next pages while the bodies of these are looked into.
    let reading = blocking(move || {
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        while let Some(page) = coming.blocking_recv() {
            let read = |line: &str| Entry::read(line.to_owned()).map(Arc::new);
            entries.extend(page.par_lines().map(read).collect::<Result<Vec<_>, String>>()?);
        }
        Ok(entries)
    });
    let (tip, entries) = futures::join!(store.bodies(out), reading);
    let entries = entries?.map_err(|fault: String| AppError::damaged(format!("a record can't be read: {fault}")))?;
    let tip = tip?;
    Ok((blocking(move || Atlas::build(tip.seq, entries).known_by(tip.change)).await?, tip))
}
