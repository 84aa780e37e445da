//! From the log to memory: loads all records at start, publishes what is committed here, follows what other
//! processes commit, and folds the overlay into the base when it has grown.

use arc_swap::ArcSwap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

use super::AppError;
use super::datasets;
use super::events::Events;
use super::pulse::Pulse;
use crate::atlas::{Atlas, Datasets, Entry, FOLD_AT, View, Viewer};
use crate::change::{Change, Op, Seq};
use crate::store::{Store, Wanted};

/// How often other processes' writes are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// How long a reader waits for a revision it was promised.
const PATIENCE: Duration = Duration::from_secs(2);

/// The present, shared by all readers.
pub struct Feed {
    store: Arc<dyn Store>,
    atlas: ArcSwap<Atlas>,
    datasets: ArcSwap<Datasets>,
    /// Held while a new atlas is made; remembers what came while a fold is running.
    publishing: Mutex<Option<Vec<Change>>>,
    revision: watch::Sender<Seq>,
    events: Arc<Events>,
    pulse: Pulse,
}

impl Feed {
    /// Reads every record and dataset.
    pub async fn load(store: Arc<dyn Store>) -> Result<Arc<Self>, AppError> {
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        let mut fault = None;
        let mut take = |record: crate::store::StoredRecord| match Entry::read(record.body) {
            Ok(entry) => entries.push(Arc::new(entry)),
            Err(reason) => fault = Some(format!("record {}: {reason}", record.id)),
        };
        let revision = store.each_record(&mut take).await?;
        if let Some(fault) = fault {
            return Err(AppError::damaged(fault));
        }
        let atlas = blocking(move || Atlas::build(revision, entries)).await?;
        let datasets = datasets::load(&*store).await?;
        Ok(Arc::new(Self {
            store,
            atlas: ArcSwap::from_pointee(atlas),
            datasets: ArcSwap::from_pointee(datasets),
            publishing: Mutex::new(None),
            revision: watch::Sender::new(revision),
            events: Events::new(),
            pulse: Pulse::new(revision),
        }))
    }

    /// What a caller sees now.
    pub fn view(&self, viewer: Viewer) -> View {
        View::new(self.atlas.load_full(), self.datasets.load_full(), viewer)
    }

    /// The present, whole.
    pub fn atlas(&self) -> Arc<Atlas> {
        self.atlas.load_full()
    }

    /// Tells who listens.
    pub fn events(&self) -> &Arc<Events> {
        &self.events
    }

    /// What is known of the store.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Revision, records, and how many of them the overlay holds.
    pub fn sizes(&self) -> (Seq, usize, usize) {
        let atlas = self.atlas.load();
        (atlas.revision(), atlas.len(), atlas.overlay_len())
    }

    /// Waits for a revision; false when it did not come in time.
    pub async fn at_least(&self, revision: Seq) -> bool {
        let mut seen = self.revision.subscribe();
        tokio::time::timeout(PATIENCE, seen.wait_for(|now| *now >= revision)).await.is_ok()
    }

    /// Makes committed changes visible. Returns when they are.
    pub async fn publish(self: &Arc<Self>, changes: Vec<Change>) -> Result<(), AppError> {
        let Some(last) = changes.last().map(|c| c.seq) else { return Ok(()) };
        let mut folding = self.publishing.lock().await;
        let atlas = self.atlas.load_full();
        if atlas.revision() >= last {
            return Ok(());
        }
        let fits = changes.first().is_some_and(|c| c.seq == atlas.revision() + 1);
        let changes = if fits { changes } else { self.missing(atlas.revision()).await? };
        self.bring_in(&atlas, changes, &mut folding).await?;
        if folding.is_none() && self.atlas.load().overlay_len() >= FOLD_AT {
            *folding = Some(Vec::new());
            tokio::spawn(self.clone().fold());
        }
        Ok(())
    }

    /// Looks for other processes' writes for as long as the program runs.
    pub async fn follow(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let known = self.atlas.load().revision();
            let head = self.store.head().await;
            self.pulse.looked(head.as_ref().ok().copied());
            let found = match head {
                Ok(head) if head > known => self.missing(known).await,
                Ok(_) => continue,
                Err(error) => Err(error.into()),
            };
            let published = match found {
                Ok(changes) => self.publish(changes).await,
                Err(error) => Err(error),
            };
            if let Err(error) = published {
                tracing::warn!(%error, "the log could not be followed; trying again");
            }
        }
    }

    async fn bring_in(
        &self,
        atlas: &Arc<Atlas>,
        changes: Vec<Change>,
        folding: &mut Option<Vec<Change>>,
    ) -> Result<(), AppError> {
        if changes.iter().any(|c| c.op == Op::Dataset) {
            self.datasets.store(Arc::new(datasets::load(&*self.store).await?));
        }
        let next = Arc::new(atlas.publish(&changes).map_err(AppError::damaged)?);
        let revision = next.revision();
        self.atlas.store(next.clone());
        self.events.published(atlas, &next, &changes);
        self.revision.send_replace(revision);
        if let Some(since) = folding {
            since.extend(changes);
        }
        Ok(())
    }

    async fn missing(&self, known: Seq) -> Result<Vec<Change>, AppError> {
        let mut all = Vec::new();
        loop {
            let after = all.last().map_or(known, |c: &Change| c.seq);
            let some = self.store.changes(Wanted::After(after), 10_000).await?;
            if some.is_empty() {
                return Ok(all);
            }
            all.extend(some);
        }
    }

    /// Runs apart from writes; what they brought meanwhile goes on top of the new base.
    async fn fold(self: Arc<Self>) {
        let atlas = self.atlas.load_full();
        let folded = blocking(move || atlas.fold()).await;
        let mut folding = self.publishing.lock().await;
        let since = folding.take().unwrap_or_default();
        let now = self.atlas.load_full();
        match folded.and_then(|folded| now.rebase(&folded, &since).map_err(AppError::damaged)) {
            Ok(next) => self.atlas.store(Arc::new(next)),
            Err(error) => tracing::error!(%error, "the overlay could not be folded"),
        }
    }
}

/// Runs long work off the async threads.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::Ending)
}
