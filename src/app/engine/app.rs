//! The running program: everything that a use case stands on, brought together once.

use jiff::Zoned;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

use super::apart::blocking;
use super::feed::Feed;
use super::pulse::Figures;
use super::writer::Writer;
use crate::app::AppError;
use crate::atlas::facets::prepare_times;
use crate::atlas::{View, Viewer};
use crate::clock;
use crate::model::hours::Nation;
use crate::store::{DatasetInfo, Postgres, Sqlite, Store, StoreError, shown};

/// The running program: its store, what is true now, and the one writer.
#[derive(Clone)]
pub struct App {
    pub(in crate::app) store: Arc<dyn Store>,
    pub(in crate::app) feed: Arc<Feed>,
    pub(in crate::app) writer: Writer,
    analyses: Arc<Semaphore>,
    zone: TimeZone,
    nation: Nation,
}

/// How long a long analysis waits for its place.
const ANALYSIS_PATIENCE: Duration = Duration::from_secs(10);

/// How many long analyses run at once: one fewer than there are processors, though each may use all of them meanwhile.
pub fn analyses_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1)).max(1)
}

impl App {
    /// Opens the data at `url` (`sqlite:PATH`) and brings all of it into memory.
    pub async fn open(url: &str, zone: TimeZone) -> Result<Self, AppError> {
        Self::on(connect(url).await?, zone).await
    }

    /// Brings everything that a store keeps into memory.
    pub async fn on(store: Arc<dyn Store>, zone: TimeZone) -> Result<Self, AppError> {
        let feed = Feed::load(store.clone()).await?;
        let writer = Writer::start(store.clone(), feed.clone());
        Ok(Self {
            store,
            feed,
            writer,
            analyses: Arc::new(Semaphore::new(analyses_at_once())),
            zone,
            nation: Nation::default(),
        })
    }

    /// The same, keeping the bank holidays of this nation where a record does not tell its own.
    pub fn in_nation(self, nation: Nation) -> Self {
        Self { nation, ..self }
    }

    /// What a caller sees now.
    pub fn view(&self, viewer: Viewer) -> View {
        self.feed.view(viewer).in_nation(self.nation)
    }

    /// What a caller sees, not older than `revision`: waits up to two seconds for it.
    pub async fn view_at_least(&self, viewer: Viewer, revision: u64) -> Option<View> {
        self.feed.at_least(revision).await.then(|| self.view(viewer))
    }

    /// Now, in the zone that opening times are meant in.
    pub fn local_time(&self) -> Zoned {
        clock::local(&self.zone)
    }

    /// Number of the last change that is readable here.
    pub fn revision(&self) -> u64 {
        self.view(Viewer::PUBLIC).revision()
    }

    /// Whether writes are taken at all; that the store is away just now is another matter.
    pub fn takes_writes(&self) -> bool {
        !self.writer.has_ended()
    }

    /// What is loaded beside the records.
    pub fn datasets(&self) -> Arc<Vec<DatasetInfo>> {
        self.feed.datasets()
    }

    /// Runs a long analysis off the async threads. Its place is free when it has ended, whether or not anybody waits.
    ///
    /// # Errors
    /// When all places stay taken, or the analysis has a fault.
    pub async fn analysis<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let place = tokio::time::timeout(ANALYSIS_PATIENCE, self.analyses.clone().acquire_owned()).await;
        let place = place.map_err(|_| AppError::Busy)?.map_err(|_| AppError::Ending)?;
        blocking(move || {
            let _place = place;
            work()
        })
        .await
    }

    /// How it is doing now.
    pub fn figures(&self) -> Figures {
        let (revision, records, segments) = self.feed.sizes();
        let (head, looked, store_answers) = self.feed.pulse().heard();
        Figures {
            revision,
            records,
            segments,
            behind: head.saturating_sub(revision),
            since_look: looked.elapsed(),
            store_answers,
            listeners: self.feed.events().listeners(),
        }
    }

    /// Works out what is asked for first, in the background, so that nobody waits for it: where everything is on a map,
    /// what areas say, when things are open.
    pub fn prepare(&self) {
        let view = self.view(Viewer::PUBLIC);
        tokio::task::spawn_blocking(move || {
            view.base_marks();
            view.area_tables();
            prepare_times();
        });
    }

    /// Lets go of the data: a file is whole by itself then.
    pub async fn close(&self) {
        self.feed.end();
        self.store.close().await;
    }

    /// Follows what other processes write to the same data, until the program ends.
    pub fn follow(&self) {
        tokio::spawn(self.feed.clone().follow());
    }
}

/// Does something on the data at an address, and lets go of it.
pub async fn on_store<T>(url: &str, work: impl AsyncFnOnce(&dyn Store) -> Result<T, AppError>) -> Result<T, AppError> {
    let store = connect(url).await?;
    let done = work(&*store).await;
    store.close().await;
    done
}

/// The same with everything in memory.
pub async fn on_app<T>(
    url: &str,
    zone: TimeZone,
    work: impl AsyncFnOnce(&App) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let app = App::open(url, zone).await?;
    let done = work(&app).await;
    app.close().await;
    done
}

/// The store that an address names.
pub async fn connect(url: &str) -> Result<Arc<dyn Store>, AppError> {
    if url.starts_with("sqlite:") {
        return Ok(Arc::new(Sqlite::open(url).await?));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Arc::new(Postgres::open(url).await?));
    }
    let reason = "the address must be sqlite:PATH or postgres://USER@HOST/NAME".to_owned();
    Err(StoreError::Unusable { place: shown(url), reason }.into())
}
